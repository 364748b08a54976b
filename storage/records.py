"""Articles as rows and back: which field lives where, what counts as a change, and the statements that write them."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter

from cleaning.identity import uid
from cleaning.models import Article
from storage.errors import UnreadableArticle, UnstorableArticle
from storage.site_lines import article_lines, recount, stored_lines
from storage.terms import folded, index_terms, word_count

Outcome = Literal["new", "unchanged", "updated", "revised", "forgotten"]

FIELDS = (
    "url_key", "url", "canonical_url", "source", "publisher", "title", "summary", "language",
    "published_at", "published_raw", "published_source", "published_precision",
    "modified_at", "modified_raw", "modified_source", "modified_precision", "fetched_at",
    "section", "article_type", "agency", "dateline", "is_accessible_for_free", "status",
    "schema_version", "extractor", "rules_version", "memory_version", "text",
)  # fmt: skip
"""Fields of an article that are columns of the same name.  `removals` have a table, everything else is in `details`."""

_DETAILS = TypeAdapter(dict[str, Any])
_ARTICLE = (
    f"SELECT {', '.join(f'a.{name}' for name in FIELDS)}, d.record"
    " FROM articles AS a JOIN details AS d ON d.article_id = a.id WHERE a.id = ?"
)
_REMOVALS = (
    "SELECT r.rule, r.evidence, t.text, r.before_block, r.block_count, r.line FROM removals AS r"
    " JOIN removal_texts AS t ON t.id = r.text_id WHERE r.article_id = ? ORDER BY r.position"
)
_REVISED = (
    "title, summary, published_at, modified_at, fetched_at, status, rules_version, content_hash, raw_sha256, text"
)


@dataclass(frozen=True)
class Saved:
    """What became of an article that was saved: its id in this store, its public uid, and whether anything changed.

    `new`: not there before.  `unchanged`: only `last_seen_at` moved.  `updated`: other fields than title and text differ.
    `revised`: title or text differ; the old version is in `revisions`.  `forgotten`: it was removed by `copydesk forget`, so
    nothing was stored, and the id is 0.
    """

    id: int
    uid: str
    outcome: Outcome


@dataclass(frozen=True)
class Revision:
    """A version of an article that a newer one replaced: `changed` pages and texts `recleaned` of the same page."""

    replaced_at: str
    reason: Literal["changed", "recleaned"]
    title: str | None
    summary: str | None
    fetched_at: str | None
    status: str
    rules_version: str
    raw_sha256: str | None
    text: str


REVISION = tuple(entry.name for entry in fields(Revision))
"""The columns of `revisions` that a `Revision` has."""


@dataclass(frozen=True)
class Prepared:
    """An article taken apart for the tables, before any lock is held."""

    uid: str
    row: dict[str, Any]
    details: str
    article: Article


def take_apart(article: Article, seen_at: str) -> Prepared:
    """The rows that `article` becomes.  Raises UnstorableArticle for lone surrogates and NULs."""
    digest = record_hash(article)
    record = article.model_dump(mode="json", exclude={"removals"})  # these are written from the article itself
    row = {name: record.pop(name) for name in FIELDS}
    if (free := row["is_accessible_for_free"]) is not None:
        row["is_accessible_for_free"] = int(free)
    record["blocks"] = _without_repeats(record["blocks"], article.text)
    row |= {
        "uid": uid(article.url_key),
        "geopolitics": article.geopolitics.score if article.geopolitics else None,
        "word_count": word_count(article.text),
        "content_hash": content_hash(article.title, article.text),
        "record_hash": digest,
        "raw_sha256": None,
        "last_seen_at": seen_at,
        "title_terms": index_terms(article.title),
        "text_terms": index_terms("\n".join(filter(None, (article.summary, article.text)))),
    }
    return Prepared(row["uid"], row, _DETAILS.dump_json(record).decode(), article)


def content_hash(title: str | None, text: str) -> str:
    """What decides whether there is a revision: 32 hex digits over title and text."""
    return _digest(f"{title or ''}\n\n{text}")


def record_hash(article: Article) -> str:
    """What decides whether anything is written: 32 hex digits over every field of the record but `fetched_at` and
    `memory_version`: what is known of the site grows with every crawl, and an article that it does not change is unchanged.

    Raises UnstorableArticle for lone surrogates and NULs in any of them.
    """
    try:
        written = article.model_dump_json(exclude={"fetched_at", "memory_version"})
    except ValueError:  # pydantic cannot write a lone surrogate
        _check_storable(article)
        raise
    # A NUL, or those six characters; and pydantic takes any key of a dictionary.
    if "\\u0000" in written or _unstorable(article.flag_evidence):
        _check_storable(article)
    return _digest(written)


def write(db: sqlite3.Connection, batch: Sequence[Prepared], now: str) -> list[Saved]:
    """Write articles of different `url_key`s; `db` is in a transaction that was begun to write."""
    saved: dict[str, Saved] = {}
    new: list[Prepared] = []
    for one in batch:
        key = one.article.url_key
        old = db.execute(
            "SELECT id, content_hash, record_hash, raw_sha256, last_seen_at FROM articles WHERE url_key = ?", (key,)
        ).fetchone()
        if old is not None:
            saved[key] = _rewrite(db, one, old, now)
        elif db.execute("SELECT 1 FROM forgotten WHERE hash = ?", (key_hash(key),)).fetchone():
            saved[key] = Saved(0, one.uid, "forgotten")
        else:
            new.append(one)
    if new:
        last = _insert(db, [one.row for one in new])
        ids = range(last - len(new) + 1, last + 1)  # ids follow one another within a statement
        _write_parts(db, list(zip(ids, new, strict=True)))
        for number, one in zip(ids, new, strict=True):
            recount(db, one.article.url_key, number, frozenset(), article_lines(one.article))
        saved |= {one.article.url_key: Saved(number, one.uid, "new") for number, one in zip(ids, new, strict=True)}
    return [saved[one.article.url_key] for one in batch]


def key_hash(url_key: str) -> str:
    """How `forgotten` knows an article again: the sha256 of its `url_key`."""
    return hashlib.sha256(url_key.encode("utf-8", "surrogatepass")).hexdigest()


def _rewrite(db: sqlite3.Connection, new: Prepared, old: tuple[int, str, str, str | None, str], now: str) -> Saved:
    """Write an article that is there already."""
    row = new.row
    article_id, old_content, old_record, old_raw, last_seen = old
    row["last_seen_at"] = max(last_seen, row["last_seen_at"])
    _sight(db, [(article_id, new)])
    if old_record == row["record_hash"]:
        db.execute(
            "UPDATE articles SET last_seen_at = ?, raw_sha256 = coalesce(raw_sha256, ?) WHERE id = ?",
            (row["last_seen_at"], row["raw_sha256"], article_id),
        )
        return Saved(article_id, new.uid, "unchanged")
    outcome: Outcome = "updated" if old_content == row["content_hash"] else "revised"
    if outcome == "revised":
        same_page = old_raw is not None and old_raw == row["raw_sha256"]
        db.execute(
            f"INSERT INTO revisions (article_id, replaced_at, reason, {_REVISED}) SELECT id, ?, ?, {_REVISED}"
            " FROM articles WHERE id = ?",
            (now, "recleaned" if same_page else "changed", article_id),
        )
    elif row["raw_sha256"] is None:
        row["raw_sha256"] = old_raw
    lines = stored_lines(db, article_id)
    _update(db, article_id, row)
    _write_parts(db, [(article_id, new)])
    recount(db, new.article.url_key, article_id, lines, article_lines(new.article))
    return Saved(article_id, new.uid, outcome)


def read_article(db: sqlite3.Connection, article_id: int) -> Article:
    """The article with this id, which must be there.  Raises UnreadableArticle where its rows are not what was written."""
    row = db.execute(_ARTICLE, (article_id,)).fetchone()
    removals = db.execute(_REMOVALS, (article_id,)).fetchall()
    try:
        return _put_together(row, removals)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise UnreadableArticle(article_id) from error


def _put_together(row: tuple[Any, ...], removals: list[tuple[Any, ...]]) -> Article:
    *values, record = row
    stored: dict[str, Any] = dict(zip(FIELDS, values, strict=True))
    if stored["is_accessible_for_free"] is not None:
        stored["is_accessible_for_free"] = bool(stored["is_accessible_for_free"])
    details = json.loads(record)
    for block in details["blocks"]:
        if place := block.pop("at", None):
            block["text"] = stored["text"][place[0] : place[1]]
    names = ("rule", "evidence", "text", "before_block", "block_count", "line")
    details["removals"] = [dict(zip(names, removal, strict=True)) for removal in removals]
    return Article.from_record(stored | details)


COLUMNS = (
    *FIELDS, "uid", "geopolitics", "word_count", "content_hash", "record_hash", "raw_sha256", "last_seen_at", "title_terms",
    "text_terms", "first_seen_at",
)  # fmt: skip
_ROW = f"({', '.join('?' * len(COLUMNS))})"


def _insert(db: sqlite3.Connection, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows of `articles` and return the id of the last.

    One statement for all: SQLite makes a mark before each that fires a trigger, and at each mark the search index writes
    what it has so far as a piece of its own.
    """
    values = [row["last_seen_at" if name == "first_seen_at" else name] for row in rows for name in COLUMNS]
    last = db.execute(f"INSERT INTO articles ({', '.join(COLUMNS)}) VALUES {', '.join([_ROW] * len(rows))}", values).lastrowid
    assert last is not None
    return last


