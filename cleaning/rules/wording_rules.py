"""What a line's wording gives away: labels, calls on the reader, credits, dates that no phrase book lists."""

from __future__ import annotations

import re

from cleaning.document import Part
from cleaning.names import AGENCY, is_capital
from cleaning.rules.bylines import about_the_author, signed
from cleaning.rules.calls import addressed, call, call_by_name, last_words, mixed
from cleaning.rules.credits import credit
from cleaning.rules.dated import dated
from cleaning.rules.model import (
    FULL_STOPS,
    QUESTION_MARKS,
    QUOTES,
    Context,
    ends_as_sentence,
    headline_like,
    is_prose,
    is_speech,
    spaceless,
)
from cleaning.rules.shapes import Finding, said_by_its_form
from cleaning.rules.widgets import bracketed, home, pointing
from cleaning.rules.wording import LONGEST, RUN_TOGETHER, Reading, wording

_BUTTONS = frozenset({"print_email", "nav", "byline", "feedback", "share", "photo_credit", "comments"})
"""What above or below the text is a button or a heading of the page even where its words are common ones."""

_LABEL = re.compile(r"^[^\w\s]*\s*([^:：|»›→>】\]／〉=＝]{2,60}?)\s*(?:[:：|»›→>】\]／〉=＝]+|\s[-–—]+\s|(?<=\w)-\s)\s*(\S.*)$")
_LAST_LABEL = re.compile(r"^(.{2,60})[:：|]\s*([^:：|]+)$")
_ARROW = re.compile(r"^(?:>>+|»+|→|➡|⇒|▶︎?|►|▸|☞|＞＞|[👉👇📌📎🔗🔹🔸🔺🔻🔴🔵🟢⚫⚪🟥🟦▪◾◼■◆◇]\ufe0f?)\s*(?=\w)")
_POINTER = re.compile(r"^(?:>>+|»+|→|➡|⇒|▶︎?|►|☞|＞＞|[👉📌🔗]\ufe0f?)\s*(?=\w)")
_HASHTAGS = re.compile(r"^(?:#[\w\u0900-\u0fff]+[\s,]*){2,}$")
_COUNTED = re.compile(r"^(?:\d{1,2}[.)]|[-–—•*·])\s")


def said_by_the_page(context: Context, index: int, part: Part) -> Finding | None:
    """The category and evidence of a line that the page says, not the article; None for any other."""
    text = part.text
    if context.continues(index) or is_speech(text):
        return None
    if len(text) > LONGEST or part.kind == "table" or text.startswith(QUOTES):
        return None
    if formed := said_by_its_form(context, index, text):
        return formed
    if len(text) < 2:
        return None
    edge = context.in_head(index) or context.in_tail(index)
    reading = wording().read(text, context.language)
    inside = not edge and part.kind == "list_item"
    counted = inside or bool(_COUNTED.match(text))
    bare = not context.marked_up
    idle = not (bare or edge or part.links)
    own = counted or _heads_paragraph(context, index, reading)
    last = index >= len(context.lines) - 3 and text[-1] not in ":："
    last = last or _beside_button(context, part, reading)
    first = index == 0 or (bare and index <= _MOST_SECTIONS and context.in_head(index))
    return (
        bracketed(text, reading)
        or (None if own else _nothing_else(reading, text, edge=edge or last, last=last, first=first, bare=bare))
        or home(context, index, text)
        or pointing(context, text)
        or (None if inside else _labelled(context, index, text, edge))
        or (None if counted else call(reading, text, edge, idle=idle) or call_by_name(context, text, edge, idle=idle))
        or (None if counted else last_words(context, index, text, reading))
        or (None if counted or edge else _announcing(context, index, text, reading))
        or credit(context, index, text, edge)
        or (dated(context, index, text, reading) if edge else None)
        or (signed(context, index, text, reading) if edge else None)
        or _marked(context, index, text)
        or about_the_author(context, index, text)
    )


_MOST_SECTIONS = 4
"""Lines from the first on among which a section's name may stand in a text without markup."""


