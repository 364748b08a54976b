"""Site rules out of files in the format of ftr-site-config: what is taken over, and what is named and left out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cleaning import Page, clean
from crawler.siteconfig import read_site_config

CONFIG = """\
# how the River Post writes
title: //h2[@class='real']
title: //h1
body: //div[@id='story']
author: substring-after(//div[@class='who'], 'By ')
author: //a[@rel='author']
date: //time[

strip: //p[@class='plea']
strip: //p/@style
strip_id_or_class: "more"
strip_image_src: /ads/
prune: no
replace_string(<br>): <p>
if_page_contains: //x
test_url: http://river.example/1
nonsense
"""


def test_what_has_an_equivalent_is_taken_over() -> None:
    rules = read_site_config(CONFIG).rules
    assert rules.title is not None
    assert rules.title.xpath == "//h2[@class='real'] | (//h1)[not((//h2[@class='real']))]"
    assert rules.title.reason == "ftr-site-config, line 2, line 3"
    assert str(rules.body) == "xpath //div[@id='story']"
    assert str(rules.author) == "xpath substring-after(//div[@class='who'], 'By ')"
    assert [(s.xpath, s.reason) for s in rules.remove] == [
        ("//p[@class='plea']", "ftr-site-config, line 9"),
        ("//*[contains(@class, 'more') or contains(@id, 'more')]", "ftr-site-config, line 11"),
    ]


def test_what_has_none_is_named_line_by_line() -> None:
    left_out = read_site_config(CONFIG).left_out
    assert [sentence.split(": ")[0:2] for sentence in left_out] == [
        ["line 6", "author"], ["line 7", "date"], ["line 10", "strip"], ["line 12", "strip_image_src"], ["line 13", "prune"],
        ["line 14", "replace_string"], ["line 15", "if_page_contains"], ["line 16", "test_url"], ["line 17", "is no directive"],
    ]  # fmt: skip
    assert "at character 8" in left_out[1]


def test_the_first_expression_that_finds_anything_wins_as_it_does_there() -> None:
    rules = read_site_config("title: //h2\ntitle: //h3\ntitle: //h1\n").rules
    for tags, title in (("h1 h2 h3", "Heading two"), ("h1 h3", "Heading three"), ("h1", "Heading one")):
        names = {"h1": "Heading one", "h2": "Heading two", "h3": "Heading three"}
        html = "".join(f"<{tag}>{names[tag]}</{tag}>" for tag in tags.split())
        assert clean(Page(html=f"<html><body>{html}</body></html>"), site=rules).title == title


PIECES = ["title: ", "body: ", "strip: ", "strip_id_or_class: ", "x", "//p", "[", "'", '"', "(", ")", "@a", "\n"]


@given(st.lists(st.sampled_from(PIECES)))
def test_no_file_is_an_error_and_no_line_goes_unnamed(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = read_site_config(text)
    lines = [n for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    rules = [found.rules.title, found.rules.body, *found.rules.remove]
    named = " ".join([*found.left_out, *(rule.reason for rule in rules if rule)])
    assert [n for n in lines if f"line {n}" not in named] == []
