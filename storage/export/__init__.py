"""Writing a selection of a store to a file of another form.

Every form streams, is written to a temporary name in the same folder, and takes its place only when it is complete.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cleaning.models import Article
from storage.errors import ExportError, QueryError, StoreError
from storage.search import Filters

if TYPE_CHECKING:
    from storage.store import Store

FORMS = (".jsonl", ".csv", ".parquet", ".db")
"""The suffixes that name a form of export."""


@dataclass(frozen=True)
class ExportReport:
    """What was written: the file, how many articles, its size in bytes, in how many cells of a CSV a quote mark stands
    before what a spreadsheet would have run as a formula, and how many articles were left out because their pages opt out."""

    path: Path
    articles: int
    bytes: int
    guarded: int = 0
    reserved: int = 0


def export(
    store: Store,
    path: Path,
    filters: Filters,
    *,
    include_reserved: bool = False,
    on_article: Callable[[], None] = lambda: None,
) -> ExportReport:
    """Write what `filters` let through to `path`; `on_article` is called for each.

    The dataset forms (.jsonl, .csv, .parquet) leave out articles whose pages reserve text and data mining or say `noai`,
    unless `include_reserved`; a `.db`, which is a store, has them all.

    `.jsonl`: one record (`Article.to_record` and `uid`) a line.  `.csv`: a row an article, lists joined by `; `.
    `.parquet`: typed columns, needs pyarrow.  `.db`: a store of the selection with revisions, removals and search, for
    Copydesk, Datasette and sqlite-utils; it never takes the place of a file that is there.  Raises
    QueryError for another suffix, ExportError for what cannot be written.
    """
    form = path.suffix.lower()
    if form not in FORMS:
        raise QueryError(f"{path}: the name must end in one of {', '.join(FORMS)} to say what to write")
    if path.is_dir():
        raise ExportError(path, "a folder, not a file")
    if not path.parent.is_dir():
        raise ExportError(path, "its folder does not exist")
    if form == ".db" and path.exists():
        raise ExportError(path, "exists already, and a store is never overwritten: choose another name or remove it")
    if path.exists() and path.samefile(store.path):
        raise ExportError(path, "the store itself cannot be what it is exported to")
    guarded = reserved = 0
    with _replacing(path) as temporary:
        if form == ".db":
            from storage.export.database import copy

            articles = copy(store.path, filters, temporary, on_article)
        else:
            counter = _Counter(store.search_with(filters), on_article, include_reserved)
            guarded = _write(form, counter, temporary, path)
            articles, reserved = counter.count, counter.reserved
    return ExportReport(path, articles, path.stat().st_size, guarded, reserved)


def _write(form: str, articles: Iterator[Article], temporary: Path, path: Path) -> int:
    """Write one of the streaming forms; the number of guarded cells."""
    if form == ".csv":
        from storage.export.tables import write_csv

        return write_csv(articles, temporary)
    if form == ".parquet":
        try:
            from storage.export.parquet import write_parquet
        except ImportError as error:
            raise ExportError(path, "Parquet needs pyarrow: install it beside Copydesk with `pip install pyarrow`") from error

        write_parquet(articles, temporary)
    else:
        from storage.export.tables import write_jsonl

        write_jsonl(articles, temporary)
    return 0


class _Counter(Iterator[Article]):
    """Passes articles on, but those whose pages opt out, counts both and tells that one went by."""

    def __init__(self, articles: Iterator[Article], on_article: Callable[[], None], include_reserved: bool) -> None:
        self._articles = articles
        self._on_article = on_article
        self._include_reserved = include_reserved
        self.count = 0
        self.reserved = 0

    def __next__(self) -> Article:
        article = next(self._articles)
        while article.rights.reserved and not self._include_reserved:
            self.reserved += 1
            article = next(self._articles)
        self.count += 1
        self._on_article()
        return article


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A temporary name beside `path`, which takes its place at the end and leaves nothing behind after an error."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            yield temporary
            with temporary.open("rb+") as written:
                os.fsync(written.fileno())
            temporary.replace(path)
        finally:
            for rest in ("", "-wal", "-shm", "-journal"):
                temporary.with_name(temporary.name + rest).unlink(missing_ok=True)
    except StoreError as error:
        if error.path != temporary:
            raise
        raise ExportError(path, error.reason) from error  # the user knows the file by its own name
    except OSError as error:
        raise ExportError(path, f"cannot be written: {os.strerror(error.errno) if error.errno else error}") from error
