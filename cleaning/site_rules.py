"""A user's own rules for a site at work on a page: what they select, and what the article becomes by them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from cleaning.assemble import Draft
from cleaning.document import INLINE, SKIPPED, Element, Part, data_table, html_parts, squeeze
from cleaning.metadata.dates import Moment, parse_moment
from cleaning.metadata.people import people_of
from cleaning.metadata.titles import cut_pipe_suffix, cut_site_name, is_title_like
from cleaning.models import Candidate, Selector, SiteRules, storable
from cleaning.rules.model import words
from cleaning.rules.site import BODY, REMOVE
from cleaning.selectors import select

MISSED = "site_selector_missed"
"""The flag of a page on which one of the site's selectors found nothing that could be used."""

_MOST_AUTHORS = 12
_LONGEST_AUTHOR = 100


def selectors(rules: SiteRules) -> Iterator[tuple[str, Selector]]:
    """Every selector of the rules with its name: body, title, author, date, then remove 1, remove 2 …"""
    for name in ("body", "title", "author", "date"):
        if (selector := getattr(rules, name)) is not None:
            yield name, selector
    for number, selector in enumerate(rules.remove, 1):
        yield f"remove {number}", selector


@dataclass
class SiteFound:
    """What the site's rules select on one page; elements in the order of the page."""

    rules: SiteRules
    found: dict[str, list[Element]]
    missed: list[str] = field(default_factory=list)
    cut: dict[Element, str] = field(default_factory=dict)

    def miss(self, name: str, selector: Selector, why: str) -> None:
        """Note that a selector was of no use on this page."""
        self.missed.append(f"{name} ({selector}) {why}")


def find(tree: Element, rules: SiteRules) -> SiteFound | None:
    """What the rules select in the tree, None where they select nothing at all because they have no selector."""
    found = {name: select(tree, s.css, s.xpath) for name, s in selectors(rules)}
    if not found:
        return None
    page = SiteFound(rules, found)
    for name, selector in selectors(rules):
        if not found[name]:
            page.miss(name, selector, "matches nothing")
    return page


def set_apart(page: SiteFound) -> None:
    """Mark what is removed, and see that each such element becomes blocks of its own when the tree is cut into blocks.

    An element within a paragraph is put before or behind it, so that the sentence around it stays whole; one within a table of
    data before that.  To be called before the walk, and after everything was selected.
    """
    leaves: dict[Element, bool] = {}
    last: dict[Element, Element] = {}
    for number, selector in enumerate(page.rules.remove, 1):
        evidence = f"{selector.reason} ({selector})" if selector.reason else f"the site's rule {selector}"
        for element in page.found[f"remove {number}"]:
            if element in page.cut or not isinstance(element.tag, str) or element.getparent() is None:
                continue
            for inner in _set_apart(element, leaves, last).iter():
                page.cut.setdefault(inner, evidence)


def _set_apart(element: Element, leaves: dict[Element, bool], last: dict[Element, Element]) -> Element:
    """The block that an element is now, or is wrapped in."""
    table = next(element.iterancestors("table"), None)
    if table is not None and table not in leaves:  # told once, before anything leaves it
        leaves[table] = bool(data_table(table))
    if table is not None and leaves[table]:
        return _move(element, table, before=True, last=last)
    if not _is_inline(element):
        return element
    block = next((e for e in element.iterancestors() if not _is_inline(e)), None)
    if block is None or block.tag in ("body", "html") or _holds_blocks(element):
        return _wrap(element)
    if block not in leaves:
        leaves[block] = not _holds_blocks(block)
    if not leaves[block]:
        return _wrap(element)
    first = element.getprevious() is None and not (element.getparent().text or "").strip()
    return _move(element, block, before=first, last=last)


def _is_inline(element: Element) -> bool:
    return isinstance(element.tag, str) and (element.tag in INLINE or ("-" in element.tag and not len(element)))


def _holds_blocks(element: Element) -> bool:
    """Whether there are lines or blocks within an element."""
    return any(
        isinstance(e.tag, str) and e is not element and e.tag not in SKIPPED and not _is_inline(e) for e in element.iter()
    )


def _wrap(element: Element) -> Element:
    """Put a block around an element, where it stands."""
    around = element.makeelement("div")
    element.addprevious(around)
    around.tail, element.tail = element.tail, None
    around.append(element)
    return around


