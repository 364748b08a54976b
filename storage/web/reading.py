"""What the pages show, read from the store: plain values, the same for the templates and for the JSON beside each page."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from datasette.utils import sqlite_timelimit

from cleaning.models import Article
from storage.filters import Filters
from storage.records import read_article
from storage.search import facets, hits
from storage.web.diff import paragraphs, words

PAGE = 20
"""Hits on a page."""
RANKING = 50
"""Milliseconds for ranking what was found: where it is too much for that, the newest are shown."""
COUNTING = 25
"""Milliseconds for all counts of a page; the page offers those that take longer one by one."""
LIMIT = 5000
"""Milliseconds after which a question is given up."""

FACETS = ("source", "language", "month", "country", "tag", "author")
_MOST = 12
_WEEK = timedelta(days=7)

T = TypeVar("T")


class TooSlow(Exception):
    """A question took longer than it may."""


@contextmanager
def within(db: sqlite3.Connection, milliseconds: float) -> Iterator[None]:
    """Raise TooSlow where SQLite is not done in time."""
    try:
        with sqlite_timelimit(db, milliseconds):
            yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname != "SQLITE_INTERRUPT":
            raise
        raise TooSlow from error


def _or_none(db: sqlite3.Connection, milliseconds: float, ask: Callable[[], T]) -> T | None:
    try:
        with within(db, milliseconds):
            return ask()
    except TooSlow:
        return None


def found(db: sqlite3.Connection, filters: Filters) -> dict[str, Any]:
    """A page of hits, whether there are more, and whether ranking them was given up for the newest."""
    wanted = replace(filters, limit=PAGE + 1)
    ranked = filters.query.strip() != "" and filters.order in (None, "relevance")
    listed = _or_none(db, RANKING if ranked else LIMIT, lambda: list(hits(db, wanted)))
    by_date = listed is None and ranked
    if by_date:
        listed = _or_none(db, LIMIT, lambda: list(hits(db, replace(wanted, order="newest"))))
    if listed is None:
        raise TooSlow
    return {"hits": [asdict(hit) for hit in listed[:PAGE]], "more": len(listed) > PAGE, "by_date": by_date}


def counted(
    db: sqlite3.Connection, filters: Filters, names: tuple[str, ...] = FACETS, asked: str | None = None
) -> dict[str, list[dict[str, Any]] | None]:
    """For each facet its values with how many articles have them; None where counting took too long.  The one that is
    `asked` for may take longer, and is then the only one."""
    result: dict[str, list[dict[str, Any]] | None] = dict.fromkeys(names)
    try:
        with within(db, LIMIT if asked in names else COUNTING):
            for name in (asked,) if asked in names else names:
                result[name] = [asdict(count) for count in facets(db, filters, name, _MOST)]
    except TooSlow:
        pass
    return result


def front(db: sqlite3.Connection) -> dict[str, Any]:
    """What is new, what of the newest week is most relevant, where it came from, and how the last crawl went."""
    with within(db, LIMIT):
        newest = [asdict(hit) for hit in hits(db, Filters(limit=12))]
        since = _week_before(newest[0]["published_at"]) if newest else None
        relevant = [asdict(hit) for hit in hits(db, Filters(since=since, order="geopolitics", min_geopolitics=0.3, limit=6))]
    return {
        "articles": _or_none(db, COUNTING, lambda: db.execute("SELECT count(*) FROM articles").fetchone()[0]),
        "since": since,
        "newest": newest,
        "relevant": relevant,
        "counts": counted(db, Filters(since=since), ("source", "language", "country")),
        "health": _health(db),
    }


def _week_before(moment: str | None) -> str | None:
    return None if moment is None else (datetime.fromisoformat(moment) - _WEEK).date().isoformat()


def _health(db: sqlite3.Connection) -> dict[str, Any] | None:
    """The last crawl, and the sources that failed in it or gave no answer when last asked; None where there was none."""
    run = db.execute("SELECT id, started_at, ended_at, state FROM runs ORDER BY id DESC LIMIT 1").fetchone()
    if run is None:
        return None
    sums = "count(*), sum(new), sum(updated), sum(unchanged), sum(rejected), sum(failed)"
    names = ("sources", "new", "updated", "unchanged", "rejected", "failed")
    totals = db.execute(f"SELECT {sums} FROM run_sources WHERE run_id = ?", (run[0],)).fetchone()
    failing = (
        "SELECT source, max(error) FROM (SELECT source, error FROM run_sources WHERE run_id = ? AND error IS NOT NULL"
        " UNION ALL SELECT source, error FROM endpoints WHERE failures > 0) GROUP BY source ORDER BY source LIMIT 50"
    )
    return {
        **dict(zip(("run", "started_at", "ended_at", "state"), run, strict=True)),
        **{name: value or 0 for name, value in zip(names, totals, strict=True)},
        "errors": [{"source": source, "error": error} for source, error in db.execute(failing, (run[0],))],
    }


def find(db: sqlite3.Connection, ref: str) -> int | None:
    """The id of the article with this uid or id."""
    sql = "SELECT id FROM articles WHERE uid = ?"
    row = db.execute(sql, (ref.lower(),)).fetchone()
    if row is None and ref.isascii() and ref.isdigit() and len(ref) < 16:
        row = db.execute("SELECT id FROM articles WHERE id = ?", (int(ref),)).fetchone()
    return int(row[0]) if row else None


def one(db: sqlite3.Connection, article_id: int) -> tuple[Article, dict[str, Any]]:
    """An article, and what the store knows beside it."""
    names = ("id", "uid", "first_seen_at", "last_seen_at", "raw_sha256", "word_count")
    row = db.execute(f"SELECT {', '.join(names)} FROM articles WHERE id = ?", (article_id,)).fetchone()
    (versions,) = db.execute("SELECT count(*) FROM revisions WHERE article_id = ?", (article_id,)).fetchone()
    gone = db.execute(
        "SELECT seen_at, reason FROM takedowns WHERE article_id = ? AND back_at IS NULL ORDER BY seen_at DESC", (article_id,)
    ).fetchone()
    beside = {"revisions": versions, "taken_down": dict(zip(("seen_at", "reason"), gone, strict=True)) if gone else None}
    return read_article(db, article_id), {**dict(zip(names, row, strict=True)), **beside}


def history(db: sqlite3.Connection, article_id: int) -> list[dict[str, Any]]:
    """Every version that was replaced, newest first, with what changed in it until the next one."""
    names = ("replaced_at", "reason", "title", "summary", "fetched_at", "status", "rules_version", "content_hash", "text")
    now = db.execute("SELECT title, text FROM articles WHERE id = ?", (article_id,)).fetchone()
    title, text = now
    versions: list[dict[str, Any]] = []
    for row in db.execute(f"SELECT {', '.join(names)} FROM revisions WHERE article_id = ? ORDER BY id DESC", (article_id,)):
        version = dict(zip(names, row, strict=True))
        version["changes"] = {
            "title": list(words(version["title"] or "", title or "")),
            "text": [asdict(changed) for changed in paragraphs(version["text"], text)],
        }
        title, text = version["title"], version["text"]
        versions.append(version)
    return versions
