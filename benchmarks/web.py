"""How long the reading pages take on a big store.

    python -m benchmarks.store fill big.db --articles 1000000
    python -m benchmarks.web big.db

Starts `copydesk serve` and asks for each page eleven times, the first not counted.  `wall` is the median from request to last
byte, `cpu` what the server's process used on average: the one that says more where other programs use the machine.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from benchmarks.invented import MARKERS, PHRASE

ROUNDS = 10


def pages(articles: int) -> list[tuple[str, str]]:
    """What is asked for, in words, and its address."""
    month = "since=2024-05&until=2024-05"
    words = [(f"search, a word in {share:.1%} of the articles", f"/search?q={word}") for word, share in MARKERS.items()]
    return [
        ("front page", "/"),
        *words,
        ("search, a phrase in 1 %", f"/search?q=%22{'+'.join(PHRASE)}%22"),
        ("search, the most frequent word, a month and a source", f"/search?q={list(MARKERS)[-1]}&{month}&source=outlet-03"),
        ("all, newest first", "/search?order=newest"),
        ("all of a source, page 3", "/search?order=newest&source=outlet-03&page=3"),
        ("an article", f"/article/{articles // 2}"),
        ("an article with what was removed", f"/article/{articles // 2}?removed=1"),
        ("an article as JSON", f"/article/{articles // 2}.json"),
    ]


def cpu(pid: int) -> float:
    """Milliseconds of CPU that the process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """The command of this module."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("store", type=Path)
    parser.add_argument("--articles", type=int, default=1_000_000, help="how many the store has")
    asked = parser.parse_args()
    command = [sys.executable, "-m", "copydesk", "serve", "--port", "0", "--db", str(asked.store)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        line = server.stderr.readline()
        address = re.search(r"http://[\d.:]+", line)
        if address is None:
            sys.exit(line.strip())
        print("| page | wall ms | cpu ms | KB |\n|---|---:|---:|---:|")
        for words, path in pages(asked.articles):
            times, size = [], len(urllib.request.urlopen(address.group() + path).read())
            before = cpu(server.pid)
            for _ in range(ROUNDS):
                begun = time.perf_counter()
                urllib.request.urlopen(address.group() + path).read()
                times.append((time.perf_counter() - begun) * 1000)
            used = (cpu(server.pid) - before) / ROUNDS
            print(f"| {words} | {statistics.median(times):.0f} | {used:.0f} | {size / 1000:.0f} |", flush=True)
        server.terminate()


if __name__ == "__main__":
    main()
