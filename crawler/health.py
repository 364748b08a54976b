"""How the sources are: each is held against its own past, in the store, and what is wrong is an alarm.

The bounds are set so that a usual week raises none: a holiday, a slow feed, a few walls are no alarms.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Literal

from pydantic import BaseModel

from cleaning.rules.site import REMOVE
from cleaning.site_rules import MISSED
from crawler.when import clock, moment_of, stamp
from storage import Store

RUNS_FAILED = 3
"""Runs in a row without any answer that make an alarm."""
LATEST = 20
"""Pages that are held against those before."""
BEFORE = 200
"""Pages that they are held against; at least LATEST must be there."""
SILENT_AT_LEAST = timedelta(days=2)
SILENT_TIMES = 3
"""A source is silent when it has had nothing for so many times its longest pause of the last HISTORY."""
HISTORY = timedelta(days=60)
WEEKS = 4
"""Weeks that the last seven days are held against."""
LEAST_A_WEEK = 14
"""Articles a week below which volumes say nothing."""

Kind = Literal["failing", "silent", "not_crawled", "field_lost", "selector_lost", "volume", "not_a_feed", "walls"]
_NOT_RELEVANT = "below_geopolitics_threshold"
_ONE_SELECTOR = re.compile(r"; (?=(?:body|title|author|date|remove \d+) \()")


class Finding(BaseModel):
    """Something that is wrong with a source: what kind of thing, and one clause that says it."""

    kind: Kind
    text: str


class SourceHealth(BaseModel):
    """How a source is.  `state` is `new` where there is too little to judge by; `day` and `week` count articles that came in."""

    source: str
    state: Literal["ok", "alarm", "new"]
    last_crawl: str | None
    last_article: str | None
    day: int
    week: int
    findings: list[Finding] = []


def examine(store: Store, sources: Iterable[str], now: datetime | None = None) -> list[SourceHealth]:
    """The health of these sources at `now`, in the order given."""
    moment = now or clock()
    return [_Examination(store, source, moment).result() for source in sources]


def known_sources(store: Store) -> list[str]:
    """The ids of all sources that were ever crawled."""
    return [row[0] for row in store.connection.execute("SELECT DISTINCT source FROM run_sources ORDER BY source")]


class _Examination:
    def __init__(self, store: Store, source: str, now: datetime) -> None:
        self._db = store.connection
        self._source = source
        self._now = now
        self._runs = self._all(
            "SELECT r.started_at, s.ok, s.error FROM run_sources AS s JOIN runs AS r ON r.id = s.run_id WHERE s.source = ?"
            " AND s.run_id IN (SELECT run_id FROM run_sources WHERE source = ? ORDER BY run_id DESC LIMIT 50)"
            " ORDER BY s.run_id DESC", source, source,
        )  # fmt: skip
        # What a walk through the past brought in says nothing about today.
        self._arrivals = [moment_of(row[0]) for row in self._all(
            "SELECT first_seen_at FROM articles WHERE source = ? AND status <> 'rejected' AND first_seen_at >= ?"
            " AND (published_at IS NULL OR published_at >= datetime(first_seen_at, '-7 days')) ORDER BY first_seen_at",
            source, stamp(now - HISTORY),
        )]  # fmt: skip

    def _all(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._db.execute(sql, values).fetchall()

    def result(self) -> SourceHealth:
        findings = [*self._failing(), *self._not_crawled(), *self._endpoints(), *self._silent(), *self._volume(),
                    *self._fields(), *self._selectors(), *self._walls()]  # fmt: skip
        last = self._all("SELECT max(first_seen_at) FROM articles WHERE source = ? AND status <> 'rejected'", self._source)[0][0]
        judged = len(self._runs) >= RUNS_FAILED or len(self._arrivals) >= LATEST
        return SourceHealth(
            source=self._source, state="alarm" if findings else "ok" if judged else "new",
            last_crawl=self._runs[0][0] if self._runs else None, last_article=last,
            day=self._since(timedelta(days=1)), week=self._since(timedelta(days=7)), findings=findings,
        )  # fmt: skip

    def _since(self, age: timedelta, until: timedelta = timedelta()) -> int:
        return sum(self._now - age <= moment <= self._now - until for moment in self._arrivals)

    def _failing(self) -> Iterable[Finding]:
        failed = 0
        for _, ok, _ in self._runs:
            if ok != 0:
                break
            failed += 1
        if failed >= RUNS_FAILED:
            since, why = self._runs[failed - 1][0], self._runs[0][2] or "no reason given"
            yield Finding(kind="failing", text=f"no answer in {failed} runs since {since}: {why}")

    def _not_crawled(self) -> Iterable[Finding]:
        started = [moment_of(row[0]) for row in self._runs]
        if len(started) < RUNS_FAILED:
            return
        usual = statistics.median((after - before).total_seconds() for after, before in pairwise(started))
        if self._now - started[0] > max(SILENT_AT_LEAST, timedelta(seconds=5 * usual)):
            yield Finding(kind="not_crawled", text=f"not crawled since {stamp(started[0])}")

    def _endpoints(self) -> Iterable[Finding]:
        for url, error in self._all(
            "SELECT url, error FROM endpoints WHERE source = ? AND failures > 0 AND status = 200 ORDER BY url", self._source
        ):
            yield Finding(kind="not_a_feed", text=f"{url} answers with something else: {error or 'not what it was'}")

    def _silent(self) -> Iterable[Finding]:
        if len(self._arrivals) < 10 or not self._runs:
            return
        longest = max(after - before for before, after in pairwise(self._arrivals))
        bound = max(SILENT_AT_LEAST, SILENT_TIMES * longest)
        watched = moment_of(self._runs[0][0]) - self._arrivals[-1]  # what nobody crawled cannot be silent
        if watched > bound:
            since = stamp(self._arrivals[-1])
            yield Finding(kind="silent", text=f"no new article since {since}; its longest pause was {_days(longest)}")

    def _volume(self) -> Iterable[Finding]:
        sql = "SELECT min(started_at) FROM runs JOIN run_sources ON run_id = id WHERE source = ?"
        oldest = self._all(sql, self._source)[0][0]
        if oldest is None or self._now - moment_of(oldest) < timedelta(days=7 * (WEEKS + 1)):
            return
        usual = self._since(timedelta(days=7 * (WEEKS + 1)), timedelta(days=7)) / WEEKS
        now = self._since(timedelta(days=7))
        if usual >= LEAST_A_WEEK and not usual / 4 <= now <= usual * 4:
            yield Finding(kind="volume", text=f"{now} articles in the last 7 days; usual are {usual:.0f}")

    def _fields(self) -> Iterable[Finding]:
        rows = self._all(
            "SELECT title IS NOT NULL, published_at IS NOT NULL, EXISTS (SELECT 1 FROM article_authors WHERE article_id = id)"
            " FROM articles WHERE source = ? AND status <> 'rejected' ORDER BY first_seen_at DESC, id DESC LIMIT ?",
            self._source, LATEST + BEFORE,
        )  # fmt: skip
        latest, before = rows[:LATEST], rows[LATEST:]
        if len(before) < LATEST:
            return
        for at, name in enumerate(("title", "date", "author")):
            now, then = _share(latest, at), _share(before, at)
            if then >= 0.6 and now <= 0.1:
                counted = f"{sum(row[at] for row in latest)} of the last {len(latest)} have one"
                yield Finding(kind="field_lost", text=f"no {name} any more: {counted}, {then:.0%} before")

    def _selectors(self) -> Iterable[Finding]:
        """Of the site rules: a selector for a field should find it on every page, one that removes only where it did before."""
        rows = self._all(
            "SELECT id, (SELECT evidence FROM article_flags WHERE article_id = id AND flag = ?) FROM articles"
            " WHERE source = ? AND status <> 'rejected' ORDER BY first_seen_at DESC, id DESC LIMIT ?",
            MISSED, self._source, LATEST + BEFORE,
        )  # fmt: skip
        latest, before = rows[:LATEST], rows[LATEST:]
        if len(latest) < LATEST:
            return
        missed = Counter(one.partition(") matches")[0] + ")" for _, told in latest if told for one in _ONE_SELECTOR.split(told))
        for name, count in sorted(missed.items()):
            if count < 0.9 * LATEST or (name.startswith("remove ") and not self._removed(name, before)):
                continue
            text = f"the site rule {name} finds nothing any more: on {count} of the last {LATEST} pages"
            yield Finding(kind="selector_lost", text=text)

    def _removed(self, name: str, pages: Sequence[tuple[Any, ...]]) -> bool:
        """Whether a selector that removes did so on most of these pages."""
        selector = name.partition(" (")[2].removesuffix(")")
        sql = "SELECT 1 FROM removals WHERE article_id = ? AND rule = ? AND instr(evidence, ?) LIMIT 1"
        found = sum(bool(self._all(sql, page[0], REMOVE, selector)) for page in pages)
        return len(pages) >= LATEST and found >= 0.6 * len(pages)

    def _walls(self) -> Iterable[Finding]:
        rows = self._all(  # what is only not relevant enough for the user is an article for all that
            "SELECT status = 'rejected' AND NOT EXISTS (SELECT 1 FROM article_flags WHERE article_id = id AND flag = ?),"
            " (SELECT flag FROM article_flags WHERE article_id = id LIMIT 1) FROM articles"
            " WHERE source = ? ORDER BY first_seen_at DESC, id DESC LIMIT ?", _NOT_RELEVANT, self._source, LATEST + BEFORE,
        )  # fmt: skip
        latest, before = rows[:LATEST], rows[LATEST:]
        if len(latest) < LATEST:
            return
        now = _share(latest, 0)
        if now >= 0.95 or (now >= 0.5 and len(before) >= LATEST and _share(before, 0) <= 0.2):
            flags = [row[1] for row in latest if row[0] and row[1]]
            why = f", most of them {statistics.mode(flags)}" if flags else ""
            yield Finding(kind="walls", text=f"{now:.0%} of the last {LATEST} pages are no articles{why}")


def _share(rows: Sequence[tuple[Any, ...]], at: int) -> float:
    return float(sum(row[at] for row in rows)) / len(rows)


def _days(length: timedelta) -> str:
    hours = length.total_seconds() / 3600
    return f"{hours / 24:.1f} days" if hours >= 48 else f"{hours:.1f} hours"
