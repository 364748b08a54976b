"""Addresses of an article: redirects that led to it, and what it calls itself."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from cleaning import Page, clean
from crawler.run import crawl
from storage import Store
from storage.config import Config

HERE = "https://www.news.example/world/treaty"


@pytest.mark.parametrize(("said", "believed"), [
    ("/world/treaty-of-the-river", True), ("https://news.example/world/treaty?id=3", True), ("https://m.news.example/t", True),
    ("/", False), ("https://www.news.example", False), ("https://news.example/index.html", False),
    ("https://www.news.example/?utm_source=x", False), ("https://other.example/world/treaty", False),
    ("https://news.example.evil.example/world/treaty", False), ("javascript:alert(1)", False), ("http://[broken", False),
])  # fmt: skip
def test_a_canonical_address_is_believed_on_its_own_site_only_and_not_if_it_is_the_home_page(said: str, believed: bool) -> None:
    text = "Ministers met on the border. " * 20
    html = f'<html><head><link rel="canonical" href="{said}"></head><body><p>{text}</p></body></html>'
    article = clean(Page(url=HERE, html=html))
    assert (article.canonical_url is not None) == believed
    assert article.url == HERE


def test_redirects_and_canonical_addresses_are_sightings(web: Any, home: Path) -> None:
    web.article("/target", "A headline about a summit")
    web.pages["/target"].body = web.pages["/target"].body.replace(b"<head>", b'<head><link rel="canonical" href="/own-name">')
    web.article("/second", "A headline about a treaty")
    web.pages["/second"].body = web.pages["/second"].body.replace(b"<head>", b'<head><link rel="canonical" href="/target">')
    web.answer("/one", 301, Location="/two")
    web.answer("/two", 302, Location="/target")
    web.feed("/one", "/target", "/second")
    config = Config(db=home / "n.db")
    report = crawl(config, [web.source()])
    assert report.state == "done"
    with Store(config.db, read_only=True) as store:
        target = store.find(f"{web.base}/target")
        assert target is not None
        assert {store.find(f"{web.base}/{name}") for name in ("one", "two", "own-name")} == {target}
        assert store.find(f"{web.base}/second") not in (None, target), "another article's word takes no address away"
    with sqlite3.connect(config.db) as db:
        assert db.execute("SELECT count(*) FROM sightings").fetchone() == (5,)
        assert db.execute("SELECT count(*) FROM articles").fetchone() == (2,)
