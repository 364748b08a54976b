"""Nothing is lost: crawls that are killed at random moments, until every announced article is stored exactly once."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from collections import Counter
from contextlib import ExitStack
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from crawler.scheduler import PER_SOURCE
from tests.crawler import warm

SITES = 8
IN_FLIGHT = PER_SOURCE * SITES
"""Pages that may be under way when a kill comes."""


class Press:
    """A web of SITES hosts that publish: half of them in feeds, half in sitemaps under an index."""

    def __init__(self, serving: Any, stack: ExitStack, home: Path) -> None:
        self.webs = [stack.enter_context(serving(f"127.0.0.{number + 1}")) for number in range(SITES)]
        self._paths: list[list[str]] = [[] for _ in self.webs]
        definitions = []
        for number, web in enumerate(self.webs):
            endpoint = f'sitemaps = ["{web.base}/index.xml"]' if number % 2 else f'feeds = ["{web.base}/feed"]'
            definitions.append(
                f'[[source]]\nid = "site-{number}"\nname = "Site {number}"\n{endpoint}\ndelay = 0.0\n'
                'allow_networks = ["127.0.0.0/8"]\n'
            )
        (home / "own.toml").write_text("\n".join(definitions))

    def publish(self, articles: int) -> None:
        """So many more articles, evenly on all sites."""
        for number, (web, paths) in enumerate(zip(self.webs, self._paths, strict=True)):
            for n in range(len(paths), len(paths) + articles // SITES):
                paths.append(f"/{n % 3}/story-{number}-{n}")
                web.article(paths[-1], f"A headline of {paths[-1]}")
            if number % 2 == 0:
                web.feed(*reversed(paths))
                continue
            for part in range(3):
                entries = "".join(f"<url><loc>{p}</loc></url>" for p in paths if p.startswith(f"/{part}/"))
                web.answer(f"/map-{part}.xml", 200, f"<urlset>{entries}</urlset>".encode(), "text/xml")
            stated = f"2026-01-01T00:00:{len(paths) % 60:02}Z/{len(paths)}"
            index = "".join(f"<sitemap><loc>/map-{p}.xml</loc><lastmod>{stated}</lastmod></sitemap>" for p in range(3))
            web.answer("/index.xml", 200, f"<sitemapindex>{index}</sitemapindex>".encode(), "text/xml")

    @property
    def announced(self) -> set[str]:
        return {web.base + path for web, paths in zip(self.webs, self._paths, strict=True) for path in paths}

    @property
    def requests(self) -> int:
        return sum(len(web.asked) for web in self.webs)

    def fetched(self) -> Counter[str]:
        return Counter(web.base + path for web in self.webs for path in web.paths() if "story" in path)


def command(home: Path, workers: int) -> None:
    """`copydesk crawl` in `home`, to its end."""
    import typer

    from crawler.cli import register

    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    os.chdir(home)
    os.environ["COPYDESK_WORKERS"] = str(workers)
    app = typer.Typer()
    register(app)
    app(["crawl", "--sources", "own.toml", "--db", "n.db"])


def start(home: Path, workers: int = 0) -> BaseProcess:
    """Starts the command in a process that has loaded it already: half of what each kill would cost otherwise."""
    warm.load()
    process = warm.CONTEXT.Process(target=command, args=(home, workers), daemon=False)
    process.start()
    return process


def run_process(parent: int) -> int | None:
    """The process that the command has started for its run."""
    try:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    except OSError:
        return None
    return int(children[0]) if children else None


def kill_at_random(process: BaseProcess, begun: float, chance: random.Random, longest: float) -> str:
    """Waits for the crawl to have begun and some time more, then kills the command, the process of its run, or both."""
    time.sleep(max(0.0, begun + chance.uniform(0.0, longest) - time.monotonic()))
    victim = chance.choice(["command", "run", "both"])
    assert process.pid is not None
    child = run_process(process.pid)
    if victim != "command" and child is not None:
        os.kill(child, signal.SIGKILL)
    if victim != "run" or child is None:
        process.kill()
    process.join(timeout=60)
    assert process.exitcode is not None
    return victim


def wait_until_free(home: Path) -> None:
    """Until no process holds the store: one whose parent was killed has noticed."""
    import fcntl

    deadline = time.monotonic() + 60
    with (home / "n.db.lock").open("a") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                assert time.monotonic() < deadline, "an orphan holds the store"
                time.sleep(0.02)
            else:
                fcntl.flock(lock, fcntl.LOCK_UN)
                return


def check(db: sqlite3.Connection) -> set[str]:
    """What holds after every kill; the answer is what is stored."""
    assert db.execute("PRAGMA quick_check").fetchone() == ("ok",)
    lost = db.execute("SELECT url FROM frontier WHERE state = 'done' AND url NOT IN (SELECT url FROM sightings)").fetchall()
    assert lost == [], "done means stored"
    return {row[0] for row in db.execute("SELECT url FROM articles")}


def finish(home: Path) -> None:
    """Crawls without being killed, and again for what waits for a later run because its server was cut off."""
    for _ in range(4):
        process = start(home, workers=1)
        process.join(timeout=600)
        assert process.exitcode == 0
        with sqlite3.connect(home / "n.db") as db:
            if not db.execute("UPDATE frontier SET not_before = NULL WHERE state = 'queued'").rowcount:
                return


def kill_and_prove(home: Path, serving: Any, *, articles: int, kills: int) -> None:
    chance = random.Random(20261124)
    victims = Counter[str]()
    with ExitStack() as stack:
        press = Press(serving, stack, home)
        press.publish(articles)
        for number in range(kills):
            before = press.requests
            process = start(home, workers=2 * (number % 5 == 4))
            deadline = time.monotonic() + 60
            while press.requests == before and time.monotonic() < deadline:
                time.sleep(0.02)
            assert process.is_alive(), "it ended before it could be killed"
            victims[kill_at_random(process, time.monotonic(), chance, longest=1.2)] += 1
            wait_until_free(home)
            with sqlite3.connect(home / "n.db") as db:
                stored = check(db)
            if len(press.announced - stored) < 20 * SITES:
                press.publish(articles // 4)
        finish(home)
        announced, fetched = press.announced, press.fetched()
    with sqlite3.connect(home / "n.db") as db:
        assert check(db) == announced
        assert db.execute("SELECT count(*) FROM articles").fetchone() == (len(announced),), "each exactly once"
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("SELECT count(*) FROM articles_fts WHERE articles_fts MATCH 'headline'").fetchone() == (len(announced),)
        assert dict(db.execute("SELECT state, count(*) FROM frontier GROUP BY state")) == {"done": len(announced)}
        assert db.execute("SELECT count(*) FROM runs WHERE state = 'running'").fetchone() == (0,)
    again = sum(fetched.values()) - len(fetched)
    assert again <= kills * IN_FLIGHT, f"{again} pages were fetched again after {kills} kills"
    print(f"{kills} kills ({dict(victims)}), {len(announced)} articles, {again} pages fetched again")


def test_a_crawl_that_is_killed_again_and_again_loses_nothing(home: Path, serve: Any) -> None:
    kill_and_prove(home, serve, articles=240, kills=3)


@pytest.mark.slow
def test_fifty_kills_over_thousands_of_pages(home: Path, serve: Any) -> None:
    kill_and_prove(home, serve, articles=2400, kills=50)
