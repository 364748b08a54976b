"""One rule for each kind of phrase in the phrase book, and what makes a phrase boilerplate where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaning.document import Part
from cleaning.names import AGENCY, NAMES_LAST, is_capital
from cleaning.rules.expressions import LONGEST, told_at_length
from cleaning.rules.model import Context, Proposal, Rule, ends_as_sentence, headline_like, is_prose, rule
from cleaning.rules.phrases import SEPARATORS, Hit, phrase_book
from cleaning.rules.wording import wording
from cleaning.rules.wording_rules import said_by_the_page

_CATEGORY_RULES = {
    "related": "related.read-also",
    "newsletter": "newsletter.box",
    "share": "share.bar",
    "comments": "comments.block",
    "tags": "tags.line",
    "cookie": "cookie.notice",
    "copyright": "legal.copyright",
    "breadcrumb": "nav.breadcrumb",
    "byline": "byline.line",
    "photo_credit": "media.credit",
    "video_player": "media.player",
    "ads": "ads.label",
    "app_promo": "app.promo",
    "print_email": "share.print",
    "follow": "share.follow",
    "reading_time": "reading-time.line",
    "updated_date": "date.line",
    "paywall": "paywall.notice",
    "other_language_link": "nav.other-language",
    "support": "support.call",
    "feedback": "feedback.call",
}
_AS_CATEGORY = {"nav": "breadcrumb", "video": "video_player"}
"""Categories of words whose lines a rule of another name takes."""


_READS_LIKE = {
    "related": "a pointer to another article",
    "newsletter": "an invitation to a newsletter",
    "share": "a share button",
    "comments": "a label of the comments",
    "tags": "a list of keywords",
    "cookie": "a word on cookies or consent",
    "copyright": "a legal notice",
    "breadcrumb": "a breadcrumb or menu label",
    "byline": "a byline",
    "photo_credit": "a picture credit",
    "video_player": "a player's label",
    "ads": "a label of an advertisement",
    "app_promo": "an invitation to install an app",
    "print_email": "a print or mail button",
    "follow": "an invitation to follow the outlet",
    "reading_time": "a reading time",
    "updated_date": "a date line",
    "paywall": "a paywall's words",
    "other_language_link": "a link to another language",
    "support": "a call for support",
    "feedback": "a call for feedback",
    "nav_prev_next": "a link to the previous or next article",
}
"""What a line that an expression matches is called in the evidence, by category."""


CALLING = frozenset({"newsletter", "follow", "app_promo", "share", "comments", "paywall", "copyright", "cookie"})
"""Categories whose phrases call on the reader: no article's own paragraph begins with them, so a whole sentence may follow."""


_CALL_WORDS = re.compile(
    r"newsletter|bulletin|infolettre|inbox|e-?mail|subscri|abonn|\babo\b|suscri|inscri|iscri|assin|prenumer|"
    r"подпис|підпис|abone|اشترك|订阅|訂閱|購読|登録|구독|"
    r"whatsapp|telegram|facebook|instagram|twitter|youtube|tiktok|google news|\bapps?\b|applica[tz]ion|aplicación|"
    r"приложени|cookies?\b|test(?:en|ez)\b|gratis|free trial|donat|spend",
    re.I,
)


_QUOTES = '"“”„«»‹›「」『』'


def _phrase_evidence(context: Context, category: str) -> Iterator[Proposal]:
    """Every line that a phrase of that category takes out here, with what it saw."""
    yield from _findings(context).get(category, ())


def _findings(context: Context) -> dict[str, list[Proposal]]:
    """What the phrase book and the words say of every line, by category, looked up once for each state of the lines."""
    if context.findings is None:
        context.findings = {}
        book = phrase_book()
        for index, part in context.read():
            if part.kind == "table" or len(part.text) > LONGEST:
                continue
            found: dict[str, str] = {}
            for hit in book.hits(part.text, context.language):
                category = hit.phrase.category
                if category not in found and (evidence := fires(context, index, part, hit)):
                    found[category] = f"{evidence} ({hit.phrase.language})"
            if not found and (said := said_by_the_page(context, index, part) or told_at_length(context, index, part.text)):
                found[_AS_CATEGORY.get(said[0], said[0])] = said[1]
            for category, evidence in found.items():
                context.findings.setdefault(category, []).append((part, evidence))
    return context.findings


