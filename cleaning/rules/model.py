"""What a rule is, and what it may look at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from cleaning.datelines import YEAR, is_date_line, is_date_word
from cleaning.document import Part
from cleaning.limits import LONG, slices
from cleaning.models import RUNNING_KINDS, SiteMemory
from cleaning.names import BYLINE_PLACED, SIGNATURE, is_byline, is_dateline
from cleaning.rules.wording import wording

Proposal = tuple[Part, str]
"""A block that a rule would take out, and what it saw."""

_CLOSERS = r"(?:\s»|['\"”’“‘»›«‹)\]」』）])*"
"""What may stand behind a full stop: „German“, »Danish« and “English” speech ends in different marks, « French » with a space."""
_SENTENCE_END = re.compile(rf"[.!?…。！？؟।۔]{_CLOSERS}$")
_SENTENCE = re.compile(rf"[.!?…。！？؟।۔]{_CLOSERS}(?:\s|$)")
QUOTES = tuple("\"“„«‹「『”»›‘'‚")
"""What a line that is someone's words begins with."""
BULLETS = tuple("—–-*•·▽△○◎・①②③④⑤")
"""What an entry of a list begins with, or a turn of a conversation."""
FULL_STOPS = tuple(".。।۔．")
QUESTION_MARKS = ("?", "？", "؟")
_HANGUL = re.compile(r"[\uac00-\ud7af]")
UNSTOPPED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
"""Thai, Lao, Burmese and Khmer, whose sentences end without a mark."""
TWO_SENTENCES = re.compile(r"[.!?]\s+[^\W\d_]|[;。！？]\s*\S")


MOST_LINES = 2000
"""So many lines at either end of an article are read one by one; what stands between them in a longer one is only compared.

The longest of 139 news pages has 493 lines; megabytes of lines of one word have 400,000.
"""

_WORD = re.compile(r"\w+")

_SIGNED = ("byline.", "date.", "reading-time.")
_SOURCE = re.compile(
    r"\W*(?:source|quelle|fuente|fonte|источник|джерело|źródło|zdroj|bron|kilde|källa|kaynak|المصدر|来源|來源)", re.I
)
"""Where it comes from is said below a first paragraph as often as above it."""
_LONGEST_DATE = 110
_MOST_SIGNED = 2
"""Bylines or days among the paragraphs that make a list of the page's entries: one may be another article's card."""
_CLOCK = re.compile(r"\b\d{1,2}:\d{2}\b")
_NUMBERS = re.compile(r"\d+")
MOST_TEASERS, LONGEST_TEASER, MASTHEAD = 1, 300, 14
"""One paragraph of at most 300 characters may stand above the byline, both within the first fourteen lines."""


def words(text: str) -> str:
    """The letters and digits of a line, case folded, single spaces between: how lines are compared."""
    if len(text) > LONG and (pieces := list(slices(text)))[1:]:
        return " ".join(filter(None, map(words, pieces)))
    return " ".join(_WORD.findall(text.casefold()))


def ends_as_sentence(text: str) -> bool:
    """Whether a line ends with a full stop or its like, closing quotes and brackets let alone."""
    return bool(_SENTENCE_END.search(text.rstrip()))


_SIGNED_SENTENCE = re.compile(r"[.!?。！？]['\"”’»]*\s?(?:[（(][^（）()]{1,20}[)）]\s?\d{0,8}|[A-Z]{2,5}(?:/[A-Z]{2,5})?)$")


def signed_sentence(text: str) -> bool:
    """Whether a line is a sentence with the agency's or an editor's sign behind it, as last paragraphs are."""
    return bool(_SIGNED_SENTENCE.search(text))


def spaceless(text: str) -> bool:
    """Whether the text is in a script that writes without spaces between words (Chinese, Japanese, Thai …)."""
    return len(text) > 8 and text.count(" ") * 20 < len(text)


def is_prose(text: str) -> bool:
    """Whether a line reads like a paragraph: a sentence's end and 80 characters or more.

    40 suffice in Korean, 30 in scripts without spaces; Thai, Lao, Burmese and Khmer need 60 and no sentence's end, which they do
    not mark.  A line of less than 130 characters, a fifth of them figures, is a date or a result.
    """
    length = len(text)
    if length < 30 or (length < 130 and 5 * sum(map(str.isdigit, text)) > length):
        return False
    if length >= 80 and _SENTENCE.search(text):
        return True
    if length < 80 and _SENTENCE.search(text):
        return spaceless(text) or (length >= 40 and bool(_HANGUL.search(text)))
    return length >= 60 and bool(UNSTOPPED.search(text)) and spaceless(text)


