"""Runs from the outside: `crawl` sources into a store, `fetch` single addresses.  Both may be called as often as wished."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from crawler.addresses import is_loopback
from crawler.errors import ContactMissingError, RunFailedError, StoreBusyError
from crawler.frontier import now
from crawler.job import Job, Target
from crawler.report import Fetched, Progress, RunReport
from crawler.sources import Source
from storage import StorageError, Store
from storage.config import Config

Event = dict[str, Any]


def crawl(
    config: Config, sources: Sequence[Source], *, refetch: bool = False, progress: Callable[[Progress], None] | None = None,
    on_event: Callable[[Event], None] | None = None,
) -> RunReport:
    """Crawls `sources` into `config.db` and says what came of it, source by source.

    Fetches what feeds and sitemaps newly announce and what earlier runs left over; with `refetch` also every page that was
    fetched before, conditionally.  `progress` is called a few times a second, `on_event` with everything that the run tells (for
    logs).  SIGINT and SIGTERM stop the run gracefully, a second one at once; the state is then `interrupted`.

    Raises ContactMissingError before the first request if `config.contact` is unset and a source lies beyond loopback,
    StoreBusyError if another crawl holds the store, StorageError if the store cannot be opened, RunFailedError if the run's
    process dies.
    """
    require_contact(config.contact, [url for source in sources for url in (*source.feeds, *source.sitemaps)])
    Store(config.db).close()  # says what is wrong with it before anything else happens
    job = Job(
        db=str(config.db), contact=config.contact, sources=tuple(sources), refetch=refetch,
        min_geopolitics=config.min_geopolitics, max_pages=config.max_pages_per_source,
    )
    report: RunReport | None = None
    child = _Child(job)
    started_at = now()
    for event in child.events():
        if on_event is not None:
            on_event(event)
        if event["event"] == "progress" and progress is not None:
            progress(Progress.model_validate(event["progress"]))
        elif event["event"] == "report":
            report = RunReport.model_validate(event["report"])
        elif event["event"] == "busy":
            raise StoreBusyError(config.db, event["holder"])
        elif event["event"] == "broken":
            raise StorageError(event["reason"])
    if report is not None:
        return report
    if child.interrupted:
        return RunReport(state="interrupted", started_at=started_at, ended_at=now())
    raise RunFailedError(child.last_words())


def fetch(targets: Sequence[Target], contact: str | None) -> list[Fetched]:
    """The answers of these addresses in the order given, fetched by the way of a crawl: guard, robots.txt, user agent, delay.

    Raises ContactMissingError before the first request, RunFailedError if the process dies or is interrupted.
    """
    require_contact(contact, [target.url for target in targets])
    child = _Child(Job(contact=contact, targets=tuple(targets)))
    answers = {}
    for event in child.events():
        if event["event"] == "fetched":
            answer = Fetched.model_validate(event["fetched"])
            answers[answer.url] = answer
    if child.interrupted:
        raise KeyboardInterrupt
    if missing := [target.url for target in targets if target.url not in answers]:
        raise RunFailedError(child.last_words() if child.code else f"{missing[0]}: no answer")
    return [answers[target.url] for target in targets]


def require_contact(contact: str | None, urls: Sequence[str]) -> None:
    """Raises ContactMissingError if one of `urls` is beyond loopback and there is no contact."""
    if not contact:
        for url in urls:
            if not is_loopback(url):
                raise ContactMissingError(url)


class _Child:
    """The process of a run.  Signals that reach us are passed on: it leads a process group of its own."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._words = ""
        self.interrupted = False
        self.code: int | None = None

    def events(self) -> Iterator[Event]:
        """Starts the process and yields what it tells until it ends."""
        root = str(Path(__file__).resolve().parent.parent)
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        with tempfile.TemporaryFile() as stderr:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "crawler.process"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr,
                text=True, encoding="utf-8", env=os.environ | {"PYTHONPATH": path}, start_new_session=True,
            )
            try:
                with self._passing_signals(process):
                    yield from self._talk(process)
            finally:
                with contextlib.suppress(OSError):
                    process.stdin.close()  # type: ignore[union-attr]  # tells it to stop, should it still run
                self.code = process.wait()
                process.stdout.close()  # type: ignore[union-attr]
                stderr.seek(0)
                self._words = stderr.read().decode("utf-8", "replace")

    def _talk(self, process: subprocess.Popen[str]) -> Iterator[Event]:
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(self._job.model_dump_json() + "\n")
            process.stdin.flush()
        for line in process.stdout:
            with contextlib.suppress(ValueError):
                yield json.loads(line)

    @contextlib.contextmanager
    def _passing_signals(self, process: subprocess.Popen[str]) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def pass_on(number: int, _frame: object) -> None:
            self.interrupted = True
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(number)

        before = {number: signal.signal(number, pass_on) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def last_words(self) -> str:
        """The last line that the process wrote to its standard error, or how it ended."""
        lines = [line for line in self._words.splitlines() if line.strip()]
        return lines[-1].strip() if lines else f"its process ended with code {self.code}"
