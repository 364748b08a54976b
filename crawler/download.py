"""The one way out: Scrapy's own HTTP handler behind the guard and the hosts' turns."""

from __future__ import annotations

import asyncio
from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.http import Response

from crawler.guard import DIAL, Dial, Policy, RequestRefusedError


class PoliteHandler:
    """Checks a request against its policy, waits for its host's turn, and sends it over connections of that policy only.

    A request's `meta` holds `policy` (a guard.Policy; without one the strictest holds), `delay` (seconds) and `source` (whose
    request it is: the spider's `sent` is called with it).  The wait is over before the time limit of the request starts.
    """

    lazy = False

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._inner: dict[Policy, HTTP11DownloadHandler] = {}

    @classmethod
    def from_crawler(cls, crawler: Any) -> PoliteHandler:
        return cls(crawler)

    async def download_request(self, request: Request) -> Response:
        """The response, whatever its status.  Raises RequestRefusedError, LaterError, StoppingError or what the network gave."""
        policy = request.meta.get("policy") or Policy()
        policy.check(request.url)
        spider = self._crawler.spider
        async with spider.hosts.turn(request.url, request.meta.get("delay", 0.0)) as host:
            spider.sent(request)
            response = await self._send(request, policy)
            after = response.headers.get("Retry-After")
            spider.hosts.heed(host, response.status, after.decode("latin-1") if after else None)
            return response

    async def _send(self, request: Request, policy: Policy) -> Response:
        handler = self._inner.get(policy)
        if handler is None:
            handler = self._inner[policy] = HTTP11DownloadHandler(self._crawler)
        dial = Dial(policy)
        token = DIAL.set(dial)
        try:
            return await handler.download_request(request)
        except Exception as error:
            if dial.refused:
                raise RequestRefusedError(request.url, dial.refused[0]) from error
            raise
        finally:
            DIAL.reset(token)

    async def close(self) -> None:
        """Closes the kept connections of every policy."""
        await asyncio.gather(*(handler.close() for handler in self._inner.values()))
