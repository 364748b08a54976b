"""JSONL and CSV, and the flat row of an article that CSV and Parquet share."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from cleaning.identity import uid
from cleaning.models import Article
from storage.terms import word_count
from storage.when import iso

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""What makes a spreadsheet take a cell for a formula when it stands first, also in full width."""

SCALARS = (
    "url", "canonical_url", "source", "publisher", "title", "summary", "language", "published_at", "published_precision",
    "modified_at", "fetched_at", "agency", "dateline", "section", "article_type", "is_accessible_for_free", "status",
)  # fmt: skip


def flat(article: Article) -> dict[str, Any]:
    """An article as one row; lists stay lists, times datetimes, `text` is last."""
    rights = article.rights
    return {
        "uid": uid(article.url_key),
        **{name: getattr(article, name) for name in SCALARS},
        "authors": list(article.authors),
        "tags": list(article.tags),
        "flags": list(article.flags),
        "countries": [country.code for country in article.geopolitics.countries] if article.geopolitics else [],
        "geopolitics": article.geopolitics.score if article.geopolitics else None,
        "robots": list(rights.robots),
        "tdm_reservation": rights.tdm_reservation,
        "noai": rights.noai,
        "licence": rights.licence,
        "word_count": word_count(article.text),
        "text": article.text,
    }


def write_jsonl(articles: Iterator[Article], path: Path) -> None:
    """One record a line, UTF-8; `Article.from_record` reads it back."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for article in articles:
            record = {"uid": uid(article.url_key), **article.to_record()}
            file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")


def write_csv(articles: Iterator[Article], path: Path) -> int:
    """RFC 4180 in UTF-8 with a header.  Returns how many cells got a quote mark that keeps them from being formulas."""
    guarded = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(flat(Article(url_key="text:")))
        for article in articles:
            cells = [_cell(value) for value in flat(article).values()]
            safe = [guarded_cell(cell) for cell in cells]
            guarded += sum(before != behind for before, behind in zip(cells, safe, strict=True))
            writer.writerow(safe)
    return guarded


def guarded_cell(cell: str) -> str:
    """`cell`, with a quote mark before it where a spreadsheet would run it as a formula."""
    return "'" + cell if cell.startswith(_FORMULA) else cell


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(value)
    return iso(value) if isinstance(value, datetime) else str(value)