def _move(element: Element, block: Element, *, before: bool, last: dict[Element, Element]) -> Element:
    """Take an element out of a block and put it, in a block of its own, before or behind that.  What follows it stays."""
    around = _wrap(element)
    tail, around.tail = around.tail, None
    previous, parent = around.getprevious(), around.getparent()
    if tail and previous is not None:
        previous.tail = (previous.tail or "") + tail
    elif tail:
        parent.text = (parent.text or "") + tail
    parent.remove(around)
    if before:
        block.addprevious(around)
    else:
        behind: Element = last.get(block, block)
        behind.addnext(around)
        last[block] = around
    return around


def mark(page: SiteFound, parts: list[Part]) -> dict[int, tuple[str, str]]:
    """What of the page the rules take out, by the part's index: rule and evidence.  Elements that go leave the tree.

    With a body, `kept` is set on what stands in it and is shown, and nothing else is the main text; what is outside goes.
    """
    taken = {part.index: (REMOVE, page.cut[part.element]) for part in parts if part.element in page.cut}
    selector = page.rules.body
    if selector is not None and page.found["body"]:
        inside: set[Element] = set()
        for element in page.found["body"]:
            if element not in inside:
                inside.update(element.iter())
        held = [p for p in parts if p.index not in taken and p.element in inside and "hidden" not in p.zones]
        if any(any(map(str.isalnum, p.text)) for p in held):
            for part in parts:
                part.kept = False
                if part.index not in taken and part.element not in inside:
                    taken[part.index] = (BODY, f"outside the body ({selector})")
            for part in held:
                part.kept = True
        else:
            page.miss("body", selector, "matches, but there is no text in it")
            page.found["body"] = []
    for element in page.cut:
        parent = element.getparent()
        if parent is not None and parent not in page.cut:
            element.drop_tree()
    return taken


def prefer(page: SiteFound, draft: Draft, sites: list[str]) -> None:
    """Let what the rules select as title, author and date win; what was chosen before stays among the candidates."""
    for name, read in _READERS.items():
        selector: Selector | None = getattr(page.rules, name)
        values = [value for found in page.found.get(name, ()) if (value := _value(found, name))]
        if selector is None or not page.found[name]:
            continue
        candidates = read(draft, values, sites, f"site:{selector}")
        if not candidates:
            page.miss(name, selector, f"matches, but no {name} can be read in it" + (f": {values[0][:80]}" if values else ""))
            continue
        others = [c.model_copy(update={"chosen": False}) if c.field == candidates[0].field else c for c in draft.candidates]
        draft.candidates = [*candidates, *others]
    if page.missed:
        draft.flag(MISSED, "; ".join(page.missed))


def _value(found: Element | str, name: str) -> str:
    """The words of what was selected: a meta element's content, a time's machine-written moment, else what a reader is shown."""
    if isinstance(found, str):
        return storable(squeeze(found))
    if not isinstance(found.tag, str):
        return ""
    written = found.get("content") or (name == "date" and (found.get("datetime") or found.get("title"))) or ""
    return storable(squeeze(written or " ".join(part.text for part in html_parts(found))))


def _title(draft: Draft, values: list[str], sites: list[str], source: str) -> list[Candidate]:
    for value in values:
        title = cut_pipe_suffix(cut_site_name(value, sites))
        if is_title_like(title):
            draft.title = title
            return [Candidate(field="title", value=value, source=source, chosen=True)]
    return []


def _author(draft: Draft, values: list[str], sites: list[str], source: str) -> list[Candidate]:
    people, agency = people_of(values, {words(s).replace(" ", "") for s in sites})
    if not people and not agency:  # an outlet, a desk: the user says that it is the author
        people = [v for v in dict.fromkeys(values) if len(v) <= _LONGEST_AUTHOR and any(map(str.isalpha, v))][:_MOST_AUTHORS]
    if not people and not agency:
        return []
    draft.authors, draft.agency = people, agency or draft.agency
    return [Candidate(field="authors", value=value, source=source, chosen=True) for value in values[:_MOST_AUTHORS]]


def _date(draft: Draft, values: list[str], _sites: list[str], source: str) -> list[Candidate]:
    for value in values:
        moment: Moment | None = parse_moment(value, source)
        if moment is None and ": " in value:  # Published: 3 March 2025
            moment = parse_moment(value.split(": ", 1)[1], source)
        if moment is not None:
            draft.published = moment
            return [Candidate(field="published_at", value=value, source=source, chosen=True)]
    return []


_READERS: dict[str, Callable[[Draft, list[str], list[str], str], list[Candidate]]] = {
    "title": _title,
    "author": _author,
    "date": _date,
}
