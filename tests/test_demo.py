"""The whole way at once: the bundled news web is served and crawled for real, and the store is compared with what was written."""

from __future__ import annotations

import shutil
import sqlite3
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError

import pytest

from cleaning import Article
from cleaning.identity import url_key
from fixtures.site.demo import broken_promises, by_rule, by_source, crawl
from fixtures.site.serve import Site, serve
from fixtures.site.truth import Outlet, Story, load
from storage import Store

STORIES = [(outlet, story) for outlet in load() for story in outlet.stories]
EVERY_STORY = pytest.mark.parametrize(("outlet", "story"), STORIES, ids=[story.path for _, story in STORIES])


@dataclass(frozen=True)
class Crawled:
    """The store after the first crawl, what that crawl asked for, and the site, which goes on serving."""

    site: Site
    db: Path
    asked: Counter[str]
    articles: dict[str, Article]

    def article(self, outlet: Outlet, story: Story) -> Article:
        article = self.articles.get(self.key(outlet, story.path))
        assert article is not None, f"{story.path} is not in the store"
        return article

    def key(self, outlet: Outlet, path: str) -> str:
        return url_key(self.site.base_urls[outlet.id] + path)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("demo")
    with serve(folder / "sources") as site:
        run = crawl(site, folder / "demo.db", quiet=True)
        assert run.returncode == 0, run.stderr
        with Store(folder / "demo.db", read_only=True) as store:
            articles = {article.url_key: article for article in store.search(include_rejected=True)}
        yield Crawled(site, folder / "demo.db", site.requests, articles)


@pytest.fixture
def again(crawled: Crawled, tmp_path: Path) -> Iterator[Crawled]:
    """A copy of that store, and a count of requests that begins anew: for tests that crawl once more."""
    with Store(crawled.db) as store:
        store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for name in ("demo.db", "demo.raw.db"):
        shutil.copy(crawled.db.with_name(name), tmp_path / name)
    crawled.site.forget()
    yield Crawled(crawled.site, tmp_path / "demo.db", Counter(), crawled.articles)
    crawled.site.restore()


def lines(article: Article) -> list[str]:
    return [line.strip() for line in article.text.split("\n") if line.strip()]


# --- what was stored ---------------------------------------------------------------------------------------------------


def test_every_story_is_stored_exactly_once_and_nothing_else_is_an_article(crawled: Crawled) -> None:
    with Store(crawled.db, read_only=True) as store:
        stored = sorted(article.url_key for article in store.search())
    assert stored == sorted(crawled.key(outlet, story.path) for outlet, story in STORIES)


@EVERY_STORY
def test_title_is_the_articles_own(crawled: Crawled, outlet: Outlet, story: Story) -> None:
    assert crawled.article(outlet, story).title == story.title


@EVERY_STORY
def test_every_paragraph_is_there_in_order(crawled: Crawled, outlet: Outlet, story: Story) -> None:
    kept = [line for line in lines(crawled.article(outlet, story)) if line in story.paragraphs]
    assert kept == list(story.paragraphs)


@EVERY_STORY
def test_nothing_is_there_that_the_author_did_not_write(crawled: Crawled, outlet: Outlet, story: Story) -> None:
    assert story.foreign_in(crawled.article(outlet, story).text) == []


@EVERY_STORY
def test_named_noise_is_gone(crawled: Crawled, outlet: Outlet, story: Story) -> None:
    strange = story.foreign_in(crawled.article(outlet, story).text)
    noise = outlet.noise_for(story)
    assert [(n, line) for n in noise for line in strange if line == n or (len(n) > 3 and n in line)] == []


@EVERY_STORY
def test_who_when_and_in_which_language(crawled: Crawled, outlet: Outlet, story: Story) -> None:
    article = crawled.article(outlet, story)
    # where no person signs, the agency that the page declares as its author stands in the authors' place
    assert article.authors == (story.authors or tuple(filter(None, [(story.agency or "").split("/")[0]])))
    assert (article.language or "").split("-")[0] == outlet.language
    assert article.source == outlet.id
    assert article.published_at is not None
    if isinstance(story.published, datetime):
        assert article.published_at == story.published.astimezone(UTC)
    else:
        assert article.published_at.date() == story.published
    if story.modified:
        assert article.modified_at == story.modified.astimezone(UTC)
    if story.agency:
        assert story.agency.split("/")[0] in (article.agency or "")


@EVERY_STORY
def test_status_and_flags(crawled: Crawled, outlet: Outlet, story: Story) -> None:
    article = crawled.article(outlet, story)
    assert article.status == story.status
    assert set(story.flags) <= set(article.flags)
    accused = {"paywall", "live_blog", "listing_page", "consent_wall", "soft_404", "too_short"} & set(article.flags)
    assert accused <= set(story.flags)