def _beside_button(context: Context, part: Part, reading: Reading) -> bool:
    """Whether a line of one or two words stands beside a button or label that was removed: "Print" below "Share"."""
    if reading.category not in _BUTTONS | {"follow"} or len(reading.words) > 2:
        return False
    beside = (context.removed.get(part.index + step, ("",))[0] for step in (-1, 1))
    return any(name.startswith(("share.", "comments.")) for name in beside)


def _nothing_else(reading: Reading, text: str, *, edge: bool, last: bool, first: bool, bare: bool) -> Finding | None:
    """Every word of the line is a page's own."""
    if reading.covered < 1 or not reading.category:
        return None
    if reading.category == "section":
        plain = len(reading.words) <= 3 and all(w.weight or w.text in ("news", "in") for w in reading.words)
        return ("breadcrumb", "a section's name right below the headline") if first and plain else None
    if mixed(reading):
        return None
    if edge:
        least = 1 if reading.category in _BUTTONS and len(reading.words) <= 5 else 2
        if text.endswith(FULL_STOPS) and not addressed(reading) and max(w.weight for w in reading.words) < 2:
            least = 4  # "That goes on." may be the article's
        if text.endswith(QUESTION_MARKS) and not last:
            least = 5
    elif bare and len(reading.words) == 1 and reading.category in _ALONE:
        least = 2
    elif bare and _COUNT.match(text):
        least = 1
    else:
        if reading.category == "photo_credit" and not reading.words[0].weight:
            return None  # "The picture from January" is a sub-heading
        alone = reading.category == "photo_credit" or (reading.category == "related" and text.endswith((":", "：", "»", ">")))
        least = 2 if (alone and len(reading.words) <= 5) or _notice(reading, text) else 3
        if text.endswith(QUESTION_MARKS):
            least = 5
        elif text.endswith(FULL_STOPS) and reading.words[0].weight < 2 and not addressed(reading):
            least = 4
    return (reading.category, "no word but those that pages speak to their readers with") if reading.score >= least else None


def _heads_paragraph(context: Context, index: int, reading: Reading) -> bool:
    """Whether a line is a heading's element right above a paragraph, and speaks of a thing rather than to the reader."""
    part, below = context.lines[index], context.lines[index + 1 : index + 2]
    return (
        part.kind == "heading"
        and reading.category in _THINGS
        and not ALSO.search(part.text)
        and bool(below)
        and below[0].kind == "paragraph"
        and is_prose(below[0].text)
    )


_THINGS = frozenset({"video", "app_promo", "byline", "related", "paywall"})
"""What sub-headings of an article speak of as well as a page: "Website video", "The handout"."""


def _notice(reading: Reading, text: str) -> bool:
    """Whether a line of two to six words is a button or notice that stands among paragraphs: a player's, a printer's."""
    weighty = any(w.weight >= 2 for w in reading.words)
    return reading.category in _NOTICES and weighty and 1 < len(reading.words) <= 6 and not ends_as_sentence(text)


_COUNT = re.compile(r"^[^\W\d]{3,20}\s?(?:[(（]\d{1,6}[)）]|[:：]\s?\d[\d.,\s]{0,8})$")
"""A count of readers' comments or views: "Comments (0)", "Views: 1243"."""

_ALONE = frozenset({"share", "print_email", "comments"})
"""Buttons whose one word no sub-heading of an article has."""

_NOTICES = frozenset({"video", "paywall", "newsletter", "print_email"})


