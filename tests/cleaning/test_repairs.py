"""The repairs that are made to words: invisible characters, and drop caps that stand apart from their word."""

from __future__ import annotations

import pytest

from cleaning import Article, Page, clean
from cleaning.document import squeeze

SENTENCE = "The talks in the north went on through the night, and neither side would say what it had offered the other. "


def of_html(body: str) -> Article:
    return clean(Page(html=f"<html><head><title>Two states agree</title></head><body><article>{body}</article></body></html>"))


@pytest.mark.parametrize("mark", ["\u200b", "\u2060", "\ufeff", "\u00ad"])
def test_what_has_no_width_leaves_no_space_in_a_word(mark: str) -> None:
    assert squeeze(f"รัฐบาล{mark}ไทย") == "รัฐบาลไทย"
    assert squeeze(f"{mark}a {mark} b{mark}c{mark}") == "a bc"


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d"])
def test_joiners_that_shape_letters_stay(joiner: str) -> None:
    assert squeeze(f"می{joiner}شود") == f"می{joiner}شود"


def test_spaces_of_every_width_are_one_space() -> None:
    assert squeeze(" a\t\n b\u00a0\u2009c\u3000d\x1fe ") == "a b c d e"


def test_a_thai_text_with_marked_breaks_is_the_same_when_cleaned_again() -> None:
    line = "รัฐมนตรี\u200bต่างประเทศ\u200bของทั้งสองประเทศ\u200bพบกันที่ชายแดนเมื่อวานนี้เพื่อหารือเรื่องแม่น้ำ"
    article = of_html(f"<h1>แม่น้ำชายแดน</h1><p>{line}</p><p>{line}\u200bอีกครั้ง</p>")
    assert line.replace("\u200b", "") in article.text
    again = clean(Page(text=article.as_text()))
    assert (again.title, again.text, again.removals) == (article.title, article.text, ())


@pytest.mark.parametrize(
    ("letter", "rest", "word"),
    [
        (
            "<div>I</div>",
            "n the beginning nobody on either bank believed that the treaty would hold for long.",
            "In the beginning",
        ),
        ("<p>T</p>", "hirty ministers came to the river, and none of them brought what had been promised.", "Thirty ministers"),
        ("<p><b>П</b></p>", "резидент заявил, что переговоры продолжатся завтра, и стороны к этому готовы.", "Президент заявил"),
    ],
)
def test_a_drop_cap_in_a_block_of_its_own_joins_its_word(letter: str, rest: str, word: str) -> None:
    article = of_html(f"<h1>Two states agree</h1>{letter}<p>{rest}</p>" + f"<p>{SENTENCE * 2}</p>" * 2)
    assert article.text.startswith(word)
    again = clean(Page(text=article.as_text()))
    assert (again.title, again.text, again.removals) == (article.title, article.text, ())


@pytest.mark.parametrize(
    ("letter", "rest"),
    [
        ("<p>A</p>", "man who crossed the river at night told the court what he had seen on the other bank."),
        ("<p>X</p>", "the talks went on through the night, and neither side would say what had been offered."),
        ("<h2>T</h2>", "hirty ministers came to the river, and none of them brought what had been promised."),
        ("<p>T</p>", "tariff: what a state takes at its border from those who bring goods across it for sale."),
        ("<p>T</p>", "Thirty ministers came to the river, and none of them brought what had been promised."),
        ("<p>7</p>", "hirty ministers came to the river, and none of them brought what had been promised."),
    ],
)
def test_a_letter_that_may_stand_for_itself_joins_nothing(letter: str, rest: str) -> None:
    article = of_html(f"<h1>Two states agree</h1>{letter}<p>{rest}</p>" + f"<p>{SENTENCE * 2}</p>" * 2)
    assert rest in article.text.split("\n\n")
