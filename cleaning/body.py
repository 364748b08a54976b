"""The article's body, told from the page's own blocks: the elements that its prose stands in directly.

Themes write an article's paragraphs side by side in one element, or in elements that look exactly alike; what is set into the
text (pictures with their captions, teasers, forms, fact boxes) stands deeper, in wrappers of its own.  The elements that the
prose stands in directly are the body's *level*.  Where the level holds most of the page's prose, it tells the body better than
trafilatura does (see benchmarks/RESULTS.md) and costs next to nothing; where it does not, `mark_body` says so.

The thresholds were chosen on the tuned-on part of the corpora that benchmarks/RESULTS.md names.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

from cleaning.document import Element, Part
from cleaning.rules.model import is_prose
from cleaning.zones import FOREIGN_ZONES

LEAST = 300
"""Fewer letters of prose than this tell nothing."""
LEVEL_SHARE = 0.6
"""The level must hold this share of the prose outside boxes that name themselves foreign."""
NEAR_SHARE = 0.15
"""An element beside the level with this share of the prose belongs to it, whatever it is called."""
HIDDEN_SHARE = 0.1
"""With more hidden prose than this, what the page shows cannot be told from the markup alone."""
OUTSIDE_SHARE = 0.1
"""With more prose than this near the level and outside of it, the body may be written in several places."""
KEPT_SHARE = 0.8
"""Of what is no link in the article's element, at least this must have been kept: pages that live from tables and lists are not
told by their prose."""
LEFT_SHARE = 0.4
"""Of the blocks in the body's element that are no links, at most so many for each that was kept may be left out: a page with more
is written in another way."""
FOREIGN_SHARE = 0.34
"""Boxes of one name that hold more of the page's prose than this are the article, whatever they call themselves."""
AROUND = 15
"""How many blocks above the level a lead, and how many below it a last paragraph may stand."""

COMMENTED = 600
"""So many letters of prose in one element below the headline are an article, and a box behind it that calls itself comments
holds comments, however many they are."""

_FOREIGN = (FOREIGN_ZONES - {"embed", "date"}) | {"aside", "hidden"}
_PICTURED = re.compile(r"im(?:g|age)|phot|foto|pict|pic\b|video|media|bild|gallery|galeri", re.I)
_INSET = frozenset({"figure", "aside"})
_EDGES = frozenset({"author", "legal"})  # what such boxes hold is foreign at the article's edges only, and rules look there
_WRAPPERS = frozenset("blockquote b strong span em i font center u".split())
_LISTS = frozenset({"ul", "ol", "li", "dl"})
LEAVES = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "pre"})
_CARD = 1000  # characters: a box with a line that is all link and no more than this is the preview of another article
_CAPTION = 500  # characters: what stands with a picture in a wrapper of its own and is no longer than this is its caption

Signature = tuple[str, str, str, str]


def home_of(part: Part) -> Element | None:
    """The element in which a block stands: a list's for its items, not a quotation's or a bold face's; a <div>'s own text is at
    home in that <div>."""
    if part.tag not in LEAVES:
        return part.element
    home = part.element.getparent()
    if part.tag == "li":
        while home is not None and home.tag in _LISTS:
            home = home.getparent()
    while home is not None and home.tag in _WRAPPERS:
        home = home.getparent()
    return home


def signature(element: Element) -> Signature | None:
    """Tag and classes of an element and of its parent; None where it has no class to tell it by."""
    parent = element.getparent()
    own = " ".join(sorted((element.get("class") or "").split()))
    if not own or parent is None:
        return None
    return element.tag, own, parent.tag, " ".join(sorted((parent.get("class") or "").split()))


@dataclass(slots=True)
class _Level:
    """The prose that counts, its homes, and which of these are the body's level."""

    prose: list[Part]
    homes: dict[int, Element]
    members: set[Element]
    look: Signature | None
    foreign: Callable[[Part], bool]

    def holds(self, part: Part) -> bool:
        """Whether a block stands on the level."""
        home = self.homes.get(part.index)
        if home is None:
            home = home_of(part)
        return home in self.members or (self.look is not None and home is not None and signature(home) == self.look)


