"""A body that stands only in a page's scripts: JSON-LD `articleBody`, or the data from which the page is built in the browser.

Such text is taken only under two conditions.  A reader is shown it: neither the page nor the data say that the article is not
free, and no wall stands on the page.  And it is needed: what the page shows without scripts is nearly nothing beside it.
`find_body` answers with plain HTML, from which blocks are made as from any page.  Nothing here raises on broken or hostile data.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cleaning.document import Element, Part, html_parts, squeeze
from cleaning.metadata import jsonld
from cleaning.metadata.head import Head
from cleaning.parsing import parse_html
from cleaning.rules.model import is_prose, words

NEEDED = 1500
"""A page that shows this many characters of prose is read as it is."""
TIMES = 3
"""The script's body must have so many times the characters that the page shows."""
SHORTEST = 600
"""Fewer characters than this are no body: a teaser or a description."""
MOST_CHARACTERS = 4_000_000
"""A longer script is left unread, and so is what all scripts together have beyond it."""
MOST_NODES = 200_000
"""So many values of one script are looked at."""
DEEPEST = 40
"""Nested deeper than this no rich text is read."""

_BODY_KEYS = frozenset(
    "articlebody body bodyhtml body_html bodytext content contenthtml content_html html text articletext article_body fulltext "
    "full_text maintext main_text story storyhtml copy rendered article_text paragraphs blocks contentblocks content_elements "
    "bodyblocks elements components document json richtext".split()
)
_TITLE_KEYS = ("headline", "title", "headlines", "name", "heading", "displayTitle")
_FLAT = frozenset(
    """
        ispremium premium ispaywalled paywalled haspaywall islocked locked ispaid paid requiressubscription subscriberonly
        issubscriberonly subscribersonly isplus ismetered membersonly isexclusive
    """.split()
)
_FREE = frozenset("isaccessibleforfree isfree free".split())
_TIER = re.compile(
    r"^(?:content_?|access_?)?(?:tier|access|access_?level|access_?type|visibility|restriction|pay_?status)$", re.I
)
_PAID = re.compile(
    r"^(?:premium|locked|paid|paywall(?:ed)?|subscribers?(?:[-_ ]only)?|metered|plus|members?|members[-_ ]only|registered)$", re.I
)
_ASSIGNED = re.compile(
    r"(?:window\s*(?:\.|\[\s*[\"'])\s*)?"
    r"(?:(?<!\w)__[A-Z][A-Z0-9_]{0,40}__|__APOLLO_STATE__|__NUXT__|Fusion\.globalContent|(?<!\w)[A-Za-z_]{0,30}(?:STATE|Store|state))"
    r"[\"']?\s*\]?\s*=\s*"
)
_MARKUP = re.compile(r"<(?:p|br|div|h[1-6]|ul|ol|li|blockquote|section|figure|a|em|strong|b|i|span)\b[^<>]*>", re.I)
_SKIPPED_TYPES = re.compile(
    r"image|picture|photo|video|audio|gallery|slideshow|embed|iframe|script|advert|\bad(?:s|unit)?\b|related|newsletter|promo|"
    r"teaser|recommend|social|share|tweet|instagram|podcast|interstitial|caption|credit|byline|author|comment|form|button|raw_html",
    re.I,
)
_HEADING_TYPES = re.compile(
    r"^(?:h[1-6]|head(?:er|ing|line)(?:[-_].*)?|sub-?head(?:line|ing)?|cross-?head|title|intertitle)$", re.I
)
_QUOTE_TYPES = re.compile(r"^(?:block)?quote$", re.I)
_ITEM_TYPES = re.compile(r"^(?:li|list[-_]?item|unordered-list-item|ordered-list-item)$", re.I)
_PARAGRAPH_TYPES = re.compile(r"^(?:p|para(?:graph)?|text|block|unstyled|body-?text|rich-?text)$", re.I)
_WALL = re.compile(
    r"subscribe (?:now )?to (?:read|continue|keep)|(?:log|sign) in to (?:read|continue)|already a subscriber|subscribers only|"
    r"(?:jetzt )?weiterlesen mit|bereits (?:abonnent|kunde)|nur für abonnent|réservé aux abonnés|déjà abonné|"
    r"solo para suscriptores|ya eres suscriptor|exclusivo para (?:suscriptores|assinantes)|riservato agli abbonati|"
    r"sei già abbonato|"
    r"alleen voor abonnees|al abonnee|для подписчиков|для передплатників|tylko dla (?:prenumeratorów|subskrybentów)|"
    r"endast för prenumeranter|kun for abonnenter|sadece aboneler|有料会員|会員限定|구독자 전용|للمشتركين فقط",
    re.I,
)


@dataclass(frozen=True, slots=True)
class ScriptBody:
    """A body out of a script: its HTML, how many characters of text it has, and where it stood (`json-ld articleBody`)."""

    html: str
    characters: int
    source: str


