"""Expressions that pages speak of themselves with, several of which give a long sentence away: "your donation", "our readers".

`wording.py` asks whether a line is made of a page's own words; a long notice has too many others for that.  It does have several
expressions that no report has: `cleaning/data/expressions.csv` holds them, by language, with a category and a weight (3 where one
is enough for a short line, 2 where it nearly is, 1 where it takes part; a negative one speaks for a report: "told reporters").
The words of an expression are written as they are compared; `a/b` is either, `word*` a beginning, `?` any one word.  What stands
in quotation marks is someone's speech and is not read.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import islice

from cleaning.rules.model import QUESTION_MARKS, QUOTES, Context, ends_as_sentence, is_prose, is_speech
from cleaning.rules.wording import listed_as, tokens

LONGEST = 700
"""Lines with more characters are not read: a page's notice in one paragraph is hardly longer."""

_END = 12
"""Lines before the last that may be notices behind the text; one further up needs one more."""
_DEEP = 150
"""Lines at either end that are read: notices stand nowhere else in a longer text, and reading thousands takes seconds."""
_MARKED_END = 4
"""Lines before the last that are read of a page with markup, which tells notices by their elements; one more is needed there."""
_BIO_END = 5
"""Lines before the last that may say who the author is."""
_MOST_LIGHT = 2
"""What expressions of weight 1 count together at most: common words that long lines have many of."""
_UNADDRESSED = 2
"""Weight that a sentence needs besides, which has no word that speaks to the reader or of the page: "you", "our", "this"."""
_SAMPLE = 12
"""First paragraphs that are asked whether the article itself speaks to its readers."""
_MUCH_ADDRESSED = 0.3
"""Share of an article's paragraphs with such a word, from which on it tells nothing."""
_MANY = 3
"""Words of an expression that is enough for a sentence among the paragraphs."""
_DECISIVE = 5
"""Weight of an expression that no report has, which needs no such word."""
_SURE = 3
"""Weight of an expression that is enough for a short line; twice that for a biography that begins with no name."""
_LEAST_BEGINNING = 2
"""Letters that an expression's first word has at least, where it is a beginning."""
_FOREIGN = 3
"""Words that an English expression must have in a text of another language: short ones are words there too."""
_SPEECH = re.compile(r"“[^”]*[”“]|„[^“”]*[“”]|«[^»]*»|\"[^\"]*\"|『[^』]*』|「[^」]*」")
_BIO_CATEGORY = "byline"
_CHANGED = re.compile(
    r"\b(?:updated|corrected|amended|revised|clarified)\b.{0,60}"
    r"\bto (?:add|clarify|correct|include|note|reflect|remove|say|show|state)\b",
    re.I,
)
"""What a correction or an editor's note says was changed: it is the article's own."""


@dataclass(frozen=True, slots=True)
class Expression:
    """One line of the list: its words, each a set of alternatives, what it speaks of and its weight."""

    text: str
    category: str
    weight: int
    parts: tuple[frozenset[str], ...]
    beginnings: tuple[tuple[str, ...], ...]

    def fits(self, found: list[str], start: int) -> bool:
        """Whether the words from `start` on are this expression's."""
        if start + len(self.parts) > len(found):
            return False
        for place, part in enumerate(self.parts, start):
            if found[place] not in part and "?" not in part and not found[place].startswith(self.beginnings[place - start]):
                return False
        return True


def _beginnings(part: frozenset[str]) -> tuple[str, ...]:
    return tuple(word[:-1] for word in part if word.endswith("*"))


class Expressions:
    """All expressions, found by the beginning of their first word."""

    def __init__(self, rows: Iterable[tuple[str, str, int, str]]) -> None:
        self._by_first: dict[str, dict[str, list[Expression]]] = {}
        self._address: dict[str, frozenset[str]] = {}
        for language, category, weight, text in rows:
            parts = tuple(frozenset(part.split("/")) for part in text.split())
            if category == "address":
                self._address[language] = parts[0]
                continue
            expression = Expression(text, category, weight, parts, tuple(map(_beginnings, parts)))
            known = self._by_first.setdefault(language, {})
            for word in parts[0]:
                known.setdefault(word, []).append(expression)
                if word.endswith("*"):
                    known.setdefault("*" + word[:_LEAST_BEGINNING], []).append(expression)
        self.read = lru_cache(maxsize=8192)(self._read)

    def _read(self, text: str, language: str | None) -> tuple[tuple[Expression, ...], bool]:
        """The expressions of a line, the longest at each place, none twice; whether it speaks to the reader or of the page.

        So does one that begins with a weighty expression; where a language's words for "you" are not listed, every line does.
        """
        code = listed_as(language)
        lists = [(self._by_first.get(code, {}), 1)]
        if code != "en":
            lists.append((self._by_first["en"], _FOREIGN))
        found = list(tokens(_SPEECH.sub(" ", text)))
        said: dict[str, Expression] = {}
        address = self._address.get(code)
        spoken = address is None or not address.isdisjoint(found)
        start = 0
        while start < len(found):
            length = 1
            for known, least in lists:
                near = _near(known, found[start])
                fits = [e for e in near if len(e.parts) >= least and e.fits(found, start)]
                if fits:
                    fitting = max(fits, key=lambda e: (len(e.parts), e.weight))
                    said[fitting.text] = fitting
                    spoken = spoken or (start == 0 and fitting.weight >= _SURE)
                    length = len(fitting.parts)
                    break
            start += length
        return tuple(said.values()), spoken


