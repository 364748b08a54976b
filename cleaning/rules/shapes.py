"""Lines that their form gives away, whatever the language: trails of sections, counters, lone letters, addresses, signs.

No word is looked up here but the few letters that advertisements are marked with.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from cleaning.datelines import is_date_line
from cleaning.names import AGENCY, is_capital
from cleaning.rules.model import Context, ends_as_sentence, words
from cleaning.rules.wording import RUN_TOGETHER

Finding = tuple[str, str]
"""A category of the phrase book, and the evidence."""

_TRAIL_SIGN = re.compile(r"\s*[>›→＞]\s*|\s+[»‹]\s+")
_ROW_SIGN = re.compile(r"\s+[/|•·∙／｜]\s+|\s*[／｜]\s*")
_LONGEST_STEP = 30
"""Characters of one section's name in a trail of them."""

_COUNTS = re.compile(r"^(?:(?<!\d)[^\w\s]*\s*\d[\d.,\u00a0]*\s?[KkMКк]?\s*){1,8}$")
_READERS = re.compile(r"^[👁👀👍👎❤♥💬🗨🔁📖📊]\ufe0f?\s*\d[\d.,\s\u00a0]*(?:[KkMКк]\b)?\s*(?:[^\W\d]+(?:\s[^\W\d]+)?)?$")
"""How many have seen or liked it: a sign, a number and at most two words."""
_PICTURE_OF = re.compile(r"^[(\[]?(?P<this>\d{1,3})\s?/\s?(?P<all>\d{1,3})[)\]]?$")
_BARE_LINK = re.compile(r"^[^\w\s]*\s*\w[^:：]{1,30}[:：]\s*(?:https?://|www\.)\S+(?:\s\w{1,3}\s(?:https?://|www\.)\S+)?$")
_PROFILE = re.compile(
    r"^(?:https?://)?(?:www\.)?(?:twitter|x|facebook|instagram|youtube|tiktok|linkedin|threads|bsky|t|vk)\.(?:com|app|net|me)/"
    r"[\w@./-]+$",
    re.I,
)
_SHORTCODE = re.compile(
    r"^\[(?P<name>[a-z][a-z_-]{2,30})(?:\s\w+=[^\[\]]*)?\].*\[/(?P=name)\]$|^\[/?[a-z][a-z_-]{2,30}\s\w+=[^\[\]]*\]$"
)
"""What a plug-in should have replaced: `[button link="..."]Write to us[/button]`."""
_NUMBER = re.compile(r"^\d{1,3}(?:[., ]?\d{3})?\W?$")
_THE_END = re.compile(
    r"^[\W_]+(?:the\s)?(?:ends?|fin|ende|fine|slut|koniec|konec|kraj|конец|кінець|край|終|完|全文完|끝|"
    r"انتهى|پایان|סוף)[\W_]+$",
    re.I,
)
_HASHTAG = re.compile(r"^#[^\W_][\w\u0900-\u0fff]{1,29}$")
_LENGTH_FIRST = re.compile(r"^\d{1,2}:\d{2}(?=[A-ZÀ-ÖØ-Þ(])")
_DAY_FIRST = re.compile(r"^[^\W\d_]{4,20}\s?\d{1,2}\.\d{1,2}\.\d{4}\s?(?=[A-ZÀ-ÖØ-ÞА-Я„«\"“])")
_PAID_FIRST = re.compile(r"^[A-Z]{1,3}\+\s(?=[A-ZÄÖÜ„«\"“])")
_READERS_LAST = re.compile(r"\d[\d.,]*\s?[KkMm]?\s(?:viewing now|reading now|people reading)$")
_AD_LAST = re.compile(
    r"[a-zß-öø-ÿ?!](?:PATROCINADO|PUBLICIDAD|PUBLICIDADE|SPONSORED|PROMOTED|ANZEIGE|SPONSORISÉ|PUBBLICITÀ|ADVERTISEMENT)$"
)
_DATE_AND_TAGS = re.compile(r"^(?P<date>[^#]{6,30}?)[,|·\s]+#\w{2,30}(?:[\s,]+#\w{2,30})+$")
_SITE_ALONE = re.compile(
    r"^(?:[A-Za-z][\w-]{1,30}\.)?[A-Za-z][\w-]{2,30}\.(?:com|org|net|info|news|eu|de|at|ch|fr|be|nl|es|pt|br|mx|ar|it|uk|pl|cz|sk|ro|hu|bg|gr|tr|ru|ua|by|"
    r"se|no|dk|fi|ir|il|in|id|vn|kr|jp|cn|tw)$"
)
_DAY_GLUED = re.compile(
    r"[a-zß-öø-ÿ?!](?:Published|Updated|Publié|Publicado|Pubblicato|Veröffentlicht|Опубликовано)"
    r"(?:\s(?:am|le|el|il|on))?\s\d{1,2}\.?\s[^\W\d_]{3,10}(?:\s\d{4})?$"
)
_LENGTH = re.compile(r"(?P<before>\w+)\W?\s(?:\d{1,3}\s?min\.?|\(\d{1,2}:\d{2}\)|\d{1,2}:\d{2}\s?min\w*\.?)$")
_LASTS = frozenset(
    "about etwa rund environ circa unos ca около in en nach dans dopo em após za w через of every after for um la à".split()
)
"""Words before a length of time that belong to a sentence: "done in 14 min"."""
_TAG_ROW = re.compile(r"\s+[|｜]\s+")
_CREDITED = re.compile(
    r"^(?:(?:AFP|EPA|AP) via )?(?:Getty Images|Reuters|REUTERS|AFP|EPA|EPA-EFE|AP|PA Media|Alamy|Anadolu|Shutterstock)\s?"
    r"(?:The|A|An|In|On|At|Two|Three)\s(?=[^\W\d_]+\s)(?!Pictures?\b)"
)
_PICTURE_FIRST = re.compile(
    r"^(?:(?:Item|Image|Photo|Picture|Slide|Bild|Foto|Imagen|Imagem|Immagine|Zdjęcie|Фото|Изображение|Зображення|Resim|Fotoğraf)\s"
    r"(?P<this>\d{1,3})\s?(?:of|von|sur|de|di|van|av|af|z|ze|из|з|/)\s?(?P<all>\d{1,3})|"
    r"\[(?P<nth>\d{1,3})\s?/\s?(?P<last>\d{1,3})\])\s?(?=[^\W\d_])"
)
"""A gallery's count before what the picture shows: "Item 2 of 5 A tanker lies off the port"."""
_CREDITED_LAST = re.compile(r"(?:^|[.!?…)\"”»]\s)(?P<house>[^./]{2,30})/(?P<name>[^/]{4,40})(?:/(?P<signs>[\w-]{2,5}))?\.?$")
"""An agency, a name and perhaps initials, with strokes between, behind what the picture shows."""
_TAKEN_BY = re.compile(
    r"(?:[。！？]|^|\s)[（(]?(?:[\u4e00-\u9fff]{0,8}(?:记者|記者)\s?)?[\u4e00-\u9fff·]{2,6}\s?(?:摄|攝|攝影|摄影|供图|供圖|制图|製圖|绘|繪|翻攝)[）)]?$"
)
"""Who took or drew the picture, behind what a Chinese caption says of it."""
_DRAWN_BY = re.compile(r"[。！？（(]\s?(?:[\u4e00-\u9fff]{0,8}(?:记者|記者)\s?)?[\u4e00-\u9fff·]{2,6}\s?[图圖][）)]?$")
_TAKEN_FOR = re.compile(
    r"(?:[a-zß-öø-ÿ\d)][.!?…]['\"”»]?\s|[a-zß-öø-ÿ\d]\s[–—-]\s)[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’-]+(?:\s[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’-]*){1,3}\s(?:POUR|FOR|FÜR|PER|PARA|VOOR)\s\S.{1,40}$"
)
"""Who took the picture for whom, in capitals behind what it shows: "… in October. ANNA BERG FOR THE POST"."""
_IN_CAPITALS = re.compile(r" (?:POUR|FOR|FÜR|PER|PARA|VOOR) ")
_SIZES = re.compile(r"^[^\d+]{0,30}(?:[+＋]\s*[-–−－]|[-–−－]\s*[+＋])$|^(?:[AaА][+-]?\s?){2,4}$|^(?:[大中小]\s){1,2}[大中小]$")
_ADDRESS = re.compile(r"\(?<?[\w.+-]+@[\w.-]*>?\)?")
_AD_LINK = re.compile(
    r"^(?:реклама|advertis\w+|anzeige|publicidad|publicité|pubblicità|reklama?)\b.{0,30}(?:www\.|https?://)\S+$", re.I
)
_AD_SIGNS = frozenset({"AD", "ADS", "ADV", "ADVT", "ADVERT", "PUB", "PUBLI", "ANZ", "[AD]", "(AD)", "[PR]", "(PR)"})
"""What advertisements are marked with, as it is written: in small letters some of them are words."""


