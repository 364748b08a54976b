"""The child process that a run lives in: a reactor runs once in a process, and a run that dies takes nobody with it.

Started by `crawler.run` as `python -m crawler.process`.  The first line of standard input is the job; its end means that the
parent is gone, and stops the run.  Standard output carries one JSON event a line.
"""

from __future__ import annotations

import contextlib
import gc
import ipaddress
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from scrapy.crawler import CrawlerProcess

from crawler.errors import StoreBusyError
from crawler.frontier import Frontier
from crawler.guard import Policy
from crawler.job import Job
from crawler.lock import crawl_lock
from crawler.report import RunReport
from crawler.runs import Runs
from crawler.session import Session, emit
from crawler.settings import TIMEOUT, scrapy_settings
from crawler.spiders.news import NewsSpider
from crawler.spiders.pages import PagesSpider
from storage import StorageError, Store


class _Tell(logging.Handler):
    """Passes warnings and errors on to the parent as events."""

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(OSError, ValueError):
            emit("log", level=record.levelname, name=record.name, message=record.getMessage())


def main() -> int:
    """Reads the job, runs it, tells what came of it.  0 if a report was given."""
    job = Job.model_validate_json(sys.stdin.readline())
    threading.Thread(target=_follow_parent, daemon=True).start()
    logging.getLogger().addHandler(_Tell(logging.WARNING))
    try:
        if job.db is None:
            _fetch(job)
        else:
            emit("report", report=_crawl(job, Path(job.db)).model_dump())
    except StoreBusyError as error:
        emit("busy", holder=error.holder)
    except StorageError as error:
        emit("broken", reason=str(error))
    return 0


def _follow_parent() -> None:
    """Stops the run when the parent is gone: it holds our standard input open as long as it lives."""
    with contextlib.suppress(OSError, ValueError):
        while os.read(0, 4096):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(TIMEOUT + 15)  # what is under way may end; whatever still runs then holds the store for nobody
    os._exit(1)


def _crawl(job: Job, db: Path) -> RunReport:
    with Store(db) as store, crawl_lock(db):
        runs, frontier = Runs(store), Frontier(store)
        frontier.recover()
        ids = [source.id for source in job.sources]
        run_id = runs.begin(job.model_dump(mode="json", exclude_defaults=True, exclude={"db", "contact", "sources"})
                            | {"sources": ids})  # fmt: skip
        session = Session(store, run_id, job)
        if job.refetch:
            frontier.requeue_done(ids)
        settings = scrapy_settings(job.contact, job.proxy) | {
            "SCHEDULER": "crawler.scheduler.FrontierScheduler",
            "ITEM_PIPELINES": {"crawler.pipelines.StorePipeline": 500},
            "CLOSESPIDER_TIMEOUT": job.max_run_time.total_seconds(),
        }
        try:
            _run(NewsSpider, settings, session=session)
        finally:
            session.cleaner.close()
        session.ended_by = session.ended_by or "shutdown"  # a second signal does not wait until the spider is closed
        report = session.report()
        try:
            frontier.recover()
            runs.end(run_id, report.state, report.sources)
        except StorageError as error:
            report = report.model_copy(update={"state": "failed", "error": report.error or str(error)})
        return report


def _fetch(job: Job) -> None:
    targets = [
        (target, Policy(tuple(ipaddress.ip_network(n) for n in target.networks), public=job.contact is not None))
        for target in job.targets
    ]
    _run(PagesSpider, scrapy_settings(job.contact, job.proxy), targets=targets)


def _run(spider: Any, settings: dict[str, Any], **arguments: Any) -> None:
    process = CrawlerProcess(settings)
    for name in ("scrapy", "twisted"):  # or a record is made of every page, and thrown away
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("scrapy.downloadermiddlewares.redirect").setLevel(logging.ERROR)  # it warns that no Referer is sent
    process.crawl(spider, **arguments)
    gc.freeze()  # what a run is made of stays to its end, and need not be looked through for garbage again and again
    process.start()


if __name__ == "__main__":
    sys.exit(main())
