"""Lines without any markup to tell them by, in fifteen languages: boilerplate goes, sentences that begin like it stay."""

from __future__ import annotations

import html
import tomllib
from functools import cache

import pytest

from cleaning import Article, Page, clean
from cleaning.rules.model import ends_as_sentence
from fixtures.articles import HERE, load

LINES: dict[str, dict[str, list[str]]] = tomllib.loads((HERE / "lines.toml").read_text(encoding="utf-8"))
GOLDEN = {g.expected["language"]: g.expected for g in load()}
MOST_KEPT = 0.05
"""So large a share of the lines may stay: some are a bare name or a section's, which nothing on a line of its own gives away."""
MOST_KEPT_OF_A_LANGUAGE = 0.12

every_language = pytest.mark.parametrize("language", LINES)


def cleaned(language: str, lines: list[str], position: int, *, as_html: bool = False) -> tuple[list[str], Article]:
    """The golden article's paragraphs with the lines put in at `position`, and what becomes of that."""
    title, body = GOLDEN[language]["title"], list(GOLDEN[language]["paragraphs"])
    body[position:position] = lines
    if not as_html:
        return body, clean(Page(text="\n\n".join([title, *body])))
    bare = "".join(f"<p>{html.escape(line)}</p>" for line in body)
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{bare}</body></html>"
    return body, clean(Page(url="https://gazette.example/a/1", html=page))


@cache
def kept(language: str, *, as_html: bool) -> tuple[int, tuple[str, ...]]:
    """How many noise lines there are, and those that stay: head and inline lines one by one, the tail as a whole."""
    paragraphs = GOLDEN[language]["paragraphs"]
    groups = [([line], 0) for line in LINES[language]["head"]]
    groups += [([line], 2) for line in LINES[language]["inline"]]
    groups += [(LINES[language]["tail"], len(paragraphs))]
    stayed: list[str] = []
    for lines, position in groups:
        text = cleaned(language, lines, position, as_html=as_html)[1].text.split("\n\n")
        assert [p for p in paragraphs if p not in text] == [], lines
        stayed += [line for line in lines if line in text]
    return sum(len(lines) for lines, _ in groups), tuple(stayed)


@every_language
@pytest.mark.parametrize("as_html", [False, True], ids=["text", "html"])
def test_boilerplate_of_a_language_goes_and_takes_no_paragraph_with_it(language: str, as_html: bool) -> None:
    count, stayed = kept(language, as_html=as_html)
    assert len(stayed) <= MOST_KEPT_OF_A_LANGUAGE * count, stayed


def test_of_all_boilerplate_hardly_anything_stays() -> None:
    found = [kept(language, as_html=False) for language in LINES]
    stayed = [line for _, lines in found for line in lines]
    assert len(stayed) <= MOST_KEPT * sum(count for count, _ in found), stayed


@every_language
@pytest.mark.parametrize("place", ["first", "in the middle", "last"])
def test_sentences_that_begin_like_boilerplate_stay(language: str, place: str) -> None:
    position = {"first": 0, "in the middle": 2, "last": len(GOLDEN[language]["paragraphs"])}[place]
    lost: list[tuple[str, str]] = []
    for sentence in LINES[language]["sentences"]:
        body, article = cleaned(language, [sentence], position)
        if article.text.split("\n\n") != body:
            lost += [(r.rule, f"{r.text}: {r.evidence}") for r in article.removals]
    assert lost == []


# --- the same in many wordings

WORDINGS: dict[str, dict[str, list[str]]] = tomllib.loads((HERE / "wordings.toml").read_text(encoding="utf-8"))
_NAMED = {"nb": "no"}
UNSTOPPED = "edge.last-lines"
"""What takes a line without a full stop below the last sentence, whatever it says: no article ends with a sub-heading."""


def among(language: str, lines: list[str], place: str) -> tuple[list[str], Article]:
    """`cleaned` at the head, between two paragraphs or at the end."""
    language = _NAMED.get(language, language)
    position = {"head": 0, "inline": 2, "tail": len(GOLDEN[language]["paragraphs"])}[place]
    return cleaned(language, lines, position)


@cache
def left(language: str) -> tuple[int, tuple[str, ...]]:
    """How many lines there are, each in a text of its own, and those that stay."""
    groups = [(place, [line]) for place in ("head", "inline", "tail") for line in WORDINGS[language][place]]
    groups += [("tail", pair.split(" // ")) for pair in WORDINGS[language]["pairs"]]
    stayed: list[str] = []
    for place, lines in groups:
        text = among(language, lines, place)[1].text.split("\n\n")
        assert [p for p in GOLDEN[_NAMED.get(language, language)]["paragraphs"] if p not in text] == [], lines
        stayed += [line for line in lines if line in text]
    return sum(len(lines) for _, lines in groups), tuple(stayed)


@pytest.mark.parametrize("language", WORDINGS)
def test_however_an_outlet_words_it(language: str) -> None:
    count, stayed = left(language)
    assert len(stayed) <= MOST_KEPT_OF_A_LANGUAGE * count, stayed


def test_of_all_wordings_hardly_any_stays() -> None:
    found = [left(language) for language in WORDINGS]
    stayed = [line for _, lines in found for line in lines]
    assert len(stayed) <= MOST_KEPT * sum(count for count, _ in found), stayed


@pytest.mark.parametrize("language", WORDINGS)
@pytest.mark.parametrize("place", ["head", "inline", "tail"])
def test_short_lines_of_the_article_stay(language: str, place: str) -> None:
    lost: list[tuple[str, str]] = []
    for sentence in WORDINGS[language]["sentences"]:
        body, article = among(language, [sentence], place)
        taken = [r for r in article.removals if r.rule != UNSTOPPED or place != "tail" or ends_as_sentence(sentence)]
        if article.text.split("\n\n") != body:
            lost += [(r.rule, f"{r.text}: {r.evidence}") for r in taken]
    assert lost == []


def test_the_language_of_a_chinese_page_with_short_sentences_is_told() -> None:
    lines = [
        "三国渡轮部长周一在湖畔会晤，同意待冰雪从东岸和西岸的各个港口退去之后再次举行会谈。",
        "联合委员会将清点仍能出航的船只。",
        "船长们说，航标夜里被人移动过。",
        "港务局预计一半以上的船只无法通过检查。",
        "东岸的渔民希望在报告写成之前得到听取。",
    ]
    body = "".join(f"<p>{line}</p>" for line in lines)
    page = f"<html><body><article><h1>三国部长会晤</h1>{body}</article></body></html>"
    article = clean(Page(url="https://example.org/a", html=page))
    assert article.language == "zh"
    assert article.text.split("\n\n") == lines