def shown_prose(parts: list[Part]) -> int:
    """How many characters of prose the page shows without its scripts, up to `NEEDED`; side bars and comments left out."""
    shown = 0
    for part in parts:
        if len(part.text) >= 30 and is_prose(part.text) and part.link_density < 0.5 and not part.zones & _ASIDE:
            shown += len(part.text)
            if shown >= NEEDED:  # more is not asked for
                break
    return shown


_ASIDE = frozenset({"comments", "related", "footer", "cookie", "newsletter", "legal", "form", "card"})


def find_body(tree: Element, head: Head, parts: list[Part], *, free: bool | None) -> ScriptBody | None:
    """The body that stands in the page's scripts, where the page needs it and a reader is shown it; None everywhere else.

    `free` is what the page says of its access.  Call it while the tree still has its scripts.
    """
    shown = shown_prose(parts)
    if free is False or shown >= NEEDED or _shows_wall(parts):
        return None
    found = _from_jsonld(head) or _from_scripts(tree, head)
    return found if found is not None and found.characters >= max(SHORTEST, TIMES * shown) else None


def put(body: ScriptBody, parts: list[Part]) -> bool:
    """Take the script's body as the article: its blocks stand where the shown ones began (or below the headline), and only they
    are kept.  False, and nothing done, where the blocks that are kept already are no less than a third of it."""
    if body.characters < TIMES * sum(len(p.text) for p in parts if p.kept):
        return False
    tree = parse_html(f"<html><body><article>{body.html}</article></body></html>")
    made = [p for p in html_parts(tree) if not p.zones & {"hidden", "ads", "share"}] if tree is not None else []
    if not made:
        return False
    place = next((p.index for p in parts if p.kept and p.tag != "h1"), None)
    if place is None:
        place = next((p.index + 1 for p in parts if p.tag == "h1"), len(parts))
    for part in parts:
        part.kept = False
    for part in made:
        part.kept = True
    parts[place:place] = made
    for index, part in enumerate(parts):
        part.index = index
    return True


def _shows_wall(parts: list[Part]) -> bool:
    return any("paywall" in p.zones or (len(p.text) <= 300 and _WALL.search(p.text)) for p in parts)


def _from_jsonld(head: Head) -> ScriptBody | None:
    for node in head.nodes:
        if jsonld.types(node) & jsonld.ARTICLE_TYPES and isinstance(body := node.get("articleBody"), str):
            if _refuses(node):
                return None
            if made := _made(_as_html(body), "json-ld articleBody"):
                return made
    return None


def _made(markup: str, source: str) -> ScriptBody | None:
    text = squeeze(html.unescape(re.sub(r"<[^<>]+>", " ", markup)))
    if len(text) < SHORTEST or not is_prose(text) or sum(map(text.count, "{}=;")) > len(text) / 50:
        return None
    return ScriptBody(markup, len(text), source)


def _from_scripts(tree: Element, head: Head) -> ScriptBody | None:
    """The body that stands with the page's own headline; without such a one, the only body that there is."""
    titles = {words(t) for t in (head.title, *head.all("og:title"), *(t for t, _ in head.h1), _headline(head)) if t}
    named: list[ScriptBody] = []
    others: list[ScriptBody] = []
    for source, data in _states(tree):
        for markup, around in _bodies(data):
            if any(map(_refuses, around)):
                return None  # the data say that this page's article, or one of them, is not free: no guessing which
            if made := _made(markup, source):
                (named if _is_named(around, titles) else others).append(made)
    if named:
        return max(named, key=lambda b: b.characters)
    texts = {re.sub(r"\W+", "", b.html) for b in others}
    return others[0] if len(texts) == 1 else None


def _headline(head: Head) -> str:
    return squeeze(jsonld.text(head.article.get("headline")))


def _states(tree: Element) -> Iterator[tuple[str, Any]]:
    """The data of every script that carries some, with a name for where it stood."""
    room = MOST_CHARACTERS
    for script in tree.iter("script"):
        text = script.text
        kind = (script.get("type") or "").lower()
        if not text or "ld+json" in kind or len(text) < SHORTEST:
            continue
        room -= len(text)
        if room < 0:
            return
        if kind.startswith("application/json") or script.get("id") == "__NEXT_DATA__":
            yield f"script {script.get('id') or kind}", _loads(text)
        elif kind in ("", "text/javascript", "application/javascript", "module"):
            for match in list(_ASSIGNED.finditer(text))[:20]:
                yield f"script {match.group(0).strip(' =')}", _loads_at(text, match.end())