def _labelled(context: Context, index: int, text: str, edge: bool) -> Finding | None:
    """A label in a page's own words, a sign, and what it labels."""
    match = _LABEL.match(text)
    if match is None:
        return _glued(context, text)
    label, rest = match.groups()
    if label[-1:].isdigit() and rest[:1].isdigit() and (match := _LAST_LABEL.match(text)):
        label, rest = match.groups()
    reading = wording().read(label, context.language)
    if reading.covered < 1 or not reading.category:
        if _points(reading, label) and headline_like(rest) and not rest.endswith(FULL_STOPS):
            return "related", f"begins with “{label.strip()}”, which points to another article"
        return None
    category, score = reading.category, reading.score + (bool(_ARROW.match(text)) or "|" in text or label.isupper())
    evidence = f"begins with the label “{label.strip()}”"
    if category == "byline" and any(w.category == "photo_credit" and w.weight for w in reading.words):
        category = "photo_credit"
    named = not context.marked_up and len(rest.split()) <= 4 and all(map(is_capital, re.findall(r"[^\W\d_]+", rest)))
    if category in ("related", "video"):
        fits = score >= 2 and headline_like(rest) and not rest.endswith(FULL_STOPS) and len(rest) >= 2
    elif category == "photo_credit":
        told = score >= 2 or bool(AGENCY.search(rest)) or named
        fits = len(rest) <= 100 and (not ends_as_sentence(rest) or len(rest) <= 30) and told
    elif category == "tags":
        listed = len(rest.split()) <= 4 or bool(re.search("[,;#，、،|·•/]", rest))
        fits = context.in_tail(index) and not ends_as_sentence(rest) and listed
    elif category == "byline":
        spoken = ends_as_sentence(rest) or (rest[:1].islower() and rest.count(" ") > 2)
        fits = (edge or named) and len(rest) <= 70 and not spoken
    elif category in ("updated_date", "reading_time"):
        fits = edge and len(rest) <= 60 and bool(re.search(r"\d", rest)) and not ends_as_sentence(rest)
    elif category == "copyright" and AGENCY.search(rest) and len(rest) <= 60:
        fits = not ends_as_sentence(rest)
    else:
        fits = (edge or score >= 3) and score >= 2 and len(rest) <= 120 and not ends_as_sentence(rest)
    return ("related" if category == "video" else category, evidence) if fits else None


_LEAST_LABEL = 4
"""Letters of a label's last word that a headline was run together with: "GoDaddy" is none."""


def _glued(context: Context, text: str) -> Finding | None:
    """A pointer's label and the headline, run together: "Read alsoThe price of the deal"."""
    seam = RUN_TOGETHER.search(text)
    if seam is None or not 4 <= seam.start() <= 40 or ends_as_sentence(text) or len(text[seam.start() :].split()) < 3:
        return None
    label = wording().read(text[: seam.start()], context.language)
    if label.covered < 1 or label.category != "related" or label.score < 2 or len(label.words[-1].text) < _LEAST_LABEL:
        return None
    return "related", f"begins with the label “{text[: seam.start()]}”, run together with a headline"


def _points(reading: Reading, label: str) -> bool:
    """Whether a label opens with a pointer's words ("read also"), though it goes on with one of its own ("the interview")."""
    unknown = sum(not w.category for w in reading.words)
    first = reading.words[:1]
    return (
        bool(first)
        and first[0].category == "related"
        and first[0].weight >= 2
        and reading.score >= 3
        and unknown <= 1
        and len(label) <= 40
    )


def _announcing(context: Context, index: int, text: str, reading: Reading) -> Finding | None:
    """A label of other articles among the paragraphs, and a headline below it: a sub-heading has a paragraph there."""
    lines = context.lines
    if reading.category != "related" or len(text) > 50 or ends_as_sentence(text):
        return None
    if reading.covered < (0.6 if ALSO.search(text) else 1):
        return None
    if re.search(r"\d", text) or (text.endswith((":", "：")) and not text.isupper()):
        return None
    if len(reading.words) > 6 or index + 2 >= len(lines) or not ends_as_sentence(lines[index - 1].text):
        return None
    headline, below = lines[index + 1], lines[index + 2]
    fits = (
        headline.kind in ("paragraph", "heading")
        and headline_like(headline.text)
        and not headline.text.endswith((*FULL_STOPS, ":", "：", ",", "،", ";", "…"))
        and (not headline.text.startswith(QUOTES) or bool(_QUOTED_AND_TOLD.match(headline.text)))
        and (len(headline.text.split()) >= 4 or (spaceless(headline.text) and len(headline.text) >= 10))
        and not is_prose(headline.text)
    )
    if fits and (is_prose(below.text) or below.text.startswith(QUOTES)):
        return "related", ANNOUNCED
    return None


_QUOTED_AND_TOLD = re.compile(r"^[\"“”„«»‹›'‘’‚][^\"“”«»]{8,}[\"“”«»‹›'’‘],?\s?[:–—-]\s?\S")
"""A headline that begins with someone's words and goes on: “We talked”: the mediator on peace."""

