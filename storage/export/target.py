"""Where an export goes: a temporary name in the same folder, which takes its place only when it is complete."""

from __future__ import annotations

import gzip
import io
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

import zstandard

from storage.errors import ExportError, StoreError

MANIFEST = "manifest.json"
"""The manifest of a folder; that of a file stands beside it, as `<file>.manifest.json`."""


@contextmanager
def replacing_file(path: Path) -> Iterator[Path]:
    """A temporary name beside `path`, which takes its place at the end and leaves nothing behind after an error."""
    temporary = _temporary(path)
    with _plain(path, temporary):
        try:
            yield temporary
            with temporary.open("rb+") as written:
                os.fsync(written.fileno())
            temporary.replace(path)
        finally:
            for rest in ("", "-wal", "-shm", "-journal"):
                temporary.with_name(temporary.name + rest).unlink(missing_ok=True)


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """As `replacing_file`, a folder.  One that is there is replaced only if it is empty or an export itself."""
    if path.exists() and not path.is_dir():
        raise ExportError(path, "a file, and this form of export is a folder")
    if path.is_dir() and any(path.iterdir()) and not (path / MANIFEST).is_file():
        raise ExportError(path, f"exists and is no export (it has no {MANIFEST}): choose another name or remove it")
    temporary, old = _temporary(path), path.with_name(f".{path.name}.{os.getpid()}.old")
    with _plain(path, temporary):
        try:
            temporary.mkdir()
            yield temporary
            if path.exists():
                path.rename(old)
            try:
                temporary.rename(path)
            except OSError:
                if old.exists():
                    old.rename(path)
                raise
        finally:
            for rest in (temporary, old):
                with suppress(FileNotFoundError):
                    shutil.rmtree(rest)


@contextmanager
def opening(path: Path, compression: str | None = None) -> Iterator[TextIO]:
    """`path` to write UTF-8 to, compressed as `.gz` or `.zst`; the same text gives the same bytes."""
    with ExitStack() as stack:
        raw = stack.enter_context(path.open("wb"))
        if compression == ".gz":  # no name and no time in the header
            packed: Any = stack.enter_context(gzip.GzipFile("", "wb", 6, raw, mtime=0))
        elif compression == ".zst":
            packed = stack.enter_context(zstandard.ZstdCompressor(level=9, write_checksum=True).stream_writer(raw))
        else:
            packed = raw
        yield stack.enter_context(io.TextIOWrapper(packed, encoding="utf-8", newline=""))


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.part")


@contextmanager
def _plain(path: Path, temporary: Path) -> Iterator[None]:
    """What goes wrong with the temporary name is said of `path`, which is the one that the user knows."""
    try:
        yield
    except StoreError as error:
        if error.path != temporary:
            raise
        raise ExportError(path, error.reason) from error
    except OSError as error:
        raise ExportError(path, f"cannot be written: {os.strerror(error.errno) if error.errno else error}") from error
