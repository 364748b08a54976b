"""From a fetched page to a stored article: the one place where pages are cleaned and saved."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cleaning import Article, Page
from cleaning.workers import Job
from crawler.endpoints import Validators
from crawler.frontier import Done, Lease
from crawler.session import Outcome, Session
from storage import Saved, Store
from storage.errors import UnstorableArticle

BATCH = 16
"""Pages that are stored in one transaction at most: half the work of one by one, and all that a killed run fetches again."""
WAIT = 0.02
"""Seconds that an article waits for others to be stored with it."""


@dataclass(frozen=True)
class FetchedPage:
    """A page on its way into the store: what was leased, what came, and what makes the next request for it conditional.

    `via` are the addresses that led to it by a redirect.
    """

    lease: Lease
    page: Page
    validators: Validators
    via: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Cleaned:
    """A page with its article, on its way into the store; `outcome` is set when that is committed."""

    fetched: FetchedPage
    article: Article
    outcome: asyncio.Future[Outcome]


class StorePipeline:
    """Cleans each page and stores it, a few together: their raw pages first, then articles and `done` in one transaction."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._waiting: list[Cleaned] = []
        self._timer: asyncio.TimerHandle | None = None

    @classmethod
    def from_crawler(cls, crawler: Any) -> StorePipeline:
        return cls(crawler)

    async def process_item(self, item: FetchedPage) -> FetchedPage:
        """Stores the page.  One that cannot be stored is failed, with the reason; an error of the store ends the run."""
        session: Session = self._crawler.spider.session
        lease = item.lease
        try:
            job = Job(item.page, session.rules[lease.source], session.memories.of(item.page.url))
            cleaning = session.cleaner.submit(job)
            article = cleaning.result() if cleaning.done() else await asyncio.wrap_future(cleaning)
            if session.job.opt_outs == "skip" and article.rights.reserved:
                _skip(session, lease)
                return item
            outcome = await self._stored(item, article)
        except Exception as error:
            if session.error is not None:
                raise
            # whatever a page does to cleaning or storing, it is one page; the next is not to suffer for it
            reason = str(error) if isinstance(error, UnstorableArticle) else f"{type(error).__name__}: {error}"
            with session.writing():
                session.frontier.failed(lease, f"could not be stored ({reason})"[:500], may_pass=False)
            session.finished(lease, "failed", reason)
            return item
        session.finished(lease, outcome, next(iter(article.flags), None) if outcome == "rejected" else None)
        return item

    def _stored(self, item: FetchedPage, article: Article) -> asyncio.Future[Outcome]:
        """What comes of the article, once it is committed with those that come within WAIT."""
        loop = asyncio.get_running_loop()
        one = Cleaned(item, article, loop.create_future())
        self._waiting.append(one)
        if len(self._waiting) >= BATCH:
            self._flush()
        elif self._timer is None:
            self._timer = loop.call_later(WAIT, self._flush)
        return one.outcome

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batch, self._waiting = self._waiting, []
        session: Session = self._crawler.spider.session
        if len(batch) > 1 and _settle(session, batch):
            return
        for one in batch:  # alone, each answers for itself
            _settle(session, [one])


def _skip(session: Session, lease: Lease) -> None:
    """The page opts out, and nothing of it is to be stored.  What was stored of it before it did stays."""
    with session.writing():
        session.frontier.dropped(lease, "opts out")
    session.reports[lease.source].dropped += 1
    session.finished(lease, None, "opts out")


def _settle(session: Session, batch: list[Cleaned]) -> bool:
    """Stores the pages of the batch and tells each its outcome, or a single one its error.

    False, with nothing stored, if one of several could not be and the store is well: which one it was, each alone will show.
    """
    try:
        with session.writing():
            outcomes = save(session, batch)
    except Exception as error:  # noqa: BLE001  raised again where the outcome is awaited
        if len(batch) > 1 and session.error is None:
            return False
        for one in batch:
            if not one.outcome.done():
                one.outcome.set_exception(error)
        return True
    for one, outcome in zip(batch, outcomes, strict=True):
        if not one.outcome.done():
            one.outcome.set_result(outcome)
    return True


def save(session: Session, batch: Sequence[Cleaned]) -> list[Outcome]:
    """Stores the articles and marks their pages done, in one transaction.  Their raw pages are committed before it is."""
    store = session.store
    gone: list[Lease] = []
    with store.transaction():
        accepted = [one for one in batch if one.article.status != "rejected"]
        outcomes = _save_articles(store, accepted)
        rejected = [one for one in batch if one.article.status == "rejected"]
        # an article that is kept stays as it was, validators too: what came this time (a wall, an error page) is counted only
        spared = [one for one in rejected if _is_kept(store, one.article.url_key)]
        outcomes |= _save_articles(store, [one for one in rejected if one not in spared])
        for one in accepted:
            named = (*one.fetched.via, one.article.canonical_url)
            if others := [url for url in named if url and url != one.article.url]:
                store.sight(one.article.url_key, others)
            if one.fetched.lease.known:
                session.takedowns.back(one.fetched.lease.url)
        for one in spared:
            lease = one.fetched.lease
            if "soft_404" in one.article.flags and session.takedowns.gone(lease.url, "the page says that it is gone"):
                gone.append(lease)
        session.frontier.done(
            *(Done(one.fetched.lease.key) for one in spared),
            *(
                Done(one.fetched.lease.key, one.fetched.validators, session.look_at(one.article))
                for one in batch if one not in spared
            ),
        )
    for lease in gone:
        session.reports[lease.source].taken_down += 1
    return [outcomes.get(one.fetched.lease.key, "rejected") for one in batch]


def _save_articles(store: Store, batch: Sequence[Cleaned]) -> dict[str, Outcome]:
    """What became of each article, by the key of its lease."""
    saved = store.save_all((one.article, one.fetched.page) for one in batch)
    return {one.fetched.lease.key: outcome_of(found, one.article) for one, found in zip(batch, saved, strict=True)}


def _is_kept(store: Store, key: str) -> bool:
    """Whether the store has an article, and no rejected page, of that identity."""
    row = store.connection.execute("SELECT status FROM articles WHERE url_key = ?", (key,)).fetchone()
    return row is not None and row[0] != "rejected"


def outcome_of(saved: Saved, article: Article) -> Outcome:
    """Under which count of a report a saved article falls."""
    if saved.outcome in ("unchanged", "forgotten"):
        return "unchanged"
    if article.status == "rejected":
        return "rejected"
    return "new" if saved.outcome == "new" else "updated"