ALSO = re.compile(
    r"also|related|\bauch|verwandt|aussi|également|también|relacionad|também|anche|correlat|\book\b|gerelateerd|также|по теме|"
    r"також|też|także|również|powiązan|také|souvisej|ayrıca|\bda oku|ilgili|أيض|صلة|همچنین|مرتبط|גם|קשור|भी|संबंधित|আরও|بھی|متعلق|"
    r"相关|相關|延伸|関連|あわせて|"
    r"interes|intéress|même sujet|même thème|zum thema|mismo tema|mesmo tema|stesso tema|don.t miss|по тем|по этой теме|за темою|"
    r"na ten temat|k tématu|om dit|over dit|topik|konuyla|موضوع|يهمك|相關|おすすめ|"
    r"בנושא|נוספ|עוד על|מומלצ|интерес|цікав|читай|читат|материал|матеріал|پیشنهاد|بخوانید|طالع|اقرأ|اقرا|संबंधित|और पढ|ये भी|"
    r"aceeași temă|ίδιο θέμα|περισσότερα|διαβάστε|"
    r"함께|تهم|más informaci|stories|articles|weitere|artikel|artículos|articoli|artigos|notícias|noticias|notizie|"
    r"новост|новин|стат|"
    r"artykuł|wiadomoś|haberler|مقالات|أخبار|مطالب|اخبار|記事|文章|新闻|新聞|기사|뉴스|"
    r"ilginiz|관련|liên quan|xem thêm|juga|terkait|επίσης|σχετικ|\bși\b|similar|\bis\b|kapcsol|också|även|også|myös",
    re.I,
)
"""Words of labels that announce another article; a button that opens the rest of a text ("read more") has none."""

ANNOUNCED = "speaks of other articles, and a headline stands below it"
"""The evidence of a label whose headline goes with it."""


def _marked(context: Context, index: int, text: str) -> Finding | None:
    """A single line behind an arrow, or a row of hashtags."""
    part = context.lines[index]
    if _HASHTAGS.match(text) and len(re.findall("#", text)) >= 2:
        return "tags", "hashtags alone"
    telling = bool(part.links) or context.in_tail(index) or _tells(text)
    if len(text) <= 160 and _ARROW.match(text) and telling and not ends_as_sentence(text):
        beside = [context.lines[i].text for i in (index - 1, index + 1) if 0 <= i < len(context.lines)]
        single = not any(_ARROW.match(line) for line in beside) and not _repeats(context, index)
        if (single and not _heads_sections(context, text)) or context.in_tail(index):
            return "related", "a headline behind an arrow"
    if _POINTER.match(text) and part.links and part.link_density >= 0.2 and not _repeats(context, index):
        return "related", "an arrow and a link"
    if len(text) <= 160 and (arrow := _ARROW.match(text)):
        label, colon, headline = text[arrow.end() :].partition(":")
        named = bool(colon) and label.isupper() and 5 <= len(label) <= 40
        if named and headline_like(headline.strip()) and not text.endswith(FULL_STOPS):
            return "related", "an arrow, a label in capitals and a headline"
    if len(text) <= 80 and _CAPTION_SIGN.match(text) and not ends_as_sentence(text):
        beside = [context.lines[i].text for i in (index - 1, index + 1) if 0 <= i < len(context.lines)]
        if not any(_CAPTION_SIGN.match(line) for line in beside):
            return "photo_credit", "an arrow to the picture above or below it"
    return None


def _tells(text: str) -> bool:
    """Whether a line has the four words, or in scripts without spaces eight characters, that a headline has at least."""
    return len(re.findall(r"[^\W\d_]{2,}", text)) >= 4 or (spaceless(text) and len(text) >= 8)


def _heads_sections(context: Context, text: str) -> bool:
    """Whether a line opens with a square or disc in a language whose papers set them before sub-headings."""
    return text[0] in "■◆◇◼◾▪●" and (context.language or "")[:2] in ("ja", "ko", "zh")


def _repeats(context: Context, index: int) -> bool:
    """Whether more than two lines nearby open with that line's sign: then it marks the article's own sub-headings or list."""
    sign = context.lines[index].text[0]
    return sum(part.text.startswith(sign) for part in context.lines[max(0, index - 20) : index + 21]) > 2


_CAPTION_SIGN = re.compile(r"^[▲▼△▽↑↓⬆⬇]\s*(?=\w)")