@EVERY_STORY
def test_teaser_is_the_summary(crawled: Crawled, outlet: Outlet, story: Story) -> None:
    if story.page != "bare":  # that page has none
        assert crawled.article(outlet, story).summary == story.teaser


def test_what_a_wall_hides_is_nowhere_in_the_article(crawled: Crawled) -> None:
    walled = [(outlet, story) for outlet, story in STORIES if "paywall" in story.flags]
    assert walled
    for outlet, story in walled:
        article = crawled.article(outlet, story)
        assert article.is_accessible_for_free is False
        assert story.hidden not in article.model_dump_json(exclude={"removals"})


@pytest.mark.parametrize(
    ("path", "flag"),
    [("/world/page/2/", "listing_page"), ("/2025/02/19/ferry-timetable-changes/", "soft_404"), ("/consentement", "consent_wall")],
)
def test_pages_that_are_no_articles_are_rejected_with_the_reason(crawled: Crawled, path: str, flag: str) -> None:
    (outlet,) = [outlet for outlet in load() for other in outlet.others if other.path == path]
    page = crawled.articles.get(crawled.key(outlet, path))
    assert page is not None
    assert page.status == "rejected"
    assert flag in page.flags


def test_relations_between_states_score_high_and_burglaries_low(crawled: Crawled) -> None:
    local = {}
    world = {}
    for outlet, story in STORIES:
        found = crawled.article(outlet, story).geopolitics
        assert found is not None
        (local if story.section in ("local", "table", "sport") else world)[story.path] = found.score
    assert len(local) == 4
    assert [path for path, score in local.items() if score >= min(world.values())] == []


# --- how it was fetched ------------------------------------------------------------------------------------------------


def test_each_page_is_fetched_once_however_it_is_announced(crawled: Crawled) -> None:
    for outlet, story in STORIES:
        address = crawled.site.base_urls[outlet.id] + story.path
        assert sum(times for url, times in crawled.asked.items() if url.split("?")[0] == address) == 1, story.path


def test_what_robots_txt_forbids_is_never_asked_for(crawled: Crawled) -> None:
    forbidden = [crawled.site.base_urls[o.id] + other.path for o in load() for other in o.others if other.outcome == "forbidden"]
    assert forbidden
    assert not [url for url in forbidden if url in crawled.asked]


def test_a_dead_link_leaves_nothing_behind(crawled: Crawled) -> None:
    gone = [(o, other) for o in load() for other in o.others if other.outcome == "gone"]
    assert gone
    for outlet, other in gone:
        assert crawled.asked[crawled.site.base_urls[outlet.id] + other.path] == 1
        assert crawled.key(outlet, other.path) not in crawled.articles


def test_nothing_is_asked_for_that_was_not_announced(crawled: Crawled) -> None:
    expected = announcements(crawled.site)
    for outlet in load():
        base = crawled.site.base_urls[outlet.id]
        expected |= {base + story.path for story in outlet.stories}
        expected |= {base + story.link for story in outlet.stories if story.link}
        expected |= {base + other.path for other in outlet.others}
    assert set(crawled.asked) - expected == set()


def announcements(site: Site) -> set[str]:
    """Feeds, sitemaps, robots.txt and tdmrep.json."""
    feeds = {site.base_urls[outlet.id] + feed["path"] for outlet in load() for feed in outlet.theme["feeds"]}
    return feeds | {base + path for base in site.base_urls.values() for path in ("/robots.txt", "/.well-known/tdmrep.json")}


def listed(site: Site) -> set[str]:
    """The feeds and sitemaps that the definitions name."""
    return {
        url.replace("{{BASE}}", site.base_urls[outlet.id])
        for outlet in load() for url in (*outlet.source.get("feeds", ()), *outlet.source.get("sitemaps", ()))
    }  # fmt: skip


# --- once more ---------------------------------------------------------------------------------------------------------


def test_a_second_crawl_asks_for_feeds_only_and_stores_nothing_new(again: Crawled) -> None:
    before = dump(again.db)
    run = crawl(again.site, again.db, quiet=True)
    assert run.returncode == 0, run.stderr
    asked = again.site.requests
    assert set(asked) <= announcements(again.site)
    feeds = {url for url in asked if not url.endswith("/robots.txt")}
    assert feeds == listed(again.site), "what an index leads to has just been read, and nothing says that it has changed"
    assert {url for url in feeds if again.site.not_modified[url]} == feeds
    assert dump(again.db) == before


