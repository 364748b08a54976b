"""What a parent process asks of the process of a run."""

from __future__ import annotations

from pydantic import BaseModel

from crawler.sources import Source


class Target(BaseModel):
    """An address to fetch, and the networks beyond the public internet that it may lead to."""

    url: str
    networks: tuple[str, ...] = ()


class Job(BaseModel):
    """What the parent asks for: a crawl of `sources` into `db`, or, without a `db`, the answers of `targets`."""

    db: str | None = None
    contact: str | None = None
    sources: tuple[Source, ...] = ()
    targets: tuple[Target, ...] = ()
    refetch: bool = False
    min_geopolitics: float | None = None
    max_pages: int | None = None