def said_by_its_form(context: Context, index: int, text: str) -> Finding | None:
    """The category and evidence of a line that no one wrote as a sentence's part; None for any other."""
    if captioned := _caption(text):
        return captioned
    if len(text) > 100:
        return None
    if _AD_LINK.match(text):
        return "ads", "an advertisement's word and an address"
    if text in _AD_SIGNS:
        return "ads", "what advertisements are marked with"
    head, tail = context.in_head(index), context.in_tail(index)
    if counted := _counter(text, edge=head or tail):
        return counted
    if _SHORTCODE.match(text):
        return "video", "a shortcode that was left as it is written"
    if _THE_END.match(text) and index >= len(context.lines) - 8:
        return "breadcrumb", "a mark that the text has ended"
    if _names_run_together(text):
        return "tags", "names run together without spaces between"
    if _HASHTAG.match(text):
        return "tags", "a hashtag alone"
    if (dated := _DATE_AND_TAGS.match(text)) and is_date_line(dated["date"]):
        return "tags", "a date and hashtags"
    if not context.marked_up and _SITE_ALONE.match(text):
        return "breadcrumb", "the name of a site alone"
    if not ends_as_sentence(text) and (carded := _card(text)):
        return carded
    if not head and (names := _row_of_tags(context, index, text)):
        return "tags", f"{names} short names in a row with bars between"
    return _at_the_edge(context, index, text) if head or tail else None


