"""Articles whose page has gone from its site: seen, dated, and kept."""

from __future__ import annotations

from cleaning.identity import url_key
from crawler.when import now
from storage import Store

GONE = frozenset({404, 410})
HOME = "redirected to the home page"


class Takedowns:
    """The rows of `takedowns`.  Every change is a transaction of its own, or joins the one that is open."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def gone(self, url: str, reason: str) -> bool:
        """The page of the stored article at `url` is gone.  True if that is news; False where it is known, or no article."""
        article = self._store.find(url)
        with self._store.transaction() as db:
            row = db.execute("SELECT status FROM articles WHERE id = ?", (article,)).fetchone()
            if row is None or row[0] == "rejected":
                return False
            if db.execute("SELECT 1 FROM takedowns WHERE article_id = ? AND back_at IS NULL", (article,)).fetchone():
                return False
            db.execute(
                "INSERT OR REPLACE INTO takedowns (article_id, seen_at, reason) VALUES (?, ?, ?)", (article, now(), reason)
            )
        return True

    def back(self, url: str) -> None:
        """The page of the stored article at `url` is there; where it was gone, it has come back."""
        article = self._store.find(url)
        with self._store.transaction() as db:
            db.execute("UPDATE takedowns SET back_at = ? WHERE article_id = ? AND back_at IS NULL", (now(), article))


def leads_home(asked: str, came: str, home: str | None) -> bool:
    """True if the request for an article at `asked` was led to a front page: the root of a host, or the source's `home`."""
    if asked == came:
        return False
    origin, target = url_key(asked), url_key(came)
    return origin != target and (target.endswith("/") or (home is not None and target == url_key(home)))
