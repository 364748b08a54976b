"""What a page says of its author below the text, told by the author's name, which is kept in `authors`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaning.document import Part
from cleaning.names import NAME_ALONE
from cleaning.rules.model import Context, Proposal, rule

_LAST = 4
"""Last lines among which a note on the author is looked for."""
_LONGEST_NOTE = 800
"""Characters of a note on the author at most."""
_BEFORE = 60
"""Characters that may stand before the name in it: a title, an office, "Our correspondent"."""

_NOT_SAID = re.compile(r"[.!?:;\"“”„«»]")
_DOES = (
    "is|was|has|are|writes|covers|reports|works|worked|lives|teaches|serves|joined|ist|war|sind|schreibt|berichtet|arbeitet|lebt|"
    "leitet|lehrt|est|sont|travaille|écrit|couvre|dirige|enseigne|vit|es|son|escribe|trabaja|cubre|vive|è|sono|scrive|lavora|insegna|"
    "é|são|escreve|trabalha|cobre|schrijft|werkt|woont|är|skriver|arbetar|er|arbejder|jobber|on|kirjoittaa|työskentelee|jest|są|pisze|"
    "pracuje|je|jsou|píše|působí|je|sú|este|scrie|lucrează|είναι|γράφει|εργάζεται|является|пишет|работает|живет|живёт|є|пише|працює|"
    "adalah|menulis|là"
)
_GOES_ON = re.compile(
    rf"^(?:\s?\([^()]{{2,80}}\)|,\s[^.!?]{{2,90}}?,|\s(?:and|und|et|y|e|ed|i|og|och|en|и|та|&)\s[^.,!?]{{3,50}}?)?"
    rf"\s(?:{_DOES}|[—–-])\s",
    re.I,
)
_GOES_ON_UNSPACED = re.compile(r"^(?:（[^（）]{2,40}）)?\s?(?:是|为|為|系|毕业于|現任|现任|は|は、|（|은|는|이|가)")


@rule("byline.about")
def about_the_author(context: Context) -> Iterator[Proposal]:
    """A note on the author among the last lines: the name, and what the person is or does; the text above does not name them."""
    for index, part in _last(context):
        if part.kind in ("table", "quote") or len(part.text) > _LONGEST_NOTE:
            continue
        for author in context.authors:
            if _tells_of(author, part.text) and not _named_above(context, index, author):
                yield part, f"says who {author} is"
                break


def _last(context: Context) -> Iterator[tuple[int, Part]]:
    lines = context.lines
    for index in range(max(3, len(lines) - _LAST), len(lines)):
        yield index, lines[index]


def _tells_of(author: str, text: str) -> bool:
    """Whether a line opens with the author's name, or a few words and the name, and says what the person is or does."""
    place = text.find(author)
    if not 0 <= place <= _BEFORE or len(author) < 2 or _NOT_SAID.search(text[:place]):
        return False
    behind = text[place + len(author) :]
    if " " not in author:
        return author[0] >= "\u2e80" and len(author) <= 6 and bool(_GOES_ON_UNSPACED.match(behind))
    return bool(_GOES_ON.match(behind))


def _named_above(context: Context, index: int, author: str) -> bool:
    """Whether a line above those at the end names the person: then the article is about them."""
    last = author.split()[-1]
    return any(last in p.text for p in context.lines[: max(0, min(index, len(context.lines) - _LAST))])


_ADDRESS = re.compile(
    r"[\w.+-]+@[\w-]+\.\w|(?<!\w)@\w{3,}|(?:twitter|x|facebook|instagram|linkedin|bsky|threads|t)\.(?:com|app|net|me)/\w|"
    r"\b(?:Twitter|Facebook|Instagram|LinkedIn|Mastodon|Bluesky|Threads|Telegram|WhatsApp|VK)\b"
)
_REACHED = re.compile(
    r"^\W*(?:you can |to )?(?:reach|contact|follow|e-?mail|write to)\s.{0,60}"
    r"\b(?:reporters?|authors?|writers?|correspondents?|journalists?)\b|"
    r"^\W*(?:den|die|der)?\s?(?:autor|reporter|redakteur|journalist|korrespondent)\w*\s.{0,60}(?:erreich|kontakt|folgen|schreiben)|"
    r"^\W*(?:pour )?(?:contact|joindre|écri|suiv)\w*\s.{0,40}\b(?:auteure?|autrice|journaliste|correspondante?)\b|"
    r"^\W*(?:para )?(?:contact|escrib|sigue|siga|seguir)\w*\s.{0,40}\b(?:autora?|periodista|corresponsal)\b|"
    r"^\W*(?:per )?(?:contatt|scriv|segui)\w*\s.{0,40}\b(?:autore|autrice|giornalista|corrispondente)\b|"
    r"^\W*(?:para )?(?:contat|escrev|siga)\w*\s.{0,40}\b(?:autora?|jornalista|repórter|correspondente)\b|"
    r"^\W*(?:neem contact op met|volg|mail)\s.{0,40}\b(?:auteur|verslaggever|journalist|redacteur)\b|"
    r"^\W*(?:kontakta|följ|mejla|kontakt|følg)\s.{0,40}\b(?:reportern?|journalisten?|skribenten|forfatteren|författaren)\b|"
    r"^\W*(?:связаться|связь)\s.{0,20}\b(?:автором|журналистом)\b|^\W*(?:зв['’]язатися)\s.{0,20}\b(?:автором|журналістом)\b",
    re.I,
)


@rule("byline.contact")
def contact(context: Context) -> Iterator[Proposal]:
    """How to reach or follow the author, among the last lines: the name or "the reporter", and an address or a platform."""
    for index, part in _last(context):
        text = part.text
        if part.kind in ("table", "quote") or len(text) > 300 or not _ADDRESS.search(text):
            continue
        named = next((a for a in context.authors if " " in a and a in text), None)
        if named and not _named_above(context, index, named):
            yield part, f"an address or platform of {named}"
        elif not named and _REACHED.match(text):
            yield part, "how to reach the author"


_BETWEEN_NAMES = re.compile(r"[,;/]|\s(?:und|and|et|y|e|i|och|og|en)\s")
_SIGNED = re.compile(r"^(?P<house>[A-ZÀ-ÞА-Я][\w.&’'-]*(?:\s[\w.&’'-]+){0,3})\s?\((?P<names>[^()]{5,120})\)\.?$")


@rule("byline.house")
def house_and_names(context: Context) -> Iterator[Proposal]:
    """The outlet or agency and, in brackets, nothing but names, alone behind the last paragraph: `RBN (Ada Quill, Jon Marsh)`."""
    for index, part in _last(context):
        match = _SIGNED.match(part.text) if context.in_tail(index) and part.kind == "paragraph" else None
        if match and all(NAME_ALONE.match(name.strip()) for name in _BETWEEN_NAMES.split(match["names"])):
            yield part, "a name of a house, and names alone in brackets"


AUTHOR_RULES = (about_the_author, contact, house_and_names)
