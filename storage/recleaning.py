"""Cleaning what is stored once more, from the raw pages, with the rules of today.

An article keeps its identity, and its text before as a revision with the reason `recleaned`.  What is reported is what a
reader would see: texts, removals rule by rule, fields; a new version number alone is no change.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cleaning.models import Article, Page, SiteRules
from cleaning.rules import RULES_VERSION
from cleaning.workers import NOT_CLEANED, Cleaner, Job, clean_all
from storage.errors import QueryError, plain_errors
from storage.filters import When
from storage.store import Store
from storage.when import bounds

EXAMPLES = 3
"""Examples for each rule and each field."""

_COMPARED = (
    "title", "summary", "authors", "agency", "dateline", "published_at", "modified_at", "language", "section", "tags",
    "article_type", "is_accessible_for_free", "status", "flags",
)  # fmt: skip


@dataclass(frozen=True)
class Selection:
    """Which articles: of `sources` (empty: all), published (where that is unknown: first seen) at `since` or later, cleaned
    by rules older than the version `rules_older_than` (`current` is this Copydesk's own)."""

    sources: tuple[str, ...] = ()
    since: When | None = None
    rules_older_than: str | None = None


@dataclass(frozen=True)
class Example:
    """What would change in an article: `before` and `after` are a removed text or a field's value; empty: was not there."""

    id: int
    before: str
    after: str


@dataclass
class Tally:
    """How often something changes, with the first few examples."""

    count: int = 0
    examples: list[Example] = field(default_factory=list)

    def add(self, example: Example) -> None:
        """Count one more."""
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(example)


@dataclass
class Report:
    """What a run changed, or would change.

    `articles` were looked at; of these `same` stay as they are, `texts` get another title or text (a revision is kept),
    `others` other removals or fields.  `rejected` are among these: no articles any more; `accepted`: now they are.  `failed`
    could not be cleaned, `overtaken` were stored anew meanwhile, `without_page` have no raw page: all of them stay as they were.
    `removed` and `kept` count by rule what is now taken out and was not, and the reverse; `fields` what else changed.
    """

    dry_run: bool
    articles: int = 0
    same: int = 0
    texts: int = 0
    others: int = 0
    rejected: int = 0
    accepted: int = 0
    failed: int = 0
    overtaken: int = 0
    without_page: int = 0
    removed: dict[str, Tally] = field(default_factory=dict)
    kept: dict[str, Tally] = field(default_factory=dict)
    fields: dict[str, Tally] = field(default_factory=dict)

    def to_record(self) -> dict[str, Any]:
        """The report in plain JSON types, the most frequent rules first."""
        record = asdict(self)
        for name in ("removed", "kept", "fields"):
            record[name] = dict(sorted(record[name].items(), key=lambda item: (-item[1]["count"], item[0])))
        return record


def reclean(
    path: Path,
    cleaner: Cleaner,
    selection: Selection,
    rules_of: Callable[[str | None], SiteRules | None],
    *,
    dry_run: bool = False,
    on_article: Callable[[int, int], None] = lambda _done, _total: None,
) -> Report:
    """Clean the articles of `selection` in the store at `path` again; `dry_run` only reports.

    `rules_of` gives what is known of a source; where that is nothing, the article keeps its source and publisher.
    `on_article` is told how many are done, and of how many.  Each article is stored by itself: what an interrupted run has
    done stays done.  Raises QueryError for a selection that makes no sense, StoreError as `Store` does.
    """
    report = Report(dry_run)
    with Store(path, read_only=dry_run) as store:
        ids, report.without_page = _selected(store.connection, selection, path)
        old: dict[int, tuple[int, Article]] = {}
        memories = store.site_memories()

        def jobs() -> Iterator[Job]:
            for article_id in ids:
                article, page = store.get(article_id), store.raw_page(article_id)
                if article is None or page is None:
                    report.without_page += 1
                    continue
                site = rules_of(article.source) or SiteRules(source=article.source, publisher=article.publisher)
                job = Job(page, site, memories.of(article.url))
                old[id(job)] = article_id, article
                yield job

        for job, new in clean_all(cleaner, jobs()):
            article_id, before = old.pop(id(job))
            report.articles += 1
            on_article(report.articles, len(ids))
            if NOT_CLEANED in new.flags:
                report.failed += 1
                continue
            # The page is the same, so the article is, too, whatever it now says of its address; and it came when it came.
            after = new.model_copy(update={name: getattr(before, name) for name in ("url_key", "url", "fetched_at")})
            if before.rights.reserved and not after.rights.reserved:  # stated beside the page since its bytes were first kept
                after = after.model_copy(update={"rights": before.rights})
            if not dry_run and not _stored(store, article_id, before, after, job.page):
                report.overtaken += 1
                continue
            _compare(report, article_id, before, after)
    return report


def _selected(db: sqlite3.Connection, selection: Selection, path: Path) -> tuple[list[int], int]:
    """The ids of the articles to clean again, and how many have no raw page."""
    where, values = ["1"], {}
    if selection.sources:
        where.append("source IN (SELECT value FROM json_each(:sources))")
        values["sources"] = json.dumps(selection.sources)
    if selection.since is not None:
        where.append("coalesce(published_at, first_seen_at) >= :since")
        values["since"] = bounds(selection.since)[0]
    if selection.rules_older_than is not None:
        limit = _version(RULES_VERSION if selection.rules_older_than == "current" else selection.rules_older_than)
        stored = [version for (version,) in db.execute("SELECT DISTINCT rules_version FROM articles")]
        where.append("rules_version IN (SELECT value FROM json_each(:versions))")
        values["versions"] = json.dumps([version for version in stored if _version(version) < limit])
    with plain_errors(path):
        condition = " AND ".join(where)
        rows = db.execute(f"SELECT id FROM articles WHERE {condition} AND raw_sha256 IS NOT NULL ORDER BY id", values)
        ids = [article_id for (article_id,) in rows]
        without = db.execute(f"SELECT count(*) FROM articles WHERE {condition} AND raw_sha256 IS NULL", values).fetchone()
    return ids, int(without[0])


def _version(text: str) -> tuple[int, ...]:
    """`2026.11.1` as numbers.  Raises QueryError for what has none."""
    numbers = tuple(map(int, re.findall(r"\d+", text)))
    if not numbers and text:
        raise QueryError(f"{text!r} is not a version of the rules: write one as {RULES_VERSION}, or current")
    return numbers


def _stored(store: Store, article_id: int, before: Article, after: Article, page: Page) -> bool:
    """Store the article, unless a crawl has stored a newer version since it was read."""
    with store.transaction():
        if store.get(article_id) != before:
            return False
        store.save(after, page)
    return True


def _compare(report: Report, article_id: int, before: Article, after: Article) -> None:
    fields = [name for name in _COMPARED if getattr(before, name) != getattr(after, name)]
    for name in fields:
        example = Example(article_id, _shown(getattr(before, name)), _shown(getattr(after, name)))
        report.fields.setdefault(name, Tally()).add(example)
    gone, come = ({(r.rule, r.text) for r in article.removals} for article in (before, after))
    for rule, text in sorted(come - gone):
        report.removed.setdefault(rule, Tally()).add(Example(article_id, "", text))
    for rule, text in sorted(gone - come):
        report.kept.setdefault(rule, Tally()).add(Example(article_id, text, ""))
    if (before.title, before.text) != (after.title, after.text):
        report.texts += 1
    elif fields or gone != come:
        report.others += 1
    else:
        report.same += 1
    report.rejected += after.status == "rejected" != before.status
    report.accepted += before.status == "rejected" != after.status


def _shown(value: object) -> str:
    if value is None:
        return ""
    return "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)
