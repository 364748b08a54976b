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
from datetime import date
from pathlib import Path
from typing import Any

from crawler.addresses import is_loopback
from crawler.agenda import due_sources, next_due
from crawler.errors import ContactMissingError, RunFailedError, StoreBusyError
from crawler.job import Job, Target
from crawler.report import Fetched, Progress, RunReport
from crawler.settings import TIMEOUT
from crawler.sources import Source
from crawler.when import now, stamp
from storage import StorageError, Store
from storage.config import Config

Event = dict[str, Any]
GRACE = 120.0
"""Seconds that a run's process has to end by itself after its time limit."""
PATIENCE = TIMEOUT + 5
"""Seconds that what is under way may take after a signal; then the run is told to stop at once."""
AT_ONCE = 3.0
"""Seconds that a run's process has to end by itself after a second signal."""


def crawl(
    config: Config, sources: Sequence[Source], *, refetch: bool = False, due: bool = False,
    since: date | None = None, until: date | None = None,
    progress: Callable[[Progress], None] | None = None, on_event: Callable[[Event], None] | None = None,
) -> RunReport:
    """Crawls `sources` into `config.db` and says what came of it, source by source.

    Fetches what feeds and sitemaps newly announce, what earlier runs left over, and stored pages that are to be looked at
    again.  With `due` only sources, feeds and sitemaps whose time has come take part; with `refetch` also every page that was
    fetched before, conditionally.  With `since` or `until` it walks back through sitemaps and archives instead of asking feeds.
    `progress` is called a few times a second, `on_event` with everything that the run tells, page by page (for logs).

    SIGINT and SIGTERM stop the run gracefully, a second one at once; the state is then `interrupted`.  What is under way may
    take PATIENCE seconds.  A run that takes longer than `config.max_run_time` is stopped the same way.

    Raises ContactMissingError before the first request if `config.contact` is unset and a source lies beyond loopback,
    StoreBusyError if another crawl holds the store, StorageError if the store cannot be opened, RunFailedError if the run's
    process dies.
    """
    require_contact(config.contact, [url for source in sources for _, url in source.endpoints])
    with Store(config.db) as store:  # says what is wrong with it before anything else happens
        if due:
            chosen = due_sources(store, sources)
            if not chosen:
                waiting = next_due(store, sources)
                return RunReport(state="done", started_at=now(), ended_at=now(), waiting=stamp(waiting) if waiting else None)
            sources = chosen
    job = Job(
        db=str(config.db), contact=config.contact, proxy=config.proxy, sources=tuple(sources),
        refetch=refetch, due=due, since=since, until=until,
        min_geopolitics=config.min_geopolitics, max_pages=config.max_pages_per_source, log=on_event is not None,
        workers=config.workers, min_interval=config.min_interval, max_interval=config.max_interval,
        look_again=config.look_again, max_run_time=config.max_run_time, opt_outs=config.opt_outs,
    )
    report: RunReport | None = None
    child = _Child(job, config.max_run_time.total_seconds() + GRACE)
    started_at = now()
    for event in child.events():
        if on_event is not None and event["event"] not in ("progress", "report"):
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


def fetch(targets: Sequence[Target], contact: str | None, proxy: str | None = None) -> list[Fetched]:
    """The answers of these addresses in the order given, fetched by the way of a crawl: guard, robots.txt, user agent, delay.

    Raises ContactMissingError before the first request, RunFailedError if the process dies or is interrupted.
    """
    require_contact(contact, [target.url for target in targets])
    child = _Child(Job(contact=contact, proxy=proxy, targets=tuple(targets)))
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

    def __init__(self, job: Job, limit: float | None = None) -> None:
        self._job = job
        self._limit = limit
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
            watch = threading.Timer(self._limit, process.kill) if self._limit else None
            if watch is not None:
                watch.daemon = True
                watch.start()
            try:
                with self._passing_signals(process):
                    yield from self._talk(process)
            finally:
                if watch is not None:
                    watch.cancel()
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

        timers: list[threading.Timer] = []

        def pass_on(number: int, _frame: object = None) -> None:
            if self.interrupted:  # it has its moment to say what it has done
                timers.append(threading.Timer(AT_ONCE, process.kill))
            else:
                timers.append(threading.Timer(PATIENCE, pass_on, (number,)))
            timers[-1].daemon = True
            timers[-1].start()
            self.interrupted = True
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(number)

        before = {number: signal.signal(number, pass_on) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for timer in timers:
                timer.cancel()
            for number, handler in before.items():
                signal.signal(number, handler)

    def last_words(self) -> str:
        """The last line that the process wrote to its standard error, or how it ended."""
        lines = [line for line in self._words.splitlines() if line.strip()]
        return lines[-1].strip() if lines else f"its process ended with code {self.code}"
