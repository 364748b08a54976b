"""Time and memory of `clean` over the size of a page, 10 KB to 10 MB, for pages of several shapes.

    python -m benchmarks.linear                 # all shapes, up to 5 MB
    python -m benchmarks.linear --largest 10 --shape prose --shape links

Each page is cleaned in a process of its own: CPU seconds of `clean` alone, and by how many megabytes its peak grew.
The last column is how many times the seconds grew for each doubling of the size since the row above: 2 is linear, 4 is
quadratic.  A page that takes over 20 CPU seconds is given up, and its shape's larger ones are not tried.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import resource
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection

from cleaning import Page, clean

MOST_SECONDS = 20
SIZES = (10_000, 50_000, 200_000, 1_000_000, 2_500_000, 5_000_000, 9_900_000)
_SENTENCE = (
    "The ministers of both countries met on day {0} to discuss clause {0} of the treaty, and nobody on either bank believed it. "
)


def _page(body: str) -> str:
    head = "<html><head><title>Two states agree</title></head><body><h1>Two states agree</h1>"
    return f"{head}<article>{body}</article></body></html>"


def _filled(size: int, piece: Callable[[int], str]) -> str:
    each = len(piece(1000))
    return "".join(piece(number) for number in range(max(1, size // each)))


SHAPES: dict[str, Callable[[int], Page]] = {
    "prose": lambda n: Page(html=_page(_filled(n, lambda i: f"<p>{_SENTENCE.format(i) * 3}</p>"))),
    "one paragraph": lambda n: Page(html=_page(f"<p>{_filled(n, _SENTENCE.format)}</p>")),
    "tiny blocks": lambda n: Page(html=_page(_filled(n, lambda i: f"<p>{i} x</p>"))),
    "links": lambda n: Page(html=_page(_filled(n, lambda i: f'<p><a href="/a/{i}">Headline number {i}</a></p>'))),
    "script": lambda n: Page(html=_page(f"<p>{_SENTENCE.format(1) * 9}</p><script>{'var a = 1;' * (n // 10)}</script>")),
    "nested": lambda n: Page(html=_page("<div>" * (n // 11) + f"<p>{_SENTENCE.format(1) * 9}</p>" + "</div>" * (n // 11))),
    "text": lambda n: Page(text="Two states agree\n\n" + _filled(n, lambda i: _SENTENCE.format(i) * 3 + "\n\n")),
    "text of short lines": lambda n: Page(text="Two states agree\n\n" + _filled(n, lambda i: f"Line {i} of the list\n")),
}


def _peak() -> float:
    """The process's largest resident size so far, in megabytes (Linux counts it in kilobytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _measure(shape: str, size: int, answer: Connection) -> None:
    clean(SHAPES["prose"](10_000))  # what is loaded once
    page = SHAPES[shape](size)
    used = math.ceil(time.process_time())
    resource.setrlimit(resource.RLIMIT_CPU, (used + MOST_SECONDS, used + MOST_SECONDS))  # the system ends the process then
    before, started = _peak(), time.process_time()
    article = clean(page)
    answer.send((time.process_time() - started, _peak() - before, article.status))


def measure(shape: str, size: int) -> tuple[float, float, str]:
    """CPU seconds, growth in megabytes and the article's status, taken in a fresh process.

    Raises EOFError where that process died, or was given up after 20 CPU seconds.
    """
    here, there = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=_measure, args=(shape, size, there))
    process.start()
    there.close()
    try:
        found: tuple[float, float, str] = here.recv()
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
    parser.add_argument("--largest", type=float, default=5, metavar="MB", help="the largest page, 5 MB where nothing is said")
    chosen = parser.parse_args(arguments)
    print("| shape | KB | CPU s | grew MB | MB a page MB | × a doubling |\n|---|---|---|---|---|---|", flush=True)
    for shape in chosen.shape or SHAPES:
        last: tuple[int, float] | None = None
        for size in (s for s in SIZES if s <= chosen.largest * 1_000_000):
            try:
                seconds, grew, status = measure(shape, size)
            except EOFError:
                print(f"| {shape} | {size // 1000} | over {MOST_SECONDS} | | | |", flush=True)
                break
            growth = f"{doubling(last, (size, seconds)):.2f}" if last and last[1] > 0.005 else ""
            print(
                f"| {shape} ({status}) | {size // 1000} | {seconds:.3f} | {grew:.0f} | {grew * 1e6 / size:.1f} | {growth} |",
                flush=True,
            )
            last = (size, seconds)


if __name__ == "__main__":
    main()
