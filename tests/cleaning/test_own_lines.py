"""Lines that look like a page's own and are the article's: in lists and listings, as sub-headings, below a sentence."""

from __future__ import annotations

import html

import pytest

from cleaning import Article, Page, clean

OPENING = "The two ministers met on Monday in a border town and agreed to reopen the bridge before the winter sets in."
MIDDLE = "Traders on either bank have waited for eleven years, and many of them no longer believe what they are told."
CLOSING = "Work on the western pier is to begin in May, once the water has fallen and the engineers have been paid."
SHARE = "<div class='share-buttons'>Share this</div>"


def cleaned(inner: str, *, head: str = "", tail: str = "") -> Article:
    """The article of a page with markup that has `inner` amid its paragraphs."""
    first, second, last = (f"<p>{line}</p>" for line in (OPENING, MIDDLE, CLOSING))
    title = "<h1>Two states agree to reopen a bridge</h1>"
    body = f"{SHARE}{head}{first}{second}{inner}{second.replace('eleven', 'twelve')}{last}{tail}"
    page = f"<html lang='en'><body><article>{title}{body}</article></body></html>"
    article = clean(Page(url="https://river.example/a/1", html=page))
    assert {OPENING, MIDDLE, CLOSING} <= set(article.text.splitlines())
    return article


def kept(article: Article, lines: tuple[str, ...]) -> list[str]:
    """Those of the lines that stay, marks of a list aside."""
    text = {line.removeprefix("- ") for line in article.text.splitlines()}
    return [line for line in lines if line in text]


@pytest.mark.parametrize(
    "entries",
    [
        ("Sensor: 20 megapixels", "Video: 4K/30p with no crop", "Weight: 400 grams"),
        ("Ferry notices", "Blog, social & video: $900/month", "Harbour news"),
        ("New subscribers: none", "Recent subscribers (8-30 days): 94% engaged", "Older readers: a third"),
        ("Crossing number", "Keywords", "Name of the ferry"),
        (
            "Harbour Live: a share of the fares",
            "Ferryman: With 50 passengers you can earn via affiliate links",
            "Pier: nothing yet",
        ),
    ],
    ids=lambda entries: entries[1],
)
def test_entries_of_a_list_stay(entries: tuple[str, ...]) -> None:
    article = cleaned("<ul>" + "".join(f"<li>{html.escape(line)}</li>" for line in entries) + "</ul>")
    assert kept(article, entries) == list(entries)


def test_a_listing_stays_whole() -> None:
    lines = (
        ">> Ferry/pier BOOT 0.7",
        "(c) Copyright 1990, Ferry Works",
        "All rights reserved",
        "if (pier) {",
        "}",
        "if (bank) {",
        "}",
    )
    article = cleaned(f"<pre>{html.escape(chr(10).join(lines))}</pre>")
    assert kept(article, lines) == list(lines)


def test_a_page_that_is_preformatted_loses_what_others_lose() -> None:
    text = "\n\n".join((OPENING, MIDDLE, CLOSING, "All rights reserved"))
    article = clean(Page(url="https://river.example/a/1", html=f"<html><body><h1>A bridge</h1><pre>{text}</pre></body></html>"))
    assert "All rights reserved" not in article.text


@pytest.mark.parametrize(
    "line", ["git checkout <name of the branch>", ">> OpenPier/west 0.7", "More ferries ≠ more subscribers."]
)
def test_a_command_a_prompt_and_a_statement_stay(line: str) -> None:
    count = 2 if "<" in line else 1
    assert kept(cleaned(f"<p>{html.escape(line)}</p>" * count), (line,)) == [line]


@pytest.mark.parametrize("line", ["Website Video", "Use video as much as possible", "Ferry App"])
def test_a_sub_heading_above_a_paragraph_stays(line: str) -> None:
    assert kept(cleaned(f"<h3>{line}</h3>"), (line,)) == [line]


@pytest.mark.parametrize("line", ["Related stories", "Subscribe to our newsletter", "Share this article"])
def test_a_heading_of_the_page_goes(line: str) -> None:
    assert kept(cleaned(f"<h3>{line}</h3>"), (line,)) == []


def test_a_linked_heading_above_its_entries_stays() -> None:
    entries = "<ul><li>Length: 40 metres</li><li>Crew: six</li></ul>"
    heading = "<h3><a href='/boats/mila'>The ferry Mila of the western bank</a></h3>"
    line = "The ferry Mila of the western bank"
    assert kept(cleaned(heading + entries), (line,)) == [line]
    assert kept(cleaned(heading), (line,)) == [line], "above a paragraph it stays, too"


TOURS = ("A day on the western bank", "Three days along the river", "The whole lake in a week")
LINKS = "<ul>" + "".join(f"<li><a href='/tours/{i}'>{line}</a></li>" for i, line in enumerate(TOURS)) + "</ul>"


def test_a_list_of_links_stays_below_a_sentence_that_introduces_it() -> None:
    assert kept(cleaned(f"<p>From May the harbour office offers these three tours again:</p>{LINKS}"), TOURS) == list(TOURS)
    assert kept(cleaned(f"<p>Read more:</p>{LINKS}"), TOURS) == []
    assert kept(cleaned(LINKS), TOURS) == []


@pytest.mark.parametrize(
    "line",
    [
        "Check back in April for registration details.",
        "Editor's note: This story was updated at 5 p.m. to include details from the harbour office.",
        "This article has been corrected to say that the bridge was closed in 2014.",
        "http://pier.to/2hYzHgPqR",
    ],
)
def test_a_note_on_what_was_changed_an_address_and_a_promise_stay(line: str) -> None:
    assert kept(cleaned("", tail=f"<p>{line}</p>"), (line,)) == [line]


def test_a_short_label_is_a_sub_heading_between_sentences() -> None:
    lines = ("UP NEXT", "West bank: Hosts the rowers on Friday.", "East bank: Rests until Sunday.")
    assert kept(cleaned("", tail="".join(f"<p>{line}</p>" for line in lines)), lines) == list(lines)
    assert kept(cleaned("", tail="<p>UP NEXT</p><p><a href='/b'>A ferry for both banks of the lake</a></p>"), lines) == []


def test_the_article_that_has_the_headline_is_no_preview() -> None:
    lead = "This bread keeps for a week, needs no kneading and is baked on either bank of the river."
    head = f"<article><h1>Bread of the two banks</h1><p>{lead}</p></article>"
    paragraphs = "".join(f"<p>{line}</p>" for line in (OPENING, MIDDLE, CLOSING, OPENING.replace("Monday", "Friday")))
    inner = f"<title>Bread of the two banks</title><main><article>{head}{paragraphs}</article></main>"
    article = clean(Page(url="https://river.example/a/2", html=f"<html lang='en'><body>{inner}</body></html>"))
    assert "related.nested-article" not in {removal.rule for removal in article.removals}
