"""What is wrong with a store, and what to do about it.  Nothing is changed."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from storage.connection import OLDEST_SQLITE, TIMEOUT, connect
from storage.errors import StorageError, StoreError, UnreadableArticle, plain_errors
from storage.raw import RawPages, raw_path
from storage.records import key_hash, read_article
from storage.schema import NEWS, RAW
from storage.schema.selection import is_selection

State = Literal["ok", "warning", "wrong"]

ROOM_LEFT = 500_000_000
"""Bytes that should be free on the disk; less is a warning."""
BIG_LOG = 200_000_000
"""Bytes of a write-ahead log that somebody should have written back."""
_STRANGER = "another program has written here"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: `says` is what was found and, unless it is ok, what to do."""

    check: str
    state: State
    says: str


def examine(path: Path, *, full: bool = False, on_step: Callable[[str], None] = lambda _: None) -> Iterator[Finding]:
    """Look at the store at `path` and at its raw file.  `on_step` is told what is looked at next.

    `full` also reads every article and raw page, and compares the search index with the texts: minutes for a big store, and
    other programs cannot write meanwhile.
    """
    version = ".".join(map(str, OLDEST_SQLITE[:2]))
    enough = sqlite3.sqlite_version_info >= OLDEST_SQLITE
    yield Finding("sqlite", "ok" if enough else "wrong", f"{sqlite3.sqlite_version}{'' if enough else f', older than {version}'}")
    try:
        with closing(connect(path, NEWS, read_only=True)) as db, plain_errors(path):
            (articles,) = db.execute("SELECT count(*) FROM articles").fetchone()
            what = ", a selection without the memory of a crawl" if is_selection(db) else ""
            yield Finding("store", "ok", f"{path}: {articles:,} articles, schema {NEWS.version}{what}")
            on_step("integrity")
            yield from _sound(db, "integrity")
            on_step("references")
            yield _references(db)
            yield from _parts(db)
            on_step("search index")
            yield _search_index(path, full=full)
            if full:
                on_step("articles")
                yield _readable(db)
            yield from _raw(db, path, full=full, on_step=on_step)
            yield _forgotten(db)
    except StorageError as error:
        yield Finding("store", "wrong", str(error))
    yield from _place(path)


def _sound(db: sqlite3.Connection, check: str) -> Iterator[Finding]:
    try:
        problems = [row for (row,) in db.execute("PRAGMA integrity_check(5)")]
    except sqlite3.DatabaseError as error:
        problems = [str(error)]
    if problems == ["ok"]:
        yield Finding(check, "ok", "SQLite finds every page of the file in order")
    else:
        way = "restore a copy, or save what can be read with `sqlite3 FILE .recover`"
        yield Finding(check, "wrong", f"damaged ({problems[0]}): {way}")


def _references(db: sqlite3.Connection) -> Finding:
    broken = db.execute("SELECT \"table\", count(*) FROM pragma_foreign_key_check GROUP BY 1").fetchall()
    if not broken:
        return Finding("references", "ok", "every row belongs to something")
    what = ", ".join(f"{count:,} in {table}" for table, count in broken)
    return Finding("references", "wrong", f"rows belong to nothing ({what}): {_STRANGER}; restore a copy")


def _parts(db: sqlite3.Connection) -> Iterator[Finding]:
    (bare,) = db.execute("SELECT count(*) FROM articles WHERE id NOT IN (SELECT article_id FROM details)").fetchone()
    if bare:
        yield Finding("details", "wrong", f"{bare:,} articles lack their details: {_STRANGER}; restore a copy")
    (unused,) = db.execute("SELECT count(*) FROM removal_texts WHERE id NOT IN (SELECT text_id FROM removals)").fetchone()
    if unused:
        yield Finding("removals", "warning", f"{unused:,} removed texts belong to no article: another program has deleted rows")


