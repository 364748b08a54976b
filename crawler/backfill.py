"""Walking back: which sitemaps, archive pages and links belong to a range of days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from crawler.discovery import Link

DEPTH = 3
"""Indexes within indexes that are followed."""
SITEMAPS = 5000
"""Sitemaps that one walk reads of a source."""

_DATED = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?:[-_/.]?(?P<month>0[1-9]|1[0-2])|[-_/.](?P<short>[1-9]))?"
    r"(?(month)(?:[-_/.]?(?P<day>0[1-9]|[12]\d|3[01]))?|)(?!\d)"
)
_ASKED = re.compile(
    r"[?&](?:yyyy|year)=(?P<year>(?:19|20)\d\d)(?:&(?:mm|month)=(?P<month>\d\d?))?(?:&(?:dd|day)=(?P<day>\d\d?))?"
)


@dataclass(frozen=True)
class Days:
    """A range of days, both ends within it; None is open."""

    since: date | None = None
    until: date | None = None

    def overlaps(self, first: date, last: date) -> bool:
        """True if one of the days from `first` to `last` is within the range."""
        return (self.since is None or last >= self.since) and (self.until is None or first <= self.until)

    def takes_sitemap(self, url: str, stated: str | None) -> bool:
        """False for a sub-sitemap that can hold nothing of the range: its address says another month, or it ended before."""
        if named := days_of(url):
            return self.overlaps(*named)
        changed = _day(stated)
        return changed is None or self.since is None or changed >= self.since

    def takes(self, link: Link) -> bool | None:
        """Whether the article is of the range: by the date it is announced with, else that in its address, else its lastmod.

        None if nothing tells.
        """
        claims = {claim.field: claim.value for claim in reversed(link.claims)}
        if published := _day(claims.get("published_at")):
            return self.overlaps(published, published)
        named = days_of(link.url)
        if named and named[1] - named[0] < timedelta(days=31):
            return self.overlaps(*named)
        if changed := _day(claims.get("modified_at")):
            return self.overlaps(changed, changed)
        return None

    def archive_pages(self, template: str) -> Iterator[str]:
        """The addresses that a template with {year}, {month}, {day} has for the range, newest first; none for an open range."""
        if self.since is None:
            return
        seen = set()
        day = self.until or date.today()
        while day >= self.since:
            url = template.format(year=f"{day.year:04}", month=f"{day.month:02}", day=f"{day.day:02}")
            if url not in seen:
                seen.add(url)
                yield url
            day -= timedelta(days=1)


def days_of(url: str) -> tuple[date, date] | None:
    """The first and last day that an address names (a year, a month, a day), or None."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    found = _ASKED.search(f"?{parts.query}") or next(iter(_DATED.finditer(parts.path)), None)
    if found is None:
        return None
    groups = found.groupdict()
    year, month, day = int(groups["year"]), groups["month"] or groups.get("short"), groups["day"]
    try:
        if day and month:
            return date(year, int(month), int(day)), date(year, int(month), int(day))
        if month:
            first = date(year, int(month), 1)
            return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    except ValueError:
        return None
    return date(year, 1, 1), date(year, 12, 31)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
