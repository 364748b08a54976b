"""A web of 20 hosts on loopback, served by one process of its own: what the benchmarks of the crawl fetch.

Each address `/story-N` has a page of its own: one of 1,000 texts, with N in its title, its heading and first sentence.  Half of a
page is what its host puts on all of them, as menus and scripts on real ones: two pages of a host that were fetched together have
more in common than that (`benchmarks/raw_pages.py`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HOSTS = 20
TEXTS = 1000
ROOT = Path(__file__).resolve().parent.parent
_NUMBER = b"@number@"
WORDS = (
    "minister border treaty talks army election parliament president sanctions oil gas pipeline village river police court trade"
    " summit alliance weapons ceasefire region capital government opposition protest economy bank currency harbour refugees the a"
    " of in to and with for on at by from after before while said would could has been was were are is its their this that"
).split()



def page(number: int, kilobytes: int) -> bytes:
    """The text `number`, an article's page of about that size, without the number of its address."""
    host, chance = random.Random(-1 - number % HOSTS), random.Random(number)
    title = f"{_words(chance, 8)} {_NUMBER.decode()}"
    paragraphs = "".join(f"<p>{_words(chance, 60)}.</p>" for _ in range(12))
    article = f"<article><h1>{title}</h1><p>{_words(chance, 20)} {_NUMBER.decode()}.</p>{paragraphs}</article>"
    head = f"<html lang='en'><head><title>{title}</title><meta property='og:title' content='{title}'></head><body>"
    menus = _teasers(host, kilobytes * 512)
    more = _teasers(chance, kilobytes * 512 - len(article))
    return f"{head}{menus}{article}{more}</body></html>".encode()


def _teasers(chance: random.Random, size: int) -> str:
    parts: list[str] = []
    while size > 0:
        link = f"/{_words(chance, 1)}-{chance.randrange(10**8)}"
        parts.append(
            f"<div class='teaser teaser--{chance.randrange(40)}' data-id='{chance.randrange(10**9)}'><a href='{link}'>"
            f"<img src='/img/{chance.randrange(10**9)}.jpg' alt='{_words(chance, 5)}' width='320' height='180'></a>"
            f"<h3><a href='{link}'>{_words(chance, 7)}</a></h3><span class='meta'>{_words(chance, 3)}</span></div>"
        )
        size -= len(parts[-1])
    return "".join(parts)


def _words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choices(WORDS, k=count)).capitalize()


class _Answers(asyncio.Protocol):
    def __init__(self, texts: list[bytes]) -> None:
        self._texts = texts
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
                status, body = b"200 OK", self._texts[int(name) % len(self._texts)].replace(_NUMBER, name, 4)
            else:
                status, body = b"404 Not Found", b""
            self._transport.write(
                b"HTTP/1.1 " + status + b"\r\nContent-Type: text/html; charset=utf-8\r\nETag: \"" + name[:20]
                + b"\"\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body
            )


async def _serve(texts: list[bytes]) -> None:
    loop = asyncio.get_running_loop()
    ports = []
    for number in range(HOSTS):
        server = await loop.create_server(lambda: _Answers(texts), f"127.0.2.{number + 1}", 0)
        ports.append(server.sockets[0].getsockname()[1])
    print(json.dumps(ports), flush=True)
    await asyncio.Event().wait()


@contextmanager
def local_web(kilobytes: int) -> Iterator[str]:
    """The hosts' ports, as JSON, for as long as the block lasts."""
    words = [sys.executable, "-m", "benchmarks.local_web", "--kilobytes", str(kilobytes)]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert server.stdout is not None
    try:
        yield server.stdout.readline().strip()
    finally:
        server.kill()
        server.communicate()


def urls_of(ports: str, pages: int) -> list[list[str]]:
    """The addresses of so many pages, host by host."""
    return [
        [f"http://127.0.2.{number + 1}:{port}/story-{n}" for n in range(number, pages, HOSTS)]
        for number, port in enumerate(json.loads(ports))
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--kilobytes", type=int, default=60)
    given = parser.parse_args()
    asyncio.run(_serve([page(number, given.kilobytes) for number in range(TEXTS)]))
