"""Is a page a list of other pages?  The evidence: how links cut its text up, and what it calls itself.

An article is text in one piece; a list is many short pieces, each with a link of its own to another page of the site.  Points for
the shape of the text and for what head and address say of a list stand against points for what they say of an article.  Every
number was chosen between the 1,102 article pages of the three corpora and the lists in `fixtures/rejects`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import urlsplit

from cleaning.assemble import Draft
from cleaning.document import Element, Part
from cleaning.metadata import jsonld
from cleaning.rules.model import spaceless

_FOREIGN = frozenset({"chrome", "footer", "share", "tags", "author", "breadcrumb", "form", "cookie", "legal", "hidden"})
_LEAVES = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "span", "td", "blockquote", "body", "html"})
"""Elements that are never a card: they hold one block each."""

ENOUGH = 3
"""Points for a list, less those for an article, that suffice."""

MOST = 6
"""The most points that a shape can get."""

_LIST_PATH = re.compile(
    r"/(?:tags?|topics?|themen?|themes?|temas?|categor(?:y|ies|ia|ie)|kategorie|authors?|autore?s?|auteurs?|search|suche|"
    r"recherche|buscar|archive?s?|archivo|sections?|rubri(?:k|que|c)s?|page|latest|sitemap|feed|rss|galler(?:y|ies)|videos?)"
    r"(?:/|$|\.)",
    re.I,
)
_LIST_QUERY = re.compile(r"(?:^|&)(?:page|paged|q|s|query|search)=", re.I)
_ARTICLE_QUERY = re.compile(r"(?:^|&)(?:id|p|aid|nid|sid|article|story|news)(?:_?id)?=\d+", re.I)
_LIST_BODY = re.compile(
    r"(?:^|\s)(?:home|blog|archive|category|tag|search|search-results|author|front-?page|page-(?:home|front|section|index)|"
    r"section-?front)(?=\s|$|-)",
    re.I,
)
_ARTICLE_BODY = re.compile(r"(?:^|\s)(?:single|postid-|article|node-type-article|page-article)", re.I)
_LIST_TYPES = frozenset({"CollectionPage", "SearchResultsPage", "ProfilePage"})


@dataclass(slots=True)
class Shape:
    """How a page's text is cut up.

    Of `characters` of running text (`blocks` of them) `linked` stand in lines that are all link.  `links` is the number of other
    pages of the site that lines of their own lead to; `pieces` is the number of stretches of text between them, the longest of
    `longest` characters.  `cards` elements of the same kind hold a link and a piece of text each, `in_cards` characters in all.
    """

    characters: int = 0
    blocks: int = 0
    linked: int = 0
    links: int = 0
    pieces: int = 0
    longest: int = 0
    cards: int = 0
    in_cards: int = 0


def shape_of(parts: list[Part], running: list[Part], addresses: tuple[str, ...]) -> Shape:
    """The shape of the running text of a page whose blocks are `parts`; `addresses` are its own, as asked for and as it says."""
    site = _Site(addresses)
    shape = Shape(characters=sum(len(p.text) for p in running), blocks=len(running))
    cuts = _cuts(parts, site)
    shape.links = len(set(cuts.values()))
    inside = {p.index for p in running}
    starts = _cards(shape, running, site)
    piece = 0
    last = None
    for part in parts:
        address = cuts.get(part.index) or starts.get(part.index)
        if address is None and part.index in inside:
            address = _opening_link(part, site)
        if address is not None and address != last:
            last = address
            if piece:
                shape.pieces += 1
                shape.longest = max(shape.longest, piece)
                piece = 0
        if part.index in inside:
            if part.index in cuts or part.link_density > 0.6:
                shape.linked += len(part.text)
            else:
                piece += len(part.text)
    if piece:
        shape.pieces += 1
        shape.longest = max(shape.longest, piece)
    return shape


def _opening_link(part: Part, site: _Site) -> str | None:
    """Where the link leads that a block opens with, if its words could be a headline."""
    if not part.links:
        return None
    href, words = part.links[0]
    long_enough = len(words) >= (8 if spaceless(words) else 20)
    return site.other_page(href) if long_enough and part.text.startswith(words[:60]) else None


class _Site:
    """Tells links to other pages of the same site from all others."""

    def __init__(self, addresses: tuple[str, ...]) -> None:
        self.own = {_bare(address) for address in addresses} | {""}
        self.sites = {_registrable(_host(bare)) for bare in self.own if bare.startswith("//")}

    def other_page(self, href: str | None) -> str | None:
        """The address without scheme and fragment; None for the page itself, another site and what is no page."""
        if not href or href.startswith(("#", "javascript:", "mailto:", "tel:", "data:")):
            return None
        address = _bare(href)
        if address.startswith("//") and self.sites and _registrable(_host(address)) not in self.sites:
            return None
        return None if address in self.own else address


def _host(bare: str) -> str:
    return re.split(r"[/?:]", bare[2:], maxsplit=1)[0]


def _bare(href: str) -> str:
    return href.strip().split("#", 1)[0].removeprefix("https:").removeprefix("http:")


def _registrable(host: str) -> str:
    labels = host.lower().removeprefix("www.").split(".")
    return ".".join(labels[-3:] if len(labels) > 2 and len(labels[-2]) <= 3 and len(labels[-1]) == 2 else labels[-2:])


def _cuts(parts: list[Part], site: _Site) -> dict[int, str]:
    """The blocks that are nothing but a link to another page, by index: headlines, and short ones (`Read more`) that stand on the
    page again and again with another address each."""
    alone: list[tuple[Part, str]] = []
    again: dict[str, set[str]] = defaultdict(set)
    for part in parts:
        if part.links and part.link_characters >= 0.75 * len(part.text):
            for href, _ in part.links:
                if address := site.other_page(href):
                    alone.append((part, address))
                    again[part.text].add(address)
                    break
    found: dict[int, str] = {}
    for part, address in alone:
        length = len(part.text) * (2.5 if spaceless(part.text) else 1)
        if (18 <= length <= 300 or len(again[part.text]) >= 4) and not part.zones & _FOREIGN:
            found[part.index] = address
    return found


def _cards(shape: Shape, running: list[Part], site: _Site) -> dict[int, str]:
    """Count the cards: siblings with the same tag and first class, four or more, that hold a link to another page and running
    text each; and the rows of tables that do.  Gives the address of each card by the index of its first block.
    """
    _count_rows(shape, running, site)
    groups: dict[tuple[Element, str, str], dict[Element, list[Part]]] = defaultdict(lambda: defaultdict(list))
    for part in running:
        element = part.element
        for _ in range(5):
            parent = element.getparent() if element is not None else None
            if parent is None:
                break
            if element.tag not in _LEAVES:
                groups[parent, element.tag, (element.get("class") or "").split(" ", 1)[0]][element].append(part)
            element = parent
    starts: dict[int, str] = {}
    taken: set[int] = set()
    for group in sorted((g for g in groups.values() if len(g) >= 4), key=len, reverse=True):
        cards: dict[str, list[Part]] = {}
        for element, held in group.items():
            address = next((x for a in element.iter("a") if (x := site.other_page(a.get("href")))), None)
            if address is not None and held[0].index not in taken:
                cards.setdefault(address, held)
        if len(cards) >= 4:
            shape.cards += len(cards)
            for address, held in cards.items():
                shape.in_cards += sum(len(p.text) for p in held if p.index not in taken)
                taken.update(p.index for p in held)
                starts.setdefault(held[0].index, address)
    return starts


def _count_rows(shape: Shape, running: list[Part], site: _Site) -> None:
    for part in running:
        if part.kind == "table" and part.element is not None:
            rows = list(part.element.iter("tr"))
            linked = sum(any(site.other_page(a.get("href")) for a in row.iter("a")) for row in rows)
            if linked >= 4 and linked * 10 >= len(rows) * 6:
                shape.cards, shape.in_cards = shape.cards + linked, shape.in_cards + len(part.text)


def shape_points(shape: Shape) -> tuple[int, list[str]]:
    """Points for the shape of a list, 0 to 6, and what they were given for."""
    s, points, why = shape, 0, list[str]()
    text = max(1, s.characters)
    if s.linked > 0.5 * text and s.blocks >= 4:
        points, why = 3, [f"{s.linked} of {text} characters stand in links"]
    cut = f"{s.pieces} pieces of text between links to other pages, the longest of {s.longest} characters"
    if s.pieces >= 6 and s.longest <= 700 and s.longest <= 0.4 * text and text - s.linked <= 450 * s.pieces:
        points, why = max(points, 4), [*why, cut]
    elif s.pieces >= 4 and s.longest <= 1200 and s.longest <= 0.5 * text:
        points, why = max(points, 2), [*why, cut]
    elif s.pieces >= 3 and s.longest <= 0.5 * text:
        points, why = max(points, 1), [*why, cut]
    if s.cards >= 4 and s.in_cards >= 0.6 * text and s.in_cards <= 600 * s.cards:
        points, why = (points + 2 if points >= 3 else 3), [*why, f"{s.cards} elements alike with a link each hold the text"]
    few = f"{s.characters} characters of text beside {s.links} lines that are links to other pages"
    if text < 250 and s.links >= 5:
        points, why = max(points, 3), [*why, few]
    elif text < min(2000, 60 * s.links) and s.links >= 10:
        points, why = max(points, 2), [*why, few]
    return points, why


def declared(draft: Draft) -> tuple[int, int, list[str]]:
    """Points for what head and address say of a list, of an article, and the words for the first."""
    head = draft.head
    if head is None:
        return 0, 0, []
    why: list[str] = []
    types = {t for node in head.nodes for t in jsonld.types(node)}
    if kinds := sorted(types & _LIST_TYPES):
        why += [f"JSON-LD {kinds[0]}"] * 2
    elif "ItemList" in types:
        why.append("JSON-LD ItemList")
    kind = head.first("og:type").lower()
    if kind in ("website", "profile", "blog"):
        why.append(f"og:type {kind}")
    headlines = {
        jsonld.text(node.get("headline"))
        for node in head.nodes
        if node.get("headline") and jsonld.types(node) & (jsonld.ARTICLE_TYPES - {"WebPage", "VideoObject"})
    }
    if len(headlines) >= 3:
        why.append(f"JSON-LD of {len(headlines)} articles")
    try:
        address = urlsplit(draft.page.url or "")
    except ValueError:
        address = urlsplit("")
    segments = [s for s in address.path.split("/") if s]
    if address.netloc and _is_list_address(address.path, address.query, segments):
        why.append(f"address {address.path or '/'}")
    names = _body_class(draft)
    single = bool(_ARTICLE_BODY.search(names))
    if not single and (found := _LIST_BODY.search(names)):
        why += [f"body class {found.group().strip()}"] * 2
    last = segments[-1] if segments else ""
    numbered = bool(_ARTICLE_QUERY.search(address.query))
    article = (
        2 * (len(headlines) == 1)
        + bool(head.first("article:published_time"))
        + (kind == "article" or kind.startswith("video"))
        + (last.count("-") + last.count("_") >= 4 or bool(re.search(r"\d{6}", last)) or numbered)
        + bool(draft.authors)
        + single
        + any(_is_headline(text, element) for text, element in head.h1[:3])
    )
    return len(why), article, list(dict.fromkeys(why))


def _is_headline(text: str, element: Element) -> bool:
    """Whether an h1 reads like an article's headline: long enough for a sentence, and no link."""
    if len(text) < (12 if spaceless(text) else 30):
        return False
    return element.find(".//a[@href]") is None and next(element.iterancestors("a"), None) is None


def _is_list_address(path: str, query: str, segments: list[str]) -> bool:
    if not segments or _LIST_PATH.search(path) or _LIST_QUERY.search(query):
        return True
    if _ARTICLE_QUERY.search(query):
        return False
    return len(segments) <= 2 and all(s.count("-") < 2 and not re.search(r"\d{4}", s) for s in segments)


def _body_class(draft: Draft) -> str:
    element = next((p.element for p in draft.parts if p.element is not None), None)
    body = element.getroottree().getroot().find("body") if element is not None else None
    return (body.get("class") or "")[:1000] if body is not None else ""


def is_listing(draft: Draft, running: list[Part]) -> str | None:
    """The evidence that a page is a list of other pages, None where it does not suffice."""
    for_list, for_article, words = declared(draft)
    if MOST + for_list - for_article < ENOUGH:  # no shape could outweigh it
        return None
    head = draft.head
    said = (head.links.get("canonical", ""), head.first("og:url")) if head else ()
    points, why = shape_points(shape_of(draft.parts, running, tuple(filter(None, (draft.page.url, *said)))))
    if not points or points + for_list - for_article < ENOUGH:
        return None
    return "; ".join([*why, *words])
