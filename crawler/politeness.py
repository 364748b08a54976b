"""Manners: robots.txt and tdmrep.json, the distance between two requests to a host, and giving way when a host asks for it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawler import tdmrep
from crawler.download import UnfitAnswerError
from crawler.guard import Policy, RequestRefusedError
from crawler.settings import PRODUCT

log = logging.getLogger(__name__)
T = TypeVar("T")

DEFAULT_DELAY = 1.0
"""Seconds between two requests to a host where neither the source nor robots.txt asks for more."""
LONGEST_WAIT = 120.0
"""Seconds that a run waits for one host; what asks for more is left to a later run."""
FIRST_BACKOFF = 5.0
"""Seconds of rest after a first 429 or 503 without Retry-After; doubled each time, up to LONGEST_WAIT."""
BUSY = frozenset({429, 503})


class ForbiddenByRobotsError(IgnoreRequest):
    """robots.txt asks us not to fetch this URL."""


class LaterError(IgnoreRequest):
    """Not now: the host wants to be left alone until `not_before` (UTC)."""

    def __init__(self, reason: str, not_before: datetime) -> None:
        super().__init__(reason)
        self.not_before = not_before


class StoppingError(IgnoreRequest):
    """The run is being stopped; nothing more is fetched."""


@dataclass
class Host:
    """What is known of one host in this run.  Times are of the monotonic clock, in seconds."""

    delay: float = 0.0
    next_at: float = 0.0
    strikes: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Hosts:
    """Gives each host its turns: one request at a time, `delay` seconds from start to start, rest where it is asked for."""

    def __init__(self, stopping: Callable[[], bool]) -> None:
        self._hosts: dict[str, Host] = {}
        self._stopping = stopping

    def of(self, url: str) -> Host:
        """The record of the URL's host (ports of one host share it)."""
        return self._hosts.setdefault(urlsplit(url).hostname or "", Host())

    @asynccontextmanager
    async def turn(self, url: str, delay: float) -> AsyncIterator[Host]:
        """Waits for the host's turn and holds it.  Raises LaterError or StoppingError instead of waiting too long."""
        host = self.of(url)
        host.delay = max(host.delay, delay)
        async with host.turn:
            await self._rest(host)
            host.next_at = time.monotonic() + host.delay
            yield host

    async def _rest(self, host: Host) -> None:
        while True:
            if self._stopping():
                raise StoppingError("the run is being stopped")
            left = host.next_at - time.monotonic()
            if left <= 0:
                return
            if left > LONGEST_WAIT:
                raise LaterError(f"the host asks for {left:.0f} seconds of rest", _from_now(left))
            await asyncio.sleep(min(left, 0.5))

    def heed(self, host: Host, status: int, retry_after: str | None) -> None:
        """Takes a response's status into account: 429 and 503 mean rest, anything else that the host is well again."""
        if status not in BUSY:
            host.strikes = 0
            return
        host.strikes += 1
        asked = retry_after_seconds(retry_after)
        rest = asked if asked is not None else min(FIRST_BACKOFF * 2 ** (host.strikes - 1), LONGEST_WAIT)
        host.next_at = max(host.next_at, time.monotonic() + rest)


def _from_now(seconds: float) -> datetime:
    return datetime.fromtimestamp(time.time() + seconds, UTC).replace(microsecond=0)


def retry_after_seconds(value: str | None) -> float | None:
    """The seconds that a Retry-After header asks for (it gives seconds or a date), or None if it cannot be read."""
    if not value:
        return None
    value = value.strip()
    if value.isdecimal() and value.isascii():
        return float(min(int(value), 366 * 86400))
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, moment.timestamp() - time.time())


@dataclass(frozen=True)
class Robots:
    """A host's robots.txt as far as it concerns us: `rules` None means that everything is allowed."""

    rules: Protego | None = None
    unavailable: str | None = None

    def crawl_delay(self) -> float:
        """Seconds that it asks us to keep between two requests; 0 if it asks for nothing."""
        return float((self.rules.crawl_delay(PRODUCT) if self.rules else None) or 0.0)

    def allow(self, url: str) -> bool:
        """Whether it lets us fetch this URL."""
        return not self.unavailable and (self.rules is None or self.rules.can_fetch(url, PRODUCT))

    def check(self, url: str) -> None:
        """Raises ForbiddenByRobotsError, or LaterError where the file could not be had."""
        if self.unavailable:
            raise LaterError(self.unavailable, _from_now(3600))
        if not self.allow(url):
            raise ForbiddenByRobotsError("robots.txt forbids it")