def _search_index(path: Path, *, full: bool) -> Finding:
    """SQLite checks the index only for who may write."""
    if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        return Finding("search index", "warning", "not checked: that takes the right to write")
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=TIMEOUT)) as db:
        try:
            db.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', ?)", (int(full),))
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                return Finding("search index", "warning", "not checked: another program is writing; try again when it is done")
            return Finding(
                "search index", "wrong", "it does not fit the articles: rebuild it with"
                " `sqlite3 FILE \"insert into articles_fts (articles_fts) values ('rebuild')\"`"
            )  # fmt: skip
    return Finding("search index", "ok", "agrees with every article" if full else "in order (--full compares it with the texts)")


def _readable(db: sqlite3.Connection) -> Finding:
    for (article_id,) in db.execute("SELECT id FROM articles ORDER BY id"):
        try:
            read_article(db, article_id)
        except UnreadableArticle:
            return Finding("articles", "wrong", f"article {article_id} cannot be read: damage, or {_STRANGER}; restore a copy")
    return Finding("articles", "ok", "every article can be read")


def _raw(db: sqlite3.Connection, path: Path, *, full: bool, on_step: Callable[[str], None]) -> Iterator[Finding]:
    file = raw_path(path)
    wanted = {sha for (sha,) in db.execute("SELECT DISTINCT raw_sha256 FROM articles WHERE raw_sha256 IS NOT NULL")}
    if not file.exists():
        state: State = "warning" if wanted else "ok"
        yield Finding("raw pages", state, f"there is no {file.name}: articles cannot be cleaned again from their pages")
        return
    try:
        on_step("raw pages")
        with closing(connect(file, RAW, read_only=True)) as raw, plain_errors(file):
            there = {sha for (sha,) in raw.execute("SELECT sha256 FROM pages")}
            yield from _sound(raw, "raw integrity")
    except StoreError as error:
        yield Finding("raw pages", "wrong", str(error))
        return
    lost, spare = len(wanted - there), len(there - wanted)
    kept = f"{len(there):,} pages{f'; {spare:,} of them are of earlier versions or of no article' if spare else ''}"
    if lost:
        yield Finding("raw pages", "warning", f"{kept}; {lost:,} articles lack theirs and cannot be cleaned again")
    else:
        yield Finding("raw pages", "ok", kept)
    if full:
        pages = RawPages(file, read_only=True, durable=False)
        with closing(pages):
            broken = [sha for sha in sorted(there) if not pages.is_whole(sha)]
        if broken:
            says = f"{len(broken):,} pages are not what they were ({broken[0]} …): restore a copy"
            yield Finding("raw contents", "wrong", says)
        else:
            yield Finding("raw contents", "ok", "every page is whole")


def _forgotten(db: sqlite3.Connection) -> Finding:
    hashes = {row for (row,) in db.execute("SELECT hash FROM forgotten")}
    back = [key for (key,) in db.execute("SELECT url_key FROM articles") if key_hash(key) in hashes] if hashes else []
    if back:
        return Finding("forgotten", "wrong", f"{len(back):,} articles are here that were to be forgotten: forget them again")
    return Finding("forgotten", "ok", f"{len(hashes):,} articles were forgotten and stay away")


def _place(path: Path) -> Iterator[Finding]:
    folder = path.resolve().parent
    if not folder.is_dir():
        return
    if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        yield Finding("place", "warning", f"{folder}: this user may only read; a crawl needs to write the file and its folder")
    free = shutil.disk_usage(folder).free
    if free < ROOM_LEFT:
        yield Finding("disk", "warning", f"{free / 1e6:,.0f} MB are free: make room before the next crawl")
    else:
        yield Finding("disk", "ok", f"{free / 1e9:,.1f} GB are free")
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size > BIG_LOG:
        size = log.stat().st_size / 1e6
        yield Finding("log", "warning", f"{log.name} has {size:,.0f} MB: close the programs that keep reading the store")
    rests = sorted(rest.name for rest in folder.glob(".*.part"))
    if rests:
        yield Finding("rests", "warning", f"left behind by what was killed, and of no use: {', '.join(rests[:5])}")
