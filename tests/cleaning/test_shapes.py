"""Lines without a class that their form or place gives away, in wordings that no list has, and what looks like them."""

from __future__ import annotations

import pytest

from cleaning import Page, clean

OPENING = "The two ministers met on Monday in a border town and agreed to reopen the bridge before the winter sets in."
MIDDLE = "Traders on either bank have waited for eleven years, and many of them no longer believe what they are told."
CLOSING = "Work on the western pier is to begin in May, once the water has fallen and the engineers have been paid."


def cleaned(*, head: tuple[str, ...] = (), middle: tuple[str, ...] = (), tail: tuple[str, ...] = ()) -> tuple[set[str], set[str]]:
    """What stays of the lines that stand at these places, and what is taken out."""
    lines = ["Two states agree to reopen a bridge", *head, OPENING, *middle, MIDDLE, *tail[:0], CLOSING, *tail]
    article = clean(Page(text="\n\n".join(lines)))
    assert {OPENING, MIDDLE, CLOSING} <= set(article.text.splitlines())
    tried = {*head, *middle, *tail}
    return tried & set(article.text.splitlines()), {removal.text for removal in article.removals}


@pytest.mark.parametrize(
    "line",
    [
        "Forside > Udland > Balkan",
        "Etusivu › Ulkomaat",
        "Naslovnica / Svijet / Regija",
        "Domov » Svet",
        "Nachrichten | Welt | Balkan",
        "👍 12 👎 3 💬 41",
        "X",
        "حجم الخط + -",
        "A- A A+",
        "mila.orlic@gazette.example",
        "Mila Orlić morlic@",
        "박도현 기자 dhpark@",
        "Mila Orlić (Zagreb, correspondent)",
        "ソウル=佐伯真理子",
        "طرابلس - سالم الورفلي",
        "14/5/2025 | 21:40 (Mecca)",
        "By our foreign desk",
        "Ana Popescu | 3 March 2025, 14:22",
        "13",
        "twitter.com/milaorlic",
        "[button link=”https://gazette.example/write” type=”big”] Write to us[/button]",
    ],
)
def test_a_line_of_such_a_form_goes_above_the_text(line: str) -> None:
    assert line in cleaned(head=(line,))[1]


@pytest.mark.parametrize(
    "line",
    [
        "Ministers hope to open the bridge in May",
        "A bridge, two banks and eleven years of waiting",
        "Bridge or ferry / what the river towns want",
        "Talks in 2025 raise hopes on the river",
    ],
)
def test_a_teaser_stays_above_the_text(line: str) -> None:
    assert line in cleaned(head=(line,))[0]


def test_an_initial_stays_that_a_design_parted_from_its_word() -> None:
    article = clean(Page(text=f"Two states agree to reopen a bridge\n\nT\n\n{OPENING[1:]}\n\n{MIDDLE}\n\n{CLOSING}"))
    assert article.text.startswith("T\n")


@pytest.mark.parametrize(
    "line",
    [
        "ADV",
        "PUB",
        "Men on the bridge on Sunday. Photograph: Osman Idris/AFP/Getty Images",
        "Le pont de la frontière, le 19 juin. © Joe Klamar, AFP",
        "Studenti sul ponte, a Strasburgo (Epa)",
        "The western pier (Photo Giannis Rigas/EUROKINISSI)",
        "▼示意圖,非當事碼頭",
        "Sign up for our daily newsletter.",
        "▶ EDİTÖRÜN SEÇTİĞİ: Atina-Ankara hattında takvim nasıl işleyecek?",
        "👉 A ferry that nobody needs any more",
    ],
)
def test_a_caption_a_sign_or_a_pointer_goes_among_the_paragraphs(line: str) -> None:
    assert line in cleaned(middle=(line,))[1]


