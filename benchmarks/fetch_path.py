"""What it costs to fetch: our way from the frontier to the raw page, beside a bare Scrapy loop over the same pages.

    python -m benchmarks.fetch_path [--pages 2000] [--kilobytes 60] [--rounds 3]

A server of its own process plays 20 hosts on loopback; nothing waits (delays are off).  Three things are measured, in turns, each
in a process of its own, and the medians printed:

- `bare`: Scrapy with the settings that make it fast, a spider that knows all addresses and does nothing with an answer;
- `fetch path`: scheduler over the frontier, guard, robots.txt, hosts' turns, raw page kept, frontier row done;
- `crawl`: the same with cleaning in worker processes and the articles stored.

CPU is of the process that fetches, from its first request on; for `crawl` also of its workers.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

HOSTS = 20
ROOT = Path(__file__).resolve().parent.parent
WORDS = (
    "minister border treaty talks army election parliament president sanctions oil gas pipeline village river police court trade"
    " summit alliance weapons ceasefire region capital government opposition protest economy bank currency harbour refugees the a"
    " of in to and with for on at by from after before while said would could has been was were are is its their this that"
).split()


# the web


def page(number: int, kilobytes: int) -> bytes:
    """An article's page of about that size: most of it menus, teasers and attributes, as on real ones."""
    chance = random.Random(number)

    def words(count: int) -> str:
        return " ".join(chance.choices(WORDS, k=count)).capitalize()

    body = "".join(f"<p>{words(60)}.</p>" for _ in range(12))
    head = f"<html lang='en'><head><title>{words(8)} {number}</title><meta property='og:title' content='{words(8)}'></head><body>"
    text = f"{head}<article><h1>{words(8)} {number}</h1>{body}</article>"
    parts = [text]
    size = len(text)
    while size < kilobytes * 1024:
        link = f"/{words(1)}-{chance.randrange(10**8)}"
        parts.append(
            f"<div class='teaser teaser--{chance.randrange(40)}' data-id='{chance.randrange(10**9)}'><a href='{link}'>"
            f"<img src='/img/{chance.randrange(10**9)}.jpg' alt='{words(5)}' width='320' height='180'></a>"
            f"<h3><a href='{link}'>{words(7)}</a></h3><span class='meta'>{words(3)}</span></div>"
        )
        size += len(parts[-1])
    return "".join((*parts, "</body></html>")).encode()


class _Answers(asyncio.Protocol):
    def __init__(self, pages: list[bytes]) -> None:
        self._pages = pages
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            path = head.split(b" ", 2)[1]
            name = path.rpartition(b"-")[2]
            if path.startswith(b"/story-") and name.isdigit():
                status, body = b"200 OK", self._pages[int(name) % len(self._pages)]
            else:
                status, body = b"404 Not Found", b""
            self._transport.write(
                b"HTTP/1.1 " + status + b"\r\nContent-Type: text/html; charset=utf-8\r\nETag: \"" + name[:20]
                + b"\"\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body
            )


async def _serve(pages: list[bytes]) -> None:
    loop = asyncio.get_running_loop()
    ports = []
    for number in range(HOSTS):
        server = await loop.create_server(lambda: _Answers(pages), f"127.0.2.{number + 1}", 0)
        ports.append(server.sockets[0].getsockname()[1])
    print(json.dumps(ports), flush=True)
    await asyncio.Event().wait()


def urls_of(ports: list[int], pages: int) -> list[list[str]]:
    """The addresses, host by host."""
    return [
        [f"http://127.0.2.{number + 1}:{port}/story-{n}" for n in range(number, pages, HOSTS)]
        for number, port in enumerate(ports)
    ]


# what is measured


def _cpu(who: int = resource.RUSAGE_SELF) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


class _Begun:
    """The moment of the first request, and the CPU that had been spent until then."""

    def __init__(self) -> None:
        self.at: tuple[float, float] | None = None

    def __call__(self, *_: object) -> None:
        self.at = self.at or (time.monotonic(), _cpu())


def _told(pages: int, begun: tuple[float, float] | None, **more: Any) -> None:
    assert begun is not None
    wall, cpu = time.monotonic() - begun[0], _cpu() - begun[1]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"pages": pages, "wall": wall, "cpu": cpu, "megabytes": peak} | more), flush=True)


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
    begun = _Begun()
    crawler = process.create_crawler(Bare)
    crawler.signals.connect(begun, signal=signals.request_reached_downloader)
    process.crawl(crawler)
    process.start()
    _told(Bare.count, begun.at)


