"""Manners: robots.txt, distances, and rest for a host that asks for it."""

from __future__ import annotations

import asyncio
import itertools
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from crawler.cli import register
from crawler.frontier import TRIES
from crawler.politeness import LONGEST_WAIT, Hosts, LaterError, Robots, StoppingError, retry_after_seconds
from crawler.run import crawl
from crawler.settings import scrapy_settings, user_agent
from storage import Store
from storage.cli import register as register_storage
from storage.config import Config, load_config


def test_retry_after_gives_seconds_or_a_date() -> None:
    assert retry_after_seconds("120") == 120
    assert retry_after_seconds(" 0 ") == 0
    in_a_minute = format_datetime(datetime.now(UTC) + timedelta(minutes=1), usegmt=True)
    assert retry_after_seconds(in_a_minute) == pytest.approx(60, abs=15)
    assert retry_after_seconds("Mon, 21 Oct 2024 10:00:00 GMT") == 0
    for unreadable in (None, "", "soon", "-5", "1e3", "٣"):
        assert retry_after_seconds(unreadable) is None


def test_a_host_has_one_turn_at_a_time_with_the_delay_between() -> None:
    starts: list[float] = []

    async def ask(hosts: Hosts, url: str) -> None:
        async with hosts.turn(url, 0.1):
            starts.append(time.monotonic())
            await asyncio.sleep(0.02)

    async def together() -> None:
        hosts = Hosts(lambda: False)
        await asyncio.gather(*(ask(hosts, f"http://a.example:{port}/") for port in (80, 80, 8080)))

    asyncio.run(together())
    gaps = [later - earlier for earlier, later in itertools.pairwise(starts)]
    assert len(gaps) == 2
    assert min(gaps) >= 0.095, "ports of one host share its turns"


def test_hosts_do_not_wait_for_each_other() -> None:
    async def one_after_the_other() -> float:
        hosts, begun = Hosts(lambda: False), time.monotonic()
        for name in "abc":
            async with hosts.turn(f"http://{name}.example/", 5.0):
                pass
        return time.monotonic() - begun

    assert asyncio.run(one_after_the_other()) < 5  # one delay and more if they did


def test_a_busy_host_rests_longer_each_time_and_is_left_alone_if_it_asks_for_long() -> None:
    async def ask() -> None:
        hosts = Hosts(lambda: False)
        host = hosts.of("http://a.example/")
        begun = time.monotonic()
        hosts.heed(host, 503, None)
        first = host.next_at - begun
        hosts.heed(host, 429, None)
        second = host.next_at - begun
        assert second > 1.5 * first > 0
        hosts.heed(host, 200, None)
        assert host.strikes == 0
        hosts.heed(host, 429, str(int(LONGEST_WAIT) + 600))
        with pytest.raises(LaterError) as caught:
            async with hosts.turn("http://a.example/", 0):
                pass
        assert caught.value.not_before > datetime.now(UTC) + timedelta(seconds=LONGEST_WAIT)

    asyncio.run(ask())


def test_waiting_ends_when_the_run_is_stopped() -> None:
    async def ask() -> float:
        stopping = False
        hosts = Hosts(lambda: stopping)
        hosts.heed(hosts.of("http://a.example/"), 429, "60")
        begun = time.monotonic()

        async def wait() -> None:
            async with hosts.turn("http://a.example/", 0):
                pass

        task = asyncio.ensure_future(wait())
        await asyncio.sleep(0.05)
        stopping = True
        with pytest.raises(StoppingError):
            await task
        return time.monotonic() - begun

    assert asyncio.run(ask()) < 30  # half of what the host asked for


def test_who_asks_says_so() -> None:
    assert user_agent("me@example.org").startswith("Copydesk/")
    assert user_agent("me@example.org").endswith(" (+me@example.org)")


def test_dangerous_doors_of_scrapy_are_shut() -> None:
    settings = scrapy_settings(None)
    assert [settings["DOWNLOAD_HANDLERS"][scheme] for scheme in ("file", "ftp", "s3", "data")] == [None] * 4
    assert settings["TELNETCONSOLE_ENABLED"] is False
    assert settings["REMOTE_CONTROL_ENABLED"] is False
    assert settings["DOWNLOAD_VERIFY_CERTIFICATES"] is True


def test_robots_without_rules_allow_everything() -> None:
    Robots().check("http://x.org/")
    assert Robots().crawl_delay() == 0


def test_robots_are_obeyed_by_our_own_name_and_crawl_delay_is_kept(web: Any, home: Path) -> None:
    rules = b"User-agent: *\nDisallow: /\n\nUser-agent: copydesk\nDisallow: /private/\nCrawl-delay: 0.4\n"
    web.answer("/robots.txt", 200, rules, "text/plain")
    for path in ("/a", "/b", "/private/c"):
        web.article(path, f"Headline of {path}")
    web.answer("/moved", 301, Location="/private/c")
    web.feed("/a", "/b", "/private/c", "/moved")
    report = crawl(Config(db=home / "n.db"), [web.source()])
    assert report.state == "done"
    assert (report.sources[0].new, report.sources[0].dropped) == (2, 2)
    assert "/private/c" not in web.paths(), "not even by a redirect"
    assert web.paths().count("/robots.txt") == 1
    moments = sorted(moment for path, moment, _ in web.asked if path != "/robots.txt")
    assert min(b - a for a, b in itertools.pairwise(moments)) >= 0.35
    assert {headers["User-Agent"].split("/")[0] for _, _, headers in web.asked} == {"Copydesk"}


