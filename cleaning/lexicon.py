"""The words of the geopolitics score, and how they are found in a text.

Words come from three lists in `cleaning/data/geopolitics/` (names.csv, states.csv, terms.csv) and from Babel's CLDR data
(names of countries, and of capitals where they name a time zone).  An entry of the lists may carry:

* `*` at its end: the beginning of a word (`diplomat*`); `*` at its front: the end of a word (`*krieg`); `*` at the end of an
  inner word likewise (`торгов* войн*`).
* Capital letters: they must be capitals in the text (`Turkey` is no `turkey`, `UN` no `un`); small letters match either.

What may follow or precede a word otherwise is in languages.toml.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from babel import Locale

_DATA = files("cleaning").joinpath("data", "geopolitics")
_SAME_LENGTH = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ", "'"),
        **dict.fromkeys("\u00a0\u202f", " "),
        **dict.fromkeys("\u2010\u2011", "-"),
        **dict.fromkeys("أإآٱ", "ا"),
        **dict.fromkeys("ىی", "ي"),
        "ة": "ه",
        "ک": "ك",
        "ё": "е",
    }
)
_UNSEEN = re.compile("[\u00ad\u0640\u064b-\u0652\u0670\u200b-\u200f]")
_LONGEST_WORD = 40  # what is longer is no word, and looking to its end each time would take for ever
_ANY = rf"\w{{0,{_LONGEST_WORD}}}"
_WORD_END = re.compile(_ANY)
_ARTICLE = re.compile(r"\bال(?!ماني|باني|بوم)(?=\w{2})")  # not the first letters of Germany, Albania, album
_PARTS = re.compile(r"\s*[(（,][^)）]*[)）]?|\s+[-–]\s+.*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to look for.  `codes` (countries) or `topic` and `weight` (terms) say what it stands for.

    `key` is what the automaton looks for, `tail` the expression that must match behind it (several words with stars),
    `needs` the countries one of which has to be named too before this ambiguous name counts.  A `glued` entry is the end of
    a word, an `open` one the beginning, a `fixed` one takes no endings, a `shortened` one (its last letter is gone from the
    key) must have one.
    """

    form: str
    key: str
    capitals: tuple[int, ...]
    codes: tuple[str, ...] = ()
    topic: str = ""
    weight: float = 0.0
    needs: tuple[str, ...] = ()
    tail: re.Pattern[str] | None = None
    glued: bool = False
    open: bool = False
    fixed: bool = False
    shortened: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that stands in a text, from `start` up to `stop`, counted in characters of that text."""

    entry: Entry
    start: int
    stop: int


@dataclass(frozen=True)
class Grammar:
    """A language's part of languages.toml."""

    endings: frozenset[str] = frozenset()
    strip: str = ""
    prefixes: frozenset[str] = frozenset()
    spaced: bool = True
    open: bool = False


@lru_cache(maxsize=4)
def read_rows(name: str) -> list[dict[str, str]]:
    """The rows of one of the CSV lists."""
    return list(csv.DictReader(_DATA.joinpath(name).read_text(encoding="utf-8").splitlines()))


@lru_cache(maxsize=1)
def _grammars() -> dict[str, Grammar]:
    raw: dict[str, dict[str, Any]] = tomllib.loads(_DATA.joinpath("languages.toml").read_text(encoding="utf-8"))
    return {
        language: Grammar(
            endings=frozenset(fold(x)[0] for x in table.get("endings", ())),
            strip=fold(table.get("strip", ""))[0],
            prefixes=frozenset(fold(x)[0] for x in table.get("prefixes", ())),
            spaced=table.get("spaced", True),
            open=table.get("open", False),
        )
        for language, table in raw.items()
    }


def fold(text: str) -> tuple[str, list[int] | None]:
    """`text` as it is compared: lower case, one apostrophe, plain hyphens, one form of alef, ya and ta marbuta.

    Characters that a reader does not see (soft hyphens, Arabic vowel signs, tatweel) go; only then the second value maps
    every place in the result to its place in `text`.
    """
    places = None
    if _UNSEEN.search(text):
        places = [i for i, c in enumerate(text) if not _UNSEEN.match(c)]
        text = "".join([text[i] for i in places])
    lower = text.lower()
    if len(lower) != len(text):  # İ becomes two characters: such a letter stays as it is
        lower = "".join([c.lower() if len(c.lower()) == 1 else c for c in text])
    return lower.translate(_SAME_LENGTH), places


