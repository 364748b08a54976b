"""Short lines that only their place and their neighbours give away: beside lines that named rules have taken out already.

Nothing here knows a word of any language (`edge.caption`, which does, stands in `credits.py`).  What other rules took counts as
evidence, what these rules took does not, so that one removal never eats its way through a text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from cleaning.document import Part
from cleaning.models import RUNNING_KINDS
from cleaning.names import NAME_ALONE
from cleaning.rules.credits import edge_caption
from cleaning.rules.lines import related_labelled
from cleaning.rules.model import (
    BULLETS,
    MASTHEAD,
    QUOTES,
    TWO_SENTENCES,
    UNSTOPPED,
    Context,
    Proposal,
    ends_as_sentence,
    headline_like,
    is_prose,
    rule,
    signed_sentence,
    spaceless,
)
from cleaning.rules.phrase_rules import (
    ads_label,
    comments_block,
    legal_copyright,
    newsletter_box,
    related_read_also,
    share_bar,
    share_follow,
    tags_line,
)

_PASSED = ("edge.", "title.", "summary.", "symbols.")
_OWN = (*_PASSED, "duplicate.", "site.", "extract.")
"""What tells nothing of the neighbours: these rules themselves, repetitions, lone signs, what a user's own rules name."""

_MARKUP = "markup"

_ENDS = frozenset({legal_copyright.id, tags_line.id, comments_block.id, "nav.prev-next", "related.list"})
"""What stands behind an article and hardly ever inside it."""

_CALLS = frozenset({newsletter_box.id, share_bar.id, share_follow.id, related_read_also.id, "app.promo", "support.call"})
"""What calls the reader away: a headline between two of these is no sub-heading."""

_STAMPS = frozenset({"date.line", "date.alone", "media.credit", "media.player"})
"""What stands below a card's headline or a picture's caption."""

_POINTERS = frozenset({related_read_also.id, related_labelled.id, "related.list"})
"""What stands above headlines of other articles."""

_SIGNATURES = ("media.", "byline.", "date.", "ads.")
"""What stands beside an author's own signature: one such line alone tells nothing of what follows it."""

_LONGEST = 110
"""Characters of a line that reads like a headline; half as many in scripts without spaces."""
_LONGEST_UNSTOPPED = 200
"""Characters of a teaser or kicker without a full stop: a longer line is a paragraph that lost it."""
_MOST_BETWEEN = 8
_MOST_BEHIND = 16
"""Lines that one may stand below with none behind them: more are a list of the article's own."""
_MOST_BEFORE = 3
_MOST_LAST = 6
"""Lines that may end a page beside a signature: more are a list, a table or verse."""
_MOST_HEADING = 7
"""Words of a line right above the first sentence that may be its sub-heading."""
_LEAST_ALONE = 3
"""Lines that may end a page without markup where no other rule took one beside them."""
_ENTRY = re.compile(r"^\W?\d{1,3}[.):]\s|:\s\S*\d|\d\s?[-–]\s?\d")
"""How the entries of a list read: numbered, or a name and its figure."""
_LEAST_PARAGRAPHS = 3

_GOES_ON = re.compile(rf",\s|[、，،]|{TWO_SENTENCES.pattern}")
"""Two sentences or clauses on a line: the second may end an article without a stop."""
_HOUR_FIRST = re.compile(r"\d{1,2}[.:h]\d{2}\s")
"""How an entry of a live blog begins."""
_OPENS = QUOTES + BULLETS
"""How quotations, the entries of lists and turns of a conversation begin."""
_RESULT = re.compile(r"\b\d{1,3}\s?[-–]\s?\d{1,3}\b|\t|\n")
_BULLETS = ("• ", "· ", "* ", "- ", "– ")
_SCORE = re.compile(r"\b\d{1,3}\s?[-:–]\s?\d{1,3}\b|\t")


def _named(context: Context, index: int) -> str | None:
    """The named rule that took the block at that index of the page, where it counts as evidence."""
    taken = context.removed.get(index)
    if taken is None or taken[0].startswith(_OWN) or taken[0].endswith(_MARKUP):
        return None
    return taken[0]


def _around(context: Context, index: int, step: int) -> list[str]:
    """The named rules that took the lines next to that one in a row, the nearest first; past what these rules took."""
    found: list[str] = []
    while 0 <= (index := index + step) < len(context.parts):
        name = _named(context, index)
        if name is not None:
            found.append(name)
        elif not context.removed.get(index, ("",))[0].startswith(_PASSED):
            break
    return found


