"""When an article was published and modified: ranked evidence, raw string, zone and precision kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import cast

from cleaning.document import Element, Part
from cleaning.metadata import jsonld
from cleaning.metadata.head import Head
from cleaning.metadata.shown_dates import Shown, dates_near_headline, months_of, read_date, shown_dates
from cleaning.models import Candidate, Claim, Precision
from cleaning.parsing import is_large

_ISO = re.compile(
    r"^\s*(\d{4})[-/.]?(\d{2})(?:[-/.]?(\d{2}))?(?:(?:T|[T\s,]+(?=\d{1,2}:))(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?)?\s*"
    r"(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2}|[A-Z]{3,4})?\s*(?:\[.*\])?\s*$",
    re.I,
)
_ZONES = {
    **dict.fromkeys(("Z", "UTC", "GMT", "WET"), "+00"),
    **dict.fromkeys(("CET", "MEZ", "WEST", "BST"), "+01"),
    **dict.fromkeys(("CEST", "MESZ", "EET", "SAST"), "+02"),
    **dict.fromkeys(("EEST", "MSK", "TRT", "EAT"), "+03"),
    "PKT": "+05",
    "WIB": "+07",
    "HKT": "+08",
    "SGT": "+08",
    "JST": "+09",
    "KST": "+09",
    "AEST": "+10",
    "AEDT": "+11",
    "EST": "-05",
    "EDT": "-04",
    "CDT": "-05",
    "MST": "-07",
    "MDT": "-06",
    "PST": "-08",
    "PDT": "-07",
}
"""Zones that dates name by letters, as hours from UTC; names that stand for several (CST, IST) are left out."""
_URL_DATE = re.compile(r"[/_-]((?:19|20)\d\d)[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)")
_URL_SECTION = re.compile(r"/((?:19|20)\d\d)/[a-z][a-z_.-]+/(0[1-9]|1[0-2])/(0[1-9]|[12]\d|3[01])(?=/)", re.I)
_URL_MONTH = re.compile(r"/((?:19|20)\d\d)/([a-z]{3,9})/(0?[1-9]|[12]\d|3[01])(?=[/_.-]|$)", re.I)

PUBLISHED_META = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "og:pubdate",
    "datepublished",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "publication_date",
    "date",
    "dc.date.issued",
    "dc.date",
    "dcterms.date",
    "dcterms.created",
    "dc.date.created",
    "sailthru.date",
    "parsely-pub-date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "article.published",
    "article:published",
    "published_time",
    "last-published",
    "shareaholic:article_published_time",
    "rbpubdate",
    "originalpublicationdate",
    "created",
    "dateoriginal",
    "ptime",
)
MODIFIED_META = (
    "article:modified_time",
    "og:updated_time",
    "og:modified_time",
    "datemodified",
    "lastmod",
    "last-modified",
    "dcterms.modified",
    "dc.date.modified",
    "article:modified",
    "modified_time",
    "revised",
    "updated_time",
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time (UTC) with how fine it is, where it stood, and the zone that the page wrote, `+05:30`, if it did."""

    at: datetime
    raw: str
    source: str
    precision: Precision
    zone: str | None = None


def parse_moment(raw: str, source: str) -> Moment | None:
    """A moment out of a machine-written date; a time without a zone is read as UTC.  None for what is none, or not between
    1990 and 2100."""
    raw = raw.strip()
    match = _ISO.match(raw)
    if match is None:
        if re.fullmatch(r"1[0-9]{9}(?:\d{3})?", raw):
            at = datetime.fromtimestamp(int(raw[:10]), UTC)
            return Moment(at, raw, source, "second")
        return _parse_loose(raw, source)
    year, month, day, hour, minute, second, zone = match.groups()
    if zone and zone[0].isalpha() and (zone := _ZONES.get(zone.upper())) is None:
        return _parse_loose(raw, source)
    try:
        at = datetime(
            int(year), int(month), int(day or 1), int(hour or 0), int(minute or 0), min(int(second or 0), 59), tzinfo=_zone(zone)
        )
    except ValueError:
        return None
    precision = "second" if second else "minute" if hour else "day" if day else "month"
    at = at if hour else at.replace(tzinfo=UTC)
    return _sane(Moment(at.astimezone(UTC), raw, source, cast(Precision, precision), _offset(at) if zone and hour else None))


def _offset(at: datetime) -> str | None:
    """The zone of an aware time as `+05:30`; None for UTC itself."""
    text = at.strftime("%z")
    return f"{text[:3]}:{text[3:5]}" if text and text[:5] not in ("+0000", "-0000") else None


