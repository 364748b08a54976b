"""Section and archive pages: HTML that links to articles."""

from __future__ import annotations

import re
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree, html

from cleaning.identity import url_key
from crawler.discovery import Announcement, Collector
from crawler.settings import PAGE_LIMIT

_HEADLINE = re.compile(r"[^\W_]+(?:-[^\W_]+){3,}|\d{5,}")
"""The last part of an article's path: four words or more, or a long number."""
_DAY = re.compile(r"/(?:19|20)\d\d/(?:0?[1-9]|1[0-2]|[a-z]{3})/(?:0?[1-9]|[12]\d|3[01])/[^/]+/?$", re.I)
_NO_PAGE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp3|mp4|zip|xml|rss|css|js)$", re.I)


def read_section(body: bytes, url: str) -> Announcement:
    """The articles that the page at `url` links to: addresses of its own site that look like an article's.

    An address looks so if its last part has four words or a long number, or stands behind a day.  A page without any is not
    usable: it is a wall, or made by a script.  Nothing is claimed of the links: what they are called may be anything.  Never
    raises.
    """
    try:
        root = html.document_fromstring(body[:PAGE_LIMIT])
    except (etree.ParserError, ValueError):
        return Announcement(problems=["not an HTML page"], usable=False)
    base = next((element.get("href") for element in root.iter("base") if element.get("href")), None)
    try:
        collector = Collector(urljoin(url, (base or "").strip()))
    except ValueError:
        collector = Collector(url)
    for anchor in root.iter("a"):
        href = (anchor.get("href") or "").strip()
        if href and not href.startswith("#") and next(anchor.iterancestors("footer"), None) is None:
            collector.add(href)
    found = collector.close()
    here = _key(url)
    found.links = [link for link in found.links if _is_article(link.url, here)]
    found.problems = []  # links to scripts and mailboxes are no fault of a page
    if len(body) > PAGE_LIMIT:
        found.problems.append(f"larger than {PAGE_LIMIT >> 20} MB: the rest was left out")
    if not found.links:
        found.usable = False
        found.problems.append("a page without links to articles")
    return found


def _key(url: str) -> str:
    try:
        return url_key(url)
    except ValueError:
        return ""


def _is_article(url: str, here: str) -> bool:
    key = _key(url)
    if not key or key == here or key.partition("/")[0] != here.partition("/")[0]:
        return False
    path = unquote(urlsplit(url).path).rstrip("/")
    if _NO_PAGE.search(path):
        return False
    return bool(_DAY.search(path) or _HEADLINE.search(path.rpartition("/")[2]))
