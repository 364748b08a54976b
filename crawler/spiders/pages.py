"""Single addresses, fetched by the same guard and with the same manners as a crawl, without a store."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response

from crawler.guard import Policy
from crawler.job import Target
from crawler.politeness import DEFAULT_DELAY, Hosts, describe
from crawler.report import Fetched
from crawler.session import emit
from crawler.settings import ENDPOINT_LIMIT
from crawler.spiders import headers_of


class PagesSpider(Spider):
    """Fetches each of `targets` (with the policy that goes with it) and tells the parent what came."""

    name = "pages"

    def __init__(self, targets: list[tuple[Target, Policy]]) -> None:
        super().__init__()
        self.targets = targets
        self.hosts = Hosts(lambda: not self.crawler.engine.running)

    def sent(self, request: Request) -> None:
        """Called by the download handler for every request that goes out."""

    async def start(self) -> AsyncIterator[Request]:
        """One request for each address; one that is none is told at once."""
        for target, policy in self.targets:
            meta = {
                "policy": policy, "delay": 0.0 if policy.networks else DEFAULT_DELAY, "asked": target.url,
                "download_maxsize": ENDPOINT_LIMIT, "is_page": target.is_page,
            }
            try:
                request = Request(target.url, self.answered, errback=self.failed, meta=meta, dont_filter=True)
            except ValueError as error:
                self._tell(Fetched(url=target.url, error=f"not a web address ({error})"))
            else:
                yield request

    def answered(self, response: Response) -> None:
        """Any answer, whatever its status."""
        self._tell(Fetched(
            url=response.meta["asked"], final_url=response.url, status=response.status, headers=headers_of(response),
            body_base64=base64.b64encode(response.body).decode("ascii"), claims=response.meta.get("site_claims", ()),
        ))

    def failed(self, failure: Any) -> None:
        """No answer."""
        self._tell(Fetched(url=failure.request.meta["asked"], error=describe(failure.value)))

    @staticmethod
    def _tell(fetched: Fetched) -> None:
        emit("fetched", fetched=fetched.model_dump())
