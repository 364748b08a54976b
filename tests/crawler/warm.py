"""The process of a run, forked from one that has loaded everything: most of what a small crawl costs is the start of Python.

It is the same `crawler.process.main` in a process and session of its own, over the same pipes.  Where a test is about how
processes start, are told to stop or die, it takes the real start (`cold` in conftest.py).
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from functools import cache
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any

import crawler

ROOT = Path(crawler.__file__).parent.parent
CONTEXT = multiprocessing.get_context("forkserver")


@cache
def load() -> None:
    """Starts the process that others are forked from, if it does not run yet."""
    CONTEXT.set_forkserver_preload(["crawler.cli", "tests.crawler.loaded"])
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(ROOT)  # or it finds no module of the tests, and says nothing
    try:
        forkserver.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


class Popen:
    """What `crawler.run` uses of `subprocess.Popen`."""

    def __init__(
        self, words: list[str], *, stdin: int, stdout: int, stderr: IO[bytes], text: bool, encoding: str,
        env: dict[str, str], start_new_session: bool,
    ) -> None:  # fmt: skip
        assert words == [sys.executable, "-P", "-m", "crawler.process"], "only this one is loaded"
        assert (text, start_new_session) == (True, True)
        load()
        reads, job = CONTEXT.Pipe(duplex=False)
        events, writes = CONTEXT.Pipe(duplex=False)
        with reads, job, events, writes, Connection(os.dup(stderr.fileno())) as said:
            self._process = CONTEXT.Process(target=_run, args=((reads, writes, said), dict(env), Path.cwd()), daemon=True)
            self._process.start()
            self.stdin = os.fdopen(os.dup(job.fileno()), "w", encoding=encoding)
            self.stdout = os.fdopen(os.dup(events.fileno()), encoding=encoding)

    def wait(self) -> int:
        self._process.join()
        assert self._process.exitcode is not None
        return self._process.exitcode

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def send_signal(self, number: int) -> None:
        if self._process.is_alive():
            os.kill(self._process.pid or 0, number)


def _run(streams: tuple[Connection, ...], env: dict[str, str], folder: Path) -> None:
    os.setsid()
    for number, stream in enumerate(streams):
        os.dup2(stream.fileno(), number)
        stream.close()
    sys.stdin, sys.stdout, sys.stderr = map(open, range(3), "rww")
    standard: Any = sys
    standard.__stdin__, standard.__stdout__, standard.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    from crawler.process import main

    sys.exit(main())
