"""Every form of export is read back by its own well-known reader."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
import trafilatura
from lxml import etree

from cleaning.models import Article, Block, Image, Rights
from storage import Store
from storage.export import Form

Make = Callable[..., Article]
TITLES = ['Talks, "frank"\nand long', '=HYPERLINK("http://evil")']
PUBLISHED = datetime(2024, 10, 31, 12, tzinfo=UTC)


def reader(name: str) -> Any:
    """A library that only these tests need; `make install` brings it with its EXTRAS."""
    return pytest.importorskip(name, reason=f"{name} is not installed: the extra `checks` brings it")


@pytest.mark.extras
@pytest.mark.parametrize("suffix", ["jsonl", "jsonl.gz", "jsonl.zst"])
def test_pandas_reads_json_lines(filled: Store, tmp_path: Path, suffix: str) -> None:
    pandas = reader("pandas")
    filled.export(tmp_path / f"out.{suffix}")
    frame = pandas.read_json(tmp_path / f"out.{suffix}", lines=True)
    assert list(frame.title) == TITLES
    assert pandas.to_datetime(frame.published_at)[0] == PUBLISHED
    assert [Article.from_record(json.loads(line)) for line in frame.to_json(orient="records", lines=True, date_format="iso")
            .splitlines()][1].text == "-1 degrees"  # fmt: skip


@pytest.mark.extras
@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "csv.zst"])
def test_pandas_reads_csv(filled: Store, tmp_path: Path, suffix: str) -> None:
    pandas = reader("pandas")
    filled.export(tmp_path / f"out.{suffix}", fields="title,text,published_at:date,geopolitics")
    frame = pandas.read_csv(tmp_path / f"out.{suffix}", parse_dates=["date"])
    assert list(frame.columns) == ["title", "text", "date", "geopolitics"]
    assert list(frame.title) == [TITLES[0], "'" + TITLES[1]]
    assert (frame.date[0], frame.geopolitics[0], frame.text[0]) == (PUBLISHED, 0.75, "Erste Zeile.\n\n北朝鮮の首都。")


@pytest.mark.extras
def test_pandas_and_pyarrow_read_parquet(filled: Store, tmp_path: Path) -> None:
    pandas, parquet = reader("pandas"), pytest.importorskip("pyarrow.parquet")
    filled.export(tmp_path / "out.parquet")
    frame = pandas.read_parquet(tmp_path / "out.parquet")
    assert list(frame.title) == TITLES
    assert str(frame.dtypes["published_at"]).startswith("datetime64[ms, UTC")
    filled.export(tmp_path / "few.parquet", fields="title,text,published_at:date,removals:removed")
    file = parquet.ParquetFile(tmp_path / "few.parquet")
    assert file.schema_arrow.names == ["title", "text", "date", "removed"]
    assert str(file.schema_arrow.field("date").type) == "timestamp[ms, tz=UTC]"
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    assert file.read().to_pylist()[0]["date"] == PUBLISHED


@pytest.mark.extras
def test_parquet_is_written_in_row_groups(store: Store, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr("storage.export.parquet.ROW_GROUP", 2)
    for number in range(5):
        store.save(make(str(number)))
    store.export(tmp_path / "out.parquet")
    metadata = parquet.ParquetFile(tmp_path / "out.parquet").metadata
    assert [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)] == [2, 2, 1]


@pytest.mark.extras
def test_datasets_reads_the_folder_offline(filled: Store, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("storage.export.huggingface.SHARD", 2)
    reader("datasets")
    import datasets
    from huggingface_hub import DatasetCard

    rights = Rights(tdm_reservation=False, licence="CC-BY-4.0")
    filled.save(make("free", rights=rights, language="pt-BR", rules_version="2026.1"))
    report = filled.export(tmp_path / "set", form="huggingface")
    assert report.articles == 3
    assert sorted(file.name for file in (tmp_path / "set").rglob("*.*")) == [
        "README.md", "manifest.json", "train-00000-of-00002.parquet", "train-00001-of-00002.parquet",
    ]  # fmt: skip
    found = datasets.load_dataset(str(tmp_path / "set"), split="train", cache_dir=str(tmp_path / "cache"))
    assert set(found["title"]) == {*TITLES, "Envoys meet in Geneva"}
    assert found.features["published_at"].dtype == "timestamp[ms, tz=UTC]"
    (rich,) = (row for row in found if row["source"] == "bbc")
    assert rich["removals"] == [{"rule": "nav.prev-next", "evidence": "label", "text": "PREV"}]

    card = DatasetCard.load(tmp_path / "set" / "README.md")
    assert card.data.language == ["de", "en", "pt"]
    assert card.data.size_categories == ["n<1K"]
    for row in (
        "| bbc | 1 |", "| de (German) | 1 |", "| pt-BR (Portuguese (Brazil)) | 1 |", "| 2024-10 | 1 |", "| unknown | 2 |",
        "| nothing stated | 2 |", "| text and data mining allowed; licence CC-BY-4.0 | 1 |", "| 2026.1 | 1 |",
    ):  # fmt: skip
        assert row in card.text, row
    assert "3 articles, a row each: every article of the store." in card.text


def test_feedparser_reads_the_feed(filled: Store, make: Make, tmp_path: Path) -> None:
    blocks = (Block(text="One & <b>two</b>."), Block(kind="list_item", text="a"), Block(kind="list_item", text="b"))
    filled.save(make("c", title="<i>Plain</i> \uffff", blocks=blocks, summary="Teaser", language="ar", tags=("x", "y")))
    filled.export(tmp_path / "out.atom", order="oldest")
    feed = feedparser.parse(io.BytesIO((tmp_path / "out.atom").read_bytes()))
    assert (feed.bozo, feed.version) == (False, "atom10")
    assert (feed.feed.title, feed.feed.subtitle, feed.feed.updated) == ("Copydesk", "order: oldest", "2024-10-31T12:00:00Z")
    entry = next(entry for entry in feed.entries if entry.link.endswith("/rich"))
    assert (entry.title, entry.published) == (TITLES[0], "2024-10-31T12:00:00Z")
    assert [author.name for author in entry.authors] == ["A. Writer", "B. Writer"]
    assert entry.content[0].value == "<p>Erste Zeile.</p><p>北朝鮮の首都。</p>"
    other = next(entry for entry in feed.entries if entry.link.endswith("/c"))
    assert (other.title_detail.type, other.title.strip()) == ("text/plain", "<i>Plain</i>")
    assert other.content[0].value == "<p>One &amp; &lt;b&gt;two&lt;/b&gt;.</p><ul><li>a</li><li>b</li></ul>"
    assert (other.content[0].language, [tag.term for tag in other.tags], other.summary) == ("ar", ["x", "y"], "Teaser")
    assert len({entry.id for entry in feed.entries}) == 3


def test_every_entry_has_what_atom_demands(filled: Store, make: Make, tmp_path: Path) -> None:
    filled.save(Article(url_key="text:1", text="No address, no title."))
    filled.export(tmp_path / "out.atom")
    space = {"a": "http://www.w3.org/2005/Atom"}
    root = etree.parse(tmp_path / "out.atom").getroot()
    entries = root.findall("a:entry", space)
    assert len(entries) == 3
    for element in (root, *entries):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"a:{name}", space)) == 1, name
    assert all(entry.findall("a:author/a:name", space) for entry in entries)


def test_json_ld_is_read_as_news_articles(filled: Store, make: Make, tmp_path: Path) -> None:
    filled.save(make("live", article_type="LiveBlogPosting", images=(Image(url="https://example.org/1.jpg", credit="AFP"),),
                     rights=Rights(licence="CC-BY-4.0"), publisher="The Paper", agency="AFP"))  # fmt: skip
    filled.export(tmp_path / "out.jsonld", order="oldest")
    text = (tmp_path / "out.jsonld").read_text("utf-8")
    document = json.loads(text)
    assert document["@context"] == "https://schema.org"
    by_url = {node["url"].rsplit("/", 1)[1]: node for node in document["@graph"]}
    assert by_url["rich"]["author"] == [{"@type": "Person", "name": "A. Writer"}, {"@type": "Person", "name": "B. Writer"}]
    assert (by_url["rich"]["datePublished"], by_url["rich"]["isAccessibleForFree"]) == ("2024-10-31T12:00:00Z", False)
    assert "headline" in by_url["formula"]
    assert "dateModified" not in by_url["formula"]
    assert (by_url["live"]["@type"], by_url["live"]["license"]) == ("LiveBlogPosting", "CC-BY-4.0")
    assert by_url["live"]["image"] == [{"@type": "ImageObject", "url": "https://example.org/1.jpg", "creditText": "AFP"}]
    # A reader of such pages takes authors and date from it.
    one = json.dumps({"@context": document["@context"], **by_url["rich"]})
    page = f'<html><head><script type="application/ld+json">{one}</script></head><body><p>Text.</p></body></html>'
    found = trafilatura.extract_metadata(page)
    assert (found.author, found.date) == ("A Writer; B Writer", "2024-10-31")


def test_json_ld_is_a_line_an_article(filled: Store, tmp_path: Path) -> None:
    filled.export(tmp_path / "out.jsonld")
    first, *lines, last = (tmp_path / "out.jsonld").read_text("utf-8").splitlines()
    assert [json.loads(line.rstrip(","))["@type"] for line in lines] == ["NewsArticle", "NewsArticle"]
    assert json.loads(first + last) == {"@context": "https://schema.org", "@graph": []}


def test_markdown_is_a_folder_of_notes(filled: Store, make: Make, tmp_path: Path) -> None:
    filled.save(make("long", title="日本 " * 200 + "/../x", text="x", published_at=datetime(2025, 2, 3, tzinfo=UTC)))
    filled.export(tmp_path / "notes", form="markdown")
    notes = {note.relative_to(tmp_path / "notes").as_posix(): note.read_text("utf-8") for note in tmp_path.rglob("*.md")}
    assert len(notes) == 3
    (name,) = (name for name in notes if name.startswith("2024-10/"))
    (uid,) = filled.connection.execute("SELECT uid FROM articles WHERE id = 1").fetchone()
    assert name == f"2024-10/2024-10-31-talks-frank-and-long-{uid}.md"
    head, body = notes[name].removeprefix("---\n").split("\n---\n", 1)
    facts = {line.partition(": ")[0]: json.loads(line.partition(": ")[2]) for line in head.splitlines()}
    assert (facts["uid"], facts["title"], facts["authors"]) == (uid, TITLES[0], ["A. Writer", "B. Writer"])
    assert body.strip().endswith("Erste Zeile.\n\n北朝鮮の首都。")
    assert all(len(Path(name).name.encode()) < 200 and len(Path(name).parts) == 2 for name in notes)
    sums = dict(reversed(line.split("  ")) for line in (tmp_path / "notes/SHA256SUMS").read_text("utf-8").splitlines())
    assert sums == {name: hashlib.sha256(text.encode()).hexdigest() for name, text in notes.items()}


@pytest.mark.extras
def test_front_matter_is_yaml(filled: Store, tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml")
    filled.export(tmp_path / "notes", form="markdown")
    for note in tmp_path.rglob("*.md"):
        facts = yaml.safe_load(note.read_text("utf-8").split("---\n")[1])
        assert facts["title"] in TITLES


def test_fields_are_picked_and_renamed(filled: Store, tmp_path: Path) -> None:
    filled.export(tmp_path / "out.jsonl", fields="title, published_at:date,countries,geopolitics,content_hash:hash")
    first = json.loads((tmp_path / "out.jsonl").read_text("utf-8").splitlines()[0])
    assert list(first) == ["title", "date", "countries", "geopolitics", "hash"]
    assert (first["date"], first["countries"], first["geopolitics"]["score"]) == ("2024-10-31T12:00:00Z", ["KP"], 0.75)
    filled.export(tmp_path / "out.csv", fields=["url:=link", "uid"])
    assert (tmp_path / "out.csv").read_text("utf-8").splitlines()[0] == "'=link,uid"


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_form_can_be_named_whatever_the_suffix(filled: Store, tmp_path: Path, form: Form) -> None:
    filled.export(tmp_path / "out.txt", form=form)
    filled.export(tmp_path / f"out.{form}")
    assert (tmp_path / "out.txt").read_bytes() == (tmp_path / f"out.{form}").read_bytes()
