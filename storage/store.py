"""`Store`: the one way to write articles, and the front for finding, reading and exporting them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

from cleaning.identity import url_key
from cleaning.models import Article, Page
from storage import search
from storage.connection import connect
from storage.errors import QueryError, plain_errors
from storage.filters import FilterArguments, Filters
from storage.raw import RawPages, raw_path
from storage.records import REVISION, Prepared, Revision, Saved, key_hash, read_article, take_apart, write
from storage.schema import NEWS
from storage.search import FACETS, Count, Hit
from storage.site_lines import SiteMemories
from storage.when import iso

if TYPE_CHECKING:
    from storage.export import ExportReport, Form


BATCH = 200
"""How many articles `Store.save_all` writes in one transaction."""


class Store:
    """The articles of one SQLite file, and the raw pages of the one beside it (`<stem>.raw.db`).

    A writable store is made or brought to this version when it is opened; a read-only one must be there.  Readers are
    never blocked; a writer waits up to 30 seconds for another.  Use it as a context manager, from one thread.  Every
    method raises a StorageError, one plain sentence, for what is wrong with the file.

    `durable` waits for the disk at every commit: without it a power cut may lose the last transactions, a killed process
    loses nothing.
    """

    def __init__(self, path: str | Path, *, durable: bool = False, read_only: bool = False) -> None:
        self.path = Path(path)
        self.read_only = read_only
        self._connection = connect(self.path, NEWS, read_only=read_only, durable=durable)
        self._raw = RawPages(raw_path(self.path), read_only=read_only, durable=durable)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close both files.  A transaction that is still open is rolled back."""
        self._connection.close()
        self._raw.close()

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection to the store, for reading.  To write, use `transaction`."""
        return self._connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything written within happens together or, after an exception, not at all.

        The outermost one takes the write lock at its start (BEGIN IMMEDIATE) and commits at its end; one within another
        is a savepoint of it, so that `save` can take part in a transaction of the caller.
        """
        db = self._connection
        begin, done, undo = "BEGIN IMMEDIATE", "COMMIT", ["ROLLBACK"]
        if db.in_transaction:
            begin, done, undo = "SAVEPOINT nested", "RELEASE nested", ["ROLLBACK TO nested", "RELEASE nested"]
        with plain_errors(self.path):
            db.execute(begin)
            try:
                yield db
                db.execute(done)
            except BaseException:
                if db.in_transaction:  # SQLite has rolled back by itself when the disk is full
                    for statement in undo:
                        db.execute(statement)
                raise

    def save(self, article: Article, page: Page | None = None) -> Saved:
        """Keep `article`, and the `page` it was made of; see `Saved` for what may come of it.

        The page is committed first, so that a crash leaves at worst a page without an article.  It is not kept again when
        nothing about the article changed.  An article that was there and changed leaves its old title and text as a
        revision.  Within `transaction` it takes part in that.  Raises UnstorableArticle for lone surrogates and NULs.
        """
        (saved,) = self._save([(article, page)])
        return saved

    def save_all(self, articles: Iterable[tuple[Article, Page | None]]) -> Iterator[Saved]:
        """As `save`, many at a time in one transaction: half the work of saving one by one.

        What is yielded is committed (within `transaction`: part of that).  After an exception the articles that were yielded
        are stored, and none of those behind them.
        """
        batch: dict[str, tuple[Article, Page | None]] = {}
        for article, page in articles:
            if len(batch) == BATCH or article.url_key in batch:
                yield from self._save(list(batch.values()))
                batch.clear()
            batch[article.url_key] = (article, page)
        yield from self._save(list(batch.values()))

    def _save(self, batch: Sequence[tuple[Article, Page | None]]) -> list[Saved]:
        now = iso(datetime.now(UTC))
        prepared = [take_apart(article, iso(article.fetched_at) if article.fetched_at else now) for article, _ in batch]
        with plain_errors(self.path):
            pages = [(new, page) for new, (_, page) in zip(prepared, batch, strict=True) if page and not self._is_settled(new)]
            for (new, _), sha256 in zip(pages, self._raw.keep([page for _, page in pages], now), strict=True):
                new.row["raw_sha256"] = sha256
            if self._connection.in_transaction:  # no savepoint: at each the search index would write a piece of its own
                return write(self._connection, prepared, now)
            with self.transaction() as db:
                return write(db, prepared, now)

    def sight(self, key: str, urls: Iterable[str]) -> None:
        """The article with the `url_key` `key` was seen at these addresses, too: redirects led to it, or it calls itself so.

        An address at which an article was itself found keeps standing for that one, as does an article's own key.
        """
        # within a transaction no savepoint: at each the search index would write a piece of its own
        with plain_errors(self.path), nullcontext() if self._connection.in_transaction else self.transaction():
            for url in urls:
                try:
                    other = url_key(url)
                except ValueError:
                    continue
                self._connection.execute(
                    "INSERT INTO sightings (url, article_id, first_seen_at)"
                    " SELECT ?1, id, ?2 FROM articles WHERE url_key = ?3"
                    " AND NOT EXISTS (SELECT 1 FROM articles WHERE url_key = ?4 AND url_key <> ?3)"
                    " ON CONFLICT DO NOTHING",
                    (url, iso(datetime.now(UTC)), key, other),
                )

    def _is_settled(self, new: Prepared) -> bool:
        """Whether there is no use for the page: this very article is there with one, or it is forgotten."""
        key = new.article.url_key
        row = self._connection.execute("SELECT record_hash, raw_sha256 FROM articles WHERE url_key = ?", (key,)).fetchone()
        if row is None:
            return self.is_forgotten(key)
        return row[1] is not None and row[0] == new.row["record_hash"]

    def is_forgotten(self, key: str) -> bool:
        """Whether the article with this `url_key` was removed by `copydesk forget` and shall not come back."""
        with plain_errors(self.path):
            found = self._connection.execute("SELECT 1 FROM forgotten WHERE hash = ?", (key_hash(key),)).fetchone()
        return found is not None

    def find(self, ref: int | str) -> int | None:
        """The id of the article that `ref` names: an id, a uid, a `url_key`, or a URL at which it was seen; None if unknown."""
        tries: list[tuple[str, int | str]] = []
        if isinstance(ref, int) or (ref.isascii() and ref.isdigit() and len(ref) < 16):
            tries.append(("SELECT id FROM articles WHERE id = ?", int(ref)))
        else:
            tries += [
                ("SELECT id FROM articles WHERE uid = ?", ref.lower()),
                ("SELECT article_id FROM sightings WHERE url = ?", ref),
                ("SELECT id FROM articles WHERE url_key = ?", ref),
            ]
            with suppress(ValueError):  # it may be no URL
                tries.append(("SELECT id FROM articles WHERE url_key = ?", url_key(ref)))
        with plain_errors(self.path):
            for sql, value in tries:
                if row := self._connection.execute(sql, (value,)).fetchone():
                    return int(row[0])
        return None

    def get(self, ref: int | str) -> Article | None:
        """The article that `ref` names (see `find`), equal to the one that was saved; None if there is none."""
        article_id = self.find(ref)
        if article_id is None:
            return None
        with plain_errors(self.path):
            return read_article(self._connection, article_id)

    def raw_page(self, ref: int | str) -> Page | None:
        """The page that the stored version of an article was made of, as it was kept; None if it was not."""
        article_id = self.find(ref)
        with plain_errors(self.path):
            row = self._connection.execute("SELECT raw_sha256 FROM articles WHERE id = ?", (article_id,)).fetchone()
        return self._raw.get(row[0]) if row and row[0] else None

    def site_memories(self) -> SiteMemories:
        """What the hosts of this store repeat, as snapshots for one batch of pages to clean: `site_memories().of(url)`."""
        return SiteMemories(self._connection)

    def revisions(self, ref: int | str) -> list[Revision]:
        """The versions of an article's title or text that a newer one replaced, the newest first."""
        with plain_errors(self.path):
            rows = self._connection.execute(
                f"SELECT {', '.join(REVISION)} FROM revisions WHERE article_id = ? ORDER BY id DESC", (self.find(ref),)
            )
            return [Revision(*row) for row in rows]

    def search(self, query: str = "", **filters: Unpack[FilterArguments]) -> Iterator[Article]:
        """The articles that are found, one by one, as the store is when the first is asked for; see `Filters`."""
        return self.search_with(Filters(query, **filters))

    def hits(self, query: str = "", **filters: Unpack[FilterArguments]) -> Iterator[Hit]:
        """As `search`, but only what a list of results shows."""
        return self.hits_with(Filters(query, **filters))

    def export(
        self, path: str | Path, query: str = "", *, form: Form | None = None, fields: str | Sequence[str] | None = None,
        text: bool = True, include_reserved: bool = False, **filters: Unpack[FilterArguments],
    ) -> ExportReport:  # fmt: skip
        """Write the articles that `search` finds to `path`, in the form that its suffix names; see `storage.export.export`."""
        from storage.export import export

        return export(
            self, Path(path), Filters(query, **filters), form=form, fields=fields, text=text, include_reserved=include_reserved
        )

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees the store as it is now for as long as it lasts, whatever is written meanwhile.

        Inside a transaction it is the connection of that, so that what was just saved is found.
        """
        with plain_errors(self.path):
            if self._connection.in_transaction:
                yield self._connection
                return
            reader = connect(self.path, NEWS, read_only=True)
            try:
                reader.execute("BEGIN")
                yield reader
            finally:
                reader.close()

    def search_with(self, filters: Filters) -> Iterator[Article]:
        """As `search`, of filters that were made before."""
        with self.reading() as db:
            for found in search.select(db, filters):
                yield read_article(db, found)

    def hits_with(self, filters: Filters) -> Iterator[Hit]:
        """As `hits`, of filters that were made before."""
        with self.reading() as db:
            yield from search.hits(db, filters)

    def facets(self, facet: str, query: str = "", *, most: int = 20, **filters: Unpack[FilterArguments]) -> list[Count]:
        """How many of the articles that `search` finds have which value of `facet` (one of `storage.search.FACETS`).

        The `most` frequent values, or for times the latest ones.
        """
        return self.facets_with(facet, Filters(query, **filters), most)

    def facets_with(self, facet: str, filters: Filters, most: int = 20) -> list[Count]:
        """As `facets`, of filters that were made before."""
        if facet not in FACETS:
            raise QueryError(f"there is no facet {facet!r}: choose one of {', '.join(FACETS)}")
        with self.reading() as db:
            return search.facets(db, filters, facet, most)

    def count(self, query: str = "", **filters: Unpack[FilterArguments]) -> int:
        """How many articles `search` finds, whatever its limit."""
        with self.reading() as db:
            return search.count(db, Filters(query, **filters))

    def stats(self) -> dict[str, Any]:
        """What the store holds, in plain JSON types."""
        from storage.statistics import statistics

        with self.reading() as db:
            return statistics(db, self.path, self._raw)
