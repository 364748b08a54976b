"""What servers can do to a crawl: each of it ends within the limits, with a reason, and the other pages arrive all the same."""

from __future__ import annotations

import gzip
import sqlite3
import time
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard

from crawler.job import Job
from crawler.sources import Source
from tests.crawler.hostile import PAGE, Hostile, body, for_ever, head, hostile, measured

GIGABYTE = 1024
"""Megabytes that a bomb unpacks to."""
GROWTH = 200.0
"""Megabytes that a run may hold beyond a process that has cleaned one page: 65 are Scrapy and store, the rest full pages."""
TOO_LARGE = "larger than the limit of 10 MB"
HEADERS = "its headers are larger than the limit of 256 KB"


@pytest.fixture
def server() -> Iterator[Hostile]:
    with hostile() as running:
        yield running


def feed(*paths: str) -> bytes:
    items = "".join(f"<item><title>Ministers meet</title><link>{path}</link></item>" for path in paths)
    return f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>".encode()


def source(server: Hostile, **fields: Any) -> Source:
    given = {"id": "small", "name": "S", "feeds": (f"{server.base}/feed",), "delay": 0.0, "allow_networks": ("127.0.0.0/8",)}
    return Source.model_validate(given | fields)


def states(db: Path) -> dict[str, tuple[str, str | None]]:
    with sqlite3.connect(db) as connection:
        rows = connection.execute("SELECT url, state, reason FROM frontier").fetchall()
    return {url[url.index("/", 8):]: (state, reason) for url, state, reason in rows}


