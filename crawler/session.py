"""One run from the inside: what spider, scheduler and pipeline share, and the counts that become its report."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal

from cleaning import Article
from cleaning.workers import Cleaner, Pool, Serial
from crawler.backfill import Days
from crawler.endpoints import Endpoints, Visit
from crawler.frontier import Frontier, Lease
from crawler.guard import Policy
from crawler.job import Job
from crawler.politeness import DEFAULT_DELAY
from crawler.report import Progress, RunReport, RunState, SourceReport
from crawler.rhythm import Rhythm, next_look
from crawler.robots import KeptRobots
from crawler.runs import Runs
from crawler.takedowns import Takedowns
from crawler.when import clock, now
from storage import StorageError, Store
from storage.config import span
from storage.errors import UnstorableArticle

Outcome = Literal["new", "updated", "unchanged", "rejected", "failed"]
PROGRESS_EVERY = 0.25
"""Seconds between two progress events."""
COUNTS_EVERY = 10.0
"""Seconds between two writings of the counts."""
_OF_ONE_PAGE = frozenset({"IntegrityError", "DataError", "InterfaceError"})
"""Errors of SQLite that a single page can bring about."""


def emit(event: str, **data: Any) -> None:
    """Tells the parent process: one JSON object a line on the real standard output."""
    print(json.dumps({"event": event} | data), file=sys.__stdout__, flush=True)


class Session:
    """The run `run_id` over `store` for the job's sources.  Single-threaded: everything happens on the reactor."""

    def __init__(self, store: Store, run_id: int, job: Job) -> None:
        self.store = store
        self.frontier = Frontier(store)
        self.endpoints = Endpoints(store)
        self.takedowns = Takedowns(store)
        self.robots = KeptRobots(store)
        self.memories = store.site_memories()
        self.run_id = run_id
        self.job = job
        self.sources = {source.id: source for source in job.sources}
        self.days = Days(job.since, job.until) if job.since or job.until else None
        self.rules = {source.id: source.site_rules(job.min_geopolitics) for source in job.sources}
        public = job.contact is not None
        self.policies = {source.id: Policy(networks=source.networks, public=public) for source in job.sources}
        self.rhythms = {source.id: Rhythm(span(source.interval) if source.interval else job.min_interval, job.max_interval)
                        for source in job.sources}  # fmt: skip
        self.reports = {source.id: SourceReport(source=source.id, name=source.name) for source in job.sources}
        self.cleaner = _cleaner(job.workers)
        self.in_flight: Counter[str] = Counter()
        self.dry: set[str] = set()
        """Sources of which nothing more waits, until something is announced."""
        self.asked: set[str] = set()
        """Sources of which a feed or sitemap was asked."""
        self.error: str | None = None
        self.ended_by: str | None = None
        """What Scrapy gave as the reason of the end: `shutdown` is a signal, `closespider_timeout` the time limit."""
        self.on_broken: Callable[[], None] = lambda: None
        self._runs = Runs(store)
        self._started_at = now()
        self._clock = self._counted_at = time.monotonic()
        self._first: dict[str, float] = {}
        self._last_progress = 0.0
        for source_id, report in self.reports.items():
            report.seen = self.frontier.count_done(source_id)

    def meta(self, source_id: str) -> dict[str, Any]:
        """What every request for a source carries."""
        delay = self.sources[source_id].delay
        return {
            "source": source_id, "policy": self.policies[source_id], "delay": DEFAULT_DELAY if delay is None else delay,
        }

    def sent(self, source_id: str) -> None:
        """A request of the source has gone out."""
        self.reports[source_id].requests += 1
        self._first.setdefault(source_id, time.monotonic())

    def received(self, source_id: str, status: int | None, size: int = 0) -> None:
        """An answer of `size` bytes has come in, or (`status` None) none."""
        report = self.reports[source_id]
        report.bytes += size
        name = "none" if status is None else str(status)
        report.statuses[name] = report.statuses.get(name, 0) + 1
        report.seconds = round(time.monotonic() - self._first.get(source_id, time.monotonic()), 3)

    def visited(self, visit: Visit) -> None:
        """Records an endpoint's answer; within the caller's transaction, if there is one."""
        self.endpoints.answered(visit, self.rhythms[visit.source])

    def announced(self, source_id: str, fresh: int, known: int) -> None:
        """Links of the source were announced; what is fresh waits in the frontier."""
        report = self.reports[source_id]
        report.discovered += fresh
        report.known += known
        if fresh:
            self.dry.discard(source_id)
        self.progress(source_id)

    def source_failed(self, source_id: str, url: str, reason: str) -> None:
        """A feed or sitemap could not be had or read."""
        report = self.reports[source_id]
        report.error = "; ".join(filter(None, (report.error, f"{url}: {reason}")))
        self.tell("source_failed", source=source_id, url=url, reason=reason)
        self.progress(source_id)

    def finished(self, lease: Lease, outcome: Outcome | None, reason: str | None = None) -> None:
        """A leased page is out of our hands; `outcome` None counts nowhere here.  `reason`: the flag of a rejected page, or why
        it failed."""
        self.in_flight[lease.source] -= 1
        report = self.reports[lease.source]
        if outcome is not None:
            setattr(report, outcome, getattr(report, outcome) + 1)
        if outcome == "rejected":
            name = reason or "no reason given"
            report.reasons[name] = report.reasons.get(name, 0) + 1
        self.tell("page", source=lease.source, url=lease.url, outcome=outcome, reason=reason)
        self.progress(lease.source)

    def look_at(self, article: Article | None) -> datetime | None:
        """When the stored article is to be looked at again, or None."""
        if article is None or article.status == "rejected":
            return None
        moment = clock()
        return next_look(min(article.published_at or moment, moment), moment, self.job.look_again)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Around every change of the store: an error of the store itself ends the run, and is told in its report.

        What goes wrong with a single page's data passes through.
        """
        try:
            yield
        except UnstorableArticle:
            raise
        except StorageError as error:
            self.broken(str(error))
            raise
        except Exception as error:
            if type(error).__module__ == "sqlite3" and type(error).__name__ not in _OF_ONE_PAGE:
                self.broken(f"{self.store.path}: {error}")
            raise

    def broken(self, reason: str) -> None:
        """The store cannot be used any more: nothing else is begun."""
        if self.error is None:
            self.error = reason
            self.on_broken()

    def tell(self, event: str, **data: Any) -> None:
        """Tells the parent of something that only a log wants to know."""
        if self.job.log:
            emit(event, **data)

    def progress(self, source_id: str = "") -> None:
        """Tells the parent how far the run is, a few times a second at most; writes the counts now and then."""
        moment = time.monotonic()
        if moment - self._last_progress < PROGRESS_EVERY:
            return
        self._last_progress = moment
        totals = {name: sum(getattr(r, name) for r in self.reports.values())
                  for name in ("requests", "new", "updated", "unchanged", "rejected", "failed", "bytes")}
        waiting = self.frontier.due(list(self.sources)) + sum(self.in_flight.values())
        hosts = sum(count > 0 for count in self.in_flight.values())
        errors = sum(bool(report.error) for report in self.reports.values())
        progress = Progress(
            **totals, queued=waiting, source=source_id, seconds=round(moment - self._clock, 2), hosts=hosts, errors=errors,
        )
        emit("progress", progress=progress.model_dump())
        if moment - self._counted_at > COUNTS_EVERY:
            self._counted_at = moment
            with self.writing():
                self._runs.count(self.run_id, self.reports.values())

    def report(self) -> RunReport:
        """The run's report as things stand."""
        reports = tuple(self.reports.values())
        for report in reports:
            report.ok = report.ok or (report.source not in self.asked and not report.error)
        state: RunState = "done"
        if self.error:
            state = "failed"
        elif self.ended_by == "shutdown":
            state = "interrupted"
        elif reports and not any(report.ok for report in reports):
            state = "failed"
        limit = int(self.job.max_run_time.total_seconds()) if self.ended_by == "closespider_timeout" else None
        return RunReport(
            run_id=self.run_id, state=state, started_at=self._started_at, ended_at=now(), sources=reports, error=self.error,
            stopped_after=limit,
        )


def _cleaner(workers: int | None) -> Cleaner:
    count = max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    wanted = count if workers is None else workers
    return Pool(wanted) if wanted else Serial()
