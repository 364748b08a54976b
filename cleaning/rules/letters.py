"""How letters are compared where phrases are looked up: marks that capitals and hasty writers leave out do not count."""

from __future__ import annotations

import re
import unicodedata

_MARKS = re.compile(
    r"[\u0307\u0591-\u05bd\u05bf-\u05c7\u0640\u064b-\u0652\u093c\u09bc\u200e\u200f\u202a-\u202e\u2066-\u2069\ufe0f]"
)
"""The dot that a Turkish capital leaves when it is folded, Hebrew and Arabic vowel signs and the stretching stroke, the dot under
Indian letters, marks of direction and of a sign's colours."""

_ALIKE = str.maketrans(
    "İIı’أإآٱىکیۀةάέήίόύώϊϋΐΰёँ\u200c\u00a0",
    "iii'اااايكيههαεηιουωιυιυеं  ",
)
"""One letter for one: Turkish i with and without its dot, Arabic and Persian forms, Greek vowels without the accent."""


def alike(text: str) -> str:
    """`text` case folded, letters that are written in two ways made one; as long as it was, but for a folded ß and the like."""
    if text.isascii():
        return text.casefold()
    return text.translate(_ALIKE).casefold().translate(_ALIKE)


def folded(text: str) -> str:
    """`alike`, in NFC and without the marks that are often left out."""
    if text.isascii():
        return text.casefold()
    return _MARKS.sub("", unicodedata.normalize("NFC", alike(unicodedata.normalize("NFC", text))))