@lru_cache(maxsize=4096)
def _card(text: str) -> Finding | None:
    """A link to another article or a video as a card shows it: a headline with its day, its length, its readers or a label at one
    end."""
    if _LENGTH_FIRST.match(text):
        return "related", "how long it plays, and a headline"
    if _DAY_FIRST.match(text):
        return "related", "a label, a day and a headline"
    if _PAID_FIRST.match(text) and len(text.split()) >= 4:
        return "related", "a mark of what subscribers read, and a headline"
    if (match := _READERS_LAST.search(text)) and (match.start() == 0 or len(text.split()) >= 4):
        return "related", "how many read it now, with a headline or alone"
    if _AD_LAST.search(text):
        return "ads", "what advertisements are marked with, run together with a headline"
    if (glued := _DAY_GLUED.search(text)) and len(text[: glued.start()].split()) >= 4:
        return "related", "a headline and when it was published, without a space between"
    if (timed := _LENGTH.search(text)) and timed["before"] not in _LASTS and len(text[: timed.start()].split()) >= 4:
        return "related", "a headline and how long it plays"
    return None


def _at_the_edge(context: Context, index: int, text: str) -> Finding | None:
    """The same for a line before the first or behind the last paragraph."""
    if len(text) == 1 and text.isalpha() and not _drop_cap(context, index):
        return "share", "a single letter"
    if any(unicodedata.category(c) == "So" for c in text) and _COUNTS.match(text):
        return "share", "figures behind signs"
    if _SIZES.match(text):
        return "print_email", "a switch of the letters' size"
    if (rest := _ADDRESS.sub(" ", text)) != text and _names_at_most(rest):
        return "byline", "an e-mail address, with a name at most"
    if _PROFILE.match(text):
        return "follow", "the address of a profile alone"
    if _BARE_LINK.match(text) and len(text.split(":")[0].split()) <= 4:
        return "share", "a label and an address alone"
    if not context.in_head(index):
        return None
    if _alone(context, index, text):
        return "share", "a number alone above the text"
    if text.endswith("›") and len(text) <= 50 and text.count("›") == 1:
        return "breadcrumb", "a section's name and an arrow, above the text"
    if steps := _trail(text):
        return "breadcrumb", f"{steps} names in a row with signs between, above the text"
    if context.title and _trail_to_title(text, context.title):
        return "breadcrumb", "names with signs between that lead to the headline"
    return None


