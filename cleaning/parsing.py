"""A page's tree: one parse, for everything behind it."""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement, document_fromstring

from cleaning.document import Element


def parse_html(html: str) -> Element | None:
    """The tree of an HTML page, or None where there is none to be had."""
    if "\x00" in html:
        html = html.replace("\x00", "")
    html = _ABSURD_TAG.sub(r"<\1>", html)
    if html.lstrip()[:100].lower().startswith("<?xml"):
        html = re.sub(r"^\s*<\?xml[^>]*\?>", "", html, count=1)
    try:
        return _with_body(document_fromstring(html, parser=_parser()))
    except (etree.LxmlError, ValueError, AssertionError):
        pass  # an encoding declaration in the text, for one; as bytes the page says nothing against itself
    try:
        return _with_body(document_fromstring(html.encode("utf-8", "replace"), parser=_parser(encoding="utf-8")))
    except (etree.LxmlError, ValueError, AssertionError):
        return None


_ONE_CLASS = etree.ElementDefaultClassLookup(element=HtmlElement)
"""Every element is an `HtmlElement`: asking in Python which class a tag has takes a tenth of a page's time, and only forms and
inputs have others."""


def _parser(encoding: str | None = None) -> etree.HTMLParser:
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True, encoding=encoding)
    parser.set_element_class_lookup(_ONE_CLASS)
    return parser


_SECTIONS = frozenset({"article", "main", "section", "header", "footer", "nav", "aside", "figure"})


def _with_body(tree: Element) -> Element:
    """The tree, its body's first elements taken out of its head: the parser, which is older than they are, leaves these there
    where the page has neither `</head>` nor `<body>`."""
    head = tree.find("head")
    first = next((n for n, child in enumerate(head) if child.tag in _SECTIONS), None) if head is not None else None
    if first is None:
        return tree
    body = tree.find("body")
    if body is None:
        body = etree.SubElement(tree, "body")
    last = head[-1]
    if body.text:  # it stood behind them
        last.tail, body.text = (last.tail or "") + body.text, None
    body[:0] = head[first:]
    return tree


_ABSURD_TAG = re.compile(r"<([a-zA-Z][\w:-]*)\s[^<>]{100000,}>")
"""A tag of over 100,000 characters (an embedded picture, or an attack: parsing is quadratic in attributes) loses them."""


MOST_ELEMENTS = 6000
"""Trees of more elements are not given to other extractors and scanners, which copy them several times.  The most on 1,102 real
pages are 4,975."""


def is_large(tree: Element) -> bool:
    """Whether a tree has more than `MOST_ELEMENTS` elements."""
    return bool(tree.xpath(f"count(//*) > {MOST_ELEMENTS}"))