class Lexicon:
    """All entries of one language in one automaton; `find` gives those that stand in a text."""

    def __init__(self, entries: list[Entry], grammar: Grammar) -> None:
        import ahocorasick

        by_key: dict[str, list[Entry]] = {}
        for entry in entries:
            by_key.setdefault(entry.key, []).append(entry)
        self._grammar = grammar
        self._reach = 1 + max((len(x) for x in grammar.prefixes), default=0)
        self._automaton = ahocorasick.Automaton()
        for key, same in by_key.items():
            glued = bool(grammar.prefixes) or any(entry.glued for entry in same)
            self._automaton.add_word(key, (len(key), glued, tuple(same)))
        self._automaton.make_automaton()

    def find(self, text: str) -> list[Hit]:
        """The entries in `text` from left to right; of two that overlap the one that begins first, then the longer one."""
        folded, places = fold(text)
        seen = text if places is None else "".join([text[i] for i in places])
        spaced = self._grammar.spaced
        found: list[tuple[int, int, bool, str, int, Entry]] = []
        for last, (length, may_be_inside, entries) in self._automaton.iter(folded):
            begin = last + 1 - length
            inside = begin > 0 and folded[begin - 1].isalnum()
            if inside and spaced and not may_be_inside:
                continue  # in the middle of a word, where none of these may begin: nine findings of ten
            inside = inside and (spaced or _both_latin(folded, begin))
            for entry in entries:
                span = self._span(folded, seen, (begin, last + 1), entry, inside)
                if span:
                    found.append((span[0], -span[1], not entry.capitals, entry.form, span[1], entry))
        found.sort(key=lambda item: item[:4])
        hits: list[Hit] = []
        free = 0
        for start, _, _, _, stop, entry in found:
            if start >= free:
                free = stop
                first, after = (start, stop) if places is None else (places[start], places[stop - 1] + 1)
                hits.append(Hit(entry, first, after))
        return hits

    def _span(self, folded: str, seen: str, at: tuple[int, int], entry: Entry, inside: bool) -> tuple[int, int] | None:
        """Where the entry stands, whole word or words, or None if what stands there is something else."""
        start, end = at
        for i in entry.capitals:
            if not seen[start + i].isupper():
                return None
        if inside:
            front = start
            reach = _LONGEST_WORD if entry.glued else self._reach
            while front and start - front < reach and folded[front - 1].isalnum():
                front -= 1
            if entry.glued:
                start = front
            elif folded[front:start] not in self._grammar.prefixes:
                return None
        if entry.tail is not None:
            rest = entry.tail.match(folded, end)
            if rest is None:
                return None
            end = rest.end()
        stop = self._stop(folded, end, entry)
        return None if stop is None else (start, stop)

    def _stop(self, folded: str, end: int, entry: Entry) -> int | None:
        """Where the word ends that goes on at `end`, or None if the entry must not go on like that."""
        grammar = self._grammar
        if end == len(folded) or not folded[end].isalnum() or not (grammar.spaced or _both_latin(folded, end)):
            return None if entry.shortened else end
        match = _WORD_END.match(folded, end)
        stop = match.end() if match else end
        if entry.open or grammar.open or (not entry.fixed and folded[end:stop] in grammar.endings):
            return stop
        return None


def _both_latin(folded: str, place: int) -> bool:
    """Whether the characters before and at `place` are ASCII: Latin words keep their bounds among Chinese characters."""
    return folded[place - 1].isascii() and folded[place].isascii()


def base_language(language: str | None) -> str | None:
    """`de` of `de-AT`; Norwegian is `nb` whatever its code."""
    if not language:
        return None
    base = language.replace("_", "-").split("-")[0].lower()
    return "nb" if base in {"no", "nn"} else base


