"""Forgetting: articles go with everything that was kept of them, and a later crawl does not bring them back.

The raw pages go first: should this be interrupted, what is left is articles without their pages, which can be forgotten again.
Freed pages of the files are overwritten (`secure_delete`), the search index is merged, because it keeps what was deleted until
then, and the files are vacuumed.  What stays is a hash of the address (`forgotten`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from cleaning.identity import url_key
from storage.config import Config
from storage.connection import connect
from storage.dictionaries import Packer
from storage.errors import StoreLocked, plain_errors
from storage.raw import raw_path
from storage.records import key_hash
from storage.schema import NEWS, RAW
from storage.site_lines import recount, stored_lines
from storage.terms import folded
from storage.when import iso

EXAMPLES = 5
"""Articles that a report names."""


@dataclass(frozen=True)
class Wanted:
    """What is to be forgotten: articles at `urls` (addresses, ids or uids), of `authors` (whole names), of `sources`; raw pages
    that were kept before `raw_before`; rejected pages last seen before `rejected_before`.  Articles that are asked for leave a
    tombstone; raw pages and rejected pages that have had their time do not."""

    urls: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    raw_before: datetime | None = None
    rejected_before: datetime | None = None


def expired(config: Config, now: datetime) -> Wanted | None:
    """What `keep_raw` and `keep_rejected` let go at `now`; None where neither is set."""
    if config.keep_raw is None and config.keep_rejected is None:
        return None
    return Wanted(
        raw_before=now - config.keep_raw if config.keep_raw else None,
        rejected_before=now - config.keep_rejected if config.keep_rejected else None,
    )


@dataclass(frozen=True)
class Reach:
    """What goes, counted: articles with the revisions, addresses and removed texts of theirs alone, and raw pages.

    `examples` are titles or addresses of some of the articles, `unknown` what was asked for and is not there.  `vacuumed` is
    False where another program was using the store, so that the files have not become smaller yet.
    """

    articles: int = 0
    revisions: int = 0
    addresses: int = 0
    removed_texts: int = 0
    raw_pages: int = 0
    raw_bytes: int = 0
    examples: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    vacuumed: bool = True

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to forget."""
        return not self.articles and not self.raw_pages


def reach(path: Path, wanted: Wanted, find: Callable[[str], int | None]) -> Reach:
    """What `forget` would remove.  Nothing is changed.  `find` is `Store.find`."""
    with _at_work(path, wanted, find) as work:
        return work.reach


def forget(
    path: Path, wanted: Wanted, find: Callable[[str], int | None], on_step: Callable[[str], None] = lambda _: None
) -> Reach:
    """Remove what is `wanted` from the store at `path` and from its raw file; what went.

    `on_step` is told what is done next.  Raises a StoreError where a file cannot be written; then nothing, or only raw pages,
    went.
    """
    with _at_work(path, wanted, find) as work:
        if work.reach.nothing:
            return work.reach
        on_step("removing pages")
        work.remove_pages()
        on_step("removing articles")
        work.remove_articles()
        on_step("merging the search index")
        vacuumed = work.tidy(on_step)
        return replace(work.reach, vacuumed=vacuumed)


@contextmanager
def _at_work(path: Path, wanted: Wanted, find: Callable[[str], int | None]) -> Iterator[_Work]:
    with plain_errors(path), closing(connect(path, NEWS)) as db:
        file = raw_path(path)
        raw = connect(file, RAW) if file.exists() else None
        try:
            yield _Work(path, db, file, raw, wanted, find)
        finally:
            if raw is not None:
                raw.close()


