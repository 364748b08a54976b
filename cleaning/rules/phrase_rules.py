"""One rule for each kind of phrase in the phrase book, and what makes a phrase boilerplate where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaning.document import Part
from cleaning.rules.model import Context, Proposal, Rule, ends_as_sentence, headline_like, is_prose, rule
from cleaning.rules.phrases import Hit, phrase_book

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
}


CALLS = frozenset({"newsletter", "follow", "app_promo", "share", "comments", "paywall", "copyright", "cookie"})
"""Categories whose phrases call on the reader: no article's own paragraph begins with them, so a whole sentence may follow."""


_CALL_WORDS = re.compile(
    r"newsletter|bulletin|infolettre|inbox|e-?mail|subscri|abonn|\babo\b|suscri|inscri|iscri|assin|prenumer|"
    r"подпис|підпис|abone|اشترك|订阅|訂閱|購読|登録|구독|"
    r"whatsapp|telegram|facebook|instagram|twitter|youtube|tiktok|google news|\bapps?\b|applica[tz]ion|aplicación|"
    r"приложени|cookies?\b|test(?:en|ez)\b|gratis|free trial|donat|spend",
    re.I,
)


def _phrase_evidence(context: Context, category: str) -> Iterator[Proposal]:
    """Every line that a phrase of that category takes out here, with what it saw."""
    book = phrase_book()
    for index, part in enumerate(context.lines):
        if part.kind == "table":
            continue
        for hit in book.hits(part.text, context.language):
            if hit.phrase.category == category and (evidence := fires(context, index, part, hit)):
                yield part, f"{evidence} ({hit.phrase.language})"
                break


def _stands_right(context: Context, index: int, where: str) -> bool:
    """Whether a line stands where the phrase book says that the phrase stands."""
    if "any" in where or "inline" in where:
        return True
    return ("start" in where and context.in_head(index)) or ("end" in where and context.in_tail(index))


def fires(context: Context, index: int, part: Part, hit: Hit) -> str | None:
    """The evidence where a phrase is boilerplate here, None where it may be the article's own words."""
    phrase, text = hit.phrase, part.text
    edge = context.in_head(index) or context.in_tail(index)
    if phrase.match == "re":
        return _expression_fires(context, index, text, hit)
    if phrase.match == "line" or not hit.rest:
        return f"the whole line is “{phrase.pattern}”" if phrase.risk != "high" or edge else None
    near_end = index >= len(context.lines) - 5
    if phrase.category in CALLS and len(phrase.pattern) >= 10 and phrase.risk == "medium" and len(text) <= 220:
        evidence = _call_fires(text, hit, edge=edge or near_end)
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
    short = len(text) <= 80 and not ends_as_sentence(text) and phrase.risk == "medium" and len(phrase.pattern) >= 8
    if short and (edge or phrase.category == "related"):
        return f"a short line that begins with “{phrase.pattern}”"
    return None


def _anywhere(hit: Hit) -> bool:
    return "any" in hit.phrase.where or "inline" in hit.phrase.where


def _call_fires(text: str, hit: Hit, *, edge: bool) -> str | None:
    """A call on the reader with more words behind it: a sentence goes only where those speak of subscribing or following."""
    name = hit.phrase.pattern
    if _CALL_WORDS.search(hit.rest) and (edge or not is_prose(text)):
        return f"begins with the call “{name}” and speaks of subscribing or following"
    if len(text) <= 80 and not ends_as_sentence(text) and (edge or len(name) >= 14):
        return f"a short line that begins with the call “{name}”"
    return None


def _expression_fires(context: Context, index: int, text: str, hit: Hit) -> str | None:
    """An expression fits: one that covers the line suffices, another needs a line that is no sentence, and all their place."""
    phrase = hit.phrase
    if text[:1] in '"“„«‹「»' or text[-1:] in '"”“»›」' or not _stands_right(context, index, phrase.where):
        return None
    whole = phrase.pattern.startswith("^") and phrase.pattern.endswith("$")
    telling = phrase.category in CALLS and " " in phrase.pattern and len(phrase.pattern) >= 16
    if whole and len(text) <= 200:
        return f"the line reads like “{phrase.pattern}”"
    if phrase.pattern.startswith("^") and len(text) <= 120 and (telling or not ends_as_sentence(text)):
        return f"a short line that reads like “{phrase.pattern}”"
    edge = context.in_head(index) or context.in_tail(index)
    if edge and len(text) <= 160 and not is_prose(text) and (telling or not ends_as_sentence(text)):
        return f"a short line with “{phrase.pattern}” in it"
    return None


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
