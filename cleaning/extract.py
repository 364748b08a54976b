"""Which blocks are the article's body: what the page's own markup tells surely (`cleaning/body.py`), or trafilatura's main text
mapped back to blocks, then repaired where it is known to lose.

trafilatura is given a copy of the tree, its output is matched by letters and digits alone (`_key`), so that its own handling of
white space, links and list marks does not matter.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from itertools import pairwise

from trafilatura import bare_extraction

from cleaning.body import (
    COMMENTED,
    LEAVES,
    home_of,
    is_caption_above,
    know_comments,
    mark_body,
    mark_plainly,
    signature,
    stands_with_picture,
)
from cleaning.document import Container, Element, Part
from cleaning.parsing import is_large
from cleaning.rules.model import is_prose
from cleaning.zones import FOREIGN_ZONES

OURS, THEIRS = "copydesk", "trafilatura"
"""Who told the main text of an HTML page; kept with the article as `extractor`."""

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_NOT_WORD = re.compile(r"[\W_]+")
COVERED = 0.6
"""A block is kept when trafilatura's text covers this share of its letters; it drops inner links and spans now and then."""


def _key(text: str) -> str:
    return _NOT_WORD.sub("", text).lower()


ENOUGH = 0.6
"""trafilatura's fast pass suffices where it gives this share of the prose that stands outside side bars, menus and the like
(0.4 to 0.75 give the same figures on the three corpora), 500 characters or more, and a third of it prose."""

MOST_BLOCKS = 4000
"""trafilatura is not asked about pages of more blocks: its time grows with their square (over 20 CPU-seconds at 1 MB of tiny
blocks), and the longest of 1,102 real pages has 1,430."""
MOST_CHARACTERS = 500_000
"""Nor about pages of more text: it keeps several copies.  The most on a real page are 79,000 characters."""


def mark_article(tree: Element, url: str | None, parts: list[Part]) -> str:
    """Set `kept` on the blocks of the body, and say who told it (`OURS` or `THEIRS`)."""
    know_comments(parts)
    if mark_body(parts):
        return OURS
    if len(parts) > MOST_BLOCKS or sum(len(p.text) for p in parts) > MOST_CHARACTERS or is_large(tree):
        mark_plainly(parts)
        return OURS
    mark_main_text(parts, main_text(tree, url, parts))
    repair_recall(parts)
    leave_out(parts)
    return THEIRS


def main_text(tree: Element, url: str | None, parts: list[Part]) -> str:
    """trafilatura's main text of the tree, comments off; empty where it finds none.

    Its fast pass is better on news pages (its fallbacks take in what stands around the article) and much cheaper; where it gives
    too little of what the page holds, or hardly any prose, the whole cascade decides.
    """
    text = _run(tree, url, fast=True)
    prose = sum(len(p.text) for p in parts if is_prose(p.text) and p.link_density < 0.5 and not p.zones & FOREIGN_ZONES)
    written = sum(len(line) for line in text.split("\n") if is_prose(line))
    if len(text) >= 500 and len(text) >= ENOUGH * prose and written >= len(text) / 3:
        return text
    return _run(tree, url, fast=False)


def _run(tree: Element, url: str | None, *, fast: bool) -> str:
    try:
        found = bare_extraction(tree, url=url, include_comments=False, with_metadata=False, fast=fast)
    except Exception:  # noqa: BLE001  one odd page must not stop the rest; recall repair then works alone
        return ""
    return str(getattr(found, "text", "") or "")


def mark_main_text(parts: list[Part], text: str) -> None:
    """Set `kept` on the parts that `text` (lines of trafilatura's output) covers.

    A line is looked for behind the one before it first, so that a sentence that stands twice on the page is found where it
    belongs.
    """
    keys = [_key(part.text) for part in parts]
    starts: list[int] = []
    offset = 0
    for key in keys:
        starts.append(offset)
        offset += len(key)
    page = "".join(keys)
    covered = bytearray(offset)
    end = 0
    lines = [key for line in text.split("\n") if (key := _key(line))]
    missing: list[str] = []
    for number, key in enumerate(lines):
        found = _find(page, key, end, lines[number + 1] if number + 1 < len(lines) else "")
        if found < 0:
            missing.append(key)
            continue
        covered[found : found + len(key)] = b"\x01" * len(key)
        end = found + len(key)
    for key in missing:
        _cover_pieces(page, key, covered)
    for part, key, start in zip(parts, keys, starts, strict=True):
        if key:
            part.kept = covered.count(1, start, start + len(key)) >= COVERED * len(key)


def _find(page: str, key: str, end: int, following: str) -> int:
    """Where `key` stands in the page's letters, -1 where nowhere."""
    found = page.find(key, end)
    if len(key) >= 40:
        return found if found >= 0 else page.find(key)
    # a short line may stand anywhere: it counts only where the next line follows soon, or close behind the last
    if following:
        anchor = page.find(following, end)
        if anchor >= 0 and len(following) >= 40:
            before = page.rfind(key, end, anchor)
            if before >= 0:
                return before
    return found if 0 <= found <= end + 3000 or end == 0 else -1


def _cover_pieces(page: str, key: str, covered: bytearray) -> None:
    """Cover what can be found of a line from which trafilatura dropped inner pieces: runs of 24 letters, put together."""
    position = 0
    while position + 24 <= len(key):
        found = page.find(key[position : position + 24])
        if found < 0:
            position += 8
            continue
        length = 24
        while position + length < len(key) and found + length < len(page) and key[position + length] == page[found + length]:
            length += 1
        covered[found : found + length] = b"\x01" * length
        position += length