def is_speech(text: str) -> bool:
    """Whether a line is a turn of a conversation: it opens with a dash and a space, and ends as a sentence."""
    return text.startswith(("— ", "– ", "― ")) and ends_as_sentence(text)


def headline_like(text: str, sentences: int = 1) -> bool:
    """What a link to another article reads like: up to 200 characters, and no more sentence ends inside than that."""
    return 0 < len(text) <= 200 and len(re.findall(r"[.!?。！？]['\"”’»]*\s", text)) <= sentences


@dataclass
class Context:
    """The article as far as it is known while rules run: its running blocks in order, its title and what is known of it.

    `selected` is what the user's own rules for the site take out, by the part's index: rule and evidence.
    """

    parts: list[Part]
    title: str | None = None
    summary: str | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()
    memory: SiteMemory | None = None
    selected: dict[int, tuple[str, str]] = field(default_factory=dict)
    host: str | None = None
    from_html: bool = False
    removed: dict[int, tuple[str, str]] = field(default_factory=dict)
    findings: dict[str, list[Proposal]] | None = None
    """What the phrase rules found in the lines as they are; theirs alone."""
    _words: dict[int, str] = field(default_factory=dict)

    @cached_property
    def lines(self) -> list[Part]:
        """The blocks that are still in the running text."""
        return [p for p in self.parts if p.kept and p.kind in RUNNING_KINDS]

    @cached_property
    def in_zones(self) -> dict[str, list[tuple[int, Part]]]:
        """The lines that stand in a container of each zone, with their index."""
        found: dict[str, list[tuple[int, Part]]] = {}
        for index, part in enumerate(self.lines):
            if part.containers:
                for zone in part.zones:
                    found.setdefault(zone, []).append((index, part))
        return found

    @cached_property
    def marked_up(self) -> bool:
        """Whether the page has elements that say what they are for: then lines need not be told by their words alone."""
        return any(part.containers for part in self.parts)

    def is_code(self, part: Part) -> bool:
        """Whether a line stands in a listing: preformatted, on a page whose paragraphs are not."""
        return part.kind == "preformatted" and self._sets_code_apart

    @cached_property
    def _sets_code_apart(self) -> bool:
        """Whether more paragraphs of a page stand in elements of their own than preformatted; not so on old pages."""
        paragraphs = [part.kind == "preformatted" for part in self.parts if part.kept and is_prose(part.text)]
        return self.from_html and 2 * sum(paragraphs) < len(paragraphs)

    def key(self, part: Part) -> str:
        """`words` of a line, made once."""
        known = self._words.get(part.index)
        if known is None:
            known = self._words[part.index] = words(part.text)
        return known

    @cached_property
    def first_prose(self) -> int:
        """Index of the first line that reads like a paragraph, teasers above the byline left out; the number of lines where none
        does."""
        return next((i for i, p in enumerate(self.lines) if p.index > self.signed_at and is_prose(p.text)), len(self.lines))

    @cached_property
    def signed_at(self) -> int:
        """Where the byline or the date stands that has teasers above it, or the line above a paragraph with a dateline, by the
        index among `parts`; -1 where none does, or where more of them follow among the paragraphs: then they are those of a
        list's entries."""
        found = self._below_teasers()
        more = sum(self._signs(p) for p in self.parts[found + 1 : self._last_paragraph]) if found >= 0 else 0
        return -1 if more >= _MOST_SIGNED else found

    def _below_teasers(self) -> int:
        """The last byline or date below at most one paragraph of the masthead's lines, or what stands right above a dateline."""
        found, teasers, told, seen = -1, 0, False, 0
        for part in self.parts:
            if part.kept and is_prose(part.text):
                if (teasers or told) and is_dateline(part.text):
                    return part.index - 1
                teasers += 1
                if teasers > MOST_TEASERS or len(part.text) > LONGEST_TEASER:
                    return found
            if not part.text or (not part.kept and part.index not in self.removed):
                continue
            told = told or (part.kept and ends_as_sentence(part.text))
            seen += 1
            if seen > MASTHEAD:
                return found
            if teasers and self._signs(part):
                found = part.index
        return found

    @cached_property
    def _last_paragraph(self) -> int:
        """Index among `parts` of the last line that reads like a paragraph."""
        return next((p.index for p in reversed(self.parts) if p.kept and is_prose(p.text)), 0)

    def _signs(self, part: Part) -> bool:
        """Whether a line is a byline or the day of publication, by what rules made of it or by its form."""
        if not part.kept:
            return self.removed.get(part.index, ("",))[0].startswith(_SIGNED) and not _SOURCE.match(part.text)
        text = part.text
        if len(text) > _LONGEST_DATE:
            return False
        return is_byline(text) or bool(BYLINE_PLACED.match(text) or SIGNATURE.match(text)) or self._is_day(text)

    def _is_day(self, text: str) -> bool:
        """Whether a line is a day with no words but those of dates and of pages; without a year it has two times of the day."""
        dated = YEAR.search(text) or len(_CLOCK.findall(text)) > 1
        if len(text) > _LONGEST_DATE or not dated or len(_NUMBERS.findall(text)) < 2 or ends_as_sentence(text):
            return False
        told = wording().read(text, self.language).words
        return is_date_line(text) or (bool(told) and all(w.category or is_date_word(w.text.strip("0123456789")) for w in told))

    @cached_property
    def last_prose(self) -> int:
        """Index of the last line that reads like a paragraph, -1 where none does."""
        return next((i for i in range(len(self.lines) - 1, -1, -1) if is_prose(self.lines[i].text)), -1)

    @cached_property
    def last_sentence(self) -> int:
        """Where the last line stands that is a sentence of four words or more, by the index among `parts`; -1 where none does."""
        return next((p.index for p in reversed(self.lines) if ends_as_sentence(p.text) and len(p.text.split()) >= 4), -1)

    def continues(self, index: int) -> bool:
        """Whether a line goes on with what the line above left open: it begins small, and that one ends in a comma or colon."""
        above = self.lines[index - 1].text if index else ""
        return self.lines[index].text[:1].islower() and above.endswith((":", ";", ",", "：", "；"))

    def in_text(self, index: int) -> bool:
        """Between the first and the last paragraph."""
        return self.first_prose < index < self.last_prose

    def in_head(self, index: int) -> bool:
        """Before the first paragraph."""
        return index < self.first_prose

    def in_tail(self, index: int) -> bool:
        """Behind the last paragraph."""
        return index > self.last_prose

    def read(self) -> Iterator[tuple[int, Part]]:
        """The lines that rules read one by one, with their index: the first and the last 2,000."""
        return self._within(len(self.lines), -1)

    def read_edges(self) -> Iterator[tuple[int, Part]]:
        """Those of them that stand before the first or behind the last paragraph."""
        return self._within(self.first_prose, self.last_prose)

    def _within(self, head: int, tail: int) -> Iterator[tuple[int, Part]]:
        """The first lines up to the index `head`, and the last ones behind the index `tail`."""
        lines = self.lines
        front = min(head, MOST_LINES)
        back = max(tail + 1, len(lines) - MOST_LINES, front)
        for index in (*range(front), *range(back, len(lines))):
            yield index, lines[index]

    def refresh(self) -> None:
        """Forget what was derived from the lines; called after a removal."""
        self.findings = None
        for name in ("lines", "in_zones", "_last_paragraph", "signed_at", "first_prose", "last_prose", "last_sentence"):
            self.__dict__.pop(name, None)


RuleFunction = Callable[[Context], Iterator[Proposal]]


@dataclass(frozen=True)
class Rule:
    """A rule: its id, the sentence a user is shown, and the function that proposes."""

    id: str
    sentence: str
    propose: RuleFunction


def rule(identifier: str) -> Callable[[RuleFunction], Rule]:
    """Make a rule of a function; its docstring's first paragraph is the sentence that a user is shown."""

    def make(function: RuleFunction) -> Rule:
        sentence = " ".join((function.__doc__ or "").split("\n\n")[0].split())
        return Rule(identifier, sentence, function)

    return make
