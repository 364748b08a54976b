"""Damage and doubts: what is flagged on a block or on the article.  Nothing is ever mended here.

The rates of false positives are measured by `python -m benchmarks.flags`.
"""

from __future__ import annotations

import re

from cleaning.document import Part
from cleaning.normalise import LANGUAGE_SAMPLE, language_of
from cleaning.rules.model import ends_as_sentence, is_prose
from cleaning.translation import DOUBLE_QUOTES, capitals_inside, stops


def flag_blocks(parts: list[Part], language: str | None = None) -> None:
    """Set `garbled_sentence` and `quote_not_closed` on the parts where they stand.

    Garbled: lower case after a stop where that repeats (three times, in two paragraphs or more, and not as the text's own style),
    or two of these in one paragraph: that, a stop behind a word that cannot end a sentence, a sentence's first word inside
    a sentence, such a stop twice.
    """
    prose = [p for p in parts if p.kind in ("paragraph", "quote", "list_item")]
    found = [stops(p.text, language) for p in prose]
    repeated = sum(lower for lower, _ in found) >= 3 and sum(bool(lower) for lower, _ in found) >= 2
    if repeated:  # who never writes capitals has a style, and no damage
        upper = sum(len(_UPPER_AFTER_STOP.findall(p.text)) for p in prose)
        repeated = sum(lower for lower, _ in found) <= upper
    for index, (part, (lower, stuck)) in enumerate(zip(prose, found, strict=True)):
        signs = min(lower, 1) + min(stuck, 2)
        if signs == 1:
            signs += bool(capitals_inside(part.text, language))
        if (lower and repeated) or signs >= 2:
            part.flags += ("garbled_sentence",)
        following = prose[index + 1].text if index + 1 < len(prose) else ""
        if len(DOUBLE_QUOTES.findall(part.text)) % 2 and _opens_quote(part.text) and not _opens_with_quote(following):
            part.flags += ("quote_not_closed",)


_UPPER_AFTER_STOP = re.compile(r"[.?!][)\]”’»\"]{0,2}\s+[“«\"'(]?[A-ZÀ-ÖØ-ÞΑ-ΩА-ЯЁ]")


def _opens_quote(text: str) -> bool:
    """The odd mark opens a quotation: the last opening mark has no mark behind it."""
    marks = list(DOUBLE_QUOTES.finditer(text))
    last = marks[-1]
    behind = text[last.end() : last.end() + 1]
    return (
        bool(behind)
        and not behind.isspace()
        and (last.start() == 0 or text[last.start() - 1] in " (:\u00a0")
        and len(text) - last.end() > 60
    )


def _opens_with_quote(text: str) -> bool:
    return bool(DOUBLE_QUOTES.match(text[:1]))


# --- the whole article ----------------------------------------------------------------------------------------------------

_ELLIPSIS = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|\(…\)|\(\.\.\.\)|。。。|……)[\s\])\"”»]*$")
_MORE = re.compile(
    r"^\W*(?:(?:continue|keep) reading|read (?:more|on|the (?:full|whole|rest)\b.*|full (?:story|article))|"
    r"full story|weiterlesen|mehr lesen|"
    r"lire (?:la suite|plus)|(?:seguir|continuar) leyendo|leer más|leia mais|continue lendo|leggi (?:tutto|di "
    r"più)|continua a leggere|"
    r"lees (?:meer|verder)|читать (?:далее|дальше|полностью)|читати далі|czytaj (?:dalej|więcej)|läs mer|les "
    r"mer|læs mere|devamını oku|"
    r"اقرأ المزيد|阅读全文|閱讀全文|続きを読む|더 보기)\W*$",
    re.I,
)
_UNFINISHED = {
    "en": "the|a|an|of|and|or|to|in|with|from|for|by|is|are|was|were|that|which|his|her|their|its|at|on|as|but",
    "de": "der|die|das|den|dem|des|ein|eine|einen|und|oder|mit|von|zu|im|in|für|dass|auf|bei|sich|als",
    "fr": "le|la|les|un|une|des|du|de|et|ou|que|qui|dans|avec|pour|sur|est|sont|au|aux|par|à|ce|cette|ses",
    "es": "el|la|los|las|un|una|de|del|y|o|que|con|por|para|en|su|sus|al|se",
    "it": "il|lo|la|i|gli|le|un|una|di|del|della|e|o|che|con|per|in|su|al|si",
    "pt": "o|a|os|as|um|uma|de|do|da|e|ou|que|com|por|para|em|no|na|se",
}
EXCERPT = 2500
"""A text of more characters than this that ends with an ellipsis ends so because its author wanted it."""


