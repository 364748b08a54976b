"""How the credits of pictures read, on a line of their own or behind a caption, agencies' signs, and copyright lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaning.datelines import YEAR
from cleaning.names import AGENCY, NAME_ALONE, is_capital
from cleaning.rules.model import QUOTES, Context, Proposal, ends_as_sentence, is_prose, rule
from cleaning.rules.shapes import Finding
from cleaning.rules.wording import wording

_BRACKET_END = re.compile(r"[(\[（【]([^()\[\]（）【】]{3,80})[)\]）】]\.?$")
_OPENS = QUOTES + tuple("—–-*•·")
"""How quotations and the entries of lists begin; triangles point to the picture."""
_COPYRIGHT = re.compile(r"^\W{0,3}(?:©|ⓒ|\(c\)\s|copyright\s?(?:©|ⓒ|\(c\)|\d{4}|by\b))", re.I)
_SIGNS = re.compile(r"^[\s(\[（【/*_–—-]*(?P<inner>.+?)[\s)\]）】/*_.]*$")
_PICTURE_LAST = re.compile("(?:资料图片?|资料照片?|資料圖片?|資料照片?|图片|圖片|配图|[摄攝])$")
_NAME_IN_CAPITALS = re.compile(r"[.!?]\s+[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’-]+(?:\s[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’-]*){1,3}$")


def _credit_in_brackets(context: Context, text: str) -> Finding | None:
    """A credit that a line ends with, in brackets."""
    bracket = _BRACKET_END.search(text)
    if bracket is None or len(re.findall(r"[.!?。]\s", text[: bracket.start()])) > 1:
        return None
    label, sign, _ = bracket[1].replace("：", ":").replace("=", ":").partition(":")
    inner = wording().read(label if sign else AGENCY.sub(" ", bracket[1]), context.language)
    named = bracket[1].upper() if len(bracket[1]) <= 12 and bracket[1][0].isupper() else bracket[1]
    if inner.category == "photo_credit" and (inner.covered == 1 if sign else AGENCY.search(bracket[1])):
        return "photo_credit", f"ends in the credit “{bracket[1]}”"
    if len(bracket[1]) <= 20 and _PICTURE_LAST.search(bracket[1]):
        return "photo_credit", f"ends in the credit “{bracket[1]}”"
    before = text[: bracket.start()].rstrip()
    first, _, names = bracket[1].partition(" ")
    told = wording().read(first, context.language)
    if told.category == "photo_credit" and told.covered == 1 and all(map(is_capital, re.findall(r"[^\W\d_]+", names or "x"))):
        return "photo_credit", f"ends in the credit “{bracket[1]}”"
    if not sign and not AGENCY.sub("", named).strip(" /,") and not re.search(r"[.!?。](?:\s|$)", before):
        return "photo_credit", f"no sentence, and ends in “{bracket[1]}”"
    if not sign and AGENCY.fullmatch(bracket[1]) and _NAME_IN_CAPITALS.search(before):
        return "photo_credit", f"ends in a name in capitals and “{bracket[1]}”"
    return None


def credit(context: Context, index: int, text: str, edge: bool) -> Finding | None:
    """A picture's credit, an agency's sign, or a copyright line."""
    if _COPYRIGHT.match(text) and not is_prose(text.split("©")[0]):
        names = not YEAR.search(text) and wording().read(text, context.language).category != "copyright"
        return ("photo_credit" if names and index < len(context.lines) - 3 else "copyright"), "begins with the copyright sign"
    if found := _credit_in_brackets(context, text):
        return found
    if "©" in text and len(text) <= 200 and wording().read(text, context.language).category == "copyright":
        return "copyright", "a copyright sign among the words of copyright"
    if len(text) <= 14 and text[0] in "([" and AGENCY.fullmatch(text.strip("()[] .").upper()):
        return "photo_credit", "an agency's sign alone"
    if len(text) > 100 or not AGENCY.search(text):
        return None
    inner_text = _SIGNS.match(text)
    rest = AGENCY.sub(" ", inner_text["inner"] if inner_text else text)
    if not re.search(r"\w", rest):
        return "photo_credit", "an agency's sign alone"
    if re.search(r"[/=／＝|]", rest) and not ends_as_sentence(rest) and all(map(is_capital, re.findall(r"[^\W\d_]+", rest))):
        return "photo_credit", "an agency and a name"
    reading = wording().read(rest, context.language)
    if reading.covered == 1 and reading.category == "photo_credit" and len(text) <= 60:
        return "photo_credit", "a credit's words and an agency"
    if edge and len(text) <= 80:
        if reading.covered == 1 and reading.words:
            return "byline", "an agency's name in a page's own words"
        if "/" in rest and reading.category == "photo_credit" and reading.opens:
            return "photo_credit", "a credit's words, an agency and a name"
    return None


def described(text: str, language: str | None, *, inside: bool) -> str | None:
    """The credit behind at most two sentences: the copyright sign or a label marks it, or names beside an agency's.

    Behind one short sentence an agency's sign alone suffices; only inside the text, for last paragraphs are signed so too.
    """
    match = _SURE_CREDIT.search(text)
    if match is None:
        return None
    sentences = len(re.findall(r"[.!?。]['\"”’»)]*\s", text[: match.start("credit")]))
    credit = match["credit"]
    if sentences > 2 or credit.startswith("©"):
        return credit if sentences <= 2 else None
    if not inside and ":" not in credit:
        return None
    if not AGENCY.sub("", credit).strip(" /,=|–—-"):
        return credit if sentences <= 1 and len(text) <= 140 else None
    return credit if re.search(r"[:/|]", credit) and is_credit(credit, language) else None


_SURE_CREDIT = re.compile(r"(?:[.!?。…]['\"”’»)]*\s+|\s(?=©))(?P<credit>[^.!?。…]{3,80})$")


def credits_of(text: str) -> Iterator[str]:
    """What may be a credit at the line's end: behind a stop, a bar or a dash, in brackets, or from a word with a colon on."""
    for mark in _CREDIT_MARK.finditer(text):
        credit = text[mark.end() :].strip(" )]）")
        if mark.start() >= 8 and 3 <= len(credit) <= 60 and not re.search(r"[|()\[\]]", credit):
            yield credit