class _Work:
    """The two files, and in temporary tables what is to go: `gone` (articles), `pages` (raw pages)."""

    def __init__(
        self, path: Path, db: sqlite3.Connection, file: Path, raw: sqlite3.Connection | None, wanted: Wanted,
        find: Callable[[str], int | None],
    ) -> None:  # fmt: skip
        self._path, self._db, self._file, self._raw, self._wanted = path, db, file, raw, wanted
        db.execute("PRAGMA secure_delete = ON")
        db.execute("CREATE TEMP TABLE gone (id INTEGER PRIMARY KEY, lasting INTEGER NOT NULL)")
        unknown = self._mark_articles(find)
        self._keys = self._keys_of("lasting") if wanted.urls or wanted.authors or wanted.sources else set()
        self._pages = self._pages_to_go()
        self.reach = self._counted(unknown)

    # What is to go

    def _mark_articles(self, find: Callable[[str], int | None]) -> tuple[str, ...]:
        db, wanted = self._db, self._wanted
        found = {url: find(url) for url in wanted.urls}
        mark = "INSERT OR IGNORE INTO gone VALUES (?, 1)"
        db.executemany(mark, [(article,) for article in found.values() if article is not None])
        unknown = [url for url, article in found.items() if article is None]
        by_author = "SELECT article_id FROM article_authors WHERE author_id IN (SELECT id FROM authors WHERE folded = ?)"
        by_source = "SELECT id FROM articles WHERE source = ?"
        for sql, names in ((by_author, wanted.authors), (by_source, wanted.sources)):
            for name in names:
                ids = db.execute(sql, (name if sql is by_source else folded(name),)).fetchall()
                db.executemany(mark, ids)
                if not ids:
                    unknown.append(name)
        if wanted.rejected_before is not None:
            sql = "INSERT OR IGNORE INTO gone SELECT id, 0 FROM articles WHERE status = 'rejected' AND last_seen_at < ?"
            db.execute(sql, (iso(wanted.rejected_before),))
        return tuple(unknown)

    def _keys_of(self, which: str) -> set[str]:
        """Every `url_key` under which these articles could be found again: their own, and those of the addresses they had."""
        keys = {key for (key,) in self._db.execute(f"SELECT url_key FROM articles JOIN gone USING (id) WHERE {which}")}
        sql = f"SELECT url FROM sightings JOIN gone ON gone.id = article_id WHERE {which}"
        return keys | set(_keys(url for (url,) in self._db.execute(sql)))

    def _pages_to_go(self) -> set[str]:
        """The raw pages of these articles, earlier ones too, that no other article was made of; and those that are too old."""
        raw, wanted = self._raw, self._wanted
        if raw is None:
            return set()
        used_by = "SELECT raw_sha256 FROM {} WHERE raw_sha256 IS NOT NULL AND {} {} (SELECT id FROM gone)"
        mine, others = (
            {sha for table, column in (("articles", "id"), ("revisions", "article_id"))
             for (sha,) in self._db.execute(used_by.format(table, column, among))}
            for among in ("IN", "NOT IN")
        )  # fmt: skip
        if self._keys:
            for sha, url in raw.execute("SELECT sha256, url FROM pages WHERE url IS NOT NULL"):
                if not self._keys.isdisjoint(_keys([url])):
                    mine.add(sha)
        pages = mine - others
        if wanted.raw_before is not None:
            pages |= {sha for (sha,) in raw.execute("SELECT sha256 FROM pages WHERE stored_at < ?", (iso(wanted.raw_before),))}
        raw.execute("CREATE TEMP TABLE going (sha256 TEXT PRIMARY KEY)")
        raw.executemany("INSERT INTO going VALUES (?)", [(sha,) for sha in pages])
        return pages

    def _counted(self, unknown: tuple[str, ...]) -> Reach:
        def one(sql: str) -> int:
            return int(self._db.execute(sql).fetchone()[0])

        examples = self._db.execute(
            "SELECT coalesce(title, url, url_key) FROM articles JOIN gone USING (id) ORDER BY lasting DESC, id DESC LIMIT ?",
            (EXAMPLES,),
        ).fetchall()
        count, size = 0, 0
        if self._raw is not None:
            sql = "SELECT count(*), coalesce(sum(length(content)), 0) FROM pages JOIN going USING (sha256)"
            count, size = self._raw.execute(sql).fetchone()
        return Reach(
            articles=one("SELECT count(*) FROM gone"),
            revisions=one("SELECT count(*) FROM revisions JOIN gone ON gone.id = article_id"),
            addresses=one("SELECT count(*) FROM sightings JOIN gone ON gone.id = article_id"),
            removed_texts=one(
                "SELECT count(DISTINCT text_id) FROM removals AS r JOIN gone ON gone.id = r.article_id WHERE NOT EXISTS"
                " (SELECT 1 FROM removals AS o WHERE o.text_id = r.text_id AND o.article_id NOT IN (SELECT id FROM gone))"
            ),
            raw_pages=count, raw_bytes=size, examples=tuple(title for (title,) in examples), unknown=unknown,
        )  # fmt: skip

    # How it goes

    def remove_pages(self) -> None:
        """Raw pages go; those that another article was made of, too, lose the address that is to be forgotten."""
        raw = self._raw
        if raw is None:
            return
        with plain_errors(self._file):
            raw.execute("PRAGMA secure_delete = ON")
            raw.execute("BEGIN IMMEDIATE")
            raw.execute("DELETE FROM pages WHERE sha256 IN (SELECT sha256 FROM going)")
            self._remove_dictionaries(raw)
            raw.execute("DELETE FROM dictionaries WHERE id NOT IN (SELECT dictionary FROM pages WHERE dictionary IS NOT NULL)")
            shared = [
                (sha,) for sha, url in raw.execute("SELECT sha256, url FROM pages WHERE url IS NOT NULL").fetchall()
                if not self._keys.isdisjoint(_keys([url]))
            ] if self._keys else []  # fmt: skip
            raw.executemany("UPDATE pages SET url = NULL, claims = '[]' WHERE sha256 = ?", shared)
            raw.execute("COMMIT")

    def _remove_dictionaries(self, raw: sqlite3.Connection) -> None:
        """Dictionaries that a page of these articles had a part in go; the pages that need them are compressed anew."""
        wanted = "SELECT raw_sha256 FROM {} WHERE raw_sha256 IS NOT NULL AND {} IN (SELECT id FROM gone WHERE lasting)"
        asked = {
            sha for table, column in (("articles", "id"), ("revisions", "article_id"))
            for (sha,) in self._db.execute(wanted.format(table, column))
        }  # fmt: skip
        samples = [
            (sha, dictionary) for sha, url, dictionary in raw.execute("SELECT sha256, url, dictionary FROM samples")
            if sha in asked or not self._keys.isdisjoint(_keys([url]))
        ] if self._keys else []  # fmt: skip
        Packer(raw).undo({dictionary for _, dictionary in samples if dictionary is not None})
        raw.executemany("DELETE FROM samples WHERE sha256 = ?", [(sha,) for sha, _ in samples])
        raw.execute("DELETE FROM samples WHERE dictionary IS NULL AND sha256 IN (SELECT sha256 FROM going)")

    def remove_articles(self) -> None:
        """Articles go with everything that hangs on them; tombstones come."""
        db, now = self._db, iso(datetime.now(UTC))
        db.execute("BEGIN IMMEDIATE")
        try:
            for article_id, key in db.execute("SELECT id, url_key FROM articles JOIN gone USING (id)").fetchall():
                recount(db, key, article_id, stored_lines(db, article_id), frozenset())
            db.executemany("INSERT OR IGNORE INTO forgotten VALUES (?, ?)", [(key_hash(key), now) for key in sorted(self._keys)])
            db.executemany("DELETE FROM frontier WHERE url_key = ?", [(key,) for key in self._keys])
            db.executemany("DELETE FROM frontier WHERE source = ?", [(source,) for source in self._wanted.sources])
            db.execute("DELETE FROM articles WHERE id IN (SELECT id FROM gone)")
            db.execute("DELETE FROM removal_texts WHERE id NOT IN (SELECT text_id FROM removals)")
            for table, column in (("authors", "author_id"), ("tags", "tag_id")):
                db.execute(f"DELETE FROM {table} WHERE id NOT IN (SELECT {column} FROM article_{table})")
            db.execute("CREATE TEMP TABLE went (sha256 TEXT PRIMARY KEY)")
            db.executemany("INSERT INTO went VALUES (?)", [(sha,) for sha in self._pages])
            for table in ("articles", "revisions"):
                db.execute(f"UPDATE {table} SET raw_sha256 = NULL WHERE raw_sha256 IN (SELECT sha256 FROM went)")
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise

    def tidy(self, on_step: Callable[[str], None]) -> bool:
        """Let the search index, the logs and the free pages of the files lose what was deleted; False if others are at work."""
        self._db.execute("INSERT INTO articles_fts (articles_fts) VALUES ('optimize')")
        done = True
        for path, db in ((self._path, self._db), (self._file, self._raw)):
            if db is not None:
                on_step(f"vacuuming {path.name}")
                done &= _vacuumed(path, db)
        return done


def _vacuumed(path: Path, db: sqlite3.Connection) -> bool:
    try:
        with plain_errors(path):
            db.execute("VACUUM")
            (busy, *_) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except StoreLocked:
        return False
    return not busy


def _keys(urls: Iterable[str]) -> Iterator[str]:
    for url in urls:
        with suppress(ValueError):
            yield url_key(url)


def copies_beside(path: Path) -> Sequence[Path]:
    """Copies of the store that were made before it was brought to a new version: nobody forgets anything in them."""
    return sorted(path.parent.glob(f"{path.stem}.v*.backup*.db"))
