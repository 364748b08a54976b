"""Rules that read the page's markup: what a container calls itself, links, what is hidden.

They run once, before the line rules, on the blocks that the extractor kept.  A container's name is believed only while it holds
little of the kept text: themes put words like `has-sidebar` on the article itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from cleaning.document import Container, Part
from cleaning.rules.model import Context, Proposal, Rule, ends_as_sentence, is_prose, rule, words

SHARE_OF_TEXT = 0.3
"""A container that holds more than this share of the kept text is the article, whatever it calls itself."""


def _named(context: Context, zone: str, *, prose: bool) -> Iterator[tuple[Part, Container]]:
    total = sum(len(p.text) for p in context.lines)
    for part in context.lines:
        if not prose and is_prose(part.text) and part.link_density < 0.5:
            continue
        for container in part.containers:
            if zone in container.zones and container.kept_characters <= SHARE_OF_TEXT * total:
                yield part, container
                break


def _zone_rule(zone: str, identifier: str, sentence: str, *, prose: bool) -> Rule:
    """A rule that takes out blocks in a container of that name; running prose in it only where `prose` says so."""

    def propose(context: Context) -> Iterator[Proposal]:
        for part, container in _named(context, zone, prose=prose):
            yield part, f"stands in <{container.label[:80]}>"

    propose.__doc__ = sentence
    return rule(identifier)(propose)


related_box = _zone_rule("related", "related.box", "A box of links to other articles, by its markup.", prose=False)
newsletter_form = _zone_rule("newsletter", "newsletter.form", "A newsletter or donation box, by its markup.", prose=True)
share_markup = _zone_rule("share", "share.markup", "A bar of share buttons, by its markup.", prose=False)
comments_markup = _zone_rule("comments", "comments.markup", "The comments, by their markup.", prose=True)
tags_markup = _zone_rule("tags", "tags.markup", "The keywords, by their markup.", prose=False)
ads_markup = _zone_rule("ads", "ads.markup", "An advertisement, by its markup.", prose=False)
paywall_markup = _zone_rule("paywall", "paywall.markup", "A paywall's offer, by its markup.", prose=False)
cookie_markup = _zone_rule("cookie", "cookie.markup", "A consent notice, by its markup.", prose=True)
breadcrumb_markup = _zone_rule("breadcrumb", "nav.breadcrumb-markup", "A breadcrumb trail, by its markup.", prose=False)
author_markup = _zone_rule("author", "byline.markup", "The byline or author box, by its markup.", prose=False)
date_markup = _zone_rule("date", "date.markup", "The date line, by its markup.", prose=False)
form_markup = _zone_rule("form", "form.markup", "The words of a form or button.", prose=False)
player_markup = _zone_rule("player", "media.player-markup", "A player's labels, by its markup.", prose=False)
print_markup = _zone_rule("print", "share.tools-markup", "A tool bar for print and font size, by its markup.", prose=False)
footer_markup = _zone_rule("footer", "chrome.footer", "The foot of the page.", prose=False)
chrome_markup = _zone_rule("chrome", "chrome.navigation", "A menu or side bar, by its markup.", prose=False)
legal_markup = _zone_rule("legal", "legal.markup", "A copyright notice or disclaimer, by its markup.", prose=False)


@rule("duplicate.block")
def duplicate_block(context: Context) -> Iterator[Proposal]:
    """The same paragraph a second time (a hidden or a print copy); the one that a reader is shown stays."""
    seen: dict[str, Part] = {}
    for part, key in zip(context.lines, context.keys, strict=True):
        if len(key) < 60:
            continue
        first = seen.get(key)
        if first is None:
            seen[key] = part
        elif first.element is not None and "hidden" in first.zones and "hidden" not in part.zones:
            yield first, "stands again where it is shown"
            seen[key] = part
        else:
            yield part, "the same words stand above"


@rule("related.linked-line")
def linked_line(context: Context) -> Iterator[Proposal]:
    """A line that is one link to another article and no sentence."""
    for index, part in enumerate(context.lines):
        if part.kind not in ("paragraph", "heading") or part.link_density < 0.9 or not 15 <= len(part.text) <= 220:
            continue
        if ends_as_sentence(part.text) and not part.text.endswith(("?", "!", "…", "...")) and not context.in_tail(index):
            continue
        if words(part.text) == words(context.title or ""):
            continue
        yield part, f"nothing but a link to {part.links[0][0][:120] if part.links else 'another page'}"


MARKUP_RULES = (
    duplicate_block, newsletter_form, comments_markup, cookie_markup, related_box, share_markup, tags_markup, ads_markup, paywall_markup,
    breadcrumb_markup, author_markup, date_markup, form_markup, player_markup, print_markup, footer_markup, chrome_markup, legal_markup,
    linked_line,
)
