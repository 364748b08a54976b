"""From a fetched page to a stored article: the one place where pages are cleaned and saved."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from cleaning import Article, Page
from cleaning.workers import Job
from crawler.endpoints import Validators
from crawler.frontier import Lease
from crawler.session import Outcome, Session
from storage import Saved, Store
from storage.errors import UnstorableArticle


@dataclass(frozen=True)
class FetchedPage:
    """A page on its way into the store: what was leased, what came, and what makes the next request for it conditional."""

    lease: Lease
    page: Page
    validators: Validators


class StorePipeline:
    """Cleans each page and stores it: the raw page first, then article and `done` in one transaction."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Any) -> StorePipeline:
        return cls(crawler)

    async def process_item(self, item: FetchedPage) -> FetchedPage:
        """Stores the page.  One that cannot be stored is failed, with the reason; an error of the store ends the run."""
        session: Session = self._crawler.spider.session
        lease = item.lease
        try:
            job = Job(item.page, session.rules[lease.source], session.memories.of(item.page.url))
            article = await asyncio.wrap_future(session.cleaner.submit(job))
            with session.writing():
                outcome = self._save(session, item, article)
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

    def _save(self, session: Session, item: FetchedPage, article: Article) -> Outcome:
        lease = item.lease
        with session.store.transaction():
            if article.status == "rejected" and _is_kept(session.store, article.url_key):
                # the article stays as it was, validators too: what came this time (a wall, an error page) is counted only
                if "soft_404" in article.flags and session.takedowns.gone(lease.url, "the page says that it is gone"):
                    session.reports[lease.source].taken_down += 1
                session.frontier.done(lease.key)
                return "rejected"
            saved = session.store.save(article, item.page)
            if lease.known and article.status != "rejected":
                session.takedowns.back(lease.url)
            session.frontier.done(lease.key, item.validators, look_at=session.look_at(article))
        return outcome_of(saved, article)


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
