"""What changed between two versions of an article, paragraph by paragraph and word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Change = Literal["same", "deleted", "inserted"]
Piece = tuple[Change, str]

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_LIKE = 0.3
"""Two paragraphs that share less of their words than this are not one that was changed, but one that went and one that came."""
_PAIRS = 2500
"""So many pairs of paragraphs are compared at most; where more were rewritten, the old ones are shown before the new ones."""


@dataclass(frozen=True)
class Changed:
    """A paragraph of either version, or of both, in pieces; `change` is `same` where not a word differs."""

    change: Literal["same", "deleted", "inserted", "changed"]
    pieces: tuple[Piece, ...]


def paragraphs(old: str, new: str) -> list[Changed]:
    """The paragraphs of both texts in reading order."""
    before, after = (text.split("\n\n") if text else [] for text in (old, new))
    found: list[Changed] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found += (Changed("same", (("same", text),)) for text in before[a:b])
        else:
            found += _replaced(before[a:b], after[c:d])
    return found


def _replaced(old: list[str], new: list[str]) -> Iterator[Changed]:
    """Each new paragraph beside the old one that it was made of; they keep their order."""
    rest = list(old) if len(old) * len(new) <= _PAIRS else []
    if not rest:
        yield from (Changed("deleted", (("deleted", text),)) for text in old)
    for text in new:
        likeness = [(_likeness(candidate, text), -place) for place, candidate in enumerate(rest)]
        best, place = max(likeness, default=(0.0, 0))
        if best < _LIKE:
            yield Changed("inserted", (("inserted", text),))
            continue
        for gone in rest[:-place]:
            yield Changed("deleted", (("deleted", gone),))
        yield Changed("changed", tuple(words(rest[-place], text)))
        rest = rest[1 - place :]
    for gone in rest:
        yield Changed("deleted", (("deleted", gone),))


def _likeness(one: str, other: str) -> float:
    """How much two paragraphs share, 0 to 1: a quick upper bound is enough, and is linear."""
    return SequenceMatcher(None, re.findall(r"\w+", one), re.findall(r"\w+", other), autojunk=False).quick_ratio()


def words(old: str, new: str) -> Iterator[Piece]:
    """The words of both texts in reading order, runs of one kind together: a space alone does not part two changes."""
    a, b = _WORDS.findall(old), _WORDS.findall(new)
    deleted = inserted = ""
    codes = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    for number, (kind, i, j, k, m) in enumerate(codes):
        text = "".join(a[i:j])
        if kind == "equal" and (text.strip() or not (deleted or inserted) or number + 1 == len(codes)):
            yield from _change(deleted, inserted)
            deleted = inserted = ""
            yield "same", text
            continue
        deleted += text
        inserted += "".join(b[k:m])
    yield from _change(deleted, inserted)


def _change(deleted: str, inserted: str) -> Iterator[Piece]:
    if deleted:
        yield "deleted", deleted
    if inserted:
        yield "inserted", inserted
