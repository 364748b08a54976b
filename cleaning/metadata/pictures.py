"""The pictures of an article with what stands beneath them: not icons, portraits of authors, or pictures of other articles."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from cleaning.document import Element, Part, squeeze
from cleaning.metadata import jsonld
from cleaning.metadata.head import Head
from cleaning.models import Image
from cleaning.zones import zones_of

SMALLEST = 100
"""A picture that the page says is narrower or lower than this (pixels) is an icon or a counter."""
MOST = 50
"""So many pictures of one article are kept."""

_FOREIGN = frozenset("related author share ads comments newsletter card footer chrome cookie paywall".split())
_NO_PICTURE = re.compile(
    r"(?:^|[/_.-])(?:icon|avatar|logo|sprite|pixel|emoji|spacer|blank|placeholder|gravatar|1x1|badge)s?(?:[/_.-]|$)|\.svg$", re.I
)
_CAPTION_CLASS = re.compile(r"caption|legend|bildunterschrift", re.I)
_CREDIT_CLASS = re.compile(r"credit|copyright|photographer|fotograf|(?:^|[-_ ])(?:source|quelle|rights?)(?:$|[-_ ])", re.I)
_CREDIT = re.compile(
    r"(?:^|(?<=[\s.(\[|/–—-]))[(\[]?(?:(?:photo(?:graph|graphy|grapher|s)?|fotos?|fotograf(?:ie|ía|ia)?|bild(?:quelle|rechte)?|image|picture|"
    r"cr[ée]dits?|cr[ée]ditos?|kredit|quelle|source|fuente|fonte|фото|рисунок|写真|사진|图|صورة|zdj(?:ęcie)?\.?)"
    r"(?:\s+(?:by|credit|courtesy|von|de|di))?\s*[:：/]|photo(?:graph)?\s+by\s|image\s+by\s|courtesy\s+of\s|©|\(c\)\s)\s*(?P<who>[^()\[\]]{2,120}?)[)\]]?\.?$",
    re.I,
)


def split_credit(caption: str) -> tuple[str | None, str | None]:
    """A caption without the credit at its end, and the credit: `A quay. Photo: M. Lind/dpa` is (`A quay.`, `M. Lind/dpa`)."""
    caption = squeeze(caption)[:2000]
    match = _CREDIT.search(caption)
    if match is None:
        return caption or None, None
    rest = caption[: match.start()].rstrip(" |/–—-([,;")
    return rest or None, match["who"].strip(" :;,|") or None


def pictures(head: Head, parts: list[Part], lead: str | None, base: str) -> tuple[Image, ...]:
    """The lead picture first, then those that stand among the article's blocks, in order, each once."""
    told = _told(head)
    found: dict[str, Image] = {}
    if lead and (url := _absolute(base, lead)):
        found[_key(url)] = told.get(_key(url)) or Image(url=url)
    for element in _among(parts):
        url = _absolute(base, _source(element))
        if not url or len(found) >= MOST or _NO_PICTURE.search(urlsplit(url).path):
            continue
        caption, credit = _beneath(element)
        known = found.get(_key(url)) or told.get(_key(url))
        found[_key(url)] = Image(
            url=known.url if known else url,
            caption=caption or (known.caption if known else None),
            credit=credit or (known.credit if known else None),
        )
    return tuple(found.values())