_CREDIT_MARK = re.compile(
    r",\s(?=(?:[Ff]ot|[Ff]oto|[Pp]hoto|[Zz]dj)\.?\s[^\W\d_a-z])|[.…|·]\s+|\s[/–—-]\s|\s*[(\[（]|\s(?=[^\W\d_]{3,14}\s?[:：])"
)


def is_credit(text: str, language: str | None) -> bool:
    """Whether it is a credit's words alone, or such words or an agency with nothing but names."""
    words = wording().read(text, language)
    if words.covered == 1 and words.category == "photo_credit" and words.score >= 2:
        return True
    named = AGENCY.sub(" ", text)
    label, colon, rest = named.partition(":")
    told = wording().read(label if colon else named.split(" ")[0], language)
    labelled = told.covered == 1 and told.category == "photo_credit"
    if not labelled and (named == text or not re.search(r"[/|]", named)):
        return False
    rest = rest if colon else named.partition(" ")[2] if labelled else named
    names = re.findall(r"[^\W\d_]+", rest)
    if labelled and colon and "/" in rest:  # who took it, and the house, which may write itself small
        names = names[:1]
    return bool(names or named != text) and len(names) <= 5 and all(map(is_capital, names))


_IN_BRACKETS = re.compile(r"[(\[（](?P<one>[^()/（）]{2,30})/(?P<other>[^()/（）]{2,40})[)\]）]$")
_BEHIND_DASH = re.compile(r"\s[–—|·-]\s(?P<one>[^/–—|·]{4,40})/(?P<other>[^/]{2,40})$")
_PARTED = re.compile(r"[.!?…]['\"”“»]?\s+|\s[–—|]\s|\s/\s?")
_LONGEST_SHOWN = 200
"""Characters of what a picture shows, at most; one sentence."""


