"""One run from the inside: what spider, scheduler and pipeline share, and the counts that become its report."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from crawler.frontier import Frontier, Lease, now
from crawler.guard import Policy
from crawler.politeness import DEFAULT_DELAY
from crawler.report import Progress, RunReport, RunState, SourceReport
from crawler.sources import Source
from storage import StorageError, Store

Outcome = Literal["new", "updated", "unchanged", "rejected", "failed"]
PROGRESS_EVERY = 0.25
"""Seconds between two progress events."""


def emit(event: str, **data: Any) -> None:
    """Tells the parent process: one JSON object a line on the real standard output."""
    print(json.dumps({"event": event} | data), file=sys.__stdout__, flush=True)


class Session:
    """The run `run_id` over `store` for `sources`.  Single-threaded: everything happens on the reactor."""

    def __init__(
        self, store: Store, run_id: int, sources: tuple[Source, ...], *,
        contact: str | None, min_geopolitics: float | None, max_pages: int | None,
    ) -> None:
        self.store = store
        self.frontier = Frontier(store)
        self.memories = store.site_memories()
        self.run_id = run_id
        self.sources = {source.id: source for source in sources}
        self.max_pages = max_pages
        self.rules = {source.id: source.site_rules(min_geopolitics) for source in sources}
        self.policies = {source.id: Policy(networks=source.networks, public=contact is not None) for source in sources}
        self.reports = {source.id: SourceReport(source=source.id, name=source.name) for source in sources}
        self.in_flight: Counter[str] = Counter()
        self.error: str | None = None
        self.interrupted = False
        self.on_broken: Callable[[], None] = lambda: None
        self._started_at = now()
        self._clock = time.monotonic()
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

    def received(self, source_id: str, size: int) -> None:
        """A body of `size` bytes has come in."""
        report = self.reports[source_id]
        report.bytes += size
        report.seconds = round(time.monotonic() - self._first.get(source_id, time.monotonic()), 3)

    def source_failed(self, source_id: str, url: str, reason: str) -> None:
        """A feed or sitemap could not be had or read."""
        report = self.reports[source_id]
        report.error = "; ".join(filter(None, (report.error, f"{url}: {reason}")))
        self.progress(source_id)

    def finished(self, lease: Lease, outcome: Outcome | None) -> None:
        """A leased page is out of our hands; `outcome` None counts nowhere here."""
        self.in_flight[lease.source] -= 1
        if outcome is not None:
            report = self.reports[lease.source]
            setattr(report, outcome, getattr(report, outcome) + 1)
        self.progress(lease.source)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Around every change of the store: an error of the store itself ends the run, and is told in its report."""
        try:
            yield
        except Exception as error:
            self.broken(str(error) if isinstance(error, StorageError) else f"{type(error).__name__}: {error}")
            raise

    def broken(self, reason: str) -> None:
        """The store cannot be used any more: nothing else is begun."""
        if self.error is None:
            self.error = reason
            self.on_broken()

    def progress(self, source_id: str = "") -> None:
        """Tells the parent how far the run is, a few times a second at most."""
        moment = time.monotonic()
        if moment - self._last_progress < PROGRESS_EVERY:
            return
        self._last_progress = moment
        totals = {name: sum(getattr(r, name) for r in self.reports.values())
                  for name in ("requests", "new", "updated", "unchanged", "rejected", "failed")}
        waiting = self.frontier.due(list(self.sources)) + sum(self.in_flight.values())
        progress = Progress(**totals, queued=waiting, source=source_id, seconds=round(moment - self._clock, 2))
        emit("progress", progress=progress.model_dump())

    def report(self) -> RunReport:
        """The run's report as things stand."""
        reports = tuple(self.reports.values())
        state: RunState = "done"
        if self.error:
            state = "failed"
        elif self.interrupted:
            state = "interrupted"
        elif not any(report.ok for report in reports):
            state = "failed"
        return RunReport(
            run_id=self.run_id, state=state, started_at=self._started_at, ended_at=now(), sources=reports, error=self.error
        )
