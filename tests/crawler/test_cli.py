"""The commands as a user meets them: what they print, what they write, and how they say no."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from crawler.cli import register
from storage import Store

APP = typer.Typer()
register(APP)


def run(*words: str, asked: str | None = None) -> Result:
    return CliRunner().invoke(APP, list(words), input=asked)


def config(home: Path) -> dict[str, Any]:
    return tomllib.loads((home / "copydesk.toml").read_text(encoding="utf-8"))


def own_file(home: Path, web: Any, **more: str) -> str:
    keys = {"id": '"small"', "name": '"The Small Web"', "feeds": f'["{web.base}/feed"]', "delay": "0",
            "allow_networks": '["127.0.0.0/8"]'} | more  # fmt: skip
    (home / "own.toml").write_text("".join(f"{key} = {value}\n" for key, value in keys.items()))
    return "own.toml"


@pytest.mark.parametrize(
    "words", ["init", "crawl", "fetch", "sources", "sources list", "sources add", "sources check", "sources import"]
)
def test_every_command_has_help(words: str) -> None:
    result = run(*words.split(), "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.stdout


def test_init_writes_what_it_is_told_and_nothing_over(home: Path) -> None:
    result = run("init", "--contact", "me@example.org", "--source", "bbc-world", "--source", "tass-en", "--db", "store/x.db")
    assert result.exit_code == 0
    assert config(home) == {"db": "store/x.db", "contact": "me@example.org", "sources": ["bbc-world", "tass-en"]}
    assert "tass-en: its publisher wants to be asked" in result.stderr
    again = run("init", "--contact", "me@example.org")
    assert again.exit_code == 1
    assert "--force" in again.stderr
    assert config(home)["sources"] == ["bbc-world", "tass-en"]
    (home / "elsewhere").mkdir()
    assert run("init", "--path", "elsewhere", "--contact", "https://example.org/bot").exit_code == 0
    assert run("init", "--force").exit_code == 0
    assert config(home) == {"db": "news.db", "sources": []}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("init", "--contact", "nobody"), 2, "neither a mail address nor a URL"),
        (("init", "--source", "bbc-wrld"), 2, "did you mean bbc-world"),
        (("init", "--path", "no/such/folder"), 1, "cannot be written"),
        (("crawl",), 2, "no source is chosen"),
        (("crawl", "--source", "nowhere"), 2, "there is no source 'nowhere'"),
        (("crawl", "--sources", "none.toml"), 2, "none.toml: cannot be read"),
        (("crawl", "--config", "none.toml"), 2, "none.toml: there is no such configuration"),
        (("crawl", "--source", "bbc-world"), 2, "no contact is set"),
        (("crawl", "--max-pages", "0"), 2, "--max-pages"),
        (("fetch", "https://example.org/a"), 2, "no contact is set"),
        (("fetch", "http://127.0.0.1:1/a"), 1, "http://127.0.0.1:1/a: connection refused"),
        (("fetch", "http://[half/"), 1, "not a web address"),
        (("fetch", "http://127.0.0.1/", "--format", "pdf"), 2, "pdf"),
        (("sources", "check"), 2, "no source is chosen"),
        (("sources", "check", "nowhere"), 2, "there is no source"),
        (("sources", "add", "http://127.0.0.1:1/"), 2, "copydesk init"),
        (("sources", "import", "none.opml"), 2, "copydesk init"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(home: Path, words: tuple[str, ...], code: int, says: str) -> None:
    result = run(*words)
    assert result.exit_code == code, result.output
    assert says in result.stderr
    assert "Traceback" not in result.output
    assert list(home.glob("*.db*")) == []


def test_a_wrong_key_is_named_with_its_file(home: Path, web: Any) -> None:
    result = run("crawl", "--sources", own_file(home, web, delya="3"))
    assert result.exit_code == 2
    assert "own.toml: delya: is not a known key (did you mean delay?)" in result.stderr


def test_crawl_reports_each_source_and_says_when_nothing_is_new(home: Path, web: Any) -> None:
    web.article("/a", "A headline about a treaty")
    web.feed("/a")
    own = own_file(home, web)
    first = run("crawl", "--sources", own, "--db", "n.db")
    assert first.exit_code == 0, first.output
    assert "1 new" in first.stdout
    assert first.stderr == "", "not a terminal: no progress"
    second = run("crawl", "--sources", own, "--source", "small", "--db", "n.db")
    assert "0 new, 1 seen before (--refetch" in second.stdout
    third = run("crawl", "--sources", own, "--db", "n.db", "--refetch", "--json")
    report = json.loads(third.stdout)
    assert (report["state"], report["sources"][0]["unchanged"]) == ("done", 1)


def test_crawl_without_any_answer_fails_with_a_report(home: Path, web: Any) -> None:
    result = run("crawl", "--sources", own_file(home, web, feeds='["http://127.0.0.1:1/feed"]'), "--db", "n.db")
    assert result.exit_code == 1
    assert "http://127.0.0.1:1/feed: connection refused" in result.stdout
    assert "1 of 1 sources gave no answer" in result.stdout


@pytest.mark.cold
def test_fetch_prints_and_on_demand_stores_a_page(home: Path, web: Any) -> None:
    web.article("/a", "A headline about a treaty")
    web.answer("/r", 302, Location="/a")
    plain = run("fetch", f"{web.base}/a")
    assert plain.exit_code == 0, plain.output
    assert plain.stdout.startswith("A headline about a treaty\n\nThe foreign ministers")
    assert list(home.glob("*.db")) == []
    saved = run("fetch", f"{web.base}/r", "--format", "json", "--save", "--db", "n.db")
    assert json.loads(saved.stdout)["url"] == f"{web.base}/a"
    assert "stored in" in saved.stderr
    with Store(home / "n.db", read_only=True) as store:
        assert store.get(f"{web.base}/a") is not None


def test_fetch_obeys_robots_and_says_what_is_no_page(home: Path, web: Any) -> None:
    web.answer("/robots.txt", 200, b"User-agent: *\nDisallow: /private", "text/plain")
    web.article("/private/a", "Not for robots")
    web.answer("/feed.xml", 200, b"<rss/>", "application/rss+xml")
    for path, says in (("/private/a", "robots.txt forbids it"), ("/feed.xml", "not HTML"), ("/none", "HTTP 404")):
        result = run("fetch", web.base + path)
        assert result.exit_code == 1
        assert f"{web.base}{path}: {says}" in result.stderr
        assert result.stdout == ""


def test_list_shows_the_menu_and_what_is_chosen(home: Path) -> None:
    run("init", "--source", "dawn", "--contact", "me@example.org")
    everything = json.loads(run("sources", "list", "--json").stdout)
    assert len(everything) >= 60
    assert [source["id"] for source in everything if source["chosen"]] == ["dawn"]
    assert {source["country"] for source in json.loads(run("sources", "list", "--json", "--country", "ir").stdout)} == {"IR"}
    table = run("sources", "list", "--lang", "uk")
    assert "Ukrainska Pravda" in table.stdout
    assert "BBC World" not in table.stdout
    assert "*" in run("sources", "list", "--country", "PK").stdout


def test_add_finds_the_feed_of_a_page_and_the_next_crawl_uses_it(home: Path, web: Any) -> None:
    run("init")
    web.article("/a", "A headline about a treaty")
    web.feed("/a", at="/rss.xml")
    web.answer("/", 200, b"""<html lang="en"><head><title>The Small Web</title>
        <link rel="alternate" type="application/rss+xml" href="/rss.xml"><link rel="alternate" type="application/rss+xml"
        href="/comments/feed"><link rel="alternate" type="application/atom+xml" href="/gone.xml"></head></html>""")
    added = run("sources", "add", f"{web.base}/")
    assert added.exit_code == 0, added.output
    assert added.stdout == f"{web.base}/rss.xml\n"
    (source,) = tomllib.loads((home / "sources.toml").read_text())["source"]
    assert source == {"id": "the-small-web", "name": "The Small Web", "home": f"{web.base}/", "languages": ["en"],
                      "feeds": [f"{web.base}/rss.xml"], "allow_networks": ["127.0.0.0/8", "::1/128"]}  # fmt: skip
    assert config(home)["sources"] == ["the-small-web"]
    assert run("crawl").exit_code == 0
    assert run("sources", "check").exit_code == 0
    twice = run("sources", "add", f"{web.base}/rss.xml", "--id", "the-small-web")
    assert twice.exit_code == 1
    assert "already" in twice.stderr


def test_add_takes_a_feed_or_sitemap_itself_and_refuses_what_announces_nothing(home: Path, web: Any) -> None:
    run("init")
    web.feed("/a")
    web.answer("/news.xml", 200, b"<urlset><url><loc>/a</loc></url></urlset>", "text/xml")
    web.article("/page", "No feed here")
    assert run("sources", "add", f"{web.base}/feed", "--id", "one").exit_code == 0
    assert run("sources", "add", f"{web.base}/news.xml", "--id", "two").exit_code == 0
    sources = tomllib.loads((home / "sources.toml").read_text())["source"]
    assert [(s["id"], s.get("feeds"), s.get("sitemaps")) for s in sources] == [
        ("one", [f"{web.base}/feed"], None), ("two", None, [f"{web.base}/news.xml"])]  # fmt: skip
    none = run("sources", "add", f"{web.base}/page")
    assert none.exit_code == 1
    assert "no feed and no news sitemap found, and no page that links to articles" in none.stderr
    assert run("sources", "add", f"{web.base}/missing").exit_code == 1
    assert config(home)["sources"] == ["one", "two"]


def test_check_says_what_each_address_answers(home: Path, web: Any) -> None:
    run("init")
    web.feed("/a", "/b")
    feeds = ", ".join(f'"{web.base}/{name}"' for name in ("feed", "gone"))
    path = home / "copydesk.toml"
    own_file(home, web, feeds=f"[{feeds}]")
    path.write_text(path.read_text() + 'source_files = ["own.toml"]\n')
    result = run("sources", "check", "small", "--json")
    assert result.exit_code == 1, "one of them gives nothing"
    rows = json.loads(result.stdout)
    assert [(row["status"], row["entries"], row["error"]) for row in rows] == [(200, 2, None), (404, None, "HTTP 404")]


def test_import_makes_sources_of_a_subscription_list(home: Path) -> None:
    run("init")
    (home / "list.opml").write_text(
        "<opml version='2.0'><body><outline text='Wörld &amp; News' xmlUrl='http://x.example/a'/>"
        "<outline text='Wörld &amp; News' xmlUrl='http://y.example/b'/><outline xmlUrl='http://www.z.example/c'/></body></opml>"
    )
    result = run("sources", "import", "list.opml")
    assert result.stdout.split() == ["world-news", "world-news-2", "z-example"]
    assert config(home)["sources"] == ["world-news", "world-news-2", "z-example"]
    again = run("sources", "import", "list.opml")
    assert (again.exit_code, again.stdout) == (0, "")
    assert "3 feeds are known already" in again.stderr
    (home / "bad.opml").write_text("<html/>")
    bad = run("sources", "import", "bad.opml")
    assert bad.exit_code == 1
    assert "bad.opml: not an OPML list" in bad.stderr


def test_comments_of_the_users_files_survive(home: Path) -> None:
    run("init", "--contact", "me@example.org")
    path = home / "copydesk.toml"
    path.write_text(path.read_text() + "\n# my own remark\nmin_geopolitics = 0.2\n")
    (home / "list.opml").write_text("<opml><body><outline text='A' xmlUrl='http://x.example/a'/></body></opml>")
    run("sources", "import", "list.opml")
    assert "# my own remark" in path.read_text()
    assert config(home)["min_geopolitics"] == 0.2