@lru_cache(maxsize=64)
def lexicon(language: str | None) -> Lexicon:
    """The lexicon of a base language (`base_language`), made on first use and kept.

    Names are the language's own and, where there is no list of terms for it, also the English ones; terms are the language's
    own and the few that are written alike everywhere (`*`).  None takes English for everything.
    """
    grammar = _grammars().get(language or "en", Grammar())
    terms = read_rows("terms.csv")
    covered = language is None or any(row["language"] == language for row in terms)
    wanted = [language or "en"] if covered else [language or "en", "en"]
    entries: dict[str, Entry] = {}
    for entry in _listed(wanted, language or "en", terms, grammar):
        entries.setdefault(entry.form, entry)
    for tongue in wanted:
        for form, code in _from_cldr(tongue):
            if form not in entries:
                entries[form] = _entry(form, grammar, tongue, codes=(code,))
    return Lexicon(list(entries.values()), grammar)


def _listed(wanted: list[str], language: str, terms: list[dict[str, str]], grammar: Grammar) -> Iterator[Entry]:
    for row in read_rows("names.csv"):
        if row["language"] in wanted:
            needs = tuple(row["needs"].split())
            yield _entry(row["name"], grammar, row["language"], codes=tuple(row["codes"].split()), needs=needs)
    for row in terms:
        if row["language"] in (language, "*"):
            yield _entry(row["term"], grammar, row["language"], topic=row["topic"], weight=float(row["weight"]))


def _entry(
    form: str,
    grammar: Grammar,
    language: str,
    *,
    codes: tuple[str, ...] = (),
    topic: str = "",
    weight: float = 0.0,
    needs: tuple[str, ...] = (),
) -> Entry:
    glued, is_open = form.startswith("*"), form.endswith("*")
    bare = form.strip("*")
    tail: re.Pattern[str] | None = None
    head = bare
    if " " in bare and ("*" in bare or language == "ar"):
        head, rest = bare.split("*" if "*" in bare else " ", 1)
        tail = _tail(rest, is_open, language, starred="*" in bare)
    fixed = head.isupper() or (len(head) < 4 and language in {"ar", "ru", "uk"})
    whole = tail is None and not is_open and not fixed
    shortened = whole and len(head) > (3 if head.islower() else 4) and head[-1].lower() in grammar.strip
    head = head[:-1] if shortened else head
    capitals = tuple(i for i, c in enumerate(head) if c.isupper())
    key = fold(head)[0]
    if language == "ar":
        key = _ARTICLE.sub("", key) if len(key) > 4 else key
    return Entry(form, key, capitals, codes, topic, weight, needs, tail, glued, is_open, fixed, shortened)


def _tail(rest: str, is_open: bool, language: str, *, starred: bool) -> re.Pattern[str]:
    folded = fold(rest)[0]
    if language == "ar":
        words = [_ARTICLE.sub("", word) for word in folded.split(" ")]
        pattern = "".join(rf" (?:ال)?{re.escape(word)}" for word in words)
    else:
        pattern = (_ANY if starred else " ") + _ANY.join(re.escape(part) for part in folded.split("*"))
    return re.compile(pattern + (_ANY if is_open else ""))


def _from_cldr(language: str) -> Iterator[tuple[str, str]]:
    """Names of countries and capitals as CLDR has them in the language (Chinese in both scripts)."""
    from babel import Locale, UnknownLocaleError

    states = read_rows("states.csv")
    for identifier in ("zh_Hans", "zh_Hant") if language == "zh" else (language,):
        try:
            locale = Locale.parse(identifier)
        except (UnknownLocaleError, ValueError):
            continue
        for row in states:
            for name in _names(locale, row):
                yield name, row["code"]


def _names(locale: Locale, row: dict[str, str]) -> Iterator[str]:
    name = locale.territories.get(row["code"], "").replace("’", "'")
    other = re.findall(r"\(([^)]+)\)", name) if row["code"] == "MM" else []  # Myanmar (Burma)
    yield from (x for x in (name, _PARTS.sub("", name), *other) if len(x) > 1)
    if " & " in name:
        yield name.replace(" & ", " and ")
    if row["ambiguous"]:
        return
    if row["zone"]:
        city = locale.time_zones.get(row["zone"], {}).get("city") or (_latin(locale) and row["capital"])
    else:
        city = _latin(locale) and row["capital"]
    if city:
        yield city.replace("’", "'")


def _latin(locale: Locale) -> bool:
    """Whether the language is written in Latin letters, so that a capital may stand as in English."""
    return str(locale.territories.get("CU", "")).isascii() or locale.language in {"fr", "es", "tr", "pt", "cs", "pl", "vi"}
