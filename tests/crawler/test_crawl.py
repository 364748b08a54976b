"""Real crawls over loopback: what is stored, what a second crawl asks for, and what is left when something goes wrong."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import crawler
from crawler.discovery import Link
from crawler.endpoints import Endpoints, Validators, Visit
from crawler.errors import ContactMissingError, StoreBusyError
from crawler.frontier import TRIES, Done, Frontier
from crawler.lock import crawl_lock
from crawler.report import Progress
from crawler.rhythm import Rhythm
from crawler.run import crawl
from crawler.runs import Runs
from storage import StorageError, Store
from storage.config import Config


def rows(db: Path, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(db) as connection:
        return [tuple(row) for row in connection.execute(sql)]


def states(db: Path) -> dict[str, tuple[str, str | None]]:
    found = rows(db, "SELECT url, state, reason FROM frontier")
    return {url[url.index("/", 8):]: (state, reason) for url, state, reason in found}


@pytest.mark.cold
def test_a_crawl_its_repetition_and_a_changed_page(web: Any, home: Path) -> None:
    config = Config(db=home / "n.db")
    for path in ("/a", "/b"):
        web.article(path, f"Ministers meet about {path}")
    web.feed("/a", "/b?utm_source=rss", "/b")
    web.pages["/b?utm_source=rss"] = web.pages["/b"]
    steps: list[Progress] = []

    first = crawl(config, [web.source()], progress=steps.append)
    assert (first.state, first.exit_code, first.total("new"), first.sources[0].discovered) == ("done", 0, 2, 2)
    assert steps
    with Store(config.db, read_only=True) as store:
        article = store.get(f"{web.base}/a")
        assert article is not None
        assert (article.title, article.source, article.publisher) == ("Ministers meet about /a", "small", "The Small Web")
        assert ("title", "Headline 1") in [(c.field, c.value) for c in article.candidates], "what the feed said is evidence"
        page = store.raw_page(f"{web.base}/a")
        assert page is not None
        assert page.body == web.pages["/a"].body
    assert rows(config.db, "SELECT state, new, requests FROM runs JOIN run_sources ON run_id = id") == [("done", 2, 5)]

    web.forget()
    second = crawl(config, [web.source()])
    assert web.paths() == ["/feed"], "only what may be new is asked for"
    assert (second.total("new"), second.sources[0].not_modified, second.sources[0].seen) == (0, 1, 2)

    before = rows(config.db, "SELECT * FROM articles WHERE url LIKE '%/a'")
    web.article("/b?utm_source=rss", "Ministers meet about /b", extra="Late in the evening the talks broke off.")
    web.forget()
    time.sleep(1.1)  # last_seen_at has whole seconds
    third = crawl(config, [web.source()], refetch=True)
    assert (third.total("new"), third.total("updated"), third.total("unchanged")) == (0, 1, 1)
    assert {"/a", "/b?utm_source=rss"} <= set(web.paths())
    after = rows(config.db, "SELECT * FROM articles WHERE url LIKE '%/a'")
    changed = [(old, new) for old, new in zip(before[0], after[0], strict=True) if old != new]
    assert len(changed) == 1, "an unchanged page moves last_seen_at and nothing else"
    assert rows(config.db, "SELECT count(*), max(reason) FROM revisions") == [(1, "changed")]


def test_a_page_without_validators_that_did_not_change_moves_nothing_else_either(web: Any, home: Path) -> None:
    web.article("/a", "A headline about a treaty")
    web.pages["/a"].validators = False
    web.feed("/a")
    config = Config(db=home / "n.db")
    crawl(config, [web.source()])
    report = crawl(config, [web.source()], refetch=True)
    assert report.total("unchanged") == 1
    assert rows(config.db, "SELECT count(*) FROM revisions") == [(0,)]


def test_what_cannot_be_had_is_recorded_and_stops_nothing(web: Any, home: Path) -> None:
    web.article("/good", "A headline about a treaty")
    web.answer("/gone", 410)
    web.answer("/pdf", 200, b"%PDF-1.4", "application/pdf")
    web.answer("/empty", 200)
    web.answer("/round", 302, Location="/round")
    web.answer("/broken", 500)
    web.answer("/moved", 301, Location="/target")
    web.article("/target", "A headline about a summit")
    web.answer("/away", 302, Location="http://10.0.0.1/")
    web.feed("/gone", "/pdf", "/empty", "/round", "/broken", "/moved", "/away", "http://127.0.0.1:1/refused", "/good")
    config = Config(db=home / "n.db", contact="tests@example.org")
    report = crawl(config, [web.source()])
    assert report.state == "done"
    small = report.sources[0]
    assert (small.new, small.failed, small.dropped, small.postponed) == (2, 5, 1, 1)
    found = states(config.db)
    assert found["/gone"] == ("failed", "HTTP 410")
    assert found["/pdf"] == ("failed", "not HTML but application/pdf")
    assert found["/empty"] == ("failed", "the answer is empty")
    assert found["/broken"] == ("queued", "HTTP 500"), "it may pass: a later run tries again"
    assert found["/round"][1] == "max redirections reached"
    assert found["/away"] == ("dropped", "10.0.0.1 is not a public address")
    assert found["/refused"] == ("queued", "connection refused"), "no robots.txt can be had: hands off for now"
    with Store(config.db, read_only=True) as store:
        moved = store.get(f"{web.base}/target")
        assert moved is not None
        assert moved.url == f"{web.base}/target"
        assert store.get(f"{web.base}/moved") == moved, "it is found by the address that led to it, too"


def test_broken_feeds_are_reported_beside_those_that_work(web: Any, home: Path) -> None:
    web.article("/a", "A headline about a treaty")
    web.feed("/a")
    web.answer("/html", 200, b"<html><body>please log in</body></html>")
    web.answer("/sitemap.xml", 200, b"<sitemapindex><sitemap><loc>/news.xml</loc></sitemap></sitemapindex>", "text/xml")
    web.article("/b", "Another headline about a treaty")
    locations = "".join(f"<url><loc>{path}</loc></url>" for path in ("/b", "/video/c"))
    web.answer("/news.xml", 200, f"<urlset>{locations}</urlset>".encode(), "text/xml")
    feeds = tuple(f"{web.base}/{name}" for name in ("feed", "html", "missing"))
    mixed = web.source(feeds=feeds, sitemaps=(f"{web.base}/sitemap.xml",), exclude=("/video/",))
    dead = web.source(id="dead", feeds=("http://127.0.0.1:1/feed",))
    silent = web.source(id="silent", feeds=())
    config = Config(db=home / "n.db")
    report = crawl(config, [mixed, dead, silent])
    assert report.state == "done"
    assert [source.ok for source in report.sources] == [True, False, False]
    assert report.sources[0].new == 2
    assert f"{web.base}/html: an HTML page, not a feed" in str(report.sources[0].error)
    assert f"{web.base}/missing: HTTP 404" in str(report.sources[0].error)
    assert "connection refused" in str(report.sources[1].error)
    assert "names no feed" in str(report.sources[2].error)
    assert dict(rows(config.db, "SELECT replace(url, '" + web.base + "', ''), status FROM endpoints WHERE source = 'small'")) == {
        "/feed": 200, "/html": 200, "/missing": 404, "/sitemap.xml": 200, "/news.xml": 200}  # fmt: skip

    web.forget()
    crawl(config, [mixed])
    assert "/news.xml" not in web.paths(), "nothing says that it has changed, and it was just read"
    with Store(config.db) as store, store.transaction() as db:
        db.execute("UPDATE endpoints SET next_at = NULL")
    crawl(config, [mixed])
    assert "/news.xml" in web.paths(), "a sitemap of an unchanged index is asked again"


def test_nothing_is_half_written_when_every_source_is_dead(home: Path, web: Any) -> None:
    begun = time.monotonic()
    report = crawl(Config(db=home / "n.db"), [web.source(feeds=("http://127.0.0.1:1/feed",))])
    assert (report.state, report.exit_code) == ("failed", 1)
    assert rows(home / "n.db", "SELECT count(*) FROM articles") == [(0,)]
    assert rows(home / "n.db", "SELECT state, ended_at IS NOT NULL FROM runs") == [("failed", 1)]
    assert time.monotonic() - begun < 30


def test_limits_and_thresholds(web: Any, home: Path) -> None:
    paths = [f"/{n}" for n in range(5)]
    for path in paths:
        web.article(path, f"A headline number {path}")
    web.feed(*paths)
    config = Config(db=home / "n.db", max_pages_per_source=2, min_geopolitics=1.0)
    report = crawl(config, [web.source()])
    assert report.total("rejected") == 2
    flags = rows(config.db, "SELECT DISTINCT flag FROM article_flags")
    assert ("below_geopolitics_threshold",) in flags
    assert sorted(state for state, _ in states(config.db).values()) == ["done"] * 2 + ["queued"] * 3
    rest = crawl(Config(db=home / "n.db"), [web.source(min_geopolitics=0.0)])
    assert rest.total("new") == 3, "what was left over is fetched, by the source's own threshold"


def test_beyond_loopback_nothing_is_asked_without_a_contact(web: Any, home: Path) -> None:
    with pytest.raises(ContactMissingError, match="contact"):
        crawl(Config(db=home / "n.db"), [web.source(), web.source(id="far", feeds=("https://news.example/feed",))])
    assert web.asked == []
    assert not (home / "n.db").exists()


def test_a_link_of_a_loopback_feed_does_not_lead_beyond_it_without_a_contact(web: Any, home: Path) -> None:
    web.feed("http://8.8.8.8/a")
    report = crawl(Config(db=home / "n.db"), [web.source()])
    assert report.sources[0].postponed == 1
    assert [state for state, _ in states(home / "n.db").values()] == ["queued"]


def test_one_crawl_a_store(web: Any, home: Path) -> None:
    web.feed()
    config = Config(db=home / "n.db")
    with crawl_lock(config.db), pytest.raises(StoreBusyError, match=f"process {os.getpid()}"):
        crawl(config, [web.source()])
    assert crawl(config, [web.source()]).state == "done", "the lock is free again"


def test_a_store_that_is_none_is_named(web: Any, home: Path) -> None:
    (home / "n.db").write_text("not a database, but long enough to look like a file of something" * 20)
    with pytest.raises(StorageError, match=r"n\.db"):
        crawl(Config(db=home / "n.db"), [web.source()])
    assert web.asked == []


@pytest.fixture
def begun(web: Any, home: Path) -> Iterator[subprocess.Popen[str]]:
    """A crawl by the command, of six pages a second apart, that has come to the first of them."""
    paths = [f"/{n}" for n in range(6)]
    for path in paths:
        web.article(path, f"A headline number {path}")
    web.feed(*paths)
    source = home / "own.toml"
    source.write_text(f'id = "small"\nname = "S"\nfeeds = ["{web.base}/feed"]\ndelay = 1.0\nallow_networks = ["127.0.0.0/8"]\n')
    root = str(Path(crawler.__file__).parent.parent)
    program = "import typer; from crawler.cli import register; app = typer.Typer(); register(app); app()"
    process = subprocess.Popen(
        [sys.executable, "-c", program, "crawl", "--sources", str(source), "--db", "n.db"], cwd=home, text=True,
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": root},
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while "/0" not in web.paths() and time.monotonic() < deadline:
        time.sleep(0.05)
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_gracefully_and_the_next_crawl_goes_on(
    web: Any, home: Path, begun: subprocess.Popen[str], number: signal.Signals,
) -> None:  # fmt: skip
    begun.send_signal(number)
    out, err = begun.communicate(timeout=30)
    assert begun.returncode == 3, err
    assert "interrupted" in out
    assert "Traceback" not in err
    found = {state for state, _ in states(home / "n.db").values()}
    assert "queued" in found
    assert found <= {"queued", "done"}
    assert crawl(Config(db=home / "n.db"), [web.source()]).state == "done"
    assert rows(home / "n.db", "SELECT count(*) FROM articles") == [(6,)]


def test_a_second_signal_stops_at_once(web: Any, home: Path, begun: subprocess.Popen[str]) -> None:
    release = threading.Event()

    def hang() -> Any:
        release.wait(60)
        return web.pages["/0"]

    web.pages["/1"] = hang
    deadline = time.monotonic() + 30
    while "/1" not in web.paths() and time.monotonic() < deadline:
        time.sleep(0.05)
    begun.send_signal(signal.SIGTERM)
    time.sleep(1)
    assert begun.poll() is None, "the page that is under way may end"
    again = time.monotonic()
    begun.send_signal(signal.SIGTERM)
    _, err = begun.communicate(timeout=30)
    assert time.monotonic() - again < 25  # the page would hang for longer
    assert (begun.returncode, "Traceback" in err) == (3, False), err
    release.set()
    web.pages["/1"] = web.pages["/0"]
    assert crawl(Config(db=home / "n.db"), [web.source()]).state == "done"
    assert {state for state, _ in states(home / "n.db").values()} == {"done"}


def test_a_run_that_takes_too_long_is_stopped_in_good_order(web: Any, home: Path) -> None:
    paths = [f"/{n}" for n in range(30)]
    for path in paths:
        web.article(path, f"A headline number {path}")
    web.feed(*paths)
    config = Config(db=home / "n.db", max_run_time=timedelta(seconds=3))
    report = crawl(config, [web.source(delay=0.5)])
    assert (report.state, report.stopped_after) == ("done", 3)
    assert 0 < report.total("new") < 30
    assert {state for state, _ in states(home / "n.db").values()} == {"done", "queued"}


def test_a_store_that_another_program_locks_or_that_cannot_be_written_is_named(web: Any, home: Path) -> None:
    web.article("/a", "A headline about a treaty")
    web.feed("/a")
    config = Config(db=home / "n.db")
    Store(config.db).close()
    with sqlite3.connect(config.db) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(StorageError, match="newer Copydesk"):
        crawl(config, [web.source()])
    with pytest.raises(StorageError, match="its folder does not exist"):
        crawl(Config(db=home / "none" / "n.db"), [web.source()])
    assert web.asked == []


def test_a_full_disk_ends_the_run_in_one_sentence_and_nothing_is_half_written(web: Any, home: Path) -> None:
    paths = [f"/{n}" for n in range(40)]
    for path in paths:
        web.article(path, f"A headline number {path}", extra=path * 20_000)
    web.feed(*paths)
    config = Config(db=home / "n.db")
    Store(config.db).close()
    with Store(config.db) as store:
        pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
    program = (
        f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({pages * 4096 + 400_000},) * 2);"
        " import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        " import typer; from crawler.cli import register; app = typer.Typer(); register(app); app()"
    )
    source = home / "own.toml"
    source.write_text(f'id = "small"\nname = "S"\nfeeds = ["{web.base}/feed"]\ndelay = 0\nallow_networks = ["127.0.0.0/8"]\n')
    root = str(Path(crawler.__file__).parent.parent)
    full = subprocess.run(
        [sys.executable, "-c", program, "crawl", "--sources", str(source), "--db", "n.db"], cwd=home, text=True,
        capture_output=True, env=os.environ | {"PYTHONPATH": root}, timeout=120, check=False,
    )  # fmt: skip
    assert full.returncode == 1, full.stderr
    assert "Traceback" not in full.stderr
    assert "n.db" in full.stderr or "n.raw.db" in full.stderr
    assert rows(config.db, "PRAGMA integrity_check") == [("ok",)]
    assert crawl(config, [web.source()]).state == "done"
    assert rows(config.db, "SELECT count(*) FROM articles") == [(40,)], "with room again it goes on"


def test_a_killed_crawl_leaves_no_orphan_and_loses_nothing(web: Any, home: Path, begun: subprocess.Popen[str]) -> None:
    begun.kill()
    begun.wait()
    deadline = time.monotonic() + 30
    while True:
        try:
            report = crawl(Config(db=home / "n.db"), [web.source()])
            break
        except StoreBusyError:  # the run's own process is still noticing
            assert time.monotonic() < deadline, "an orphan holds the store"
            time.sleep(0.2)
    assert report.state == "done"
    assert rows(home / "n.db", "SELECT count(*) FROM articles") == [(6,)]
    assert max(web.paths().count(f"/{n}") for n in range(6)) <= 2


def test_crawls_may_be_made_from_any_thread_one_after_another(web: Any, home: Path) -> None:
    web.article("/a", "A headline about a treaty")
    web.feed("/a")
    reports = []
    thread = threading.Thread(target=lambda: reports.append(crawl(Config(db=home / "n.db"), [web.source()])))
    thread.start()
    thread.join()
    reports.append(crawl(Config(db=home / "n.db"), [web.source()]))
    assert [report.total("new") for report in reports] == [1, 0]


def test_the_frontier_forgets_nothing(home: Path) -> None:
    with Store(home / "n.db") as store:
        frontier, run_id = Frontier(store), Runs(store).begin({})
        links = [Link("http://x.org/1"), Link("https://www.x.org/1?utm_source=a"), Link("http://x.org/2")]
        assert frontier.announce("s", links) == (2, 1), "one article has one row, however it is addressed"
        leases = frontier.lease(run_id, "s", 10)
        assert [lease.url for lease in leases] == ["http://x.org/1", "http://x.org/2"]
        assert frontier.lease(run_id, "s", 10) == []
        assert frontier.recover() == 2, "what a dead run had leased comes back"
        first, second = frontier.lease(run_id, "s", 10)
        frontier.done(Done(first.key, Validators("e", "m")))
        for _ in range(TRIES):
            frontier.failed(second, "HTTP 500", may_pass=True)
            store.connection.execute("UPDATE frontier SET not_before = NULL")
            again = frontier.lease(run_id, "s", 10)
            second = again[0] if again else second
        assert states(home / "n.db")["/2"] == ("failed", "HTTP 500"), "given up in the end"
        assert frontier.requeue_done(["s"]) == 1
        (lease,) = frontier.lease(run_id, "s", 10)
        assert (lease.etag, lease.last_modified) == ("e", "m")


def test_validators_and_links_are_one_transaction(home: Path) -> None:
    with Store(home / "n.db") as store:
        frontier, endpoints = Frontier(store), Endpoints(store)
        visit = Visit("http://x.org/feed", "s", "feed", 200, validators=Validators("e"))

        def half_of_it() -> None:
            with store.transaction():
                frontier.announce("s", [Link("http://x.org/1")])
                endpoints.answered(visit, Rhythm(timedelta(minutes=1), timedelta(days=1)))
                raise RuntimeError

        with pytest.raises(RuntimeError):
            half_of_it()
        assert frontier.due(["s"]) == 0
        assert endpoints.validators("http://x.org/feed") == Validators()
