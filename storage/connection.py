"""How the store's files are opened: checked, with the settings that keep what was promised."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from storage.errors import NotAStore, StorageError, StoreError, StoreMissing, plain_errors
from storage.schema import Kind, prepare

OLDEST_SQLITE = (3, 37, 0)
"""STRICT tables came with 3.37."""
TIMEOUT = 30.0
"""Seconds to wait for another program's lock."""


def connect(path: Path, kind: Kind, *, read_only: bool = False, durable: bool = False) -> sqlite3.Connection:
    """Open the file at `path`; a writable one that does not exist is made.

    Transactions are begun by hand (`isolation_level=None`).  `durable` waits for the disk at every commit; without it a
    power cut may lose the last transactions, a killed process loses nothing.  Raises a StoreError that says what is wrong.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        wanted = ".".join(map(str, OLDEST_SQLITE[:2]))
        raise StorageError(f"Python uses SQLite {sqlite3.sqlite_version}; a store needs {wanted} or newer")
    _check_place(path, read_only=read_only)
    with plain_errors(path):
        connection = _open(path, read_only=read_only)
    try:
        with plain_errors(path):
            connection.execute("PRAGMA foreign_keys = ON")
            prepare(connection, path, kind, writable=not read_only)
            connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
    except BaseException:
        connection.close()
        raise
    return connection


def _check_place(path: Path, *, read_only: bool) -> None:
    if path.is_dir():
        raise NotAStore(path, "a folder, not a store: name a file in it")
    if path.exists() and not path.is_file():
        raise NotAStore(path, "a device, not a store: name a file")
    if not path.exists():
        if read_only:
            raise StoreMissing(path, "there is no store here: `copydesk crawl` makes one, --db names another")
        if not path.parent.is_dir():
            raise StoreError(path, "its folder does not exist")


def _open(path: Path, *, read_only: bool) -> sqlite3.Connection:
    address = reading_address(path) if read_only else f"{path.resolve().as_uri()}?mode=rwc"
    connection = sqlite3.connect(address, uri=True, timeout=TIMEOUT, isolation_level=None)
    if read_only:
        connection.execute("PRAGMA query_only = ON")
        # Python sees Ctrl-C only when its own code runs: so it does, every so often, within a long query.
        connection.set_progress_handler(lambda: 0, 100_000)
    return connection


def reading_address(path: Path) -> str:
    """The URI under which SQLite can best read the file at `path`.

    Write-ahead logging wants two files beside the store, even to read it.  Who may write there opens it so (and writes
    nothing): then the last one to close removes the two again, which a reader without that right leaves behind.
    """
    address = path.resolve().as_uri()
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        return f"{address}?mode=rw"
    probe = sqlite3.connect(f"{address}?mode=ro", uri=True, timeout=TIMEOUT, isolation_level=None)
    try:
        probe.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError as error:
        # Where the two files cannot be made and no writer left any (a read-only medium), nobody else writes either: then
        # SQLite may take the store as a file that does not change.
        cannot = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
        if not cannot or path.with_name(path.name + "-wal").exists():
            raise
        return f"{address}?immutable=1"
    finally:
        probe.close()
    return f"{address}?mode=ro"
