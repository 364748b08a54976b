"""Damage and doubts: what is flagged on a block or on the article.  Nothing is ever mended here."""

from __future__ import annotations

import re

from cleaning.document import Part

_LOWER_AFTER_STOP = re.compile(r"(?P<close>[)\]”’»\"]?)[.!?][)\]”’»\"]{0,3}\s{1,3}(?=[a-zà-öø-ÿα-ωа-яёіїєґ])")
_ABBREVIATIONS = frozenset(
    """
        mr mrs ms dr prof st jr sr vs etc al no nr art abs bzw ca usw etw sog inkl zzgl vgl ggf evtl u a d h z b s p pp m
        mm mme cf ex env p ej ud uds dott sig ecc jan feb mar apr jun jul aug sep sept oct okt nov dec dez inc ltd co corp
        gen col lt sgt gov sen rep rev hon fig vol ed eds est approx dept univ tel max min bl r n o op cit ing mag str tr
        т д е п г гг др см стр рис ул им руб млн млрд тыс max. resp bspw geb gest jh mio mrd tsd
    """.split()
)
_FUNCTION_BEFORE_STOP = re.compile(
    r"\b(?:the|an|of|in the|to the|and|is|with|from|for the|not only|que|de la|du|des|les|und|der|die|den|mit|von|"
    r"dem|el|los|las)[.]\s+[A-Za-zà-ÿ]"
)
_CAPITAL_INSIDE = re.compile(
    r"[a-zà-ÿ]{3,}\s+(?:And|But|There|This|That|It is|The other|From|For whom|Et|Mais|Il|Cette|Und|Aber|Es ist|Y|"
    r"Pero)\s+(?=[a-zà-ÿ])"
)
_DOUBLE_QUOTES = re.compile('["“”„«»‟＂]')
_FRENCH_SIGNS = re.compile(r"[a-z]\s:\s[“\"«]|\w\s»\.|[.!?]\s“\.|:\s”\s|\s”\s[A-Z]")


def lower_after_stop(text: str) -> int:
    """How often a lower-case word follows a full stop, question or exclamation mark that ends no known abbreviation."""
    count = 0
    for match in _LOWER_AFTER_STOP.finditer(text):
        before = re.split(r"[\s.!?()\[\]]", text[max(0, match.start() - 40) : match.start()])[-1]
        word = before.strip("“„«»\"'’(").lower()
        if match["close"] or (len(word) > 1 and word not in _ABBREVIATIONS and word[-1].isalpha()):
            count += 1
    return count


def flag_blocks(parts: list[Part]) -> None:
    """Set `garbled_sentence` and `quote_not_closed` on the parts where they stand.

    Garbled: two different signs in one paragraph (lower case after a stop, a stop behind an article or preposition, a
    sentence's first word inside a sentence), or lower case after a stop where that repeats, three times and in two paragraphs
    or more.
    """
    prose = [p for p in parts if p.kind in ("paragraph", "quote", "list_item")]
    stops = [lower_after_stop(p.text) for p in prose]
    repeated = sum(stops) >= 3 and sum(bool(s) for s in stops) >= 2
    for index, (part, lower) in enumerate(zip(prose, stops, strict=True)):
        signs = bool(lower) + bool(_FUNCTION_BEFORE_STOP.search(part.text)) + (len(_CAPITAL_INSIDE.findall(part.text)) >= 1)
        if (lower and repeated) or (signs >= 2 and lower):
            part.flags.append("garbled_sentence")
        following = prose[index + 1].text if index + 1 < len(prose) else ""
        if len(_DOUBLE_QUOTES.findall(part.text)) % 2 and _opens_quote(part.text) and not _opens_with_quote(following):
            part.flags.append("quote_not_closed")


def _opens_quote(text: str) -> bool:
    """The odd mark opens a quotation: the last opening mark has no mark behind it."""
    marks = list(_DOUBLE_QUOTES.finditer(text))
    last = marks[-1]
    behind = text[last.end() : last.end() + 1]
    return (
        bool(behind)
        and not behind.isspace()
        and (last.start() == 0 or text[last.start() - 1] in " (:\u00a0")
        and len(text) - last.end() > 60
    )


def _opens_with_quote(text: str) -> bool:
    return bool(_DOUBLE_QUOTES.match(text[:1]))


def machine_translated(parts: list[Part], language: str | None) -> str | None:
    """The evidence that the whole text was machine-translated, None where it does not suffice.

    Needs both: a quarter of the paragraphs garbled (two at least), and quote marks or spacing of another language's typography.
    """
    if (language or "") not in ("en", "fr"):
        return None
    prose = [p for p in parts if p.kind in ("paragraph", "quote")]
    garbled = sum("garbled_sentence" in p.flags for p in prose)
    foreign = sum(len(_FRENCH_SIGNS.findall(p.text)) for p in prose) if language == "en" else 0
    if garbled >= 2 and garbled * 4 >= len(prose) and (foreign >= 1 or garbled >= 4):
        return f"{garbled} of {len(prose)} paragraphs garbled, {foreign} signs of another language's typography"
    return None
