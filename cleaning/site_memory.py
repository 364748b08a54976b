"""What a site repeats from page to page: which lines of an article are remembered, and which of them a page may lose."""

from __future__ import annotations

from collections.abc import Iterable

from cleaning.datelines import is_date_line
from cleaning.identity import line_hash, url_key
from cleaning.models import SiteMemory
from cleaning.rules.model import is_prose

REPEATED = "site.repeated"
"""The id of the rule that takes out what other pages of the host say, too."""

LEAST_PAGES = 2
"""On so many other pages of the host a line must have been kept before it counts as the site's own."""

LONGEST = 300
"""Longer lines are not remembered: what sites say around their articles is shorter."""

_HEAD, _TAIL = 3, 8
"""Sentences of 80 characters or more are remembered only among so many first and last lines: boilerplate of that length stands
there, and the paragraphs between would make up most of the table."""


def site_host(url: str | None) -> str | None:
    """The host that a page's lines are remembered under: that of its `url_key`, None for what has no web address."""
    try:
        return url_key(url or "").partition("/")[0]
    except ValueError:
        return None


def memorable(text: str, taken: Iterable[str] = ()) -> frozenset[str]:
    """The hashes of an article's lines that may turn out to be the site's own.

    `text` is `Article.text`.  `taken` are lines that `site.repeated` took out of this very page: they stand on it, and a line
    that stopped counting once it is known would be forgotten when old pages are cleaned again.
    """
    lines = text.split("\n\n") if text else []
    behind = len(lines) - _TAIL
    return frozenset(
        line_hash(line)
        for index, line in enumerate(lines)
        if len(line) <= LONGEST
        and "\n" not in line
        and any(map(str.isalpha, line))
        and (index < _HEAD or index >= behind or not is_prose(line))
        and not is_date_line(line)
    ) | frozenset(map(line_hash, taken))


def apart_from(memory: SiteMemory, own: frozenset[str]) -> SiteMemory:
    """The memory without what an earlier version of the page itself added to it; the version stays that of the snapshot."""
    if own.isdisjoint(memory.lines):
        return memory
    lines = {key: pages - (key in own) for key, pages in memory.lines.items()}
    return memory.model_copy(update={"lines": {key: pages for key, pages in lines.items() if pages >= LEAST_PAGES}})
