"""What a run leaves out, what it comes back for, and how far back it can be sent: crawls of a small web, by the clock."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cleaning import Claim
from crawler.agenda import due_sources, next_due
from crawler.backfill import Days, days_of
from crawler.discovery import Link
from crawler.rhythm import START, Rhythm, next_look
from crawler.run import crawl
from crawler.takedowns import leads_home
from storage import Store
from storage.config import Config, span
from storage.errors import ConfigError

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def rows(db: Path, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(db) as connection:
        return [tuple(row) for row in connection.execute(sql)]


def change(db: Path, sql: str) -> None:
    with Store(db) as store, store.transaction() as connection:
        connection.execute(sql)


# the rhythm


def test_a_pause_follows_the_news_within_its_bounds() -> None:
    rhythm = Rhythm(timedelta(minutes=10), timedelta(days=1))
    assert rhythm.pause(None, news=True, failed=False) == START.total_seconds()
    assert rhythm.pause(3600, news=True, failed=False) == 1800
    assert rhythm.pause(3600, news=False, failed=False) == 5400
    assert rhythm.pause(3600, news=False, failed=True) == 7200
    assert rhythm.pause(601, news=True, failed=False) == 600, "never under the floor"
    assert rhythm.pause(80_000, news=False, failed=True) == 86_400, "never over the ceiling"
    assert Rhythm(timedelta(days=2), timedelta(days=1)).pause(60, news=True, failed=False) == 2 * 86_400, "the floor holds"


def test_a_feed_with_news_every_four_hours_costs_some_requests_a_day_and_hides_none_for_long() -> None:
    rhythm, at, pause, asked, told = Rhythm(timedelta(minutes=10), timedelta(days=1)), 0.0, None, 0, 0
    waits = []
    while at < 30 * 86_400:
        published = int(at // 14_400)
        waits += [at - number * 14_400 for number in range(told + 1, published + 1)]
        pause = rhythm.pause(pause, news=published > told, failed=False)
        told, asked, at = published, asked + 1, at + pause
    assert asked / 30 < 18
    assert max(waits) < 4 * 3600


def test_ages_at_which_a_page_is_looked_at_again() -> None:
    ages = (timedelta(hours=6), timedelta(days=3))
    assert next_look(NOON, NOON, ages) == NOON + timedelta(hours=6)
    assert next_look(NOON, NOON + timedelta(hours=6), ages) == NOON + timedelta(days=3)
    assert next_look(NOON, NOON + timedelta(days=3), ages) is None
    assert next_look(NOON, NOON, ()) is None


@pytest.mark.parametrize(("text", "meant"), [("30m", 1800), ("2h", 7200), ("1d", 86_400)])
def test_spans_are_read(text: str, meant: int) -> None:
    assert span(text).total_seconds() == meant


@pytest.mark.parametrize("text", ["", "0m", "5", "h", "1w", "1.5h", "-1h", "999999d"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="30m"):
        span(text)


def test_a_setting_that_is_no_span_is_named(home: Path) -> None:
    from storage.config import load_config

    (home / "copydesk.toml").write_text('look_again = ["6h", "soon"]\n')
    with pytest.raises(ConfigError, match=r"look_again.*30m, 2h or 1d"):
        load_config()


# what is due


def test_only_what_is_due_is_asked(web: Any, other_web: Any, home: Path) -> None:
    config = Config(db=home / "n.db")
    for one in (web, other_web):
        one.article("/a", f"A headline about {one.base}")
        one.feed("/a")
    web.feed("/a", at="/rare")
    busy = web.source(feeds=(f"{web.base}/feed", f"{web.base}/rare"))
    calm = other_web.source(id="calm")
    first = crawl(config, [busy, calm], due=True)
    assert first.total("new") == 2
    nothing = crawl(config, [busy, calm], due=True)
    assert (nothing.state, nothing.sources, nothing.exit_code) == ("done", (), 0)
    assert nothing.waiting
    change(config.db, f"UPDATE endpoints SET next_at = '2020-01-01T00:00:00Z' WHERE url = '{web.base}/feed'")
    with Store(config.db, read_only=True) as store:
        assert [source.id for source in due_sources(store, [busy, calm])] == ["small"]
        assert next_due(store, [calm]) > next_due(store, [busy, calm])  # type: ignore[operator]
    web.forget()
    other_web.forget()
    third = crawl(config, [busy, calm], due=True)
    assert [source.source for source in third.sources] == ["small"]
    assert (web.paths(), other_web.paths()) == (["/feed"], [])
    web.forget()
    crawl(config, [busy, calm])
    assert set(web.paths()) == {"/feed", "/rare"}, "without --due whatever is listed is asked"


def test_a_feed_that_fails_is_asked_less_and_less(web: Any, home: Path) -> None:
    config = Config(db=home / "n.db")
    web.answer("/feed", 500)
    pauses = []
    for _ in range(3):
        crawl(config, [web.source()])
        pauses += rows(config.db, "SELECT pause, failures FROM endpoints")
    assert pauses == [(3600, 1), (7200, 2), (14400, 3)]
    web.article("/a", "A headline about a treaty")
    web.feed("/a")
    crawl(config, [web.source(interval="3h")])
    assert rows(config.db, "SELECT pause, failures FROM endpoints") == [(10800, 0)], "a source's own interval is the floor"


def test_a_sitemap_that_its_index_says_is_unchanged_is_not_asked(web: Any, home: Path) -> None:
    config = Config(db=home / "n.db")

    def index(*stated: tuple[str, str]) -> None:
        entries = "".join(f"<sitemap><loc>{loc}</loc><lastmod>{lastmod}</lastmod></sitemap>" for loc, lastmod in stated)
        web.answer("/sitemap.xml", 200, f"<sitemapindex>{entries}</sitemapindex>".encode(), "text/xml")

    for month in ("01", "02"):
        web.article(f"/{month}", f"A headline about {month}")
        web.answer(f"/{month}.xml", 200, f"<urlset><url><loc>/{month}</loc></url></urlset>".encode(), "text/xml")
    source = web.source(feeds=(), sitemaps=(f"{web.base}/sitemap.xml",))
    index(("/02.xml", "2026-02-10"), ("/01.xml", "2026-01-31"))
    assert crawl(config, [source]).total("new") == 2
    web.forget()
    index(("/02.xml", "2026-02-11"), ("/01.xml", "2026-01-31"))
    crawl(config, [source])
    assert web.paths() == ["/sitemap.xml", "/02.xml"]
    web.forget()
    crawl(config, [source], refetch=True)
    assert {"/01.xml", "/02.xml", "/01", "/02"} <= set(web.paths())


# second looks and take-downs


def test_recent_articles_are_looked_at_again_and_old_ones_are_not(web: Any, home: Path) -> None:
    config = Config(db=home / "n.db")
    web.article("/new", "A headline about a treaty")
    web.article("/old", "Another headline about a treaty")
    web.feed("/new")
    item = "<item><title>Another headline</title><link>/old</link><pubDate>Mon, 01 Jan 2024 10:00:00 GMT</pubDate></item>"
    web.answer("/past", 200, f"<rss version='2.0'><channel>{item}</channel></rss>".encode(), "application/rss+xml")
    source = web.source(feeds=(f"{web.base}/feed", f"{web.base}/past"))
    crawl(config, [source])
    looks = dict(rows(config.db, "SELECT substr(url, -3), look_at FROM frontier"))
    assert looks["old"] is None
    assert looks["new"] is not None
    change(config.db, "UPDATE frontier SET look_at = '2020-01-01T00:00:00Z' WHERE look_at IS NOT NULL")
    web.article("/new", "A headline about a treaty", extra="Late in the evening the talks broke off.")
    web.forget()
    report = crawl(config, [source], due=True)
    assert "/new" in web.paths()
    assert "/old" not in web.paths()
    assert report.total("updated") == 1
    assert rows(config.db, "SELECT count(*) FROM revisions") == [(1,)]
    (again,) = rows(config.db, "SELECT look_at FROM frontier WHERE url LIKE '%/new'")
    assert again[0] > "2026"


@pytest.mark.parametrize(
    ("status", "headers", "reason"),
    [(404, {}, "HTTP 404"), (410, {}, "HTTP 410"), (302, {"Location": "/"}, "redirected to the home page")],
)
def test_a_page_that_is_taken_down_is_dated_and_its_article_kept(
    web: Any, home: Path, status: int, headers: dict[str, str], reason: str,
) -> None:  # fmt: skip
    config = Config(db=home / "n.db")
    web.article("/a", "A headline about a treaty")
    web.article("/", "The Small Web")
    web.feed("/a")
    crawl(config, [web.source()])
    web.answer("/a", status, **headers)
    for expected in (1, 0):
        change(config.db, "UPDATE frontier SET look_at = '2020-01-01T00:00:00Z'")
        report = crawl(config, [web.source()])
        assert report.total("taken_down") == expected, "news once"
    assert rows(config.db, "SELECT reason, back_at FROM takedowns") == [(reason, None)]
    assert rows(config.db, "SELECT status FROM articles") == [("ok",)]
    assert rows(config.db, "SELECT state, reason FROM frontier") == [("done", reason)]
    web.article("/a", "A headline about a treaty")
    change(config.db, "UPDATE frontier SET look_at = '2020-01-01T00:00:00Z'")
    crawl(config, [web.source()])
    assert rows(config.db, "SELECT back_at IS NOT NULL FROM takedowns") == [(1,)], "it came back"


def test_a_page_that_says_that_it_is_gone_is_a_take_down_though_it_answers_200(web: Any, home: Path) -> None:
    config = Config(db=home / "n.db")
    web.article("/a", "A headline about a treaty")
    web.feed("/a")
    crawl(config, [web.source()])
    (text,) = rows(config.db, "SELECT text FROM articles")
    body = b"<html lang=en><head><title>Page not found</title></head><body><h1>Page not found</h1><p>The page that you are"
    web.answer("/a", 200, body + b" looking for does not exist or has been moved.</p></body></html>")
    assert crawl(config, [web.source()], refetch=True).total("taken_down") == 1
    assert rows(config.db, "SELECT reason, back_at FROM takedowns") == [("the page says that it is gone", None)]
    assert rows(config.db, "SELECT text FROM articles WHERE status = 'ok'") == [text], "the article stays as it was"


@pytest.mark.parametrize(("came", "home", "is_home"), [
    ("https://www.x.org/", None, True), ("https://www.x.org/?utm_source=404", None, True), ("http://x.org", None, True),
    ("https://www.x.org/index.html", None, True), ("https://m.x.org/", None, True), ("https://other.org/", None, True),
    ("https://www.x.org/fr/", "https://x.org/fr", True), ("https://www.x.org/fr/", None, False),
    ("https://www.x.org/fr/a", "https://x.org/fr", False), ("https://x.org/2026/a/", None, False),
    ("https://www.x.org/?p=7", None, False),
])  # fmt: skip
def test_a_redirect_that_leads_home(came: str, home: str | None, is_home: bool) -> None:
    assert leads_home("https://www.x.org/2026/a", came, home) == is_home
    assert not leads_home(came, came, home), "whoever asks for a front page was not led away"


def test_an_outage_is_no_take_down(web: Any, home: Path) -> None:
    config = Config(db=home / "n.db")
    web.article("/a", "A headline about a treaty")
    web.feed("/a")
    crawl(config, [web.source()])
    web.answer("/a", 500)
    for _ in range(3):
        crawl(config, [web.source()], refetch=True)
        change(config.db, "UPDATE frontier SET not_before = NULL")
    assert rows(config.db, "SELECT count(*) FROM takedowns") == [(0,)]
    assert rows(config.db, "SELECT status FROM articles") == [("ok",)]


def test_a_new_link_that_leads_to_the_home_page_is_no_article(web: Any, home: Path) -> None:
    web.article("/", "The Small Web")
    web.answer("/a", 301, Location="/")
    web.feed("/a")
    report = crawl(Config(db=home / "n.db"), [web.source()])
    assert (report.total("failed"), report.total("new")) == (1, 0)
    assert rows(home / "n.db", "SELECT state, reason FROM frontier") == [("failed", "redirected to the home page")]


# counts


def test_a_run_counts_what_it_met(web: Any, home: Path) -> None:
    web.article("/a", "A headline about a treaty")
    web.answer("/gone", 404)
    web.answer("/short", 200, b"<html><body><p>Nothing.</p></body></html>")
    web.feed("/a", "/gone", "/short")
    report = crawl(Config(db=home / "n.db"), [web.source()])
    small = report.sources[0]
    assert small.statuses == {"200": 3, "404": 1}
    assert sum(small.reasons.values()) == small.rejected == 1
    stored = rows(home / "n.db", "SELECT ok, known, statuses, reasons, bytes > 0, requests FROM run_sources")
    assert stored == [(1, 0, '{"200": 3, "404": 1}', f'{{"{next(iter(small.reasons))}": 1}}', 1, 6)]


# walking back


@pytest.mark.parametrize(
    ("url", "first", "last"),
    [
        ("https://x.org/2024/02/29/a-talk/", "2024-02-29", "2024-02-29"),
        ("https://x.org/news/20240229-talks", "2024-02-29", "2024-02-29"),
        ("https://x.org/sitemap-2024-02.xml", "2024-02-01", "2024-02-29"),
        ("https://x.org/sitemaps/2024_2.xml", "2024-02-01", "2024-02-29"),
        ("https://x.org/sitemap.xml?yyyy=2024&mm=2&dd=29", "2024-02-29", "2024-02-29"),
        ("https://x.org/archive-2024.xml.gz", "2024-01-01", "2024-12-31"),
        ("https://x.org/2024/02/31/", None, None),
        ("https://x.org/article-120245678", None, None),
        ("https://x.org/sitemap-7.xml", None, None),
    ],
)
def test_days_that_an_address_names(url: str, first: str | None, last: str | None) -> None:
    found = days_of(url)
    assert (found and found[0].isoformat(), found and found[1].isoformat()) == (first, last)


def test_a_range_takes_links_by_the_best_date_that_is_known() -> None:
    days = Days(date(2024, 2, 1), date(2024, 2, 29))

    def link(url: str, **said: str) -> Link:
        return Link(url, tuple(Claim(field=field, value=value, source="sitemap:x") for field, value in said.items()))

    assert days.takes(link("https://x.org/a", published_at="2024-02-10T08:00:00Z", modified_at="2024-06-01")) is True
    assert days.takes(link("https://x.org/a", published_at="2024-03-10", modified_at="2024-02-10")) is False
    assert days.takes(link("https://x.org/2024/02/10/a", modified_at="2025-01-01")) is True
    assert days.takes(link("https://x.org/a", modified_at="2024-02-29T23:00:00Z")) is True
    assert days.takes(link("https://x.org/a", modified_at="2024-03-01")) is False
    assert days.takes(link("https://x.org/a")) is None
    assert days.takes_sitemap("https://x.org/2024-03.xml", None) is False
    assert days.takes_sitemap("https://x.org/7.xml", "2024-01-31") is False
    assert days.takes_sitemap("https://x.org/7.xml", "2026-01-31") is True
    assert list(Days(date(2024, 1, 30), date(2024, 2, 1)).archive_pages("http://x.org/{year}/{month}/")) == [
        "http://x.org/2024/02/", "http://x.org/2024/01/"]  # fmt: skip


def test_a_walk_back_reads_the_sitemaps_and_archives_of_the_range_and_nothing_else(web: Any, home: Path) -> None:
    def urls(*entries: tuple[str, str]) -> bytes:
        return "".join(f"<url><loc>{loc}</loc><lastmod>{day}</lastmod></url>" for loc, day in entries).join(
            ("<urlset>", "</urlset>")).encode()  # fmt: skip

    web.answer("/robots.txt", 200, f"Sitemap: {web.base}/index.xml\n".encode(), "text/plain")
    months = "".join(f"<sitemap><loc>/map-2024-{m}.xml</loc></sitemap>" for m in ("01", "02", "03"))
    web.answer("/index.xml", 200, f"<sitemapindex>{months}</sitemapindex>".encode(), "text/xml")
    for month in ("01", "02", "03"):
        entries = urls((f"/story-{month}", f"2024-{month}-10"), ("/about", "2019-01-01"))
        web.answer(f"/map-2024-{month}.xml", 200, entries, "text/xml")
        web.article(f"/story-{month}", f"A headline of month {month}")
    links = b"<a href='/four-words-in-headline'>x</a><a href='/imprint'>y</a>"
    web.answer("/archive/2024/02/03", 200, b"<html><body>" + links + b"</body></html>")
    web.article("/four-words-in-headline", "A headline from the archive")
    source = web.source(archives=(web.base + "/archive/{year}/{month}/{day}",))
    config = Config(db=home / "n.db")
    report = crawl(config, [source], since=date(2024, 2, 2), until=date(2024, 2, 28))
    assert report.state == "done"
    assert sorted(url[len(web.base):] for (url,) in rows(config.db, "SELECT url FROM articles")) == [
        "/four-words-in-headline", "/story-02"]  # fmt: skip
    asked = set(web.paths())
    assert "/feed" not in asked
    assert "/map-2024-02.xml" in asked
    assert not asked & {"/map-2024-01.xml", "/map-2024-03.xml", "/about", "/imprint", "/archive/2024/03/01"}
    assert rows(config.db, "SELECT count(*) FROM endpoints") == [(0,)], "the next crawl asks its feeds as ever"
    again = crawl(config, [source], since=date(2024, 2, 2), until=date(2024, 2, 28))
    assert (again.total("new"), again.total("known")) == (0, 2)


# poison


def test_one_poisonous_link_feed_or_page_stops_nothing(web: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    web.article("/good", "A headline about a treaty")
    evil = ["javascript:alert(1)", "http://", "http://[::1", "http://a b/c", "http://x..y/", "http://127.0.0.1:99999/", "\ud800",
            "http://" + "a" * 300 + ".example/", "/x" * 5000, "http://127.0.0.1:0/",
            "file:///etc/passwd", "http://%00/"]  # fmt: skip
    items = "".join(f"<item><link><![CDATA[{e.encode('utf-8', 'replace').decode()}]]></link></item>" for e in evil)
    body = f"<rss version='2.0'><channel>{items}<item><link>/good</link></item><item><link>/deep</link></item></channel></rss>"
    web.answer("/feed", 200, body.encode(), "application/rss+xml")
    web.answer("/deep", 200, b"<div>" * 50_000 + b"text", "text/html")
    web.answer("/bad", 200, b"\x00\xff" * 1000, "application/rss+xml")
    source = web.source(feeds=(f"{web.base}/bad", f"{web.base}/feed"))
    report = crawl(Config(db=home / "n.db"), [source])
    assert report.state == "done", report.error
    assert report.total("new") == 1
    assert rows(home / "n.db", "SELECT count(*) FROM frontier WHERE state = 'leased'") == [(0,)]
