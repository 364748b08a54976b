"""The phrase book: what sites say around articles, by language, from `cleaning/data/phrases.csv`.

Columns: language (BCP 47 primary tag, `mul` for all), category, match (`line`: the whole line; `prefix`: the line's beginning;
`re`: a regular expression, case ignored but in classes like `[A-Z]`), where it stands (start, end, inline, any; last: among the
last eight lines, a sentence or not), pattern, risk (low: the whole line is enough; medium: a separator behind it, or a short
line; high: a common word, which needs position or a second sign), origin and licence.  The file is sorted and has no line twice
(a test sees to both).
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from cleaning.rules.letters import alike
from cleaning.rules.literals import Sieve

SEPARATORS = ":：|»›→>–—-·•/／】]>"
_TRIM = " \t" + SEPARATORS + "«‹←<…._*#[](){}【】\"'“”„"
_CLASS = re.compile(r"\[(?=[^\]]*(?:A-Z|a-z))[^\]]*\]")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One line of the phrase book."""

    language: str
    category: str
    match: str
    where: str
    pattern: str
    risk: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase that a line matched: `rest` is what follows it, `separated` whether a colon, dash or arrow stands between."""

    phrase: Phrase
    rest: str
    separated: bool
    behind: str = ""
    """Of an expression: what stands behind that which it matched."""
    said: str = ""
    """Of an expression: what it matched."""


class PhraseBook:
    """All phrases, looked up by whole line, by beginning, and by expression."""

    def __init__(self, phrases: list[Phrase]) -> None:
        self.lines: dict[str, list[Phrase]] = {}
        self._prefixes: dict[str, list[tuple[str, Phrase]]] = {}
        self._expressions: dict[str, list[Phrase]] = {}
        self._sieves: dict[str, tuple[Sieve, list[Phrase]]] = {}
        for phrase in phrases:
            if phrase.match == "re":
                self._expressions.setdefault(phrase.language, []).append(phrase)
            else:
                key = fold(phrase.pattern)
                self.lines.setdefault(key, []).append(phrase)
                if phrase.match == "prefix" and key:
                    self._prefixes.setdefault(key[:3], []).append((alike(phrase.pattern.strip()), phrase))
        for found in self._prefixes.values():
            found.sort(key=lambda entry: -len(entry[1].pattern))
        # every rule asks for every line, in every round: more lines than rules read of a page one by one (`Context.read`)
        self._cached = lru_cache(maxsize=8192)(self._look_up)

    def hits(self, text: str, language: str | None) -> tuple[Hit, ...]:
        """Everything in the book that a line of at most 300 characters matches, the longest beginning first.

        Whole lines and beginnings count in every language (sites mix them), expressions in the text's language, English and
        `mul`.
        """
        if len(text) > 300:
            return ()
        return self._cached(text, (language or "en").split("-")[0])

    def _look_up(self, text: str, language: str) -> tuple[Hit, ...]:
        folded = fold(text)
        found = [Hit(p, "", False) for p in self.lines.get(folded, ())]
        if prefixes := self._prefixes.get(folded[:3]):
            begins = alike(text.lstrip(_TRIM + "+"))
            for beginning, phrase in prefixes:
                if begins.startswith(beginning) and (hit := _rest(text, phrase)) is not None and hit.rest:
                    found.append(hit)
        sieve, tried = self.sieve(language)
        for number in sieve.possible(text):
            if match := expression(tried[number].pattern).search(text):
                found.append(Hit(tried[number], "", match[0][-1:] in SEPARATORS, text[match.end() :], match[0].strip()))
        return tuple(found)

    def patterns(self) -> set[str]:
        """All expressions, as they are compiled."""
        return {_cased(phrase.pattern) for phrases in self._expressions.values() for phrase in phrases}

    def sieve(self, language: str) -> tuple[Sieve, list[Phrase]]:
        """The expressions that lines in a language are tried with, and what tells which of them a line may match."""
        if language not in self._sieves:
            tried = [phrase for code in dict.fromkeys((language, "en", "mul")) for phrase in self._expressions.get(code, ())]
            self._sieves[language] = Sieve([_cased(phrase.pattern) for phrase in tried]), tried
        return self._sieves[language]


def _cased(pattern: str) -> str:
    """An expression of the book with its classes like `[A-Z]` kept to their case."""
    return _CLASS.sub(r"(?-i:\g<0>)", pattern)


@cache
def expression(pattern: str) -> re.Pattern[str]:
    """An expression of the book, compiled when a line may match it: few of a language's are ever needed."""
    return re.compile(_cased(pattern), re.I)


def fold(text: str) -> str:
    """How whole lines and beginnings are compared: case folded, white space single, marks at both ends gone."""
    return " ".join(alike(text).split()).strip(_TRIM + "+")


def _rest(text: str, phrase: Phrase) -> Hit | None:
    """What follows the phrase in `text`; None where the phrase ends inside a word."""
    bare = text.lstrip(_TRIM + "+")
    pattern = phrase.pattern.strip()
    length = len(pattern)
    if alike(bare[:length]) != alike(pattern):
        return None
    separated = pattern.endswith(tuple(SEPARATORS))
    rest = bare[length:]
    if rest and rest[0].isalnum() and pattern[-1:].isalnum() and not _wide(rest[0]):
        return None
    stripped = rest.lstrip()
    if stripped and stripped[0] in SEPARATORS and not (stripped[0] in "-/" and not rest[:1].isspace()):
        separated = True
    return Hit(phrase, stripped.lstrip(_TRIM), separated)


def _wide(character: str) -> bool:
    return character >= "\u2e80"


@lru_cache(maxsize=1)
def phrase_book() -> PhraseBook:
    """The book that is shipped, read once."""
    with resources.files("cleaning.data").joinpath("phrases.csv").open(encoding="utf-8") as file:
        return PhraseBook(
            [
                Phrase(row["language"], row["category"], row["match"], row["where"], row["pattern"], row["risk"])
                for row in csv.DictReader(file)
            ]
        )