def mark_body(parts: list[Part]) -> bool:
    """Set `kept` on the blocks of the body, where the markup tells it; False, and nothing set, where it does not."""
    level = _find_level(parts)
    if level is None:
        return False
    on_level = [p for p in level.prose if level.homes[p.index] in level.members]
    first, last = on_level[0].index, on_level[-1].index
    around = _common_ancestor(level.members)
    if around is None or around.tag in ("body", "html"):
        return False
    scope = next((a for a in around.iterancestors("article", "main")), None)
    wider = scope if scope is not None else _two_above(around)
    start, stop = _range(parts, around, first, last)
    from_, to = _range(parts, wider, first, last)
    outside = [p for p in level.prose if from_ <= p.index < to and not start <= p.index < stop]
    lead = [p for p in outside if first - AROUND <= p.index < start and not _in_card(p) and not is_caption_above(p, around)]
    total = sum(len(p.text) for p in level.prose)
    if sum(len(p.text) for p in outside if stop <= p.index <= last + AROUND) > OUTSIDE_SHARE * total:
        return False
    kept = {p.index for p in on_level} | {p.index for p in lead}
    kept |= _beside_lead(parts[:start], level, lead)
    kept |= _inside(parts[start:stop], level, kept, (first, last))
    kept |= _headings(parts[first : last + 1], kept)
    kept -= {p.index for p in parts[start:first] if p.index in kept and is_caption_above(p, around)}
    if lead:
        kept |= _first_heading(parts, lead[-1].index + 1, first, kept)
    if _left_out(parts[start:stop], kept, level) > LEFT_SHARE * len(kept) or not _suffices(
        parts[from_:to] if scope is not None else parts, kept, level
    ):
        return False
    for part in parts:
        part.kept = part.index in kept
    _caption(parts[first:last], level, around)
    return True


def mark_plainly(parts: list[Part]) -> None:
    """Set `kept` on all that is neither link nor in a box that names itself foreign: for pages too long to ask anyone else."""
    prose = [p for p in parts if p.link_density < 0.5 and is_prose(p.text)]
    foreign = _foreign_test(prose, FOREIGN_SHARE * sum(len(p.text) for p in prose))
    for part in parts:
        part.kept = part.link_density < 0.5 and part.kind not in ("caption", "embed") and not foreign(part)


def know_comments(parts: list[Part]) -> None:
    """Set `sure` on the boxes of comments that stand below a headline and behind an article's prose: readers may write more than
    the author did."""
    headed = False
    written: dict[Element, int] = {}
    enough = False
    for part in parts:
        boxes = [box for box in part.containers if "comments" in box.zones]
        headed = headed or (part.tag == "h1" and not boxes)
        if boxes and enough:
            for box in boxes:
                box.sure = True
        elif headed and not enough and not boxes and part.link_density < 0.5 and is_prose(part.text):
            home = home_of(part)
            written[home] = written.get(home, 0) + len(part.text)
            enough = written[home] >= COMMENTED


def _find_level(parts: list[Part]) -> _Level | None:
    candidates = [p for p in parts if p.element is not None and p.kind != "caption" and p.link_density < 0.5 and is_prose(p.text)]
    everything = sum(len(p.text) for p in candidates)
    foreign = _foreign_test(candidates, FOREIGN_SHARE * everything)
    prose = [p for p in candidates if not foreign(p) and home_of(p) is not None]
    total = sum(len(p.text) for p in prose)
    hidden = sum(len(p.text) for p in candidates if "hidden" in p.zones)
    if total < LEAST or hidden > HIDDEN_SHARE * total:
        return None
    homes = {p.index: home_of(p) for p in prose}
    weight: dict[Element, int] = {}
    for part in prose:
        weight[homes[part.index]] = weight.get(homes[part.index], 0) + len(part.text)
    best = max(weight, key=lambda home: weight[home])
    look = signature(best)
    members = {home for home in weight if home is best or (look is not None and signature(home) == look)}
    above = [a for a, _ in zip(best.iterancestors(), range(2), strict=False)]
    for home, length in weight.items():
        if home in members or length < NEAR_SHARE * total or not any(a in above for a in home.iterancestors()):
            continue
        if length > _CAPTION or not _has_picture(_wrapper(home, {best, *above})):
            members.add(home)
    if sum(weight[home] for home in members) < LEVEL_SHARE * total:
        return None
    return _Level(prose, homes, members, look, foreign)


