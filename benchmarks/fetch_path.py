"""What it costs to fetch: our way from the frontier to the raw page, beside a bare Scrapy loop over the same pages.

    python -m benchmarks.fetch_path [--pages 1000] [--kilobytes 60] [--rounds 9]

A server of its own process plays 20 hosts on loopback; nothing waits (delays are off).  Two things are measured in turns, each
in a process of its own:

- `bare`: Scrapy with the settings that make it fast, a spider that knows all addresses and does nothing with an answer;
- `fetch path`: scheduler over the frontier, guard, robots.txt, hosts' turns, raw page kept, frontier row done.

CPU is of the process that fetches, user and system, from its first request on.  Each fetch path is compared with the mean of
the bare loops before and after it, since what else a machine does changes the CPU that the same work costs; printed are the
median and the quartiles of these ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks.local_web import ROOT, local_web, urls_of


class Begun:
    """The moment of the first request, and the CPU that had been spent until then."""

    def __init__(self) -> None:
        self.at: tuple[float, float] | None = None

    def __call__(self, *_: object) -> None:
        self.at = self.at or (time.monotonic(), cpu_of())

    def since(self) -> dict[str, float]:
        """Wall time and CPU since then, and the most memory ever held; seconds and MB."""
        assert self.at is not None
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return {"wall": time.monotonic() - self.at[0], "cpu": cpu_of() - self.at[1], "megabytes": peak}


def cpu_of(who: int = resource.RUSAGE_SELF) -> float:
    """Seconds of CPU that this process (or its ended children) has taken."""
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def bare(urls: list[list[str]]) -> None:
    """A loop of Scrapy alone."""
    from scrapy import Request, Spider, signals
    from scrapy.crawler import CrawlerProcess

    class Bare(Spider):
        name = "bare"
        count = 0

        async def start(self) -> Any:
            for row in zip(*urls, strict=False):
                for url in row:
                    yield Request(url, dont_filter=True)

        def parse(self, response: Any) -> None:
            assert response.body
            Bare.count += 1

    process = CrawlerProcess({
        "CONCURRENT_REQUESTS": 32, "CONCURRENT_REQUESTS_PER_DOMAIN": 1, "DOWNLOAD_DELAY": 0, "CONCURRENT_ITEMS": 1,
        "WARN_ON_GENERATOR_RETURN_VALUE": False, "COOKIES_ENABLED": False, "TELNETCONSOLE_ENABLED": False,
        "ROBOTSTXT_OBEY": False,
        "LOG_LEVEL": "WARNING", "STATS_DUMP": False, "HTTPPROXY_ENABLED": False,
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        "DOWNLOADER_MIDDLEWARES": {"scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None},
        "EXTENSIONS": {"scrapy.extensions.logstats.LogStats": None},
        "LOG_INSTALL_ROOT_HANDLER": False,
    })  # fmt: skip
    begun = Begun()
    crawler = process.create_crawler(Bare)
    crawler.signals.connect(begun, signal=signals.request_reached_downloader)
    process.crawl(crawler)
    process.start()
    print(json.dumps({"pages": Bare.count} | begun.since()), flush=True)


def fetch_path(urls: list[list[str]]) -> None:
    """The run of a crawl whose links were announced before, up to the raw pages."""
    _end_at_the_raw_page()
    with tempfile.TemporaryDirectory() as folder:
        db = Path(folder) / "n.db"
        done, begun = crawl(db, urls, workers=0)
        told = {"pages": done} | begun.since()
    print(json.dumps(told), flush=True)


def crawl(db: Path, urls: list[list[str]], *, workers: int | None) -> tuple[int, Begun]:
    """The run of a crawl in this process: how many pages came, and when it began."""
    import crawler.process as process
    from crawler.discovery import Link
    from crawler.frontier import Frontier
    from crawler.job import Job
    from crawler.session import Session
    from crawler.sources import Source
    from storage import Store

    sources = tuple(
        Source(id=f"host-{number}", name=f"Host {number}", delay=0.0, allow_networks=("127.0.0.0/8",))
        for number in range(len(urls))
    )
    with Store(db) as store:
        for source, row in zip(sources, urls, strict=True):
            Frontier(store).announce(source.id, [Link(url) for url in row])
    begun = Begun()
    sent = Session.sent
    Session.sent = lambda self, source: (begun(), sent(self, source))[1]  # type: ignore[method-assign]
    real = sys.__stdout__
    with Path(os.devnull).open("w") as nowhere:  # the events of the run
        sys.__stdout__ = nowhere  # type: ignore[misc]
        report = process._crawl(Job(db=str(db), sources=sources, workers=workers), db)
        sys.__stdout__ = real  # type: ignore[misc]
    done = sum(source.statuses.get("200", 0) for source in report.sources)
    with Store(db, read_only=True) as store:
        rows = store.connection.execute("SELECT count(*) FROM frontier WHERE state = 'done'").fetchone()[0]
        assert rows == done, (rows, done)
    return done, begun


def _end_at_the_raw_page() -> None:
    """Puts nothing in the place of cleaning and of storing articles; all else is the crawl's own."""
    from concurrent.futures import Future

    import crawler.pipelines as pipelines
    from cleaning.workers import Serial
    from crawler.frontier import Done
    from crawler.when import now

    def submit(self: Any, job: Any) -> Any:  # noqa: ARG001
        future: Future[Any] = Future()
        future.set_result(SimpleNamespace(flags={}))
        return future

    def save(session: Any, batch: Any) -> Any:
        with session.store.transaction():
            session.store._raw.keep([one.fetched.page for one in batch], now())
            session.frontier.done(*(Done(one.fetched.lease.key, one.fetched.validators) for one in batch))
        return ["new"] * len(batch)

    Serial.submit = submit  # type: ignore[method-assign]
    pipelines.save = save


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--kilobytes", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--part", choices=("bare", "fetch"), help=argparse.SUPPRESS)
    parser.add_argument("--ports", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part is None:
        measure(given.pages, given.kilobytes, given.rounds)
    else:
        {"bare": bare, "fetch": fetch_path}[given.part](urls_of(given.ports, given.pages))


def measure(pages: int, kilobytes: int, rounds: int) -> None:
    """Measures in turns and prints what came of it."""
    bares: list[dict[str, float]] = []
    ours: list[dict[str, float]] = []
    with local_web(kilobytes) as ports:
        for number in range(rounds + 1):
            bares.append(_part("bare", ports, pages))
            if number == rounds:
                break
            ours.append(_part("fetch", ports, pages))
            print(f"round {number + 1}: bare {bares[-1]['cpu']:.2f}, fetch path {ours[-1]['cpu']:.2f} s of CPU", file=sys.stderr)
    for name, results in (("bare Scrapy", bares), ("fetch path", ours)):
        cpu, wall, peak = (statistics.median(one[key] for one in results) for key in ("cpu", "wall", "megabytes"))
        print(f"{name:<12} {cpu / pages * 1000:.2f} ms of CPU a page  {pages / wall:.0f} pages/s  peak {peak:.0f} MB")
    ratios = [one["cpu"] * 2 / (bares[n]["cpu"] + bares[n + 1]["cpu"]) for n, one in enumerate(ours)]
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive") if rounds > 1 else ratios * 3
    print(f"fetch path / bare: median {middle:.2f}, quartiles {low:.2f} and {high:.2f}"
          f" (rounds: {', '.join(f'{ratio:.2f}' for ratio in ratios)})")  # fmt: skip


def _part(part: str, ports: str, pages: int) -> dict[str, float]:
    words = [sys.executable, "-m", "benchmarks.fetch_path", "--part", part, "--ports", ports, "--pages", str(pages)]
    run = subprocess.run(words, stdout=subprocess.PIPE, text=True, cwd=ROOT, check=True)
    result: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    assert result["pages"] == pages, result
    return result


if __name__ == "__main__":
    main()
