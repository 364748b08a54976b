"""Finding articles: the filters, the SQL made of them, and what a hit shows.

Everything streams: no query loads what it found.  A range of dates is also given to SQLite as the range of ids that it
spans, because the search index can skip by id and knows no dates.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypedDict, get_args

from storage.errors import QueryError
from storage.query import first_stretch, fts_expression
from storage.when import bounds

Order = Literal["relevance", "newest", "oldest", "geopolitics"]
When = str | date | datetime

MARKS = ("\u27e6", "\u27e7")
"""What stands before and behind the words that were looked for in a `Hit.snippet`: ⟦ and ⟧."""

_ORDERS: dict[str, str] = {
    "relevance": "f.rank",
    "newest": "a.published_at DESC, a.id DESC",
    "oldest": "a.published_at, a.id",
    "geopolitics": "a.geopolitics DESC, a.id DESC",
}
_HIT_COLUMNS = "id, uid, title, url, source, publisher, language, published_at, status, geopolitics, word_count"


class FilterArguments(TypedDict, total=False):
    """The fields of `Filters` but `query`, as keyword arguments."""

    since: When | None
    until: When | None
    language: str | Sequence[str] | None
    source: str | Sequence[str] | None
    min_geopolitics: float | None
    include_rejected: bool
    order: Order | None
    limit: int | None


@dataclass(frozen=True)
class Filters:
    """Which articles, and in what order.

    `query` is what people type (words, "phrases", prefix*, title:word, AND OR NOT); empty means every article.  `since` and
    `until` bound `published_at` (a day, month or year counts whole; articles without a date are then left out).  `language`
    `en` also takes `en-GB`.  `min_geopolitics` is from 0 to 1.  Rejected pages are left out unless asked for.  `order`:
    by relevance when something is looked for, else newest first.  `limit` None is no limit.
    """

    query: str = ""
    since: When | None = None
    until: When | None = None
    language: str | Sequence[str] | None = None
    source: str | Sequence[str] | None = None
    min_geopolitics: float | None = None
    include_rejected: bool = False
    order: Order | None = None
    limit: int | None = None

    def __post_init__(self) -> None:
        if self.order is not None and self.order not in get_args(Order):
            raise QueryError(f"there is no order {self.order!r}: choose one of {', '.join(get_args(Order))}")
        if self.limit is not None and self.limit < 0:
            raise QueryError(f"a limit cannot be negative: {self.limit}")
        for when in (self.since, self.until):
            if when is not None:
                bounds(when)


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


def select(db: sqlite3.Connection, filters: Filters, *, schema: str = "main") -> Iterator[int]:
    """The ids of the articles that `filters` let through, in order.

    Only ids: SQLite sorts whole rows where it must sort, and would make a snippet of everything that it then throws away.
    """
    where, values = _conditions(filters)
    source = f"{schema}.articles AS a"
    order = filters.order or ("relevance" if filters.query.strip() else "newest")
    if filters.query.strip():
        values["expression"] = fts_expression(filters.query)
        if values["expression"] is None:
            return
        source = f"{schema}.articles_fts AS f CROSS JOIN {source} ON a.id = f.rowid"
        where.append("f.articles_fts MATCH :expression")
        if ids := _id_range(db, values, schema):
            where.append("f.rowid BETWEEN :first_id AND :last_id")
            values["first_id"], values["last_id"] = ids
    elif order == "relevance":
        order = "newest"
    values["limit"] = -1 if filters.limit is None else filters.limit
    for (found,) in db.execute(
        f"SELECT a.id FROM {source} WHERE {' AND '.join(where) or '1'} ORDER BY {_ORDERS[order]} LIMIT :limit", values
    ):
        yield found


def hits(db: sqlite3.Connection, filters: Filters) -> Iterator[Hit]:
    """The articles that `filters` let through, one by one."""
    expression = fts_expression(filters.query)
    stretch = first_stretch(filters.query)
    for found in select(db, filters):
        row = db.execute(f"SELECT {_HIT_COLUMNS}, substr(text, 1, 200) FROM articles WHERE id = ?", (found,)).fetchone()
        *values, opening = row
        snippet = _marked(db, found, expression) if expression else None
        if snippet is None and stretch:
            snippet = _around(db, found, stretch)
        yield Hit(*(*values, " ".join((snippet or opening).split())))


def _marked(db: sqlite3.Connection, article_id: int, expression: str) -> str | None:
    """The piece of the text with most of the words, as the search index marks them; None if they stand elsewhere."""
    (snippet,) = db.execute(
        f"SELECT snippet(articles_fts, 2, '{MARKS[0]}', '{MARKS[1]}', '…', 24) FROM articles_fts"
        " WHERE articles_fts MATCH ? AND rowid = ?",
        (expression, article_id),
    ).fetchone()
    return str(snippet) if snippet and MARKS[0] in snippet else None


def _conditions(filters: Filters) -> tuple[list[str], dict[str, Any]]:
    where: list[str] = []
    values: dict[str, Any] = {}
    if not filters.include_rejected:
        where.append("a.status <> 'rejected'")
    if filters.since is not None:
        where.append("a.published_at >= :since")
        values["since"] = bounds(filters.since)[0]
    if filters.until is not None:
        first, behind = bounds(filters.until)
        where.append("a.published_at <= :until" if first == behind else "a.published_at < :until")
        values["until"] = behind
    if filters.min_geopolitics is not None:
        where.append("a.geopolitics >= :min_geopolitics")
        values["min_geopolitics"] = filters.min_geopolitics
    for column, chosen in (("source", filters.source), ("language", filters.language)):
        if chosen is None:
            continue
        either = []
        for number, value in enumerate([chosen] if isinstance(chosen, str) else chosen):
            name = f"{column}{number}"
            values[name] = value
            either.append(f"a.{column} = :{name}")
            if column == "language":
                values[f"{name}_region"] = re.sub(r"([\\%_])", r"\\\1", value) + "-%"
                either[-1] = f"(a.language = :{name} COLLATE NOCASE OR a.language LIKE :{name}_region ESCAPE '\\')"
        where.append(f"({' OR '.join(either)})" if either else "0")
    return where, values


def _id_range(db: sqlite3.Connection, values: dict[str, Any], schema: str) -> tuple[int, int] | None:
    """The first and last id within the range of dates, None where no date is given."""
    dates = [text for name, text in (("since", "published_at >= :since"), ("until", "published_at <= :until")) if name in values]
    if not dates:
        return None
    first, last = db.execute(f"SELECT min(id), max(id) FROM {schema}.articles WHERE {' AND '.join(dates)}", values).fetchone()
    return (first, last) if first is not None else (0, -1)


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
