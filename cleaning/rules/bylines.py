"""What a line's wording says of who wrote the article: bylines that no phrase book lists, and notes on the author."""

from __future__ import annotations

import re

from cleaning.datelines import is_date_line
from cleaning.names import (
    ABOUT,
    ABOUT_THE_AUTHOR,
    ABOUT_UNCAPITALISED,
    BEAT,
    BYLINE_PLACED,
    BYLINE_TITLED,
    DESCRIBED,
    NAME_ALONE,
    NAMES_LAST,
    SIGNATURE,
    is_byline_mark,
    is_name_and_place,
)
from cleaning.rules.model import Context, ends_as_sentence, spaceless
from cleaning.rules.shapes import Finding
from cleaning.rules.wording import Reading, wording


def signed(context: Context, index: int, text: str, reading: Reading) -> Finding | None:
    """Who wrote it, in words that name no one, or a name and a place right below the headline."""
    if len(text) > 90 or ends_as_sentence(text):
        return None
    if context.in_head(index) and (said := _signed_above(context, index, text, reading)):
        return "byline", said
    names = NAMES_LAST.search(text)
    label = wording().read(text[: names.start()], context.language) if names else None
    if names is None or label is None or label.covered < 1:
        return None
    if any(w.category == "byline" and w.weight for w in label.words):
        return "byline", f"names behind “{text[: names.start()].strip()}”"
    if label.category == "related" and context.in_tail(index) and text[0] != text[0].lower():
        return "related", "more by the author"
    return None


def _signed_above(context: Context, index: int, text: str, reading: Reading) -> str | None:
    """What tells a line above the text for a byline."""
    if reading.category == "byline" and reading.covered >= (1 if spaceless(text) else 0.6) and reading.opens:
        return "a byline's words"
    if index <= 2 and is_name_and_place(text):
        return "a name and a place right above the text"
    if _place_and_name(context, index, text):
        return "a place, a colon and a name right above the text"
    if SIGNATURE.match(text):
        return "who wrote it, and what it is or what the person does"
    if BYLINE_PLACED.match(text):
        return "a byline's word, a name and a role or place"
    addressed = 1 < len(reading.words) <= 8 and reading.words[1].category == "address"
    if addressed and is_byline_mark(text.split(" ")[0]):
        return "a byline's word, and someone of the page's own"
    if _name_and_date(text):
        return "a name and a date with a sign between"
    titled = BYLINE_TITLED.match(text)
    if titled and titled["label"][0].isupper():
        told = wording().read(titled["label"], context.language)
        said = any(w.category == "byline" and w.weight for w in told.words)
        if told.covered == 1 and said and not told.words[-1].weight >= 3:
            return f"a name behind “{titled['label']}”"
    name, sign, role = _PARTED.split(text, maxsplit=1) if _PARTED.search(text) else (text, "", "")
    if sign and NAME_ALONE.match(name):
        told = wording().read(role, context.language)
        if any(w.category == "byline" and w.weight for w in told.words[:3]):
            return "a name and a reporter's role"
    return None


_PARTED = re.compile(r"(,\s|\s[|/·•–—-]\s)")
_SINGLED_OUT = re.compile(
    r"\b(?:first|only|last|youngest|erste|einzige|letzte|premi|seul|derni|primer|únic|últim|prim[oa]\b|unic|jedyn|pierwsz|перв|единственн)",
    re.I,
)
"""Words of a sentence that says what someone is of all, and is no note on an author: "the first journalist to be charged"."""
_LONGEST_BIO = 600
"""Characters of a last paragraph that says who someone is, whom the text above does not name."""


def _unnamed(context: Context, index: int, name: str, text: str) -> bool:
    """Whether no line above has the person's last name, and the paragraph is no longer than such a note."""
    last = name.split()[-1]
    return len(text) <= _LONGEST_BIO and not any(last in part.text for part in context.lines[:index])


_PLACE_NAME = re.compile(r"^([\u0590-\u06ff]+(?:\s[\u0590-\u06ff]+)?)\s?:\s?([\u0590-\u06ff]+(?:\s[\u0590-\u06ff]+){1,2})$")


def _place_and_name(context: Context, index: int, text: str) -> bool:
    """Whether a line in Arabic or Hebrew letters, one of the last three above the text, may be a place and who writes from there.

    No word of the name is one that pages or sentences are known to have.
    """
    match = _PLACE_NAME.match(text)
    if match is None or context.first_prose - index > 3 or index == 0:
        return False
    return not any(w.category for part in match.groups() for w in wording().read(part, context.language).words)


def _name_and_date(text: str) -> bool:
    """Whether a line is a date and up to two names, parted by bars, dots or dashes."""
    pieces = [piece for piece in re.split(r"\s+[|•·–—-]\s+|,\s+(?=[^\W\d_])", text) if piece]
    dates = [piece for piece in pieces if re.search(r"\d", piece)]
    names = [piece for piece in pieces if piece not in dates]
    return bool(dates) and 0 < len(names) <= 2 and all(map(is_date_line, dates)) and all(map(NAME_ALONE.match, names))


def about_the_author(context: Context, index: int, text: str) -> Finding | None:
    """The last lines, or one above the text: a name, "is" and what the person does for the outlet."""
    match = ABOUT.match(text)
    if match and match["name"] not in context.authors and _SINGLED_OUT.search(match[0]):
        return None
    if index < min(len(context.lines) - 3, max(context.last_prose, 3)):
        above = context.in_head(index) and not ends_as_sentence(text)
        described = index <= min(3, context.first_prose) and len(text) <= 120 and bool(DESCRIBED.search(text))
        return ("byline", f"says who {match['name']} is, above the text") if match and (above or described) else None
    if match and (match["name"] in context.authors or len(text) <= 160 or _unnamed(context, index, match["name"], text)):
        return "byline", f"says who {match['name']} is"
    if len(text) > 160 or len(re.findall(r"[.!?।]\s", text)) > 1:
        return None
    if ABOUT_THE_AUTHOR.match(text) or ABOUT_UNCAPITALISED.match(text):
        return "byline", "says who the author is"
    match = BEAT.match(text)
    return ("byline", f"says what {match['name']} writes about") if match else None
