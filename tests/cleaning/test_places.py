"""What place gives away in texts without markup: the headline again, the teaser above the byline, lists that stay."""

from __future__ import annotations

import html

import pytest

from cleaning import Article, Page, clean

PARAGRAPHS = [
    "The envoy left the capital on Tuesday night with nothing but a list of further meetings, two officials said.",
    "His government had hoped for a date. It got a promise that the talks would go on before the end of the month.",
    "Fishermen on both shores say that they have heard such promises before, and that the price of fuel has doubled since then.",
    "The next round is to be held in Geneva, where the two sides met for the first time and parted without a word.",
]
HEADLINE = "Envoys leave without a date for the next round of talks"


@pytest.mark.parametrize("as_html", [False, True])
def test_the_headline_in_the_middle_of_the_text_goes(as_html: bool) -> None:
    lines = [*PARAGRAPHS[:2], HEADLINE, *PARAGRAPHS[2:]]
    assert rest(lines, as_html) == PARAGRAPHS
    page = Page(text="\n\n".join(["Analysis", *PARAGRAPHS[:2], "Analysis", *PARAGRAPHS[2:]]))
    assert "Analysis" in clean(page).text.split("\n\n")  # a word is a sub-heading there


@pytest.mark.parametrize("as_html", [False, True])
@pytest.mark.parametrize(
    "signed",
    [
        ["By Mara Lindqvist"],
        ["Mara Lindqvist", "30 November 2025 at 06:00 | 3 min read"],
        ["Published on 30 November 2025"],
    ],
)
@pytest.mark.parametrize(
    "teaser", ["Neither side names a price. Fishermen on both shores have heard “such promises” before, and wait."]
)
def test_a_teaser_above_the_byline_is_the_summary(teaser: str, signed: list[str], as_html: bool) -> None:
    article = cleaned([teaser, *signed, *PARAGRAPHS], as_html)
    assert article.text.split("\n\n") == PARAGRAPHS
    assert article.summary == teaser
    assert "summary.above-byline" in {removal.rule for removal in article.removals}


@pytest.mark.parametrize("as_html", [False, True])
@pytest.mark.parametrize(
    "lines",
    [
        # a chronology: its days stand above each paragraph
        [PARAGRAPHS[0], "3 March 2025", PARAGRAPHS[1], "9 March 2025", PARAGRAPHS[2], "1 April 2025", PARAGRAPHS[3]],
        # who wrote it stands far below the first paragraphs
        [*PARAGRAPHS[:3], "By Mara Lindqvist", PARAGRAPHS[3]],
        # a caption with a date is no date line
        [PARAGRAPHS[0], "Protesters in Tbilisi on 3 March 2025", *PARAGRAPHS[1:]],
    ],
)
def test_a_first_paragraph_is_no_teaser(lines: list[str], as_html: bool) -> None:
    assert PARAGRAPHS[0] in cleaned(lines, as_html).text.split("\n\n")


@pytest.mark.parametrize("as_html", [False, True])
def test_unmarked_lines_that_end_a_page_go_and_an_articles_own_list_stays(as_html: bool) -> None:
    others = ["Article before", "Central Africa: the instructors leave", "Article behind", "Libya: the marshal has aged by a son"]
    assert rest([*PARAGRAPHS, *others], as_html) == PARAGRAPHS
    assert rest([*PARAGRAPHS, others[1]], as_html) == [*PARAGRAPHS, others[1]]  # one line alone may be the article's own
    scores = ["Norway – Chad 3:1", "Libya – Malta 0:0", "Fiji – Oman 2:4"]
    assert rest([*PARAGRAPHS, "The other matches:", *scores], as_html)[-3:] == scores


LIST = [
    "The fishermen ask for three things:",
    "a lane of their own;",
    "fuel at last year's price;",
    "someone who answers the telephone.",
]


