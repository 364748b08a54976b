"""Questions in SQL: read-only, one statement, rows as they come."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from storage.connection import connect
from storage.errors import QueryError, StoreReadOnly, plain_errors
from storage.schema import NEWS

_ONLY_READS = "only questions are answered (SELECT, WITH … SELECT, EXPLAIN): nothing can be written, attached or set"
_PRAGMAS = {"table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list"}


@contextmanager
def asking(path: Path, sql: str) -> Iterator[tuple[list[str], Iterator[tuple[Any, ...]]]]:
    """The names of the columns and the rows that `sql` gives, while the context lasts.

    Nothing is written: the connection only reads, and cannot be told otherwise or make another file.  Raises QueryError
    for what SQLite does not take.
    """
    db = connect(path, NEWS, read_only=True)
    try:
        db.set_authorizer(_no_other_file)
        with _plain_answers(), plain_errors(path):
            cursor = db.execute(sql)
            if cursor.description is None:
                raise QueryError(_ONLY_READS)
            yield [column[0] for column in cursor.description], cursor
    finally:
        db.close()


@contextmanager
def _plain_answers() -> Iterator[None]:
    try:
        yield
    except StoreReadOnly as error:
        raise QueryError(_ONLY_READS) from error
    except (sqlite3.Error, sqlite3.Warning) as error:
        if getattr(error, "sqlite_errorname", None) == "SQLITE_AUTH":
            raise QueryError(_ONLY_READS) from error
        raise QueryError(f"SQLite does not take this: {error}") from error


def _no_other_file(action: int, first: str | None, second: str | None, _schema: str | None, _trigger: str | None) -> int:
    """Refuse ATTACH (which VACUUM INTO is, too) and every pragma that sets something."""
    sets = action == sqlite3.SQLITE_PRAGMA and second is not None and first not in _PRAGMAS
    return sqlite3.SQLITE_DENY if sets or action == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK
