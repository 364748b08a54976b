"""A store of the selection: the same tables, ids and search index, without the crawl's memory; or the whole store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from storage.connection import connect, reading_address
from storage.errors import plain_errors
from storage.export.fields import Written
from storage.export.manifest import Tally, question
from storage.filters import Filters
from storage.schema import NEWS, selection
from storage.search import select

_PARTS = (
    "details", "article_authors", "article_tags", "article_countries", "article_flags", "removals", "revisions", "sightings",
    "takedowns",
)  # fmt: skip
_NAMED = (
    ("authors", "article_authors", "author_id"),
    ("tags", "article_tags", "tag_id"),
    ("removal_texts", "removals", "text_id"),
)
_STEP = 5_000
"""Pages of 4 kB that are copied between two looks at whether somebody pressed Ctrl-C."""


def copy(source: Path, filters: Filters, target: Path, tally: Tally) -> Written:
    """Make a store at `target` of what `filters` let through in `source`, as it is at this moment; `tally` counts.

    Where they leave nothing out, rejected pages neither, it is a copy of the whole store with the memory of its crawls; else a
    selection (`storage.schema.selection`).  The file stands alone when this returns: nothing of it is in a log beside it.
    """
    with plain_errors(target):
        if {name: value for name, value in question(filters).items() if name != "order"} == {"include_rejected": True}:
            _copy_all(source, target, tally)
        else:
            _copy_selection(source, filters, target, tally)
    return Written((target,))


def _copy_all(source: Path, target: Path, tally: Tally) -> None:
    with closing(connect(source, NEWS, read_only=True)) as db, closing(sqlite3.connect(target)) as copy:
        db.execute("BEGIN")  # what is counted is what is copied, whoever writes meanwhile
        with plain_errors(source):
            for rules, published in db.execute("SELECT rules_version, published_at FROM articles"):
                tally.counted(rules, published)
        db.backup(copy, pages=_STEP)
        copy.execute("PRAGMA journal_mode = DELETE")


def _copy_selection(source: Path, filters: Filters, target: Path, tally: Tally) -> None:
    with closing(connect(target, NEWS)) as db:
        # Nobody else knows the file yet, and it is thrown away if this fails: no journal is needed.
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        selection.leave_out(db)
        with plain_errors(source):
            db.execute("ATTACH ? AS source", (reading_address(source),))
        db.execute("BEGIN")
        db.execute("PRAGMA defer_foreign_keys = ON")
        _copy_rows(db, filters, tally)
        db.execute("COMMIT")
        db.execute("DETACH source")
        db.execute("INSERT INTO articles_fts (articles_fts) VALUES ('optimize')")
        db.execute("PRAGMA journal_mode = DELETE")


def _copy_rows(db: sqlite3.Connection, filters: Filters, tally: Tally) -> None:
    db.execute("CREATE TEMP TABLE selection (id INTEGER PRIMARY KEY)")
    db.executemany("INSERT INTO selection VALUES (?)", ((found,) for found in select(db, filters, schema="source")))

    names = [column[0] for column in db.execute("SELECT * FROM articles LIMIT 0").description]
    rules, published = names.index("rules_version"), names.index("published_at")

    def rows() -> Iterator[tuple[Any, ...]]:
        for row in db.execute("SELECT a.* FROM selection JOIN source.articles AS a ON a.id = selection.id ORDER BY a.id"):
            tally.counted(row[rules], row[published])
            yield row

    db.executemany(f"INSERT INTO articles VALUES ({', '.join('?' * len(names))})", rows())
    for table in _PARTS:
        db.execute(f"INSERT INTO {table} SELECT p.* FROM source.{table} AS p JOIN selection ON selection.id = p.article_id")
    for table, used_in, column in _NAMED:
        db.execute(f"INSERT INTO {table} SELECT * FROM source.{table} WHERE id IN (SELECT {column} FROM main.{used_in})")
    # When the tables were made is the store's, not this copy's: the same selection gives the same bytes.
    db.execute("DELETE FROM _sqlite_migrations")
    db.execute("INSERT INTO _sqlite_migrations SELECT * FROM source._sqlite_migrations")
