"""Parquet: typed columns, zstd, a row group every two thousand articles.  Importing this module needs pyarrow."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from cleaning.models import Article
from storage.export.tables import SCALARS, flat

ROW_GROUP = 2000

_TIME = pa.timestamp("ms", tz="UTC")
_WORDS = pa.list_(pa.string())
_TYPES = {
    "published_at": _TIME, "modified_at": _TIME, "fetched_at": _TIME, "is_accessible_for_free": pa.bool_(),
}  # fmt: skip
_SCHEMA = pa.schema(
    [
        ("uid", pa.string()),
        *((name, _TYPES.get(name, pa.string())) for name in SCALARS),
        ("authors", _WORDS), ("tags", _WORDS), ("flags", _WORDS), ("countries", _WORDS), ("geopolitics", pa.float64()),
        ("robots", _WORDS), ("tdm_reservation", pa.bool_()), ("noai", pa.bool_()), ("licence", pa.string()),
        ("word_count", pa.int32()),
        ("text", pa.string()),
        ("removals", pa.list_(pa.struct([("rule", pa.string()), ("evidence", pa.string()), ("text", pa.string())]))),
    ]
)  # fmt: skip


def write_parquet(articles: Iterator[Article], path: Path) -> None:
    """Write the columns of a CSV, typed, and the removals; only one row group is in memory at a time."""
    with pq.ParquetWriter(path, _SCHEMA, compression="zstd") as writer:
        while group := list(islice(articles, ROW_GROUP)):
            rows = [
                flat(article) | {"removals": [r.model_dump(include={"rule", "evidence", "text"}) for r in article.removals]}
                for article in group
            ]
            writer.write_table(pa.Table.from_pylist(rows, schema=_SCHEMA))
