"""Where a page's site announces its articles: feeds that the page links to, sitemaps that robots.txt names; OPML lists."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree, html

from crawler.discovery import absolute
from crawler.settings import PAGE_LIMIT

_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"})
_COMMENTS = re.compile(r"comment|kommentar|commentaire|comentario", re.I)


@dataclass(frozen=True)
class SiteHints:
    """What a page says of its site: title, language, feeds (without those of comments)."""

    title: str | None
    language: str | None
    feeds: tuple[str, ...]


def read_page(body: bytes, url: str) -> SiteHints:
    """The hints of an HTML page; empty ones for what is none."""
    try:
        root = html.document_fromstring(body[:PAGE_LIMIT])
    except (etree.ParserError, ValueError):
        return SiteHints(None, None, ())
    feeds = [
        absolute(url, link.get("href"))
        for link in root.iter("link")
        if "alternate" in (link.get("rel") or "").lower().split()
        and (link.get("type") or "").partition(";")[0].strip().lower() in _FEED_TYPES
        and not _COMMENTS.search(f"{link.get('title') or ''} {link.get('href') or ''}")
    ]
    title = " ".join((root.findtext(".//title") or "").split())
    language = (root.get("lang") or "").strip()
    return SiteHints(title or None, language or None, tuple(dict.fromkeys(feed for feed in feeds if feed)))


def sitemaps_of_robots(body: bytes, url: str) -> list[str]:
    """The sitemaps that a robots.txt names and whose address speaks of news, in its order."""
    return [sitemap for sitemap in robots_sitemaps(body, url) if "news" in sitemap.lower()]


def robots_sitemaps(body: bytes, url: str) -> list[str]:
    """All sitemaps that a robots.txt names, in its order."""
    lines = re.findall(rb"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", body, re.I | re.M)
    found = (absolute(url, line.decode("utf-8", "replace")) for line in lines)
    return [sitemap for sitemap in dict.fromkeys(found) if sitemap]


def read_opml(body: bytes) -> list[tuple[str, str]]:
    """Title and feed URL of every subscription of an OPML list.  Raises ValueError for what is none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"not well-formed ({error})") from error
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise ValueError("not an OPML list")
    found: dict[str, str] = {}
    for outline in root.iter("outline"):
        names = {name.lower(): value for name, value in outline.attrib.items()}
        url = absolute("", names.get("xmlurl"))
        if url:
            found.setdefault(url, " ".join((names.get("title") or names.get("text") or "").split()))
    return [(title, url) for url, title in found.items()]
