"""Lines that their form gives away, whatever the language: trails of sections, counters, lone letters, addresses, signs.

No word is looked up here but the few letters that advertisements are marked with.
"""

from __future__ import annotations

import re
import unicodedata

from cleaning.names import is_capital
from cleaning.rules.model import Context, ends_as_sentence

Finding = tuple[str, str]
"""A category of the phrase book, and the evidence."""

_TRAIL_SIGN = re.compile(r"\s*[>›→＞]\s*|\s+»\s+")
_ROW_SIGN = re.compile(r"\s+[/|•·∙／｜]\s+|\s*[／｜]\s*")
_LONGEST_STEP = 30
"""Characters of one section's name in a trail of them."""

_COUNTS = re.compile(r"^(?:[^\w\s]*\s*\d[\d.,\u00a0]*\s?[KkMКк]?\s*){1,8}$")
_SIZES = re.compile(r"^[^\d+]{0,30}(?:[+＋]\s*[-–−－]|[-–−－]\s*[+＋])$|^(?:[AaА][+-]?\s?){2,4}$|^(?:[大中小]\s){1,2}[大中小]$")
_ADDRESS = re.compile(r"\(?<?[\w.+-]+@[\w.-]*>?\)?")
_AD_SIGNS = frozenset({"AD", "ADS", "ADV", "ADVT", "ADVERT", "PUB", "PUBLI", "ANZ", "[AD]", "(AD)", "[PR]", "(PR)"})
"""What advertisements are marked with, as it is written: in small letters some of them are words."""


def said_by_its_form(context: Context, index: int, text: str) -> Finding | None:
    """The category and evidence of a line that no one wrote as a sentence's part; None for any other."""
    if len(text) > 100:
        return None
    if text in _AD_SIGNS:
        return "ads", "what advertisements are marked with"
    head, tail = context.in_head(index), context.in_tail(index)
    if not (head or tail):
        return None
    if len(text) == 1 and text.isalpha() and not _drop_cap(context, index):
        return "share", "a single letter"
    if _COUNTS.match(text) and any(unicodedata.category(c) == "So" for c in text):
        return "share", "figures behind signs"
    if _SIZES.match(text):
        return "print_email", "a switch of the letters' size"
    if (rest := _ADDRESS.sub(" ", text)) != text and _names_at_most(rest):
        return "byline", "an e-mail address, with a name at most"
    if head and (steps := _trail(text)):
        return "breadcrumb", f"{steps} names in a row with signs between, above the text"
    return None


def _drop_cap(context: Context, index: int) -> bool:
    """Whether the letter begins the next line's first word: an initial that the page's design has parted from it."""
    below = context.lines[index + 1].text if index + 1 < len(context.lines) else ""
    return below[:1].islower() or below[:2].isupper()


def _names_at_most(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text)
    return len(words) <= 4 and len(text.strip()) <= 40 and all(map(is_capital, words))


def _trail(text: str) -> int:
    """How many names a line strings together: two with an arrow between, three with bars or strokes; else 0."""
    if ends_as_sentence(text) or "«" in text:
        return 0
    for sign, least in ((_TRAIL_SIGN, 2), (_ROW_SIGN, 3)):
        steps = sign.split(text.strip(" >›»→/|"))
        if len(steps) >= least and all(0 < len(s) <= _LONGEST_STEP and len(s.split()) <= 4 for s in steps):
            return len(steps)
    return 0
