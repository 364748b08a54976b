"""The tables of a store, with what each column means, and the way from one version to the next.

A store is two SQLite files.  `news.db` holds articles, their history and the crawl's memory; `news.raw.db` beside it the
pages as they were fetched.  `docs/schema.md` is made of what stands here.
Times are ISO 8601 UTC text (`2024-10-31T12:00:00Z`), so they sort as text.  JSON is UTF-8 text.

Three things here look odd and are meant so: `content="articles"` has double quotes because Datasette and sqlite-utils
look for exactly that; `text` is the last column because SQLite reads a row from its front; and no column is generated,
because DuckDB does not see those.  Never run sqlite-utils' `transform()` on `articles`: it drops the triggers.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.errors import NotAStore, StoreError, StoreTooNew, plain_errors
from storage.schema import selection
from storage.schema.raw2 import RAW_V1_READ, RAW_V2
from storage.schema.v1 import NEWS_V1, RAW_V1
from storage.schema.v2 import NEWS_V2
from storage.schema.v3 import NEWS_V3
from storage.schema.v4 import NEWS_V4
from storage.schema.v5 import NEWS_V5

if TYPE_CHECKING:
    from sqlite_utils import Migrations

Step = str | Callable[[sqlite3.Connection], None]
"""One statement of a migration, or a function that does what SQL cannot."""


@dataclass(frozen=True)
class Kind:
    """One of the two files of a store: what marks it in SQLite's header, and the steps to each of its versions.

    `copied`: before its steps an older file is copied.  `reading` is what lets a reader use a file of the version before, in
    terms of this one, on the connection alone; None: an older file is not read.
    """

    name: str
    application_id: int
    versions: tuple[tuple[Step, ...], ...]
    copied: bool = True
    reading: str | None = None

    @property
    def version(self) -> int:
        """The newest version that this Copydesk knows; `PRAGMA user_version` of a file that has it."""
        return len(self.versions)


NEWS = Kind("news", 0x43504459, (NEWS_V1, NEWS_V2, NEWS_V3, NEWS_V4, NEWS_V5))  # "CPDY"
# The pages may be more than the disk has room for twice, and no step touches them: what SQLite undoes is not copied.
RAW = Kind("raw", 0x43504452, (RAW_V1, RAW_V2), copied=False, reading=RAW_V1_READ)  # "CPDR"


def prepare(connection: sqlite3.Connection, path: Path, kind: Kind, *, writable: bool) -> None:
    """See that the file behind `connection` is of `kind` and of this version; an empty or older one is brought to it.

    A selection of a store counts as one: who only reads finds the tables that it lacks, empty; who may write makes it whole.
    An older one is copied first, to `<stem>.v<version>.backup.db` beside it (but see `Kind.copied`).  Raises NotAStore for
    anything else, StoreTooNew for a newer one, StoreError for an older one that cannot be written or whose tables do not take
    the steps: that one is left as it was, and the copy, which is then the same, is not kept.
    """
    with plain_errors(path):
        found, selected = _version(connection, path, kind), selection.is_selection(connection)
        if not writable:
            if found == kind.version - 1 > 0 and kind.reading:
                selection.for_this_reader(connection, [kind.reading])
            elif found < kind.version:
                reason = "empty or made by an older Copydesk: open it once with a command that writes, such as crawl"
                raise StoreError(path, reason)
            if selected:
                selection.stand_in(connection, kind.versions)
            return
        _write_ahead(connection)
        if found == kind.version and not selected:
            return
        connection.execute("BEGIN IMMEDIATE")
        copy = None
        try:
            found = _version(connection, path, kind)
            if 0 < found < kind.version and kind.copied:  # another process may have been first
                _say(f"{path}: made by an older Copydesk (schema {found} of {kind.version}): copying it")
                copy = _back_up(path, found)
            if selection.is_selection(connection):
                selection.complete(connection, kind.versions[:found])
                connection.execute(f"PRAGMA application_id = {kind.application_id}")
            if found < kind.version:
                _migrate(connection, path, kind, older=found > 0)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # SQLite has rolled back by itself when the disk is full
                connection.execute("ROLLBACK")
            if copy is not None:
                copy.unlink()
            raise


def _version(connection: sqlite3.Connection, path: Path, kind: Kind) -> int:
    """The version of the file, 0 for an empty one."""
    # One statement, one snapshot: another process may be creating the file at this moment.
    application_id, version, objects = connection.execute(
        "SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version), "
        "(SELECT count(*) FROM sqlite_master)"
    ).fetchone()
    if application_id == 0 and version == 0 and objects == 0:
        return 0
    if application_id != kind.application_id and not (kind is NEWS and application_id == selection.APPLICATION_ID):
        other = next((k.name for k in (NEWS, RAW) if k.application_id == application_id), None)
        what = f"its {other} file" if other else "another program's database"
        raise NotAStore(path, f"not the {kind.name} file of a Copydesk store, but {what}")
    if version > kind.version:
        raise StoreTooNew(path, version, kind.version)
    return int(version)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn write-ahead logging on.  The switch itself does not wait for other connections, so it is tried again."""
    for attempt in range(50):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or attempt == 49:
                raise
            time.sleep(0.1)


