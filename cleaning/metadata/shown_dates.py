"""The date that a page shows its readers: read near the headline, by its words, in the page's language.

This costs a fraction of a scan of the whole page, and it tells the first publication from an update by the words before the date.
A time of day that is shown without a zone is left out: it would be a guess which moment it names.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from cleaning import datelines
from cleaning.datelines import DATE_LANGUAGES
from cleaning.document import Element, Part
from cleaning.rules.model import is_prose

_DAY_MONTH_YEAR = re.compile(
    r"(?<!\d)(\d{1,2})(?:\.|st|nd|rd|th|er|º|°)?\s*(?:de\s+|d['’]|of\s+)?([^\W\d_]{2,12})(?:\s?/\s?[^\W\d_]{2,12})?\.?,?\s*(?:de\s+|del\s+)?"
    r"((?:19|20)\d\d)(?!\d)"
)
_MONTH_DAY_YEAR = re.compile(r"(?<![^\W\d_])([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[-/.年년]\s*(\d{1,2})\s*[-/.月월]\s*(\d{1,2})(?!\d)")
_YEAR_MONTH_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)\s+([^\W\d_]{3,12})\.?\s+(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<![\d.])(\d{1,2})([-/.])(\d{1,2})\2((?:19|20)\d\d)(?!\.?\d)")
_UPDATED = re.compile(
    r"updated?\b|modified|reviewed|revised|aktualisiert|geändert|mis à jour|mise à jour|modifié|actualizad|atualizad|aggiornat|"
    r"aktualisierung|actualizaci[oó]n|atualização|aggiornamento|"
    r"bijgewerkt|обновлен|изменен|оновлен|güncelle|aktualizac|aktualizov|aktualizowan|uppdaterad|oppdatert|opdateret|"
    r"päivitetty|更新|수정|تحديث|بروزرسانی",
    re.I,
)
_PUBLISHED = re.compile(
    r"publish|posted|post (?:date|time)|publi[ée]|veröffentlicht|erschienen|publicad|pubblicat|gepubliceerd|опубликован|"
    r"опубліков|yayın|opublikowan|publikován|publikowan|publicerad|publisert|julkaistu|公開|发布|發布|発表|입력|등록|نشر|انتشار",
    re.I,
)
_FOREIGN = frozenset({"related", "comments", "footer", "card", "newsletter", "hidden", "caption", "figure"})
_FEW = 12
"""So many letters may stand beside two dates and the update's word on a line of nothing else: `zuletzt am`, `on`, `at`."""
LONGEST = 160
"""A line of more characters than this is text, and its dates are part of it."""
ABOVE, BELOW = 8, 12
"""How many blocks above and below the headline are looked at."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A date as it is shown: ISO 8601, the words it was read from, and whether it is said to be an update's."""

    value: str
    raw: str
    updated: bool


@lru_cache(maxsize=64)
def months_of(language: str) -> dict[str, int]:
    """Month names of a language with those that its media write besides."""
    found = dict(datelines.months_of(language))
    found |= {"sept": 9} if language == "en" else {}
    found |= _LEVANTINE if language == "ar" else {}
    return found


_LEVANTINE = {name: n for n, name in enumerate("شباط آذار نيسان أيار حزيران تموز آب أيلول".split(), 2)} | {"اغسطس": 8, "ابريل": 4}
"""Months as Syria, Lebanon and Iraq call them, which pan-Arab media write beside the other name (`28 آب/أغسطس 2013`), and two
that are often written without their hamza.  Names of two words are left out: their other name stands beside them."""


@lru_cache(maxsize=1)
def _months_of_all() -> dict[str, int]:
    """Month names of all news languages, without those that name different months (`listopad`)."""
    found: dict[str, int] = {}
    for language in DATE_LANGUAGES:
        for name, number in months_of(language).items():
            found[name] = number if found.get(name, number) == number else 0
    return {name: number for name, number in found.items() if number}


def read_date(text: str, language: str | None = None) -> tuple[str, str] | None:
    """The first date in a line as ISO 8601 with the words it stands in; None where there is none that can be.

    03/04/2025 and 03-04-2025 are the third of April, in American English the fourth of March.
    """
    code = re.split(r"[-_]", (language or "").lower())[0]
    code = "nb" if code in ("no", "nn") else code
    tables = [months_of(c) for c in dict.fromkeys((code, "en")) if c in DATE_LANGUAGES]
    known_language = code in DATE_LANGUAGES
    for pattern in (_YEAR_FIRST, _DAY_MONTH_YEAR, _MONTH_DAY_YEAR, _YEAR_MONTH_DAY, _YEAR_LAST):
        for match in pattern.finditer(text):
            if pattern is _YEAR_FIRST:
                year, month, day = map(int, match.groups())
            elif pattern is _YEAR_LAST:
                first, separator, second, last = match.groups()
                year, day, month = int(last), int(first), int(second)
                american = separator != "." and code == "en" and not re.search(r"-(?:GB|AU|IE|NZ|IN|ZA)$", language or "", re.I)
                if month > 12 or (american and day <= 12):
                    day, month = month, day
            else:
                pieces = match.groups()
                word = next(p for p in pieces if not p.isdigit()).casefold()
                known = next((table[word] for table in tables if word in table), None)
                if known is None and not known_language:
                    known = _months_of_all().get(word)
                if known is None:
                    continue
                numbers = [int(p) for p in pieces if p.isdigit()]
                year, month, day = max(numbers), known, min(numbers)
            try:
                return date(year, month, day).isoformat(), match[0]
            except ValueError:
                continue
    return None


