"""What a run says of itself: while it goes on, and when it is over."""

from __future__ import annotations

import base64
from typing import Literal

from pydantic import BaseModel, ConfigDict

from cleaning import Claim

RunState = Literal["done", "failed", "interrupted"]


class SourceReport(BaseModel):
    """What one run did for one source.

    `discovered` links were announced for the first time, `known` had been announced before.  `new`, `updated`, `unchanged` and
    `rejected` count stored pages, `failed` those that could not be had, `dropped` those that robots.txt, an opt-out or the guard
    forbade, `postponed` those that wait for a later run, `taken_down` stored articles whose page is gone; `statuses` counts
    answers by HTTP status (`none`: no answer), `reasons` rejected pages by the flag that says why; `seen` is how many were
    fetched before this run.  `bytes` are of bodies, unpacked; `seconds` from the first request to the last page.  `ok` is False
    where no feed or sitemap gave an answer; `error` says why, or what went wrong with some of them; `problems` are what could
    not be read in the others.
    """

    source: str
    name: str
    ok: bool = False
    requests: int = 0
    not_modified: int = 0
    discovered: int = 0
    known: int = 0
    seen: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    failed: int = 0
    dropped: int = 0
    postponed: int = 0
    taken_down: int = 0
    statuses: dict[str, int] = {}
    reasons: dict[str, int] = {}
    bytes: int = 0
    seconds: float = 0.0
    error: str | None = None
    problems: list[str] = []


class RunReport(BaseModel):
    """A run that is over.  `error` is what ended it early, of the store or of the process; sources in the order given.

    `stopped_after` seconds it met its time limit; `waiting` is when the next source is due, where nothing was.
    """

    run_id: int | None = None
    state: RunState
    started_at: str
    ended_at: str
    sources: tuple[SourceReport, ...] = ()
    error: str | None = None
    stopped_after: int | None = None
    waiting: str | None = None

    @property
    def exit_code(self) -> int:
        """0 done, 1 if the store or every source failed, 3 interrupted."""
        return {"done": 0, "failed": 1, "interrupted": 3}[self.state]

    def total(self, field: str) -> int:
        """The sum of a count over all sources."""
        return sum(int(getattr(source, field)) for source in self.sources)


class Progress(BaseModel):
    """Where a run stands: pages worked off so far by outcome, how many wait, the source of the last one.

    `hosts` is how many sources have pages under way, `errors` how many have a feed that gave nothing.
    """

    model_config = ConfigDict(frozen=True)

    requests: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    failed: int = 0
    queued: int = 0
    hosts: int = 0
    errors: int = 0
    bytes: int = 0
    source: str = ""
    seconds: float = 0.0


class Fetched(BaseModel):
    """One address that was fetched without a store: the final URL and the answer, or `error` in plain words.

    `claims` are what the site reserves, where the address was asked for as an article's page.
    """

    url: str
    final_url: str | None = None
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body_base64: str = ""
    claims: tuple[Claim, ...] = ()
    error: str | None = None

    @property
    def body(self) -> bytes:
        """The answer's body, unpacked."""
        return base64.b64decode(self.body_base64)
