"""The walk back through a source's past: its sitemaps by lastmod, its date archives day by day, into the frontier."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import Response

from crawler.backfill import DEPTH, SITEMAPS, Days
from crawler.discovery import Announcement
from crawler.discovery.autodiscovery import robots_sitemaps
from crawler.discovery.reading import read_soon
from crawler.politeness import StoppingError, describe
from crawler.session import Session
from crawler.settings import ENDPOINT_LIMIT
from crawler.sources import Source
from crawler.spiders import header


class Walk:
    """Announces what a source published on the days of the session.

    It begins at the source's sitemaps and archive pages and at the sitemaps that robots.txt names.  Nothing is asked
    conditionally and nothing is remembered of it: another range wants other parts of the same sitemaps.  Articles that are known
    stay as they are, so a walk that was stopped is simply begun again.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._asked: set[str] = set()
        self._read: Counter[str] = Counter()
        self._undated: Counter[str] = Counter()

    @property
    def _days(self) -> Days:
        return self._session.days or Days()

    def begin(self, source: Source) -> Iterator[Request]:
        """The first requests for a source."""
        for url in source.sitemaps:
            yield from self._ask(source.id, url, "sitemap", 0)
        for template in source.archives:
            for url in self._days.archive_pages(template):
                yield from self._ask(source.id, url, "archive", 0)
        home = source.home or next((url for _, url in source.endpoints), None)
        if home:
            yield from self._ask(source.id, urljoin(home, "/robots.txt"), "robots", 0)

    def _ask(self, source_id: str, url: str, kind: str, depth: int) -> Iterator[Request]:
        if url in self._asked or self._read[source_id] >= SITEMAPS:
            return
        self._asked.add(url)
        self._read[source_id] += 1
        self._session.asked.add(source_id)
        meta = self._session.meta(source_id) | {"kind": kind, "endpoint": url, "depth": depth, "download_maxsize": ENDPOINT_LIMIT}
        try:
            yield Request(url, self.answered, errback=self.failed, meta=meta)
        except ValueError as error:
            self._session.source_failed(source_id, url, f"not a web address ({error})")

    async def answered(self, response: Response) -> AsyncIterator[Request]:
        """Announces what an answer holds of the range, and goes on to the sitemaps that may hold more."""
        source_id, url, kind = response.meta["source"], response.meta["endpoint"], response.meta["kind"]
        self._session.received(source_id, response.status, len(response.body))
        try:
            found = None
            if response.status == 200 and kind != "robots":
                found = await read_soon(kind, response.body, response.url, header(response, "Content-Type"))
            for request in self._answered(response, found):
                yield request
        except Exception as error:
            if self._session.error is not None:
                raise
            # whatever an answer does to its reader, it is one sitemap; the next is not to suffer for it
            self._session.source_failed(source_id, url, f"cannot be read as {kind} ({type(error).__name__}: {error})"[:300])

    def _answered(self, response: Response, found: Announcement | None) -> Iterator[Request]:
        meta = response.meta
        source_id, url, kind = meta["source"], meta["endpoint"], meta["kind"]
        report = self._session.reports[source_id]
        if kind == "robots":
            report.ok = True
            named = robots_sitemaps(response.body, response.url) if response.status == 200 else []
            if not named and not self._session.sources[source_id].sitemaps:
                named = [urljoin(response.url, "/sitemap.xml")]
            for sitemap in named:
                yield from self._ask(source_id, sitemap, "sitemap", 0)
            return
        if found is None:
            self._session.source_failed(source_id, url, f"HTTP {response.status}")
            return
        if not found.usable:
            self._session.source_failed(source_id, url, "; ".join(found.problems))
            return
        report.ok = True
        self._announce(source_id, kind, found)
        if meta["depth"] < DEPTH:
            for child in found.children:
                if self._days.takes_sitemap(child, found.stated.get(child)):
                    yield from self._ask(source_id, child, "sitemap", meta["depth"] + 1)

    def _announce(self, source_id: str, kind: str, found: Announcement) -> None:
        source, report = self._session.sources[source_id], self._session.reports[source_id]
        links = []
        for link in found.links:
            if not source.wants(link.url):
                continue
            taken = self._days.takes(link)
            if taken or (taken is None and kind == "archive"):  # the archive page itself is of the range
                links.append(link)
            elif taken is None:
                self._undated[source_id] += 1
        with self._session.writing():
            fresh, known = self._session.frontier.announce(source_id, links)
        self._session.announced(source_id, fresh, known)
        if undated := self._undated[source_id]:
            report.problems = [f"{undated} entries without a date were left out"]

    def failed(self, failure: Any) -> None:
        """No answer."""
        if not isinstance(failure.value, StoppingError):
            meta = failure.request.meta
            self._session.received(meta["source"], None)
            self._session.source_failed(meta["source"], meta["endpoint"], describe(failure.value))