def test_a_failing_robots_txt_means_hands_off_for_now(web: Any, home: Path) -> None:
    web.answer("/robots.txt", 503)
    web.feed("/a")
    report = crawl(Config(db=home / "n.db"), [web.source()])
    assert web.paths() == ["/robots.txt"]
    assert report.state == "failed"
    assert "robots.txt answered 503" in str(report.sources[0].error)


def test_retry_after_is_waited_for_and_a_page_that_is_always_busy_is_left_for_later(web: Any, home: Path) -> None:
    web.article("/a", "A headline")
    patient = web.pages["/a"]
    web.answer("/busy", 429, Retry_After="1")
    busy, seen = web.pages["/busy"], []

    def first_busy_then_fine() -> Any:
        seen.append(1)
        return busy if len(seen) == 1 else patient

    web.pages["/a"] = first_busy_then_fine
    web.feed("/a", "/busy")
    report = crawl(Config(db=home / "n.db"), [web.source()])
    assert report.sources[0].new == 1
    assert report.sources[0].failed == 1
    first, second = web.times("/a")
    assert second - first >= 0.95
    assert len(web.times("/busy")) == 2, "asked again once, then left for a later run"


def test_a_page_that_is_always_busy_is_given_up_and_its_host_is_not(web: Any, home: Path) -> None:
    config = Config(db=home / "n.db")
    web.answer("/busy", 429, Retry_After="0")
    for number in range(TRIES):
        web.article(f"/{number}", f"A headline about treaty {number}")
        web.feed("/busy", f"/{number}")
        assert crawl(config, [web.source()]).total("new") == 1
        with Store(config.db) as store, store.transaction() as db:
            db.execute("UPDATE frontier SET not_before = NULL")
    with Store(config.db, read_only=True) as store:
        given_up = store.connection.execute("SELECT state, reason, tries FROM frontier WHERE url LIKE '%/busy'").fetchall()
    assert given_up == [("failed", "HTTP 429", TRIES)]
    web.forget()
    crawl(config, [web.source()])
    assert web.paths() == ["/feed"]


@pytest.mark.parametrize(("opt_outs", "stored", "exported"), [("keep", 5, 1), ("export", 5, 5), ("skip", 1, 1)])
def test_opt_outs_are_obeyed_as_the_configuration_says(
    web: Any, home: Path, opt_outs: str, stored: int, exported: int,
) -> None:  # fmt: skip
    (home / "copydesk.toml").write_text(f'opt_outs = "{opt_outs}"\n')
    for name in ("free", "header", "noai", "noindex", "site"):
        web.article(f"/{name}", f"A headline about a {name}")
    web.pages["/header"].headers["TDM-Reservation"] = "1"
    web.pages["/noindex"].headers["X-Robots-Tag"] = "noindex"
    web.pages["/noai"].body = web.pages["/noai"].body.replace(b"<head>", b'<head><meta name="robots" content="noai">')
    web.answer("/.well-known/tdmrep.json", 200, b'[{"location": "/site$", "tdm-reservation": 1}]', "application/json")
    web.feed("/free", "/header", "/noai", "/noindex", "/site")
    report = crawl(load_config(), [web.source()])
    assert (report.total("new"), report.total("dropped")) == (stored, 5 - stored)
    with Store(home / "news.db", read_only=True) as store:
        assert len(list(store.search())) == stored
        assert store.stats()["raw_pages"] == stored, "of what is skipped not even the page is kept"
    app = typer.Typer()
    register_storage(app)
    assert CliRunner().invoke(app, ["export", "out.jsonl"]).exit_code == 0
    assert len((home / "out.jsonl").read_text().splitlines()) == exported
    web.forget()
    crawl(load_config(), [web.source()])
    assert web.paths() == ["/feed"], "what was skipped is not asked for again"


def test_a_single_page_that_opts_out_is_shown_and_not_saved_where_they_are_skipped(web: Any, home: Path) -> None:
    (home / "copydesk.toml").write_text('opt_outs = "skip"\n')
    web.article("/a", "A headline")
    web.pages["/a"].headers["TDM-Reservation"] = "1"
    app = typer.Typer()
    register(app)
    done = CliRunner().invoke(app, ["fetch", f"{web.base}/a", "--save"])
    assert done.exit_code == 0
    assert "A headline" in done.stdout
    assert "opts out, and is not stored" in done.stderr
    assert not (home / "news.db").exists()


def test_robots_txt_is_kept_for_a_day_across_runs_and_an_outage_is_not(web: Any, home: Path) -> None:
    config = Config(db=home / "n.db")
    web.answer("/robots.txt", 200, b"User-agent: *\nDisallow: /a\n", "text/plain")
    web.article("/a", "A headline")
    web.feed("/a")
    assert crawl(config, [web.source()]).sources[0].dropped == 1
    web.answer("/robots.txt", 503)
    web.forget()
    assert crawl(config, [web.source()]).state == "done"
    assert web.paths() == ["/feed"], "what it said yesterday counts"
    with Store(config.db) as store, store.transaction() as db:
        db.execute("UPDATE robots SET fetched_at = '2000-01-01T00:00:00Z'")
    web.forget()
    assert crawl(config, [web.source()]).state == "failed", "after a day it is asked again, and 503 means hands off"
    assert web.paths() == ["/robots.txt"]
    web.pages.pop("/robots.txt")
    web.forget()
    assert crawl(config, [web.source()]).state == "done", "the outage was not kept"
    assert web.paths() == ["/robots.txt", "/feed"]
    web.forget()
    crawl(config, [web.source()])
    assert web.paths() == ["/feed"], "that there are no rules is kept, too"
