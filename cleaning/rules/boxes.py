"""Rules that read how a page is built: what stands above its headline, in a second article, in a box with a form or pictures.

Like the other rules on markup they run once, before the line rules, on the blocks that the extractor kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cleaning.document import Element, Part
from cleaning.rules.model import Context, Proposal, is_prose, rule, words
from cleaning.rules.wording import wording

_BOX = 600
"""Characters of a box with a field for an address, or with a button that asks for one, at most."""
_BOX_SHARE = 0.15
"""A box with a larger share of the kept text is the article."""
_CALLS = frozenset({"newsletter", "app_promo", "follow", "paywall", "support"})


@rule("nav.above-title")
def above_title(context: Context) -> Iterator[Proposal]:
    """A short line above the headline's own element: a section, a kicker, a breadcrumb."""
    title = words(context.title or "")
    headline = next((p for p in context.parts if p.kind == "heading" and p.tag == "h1" and words(p.text) == title), None)
    if headline is None or not title:
        return
    for index, part in enumerate(context.lines):
        if part.index >= headline.index or not context.in_head(index):
            return
        if part.kind != "table" and not is_prose(part.text):
            yield part, "stands above the headline"


@rule("related.next-article")
def next_article(context: Context) -> Iterator[Proposal]:
    """The next article, which endless scrolling appends below this one in an <article> with an h1 of its own."""
    title = words(context.title or "")
    homes: dict[Element, list[Part]] = {}
    for part in context.parts:
        if part.tag == "h1" and (home := _article(part)) is not None:
            homes.setdefault(home, []).append(part)
    main = next((home for home, heads in homes.items() if title and any(words(h.text) == title for h in heads)), None)
    if main is None or len(homes) < 2:
        return
    others = [home for home in homes if home is not main and not _inside(home, main) and not _inside(main, home)]
    last = max((p.index for p in context.lines if _article(p) is main), default=-1)
    for part in context.lines:
        if part.index > last >= 0 and any(_inside(part.element, home) for home in others):
            yield part, "stands in another <article> that has its own headline"


def _article(part: Part) -> Element | None:
    """The outermost <article> that a block stands in."""
    found = None
    if part.element is not None:
        for element in (part.element, *part.element.iterancestors("article")):
            if element.tag == "article":
                found = element
    return found


def _inside(element: Element | None, home: Element) -> bool:
    return element is not None and (element is home or any(a is home for a in element.iterancestors(home.tag)))


@rule("nav.contents")
def contents(context: Context) -> Iterator[Proposal]:
    """A table of contents: a list whose every item begins with a link to a place on the same page."""
    lists: dict[Element, list[Part]] = {}
    for part in context.lines:
        if part.tag == "li" and part.link_density >= 0.9:
            home = next(part.element.iterancestors("ul", "ol"), None)
            if home is not None:
                lists.setdefault(home, []).append(part)
    for home, items in lists.items():
        if len(items) < 3 or len(items) < len(home):
            continue
        if all((link := next(item.element.iter("a"), None)) is not None and _within_page(link) for item in items):
            for item in items:
                yield item, f"one of {len(items)} links to places on the page"


def _within_page(link: Element) -> bool:
    href = link.get("href") or ""
    return href.startswith("#") and len(href) > 1


@rule("media.gallery-heading")
def gallery_heading(context: Context) -> Iterator[Proposal]:
    """The heading of a row of pictures: it stands in a box with several captions and with none of the text."""
    headings = [p for p in context.lines if p.kind == "heading" and p.element is not None]
    if not headings:
        return
    around: set[Element] = set()
    for part in context.lines:
        if part.kind != "heading" and part.element is not None:
            for element in (part.element, *part.element.iterancestors()):
                if element in around:
                    break
                around.add(element)
    captions = [p for p in context.parts if p.kind == "caption" and p.element is not None]
    for part in headings:
        box = part.element
        while (parent := box.getparent()) is not None and parent not in around:
            box = parent
        if box is part.element or box in around or box.tag in ("body", "html"):
            continue
        pictures = sum(_inside(p.element, box) for p in captions)
        if pictures >= 2 and sum(_inside(p.element, box) for p in headings) == 1:
            yield part, f"stands in a box with {pictures} captions and no text"


@rule("newsletter.field")
def field_box(context: Context) -> Iterator[Proposal]:
    """What stands in one small box with a field for an e-mail address or a button that subscribes."""
    for part in _beside(context, _subscribes, 4):
        yield part, "stands in a small box with a field or button that subscribes"


@rule("poll.choices")
def choices(context: Context) -> Iterator[Proposal]:
    """A poll: what stands in one small box with buttons of which one is to be chosen."""
    for part in _beside(context, _chooses, 6):
        yield part, "stands in a small box with answers to choose from"


def _beside(context: Context, seeds: Callable[[Context, Element], Iterator[Element]], levels: int) -> Iterator[Part]:
    """The lines that stand in a small box with such an element."""
    lines = [p for p in context.lines if p.element is not None]
    if not lines:
        return
    most = min(_BOX, _BOX_SHARE * sum(len(p.text) for p in lines))
    root = lines[0].element.getroottree().getroot()
    homes = {seed.getparent(): seed for seed in seeds(context, root)}  # buttons side by side have one box
    boxes = {box for seed in homes.values() if (box := _box(seed, most, levels)) is not None}
    for part in lines if boxes else ():
        if any(element in boxes for element in (part.element, *part.element.iterancestors())):
            yield part


def _subscribes(context: Context, root: Element) -> Iterator[Element]:
    yield from root.xpath("//input[@type='email']")
    for part in context.parts:
        if "form" in part.zones and len(part.text) <= 60 and part.element is not None:
            reading = wording().read(part.text, context.language)
            if reading.category in _CALLS and reading.covered >= 0.8 and reading.score >= 2:
                yield part.element


def _chooses(_: Context, root: Element) -> Iterator[Element]:
    yield from root.xpath("//input[@type='radio']")


def _holds_more(element: Element, most: float) -> bool:
    """Whether an element holds more characters than that, white space counted once; no more of it is read than tells."""
    length = 0
    for text in element.itertext():
        length += len(" ".join(text.split())) + 1
        if length > most:
            return True
    return False


def _box(seed: Element, most: float, levels: int) -> Element | None:
    """The outermost of so many elements around a field or button that hold no more than `most` characters and no headline."""
    box = None
    for element, _ in zip(seed.iterancestors(), range(levels), strict=False):
        if element.tag in ("article", "main", "body", "html", "p"):
            break
        if _holds_more(element, most) or next(element.iter("h1"), None) is not None:
            break
        box = element
    return box


BOX_RULES = (above_title, next_article, contents, gallery_heading, field_box, choices)
