"""The only repairs that are made to an article's words, each of them certain; and the language that they are in."""

from __future__ import annotations

import re

_MOJIBAKE = re.compile(
    r"[ÃÂ][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc‘’“”•–—™›€‚„†‡‰‹…]|â€|"
    r"Ð[\u0080-\u00bf°±µ¾]|Ñ[\u0080-\u008f€‚ƒ„…]|ï¿½|Ã\s"
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