def _among_entries(context: Context, index: int) -> bool:
    """Whether a line is an entry of a list between two others, and none of them is linked: one of a menu is, or ends it."""
    beside = context.lines[max(0, index - 1) : index + 2]
    return len(beside) == 3 and context.from_html and all(p.kind == "list_item" and not p.links for p in beside)


def _behind(text: str, pattern: str) -> str:
    """What stands right behind a phrase that a line begins with, whatever signs the line opens with."""
    at = text.casefold().find(pattern.strip().casefold())
    return text[at + len(pattern.strip()) :] if at >= 0 else ""


LAST_LINES = 8
"""How many lines from the last one a phrase may stand that the book has `last` for: a page's own last words are whole sentences,
so that no line among them stands behind the last paragraph."""


def _stands_right(context: Context, index: int, where: str) -> bool:
    """Whether a line stands where the phrase book says that the phrase stands."""
    if "any" in where or "inline" in where:
        return True
    if "last" in where and index >= max(3, len(context.lines) - LAST_LINES):
        return True
    return ("start" in where and context.in_head(index)) or ("end" in where and context.in_tail(index))


def fires(context: Context, index: int, part: Part, hit: Hit) -> str | None:
    """The evidence where a phrase is boilerplate here, None where it may be the article's own words."""
    phrase, text = hit.phrase, part.text
    if hit.rest and text[:1] in _QUOTES and any(q in hit.rest for q in _QUOTES):
        return None  # someone's words, and who said them
    edge = context.in_head(index) or context.in_tail(index)
    if phrase.match == "prefix" and hit.rest and _behind(text, phrase.pattern).startswith(_COMMAS):
        return None
    if phrase.match == "re":
        return _expression_fires(context, index, text, hit)
    if phrase.match == "line" or not hit.rest:
        if _among_entries(context, index):
            return None
        return f"the whole line is “{phrase.pattern}”" if phrase.risk != "high" or edge else None
    near_end = index >= len(context.lines) - 5
    if phrase.category in CALLING and len(phrase.pattern) >= 10 and phrase.risk == "medium" and len(text) <= 220:
        evidence = _call_fires(text, hit, context.language, edge=edge or near_end)
        if evidence:
            return evidence
    if not edge and not _anywhere(hit) and (is_prose(text) or not (near_end or index < 3)):
        return None
    if hit.separated and len(text) <= 220 and headline_like(hit.rest):
        sure = phrase.risk != "high" or edge or phrase.pattern.endswith(":")
        return (
            f"begins with “{phrase.pattern}” and a separator"
            if sure and (edge or phrase.category not in ("share", "newsletter"))
            else None
        )
    told = phrase.risk == "medium" and len(phrase.pattern) >= _least(phrase.pattern)
    short = told and len(text) <= 80 and not ends_as_sentence(text)
    if short and phrase.category == "share" and wording().read(hit.rest, context.language).covered < 0.6:
        return None
    if short and (edge or phrase.category == "related"):
        return f"a short line that begins with “{phrase.pattern}”"
    return None


def _least(pattern: str) -> int:
    """How long a phrase must be to count without a sign behind it: four characters say in Chinese what eight say elsewhere."""
    return 4 if pattern[:1] >= "\u2e80" else 8


def _anywhere(hit: Hit) -> bool:
    return "any" in hit.phrase.where or "inline" in hit.phrase.where


def _call_fires(text: str, hit: Hit, language: str | None, *, edge: bool) -> str | None:
    """A call on the reader with more words behind it: a sentence goes only where those speak of subscribing or following."""
    name = hit.phrase.pattern
    if _CALL_WORDS.search(hit.rest) and (edge or not is_prose(text)):
        return f"begins with the call “{name}” and speaks of subscribing or following"
    titled = " " in name and len(hit.rest.split()) <= 6 and all(map(is_capital, re.findall(r"[^\W\d_]+", hit.rest)))
    said = hit.separated or len(name) >= 14 or titled or wording().read(hit.rest, language).covered >= 0.6
    if len(text) <= 80 and not ends_as_sentence(text) and said and (edge or len(name) >= 14 or titled):
        return f"a short line that begins with the call “{name}”"
    return None


