"""A page as blocks: one walk over its tree, or over the lines of a text, with the evidence for every block.

`Part` is the working form of a block: what it says, where it stood and what the markup around it says of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cleaning.limits import LONG, slices
from cleaning.models import BlockKind, storable
from cleaning.zones import TAG_ZONES, zones_of

Element = Any  # lxml ships no types

SKIPPED = frozenset(
    """
        script style noscript template svg math iframe object embed applet canvas audio video source track param map area
        select option optgroup datalist textarea input img picture meta link base title head frame frameset noframes
        progress meter dialog
    """.split()
)
"""Elements whose text a reader is not shown as text."""

INLINE = frozenset(
    """
        a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rb rp rt ruby s samp small
        span strike strong sub sup time tt u var wbr
    """.split()
)

_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_SPACE = re.compile(r"[\s\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_NO_WIDTH = re.compile("[\u00ad\u200b\u2060\ufeff]+")
"""Soft hyphen, zero-width space, word joiner and byte order mark: where a line may or must not break, and nothing to be read.
The joiners U+200C and U+200D shape letters and stay."""
SENTENCE_END = re.compile(r"[.!?…:;。！？؟।]['\"”’»›)\]]*$")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


_NO_ZONES: frozenset[str] = frozenset()


@dataclass(slots=True)
class Container:
    """An element that names a zone: what it calls itself and how much text it holds, kept and in all, whether a line of
    it is all link, and whether it is foreign however much it holds (`body.know_comments`)."""

    zones: frozenset[str]
    label: str
    characters: int = 0
    kept_characters: int = 0
    linked_heading: bool = False
    sure: bool = False


@dataclass(slots=True)
class Part:
    """A block in the making, with its evidence.

    `element` is the innermost block-level element, `containers` the zone-naming elements around it from the outside in,
    `link_characters` how many of its characters stand in links, `strong_characters` in bold.
    """

    index: int
    kind: BlockKind
    text: str
    level: int | None = None
    line: int | None = None
    element: Element = None
    tag: str = ""
    containers: tuple[Container, ...] = ()
    link_characters: int = 0
    strong_characters: int = 0
    links: Sequence[tuple[str, str]] = ()
    kept: bool = False
    flags: tuple[str, ...] = ()

    @property
    def link_density(self) -> float:
        """The share of the characters that stand in links, 0 to 1."""
        return min(1.0, self.link_characters / max(1, len(self.text))) if self.link_characters else 0.0

    @property
    def zones(self) -> frozenset[str]:
        """Every zone that any container around it names."""
        containers = self.containers
        if len(containers) < 2:
            return containers[0].zones if containers else _NO_ZONES
        return frozenset().union(*[c.zones for c in containers])


def squeeze(text: str) -> str:
    """`text` on one line: every run of white space (no-break spaces, too) is one space, what has no width is gone."""
    if len(text) > LONG and (pieces := list(slices(text)))[1:]:
        return " ".join(filter(None, map(squeeze, pieces)))
    if text.isascii():
        return " ".join(text.split())
    return _SPACE.sub(" ", _NO_WIDTH.sub("", text)).strip()


class _Walk:
    """One pass over the tree that cuts it into parts."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.buffer: list[str] = []
        self.link_characters = 0
        self.strong_characters = 0
        self.links: list[tuple[str, str]] = []
        self.open_links: list[tuple[str, str]] = []
        self.in_link = 0
        self.in_strong = 0
        self.block: list[tuple[Element, str]] = []
        self.containers: list[Container] = []

    def text(self, piece: str | None) -> None:
        if not piece:
            return
        self.buffer.append(piece)
        if self.in_link or self.in_strong:
            length = len(piece.strip())
            if self.in_link:
                self.link_characters += length
            if self.in_strong:
                self.strong_characters += length

    def flush(self) -> None:
        buffer = self.buffer
        if not buffer:
            return
        raw = "".join(buffer)
        buffer.clear()
        link, strong, links = self.link_characters, self.strong_characters, tuple(self.links)
        if (
            self.open_links and self.open_links[-1][0] and self.open_links[-1] not in links
        ):  # a link around several blocks counts for each
            links = (*links, self.open_links[-1])
        self.link_characters = self.strong_characters = 0
        self.links.clear()
        if raw.isspace():
            return
        element, tag = self.block[-1]
        kind, level = self.kind()
        if tag == "pre":
            pieces = [squeeze(p) for p in raw.replace("\x1e", "\n").split("\n")]
        elif "\x1e" in raw:
            pieces = join_lines([squeeze(p) for p in raw.split("\x1e")])
        else:
            pieces = [squeeze(raw)]
        pieces = [p for p in map(storable, pieces) if p]
        total = sum(map(len, pieces)) or 1
        containers = tuple(self.containers)
        for piece in pieces:
            share = len(piece) / total
            self.parts.append(
                Part(
                    len(self.parts),
                    kind,
                    piece,
                    level=level,
                    element=element,
                    tag=tag,
                    containers=containers,
                    link_characters=round(link * share),
                    strong_characters=round(strong * share),
                    links=links if len(pieces) == 1 else tuple([x for x in links if x[1] and x[1] in piece]),
                )
            )
        linked = 10 < total < 250 and link >= 0.9 * total
        for container in containers:
            container.characters += total
            container.linked_heading |= linked

    def kind(self) -> tuple[BlockKind, int | None]:
        """What the elements around make of the text that is being flushed."""
        kind: BlockKind = "paragraph"
        for _, tag in reversed(self.block):
            if tag in _HEADINGS:
                return "heading", _HEADINGS[tag]
            if tag in ("figcaption", "caption"):
                return "caption", None
            if tag in ("li", "dt", "dd"):
                return "list_item", None
            if tag == "blockquote":
                return "quote", None
            if tag == "pre":
                return "preformatted", None
            if tag in ("article", "section", "main", "body", "table"):
                break
        return kind, None


