"""Rules that need nothing but the lines themselves: they work on plain text and on pages without a useful class."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cleaning.datelines import DATE_DIGITS, YEAR, is_date_word, words_of
from cleaning.document import Part
from cleaning.names import is_byline, is_label
from cleaning.rules.author_notes import AUTHOR_RULES
from cleaning.rules.dated import date_alone
from cleaning.rules.model import (
    MOST_LINES,
    Context,
    Proposal,
    ends_as_sentence,
    headline_like,
    is_prose,
    rule,
    signed_sentence,
    spaceless,
    words,
)
from cleaning.rules.phrase_rules import (
    ads_label,
    app_promo,
    byline_line,
    comments_block,
    cookie_notice,
    date_line,
    feedback_call,
    fires,
    legal_copyright,
    media_credit,
    media_player,
    nav_breadcrumb,
    newsletter_box,
    other_language,
    paywall_notice,
    reading_time,
    related_read_also,
    share_bar,
    share_follow,
    share_print,
    support_call,
    tags_line,
)
from cleaning.rules.phrases import phrase_book
from cleaning.rules.previous_next import nav_prev_next
from cleaning.rules.wording import wording
from cleaning.rules.wording_rules import ALSO, ANNOUNCED

_SYMBOLS = re.compile(r"^[\W_]+$")
_SITE_SUFFIX = re.compile(r"\s+[|–—»·•:/-]+\s+[^|–—»·•]{2,40}$")


@rule("title.repeated")
def title_repeated(context: Context) -> Iterator[Proposal]:
    """The headline again, as a line of its own; one of up to three words only before the text begins or right behind it."""
    if not context.title:
        return
    title = words(context.title)
    if not title:
        return
    telling = len(title.split()) > 3 or spaceless(context.title)
    for index, part in context.read():
        if not telling and context.first_prose + 1 < index < len(context.lines) - 2:
            continue
        if context.key(part) == title:
            yield part, "the same words as the title"
        elif len(title) > 15 and context.key(part).startswith(title) and is_without_suffix(context.title, part.text):
            yield part, "the same words as the title with a site name behind it"


def is_without_suffix(headline: str, text: str) -> bool:
    """Whether `text` is the headline with one to three site or section names behind it, each after a dash or bar."""
    title = words(headline)
    if not words(text).startswith(title + " "):
        return False
    for _ in range(3):
        text = _SITE_SUFFIX.sub("", text)
        if words(text) == title:
            return True
    return False


@rule("summary.repeated")
def summary_repeated(context: Context) -> Iterator[Proposal]:
    """The teaser, which is kept as the summary, again as a line before the text begins.

    Where it stands in one element with the paragraphs that follow, it is the first of them, and the page made its teaser of it.
    """
    if not context.summary or not context.from_html:
        return
    summary = words(context.summary)
    if len(summary) < 20:
        return
    for index, part in enumerate(context.lines[:4]):
        if (
            context.key(part) == summary
            and len(context.lines) > 2
            and not _leads(part, context.lines[index + 1 :])
            and not _twin_leads(context, part)
        ):
            yield part, "the same words as the summary"


@rule("summary.above-byline")
def summary_above_byline(context: Context) -> Iterator[Proposal]:
    """The teaser of a text without markup: what stands above the byline or the date, below which three paragraphs follow."""
    if context.signed_at < 0 or sum(is_prose(p.text) for p in context.lines[context.first_prose :]) < 3:
        return
    for part in context.lines[: context.first_prose]:
        if part.index <= context.signed_at and not part.containers and (is_prose(part.text) or ends_as_sentence(part.text)):
            yield part, "stands above the byline or the date"


def _leads(part: Part, behind: Sequence[Part]) -> bool:
    """Whether the next paragraphs stand in the same element as that line."""
    home = None if part.element is None else part.element.getparent()
    following = [p for p in behind[:3] if is_prose(p.text) and p.element is not None]
    return home is not None and any(p.element.getparent() is home for p in following)


def _twin_leads(context: Context, part: Part) -> bool:
    """Whether the same words were taken out a second time where the text begins with them: the line then stands for both."""
    for index, (taken_by, _) in context.removed.items():
        if taken_by == "duplicate.block" and context.key(twin := context.parts[index]) == context.key(part):
            return _leads(twin, [p for p in context.lines if p.index > index])
    return False


@rule("symbols.lone")
def symbols_lone(context: Context) -> Iterator[Proposal]:
    """A line of nothing but dashes, dots, stars or other signs."""
    for part in context.lines:
        if part.kind != "table" and _SYMBOLS.match(part.text):
            yield part, "no letter and no digit"


def opens_with_noise(text: str) -> bool:
    """Whether a first line is surely no headline: lone signs, or a whole line of the phrase book that any position suffices
    for."""
    return bool(_SYMBOLS.match(text)) or any(
        h.phrase.match == "line" and h.phrase.risk == "low" for h in phrase_book().hits(text, None)
    )


@rule("related.list")
def related_list(context: Context) -> Iterator[Proposal]:
    """The headlines that follow a read-also or most-read label behind the last paragraph."""
    lines = context.lines
    book = phrase_book()
    for index in range(max(context.last_prose + 1, len(lines) - MOST_LINES), len(lines)):
        hits = [h for h in book.hits(lines[index].text, context.language) if h.phrase.category == "related"]
        if not any(fires(context, index, lines[index], h) for h in hits):
            continue
        # a label with its headline on its own line: what follows may be the article's last words
        whole = any(h.rest for h in hits)
        for part in lines[index + 1 :]:
            if (whole and ends_as_sentence(part.text)) or signed_sentence(part.text):
                return
            if whole and (_ENTRY.match(part.text) or _may_head(context, part)):
                return
            if headline_like(part.text) and not is_prose(part.text):
                yield part, f"follows “{lines[index].text[:60]}” at the end"
        return


def _may_head(context: Context, part: Part) -> bool:
    """Whether a line of up to five words has a sentence below it: then it may be the article's sub-heading."""
    return part.index < context.last_sentence and len(part.text.split()) <= 5


