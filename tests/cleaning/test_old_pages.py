"""Pages as newsrooms built them before JSON-LD: teasers that stand twice, dashes before bylines, labels between paragraphs."""

from __future__ import annotations

import pytest

from cleaning import Page, clean

FERRY = (
    "The two states on the lower river agreed on Monday to run a common ferry, eleven years after the last one was laid up.",
    "Officials from both capitals said that the boat would be leased from a yard upstream and its crew drawn from either bank.",
    "Traders have long complained that a sack of flour travels two hundred kilometres by road to a market over the water.",
    "The crossing is to open in the spring, once the landing stages have been raised above the level of the last three floods.",
)


def test_a_first_paragraph_that_is_also_the_teaser_is_not_lost_with_its_twin() -> None:
    head = f'<meta name="description" content="{FERRY[0]}">'
    teaser = f"<div class='top'><div class='deck'><p>{FERRY[0]}</p></div></div>"
    body = "".join(f"<p>{p}</p>" for p in FERRY)
    body = f"<article><h1>A ferry</h1>{teaser}<div class='text'>{body}</div></article>"
    html = f"<html><head>{head}</head><body>{body}</body></html>"
    assert clean(Page(html=html)).text.split("\n\n") == list(FERRY)
    alone = html.replace(f"<div class='text'><p>{FERRY[0]}</p>", "<div class='text'>")
    assert clean(Page(html=alone)).text.split("\n\n") == list(FERRY[1:])


def page(lines: list[str]) -> Page:
    return Page(html="<h1>A ferry for both banks</h1>" + "".join(f"<p>{line}</p>" for line in lines))


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("-- By Mara Lindqvist Follow @maralindqvist", "byline.marked"),
        ("— By Mara Lindqvist", "byline.marked"),
        ("Continue Reading", "related.read-also"),
        ("Loading weather data ...", "media.player"),
        ("[+] Enlarge", "media.credit"),
    ],
)
def test_bylines_behind_dashes_and_labels_between_paragraphs_are_taken_out(line: str, rule: str) -> None:
    inside = [*FERRY, line] if rule.startswith("byline") else [*FERRY[:2], line, *FERRY[2:]]
    article = clean(page(inside))
    assert article.text.split("\n\n") == list(FERRY)
    assert [r.rule for r in article.removals if r.text == line] == [rule]


def test_a_sentence_that_loads_or_enlarges_something_stays() -> None:
    lines = ["Loading dock workers struck again on Monday ...", "Enlarge the harbour, said the mayor of the town."]
    inside = [*FERRY[:2], *lines, *FERRY[2:]]
    assert clean(page(inside)).text.split("\n\n") == inside
