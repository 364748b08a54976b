"""Rules that read the page's markup: what a container calls itself, links, what is hidden.

They run once, before the line rules, on the blocks that the extractor kept.  A container's name is believed only while it holds
little of the kept text: themes put words like `has-sidebar` on the article itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cleaning.document import Container, Element, Part
from cleaning.rules.boxes import BOX_RULES
from cleaning.rules.model import Context, Proposal, Rule, ends_as_sentence, is_prose, rule, spaceless, words
from cleaning.rules.wording import wording

SHARE_OF_TEXT = 0.3
"""A container that holds more than this share of the kept text is the article, whatever it calls itself."""


def _named(
    context: Context, zone: str, *, prose: bool, edges: bool, linked: bool, ending: bool
) -> Iterator[tuple[Part, Container]]:
    inside = context.in_zones.get(zone)
    if not inside:
        return
    lines = context.lines
    end = max((i for i, p in enumerate(lines) if zone not in p.zones and is_prose(p.text)), default=len(lines)) if ending else 0
    total = sum(len(p.text) for p in context.lines)
    found: list[tuple[Part, Container]] = []
    for index, part in inside:
        if not prose and is_prose(part.text) and part.link_density < 0.5 and not (ending and index > end):
            continue
        if edges and not (context.in_head(index) or context.in_tail(index)):
            continue
        for container in part.containers:
            if zone not in container.zones:
                continue
            if container.sure:
                yield part, container
                break
            if container.kept_characters <= SHARE_OF_TEXT * total and (not linked or _is_card(container)):
                found.append((part, container))
                break
    calls = {id(container) for _, container in found if _CALL.search(container.label)}
    if len(calls) > _MOST_CALLS:
        found = [(part, container) for part, container in found if id(container) not in calls]
    # many small containers of one name that together hold much of the text are how this page writes its article
    if sum(len(part.text) for part, _ in found) <= SHARE_OF_TEXT * total:
        yield from found


_CALL = re.compile(r"(?<![a-z])cta(?![a-z])")
_MOST_CALLS = 2
"""Boxes that call to action on a page: more are the products that the article itself compares."""


def _is_card(container: Container) -> bool:
    """A line of it is all link, and it holds no more than a headline and a teaser (600 characters)."""
    return container.linked_heading and container.characters <= 600


def _zone_rule(
    zone: str,
    identifier: str,
    sentence: str,
    *,
    prose: bool = False,
    edges: bool = False,
    linked: bool = False,
    ending: bool = False,
) -> Rule:
    """A rule that takes out blocks in a container of that name.

    Running prose in it goes only where `prose` says so, or with `ending` behind the last paragraph that stands in no such
    container; `edges`: only before the first and behind the last paragraph;
    `linked`: only where a line of the container is all link.
    """

    def propose(context: Context) -> Iterator[Proposal]:
        for part, container in _named(context, zone, prose=prose, edges=edges, linked=linked, ending=ending):
            yield part, f"stands in <{container.label[:80]}>"

    propose.__doc__ = sentence
    return rule(identifier)(propose)


related_box = _zone_rule("related", "related.box", "A box of links to other articles, by its markup.")
newsletter_form = _zone_rule("newsletter", "newsletter.form", "A newsletter or donation box, by its markup.", prose=True)
share_markup = _zone_rule("share", "share.markup", "A bar of share buttons, by its markup.", ending=True)
comments_markup = _zone_rule("comments", "comments.markup", "The comments, by their markup.", prose=True)
tags_markup = _zone_rule("tags", "tags.markup", "The keywords, by their markup.")
ads_markup = _zone_rule("ads", "ads.markup", "An advertisement, by its markup.")
paywall_markup = _zone_rule("paywall", "paywall.markup", "A paywall's offer, by its markup.")
cookie_markup = _zone_rule("cookie", "cookie.markup", "A consent notice, by its markup.", prose=True)
breadcrumb_markup = _zone_rule("breadcrumb", "nav.breadcrumb-markup", "A breadcrumb trail, by its markup.")
author_markup = _zone_rule("author", "byline.markup", "The byline or author box, by its markup.", edges=True)
date_markup = _zone_rule("date", "date.markup", "The date line, by its markup.", edges=True)
form_markup = _zone_rule("form", "form.markup", "The words of a form or button.")
player_markup = _zone_rule("player", "media.player-markup", "A player's labels, by its markup.")
print_markup = _zone_rule("print", "share.tools-markup", "A tool bar for print and font size, by its markup.")
footer_markup = _zone_rule("footer", "chrome.footer", "The foot of the page.")
related_card = _zone_rule(
    "card", "related.card", "A card or preview of another article, by its markup: with a link in it.", prose=True, linked=True
)
clamped = _zone_rule("clamp", "related.clamped", "A teaser that the page cuts off after some lines, by its markup.", prose=True)
chrome_markup = _zone_rule("chrome", "chrome.navigation", "A menu or side bar, by its markup.")
poll_markup = _zone_rule("poll", "poll.markup", "A poll of the readers, by its markup.", prose=True)
disclosure_markup = _zone_rule(
    "disclosure", "ads.disclosure", "A notice that links earn the outlet money, by its markup.", prose=True
)
legal_markup = _zone_rule("legal", "legal.markup", "A copyright notice or disclaimer, by its markup.", edges=True)


@rule("duplicate.block")
def duplicate_block(context: Context) -> Iterator[Proposal]:
    """The same paragraph a second time (a hidden or a print copy); the one that a reader is shown stays."""
    seen: dict[str, Part] = {}
    for part in context.lines:
        if len(part.text) < 20 or len(key := context.key(part)) < 60:
            continue
        first = seen.get(key)
        if first is None:
            seen[key] = part
        elif first.element is not None and "hidden" in first.zones and "hidden" not in part.zones:
            yield first, "stands again where it is shown"
            seen[key] = part
        else:
            yield part, "the same words stand above"


_KIND_LABEL = re.compile(r"^\[[A-Z][A-Z -]{2,20}\]\s|\s?[\[(][A-Z][A-Z -]{2,20}[\])]\W*$")
"""What kind of piece a link leads to, in capitals and brackets before or behind it: [VIDEO]."""


@rule("related.linked-line")
def linked_line(context: Context) -> Iterator[Proposal]:
    """A line that is one link to another article of the same site and no sentence."""
    lines = context.lines
    for index, part in enumerate(lines):
        if (
            part.kind not in ("paragraph", "heading")
            or part.link_characters < 0.9 * len(_KIND_LABEL.sub("", part.text))
            or not 15 <= len(part.text) <= 220
            or not part.links
        ):
            continue
        if ends_as_sentence(part.text) and not part.text.endswith(("?", "!", "…", "...")) and not context.in_tail(index):
            continue
        target = part.links[0][0]
        # a linked heading with its own text beneath it, and a link within the page, belong to the article
        heads_text = (
            part.kind == "heading"
            and index + 1 < len(lines)
            and is_prose(lines[index + 1].text)
            and lines[index + 1].link_density < 0.5
        )
        if heads_text or _heads_entries(lines[index : index + 3]) or "#" in target:
            continue
        if _leads_elsewhere(target, context.host) or words(part.text) == words(context.title or ""):
            continue
        yield part, f"nothing but a link to {target[:120]}"


def _heads_entries(lines: Sequence[Part]) -> bool:
    """Whether the first of three lines is a heading, and the others are its entries: of a list, or a name and a value."""
    return (
        len(lines) == 3
        and lines[0].kind == "heading"
        and all(p.link_density < 0.5 and (p.kind == "list_item" or ": " in p.text[:40]) for p in lines[1:])
    )


def _leads_elsewhere(href: str, host: str | None) -> bool:
    """Whether a link leaves the site, or is a button that shares a sentence of the article."""
    if not href.startswith(("http://", "https://", "//")):
        return False
    other = href.split("//", 1)[1].split("/", 1)[0].lower().removeprefix("www.")
    return not host or not (other.endswith(host) or host.endswith(other))


@rule("related.link-list")
def link_list(context: Context) -> Iterator[Proposal]:
    """A list whose every item is, or begins or ends with, a link to another page of the same site.

    Behind the last paragraph the links need not make up most of it: a teaser may stand around each.
    """
    places = {part.index: place for place, part in enumerate(context.lines)}
    last = _last_plain_prose(context)
    lists: dict[int, list[Part]] = {}
    for part in context.lines:
        if part.kind == "list_item" and part.element is not None and (home := _list_of(part)) is not None:
            lists.setdefault(id(home), []).append(part)
    for items in lists.values():
        density = [p.link_density for p in items]
        at_end = len(items) >= 3 and places[items[0].index] > last >= 0  # a page without prose is a list, for `listings` to tell
        if (
            min(density) < (0.2 if at_end else 0.35)
            or sum(density) / len(items) < (0.4 if at_end else 0.6)
            or any(not p.links or _leads_elsewhere(p.links[0][0], context.host) for p in items)
        ):
            continue
        if sum(ends_as_sentence(p.text) and p.text[-1] in ".。" for p in items) * 2 > len(items):
            continue
        if len(items) >= 3 and _introduced(context, places[items[0].index]):
            continue
        for part in items:
            yield part, f"one of {len(items)} items that are links"


def _introduced(context: Context, place: int) -> bool:
    """Whether a list stands below a sentence that ends in a colon and has words of its own, not only those of a label."""
    above = context.lines[place - 1] if place else None
    if above is None or above.kind != "paragraph" or not above.text.endswith((":", "：")):
        return False
    reading = wording().read(above.text, context.language)
    telling = len(above.text.split()) >= 6 or (spaceless(above.text) and len(above.text) >= 12)
    return telling and (reading.category != "related" or reading.covered < 0.7)


def _last_plain_prose(context: Context) -> int:
    lines = context.lines
    return next((i for i in range(len(lines) - 1, -1, -1) if lines[i].kind != "list_item" and is_prose(lines[i].text)), -1)


def _list_of(part: Part) -> object | None:
    return next((e for e in (part.element, *part.element.iterancestors()) if e.tag in ("ul", "ol", "dl")), None)


@rule("related.nested-article")
def nested_article(context: Context) -> Iterator[Proposal]:
    """A block in an <article> of its own inside the article that holds most of the text: another article's preview."""
    homes = _articles(context.lines)
    weight: dict[object, int] = {}
    for part in context.lines:
        home = homes[part.index]
        weight[home] = weight.get(home, 0) + len(part.text)
    if not weight:
        return
    main = max(weight, key=lambda home: weight[home])
    total = sum(weight.values())
    if weight[main] < 0.6 * total:
        return
    title = words(context.title or "")
    headlines = [p for p in context.parts if p.tag == "h1" and title and words(p.text) == title]
    own = {main, None, *_articles(headlines).values()}
    nested = [p for p in context.lines if (home := homes[p.index]) not in own and weight[home] <= 0.15 * total]
    if sum(len(p.text) for p in nested) <= 0.2 * total:
        for part in nested:
            yield part, "stands in an <article> of its own"