def _among(parts: list[Part]) -> list[Element]:
    """The <img> elements between the article's first and last block, without those in boxes of something else."""
    kept = [p.element for p in parts if p.kept and p.element is not None]
    if not kept:
        return []
    common = [kept[0], *kept[0].iterancestors()]
    for element in (kept[len(kept) // 2], kept[-1]):
        line = {element, *element.iterancestors()}
        common = [e for e in common if e in line]
    if not common:
        return []
    root = common[0] if common[0].tag not in ("p", "h1", "h2", "li") else common[min(1, len(common) - 1)]
    images = [e for e in root.iter("img") if not _is_small(e) and not _is_foreign(e, root)]
    # the figure right above the text may stand beside the common element
    for above in root.itersiblings("figure", "div", preceding=True):
        inner = [above] if above.tag == "img" else list(above.iter("img"))
        if above.tag == "figure" and len(inner) == 1 and not _is_small(inner[0]):
            images.insert(0, inner[0])
            break
    return images


def _is_small(element: Element) -> bool:
    sizes = [element.get("width") or "", element.get("height") or ""]
    return any(s.strip().removesuffix("px").isdecimal() and int(s.strip().removesuffix("px")[:6]) < SMALLEST for s in sizes)


def _is_foreign(element: Element, root: Element) -> bool:
    for around in element.iterancestors():
        if around is root:
            return False
        if around.tag in ("aside", "nav", "footer", "form"):
            return True
        names = f"{around.get('class') or ''} {around.get('itemprop') or ''}"
        if around.tag != "figure" and zones_of("", names) & _FOREIGN:
            return True
    return False


def _source(element: Element) -> str:
    """The picture's address, also where it is loaded later: the widest of `srcset`, then `data-src` and its like, then `src`."""
    sets = [element.get(name) or "" for name in ("srcset", "data-srcset", "data-lazy-srcset")]
    # the parser nests what follows a <source> into it
    around = next((e for e in element.iterancestors() if e.tag not in ("source",)), None)
    if around is not None and around.tag == "picture":
        sets += [s.get("srcset") or s.get("data-srcset") or "" for s in around.iter("source")]
    widest = max((c for s in sets for c in _choices(s)), default=(0.0, ""))
    names = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-url", "src")
    plain = next((v for name in names if (v := (element.get(name) or "").strip()) and not v.startswith(("data:", "{"))), "")
    return widest[1] or plain


def _choices(srcset: str) -> list[tuple[float, str]]:
    found = []
    for choice in re.split(r",\s+|\s*,(?=https?:|//|/)", srcset.strip())[:20]:
        url, _, size = choice.strip().partition(" ")
        number = re.match(r"\d+(?:\.\d+)?", size.strip())
        if url and not url.startswith("data:"):
            found.append((float(number.group()) if number else 1.0, url.rstrip(",")))
    return found


def _beneath(element: Element) -> tuple[str | None, str | None]:
    """Caption and credit of a picture: of its figure, or of the box around it that calls itself a caption."""
    figure = next((e for e in element.iterancestors() if e.tag == "figure"), None)
    boxes = list(figure.iter("figcaption")) if figure is not None else []
    if not boxes:
        near = figure if figure is not None else element.getparent()
        boxes = [e for e in near.iter("p", "div", "span", "small") if _CAPTION_CLASS.search(e.get("class") or "")][:1]
    if not boxes:
        return None, None
    box = boxes[0]
    inner = box.iter("span", "small", "cite", "p", "div", "em", "i")
    marked = next((e for e in inner if e is not box and _CREDIT_CLASS.search(e.get("class") or "")), None)
    text = squeeze(" ".join(box.itertext()))
    if marked is None or not (name := squeeze(" ".join(marked.itertext()))):
        return split_credit(text)
    rest = text.replace(name, "", 1).strip(" |/–—-") if len(name) < len(text) else ""
    return rest or None, split_credit(name)[1] or name


def _told(head: Head) -> dict[str, Image]:
    """What the page's JSON-LD says of its pictures, by the picture's key."""
    found: dict[str, Image] = {}
    value = head.article.get("image")
    for item in [*(value if isinstance(value, list) else [value]), *head.nodes]:
        if not isinstance(item, dict) or "ImageObject" not in jsonld.types(item):
            continue
        url = jsonld.text(item.get("url")) or jsonld.text(item.get("contentUrl"))
        caption = squeeze(jsonld.text(item.get("caption")) or jsonld.text(item.get("description")))
        names = (jsonld.text(item.get(key)) for key in ("creditText", "copyrightHolder", "creator"))
        credit = squeeze(next(filter(None, names), ""))
        if url and (caption or credit):
            text, named = split_credit(re.sub(r"<[^<>]+>", "", caption))
            found.setdefault(_key(url), Image(url=url, caption=text, credit=credit or named))
    return found


def _key(url: str) -> str:
    """Two addresses of one picture in two sizes have the same last path segment."""
    try:
        return urlsplit(url).path.rstrip("/").rsplit("/", 1)[-1].lower() or url
    except ValueError:
        return url


def _absolute(base: str, address: str) -> str:
    try:
        url = urljoin(base, address.strip())
        return url if urlsplit(url).scheme in ("http", "https") or not base else ""
    except ValueError:
        return ""
