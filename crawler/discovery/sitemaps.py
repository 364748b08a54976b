"""Sitemaps: `urlset` and `sitemapindex`, news extension and lastmod, or a list of addresses; plain or gzip."""

from __future__ import annotations

import io
import re
import zlib
from typing import Any

from lxml import etree

from cleaning import Claim
from crawler.discovery import LINK_LIMIT, Announcement, Collector, absolute
from crawler.settings import ENDPOINT_LIMIT

_CLAIMS = {
    "lastmod": "modified_at", "publication_date": "published_at", "title": "title", "language": "language", "keywords": "tag",
}
"""Elements of an entry and the field of which they speak.  All but lastmod are of the news extension: images have titles too."""


_ELEMENT = re.compile(rb"<[a-z_]", re.I)
_ENTRY_END = re.compile(rb"</(?:\w{1,20}:)?url\s{0,9}>", re.I)
_ENTRY_PARTS = 100
"""Parts that are taken of one entry."""

_TEXT = re.compile(rb"(?:\xef\xbb\xbf)?\s*https?://[^\s<>]+\s*(?:[\r\n]|$)", re.I)
_ADDRESS = re.compile(r"\s*https?://\S+\s*$", re.I)


def read_sitemap(body: bytes, url: str, limit: int = ENDPOINT_LIMIT) -> Announcement:
    """What the sitemap at `url` announces; unpacked it may have `limit` bytes.  Never raises: what can be read is given."""
    body, problem = _unpacked(body, limit)
    if not body.strip():
        return Announcement(problems=[problem or "the answer is empty"], usable=False)
    if _TEXT.match(body):
        return _read_text(body, url, problem)
    reader = _Reader(url)
    broken = reader.read(_without_doctype(body))
    if broken and reader.collector.found.links and sum(1 for _ in _ENTRY_END.finditer(body)) < reader.entries:
        reader.collector.found.links.pop()  # it was the parser that closed the last entry: its address may be half of one
    found = reader.collector.close()
    found.problems += [p for p in (problem, broken) if p]
    found.children = [child for _, child in sorted(reader.children, key=lambda child: child[0], reverse=True)]
    found.stated = {child: lastmod for lastmod, child in reader.children if lastmod}
    found.newest = reader.newest
    if reader.root not in ("urlset", "sitemapindex"):
        found.usable = False
        found.problems = [f"not a sitemap (its root is <{reader.root}>)" if reader.root else f"not a sitemap ({broken})"]
    return found


def _without_doctype(body: bytes) -> bytes:
    """A sitemap needs none, and one that defines entities means no good."""
    root = _ELEMENT.search(body)
    doctype = body.find(b"<!DOCTYPE", 0, root.start() if root else None)
    return body[:doctype] + body[root.start() :] if root and doctype >= 0 else body


def _read_text(body: bytes, url: str, problem: str | None) -> Announcement:
    """A sitemap that is a text: one address a line.  Lines that are none are counted; an address that breaks off is left out."""
    lines = body.decode("utf-8-sig", "replace").splitlines()
    collector = Collector(url)
    for line in lines[:-1] if problem else lines:
        if collector.full:
            break
        if line.strip():
            collector.add(line if _ADDRESS.match(line) else None)
    found = collector.close()
    found.problems += [problem] if problem else []
    return found


def _unpacked(body: bytes, limit: int) -> tuple[bytes, str | None]:
    """The body, unpacked if it is gzip, cut at `limit` bytes."""
    if not body.startswith(b"\x1f\x8b"):
        return body[:limit], f"larger than {limit} bytes: the rest was left out" if len(body) > limit else None
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, limit)
    except zlib.error as error:
        return b"", f"gzip that cannot be unpacked ({error})"
    if unpacker.unconsumed_tail:
        return plain, f"larger than {limit} bytes unpacked: the rest was left out"
    return plain, None if unpacker.eof else "the gzip data breaks off"


class _Reader:
    def __init__(self, url: str) -> None:
        self.url = url
        self.collector = Collector(url)
        self.children: list[tuple[str, str]] = []
        self.root: str | None = None
        self.newest: str | None = None
        self.entries = 0
        self._entry: list[tuple[str, str]] = []

    def read(self, body: bytes) -> str | None:
        """Walks through the document; the answer is what was wrong with it, or None."""
        events = etree.iterparse(
            io.BytesIO(body), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False,
            remove_comments=True, remove_pis=True, huge_tree=False, recover=True,
        )
        try:
            for event, element in events:
                if not isinstance(element.tag, str):
                    continue
                name = etree.QName(element).localname.lower()
                if event == "start":
                    self.root = self.root or name
                elif not self._end(name, element):
                    break
        except etree.XMLSyntaxError as error:
            return f"not well-formed ({error})"
        return f"not well-formed ({events.error_log[0].message})" if len(events.error_log) else None

    def _end(self, name: str, element: Any) -> bool:
        parent = element.getparent()
        if name not in ("url", "sitemap"):
            space = etree.QName(element).namespace or ""
            above = etree.QName(parent).localname.lower() if parent is not None else ""
            if "news" in space or (name in ("loc", "lastmod") and above in ("url", "sitemap")):
                self._entry[_ENTRY_PARTS:] = []
                self._entry.append((name, " ".join((element.text or "").split())))
            _forget(element)
            return True
        entry, self._entry = self._entry, []
        said = {key: value for key, value in reversed(entry) if value}
        if name == "sitemap":
            if child := absolute(self.url, said.get("loc")):
                self.children.append((said.get("lastmod", ""), child))
        else:
            self.entries += 1
            self._article(said)
        _forget(element)
        return not self.collector.full and len(self.children) < LINK_LIMIT

    def _article(self, said: dict[str, str]) -> None:
        claims = [
            Claim(field=field, value=value.strip(), source=f"sitemap:{self.url}")
            for name, field in _CLAIMS.items() if name in said
            for value in (said[name].split(",") if field == "tag" else [said[name]]) if value.strip()
        ]
        self.collector.add(said.get("loc"), tuple(claims))
        date = said.get("publication_date") or said.get("lastmod")
        self.newest = max(filter(None, (self.newest, date)), default=None)


def _forget(element: Any) -> None:
    """Frees what has been read, or a large sitemap fills the memory."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]
