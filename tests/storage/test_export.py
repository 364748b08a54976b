"""What every form of export promises, and the four that a store began with; test_export_readers.py has the rest."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import sqlite_utils
import zstandard

from cleaning.models import Article, Block, Candidate, Image, Link, Removal, Rights
from storage import Filters, Store
from storage.doctor import examine
from storage.errors import ExportError, QueryError, StorageError
from storage.export import Form, export
from storage.schema.selection import CRAWL, is_selection

Make = Callable[..., Article]


_FORMS: list[Any] = [
    ("jsonl", "out.jsonl"), ("jsonl", "out.jsonl.gz"), ("jsonl", "out.jsonl.zst"), ("csv", "out.csv"), ("db", "out.db"),
    ("atom", "out.atom"), ("jsonld", "out.jsonld"), ("markdown", "out"),
    pytest.param("parquet", "out.parquet", marks=pytest.mark.extras),
    pytest.param("huggingface", "out", marks=pytest.mark.extras),
]  # fmt: skip
every_form = pytest.mark.parametrize(("form", "name"), _FORMS)


def test_jsonl_gives_the_articles_back(filled: Store, tmp_path: Path) -> None:
    report = filled.export(tmp_path / "out.jsonl")
    lines = (tmp_path / "out.jsonl").read_text("utf-8").split("\n")
    assert lines.pop() == ""
    assert [Article.from_record(json.loads(line)) for line in lines] == list(filled.search())
    assert json.loads(lines[0])["uid"] == filled.connection.execute("SELECT uid FROM articles WHERE id = 1").fetchone()[0]
    assert (report.articles, report.bytes) == (2, (tmp_path / "out.jsonl").stat().st_size)


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


def test_a_database_has_the_selection_with_its_history_and_search(filled: Store, tmp_path: Path) -> None:
    report = filled.export(tmp_path / "out.db", "朝鮮")
    assert report.articles == 1
    assert sorted(path.name for path in tmp_path.glob("*out*")) == ["out.db", "out.db.manifest.json"]
    database = sqlite_utils.Database(tmp_path / "out.db")
    assert [row["uid"] for row in database["articles"].rows] == [filled.connection.execute("SELECT uid FROM news").fetchone()[0]]
    assert database["articles"].detect_fts() == "articles_fts"
    assert {row["name"] for row in database["authors"].rows} == {"A. Writer", "B. Writer"}
    assert database["revisions"].count == 1
    database.close()
    with Store(tmp_path / "out.db", read_only=True) as copy:
        assert list(copy.search("朝鮮")) == [filled.get(1)]
        assert copy.facets("author", "朝鮮")[0].articles == 1
        assert copy.stats()["frontier"] == {}
        assert copy.connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert copy.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    findings = list(examine(tmp_path / "out.db", full=True))
    assert [finding for finding in findings if finding.state == "wrong"] == []
    assert "a selection without the memory of a crawl" in " ".join(finding.says for finding in findings)
    assert tables(tmp_path / "out.db") & {*CRAWL} == set()  # looking at it has not changed it


def tables(path: Path) -> set[str]:
    """The tables and views of a database that are not SQLite's or the search index's own."""
    database = sqlite_utils.Database(path)
    names = {*database.table_names(), *database.view_names()}
    database.close()
    return {name for name in names if not name.startswith(("articles_fts", "_sqlite", "sqlite_"))}


@pytest.fixture
def crawled(filled: Store) -> Store:
    """As `filled`, with something in each of the crawl's tables."""
    with filled.transaction() as db:
        db.execute("INSERT INTO runs (id, started_at, state) VALUES (1, '2024-10-31T12:00:00Z', 'done')")
        db.execute("INSERT INTO run_sources (run_id, source) VALUES (1, 'bbc')")
        db.execute("INSERT INTO endpoints (url, source, kind) VALUES ('https://example.org/feed', 'bbc', 'feed')")
        db.execute("INSERT INTO frontier (url_key, url, source, state, discovered_at) VALUES ('k', 'u', 'bbc', 'queued', '2024')")
        db.execute("INSERT INTO robots VALUES ('https://example.org', '2024', 404, x'')")
        db.execute("INSERT INTO forgotten VALUES ('h', '2024')")
        db.execute("INSERT INTO article_flags VALUES (1, 'truncated', NULL)")
    return filled


