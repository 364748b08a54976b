"""How a byline reads: the words that introduce it, and names, told by their capitals."""

from __future__ import annotations

import re

MARKS = (
    "By|Von|Par|Por|Di|Da|De|Door|Av|Af|Od|Text|Texto|Texte|Testo|Tekst|Autor|Autora|Autorin|Autoren|Author|"
    "Authors|Автор|Авторы|Автори|Текст|Oleh|Penulis|Yazan|"
    "Haber|Szerző|Írta|Kirjoittanut|Skribent|Reporter|BY|VON|PAR|POR|DI|DOOR"
)
_CAPITAL = r"[^\W\d_a-zß-öø-ÿа-яёіїєґα-ωά-ώšžčćđłńśźżěřůťďľĺŕąęėįųūīāēņķļģőűğşı]"
_PARTICLES = "de|del|della|di|da|dos|do|van|von|der|den|ten|la|le|el|al|bin|ben|y"
_WORD = rf"{_CAPITAL}[\w.'’-]*"
_NAME = rf"{_WORD}(?:\s+(?:(?:{_PARTICLES})\s+){{0,2}}{_WORD}){{1,3}}"
_JOIN = r"(?:\s*,\s*|\s+(?:and|und|et|y|e|и|та|і|og|och|en|ve|i|a|és|&)\s+)"
BYLINE = re.compile(rf"^(?:{MARKS})\s*:?\s+{_NAME}(?:{_JOIN}{_NAME}){{0,3}}$")


def is_byline(text: str) -> bool:
    """Whether a line is nothing but a byline's word and up to four names of two to four capitalised words each."""
    return len(text) <= 120 and bool(BYLINE.match(text))


_LABEL = re.compile(
    rf"^(?:{_NAME}|{_CAPITAL}\w{{2,20}})(?:,\s.{{2,30}})?$|^[\u0400-\u04ff\u0590-\u06ff\s]{{4,40}}$|^[\u3040-\u9fff\uac00-\ud7af·・]{{2,8}}$"
)


def is_label(text: str) -> bool:
    """Whether a line is a name (with a role or place behind a comma) or one capitalised word: an author, a section, a place."""
    return len(text) <= 60 and not text.endswith((".", "!", "?", ":", "。")) and bool(_LABEL.match(text))
