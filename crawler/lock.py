"""One crawl a store: a lock that the operating system gives back however its holder ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crawler.errors import StoreBusyError


@contextmanager
def crawl_lock(db: Path) -> Iterator[None]:
    """Holds `<db>.lock` for the time of the block.  Raises StoreBusyError, naming the holder, if another process has it."""
    path = db.with_name(db.name + ".lock")
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _take(handle):
            holder = os.pread(handle, 100, 0).decode("utf-8", "replace").strip()
            raise StoreBusyError(db, holder)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()}\n".encode(), 0)
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _take(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows: SQLite's own locks keep the store whole; only two crawls at once are not told apart
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
