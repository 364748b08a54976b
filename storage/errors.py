"""What can go wrong in the storage room: one base class, the data on the exception, the cause chained."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class StorageError(Exception):
    """Base of every error that the storage room raises; its text is one plain sentence for the user."""


class ConfigError(StorageError):
    """The configuration file or a value over it cannot be used: `path` the file (or None), `key` the setting."""

    def __init__(self, path: object, key: str | None, reason: str) -> None:
        where = f"{path}: " if path else ""
        super().__init__(f"{where}{f'{key}: ' if key else ''}{reason}")
        self.path = path
        self.key = key
        self.reason = reason


class StoreError(StorageError):
    """A store cannot be opened, read or written: `path` is its file, `reason` one clause without a full stop."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class StoreMissing(StoreError):
    """There is no file where the store should be."""


class StoreLocked(StoreError):
    """Another program kept the store locked for longer than the timeout."""


class StoreReadOnly(StoreError):
    """The file, its folder or the connection cannot be written."""


class StoreDamaged(StoreError):
    """SQLite finds the file malformed."""


class NotAStore(StoreError):
    """The file is something other than a Copydesk store (a folder, a text file, another program's database)."""


class StoreTooNew(StoreError):
    """A newer Copydesk made the store: `found` is its schema version, `known` the newest that this one can use."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        super().__init__(path, f"made by a newer Copydesk (schema {found}, this one knows {known}): update Copydesk to open it")
        self.found = found
        self.known = known


class UnstorableArticle(StorageError):
    """An article holds characters that no database and no file can keep: `field` says where."""

    def __init__(self, url_key: str, field: str) -> None:
        super().__init__(f"{url_key}: {field} holds characters that cannot be stored (a lone surrogate or NUL)")
        self.url_key = url_key
        self.field = field


class UnreadableArticle(StorageError):
    """An article's rows do not make an article any more: damage, or the work of another program.  `article_id` says which."""

    def __init__(self, article_id: int) -> None:
        super().__init__(
            f"article {article_id} cannot be read: the store is damaged, or another program has written to it;"
            " `copydesk doctor --full` looks closer"
        )
        self.article_id = article_id


class QueryError(StorageError):
    """A question that the store cannot answer as it was put: SQL, a date or an order that is not understood."""


class MalformedQuery(QueryError):
    """A search that cannot be understood: `position` (from 0) is where in `query`, `reason` one clause."""

    def __init__(self, query: str, position: int, reason: str) -> None:
        near = query[position : position + 20].split("\n")[0].rstrip()
        where = f"at character {position + 1} ({near}{'…' if len(query) > position + 20 else ''})" if near else "at its end"
        super().__init__(f"the search is malformed {where}: {reason}")
        self.query = query
        self.position = position
        self.reason = reason


class ExportError(StorageError):
    """An export cannot be written: `path` is the file, `reason` one clause without a full stop."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


# By SQLite's primary result code; the extended names (SQLITE_READONLY_DIRECTORY …) begin with it.
_PLAIN: dict[str, tuple[type[StoreError], str]] = {
    "SQLITE_BUSY": (StoreLocked, "locked by another program: try again when that is done"),
    "SQLITE_LOCKED": (StoreLocked, "locked by another program: try again when that is done"),
    "SQLITE_READONLY": (StoreReadOnly, "cannot be written: the file, its folder or the connection is read-only"),
    "SQLITE_CORRUPT": (StoreDamaged, "damaged: restore a copy, or save what can be read with `sqlite3 FILE .recover`"),
    "SQLITE_NOTADB": (NotAStore, "not a Copydesk store: the file is no SQLite database"),
    "SQLITE_FULL": (StoreError, "the disk is full: make room and run the command again; nothing half-written was kept"),
    "SQLITE_CANTOPEN": (StoreError, "cannot be opened: check that the folder exists and may be read and written"),
    "SQLITE_IOERR": (StoreError, "the disk reports an error while reading or writing it"),
    "SQLITE_PERM": (StoreError, "may not be opened by this user"),
}


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite says of the file at `path` into a StoreError; faults of our own SQL pass as they are."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", None) or ""
        if "Could not decode" in str(error):  # a text that is no text any more, which SQLite itself does not mind
            name = "SQLITE_CORRUPT"
        if name == "SQLITE_INTERRUPT":  # only Ctrl-C does that, see storage.connection
            raise KeyboardInterrupt from error
        for code, (kind, reason) in _PLAIN.items():
            if name == code or name.startswith(code + "_"):
                raise kind(path, reason) from error
        raise
