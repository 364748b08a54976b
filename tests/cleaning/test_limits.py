"""What is refused for its size, and that long strings are worked on as short ones are."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cleaning.limits
from cleaning import Page, clean
from cleaning.document import squeeze
from cleaning.geopolitics import assess
from cleaning.identity import text_key
from cleaning.limits import BLOCK_EACH, LONG, MOST_BLOCKS, MOST_TAGS, check_tags, most_blocks, slices
from cleaning.plaintext import text_parts
from cleaning.rules.model import words

SENTENCE = "The ministers of both countries met to discuss the treaty, and nobody on either bank of the river believed it. "


def page(body: str) -> Page:
    return Page(url="https://e.example/a", html=f"<html><head><title>Two states agree</title></head><body>{body}</body></html>")


def test_a_page_of_too_many_tags_is_refused_and_says_how_many() -> None:
    article = clean(page("<p>a <b>b</b></p>" * (MOST_TAGS // 3)))
    assert (article.status, article.flags) == ("rejected", ("too_many_parts",))
    assert re.match(r"has 66,\d{3} tags, .*; 6\d,\d{3} are the most", article.flag_evidence["too_many_parts"])


def test_attributes_count_as_three_tags_each_and_what_stands_in_scripts_does_not() -> None:
    many = " ".join(f"a{n}={n}" for n in range(MOST_TAGS // 1000))
    assert clean(page(f"<p {many}>{SENTENCE}</p>" * 800)).flags == ("too_many_parts",)
    check_tags(f"<script>{'a = b < c;' * MOST_TAGS}</script>")


@pytest.mark.parametrize("mark", ["<br>", "</p>\n<p>"])
def test_a_page_of_too_many_blocks_is_refused(mark: str) -> None:
    assert clean(page(f"<p>{mark.join(['One line'] * (MOST_BLOCKS + 2000))}</p>")).flags == ("too_many_parts",)


def test_so_is_a_text_of_too_many_lines_and_a_longer_one_may_have_more() -> None:
    line = SENTENCE * 4
    number = MOST_BLOCKS + 5000
    assert number < most_blocks(number * len(line))
    assert clean(Page(text="Two states agree\n\n" + "One line\n" * number)).flags == ("too_many_parts",)
    assert clean(Page(text="Two states agree\n\n" + f"{line}\n\n" * number)).status == "ok"


def test_no_more_blocks_of_a_text_are_made_than_asked_for() -> None:
    assert len(text_parts("One line\n" * 500, 100)) == 100
    assert len(text_parts("One line\n\n" * 500, 100)) == 100
    assert len(text_parts("One line\n\n" * 500)) == 500


def test_a_long_live_blog_and_a_book_are_read() -> None:
    """More than any real page has: 5,000 entries with a time and a link each, and 400,000 words."""
    entry = '<div class="entry"><time>10:30</time><h3><a href="#e{0}">What happened at {0}</a></h3><p>{0}. {1}</p></div>'
    live = clean(page("<article>" + "".join(entry.format(n, SENTENCE * 2) for n in range(5000)) + "</article>"))
    assert live.status == "ok"
    assert sum(f"{n}. The ministers" in live.text for n in range(0, 5000, 100)) == 50
    book = clean(Page(text="Two states agree\n\n" + "".join(f"{n}. {SENTENCE}\n\n" for n in range(20_000))))
    assert book.status == "ok"
    assert len(book.blocks) == 20_000
    assert len(SENTENCE) < BLOCK_EACH, "lines that are shorter than what each block needs"


pieces = st.lists(
    st.sampled_from(("word", "İ", "ß", " ", "  ", "\n", "\u00a0", "\u2009", "\u200b", "\u00ad", "\ufeff", "-", "字字", "\x1e"))
)


@settings(deadline=None)
@given(pieces, st.integers(min_value=1, max_value=9))
def test_slices_change_nothing(found: list[str], length: int) -> None:
    text = "".join(found)
    whole = squeeze(text), words(text), text_key(text)
    with pytest.MonkeyPatch.context() as patch:
        for module in ("limits", "document", "rules.model"):
            patch.setattr(f"cleaning.{module}.LONG", length)
        assert re.sub(r"\s", "", "".join(slices(text))) == re.sub(r"\s", "", text)
        assert (squeeze(text), words(text), text_key(text)) == whole


def test_a_long_text_is_looked_through_for_geopolitics_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n\n".join(
        ["France and Georgia signed.", "The president of Georgia met NATO.", "Germany kept its sanctions.", "Armenia too."] * 3
    )
    whole = assess("Russia and the treaty", text, "en", "DE")
    assert {c.code for c in whole.countries} >= {"FR", "RU", "AM"}
    monkeypatch.setattr("cleaning.geopolitics.LONG", 30)
    assert assess("Russia and the treaty", text, "en", "DE") == whole
    assert cleaning.limits.LONG == LONG