def test_a_changed_article_leaves_its_old_version_as_a_revision(again: Crawled) -> None:
    outlet, story = next((o, s) for o, s in STORIES if s.page == "article" and s.status == "ok")
    address = again.site.base_urls[outlet.id] + story.path
    page = again.site.body(address).decode(story.encoding)
    old, new = story.paragraphs[0], story.paragraphs[0] + " The figure was corrected later."
    assert page.count(old) == 1
    again.site.override(address, page.replace(old, new))
    run = crawl(again.site, again.db, "--refetch", quiet=True)
    assert run.returncode == 0, run.stderr
    with Store(again.db, read_only=True) as store:
        article = store.get(address)
        sql = "SELECT url_key, revisions.text FROM revisions JOIN articles ON articles.id = article_id"
        revisions = store.connection.execute(sql).fetchall()
    assert article is not None
    assert lines(article)[0] == new
    assert [key for key, _ in revisions] == [article.url_key]
    assert revisions[0][1].startswith(old + "\n")


def test_a_wall_in_an_articles_place_does_not_replace_it(again: Crawled) -> None:
    outlet, story = next((o, s) for o, s in STORIES if s.page == "article" and s.status == "ok")
    wall = next(other for o in load() if o.id == outlet.id for other in o.others if other.outcome == "rejected")
    base = again.site.base_urls[outlet.id]
    with Store(again.db, read_only=True) as store:
        before = store.get(base + story.path)
    again.site.override(base + story.path, again.site.body(base + wall.path))
    run = crawl(again.site, again.db, "--refetch", quiet=True)
    assert run.returncode == 0, run.stderr
    with Store(again.db, read_only=True) as store:
        after = store.get(base + story.path)
    assert before is not None
    assert after == before


def test_fetching_unchanged_pages_again_only_moves_last_seen_at(again: Crawled) -> None:
    before = dump(again.db)
    with Store(again.db) as store, store.transaction() as db:
        db.execute("UPDATE articles SET last_seen_at = '2020-01-01T00:00:00Z'")
    run = crawl(again.site, again.db, "--refetch", quiet=True)
    assert run.returncode == 0, run.stderr
    assert dump(again.db) == before
    with Store(again.db, read_only=True) as store:
        stale = store.connection.execute("SELECT url FROM articles WHERE last_seen_at < '2021'").fetchall()
    assert stale == []


def dump(db: Path) -> list[tuple[object, ...]]:
    """Every article and revision but for the time it was last seen."""
    with sqlite3.connect(db) as connection:
        names = [row[1] for row in connection.execute("PRAGMA table_info(articles)") if row[1] != "last_seen_at"]
        rows = connection.execute(f"SELECT {', '.join(names)} FROM articles ORDER BY id").fetchall()
        rows += connection.execute("SELECT * FROM revisions ORDER BY id").fetchall()
    connection.close()
    return rows


# --- the demo's own words, and the server ------------------------------------------------------------------------------


def test_the_demo_finds_its_promises_kept_and_shows_what_was_done(crawled: Crawled) -> None:
    with Store(crawled.db, read_only=True) as store:
        problems = [line for line in broken_promises(crawled.site, store) if "fetched although" not in line]
        assert problems == []
        assert by_source(store).row_count == len(load()) + 1
        assert by_rule(store).row_count > 5


def test_the_demo_says_what_is_missing(crawled: Crawled, tmp_path: Path) -> None:
    with Store(tmp_path / "empty.db") as store:
        problems = broken_promises(crawled.site, store)
    rejected = sum(other.outcome == "rejected" for outlet in load() for other in outlet.others)
    assert len([line for line in problems if "fetched although" not in line]) == len(STORIES) + rejected


def test_no_story_contains_what_is_called_noise() -> None:
    for outlet, story in STORIES:
        for noise in outlet.noise_for(story):
            assert noise not in story.paragraphs, (story.path, noise)


def test_the_server_answers_as_real_ones_do(tmp_path: Path) -> None:
    with serve(tmp_path) as site:
        base = site.base_urls["northgate-courier"]
        with urllib.request.urlopen(base + "/feed/") as answer:
            etag, modified = answer.headers["ETag"], answer.headers["Last-Modified"]
        assert status(base + "/feed/", {"If-None-Match": etag}) == 304
        assert status(base + "/feed/", {"If-Modified-Since": modified}) == 304
        site.override("/feed/", "<rss/>")
        assert status(base + "/feed/", {"If-None-Match": etag, "If-Modified-Since": modified}) == 200
        assert status(base + "/no-such-page/") == 404
        with urllib.request.urlopen(base + "/?p=40711") as answer:
            assert answer.url.endswith("/india-china-reopen-border-posts/")
        assert site.requests[base + "/feed/"] == 4
        with pytest.raises(ValueError, match="3 outlets"):
            site.override("/robots.txt", "")
        port_was = base
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(port_was + "/feed/", timeout=2)


def status(url: str, headers: dict[str, str] | None = None) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {})) as answer:
            return int(answer.status)
    except HTTPError as error:
        error.close()
        return error.code
