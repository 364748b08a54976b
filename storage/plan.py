"""The SQL of a search: how SQLite is led to what `Filters` ask for.

SQLite cannot know how many articles a word or a filter finds, and guesses badly: a wrong plan costs seconds where a right one
costs milliseconds.  So both are counted first (from indexes, and only as far as it matters), and the plan is chosen by hand:

- Ranking is what costs: 6 µs for each article that a word stands in, against 0.1 µs to pass it by.  Where a filter leaves few
  articles, their ids are gathered from an index and the matches are ranked only if their id is among them.
- What the gathered ids span becomes a range of ids, too: the search index can skip by id and knows no dates.
- Where a filter leaves many, the matches are ranked as they are, and the best ones are looked at until enough pass.
- Without a query an index gives the order, and the filters are checked on the way; a rare value is gathered and sorted.

Never `articles_fts.rowid IN (SELECT …)` without the `+`: SQLite would then search anew for every id.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from storage.filters import Filters
from storage.query import parse
from storage.terms import folded

FEW = 2_000
"""Matches of which each may be looked up in `articles`."""
SOME = 20_000
"""Matches that are sorted rather than met in order."""
GATHERED = 60_000
"""Ids that are gathered before the matches are ranked; about a month of a million articles in two years."""

_ORDERS = {
    "newest": "a.published_at DESC, a.id DESC",
    "oldest": "a.published_at, a.id",
    "geopolitics": "a.geopolitics DESC, a.id DESC",
}
_IN_ORDER = {"newest": "articles_published", "oldest": "articles_published", "geopolitics": "articles_geopolitics"}


@dataclass
class Narrowing:
    """A filter as ids from an index alone: the SQL, the filters that it covers, and once counted how many ids it gives, the
    first and the last.  `walk` is the index that gives its one value in the order of dates."""

    ids: str
    covers: frozenset[str]
    walk: str | None = None
    count: int = 0
    first: int | None = None
    last: int | None = None

    @property
    def dense(self) -> bool:
        """Whether most ids between the first and the last are meant: then the range says nearly all there is to say."""
        return self.first is not None and self.last is not None and 2 * self.count > self.last - self.first


@dataclass
class Plan:
    """A search ready to run: `SELECT a.id {tables} {where} {order}` with `values`."""

    tables: str
    where: list[str]
    order: str
    values: dict[str, Any]

    def sql(self, columns: str = "a.id") -> str:
        """The statement, without a limit."""
        return f"{self.unordered(columns)} ORDER BY {self.order}"

    def unordered(self, columns: str) -> str:
        """The statement in whatever order costs least."""
        return f"SELECT {columns} FROM {self.tables} WHERE {' AND '.join(self.where) or '1'}"


def make(db: sqlite3.Connection, filters: Filters, schema: str = "main") -> Plan | None:
    """The plan for `filters` on the store that `db` knows as `schema`; None where nothing can be found."""
    expression = parse(filters.query)
    if filters.query.strip() and expression.fts is None:
        return None
    return _Planner(db, filters, expression.fts, schema).plan()


@dataclass
class _Planner:
    db: sqlite3.Connection
    filters: Filters
    fts: str | None
    schema: str
    values: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)
    """The condition on a row of `articles AS a` for each filter."""
    narrowings: list[Narrowing] = field(default_factory=list)

    def plan(self) -> Plan | None:
        self._conditions()
        order = self.filters.order or ("relevance" if self.fts else "newest")
        if self.fts is None:
            return self._listed("newest" if order == "relevance" else order)
        self.values["fts"] = self.fts
        return self._ranked() if order == "relevance" else self._sorted(order)

    # The filters as SQL

    def _conditions(self) -> None:
        wanted, table = self.filters, f"{self.schema}.articles"
        if not wanted.include_rejected:
            self.rows["status"] = "a.status <> 'rejected'"
        if wanted.min_geopolitics is not None:
            self.rows["geopolitics"] = "a.geopolitics >= :geopolitics"
            self.values["geopolitics"] = wanted.min_geopolitics
        if wanted.min_words is not None:
            self.rows["words"] = "a.word_count >= :words"
            self.values["words"] = wanted.min_words
        dates = self._dates()
        for name in ("source", "language", "publisher"):
            if (chosen := wanted.chosen(name)) is not None:
                self._column(name, self._meant(name, chosen), dates)
        self._joined("author", "article_authors", "author_id", self._authors())
        self._joined("tag", "article_tags", "tag_id", self._named("tags", wanted.chosen("tag")))
        self._joined("flag", "article_flags", "flag", wanted.chosen("flag"))
        countries = wanted.chosen("country")
        self._joined("country", "article_countries", "country", countries and [code.upper() for code in countries])
        if dates:
            within = [self.rows[name] for name in ("dates", "status", "source", "language", "geopolitics") if name in self.rows]
            covered = frozenset({"dates", "status", "source", "language", "geopolitics"})
            sql = f"SELECT a.id AS id FROM {table} AS a INDEXED BY articles_published WHERE {' AND '.join(within)}"
            self.narrowings.append(Narrowing(sql, covered))

    def _dates(self) -> str:
        since, until, included = self.filters.bounds()
        conditions = []
        if since is not None:
            conditions.append("a.published_at >= :since")
            self.values["since"] = since
        if until is not None:
            conditions.append(f"a.published_at {'<=' if included else '<'} :until")
            self.values["until"] = until
        if conditions:
            self.rows["dates"] = " AND ".join(conditions)
        return self.rows.get("dates", "")

    def _column(self, name: str, chosen: list[str], dates: str) -> None:
        self.values[name] = chosen[0] if len(chosen) == 1 else json.dumps(chosen)
        value = f"= :{name}" if len(chosen) == 1 else f"IN (SELECT value FROM json_each(:{name}))"
        self.rows[name] = f"a.{name} {value}"
        where = f"{self.rows[name]}{f' AND {dates}' if dates else ''}"
        sql = f"SELECT a.id AS id FROM {self.schema}.articles AS a INDEXED BY articles_{name} WHERE {where}"
        walk = f"articles_{name}" if len(chosen) == 1 else None
        self.narrowings.append(Narrowing(sql, frozenset({name, *(["dates"] if dates else [])}), walk=walk))

    def _joined(self, name: str, table: str, column: str, chosen: list[Any] | None) -> None:
        if chosen is None:
            return
        self.values[name] = json.dumps(chosen)
        within = f"{column} IN (SELECT value FROM json_each(:{name}))"
        self.rows[name] = f"EXISTS (SELECT 1 FROM {self.schema}.{table} WHERE article_id = a.id AND {within})"
        self.narrowings.append(Narrowing(f"SELECT article_id AS id FROM {self.schema}.{table} WHERE {within}", frozenset({name})))

    def _meant(self, column: str, chosen: list[str]) -> list[str]:
        """The values in the store that are meant: ids as they are, languages with their regions, names however written."""
        if column == "source":
            return chosen
        stored = [value for (value,) in self.db.execute(
            f"WITH RECURSIVE v (x) AS (SELECT min({column}) FROM {self.schema}.articles UNION ALL"
            f" SELECT (SELECT min({column}) FROM {self.schema}.articles WHERE {column} > x) FROM v WHERE x IS NOT NULL)"
            " SELECT x FROM v WHERE x IS NOT NULL"
        )]  # fmt: skip
        if column == "publisher":
            names = {folded(name) for name in chosen}
            return [value for value in stored if folded(value) in names]
        codes = [code.lower() for code in chosen]
        return [v for v in stored if any(v.lower() == code or v.lower().startswith(f"{code}-") for code in codes)]

    def _named(self, table: str, chosen: list[str] | None) -> list[int] | None:
        if chosen is None:
            return None
        names = json.dumps([folded(name) for name in chosen])
        sql = f"SELECT id FROM {self.schema}.{table} WHERE folded IN (SELECT value FROM json_each(?))"
        return [row for (row,) in self.db.execute(sql, (names,))]

    def _authors(self) -> list[int] | None:
        chosen = self.filters.chosen("author")
        if chosen is None:
            return None
        found: dict[int, None] = {}
        for name in map(folded, chosen):
            if name:
                sql = f"SELECT id FROM {self.schema}.authors WHERE instr(' ' || folded || ' ', ' ' || ? || ' ')"
                found |= dict.fromkeys(row for (row,) in self.db.execute(sql, (name,)))
        return list(found)

    def _rest(self, covered: frozenset[str] = frozenset()) -> list[str]:
        return [condition for name, condition in self.rows.items() if name not in covered]

    # What is counted

    def _narrowest(self, most: int, *, dates: bool = True) -> Narrowing | None:
        """The filter that leaves the fewest articles, if one leaves fewer than `most`; with the ids that these span.

        Nothing is counted further than the best one so far, so that this costs what the answer saves.
        """
        best = None
        for one in self.narrowings:
            if dates or "status" not in one.covers:
                cap = best.count if best else most
                sql = f"SELECT count(*), min(id), max(id) FROM ({one.ids} LIMIT {cap})"
                one.count, one.first, one.last = self.db.execute(sql, self.values).fetchone()
                best = one if one.count < cap else best
        return best

    def _matching(self, most: int) -> int:
        """How many articles the query finds; `most` means at least so many."""
        matches = f"SELECT 1 FROM {self.schema}.articles_fts AS f WHERE f.articles_fts MATCH :fts LIMIT {most}"
        (count,) = self.db.execute(f"SELECT count(*) FROM ({matches})", self.values).fetchone()
        return int(count)

    # The plans

    def _from_fts(self, order: str, gathered: Narrowing | None = None) -> Plan:
        """What the search index finds; of `gathered` only what is among its ids."""
        tables = f"{self.schema}.articles_fts AS f CROSS JOIN {self.schema}.articles AS a ON a.id = f.rowid"
        where = ["f.articles_fts MATCH :fts"]
        if gathered is not None:
            self.values |= {"first": gathered.first, "last": gathered.last}
            where += ["f.rowid BETWEEN :first AND :last", f"+f.rowid IN ({gathered.ids})"]
        return Plan(tables, [*where, *self._rest(gathered.covers if gathered else frozenset())], order, self.values)

    def _ranked(self) -> Plan:
        """By relevance.  `f.rank` lets the search index rank everything at once, `+f.rank` ranks what passed the filters."""
        if not self.narrowings:
            return self._from_fts("f.rank")
        if self._matching(FEW) < FEW:
            return self._from_fts("+f.rank")
        if (best := self._narrowest(GATHERED)) and not best.dense:
            return self._from_fts("+f.rank", best)
        plan = self._from_fts("f.rank")
        if best is not None:
            self.values |= {"first": best.first, "last": best.last}
            plan.where.append("f.rowid BETWEEN :first AND :last")
        elif "dates" in self.rows and self._matching(SOME) == SOME:  # ranking costs more than going through the index of dates
            ids = f"SELECT min(a.id), max(a.id) FROM {self.schema}.articles AS a INDEXED BY articles_published"
            first, last = self.db.execute(f"{ids} WHERE {self.rows['dates']}", self.values).fetchone()
            self.values |= {"first": first, "last": last}
            plan.where.append("f.rowid BETWEEN :first AND :last")
        return plan

    def _sorted(self, order: str) -> Plan:
        """What matches, in another order than by relevance."""
        if best := self._narrowest(GATHERED):
            return self._from_fts(_ORDERS[order], best)
        if self._matching(SOME) < SOME:
            return self._from_fts(_ORDERS[order])
        plan = self._listed(order)
        plan.where.append(f"+a.id IN (SELECT g.rowid FROM {self.schema}.articles_fts AS g WHERE g.articles_fts MATCH :fts)")
        return plan

    def _listed(self, order: str) -> Plan:
        """Everything that passes the filters, in an order that an index gives, or sorted where that is little."""
        articles = f"{self.schema}.articles AS a"
        best = self._narrowest(FEW, dates=False)
        walk = best.walk if best else next((one.walk for one in self.narrowings if one.walk), None)
        if walk and order != "geopolitics":
            return Plan(f"{articles} INDEXED BY {walk}", self._rest(), _ORDERS[order], self.values)
        if best is not None:
            return Plan(articles, [f"a.id IN ({best.ids})", *self._rest(best.covers)], _ORDERS[order], self.values)
        return Plan(f"{articles} INDEXED BY {_IN_ORDER[order]}", self._rest(), _ORDERS[order], self.values)