def join_lines(lines: list[str]) -> list[str]:
    """Lines that were broken inside a sentence are joined, others stay apart.  An empty line always parts."""
    joined: list[str] = []
    open_line = False
    for line in lines:
        if not line:
            open_line = False
            continue
        if (
            open_line
            and joined
            and not SENTENCE_END.search(joined[-1])
            and (
                line[0].islower() or (len(joined[-1]) > 60 and line[0].isalnum() and joined[-1][-1].islower() and len(line) > 40)
            )
        ):
            joined[-1] = f"{joined[-1]} {line}"
        else:
            joined.append(line)
        open_line = True
    return joined


def html_parts(tree: Element, most: int | None = None) -> list[Part]:
    """The blocks of a page in reading order, page chrome included; scripts, forms' values and comments are not text.

    With `most` the first so many blocks, and perhaps some more.
    """
    walk = _Walk()
    walk.block.append((tree, "html"))  # what a broken page has behind </body> has a block, too
    body = tree.find("body")
    root = tree if body is None else body
    # an explicit stack: real pages nest deeper than Python's
    stack: list[tuple[Element, int]] = [(root, 0)]
    while stack and (most is None or len(walk.parts) < most):
        element, state = stack.pop()
        tag = element.tag
        if not isinstance(tag, str):  # a comment or processing instruction: only its tail is text
            walk.text(element.tail)
            continue
        if state == 0:
            _enter(walk, element, tag, stack)
        else:
            _leave(walk, element, tag, state)
    walk.flush()
    return walk.parts


