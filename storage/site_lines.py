"""What the hosts of a store repeat: the table `site_lines`, counted as articles are written, and the snapshots made of it.

The table stays small: only lines that may be boilerplate come in (`cleaning.site_memory.memorable`: about ten an article), and of
those that a host has shown once only the newest are kept.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterable

from cleaning.identity import url_key
from cleaning.models import Article, SiteMemory
from cleaning.site_memory import LEAST_PAGES, REPEATED, apart_from, memorable, site_host

ONCE_KEPT = 2000
"""Lines of a host that were seen on one page only: the newest so many are kept, about two hundred articles' worth."""

_PRUNE_EVERY = 64
"""Articles of a host between two prunings, on average: which ones depends on their addresses, so that no host is left out."""

_MOST_LINES = 5000
"""A snapshot holds the lines of the most pages, up to so many."""


def _number(line: str) -> int:
    """A `line_hash` as SQLite's signed 64 bits."""
    return int.from_bytes(bytes.fromhex(line), signed=True)


def _hash(number: int) -> str:
    return number.to_bytes(8, signed=True).hex()


def stored_lines(db: sqlite3.Connection, article_id: int) -> frozenset[str]:
    """The remembered lines of the version of an article that is stored now; none of a rejected page's."""
    row = db.execute("SELECT text FROM articles WHERE id = ? AND status <> 'rejected'", (article_id,)).fetchone()
    if row is None:
        return frozenset()
    taken = db.execute(
        "SELECT t.text FROM removals AS r JOIN removal_texts AS t ON t.id = r.text_id WHERE r.article_id = ? AND r.rule = ?",
        (article_id, REPEATED),
    )
    return memorable(row[0], (text for (text,) in taken))


def article_lines(article: Article) -> frozenset[str]:
    """The lines of `article` to remember, as `stored_lines` finds them once it is stored."""
    if article.status == "rejected":
        return frozenset()
    return memorable(article.text, (removal.text for removal in article.removals if removal.rule == REPEATED))


def recount(db: sqlite3.Connection, key: str, article_id: int, before: frozenset[str], now: frozenset[str]) -> None:
    """Count an article's lines: those that it did not have `before` once more, those that it lost once less.

    So every address counts once for a line, however often its article is revised.  Within the caller's transaction.
    """
    host = _host_of(key)
    if host is None:
        return
    db.executemany(
        "INSERT INTO site_lines (host, line, pages, last_article) VALUES (?, ?, 1, ?)"
        " ON CONFLICT DO UPDATE SET pages = pages + 1, last_article = excluded.last_article",
        [(host, _number(line), article_id) for line in sorted(now - before)],
    )
    gone = [(host, _number(line)) for line in sorted(before - now)]
    db.executemany("DELETE FROM site_lines WHERE host = ? AND line = ? AND pages <= 1", gone)
    db.executemany("UPDATE site_lines SET pages = pages - 1 WHERE host = ? AND line = ? AND pages > 1", gone)
    if zlib.crc32(key.encode("utf-8", "surrogatepass")) % _PRUNE_EVERY == 0:
        _prune(db, host)


def count_all(db: sqlite3.Connection) -> None:
    """Count the lines of every article that is stored, in the order of arrival; the table is empty before."""
    for article_id, key in db.execute("SELECT id, url_key FROM articles ORDER BY id"):
        recount(db, key, article_id, frozenset(), stored_lines(db, article_id))


def _host_of(key: str) -> str | None:
    return None if key.startswith("text:") else key.partition("/")[0] or None


def _prune(db: sqlite3.Connection, host: str) -> None:
    """Forget the oldest of the lines that were seen once, beyond `ONCE_KEPT`."""
    db.execute(
        "DELETE FROM site_lines WHERE host = ?1 AND pages = 1 AND last_article < (SELECT last_article FROM site_lines"
        " WHERE host = ?1 AND pages = 1 ORDER BY last_article DESC LIMIT 1 OFFSET ?2)",
        (host, ONCE_KEPT - 1),
    )


class SiteMemories:
    """The snapshots of one batch: a host's lines are read when its first page asks, and stay so for as long as this lives.

    So what becomes of a page does not depend on which pages of the batch came before it.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._hosts: dict[str, SiteMemory | None] = {}

    def of(self, url: str | None) -> SiteMemory | None:
        """What cleaning the page at `url` should know of its host, without what an earlier version of the page itself added.

        None where the host is not known to repeat anything.
        """
        host = site_host(url)
        if host is None or url is None:
            return None
        if host not in self._hosts:
            self._hosts[host] = _snapshot(self._db, host)
        memory = self._hosts[host]
        if memory is None:
            return None
        row = self._db.execute("SELECT id FROM articles WHERE url_key = ?", (url_key(url),)).fetchone()
        return memory if row is None else apart_from(memory, stored_lines(self._db, row[0]))


def _snapshot(db: sqlite3.Connection, host: str) -> SiteMemory | None:
    rows: Iterable[tuple[int, int]] = db.execute(
        "SELECT line, pages FROM site_lines WHERE host = ? AND pages >= ? ORDER BY pages DESC, line LIMIT ?",
        (host, LEAST_PAGES, _MOST_LINES),
    )
    lines = {_hash(line): pages for line, pages in rows}
    if not lines:
        return None
    content = "\n".join(f"{line} {pages}" for line, pages in sorted(lines.items()))
    return SiteMemory(host=host, version=hashlib.sha256(content.encode()).hexdigest()[:16], lines=lines)
