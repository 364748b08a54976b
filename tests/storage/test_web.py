"""The reading pages as a client without a browser sees them; test_browser.py looks at them in Chromium."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import Store
from storage.errors import StorageError, StoreMissing
from tests.storage.web_store import HOSTILE, article, fill

pytestmark = pytest.mark.extras
pytest.importorskip("datasette", reason="the reading pages need Datasette")

from datasette.app import Datasette  # noqa: E402

from storage.web import reading  # noqa: E402
from storage.web.diff import paragraphs, words  # noqa: E402
from storage.web.server import application, serve  # noqa: E402

Get = Callable[..., Any]


class Site:
    """The pages of a store, asked one at a time."""

    def __init__(self, path: Path) -> None:
        self.uids = fill(path)
        self.app = application(path)

    def ask(self, address: str, method: str = "GET", **more: Any) -> Any:
        return asyncio.run(self.app.client.request(method, address, **more))

    def page(self, address: str) -> str:
        answer = self.ask(address)
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    def json(self, address: str) -> Any:
        return json.loads(self.page(address))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("web") / "news.db")


def test_the_front_page_says_what_is_new_where_from_and_how_the_last_crawl_went(site: Site) -> None:
    page = site.page("/")
    for words_of_it in (
        "Envoys meet in Geneva", "English", "Switzerland", "the name is unknown", "HTTP 500", "3 new", "31 October 2024",
    ):  # fmt: skip
        assert words_of_it in page, words_of_it
    found = site.json("/.json")
    assert [count["articles"] for count in found["counts"]["source"]] == [25, 3, 1]
    assert [hit["title"] for hit in found["relevant"]] == ["Envoys meet in Geneva"]
    assert (len(found["newest"]), found["health"]["errors"][0]["source"]) == (12, "example")


def test_search_finds_marks_counts_and_turns_pages(site: Site) -> None:
    page = site.page("/search?q=summit")
    assert "First paragraph about the <mark>summit</mark>." in page
    found = site.json("/search.json?q=series&source=other&lang=en")
    assert (len(found["hits"]), found["more"], found["page"]) == (20, True, 1)
    assert found["facets"]["source"] == [{"value": "other", "articles": 25}]
    second = site.json(found["next"].replace("/search?", "/search.json?"))
    assert (len(second["hits"]), second["more"], second["page"]) == (5, False, 2)
    assert {h["uid"] for h in found["hits"]}.isdisjoint(h["uid"] for h in second["hits"])
    page = site.page("/search?q=series&source=other")
    assert 'aria-label="Remove the filter source: other"' in page
    assert "/search?q=series&amp;source=other&amp;lang=en" in page
    assert "/search?q=summit&amp;country=CH" in site.page("/search?q=summit")
    assert "/search?country=CH&amp;since=" in site.page("/")
    assert [hit["title"] for hit in site.json("/search.json?country=ch")["hits"]] == ["Envoys meet in Geneva"]
    assert "Nothing found." in site.page("/search?q=nothinglikeit")


def test_a_search_that_cannot_be_is_answered_with_a_sentence(site: Site) -> None:
    for address in ("/search?q=%28open", "/search?since=2024-99", "/search?min_geopolitics=much", "/search?order=loudest"):
        answer = site.ask(address)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
    assert "'much'" in site.ask("/search.json?min_geopolitics=much").json()["error"]


def test_what_takes_too_long_is_listed_by_date_and_counted_on_demand(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "RANKING", 0)
    monkeypatch.setattr(reading, "COUNTING", 0)
    page = site.page("/search?q=series")
    assert "the newest are shown first" in page
    assert "/search?q=series&amp;facet=source" in page
    found = site.json("/search.json?q=series&facet=source")
    assert found["by_date"] is True
    assert (found["facets"]["source"], found["facets"]["tag"]) == ([{"value": "other", "articles": 25}], None)
    monkeypatch.setattr(reading, "LIMIT", 0)
    assert "add a word or a date" in site.ask("/search?q=series").text


def test_an_article_is_read_with_what_is_known_of_it(site: Site) -> None:
    page = site.page(f"/article/{site.uids['summit']}")
    for words_of_it in (
        "Ann Writer", "A teaser.", "First paragraph about the summit.", "from json-ld", "og:title",
        "text and data mining reserved", "CH ×1", "1 earlier version",
    ):  # fmt: skip
        assert words_of_it in page, words_of_it
    assert "Read also" not in page
    record = site.json(f"/article/{site.uids['summit']}.json")
    assert (record["uid"], record["title"], record["revisions"]) == (site.uids["summit"], "Envoys meet in Geneva", 1)
    assert site.json("/article/1.json") == record
    assert "Gone from its site since 1 January 2025, 00:00 UTC: HTTP 410." in site.page(f"/article/{site.uids['arabic']}")
    assert "This page is no article: soft_404." in site.page(f"/article/{site.uids['wall']}")


def test_what_was_removed_stands_in_its_place_with_the_rule_and_its_explanation(site: Site) -> None:
    page = site.page(f"/article/{site.uids['summit']}?removed=1")
    order = ["World</span>", "First paragraph", "related.read-also", "Read also: The other story", "Second paragraph.", "Foot of"]
    body = page[page.index('id="text"') :]
    assert [body.index(part) for part in order] == sorted(body.index(part) for part in order)
    assert re.search(r"<del><span[^>]*>Read also: The other story</span></del>", page)
    assert "A line that points to other articles" in page
    assert "no rule of this version" in page
    assert "3 blocks around the article" in page
    assert 'aria-checked="true"' in page


def test_versions_are_shown_as_differences(site: Site) -> None:
    page = site.page(f"/article/{site.uids['summit']}/revisions")
    assert re.search(r"<del><span class=.hidden.>\[out: </span>\s*to\s*<", page)
    assert "a meeting" in page
    assert "1 paragraph unchanged" in page
    (version,) = site.json(f"/article/{site.uids['summit']}/revisions.json")["revisions"]
    assert version["title"] == "Envoys to meet in Geneva"
    assert [changed["change"] for changed in version["changes"]["text"]] == ["changed", "same", "deleted"]
    assert "There is no earlier version." in site.page(f"/article/{site.uids['arabic']}/revisions")


@pytest.mark.parametrize("path", ["/article/nobody", "/article/nobody/revisions", "/article/99999"])
def test_an_unknown_article_is_said(site: Site, path: str) -> None:
    assert site.ask(path).status_code == 404
    assert "no such article" in site.ask(path).text
    assert site.ask(f"{path}.json").json() == {"error": "there is no such article"}


@pytest.mark.parametrize("address", ["/", "/search?q=summit", "/search?source=", "/article/{}", "/article/{}?removed=1",
                                     "/article/{}/revisions"])  # fmt: skip
def test_nothing_of_an_article_is_markup(site: Site, address: str) -> None:
    page = site.page(address.format(site.uids["hostile"]))
    assert HOSTILE not in page
    assert not re.search(r"<(script|img)\b", page)
    assert 'href="javascript:' not in page
    assert not re.search(r"<[^>]* on\w+=", page)


def test_the_policy_lets_nothing_run_and_nothing_be_loaded(site: Site) -> None:
    for address in ("/", "/search", "/article/1", "/article/1/revisions", "/article/none", "/-/copydesk/style.css"):
        policy = site.ask(address).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy
    for address in ("/news", "/news/articles", "/-/versions"):
        policy = site.ask(address).headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "http" not in policy
    page = site.page("/") + site.page("/article/1")
    assert not re.search(r'(?:src|href)="(?:https?:)?//(?!example\.org/)', page)


def test_only_this_machine_may_ask_and_only_to_read(site: Site) -> None:
    refused = site.ask("/", headers={"host": "rebound.example:8001"})
    assert (refused.status_code, "127.0.0.1" in refused.text) == (421, True)
    for method in ("POST", "PUT", "DELETE"):
        assert site.ask("/search", method).status_code == 405
    assert site.ask("/", headers={"host": "127.0.0.1:1"}).status_code == 200


def test_tables_are_shown_without_counting_them(site: Site) -> None:
    assert site.ask("/news/articles.json").json()["filtered_table_rows_count"] is None
    assert "summit" in site.page("/news/articles?_search=summit")
    assert site.ask("/news.json").json()["tables"][0]["count"] is None
    assert site.ask("/news.json?sql=delete+from+articles").status_code == 400


def test_another_datasette_in_the_same_process_is_left_alone(site: Site) -> None:
    other = Datasette([], memory=True)
    answer = asyncio.run(other.client.get("/"))
    assert answer.status_code == 200
    assert "content-security-policy" not in answer.headers


def test_languages_are_written_in_their_direction(site: Site) -> None:
    page = site.page(f"/article/{site.uids['arabic']}")
    assert 'lang="ar" dir="rtl"' in page
    assert 'lang="" dir="auto"' in site.page(f"/article/{site.uids['hostile']}")


def test_a_store_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing):
        application(tmp_path / "none.db")


def test_a_store_is_read_wherever_it_lies(tmp_path: Path) -> None:
    folder = tmp_path / "50% #1?"
    folder.mkdir()
    with Store(folder / "my news.db") as store:
        uid = store.save(article("there")).uid
    app = application(folder / "my news.db")
    assert asyncio.run(app.client.get(f"/article/{uid}")).status_code == 200
    tables = re.search(r'<a href="([^"]*)">Tables</a>', asyncio.run(app.client.get("/")).text)
    assert tables is not None
    assert asyncio.run(app.client.get(tables[1])).status_code == 200
    with pytest.raises(StorageError, match="only read"):
        app.get_database().connect(write=True)


def test_an_exported_selection_is_read_like_a_store(tmp_path: Path) -> None:
    with Store(tmp_path / "news.db") as store:
        store.save(article("a"))
        store.export(tmp_path / "some.db", language="en")
    app = application(tmp_path / "some.db")
    for address in ("/", "/search?q=talks", "/article/1", "/some"):
        answer = asyncio.run(app.client.get(address, follow_redirects=True))
        assert answer.status_code == 200, address
    assert "frontier" not in answer.text


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with Store(tmp_path / "news.db"), socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StorageError, match=f"port {port} cannot be had: another program uses it"):
            serve(tmp_path / "news.db", port, lambda address: None)


TEXTS = st.lists(st.text("ab \u0627.,", max_size=12), max_size=5).map("\n\n".join)


@given(TEXTS, TEXTS)
def test_a_difference_holds_both_versions_letter_for_letter(old: str, new: str) -> None:
    pieces = list(words(old, new))
    assert "".join(text for kind, text in pieces if kind != "inserted") == old
    assert "".join(text for kind, text in pieces if kind != "deleted") == new
    changed = paragraphs(old, new)
    for left_out, version in (("inserted", old), ("deleted", new)):
        shown = ["".join(text for kind, text in c.pieces if kind != left_out) for c in changed if c.change != left_out]
        assert shown == (version.split("\n\n") if version else [])


def test_a_text_that_was_wholly_rewritten_is_compared_in_time() -> None:
    old, new = ("\n\n".join(f"{word} {n} of many" for n in range(400)) for word in ("old", "new"))
    assert {c.change for c in paragraphs(old, new)} == {"deleted", "inserted"}
