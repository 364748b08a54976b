"""Discovery: what a feed or sitemap announces.  Both give the same `Announcement`, whatever state the body is in."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from cleaning import Claim

LINK_LIMIT = 50_000
"""Links that one feed or sitemap may announce (the sitemap protocol's own limit)."""

URL_LIMIT = 4096
"""Characters that an address may have: Scrapy is told to ask for no longer one."""
CLAIM_LIMIT = 1000
"""Characters above which what was said of a link is taken for a text, and no claim."""
CLAIMS_LIMIT = 50
"""Claims that are taken of one link."""


@dataclass(frozen=True)
class Link:
    """An article that was announced: its absolute URL, and what was said of it (title, author, dates as they were written)."""

    url: str
    claims: tuple[Claim, ...] = ()


@dataclass
class Announcement:
    """What a body announced.

    `links` are articles, `children` further sitemaps (newest first; `stated` has the
    lastmod of those that have one), `problems` what could not be read, each one sentence.
    `usable` is False where the body is not the thing that it was asked for at all; `newest` is the date of the newest entry as
    it was written, `title` and `language` are what the feed says of itself.
    """

    links: list[Link] = field(default_factory=list)
    children: list[str] = field(default_factory=list)
    stated: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    usable: bool = True
    newest: str | None = None
    title: str | None = None
    language: str | None = None


def absolute(base: str, href: str | None) -> str | None:
    """The http(s) URL that `href` means on `base`, without fragment; None if it is none."""
    if not href or not href.strip():
        return None
    try:
        url = urljoin(base, "".join(href.split()))
        parts = urlsplit(url)
        parts.port  # noqa: B018  reading it is what checks it
        url.encode()
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > URL_LIMIT:
        return None
    return parts._replace(fragment="").geturl()


class Collector:
    """Gathers links into an announcement: each URL once, no more than LINK_LIMIT, with the unusable ones counted."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.found = Announcement()
        self._seen: set[str] = set()
        self._unusable = 0
        self._example = ""

    @property
    def full(self) -> bool:
        """True when nothing more will be taken."""
        return len(self.found.links) >= LINK_LIMIT

    def add(self, href: str | None, claims: tuple[Claim, ...] = ()) -> None:
        """Takes an article's link, however it is written."""
        url = absolute(self.base, href)
        if url is None:
            self._unusable += 1
            self._example = self._example or repr((href or "")[:60])
        elif url not in self._seen and not self.full:
            self._seen.add(url)
            self.found.links.append(Link(url, tuple(c for c in claims if len(c.value) <= CLAIM_LIMIT)[:CLAIMS_LIMIT]))

    def close(self) -> Announcement:
        """The announcement, with what was left out among its problems."""
        if self._unusable:
            self.found.problems.append(f"{self._unusable} entries without a usable link (the first: {self._example})")
        if self.full:
            self.found.problems.append(f"more than {LINK_LIMIT} entries: the rest was left out")
        return self.found