_ENTRY = re.compile(r"\d{1,2}[.)]\s")
"""How the article's own next heading begins where its headings are numbered."""
_STOPS = (".", "…", "。", "।", "۔", ":", "：")


_QUOTED = re.compile(r"^[\"“”„«»‹›「『‘'].*[\"“”«»‹›」』’'][.!?]?$", re.S)
"""A line in quotation marks: someone's words, which no label announces."""


_TELLING = 6
"""Words of a headline that a label which may open the rest of the text ("read more") announces."""


def _announces(context: Context, label: Part, headline: str) -> bool:
    """Whether a line is a read-also label without a headline of its own; in a text without markup one with a name in it, too."""
    text = label.text
    reading = wording().read(text, context.language)
    if len(text) > 40 or not reading.words:
        return False
    if reading.covered == 1 and ALSO.search(text):
        return True
    if context.marked_up:
        return False
    if reading.covered == 1:
        return len(headline.split()) >= _TELLING or bool(_CHOSEN.search(text))
    if re.search("[:：].", text) or text[0] >= "\u2e80":  # the headline stands with it
        return False
    unknown = sum(not w.category for w in reading.words)
    return reading.words[0].category == "related" and reading.score >= 2 and unknown == 1 and len(reading.words) <= 4


_CHOSEN = re.compile(r"seç|choice|picks|auswahl|choix|selecci|scelt|wybór|выбор|вибір", re.I)
"""Words of labels above what editors chose."""


@rule("related.labelled")
def related_labelled(context: Context) -> Iterator[Proposal]:
    """The headline below a read-also label that stands alone between two paragraphs."""
    lines = context.lines
    for index in range(1, len(lines)):
        above, part = context.removed.get(lines[index].index - 1), lines[index]
        if (
            above is not None
            and above[0] == related_read_also.id
            and (above[1].startswith(ANNOUNCED) or _announces(context, context.parts[part.index - 1], part.text))
            and headline_like(part.text)
            and not part.text.endswith(_STOPS)
            and not (ends_as_sentence(part.text) and part.text[-1] not in "?!？！؟")
            and not _QUOTED.match(part.text)
            and len(part.text) <= 160
            and part.kind != "table"
        ):
            yield part, f"stands below “{context.parts[part.index - 1].text[:60]}”"


_AUTHOR_MARK = re.compile(r"^(?:by|von|par|por|di|da|door|av|af|od|autor[a]?|автор|від|kirjoittanut|oleh|tác giả)[\s:]+", re.I)


@rule("byline.author")
def byline_author(context: Context) -> Iterator[Proposal]:
    """A line with nothing but the author's name, which is kept in `authors`."""
    if not context.authors:
        return
    names = {words(a) for a in context.authors if len(a) > 4}
    joined = words(" ".join(context.authors))
    for _, part in context.read_edges():
        if len(part.text) > 120:
            continue
        key = words(_AUTHOR_MARK.sub("", part.text))
        stripped = words(re.sub(r"\b(?:and|und|et|y|e|и|og|och|en|i)\b", " ", _AUTHOR_MARK.sub("", part.text)))
        if key in names or key == joined or stripped == joined:
            yield part, "the author's name alone"


