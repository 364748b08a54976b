"""Feeds, sitemaps and section pages: what makes the next request for each conditional, and when it is worth asking again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from crawler.rhythm import Rhythm
from crawler.sources import EndpointKind
from crawler.when import clock, marks, now, stamp
from storage import Store

CHILD_SITEMAPS = 10
"""Sitemaps of an index that one run reads, the newest first."""


@dataclass(frozen=True)
class Validators:
    """What makes a request conditional."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True)
class Visit:
    """An answer of an endpoint, or that there was none (`status` None).

    `fresh` links were announced for the first time.  `validators` None leaves those of the last good visit standing.  `stated`
    is the lastmod that a sitemap's index gives it.
    """

    url: str
    source: str
    kind: EndpointKind
    status: int | None
    error: str | None = None
    validators: Validators | None = None
    fresh: int = 0
    stated: str | None = None


class Endpoints:
    """The rows of `endpoints`.  Every change is a transaction of its own, or joins the one that is open."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def validators(self, url: str) -> Validators:
        """Of the endpoint as it was last read; empty if it never was."""
        row = self._store.connection.execute("SELECT etag, last_modified FROM endpoints WHERE url = ?", (url,)).fetchone()
        return Validators(*row) if row else Validators()

    def answered(self, visit: Visit, rhythm: Rhythm) -> None:
        """Records a visit, and sets when the next one is due."""
        failed = visit.status not in (200, 304) or (visit.status == 200 and visit.validators is None)
        with self._store.transaction() as db:
            row = db.execute("SELECT pause FROM endpoints WHERE url = ?", (visit.url,)).fetchone()
            pause = rhythm.pause(row[0] if row else None, news=visit.fresh > 0, failed=failed)
            next_at = stamp(clock() + timedelta(seconds=pause))
            db.execute(
                "INSERT INTO endpoints (url, source, kind, checked_at, status, error, pause, next_at, failures)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (url) DO UPDATE SET source = excluded.source,"
                " kind = excluded.kind, checked_at = excluded.checked_at, status = excluded.status, error = excluded.error,"
                " pause = excluded.pause, next_at = excluded.next_at,"
                " failures = CASE WHEN excluded.failures THEN failures + 1 ELSE 0 END",
                (visit.url, visit.source, visit.kind, now(), visit.status, visit.error, pause, next_at, int(failed)),
            )
            if visit.stated is not None and not failed:
                db.execute("UPDATE endpoints SET stated = ? WHERE url = ?", (visit.stated, visit.url))
            if visit.validators is not None:
                db.execute(
                    "UPDATE endpoints SET etag = ?, last_modified = ? WHERE url = ?",
                    (visit.validators.etag, visit.validators.last_modified, visit.url),
                )

    def expect(self, source: str, children: Iterable[str], stated: Mapping[str, str]) -> None:
        """Remembers the sitemaps that an index leads to: those that are new, or of which it states a change, are due.

        In one transaction with the index's validators: a run that dies here must not lose what the index will not say again.
        """
        with self._store.transaction() as db:
            for url in children:
                db.execute(
                    "INSERT INTO endpoints (url, source, kind) VALUES (?, ?, 'sitemap') ON CONFLICT (url) DO UPDATE"
                    " SET next_at = CASE WHEN ?3 IS NULL OR stated IS ?3 THEN next_at ELSE NULL END",
                    (url, source, stated.get(url)),
                )

    def wait(self, url: str, until: str) -> None:
        """Not before `until` (as the store writes times): the host has asked for rest."""
        with self._store.transaction() as db:
            db.execute("UPDATE endpoints SET next_at = ? WHERE url = ?", (until, url))

    def is_due(self, url: str, stated: str | None = None) -> bool:
        """True if it was never asked, its time has come, or its index states another lastmod than at the last visit."""
        row = self._store.connection.execute("SELECT next_at, stated FROM endpoints WHERE url = ?", (url,)).fetchone()
        if row is None:
            return True
        if stated and row[1]:
            return bool(stated != row[1])
        return row[0] is None or row[0] <= now()

    def next_at(self, urls: Iterable[str]) -> str | None:
        """When the first of these is due; the empty string for at once, None if there are none."""
        found = []
        for url in urls:
            row = self._store.connection.execute("SELECT coalesce(next_at, '') FROM endpoints WHERE url = ?", (url,)).fetchone()
            found.append(row[0] if row else "")
        return min(found, default=None)

    def children(self, source: str, listed: Sequence[str], limit: int) -> list[str]:
        """Sitemaps of the source that an index of it led to (not `listed` in its definition): those that are due at once, then
        the last visited."""
        rows = self._store.connection.execute(
            f"SELECT url FROM endpoints WHERE source = ? AND kind = 'sitemap' AND url NOT IN ({marks(listed)})"
            " ORDER BY next_at IS NOT NULL, checked_at DESC, rowid LIMIT ?",
            (source, *listed, limit),
        ).fetchall()
        return [row[0] for row in rows]