def _near(known: dict[str, list[Expression]], token: str) -> list[Expression]:
    """The expressions whose first word a word may be: itself, or one of its beginnings."""
    near = known.get(token, [])
    if "*" + token[:_LEAST_BEGINNING] in known:  # one of the beginnings opens so
        for length in range(_LEAST_BEGINNING, len(token) + 1):
            if beginning := known.get(token[:length] + "*"):
                near = near + beginning
    return near


def told_at_length(context: Context, index: int, text: str) -> tuple[str, str] | None:
    """The category and evidence of a line that speaks of the page, its readers or its author in several expressions."""
    if len(text) > LONGEST or index == 0 or text.startswith(QUOTES) or context.continues(index) or is_speech(text):
        return None
    behind = len(context.lines) - index
    if (context.marked_up and (behind > _MARKED_END or _CHANGED.search(text))) or min(index, behind) > _DEEP:
        return None
    found, spoken = expressions().read(text, context.language)
    if behind > _BIO_END:
        found = tuple(e for e in found if e.category != _BIO_CATEGORY)
    if not any(e.weight >= 2 for e in found):
        return None
    weights: dict[str, int] = {}
    for expression in found:
        weights[expression.category] = weights.get(expression.category, 0) + expression.weight
    category = max(weights, key=lambda c: weights[c])
    about_someone = category == _BIO_CATEGORY
    if about_someone and weights[category] < 2 * _SURE and not _names_someone(text):
        return None
    light = sum(e.weight for e in found if e.weight == 1)
    told = sum(e.weight for e in found if e.weight != 1) + min(light, _MOST_LIGHT)
    need = _need(text) + (behind > _END or index < 3) + context.marked_up
    if not (spoken or about_someone or max(e.weight for e in found) >= _DECISIVE) and is_prose(text):
        need += _UNADDRESSED
    if told < need or (told < need + _UNADDRESSED and max(e.weight for e in found) < _DECISIVE and _addresses_readers(context)):
        return None
    if len(found) == 1 and not about_someone and _may_be_said(context, index, text, found[0]):
        return None
    named = ", ".join(f"“{e.text}”" for e in found if e.weight > 0)
    return category, f"speaks of the page or its readers: {named[:200]}"


def _may_be_said(context: Context, index: int, text: str, only: Expression) -> bool:
    """Whether the only expression of a line may be the article's own: one word of a paragraph; amid the article two words of a
    sentence, less than half of a line, or any of a question."""
    words = len(only.parts)
    if words == 1 and is_prose(text):
        return True
    if not 0 < index < len(context.lines) - 2:
        return False
    return text.endswith(QUESTION_MARKS) or (words < _MANY and (ends_as_sentence(text) or 2 * words < len(text.split())))


def _addresses_readers(context: Context) -> bool:
    """Whether the article itself speaks to its readers or of its own house, in three of ten paragraphs: a guide, a column."""
    prose = islice((part.text for part in context.lines if is_prose(part.text)), _SAMPLE)
    texts = [expressions().read(text, context.language) for text in prose]
    own = [spoken for found, spoken in texts if not any(e.weight >= 2 for e in found)]
    return len(own) >= 4 and sum(own) >= _MUCH_ADDRESSED * len(own)


def _need(text: str) -> int:
    """The weight that a line's expressions need together: the longer it is, the more."""
    return 3 + sum(len(text) > length for length in (120, 240, 400))


def _names_someone(text: str) -> bool:
    """Whether a line begins with two words in capitals, the first of which is no article, or has a mail address or handle."""
    first, second = [*text.split(maxsplit=2), "", ""][:2]
    named = first[:1].isupper() and second[:1].isupper() and first.casefold() not in ("the", "a", "an")
    return named or bool(re.search(r"\S@\w|(?<!\w)@\w", text))


@lru_cache(maxsize=1)
def expressions() -> Expressions:
    """The expressions that are shipped, read once."""
    with resources.files("cleaning.data").joinpath("expressions.csv").open(encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        return Expressions((language, category, int(weight), text) for language, category, weight, text in rows)
