"""Section pages: which of their links are taken for articles, and how a crawl and `sources add` use them."""

from __future__ import annotations

import sqlite3
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from crawler.agenda import next_due
from crawler.cli import register
from crawler.discovery.sections import read_section
from crawler.run import crawl
from crawler.when import clock
from storage import Store
from storage.config import Config

APP = typer.Typer()
register(APP)
PAGE = "https://www.news.example/world/"


def links(*hrefs: str, base: str = "", footer: str = "") -> bytes:
    anchors = "".join(f'<li><a href="{href}">Something happened</a></li>' for href in hrefs)
    foot = f'<footer><a href="{footer}">about</a></footer>' if footer else ""
    return f"<html><head>{base}</head><body><ul>{anchors}</ul>{foot}</body></html>".encode()


@pytest.mark.parametrize("href", [
    "/world/ministers-meet-over-border-treaty", "story-of-a-long-river-war.html", "/a/12345678", "/2024/03/05/treaty/",
    "https://news.example/world/ministers-meet-over-treaty", "//m.news.example/ministers-meet-over-treaty",
    "/2024/mar/05/grain-deal", "/%D0%BF%D1%83%D1%82%D1%8C-%D0%BA-%D0%BC%D0%B8%D1%80%D1%83-%D0%B4%D0%BE%D0%BB%D0%B3%D0%B8%D0%B9",
])  # fmt: skip
def test_links_that_look_like_articles_are_taken(href: str) -> None:
    found = read_section(links(href), PAGE)
    assert found.usable
    assert len(found.links) == 1


@pytest.mark.parametrize("href", [
    "/", "/world", "/world/?utm_source=menu", "/tag/peace", "https://other.example/ministers-meet-over-border-treaty",
    "javascript:void(0)", "mailto:desk@news.example", "/photos/ministers-meet-over-treaty.jpg", "#ministers-meet-over-treaty",
    "http://[broken/ministers-meet-over-border-treaty", "https://blog.news.example/ministers-meet-over-border-treaty", "",
])  # fmt: skip
def test_others_are_not_and_a_page_without_any_says_so(href: str) -> None:
    found = read_section(links(href, footer="/terms-of-use-and-more"), PAGE)
    assert found.links == []
    assert not found.usable
    assert found.problems == ["a page without links to articles"]


def test_each_address_is_taken_once_and_on_the_pages_own_base() -> None:
    body = links("a-story-of-four-words", "/news/a-story-of-four-words#c", base='<base href="/news/">')
    assert [link.url for link in read_section(body, PAGE).links] == ["https://www.news.example/news/a-story-of-four-words"]


@pytest.mark.parametrize("body", [b"", b"\x00\xff\xfe", b"<", b"{}", b"<a href='" + b"x" * 100_000])
def test_no_body_breaks_the_reader(body: bytes) -> None:
    assert not read_section(body, PAGE).usable


def test_a_crawl_reads_section_pages_conditionally_and_knows_when_they_are_due(web: Any, home: Path) -> None:
    for path in ("/ministers-meet-over-border-treaty", "/commission-begins-its-work-today"):
        web.article(path, f"A headline: {path[1:]}")
    web.answer("/world", 200, links("/ministers-meet-over-border-treaty", "/commission-begins-its-work-today", "/tag/peace"))
    web.answer("/wall", 200, b"<html><body>Please accept</body></html>")
    config = Config(db=home / "n.db")
    source = web.source(feeds=(), sections=(f"{web.base}/world", f"{web.base}/wall"))
    with Store(config.db) as store:
        due = next_due(store, [source])
        assert due is not None
        assert due <= clock()
    first = crawl(config, [source])
    assert (first.state, first.sources[0].new) == ("done", 2)
    assert "without links to articles" in str(first.sources[0].error)
    with Store(config.db) as store:
        due = next_due(store, [source])
        assert due is not None
        assert due > clock()
    web.forget()
    second = crawl(config, [source])
    assert (second.sources[0].not_modified, second.total("new")) == (1, 0)
    assert [path for path in web.paths() if path != "/robots.txt"] == ["/world", "/wall"]
    with sqlite3.connect(config.db) as db:
        assert db.execute("SELECT kind, failures FROM endpoints ORDER BY url").fetchall() == [("section", 2), ("section", 0)]


def test_add_takes_a_page_of_links_where_there_is_no_feed(web: Any, home: Path) -> None:
    run = CliRunner()
    assert run.invoke(APP, ["init"]).exit_code == 0
    web.answer("/world", 200, links(*(f"/story-number-{word}-of-five" for word in ("one", "two", "three", "four", "five"))))
    added = run.invoke(APP, ["sources", "add", f"{web.base}/world", "--id", "pages"])
    assert added.exit_code == 0, added.output
    (source,) = tomllib.loads((home / "sources.toml").read_text())["source"]
    assert source["sections"] == [f"{web.base}/world"]
    checked = run.invoke(APP, ["sources", "check", "--json"])
    assert checked.exit_code == 0, checked.output
    assert '"kind": "section"' in checked.stdout
    assert '"entries": 5' in checked.stdout
