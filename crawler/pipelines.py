"""From a fetched page to a stored article: the one place where pages are cleaned and saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cleaning import Article, Page, SiteMemory, SiteRules, clean
from crawler.frontier import Lease, Validators
from crawler.session import Outcome
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
        session = self._crawler.spider.session
        lease = item.lease
        try:
            article = await self._clean(item.page, session.rules[lease.source], session.memories.of(item.page.url))
        except Exception as error:  # noqa: BLE001  clean() never raises by contract; if it does, one page is lost and not the run
            with session.writing():
                session.frontier.failed(lease, f"cleaning broke: {type(error).__name__}: {error}", may_pass=True)
            session.finished(lease, "failed")
            return item
        with session.writing():
            outcome = self._save(session, item, article)
        session.finished(lease, outcome)
        return item

    async def _clean(self, page: Page, rules: SiteRules, memory: SiteMemory | None) -> Article:
        return clean(page, site=rules, memory=memory)

    def _save(self, session: Any, item: FetchedPage, article: Article) -> Outcome:
        try:
            with session.store.transaction():
                if article.status == "rejected" and _is_kept(session.store, article.url_key):
                    # the article stays as it was, validators too: what came this time (a wall, an error page) is counted only
                    session.frontier.done(item.lease.key)
                    return "rejected"
                saved = session.store.save(article, item.page)
                session.frontier.done(item.lease.key, item.validators)
        except UnstorableArticle as error:
            session.frontier.failed(item.lease, str(error), may_pass=False)
            return "failed"
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
