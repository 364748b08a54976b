"""A user's own rules for a site: what they do to a page, and what becomes of it where they find nothing."""

from __future__ import annotations

import pickle
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaning import Article, Page, SiteRules, clean
from cleaning.document import html_parts
from cleaning.models import Selector
from cleaning.parsing import parse_html
from cleaning.site_rules import MISSED

FIRST = "The ferry across the river sank in the night, and nobody on the quay can say why it had gone out in the storm at all."
SECOND = "Two men had been seen there by the keeper of the inn, who thought that they were arguing about money and went to bed."
THIRD = "The mayor said that the town would now build a bridge, as it had promised for forty years without ever doing so."
PLEA = "The River Post lives from what its readers give, and from nobody else in the whole of the valley or beyond it."

PAGE = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Night on the water | River Post</title>
<meta property="og:title" content="You will not believe this ferry"><meta name="author" content="River Post">
<meta property="article:published_time" content="2025-03-04T08:00:00Z"></head><body>
<nav><a href="/">Home</a></nav>
<h1>Night on the water</h1>
<h2 class="real">Ferry sinks with two men at the helm</h2>
<div class="who"><span>By Ada Ferry and Otto Quay</span></div>
<p class="when">Published: 3 March 2025</p>
<div id="story"><p>{FIRST}</p><p class="plea">{PLEA}</p><p>{SECOND} <a class="more" href="/x">More on this</a></p>
<ul><li>a lamp <b class="tag">SOLD</b></li><li>a rope</li></ul><p>{THIRD}</p></div>
<aside><p>{PLEA} Twice.</p></aside></body></html>"""


def cleaned(html: str = PAGE, **rules: object) -> Article:
    return clean(Page(url="https://river.example/1", html=html), site=SiteRules.model_validate(rules))


def said(article: Article, rule: str) -> list[tuple[str, str]]:
    return [(r.text, r.evidence) for r in article.removals if r.rule == rule]


def test_what_is_removed_is_a_removal_with_the_reason_and_the_selector() -> None:
    article = cleaned(remove=[{"css": ".plea", "reason": "begging"}, {"xpath": "//a[@class='more']"}, {"css": ".tag"}])
    assert said(article, "site.remove") == [
        (PLEA, "begging (css .plea)"),
        ("More on this", "the site's rule xpath //a[@class='more']"),
        ("SOLD", "the site's rule css .tag"),
    ]
    assert article.text.split("\n\n") == [FIRST, SECOND, "a lamp", "a rope", THIRD]
    before = [r.before_block for r in article.removals]
    assert before == sorted(before)
    assert MISSED not in article.flags


def test_a_row_of_a_table_can_be_removed() -> None:
    rows = [f"<tr class=y{year}><td>{year}</td><td>{ferries}</td></tr>" for year, ferries in ((1985, 9), (1990, 8), (2024, 3))]
    table = f"<table>{''.join(rows)}</table>"
    article = cleaned(PAGE.replace("<ul>", table + "<ul>"), remove=[{"css": "tr.y1990"}], body={"css": "#story"})
    assert "1985\t9\n2024\t3" in article.text
    assert said(article, "site.remove") == [("1990\n8", "the site's rule css tr.y1990")]


def test_the_body_is_the_main_text_and_what_is_outside_is_removed() -> None:
    article = cleaned(body={"css": "#story"})
    assert article.text.split("\n\n")[0] == FIRST
    assert THIRD in article.text
    assert "Twice" not in article.text
    outside = said(article, "site.body")
    assert {evidence for _, evidence in outside} == {"outside the body (css #story)"}
    assert any("Twice" in text for text, _ in outside)
    assert len(outside) == 2  # one for each run, before and behind


def test_title_author_and_date_win_and_the_others_stay_candidates() -> None:
    article = cleaned(title={"css": "h2.real"}, author={"css": ".who"}, date={"css": ".when"})
    assert article.title == "Ferry sinks with two men at the helm"
    assert article.authors == ("Ada Ferry", "Otto Quay")
    assert article.published_at is not None
    assert (article.published_at.isoformat(), article.published_source) == ("2025-03-03T00:00:00+00:00", "site:css .when")
    chosen = {c.field: c.source for c in article.candidates if c.chosen}
    assert chosen == {"title": "site:css h2.real", "authors": "site:css .who", "published_at": "site:css .when"}
    assert ("title", "Night on the water") in {(c.field, c.value) for c in article.candidates if not c.chosen}


def test_texts_and_attributes_serve_as_title_author_and_date() -> None:
    article = cleaned(
        title={"xpath": "substring-before(//title, ' |')"},
        author={"xpath": "//div[@class='who']/span/text()"},
        date={"xpath": "//meta[@property='article:published_time']/@content"},
    )
    assert (article.title, article.authors) == ("Night on the water", ("Ada Ferry", "Otto Quay"))
    assert article.published_precision == "second"


@pytest.mark.parametrize("name", ["body", "title", "author", "date"])
def test_a_selector_that_finds_nothing_leaves_the_article_as_it_is_and_is_flagged(name: str) -> None:
    plain = cleaned()
    article = cleaned(**{name: {"css": ".gone"}})
    assert article.flag_evidence[MISSED] == f"{name} (css .gone) matches nothing"
    untouched = {"flags": plain.flags, "flag_evidence": plain.flag_evidence}
    assert article.model_copy(update=untouched) == plain


def test_what_is_found_and_cannot_be_read_is_flagged_too() -> None:
    article = cleaned(PAGE.replace("</body>", "<div id=empty><img src=x></div></body>"),
                      body={"css": "#empty"}, date={"css": "h1"}, remove=[{"css": ".gone"}])  # fmt: skip
    assert article.flag_evidence[MISSED] == (
        "remove 1 (css .gone) matches nothing; body (css #empty) matches, but there is no text in it; "
        "date (css h1) matches, but no date can be read in it: Night on the water"
    )
    assert FIRST in article.text
    assert article.published_at is not None


def test_plain_texts_and_rules_without_selectors_are_as_without() -> None:
    page = Page(text=f"Ferry sinks\n\n{FIRST}\n\n{SECOND}\n")
    assert clean(page, site=SiteRules(body=Selector(css="p"))) == clean(page)


def test_rules_travel_to_another_process() -> None:
    rules = SiteRules(remove=(Selector(css=".plea", reason="begging"),), body=Selector(xpath="//div"))
    assert pickle.loads(pickle.dumps(rules)) == rules


TAGS = ("div", "p", "span", "a", "b", "li", "ul", "table", "tr", "td", "section", "x-card", "br", "em")
words = st.text("abcdef .", min_size=1, max_size=12)
trees = st.recursive(
    words,
    lambda inner: st.builds(
        lambda tag, cut, children: f"<{tag}{' class=cut' if cut else ''}>{''.join(children)}</{tag}>",
        st.sampled_from(TAGS), st.booleans(), st.lists(inner, max_size=4),
    ),
    max_leaves=25,
)  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(trees, st.sampled_from(["", ".cut"]), st.sampled_from(["", "div", "p, section", "body"]))
def test_every_letter_is_in_the_article_or_in_exactly_one_removal(inner: str, remove: str, body: str) -> None:
    html = f"<html><head><title>Night on the water</title></head><body><p>{FIRST}</p>{inner}<p>{SECOND}</p></body></html>"
    rules = SiteRules(remove=(Selector(css=remove),) if remove else (), body=Selector(css=body) if body else None)
    article = clean(Page(url="https://river.example/1", html=html), site=rules)
    letters = sorted("".join(p.text for p in html_parts(parse_html(html))).replace(" ", "").replace("\t", "").replace("\n", ""))
    kept = "".join([*(b.text for b in article.blocks), *(r.text for r in article.removals)])
    assert sorted(kept.replace(" ", "").replace("\t", "").replace("\n", "")) == letters


def test_many_elements_in_one_table_cost_no_more_each_than_few() -> None:
    rows = "<tr><td>a</td><td>b <a class=x>ad</a></td></tr>" * 1500
    started = time.process_time()
    article = clean(
        Page(url="https://river.example/1", html=f"<body><p>{FIRST}</p><table>{rows}</table></body>"),
        site=SiteRules(remove=(Selector(css=".x"),)),
    )
    assert time.process_time() - started < 10  # a minute when the table was looked at again for each
    assert sum(r.block_count for r in article.removals if r.rule == "site.remove") == 1500
