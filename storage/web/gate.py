"""What every request passes first, Datasette's own pages included: who asks, how, and what the browser is told to allow."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Any, Send], Awaitable[None]]

_HERE = re.compile(rb"(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?", re.I)
"""Names under which this machine may be asked.  Any other is a foreign page that had its own name point here."""

OURS = (
    b"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""No script at all, nothing remote: even a fault in our escaping could run and load nothing."""
DATASETTES = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self';"
    b" form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Its own pages have styles within them; scripts only from its files."""

_OUR_PATHS = re.compile(r"/(?:\.json)?|/(?:search|article|-/copydesk)(?:[./].*)?")
_TABLE = re.compile(r"/[^/-][^/]*/[^/]+")


def gate(app: App) -> App:
    """`app`, behind the gate."""

    async def guarded(scope: Scope, receive: Any, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        path = scope["path"]
        ours = _OUR_PATHS.fullmatch(path) is not None
        headers = [
            (b"content-security-policy", OURS if ours else DATASETTES),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
        ]
        host = next((value for name, value in scope["headers"] if name == b"host"), b"")
        if not _HERE.fullmatch(host):
            await _refuse(send, 421, b"This server answers to 127.0.0.1 and localhost alone.", headers)
            return
        if scope["method"] not in ("GET", "HEAD"):
            await _refuse(send, 405, b"This server only reads.", [*headers, (b"allow", b"GET, HEAD")])
            return

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *headers]
            await send(message)

        await app(scope if ours else _lightened(scope), receive, send_with_headers)

    return guarded


def _lightened(scope: Scope) -> Scope:
    """A table page of Datasette, without the count of all rows: a million take seconds."""
    query = scope.get("query_string", b"")
    if not _TABLE.fullmatch(scope["path"]) or b"_nocount" in query:
        return scope
    return {**scope, "query_string": query + (b"&" if query else b"") + b"_nocount=1"}


async def _refuse(send: Send, status: int, reason: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    start = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(reason)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": reason})
