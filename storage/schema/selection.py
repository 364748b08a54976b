"""A selection: the file that `export FILE.db` makes of some articles.  It has the tables of articles, not those of a crawl.

It is marked as one in SQLite's header.  Whoever reads it through Copydesk finds the tables that it lacks, empty; the first
command that writes to it makes a whole store of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from storage.site_lines import count_all

if TYPE_CHECKING:
    from storage.schema import Step

APPLICATION_ID = 0x43504453  # "CPDS"
CRAWL = ("frontier", "endpoints", "run_sources", "runs", "robots", "site_lines", "forgotten")
"""Tables that a selection lacks: what a crawl keeps for itself.  In an order in which none is needed by one behind it."""


def leave_out(db: sqlite3.Connection) -> None:
    """Make a selection of the new store behind `db`."""
    for table in CRAWL:
        db.execute(f"DROP TABLE {table}")
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def is_selection(db: sqlite3.Connection) -> bool:
    """Whether the file behind `db` is marked as one."""
    return bool(db.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID)


def complete(db: sqlite3.Connection, versions: tuple[tuple[Step, ...], ...]) -> None:
    """Give the selection behind `db`, which has the last of `versions`, what a store of that version has more.

    Within the caller's transaction, and without the mark of a whole store.
    """
    there = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
    for _, name, sql in _crawl_objects(versions):
        if name not in there:
            db.execute(sql)
    if any(name == "site_lines" for _, name, _ in _crawl_objects(versions)):
        count_all(db)


def stand_in(db: sqlite3.Connection, versions: tuple[tuple[Step, ...], ...]) -> None:
    """Let a reader of the selection behind `db` find the tables that it lacks, empty; they are the connection's own."""
    tables = (row for row in _crawl_objects(versions) if row[0] == "table")
    for_this_reader(db, [sql.replace(f"CREATE TABLE {name}", f"CREATE TEMP TABLE {name}", 1) for _, name, sql in tables])


def for_this_reader(db: sqlite3.Connection, statements: Iterable[str]) -> None:
    """Run `statements`, which make temporary things, on a connection that only reads."""
    (only,) = db.execute("PRAGMA query_only").fetchone()
    db.execute("PRAGMA query_only = OFF")
    for statement in statements:
        db.execute(statement)
    db.execute(f"PRAGMA query_only = {only}")


@cache
def _crawl_objects(versions: tuple[tuple[Step, ...], ...]) -> tuple[tuple[str, str, str], ...]:
    """Type, name and SQL of what belongs to the crawl's tables in a new store of these versions."""
    db = sqlite3.connect(":memory:")
    try:
        for version in versions:
            for step in version:
                if isinstance(step, str):
                    db.execute(step.strip())
                else:
                    step(db)
        marks = ", ".join("?" * len(CRAWL))
        objects = f"SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name IN ({marks}) ORDER BY rowid"
        return tuple(db.execute(objects, CRAWL).fetchall())
    finally:
        db.close()
