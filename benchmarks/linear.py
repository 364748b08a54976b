"""Time and memory of `clean` over the size of a page, 10 KB to 10 MB, for pages of many shapes.

    python -m benchmarks.linear                 # all shapes up to 10 MB, and how many times as much twice the page takes
    python -m benchmarks.linear --largest 5 --shape prose --shape links

Each page is cleaned in a process of its own, forked from one that has cleaned a small page of each shape: CPU seconds of
`clean` alone, and by how many megabytes the process grew while it ran, against what it may take (20 MB and ten times the
page).  The last column is how many times the seconds grew for each doubling of the size since the row above: 2 is linear, 4 is
quadratic.  A page that takes over 20 CPU seconds is given up, and its shape's larger ones are not tried.

`at their most` are shapes that stand just inside the numbers of `cleaning/limits.py`, the rest of the page being prose; what
is beyond them is refused (`too_many_parts`), and the rows say so.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import resource
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path

from cleaning import Page, clean
from cleaning.limits import BLOCK_EACH, MOST_BLOCKS, MOST_TAGS, TAG_EACH

MOST_SECONDS = 20
SIZES = (10_000, 100_000, 1_000_000, 5_000_000, 9_900_000)
"""Characters; 10 MB is where a page is refused."""
_SENTENCE = (
    "The ministers of both countries met on day {0} to discuss clause {0} of the treaty, and nobody on either bank believed it. "
)
_CYRILLIC = "Министры обеих стран встретились на {0} день, чтобы обсудить пункт {0} договора, и никто на берегах им не поверил. "
_ATTRIBUTES = " ".join(f'data-a{number}="{number}"' for number in range(20))
_ROW = "<tr><td>{0}</td><td>In favour</td><td>The Harbour party</td><td>41.7</td></tr>"
_WRAPPED = '\n<div class="story row"><div class="col-12 text"><p class="body-text" data-nr="{0}">{1}</p></div></div>'
_ENTRY = (
    '\n<div class="entry" id="entry-{0}"><time datetime="2025-03-18T10:30:00Z">10:30</time>'
    '<h3><a href="#entry-{0}">What happened at clause {0}</a></h3><div class="entry-text"><p>{1}</p></div></div>'
)
_TURN = "<p><strong>Speaker {0}:</strong> {1}</p>"
_ATTRIBUTED = f"<p {_ATTRIBUTES}>Clause {{0}}</p>"
_LINK = '<p><a href="/a/{0}">Headline number {0}</a></p>'
_TINY = "<p>{0} x</p>"


def _page(body: str) -> str:
    head = "<html><head><title>Two states agree</title></head><body><h1>Two states agree</h1>"
    return f"{head}<article>{body}</article></body></html>"


def _filled(size: int, piece: Callable[[int], str]) -> str:
    each = len(piece(size // len(piece(0))))
    return "".join(piece(number) for number in range(max(1, size // each)))


def _paragraphs(size: int) -> str:
    return _filled(size, lambda i: f"<p>{_SENTENCE.format(i) * 3}</p>")


def _tagged(size: int, tags: int, unit: str) -> str:
    """As many units of so many tags as a page of that size may have, the rest of it prose."""
    return _and_prose(size, int((MOST_TAGS + size / TAG_EACH) * 0.97 - size / 500) // tags, unit)


def _and_prose(size: int, number: int, unit: str) -> str:
    units = "".join(unit.format(n) for n in range(min(number, size // len(unit))))
    return units + _filled(size - len(units), lambda i: f"<p>{_SENTENCE.format(i) * 8}</p>")


def _state(size: int) -> str:
    body = json.dumps({"headline": "Two states agree", "articleBody": _paragraphs(size)})
    return f"<script>window.__STATE__ = {body}</script>"


def _json_ld(size: int) -> str:
    body = _filled(size, lambda i: f"{_SENTENCE.format(i) * 3}\n\n")
    data = json.dumps({"@type": "NewsArticle", "headline": "Two states agree", "articleBody": body})
    return f'<script type="application/ld+json">{data}</script>'


SHAPES: dict[str, Callable[[int], Page]] = {
    "prose": lambda n: Page(html=_page(_paragraphs(n))),
    "Cyrillic prose": lambda n: Page(html=_page(_filled(n, lambda i: f"<p>{_CYRILLIC.format(i) * 3}</p>"))),
    "prose in wrappers": lambda n: Page(html=_page(_filled(n, lambda i: _WRAPPED.format(i, _SENTENCE.format(i) * 2)))),
    "one paragraph": lambda n: Page(html=_page(f"<p>{_filled(n, _SENTENCE.format)}</p>")),
    "line breaks": lambda n: Page(html=_page(f"<p>{_filled(n, lambda i: _SENTENCE.format(i) + '<br>')}</p>")),
    "transcript": lambda n: Page(html=_page(_filled(n, lambda i: _TURN.format(i, _SENTENCE.format(i))))),
    "live blog": lambda n: Page(html=_page(_filled(n, lambda i: _ENTRY.format(i, _SENTENCE.format(i) * 2)))),
    "live blog at its most": lambda n: Page(html=_page(_tagged(n, 27, _ENTRY.format("{0}", _SENTENCE * 2)))),
    "tiny blocks": lambda n: Page(html=_page(_filled(n, _TINY.format))),
    "tiny blocks at their most": lambda n: Page(
        html=_page(_and_prose(n, int((MOST_BLOCKS + n / BLOCK_EACH) * 0.97 - n / 1000), _TINY))
    ),
    "links": lambda n: Page(html=_page(_filled(n, _LINK.format))),
    "links at their most": lambda n: Page(html=_page(_tagged(n, 7, _LINK))),
    "tables": lambda n: Page(html=_page(_filled(n, lambda i: f"<table>{_ROW.format(i) * 20}</table>"))),
    "tables at their most": lambda n: Page(html=_page(_tagged(n, 202, f"<table>{_ROW * 20}</table>"))),
    "attributes": lambda n: Page(html=_page(_filled(n, _ATTRIBUTED.format))),
    "attributes at their most": lambda n: Page(html=_page(_tagged(n, 62, _ATTRIBUTED))),
    "nested": lambda n: Page(html=_page("<div>" * (n // 11) + f"<p>{_SENTENCE.format(1) * 9}</p>" + "</div>" * (n // 11))),
    "script": lambda n: Page(html=_page(f"<p>{_SENTENCE.format(1) * 9}</p><script>{'var a = 1;' * (n // 10)}</script>")),
    "body in hydration JSON": lambda n: Page(html=_page(f"<p>Loading</p>{_state(n)}")),
    "body in JSON-LD": lambda n: Page(html=_page(f"<p>{_SENTENCE.format(1)}</p>{_json_ld(n)}")),
    "text": lambda n: Page(text="Two states agree\n\n" + _filled(n, lambda i: _SENTENCE.format(i) * 3 + "\n\n")),
    "text of short lines": lambda n: Page(text="Two states agree\n\n" + _filled(n, lambda i: f"Line {i:06} of the list\n")),
    "text of short lines at its most": lambda n: Page(
        text="Two states agree\n\n" + _filled(n, lambda i: f"Line {i:06} of the list{' and so on' * (n // MOST_BLOCKS // 8)}\n")
    ),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What a page took: CPU seconds of `clean`, by how many megabytes the process grew, and what became of the page."""

    seconds: float
    megabytes: float
    status: str
    flags: tuple[str, ...]