def _expression_fires(context: Context, index: int, text: str, hit: Hit) -> str | None:
    """An expression fits: one that covers the line suffices, another needs a line that is no sentence, and all their place."""
    phrase = hit.phrase
    if text[:1] in '"“„«‹「»' or text[-1:] in '"”“»›」' or not _stands_right(context, index, phrase.where):
        return None
    whole = phrase.pattern.startswith("^") and phrase.pattern.endswith("$")
    said = f"“{hit.said}”" if len(hit.said) <= 60 else f"“{hit.said[:60].rstrip()}…”"
    if hit.behind.startswith(_COMMAS) and not whole:
        return None
    if phrase.category in _LABELS and not whole and not _labels(text, hit, context.language):
        return None
    telling = phrase.category in CALLING and " " in phrase.pattern and len(phrase.pattern) >= 16
    if whole:
        return f"the line reads like {_READS_LIKE[phrase.category]}: {said}"
    if phrase.pattern.startswith("^") and len(text) <= 120 and (telling or not ends_as_sentence(text)):
        return f"a short line that reads like {_READS_LIKE[phrase.category]}: {said}"
    edge = context.in_head(index) or context.in_tail(index)
    telling = telling and len(hit.said) >= 0.4 * len(text)
    if edge and len(text) <= 160 and not is_prose(text) and (telling or not ends_as_sentence(text)):
        return f"a short line that reads like {_READS_LIKE[phrase.category]}: {said} stands in it"
    return None


_LABELS = frozenset({"byline", "photo_credit", "share", "follow", "comments", "app_promo"})
"""Categories whose expressions are a common word at a line's beginning: "Source", "Follow"."""
_COMMAS = (",", "،", "，", "、")
"""What goes on behind these is a sentence of which the phrase is the beginning: "Download the app, pay the shop"."""


def _labels(text: str, hit: Hit, language: str | None) -> bool:
    """Whether what an expression matched stands as a label: a sign behind it, or nothing but names and words of the page."""
    behind = hit.behind.strip()
    if hit.separated or not behind or behind[0] in SEPARATORS + "(/" or len(text) - len(behind) >= 16:
        return True
    words = [w for w in wording().read(behind, language).words if not w.category]
    return not words or bool(AGENCY.search(behind)) or bool(NAMES_LAST.search(" " + behind))


def _phrase_rule(category: str, sentence: str) -> Rule:
    def propose(context: Context) -> Iterator[Proposal]:
        return _phrase_evidence(context, category)

    propose.__doc__ = sentence
    return rule(_CATEGORY_RULES[category])(propose)


related_read_also = _phrase_rule("related", "A line that points to other articles: read also, more on this, related.")
newsletter_box = _phrase_rule("newsletter", "An invitation to subscribe to a newsletter.")
share_bar = _phrase_rule("share", "A label of a share button.")
comments_block = _phrase_rule("comments", "The comments' heading, form or rules.")
tags_line = _phrase_rule("tags", "A list of keywords or categories.")
cookie_notice = _phrase_rule("cookie", "A word on cookies or on consent to embedded content.")
legal_copyright = _phrase_rule("copyright", "A copyright line or another legal tail.")
nav_breadcrumb = _phrase_rule("breadcrumb", "A breadcrumb, a skip link or a menu label.")
byline_line = _phrase_rule("byline", "The author's or agency's line, which is kept as `authors` and `agency`.")
media_credit = _phrase_rule("photo_credit", "A picture credit outside a caption.")
media_player = _phrase_rule("video_player", "A label of a video or audio player.")
ads_label = _phrase_rule("ads", "A label of an advertisement.")
app_promo = _phrase_rule("app_promo", "An invitation to install an app.")
share_print = _phrase_rule("print_email", "A label of a print, mail or save button.")
share_follow = _phrase_rule("follow", "An invitation to follow the outlet elsewhere.")
reading_time = _phrase_rule("reading_time", "How long the article takes to read or to listen to.")
date_line = _phrase_rule(
    "updated_date", "When the article was published or updated, which is kept as `published_at` and `modified_at`."
)
paywall_notice = _phrase_rule("paywall", "A paywall's words.")
other_language = _phrase_rule("other_language_link", "A link to the article in another language.")
support_call = _phrase_rule("support", "A call for donations or membership.")
feedback_call = _phrase_rule("feedback", "A call to report a mistake or to write to the newsroom.")