@cache
def deflated(wbits: int) -> bytes:
    """A gigabyte of zeros, packed once and repeated: about one megabyte, or with `wbits` of gzip 2.5 KB when packed again."""
    packer = zlib.compressobj(9, wbits=wbits)
    start, piece = (packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return start + piece * (GIGABYTE - 1) + packer.flush()


@cache
def brotlied() -> bytes:
    packer = brotli.Compressor(quality=5)
    return b"".join(packer.process(bytes(1 << 24)) for _ in range(GIGABYTE >> 4)) + packer.finish()


@cache
def zstandarded() -> bytes:
    packer = zstandard.ZstdCompressor(level=1).compressobj()
    return b"".join(packer.compress(bytes(1 << 24)) for _ in range(GIGABYTE >> 4)) + packer.flush()


GOOD = ("/first", "/last")


def serve_around(server: Hostile, talks: dict[str, Any]) -> None:
    """The pages of `talks` between two good ones, and the feed that announces them."""
    server.talks |= talks | {path: body(PAGE.replace(b"Tuesday", path.encode())) for path in GOOD}
    server.talks["/feed"] = body(feed(GOOD[0], *talks, GOOD[1]), "application/rss+xml")


def test_bombs_end_at_the_limit(server: Hostile, tmp_path: Path) -> None:
    twice = gzip.compress(deflated(31))
    assert len(twice) < 4096
    assert len(brotlied()) < 4096
    serve_around(server, {
        "/gzip": body(deflated(31), Content_Encoding="gzip"), "/zlib": body(deflated(15), Content_Encoding="deflate"),
        "/raw": body(deflated(-15), Content_Encoding="deflate"), "/br": body(brotlied(), Content_Encoding="br"),
        "/zstd": body(zstandarded(), Content_Encoding="zstd"), "/twice": body(twice, Content_Encoding="gzip, gzip"),
        "/many": body(PAGE, Content_Encoding=", ".join(["gzip"] * 2000)),
        "/lie": body(b"no gzip at all", Content_Encoding="gzip"), "/cut": body(gzip.compress(PAGE)[:40], Content_Encoding="gzip"),
        "/brlie": body(b"no brotli", Content_Encoding="br"), "/zstdlie": body(b"no zstandard", Content_Encoding="zstd"),
        "/nothing": body(b"", Content_Encoding="gzip"), "/good": body(gzip.compress(PAGE), Content_Encoding="gzip"),
    })  # fmt: skip
    heard: list[bytes] = []
    server.hear = heard.append
    run = measured(Job(db=str(tmp_path / "n.db"), sources=(source(server),), workers=0))
    assert (run.report.state, run.report.total("new")) == ("done", 3), run.report
    lines = [line for request in heard for line in request.split(b"\r\n")]
    offered = {line for line in lines if line.lower().startswith(b"accept-encoding")}
    assert offered == {b"Accept-Encoding: gzip, deflate, br, zstd"}, "there is a bomb for each that is offered"
    found = states(tmp_path / "n.db")
    for path in ("/gzip", "/zlib", "/raw", "/br", "/zstd", "/twice"):
        assert found[path] == ("failed", f"{TOO_LARGE} when unpacked"), path
    assert found["/many"] == ("failed", "packed more than 3 times over")
    assert found["/lie"] == ("failed", "cannot be unpacked: it is not gzip")
    assert found["/brlie"] == ("failed", "cannot be unpacked: it is not br")
    assert found["/zstdlie"] == ("failed", "cannot be unpacked: it is not zstd")
    assert found["/nothing"] == ("failed", "the answer is empty")
    assert run.growth < GROWTH


def test_endless_headers_and_bodies_end_at_the_limit(server: Hostile, tmp_path: Path) -> None:
    letters, lines = b"a" * 65536, b"".join(b"X-%d: %s\r\n" % (n, b"a" * 1000) for n in range(64))
    html = {"Content_Type": "text/html"}
    serve_around(server, {
        "/lines": for_ever(b"HTTP/1.1 200 OK\r\n", lines), "/line": for_ever(b"HTTP/1.1 200 OK\r\nX: ", letters),
        "/folded": for_ever(b"HTTP/1.1 200 OK\r\nX: a\r\n", b" aaaaaaa\r\n" * 5000), "/status": for_ever(b"HTTP/1.1 ", letters),
        "/continue": for_ever(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
        "/length": for_ever(head(Content_Length=1 << 30, **html), letters), "/nolength": for_ever(head(**html), letters),
        "/chunked": for_ever(head(Transfer_Encoding="chunked", **html), b"10000\r\n" + letters + b"\r\n"),
        "/extension": for_ever(head(Transfer_Encoding="chunked", **html), b"1;" + letters),
        "/trailer": for_ever(head(Transfer_Encoding="chunked", **html) + b"1\r\na\r\n0\r\n", b"X: a\r\n" * 10_000),
        "/negative": body(PAGE, Content_length=-5), "/fits": body(PAGE, X_Long="a" * 16_000),
    })  # fmt: skip
    run = measured(Job(db=str(tmp_path / "n.db"), sources=(source(server),), workers=0))
    assert (run.report.state, run.report.total("new")) == ("done", 3), run.report
    found = states(tmp_path / "n.db")
    for path in ("/lines", "/line", "/folded", "/status", "/continue"):
        assert found[path] == ("failed", HEADERS), path
    for path in ("/length", "/nolength", "/chunked"):
        assert found[path] == ("failed", TOO_LARGE), path
    for path in ("/extension", "/trailer"):
        assert found[path] == ("queued", "the answer broke off"), path
    assert "no sound answer" in str(found["/negative"][1])
    assert run.growth < GROWTH


def test_redirects_that_do_not_end_are_followed_five_times(server: Hostile, tmp_path: Path) -> None:
    count = iter(range(1000))

    def on(connection: Any) -> None:
        there = f"/on/{next(count)}"
        server.talks[there] = on
        connection.sendall(head("302 Found", Location=there, Content_Length=0))

    serve_around(server, {
        "/on": on, "/round": body(b"", Location="/round"),
        "/far": lambda connection: connection.sendall(head("301 Moved", Location="/" + "a" * 15_000, Content_Length=0)),
        "/none": lambda connection: connection.sendall(head("302 Found", Location="file:///etc/passwd", Content_Length=0)),
    })  # fmt: skip
    run = measured(Job(db=str(tmp_path / "n.db"), sources=(source(server),), workers=0))
    assert (run.report.state, run.report.total("new")) == ("done", 2), run.report
    found = states(tmp_path / "n.db")
    assert found["/on"][1] == "max redirections reached"
    assert sum(path.startswith("/on") for path in server.asked) == 6
    assert found["/far"] == ("failed", "HTTP 404")
    assert "passwd" not in str(server.asked)


def test_bytes_that_come_for_ever_end_with_the_time_of_the_whole_request(server: Hostile, tmp_path: Path) -> None:
    """Each byte comes in time; only all of them together do not."""
    serve_around(server, {
        "/body": for_ever(head(Content_Type="text/html"), b"a", pause=0.1),
        "/length": for_ever(head(Content_Type="text/html", Content_Length=1 << 20), b"a", pause=0.1),
        "/header": for_ever(b"HTTP/1.1 200 OK\r\nX: ", b"a", pause=0.1),
    })  # fmt: skip
    begun = time.monotonic()
    run = measured(Job(db=str(tmp_path / "n.db"), sources=(source(server),), workers=0), timeout=1.0)
    assert (run.report.state, run.report.total("new")) == ("done", 2), run.report
    found = states(tmp_path / "n.db")
    for path in ("/body", "/length", "/header"):
        assert found[path] == ("queued", "no answer in time"), path
    assert time.monotonic() - begun < 60
    assert run.growth < GROWTH


def test_feeds_sitemaps_and_robots_of_any_size_stop_nobody_else(server: Hostile, tmp_path: Path) -> None:
    """Seven sources, one of them well."""
    letters = b"<item><link>/x</link></item>" * 3000
    packer = zlib.compressobj(9, wbits=31)
    start = packer.compress(b"<urlset><url><loc>/of-the-sitemap</loc></url><url><loc>/half") + packer.flush(zlib.Z_FULL_FLUSH)
    spaces = [packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2)]
    bomb = start + spaces[0] + spaces[1] * (GIGABYTE - 1) + packer.flush()
    server.talks |= {
        "/feed": body(feed("/good"), "application/rss+xml"), "/good": body(PAGE), "/of-the-sitemap": body(PAGE + b"<!-- -->"),
        "/length": for_ever(head(Content_Type="text/xml", Content_Length=100 << 20), letters, megabytes=100),
        "/nolength": for_ever(head(Content_Type="text/xml") + b"<rss version='2.0'><channel>", letters, megabytes=100),
        "/packed": body(deflated(31), "text/xml", Content_Encoding="gzip"), "/sitemap.xml.gz": body(bomb, "application/gzip"),
    }  # fmt: skip
    with hostile("127.0.0.2") as bombing, hostile("127.0.0.3") as endless:
        bombing.talks["/robots.txt"] = body(gzip.compress(deflated(31)), "text/plain", Content_Encoding="gzip, gzip")
        endless.talks["/robots.txt"] = for_ever(head(Content_Type="text/plain"), b"Disallow: /\n" * 5000)
        sources = [
            *(source(server, id=name, feeds=(f"{server.base}/{name}",)) for name in ("length", "nolength", "packed", "feed")),
            source(server, id="sitemap", feeds=(), sitemaps=(f"{server.base}/sitemap.xml.gz",)),
            source(bombing, id="bombing"), source(endless, id="endless"),
        ]  # fmt: skip
        run = measured(Job(db=str(tmp_path / "n.db"), sources=tuple(sources), workers=0))
        assert (bombing.asked, endless.asked) == (["/robots.txt"], ["/robots.txt"])
    found = {report.source: report for report in run.report.sources}
    assert {name for name, report in found.items() if report.ok} == {"feed", "sitemap"}
    assert states(tmp_path / "n.db") == {"/good": ("done", None), "/of-the-sitemap": ("done", None)}
    for name in ("length", "nolength"):
        assert "larger than the limit of 50 MB" in str(found[name].error)
    assert "larger than the limit of 50 MB when unpacked" in str(found["packed"].error)
    assert "larger than 52428800 bytes unpacked: the rest was left out" in str(found["sitemap"].problems)
    assert "robots.txt: larger than the limit of 1 MB when unpacked" in str(found["bombing"].error)
    assert "robots.txt: larger than the limit of 1 MB" in str(found["endless"].error)
    assert run.growth < 2 * GROWTH  # two answers of 50 MB are in memory at a time


@pytest.mark.slow
def test_a_feed_of_fifty_thousand_entries_gives_ten_thousand_in_bounded_time(server: Hostile, tmp_path: Path) -> None:
    item = (
        "<item><title>Ministers meet about the border treaty {0}</title><link>/news/{0}</link><pubDate>Mon, 21 Oct 2024 10:00:00"
        " GMT</pubDate><category>War</category><description>&lt;p&gt;The foreign ministers met.&lt;/p&gt;</description></item>"
    )
    items = "".join(item.format(n) for n in range(50_000))
    whole = f"<?xml version='1.0'?><rss version='2.0'><channel><title>T</title>{items}</channel></rss>".encode()
    server.talks |= {"/big": body(whole, "application/rss+xml"), "/feed": body(feed("/good"), "application/rss+xml")}
    server.talks["/good"] = body(PAGE)
    sources = (source(server, id="big", feeds=(f"{server.base}/big",)), source(server, id="small"))
    run = measured(Job(db=str(tmp_path / "n.db"), sources=sources, workers=0, max_pages=1))
    big, small = run.report.sources
    assert (big.ok, big.discovered, small.new) == (True, 10_000, 1)
    assert big.problems == [f"{server.base}/big: more than 10000 entries: the rest was left out"]
    assert run.growth < GROWTH
    assert run.seconds < 120
