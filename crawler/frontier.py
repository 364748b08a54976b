"""The frontier: which pages are still to be fetched, in the store itself, so that nothing is lost when a run dies.

A row is `queued`, `leased` by a run, or at its end `done`, `failed` or `dropped` (not wanted: robots.txt, the guard).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cleaning import Claim
from cleaning.identity import url_key
from crawler.discovery import Link
from crawler.endpoints import Validators
from crawler.when import clock, marks, now, stamp
from storage import Store

TRIES = 3
"""Attempts before a page whose failure may pass is given up."""
FIRST_PAUSE = timedelta(minutes=15)
"""Time until the second attempt; four times as long until each further one."""


@dataclass(frozen=True)
class Lease:
    """A page that this run is to fetch.  `etag` and `last_modified` are of its last fetch, if there was one (`known`)."""

    key: str
    url: str
    source: str
    tries: int
    claims: tuple[Claim, ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    known: bool = False


@dataclass(frozen=True)
class Done:
    """A page that is stored, and to be looked at again at `look_at`.

    `validators` None keeps those that stand (the answer was 304); `reason` says why there was nothing to store this time.
    """

    key: str
    validators: Validators | None = None
    look_at: datetime | None = None
    reason: str | None = None


class Frontier:
    """The rows of `frontier`.  Every change is a transaction of its own, or joins the one that is open."""

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

    def requeue_done(self, sources: Sequence[str]) -> int:
        """Queues all pages of these sources again that were fetched before; their validators stay."""
        with self._store.transaction() as db:
            return db.execute(
                "UPDATE frontier SET state = 'queued', not_before = NULL, tries = 0"
                f" WHERE state = 'done' AND source IN ({marks(sources)})",
                tuple(sources),
            ).rowcount

    def lease(self, run_id: int, source: str, limit: int) -> list[Lease]:
        """Up to `limit` pages of the source that are due, marked as this run's.

        First what waits in the queue, oldest announcement first; then what is to be looked at again.
        """
        columns = "url_key, url, source, tries, claims, etag, last_modified, done_at IS NOT NULL"
        with self._store.transaction() as db:
            rows = db.execute(
                f"SELECT {columns} FROM frontier WHERE state = 'queued' AND source = ?"
                " AND (not_before IS NULL OR not_before <= ?) ORDER BY discovered_at, rowid LIMIT ?",
                (source, now(), limit),
            ).fetchall()
            rows += db.execute(
                f"SELECT {columns} FROM frontier WHERE state = 'done' AND source = ? AND look_at <= ? ORDER BY look_at LIMIT ?",
                (source, now(), limit - len(rows)),
            ).fetchall()
            db.executemany(
                "UPDATE frontier SET state = 'leased', run_id = ? WHERE url_key = ?", [(run_id, row[0]) for row in rows]
            )
        return [Lease(row[0], row[1], row[2], row[3], _claims(row[4]), row[5], row[6], bool(row[7])) for row in rows]

    def done(self, *pages: Done) -> None:
        """These pages are done with."""
        moment = now()
        with self._store.transaction() as db:
            db.executemany(
                "UPDATE frontier SET state = 'done', run_id = NULL, done_at = ?1, reason = ?2, not_before = NULL, tries = 0,"
                " look_at = ?3, etag = iif(?4, etag, ?5), last_modified = iif(?4, last_modified, ?6) WHERE url_key = ?7",
                [
                    (moment, page.reason, page.look_at and stamp(page.look_at), page.validators is None,
                     *((page.validators.etag, page.validators.last_modified) if page.validators else (None, None)), page.key)
                    for page in pages
                ],
            )

    def failed(self, lease: Lease, reason: str, *, may_pass: bool) -> None:
        """The page could not be had.  What may pass is tried again by a later run, TRIES times in all.

        One that was stored before stays `done`, with the reason.
        """
        tries = lease.tries + 1
        if may_pass and tries < TRIES:
            pause = FIRST_PAUSE * 4 ** (tries - 1)
            self._set(lease.key, "queued", reason, tries, stamp(clock() + pause))
        elif lease.known:
            self.done(Done(lease.key, reason=reason))
        else:
            self._set(lease.key, "failed", reason, tries, None)

    def dropped(self, lease: Lease, reason: str) -> None:
        """The page is not to be fetched at all."""
        self._set(lease.key, "dropped", reason, lease.tries, None)

    def later(self, lease: Lease, reason: str, not_before: datetime) -> None:
        """Back into the queue without counting as an attempt, to be fetched at `not_before` at the earliest."""
        self._set(lease.key, "queued", reason, lease.tries, stamp(not_before))

    def _set(self, key: str, state: str, reason: str | None, tries: int, not_before: str | None) -> None:
        with self._store.transaction() as db:
            db.execute(
                "UPDATE frontier SET state = ?, run_id = NULL, reason = ?, tries = ?, not_before = ? WHERE url_key = ?",
                (state, reason, tries, not_before, key),
            )

    def next_at(self, source: str) -> str | None:
        """When the first page of the source is due; the empty string for at once, None if none waits."""
        row = self._store.connection.execute(
            "SELECT min(moment) FROM (SELECT min(coalesce(not_before, '')) AS moment FROM frontier"
            " WHERE state IN ('queued', 'leased') AND source = ?1 UNION ALL"
            " SELECT min(look_at) FROM frontier WHERE state = 'done' AND look_at IS NOT NULL AND source = ?1)",
            (source,),
        ).fetchone()
        return None if row[0] is None else str(row[0])

    def due(self, sources: Sequence[str]) -> int:
        """How many pages of these sources wait and are due."""
        within = f"source IN ({marks(sources)})"
        queued = self._count(f"state = 'queued' AND (not_before IS NULL OR not_before <= ?) AND {within}", now(), *sources)
        return queued + self._count(f"state = 'done' AND look_at <= ? AND {within}", now(), *sources)

    def count_done(self, source: str) -> int:
        """How many pages of the source were fetched so far, in all runs."""
        return self._count("state = 'done' AND source = ?", source)

    def _count(self, condition: str, *values: str) -> int:
        row = self._store.connection.execute(f"SELECT count(*) FROM frontier WHERE {condition}", values).fetchone()
        return int(row[0])


def _claims(text: str | None) -> tuple[Claim, ...]:
    return tuple(Claim.model_validate(claim) for claim in json.loads(text)) if text else ()
