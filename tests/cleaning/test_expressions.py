"""Long sentences in which a page speaks of itself, its readers or its author, and paragraphs that speak of the press."""

from __future__ import annotations

import csv
import time
from importlib import resources

import pytest

from cleaning import Page, clean
from cleaning.rules.expressions import LONGEST, expressions
from cleaning.rules.letters import folded
from cleaning.rules.phrase_rules import _CATEGORY_RULES

ARTICLE = (
    "The ferry ministers of the three lake states met on Monday, and agreed to meet again once the ice has gone from the ports.",
    "Captains have complained since the autumn that buoys were moved by night, and that nobody answers on the radio.",
    "A joint commission is to count the vessels that are fit to sail, and to publish what it finds before the season ends.",
    "The harbour masters expect that fewer than half of the boats will pass, because spare parts have not arrived.",
    "Two of the three states have closed their yards, and the third has no crane that lifts a hull of that size.",
    "The fishermen of the eastern shore want to be heard before the commission writes down what it has found.",
    "Snow has closed the pass, so the engines that were ordered in the summer stand in a shed on the other side.",
)


def rows() -> list[list[str]]:
    with resources.files("cleaning.data").joinpath("expressions.csv").open(encoding="utf-8") as file:
        return list(csv.reader(file))


def kept(line: str, place: int, language: str = "en") -> bool:
    lines = [*ARTICLE[:place], line, *ARTICLE[place:]]
    article = clean(Page(url="https://example.org/a", text="\n\n".join(["Ferry ministers meet over the ice", *lines])))
    assert [paragraph for paragraph in ARTICLE if paragraph not in article.text] == []
    return line in article.text


def test_the_file_is_sorted_and_well_formed() -> None:
    head, *found = rows()
    assert head == ["language", "category", "weight", "expression"]
    assert found == sorted(found)
    assert len({(row[0], row[3]) for row in found}) == len(found)
    assert {row[1] for row in found} - {"address", "prose", "nav", *_CATEGORY_RULES} == set()
    assert [row for row in found if not -3 <= int(row[2]) <= 5 or (row[1] == "prose") != (int(row[2]) < 0)] == []
    assert [row for row in found if folded(row[3]) != row[3] or row[3].split()[0].startswith(("?", "*"))] == []


@pytest.mark.parametrize("place", [2, 7])
@pytest.mark.parametrize(
    "line",
    [
        "We keep this site free, but the work of our journalists costs money; please consider making a donation.",
        "Before you post a comment, read our community rules: posts that contain insults are removed by our moderators.",
        "This article was first published by the Lake Policy Forum. The views are those of the author alone, not of the editors.",
        "By signing up you agree to our terms of use and privacy policy, and you can unsubscribe at any time with one click.",
        "Have an idea for a story that we should look into? Send us a tip, anonymously if you wish, or contact our newsroom.",
    ],
)
def test_a_notice_in_whole_sentences_goes(line: str, place: int) -> None:
    assert not kept(line, place)


def test_who_the_author_is_goes_behind_the_text_alone() -> None:
    line = "Edda Bremmel is a freelance journalist based in Lakeport. She previously worked for a trade paper."
    assert not kept(line, 7)
    assert kept("Edda Bremmel is a freelance journalist who saw the boats collide and called for help.", 2)


@pytest.mark.parametrize("place", [2, 7])
@pytest.mark.parametrize(
    "line",
    [
        "Readers gave the paper 30,000 crowns in a week, its owner said, after the ministry had withdrawn its advertisements.",
        "The operator changed its privacy policy in May, and users must now accept its terms before they can comment on a video.",
        "“We can't do it without you, and we need your support,” the harbour master told the captains.",
        "The newsletter reaches 40,000 inboxes each morning and has been blocked by two of the governments since the spring.",
        "An earlier version of the agreement contained no word on salvage, according to two officials who have read it.",
        "We walked along the shore for two hours, and our guide said that you could hear the engines at night.",
    ],
)
def test_a_paragraph_on_the_press_stays(line: str, place: int) -> None:
    assert kept(line, place)


def test_an_english_notice_goes_from_a_page_in_another_language() -> None:
    said = {e.text for e in expressions().read("The post Lac gelé appeared first on Le Courrier.", "fr")[0]}
    assert said == {"appeared first on"}
    assert expressions().read("O spam chega ao jornal", "pt")[0] == ()


IN_OTHER_LANGUAGES = [
    (
        "de",
        "Folgen Sie uns auf Instagram, und abonnieren Sie unseren Newsletter, um nichts zu verpassen.",
        "Die Zeitung lebt von ihren Lesern, und ihre Unterstützung ist nach dem Brand noch gewachsen.",
    ),
    (
        "fr",
        "Vous avez repéré une erreur dans cet article ? Écrivez à notre rédaction, nous vous répondrons.",
        "Ceux qui souhaitent faire un don peuvent s'adresser à la mairie, qui a ouvert un compte.",
    ),
    (
        "es",
        "Síguenos en nuestro canal de WhatsApp y recibe las últimas noticias en tu móvil.",
        "En su canal de Telegram, el gobernador llamó a los vecinos a no salir de los sótanos.",
    ),
    (
        "it",
        "Hai notato un errore in questo articolo? Scrivi alla nostra redazione, lo correggeremo.",
        "Il garante chiede che gli utenti possano rifiutare i cookie con un clic e ritirare il consenso.",
    ),
    (
        "pt",
        "Este texto foi publicado originalmente em outro site; assine nossa newsletter e receba as principais notícias.",
        "No seu canal do Telegram, o governador pediu aos moradores que não saiam dos porões.",
    ),
    (
        "nl",
        "Meld je aan voor onze nieuwsbrief en ontvang elke ochtend het laatste nieuws in je mailbox.",
        "De krant leeft van haar lezers, en hun steun is na de brand nog gegroeid.",
    ),
]


@pytest.mark.parametrize(("language", "notice", "report"), IN_OTHER_LANGUAGES)
def test_notices_of_other_languages_weigh_more_than_reports(language: str, notice: str, report: str) -> None:
    told = [sum(e.weight for e in expressions().read(text, language)[0]) for text in (notice, report)]
    assert told[0] >= 5
    assert told[1] < 5


@pytest.mark.parametrize("filling", ["our ", "this article was ", "a/", "“", "subscribe to our newsletter "])
def test_no_filling_makes_it_slow(filling: str) -> None:
    started = time.perf_counter()
    for number in range(50):
        expressions().read((filling * LONGEST)[: LONGEST - number], "en")
    assert time.perf_counter() - started < 2


def test_where_the_article_itself_speaks_to_its_readers_such_words_tell_less() -> None:
    guide = [
        "You need two documents before you cross the lake, and you should ask for the second one well ahead of your journey.",
        "Your boat has to be at the pier an hour before it leaves, and you will be asked what you carry.",
        "If you travel with a child, bring the papers of both parents, as the officers will want to see them.",
        "You pay at the window on the left, and your ticket is good for the day that is printed on it.",
    ]
    line = "Sign up at the pier, and you will receive an email each day with what the ferry office knows about the ice."
    article = clean(Page(url="https://example.org/a", text="\n\n".join(["How to cross the lake", *guide[:2], line, *guide[2:]])))
    assert line in article.text
