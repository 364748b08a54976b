"""Signs that a machine wrote or broke a text: counts of them in a paragraph, and what they say of the whole text."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from itertools import pairwise

from cleaning.document import Part

_STOP = re.compile(r"[.?][ \u00a0]{1,3}(?=[a-zà-öø-ÿα-ωа-яёіїєґ])")
_PLAIN_WORD = re.compile(r"[a-zà-öø-ÿα-ωа-яёіїєґ]+(?:[\s,;!?'’-]|:(?!//)|\.(?:\s|$)|$)")
_WORD = re.compile(r"[^\W\d_]?[^\W\d_A-Z]+(?:['’-][^\W\d_]+)*|[\w’'-]+\)")
_ABBREVIATIONS = frozenset(
    """
        abs approx bspw bzw dept evtl espec geb gest incl inkl minut resp thous zzgl univ pozn vols pages rédac éditions
        sect ediz número capt sched corp
    """.split()
)
_STUCK: dict[str, frozenset[str]] = {
    "en": frozenset(
        """
            a an the of and or with from for by is are was were be been have has had will would very their our my your this also
            then only to
        """.split()
    ),
    "fr": frozenset(
        """
            le la les un une des du de et ou que qui dans avec pour sur sont au aux par seulement à ce cette leur leurs donné
            très sans aussi
        """.split()
    ),
    "de": frozenset(
        "der die das den dem des ein eine einen einem einer und oder mit von zu zum zur im für auf auch sehr".split()
    ),
    "es": frozenset("el la los las un una de del y o que con por para en sus su muy también".split()),
}
"""Words that end no sentence."""
_CAPITALS = {
    "en": r"And|But|There|This|That|These|They|She|He|It|We|Then|When|From|For whom|The other",
    "fr": r"Et|Mais|Il|Elle|Ils|Elles|Cette|Ce|Ces|Nous|On|Dans|Pour|Lorsque",
    "de": r"Und|Aber|Es|Dies|Dann|Wenn",
    "es": r"Y|Pero|Esta|Este|Cuando",
}
_CAPITAL = {language: re.compile(rf"(?:{words}) (?=[a-zà-ÿ]+ [a-zà-ÿ])") for language, words in _CAPITALS.items()}
_NAMING = frozenset(
    """
        called titled song film movie book series show album novel podcast named magazine titre titré livre chanson roman émission
    """.split()
)
DOUBLE_QUOTES = re.compile('["“”„«»‟＂]')
_TRANSLATION_SAMPLE = 4000
"""Characters of a text that are looked at for signs of translation: a machine translates all of it."""
_MOST_OF_ONE = 50_000
"""Characters of one paragraph that are looked at; the longest of real ones have some thousand."""


def stops(text: str, language: str | None = None) -> tuple[int, int]:
    """How often a lower-case word follows a full stop or question mark that ends no quotation, bracket or abbreviation, and how
    often such a full stop stands behind a word that ends no sentence.

    A word of up to four letters before a full stop may be an abbreviation; so may what has a dot, digit or capital inside.
    """
    lower = stuck = 0
    endless = _STUCK.get(language or "", frozenset())
    for match in _STOP.finditer(text):
        if not _PLAIN_WORD.match(text, match.end()):
            continue
        before = text[max(0, match.start() - 40) : match.start()].rsplit(None, 2)
        word = before[-1].lstrip("(“„«»\"'’‘[") if before else ""
        if match.group()[0] == "?":
            lower += len(word) > 1 and text.rfind("(", 0, match.start()) <= text.rfind(")", 0, match.start())
            continue
        if (len(word) > 4 or word.endswith(")")) and word.lower() not in _ABBREVIATIONS and _WORD.fullmatch(word):
            lower += 1
        if word in endless and len(before) > 1 and before[-2].strip(",").isalpha() and len(before[-2]) > 1:
            stuck += 1
    return lower, stuck


def lower_after_stop(text: str) -> int:
    """How often a lower-case word follows a full stop or question mark that ends no quotation, bracket or abbreviation."""
    return stops(text)[0]


def capitals_inside(text: str, language: str | None) -> int:
    """How often the first word of a sentence stands, with its capital, behind a lower-case word and no stop."""
    pattern = _CAPITAL.get(language or "")
    count = 0
    for match in pattern.finditer(text) if pattern is not None else ():
        start = match.start()
        if start > 2 and text[start - 1] == " " and text[start - 2].islower() and text[start - 3].islower():
            count += text[max(0, start - 20) : start].split()[-1] not in _NAMING
    return count


def _odd_quotes(text: str, *, french: bool = False) -> int:
    """Quotation marks that no typography pairs, or with a space on their inner side where the language has none."""
    count = 0
    marks = []
    for match in DOUBLE_QUOTES.finditer(text):
        mark, at = match.group(), match.start()
        marks.append(mark)
        before, behind = text[at - 1 : at] if at else " ", text[at + 1 : at + 3]
        if before == " ":
            closes_late = mark in "”»“«" and behind[:1] == "." and not behind.startswith("..")
            opens_late = mark in "“«" and behind[:1] == ","
            parted = (
                mark in "”»"
                and (behind[:1] in ("", ",", ";") or behind[:1] == " ")
                and at > 1
                and text[at - 2].isalpha()
                and not french
            )
            opens_wrong = (mark == "”" or (mark == "»" and not at)) and behind[:1] == " " and behind[1:].isalpha()
            count += closes_late or opens_late or opens_wrong or parted
        if mark == "“" and behind[:1] == " ":
            count += 1
    pairs = "".join(marks)
    return count + sum(pairs.count(odd) for odd in ("”»", "«”", "«“", "„»"))


def _finder(pattern: str, *hints: str) -> Callable[[str], int]:
    """Counts what a pattern finds; with hints it is only asked where one of them stands in the text."""
    compiled = re.compile(pattern)

    def count(text: str) -> int:
        return len(compiled.findall(text)) if not hints or any(hint in text for hint in hints) else 0

    return count


def _word_finder(words: str, behind: str) -> Callable[[str], int]:
    """Counts lower-case words, each before a space and what `behind` matches."""
    known = frozenset(words.split())
    compiled = re.compile(rf"(?<![\w’'-])(?:{'|'.join(sorted(known))})(?= {behind})")

    def count(text: str) -> int:
        return 0 if known.isdisjoint(text.split()) else len(compiled.findall(text))

    return count


def _doubled(words: str) -> Callable[[str], int]:
    """Counts how often one of the words stands twice in a row, the second time in lower case."""
    known = frozenset(words.split())

    def count(text: str) -> int:
        tokens = text.split()
        return sum(first.lower() == second for first, second in pairwise(tokens) if second in known)

    return count


def _sum(*counts: Callable[[str], int]) -> Callable[[str], int]:
    return lambda text: sum(count(text) for count in counts)


_VOWEL = "[aeéèêiîoôuâ]"
_ELISION_KEPT = r"(?!onz|oui\b|ouï|ouistiti|un\b|une\b|uns\b|on\b|off\b|open\b|e-|iode|and\b|in\b|online\b|alter\b|avatar|off)"
_PARTED = _finder(
    r"[^\W\d_]['’] [^\W\d_]|[^\W\d_] ['’] ?(?:s|t|re|ve|ll|m|d)\b|[^\W\d_] ,\s|[^\W\d_]{2} \.(?=\s|$)|\(\s\w|\w\s\)(?=\W|$)|"
    r"\b[dlnscjmtDLNSCJM] ['’] ?\w|\bqu ['’]",
    " '",
    " ’",
    "' ",
    "’ ",
    " ,",
    " .",
    "( ",
    " )",
)
_LEFT = "words left in another language"
_SIGNS: dict[str, dict[str, Callable[[str], int]]] = {
    "en": {
        "articles doubled or wrong": _sum(
            _doubled("the a an of in and for with by from"),
            _finder(
                r" a (?!one|once|oui|eu|uni|use|us[aiu]|ewe|out|"
                r"only|over\b|into\b|each\b|also\b|about\b|even\b|is\b|and\b|in\b|or\b|on\b)[aeio][a-z]{3,}"
            ),
            _finder(
                r" an (?!hour|heir|honest|honou?r|herb|histor|xbox|mp|[bcdfgjklmnpqrstvwxz]{3})[bcdfgjklmnpqrstvwz][a-z]{3,}"
            ),
            _finder(
                r" (?:a the|the a|an the|the an|a an|an a) [a-z]",
                " a the ",
                " the a ",
                " an the ",
                " the an ",
                " a an ",
                " an a ",
            ),
        ),
        "quotation marks of another language": _odd_quotes,
        _LEFT: _word_finder(
            """
                est sont dans avec qui une cette mais aussi aux chez lundi mardi mercredi jeudi vendredi samedi dimanche nicht
                auch und ist eine dass für wurde los las pero también según esta su parte porque che della
                sono anche perché
            """,
            "[a-z]",
        ),
        "word by word": _finder(
            r"\bsince (?:already )?(?:\d+|two|three|four|five|six|seven|eight|nine|ten|twelve|many|several) (?:years|"
            r"months|weeks|days)"
            r"(?! (?:ago|after|before|later|since))|\balready since\b|\bfeels? itself\b|\bthe half of\b|\bnobody more\b|"
            r"\bit is (?:that is )?in any case what\b|\bis all in all\b|\bthe (?:there|then) government\b|\bthere are "
            r"not\b[.,]",
            "since ",
            "lready since",
            " itself",
            "the half of",
            "nobody more",
            "in any case what",
            "is all in all",
            " government",
            "there are not",
        ),
        "marks parted from their words": _PARTED,
    },
    "fr": {
        "articles not contracted": _finder(
            r"\b[dD]e les? (?!\w*(?:er|ir|oir|re|faire)\b|y\b|en\b|leur\b|lui\b)[a-zà-ÿ]{3,}|"
            r"\b[àÀ] les? (?!\w*(?:er|ir|oir|re|faire)\b|y\b|en\b)[a-zà-ÿ]{3,}|\b[eE]n (?:le|les) [a-zà-ÿ]{4,}",
            "e le ",
            "e les ",
            "à le ",
            "à les ",
            "À le",
            "n le ",
            "n les ",
        ),
        "no elision before a vowel": _finder(
            rf"(?<![\w’'-])(?:[Ll]e|[Ll]a|[Dd]e|[Qq]ue|[Jj]e|[Nn]e|[Ss]e|[Cc]e) "
            rf"{_ELISION_KEPT}(?:{_VOWEL}[a-zà-ÿ]{{2,}}|il\b|en\b|"
            r"est\b|habit\w+|homme|histoire|hôpital|armée|hier\b)"
        ),
        "words doubled": _doubled("le la les un une des du de par et en dans pour sur"),
        "quotation marks of another language": partial(_odd_quotes, french=True),
        _LEFT: _word_finder(
            """
                with have has are was were which would will been because from this these that their they said the through after
                before und nicht auch los las el pero
            """,
            "[a-zà-ÿ]",
        ),
        "word by word": _finder(
            r"\b[dD]epuis déjà\b|\b(?:en|dans) l[ae] (?:année|mois) (?:de )?\d{4}|\ble alors\b|\bêtre(?:nt)? allée?\b",
            "epuis déjà",
            " année ",
            " mois ",
            "le alors",
            "tre allé",
        ),
        "marks parted from their words": _PARTED,
    },
}
"""Signs of machine translation by language: what they are, and a count of them in a paragraph."""

_OWN = {
    "en": frozenset("the of and to in a is that for it on with as at by".split()),
    "fr": frozenset("le la les de des et un une du en que qui à au dans pour sur par".split()),
}
_QUOTED = re.compile(r"[“«\"][^“”«»\"]{0,600}[”»\"]")


def signs_of_translation(parts: list[Part], language: str | None) -> tuple[dict[str, int], int, int]:
    """How often each sign of machine translation stands in the text, in how many paragraphs any does, and the length of the
    text that was looked at.

    Empty for a language whose signs are not known.  Foreign words inside a quotation do not count.
    """
    found: dict[str, int] = {}
    paragraphs = 0
    length = 0
    finders = _SIGNS.get(language or "")
    if finders is None:
        return {}, 0, 0
    own = _OWN[language or ""]
    for part in parts:
        if length >= _TRANSLATION_SAMPLE:
            break
        if part.kind not in ("paragraph", "quote"):
            continue
        text = part.text[:_MOST_OF_ONE].replace("\u00a0", " ")
        length += len(text)
        lower, stuck = stops(text, language)
        counts = {
            "lower case behind a stop": lower,
            "a stop inside a sentence": stuck,
            "a capital inside a sentence": capitals_inside(text, language),
        }
        for sign, count in finders.items():
            counts[sign] = count(_QUOTED.sub(" ", text) if sign == _LEFT else text)
        if counts[_LEFT] and counts[_LEFT] >= sum(word in own for word in text.lower().split()):
            counts[_LEFT] = 0  # a paragraph in that other language
        paragraphs += any(counts.values())
        for sign, number in counts.items():
            if number:
                found[sign] = found.get(sign, 0) + number
    return found, paragraphs, length


def machine_translated(parts: list[Part], language: str | None) -> str | None:
    """The evidence that the whole text was machine-translated, None where it does not suffice.

    Needs signs of three kinds or more (two, or foreign words alone, where they are many) in two paragraphs or more, and one at
    least on every 600 characters.
    """
    found, paragraphs, length = signs_of_translation(parts, language)
    total = sum(found.values())
    if paragraphs < 2 or total * 600 < length:
        return None
    many = total >= 6 and total * 250 >= length
    if (len(found) >= 3 and total >= 4) or (many and (len(found) == 2 or (_LEFT in found and paragraphs >= 3))):
        signs = ", ".join(f"{sign} ({number})" for sign, number in sorted(found.items(), key=lambda pair: -pair[1]))
        return f"{signs} in {paragraphs} paragraphs"
    return None