def _update(db: sqlite3.Connection, article_id: int, row: Mapping[str, Any]) -> None:
    settings = ", ".join(f"{name} = :{name}" for name in row)
    db.execute(f"UPDATE articles SET {settings} WHERE id = :id", {**row, "id": article_id})
    texts = [text for (text,) in db.execute("SELECT DISTINCT text_id FROM removals WHERE article_id = ?", (article_id,))]
    for table in ("details", "article_authors", "article_tags", "article_countries", "article_flags", "removals"):
        db.execute(f"DELETE FROM {table} WHERE article_id = ?", (article_id,))
    db.executemany(
        "DELETE FROM removal_texts WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM removals WHERE text_id = ?1)",
        [(text,) for text in texts],
    )


def _write_parts(db: sqlite3.Connection, batch: Sequence[tuple[int, Prepared]]) -> None:
    """What hangs on the rows of articles: details, authors, tags, countries, flags, removals, sightings."""
    db.executemany("INSERT INTO details (article_id, record) VALUES (?, ?)", [(number, new.details) for number, new in batch])
    articles = [(number, new.article) for number, new in batch]
    _write_names(db, "authors", "author_id", [(number, article.authors) for number, article in articles])
    _write_names(db, "tags", "tag_id", [(number, article.tags) for number, article in articles])
    db.executemany(
        "INSERT INTO article_countries (article_id, country, mentions) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET mentions = mentions + excluded.mentions",
        [(n, country.code, country.count) for n, a in articles if a.geopolitics for country in a.geopolitics.countries],
    )
    db.executemany(
        "INSERT INTO article_flags (article_id, flag, evidence) VALUES (?, ?, ?)",
        [(number, flag, a.flag_evidence.get(flag)) for number, a in articles for flag in dict.fromkeys(a.flags)],
    )
    removals = [
        (number, position, removal, _digest(removal.text))
        for number, article in articles for position, removal in enumerate(article.removals)
    ]  # fmt: skip
    db.executemany(
        "INSERT INTO removal_texts (hash, text) VALUES (?, ?) ON CONFLICT DO NOTHING",
        {key: (key, removal.text) for _, _, removal, key in removals}.values(),
    )
    db.executemany(
        "INSERT INTO removals (article_id, position, rule, evidence, text_id, before_block, block_count, line)"
        " VALUES (?, ?, ?, ?, (SELECT id FROM removal_texts WHERE hash = ?), ?, ?, ?)",
        [(n, position, r.rule, r.evidence, key, r.before_block, r.block_count, r.line) for n, position, r, key in removals],
    )
    _sight(db, batch)