@rule("nav.link-line")
def link_line(context: Context) -> Iterator[Proposal]:
    """A line of three links or more and nothing else: a menu, a breadcrumb, a row of sections, above or below the text."""
    for _, part in context.read_edges():
        letters = sum(map(str.isalnum, part.text))
        if (
            len(part.links) >= 3
            and part.link_characters >= 0.8 * letters
            and len(part.text) <= 300
            and not ends_as_sentence(part.text)
            and part.kind != "table"
        ):
            yield part, f"{len(part.links)} links in {len(part.text)} characters"


@rule("byline.marked")
def byline_marked(context: Context) -> Iterator[Proposal]:
    """A line with a byline's word and names alone, before the first or behind the last paragraph."""
    for _, part in context.read_edges():
        if is_byline(part.text):
            yield part, "a byline's word and names"


@rule("byline.bare")
def byline_bare(context: Context) -> Iterator[Proposal]:
    """A name or a section's name alone, above the text and beside a byline, date or button that was removed already."""
    for index, part in context.read_edges():
        if not context.in_head(index):
            return
        beside = {context.removed[i][0].split(".")[0] for i in (part.index - 1, part.index + 1) if i in context.removed}
        if beside & {"byline", "date", "reading-time", "share", "media"} and is_label(part.text):
            yield part, "capitalised words alone, beside a line of the byline"


_INITIALS = re.compile(
    r"^(?:[A-ZÄÖÜ][\w&.-]{1,20} )?\((?P<signs>[a-zäöü]{2,4}(?:[/,]\s?[\w-]{2,8}){0,4})\)$|^/?(?:[a-z]{2,4}/\s?){1,3}$|"
    r"^[a-zäöü]{2,4}(?:/[A-Za-z]{2,10}){1,4}$|^[a-zäöü]{2,4}(?:/[a-zäöü]{2,4})?\s\([a-z]{2,8}(?:[,/]\s?[a-z]{2,8}){0,4}\)$|"
    r"^[A-Z]{2,5}\s/\s[A-Z]{2}(?:,\s[A-Z]{2})?$"
)


@rule("byline.initials")
def byline_initials(context: Context) -> Iterator[Proposal]:
    """The authors' initials or the agency's sign, alone behind the last paragraph: `(dmk)`, `NTB (abc/dpa)`, `dmk/dpa`."""
    for index, part in enumerate(context.lines):
        if context.in_tail(index) and part.kind == "paragraph" and _INITIALS.match(part.text):
            yield part, "initials alone, behind the last paragraph"


@rule("byline.dated")
def byline_dated(context: Context) -> Iterator[Proposal]:
    """A line with the author's name and the date, before the text begins."""
    for index, part in context.read():
        if index > context.first_prose:
            return
        if len(part.text) > 140 or not DATE_DIGITS.search(part.text) or not YEAR.search(part.text):
            continue
        match = _NAMED.match(part.text)
        if match and all(map(is_date_word, words_of(part.text[match.end() :]))):
            yield part, "a name behind a byline's word, then only a date"


_NAMED = re.compile(
    r"^(?i:by|von|par|por|di|da|door|av|af|od|autor[a]?:?|автор:?|від|"
    r"oleh)\s+(?:[^\W\d_a-zà-ÿ][\w.'’-]*\s*(?:(?:and|und|et|y|e|и|og|och|en|de|van|der|di|du|,)\s+)*){1,8}"
)


LINE_RULES = (
    title_repeated,
    symbols_lone,
    nav_prev_next,
    summary_repeated,
    summary_above_byline,
    related_list,
    related_read_also,
    related_labelled,
    newsletter_box,
    share_bar,
    comments_block,
    tags_line,
    cookie_notice,
    legal_copyright,
    nav_breadcrumb,
    byline_line,
    byline_author,
    byline_marked,
    byline_dated,
    byline_bare,
    byline_initials,
    *AUTHOR_RULES,
    date_alone,
    link_line,
    media_credit,
    media_player,
    ads_label,
    app_promo,
    share_print,
    share_follow,
    reading_time,
    date_line,
    paywall_notice,
    support_call,
    feedback_call,
    other_language,
)