def _zone(text: str | None) -> timezone:
    if not text:
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    delta = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-delta if text[0] == "-" else delta) if delta < timedelta(hours=15) else UTC


def _sane(moment: Moment) -> Moment | None:
    return moment if 1990 <= moment.at.year <= 2100 else None


def _parse_loose(raw: str, source: str) -> Moment | None:
    """RFC 2822, English and other dates in words, by dateparser; only for strings with a four-digit year."""
    if not re.search(r"(?:19|20)\d\d", raw) or len(raw) > 60:
        return None
    from email.utils import parsedate_to_datetime

    try:
        at = parsedate_to_datetime(raw)
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return _sane(Moment(at.astimezone(UTC), raw, source, "second", _offset(at)))
    except (ValueError, TypeError, IndexError):
        pass
    if (read := read_date(raw)) is not None and (moment := _with_clock(raw, read, source)) is not None:
        return moment
    import dateparser

    parsed = dateparser.parse(raw, settings={"RETURN_AS_TIMEZONE_AWARE": False, "REQUIRE_PARTS": ["year", "month", "day"]})
    if parsed is None:
        return None
    at = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    return _sane(Moment(at, raw, source, "minute" if re.search(r"\d[:.h]\d\d", raw) else "day"))


_CLOCK = re.compile(r"(?<![\d:+-])(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp]\.?[Mm]\b)?(?:\s*(?:GMT|UTC|Z)?\s*([+-]\d{2}:?\d{2}))?")


def _with_clock(raw: str, read: tuple[str, str], source: str) -> Moment | None:
    """A date in words with the time of day that stands beside it, if one does; a zone counts where it is written in figures."""
    day, words = read
    clock = _CLOCK.search(raw.replace(words, " "))
    if clock is None:
        moment = parse_moment(day, source) if not re.search(r"\d[:h.]\d\d", raw.replace(words, " ")) else None
        return replace(moment, raw=raw) if moment is not None else None
    hour, minute, second, half, zone = clock.groups()
    hours = int(hour) % 12 + (12 if half[0] in "Pp" else 0) if half else int(hour)
    moment = parse_moment(f"{day}T{hours:02}:{minute}" + (f":{second}" if second else "") + (zone or ""), source)
    return replace(moment, raw=raw) if moment is not None else None


_BUILT_LATER = timedelta(hours=36)
"""A page whose stated publication is no earlier than its modification, or that states none, states when it was last built, where
the day that it shows its readers is earlier than that in every zone: it ended, UTC-12 the last, before that moment."""


def choose_dates(
    tree: Element, head: Head, parts: list[Part], url: str | None, claims: tuple[Claim, ...]
) -> tuple[Moment | None, Moment | None, list[Candidate]]:
    """Published, modified, and every candidate.  The two never fill in for each other."""
    published = [("json-ld", v) for v in jsonld.texts(head.article.get("datePublished"))[:1]]
    published += [(f"meta:{name}", v) for name in PUBLISHED_META for v in head.meta.get(name, ())[:1]]
    published += [("microdata", v) for v in head.microdata.get("datePublished", ())[:1]]
    if not published:
        published += [("json-ld", v) for node in head.nodes for v in jsonld.texts(node.get("datePublished"))[:1]][:1]
        if not published:
            published += [("json-ld", v) for v in jsonld.texts(head.article.get("dateCreated"))[:1]]
    published += [(c.source, c.value) for c in claims if c.field == "published_at"]
    modified = [("json-ld", v) for v in jsonld.texts(head.article.get("dateModified"))[:1]]
    modified += [(f"meta:{name}", v) for name in MODIFIED_META for v in head.meta.get(name, ())[:1]]
    modified += [("microdata", v) for v in head.microdata.get("dateModified", ())[:1]]
    modified += [(c.source, c.value) for c in claims if c.field == "modified_at"]
    first = _first(published)
    if first is None:
        shown = shown_dates(parts, head.times, head.language)
        published += [("shown", s.value) for s in shown if not s.updated][:3]
        modified += [("shown", s.value) for s in shown if s.updated][:1]
        first = _as_in_url(_first(published), url) or _time_element(head, shown) or _from_url(url) or _from_scripts(tree)
    last = _first(modified)
    if seen := _before_it_was_built(first, last, parts, head):
        first, published = _first(seen), published + seen
    first = _with_zone(first, published, head, url)
    if first is None and not is_large(tree):
        first = _scan(tree, url)
        if first is not None and last is not None and last.source != "shown" and first.at.date() == last.at.date():
            first = None  # the scan found the update
    candidates = [
        Candidate(field="published_at", value=v, source=s, chosen=first is not None and (s, v) == (first.source, first.raw))
        for s, v in published
    ]
    if first is not None and not any(c.chosen for c in candidates):
        candidates.append(Candidate(field="published_at", value=first.raw, source=first.source, chosen=True))
    candidates += [
        Candidate(field="modified_at", value=v, source=s, chosen=last is not None and (s, v) == (last.source, last.raw))
        for s, v in modified
    ]
    return first, last, candidates