def _short(part: Part, *, kinds: Collection[str] = ("paragraph",)) -> bool:
    """A line that reads like a button, a name or a headline: no sentence, no quotation, no entry of a list or table."""
    text = part.text
    return (
        part.kind in kinds
        and len(text) <= (_LONGEST if not spaceless(text) else _LONGEST // 2)
        and not text.startswith(_OPENS)
        and not ends_as_sentence(text)
        and not signed_sentence(text)
        and not text.endswith((",", ";", "،"))
        and headline_like(text)
    )


def _size(text: str) -> int:
    """How many words a line has; where they are not parted by spaces, two characters are one."""
    unspaced = sum("\u0e00" <= c <= "\u0e7f" or "\u3040" <= c <= "\u9fff" for c in text)
    return unspaced // 2 if unspaced > 2 else len(text.split())


def _runs(context: Context, first: int, last: int) -> Iterator[list[Part]]:
    """The kept lines from index `first` to before `last`, in runs that no named rule's removal parts."""
    run: list[Part] = []
    for part in context.lines[first:last]:
        if run and any(_named(context, i) for i in range(run[-1].index + 1, part.index)):
            yield run
            run = []
        run.append(part)
    if run:
        yield run


def _said(above: list[str], below: list[str]) -> str:
    beside = [*above[:1], *below[:1]]
    return ("between " if len(beside) == 2 else "beside ") + " and ".join(f"a line that {name} took" for name in beside)


@rule("edge.tail")
def edge_tail(context: Context) -> Iterator[Proposal]:
    """A short line behind the last paragraph, beside or between lines of the page's own that other rules took there.

    Between two such lines it need only be no sentence; a sentence of up to 60 characters goes where a line that only stands
    behind an article is above it, and a few words above a sentence stay where none is.  Right behind the text two lines must
    follow it, and a sentence stays.
    """
    lines = context.lines
    if context.last_prose < 0:
        return
    for run in _runs(context, context.last_prose + 1, len(lines)):
        above, below = _around(context, run[0].index, -1), _around(context, run[-1].index, 1)
        if above:
            telling = _telling(above)
            sure = len(telling) >= 2 or bool(set(above) & _ENDS)
            alone = len(run) == 1 and above[0] in telling
            for part in run:
                if _opens_list(context, part) or (not set(above) & _ENDS and _heads(context, part)):
                    break
                if _short(part, kinds=("paragraph", "heading")) or (above[0] in _POINTERS and _asks(part)):
                    fits = len(run) <= _MOST_BETWEEN if below else (sure or alone) and len(run) <= _MOST_BEHIND
                    fits = fits and not _GOES_ON.search(part.text) and not _HOUR_FIRST.match(part.text)
                else:
                    fits = bool(below) and bool(set(above) & _ENDS) and len(run) <= 2 and _passing(part)
                if fits:
                    yield part, _said(above, below)
        elif len(_telling(below)) >= 2:
            behind = _behind(run)
            before = lines[context.last_prose] if len(behind) == len(run) else run[-len(behind) - 1]
            if behind and len(behind) <= _MOST_BEFORE and ends_as_sentence(before.text):
                yield from ((part, _said(above, below)) for part in behind)


@rule("edge.last-lines")
def edge_last_lines(context: Context) -> Iterator[Proposal]:
    """Up to eight short lines without a full stop that end the page below its last sentence, beside a line of the page's own.

    In a text without markup three such lines or more need none beside them: of 1,100 gold texts five end so, in lists of other
    articles and links to graphics.  Only where three paragraphs or more end as sentences do; no quotation, entry of a list, score
    or signed farewell, and nothing below a colon.
    """
    lines = context.lines
    first = len(lines)
    while first and len(lines) - first <= _MOST_BETWEEN and _short(lines[first - 1], kinds=RUNNING_KINDS):
        first -= 1
    if not 0 < first < len(lines) or not _ends_whole(context, first):
        return
    last = _behind_signature(lines[first:])
    if not last or any(_RESULT.search(p.text) or p.text.endswith((":", "：")) for p in last):
        return
    indices = range(lines[first - 1].index + 1, last[-1].index + 3)
    beside = sorted({name for i in indices if (name := _named(context, i)) is not None})
    if len(last) > (_MOST_BETWEEN if _telling(beside) else _MOST_LAST):
        return
    if not beside and (len(last) < _LEAST_ALONE or context.marked_up):
        return
    if len(last) == 1 and (not _closes(last[0].text) or not _telling(beside)):
        return
    if 2 * sum(bool(_ENTRY.search(part.text)) for part in last) >= len(last):
        return
    for part in last:
        if "@" not in part.text:  # whose address it is, other rules tell
            where = f"beside a line that {beside[0]} took" if beside else f"one of {len(last)} such lines at the end"
            yield part, f"no sentence, below the last one, {where}"


def _behind_signature(last: list[Part]) -> list[Part]:
    """What stands below a farewell and the name that signs it."""
    for index in range(len(last) - 1, 0, -1):
        if _signs(last, index) and last[index].text[0].isupper() and _size(last[index].text) <= 4:
            return last[index + 1 :]
    return last


def _ends_whole(context: Context, first: int) -> bool:
    """Whether the lines before that index are paragraphs that end in full stops, the last of them too."""
    lines = context.lines
    before = lines[first - 1]
    paragraphs = [p.text for p in lines[:first] if is_prose(p.text)]
    stopped = sum(ends_as_sentence(text) or text.endswith(_OPENS) for text in paragraphs)
    return (
        (ends_as_sentence(before.text) or before.text.endswith(_OPENS))
        and len(paragraphs) >= _LEAST_PARAGRAPHS
        and stopped >= 0.9 * len(paragraphs)
        and not any(UNSTOPPED.search(text) for text in paragraphs[:3])
    )


def _closes(text: str) -> bool:
    """Whether a line alone below the last sentence is none that was cut off: a capital first, two to fourteen words."""
    if TWO_SENTENCES.search(text) or _HOUR_FIRST.match(text):
        return False
    return not text[0].islower() and (2 <= _size(text) <= 14 or (text.isupper() and len(text) <= 4))


def _telling(names: list[str]) -> list[str]:
    """Those of the rules whose lines do not stand beside an author's signature as often as not."""
    return [name for name in names if not name.startswith(_SIGNATURES)]


def _asks(part: Part) -> bool:
    """A headline that is a question or exclamation; nothing else tells it from a sentence but the label above it."""
    text = part.text
    return (
        part.kind in ("paragraph", "heading")
        and 12 <= len(text) <= _LONGEST
        and text.endswith(("?", "？", "؟", "!"))
        and (headline_like(text) and not text.startswith(_OPENS))
    )


def _passing(part: Part) -> bool:
    """A sentence that may be the page's own: up to 60 characters, no quotation."""
    own = part.text.startswith(_OPENS) or signed_sentence(part.text) or is_prose(part.text)
    return part.kind == "paragraph" and len(part.text) <= 60 and not own


def _behind(run: list[Part]) -> list[Part]:
    """The last lines of a run that can hardly be the article's own: headlines or labels, no signature, verse or score."""
    first = len(run)
    while first and _short(run[first - 1], kinds=("paragraph", "heading")) and _is_label(run[first - 1]):
        if _SCORE.search(run[first - 1].text) or _signs(run, first - 1):
            return run[first:]
        first -= 1
    return run[first:]


def _is_label(part: Part) -> bool:
    """Two words, or in a text without markup one long one: a shorter one may end a text; and no clauses with a mark between."""
    if _GOES_ON.search(part.text):
        return False
    return _size(part.text) >= 2 or (len(part.text) > 8 and not part.containers)


def _heads(context: Context, part: Part) -> bool:
    """Whether a line of a few words has a sentence below it that is still there: then it may be its sub-heading."""
    return part.index < context.last_sentence and _size(part.text) <= _MOST_HEADING


def _signs(run: list[Part], index: int) -> bool:
    """Whether the line signs a letter: a name, perhaps with a place, below a few words of farewell."""
    name = run[index].text.partition(",")[0]
    return index > 0 and bool(NAME_ALONE.match(name)) and _size(run[index - 1].text) <= 4 and _short(run[index - 1])


@rule("edge.head")
def edge_head(context: Context) -> Iterator[Proposal]:
    """A few words above the first paragraph, beside lines of the page's own: a section, a place, a button.

    Up to five words between two such lines, up to four above one, up to three below two; a sentence and a longer line may be the
    teaser.
    """
    first = min(context.first_prose, 12)
    if context.first_prose >= len(context.lines):
        return
    for run in _runs(context, 0, first):
        above, below = _around(context, run[0].index, -1), _around(context, run[-1].index, 1)
        most = 5 if above and below else 4 if below else 3
        if not (above or below) or len(run) > 5 or (not below and len(above) < 2):
            continue
        for part in run:
            if _short(part) and _size(part.text) <= most and len(part.text) <= 60 and not part.text.endswith((":", "：")):
                yield part, _said(above, below)


@rule("edge.above-text")
def edge_above_text(context: Context) -> Iterator[Proposal]:
    """In a text without markup: a line without a full stop above the first sentence, beside a line of the page's own or below the
    repeated headline.

    Up to seven words right above the sentence, below such a line, may be a sub-heading and stay, unless they are a person's name.
    No line that stood so in 270 texts with noise by eight writers was the article's own.
    """
    if context.marked_up or context.first_prose >= len(context.lines):
        return
    if UNSTOPPED.search(context.lines[context.first_prose].text):
        return
    ended = (i for i, p in enumerate(context.lines) if p.index > context.signed_at and ends_as_sentence(p.text))
    for run in _runs(context, 0, min(next(ended, 0), MASTHEAD)):
        above = next(iter(_around(context, run[0].index, -1)), None)
        below = next(iter(_around(context, run[-1].index, 1)), None)
        told = above or below or _repeated(context, run[0].index - 1)
        if told is None or len(run) > _MOST_LAST:
            continue
        for part in run:
            heads = part is run[-1] and not below and _size(part.text) <= _MOST_HEADING and not NAME_ALONE.match(part.text)
            if (_unstopped(part) or (below and _is_point(part))) and not heads:
                yield part, f"no sentence, above the first one, beside a line that {told} took"


def _repeated(context: Context, index: int) -> str | None:
    """The rule that took the block at that index where it was the headline again: a masthead's lines stand below it."""
    name = context.removed.get(index, ("",))[0]
    return name if name.startswith("title.") else None


def _is_point(part: Part) -> bool:
    """One of the points that a masthead sums the article up in, behind a bullet."""
    return part.text.startswith(_BULLETS) and not ends_as_sentence(part.text) and len(part.text) <= 160


def _unstopped(part: Part) -> bool:
    """A line that is no sentence, and neither a quotation nor what announces one or a list."""
    text = part.text
    opens = text.startswith(_OPENS) or text.endswith((":", "：")) or ends_as_sentence(text)
    return part.kind in ("paragraph", "heading") and not opens and len(text) <= _LONGEST_UNSTOPPED


@rule("edge.between")
def edge_between(context: Context) -> Iterator[Proposal]:
    """Headlines among the paragraphs, between two lines of the page's own or below a label and the headline that it announced.

    Below a label alone the last of them stays, unless it has eight words or more: it may be a sub-heading.
    """
    for run in _runs(context, context.first_prose + 1, context.last_prose):
        above, below = _around(context, run[0].index, -1), _around(context, run[-1].index, 1)
        if above and below and len(run) <= 5 and all(_short(p) or (above[0] in _POINTERS and _asks(p)) for p in run):
            announced = (above[0] in _CALLS or above[0].startswith("media.")) and below[0] in _CALLS | _STAMPS
            if announced or (len(run) >= 2 and set(above + below) != {ads_label.id}):
                yield from ((part, _said(above, below)) for part in run)
        elif above and above[0] == related_labelled.id:
            own = (i for i, part in enumerate(run) if not (_short(part) or _pointed_at(part)) or _opens_list(context, part))
            count = next(own, len(run))
            if 0 < count <= 4:
                last = run[count - 1].text
                for part in run[: count if _size(last) >= 8 or last.startswith(_BULLETS) else count - 1]:
                    yield part, _said(above, [])


def _opens_list(context: Context, part: Part) -> bool:
    """Whether a line of two words or more ends in a colon, and what follows reads like the entries of its list."""
    if not part.text.endswith((":", "：")) or _size(part.text) < 2:
        return False
    below = next((p.text for p in context.parts[part.index + 1 :] if p.kept and p.kind in RUNNING_KINDS), "")
    return bool(_NUMBERED.match(below)) or below[:1].islower() or below.endswith((";", "；")) or below.startswith(_BULLETS)


_NUMBERED = re.compile(r"^\W?\d{1,2}[.):]\s")


def _pointed_at(part: Part) -> bool:
    """A headline behind a list's mark, which only the label above it tells from an entry of the article's own list."""
    text = part.text.lstrip("•·*-– ")
    marked = part.text.startswith(_BULLETS) and len(text) <= _LONGEST
    return marked and headline_like(text) and not text.endswith((".", "。", ";"))


EDGE_RULES = (edge_tail, edge_head, edge_above_text, edge_between, edge_caption, edge_last_lines)
