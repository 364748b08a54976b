"""Articles as rows and back: which field lives where, what counts as a change, and the statements that write them."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from cleaning.identity import uid
from cleaning.models import Article
from storage.errors import UnstorableArticle
from storage.site_lines import recount, stored_lines
from storage.terms import folded, index_terms, word_count

Outcome = Literal["new", "unchanged", "updated", "revised"]

FIELDS = (
    "url_key", "url", "canonical_url", "source", "publisher", "title", "summary", "language",
    "published_at", "published_raw", "published_source", "published_precision",
    "modified_at", "modified_raw", "modified_source", "modified_precision", "fetched_at",
    "section", "article_type", "agency", "dateline", "is_accessible_for_free", "status",
    "schema_version", "extractor", "rules_version", "memory_version", "text",
)  # fmt: skip
"""Fields of an article that are columns of the same name.  `removals` have a table, everything else is in `details`."""

_DETAILS = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)
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
    `revised`: title or text differ; the old version is in `revisions`.
    """

    id: int
    uid: str
    outcome: Outcome


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
        "content_hash": _digest(f"{article.title or ''}\n\n{article.text}"),
        "record_hash": digest,
        "raw_sha256": None,
        "last_seen_at": seen_at,
        "title_terms": index_terms(article.title),
        "text_terms": index_terms("\n".join(filter(None, (article.summary, article.text)))),
    }
    return Prepared(row["uid"], row, _DETAILS.encode(record), article)


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


def write(db: sqlite3.Connection, new: Prepared, now: str) -> Saved:
    """Write one article; `db` is in a transaction that was begun to write."""
    row, article = new.row, new.article
    old = db.execute(
        "SELECT id, content_hash, record_hash, raw_sha256, last_seen_at FROM articles WHERE url_key = ?", (article.url_key,)
    ).fetchone()
    if old is None:
        article_id = _insert(db, row)
        _write_parts(db, article_id, new)
        _sight(db, article_id, article.url, row["last_seen_at"])
        recount(db, article.url_key, article_id, frozenset(), stored_lines(db, article_id))
        return Saved(article_id, new.uid, "new")
    article_id, old_content, old_record, old_raw, last_seen = old
    row["last_seen_at"] = max(last_seen, row["last_seen_at"])
    _sight(db, article_id, article.url, row["last_seen_at"])
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
    _write_parts(db, article_id, new)
    recount(db, article.url_key, article_id, lines, stored_lines(db, article_id))
    return Saved(article_id, new.uid, outcome)


def read_article(db: sqlite3.Connection, article_id: int) -> Article:
    """The article with this id, which must be there."""
    *values, record = db.execute(_ARTICLE, (article_id,)).fetchone()
    fields: dict[str, Any] = dict(zip(FIELDS, values, strict=True))
    if fields["is_accessible_for_free"] is not None:
        fields["is_accessible_for_free"] = bool(fields["is_accessible_for_free"])
    details = json.loads(record)
    for block in details["blocks"]:
        if place := block.pop("at", None):
            block["text"] = fields["text"][place[0] : place[1]]
    names = ("rule", "evidence", "text", "before_block", "block_count", "line")
    details["removals"] = [dict(zip(names, removal, strict=True)) for removal in db.execute(_REMOVALS, (article_id,))]
    return Article.from_record(fields | details)


COLUMNS = (
    *FIELDS, "uid", "geopolitics", "word_count", "content_hash", "record_hash", "raw_sha256", "last_seen_at", "title_terms",
    "text_terms", "first_seen_at",
)  # fmt: skip
_INSERT = f"INSERT INTO articles ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"


def _insert(db: sqlite3.Connection, row: Mapping[str, Any]) -> int:
    values = [row[name] for name in COLUMNS[:-1]]
    found = db.execute(_INSERT, (*values, row["last_seen_at"])).lastrowid
    assert found is not None
    return found


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


def _write_parts(db: sqlite3.Connection, article_id: int, new: Prepared) -> None:
    """What hangs on an article's row: details, authors, tags, countries, flags, removals."""
    article = new.article
    db.execute("INSERT INTO details (article_id, record) VALUES (?, ?)", (article_id, new.details))
    for names, table, column in ((article.authors, "authors", "author_id"), (article.tags, "tags", "tag_id")):
        distinct = dict.fromkeys(names)
        db.executemany(
            f"INSERT INTO {table} (name, folded) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [(name, folded(name)) for name in distinct],
        )
        db.executemany(
            f"INSERT INTO article_{table} (article_id, {column}, position) SELECT ?, id, ? FROM {table} WHERE name = ?",
            [(article_id, position, name) for position, name in enumerate(distinct)],
        )
    db.executemany(
        "INSERT INTO article_countries (article_id, country, mentions) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET mentions = mentions + excluded.mentions",
        [(article_id, c.code, c.count) for c in (article.geopolitics.countries if article.geopolitics else ())],
    )
    db.executemany(
        "INSERT INTO article_flags (article_id, flag, evidence) VALUES (?, ?, ?)",
        [(article_id, flag, article.flag_evidence.get(flag)) for flag in dict.fromkeys(article.flags)],
    )
    hashes = [_digest(removal.text) for removal in article.removals]
    db.executemany(
        "INSERT INTO removal_texts (hash, text) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(key, removal.text) for key, removal in zip(hashes, article.removals, strict=True)],
    )
    db.executemany(
        "INSERT INTO removals (article_id, position, rule, evidence, text_id, before_block, block_count, line)"
        " SELECT ?, ?, ?, ?, id, ?, ?, ? FROM removal_texts WHERE hash = ?",
        [
            (article_id, position, r.rule, r.evidence, r.before_block, r.block_count, r.line, key)
            for position, (r, key) in enumerate(zip(article.removals, hashes, strict=True))
        ],
    )


def _sight(db: sqlite3.Connection, article_id: int, url: str | None, seen_at: str) -> None:
    if url is not None:
        db.execute(
            "INSERT INTO sightings (url, article_id, first_seen_at) VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET article_id = excluded.article_id WHERE article_id <> excluded.article_id",
            (url, article_id, seen_at),
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
