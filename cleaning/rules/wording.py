"""The words that pages speak to their readers with, by language: a line made of nothing else is no article's own.

`phrases.py` knows whole phrases; outlets word them in endless ways.  `cleaning/data/wording.csv` therefore holds single words,
each with a category and a weight: 3 where the word alone makes a line a page's own (`newsletter`, `advertisement`), 2 where it
nearly does (`whatsapp`, `subscribe`), 1 where it takes part (`more`, `author`), 0 where it only fills in (`the`, `morning`).
`address` words ("our", "us", "you") weigh nothing; a call has one of them or begins with a weighty word.  A word that ends in `*`
is a beginning; Arabic and Hebrew words are also found in one with "and", "the", "our".  `Reading` says how much of a line these
words cover and what they weigh together.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from cleaning.rules.letters import folded

LONGEST = 240
"""Lines with more characters are not read: no call on the reader is that long."""

_BREAK = re.compile(
    r"[\s\u200b-\u200d\u2060\ufeff,.;:!?…()\[\]{}<>|/\\\"'`´“”„‟‘’‚«»‹›–—−‐-‒•·*#=+~^&%$€£_׳״־"
    r"\u2190-\u21ff\u2500-\u2763\u2765-\u27bf。，、：；！？「」『』【】〔〕（）〈〉《》・।۔،؛؟¿¡@\uff05-\uff0f\uff1c-\uff20\uff3b-\uff3f\uff5c\uff5e-]+"
)
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\w+|(?<!\w)@\w+")
_WIDE = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_SEAM = re.compile(rf"(?<=[a-z0-9])(?={_WIDE})|(?<={_WIDE})(?=[a-z0-9])")
_PICTURE = re.compile("([\U0001f300-\U0001faff\u2764])")
"""A sign of its own, which readers' counts stand behind: a thumb, a heart, a speech bubble."""
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_RELATIVES = {
    "no": "nb", "nn": "nb", "ms": "id", "mk": "bg", "bs": "sr", "hr": "sr", "fil": "en", "gl": "es", "ca": "es", "sk": "cs",
    "lb": "de", "af": "nl",
}  # fmt: skip
_CLITICS = {
    "ar": ("وبال", "وال", "فال", "بال", "كال", "ولل", "لل", "ال", "ول", "وب", "و", "ف", "ب", "ل", "ك"),
    "he": ("וה", "שה", "מה", "וב", "ול", "ומ", "ש", "ו", "ה", "ב", "ל", "מ", "כ"),
}
"""What is written in one with the word behind it: "and", "the", "in", "to", "from"."""
_ENDINGS = {"ar": ("كما", "نا", "كم", "ها", "هم", "ك", "ه", "ي")}
"""What is written in one with the word before it: "our", "your", "her", "their"."""
_OF_SECTIONS = ("section", "nav", "related")
"""Categories that a section's name speaks for: "World news"; with any other it says nothing ("the comments in the world")."""
_SHORTEST = 3
"""Letters that a word must keep when these are taken off."""
_NEIGHBOURS = {
    "nb": "da", "da": "nb", "uk": "ru", "ru": "uk", "be": "ru", "cs": "sk", "pt": "es", "es": "pt",
}  # fmt: skip


def listed_as(language: str | None) -> str:
    """The language whose list a text is read with: its own, that of a near relative where it has none, English for none."""
    code = (language or "en").split("-")[0]
    return _RELATIVES.get(code, code)


@dataclass(frozen=True, slots=True)
class Word:
    """What one word of a line weighs, and what it speaks of; `category` is empty where the word is unknown."""

    text: str
    category: str
    weight: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A line's words: how much they weigh together, and the share of the letters that they cover, 0 to 1."""

    words: tuple[Word, ...]
    score: int
    covered: float
    category: str
    addresses: bool = False
    """Whether the language's words for "our", "us" and "you" are known, so that a call without any can be told."""

    @property
    def opens(self) -> bool:
        """Whether the line begins with a word that is known, and one of the first five has a weight."""
        first = self.words[:5]
        return bool(first) and bool(first[0].category) and any(w.weight for w in first)


