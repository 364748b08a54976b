"""Feeds: RSS, Atom and RDF by feedparser, JSON Feed by hand."""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import feedparser
from lxml import html

from cleaning import Claim
from crawler.discovery import Announcement, Collector

_HARMLESS = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)
"""What feedparser complains of although it read everything: headers that say something else than the body."""

FEED_ENTRIES = 10_000
"""Entries of a feed that are read, from the top (the parser takes five seconds for so many; a usual feed has 20 to 100)."""
FEED_LIMIT = 10 * 1024 * 1024
"""Bytes of a feed that are read."""
PROLOGUE_LIMIT = 32 * 1024
"""Bytes that a feed may have before its first element; what has more declares entities without end."""

_ENTRY_END = re.compile(rb"</(?:\w{1,20}:)?(?:item|entry)[ \t\r\n]{0,9}>", re.I)
_ELEMENT = re.compile(rb"<[a-z_]", re.I)
_DECLARATION = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,100}<\?xml[^>]{0,500}\?>")
_UTF16_DECLARATION = re.compile(r"^<\?xml[^>]{0,500}\?>")
_BLANK = re.compile(rb"\s{500,}")


def read_feed(body: bytes, url: str, content_type: str | None = None) -> Announcement:
    """What the feed at `url` announces.  Never raises: a broken feed gives what can be read, and says what could not."""
    if not body.strip():
        return Announcement(problems=["the answer is empty"], usable=False)
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _read_json_feed(body, url)
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        body = _UTF16_DECLARATION.sub("", body.decode("utf-16", "replace"), count=1).encode("utf-8", "replace")
        content_type = None
    body, cut = _shortened(body)
    body = _with_tame_start(body)
    headers = {"content-location": url}
    if content_type:
        headers["content-type"] = content_type
    try:
        # A BytesIO, never the bytes: feedparser opens what looks like a path or an address.
        parsed = feedparser.parse(io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # noqa: BLE001  a feed that breaks the parser must not stop the run
        return Announcement(problems=[f"the feed broke the parser ({type(error).__name__}: {error})"], usable=False)
    collector = Collector(url)
    collector.found.title = _plain(parsed.feed.get("title_detail")) or None
    collector.found.language = parsed.feed.get("language") or None
    for entry in parsed.entries:
        collector.add(entry.get("feedburner_origlink") or entry.get("link"), tuple(_claims(entry, url)))
    found = collector.close()
    found.newest = _newest(parsed.entries)
    _judge(found, parsed, body)
    found.problems += [cut] if cut else []
    return found


def _shortened(body: bytes) -> tuple[bytes, str | None]:
    """The body with no more entries and bytes than are read, and what to say of it.  What stands behind the entries stays."""
    kept = last = count = 0
    for count, match in enumerate(_ENTRY_END.finditer(body), 1):
        last = match.end()
        if count <= FEED_ENTRIES and last <= FEED_LIMIT:
            kept = last
    if kept < last:
        body = body[:kept] + body[last:]
        if len(body) <= FEED_LIMIT and count > FEED_ENTRIES:
            return body, f"more than {FEED_ENTRIES} entries: the rest was left out"
    elif len(body) <= FEED_LIMIT:
        return body, None
    return body[:FEED_LIMIT], f"larger than {FEED_LIMIT >> 20} MB: the rest was left out"


def _with_tame_start(body: bytes) -> bytes:
    """The body without what makes feedparser look for the beginning of a feed for ever (its patterns go back and forth)."""
    element = _ELEMENT.search(body)
    if element is None:
        return body
    declaration = _DECLARATION.match(body)
    start = declaration.end() if declaration else 0
    prologue = body[start : element.start()]
    if len(prologue) > PROLOGUE_LIMIT or (declaration is None and prologue.lstrip().startswith(b"<?")):
        prologue = b""
    return _BLANK.sub(b"\n", body[:start] + b"\n" * bool(declaration) + prologue + body[element.start() :])


def _judge(found: Announcement, parsed: Any, body: bytes) -> None:
    if not parsed.entries and not parsed.get("version"):
        found.usable = False
        is_html = b"<html" in body[:2000].lower() or b"<!doctype html" in body[:200].lower()
        found.problems.append("an HTML page, not a feed" if is_html else "not a feed")
    elif parsed.bozo and not isinstance(parsed.get("bozo_exception"), _HARMLESS):
        error = " ".join(str(parsed.get("bozo_exception")).split())
        found.problems.append(f"the feed is not well-formed ({error})")


def _claims(entry: Any, url: str) -> Iterator[Claim]:
    source = f"feed:{url}"
    said: list[tuple[str, str | None]] = [
        ("title", _plain(entry.get("title_detail"))),
        ("published_at", entry.get("published")),
        # Asked of the dict itself: feedparser answers `updated` with `published` where there is no such element.
        ("modified_at", dict.get(entry, "updated")),
        ("summary", _plain(entry.get("summary_detail"))),
    ]
    said += [("author", author.get("name")) for author in entry.get("authors", ())]
    said += [("tag", tag.get("term")) for tag in entry.get("tags", ())]
    for field, value in said:
        text = " ".join((value or "").split())
        if text:
            yield Claim(field=field, value=text, source=source)


def _plain(detail: Mapping[str, Any] | None) -> str:
    """The text of a title or summary; marked-up ones lose their tags."""
    value = str((detail or {}).get("value") or "").strip()
    if not value or "html" not in str((detail or {}).get("type")) or ("<" not in value and "&" not in value):
        return value
    try:
        return str(html.fromstring(f"<div>{value}</div>").text_content()).strip()
    except (ValueError, html.etree.ParserError):
        return value


def _newest(entries: list[Any]) -> str | None:
    dates = (entry.get("published_parsed") or entry.get("updated_parsed") for entry in entries)
    latest = max((tuple(date[:6]) for date in dates if date), default=None)
    return None if latest is None else "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*latest)


def _read_json_feed(body: bytes, url: str) -> Announcement:
    try:
        data = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return Announcement(problems=[f"not a feed (JSON that cannot be read: {error})"], usable=False)
    if not isinstance(data, dict) or "jsonfeed.org" not in str(data.get("version")) or not isinstance(data.get("items"), list):
        return Announcement(problems=["JSON, but not a JSON Feed"], usable=False)
    collector = Collector(url)
    collector.found.title = _text(data.get("title"))
    collector.found.language = _text(data.get("language"))
    dates = []
    for item in data["items"]:
        if isinstance(item, dict):
            collector.add(_text(item.get("url")), tuple(_json_claims(item, url)))
            dates.append(_text(item.get("date_published")))
    found = collector.close()
    found.newest = max((date for date in dates if date), default=None)
    return found


def _json_claims(item: Mapping[str, Any], url: str) -> Iterator[Claim]:
    authors = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    tags = item.get("tags") if isinstance(item.get("tags"), list) else []
    said = [("title", item.get("title")), ("published_at", item.get("date_published")),
            ("modified_at", item.get("date_modified")), ("summary", item.get("summary"))]
    said += [("author", author.get("name")) for author in authors or () if isinstance(author, dict)]
    said += [("tag", tag) for tag in tags or ()]
    for field, value in said:
        if text := _text(value):
            yield Claim(field=field, value=text, source=f"feed:{url}")


def _text(value: object) -> str | None:
    return " ".join(value.split()) or None if isinstance(value, str) else None
