"""How long questions to a store take, beside the best SQL that can be written by hand for each.

    python -m benchmarks.store fill big.db --articles 1000000
    python -m benchmarks.store_search big.db [--rounds 9] [--json]

A million takes half an hour to fill; `--articles 20000` is a quick check.

Each question is asked `--rounds` times, in turn by `storage.search.select` (the twenty ids that are then shown) and by hand,
in the same process on the same warmed-up file; medians.  The best of several ways by hand counts: ranked by the
search index or by what passed, with and without a range of ids.  `cpu ratio` compares CPU times: on a machine with other work
it holds where the ratio of the waiting times does not.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.invented import MARKERS, PHRASE
from storage import Filters, Store
from storage.connection import connect
from storage.schema import NEWS
from storage.search import select

RARE, COMMON, FREQUENT = MARKERS
NARROW: dict[str, Any] = {"since": "2024-01", "until": "2024-01", "source": "outlet-05", "language": "en"}

WORDS = {
    "word in 0.1 %": RARE, "word in 3 %": COMMON, "word in 18 %": FREQUENT, "two words": f"{COMMON} {FREQUENT}",
    "phrase": f'"{" ".join(PHRASE)}"',
}  # fmt: skip
QUESTIONS: dict[str, Filters] = {
    **{name: Filters(words, limit=20) for name, words in WORDS.items()},
    **{f"{name}, month + source + language": Filters(words, limit=20, **NARROW) for name, words in WORDS.items()},
    "word in 18 %, month": Filters(FREQUENT, limit=20, since="2024-01", until="2024-01"),
    "word in 18 %, source": Filters(FREQUENT, limit=20, source="outlet-05"),
    "word in 18 %, language of half": Filters(FREQUENT, limit=20, language="en"),
    "word in 18 %, newest first": Filters(FREQUENT, limit=20, order="newest"),
    "newest first": Filters(limit=20),
    "newest first, source": Filters(limit=20, source="outlet-05"),
    "newest first, month + source + language": Filters(limit=20, **NARROW),
}


def by_hand(filters: Filters) -> list[tuple[str, dict[str, Any]]]:
    """Ways to ask this in SQL that somebody who knows FTS5 well would try."""
    since, until, _ = filters.bounds()
    values = {"q": filters.query, "since": since, "until": until, "source": filters.source, "language": filters.language}
    where = ["a.status <> 'rejected'"]
    dates = "a.published_at >= :since AND a.published_at < :until"
    if since:
        where.append(dates)
    where += [f"a.{name} = :{name}" for name in ("source", "language") if values[name]]
    if filters.language:
        where[-1] = "a.language IN (:language, :language || '-GB')"
    order = "a.published_at DESC, a.id DESC" if filters.order == "newest" or not filters.query else None
    if not filters.query:
        return [(f"SELECT a.id FROM articles AS a WHERE {' AND '.join(where)} ORDER BY {order} LIMIT 20", values)]
    ways = []
    ids = f"FROM articles AS a WHERE {dates}"
    span = f" AND f.rowid BETWEEN (SELECT min(a.id) {ids}) AND (SELECT max(a.id) {ids})"
    tables = "articles_fts AS f CROSS JOIN articles AS a ON a.id = f.rowid"
    for within in ["", span] if since else [""]:
        for rank in [order] if order else ["f.rank", "+f.rank"]:
            condition = f"f.articles_fts MATCH :q{within} AND {' AND '.join(where)}"
            ways.append((f"SELECT a.id FROM {tables} WHERE {condition} ORDER BY {rank} LIMIT 20", values))
    return ways


def timed(ask: Callable[[], list[int]]) -> tuple[float, float, list[int]]:
    """Milliseconds of waiting and of CPU, and what was found."""
    begun, worked = time.perf_counter(), time.process_time()
    found = ask()
    return (time.perf_counter() - begun) * 1000, (time.process_time() - worked) * 1000, found


def measure(path: Path, rounds: int) -> list[dict[str, Any]]:
    """For each question the median of ours, of the best way by hand, and their ratio."""
    rows = []
    with Store(path, read_only=True), closing(connect(path, NEWS, read_only=True)) as db:
        for name, filters in QUESTIONS.items():
            hand = by_hand(filters)

            def ours(filters: Filters = filters) -> list[int]:
                return list(select(db, filters))

            times: dict[int, list[float]] = {way: [] for way in range(-1, len(hand))}
            worked: dict[int, list[float]] = {way: [] for way in times}
            found: dict[int, list[int]] = {}
            for _ in range(rounds + 1):  # the first is to warm up
                for way in times:
                    spent, cpu, found[way] = timed(ours if way < 0 else partial(_ids, db, *hand[way]))
                    times[way].append(spent)
                    worked[way].append(cpu)
            medians = {way: statistics.median(spent[1:]) for way, spent in times.items()}
            best = min(medians[way] for way in range(len(hand)))
            cpus = {way: statistics.median(spent[1:]) for way, spent in worked.items()}
            cpu_ratio = cpus[-1] / max(min(cpus[way] for way in range(len(hand))), 0.001)
            same = all(len(ids) == len(found[-1]) for ids in found.values())
            rows.append({"question": name, "found": len(found[-1]), "ms": round(medians[-1], 2), "by_hand_ms": round(best, 2),
                         "ratio": round(medians[-1] / best, 2), "cpu_ratio": round(cpu_ratio, 2),
                         "same_number": same})  # fmt: skip
    return rows


def _ids(db: sqlite3.Connection, sql: str, values: dict[str, Any]) -> list[int]:
    return [found for (found,) in db.execute(sql, values)]


def main() -> None:
    """The command of this module."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows = measure(asked.path, asked.rounds)
    if asked.json:
        print(json.dumps(rows, indent=2))
        return
    print(f"{'question':44} {'found':>5} {'ms':>9} {'by hand':>9} {'ratio':>6} {'cpu ratio':>9}")
    for row in rows:
        print(f"{row['question']:44} {row['found']:>5} {row['ms']:>9.2f} {row['by_hand_ms']:>9.2f} {row['ratio']:>6.2f} "
              f"{row['cpu_ratio']:>9.2f}"
              f"{'' if row['same_number'] else '  NOT THE SAME'}")  # fmt: skip


if __name__ == "__main__":
    main()
