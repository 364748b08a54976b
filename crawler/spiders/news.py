"""The crawl: feeds and sitemaps into the frontier, pages of the frontier into the pipeline."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response

from crawler.discovery import Announcement
from crawler.discovery.feeds import read_feed
from crawler.discovery.sitemaps import read_sitemap
from crawler.frontier import EndpointKind, Lease, Validators, now
from crawler.guard import NO_CONTACT, RequestRefusedError
from crawler.pipelines import FetchedPage, outcome_of
from crawler.politeness import ForbiddenByRobotsError, Hosts, LaterError, StoppingError, describe
from crawler.session import Session
from crawler.settings import ENDPOINT_LIMIT
from crawler.spiders import header, not_a_page, page_of

CHILD_SITEMAPS = 10
"""Sitemaps of an index that one run reads, the newest first."""
MAY_PASS = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
"""Statuses after which a later attempt makes sense."""


class NewsSpider(Spider):
    """Crawls the sources of its session."""

    name = "news"

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.hosts = Hosts(self._stopping)
        session.on_broken = self._break_off
        self._closing = False
        self._asked: set[str] = set()

    def _stopping(self) -> bool:
        return self._closing or not self.crawler.engine.running

    def _break_off(self) -> None:
        self._closing = True
        self._close = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason="store"))

    def sent(self, request: Request) -> None:
        """Called by the download handler for every request that goes out."""
        self.session.sent(request.meta["source"])

    # feeds and sitemaps

    async def start(self) -> AsyncIterator[Request]:
        """The feeds and sitemaps of every source; nothing that is wrong with one keeps the next from being asked."""
        for source in self.session.sources.values():
            if not source.feeds and not source.sitemaps:
                self.session.reports[source.id].error = "names no feed and no sitemap to read"
            for url in source.feeds:
                for request in self._endpoint(source.id, url, "feed"):
                    yield request
            for url in source.sitemaps:
                for request in self._endpoint(source.id, url, "sitemap"):
                    yield request

    def _endpoint(self, source_id: str, url: str, kind: EndpointKind, depth: int = 0) -> Iterator[Request]:
        self._asked.add(url)
        known = self.session.frontier.validators(url)
        meta = self.session.meta(source_id) | {
            "kind": kind, "endpoint": url, "depth": depth, "download_maxsize": ENDPOINT_LIMIT,
        }
        try:
            yield Request(url, self.endpoint, errback=self.endpoint_failed, meta=meta, headers=_conditional(known))
        except ValueError as error:
            self._endpoint_error(meta, None, f"not a web address ({error})")

    def endpoint(self, response: Response) -> Iterator[Request]:
        """Reads a feed's or sitemap's answer.  The new validators and the links they stand for are one transaction."""
        meta = response.meta
        source_id, url, kind = meta["source"], meta["endpoint"], meta["kind"]
        report = self.session.reports[source_id]
        self.session.received(source_id, len(response.body))
        if response.status == 304:
            report.ok = True
            report.not_modified += 1
            with self.session.writing():
                self.session.frontier.endpoint_answered(url, source_id, kind, 304, None, None)
            if kind == "sitemap" and meta["depth"] == 0:  # an index may stand still while its sitemaps grow
                yield from self._children(source_id, self.session.frontier.child_sitemaps(
                    source_id, self.session.sources[source_id].sitemaps, CHILD_SITEMAPS))
            return
        if response.status != 200:
            self._endpoint_error(meta, response.status, f"HTTP {response.status}")
            return
        found = _read(kind, response)
        if not found.usable:
            self._endpoint_error(meta, 200, "; ".join(found.problems))
            return
        report.ok = True
        report.problems += [f"{url}: {problem}" for problem in found.problems]
        self._announce(source_id, url, kind, found, response)
        if meta["depth"] == 0:
            yield from self._children(source_id, found.children[:CHILD_SITEMAPS])

    def _children(self, source_id: str, urls: list[str]) -> Iterator[Request]:
        for url in urls:
            if url not in self._asked:
                yield from self._endpoint(source_id, url, "sitemap", depth=1)

    def _announce(self, source_id: str, url: str, kind: EndpointKind, found: Announcement, response: Response) -> None:
        source, report = self.session.sources[source_id], self.session.reports[source_id]
        links = [link for link in found.links if source.wants(link.url)]
        validators = Validators(header(response, "ETag"), header(response, "Last-Modified"))
        with self.session.writing(), self.session.store.transaction():
            fresh, known = self.session.frontier.announce(source_id, links)
            self.session.frontier.endpoint_answered(url, source_id, kind, 200, "; ".join(found.problems) or None, validators)
        report.discovered += fresh
        report.known += known
        self.session.progress(source_id)

    def endpoint_failed(self, failure: Any) -> None:
        """A feed or sitemap that gave no answer."""
        if not isinstance(failure.value, StoppingError):
            self._endpoint_error(failure.request.meta, None, describe(failure.value))

    def _endpoint_error(self, meta: dict[str, Any], status: int | None, reason: str) -> None:
        source_id, url = meta["source"], meta["endpoint"]
        with self.session.writing():
            self.session.frontier.endpoint_answered(url, source_id, meta["kind"], status, reason, None)
        self.session.source_failed(source_id, url, reason)

    # pages

    def page_request(self, lease: Lease) -> Request | None:
        """The request for a leased page; None if it cannot even be asked for, which is then recorded."""
        meta = self.session.meta(lease.source) | {"lease": lease}
        headers = _conditional(Validators(lease.etag, lease.last_modified))
        try:
            return Request(lease.url, self.page, errback=self.page_failed, meta=meta, headers=headers)
        except ValueError as error:
            self._fail(lease, f"not a web address ({error})", may_pass=False)
            return None

    def page(self, response: Response) -> Iterator[FetchedPage]:
        """Passes a page on to the pipeline, or records why there is none."""
        lease: Lease = response.meta["lease"]
        self.session.received(lease.source, len(response.body))
        if response.status == 304:
            self._unchanged(lease, response.url)
        elif not 200 <= response.status < 300:
            self._fail(lease, f"HTTP {response.status}", may_pass=response.status in MAY_PASS)
        elif reason := not_a_page(header(response, "Content-Type"), response.body):
            self._fail(lease, reason, may_pass=False)
        else:
            validators = Validators(header(response, "ETag"), header(response, "Last-Modified"))
            yield FetchedPage(lease, page_of(response, now(), lease.claims), validators)

    def _unchanged(self, lease: Lease, url: str) -> None:
        """A 304: the article is seen again, and nothing else about it changes."""
        with self.session.writing():
            article = self.session.store.get(url)
            if article is not None:  # when it was fetched is what moves last_seen_at
                article = article.model_copy(update={"fetched_at": datetime.now(UTC).replace(microsecond=0)})
            with self.session.store.transaction():
                saved = self.session.store.save(article) if article else None
                self.session.frontier.done(lease.key)
        if saved is None or article is None:
            self.session.finished(lease, "unchanged")
        else:
            self.session.finished(lease, outcome_of(saved, article))

    def page_failed(self, failure: Any) -> None:
        """A page that gave no answer: dropped if it is forbidden, queued again if it only has to wait, failed otherwise."""
        lease: Lease = failure.request.meta["lease"]
        error = failure.value
        report = self.session.reports[lease.source]
        if isinstance(error, StoppingError):
            self.session.finished(lease, None)  # stays leased; all that is goes back into the queue at the end of the run
        elif isinstance(error, LaterError):
            report.postponed += 1
            self._later(lease, str(error), error.not_before)
        elif isinstance(error, RequestRefusedError) and error.reason == NO_CONTACT:
            report.postponed += 1
            self._later(lease, error.reason, datetime.now(UTC) + timedelta(minutes=10))
        elif isinstance(error, (RequestRefusedError, ForbiddenByRobotsError)):
            report.dropped += 1
            with self.session.writing():
                self.session.frontier.dropped(lease, describe(error))
            self.session.finished(lease, None)
        else:
            self._fail(lease, describe(error), may_pass=True)

    def _later(self, lease: Lease, reason: str, not_before: datetime) -> None:
        with self.session.writing():
            self.session.frontier.later(lease, reason, not_before)
        self.session.finished(lease, None)

    def _fail(self, lease: Lease, reason: str, *, may_pass: bool) -> None:
        with self.session.writing():
            self.session.frontier.failed(lease, reason, may_pass=may_pass)
        self.session.finished(lease, "failed")

    def closed(self, reason: str) -> None:
        """Called by Scrapy at the end; `shutdown` is what a signal leads to."""
        self.session.interrupted = reason == "shutdown"


def _read(kind: EndpointKind, response: Response) -> Announcement:
    if kind == "feed":
        return read_feed(response.body, response.url, header(response, "Content-Type"))
    return read_sitemap(response.body, response.url)


def _conditional(validators: Validators) -> dict[str, str]:
    pairs = (("If-None-Match", validators.etag), ("If-Modified-Since", validators.last_modified))
    return {name: value for name, value in pairs if value}