def _articles(parts: Sequence[Part]) -> dict[int, Element | None]:
    """The innermost <article> element that each block stands in, by the block's index; many blocks have one parent."""
    found: dict[int, Element | None] = {}
    known: dict[Element, Element | None] = {}
    for part in parts:
        home = part.element
        if home is not None and home.tag != "article" and (home := home.getparent()) is not None:
            if home not in known:
                known[home] = next((e for e in (home, *home.iterancestors()) if e.tag == "article"), None)
            home = known[home]
        found[part.index] = home
    return found


MARKUP_RULES = (
    duplicate_block,
    newsletter_form,
    comments_markup,
    cookie_markup,
    related_box,
    share_markup,
    tags_markup,
    ads_markup,
    disclosure_markup,
    poll_markup,
    paywall_markup,
    breadcrumb_markup,
    author_markup,
    date_markup,
    form_markup,
    player_markup,
    print_markup,
    footer_markup,
    chrome_markup,
    legal_markup,
    linked_line,
    link_list,
    nested_article,
    related_card,
    clamped,
    *BOX_RULES,
)


MOST_EMBEDDED = 0.05
"""Where embedded posts hold more than this share of the text, the article lives from them, and they stay in it."""


def set_kinds(context: Context) -> None:
    """Captions, fact boxes and embeds by their markup: kept as blocks of their kind, not in the running text."""
    total = sum(len(p.text) for p in context.lines)
    embedded = sum(len(p.text) for p in context.lines if "embed" in p.zones)
    for part in context.lines:
        for container in part.containers:
            share = container.kept_characters
            if "embed" in container.zones and embedded <= MOST_EMBEDDED * total:
                part.kind = "embed"
            elif "box" in container.zones and share <= 0.4 * total and part.kind != "table":
                part.kind = "box"
            elif (
                container.zones & {"caption", "figure"} and container.characters <= 600 and part.kind in ("paragraph", "heading")
            ):
                part.kind = "caption"
    context.refresh()