def foreign_container(part: Part, total: int) -> Container | None:
    """The outermost container whose name says that it is not the article, unless it holds a third of all kept text."""
    for container in part.containers:
        if container.zones & FOREIGN_ZONES and (container.sure or container.characters <= max(1, total) * 0.34):
            return container
    return None


def repair_recall(parts: list[Part]) -> None:
    """Keep what trafilatura is known to lose (each step found by reading the worst pages):

    1. body text split over containers of the same class, of which it takes the first;
    2. what stands between two kept blocks in the same element as they do (linked paragraphs, sub-headings, lists);
    3. the lead just above the body;
    4. the last paragraphs, in an element that a class more or less tells from the others.

    Nothing inside a container that names itself foreign is taken.
    """
    _siblings(parts)
    _alike(parts)
    _between(parts)


def leave_out(parts: list[Part]) -> None:
    """Leave out what trafilatura is known to take in: what the page hides, outside the shown prose or no prose itself; captions
    that stand with their picture; and teasers behind the text, in a part of the page where every other block is a link."""
    kept = [p for p in parts if p.kept]
    shown = [p for p in kept if "hidden" not in p.zones and is_prose(p.text)]
    if not shown:
        return
    first, last = shown[0].index, shown[-1].index
    unseen = [p for p in kept if "hidden" in p.zones and (not first < p.index < last or not is_prose(p.text))]
    if sum(len(p.text) for p in unseen) <= 0.3 * sum(len(p.text) for p in kept):
        for part in unseen:
            part.kept = False
    weight: dict[Element, int] = {}
    for part in shown:
        if (home := home_of(part)) is not None:
            weight[home] = weight.get(home, 0) + len(part.text)
    if not weight:
        return
    best = max(weight, key=lambda e: weight[e])
    end = max(p.index for p in shown if home_of(p) is best)
    start = min(p.index for p in shown if home_of(p) is best)
    beneath = [
        p
        for p in kept
        if p.kind == "paragraph"
        and home_of(p) is not best
        and (is_caption_above if p.index < start else stands_with_picture)(p, best)
    ]
    if sum(len(p.text) for p in beneath) <= 0.15 * sum(weight.values()):
        for part in beneath:
            part.kind = "caption"
    if weight[best] >= max(COMMENTED, 0.5 * sum(weight.values())):
        _teasers(parts, best, end)


def _teasers(parts: list[Part], best: Element, end: int) -> None:
    """Leave out what was kept behind the text's element, and not beside it, where links make up two blocks in five."""
    above = {best, best.getparent()}
    tail = [
        p for p in parts[end + 1 :] if p.kept and p.element is not None and not any(a in above for a in p.element.iterancestors())
    ]
    if not tail:
        return
    around = parts[end + 1 : tail[-1].index + 2]
    if sum(p.link_density >= 0.5 for p in around) >= 0.4 * len(around):
        for part in tail:
            part.kept = False


def _siblings(parts: list[Part]) -> None:
    """Take the prose in the element that most of the kept prose stands in, and in those that look exactly like it."""
    prose = [p for p in parts if p.element is not None and is_prose(p.text)]
    total = sum(len(p.text) for p in parts if p.kept)
    weight: dict[Element, int] = {}
    for part in prose:
        if part.kept and (home := home_of(part)) is not None:
            weight[home] = weight.get(home, 0) + len(part.text)
    if not weight:
        return
    best = max(weight, key=lambda e: weight[e])
    look = signature(best)
    for part in prose:
        if not part.kept and part.link_density < 0.5 and foreign_container(part, total) is None:
            home = home_of(part)
            if home is best or (home is not None and look is not None and signature(home) == look):
                part.kept = True


def _alike(parts: list[Part]) -> None:
    """Take the paragraphs behind the last that was kept which have the class that nearly all of these have, if nothing but
    foreign boxes and a few words stand between."""
    prose = [p for p in parts if p.kept and p.element is not None and is_prose(p.text)]
    looks = Counter((p.tag, p.element.get("class")) for p in prose)
    if not looks:
        return
    (look, count), *_ = looks.most_common(1)
    if not look[1] or count < 3 or count < 0.8 * len(prose):
        return
    total = sum(len(p.text) for p in prose)
    for part in parts[prose[-1].index + 1 :]:
        if foreign_container(part, total) is not None or len(part.text) <= 30 or part.element is None:
            continue
        if (part.tag, part.element.get("class")) != look or part.link_density >= 0.5 or not is_prose(part.text):
            return
        part.kept = True


def _between(parts: list[Part]) -> None:
    """Keep what lies between two kept blocks and shares the parent element with one of them."""
    kept = [p for p in parts if p.kept and p.element is not None]
    total = sum(len(p.text) for p in kept)
    for before, after in pairwise(kept):
        if after.index - before.index < 2 or after.index - before.index > 40:
            continue
        homes = {before.element.getparent(), after.element.getparent()} if before.tag in LEAVES and after.tag in LEAVES else set()
        homes |= {p.element for p in (before, after) if p.tag not in LEAVES}
        for part in parts[before.index + 1 : after.index]:
            if part.kept or foreign_container(part, total) is not None or part.kind in ("caption", "embed"):
                continue
            home = part.element.getparent() if part.tag in LEAVES else part.element
            if part.tag == "li" and home is not None:
                home = home.getparent()
            if home in homes and (part.link_density < 0.9 or is_prose(part.text)):
                part.kept = True
