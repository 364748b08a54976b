"""schema.org JSON-LD of a page: lenient reading, and the node that describes the article."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from cleaning.document import Element

Node = dict[str, Any]

ARTICLE_TYPES = frozenset(
    """
        NewsArticle Article ReportageNewsArticle AnalysisNewsArticle OpinionNewsArticle BackgroundNewsArticle
        ReviewNewsArticle AskPublicNewsArticle LiveBlogPosting BlogPosting Report TechArticle ScholarlyArticle
        AdvertiserContentArticle SatiricalArticle SocialMediaPosting Review Recipe VideoObject WebPage
    """.split()
)
"""schema.org types of a page's main thing, news first; a WebPage or video node is taken only where there is no article node."""

_WEAK = frozenset({"WebPage", "VideoObject", "Recipe", "Review"})
_CONTROL = re.compile(r"[\x00-\x1f]+")
_TRAILING_COMMA = re.compile(r",\s*([}\]])")


def nodes(tree: Element) -> list[Node]:
    """Every object of every JSON-LD script, lists and `@graph` flattened; a broken script is left out."""
    found: list[Node] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text:
            found.extend(_flatten(_loads(script.text), 0))
    return found


def _loads(text: str) -> Any:
    text = text.strip().removeprefix("<!--").removesuffix("-->").strip()
    text = re.sub(r"^(?://)?\s*<!\[CDATA\[|(?://)?\s*\]\]>$", "", text).strip().rstrip(";")
    for attempt in (text, _TRAILING_COMMA.sub(r"\1", _CONTROL.sub(" ", text)), html.unescape(_CONTROL.sub(" ", text))):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _flatten(value: Any, depth: int) -> Iterator[Node]:
    if depth > 6:
        return
    if isinstance(value, list):
        for item in value:
            yield from _flatten(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "hasPart"):
            if isinstance(value.get(key), (list, dict)):
                yield from _flatten(value[key], depth + 1)


def types(node: Node) -> set[str]:
    """The node's types without their vocabulary's address."""
    value = node.get("@type")
    values = value if isinstance(value, list) else [value]
    return {v.rsplit("/", 1)[-1] for v in values if isinstance(v, str)}


def article_node(found: list[Node]) -> Node | None:
    """The node that describes the page's article: the one with headline, date and author before the others."""
    best: tuple[int, Node] | None = None
    for node in found:
        kinds = types(node) & ARTICLE_TYPES
        if not kinds:
            continue
        points = (
            4 * bool(kinds - _WEAK)
            + 3 * bool(node.get("headline"))
            + 2 * bool(node.get("datePublished"))
            + bool(node.get("author"))
            + bool(node.get("articleBody"))
        )
        if best is None or points > best[0]:
            best = (points, node)
    return best[1] if best else None


def text(value: Any) -> str:
    """A string out of what JSON-LD may give for one: a string, a list of them, an object with name or @value."""
    if isinstance(value, str):
        return html.unescape(re.sub(r"<[^<>]{1,200}>", "", value)).strip()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list):
        return next((t for v in value if (t := text(v))), "")
    if isinstance(value, dict):
        return text(value.get("name") or value.get("@value") or value.get("headline"))
    return ""


def texts(value: Any) -> list[str]:
    """Every string out of a value, in order."""
    if isinstance(value, list):
        return [t for v in value for t in texts(v)]
    found = text(value)
    return [found] if found else []
