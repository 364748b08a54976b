"""What sites say to robots, kept in the store: asked for once a day, however many runs there are."""

from __future__ import annotations

from datetime import timedelta

from crawler.when import clock, now, stamp
from storage import Store

KEPT = timedelta(hours=24)
"""How long an answer counts (RFC 9309 allows no more)."""


class KeptRobots:
    """The rows of `robots`.  Every change is a transaction of its own, or joins the one that is open."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, site: str) -> tuple[int, bytes] | None:
        """Status and body of the site's robots.txt, if it was fetched within a day; of another file by its whole address."""
        row = self._store.connection.execute(
            "SELECT status, body FROM robots WHERE site = ? AND fetched_at > ?", (site, stamp(clock() - KEPT))
        ).fetchone()
        return (int(row[0]), bytes(row[1])) if row else None

    def keep(self, site: str, status: int, body: bytes) -> None:
        """Keeps an answer.  Those that are too old to count go."""
        with self._store.transaction() as db:
            db.execute("DELETE FROM robots WHERE fetched_at <= ?", (stamp(clock() - KEPT),))
            db.execute("INSERT OR REPLACE INTO robots (site, fetched_at, status, body) VALUES (?, ?, ?, ?)",
                       (site, now(), status, body))  # fmt: skip
