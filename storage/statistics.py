"""What a store holds, counted."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from storage.raw import RawPages


def statistics(db: sqlite3.Connection, path: Path, raw: RawPages) -> dict[str, Any]:
    """Counts by status, source, language and rule, the span of dates, and sizes in bytes."""
    total, first, last, seen = db.execute(
        "SELECT count(*), min(published_at), max(published_at), max(last_seen_at) FROM articles"
    ).fetchone()
    pages, raw_bytes, raw_kept = raw.totals()
    return {
        "store": str(path),
        "articles": total,
        "by_status": _counts(db, "SELECT status, count(*) FROM articles GROUP BY 1"),
        "by_source": _counts(db, "SELECT source, count(*) FROM articles WHERE status <> 'rejected' GROUP BY 1"),
        "by_language": _counts(db, "SELECT language, count(*) FROM articles WHERE status <> 'rejected' GROUP BY 1"),
        "by_flag": _counts(db, "SELECT flag, count(*) FROM article_flags GROUP BY 1"),
        "first_published_at": first,
        "last_published_at": last,
        "last_seen_at": seen,
        "revisions": _one(db, "SELECT count(*) FROM revisions"),
        "removals": _one(db, "SELECT count(*) FROM removals"),
        "removals_by_rule": _counts(db, "SELECT rule, count(*) FROM removals GROUP BY 1"),
        "frontier": _counts(db, "SELECT state, count(*) FROM frontier GROUP BY 1"),
        "bytes": _one(db, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"),
        "raw_pages": pages,
        "raw_bytes": raw_bytes,
        "raw_bytes_compressed": raw_kept,
    }


def _counts(db: sqlite3.Connection, sql: str) -> dict[str, int]:
    """Most frequent first; what is NULL counts as `unknown`."""
    rows = db.execute(f"{sql} ORDER BY 2 DESC, 1").fetchall()
    return {"unknown" if name is None else name: count for name, count in rows}


def _one(db: sqlite3.Connection, sql: str) -> int:
    return int(db.execute(sql).fetchone()[0])