class Wording:
    """All words, merged for a language when that is first asked for: its own, its neighbour's, English and those of all."""

    def __init__(self, rows: Iterable[tuple[str, str, int, str]]) -> None:
        self._rows: dict[str, list[tuple[str, int, str]]] = {}
        self._addressing: set[str] = set()
        for language, category, weight, words in rows:
            self._rows.setdefault(language, []).append((category, weight, words))
            if category == "address":
                self._addressing.add(language)
        self._merged: dict[str, dict[str, Word]] = {}
        self._beginnings: dict[str, tuple[int, ...]] = {}
        self._longest: dict[str, int] = {}
        self.read = lru_cache(maxsize=8192)(self._read)

    def _words(self, language: str) -> dict[str, Word]:
        if language in self._merged:
            return self._merged[language]
        merged: dict[str, Word] = {}
        for code in dict.fromkeys(("mul", "en", _NEIGHBOURS.get(language, "en"), language)):
            own: dict[str, Word] = {}
            for category, weight, words in self._rows.get(code, ()):
                for word in words.split():
                    before = own.get(word)
                    if before is None or before.weight < weight or (before.weight == weight == 0 and category == "address"):
                        own[word] = Word(word, category, weight)
            merged.update(own)
        self._beginnings[language] = tuple(sorted({len(w) - 1 for w in merged if w.endswith("*")}, reverse=True))
        self._longest[language] = max(map(len, merged))
        self._merged[language] = merged
        return merged

    def _read(self, text: str, language: str | None) -> Reading:
        """What the words of a line of at most 240 characters say; an empty reading for a longer one."""
        if len(text) > LONGEST:
            return _NOTHING
        code = listed_as(language)
        words = self._words(code)
        found: list[Word] = []
        for token in tokens(_parted(text, words)):
            if token.isdigit():
                found.append(Word(token, "filler", 0))
            elif token in words:
                found.append(words[token])
            elif _UNSPACED.match(token):
                found.extend(_segments(token, words, self._longest[code]))
            else:
                found.append(self._by_beginning(token, words, code))
        if not found:
            return _NOTHING
        letters = sum(len(w.text) for w in found) or 1
        known = sum(len(w.text) for w in found if w.category)
        weights: dict[str, int] = {}
        seen: set[str] = set()
        for word in found:
            if word.weight and word.text not in seen:
                seen.add(word.text)
                kind = "follow" if word.category == "platform" else word.category
                weights[kind] = weights.get(kind, 0) + word.weight
        category = max(weights, key=lambda c: (weights[c], c == "related")) if weights else ""
        if category not in _OF_SECTIONS:
            weights.pop("section", None)
        return Reading(tuple(found), sum(weights.values()), known / letters, category, code in self._addressing)

    def _by_beginning(self, token: str, words: dict[str, Word], language: str) -> Word:
        if len(token) == 1:
            return Word(token, "filler", 0)
        for length in self._beginnings[language]:
            if length <= len(token) and (word := words.get(token[:length] + "*")):
                return Word(token, word.category, word.weight)
        for bare in _bare(token, language):
            if word := words.get(bare):
                return Word(token, word.category, word.weight)
        return Word(token, "", 0)


def _bare(token: str, language: str) -> Iterator[str]:
    """The words that a token may be with what is written in one with it taken off."""
    for clitic in _CLITICS.get(language, ()):
        if token.startswith(clitic) and len(token) - len(clitic) >= _SHORTEST:
            rest = token[len(clitic) :]
            yield rest
            if language == "ar":
                yield "ال" + rest
    for ending in _ENDINGS.get(language, ()):
        if token.endswith(ending) and len(token) - len(ending) >= _SHORTEST:
            rest = token[: -len(ending)]
            yield rest
            if rest.endswith("ت"):
                yield rest[:-1] + "ه"


_NOTHING = Reading((), 0, 0.0, "")


RUN_TOGETHER = re.compile(r"(?<=[a-zß-öø-ÿа-яёіїєґ])(?=[A-ZÀ-ÖØ-ÞА-ЯЁІЇЄҐ])")
"""Where a name ends and the next begins without a space: a page's row of links or buttons, taken as text."""
_COUNTED = re.compile(r"(?<=\d)(?=[A-ZÀ-ÖØ-ÞА-ЯЁІЇЄҐ][a-zß-öø-ÿа-яёіїєґ]{2})")
"""Where a count ends and the next button's name begins: "417View comments"."""
_GLUED = re.compile(rf"[^\W\d_]*{RUN_TOGETHER.pattern}[^\W\d_]*")


def _parted(text: str, words: dict[str, Word]) -> str:
    """The line with its buttons' names apart, where a page's text was taken without the space between them: "ShareTweetPin"."""
    if RUN_TOGETHER.search(text):
        text = _GLUED.sub(lambda run: _names_apart(run[0], words), text)
    return _COUNTED.sub(" ", text)


def _names_apart(run: str, words: dict[str, Word]) -> str:
    """A run's known words with spaces between ("WhatsApp" is one); the run itself where one of them is unknown."""
    pieces = RUN_TOGETHER.split(run)
    found: list[str] = []
    while pieces:
        for count in range(min(3, len(pieces)), 0, -1):
            name = "".join(pieces[:count])
            if folded(name) in words:
                found.append(name)
                del pieces[:count]
                break
        else:
            return run
    return " ".join(found)


def tokens(text: str) -> Iterator[str]:
    """The words of a line as they are compared: folded, without marks; what is written without spaces stays in one."""
    if "@" in text or "www." in text or "://" in text:
        text = _ADDRESS.sub(" ", text)
    text = folded(text)
    if not text.isascii():
        text = _PICTURE.sub(r" \1 ", text)
    for token in _BREAK.split(text):
        if not token:
            continue
        if token.isascii() or not _UNSPACED.search(token):
            yield token
        else:
            yield from filter(None, _SEAM.split(token))


def _segments(token: str, words: dict[str, Word], longest: int) -> Iterator[Word]:
    """The words of a run without spaces: the longest that fits at each place, what fits nothing as unknown words."""
    start = unknown = 0
    while start < len(token):
        for end in range(min(len(token), start + longest), start, -1):
            word = words.get(token[start:end])
            if word is not None or token[start:end].isdigit():
                if unknown < start:
                    yield Word(token[unknown:start], "", 0)
                yield word or Word(token[start:end], "filler", 0)
                start = unknown = end
                break
        else:
            start += 1
    if unknown < start:
        yield Word(token[unknown:start], "", 0)


@lru_cache(maxsize=1)
def wording() -> Wording:
    """The words that are shipped, read once."""
    with resources.files("cleaning.data").joinpath("wording.csv").open(encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        return Wording((language, category, int(weight), words) for language, category, weight, words in rows)
