"""Links to the previous and the next article: a label, and with it or below it another headline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cleaning.rules.model import Context, Proposal, ends_as_sentence, headline_like, rule, spaceless
from cleaning.rules.phrases import phrase_book

_ARROW_FIRST = re.compile(r"^[←→⟵⟶«»‹›<>◀▶◄►⇐⇒]+\s*\w")
_ARROW = "an arrow"
_ARROW_LAST = re.compile(r"\w\S?\s*[←→⟵⟶»›>▶►⇒]+$")


@dataclass(frozen=True, slots=True)
class _Label:
    """A previous/next label on a line: what it is, what headline stands with it, and how sure the label alone makes it.

    `strong` suffices at the text's end; `apart` stands out among the paragraphs, too: how, in a few words.
    """

    name: str
    rest: str
    strong: bool
    separated: bool = False
    apart: str = ""

    @property
    def points(self) -> bool:
        """Whether a headline of three words or more stands with it, without a full stop."""
        rest = self.rest
        return not ends_as_sentence(rest) and (len(rest.split()) >= 3 or spaceless(rest)) and headline_like(rest)


def _nav_label(text: str, context: Context) -> _Label | None:
    """The label of a line; None where the words are a sentence's beginning ("Next, ...", "Previous governments ...")."""
    hits = [h for h in phrase_book().hits(text, context.language) if h.phrase.category == "nav_prev_next"]
    for hit in hits:
        name, high = hit.phrase.pattern.strip(), hit.phrase.risk == "high"
        if not hit.rest and not text.endswith((".", "!", "?")):
            return _Label(name, "", True)
        shouted = _capitals(text, name)
        if hit.separated or shouted or _ARROW_FIRST.match(text):
            return _Label(name, hit.rest, not high or shouted, hit.separated, "in capitals" if shouted else "")
        uncased = name[0].lower() == name[0].upper()
        if uncased and name[0] >= "\u2e80" and text[len(name) : len(name) + 1] == " ":
            return _Label(name, hit.rest, True, apart="and a space, where the script has none")
        if ((not high and " " in name) or uncased) and text[len(name) : len(name) + 1] not in (",", "،", "，", "、"):
            return _Label(name, hit.rest, False)
    last = text.rsplit(" ", 1)
    if (
        len(last) == 2
        and last[1].isupper()
        and len(last[1]) >= 4
        and not last[0].isupper()
        and last[1].casefold() in ("prev", "next", "previous")
    ):
        return _Label(last[1], last[0], False)
    if ("«" in text and "»" in text) or ("<" in text and ">" in text):
        return None  # a quotation; what is to be filled in
    if len(text) <= 200 and (_ARROW_FIRST.match(text) or _ARROW_LAST.search(text)) and any(c.isalpha() for c in text):
        return _Label(_ARROW, text, False)
    return None


def _opens_section(context: Context, index: int) -> bool:
    """Whether a label alone is a sub-heading: between two sentences, the second without a link and with a full stop."""
    above, below = context.lines[index - 1 : index], context.lines[index + 1 : index + 2]
    between = bool(above) and bool(below) and ends_as_sentence(above[0].text)
    return between and below[0].text.endswith((".", "。")) and not below[0].links


def _capitals(text: str, name: str) -> bool:
    """PREV and NEXT in capitals before a headline that is not in capitals."""
    label, rest = text.strip()[: len(name)], text.strip()[len(name) :]
    parted = rest[:1].isspace() or rest[:1] >= "\u2e80"
    return label.isupper() and len(label) >= 4 and not rest.isupper() and parted


@rule("nav.prev-next")
def nav_prev_next(context: Context) -> Iterator[Proposal]:
    """A link to the previous or next article: the label and, with it or on the next line, the other headline.

    A label counts with a colon, an arrow or capitals, or alone on its line; common words ("Next: ...") and arrows only where
    a second label stands beside it.  Either the pair stands together or the line stands behind the last paragraph.  Among the
    paragraphs a label in capitals (in Chinese and Japanese: with a space) suffices, or the other label somewhere in the text,
    with headlines of three words or more.
    """
    lines = context.lines
    labels: list[_Label | None] = [None] * len(lines)
    for index, part in context.read():
        labels[index] = _nav_label(part.text, context)
    paired = len({label.name for label in labels if label is not None and label.name != _ARROW and label.points}) > 1
    for index, label in enumerate(labels):
        if label is None:
            continue
        beside = [j for j in range(max(0, index - 3), min(len(lines), index + 4)) if j != index and labels[j] is not None]
        at_end = index >= len(lines) - 4 or context.in_tail(index)
        if label.rest:
            # a headline does not end in a full stop; a paragraph that opens with such a word does
            if not headline_like(label.rest, 3) or (label.rest.endswith((".", "。")) and not label.separated):
                continue
            said = f"begins with the label “{label.name}”"
            if beside and (at_end or label.strong):
                yield lines[index], f"{said}, another such label stands beside it"
            elif at_end and label.strong and not ends_as_sentence(label.rest):
                yield lines[index], f"{said}, behind the last paragraph"
            elif label.points and (label.apart or (paired and label.name != _ARROW)):
                yield lines[index], f"{said} {label.apart or 'and another such label stands in the text'}"
        elif ((at_end or beside) and not _opens_section(context, index)) or (" " in label.name and not context.marked_up):
            yield lines[index], f"is the label “{label.name}” alone"
            follows = index + 1 < len(lines) and labels[index + 1] is None and headline_like(lines[index + 1].text, 3)
            # a headline that ends as a sentence may be the article's last words: then only between two labels
            if follows and (beside or not ends_as_sentence(lines[index + 1].text)) and (at_end or index + 2 in beside):
                yield lines[index + 1], f"follows the label “{label.name}” on a line of its own"