def _before_it_was_built(first: Moment | None, last: Moment | None, parts: list[Part], head: Head) -> list[tuple[str, str]]:
    """The dates by the headline that count before a stated publication which cannot be one: see `_BUILT_LATER`.  None counts that
    is later than the stated modification, too."""
    if first is None or first.source == "shown" or (last is not None and first.at.date() < last.at.date()):
        return []
    earlier = [("shown", s.value) for s in dates_near_headline(parts, head.times, head.language) if not s.updated][:3]
    seen = _first(earlier)
    if seen is None or seen.at >= first.at - _BUILT_LATER or (last is not None and seen.at.date() > last.at.date()):
        return []
    return earlier


def _with_zone(first: Moment | None, published: list[tuple[str, str]], head: Head, url: str | None) -> Moment | None:
    """A publication that is told in UTC, with the local zone that says on which day it was: one in which the page tells the same
    moment elsewhere, or tells other times, if the day that it was there is the one that the address names."""
    if first is None or first.zone is not None or first.precision not in ("minute", "second"):
        return first
    times = [("time", value) for value, _, _ in head.times if _ISO.match(value)]  # to read dates in words is slow
    told = [m for source, value in published + times if (m := parse_moment(value, source)) is not None and m.zone is not None]
    named = _from_url(url)
    for moment in told:
        if moment.at == first.at:
            return replace(first, zone=moment.zone)
    for zone in dict.fromkeys(m.zone for m in told):
        if named is not None and first.at.astimezone(_zone(zone)).date() == named.at.date() != first.at.date():
            return replace(first, zone=zone)
    return first


def _first(found: list[tuple[str, str]]) -> Moment | None:
    return next((m for source, value in found if (m := parse_moment(value, source)) is not None), None)


def _time_element(head: Head, shown: list[Shown]) -> Moment | None:
    """The first <time datetime> that is not shown as an update's and does not stand inside a list of other articles: before the
    body or in its first blocks."""
    updates = {s.value for s in shown if s.updated}
    for value, text, element in head.times[:4]:
        lists = (
            (a.tag in ("aside", "nav", "footer", "li") or "related" in (a.get("class") or "")) for a in element.iterancestors()
        )
        if value in updates or any(lists):
            continue
        if found := parse_moment(value or text, "time"):
            return found
    return None


def _from_url(url: str | None) -> Moment | None:
    """The day in an address: `/2025/03/14/`, `/20250314-…`, `/2025/mar/14/`, `/2025/march/14/` and `/2025/world/03/14/`."""
    if match := _URL_DATE.search(url or "") or _URL_SECTION.search(url or ""):
        return parse_moment("-".join(match.groups()), "url")
    if (match := _URL_MONTH.search(url or "")) and (month := months_of("en").get(match[2].lower())):
        return parse_moment(f"{match[1]}-{month:02}-{int(match[3]):02}", "url")
    return None


def _as_in_url(shown: Moment | None, url: str | None) -> Moment | None:
    """A day shown in figures, its day and month the other way round where the address says so: 03/10 of `/2025/10/03/`."""
    told = _from_url(url) if shown is not None and shown.precision == "day" else None
    if shown is None or told is None or f"{told.at:%Y-%m-%d}" != f"{shown.at:%Y-%d-%m}":
        return shown
    return replace(shown, at=told.at)


_SCRIPT_DATE = re.compile(r"""["\\]datePublished\\*["']\s*:\s*\\*["'](\d{4}-\d\d-\d\d[T ]?[\d:.]*(?:Z|[+-]\d\d:?\d\d)?)""")


def _from_scripts(tree: Element) -> Moment | None:
    """The first `datePublished` in a script that is no JSON-LD of its own (it is put into the page later)."""
    for script in tree.iter("script"):
        if script.text and (match := _SCRIPT_DATE.search(script.text)):
            return parse_moment(match.group(1), "script")
    return None


def _scan(tree: Element, url: str | None) -> Moment | None:
    """htmldate's scan of the whole page (25 ms): only where nothing cheaper was found, and the page is not too large for it."""
    from htmldate import find_date

    try:
        found = find_date(tree, original_date=True, extensive_search=False, url=url)
    except Exception:  # noqa: BLE001  a page on which the scan fails has no date, which is what None says
        return None
    return parse_moment(found, "htmldate") if found else None
