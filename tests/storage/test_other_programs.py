"""The store and its exports in DuckDB and pandas: what docs/schema.md and the README say can be done."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cleaning.models import Article
from storage import Store

Make = Callable[..., Article]
VIEWS = ("news", "removed", "news_authors", "news_tags", "news_countries", "flagged", "history")

pytestmark = pytest.mark.extras


@pytest.fixture
def duck() -> Any:
    """DuckDB with its own SQLite extension, which elsewhere `INSTALL sqlite` downloads; DuckDB checks its signature."""
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed: the extra `checks` brings it")
    extension = pytest.importorskip("duckdb_extension_sqlite_scanner", reason="the extra `checks` brings it")
    (file,) = Path(extension.__file__).parent.glob("extensions/*/sqlite_scanner.duckdb_extension")
    with closing(duckdb.connect()) as db:
        db.execute(f"LOAD '{file}'")
        yield db


@pytest.mark.parametrize("exported", [False, True])
def test_duckdb_attaches_a_store_and_reads_every_view(filled: Store, tmp_path: Path, duck: Any, exported: bool) -> None:
    path = filled.path
    if exported:
        path = tmp_path / "selection.db"
        filled.export(path)
    duck.execute(f"ATTACH '{path}' AS news (TYPE sqlite, READ_ONLY)")
    with closing(sqlite3.connect(path)) as db:
        for view in VIEWS:
            names = [row[1] for row in db.execute(f"PRAGMA table_info({view})")]
            ours = sorted(db.execute(f"SELECT * FROM {view}").fetchall(), key=repr)
            theirs = duck.execute(f"SELECT {', '.join(names)} FROM news.{view}").fetchall()
            assert sorted(theirs, key=repr) == ours, view
            assert ours or view == "flagged"
    month = "SELECT strftime(published_at::TIMESTAMP, '%Y-%m') AS month, count(*) FROM news.news GROUP BY 1 ORDER BY 1"
    assert duck.execute(month).fetchall() == [("2024-10", 1), (None, 1)]
    joined = "SELECT author, country FROM news.news_authors JOIN news.news_countries USING (id) ORDER BY 1"
    assert duck.execute(joined).fetchall() == [("A. Writer", "KP"), ("B. Writer", "KP")]


def test_duckdb_reads_a_store_while_it_is_written(filled: Store, make: Make, duck: Any) -> None:
    duck.execute(f"ATTACH '{filled.path}' AS news (TYPE sqlite, READ_ONLY)")
    with filled.transaction():
        filled.save(make("new"))
        assert duck.execute("SELECT count(*) FROM news.news").fetchone() == (2,)
    assert duck.execute("SELECT count(*) FROM news.news").fetchone() == (3,)


def test_duckdb_reads_parquet_and_json_lines(filled: Store, tmp_path: Path, duck: Any) -> None:
    pytest.importorskip("pyarrow")
    for name in ("out.parquet", "out.jsonl.gz"):
        filled.export(tmp_path / name)
    where = "WHERE language = 'en'"
    columns = "published_at AT TIME ZONE 'UTC', authors, removals[1].rule"
    table = duck.execute(f"SELECT {columns} FROM '{tmp_path}/out.parquet' {where}")
    assert table.fetchall() == [(datetime(2024, 10, 31, 12), ["A. Writer", "B. Writer"], "nav.prev-next")]
    lines = duck.execute(f"SELECT source, geopolitics.score FROM '{tmp_path}/out.jsonl.gz' {where}")
    assert lines.fetchall() == [("bbc", 0.75)]


def test_pandas_reads_a_view(filled: Store) -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed: the extra `checks` brings it")
    with closing(sqlite3.connect(filled.path)) as db:
        frame = pandas.read_sql("SELECT * FROM news ORDER BY id", db, parse_dates=["published_at"])
        authors = pandas.read_sql("SELECT * FROM news_authors", db)
    assert list(frame.title) == ['Talks, "frank"\nand long', '=HYPERLINK("http://evil")']
    assert frame.published_at[0] == datetime(2024, 10, 31, 12, tzinfo=UTC)
    assert frame.groupby("language").word_count.sum().to_dict()["de"] == 2
    assert list(authors.author) == ["A. Writer", "B. Writer", "@writer"]
