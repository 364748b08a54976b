"""How a crawl ends when something does not: signals, processes that are killed, pages and runs that hang."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import crawler
from crawler import run
from crawler.errors import RunFailedError
from crawler.run import crawl
from crawler.settings import TIMEOUT
from storage.config import Config

pytestmark = pytest.mark.cold
ROOT = str(Path(crawler.__file__).parent.parent)
PROGRAM = "import typer; from crawler.cli import register; app = typer.Typer(); register(app); app()"


def publish(web: Any, home: Path, articles: int, delay: float = 0.0) -> list[str]:
    """A feed of so many articles; the answer are the words that crawl it."""
    paths = [f"/{n}" for n in range(articles)]
    for path in paths:
        web.article(path, f"A headline number {path}")
    web.feed(*paths)
    (home / "own.toml").write_text(
        f'id = "small"\nname = "S"\nfeeds = ["{web.base}/feed"]\ndelay = {delay}\nallow_networks = ["127.0.0.0/8"]\n'
    )
    return ["crawl", "--sources", "own.toml", "--db", "n.db"]


@pytest.fixture
def start(home: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts the command with these words; what still runs at the end is killed."""
    started = []

    def begin(*words: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *words], cwd=home, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": ROOT} | environment,
        )  # fmt: skip
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def children(pid: int) -> list[int]:
    """The processes that any thread of this one has started and that still run."""
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").iterdir():
        found += map(int, (thread / "children").read_text().split())
    return found


def until(true: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def count(home: Path, what: str) -> int:
    with sqlite3.connect(home / "n.db") as db:
        return int(db.execute(f"SELECT count(*) FROM {what}").fetchone()[0])


@pytest.mark.slow
def test_a_signal_ends_a_crawl_within_the_time_limit_of_a_page_that_gives_no_answer(web: Any, home: Path, start: Any) -> None:
    words = publish(web, home, 5)
    release = threading.Event()
    good, web.pages["/1"] = web.pages["/1"], lambda: (release.wait(120), good)[1]
    process = start(*words)
    until(lambda: "/1" in web.paths())
    asked = time.monotonic()
    process.terminate()
    out, err = process.communicate(timeout=120)
    assert time.monotonic() - asked < TIMEOUT + 10
    release.set()
    assert (process.returncode, "Traceback" in err) == (3, False), err
    assert "interrupted" in out
    assert count(home, "frontier WHERE state = 'leased'") == 0
    web.pages["/1"] = good
    assert start(*words).wait(timeout=120) == 0
    with sqlite3.connect(home / "n.db") as db:
        again = {path for path in web.paths() if web.paths().count(path) > 1}
        waits = db.execute("SELECT count(*) FROM frontier WHERE state = 'queued' AND not_before IS NOT NULL").fetchone()[0]
    assert count(home, "articles") + waits == 5, "what hung is tried again, at once or later"
    assert again <= {"/feed", "/1", "/robots.txt"}


def test_a_stop_does_not_wait_for_ever_for_a_page_that_hangs_in_cleaning(
    web: Any, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    publish(web, home, 3)
    folder = tmp_path_factory.mktemp("stub")
    (folder / "sitecustomize.py").write_text(textwrap.dedent("""
        import sys, time
        if sys.orig_argv[1:] == ["-P", "-m", "cleaning.workers"]:
            import cleaning.pipeline
            cleaning.pipeline.clean = lambda page, **given: time.sleep(600)
    """))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(folder), ROOT)))
    monkeypatch.setattr(run, "PATIENCE", 2.0)
    stopped: list[float] = []

    def stop() -> None:
        until(lambda: "/0" in web.paths())
        time.sleep(1)
        stopped.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=stop, daemon=True).start()
    report = crawl(Config(db=home / "n.db", workers=1), [web.source()])
    assert report.state == "interrupted"
    assert time.monotonic() - stopped[0] < 25, "the page's own limit is longer"
    assert (count(home, "articles"), count(home, "frontier WHERE state = 'queued'")) == (0, 3)
    monkeypatch.delenv("PYTHONPATH")
    assert crawl(Config(db=home / "n.db"), [web.source()]).total("new") == 3


def test_a_run_whose_process_hangs_is_killed_after_its_time_limit(
    web: Any, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    publish(web, home, 3)
    folder = tmp_path_factory.mktemp("stub")
    (folder / "sitecustomize.py").write_text(textwrap.dedent("""
        import sys, time
        if sys.orig_argv[1:] == ["-P", "-m", "crawler.process"]:
            import crawler.session
            crawler.session.Session.sent = lambda self, source: time.sleep(600)
    """))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(folder), ROOT)))
    monkeypatch.setattr(run, "GRACE", 6.0)
    config = Config(db=home / "n.db", max_run_time=timedelta(seconds=4))
    with pytest.raises(RunFailedError):
        crawl(config, [web.source()])
    monkeypatch.delenv("PYTHONPATH")
    monkeypatch.setattr(run, "GRACE", 120.0)
    report = crawl(Config(db=home / "n.db"), [web.source()])
    assert (report.state, report.total("new")) == ("done", 3)


def test_workers_that_are_killed_cost_a_crawl_no_page(web: Any, home: Path, start: Any) -> None:
    words = publish(web, home, 120)
    process = start(*words, COPYDESK_WORKERS="2")
    until(lambda: children(process.pid))
    (child,) = children(process.pid)
    killed: set[int] = set()
    while len(killed) < 3 and process.poll() is None:
        for pid in children(child):
            if pid not in killed and len(web.paths()) > 10 * len(killed):
                killed.add(pid)
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, len(killed)) == (0, 3), err
    assert "120 new" in out.replace("\n", " ")
    assert count(home, "articles WHERE status = 'ok'") == 120


def test_the_loop_outlives_a_run_that_is_killed_and_rests(web: Any, home: Path, start: Any) -> None:
    words = publish(web, home, 20, delay=1.0)
    loop = start("schedule", "--run", *words[1:])
    until(lambda: "/0" in web.paths())
    (child,) = children(loop.pid)
    os.kill(child, signal.SIGKILL)
    said = [loop.stderr.readline()]
    while "1 run failed" not in said[-1]:
        assert said[-1], "it ended by itself"
        said.append(loop.stderr.readline())
    assert "the next is in 60 seconds" in said[-1]
    assert not any("Traceback" in line for line in said)
    assert children(loop.pid) == []
    loop.terminate()
    assert loop.wait(timeout=30) == 3
    assert count(home, "frontier WHERE state = 'leased'") > 0, "the killed run could not give it back"
    assert start(*words, "--max-pages", "1").wait(timeout=60) == 0, "the lock is free"
    assert count(home, "frontier WHERE state = 'leased'") == 0