def test_a_database_of_a_selection_has_all_but_the_crawls_own(crawled: Store, tmp_path: Path) -> None:
    crawled.export(tmp_path / "out.db")
    assert tables(tmp_path / "out.db") == tables(crawled.path) - {*CRAWL}
    with closing(sqlite3.connect(tmp_path / "out.db")) as copy:
        for table in tables(tmp_path / "out.db"):
            assert copy.execute(f"SELECT count(*) FROM {table}").fetchone()[0] > 0, table
        (sql,) = copy.execute("SELECT group_concat(sql) FROM sqlite_master").fetchone()
        assert not [table for table in CRAWL if table in sql]


def test_whoever_writes_to_a_selection_has_a_whole_store(crawled: Store, make: Make, tmp_path: Path) -> None:
    crawled.export(tmp_path / "out.db")
    with Store(tmp_path / "out.db") as copy:
        assert copy.save(make("new")).outcome == "new"
        assert not copy.is_forgotten("k")
        with Store(tmp_path / "new.db") as new:
            schema = "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2"
            assert copy.connection.execute(schema).fetchall() == new.connection.execute(schema).fetchall()
        lines = "SELECT host, line, pages FROM site_lines ORDER BY 1, 2"
        with Store(tmp_path / "again.db") as again:
            list(again.save_all((article, None) for article in [*crawled.search(order="oldest"), make("new")]))
            assert copy.connection.execute(lines).fetchall() == again.connection.execute(lines).fetchall() != []
        assert not is_selection(copy.connection)
    assert list(tmp_path.glob("*backup*")) == []


def test_a_database_of_everything_is_the_whole_store(crawled: Store, make: Make, tmp_path: Path) -> None:
    saved = []

    def meanwhile() -> None:
        if not saved:
            with Store(crawled.path) as other:
                saved.append(other.save(make("late")))

    report = export(crawled, tmp_path / "out.db", Filters(include_rejected=True), on_article=meanwhile)
    assert report.articles == 3
    assert crawled.count(include_rejected=True) == 4
    with Store(tmp_path / "out.db", read_only=True) as copy:
        assert [copy.get(number) for number in (1, 2, 3, 4)] == [*(crawled.get(number) for number in (1, 2, 3)), None]
        assert list(copy.search("朝鮮")) == [crawled.get(1)]
        for table in tables(crawled.path) - {"articles", "details", "news", "sightings", "site_lines"}:
            ours, theirs = (s.connection.execute(f"SELECT * FROM {table}").fetchall() for s in (crawled, copy))
            assert ours == theirs != [], table
    assert sorted(path.name for path in tmp_path.glob("*out*")) == ["out.db", "out.db.manifest.json"]
    crawled.export(tmp_path / "again.db", include_rejected=True)
    crawled.export(tmp_path / "again2.db", include_rejected=True)
    assert (tmp_path / "again.db").read_bytes() == (tmp_path / "again2.db").read_bytes()


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