def allowed(size: int) -> float:
    """How many megabytes a page of so many characters may take: 20 and ten times the page."""
    return 20 + 10 * size / 1_000_000


def _resident(name: str) -> float:
    """`VmRSS` or `VmHWM` (the most so far) of this process in megabytes; what getrusage knows where /proc does not stand."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _forget_peak() -> None:
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the most so far is what there is now


@cache
def _warm_up() -> None:
    """Load what is loaded once."""
    for shape in SHAPES.values():
        clean(shape(10_000))


def _measure(shape: str, size: int, answer: Connection) -> None:
    clean(SHAPES[shape](10_000))  # and what a new process needs
    page = SHAPES[shape](size)
    used = math.ceil(time.process_time())
    resource.setrlimit(resource.RLIMIT_CPU, (used + MOST_SECONDS, used + MOST_SECONDS))  # the system ends the process then
    _forget_peak()
    before, started = _resident("VmHWM"), time.process_time()
    article = clean(page)
    seconds = time.process_time() - started
    answer.send(Cost(seconds, _resident("VmHWM") - before, article.status, article.flags))


def measure(shape: str, size: int) -> Cost:
    """What a page of that shape and size takes, in a fresh process.

    Raises EOFError where that process died, or was given up after 20 CPU seconds.
    """
    _warm_up()
    here, there = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_measure, args=(shape, size, there))
    process.start()
    there.close()
    try:
        found: Cost = here.recv()
        return found
    finally:
        process.join()


def doubling(before: tuple[int, float], after: tuple[int, float]) -> float:
    """How many times the seconds grew for each doubling of the size, from one pair of size and seconds to the next."""
    return float(2 ** (math.log(after[1] / before[1]) / math.log(after[0] / before[0])))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table for each shape."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--shape", action="append", choices=SHAPES, help="only this shape (repeatable)")
    parser.add_argument("--largest", type=float, default=10, metavar="MB", help="the largest page, 10 MB where nothing is said")
    chosen = parser.parse_args(arguments)
    print("| shape | KB | outcome | CPU s | grew MB | allowed MB | × a doubling |\n|---|---|---|---|---|---|---|", flush=True)
    for shape in chosen.shape or SHAPES:
        last: tuple[int, float] | None = None
        for size in (s for s in SIZES if s <= chosen.largest * 1_000_000):
            try:
                cost = measure(shape, size)
            except EOFError:
                print(f"| {shape} | {size // 1000} | given up | over {MOST_SECONDS} | | | |", flush=True)
                break
            growth = f"{doubling(last, (size, cost.seconds)):.2f}" if last and last[1] > 0.005 else ""
            outcome = ", ".join((cost.status, *cost.flags))
            figures = f"{cost.seconds:.3f} | {cost.megabytes:.0f} | {allowed(size):.0f} | {growth}"
            print(f"| {shape} | {size // 1000} | {outcome} | {figures} |", flush=True)
            last = (size, cost.seconds)


if __name__ == "__main__":
    main()
