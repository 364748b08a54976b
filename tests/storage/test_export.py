"""Every form of export is read back by its own well-known reader."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlite_utils

from cleaning.models import Article, CountryMention, Geopolitics, Page, Removal, Rights
from storage import Filters, Store
from storage.errors import ExportError, QueryError, StorageError
from storage.export import export

Make = Callable[..., Article]


@pytest.fixture
def filled(store: Store, make: Make) -> Store:
    removal = Removal(rule="nav.prev-next", evidence="label", text="PREV", before_block=1)
    rich = make(
        "rich", title='Talks, "frank"\nand long', text="Erste Zeile.\n\n北朝鮮の首都。",
        authors=("A. Writer", "B. Writer"), tags=("talks",), removals=(removal,),
        published_at=datetime(2024, 10, 31, 12, tzinfo=UTC), language="en", source="bbc", is_accessible_for_free=False,
        geopolitics=Geopolitics(score=0.75, countries=(CountryMention(code="KP", names=("北朝鮮",), count=1),)),
    )  # fmt: skip
    store.save(rich.model_copy(update={"text": "An older text."}), Page(body=b"1"))
    store.save(rich, Page(body=b"2"))
    store.save(make("formula", title="=HYPERLINK(\"http://evil\")", text="-1 degrees", authors=("@writer",), language="de"))
    store.save(make("wall", status="rejected"))
    return store


def test_jsonl_gives_the_articles_back(filled: Store, tmp_path: Path) -> None:
    report = filled.export(tmp_path / "out.jsonl")
    lines = (tmp_path / "out.jsonl").read_text("utf-8").split("\n")
    assert lines.pop() == ""
    assert [Article.from_record(json.loads(line)) for line in lines] == list(filled.search())
    assert json.loads(lines[0])["uid"] == filled.connection.execute("SELECT uid FROM articles WHERE id = 1").fetchone()[0]
    assert (report.articles, report.bytes) == (2, (tmp_path / "out.jsonl").stat().st_size)


@pytest.mark.parametrize("rights", [Rights(tdm_reservation=True), Rights(noai=True)])
def test_a_dataset_leaves_out_what_opts_out_and_says_so(store: Store, make: Make, tmp_path: Path, rights: Rights) -> None:
    store.save(make("open"))
    store.save(make("reserved", title="Not for mining", rights=rights))
    report = store.export(tmp_path / "open.jsonl")
    assert (report.articles, report.reserved) == (1, 1)
    assert "Not for mining" not in (tmp_path / "open.jsonl").read_text()
    everything = export(store, tmp_path / "all.jsonl", Filters(), include_reserved=True)
    assert (everything.articles, everything.reserved) == (2, 0)
    assert store.export(tmp_path / "all.db").articles == 2


def test_csv_is_read_and_holds_no_formula(filled: Store, tmp_path: Path) -> None:
    report = filled.export(tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rich, formula = csv.DictReader(file)
    assert rich["title"] == 'Talks, "frank"\nand long'
    assert rich["text"] == "Erste Zeile.\n\n北朝鮮の首都。"
    assert (rich["authors"], rich["published_at"], rich["countries"]) == ("A. Writer; B. Writer", "2024-10-31T12:00:00Z", "KP")
    assert (rich["is_accessible_for_free"], rich["geopolitics"], rich["summary"]) == ("false", "0.75", "")
    assert (formula["title"], formula["text"], formula["authors"]) == ("'=HYPERLINK(\"http://evil\")", "'-1 degrees", "'@writer")
    assert report.guarded == 3


@pytest.mark.extras
def test_parquet_is_read_with_its_types(filled: Store, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    filled.export(tmp_path / "out.parquet", order="oldest", since="2024")
    filled.export(tmp_path / "all.parquet")
    (row,) = parquet.read_table(tmp_path / "out.parquet").to_pylist()
    assert row["published_at"] == datetime(2024, 10, 31, 12, tzinfo=UTC)
    assert (row["authors"], row["geopolitics"], row["is_accessible_for_free"]) == (["A. Writer", "B. Writer"], 0.75, False)
    assert row["removals"] == [{"rule": "nav.prev-next", "evidence": "label", "text": "PREV"}]
    table = parquet.read_table(tmp_path / "all.parquet")
    assert table.num_rows == 2
    assert table.column("title").to_pylist()[1] == '=HYPERLINK("http://evil")'  # no spreadsheet, no guard


def test_without_pyarrow_it_is_said_how_to_get_it(filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    monkeypatch.delitem(__import__("sys").modules, "storage.export.parquet", raising=False)
    with pytest.raises(ExportError, match="pip install pyarrow"):
        filled.export(tmp_path / "out.parquet")
    assert sorted(path.name for path in tmp_path.glob("*out*")) == []


def test_a_database_is_a_store_of_the_selection(filled: Store, tmp_path: Path) -> None:
    filled.connection.execute("INSERT INTO runs (started_at, state) VALUES ('2024-10-31T12:00:00Z', 'done')")
    report = filled.export(tmp_path / "out.db", "朝鮮")
    assert report.articles == 1
    assert sorted(path.name for path in tmp_path.glob("*out*")) == ["out.db"]
    database = sqlite_utils.Database(tmp_path / "out.db")
    assert [row["uid"] for row in database["articles"].rows] == [filled.connection.execute("SELECT uid FROM news").fetchone()[0]]
    assert database["articles"].detect_fts() == "articles_fts"
    assert {row["name"] for row in database["authors"].rows} == {"A. Writer", "B. Writer"}
    assert database["revisions"].count == 1
    assert database["runs"].count == 0
    database.close()
    with Store(tmp_path / "out.db") as copy:
        assert list(copy.search("朝鮮")) == [filled.get(1)]
        copy.connection.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
        assert copy.connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert copy.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_database_of_everything_is_the_whole_store(filled: Store, tmp_path: Path) -> None:
    filled.export(tmp_path / "out.db", include_rejected=True)
    with Store(tmp_path / "out.db", read_only=True) as copy:
        assert [copy.get(number) for number in (1, 2, 3)] == [filled.get(number) for number in (1, 2, 3)]
        for table in ("sightings", "removals", "removal_texts", "article_countries", "article_flags", "revisions", "details"):
            ours, theirs = (s.connection.execute(f"SELECT * FROM {table}").fetchall() for s in (filled, copy))
            assert ours == theirs, table


@pytest.mark.extras
def test_datasette_opens_the_database(filled: Store, tmp_path: Path) -> None:
    app = pytest.importorskip("datasette.app")
    import asyncio

    filled.export(tmp_path / "out.db")
    datasette = app.Datasette([str(tmp_path / "out.db")])

    async def ask() -> tuple[list[str], list[str]]:
        await datasette.invoke_startup()
        found = await datasette.client.get("/out/articles.json?_search=frank&_shape=array&_col=title")
        listed = await datasette.client.get("/out.json")
        return [row["title"] for row in found.json()], [table["name"] for table in listed.json()["tables"]]

    titles, tables = asyncio.run(ask())
    assert titles == ['Talks, "frank"\nand long']
    assert "articles" in tables


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet", "db"])
def test_nothing_found_is_an_empty_file_of_its_form(filled: Store, tmp_path: Path, suffix: str) -> None:
    if suffix == "parquet":
        pytest.importorskip("pyarrow")
    report = filled.export(tmp_path / f"out.{suffix}", "nothing like it")
    assert report.articles == 0
    assert (tmp_path / f"out.{suffix}").exists()


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet", "db"])
def test_an_interrupted_export_leaves_the_old_file_and_nothing_else(filled: Store, tmp_path: Path, suffix: str) -> None:
    if suffix == "parquet":
        pytest.importorskip("pyarrow")
    target = tmp_path / f"out.{suffix}"
    if suffix != "db":
        target.write_text("the old export")
    before = sorted(path.name for path in tmp_path.iterdir())
    seen: list[int] = []

    def stop_at_the_second() -> None:
        seen.append(1)
        if len(seen) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(filled, target, Filters(), on_article=stop_at_the_second)
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert suffix == "db" or target.read_text() == "the old export"


def test_a_store_is_never_overwritten(filled: Store, tmp_path: Path, make: Make) -> None:
    with Store(tmp_path / "other.db") as other:
        other.save(make("precious"))
    with pytest.raises(ExportError, match="never overwritten"):
        filled.export(tmp_path / "other.db")
    os.link(filled.path, tmp_path / "link.jsonl")
    with pytest.raises(ExportError, match="the store itself"):
        filled.export(tmp_path / "link.jsonl")


@pytest.mark.parametrize("name", ["out.txt", "out", "out.gz"])
def test_an_unknown_form_is_said(filled: Store, tmp_path: Path, name: str) -> None:
    with pytest.raises(QueryError, match=r"\.jsonl, \.csv, \.parquet, \.db"):
        filled.export(tmp_path / name)


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet", "db"])
def test_a_folder_that_is_not_there_is_said(filled: Store, tmp_path: Path, suffix: str) -> None:
    with pytest.raises(StorageError) as failed:
        filled.export(tmp_path / "nowhere" / f"out.{suffix}")
    assert "\n" not in str(failed.value)
    assert ".part" not in str(failed.value)


def test_the_same_store_gives_the_same_bytes(filled: Store, tmp_path: Path) -> None:
    for suffix in ("jsonl", "csv"):
        for number in (1, 2):
            filled.export(tmp_path / f"{number}.{suffix}")
        assert (tmp_path / f"1.{suffix}").read_bytes() == (tmp_path / f"2.{suffix}").read_bytes()