def _enter(walk: _Walk, element: Element, tag: str, stack: list[tuple[Element, int]]) -> None:
    if tag in SKIPPED:
        walk.text(element.tail)
        return
    if tag == "br":
        walk.buffer.append("\x1e")
        walk.text(_flat(element.tail))
        return
    if tag == "hr":
        walk.flush()
        walk.text(_flat(element.tail))
        return
    state = 1
    words = ""
    attributes = element.attrib
    inline = tag in INLINE or ("-" in tag and not len(element))
    zones = zones_of(tag, words := _words(attributes, tag)) if attributes or tag in TAG_ZONES else _NO_ZONES
    if attributes and ("hidden" in attributes or ((style := attributes.get("style")) and _HIDDEN_STYLE.search(style))):
        zones |= {"hidden"}
    if not inline:
        walk.flush()
        if tag == "table" and (rows := data_table(element)):
            walk.block.append((element, "table"))
            container = Container(zones, f"table {words}".strip()) if zones else None
            walk.parts.append(
                Part(
                    len(walk.parts),
                    "table",
                    rows,
                    element=element,
                    tag="table",
                    containers=(*walk.containers, *([container] if container else [])),
                )
            )
            for around in walk.parts[-1].containers:
                around.characters += len(rows)
            walk.block.pop()
            walk.text(_flat(element.tail))
            return
        walk.block.append((element, tag))
        state |= 2
    if zones and tag not in ("body", "html"):
        walk.containers.append(Container(zones, f"{tag} {words}".strip()[:160]))
        state |= 4
    if tag == "a":
        walk.in_link += 1
        href = attributes.get("href")
        if href and not href.startswith(("#", "javascript:", "mailto:", "tel:")):
            walk.links.append((href.strip(), squeeze("".join(element.itertext()))[:300]))
            walk.open_links.append(walk.links[-1])
        else:
            walk.open_links.append(("", ""))
    elif tag in ("b", "strong"):
        walk.in_strong += 1
    walk.text(element.text if tag == "pre" else _flat(element.text))
    stack.append((element, state))
    for child in reversed(element):
        stack.append((child, 0))


_NAMING = frozenset({"class", "itemprop", "role", "data-testid"})
_LABELLED = frozenset({"nav", "aside", "section"})
_TEXT_ELEMENTS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "a", "td", "tr", "span"})


def _words(attributes: Any, tag: str) -> str:
    """What an element calls itself.  Ids of headings and paragraphs, and long ids, are slugs of their own text: no evidence."""
    names = []
    for name, value in attributes.items():
        if name == "id":
            if tag in _TEXT_ELEMENTS or value.count("-") + value.count("_") >= 3:
                continue
        elif name == "aria-label":
            if tag not in _LABELLED:
                continue
        elif name not in _NAMING:
            continue
        names.append(value)
    return " ".join(names) if len(names) != 1 else names[0]


def _leave(walk: _Walk, element: Element, tag: str, state: int) -> None:
    if state & 2:
        walk.flush()
        walk.block.pop()
    if state & 4:
        walk.containers.pop()
    if tag == "a":
        walk.in_link -= 1
        walk.open_links.pop()
    elif tag in ("b", "strong"):
        walk.in_strong -= 1
    walk.text(_flat(element.tail))


def _flat(piece: str | None) -> str | None:
    """Source line breaks are spaces; the mark for <br> is kept free."""
    return piece.replace("\x1e", " ") if piece and "\x1e" in piece else piece


def data_table(table: Element) -> str | None:
    """A real table as rows of tab-parted cells; None for one that only lays the page out.

    Layout: a nested table, one column only, or a cell with over 300 characters or two or more paragraphs.
    """
    rows: list[str] = []
    if table.find(".//table") is not None:
        return None
    for row in table.iter("tr"):
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        texts = []
        for cell in cells:
            if len(cell.findall(".//p")) > 1 or cell.find(".//h2") is not None:
                return None
            texts.append(squeeze("".join(cell.xpath(".//text()[not(ancestor::script) and not(ancestor::style)]"))))
            if len(texts[-1]) > 300:
                return None
        if any(texts):
            rows.append("\t".join(storable(t) for t in texts).strip("\t"))
    return "\n".join(rows) if reads_as_table(rows) else None


def reads_as_table(rows: list[str]) -> bool:
    """Two rows or more, at least half of them with a tab: the same for HTML and for text, so that a table read again is a
    table."""
    return len(rows) > 1 and 2 * sum("\t" in row for row in rows) >= len(rows)
