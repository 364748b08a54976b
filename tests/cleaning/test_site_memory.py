"""`site.repeated`: what stands on other pages of the site goes, and the article's own words stay."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.site_memory import FLOOR, invented
from cleaning import Article, Page, SiteMemory, clean
from cleaning.identity import line_hash
from cleaning.site_memory import LEAST_PAGES, REPEATED, apart_from, memorable, site_host

FIRST = "The ferry across the river sank in the night, and nobody on the quay can say why it had gone out in the storm at all."
SECOND = "Two men had been seen there by the keeper of the inn, who thought that they were arguing about money and went to bed."
THIRD = "The mayor said that the town would now build a bridge, as it had promised for forty years without ever doing so."
PLEA = "Whoever reads to the end may also like our quiz on bridges and ferries"


def memory(lines: Mapping[str, int]) -> SiteMemory:
    return SiteMemory(host="river.example", version="v7", lines={line_hash(line): pages for line, pages in lines.items()})


def cleaned(*lines: str, known: Mapping[str, int], title: str = "Ferry sinks at night") -> Article:
    return clean(Page(url="https://river.example/1", text="\n\n".join((title, *lines))), memory=memory(known))


def taken(article: Article) -> list[str]:
    return [r.text for r in article.removals if r.rule == REPEATED]


def test_the_invented_outlets_lose_their_boilerplate_and_no_line_of_their_own() -> None:
    figures, lost = invented()
    assert lost == []
    assert figures.pages >= 10
    assert figures.foreign >= FLOOR * figures.repeated > 50


def test_the_evidence_counts_the_pages_and_the_version_is_kept() -> None:
    article = cleaned(FIRST, PLEA, SECOND, THIRD, known={PLEA: 5})
    (removal,) = [r for r in article.removals if r.rule == REPEATED]
    assert (removal.text, removal.evidence, removal.before_block) == (PLEA, "stands on 5 other pages of river.example", 1)
    assert article.memory_version == "v7"
    assert article.text.split("\n\n") == [FIRST, SECOND, THIRD]


def test_one_other_page_is_not_enough() -> None:
    assert taken(cleaned(FIRST, PLEA, SECOND, known={PLEA: LEAST_PAGES - 1})) == []


@pytest.mark.parametrize("line", ["What we know", "He paid.", "本台记者报道"])
def test_a_short_line_stays_between_paragraphs_and_goes_behind_them(line: str) -> None:
    assert taken(cleaned(FIRST, line, SECOND, THIRD, known={line: 9})) == []
    assert taken(cleaned(FIRST, SECOND, THIRD, line, known={line: 9})) == [line]


def test_the_headline_and_dates_stay() -> None:
    title = "The ferry across the river sank in the night"
    known = {title: 9, "Monday, 3 March 2025, 11:20 to 12:40": 9}
    assert taken(cleaned(FIRST, SECOND, *known, THIRD, title=title, known=known)) == []


def test_an_article_that_the_site_has_at_several_addresses_stays_whole() -> None:
    article = cleaned(FIRST, SECOND, THIRD, known={FIRST: 2, SECOND: 2, THIRD: 2})
    assert taken(article) == []
    assert article.text.split("\n\n") == [FIRST, SECOND, THIRD]


def test_html_and_text_know_the_same_line() -> None:
    page = f"<html><body><h1>Ferry</h1><p>{FIRST}</p><p>Whoever  reads to the <b>end</b> may also like our quiz on bridges"
    page += f" and\nferries</p><p>{SECOND}</p></body></html>"
    assert taken(clean(Page(url="https://river.example/1", html=page), memory=memory({PLEA: 2}))) == [PLEA]


def test_what_the_page_itself_added_is_taken_off() -> None:
    own = memory({PLEA: 2, THIRD: 3, FIRST: 4})
    less = apart_from(own, memorable(f"{PLEA}\n\n{THIRD}"))
    assert less.lines == {line_hash(THIRD): 2, line_hash(FIRST): 4}
    assert less.version == own.version
    assert apart_from(own, frozenset()) is own


def test_a_host_is_known_by_the_addresses_identity() -> None:
    assert site_host("https://www.River.example:443/a") == site_host("http://m.river.example/b") == "river.example"
    assert site_host("http://127.0.0.1:8000/a") == "127.0.0.1:8000"
    assert site_host(None) is site_host("nonsense") is None


LINES = [FIRST, SECOND, THIRD, PLEA, "What we know", "Read also: more", "3 March 2025", "-"]
lines = st.lists(st.sampled_from(LINES), max_size=12)


@settings(deadline=None, max_examples=200)
@given(lines, st.dictionaries(st.sampled_from([FIRST, SECOND, PLEA, "What we know", "Ferry sinks at night"]), st.integers(1, 5)))
def test_a_memory_takes_lines_and_changes_none(text: list[str], known: dict[str, int]) -> None:
    with_memory, without = cleaned(*text, known=known), cleaned(*text, known={})
    assert with_memory.title == without.title
    assert {b.text for b in with_memory.blocks} <= {*text, "Ferry sinks at night"}
    assert all(known.get(line, 0) >= LEAST_PAGES for line in taken(with_memory))
    assert cleaned(*text, known=known) == with_memory