class RobotsMiddleware:
    """Fetches each site's robots.txt before its first page and obeys it, Crawl-delay included; beside it tdmrep.json.

    What a site answered counts for a day, in later runs too; that it gave no answer is not kept.
    As RFC 9309 says: 4xx means that there are no rules; a server that fails or cannot be reached means hands off for now.
    Redirected requests come by here again, so every hop is asked for.

    tdmrep.json is asked for only where a page is (`is_page` in the request's meta), and only if robots.txt allows it.  What it
    says of the page is put into the meta as `site_claims`.  It never keeps a page from being fetched.
    """

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._known: dict[tuple[str, Policy], asyncio.Task[Robots]] = {}
        self._reserved: dict[tuple[str, Policy], asyncio.Task[tuple[tdmrep.Rule, ...]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Any) -> RobotsMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Lets the request pass, or raises ForbiddenByRobotsError, LaterError or the guard's error."""
        if request.meta.get("is_site_file"):
            return
        parts = urlsplit(request.url)
        site = f"{parts.scheme}://{parts.netloc}"
        key = (site, request.meta["policy"])
        if key not in self._known:
            request.meta["policy"].check(request.url)  # the download handler checks every request; this one keeps its reason
            self._known[key] = asyncio.ensure_future(self._robots(site, request))
        robots = await _result(self._known[key])
        robots.check(request.url)
        host = self._crawler.spider.hosts.of(request.url)
        host.delay = max(host.delay, robots.crawl_delay())
        if request.meta.get("is_page"):
            if key not in self._reserved:
                self._reserved[key] = asyncio.ensure_future(self._reservations(site, robots, request))
            request.meta["site_claims"] = tdmrep.claims(await _result(self._reserved[key]), request.url)

    async def _robots(self, site: str, asker: Request) -> Robots:
        if (kept := self._kept(site)) is not None:
            return _read_robots(site, *kept)
        try:
            response = await self._ask(f"{site}/robots.txt", asker, download_maxsize=1024 * 1024)
        except (RequestRefusedError, LaterError, StoppingError):
            raise
        except UnfitAnswerError as error:
            return Robots(unavailable=f"robots.txt: {error}")
        except IgnoreRequest:  # redirected round and round: there are no rules to be had
            return Robots()
        except Exception as error:  # noqa: BLE001  whatever kept the file from us, the site is left alone and the run goes on
            return Robots(unavailable=describe(error))
        robots = _read_robots(site, response.status, response.body)
        if not robots.unavailable:
            self._keep(site, response.status, response.body if response.status == 200 else b"")
        return robots

    async def _reservations(self, site: str, robots: Robots, asker: Request) -> tuple[tdmrep.Rule, ...]:
        url = site + tdmrep.PATH
        if (kept := self._kept(url)) is not None:
            return tdmrep.read(kept[1])
        if not robots.allow(url):
            return ()
        try:
            response = await self._ask(url, asker, download_maxsize=tdmrep.LARGEST, download_timeout=tdmrep.PATIENCE)
        except StoppingError:
            raise
        except Exception as error:  # noqa: BLE001  whatever kept the file from us, the page is fetched; the next run asks again
            log.info("%s: %s", url, describe(error))
            return ()
        rules = tdmrep.read(response.body) if response.status == 200 else ()
        if not _failed(response.status):
            self._keep(url, response.status, response.body if rules else b"")
        return rules

    async def _ask(self, url: str, asker: Request, **limits: float) -> Any:
        meta = {key: asker.meta[key] for key in ("policy", "delay", "source") if key in asker.meta}
        request = Request(url, callback=NO_CALLBACK, meta=meta | {"is_site_file": True, "dont_retry": True} | limits)
        return await self._crawler.engine.download_async(request)

    def _kept(self, name: str) -> tuple[int, bytes] | None:
        session = getattr(self._crawler.spider, "session", None)  # single pages are fetched without a store
        return None if session is None else session.robots.get(name)

    def _keep(self, name: str, status: int, body: bytes) -> None:
        session = getattr(self._crawler.spider, "session", None)
        if session is not None:
            with session.writing():
                session.robots.keep(name, status, body)


async def _result(task: asyncio.Task[T]) -> T:
    """What a task gives that many wait for; it goes on if one of them is cancelled."""
    return task.result() if task.done() else await asyncio.shield(task)


def _failed(status: int) -> bool:
    return status >= 500 or status == 429


def _read_robots(site: str, status: int, body: bytes) -> Robots:
    if _failed(status):
        return Robots(unavailable=f"robots.txt answered {status}")
    if status != 200:
        return Robots()
    try:
        return Robots(Protego.parse(body.decode("utf-8-sig", "replace")))
    except Exception as error:  # noqa: BLE001  a file that breaks the parser is no rule; its site must not break the run
        log.warning("%s/robots.txt cannot be read (%s): treated as empty", site, error)
        return Robots()


_PLAIN = {
    "CannotResolveHostError": "the name cannot be resolved",
    "DownloadConnectionRefusedError": "connection refused",
    "DownloadTimeoutError": "no answer in time",
    "ResponseDataLossError": "the answer broke off",
    "DownloadCancelledError": "larger than the limit",
}


def describe(error: BaseException) -> str:
    """What went wrong with a request, in a few plain words."""
    if isinstance(error, IgnoreRequest):
        return str(getattr(error, "reason", None) or error)
    name = type(error).__name__
    text = " ".join(str(error).split())
    if "certificate verify failed" in text:
        return "the site's certificate cannot be verified"
    if name in _PLAIN:
        return _PLAIN[name]
    if name == "DownloadFailedError":
        return f"no sound answer ({text})"[:300]
    return f"{name.removesuffix('Error').lower() or name}: {text}"[:300] if text else name