def _back_up(path: Path, version: int) -> Path:
    """Copy the store as it is before its migration.  The caller holds the write lock, so nothing changes meanwhile."""
    number = 1
    while (target := path.with_name(f"{path.stem}.v{version}.backup{'' if number == 1 else f'-{number}'}.db")).exists():
        number += 1
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with (
            closing(sqlite3.connect(path.resolve().as_uri() + "?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(temporary)) as copy,
        ):
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        temporary.replace(target)
    except (sqlite3.Error, OSError) as error:
        reason = f"made by an older Copydesk, and it could not be copied before it is changed ({error}): make room beside it"
        raise StoreError(path, reason) from error
    finally:
        for rest in ("", "-wal", "-shm", "-journal"):
            temporary.with_name(temporary.name + rest).unlink(missing_ok=True)
    return target


def _say(words: str) -> None:
    """Tell who waits at a terminal: a big store takes minutes."""
    if sys.stderr.isatty():
        print(f"copydesk: {words} …", file=sys.stderr)


def _migrate(connection: sqlite3.Connection, path: Path, kind: Kind, *, older: bool) -> None:
    """Bring the file to the newest version, inside the transaction that is open.

    Raises StoreError where a step meets tables that no Copydesk left so.
    """
    from sqlite_utils import Database  # half a second to import, needed once in a store's life

    try:
        migrations(kind, path if older else None).apply(Database(connection, recursive_triggers=False, execute_plugins=False))
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code not in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT):
            raise  # the disk, a lock: `plain_errors` has a sentence for those
        reason = (
            "made by an older Copydesk, and something other than Copydesk has changed its tables, so that they cannot be brought "
            f"to schema {kind.version} ({error}): undo that change; nothing in the store was touched"
        )
        raise StoreError(path, reason) from error
    connection.execute(f"PRAGMA application_id = {kind.application_id}")
    connection.execute(f"PRAGMA user_version = {kind.version}")


def migrations(kind: Kind, older: Path | None = None) -> Migrations:
    """The way to the newest version of `kind`, one step a version; on a terminal each says so of the file `older`."""
    from sqlite_utils import Migrations

    steps = Migrations(f"copydesk-{kind.name}")
    for number, version in enumerate(kind.versions, start=1):

        def run(database: Any, version: tuple[Step, ...] = version, number: int = number) -> None:
            if older:
                _say(f"{older}: bringing it to schema {number} of {kind.version}")
            for step in version:
                if isinstance(step, str):
                    database.conn.execute(step.strip())
                else:
                    step(database.conn)

        steps(name=f"v{number}")(run)
    return steps