def _foreign_test(prose: list[Part], most: float) -> Callable[[Part], bool]:
    """Tells blocks in boxes that name themselves foreign.  Boxes of one name that together hold more prose than `most` are how
    this page writes its article, whatever they are called."""
    held: dict[str, int] = {}
    for part in prose:
        for label in {box.label for box in part.containers if box.zones & _FOREIGN}:
            held[label] = held.get(label, 0) + len(part.text)

    def foreign(part: Part) -> bool:
        return any(box.zones & _FOREIGN and (box.sure or held.get(box.label, 0) <= most) for box in part.containers)

    return foreign


def _common_ancestor(elements: set[Element]) -> Element | None:
    paths = [[*reversed(list(e.iterancestors())), e] for e in elements]
    common = None
    for step in zip(*paths, strict=False):
        if any(e is not step[0] for e in step):
            break
        common = step[0]
    return common


def _two_above(element: Element) -> Element:
    for _ in range(2):
        parent = element.getparent()
        element = element if parent is None else parent
    return element


def _range(parts: list[Part], element: Element, first: int, last: int) -> tuple[int, int]:
    """The indexes from and up to which blocks stand inside the element; those from `first` to `last` are known to."""

    def inside(part: Part) -> bool:
        return part.element is not None and (part.element is element or any(a is element for a in part.element.iterancestors()))

    start = bisect_left(range(first), True, key=lambda i: inside(parts[i]))
    behind = len(parts) - last - 1
    stop = last + 1 + bisect_left(range(behind), True, key=lambda i: not inside(parts[last + 1 + i]))
    return start, stop


def _in_card(part: Part) -> bool:
    return any(box.zones & _INSET or (box.linked_heading and len(part.text) < box.characters < _CARD) for box in part.containers)


def _inside(parts: list[Part], level: _Level, kept: set[int], ends: tuple[int, int]) -> set[int]:
    """What else of the blocks in the body's element belongs to it: short lines on the level, and between its first and last
    paragraph sub-headings, lists, quotations and tables in wrappers of their own."""
    first, last = ends
    looks = {(p.tag, p.element.get("class")) for p in level.prose if level.homes[p.index] in level.members}
    found: set[int] = set()
    for part in parts:
        if part.index in kept or part.element is None or "hidden" in part.zones or part.kind in ("caption", "embed"):
            continue
        between = first < part.index < last
        if level.foreign(part) and not (between and part.zones & _FOREIGN <= _EDGES):
            continue
        prose = is_prose(part.text)
        if level.holds(part):
            linked = part.link_density >= 0.9
            if not (linked and (part.index > last or not (between or prose))):
                found.add(part.index)
        elif prose and part.link_density < 0.5:
            if not _in_card(part):
                found.add(part.index)
        elif between and (
            part.kind == "table"
            or (part.kind == "list_item" and part.link_density < 0.35 and not _in_card(part))
            or (part.kind == "quote" and part.link_density < 0.6 and not _in_card(part))
            or (
                part.tag == "p"
                and (part.tag, part.element.get("class")) in looks
                and part.link_density < 0.5
                and not _in_card(part)
            )
        ):
            found.add(part.index)
    return found


