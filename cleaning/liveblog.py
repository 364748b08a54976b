"""The entries of a live blog with their times: from JSON-LD, or from the time beside each entry."""

from __future__ import annotations

from datetime import datetime

from cleaning.document import Element, Part
from cleaning.metadata import jsonld
from cleaning.metadata.dates import parse_moment
from cleaning.metadata.head import Head
from cleaning.rules.model import words

FEWEST = 3
"""Fewer times than this among the blocks are no live blog's."""


def is_live(head: Head) -> bool:
    """Whether the page's data call it a live blog."""
    return any("LiveBlogPosting" in jsonld.types(node) for node in head.nodes)


def entry_times(head: Head, parts: list[Part]) -> dict[int, datetime]:
    """The time of each entry by the index of its first kept block; empty for a page that is no live blog."""
    if not is_live(head):
        return {}
    kept = [p for p in parts if p.kept]
    found = _from_jsonld(head, kept)
    return found or _from_markup(head, kept)


def _from_jsonld(head: Head, kept: list[Part]) -> dict[int, datetime]:
    keys = [(words(p.text), p.index) for p in kept]
    found: dict[int, datetime] = {}
    for node in head.nodes:
        updates = node.get("liveBlogUpdate")
        for update in (updates if isinstance(updates, list) else [updates])[:2000]:
            if not isinstance(update, dict):
                continue
            moment = parse_moment(jsonld.text(update.get("datePublished")), "json-ld")
            if moment is None:
                continue
            for opening in (words(jsonld.text(update.get("headline")))[:60], words(jsonld.text(update.get("articleBody")))[:60]):
                index = next((i for key, i in keys if len(opening) > 10 and key.startswith(opening)), None)
                if index is not None:
                    found.setdefault(index, moment.at)
                    break
    return found


def _from_markup(head: Head, kept: list[Part]) -> dict[int, datetime]:
    """The first block of every element that has one <time datetime> of its own."""
    first: dict[Element, int] = {}
    for part in kept:
        if part.element is not None:
            for around in (part.element, *part.element.iterancestors()):
                first.setdefault(around, part.index)
    found: dict[int, datetime] = {}
    for value, _, element in head.times:
        home = next((a for a in element.iterancestors() if a in first), None)
        moment = parse_moment(value, "time") if value and home is not None and home.tag not in ("body", "html", "main") else None
        if moment is not None and home is not None:
            found.setdefault(first[home], moment.at)
    return found if len(found) >= FEWEST else {}
