"""Index terms for what the tokenizer of FTS5 cannot see: words without spaces between them, and vowel signs.

`unicode61` takes a run of letters as one word, so a sentence in Chinese, Japanese, Thai, Lao, Khmer or Burmese is one
"word", a Korean word goes together with its particles, and a Latin name inside such a sentence is swallowed by it.  The
index therefore has two more columns, `title_terms` and `text_terms`, with overlapping pairs of characters of those runs
(北朝鮮 becomes 北朝 朝鮮 鮮) and the other words that stand in them.  The last character alone is there so that a search
for a single character finds it at the end of a run.

Arabic and Hebrew vowel signs part a word in the eyes of `unicode61`; the word without them is added, and searched for.
"""

from __future__ import annotations

import re
import unicodedata

_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e50-\u0e59"  # Thai
    "\u0e81-\u0ebd\u0ec0-\u0ecd\u0ed0-\u0ed9\u0edc-\u0edf"  # Lao
    "\u1000-\u1049\u1050-\u109d"  # Burmese
    "\u1780-\u17d3\u17d7\u17dc\u17dd\u17e0-\u17e9"  # Khmer
    "\u3005\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # Japanese kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
    "\uac00-\ud7a3"  # Hangul
)
_SIGNS = (
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"  # Hebrew
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"  # Arabic
)

_HAS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_HAS_SIGN = re.compile(f"[{_SIGNS}]")
_NEEDS_HELP = re.compile(f"[{_UNSPACED}{_SIGNS}]")
_TOKEN = re.compile(rf"(?:[^\W_]|[{_UNSPACED}{_SIGNS}])+")
_PART = re.compile(rf"(?P<unspaced>[{_UNSPACED}]+)|[^\W_{_UNSPACED}]+")

# A vowel or tone mark parts words in unicode61, a private-use character does not: inside our terms the one stands for the other.
_MARKS = {code: 0xE000 + code - 0x0E00 for code in range(0x0E00, 0x1800) if unicodedata.category(chr(code)).startswith("M")}


def index_terms(text: str | None) -> str | None:
    """The terms to index beside `text`, parted by spaces; None where the tokenizer needs no help."""
    if not text or is_western(text) or not _NEEDS_HELP.search(text):
        return None
    terms: list[str] = []
    for token in _TOKEN.findall(text):
        if _HAS_SIGN.search(token):
            token = without_signs(token)
            if token:
                terms.append(token)
        if _HAS_UNSPACED.search(token):
            for part, unspaced in parts(token):
                terms.extend((*_pairs(part), part[-1:].translate(_MARKS)) if unspaced else (part,))
    return " ".join(terms) or None


def is_western(text: str) -> bool:
    """Whether `text` is of Western letters and signs alone: a quick answer that spares most texts a slower one."""
    if text.isascii():
        return True
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def folded(name: str) -> str:
    """`name` as names are compared: without capitals, accents and doubled spaces; `Özgür  Ünal` becomes `ozgur unal`."""
    if name.isascii():
        return " ".join(name.lower().split())
    plain = unicodedata.normalize("NFKD", name.casefold())
    return unicodedata.normalize("NFC", " ".join("".join(c for c in plain if not unicodedata.combining(c)).split()))


def without_signs(word: str) -> str:
    """`word` without Arabic and Hebrew vowel signs and the stroke that stretches Arabic letters."""
    return _HAS_SIGN.sub("", word)


def parts(word: str) -> list[tuple[str, bool]]:
    """The stretches of `word` that the index knows, each with whether it is of a script without spaces.

    Empty for what has no letter and no digit.
    """
    return [(m.group(), m.lastgroup == "unspaced") for m in _PART.finditer(word)]


def phrase_terms(unspaced: str) -> str:
    """How `unspaced` stands in the index, as the inside of an FTS5 phrase; one character is to be searched as a prefix."""
    return " ".join(_pairs(unspaced)) or unspaced.translate(_MARKS)


def _pairs(run: str) -> list[str]:
    run = run.translate(_MARKS)
    return [run[i : i + 2] for i in range(len(run) - 1)]


def word_count(text: str) -> int:
    """How many words `text` has; in scripts without spaces every character counts as one, but for vowel and tone marks."""
    words = text.split()
    if is_western(text) or not _HAS_UNSPACED.search(text):
        odd = [word for word in words if not word.isalnum()]  # nearly all are words with a comma or full stop behind them
        return len(words) - sum(not word[0].isalnum() and not any(map(str.isalnum, word)) for word in odd)
    count = 0
    for word in words:
        if word.isascii() or not _HAS_UNSPACED.search(word):
            count += any(map(str.isalnum, word))
        else:
            count += sum(sum(ord(c) not in _MARKS for c in part) if unspaced else 1 for part, unspaced in parts(word))
    return count
