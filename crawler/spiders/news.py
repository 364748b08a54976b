"""The crawl: feeds, sitemaps and section pages into the frontier, pages of the frontier into the pipeline."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response

from crawler.discovery import Announcement
from crawler.discovery.reading import read_soon
from crawler.download import UnfitAnswerError
from crawler.endpoints import CHILD_SITEMAPS, Validators, Visit
from crawler.frontier import Done, Lease
from crawler.guard import NO_CONTACT, RequestRefusedError
from crawler.pipelines import FetchedPage, outcome_of
from crawler.politeness import ForbiddenByRobotsError, Hosts, LaterError, StoppingError, describe
from crawler.session import Outcome, Session
from crawler.settings import ENDPOINT_LIMIT
from crawler.sources import EndpointKind
from crawler.spiders import header, not_a_page, page_of
from crawler.spiders.walk import Walk
from crawler.takedowns import GONE, HOME, leads_home
from crawler.when import clock, now, stamp

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
        self._walk = Walk(session)

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
            if self.session.days is not None:
                for request in self._walk.begin(source):
                    yield request
                continue
            if not source.endpoints:
                self.session.reports[source.id].error = "names no feed, sitemap or section page to read"
            for kind, url in source.endpoints:
                if not self.session.job.due or self.session.endpoints.is_due(url):
                    for request in self._endpoint(source.id, url, kind):
                        yield request
                elif kind == "sitemap":  # what an index leads to has a rhythm of its own
                    for request in self._known_children(source.id):
                        yield request

    def _endpoint(
        self, source_id: str, url: str, kind: EndpointKind, depth: int = 0, stated: str | None = None,
    ) -> Iterator[Request]:
        self._asked.add(url)
        self.session.asked.add(source_id)
        known = Validators() if self.session.job.refetch else self.session.endpoints.validators(url)
        meta = self.session.meta(source_id) | {
            "kind": kind, "endpoint": url, "depth": depth, "stated": stated, "download_maxsize": ENDPOINT_LIMIT,
        }
        try:
            yield Request(url, self.endpoint, errback=self.endpoint_failed, meta=meta, headers=_conditional(known))
        except ValueError as error:
            self._endpoint_error(meta, None, f"not a web address ({error})")

    async def endpoint(self, response: Response) -> AsyncIterator[Request]:
        """Reads a feed's or sitemap's answer.  The new validators and the links they stand for are one transaction."""
        self.session.received(response.meta["source"], response.status, len(response.body))
        try:
            found = None
            if response.status == 200:
                meta = response.meta
                found = await read_soon(meta["kind"], response.body, response.url, header(response, "Content-Type"))
            for request in self._read_endpoint(response, found):
                yield request
        except Exception as error:
            if self.session.error is not None:
                raise
            # whatever an answer does to its reader, it is one feed; the next is not to suffer for it
            self._endpoint_error(response.meta, response.status, f"cannot be read ({type(error).__name__}: {error})"[:300])

    def _read_endpoint(self, response: Response, found: Announcement | None) -> Iterator[Request]:
        meta = response.meta
        source_id, url, kind = meta["source"], meta["endpoint"], meta["kind"]
        report = self.session.reports[source_id]
        if response.status == 304:
            report.ok = True
            report.not_modified += 1
            with self.session.writing():
                self.session.visited(Visit(url, source_id, kind, 304, stated=meta["stated"]))
            if kind == "sitemap" and meta["depth"] == 0:  # an index may stand still while its sitemaps grow
                yield from self._known_children(source_id)
            return
        if found is None:
            self._endpoint_error(meta, response.status, f"HTTP {response.status}")
            return
        if not found.usable:
            self._endpoint_error(meta, 200, "; ".join(found.problems))
            return
        report.ok = True
        report.problems += [f"{url}: {problem}" for problem in found.problems]
        self._announce(found, response)
        if meta["depth"] == 0:
            yield from self._children(source_id, found.children[:CHILD_SITEMAPS], found.stated)

    def _known_children(self, source_id: str) -> Iterator[Request]:
        listed = self.session.sources[source_id].sitemaps
        yield from self._children(source_id, self.session.endpoints.children(source_id, listed, CHILD_SITEMAPS), {})

    def _children(self, source_id: str, urls: list[str], stated: dict[str, str]) -> Iterator[Request]:
        """The sub-sitemaps that are due: by their own rhythm, or since the index states that they changed."""
        for url in urls:
            if url not in self._asked and (self.session.job.refetch or self.session.endpoints.is_due(url, stated.get(url))):
                yield from self._endpoint(source_id, url, "sitemap", depth=1, stated=stated.get(url))

    def _announce(self, found: Announcement, response: Response) -> None:
        meta = response.meta
        source = self.session.sources[meta["source"]]
        links = [link for link in found.links if source.wants(link.url)]
        validators = Validators(header(response, "ETag"), header(response, "Last-Modified"))
        problems = "; ".join(found.problems) or None
        with self.session.writing(), self.session.store.transaction():
            fresh, known = self.session.frontier.announce(source.id, links)
            url, kind, stated = meta["endpoint"], meta["kind"], meta["stated"]
            self.session.visited(Visit(url, source.id, kind, 200, problems, validators, fresh, stated))
            if meta["depth"] == 0:
                self.session.endpoints.expect(source.id, found.children[:CHILD_SITEMAPS], found.stated)
        self.session.announced(source.id, fresh, known)

    def endpoint_failed(self, failure: Any) -> None:
        """A feed or sitemap that gave no answer."""
        error, meta = failure.value, failure.request.meta
        if isinstance(error, StoppingError):
            return
        self.session.received(meta["source"], None)
        self._endpoint_error(meta, None, describe(error))
        if isinstance(error, LaterError):
            with self.session.writing():
                self.session.endpoints.wait(meta["endpoint"], stamp(error.not_before))

    def _endpoint_error(self, meta: dict[str, Any], status: int | None, reason: str) -> None:
        source_id, url = meta["source"], meta["endpoint"]
        with self.session.writing():
            self.session.visited(Visit(url, source_id, meta["kind"], status, reason))
        self.session.source_failed(source_id, url, reason)

    # pages

    def page_request(self, lease: Lease) -> Request | None:
        """The request for a leased page; None if it cannot even be asked for, which is then recorded."""
        meta = self.session.meta(lease.source) | {"lease": lease, "is_page": True}
        headers = _conditional(Validators(lease.etag, lease.last_modified))
        try:
            return Request(lease.url, self.page, errback=self.page_failed, meta=meta, headers=headers)
        except ValueError as error:
            self._fail(lease, f"not a web address ({error})", may_pass=False)
            return None

    def page(self, response: Response) -> Iterator[FetchedPage]:
        """Passes a page on to the pipeline, or records why there is none."""
        lease: Lease = response.meta["lease"]
        self.session.received(lease.source, response.status, len(response.body))
        try:
            fetched = self._fetched(lease, response)
        except Exception as error:
            if self.session.error is not None:
                raise
            self._fail(lease, f"cannot be read ({type(error).__name__}: {error})"[:300], may_pass=False)
            return
        if fetched is not None:
            yield fetched

    def _fetched(self, lease: Lease, response: Response) -> FetchedPage | None:
        """The page, or None where there is none for cleaning; what became of the lease is then recorded."""
        if response.status == 304:
            self._unchanged(lease, response.url)
        elif leads_home(lease.url, response.url, self.session.sources[lease.source].home):
            self._gone(lease, HOME)
        elif response.status in GONE:
            self._gone(lease, f"HTTP {response.status}")
        elif not 200 <= response.status < 300:
            self._fail(lease, f"HTTP {response.status}", may_pass=response.status in MAY_PASS)
        elif reason := not_a_page(header(response, "Content-Type"), response.body):
            self._fail(lease, reason, may_pass=False)
        else:
            validators = Validators(header(response, "ETag"), header(response, "Last-Modified"))
            via = tuple(response.meta.get("redirect_urls", ()))
            claims = (*lease.claims, *response.meta["site_claims"])
            return FetchedPage(lease, page_of(response, now(), claims), validators, via)
        return None

    def _gone(self, lease: Lease, reason: str) -> None:
        """The page is not there.  A stored article stays, with the day on which that was seen."""
        with self.session.writing():
            article = self.session.store.get(lease.url) if lease.known else None
            if article is None or article.status == "rejected":
                self.session.frontier.failed(lease, reason, may_pass=False)
                outcome: Outcome | None = "failed"
            else:
                with self.session.store.transaction():
                    self.session.reports[lease.source].taken_down += self.session.takedowns.gone(lease.url, reason)
                    self.session.frontier.done(Done(lease.key, look_at=self.session.look_at(article), reason=reason))
                outcome = None
        self.session.finished(lease, outcome, reason)

    def _unchanged(self, lease: Lease, url: str) -> None:
        """A 304: the article is seen again, and nothing else about it changes."""
        with self.session.writing():
            article = self.session.store.get(url)
            if article is not None:  # when it was fetched is what moves last_seen_at
                article = article.model_copy(update={"fetched_at": clock().replace(microsecond=0)})
            with self.session.store.transaction():
                saved = self.session.store.save(article) if article else None
                self.session.takedowns.back(lease.url)
                self.session.frontier.done(Done(lease.key, look_at=self.session.look_at(article)))
        if saved is None or article is None:
            self.session.finished(lease, "unchanged")
        else:
            outcome = outcome_of(saved, article)
            self.session.finished(lease, outcome, next(iter(article.flags), None) if outcome == "rejected" else None)

    def page_failed(self, failure: Any) -> None:
        """A page that gave no answer: dropped if it is forbidden, queued again if it only has to wait, failed otherwise."""
        lease: Lease = failure.request.meta["lease"]
        error = failure.value
        if not isinstance(error, (StoppingError, LaterError, RequestRefusedError, ForbiddenByRobotsError)):
            self.session.received(lease.source, None)
        report = self.session.reports[lease.source]
        if isinstance(error, StoppingError):
            self.session.finished(lease, None)  # stays leased; all that is goes back into the queue at the end of the run
        elif isinstance(error, LaterError):
            report.postponed += 1
            self._later(lease, str(error), error.not_before)
        elif isinstance(error, RequestRefusedError) and error.reason == NO_CONTACT:
            report.postponed += 1
            self._later(lease, error.reason, clock() + timedelta(minutes=10))
        elif isinstance(error, (RequestRefusedError, ForbiddenByRobotsError)):
            report.dropped += 1
            with self.session.writing():
                self.session.frontier.dropped(lease, describe(error))
            self.session.finished(lease, None)
        else:
            self._fail(lease, describe(error), may_pass=not isinstance(error, UnfitAnswerError))

    def _later(self, lease: Lease, reason: str, not_before: datetime) -> None:
        with self.session.writing():
            self.session.frontier.later(lease, reason, not_before)
        self.session.finished(lease, None)

    def _fail(self, lease: Lease, reason: str, *, may_pass: bool) -> None:
        with self.session.writing():
            self.session.frontier.failed(lease, reason, may_pass=may_pass)
        self.session.finished(lease, "failed", reason)

    def closed(self, reason: str) -> None:
        """Called by Scrapy at the end, with what led to it."""
        self.session.ended_by = reason


def _conditional(validators: Validators) -> dict[str, str]:
    pairs = (("If-None-Match", validators.etag), ("If-Modified-Since", validators.last_modified))
    return {name: value for name, value in pairs if value}
