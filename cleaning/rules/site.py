"""Rules that know the site: what its user selects, and what it repeats from page to page."""

from __future__ import annotations

from collections.abc import Iterator

from cleaning.datelines import is_date_line
from cleaning.identity import line_hash
from cleaning.rules.model import Context, Proposal, is_prose, rule, spaceless, words
from cleaning.rules.phrases import phrase_book
from cleaning.site_memory import LEAST_PAGES, REPEATED

REMOVE, BODY = "site.remove", "site.body"


def _selected(context: Context, identifier: str) -> Iterator[Proposal]:
    for part in context.parts:
        taken, evidence = context.selected.get(part.index, ("", ""))
        if taken == identifier:
            yield part, evidence


@rule(REMOVE)
def site_remove(context: Context) -> Iterator[Proposal]:
    """What a rule of the user's own for this site selects, for the reason that stands there."""
    return _selected(context, REMOVE)


@rule(BODY)
def site_body(context: Context) -> Iterator[Proposal]:
    """What stands outside the body that a rule of the user's own for this site selects."""
    return _selected(context, BODY)


SITE_RULES = (site_remove, site_body)


ENOUGH_WORDS = 6
"""A line of so many words is not said twice by chance; a shorter one needs a second sign."""

MOST_REPEATED = 0.3
"""Where lines that other pages have, too, hold more than this share of the text, it is an article that the site has published at
several addresses (a running story, an agency's report), and nothing of it is the site's own."""


@rule(REPEATED)
def site_repeated(context: Context) -> Iterator[Proposal]:
    """A line that two or more other pages of the site have, too.

    A line of fewer than six words goes only behind the last paragraph or where the phrase book knows it.
    """
    memory = context.memory
    if memory is None or not memory.lines:
        return
    own = {words(text) for text in (context.title, context.summary) if text}
    found: list[Proposal] = []
    for index, part in enumerate(context.lines):
        key = context.key(part)
        pages = memory.lines.get(line_hash(part.text), 0)
        if pages < LEAST_PAGES or part.kind == "table" or key in own or is_date_line(part.text):
            continue
        if _says_enough(part.text, key) or context.in_tail(index) or phrase_book().hits(part.text, context.language):
            found.append((part, f"stands on {pages} other pages of {memory.host}"))
    repeated = sum(len(part.text) for part, _ in found if is_prose(part.text))
    if repeated <= MOST_REPEATED * sum(len(part.text) for part in context.lines):
        yield from found


def _says_enough(text: str, key: str) -> bool:
    return key.count(" ") + 1 >= ENOUGH_WORDS or (spaceless(text) and len(key) >= 2 * ENOUGH_WORDS)
