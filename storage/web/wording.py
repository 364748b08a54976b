"""How things are worded on a page: days, languages, numbers, marked snippets.  What comes of an article is escaped."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from markupsafe import Markup, escape

from storage.search import MARKS

_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


def day(moment: str | None) -> str:
    """`2024-10-31T12:00:00Z` as `31 October 2024`."""
    if not moment:
        return "no date"
    year, month, number = moment[:10].split("-")
    return f"{int(number)} {_MONTHS[int(month) - 1]} {year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def moment(value: str | None) -> str:
    """`2024-10-31T12:00:00Z` as `31 October 2024, 12:00 UTC`."""
    return f"{day(value)}, {value[11:16]} UTC" if value and len(value) > 15 else day(value)


@lru_cache(maxsize=500)
def language(code: str | None) -> str:
    """`de` as `German`."""
    locale = _locale(code)
    return (locale.get_display_name("en") if locale else None) or code or "unknown"


@lru_cache(maxsize=500)
def direction(code: str | None) -> str:
    """`rtl` for the languages that are written so, `ltr` for the others, `auto` where the language is not known."""
    locale = _locale(code)
    return "auto" if locale is None else "rtl" if locale.character_order == "right-to-left" else "ltr"


def lang(code: str | None) -> str:
    """`code` if it can stand in a `lang` attribute, else nothing, which means unknown."""
    return code if code and _TAG.fullmatch(code) else ""


@lru_cache(maxsize=500)
def _locale(code: str | None) -> Locale | None:
    try:
        return Locale.parse(code, sep="-") if code else None
    except (UnknownLocaleError, ValueError):
        return None


@lru_cache(maxsize=500)
def country(code: str | None) -> str:
    """`KP` as `North Korea`."""
    return str(_ENGLISH.territories.get(code or "", code or "unknown"))


_ENGLISH = Locale("en")
_OPENING = 200
"""Characters of the text that a hit shows where no word stands out."""


def marked(snippet: str) -> Markup:
    """A hit's snippet with its words in `<mark>`; an opening that was cut within a word ends before it."""
    if MARKS[0] not in snippet and len(snippet) > _OPENING - 20:
        snippet = f"{snippet.rpartition(' ')[0] or snippet} …"
    pieces = re.split("[" + "".join(MARKS) + "]", snippet)
    return Markup().join(Markup("<mark>{}</mark>").format(p) if n % 2 else escape(p) for n, p in enumerate(pieces))


def number(value: int) -> str:
    """`1,234`."""
    return f"{value:,}"


def score(value: float | None) -> str:
    """A relevance as `0.85`."""
    return "–" if value is None else f"{value:.2f}"


def web_address(url: str | None) -> str | None:
    """`url` if a browser may be sent there: http and https alone."""
    return url if url and re.match(r"https?://", url, re.I) else None


FILTERS: dict[str, Any] = {
    "day": day, "moment": moment, "language": language, "direction": direction, "lang": lang, "marked": marked, "number": number,
    "country": country, "score": score, "web_address": web_address,
}  # fmt: skip