def signed_by_form(text: str) -> str | None:
    """The credit that a caption ends in, told by its form alone: two names with a stroke between, in brackets or behind a dash,
    or nothing but capitals behind the sentence."""
    if len(text) > _LONGEST_SHOWN + 60:
        return None
    for form in (_IN_BRACKETS, _BEHIND_DASH):
        if (match := form.search(text)) and _shows(text[: match.start()]) and _name_and_house(match["one"], match["other"]):
            return match.group().strip(" –—|·-()[]（）")
    for mark in _PARTED.finditer(text):
        credit = text[mark.end() :].strip(" /|–—-")
        names = 2 <= len(credit.split()) <= 3 or re.search(r"[/(|]", credit)
        if 8 <= len(credit) <= 60 and credit.isupper() and names and _shows(text[: mark.end()]):
            return credit
    return None


def _shows(text: str) -> bool:
    """Whether what stands before a credit can be what the picture shows: two words or more, and one sentence at most."""
    text = text.strip()
    one = not re.search(r"[.!?…。]['\"”“»]?\s+\S", text)
    return one and len(text) <= _LONGEST_SHOWN and len(text.split()) >= 2 and not text.isupper()


def _name_and_house(one: str, other: str) -> bool:
    """Whether of two parts one is a person's name and the other begins with a capital."""
    one, other = one.strip(), other.strip()
    named = NAME_ALONE.match(one) or NAME_ALONE.match(other)
    return bool(named) and one[0] != one[0].lower() and other[0] != other[0].lower()


@rule("edge.caption")
def edge_caption(context: Context) -> Iterator[Proposal]:
    """A caption in a line of its own: a few words that are no sentence, and a credit at their end."""
    for index, part in context.read():
        text = part.text
        if part.kind != "paragraph" or len(text) > 240 or text.startswith(_OPENS) or text.endswith((".", "。")):
            continue
        inside = index < context.last_prose
        if inside and _ends_in_source(context, index, text):
            yield part, "no sentence among the paragraphs, and ends in a name in brackets"
            continue
        if (credit := described(text, context.language, inside=inside) or (signed_by_form(text) if inside else None)) is not None:
            yield part, f"a sentence or two, and the credit “{credit}” behind them"
        if credit is not None or is_prose(_PLACED.sub("", text)) or len(text) > 160:
            continue
        for match in credits_of(text):
            if is_credit(match, context.language):
                yield part, f"no sentence, and ends in the credit “{match}”"
                break


_PLACED = re.compile(r"\s?\([^\W\d_]{1,3}\.\)")
"""Where someone stands in a picture: "(l.)"."""
_SOURCE = re.compile(r"\s[(（](?P<name>[^()（）\d]{3,30})[)）]$")
_LEAST_SHOWN = 5
"""Words of what a picture shows before a name in brackets that no list of agencies has."""


def _ends_in_source(context: Context, index: int, text: str) -> bool:
    """Whether a line between two sentences of a text without markup is none, and ends in up to three capitalised words in
    brackets: who took the picture."""
    match = _SOURCE.search(text)
    if match is None or context.marked_up or not context.in_text(index) or ends_as_sentence(text[: match.start()]):
        return False
    names = re.findall(r"[^\W_]+", match["name"])
    beside = (context.lines[index - 1].text, context.lines[index + 1].text)
    return (
        len(names) <= 3
        and all(map(is_capital, names))
        and len(text[: match.start()].split()) >= _LEAST_SHOWN
        and all(ends_as_sentence(line) and not _SOURCE.search(line) for line in beside)
    )
