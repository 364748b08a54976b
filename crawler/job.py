"""What a parent process asks of the process of a run."""

from __future__ import annotations

from datetime import date, timedelta

from pydantic import BaseModel

from crawler.sources import Source
from storage.config import OptOuts


class Target(BaseModel):
    """An address to fetch, the networks beyond the public internet that it may lead to, and whether it is an article's page:
    then what its site reserves is asked for, too."""

    url: str
    networks: tuple[str, ...] = ()
    is_page: bool = False


class Job(BaseModel):
    """What the parent asks for: a crawl of `sources` into `db`, or, without a `db`, the answers of `targets`.

    `due` asks only feeds and sitemaps whose time has come; `since` and `until` walk back through a range of days instead;
    `log` tells of every page.  The rest is as in `storage.config.Config`.
    """

    db: str | None = None
    contact: str | None = None
    proxy: str | None = None
    sources: tuple[Source, ...] = ()
    targets: tuple[Target, ...] = ()
    refetch: bool = False
    min_geopolitics: float | None = None
    max_pages: int | None = None
    due: bool = False
    since: date | None = None
    until: date | None = None
    log: bool = False
    workers: int | None = None
    min_interval: timedelta = timedelta(minutes=10)
    max_interval: timedelta = timedelta(days=1)
    look_again: tuple[timedelta, ...] = ()
    max_run_time: timedelta = timedelta(hours=6)
    opt_outs: OptOuts = "keep"