def shown_dates(parts: list[Part], times: list[tuple[str, str, Element]], language: str | None) -> list[Shown]:
    """The dates on short lines near a headline, those said to be of publication first, updates last; where there are none, those
    on lines that say "published", or that show nothing but publication and update, anywhere on the page."""
    total = sum(len(p.text) for p in parts) or 1
    if found := dates_near_headline(parts, times, language, total):
        return found
    return _dates_in(parts, [], language, total, everywhere=True)


def dates_near_headline(
    parts: list[Part], times: list[tuple[str, str, Element]], language: str | None, total: int | None = None
) -> list[Shown]:
    """The dates on short lines right below a headline, or right above one that has none below."""
    total = total or sum(len(p.text) for p in parts) or 1
    heads = sorted((p for p in parts if p.tag == "h1"), key=lambda p: -len(p.text))
    areas = [area for h in heads[:4] for area in (parts[h.index : h.index + BELOW + 1], _above(parts, h))]
    # of several headlines one may be a teaser's, and its card is foreign
    own = _foreign_zones(heads[0]) if len(heads) == 1 else frozenset()
    for near in areas or [parts[:80]]:
        if found := _dates_in(near, times, language, total, own=own):
            return found
    return []


def _above(parts: list[Part], headline: Part) -> list[Part]:
    """The blocks right above a headline, without those in a <header> that it does not stand in: the site's shows the day on which
    it was looked at."""
    own = {id(c) for c in headline.containers}
    near = parts[max(0, headline.index - ABOVE) : headline.index]
    return [p for p in near if not any("header" in c.zones and id(c) not in own for c in p.containers)]


def _dates_in(
    near: list[Part],
    times: list[tuple[str, str, Element]],
    language: str | None,
    total: int,
    *,
    everywhere: bool = False,
    own: frozenset[str] = frozenset(),
) -> list[Shown]:
    """The dates on these lines.  `own` are the zones that the headline stands in, too: what is called so is not foreign to it."""
    stamped = _stamps(near, times)
    found: dict[str, list[Shown]] = {"labelled": [], "plain": [], "updates": []}
    before = ""
    for part in near:
        text = part.text
        if (
            _foreign_zones(part, 0.3 * total) - own
            or len(text) > (80 if everywhere else LONGEST)
            or (is_prose(text) and not _says_when(text))
        ):
            before = ""
            continue
        label, before = before if len(before) <= 30 and not re.search(r"\d", before) else "", text
        if everywhere and not (_says_when(text) or _PUBLISHED.search(label)):
            continue  # what the label must say is told sooner than a date
        stamp = stamped.get(part.element)
        pair = _published_and_updated(text, language, bare=everywhere or is_prose(text)) if part.tag != "h1" else None
        if pair is not None and not _UPDATED.search(label):
            stamp = stamp if text.find(pair[0].raw) < text.find(pair[1].raw) else None
            found["labelled"].append(replace(pair[0], value=stamp or pair[0].value))
            found["updates"].append(pair[1])
            continue
        for kind, shown in _on_line(text if part.tag != "h1" else "", label, language, stamp):
            if not everywhere or kind == "labelled":
                found[kind].append(shown)
    return [*found["labelled"], *found["plain"], *found["updates"]]


def _foreign_zones(part: Part, most: float = math.inf) -> frozenset[str]:
    """What the containers around a block, of fewer than `most` characters, are called that is no name for an article."""
    return frozenset().union(*(c.zones & _FOREIGN for c in part.containers[-4:] if c.characters < most))


def _on_line(text: str, label: str, language: str | None, stamp: str | None) -> Iterator[tuple[str, Shown]]:
    """A line's first date with what the words before it say of it: publication, update, or nothing."""
    day = read_date(text, language) if re.search(r"\d", text) else None
    if day is None and stamp is None:
        return
    opening = f"{label} {text[: text.find(day[1])] if day else text}"
    is_updated, is_published = bool(_UPDATED.search(opening)), bool(_PUBLISHED.search(opening))
    value, raw = (stamp, stamp) if stamp else day or ("", "")
    if not is_updated or is_published:
        yield "labelled" if is_published else "plain", Shown(value, raw, updated=False)
        return
    yield "updates", Shown(value, raw, updated=True)
    later = read_date(text[text.find(day[1]) + len(day[1]) :], language) if day else None
    if later and _PUBLISHED.search(text):
        yield "labelled", Shown(*later, updated=False)


def _published_and_updated(text: str, language: str | None, *, bare: bool) -> tuple[Shown, Shown] | None:
    """Publication and update on a line with a date on either side of an update's word, or with two before it.  Whichever way
    round a language writes them, the earlier day is the publication.  `bare` asks for a line of next to nothing else."""
    word = _UPDATED.search(text)
    if word is None or (one := read_date(text[: word.start()], language)) is None:
        return None
    between, behind = text[text.find(one[1]) + len(one[1]) : word.start()], text[word.end() :]
    other = read_date(behind, language) or read_date(between, language)
    if other is None:
        return None
    rest = text.replace(word[0], "", 1).replace(one[1], "", 1).replace(other[1], "", 1)
    if bare and sum(map(str.isalpha, rest)) > _FEW:
        return None
    first, last = sorted((one, other))
    return Shown(*first, updated=False), Shown(*last, updated=True)


def _says_when(text: str) -> bool:
    """Whether a line speaks of publication or of an update: a date in any other sentence is a part of what it tells."""
    return bool(_UPDATED.search(text) or _PUBLISHED.search(text))


def _stamps(near: list[Part], times: list[tuple[str, str, Element]]) -> dict[Element, str]:
    """The machine's form of the date (`<time datetime>`) by the block that it stands in."""
    blocks = {p.element for p in near}
    found: dict[Element, str] = {}
    for value, _, element in times:
        home = next((e for e in (element, *element.iterancestors()) if e in blocks), None)
        if home is not None and value:
            found.setdefault(home, value)
    return found