def _headings(parts: list[Part], kept: set[int]) -> set[int]:
    """Sub-headings in wrappers of their own: what was kept follows soon, before another heading of that rank.  A link within the
    page is no link."""
    found: set[int] = set()
    for place, part in enumerate(parts):
        if part.kind != "heading" or part.index in kept or "hidden" in part.zones or _in_card(part):
            continue
        if part.link_density >= 0.5 and any("#" not in href for href, _ in part.links):
            continue
        rank = part.level or 6
        for following in parts[place + 1 : place + 15]:
            if following.index in kept:
                found.add(part.index)
                break
            if following.kind == "heading" and (following.level or 6) <= rank:
                break
    return found


def _first_heading(parts: list[Part], start: int, first: int, kept: set[int]) -> set[int]:
    """The sub-heading between a lead and the first paragraph on the level, where kept sub-headings look the same."""
    looks = {(p.tag, p.element.get("class")) for p in parts[first:] if p.index in kept and p.kind == "heading"}
    between = {p.index for p in parts[start:first] if p.kind == "heading" and (p.tag, p.element.get("class")) in looks}
    return between & _headings(parts[start : first + 1], kept)


def _beside_lead(parts: list[Part], level: _Level, lead: list[Part]) -> set[int]:
    """The short lines among the paragraphs of a lead that stands above the level."""
    if not lead:
        return set()
    homes = {level.homes[p.index] for p in lead}
    looks = {(p.tag, name) for p in level.prose if (name := p.element.get("class"))}
    return {
        p.index
        for p in parts[max(0, lead[0].index - 2) :]
        if p.kind in ("paragraph", "list_item", "quote")
        and p.element is not None
        and p.link_density < 0.5
        and ((p.tag in LEAVES and home_of(p) in homes) or (p.tag, p.element.get("class")) in looks)
        and not level.foreign(p)
    }


def _left_out(parts: list[Part], kept: set[int], level: _Level) -> int:
    return sum(p.index not in kept and p.link_density < 0.5 and p.kind != "caption" and not level.foreign(p) for p in parts)


def _suffices(parts: list[Part], kept: set[int], level: _Level) -> bool:
    """Whether most of the article's element was kept; see `KEPT_SHARE`."""
    have = want = 0
    for part in parts:
        if part.element is None or len(part.text) < 25 or part.link_density >= 0.5 or part.kind == "caption":
            continue
        if part.index in kept:
            have += len(part.text)
        elif not level.foreign(part):
            want += len(part.text)
    return have >= KEPT_SHARE * (have + want)


def _caption(parts: list[Part], level: _Level, around: Element) -> None:
    """What stands with a picture in a wrapper of its own inside the text is the picture's caption."""
    for part in parts:
        if not part.kept or part.kind != "paragraph" or len(part.text) > _CAPTION or level.holds(part):
            continue
        if _has_picture(_wrapper(part.element, {around, *level.members})):
            part.kind = "caption"


def _wrapper(element: Element, within: set[Element]) -> Element:
    """The outermost element around this one that still stands inside one of those."""
    wrapper = element
    while (parent := wrapper.getparent()) is not None and parent not in within:
        wrapper = parent
    return wrapper


def is_caption_above(part: Part, body: Element) -> bool:
    """Whether a line above the text is a picture's caption: of one sentence, for a lead may stand with the picture, too."""
    return not re.search(r"[.!?。]\s+\S", part.text) and stands_with_picture(part, body)


def stands_with_picture(part: Part, body: Element) -> bool:
    """Whether the smallest element that holds a picture or film besides this line calls itself one, and holds hardly any other
    words: the line is the picture's caption."""
    if part.element is None or len(part.text) > _CAPTION:
        return False
    around = part.element
    while len(around) == 0 or not _has_picture(around):
        parent = around.getparent()
        if parent is None or parent.tag in ("body", "html") or parent is body or any(a is parent for a in body.iterancestors()):
            return False
        around = parent
        if sum(map(len, around.itertext())) > 2 * len(part.text) + 200:
            return False
    named = " ".join(e.get("class") or "" for e in (around, *around.iterancestors()) if len(e) == 1 or e is around)
    return bool(_PICTURED.search(named))


def _has_picture(element: Element) -> bool:
    return next(element.iter("img", "picture", "video"), None) is not None