def truncated(running: list[Part], parts: list[Part], language: str | None) -> str | None:
    """The evidence that the text breaks off, None where there is none: an ellipsis at the end of a short text, `Read more` behind
    it, or a last paragraph that ends inside a sentence while others do not."""
    if not running:
        return None
    last = running[-1]
    length = sum(len(p.text) for p in running)
    if _MORE.match(last.text):
        return f"the text ends with “{last.text}”"
    if last.kind not in ("paragraph", "quote", "list_item", "live_update"):
        return None
    if length <= EXCERPT and _ELLIPSIS.search(last.text):
        return f"the text ends with “{last.text[-30:]}”"
    if length <= EXCERPT:
        behind = next((p for p in parts[last.index + 1 : last.index + 4] if len(p.text) > 2), None)
        if behind is not None and not behind.kept and behind.link_density > 0.8 and _MORE.match(behind.text):
            return f"“{behind.text}” stands behind the text"
    if len(last.text) < 80 or ends_as_sentence(last.text) or not any(is_prose(p.text) for p in running):
        return None
    word = re.search(r"(?:^|\s)(\S+)$", last.text)
    ending = word[1] if word else ""
    unfinished = re.fullmatch(_UNFINISHED.get(language or "", r"(?!)"), ending)
    short = length <= 1500 and len(last.text) >= 120 and ending.isalpha() and ending.islower() and is_prose(last.text)
    if unfinished or short or (ending.endswith((",", " -")) and length <= EXCERPT):
        return f"the last sentence ends with “{last.text[-30:]}”"
    return None


_ALIKE = (
    {"no", "nb", "nn", "da"},
    {"hr", "sr", "bs", "sh", "me", "cnr"},
    {"id", "ms", "jv", "su"},
    {"cs", "sk"},
    {"bg", "mk"},
    {"pt", "gl"},
    {"es", "gl", "ast", "an", "ca"},
    {"nl", "af", "fy", "li"},
    {"fa", "prs", "ps", "tg"},
    {"hi", "mr", "ne"},
    {"tr", "az"},
    {"zh", "yue", "cmn"},
    {"fil", "tl"},
    {"he", "iw"},
    {"uk", "rue"},
    {"ro", "mo"},
)
"""Languages that detection takes for each other, or that go by two codes."""


def wrong_language(text: str, found: str | None, declared: tuple[str, ...]) -> str | None:
    """The evidence that a text is in none of its source's languages, None where it is or where nothing can be said.

    Needs 200 letters, and a second look at the text behind the first sample that finds the same.
    """
    wanted = {d.split("-")[0].split("_")[0].lower() for d in declared}
    code = (found or "").split("-")[0]
    if not wanted or not code or code in wanted or any(code in group and wanted & group for group in _ALIKE):
        return None
    if sum(map(str.isalpha, text[:2000])) < (200 if " " in text[:100] else 60):
        return None
    rest = text[LANGUAGE_SAMPLE : 2 * LANGUAGE_SAMPLE] if len(text) > 1.5 * LANGUAGE_SAMPLE else text[len(text) // 2 :]
    again = (language_of(rest, None) or "").split("-")[0]
    if again != code:
        return None
    return f"the text is in {code}, the source's languages are {', '.join(sorted(wanted))}"
