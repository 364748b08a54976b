"""Which sources have something to do now, and when the next of them will."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from crawler.endpoints import CHILD_SITEMAPS, Endpoints
from crawler.frontier import Frontier
from crawler.sources import Source
from crawler.when import clock, moment_of, now
from storage import Store


def due_sources(store: Store, sources: Sequence[Source]) -> list[Source]:
    """The sources of which a feed, a sitemap or a page is due, in the order given."""
    moment = now()
    return [source for source in sources if (due := _next_at(store, source)) is not None and due <= moment]


def next_due(store: Store, sources: Iterable[Source]) -> datetime | None:
    """When the first of the sources is due (now, if one is); None if none of them ever will be."""
    found = min((due for source in sources if (due := _next_at(store, source)) is not None), default=None)
    if found is None:
        return None
    return max(moment_of(found), clock()) if found else clock()


def _next_at(store: Store, source: Source) -> str | None:
    endpoints = Endpoints(store)
    children = endpoints.children(source.id, source.sitemaps, CHILD_SITEMAPS)
    asked = endpoints.next_at((*(url for _, url in source.endpoints), *children))
    pages = Frontier(store).next_at(source.id)
    return min((moment for moment in (asked, pages) if moment is not None), default=None)