def contents(path: Path) -> dict[str, bytes]:
    """What is in a file, or in all files of a folder, by name; compressed files as they were before."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return {file.relative_to(path.parent).as_posix(): unpacked(file) for file in files if file.is_file()}


def unpacked(file: Path) -> bytes:
    content = file.read_bytes()
    if file.suffix == ".gz":
        return gzip.decompress(content)
    return zstandard.ZstdDecompressor().decompressobj().decompress(content) if file.suffix == ".zst" else content


def manifest_of(path: Path) -> dict[str, Any]:
    place = path / "manifest.json" if path.is_dir() else path.with_name(path.name + ".manifest.json")
    found: dict[str, Any] = json.loads(place.read_text("utf-8"))
    return found


@every_form
def test_nothing_found_is_an_empty_export_of_its_form(filled: Store, tmp_path: Path, form: Form, name: str) -> None:
    report = filled.export(tmp_path / name, "nothing like it", form=form)
    assert (report.articles, report.reserved) == (0, 0)
    assert (tmp_path / name).exists()
    assert manifest_of(tmp_path / name)["articles"] == 0


@every_form
def test_the_manifest_says_what_was_asked_counted_and_written(filled: Store, tmp_path: Path, form: Form, name: str) -> None:
    report = filled.export(tmp_path / name, "talks OR degrees", form=form, order="newest")
    about = json.loads(report.manifest.read_text("utf-8"))
    assert about == manifest_of(tmp_path / name)
    assert (about["format"], about["articles"], report.articles) == (form, 2, 2)
    assert about["query"] == {"query": "talks OR degrees", "order": "newest"}
    assert (about["first_published_at"], about["last_published_at"]) == ("2024-10-31T12:00:00Z", "2024-10-31T12:00:00Z")
    assert about["versions"]["copydesk"] == version("copydesk")
    assert about["versions"]["cleaning"] == {"": 2}
    base = tmp_path / name if (tmp_path / name).is_dir() else tmp_path
    assert about["files"]
    for file in about["files"]:
        content = (base / file["name"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())


@every_form
def test_an_interrupted_export_leaves_the_old_one_and_nothing_else(
    filled: Store, tmp_path: Path, form: Form, name: str
) -> None:  # fmt: skip
    if form != "db":
        filled.export(tmp_path / name, "frank", form=form)
    before = contents(tmp_path)
    seen: list[int] = []

    def stop_at_the_second() -> None:
        seen.append(1)
        if len(seen) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(filled, tmp_path / name, Filters(), form=form, on_article=stop_at_the_second)
    assert {name: content for name, content in contents(tmp_path).items() if "news.db" not in name} == {
        name: content for name, content in before.items() if "news.db" not in name
    }


@every_form
def test_the_same_store_and_question_give_the_same_bytes(filled: Store, tmp_path: Path, form: Form, name: str) -> None:
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        filled.export(tmp_path / folder / name, form=form)
    first, second = ((tmp_path / folder / name) for folder in ("first", "second"))
    assert manifest_of(first) == manifest_of(second)
    for one, other in zip(sorted(first.parent.rglob("*")), sorted(second.parent.rglob("*")), strict=True):
        assert one.relative_to(first.parent) == other.relative_to(second.parent)
        assert one.is_dir() or one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("rights", [Rights(tdm_reservation=True), Rights(noai=True), Rights(robots=("noindex",))])
@every_form
def test_what_opts_out_is_left_out_and_named(
    store: Store, make: Make, tmp_path: Path, form: Form, name: str, rights: Rights
) -> None:
    store.save(make("open"))
    store.save(make("reserved", title="Not for mining", rights=rights))
    report = store.export(tmp_path / name, form=form)
    if form == "db":  # a store, not a dataset
        assert (report.articles, report.reserved, manifest_of(tmp_path / name)["reserved_included"]) == (2, 0, True)
        return
    assert (report.articles, report.reserved) == (1, 1)
    about = manifest_of(tmp_path / name)
    assert (about["reserved_included"], [left["url"] for left in about["left_out"]]) == (False, ["https://example.org/reserved"])
    assert about["left_out"][0]["uid"] == store.connection.execute("SELECT uid FROM articles WHERE id = 2").fetchone()[0]
    (tmp_path / "again").mkdir()
    everything = store.export(tmp_path / "again" / name, form=form, include_reserved=True)
    assert (everything.articles, everything.reserved) == (2, 0)
    about = manifest_of(tmp_path / "again" / name)
    assert (about["reserved_included"], about["left_out"]) == (True, [])


@every_form
def test_without_text_nothing_that_was_written_is_there(store: Store, make: Make, tmp_path: Path, form: Form, name: str) -> None:
    store.save(make(
        "a", title="A headline", text="SECRET one.\n\nSECRET two.", summary="SECRET teaser",
        blocks=(Block(text="SECRET one."), Block(kind="caption", text="SECRET caption"), Block(text="SECRET two.")),
        images=(Image(url="https://example.org/1.jpg", caption="SECRET caption", credit="SECRET"),),
        links=(Link(url="https://example.org/b", text="SECRET link"),),
        flags=("truncated",), flag_evidence={"truncated": "SECRET"},
        candidates=(Candidate(field="summary", value="SECRET teaser", source="meta", chosen=True),),
        removals=(Removal(rule="nav.prev-next", evidence="SECRET", text="SECRET line", before_block=0),),
    ))  # fmt: skip
    if form == "db":
        with pytest.raises(QueryError, match="a store has its texts"):
            store.export(tmp_path / name, form=form, text=False)
        return
    store.export(tmp_path / name, form=form, text=False)
    raw = b"".join(contents(tmp_path / name).values())
    if form in ("parquet", "huggingface"):
        import pyarrow.parquet

        (file,) = (tmp_path / name).rglob("*.parquet") if form == "huggingface" else [tmp_path / name]
        raw += json.dumps(pyarrow.parquet.read_table(file).to_pylist(), default=str).encode()
    assert b"SECRET" not in raw
    assert b"A headline" in raw
    assert b"https://example.org/a" in raw
    if form not in ("atom", "jsonld"):  # which have no word for it
        (digest,) = store.connection.execute("SELECT content_hash FROM articles").fetchone()
        assert digest.encode() in raw


def test_a_store_is_never_overwritten(filled: Store, tmp_path: Path, make: Make) -> None:
    with Store(tmp_path / "other.db") as other:
        other.save(make("precious"))
    with pytest.raises(ExportError, match="never overwritten"):
        filled.export(tmp_path / "other.db")
    os.link(filled.path, tmp_path / "link.jsonl")
    with pytest.raises(ExportError, match="the store itself"):
        filled.export(tmp_path / "link.jsonl")


def test_a_folder_is_replaced_only_if_it_is_an_export(filled: Store, tmp_path: Path) -> None:
    filled.export(tmp_path / "notes", form="markdown")
    filled.export(tmp_path / "notes", "degrees", form="markdown")
    assert len(list((tmp_path / "notes").rglob("*.md"))) == 1
    (tmp_path / "mine").mkdir()
    filled.export(tmp_path / "mine", form="markdown")
    (tmp_path / "mine" / "manifest.json").unlink()
    with pytest.raises(ExportError, match="exists and is no export"):
        filled.export(tmp_path / "mine", form="markdown")
    (tmp_path / "file").write_text("precious")
    with pytest.raises(ExportError, match="a file, and this form of export is a folder"):
        filled.export(tmp_path / "file", form="markdown")
    assert sorted(path.name for path in tmp_path.iterdir() if "news" not in path.name) == ["file", "mine", "notes"]


@pytest.mark.parametrize("name", ["out.txt", "out", "out.gz", "out.parquet.gz", "out.db.zst"])
def test_an_unknown_form_is_said(filled: Store, tmp_path: Path, name: str) -> None:
    with pytest.raises(QueryError, match=r"\.jsonl, \.csv, \.parquet, \.db"):
        filled.export(tmp_path / name)


@every_form
def test_a_folder_that_is_not_there_is_said(filled: Store, tmp_path: Path, form: Form, name: str) -> None:
    with pytest.raises(StorageError) as failed:
        filled.export(tmp_path / "nowhere" / name, form=form)
    assert "\n" not in str(failed.value)
    assert ".part" not in str(failed.value)


@pytest.mark.parametrize(
    ("fields", "text", "reason"),
    [
        ("title,colour", True, "there is no field 'colour' here: choose among uid, "),
        ("title:", True, "the new name is missing"),
        ("title,summary:title", True, "two fields would have the name 'title'"),
        ("title,text", False, "'text' is what --no-text leaves out"),
        ("", True, "there is no field ''"),
    ],
)
@pytest.mark.parametrize("name", ["out.jsonl", "out.csv"])
def test_fields_that_cannot_be_are_said(filled: Store, tmp_path: Path, name: str, fields: str, text: bool, reason: str) -> None:
    with pytest.raises(QueryError, match=re.escape(reason)):
        filled.export(tmp_path / name, fields=fields, text=text)
    assert list(tmp_path.glob("*out*")) == []


@pytest.mark.parametrize("name", ["out.db", "out.atom", "out.jsonld"])
def test_a_form_with_a_shape_of_its_own_takes_no_fields(filled: Store, tmp_path: Path, name: str) -> None:
    with pytest.raises(QueryError, match="has a shape of its own"):
        filled.export(tmp_path / name, fields="title")