def _write_names(db: sqlite3.Connection, table: str, column: str, named: Sequence[tuple[int, Sequence[str]]]) -> None:
    """The authors or tags of articles, in their order; a name that is repeated counts where it stands first."""
    distinct = dict.fromkeys(name for _, names in named for name in names)
    db.executemany(
        f"INSERT INTO {table} (name, folded) VALUES (?, ?) ON CONFLICT DO NOTHING", [(name, folded(name)) for name in distinct]
    )
    db.executemany(
        f"INSERT INTO article_{table} (article_id, {column}, position) VALUES (?, (SELECT id FROM {table} WHERE name = ?), ?)",
        [(number, name, at) for number, names in named for at, name in enumerate(dict.fromkeys(names))],
    )


def _sight(db: sqlite3.Connection, batch: Sequence[tuple[int, Prepared]]) -> None:
    db.executemany(
        "INSERT INTO sightings (url, article_id, first_seen_at) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET article_id = excluded.article_id WHERE article_id <> excluded.article_id",
        [(new.article.url, number, new.row["last_seen_at"]) for number, new in batch if new.article.url is not None],
    )


def _without_repeats(blocks: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    """`blocks` with a place in `text` instead of a text of their own, where it stands there: half of every store."""
    behind = 0
    for block in blocks:
        start = text.find(block["text"], behind) if block["text"] else -1
        if start >= 0:
            behind = start + len(block.pop("text"))
            block["at"] = [start, behind]
    return blocks


def _check_storable(article: Article) -> None:
    for name in type(article).model_fields:
        if _unstorable(getattr(article, name)):
            raise UnstorableArticle(article.url_key.encode("utf-8", "replace").decode(), name)


def _unstorable(value: object) -> bool:
    """Whether a string anywhere in `value` holds a NUL or a lone surrogate."""
    if isinstance(value, str):
        if "\0" in value:
            return True
        try:
            return not (value.isascii() or value.encode("utf-8"))
        except UnicodeEncodeError:
            return True
    if isinstance(value, BaseModel):
        return any(_unstorable(getattr(value, name)) for name in type(value).model_fields)
    if isinstance(value, dict):
        return any(_unstorable(key) or _unstorable(item) for key, item in value.items())
    return isinstance(value, tuple) and any(map(_unstorable, value))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:32]
