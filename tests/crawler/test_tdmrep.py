"""What a site reserves in its tdmrep.json: how the file is read, when it is asked for, and that it goes with the page."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from crawler import tdmrep
from crawler.cli import register
from crawler.run import crawl
from storage import Store
from storage.config import Config

FILE = "/.well-known/tdmrep.json"


def said(rules: list[object], path: str) -> tuple[str, ...]:
    found = tdmrep.claims(tdmrep.read(json.dumps(rules).encode()), f"https://x.example{path}")
    return tuple(claim.value for claim in found)


@pytest.mark.parametrize(("location", "path", "fits"), [
    ("/", "/", True), ("/", "/world/a?b=1", True), ("/world", "/world/a", True), ("/world", "/worldly", True),
    ("/world/", "/world", False), ("/World", "/world", False), ("/world$", "/world", True), ("/world$", "/world/a", False),
    ("*", "/a", True), ("/*", "/a", True), ("/*/then", "/this/path/then/on", True), ("/*/then", "/then", False),
    ("/*.pdf$", "/a/b.pdf", True), ("/*.pdf$", "/a/b.pdf?c=d", False), ("/*.pdf", "/a/b.pdf?c=d", True), ("/a*b$", "/ab", True),
    ("/aba*ba$", "/aba", False), ("/a*ba*a$", "/a-ba-ba-a", True), ("/*?id=", "/a?id=3", True), ("world", "/world/a", True),
    ("/a**b", "/acb", True), ("/a**b", "/bca", False), ("**", "/a", True), ("/$", "/", True), ("/$", "/a", False),
    ("$", "/", True), ("$", "/a", False),
    ("/f%C3%A4hre", "/fähre", True), ("/fähre", "/f%c3%a4hre", True), ("/%7Eada", "/~ada/a", True), ("/a%2Fb", "/a/b", False),
    ("/foo-%24", "/foo-$", True), ("/foo-%24", "/foo-", False), ("/foo-%2a", "/foo-*", True),
])  # fmt: skip
def test_a_location_fits_a_path_as_in_robots_txt(location: str, path: str, fits: bool) -> None:
    assert bool(said([{"location": location, "tdm-reservation": 1}], path)) == fits


def test_the_first_rule_that_fits_counts() -> None:
    rules: list[object] = [
        {"location": "/free/", "tdm-reservation": 0},
        {"location": "/odd/", "tdm-reservation": 7},
        {"location": "/", "tdm-reservation": 1, "tdm-policy": "https://x.example/policy.json"},
        {"location": "/free/not", "tdm-reservation": 1},
    ]
    assert said(rules, "/free/not") == ("0",)
    assert said(rules, "/odd/a") == (), "a value that is none reserves nothing, and takes none of the next rule"
    assert said(rules, "/a") == ("1", "https://x.example/policy.json")


@pytest.mark.parametrize("body", [
    b"", b"<html>home</html>", b"\xff\xfe", b"[" * 100_000, b"7", b"null", b'["/"]', b'[{"tdm-reservation": 1}]',
    b'[{"location": 3, "tdm-reservation": 1}]', b'[{"location": " ", "tdm-reservation": 1}]', b'[{"location": "/"}]',
    b'[{"location": "/", "tdm-reservation": [1]}]', b"9" * 5000,
])  # fmt: skip
def test_what_is_no_such_file_reserves_nothing(body: bytes) -> None:
    assert tdmrep.claims(tdmrep.read(body), "https://x.example/a") == ()


def test_small_faults_do_not_hide_a_reservation() -> None:
    assert said([3, {"location": "/", "tdm-reservation": "1", "tdm-policy": "not an address"}], "/a") == ("1",)
    one = tdmrep.read(b'\xef\xbb\xbf{"location": "/", "tdm-reservation": 1}')
    assert len(tdmrep.claims(one, "https://x.example/a")) == 1


def test_no_pattern_takes_long() -> None:
    patterns = ["/" + "*a" * 5000 + "$", "/" + "*" * 100_000 + "c", *(f"/section-{number}/*/more" for number in range(8000))]
    rules = tdmrep.read(json.dumps([{"location": pattern, "tdm-reservation": 1} for pattern in patterns]).encode())
    assert len(rules) == 8002
    begun = time.process_time()
    for _ in range(10):
        assert tdmrep.claims(rules, "https://x.example/" + "a" * 4000 + "b") == ()
    assert time.process_time() - begun < 2


def reserve(web: Any, *rules: tuple[str, int]) -> None:
    body = json.dumps([{"location": path, "tdm-reservation": value} for path, value in rules]).encode()
    web.answer(FILE, 200, body, "application/json")


def reservations(db: Path) -> dict[str, bool | None]:
    with Store(db, read_only=True) as store:
        return {str(article.title): article.rights.tdm_reservation for article in store.search()}


def test_it_is_asked_for_before_the_first_page_once_a_day_and_goes_with_the_pages(web: Any, home: Path) -> None:
    config = Config(db=home / "n.db")
    web.feed()
    crawl(config, [web.source()])
    assert web.paths() == ["/robots.txt", "/feed"], "who has no page to fetch does not ask"
    reserve(web, ("/free", 0), ("/a", 1))
    for path in ("/a", "/free", "/silent"):
        web.article(path, f"Ministers meet about {path}")
    web.feed("/a")
    web.forget()
    report = crawl(config, [web.source()])
    assert web.paths() == ["/feed", FILE, "/a"]
    assert report.sources[0].requests == 3
    web.feed("/a", "/free", "/silent")
    web.forget()
    crawl(config, [web.source()])
    assert sorted(web.paths()) == ["/feed", "/free", "/silent"], "it is kept for the next run"
    told = {"Ministers meet about /a": True, "Ministers meet about /free": False, "Ministers meet about /silent": None}
    assert reservations(config.db) == told
    with Store(config.db) as store:
        page = store.raw_page(f"{web.base}/a")
        assert page is not None
        assert [(c.field, c.value) for c in page.claims if c.source == f"tdmrep:{web.base}{FILE}"] == [("tdm_reservation", "1")]
        exported = store.export(home / "out.jsonl")
        assert (exported.articles, exported.reserved) == (2, 1)
        with store.transaction() as db:
            db.execute("UPDATE robots SET fetched_at = '2000-01-01T00:00:00Z'")
    web.article("/b", "Ministers meet about /b")
    web.feed("/b")
    web.forget()
    crawl(config, [web.source()])
    assert web.paths() == ["/robots.txt", "/feed", FILE, "/b"], "after a day it is asked for again"


def test_a_page_says_more_than_its_site(web: Any, home: Path) -> None:
    reserve(web, ("/", 1))
    web.article("/header", "A headline with a header")
    web.pages["/header"].headers["tdm-reservation"] = "0"
    web.article("/meta", "A headline with a tag")
    web.pages["/meta"].headers["tdm-reservation"] = "1"
    web.pages["/meta"].body = web.pages["/meta"].body.replace(b"<head>", b'<head><meta name="tdm-reservation" content="0">')
    web.feed("/header", "/meta")
    crawl(Config(db=home / "n.db"), [web.source()])
    assert reservations(home / "n.db") == {"A headline with a header": False, "A headline with a tag": False}


@pytest.mark.parametrize("trouble", ["error", "busy", "large", "loop", "away", "html"])
def test_whatever_is_wrong_with_the_file_pages_are_fetched(web: Any, home: Path, trouble: str) -> None:
    answers: dict[str, tuple[Any, ...]] = {
        "error": (500,), "busy": (503,), "large": (200, b" " * (tdmrep.LARGEST + 10) + b"[]"),
        "html": (200, b"<html>home</html>"), "loop": (301,), "away": (302,),
    }  # fmt: skip
    where = {"loop": {"Location": FILE}, "away": {"Location": "http://10.0.0.1/"}, "busy": {"Retry_After": "1"}}.get(trouble, {})
    web.answer(FILE, *answers[trouble], **where)
    web.article("/a", "Ministers meet")
    web.feed("/a")
    config = Config(db=home / "n.db")
    assert crawl(config, [web.source()]).total("new") == 1
    assert reservations(config.db) == {"Ministers meet": None}
    with Store(config.db, read_only=True) as store:
        kept = store.connection.execute("SELECT body FROM robots WHERE site LIKE '%tdmrep.json'").fetchall()
    assert kept == ([(b"",)] if trouble == "html" else []), "what failed is asked for again by the next run"


def test_robots_txt_counts_for_it_and_a_redirect_leads_to_the_rules_of_its_own_site(
    web: Any, other_web: Any, home: Path
) -> None:
    web.answer("/robots.txt", 200, b"User-agent: *\nDisallow: /.well-known/\n", "text/plain")
    reserve(web, ("/", 0))
    reserve(other_web, ("/", 1))
    web.article("/a", "Ministers meet here")
    web.answer("/moved", 301, Location=f"{other_web.base}/b")
    other_web.article("/b", "Ministers meet there")
    web.feed("/a", "/moved")
    crawl(Config(db=home / "n.db"), [web.source()])
    assert FILE not in web.paths()
    assert reservations(home / "n.db") == {"Ministers meet here": None, "Ministers meet there": True}


def test_a_single_page_is_asked_about_too(web: Any, home: Path) -> None:
    app = typer.Typer()
    register(app)

    reserve(web, ("/", 1))
    web.article("/a", "Ministers meet")
    shown = CliRunner().invoke(app, ["fetch", f"{web.base}/a", "--format", "jsonl"])
    assert json.loads(shown.stdout)["rights"]["tdm_reservation"] is True
