"""Parquet: typed columns, zstd, a row group every two thousand articles.  Importing this module needs pyarrow."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from cleaning.models import Article
from storage.export.fields import COLUMNS, REMOVALS, Shape, Written

ROW_GROUP = 2000

_TIME = pa.timestamp("ms", tz="UTC")
_WORDS = pa.list_(pa.string())
_TYPES = {
    "published_at": _TIME, "modified_at": _TIME, "fetched_at": _TIME,
    "is_accessible_for_free": pa.bool_(), "tdm_reservation": pa.bool_(), "noai": pa.bool_(),
    "authors": _WORDS, "tags": _WORDS, "flags": _WORDS, "countries": _WORDS, "robots": _WORDS,
    "geopolitics": pa.float64(), "word_count": pa.int32(),
    "removals": pa.list_(pa.struct([("rule", pa.string()), ("evidence", pa.string()), ("text", pa.string())])),
}  # fmt: skip
"""Of the columns that are not strings."""


def write_parquet(articles: Iterator[Article], path: Path, shape: Shape) -> Written:
    """Write the columns of a CSV, typed, and the removals; only one row group is in memory at a time."""
    columns = shape.columns(COLUMNS | REMOVALS)
    schema = pa.schema([(name, _TYPES.get(field, pa.string())) for field, name, _ in columns])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while group := list(islice(articles, ROW_GROUP)):
            rows = [{name: read(article) for _, name, read in columns} for article in group]
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
    return Written((path,))
