"""Flags and rejections: pages that are no articles come back rejected with the reason, articles that look like them do not, and
damage is flagged where it stands.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.flags import measure
from cleaning import Article, Page, SiteRules, clean
from cleaning.models import Claim
from cleaning.translation import lower_after_stop
from fixtures.rejects.listings import LISTINGS
from fixtures.rejects.mixed import mixed_article, mixed_listing
from fixtures.rejects.spared import SPARED
from fixtures.rejects.translated import SOUND, TRANSLATED
from fixtures.rejects.walls import WALLS

SUSPECTED = "machine_translated_suspected"
PARAGRAPH = (
    "The ministry of transport called the stoppage illegal on Tuesday and threatened fines, but two of the "
    "four pilot stations stayed "
    "closed. Insurers have begun to ask for day passage only, and the harbour master expects a long winter."
)


def of_text(*paragraphs: str) -> Article:
    return clean(Page(text="\n\n".join(("Pilots refuse night convoys after a third collision", *paragraphs))))


def of_html(body: str, head: str = "") -> Article:
    url = "https://river.example/2025/03/02/pilots-refuse-night-convoys-again"
    head = f"<title>Pilots refuse night convoys</title>{head}"
    return clean(Page(url=url, html=f"<html><head>{head}</head><body>{body}</body></html>"))


# --- what is no article ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LISTINGS)
def test_a_list_of_other_pages_is_rejected_with_its_evidence(name: str) -> None:
    article = clean(LISTINGS[name])
    assert article.status == "rejected"
    assert article.flags == ("listing_page",)
    assert len(article.flag_evidence["listing_page"]) > 20


@pytest.mark.parametrize("name", WALLS)
def test_a_page_in_the_articles_place_is_rejected_with_its_reason(name: str) -> None:
    flag, page = WALLS[name]
    article = clean(page)
    assert article.status == "rejected"
    assert article.flags == (flag,)
    assert article.flag_evidence[flag]


@pytest.mark.parametrize("name", SPARED)
def test_an_article_that_looks_like_a_list_or_a_wall_stays(name: str) -> None:
    article = clean(SPARED[name])
    assert article.status == "ok"
    assert article.text


def test_lists_and_articles_of_any_make_are_told_apart() -> None:
    pages = 40
    rejected = sum("listing_page" in clean(mixed_listing(seed)).flags for seed in range(pages))
    accepted = sum(clean(mixed_article(seed)).status == "ok" for seed in range(pages))
    assert rejected >= 0.9 * pages
    assert accepted >= 0.98 * pages


def test_a_live_blog_says_so() -> None:
    assert "live_blog" in clean(SPARED["live-blog"]).flags


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ('<?xml version="1.0"?><rss version="2.0"><channel><title>News</title></channel></rss>', "a feed"),
        ('<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title></feed>', "a feed"),
        ('<?xml version="1.0"?>\n<!-- made --><urlset><url><loc>https://a.example/</loc></url></urlset>', "a sitemap"),
        ('{"items": [{"title": "News", "text": "' + PARAGRAPH + '"}]}', "JSON"),
    ],
)
def test_what_programs_read_is_no_page(body: str, what: str) -> None:
    article = clean(Page(url="https://river.example/x", body=body.encode()))
    assert article.status == "rejected"
    assert article.flag_evidence["not_a_page"] == what


def test_a_text_that_opens_with_a_brace_is_an_article() -> None:
    assert clean(Page(text="{Editor’s note} " + PARAGRAPH)).status == "ok"


def test_a_script_wall_does_not_take_an_article_that_has_its_text() -> None:
    body = f"<article><h1>Pilots refuse night convoys</h1><p>{PARAGRAPH}</p><p>{PARAGRAPH[:90]}.</p></article>"
    article = of_html(body + "<noscript>Please enable JavaScript to comment.</noscript>")
    assert article.status == "ok"


# --- text that is not all there ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ending",
    [
        "The union says that it will go on until the rota is changed and the…",
        "The union says that it will go on until the rota is changed ...",
        "The union says that it will go on until the rota is changed and crews sleep [...]",
        "The union says that it will go on until the old rota is brought back and until every one of the",
        (
            "The union met again. It says that it will go on until the old rota is brought back and every one of its "
            "demands is heard"
        ),
    ],
)
def test_a_text_that_breaks_off_is_truncated(ending: str) -> None:
    article = of_text(PARAGRAPH, ending)
    assert "truncated" in article.flags
    assert article.status == "ok"


@pytest.mark.parametrize(
    "ending",
    [
        "The union says that it will go on until the old rota is brought back.",
        "“It will end when they let us sleep,” said the oldest of the pilots, who is sixty-two and has done it for years.”",
        "Reporting by Ilse Marran in Northgate and Tor Velde on the islands; editing by Ana Belmar and the foreign desk",
        "For more on the strike see https://river.example/strike-of-the-pilots-in-the-strait-of-sarn",
    ],
)
def test_a_text_that_ends_is_not_truncated(ending: str) -> None:
    assert "truncated" not in of_text(PARAGRAPH, ending).flags


def test_a_long_essay_may_end_with_an_ellipsis() -> None:
    assert "truncated" not in of_text(*[PARAGRAPH] * 12, PARAGRAPH + " And so they wait …").flags


def test_an_excerpt_before_a_link_to_the_rest_is_truncated() -> None:
    body = f'<article><h1>Pilots refuse night convoys</h1><p>{PARAGRAPH}</p><p><a href="/full">Continue reading</a></p></article>'
    assert "truncated" in of_html(body).flags


def test_a_page_with_nothing_but_its_teaser_says_so() -> None:
    head = f'<meta property="og:description" content="{PARAGRAPH}">'
    assert "teaser_only" in of_html(f"<article><h1>Pilots refuse</h1><p>{PARAGRAPH}</p></article>", head).flags
    more = "<p>Two further stations joined on Wednesday, and the first ships turned back to the southern ports.</p>"
    assert "teaser_only" not in of_html(f"<article><h1>Pilots refuse</h1><p>{PARAGRAPH}</p>{more}</article>", head).flags


# --- language ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("languages", "wrong"), [(("en",), False), (("en-GB", "cy"), False), (("de",), True), (("fr", "ar"), True), ((), False)]
)
def test_a_text_in_none_of_the_sources_languages_is_flagged_and_kept(languages: tuple[str, ...], wrong: bool) -> None:
    page = Page(text="\n\n".join(("Pilots refuse night convoys", PARAGRAPH, PARAGRAPH.replace("Tuesday", "Monday"))))
    article = clean(page, site=SiteRules(languages=languages))
    assert ("wrong_language" in article.flags) == wrong
    assert article.status == "ok"


# --- damage --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TRANSLATED)
def test_machine_translation_is_suspected(name: str) -> None:
    article = clean(Page(text=TRANSLATED[name]))
    assert SUSPECTED in article.flags
    assert "paragraphs" in article.flag_evidence[SUSPECTED]


@pytest.mark.parametrize("name", SOUND)
def test_sound_texts_are_not_suspected(name: str) -> None:
    article = clean(Page(text=SOUND[name]))
    assert SUSPECTED not in article.flags
    assert [b.text for b in article.blocks if "garbled_sentence" in b.flags] == []


@pytest.mark.parametrize("page", [*LISTINGS.values(), *SPARED.values()], ids=[*LISTINGS, *SPARED])
def test_invented_but_sound_pages_are_not_suspected(page: Page) -> None:
    assert SUSPECTED not in clean(page).flags


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("He left the northern harbour. the crew stayed.", 1),
        ("Provoking a new escalation? to this alliance.", 1),
        ("“Free Palestine!” he shouted. “Why?” she asked.", 0),
        ("Buy 2 tsp. sugar, 4 oz. flour, approx. half a cup.", 0),
        ("Six rooms (with bath, kitchen etc.) are let.", 0),
        ("Read it on example.org. iOS restricts it. eBay does not. https://a.example is closed.", 0),
        ("W 2023 r. przyszli, ok. 60 % min. dochodu.", 0),
    ],
)
def test_lower_case_behind_a_stop(text: str, times: int) -> None:
    assert lower_after_stop(text) == times


def test_one_sign_alone_garbles_nothing() -> None:
    article = of_text(PARAGRAPH, "The pilots went home to their families. the harbour was empty, and so were the streets.")
    assert [b for b in article.blocks if b.flags] == []


def test_two_signs_in_a_paragraph_garble_it_alone() -> None:
    broken = "The pilots went home to their families. the harbour was empty because of the. strike that nobody had wanted."
    article = of_text(PARAGRAPH, broken, PARAGRAPH[:160] + ".")
    assert [b.text for b in article.blocks if "garbled_sentence" in b.flags] == [broken]


def test_a_writer_without_capitals_has_a_style() -> None:
    style = "i went down to the harbour this morning. everyone was asleep. nobody answered. perhaps the strike was over already."
    article = of_text(style, style.replace("morning", "evening"), style.replace("harbour", "station"))
    assert [b for b in article.blocks if "garbled_sentence" in b.flags] == []


def test_what_could_not_be_decoded_is_counted() -> None:
    article = of_text(PARAGRAPH.replace("pilot", "p\ufffdlot"))
    assert article.flag_evidence["encoding_damaged"] == "1 characters could not be read"


def test_flags_do_not_depend_on_what_a_feed_claims() -> None:
    page = LISTINGS["home_with_hero"]
    claimed = page.model_copy(update={"claims": (Claim(field="title", value="Strait pilots refuse", source="feed:x"),)})
    assert clean(claimed).flags == clean(page).flags


# --- real pages ----------------------------------------------------------------------------------------------------------

CORPORA = os.environ.get("COPYDESK_CORPORA")


@pytest.mark.slow
@pytest.mark.skipif(not CORPORA, reason="COPYDESK_CORPORA is not set: the rates of false positives were not measured")
@pytest.mark.parametrize(("corpus", "accepted"), [("fundus", 0.97), ("scrapinghub", 0.97), ("wcxb-articles", 0.97)])
def test_real_articles_are_accepted_and_not_suspected(corpus: str, accepted: float) -> None:
    tally = measure(Path(CORPORA or ""), corpus, 1)
    assert 1 - tally.status["rejected"] / tally.pages >= accepted
    assert tally.flags[SUSPECTED] / tally.pages < 0.005
    assert tally.flags["garbled_sentence"] / tally.pages < 0.01
    assert tally.flags["truncated"] / tally.pages < 0.02
