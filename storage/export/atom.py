"""An Atom feed of the selection (RFC 4287)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree

from cleaning.models import Article, Block
from storage.export.fields import Shape, Written
from storage.export.target import opening
from storage.when import iso

_NEVER = "1970-01-01T00:00:00Z"
_NO_XML = {0xFFFE: None, 0xFFFF: None}
"""Characters that an article may have and XML may not."""
_TAGS = {"quote": "blockquote", "preformatted": "pre", "heading": "h2", "list_item": "li"}


def write_atom(articles: Iterator[Article], path: Path, shape: Shape) -> Written:
    """Write a feed with an entry an article; the question in words is its subtitle and makes its id.

    The time of the feed is that of its newest entry and stands behind them: it is known only then, and the order of a
    feed's elements means nothing.
    """
    newest = _NEVER
    with opening(path, shape.compression) as file:
        file.write('<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n')
        for name, text in (("title", "Copydesk"), ("subtitle", shape.asked), ("id", _urn(f"copydesk:{shape.asked}"))):
            file.write(_xml(_element(name, text)))
        for article in articles:
            entry = _entry(article, shape)
            newest = max(newest, str(entry.findtext("updated")))
            file.write(_xml(entry))
        file.write(_xml(_element("updated", newest)) + "</feed>\n")
    return Written((path,))


def _entry(article: Article, shape: Shape) -> etree._Element:
    entry = etree.Element("entry")
    if article.language:
        entry.set("{http://www.w3.org/XML/1998/namespace}lang", article.language)
    entry.append(_element("id", _urn(article.url_key)))
    entry.append(_element("title", article.title or ""))
    if article.url:
        entry.append(_element("link", rel="alternate", href=article.url))
    published, updated = article.published_at, article.modified_at or article.published_at or article.fetched_at
    if published:
        entry.append(_element("published", iso(published)))
    entry.append(_element("updated", iso(updated) if updated else _NEVER))
    host = urlsplit(article.url).hostname if article.url else None
    for name in article.authors or (article.publisher or article.source or host or "unknown",):
        entry.append(author := _element("author"))
        author.append(_element("name", name))
    for tag in article.tags:
        entry.append(_element("category", term=tag))
    if article.rights.licence:
        entry.append(_element("rights", article.rights.licence))
    if shape.text:
        if article.summary:
            entry.append(_element("summary", article.summary))
        entry.append(_element("content", as_html(article.blocks), type="html"))
    return entry


def as_html(blocks: tuple[Block, ...]) -> str:
    """The blocks as plain HTML, everything in them escaped."""
    parts: list[str] = []
    for is_list, group in groupby(blocks, key=lambda block: block.kind == "list_item"):
        items = [_block(block) for block in group]
        parts.append(f"<ul>{''.join(items)}</ul>" if is_list else "".join(items))
    return "".join(parts)


def _block(block: Block) -> str:
    if block.kind == "table":
        rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row.split("\t")) for row in block.text.split("\n"))
        return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
    tag = _TAGS.get(block.kind, "p")
    return f"<{tag}>{escape(block.text)}</{tag}>"


def _element(name: str, text: str | None = None, **attributes: str) -> etree._Element:
    element = etree.Element(name, {key: value.translate(_NO_XML) for key, value in attributes.items()})
    element.text = text.translate(_NO_XML) if text is not None else None
    return element


def _xml(element: etree._Element) -> str:
    return str(etree.tostring(element, encoding="unicode")) + "\n"


def _urn(name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, name).urn