def _loads(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _loads_at(text: str, start: int) -> Any:
    """The JSON value that begins at `start`, also inside `JSON.parse("…")`."""
    wrapped = re.compile(r"JSON\.parse\(\s*").match(text, start)
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(text, wrapped.end() if wrapped else start)
    except (ValueError, RecursionError):
        return None
    return _loads(value) if wrapped and isinstance(value, str) else value


def _bodies(data: Any) -> Iterator[tuple[str, tuple[dict[str, Any], ...]]]:
    """What could be a body: its HTML, and the objects around it from the outside in."""
    stack: list[tuple[Any, tuple[dict[str, Any], ...], str]] = [(data, (), "")]
    seen = 0
    while stack and seen < MOST_NODES:
        value, around, key = stack.pop()
        seen += 1
        if len(around) > DEEPEST:
            continue
        if isinstance(value, dict):
            inner = (*around, value)
            stack.extend((v, inner, str(k)) for k, v in value.items() if isinstance(v, (dict, list, str)))
        elif isinstance(value, list):
            rich = [v for v in value if isinstance(v, dict) and _type(v)] if key.lower() in _BODY_KEYS else []
            lines = sum(isinstance(v, str) for v in value) if key.lower() in ("paragraphs", "body") else 0
            if (len(rich) >= 2 or lines >= 2) and (markup := _render(value, 0, inline=False)):
                yield markup, around
                continue
            stack.extend((v, around, key) for v in value if isinstance(v, (dict, list)))
        elif isinstance(value, str) and len(value) >= SHORTEST and key.lower() in _BODY_KEYS:
            if value.lstrip()[:1] in "[{" and (parsed := _loads(value)) is not None:
                stack.append((parsed, around, key))  # a rich text that was packed into a string
            else:
                yield _as_html(value), around


def _refuses(node: dict[str, Any]) -> bool:
    """Whether an object says that it is not for everyone."""
    for key, value in node.items():
        name = str(key).lower().replace("_", "").replace("-", "")
        told = value.strip().lower() if isinstance(value, str) else value
        if name in _FLAT and (told is True or told == "true"):
            return True
        if name in _FREE and (told is False or told == "false"):
            return True
        if isinstance(value, str) and _TIER.match(str(key)) and _PAID.match(value.strip()):
            return True
    parts = node.get("hasPart")
    return any(_refuses(p) for p in (parts if isinstance(parts, list) else [parts])[:20] if isinstance(p, dict) and p is not node)


def _is_named(around: tuple[dict[str, Any], ...], titles: set[str]) -> bool:
    """Whether one of the three nearest objects around a body has the page's headline."""
    for node in around[-3:]:
        for key in _TITLE_KEYS:
            value = node.get(key)
            options = value.values() if isinstance(value, dict) else [value]
            for option in options:
                told = words(re.sub(r"<[^<>]+>", "", option)) if isinstance(option, str) else ""
                if told and any(told == t or (len(told) > 15 and t.startswith(told)) for t in titles):
                    return True
    return False


def _type(node: dict[str, Any]) -> str:
    for key in ("type", "_type", "__typename", "nodeType", "nodeName", "tag", "tagName", "kind", "component", "style", "name"):
        if isinstance(value := node.get(key), str) and value:
            return value.rsplit(":", 1)[-1]
    return ""


def _as_html(text: str) -> str:
    """A string of a script as HTML: as it is where it has tags, its lines as paragraphs where it has none."""
    if not _MARKUP.search(text) and "&lt;" in text:
        text = html.unescape(text)
    if _MARKUP.search(text):
        return text
    lines = (squeeze(line) for line in html.unescape(text).splitlines())
    return "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines if line)


def _inline(text: str) -> str:
    return text if _MARKUP.search(text) else html.escape(html.unescape(text), quote=False)


def _render(value: Any, depth: int, *, inline: bool) -> str:
    """A rich-text tree as HTML: paragraphs, headings, list items and quotes; pictures, players and boxes are left out."""
    if depth > DEEPEST:
        return ""
    if isinstance(value, str):
        return _inline(value) if inline else _as_html(value)
    if isinstance(value, list):
        return "".join(_render(v, depth + 1, inline=inline) for v in value)
    if not isinstance(value, dict):
        return ""
    kind = _type(value)
    if kind and _SKIPPED_TYPES.search(kind):
        return ""
    tag = _tag_of(kind)
    within = inline or tag is not None
    inner = ""
    for key in ("content_elements", "children", "content", "items", "blocks", "nodes", "elements", "spans", "model", "data",
                "body", "text", "value", "html", "markup", "paragraph"):  # fmt: skip
        child = value.get(key)
        if isinstance(child, (list, dict)) and child:
            inner = _render(child, depth + 1, inline=within and tag not in ("blockquote",))
        elif isinstance(child, str) and child.strip():
            inner = _inline(child) if within else _as_html(child)
        if inner:
            break
    if not inner or inline or tag is None or re.search(r"<(?:p|div|h[1-6]|li|ul|ol|blockquote)\b", inner):
        return inner
    return f"<{tag}>{inner}</{tag}>"


def _tag_of(kind: str) -> str | None:
    if _HEADING_TYPES.match(kind):
        return "h2"
    if _ITEM_TYPES.match(kind):
        return "li"
    if _QUOTE_TYPES.match(kind):
        return "blockquote"
    return "p" if _PARAGRAPH_TYPES.match(kind) else None