def ours(urls: list[list[str]], *, cleaning: bool) -> None:
    """The run of a crawl whose links were announced before; without `cleaning` it ends at the raw page."""
    import crawler.process as process
    from crawler.discovery import Link
    from crawler.frontier import Frontier
    from crawler.job import Job
    from crawler.session import Session
    from crawler.sources import Source
    from storage import Store

    sources = tuple(
        Source(id=f"host-{number}", name=f"Host {number}", delay=0.0, allow_networks=("127.0.0.0/8",)) for number in range(HOSTS)
    )
    samples: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        db = Path(folder) / "n.db"
        with Store(db) as store:
            for source, row in zip(sources, urls, strict=True):
                Frontier(store).announce(source.id, [Link(url) for url in row])
        job = Job(db=str(db), sources=sources, workers=None if cleaning else 0, look_again=(timedelta(hours=6),))
        if not cleaning:
            _end_at_the_raw_page()
        stop = threading.Event()
        threading.Thread(target=_sample, args=(stop, samples), daemon=True).start()
        real = sys.__stdout__
        sys.__stdout__ = Path(os.devnull).open("w")  # type: ignore[misc]  # noqa: SIM115  events of the run
        begun = _Begun()
        sent = Session.sent
        Session.sent = lambda self, source: (begun(), sent(self, source))[1]  # type: ignore[method-assign]
        report = process._crawl(job, db)
        sys.__stdout__ = real  # type: ignore[misc]
        stop.set()
        done = sum(source.statuses.get("200", 0) for source in report.sources)
        with Store(db, read_only=True) as store:
            rows = store.connection.execute("SELECT count(*) FROM frontier WHERE state = 'done'").fetchone()[0]
            assert rows == done, (rows, done)
        _told(done, begun.at, workers=_cpu(resource.RUSAGE_CHILDREN), middle=_at(samples, 0.4), end=_at(samples, 1.0))


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


def _sample(stop: threading.Event, samples: list[float]) -> None:
    while not stop.wait(0.2):
        samples.append(int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6)


def _at(samples: list[float], share: float) -> float:
    return samples[min(len(samples) - 1, int(len(samples) * share))] if samples else 0.0


# the command


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--kilobytes", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--part", choices=("serve", "bare", "fetch", "crawl"), help=argparse.SUPPRESS)
    parser.add_argument("--ports", type=json.loads, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part == "serve":
        asyncio.run(_serve([page(number, given.kilobytes) for number in range(given.pages)]))
    elif given.part == "bare":
        bare(urls_of(given.ports, given.pages))
    elif given.part is not None:
        ours(urls_of(given.ports, given.pages), cleaning=given.part == "crawl")
    else:
        measure(given)


def measure(given: argparse.Namespace) -> None:
    """Starts the server, measures in turns and prints the medians."""
    words = ["--pages", str(given.pages), "--kilobytes", str(given.kilobytes)]
    base = [sys.executable, "-m", "benchmarks.fetch_path", *words]
    server = subprocess.Popen([*base, "--part", "serve"], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert server.stdout is not None
    try:
        ports = server.stdout.readline().strip()
        found: dict[str, list[dict[str, float]]] = {"bare": [], "fetch": [], "crawl": []}
        for number in range(given.rounds):
            for part, results in found.items():
                run = subprocess.run(
                    [*base, "--part", part, "--ports", ports], stdout=subprocess.PIPE, text=True, cwd=ROOT, check=True,
                )  # fmt: skip
                results.append(json.loads(run.stdout.splitlines()[-1]))
                assert results[-1]["pages"] == given.pages, results[-1]
                print(f"round {number + 1}, {part}: {results[-1]['cpu']:.2f} s of CPU", file=sys.stderr)
    finally:
        server.kill()
        server.wait()
    middle = {
        part: {key: statistics.median(result[key] for result in results) for key in results[0]} for part, results in found.items()
    }
    for part, name in (("bare", "bare Scrapy"), ("fetch", "fetch path"), ("crawl", "crawl")):
        one = middle[part]
        print(f"{name:<12} {one['cpu'] / given.pages * 1000:6.2f} ms CPU a page  {given.pages / one['wall']:6.0f} pages/s"
              f"  peak {one['megabytes']:.0f} MB")  # fmt: skip
    ratios = [ours["cpu"] / bare["cpu"] for ours, bare in zip(found["fetch"], found["bare"], strict=True)]
    print(f"fetch path / bare: {statistics.median(ratios):.2f} (rounds: {', '.join(f'{ratio:.2f}' for ratio in ratios)})")
    crawl = middle["crawl"]
    busy = (crawl["cpu"] + crawl["workers"]) / crawl["wall"]
    print(f"crawl: {busy:.2f} cores busy of {os.cpu_count()} (the server takes a part), workers"
          f" {crawl['workers'] / given.pages * 1000:.1f} ms CPU a page; memory {crawl['middle']:.0f} MB after 40 %,"
          f" {crawl['end']:.0f} MB at the end")  # fmt: skip


if __name__ == "__main__":
    main()