@lru_cache(maxsize=4096)
def _caption(text: str) -> Finding | None:
    """A caption that is told by the agency before it or by the agency and name behind it."""
    if len(text) > 240:
        return None
    if (first := _PICTURE_FIRST.match(text)) and _counts_up(first):
        return "photo_credit", "which picture of how many, and what it shows"
    if _CREDITED.match(text) and len(re.findall(r"[.!?](?:\s|$)", text)) <= 1:
        return "photo_credit", "an agency's name and what the picture shows"
    if len(text) <= 120 and (_TAKEN_BY.search(text) or _DRAWN_BY.search(text)) and len(re.findall("[。！？]", text)) <= 2:
        return "photo_credit", "ends in who took the picture"
    if _IN_CAPITALS.search(text) and _TAKEN_FOR.search(text):
        return "photo_credit", "ends in who took the picture for whom, in capitals"
    if (match := _CREDITED_LAST.search(text)) and len(re.findall(r"[.!?]\s", text[: match.start() + 2])) <= 2:
        named = re.findall(r"[^\W\d_]+", match["name"])
        if AGENCY.match(match["house"]) and len(match["house"].split()) <= 3 and len(named) >= 2 and all(map(is_capital, named)):
            return "photo_credit", f"ends in an agency and a name, “{match['house']}/{match['name']}”"
    return None


def _counts_up(match: re.Match[str]) -> bool:
    """Whether the first number is no larger than the second."""
    this, every = match["this"] or match["nth"], match["all"] or match["last"]
    return 0 < int(this) <= int(every)


def _counter(text: str, *, edge: bool) -> Finding | None:
    """A gallery's or readers' counter."""
    if (match := _PICTURE_OF.match(text)) and (edge or " " in text) and 0 < int(match["this"]) <= int(match["all"]) > 1:
        return "photo_credit", "which picture of how many"
    if edge and _READERS.match(text):
        return "share", "a number of readers behind its sign"
    if _ROW_OF_COUNTS.match(text):
        return "share", "counts of readers, comments and the like"
    if _PICTURE_COUNT.match(text):
        return "photo_credit", "which picture of how many"
    if _MORE_PICTURES.match(text):
        return "photo_credit", "how many more pictures there are"
    return None


_ROW_OF_COUNTS = re.compile(r"^(?:[^\W\d]{1,12}\s?[(（]\d[\d,.]*[)）]\s*){2,}$")
_PICTURE_COUNT = re.compile(r"^\d{1,3}\s(?:of|von|sur|de|di|av|af|van)\s\d{1,3}\s?\|?$")
_MORE_PICTURES = re.compile(r"^[+＋]\s?[1-9]\d?$")
_LEAST_RUN_TOGETHER = 3
_LONG_NAME = 7
"""Letters of two names that stand in one word: no trade mark has two so long ones."""


