"""Pages on their way into the store, a few together: the order of the commits, and what one bad page does to the rest."""

from __future__ import annotations

import asyncio
import sqlite3
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace

import pytest

from cleaning import Article, Page
from cleaning.workers import Job as Cleaning
from cleaning.workers import Serial
from crawler.discovery import Link
from crawler.endpoints import Validators
from crawler.frontier import Frontier, Lease
from crawler.job import Job
from crawler.pipelines import BATCH, FetchedPage, StorePipeline
from crawler.runs import Runs
from crawler.scheduler import FrontierScheduler
from crawler.session import Session
from crawler.sources import Source
from storage import Store

PAGES = BATCH // 2
TEXT = "".join(f"<p>{sentence}</p>" for sentence in (
    "The two governments signed the treaty on Monday after eleven months of talks about the border and the river.",
    "Ministers of both sides said that the first patrols would be withdrawn from the northern crossing before the winter.",
    "Observers had warned in spring that a failure of the talks could bring new fighting to the villages in the valley.",
    "Parliament is to vote on the agreement next week, and the opposition has announced that it will not stand in its way.",
))


class _Spoiling(Serial):
    """Cleans as Serial does, and spoils the article of one page so that the store cannot take it."""

    def submit(self, job: Cleaning) -> Future[Article]:
        future = super().submit(job)
        if job.page.url is None or not job.page.url.endswith("/3"):
            return future
        spoilt: Future[Article] = Future()
        spoilt.set_result(future.result().model_copy(update={"title": "half a \ud800 sign"}))
        return spoilt


def _begin(store: Store) -> tuple[Session, list[Lease]]:
    source = Source(id="s", name="S")
    job = Job(db=str(store.path), sources=(source,), workers=0)
    run_id, frontier = Runs(store).begin({}), Frontier(store)
    frontier.announce("s", [Link(f"http://x.org/{number}") for number in range(PAGES)])
    session = Session(store, run_id, job)
    leases = frontier.lease(run_id, "s", PAGES)
    session.in_flight["s"] = len(leases)
    return session, leases


def _store(session: Session, leases: list[Lease]) -> None:
    """Puts the page of each lease through the pipeline, all at the same time."""
    pipeline = StorePipeline(SimpleNamespace(spider=SimpleNamespace(session=session)))

    async def all_at_once() -> None:
        await asyncio.gather(*(pipeline.process_item(_fetched(lease)) for lease in leases))

    asyncio.run(all_at_once())


def _fetched(lease: Lease) -> FetchedPage:
    title = f"A treaty about the border, number {lease.key}"
    head = f"<html lang='en'><head><title>{title}</title></head>"
    html = f"{head}<body><article><h1>{title}</h1>{TEXT}</article></body></html>"
    return FetchedPage(lease, Page(url=lease.url, body=html.encode()), Validators(etag=f'"{lease.key}"'))


def _states(store: Store) -> dict[str, tuple[str, str | None]]:
    return {key: (state, etag) for key, state, etag in store.connection.execute("SELECT url_key, state, etag FROM frontier")}


def test_pages_that_come_together_are_one_transaction_and_their_raw_pages_are_committed_before(tmp_path: Path) -> None:
    with Store(tmp_path / "n.db") as store:
        session, leases = _begin(store)
        commits: list[str] = []
        for name, connection in (("raw", store._raw._open()), ("articles", store.connection)):
            connection.set_trace_callback(lambda sql, name=name: commits.append(name) if sql == "COMMIT" else None)
        _store(session, leases)
        assert commits == ["raw", "articles"]
        assert _states(store) == {lease.key: ("done", f'"{lease.key}"') for lease in leases}
        assert session.reports["s"].new == PAGES
        assert session.in_flight["s"] == 0
        assert all(store.raw_page(lease.url) for lease in leases)


def test_a_page_that_cannot_be_stored_fails_alone(tmp_path: Path) -> None:
    with Store(tmp_path / "n.db") as store:
        session, leases = _begin(store)
        session.cleaner = _Spoiling()
        _store(session, leases)
        bad = next(lease for lease in leases if lease.url.endswith("/3"))
        assert {key for key, (state, _) in _states(store).items() if state == "failed"} == {bad.key}
        (reason,) = store.connection.execute("SELECT reason FROM frontier WHERE url_key = ?", (bad.key,)).fetchone()
        assert "could not be stored" in reason
        assert (session.reports["s"].new, session.reports["s"].failed) == (PAGES - 1, 1)
        assert session.error is None, "the store is well, and the run goes on"


def test_a_store_that_breaks_fails_the_whole_batch_and_leaves_it_leased(tmp_path: Path) -> None:
    with Store(tmp_path / "n.db") as store:
        session, leases = _begin(store)
        store.connection.execute("ALTER TABLE frontier RENAME COLUMN etag TO e_tag")
        with pytest.raises(sqlite3.OperationalError):
            _store(session, leases)
        assert session.error is not None
        assert store.connection.execute("SELECT count(*) FROM articles").fetchone() == (0,)
        assert store.connection.execute("SELECT DISTINCT state FROM frontier").fetchall() == [("leased",)]


def test_no_page_is_asked_for_while_cleaning_has_enough(tmp_path: Path) -> None:
    with Store(tmp_path / "n.db") as store:
        session, _ = _begin(store)
        Frontier(store).announce("s", [Link("http://x.org/one-more")])
        session.in_flight["s"] = 0
        spider = SimpleNamespace(session=session, page_request=lambda lease: lease.url)
        scheduler = FrontierScheduler(SimpleNamespace(spider=spider, engine=SimpleNamespace(running=True)))
        scheduler.open(spider)
        session.cleaner = SimpleNamespace(full=True)  # type: ignore[assignment]
        assert scheduler.next_request() is None
        assert scheduler.has_pending_requests(), "the run is not over"
        session.cleaner.full = False  # type: ignore[misc]
        assert scheduler.next_request() == "http://x.org/one-more"