@pytest.mark.parametrize("as_html", [False, True])
def test_a_list_behind_a_line_of_the_pages_own_stays(as_html: bool) -> None:
    lines = [*PARAGRAPHS, "© 2025 The Harbour Post", *LIST, "Nobody answers.", "Topics: Talks, Fishing"]
    kept = cleaned(lines, as_html).text.split("\n")
    assert [line for line in kept if line in LIST] == LIST
    numbered = ["He put three proposals on the table:", "1. Release of the frozen assets", "2. Return of the inspectors"]
    lines = [PARAGRAPHS[0], "Read also:", "Ministers meet again in Vienna", *numbered, *PARAGRAPHS[1:]]
    kept = cleaned(lines, as_html).text.split("\n")
    assert [line for line in kept if line in numbered] == numbered


@pytest.mark.parametrize(
    "last",
    [
        "The sea says nothing. AFP",
        "The sea says nothing. (End)",
        "下一轮谈判时间未定。（完）",
        "案件4月開庭。（編輯：夏知遠）1150305",
    ],
)
def test_a_short_last_sentence_with_its_sign_stays(last: str) -> None:
    assert last in cleaned([*PARAGRAPHS, "Photo: Anna Berg / AFP", last, "© 2025 The Harbour Post"], False).text


@pytest.mark.parametrize("as_html", [False, True])
def test_squares_head_sections_in_the_east(as_html: bool) -> None:
    paragraphs = [
        f"日本政府は{day}日、両国の協議を来月にも再開する方針を固めた。関係者が明らかにしたもので、日程は調整中だという。"
        for day in range(3, 9)
    ]
    lines = [*paragraphs[:3], "■業界は慎重", *paragraphs[3:]]
    assert "■業界は慎重" in cleaned(lines, as_html).text.split("\n\n")


@pytest.mark.parametrize("line", ["ShareTweetPin", "FacebookTwitterWhatsAppEmail", "LoginSubscribe"])
def test_buttons_run_together_are_buttons(line: str) -> None:
    assert cleaned([*PARAGRAPHS, line], False).text.split("\n\n") == PARAGRAPHS
    assert "McDonald" in cleaned([*PARAGRAPHS[:2], "McDonald", *PARAGRAPHS[2:]], False).text


@pytest.mark.parametrize(
    "line",
    [
        "В миреТарскКорванияСтоян БелевЗерно",
        "PoliticsEconomyLibyaNATO SummitTrade",
        "+5",
        "#Gas",
        "On the quay of Port Lazare, 18 October 2025. ANNA BERG FOR THE HARBOUR POST",
        "市民在广场上领取木柴。视觉中国 图",
    ],
)
def test_what_a_page_sets_among_paragraphs_goes(line: str) -> None:
    assert cleaned([*PARAGRAPHS[:2], line, *PARAGRAPHS[2:]], False).text.split("\n\n") == PARAGRAPHS


@pytest.mark.parametrize(
    "line",
    [
        "McDonald and DeSantis on YouTube",
        "+5 degrees",
        "#MeToo, the sequel",
        "HE WAITS FOR THE SEA",
        "The iPhone, the iPad, the iMac",
    ],
)
def test_what_looks_alike_stays(line: str) -> None:
    assert line in cleaned([*PARAGRAPHS[:2], line, *PARAGRAPHS[2:]], False).text.split("\n\n")


def test_names_and_dates_run_together_are_a_byline() -> None:
    line = "Talia Moreno-Burke August 27, 2025 Last Updated: August 28, 2025 0 211 5 minutes read"
    assert cleaned([line, *PARAGRAPHS], False).text.split("\n\n") == PARAGRAPHS


def cleaned(lines: list[str], as_html: bool) -> Article:
    if not as_html:
        return clean(Page(text="\n\n".join([HEADLINE, *lines])))
    body = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    return clean(Page(html=f"<title>{HEADLINE}</title><article><h1>{HEADLINE}</h1>{body}</article>"))


def rest(lines: list[str], as_html: bool) -> list[str]:
    return cleaned(lines, as_html).text.split("\n\n")