@pytest.mark.parametrize(
    "line",
    [
        "EU",
        "The price of waiting",
        "Who pays?",
        "He told AFP that the work would go on.",
        "The agency (founded in 1994) has twelve engineers",
    ],
)
def test_a_sub_heading_or_a_sentence_stays_among_the_paragraphs(line: str) -> None:
    assert line in cleaned(middle=(line,))[0]


def test_a_mark_that_sub_headings_open_with_is_no_pointer() -> None:
    headings = ("🔹 The price of waiting", "🔹 The engineers want more", "🔹 A ferry that nobody needs")
    lines = [line for heading in headings for line in (heading, MIDDLE.replace("eleven", str(len(heading))))]
    article = clean(Page(text="\n\n".join(["Two states agree to reopen a bridge", OPENING, *lines, CLOSING])))
    assert set(headings) <= set(article.text.splitlines())


def test_a_last_paragraph_stays_that_an_agency_signs() -> None:
    signed = "The parliaments of both states are to vote on it in June, the ministers said. AFP"
    assert cleaned(tail=(signed,))[0] == {signed}
    described = "Men wait on the western bank on Sunday. AFP"
    assert described in cleaned(middle=(described,))[1]


def test_a_label_goes_with_the_headline_below_it_and_a_sub_heading_stays() -> None:
    label, headline = "More stories", "A ferry that nobody needs any more"
    assert cleaned(middle=(label, headline)) == (set(), {label, headline})
    assert cleaned(middle=(headline,)) == ({headline}, set())


@pytest.mark.parametrize(
    "line",
    [
        "Dora Finch in Eastport",
        "Gulf · Insurance · Navies",
        "(Adapted by Paul Quarry)",
        "Copyright of the Gazette and its partners, all rights reserved, no reproduction without permission.",
        "Sign up here for our briefing on the war.",
    ],
)
def test_a_line_below_the_last_sentence_goes_beside_the_pages_own(line: str) -> None:
    assert line in cleaned(tail=(line, "Share this article"))[1]


@pytest.mark.parametrize("line", ["29 November 2018 | 20 January 2019", "칼럼니스트 한가람 hangaram@gazette.example"])
def test_the_days_of_an_event_and_a_column_that_is_signed_stay(line: str) -> None:
    assert line not in cleaned(tail=(line,))[1]


@pytest.mark.parametrize(
    "lines",
    [
        ("What comes next", "Nobody knows."),
        ("Best wishes,", "Dora Finch"),
        ("Eastport 3-1 Westport",),
        ("Those who voted against it:", "Dora Finch: 12 votes", "Paul Quarry: 9 votes"),
        ("“We shall see”",),
        ("Nobody has asked the readers of our newspapers.",),
        ("and no one has asked",),
    ],
)
def test_an_articles_own_last_lines_stay(lines: tuple[str, ...]) -> None:
    assert cleaned(tail=lines)[0] == set(lines)


def test_last_lines_without_a_stop_stay_where_no_paragraph_has_one() -> None:
    body = [line.rstrip(".") for line in (OPENING, MIDDLE, CLOSING)]
    text = "\n\n".join(["Two states agree to reopen a bridge", *body, "Nobody has paid yet"])
    assert clean(Page(text=text)).text.endswith("Nobody has paid yet")


def test_a_number_stays_above_the_text_where_others_stand_among_the_paragraphs() -> None:
    assert cleaned(head=("1",), middle=("2",))[0] == {"1", "2"}


def test_a_line_behind_an_arrow_goes_where_a_link_stands_in_it() -> None:
    line = "&gt;&gt; Do you need a boat? <a href='/boats'>Our great comparison of boats</a> has the prices."
    told = "&gt;&gt; Do you need a boat? The minister asked that, and nobody in the room answered him."
    body = "".join(f"<p>{text}</p>" for text in (OPENING, line, MIDDLE, told, CLOSING))
    page = f"<article><h1>Two states agree on a bridge</h1>{body}</article>"
    article = clean(Page(url="https://gazette.example/bridge", html=page))
    assert "Our great comparison" not in article.text
    assert "nobody in the room" in article.text
