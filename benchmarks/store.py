"""How fast a store takes articles in, beside SQLite written by hand in the same run; and stores to search in.

    python -m benchmarks.store ingest                       CPU of saving complete records, beside a bare executemany
    python -m benchmarks.store fill big.db --articles 1000000 [--shuffled]
    python -m benchmarks.store_search big.db                medians of questions, see there

`ingest` saves articles like those of real pages (means over 64 pages of news sites: 866 words, 24 blocks, 5 tags, 12 candidates;
removals as `Inventor.removals` says) in batches, with everything that hangs on them.  Beside it, batch by batch, the rows
of `articles` alone go into the same table with the same search index by `executemany`, without any other index.

`fill` writes rows without the detour over `Article`: articles with blocks, authors, tags and removals.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.invented import Inventor
from cleaning.identity import uid
from storage import Store
from storage.records import COLUMNS, content_hash
from storage.schema.v1 import NEWS_V1
from storage.terms import folded, word_count

BATCH = 500


def batches(count: int) -> Iterator[range]:
    """The numbers below `count`, BATCH at a time."""
    return (range(first, min(first + BATCH, count)) for first in range(0, count, BATCH))


def ingest(articles: int, words: int) -> tuple[float, float]:
    """CPU seconds of `Store.save` and of `executemany`, for the same articles."""
    inventor = Inventor(words=words, articles=articles)
    ours = bare = 0.0
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "ours.db") as store, closing(
        sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)
    ) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        for statement in NEWS_V1:
            if "CREATE TABLE articles (" in statement or "articles_fts" in statement:
                db.execute(statement)
        marks = ", ".join("?" * len(db.execute("SELECT * FROM articles").description))
        for numbers in batches(articles):
            batch = [inventor.article(number) for number in numbers]
            begun = time.process_time()
            ids = [saved.id for saved in store.save_all((article, None) for article in batch)]
            ours += time.process_time() - begun
            rows = store.connection.execute("SELECT * FROM articles WHERE id BETWEEN ? AND ?", (ids[0], ids[-1])).fetchall()
            begun = time.process_time()
            db.execute("BEGIN IMMEDIATE")
            db.executemany(f"INSERT INTO articles VALUES ({marks})", rows)
            db.execute("COMMIT")
            bare += time.process_time() - begun
    return ours, bare


def fill(path: Path, articles: int, words: int, *, shuffled: bool) -> None:
    """Make a store of `articles` at `path`."""
    inventor = Inventor(words=words, articles=articles, shuffled=shuffled)
    with Store(path) as store:
        db = store.connection
        db.execute("PRAGMA temp_store = MEMORY")
        db.execute("PRAGMA cache_size = -400000")  # the hashes of removed texts come in no order
        db.execute(f"CREATE TEMP TABLE waiting AS SELECT {', '.join(COLUMNS)} FROM articles LIMIT 0")
        people: dict[str, dict[str, int]] = {"author": {}, "tag": {}}
        begun, done = time.monotonic(), 0
        for numbers in batches(articles):
            _write(store, inventor, numbers, people)
            done += len(numbers)
            if done % 10_000 == 0 and sys.stderr.isatty():
                print(f"\r{done:,} articles, {done / (time.monotonic() - begun):,.0f}/s", end="", file=sys.stderr)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    print(f"{path}: {articles:,} articles, {path.stat().st_size / 1e9:.1f} GB, {time.monotonic() - begun:.0f} s")


def _write(store: Store, inventor: Inventor, numbers: range, people: dict[str, dict[str, int]]) -> None:
    rows, details, removals = [], [], []
    links: dict[str, list[tuple[int, int, int]]] = {"author": [], "tag": []}
    with store.transaction() as db:
        for number in numbers:
            pick, fields = inventor.basics(number)
            names = dict(zip(("author", "tag"), inventor.people(pick), strict=True))
            rows.append(_row(fields, round(pick.random(), 3)))
            blocks = _blocks(str(fields["text"]))
            details.append((number + 1, json.dumps({"blocks": blocks, "authors": names["author"], "tags": names["tag"]})))
            removals += [
                (number + 1, position, removal.rule, removal.evidence, content_hash(None, removal.text), removal.before_block,
                 removal.block_count, removal.text)
                for position, removal in enumerate(inventor.removals(pick, str(fields["source"]), len(blocks)))
            ]  # fmt: skip
            for kind, some in names.items():
                for position, name in enumerate(some):
                    if name not in people[kind]:
                        people[kind][name] = len(people[kind]) + 1
                        db.execute(f"INSERT INTO {kind}s (id, name, folded) VALUES (?, ?, ?)",
                                   (people[kind][name], name, folded(name)))  # fmt: skip
                    links[kind].append((number + 1, people[kind][name], position))
        # One statement for the batch: the search index writes one piece for it, not one for each row.
        db.executemany(f"INSERT INTO waiting VALUES ({', '.join('?' * len(COLUMNS))})", rows)
        db.execute(f"INSERT INTO articles ({', '.join(COLUMNS)}) SELECT * FROM waiting")
        db.execute("DELETE FROM waiting")
        db.executemany("INSERT INTO details VALUES (?, ?)", details)
        for kind, found in links.items():
            db.executemany(f"INSERT INTO article_{kind}s VALUES (?, ?, ?)", found)
        db.executemany("INSERT INTO removal_texts (hash, text) VALUES (?, ?) ON CONFLICT DO NOTHING",
                       [(row[4], row[-1]) for row in removals])  # fmt: skip
        db.executemany(
            "INSERT INTO removals (article_id, position, rule, evidence, text_id, before_block, block_count)"
            " VALUES (?, ?, ?, ?, (SELECT id FROM removal_texts WHERE hash = ?), ?, ?)",
            [row[:-1] for row in removals],
        )


def _blocks(text: str) -> list[dict[str, Any]]:
    """The paragraphs of `text` as `details` has them: by their place."""
    blocks, start = [], 0
    for paragraph in text.split("\n\n"):
        blocks.append({"kind": "paragraph", "at": [start, start + len(paragraph)]})
        start += len(paragraph) + 2
    return blocks


def _row(fields: dict[str, Any], geopolitics: float) -> tuple[Any, ...]:
    def stamp(moment: Any) -> str:
        return str(moment.replace(tzinfo=None).isoformat()) + "Z"

    key = str(fields["url_key"])
    row = {**fields, "published_at": stamp(fields["published_at"]), "fetched_at": stamp(fields["fetched_at"])}
    row |= {
        "uid": uid(key), "status": "ok", "geopolitics": geopolitics, "word_count": word_count(str(fields["text"])),
        "schema_version": 1, "content_hash": uid(key), "record_hash": uid(key),
        "last_seen_at": row["fetched_at"], "first_seen_at": row["fetched_at"], "is_accessible_for_free": 1,
    }  # fmt: skip
    return tuple(row.get(name) for name in COLUMNS)


def main() -> None:
    """The command of this module."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    measure = commands.add_parser("ingest")
    measure.add_argument("--articles", type=int, default=5000)
    measure.add_argument("--words", type=int, default=866)
    make = commands.add_parser("fill")
    make.add_argument("path", type=Path)
    make.add_argument("--articles", type=int, default=1_000_000)
    make.add_argument("--words", type=int, default=300)
    make.add_argument("--shuffled", action="store_true")
    asked = parser.parse_args()
    if asked.command == "fill":
        fill(asked.path, asked.articles, asked.words, shuffled=asked.shuffled)
        return
    ours, bare = ingest(asked.articles, asked.words)
    each = 1000 / asked.articles
    print(f"{asked.articles:,} complete records: {ours * each:.2f} ms CPU each; bare executemany with the same index: "
          f"{bare * each:.2f} ms; ratio {ours / bare:.2f}")  # fmt: skip


if __name__ == "__main__":
    main()
