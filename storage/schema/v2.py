"""What the second version adds: names that are found however they are written, what was forgotten, views to ask.

Columns are added with their comment within /* */, because SQLite writes them behind the last line of the table.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from storage.terms import folded


def _fold_authors(db: sqlite3.Connection) -> None:
    _fill(db, "authors")


def _fold_tags(db: sqlite3.Connection) -> None:
    _fill(db, "tags")


def _fill(db: sqlite3.Connection, table: str) -> None:
    last = 0
    while names := db.execute(f"SELECT name, id FROM {table} WHERE id > ? ORDER BY id LIMIT 1000", (last,)).fetchall():
        db.executemany(f"UPDATE {table} SET folded = ? WHERE id = ?", [(folded(name), row) for name, row in names])
        last = names[-1][1]


NEWS_V2: tuple[str | Callable[[sqlite3.Connection], None], ...] = (
    "ALTER TABLE authors ADD COLUMN folded TEXT NOT NULL DEFAULT '' /* name without accents and capitals: what is searched */",
    _fold_authors,
    "CREATE INDEX authors_folded ON authors (folded)",
    "ALTER TABLE tags ADD COLUMN folded TEXT NOT NULL DEFAULT '' /* as in authors */",
    _fold_tags,
    "CREATE INDEX tags_folded ON tags (folded)",
    # A rare value of a filter is found, newest first, without walking through all that is newer.
    "CREATE INDEX articles_language ON articles (language, published_at)",
    "CREATE INDEX articles_publisher ON articles (publisher, published_at)",
    "CREATE INDEX articles_geopolitics ON articles (geopolitics, status)",
    """
CREATE TABLE forgotten (           -- articles that `copydesk forget` removed: a later crawl does not bring them back
    hash TEXT PRIMARY KEY,         -- sha256 of the url_key, hex: whoever has the address can ask, nobody can read it here
    forgotten_at TEXT NOT NULL
) STRICT, WITHOUT ROWID""",
    """
CREATE VIEW news_authors AS        -- a row for each author of an article
SELECT a.id, a.uid, a.published_at, a.source, a.language, a.title, authors.name AS author
FROM article_authors JOIN authors ON authors.id = author_id JOIN articles AS a ON a.id = article_id
WHERE a.status <> 'rejected'""",
    """
CREATE VIEW news_tags AS           -- a row for each tag of an article
SELECT a.id, a.uid, a.published_at, a.source, a.language, a.title, tags.name AS tag
FROM article_tags JOIN tags ON tags.id = tag_id JOIN articles AS a ON a.id = article_id
WHERE a.status <> 'rejected'""",
    """
CREATE VIEW news_countries AS      -- a row for each country that an article names
SELECT a.id, a.uid, a.published_at, a.source, a.language, a.title, country, mentions
FROM article_countries JOIN articles AS a ON a.id = article_id WHERE a.status <> 'rejected'""",
    """
CREATE VIEW flagged AS             -- a row for each flag of an article or a rejected page, with what was seen
SELECT a.id, a.uid, a.url, a.source, a.status, a.title, flag, evidence
FROM article_flags JOIN articles AS a ON a.id = article_id""",
    """
CREATE VIEW history AS             -- the versions of title or text that a newer one replaced
SELECT a.id, a.uid, a.url, r.replaced_at, r.reason, r.title, a.title AS title_now, r.fetched_at, r.rules_version,
    r.text, a.text AS text_now
FROM revisions AS r JOIN articles AS a ON a.id = r.article_id""",
)
