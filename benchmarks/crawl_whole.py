"""A whole crawl: 20 hosts on loopback, pages cleaned in worker processes, articles stored; is the machine busy, memory flat?

    python -m benchmarks.crawl_whole [--pages 10000] [--kilobytes 60] [--workers 2]

One run, looked at when a tenth of the pages is stored, two fifths, and all: pages a second and cores busy since the mark before,
and memory.  Busy is the CPU (user and system) of the run and its workers by wall time; the server that plays the hosts takes
a part that is not counted.  Memory of the run is what it holds and the most that it held so far; of the workers, what all hold.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.fetch_path import crawl
from benchmarks.local_web import ROOT, local_web, urls_of

MARKS = (0.1, 0.4, 1.0)
"""Shares of the pages at which the run is looked at."""
_TICKS = os.sysconf("SC_CLK_TCK")


class Look(NamedTuple):
    """One look at the run: seconds of wall time and of CPU (its own, its workers'), memory in MB."""

    pages: int
    wall: float
    cpu: float
    workers_cpu: float
    held: float
    peak: float
    workers_held: float


class Watch(threading.Thread):
    """Looks at this process and its children when so many pages are stored, and prints each look with the one before it."""

    def __init__(self, marks: list[int]) -> None:
        super().__init__(daemon=True)
        self._marks = marks
        self._over = threading.Event()
        self._workers_cpu: dict[int, float] = {}
        self.pages = 0

    def run(self) -> None:
        before = self.look()
        for mark in self._marks:
            while not self._over.wait(0.1):
                look = self.look()
                if look.pages >= mark:
                    break
            else:  # it is over, and was not looked at since
                look = self.look()
            print(json.dumps([before, look]), flush=True)
            before = look

    def end(self) -> None:
        """The run is over."""
        self._over.set()
        self.join()

    def look(self) -> Look:
        """What is seen now.  A worker that has ended counts with what it had used when it was last seen."""
        held = 0.0
        for pid in (pid for thread in Path("/proc/self/task").iterdir() for pid in _children(thread)):
            try:
                self._workers_cpu[int(pid)] = _cpu(pid)
                held += _megabytes(pid, "VmRSS")
            except (OSError, IndexError):
                continue
        return Look(
            self.pages, time.monotonic(), _cpu("self"), sum(self._workers_cpu.values()),
            _megabytes("self", "VmRSS"), _megabytes("self", "VmHWM"), held,
        )


def _children(thread: Path) -> list[str]:
    try:
        return (thread / "children").read_text().split()
    except OSError:  # it has ended since
        return []


def _cpu(pid: str) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _megabytes(pid: str, name: str) -> float:
    found = re.search(rf"^{name}:\s*(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.M)
    return int(found[1]) / 1024 if found else 0.0


def whole(urls: list[list[str]], workers: int | None) -> None:
    """Crawls, and is watched."""
    from crawler.session import Session

    pages = sum(map(len, urls))
    watch = Watch([round(pages * share) for share in MARKS])
    finished = Session.finished

    def counted(self: Session, *given: object) -> None:
        finished(self, *given)  # type: ignore[arg-type]
        watch.pages += 1

    Session.finished = counted  # type: ignore[method-assign, assignment]
    begin = Session.__init__

    def begun(self: Session, *given: object) -> None:
        begin(self, *given)  # type: ignore[arg-type]
        watch.start()

    Session.__init__ = begun  # type: ignore[method-assign, assignment]
    with tempfile.TemporaryDirectory() as folder:
        done, _ = crawl(Path(folder) / "n.db", urls, workers=workers)
        watch.end()
    assert done == pages, (done, pages)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--kilobytes", type=int, default=60)
    parser.add_argument("--workers", type=int, help="worker processes (as many as there are cores)")
    parser.add_argument("--ports", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.ports is not None:
        whole(urls_of(given.ports, given.pages), given.workers)
        return
    words = [sys.executable, "-m", "benchmarks.crawl_whole", "--pages", str(given.pages)]
    words += ["--workers", str(given.workers)] if given.workers else []
    with local_web(given.kilobytes) as ports:
        run = subprocess.Popen([*words, "--ports", ports], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert run.stdout is not None
        for line in run.stdout:
            print(_told(*(Look(*values) for values in json.loads(line))), flush=True)
    if run.wait():
        raise SystemExit("the crawl failed")


def _told(before: Look, look: Look) -> str:
    wall, count = look.wall - before.wall, max(1, look.pages - before.pages)
    own, workers = look.cpu - before.cpu, look.workers_cpu - before.workers_cpu
    return (
        f"{look.pages:>6} pages: {count / wall:.0f} pages/s, {(own + workers) / wall:.2f} of {os.cpu_count()} cores busy;"
        f" CPU a page {own / count * 1000:.1f} ms in the run, {workers / count * 1000:.1f} ms in workers;"
        f" run holds {look.held:.0f} MB (peak {look.peak:.0f}), workers {look.workers_held:.0f} MB"
    )


if __name__ == "__main__":
    main()
