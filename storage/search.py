"""Finding articles: ids in order, hits with a piece of their text, counts.

Everything streams: no question loads what it found.  How SQLite is led to it stands in `storage.plan`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace

from storage import plan
from storage.filters import Filters
from storage.query import parse

MARKS = ("\u27e6", "\u27e7")
"""What stands before and behind the words that were looked for in a `Hit.snippet`: ⟦ and ⟧."""

_HIT_COLUMNS = "id, uid, title, url, source, publisher, language, published_at, status, geopolitics, word_count"

_FACETS: dict[str, tuple[str, str]] = {
    "day": ("substr(a.published_at, 1, 10)", ""),
    "month": ("substr(a.published_at, 1, 7)", ""),
    "year": ("substr(a.published_at, 1, 4)", ""),
    "source": ("a.source", ""),
    "language": ("a.language", ""),
    "publisher": ("a.publisher", ""),
    "author": ("v.name", "article_authors AS j ON j.article_id = a.id CROSS JOIN main.authors AS v ON v.id = j.author_id"),
    "tag": ("v.name", "article_tags AS j ON j.article_id = a.id CROSS JOIN main.tags AS v ON v.id = j.tag_id"),
    "flag": ("j.flag", "article_flags AS j ON j.article_id = a.id"),
    "country": ("j.country", "article_countries AS j ON j.article_id = a.id"),
}
FACETS: tuple[str, ...] = tuple(_FACETS)
"""What can be counted by."""
_BY_TIME = ("day", "month", "year")


@dataclass(frozen=True)
class Hit:
    """An article as a list of results shows it.  `published_at` is ISO 8601 UTC; `snippet` a piece of the text on one line,
    with the words that were looked for between MARKS."""

    id: int
    uid: str
    title: str | None
    url: str | None
    source: str | None
    publisher: str | None
    language: str | None
    published_at: str | None
    status: str
    geopolitics: float | None
    word_count: int
    snippet: str


@dataclass(frozen=True)
class Count:
    """How many of the articles that were found have `value`; None: they do not say."""

    value: str | None
    articles: int


def select(db: sqlite3.Connection, filters: Filters, *, schema: str = "main") -> Iterator[int]:
    """The ids of the articles that `filters` let through, in order.

    Only ids: SQLite sorts whole rows where it must sort, and would make a snippet of everything that it then throws away.
    """
    made = plan.make(db, filters, schema)
    if made is None:
        return
    limit = -1 if filters.limit is None else filters.limit
    for (found,) in db.execute(f"{made.sql()} LIMIT {limit} OFFSET {filters.offset}", made.values):
        yield found


def hits(db: sqlite3.Connection, filters: Filters) -> Iterator[Hit]:
    """The articles that `filters` let through, one by one."""
    expression = parse(filters.query)
    for found in select(db, filters):
        row = db.execute(f"SELECT {_HIT_COLUMNS}, substr(text, 1, 200) FROM articles WHERE id = ?", (found,)).fetchone()
        *values, opening = row
        snippet = _marked(db, found, expression.fts) if expression.fts else None
        if snippet is None and expression.stretch:
            snippet = _around(db, found, expression.stretch)
        yield Hit(*(*values, " ".join((snippet or opening).split())))


def facets(db: sqlite3.Connection, filters: Filters, facet: str, most: int) -> list[Count]:
    """The `most` frequent values of `facet` among what `filters` let through (its limit does not count), most frequent first;
    times in their own order, the latest `most`."""
    made = plan.make(db, replace(filters, limit=None, offset=0, order=None))
    if made is None:
        return []
    value, joined = _FACETS[facet]
    if joined:
        made.tables += f" CROSS JOIN main.{joined}"
    order = "1 DESC" if facet in _BY_TIME else "2 DESC, 1"
    rows = db.execute(f"{made.unordered(f'{value}, count(*)')} GROUP BY 1 ORDER BY {order} LIMIT {most}", made.values).fetchall()
    counts = [Count(*row) for row in rows]
    return counts[::-1] if facet in _BY_TIME else counts


def count(db: sqlite3.Connection, filters: Filters) -> int:
    """How many articles `filters` let through; their limit does not count."""
    made = plan.make(db, replace(filters, limit=None, offset=0, order=None))
    return int(db.execute(made.unordered("count(*)"), made.values).fetchone()[0]) if made else 0


def _marked(db: sqlite3.Connection, article_id: int, expression: str) -> str | None:
    """The piece of the text with most of the words, as the search index marks them; None if they stand elsewhere."""
    (snippet,) = db.execute(
        f"SELECT snippet(articles_fts, 2, '{MARKS[0]}', '{MARKS[1]}', '…', 24) FROM articles_fts"
        " WHERE articles_fts MATCH ? AND rowid = ?",
        (expression, article_id),
    ).fetchone()
    return str(snippet) if snippet and MARKS[0] in snippet else None


def _around(db: sqlite3.Connection, article_id: int, stretch: str) -> str | None:
    """The text around the first place of `stretch`, which the search index knows only by its pairs."""
    (text,) = db.execute("SELECT coalesce(text, '') FROM articles WHERE id = ?", (article_id,)).fetchone()
    at = text.find(stretch)
    if at < 0:
        return None
    start, end = max(0, at - 40), at + len(stretch)
    before = ("…" if start else "") + text[start:at]
    behind = text[end : end + 60] + ("…" if end + 60 < len(text) else "")
    return f"{before}{MARKS[0]}{stretch}{MARKS[1]}{behind}"
