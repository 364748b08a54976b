"""The frontier: which pages are still to be fetched, in the store itself, so that nothing is lost when a run dies.

A row is `queued`, `leased` by a run, or at its end `done`, `failed` or `dropped` (not wanted: robots.txt, the guard).
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from cleaning import Claim
from cleaning.identity import url_key
from crawler.discovery import Link
from storage import Store

TRIES = 3
"""Attempts before a page whose failure may pass is given up."""
FIRST_PAUSE = timedelta(minutes=15)
"""Time until the second attempt; four times as long until each further one."""

EndpointKind = Literal["feed", "sitemap"]


@dataclass(frozen=True)
class Lease:
    """A page that this run is to fetch.  `etag` and `last_modified` are of its last fetch, if there was one."""

    key: str
    url: str
    source: str
    tries: int
    claims: tuple[Claim, ...] = ()
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True)
class Validators:
    """What makes a request conditional."""

    etag: str | None = None
    last_modified: str | None = None


def now() -> str:
    """This moment as the store writes times: `2024-10-31T12:00:00Z`."""
    return _stamp(datetime.fromtimestamp(time.time(), UTC))


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Frontier:
    """The rows of `frontier` and `endpoints`.  Every change is a transaction of its own, or joins the one that is open."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def recover(self) -> int:
        """Puts back into the queue what runs that are over have left leased.  Only for the holder of the store's crawl lock."""
        with self._store.transaction() as db:
            return db.execute("UPDATE frontier SET state = 'queued', run_id = NULL WHERE state = 'leased'").rowcount

    def announce(self, source: str, links: Iterable[Link]) -> tuple[int, int]:
        """Queues the links that are not known yet.  The answer: how many those were, and how many were known before."""
        fresh = known = 0
        moment = now()
        with self._store.transaction() as db:
            for link in links:
                try:
                    key = url_key(link.url)
                except ValueError:
                    continue
                if self._store.is_forgotten(key):
                    known += 1
                    continue
                claims = json.dumps([claim.model_dump() for claim in link.claims], ensure_ascii=False) if link.claims else None
                added = db.execute(
                    "INSERT INTO frontier (url_key, url, source, state, claims, discovered_at) VALUES (?, ?, ?, 'queued', ?, ?)"
                    " ON CONFLICT DO NOTHING",
                    (key, link.url, source, claims, moment),
                ).rowcount
                fresh += added
                known += 1 - added
        return fresh, known

    def validators(self, url: str) -> Validators:
        """Of the feed or sitemap `url` as it was last read; empty if it never was."""
        row = self._store.connection.execute("SELECT etag, last_modified FROM endpoints WHERE url = ?", (url,)).fetchone()
        return Validators(*row) if row else Validators()

    def child_sitemaps(self, source: str, listed: Sequence[str], limit: int) -> list[str]:
        """Sitemaps of the source that an index of it led to (not `listed` in its definition), the last visited first."""
        rows = self._store.connection.execute(
            f"SELECT url FROM endpoints WHERE source = ? AND kind = 'sitemap' AND url NOT IN ({_marks(listed)})"
            " ORDER BY checked_at DESC, rowid LIMIT ?",
            (source, *listed, limit),
        ).fetchall()
        return [row[0] for row in rows]

    def endpoint_answered(
        self, url: str, source: str, kind: EndpointKind, status: int | None, error: str | None, validators: Validators | None,
    ) -> None:
        """Records a visit.  `validators` None leaves those of the last good visit standing."""
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO endpoints (url, source, kind, checked_at, status, error) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (url) DO UPDATE SET source = excluded.source, kind = excluded.kind,"
                " checked_at = excluded.checked_at, status = excluded.status, error = excluded.error",
                (url, source, kind, now(), status, error),
            )
            if validators is not None:
                db.execute(
                    "UPDATE endpoints SET etag = ?, last_modified = ? WHERE url = ?",
                    (validators.etag, validators.last_modified, url),
                )

    def requeue_done(self, sources: Sequence[str]) -> int:
        """Queues all pages of these sources again that were fetched before; their validators stay."""
        with self._store.transaction() as db:
            return db.execute(
                "UPDATE frontier SET state = 'queued', not_before = NULL, tries = 0"
                f" WHERE state = 'done' AND source IN ({_marks(sources)})",
                tuple(sources),
            ).rowcount

    def lease(self, run_id: int, source: str, limit: int) -> list[Lease]:
        """Up to `limit` pages of the source that are due, oldest announcement first, marked as this run's."""
        with self._store.transaction() as db:
            rows = db.execute(
                "SELECT url_key, url, source, tries, claims, etag, last_modified FROM frontier"
                " WHERE state = 'queued' AND source = ? AND (not_before IS NULL OR not_before <= ?)"
                " ORDER BY discovered_at, rowid LIMIT ?",
                (source, now(), limit),
            ).fetchall()
            db.executemany(
                "UPDATE frontier SET state = 'leased', run_id = ? WHERE url_key = ?", [(run_id, row[0]) for row in rows]
            )
        return [Lease(row[0], row[1], row[2], row[3], _claims(row[4]), row[5], row[6]) for row in rows]

    def done(self, key: str, validators: Validators | None = None) -> None:
        """The page is stored.  `validators` None keeps those that stand (the answer was 304)."""
        with self._store.transaction() as db:
            db.execute(
                "UPDATE frontier SET state = 'done', run_id = NULL, done_at = ?, reason = NULL, not_before = NULL, tries = 0"
                " WHERE url_key = ?",
                (now(), key),
            )
            if validators is not None:
                db.execute(
                    "UPDATE frontier SET etag = ?, last_modified = ? WHERE url_key = ?",
                    (validators.etag, validators.last_modified, key),
                )

    def failed(self, lease: Lease, reason: str, *, may_pass: bool) -> None:
        """The page could not be had.  What may pass is tried again by a later run, TRIES times in all."""
        tries = lease.tries + 1
        if may_pass and tries < TRIES:
            pause = FIRST_PAUSE * 4 ** (tries - 1)
            self._set(lease.key, "queued", reason, tries, _stamp(datetime.fromtimestamp(time.time(), UTC) + pause))
        else:
            self._set(lease.key, "failed", reason, tries, None)

    def dropped(self, lease: Lease, reason: str) -> None:
        """The page is not to be fetched at all."""
        self._set(lease.key, "dropped", reason, lease.tries, None)

    def later(self, lease: Lease, reason: str, not_before: datetime) -> None:
        """Back into the queue without counting as an attempt, to be fetched at `not_before` at the earliest."""
        self._set(lease.key, "queued", reason, lease.tries, _stamp(not_before))

    def _set(self, key: str, state: str, reason: str | None, tries: int, not_before: str | None) -> None:
        with self._store.transaction() as db:
            db.execute(
                "UPDATE frontier SET state = ?, run_id = NULL, reason = ?, tries = ?, not_before = ? WHERE url_key = ?",
                (state, reason, tries, not_before, key),
            )

    def due(self, sources: Sequence[str]) -> int:
        """How many pages of these sources wait and are due."""
        condition = f"state = 'queued' AND (not_before IS NULL OR not_before <= ?) AND source IN ({_marks(sources)})"
        return self._count(condition, now(), *sources)

    def count_done(self, source: str) -> int:
        """How many pages of the source were fetched so far, in all runs."""
        return self._count("state = 'done' AND source = ?", source)

    def _count(self, condition: str, *values: str) -> int:
        row = self._store.connection.execute(f"SELECT count(*) FROM frontier WHERE {condition}", values).fetchone()
        return int(row[0])


class Runs:
    """The rows of `runs` and `run_sources`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, arguments: dict[str, object]) -> int:
        """Opens a run and closes as failed whatever an earlier one left open; the answer is its id."""
        with self._store.transaction() as db:
            db.execute("UPDATE runs SET state = 'failed', ended_at = ? WHERE state = 'running'", (now(),))
            cursor = db.execute(
                "INSERT INTO runs (started_at, state, arguments) VALUES (?, 'running', ?)", (now(), json.dumps(arguments))
            )
            return int(cursor.lastrowid or 0)

    def end(self, run_id: int, state: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Closes the run with one row a source: source, requests, not_modified … error, in the order of the table."""
        with self._store.transaction() as db:
            db.execute("UPDATE runs SET state = ?, ended_at = ? WHERE id = ?", (state, now(), run_id))
            db.executemany(
                "INSERT OR REPLACE INTO run_sources (run_id, source, requests, not_modified, discovered, new, updated, unchanged,"
                " rejected, failed, bytes, seconds, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(run_id, *row) for row in rows],
            )


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def _claims(text: str | None) -> tuple[Claim, ...]:
    return tuple(Claim.model_validate(claim) for claim in json.loads(text)) if text else ()
