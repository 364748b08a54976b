"""The spiders: `news` crawls sources into a store, `pages` fetches single addresses without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleaning import Claim, Page

if TYPE_CHECKING:
    from scrapy.http import Response

_PRIVATE = frozenset({"set-cookie", "set-cookie2"})


def header(response: Response, name: str) -> str | None:
    """A header's first value as text, or None."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value is not None else None


def headers_of(response: Response) -> tuple[tuple[str, str], ...]:
    """All headers but cookies, as pairs of lower-case name and value."""
    return tuple(
        (name.decode("latin-1").lower(), value.decode("latin-1"))
        for name, values in response.headers.items() for value in values
        if name.decode("latin-1").lower() not in _PRIVATE
    )


def not_a_page(content_type: str | None, body: bytes) -> str | None:
    """Why an answer cannot be an article's page, or None if it can."""
    if not body.strip():
        return "the answer is empty"
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind in ("text/html", "application/xhtml+xml", "text/plain"):
        return None
    start = body[:4096].lower()
    if kind in ("", "application/octet-stream", "application/xml", "text/xml") and (b"<html" in start or b"<body" in start):
        return None
    return f"not HTML but {kind or 'something without a content type'}"


def page_of(response: Response, fetched_at: str, claims: tuple[Claim, ...] = ()) -> Page:
    """The response as cleaning takes it: bytes as they came (unpacked), final URL, headers."""
    return Page.model_validate({
        "url": response.url, "body": response.body, "content_type": header(response, "Content-Type"),
        "headers": headers_of(response), "fetched_at": fetched_at, "claims": claims,
    })
