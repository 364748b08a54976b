"""How much of a page is read: what is longer, or cut into more pieces, is refused; and how very long strings are worked on.

A tree costs by its elements and attributes, an article by its blocks, each some hundred bytes whatever it says.  A page of
megabytes that consists of nothing else would take many times its own size; no news page is near these numbers, so that it is
refused with its reason instead of taking what the other pages need.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaning.errors import UnusableInput

MOST_TAGS = 50_000
"""Tags of a small page, an attribute counted as three; `TAG_EACH` says how many more a longer one may have.  The most on 1,102
real pages are 42,278 (0.9 MB)."""
TAG_EACH = 24
"""For each so many characters one tag or attribute more is read."""
MOST_BLOCKS = 15_000
"""Blocks of a small page; `BLOCK_EACH` says how many more a longer one may have.  The most on 1,102 real pages are 1,430."""
BLOCK_EACH = 200
"""For each so many characters one block more is read."""
LONG = 100_000
"""A string of more characters is worked on in slices of that length: the list of its words takes ten times its own size."""

_TAG = re.compile(r"<[a-zA-Z/][^<>]*")
_SPACE = re.compile(r"\s")


def check_tags(html: str, name: str = "-") -> None:
    """Refuse a page of too many tags and attributes before anything is parsed: UnusableInput with the code `too_many_parts`."""
    most = MOST_TAGS + len(html) // TAG_EACH
    # scripts are counted, too: an upper bound that costs next to nothing
    if html.count("<") + 3 * html.count("=") <= most:
        return
    found = sum(1 + 3 * tag.group().count("=") for tag in _TAG.finditer(html))
    if found > most:
        reason = f"has {found:,} tags, an attribute counted as three; {most:,} are the most for a page of its size"
        raise UnusableInput(name, reason, "too_many_parts")


def check_blocks(blocks: int, characters: int, name: str = "-") -> None:
    """Refuse a page of more blocks than `most_blocks`: UnusableInput with the code `too_many_parts`."""
    if blocks > (most := most_blocks(characters)):
        raise UnusableInput(name, f"has {blocks:,} blocks; {most:,} are the most for a page of its size", "too_many_parts")


def most_blocks(characters: int) -> int:
    """How many blocks of a page of so many characters are read."""
    return MOST_BLOCKS + characters // BLOCK_EACH


def slices(text: str) -> Iterator[str]:
    """A text in pieces of about `LONG` characters, parted at white space."""
    start = 0
    while len(text) - start > LONG:
        space = _SPACE.search(text, start + LONG)
        if space is None:
            break
        yield text[start : space.start()]
        start = space.end()
    yield text[start:]
