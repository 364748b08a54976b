"""The only repairs that are made to an article's words, each of them certain; and the language that they are in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from cleaning.document import Part

_MOJIBAKE = re.compile(
    r"[ÃÂ][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc‘’“”•–—™›€‚„†‡‰‹…]|â€|"
    r"Ð[\u0080-\u00bf°±µ¾]|Ñ[\u0080-\u008f€‚ƒ„…]|ï¿½|Ã\s|[à-ï][\u0080-\u009f]"
)


def repair_mojibake(text: str) -> str:
    """UTF-8 that was once read as Latin-1 or Windows-1252 is put right (`cafÃ©` is `café`); everything else stays.

    ftfy runs only where a cheap test finds such a pair, and neither touches quote marks nor full-width characters.
    """
    if text.isascii() or not _MOJIBAKE.search(text):
        return text
    import ftfy

    return ftfy.fix_text(
        text,
        config=ftfy.TextFixerConfig(
            unescape_html=False,
            remove_terminal_escapes=False,
            fix_latin_ligatures=False,
            fix_character_width=False,
            uncurl_quotes=False,
            fix_line_breaks=False,
            remove_control_chars=False,
            normalization="NFC",
            explain=False,
        ),
    )


_WORD = re.compile(r"[^\W\d_]+")
_WORDS_OF_ONE_LETTER = frozenset("AEIOUYÀÁÂÈÉÊÍÎÓÔÖÚÅÆØKSVWZАБВЄЖЗИІЇЙКОСУЯΑΗΟΩΉΌΏ")
"""Capitals that are a word by themselves in a news language (I, a; e, o, y; w, z; в, и, с, я ...)."""


def join_drop_caps(parts: Sequence[Part]) -> list[Part]:
    """The blocks of a page, a drop cap that stood in a block of its own joined with its word (`T` and `he talks ...`).

    Certain only where one capital letter, no heading, stands right before a paragraph that begins in lower case with what is no
    word elsewhere on the page; where the letter may be a word or a letter of the alphabet with its entry below it, the
    joined word must stand elsewhere, too.
    """
    joined: list[Part] = []
    known: Counter[str] = Counter()
    for part in parts:
        letter = joined[-1].text if joined and len(joined[-1].text) == 1 else ""
        if letter.isupper() and part.kind == joined[-1].kind == "paragraph" and part.text[0].islower() and len(part.text) >= 40:
            known = known or Counter(word.lower() for p in parts for word in _WORD.findall(p.text))
            rest = _WORD.findall(part.text[:100])[0].lower()
            unsure = letter in _WORDS_OF_ONE_LETTER or letter.lower() == rest[0]
            if known[rest] <= 1 and (not unsure or known[letter.lower() + rest]):
                joined.pop()
                part.text = letter + part.text
        part.index = len(joined)
        joined.append(part)
    return joined


LANGUAGE_SAMPLE = 1000
"""Characters of the text that the language is told from."""


def language_of(text: str, declared: str | None) -> str | None:
    """The text's language, told from its first 1,000 characters (py3langid).

    The page's own word (`html lang`, wrong or missing on one page in twenty) decides only under 60 letters, and lends
    its region where the language agrees.
    """
    import py3langid

    sample = text[:LANGUAGE_SAMPLE]
    said = _bcp47(declared)
    if sum(c.isalpha() for c in sample) < 60:
        return said.split("-")[0] if said else None
    code: str = py3langid.classify(sample)[0]
    if code == "nb" or (code in ("nn", "no") and said and said.split("-")[0] in ("nb", "nn", "no")):
        code = said.split("-")[0] if said and said.split("-")[0] in ("nb", "nn", "no") else "no"
    return code


def _bcp47(tag: str | None) -> str | None:
    match = re.fullmatch(r"([A-Za-z]{2,3})(?:[-_]\w+)*", (tag or "").strip())
    return match.group(0).replace("_", "-") if match and match.group(1).isalpha() else None
