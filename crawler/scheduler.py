"""Scrapy's scheduler over our frontier: redirects and retries wait in memory, pages in the store."""

from __future__ import annotations

from collections import deque
from typing import Any

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler

from crawler.frontier import Lease
from crawler.session import Session

BATCH = 20
"""Pages leased from the store in one transaction."""
PER_SOURCE = 2
"""Pages of one source under way at the same time: one is fetched, one cleaned or waiting for its turn."""


class FrontierScheduler(BaseScheduler):
    """Hands out what the spider asked for first, then leased pages, the sources by turns."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._asked: deque[Request] = deque()
        self._leased: dict[str, deque[Lease]] = {}
        self._budget: dict[str, float] = {}

    @classmethod
    def from_crawler(cls, crawler: Any) -> FrontierScheduler:
        return cls(crawler)

    def open(self, spider: Any) -> None:
        """Reads from the spider's session which sources take part."""
        self._session: Session = spider.session
        limit = self._session.job.max_pages
        for source_id in self._session.sources:
            self._leased[source_id] = deque()
            self._budget[source_id] = float("inf") if limit is None else limit

    def enqueue_request(self, request: Request) -> bool:
        """Takes what spider and middlewares ask for: endpoints, redirects, retries."""
        self._asked.append(request)
        return True

    def has_pending_requests(self) -> bool:
        """True while anything waits that this run may still begin."""
        return not self._stopping and (bool(self._asked) or any(self._fill(source_id) for source_id in self._leased))

    def next_request(self) -> Request | None:
        """The next request to send, or None for now."""
        if self._stopping:
            return None
        if self._asked:
            return self._asked.popleft()
        if self._session.cleaner.full:  # each article that gets done asks again
            return None
        for source_id in list(self._leased):
            while self._session.in_flight[source_id] < PER_SOURCE and self._fill(source_id):
                lease = self._leased[source_id].popleft()
                self._session.in_flight[source_id] += 1
                self._leased[source_id] = self._leased.pop(source_id)  # to the end of the line
                request: Request | None = self._crawler.spider.page_request(lease)
                if request is not None:
                    return request
        return None

    @property
    def _stopping(self) -> bool:
        return self._session.error is not None or not self._crawler.engine.running

    def _fill(self, source_id: str) -> bool:
        """Sees to it that a page of the source is at hand, within the run's limit; False if there is none."""
        waiting = self._leased[source_id]
        if not waiting and self._budget[source_id] > 0 and source_id not in self._session.dry:
            with self._session.writing():
                waiting.extend(self._session.frontier.lease(
                    self._session.run_id, source_id, int(min(BATCH, self._budget[source_id]))
                ))
            self._budget[source_id] -= len(waiting)
            if not waiting:
                self._session.dry.add(source_id)
        return bool(waiting)
