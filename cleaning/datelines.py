"""How a line that is only a date or time reads, in the news languages."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib.resources import files
from typing import cast


def is_date_line(text: str) -> bool:
    """Whether a line holds a date's or time's figures and no word but those of dates, in any of the news languages."""
    return len(text) <= 90 and bool(DATE_DIGITS.search(text)) and all(map(is_date_word, words_of(text)))


_BREAK = re.compile(r"[\s\d.,:;/()\[\]|·•_,،、。«»'’\"+*–—−-]+")


def words_of(text: str) -> list[str]:
    """The words of a line, figures and signs left out; marks that stand over or under a letter stay with it."""
    return [w for w in _BREAK.split(text.casefold()) if w]


def is_date_word(word: str) -> bool:
    """Whether a word stands in dates; the Hebrew one-letter prefix that means "on" may stand before it."""
    return word in date_words() or (word[:1] == "ב" and word[1:] in date_words())


DATE_DIGITS = re.compile(
    r"\b(?:19|20|25)\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{1,2}[:.h]\d{2}(?:\b|(?=[ap]m\b))|\d{4}年|[۰-۹]{1,2}\s\S+\s۱[۳۴][۰-۹]{2}"
)
YEAR = re.compile(r"(?:19|20|25)\d\d|\b\d{1,2}[./-]\d{1,2}[./-]\d{2}\b|۱[۳۴][۰-۹]{2}")


_AGO = re.compile(
    r"(?:[^\W\d_]+\s)?(?:hace|há|il y a|vor|acum|πριν|prije|pre|преди|před|منذ|قبل|לפני)\s\d{1,2}\s[^\W\d_]{1,10}|"
    r"(?:[^\W\d_]+\s)?\d{1,2}\s?[^\W\d_]{1,10}\.?\s"
    r"(?:ago|назад|тому|temu|fa|önce|siden|sedan|geleden|(?:yang )?lalu|trước|पहले|پیش|sitten)|"
    r"\d{1,2}\s?(?:分钟|小时|天|周|分鐘|小時|週|時間|日|週間|か月|분|시간|일|주|개월)\s?[前전]",
    re.I,
)


def is_ago(text: str) -> bool:
    """Whether a line says how long ago something appeared, and nothing else: "3 days ago", "Published 2 hours ago"."""
    return len(text) <= 40 and bool(_AGO.fullmatch(text.strip(" .·•|")))


def spans_years(text: str) -> bool:
    """Whether a line names days of two years: what lasts from one to the other, and not when the page appeared."""
    return len(set(YEAR.findall(text))) > 1


_DATE_SIDE_WORDS = frozenset(
    """
        am pm a p m at on um uhr gmt utc cet cest bst est edt et pst pdt jst ist msk h hrs hours de del di le la el à las
        les alle ore kl klo o w dnia v г года р року updated update published aktualisiert veröffentlicht publié mis jour
        actualizado publicado aggiornato pubblicato güncelleme обновлено опубликовано t z year st nd rd th
    فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند den der vom am
        und 年 月 日 时 分 時 年月日 월 일 년 오전 오후 ب ص م
    """.split()
)


@lru_cache(maxsize=1)
def date_words() -> frozenset[str]:
    """Names of months and days in the news languages, with the small words that stand in dates.

    Read from `cleaning/data/date_words.txt`, which `words_from_calendars` wrote: asking Babel for them takes most of a second.
    """
    return frozenset(files("cleaning.data").joinpath("date_words.txt").read_text(encoding="utf-8").split())


def words_from_calendars() -> frozenset[str]:
    """What belongs into `date_words.txt`: Babel's CLDR data and the small words; a test compares."""
    from babel.dates import get_day_names, get_month_names

    found = set(_DATE_SIDE_WORDS)
    for code in DATE_LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for names in (get_month_names(width, context, code), get_day_names(width, context, code)):
                    found.update(w for name in names.values() for w in words_of(name))
    return frozenset(found)


@lru_cache(maxsize=1)
def _months() -> dict[str, dict[str, int]]:
    text = files("cleaning.data").joinpath("months.json").read_text(encoding="utf-8")
    return cast(dict[str, dict[str, int]], json.loads(text))


def months_of(language: str) -> dict[str, int]:
    """Month names of a news language, wide and short, in lower case without a full stop, with their numbers 1 to 12.

    Read from `cleaning/data/months.json`, which `months_from_calendars` told: asking Babel costs 15 ms a language.
    """
    return _months().get(language, {})


def months_from_calendars() -> dict[str, dict[str, int]]:
    """What belongs into `months.json`, by language: Babel's CLDR data; `python -m cleaning.data` writes it, a test compares.

    Babel hands the Hebrew names to some other languages, too; to which depends on the order in which it is asked.
    """
    from babel.dates import get_month_names

    found: dict[str, dict[str, int]] = {}
    for code in sorted(DATE_LANGUAGES):
        names = found[code] = {}
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, code).items():
                    names.setdefault(name.casefold().rstrip("."), number)
    for code, names in found.items():
        for name in found["he"] if code != "he" else ():
            names.pop(name, None)
    return found


DATE_LANGUAGES = """
    en de fr es pt it nl pl cs sk ru uk bg sr hr sl ro hu el tr ar fa he ur hi bn id ms vi th zh ja ko sv nb da fi et lv
    lt ca sw
""".split()
