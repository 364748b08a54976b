"""Lines that are a date or time: above and below the text, and in a text without markup among the paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaning.datelines import DATE_DIGITS, YEAR, is_ago, is_date_line, is_date_word, spans_years
from cleaning.document import Part
from cleaning.rules.model import Context, Proposal, ends_as_sentence, rule
from cleaning.rules.shapes import Finding
from cleaning.rules.wording import Reading


def dated(context: Context, index: int, text: str, reading: Reading) -> Finding | None:
    """A date or a reading time with no words but those of dates."""
    if len(text) > 110 or "://" in text or not re.search(r"\d", text) or (not context.in_head(index) and not YEAR.search(text)):
        return None
    if not context.in_head(index) and spans_years(text):
        return None
    kinds = {w.category for w in reading.words if w.weight}
    if not reading.words:
        return None
    if context.in_head(index) and _mostly_date(text, reading):
        return "updated_date", "a date, and hardly a word that is none of its own"
    if kinds - {"updated_date", "reading_time", "byline", "related"} and (len(text) > 60 or not DATE_DIGITS.search(text)):
        return None
    if all(w.category or is_date_word(w.text.strip("0123456789")) for w in reading.words) and (
        kinds & {"updated_date", "reading_time"} or DATE_DIGITS.search(text)
    ):
        return ("reading_time" if "reading_time" in kinds else "updated_date"), "a date or a time in a page's own words"
    return None


_FIGURES = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}[:.hH]\d{2}")
"""A date or the time of day in figures alone."""
_DAY_UNSPACED = re.compile(r"\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]")
_DAY = re.compile(r"\b\d{1,2}\.?\s(?:de\s)?([^\W\d_]{3,})|\b([^\W\d_]{3,})\.?\s\d{1,2}\b")
"""A day's figure beside what may be a month."""


_MOST_NAMES = 4
"""Words of the names that may stand with a date and what says whether it is an update's or how long the reading takes."""


def _mostly_date(text: str, reading: Reading) -> bool:
    """Whether a line has a date or time in figures and at most two words that neither dates nor pages have, or names alone."""
    if not DATE_DIGITS.search(text) or len(re.findall(r"\d", text)) < 4:
        return False
    if ends_as_sentence(text) and not (reading.words[0].weight and _FIGURES.search(text)):
        return False
    figures = _FIGURES.search(text) or _DAY_UNSPACED.search(text)
    told = figures or any(w.category == "updated_date" and w.weight for w in reading.words)
    if not told and not any(is_date_word(word.casefold()) for pair in _DAY.findall(text) for word in pair if word):
        return False
    unknown = [
        w.text
        for w in reading.words
        if not w.category and not is_date_word(w.text.strip("0123456789")) and not re.match(r"\d+\D\d+$", w.text)
    ]
    if YEAR.search(text) and any(w.category in ("updated_date", "reading_time") and w.weight for w in reading.words):
        names = {word.casefold() for word in re.findall(r"[^\W\d_]+", text) if word[0].isupper()}
        if 0 < len(unknown) <= _MOST_NAMES and names.issuperset(unknown):
            return True
    most = 2 if _FIGURES.search(text) else 1
    return len(unknown) <= most and sum(map(len, unknown)) <= 0.35 * sum(len(w.text) for w in reading.words)


@rule("date.alone")
def date_alone(context: Context) -> Iterator[Proposal]:
    """A line with nothing but a date or time, before the first or behind the last paragraph; another article's day amid a text.

    In a text without markup also among the paragraphs, where it says how long ago, or the day of one other article in figures or
    with its hour.
    """
    for index, part in context.read_edges():
        if len(part.text) > 90 or not DATE_DIGITS.search(part.text):
            continue
        if not YEAR.search(part.text) and not context.in_head(index):
            continue
        if is_date_line(part.text) and (context.in_head(index) or not spans_years(part.text)):
            yield part, "only a date's figures and words"
    if context.marked_up:
        return
    amid = [(i, p) for i, p in context.read() if context.in_text(i) and len(p.text) <= 40]
    timed = [p for _, p in amid if (_DAY_AND_HOUR.match(p.text) or _WHOLE_DAY.match(p.text)) and is_date_line(p.text)]
    if len(timed) <= _MOST_TIMED:
        yield from ((p, "the day of another article") for p in timed if _beside_a_card(context, p))
    yield from ((p, "only how long ago") for _, p in amid if is_ago(p.text))


def _beside_a_card(context: Context, part: Part) -> bool:
    """Whether a line next to that one is no sentence, or was removed: an article's own days stand among sentences."""
    beside = [context.parts[i] for i in (part.index - 1, part.index + 1) if 0 <= i < len(context.parts)]
    return any(not p.kept or not ends_as_sentence(p.text) for p in beside)


_DAY_AND_HOUR = re.compile(r"^(?=.*[^\W\d_]{3}|.*\d[./-]\d)\D{0,12}\d{1,2}\D.{2,20}\b\d{1,2}[:.]\d{2}(?:\s\w{1,4})?$")
_WHOLE_DAY = re.compile(r"^\d{1,2}[./-]\d{1,2}[./-]\d{4}$")
_MOST_TIMED = 2
"""Lines of day and hour that may stand among the paragraphs: more are the times of a live blog's entries."""
