"""JSON lines and CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from cleaning.models import Article
from storage.export.fields import COLUMNS, Shape, Written
from storage.export.target import opening
from storage.when import iso

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""What makes a spreadsheet take a cell for a formula when it stands first, also in full width."""


def write_jsonl(articles: Iterator[Article], path: Path, shape: Shape) -> Written:
    """One record a line, UTF-8; where all of it is there, `Article.from_record` reads it back."""
    with opening(path, shape.compression) as file:
        for article in articles:
            file.write(json.dumps(shape.record(article), ensure_ascii=False, separators=(",", ":")) + "\n")
    return Written((path,))


def write_csv(articles: Iterator[Article], path: Path, shape: Shape) -> Written:
    """RFC 4180 in UTF-8 with a header.  A cell that a spreadsheet would run as a formula gets a quote mark before it."""
    guarded = 0
    columns = shape.columns(COLUMNS)
    with opening(path, shape.compression) as file:
        writer = csv.writer(file)
        writer.writerow(guarded_cell(name) for _, name, _ in columns)
        for article in articles:
            cells = [_cell(read(article)) for _, _, read in columns]
            safe = [guarded_cell(cell) for cell in cells]
            guarded += sum(before != behind for before, behind in zip(cells, safe, strict=True))
            writer.writerow(safe)
    return Written((path,), guarded)


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