def _names_run_together(text: str) -> bool:
    """Whether a line of up to ten words is no sentence, and has at least three places where two names were run together, two of
    them in one word."""
    if "://" in text or RUN_TOGETHER.search(text) is None:
        return False
    seams = [len(RUN_TOGETHER.findall(word)) for word in text.split()]
    if text.isalpha() and len(text) <= 60 and seams == [1] and min(map(len, RUN_TOGETHER.split(text))) >= _LONG_NAME:
        return True
    return (
        sum(seams) >= _LEAST_RUN_TOGETHER
        and max(seams) > 1
        and len(text.split()) <= 10
        and not ends_as_sentence(text)
        and not re.search(r"[,;:]\s|[(){}=_<>]", text)
    )


def _alone(context: Context, index: int, text: str) -> bool:
    """Whether a line is a number and no other line is, as in a list or a text by numbers: how often it was shared or read."""
    part = context.lines[index]
    return (
        part.kind == "paragraph"
        and bool(_NUMBER.match(text))
        and not any(other is not part and _NUMBER.match(other.text) for other in context.lines)
    )


def _row_of_tags(context: Context, index: int, text: str) -> int:
    """How many names of at most three words stand in a row with bars between; 0 beside another such row, which makes a table."""
    names = _TAG_ROW.split(text.strip(" |｜"))
    if len(names) < 3 or ends_as_sentence(text) or re.search(r"\d", text):
        return 0
    beside = [context.lines[i].text for i in (index - 1, index + 1) if 0 <= i < len(context.lines)]
    if any(_TAG_ROW.search(line) for line in beside):
        return 0
    if not context.in_tail(index) and not _below_a_label(context, index):
        return 0
    return len(names) if all(0 < len(n) <= _LONGEST_STEP and len(n.split()) <= 3 for n in names) else 0


def _below_a_label(context: Context, index: int) -> bool:
    """Whether a short line that is no sentence stands above, or stood there and was a label of keywords."""
    above, removed = context.lines[index - 1].text, context.removed.get(context.lines[index].index - 1)
    return (len(above) <= 20 and not ends_as_sentence(above)) or (removed is not None and removed[0] == "tags.line")


def _trail_to_title(text: str, title: str) -> bool:
    """Whether two section names or more lead to the headline: "Home / World / the headline"."""
    steps = re.split(r"\s*[/>›»|→]\s*", text, maxsplit=2)
    return len(steps) == 3 and all(0 < len(s) <= _LONGEST_STEP for s in steps[:2]) and words(steps[2]) == words(title)


def _drop_cap(context: Context, index: int) -> bool:
    """Whether the letter begins the next line's first word: an initial that the page's design has parted from it."""
    below = context.lines[index + 1].text if index + 1 < len(context.lines) else ""
    return below[:1].islower() or below[:2].isupper()


_REPORTER = re.compile("기자|특파원|記者|记者")


def _names_at_most(text: str) -> bool:
    """Whether it is a name or nothing; in scripts without capitals one word, or a name that is said to be a reporter's."""
    words = re.findall(r"[^\W\d_]+", text)
    if len(words) > 1 and text.lower() == text.upper() and not _REPORTER.search(text):
        return False
    return len(words) <= 4 and len(text.strip()) <= 40 and all(map(is_capital, words))


def _trail(text: str) -> int:
    """How many names a line strings together: two with an arrow between, three with bars or strokes; else 0."""
    if ends_as_sentence(text) or "«" in text:
        return 0
    for sign, least in ((_TRAIL_SIGN, 2), (_ROW_SIGN, 3)):
        steps = sign.split(text.strip(" >›»→/|"))
        if len(steps) >= least and all(0 < len(s) <= _LONGEST_STEP and len(s.split()) <= 4 for s in steps):
            return len(steps)
    return 0
