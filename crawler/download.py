"""The one way out: Scrapy's own HTTP handler behind the guard and the hosts' turns, and the limits on what comes back."""

from __future__ import annotations

import asyncio
from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import DownloadCancelledError, DownloadFailedError, IgnoreRequest
from scrapy.http import Response

from crawler.guard import ANYWHERE, DIAL, Dial, Policy, RequestRefusedError, check_for_proxy
from crawler.settings import CODINGS_LIMIT, HEADER_LIMIT, PROXY


class UnfitAnswerError(IgnoreRequest):
    """An answer that breaks a limit or cannot be unpacked: asking again would bring the same.  Its text says why."""


class _Parser(_LenientHTTPClientParser):
    """Sets the limit that Twisted has not: to the number of header lines, how often one goes on, and to 1xx answers."""

    _heard = 0

    def lineReceived(self, line: bytes) -> None:  # noqa: N802  Twisted's name
        self._heard += len(line) + 1
        if self._heard > HEADER_LIMIT:
            raise _headers_too_large()
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: ARG002, N802  Twisted's name
        raise _headers_too_large()


def _headers_too_large() -> UnfitAnswerError:
    return UnfitAnswerError(f"its headers are larger than the limit of {HEADER_LIMIT >> 10} KB")


class _Connection(_LenientHTTP11ClientProtocol):
    def request(self, request: Any) -> Any:
        answer = super().request(request)
        self._parser.__class__ = _Parser  # as Scrapy does it with its own, and for the same reason
        return answer


class _Connections(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _Connection:  # noqa: ARG002, N802  Twisted's name
        return _Connection(self._quiescentCallback)  # type: ignore[no-untyped-call]


class _Handler(HTTP11DownloadHandler):
    """Scrapy's handler with a limit to headers."""

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._pool._factory = _Connections


class UnpackingMiddleware(HttpCompressionMiddleware):
    """Unpacks gzip, deflate, br and zstd up to the size that the request allows (`download_maxsize`)."""

    def process_response(self, request: Request, response: Response, spider: Any = None) -> Any:  # noqa: ARG002  not passed on
        """The unpacked response.  Raises UnfitAnswerError for what is too large or cannot be unpacked."""
        codings = b",".join(response.headers.getlist("Content-Encoding"))
        if not codings or not response.body:
            return response
        if codings.count(b",") >= CODINGS_LIMIT:
            raise UnfitAnswerError(f"packed more than {CODINGS_LIMIT} times over")
        try:
            return super().process_response(request, response)
        except IgnoreRequest as error:
            raise _too_large(request, self._max_size, " when unpacked") from error
        except Exception as error:
            name = codings.decode("latin-1")[:40]
            raise UnfitAnswerError(f"cannot be unpacked: it is not {name}") from error


def _too_large(request: Request, limit: int, how: str = "") -> UnfitAnswerError:
    return UnfitAnswerError(f"larger than the limit of {request.meta.get('download_maxsize', limit) >> 20} MB{how}")


class PoliteHandler:
    """Checks a request against its policy, waits for its host's turn, and sends it over connections of that policy only.

    A request's `meta` holds `policy` (a guard.Policy; without one the strictest holds), `delay` (seconds) and `source` (whose
    request it is: the spider's `sent` is called with it).  The wait is over before the time limit of the request starts.
    """

    lazy = False

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._proxy: str | None = crawler.settings.get(PROXY)
        self._inner: dict[Policy, _Handler] = {}

    @classmethod
    def from_crawler(cls, crawler: Any) -> PoliteHandler:
        return cls(crawler)

    async def download_request(self, request: Request) -> Response:
        """The response, whatever its status.

        Raises RequestRefusedError, LaterError, StoppingError, UnfitAnswerError or what the network gave.
        """
        policy = request.meta.get("policy") or Policy()
        policy.check(request.url)
        if self._proxy:
            check_for_proxy(request.url, policy)
            request.meta["proxy"] = self._proxy
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
            handler = self._inner[policy] = _Handler(self._crawler)
        dial = Dial(ANYWHERE if self._proxy else policy)
        token = DIAL.set(dial)
        try:
            return await handler.download_request(request)
        except Exception as error:
            if dial.refused:
                raise RequestRefusedError(request.url, dial.refused[0]) from error
            if isinstance(error, DownloadCancelledError):
                raise _too_large(request, self._crawler.settings.getint("DOWNLOAD_MAXSIZE")) from error
            if isinstance(error, DownloadFailedError):
                reason = _first_reason(error)
                if isinstance(reason, UnfitAnswerError):
                    raise reason from error
                raise DownloadFailedError(str(reason)) from error
            raise
        finally:
            DIAL.reset(token)

    async def close(self) -> None:
        """Closes the kept connections of every policy."""
        await asyncio.gather(*(handler.close() for handler in self._inner.values()))


def _first_reason(error: DownloadFailedError) -> BaseException:
    """What Twisted met first: it wraps it in a failure, in a list, in an exception."""
    reasons = getattr(error.__cause__, "reasons", None) or ()
    return next((failure.value for failure in reasons), error)
