"""Bytes to text: strict UTF-8 first, then what the header, the page and detection say.

A page's own words on its encoding are often wrong, but bytes that are valid UTF-8 by accident are next to never anything else.
"""

from __future__ import annotations

import codecs
import re
from itertools import islice

import ftfy.bad_codecs  # noqa: F401  registers the codecs of _MISREAD_AS
from charset_normalizer import from_bytes

from cleaning.errors import UnusableInput

MAX_CHARACTERS = 10_000_000
"""Pages that are longer than this when decoded are refused unparsed (a news page is 0.05 to 2 MB)."""

_BREAKING_CONTROL = re.compile("[\x0b\x0c\x1c-\x1e]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f\ud800-\udfff]")
_CONTROLS = tuple(map(chr, (*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F)))

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META_CHARSET = re.compile(rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_LABELS = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "iso-8859-9": "cp1254",
    "tis-620": "cp874",
    "iso-8859-11": "cp874",
}
"""Labels that browsers read as a wider encoding (WHATWG Encoding Standard)."""

_ACCENTED = re.compile(r"(?<![^\W\d_])[À-ɏ]{4,}(?![^\W\d_])")
_NOT_ASCII = re.compile("[^\x00-\x7f]+")
_MISREAD_AS = ("sloppy-windows-1252", "sloppy-windows-1251", "sloppy-windows-1250", "latin-1")
"""What UTF-8 is taken for before it is written as UTF-8 once more (codecs of ftfy: their undefined bytes are themselves)."""
ENCODED_TWICE = 8
"""Characters beyond ASCII that a page must have to be taken for encoded twice; all of them must be so.  Text that is right in one
of these encodings has next to never two neighbours that make a character of UTF-8, and such a page nothing else."""


def decode(body: bytes, content_type: str | None = None, name: str = "-") -> str:
    """The text of `body`.

    Raises UnusableInput for what is empty, binary, in no encoding that can be told, or longer than `MAX_CHARACTERS`.
    """
    if not body.strip():
        raise UnusableInput(name, "is empty", "empty")
    if len(body) > 4 * MAX_CHARACTERS:
        raise UnusableInput(name, f"is over {MAX_CHARACTERS // 1_000_000} MB", "too_large")
    return check(_decoded_once_more(_decoded(body, content_type, name)), name)


def _decoded_once_more(text: str) -> str:
    """A page that was UTF-8, read as something else and written as UTF-8 again, as it was before; any other as it is."""
    for _ in range(2):
        pieces = list(islice(_NOT_ASCII.finditer(text), ENCODED_TWICE))
        found = next(filter(None, (_undone(text, pieces, encoding) for encoding in _MISREAD_AS)), None) if pieces else None
        if found is None:
            break
        text = found
    return text


def _undone(text: str, pieces: list[re.Match[str]], encoding: str) -> str | None:
    """`text` before it was misread in that encoding, or None where it was not: the first pieces tell nearly always."""
    try:
        for piece in pieces:
            piece[0].encode(encoding).decode("utf-8")
        right = text.encode(encoding).decode("utf-8")
    except UnicodeError:
        return None
    return right if sum(len(piece[0]) for piece in _NOT_ASCII.finditer(right)) >= ENCODED_TWICE else None


def check(text: str, name: str = "-") -> str:
    """`text` without byte order mark, control characters and lone surrogates, or UnusableInput as `decode` raises it."""
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_CHARACTERS:
        raise UnusableInput(name, f"is over {MAX_CHARACTERS // 1_000_000} MB when decoded", "too_large")
    if not text or text.isspace():
        raise UnusableInput(name, "is empty", "empty")
    if text.count("\x00") > len(text) // 100 + 1:
        raise UnusableInput(name, "is binary, neither HTML nor text", "binary")
    return _CONTROL.sub("", _BREAKING_CONTROL.sub("\n", text)) if _has_control(text) else text


def _has_control(text: str) -> bool:
    """Whether a control character or lone surrogate is in it, told much faster than by an expression."""
    if any(map(text.__contains__, _CONTROLS)):
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _decoded(body: bytes, content_type: str | None, name: str) -> str:
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body.decode(encoding, "replace")
    guess = _utf16_without_bom(body)
    if guess:
        return body.decode(guess, "replace")
    head = body[:4096]
    if head.startswith(
        (b"%PDF-", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"\x1f\x8b", b"SQLite format 3", b"\x7fELF")
    ):
        raise UnusableInput(name, "is binary, neither HTML nor text", "binary")
    if sum(byte < 9 or (13 < byte < 32 and byte != 27) for byte in head) > len(head) // 50:
        raise UnusableInput(name, "is binary, neither HTML nor text", "binary")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        # a page that was cut in the middle of a character is still UTF-8
        if error.start >= len(body) - 3 and error.start > 0:
            return body.decode("utf-8", "ignore")
    header = _HEADER_CHARSET.search(content_type or "")
    meta = _META_CHARSET.search(head)
    labels = [header.group(1) if header else "", meta.group(1).decode("ascii", "replace") if meta else ""]
    fits = next((text for label in labels if (text := _strictly(body, label)) is not None), None)
    if fits is not None and not _misread(fits):
        return fits
    if _mostly_utf8(body):
        return body.decode("utf-8", "replace")
    found = from_bytes(body[:200_000]).best()
    # without a language that it reads as, a guess is a coin thrown
    text = _strictly(body, found.encoding) if found is not None and found.percent_coherence > 0 else None
    if text is not None:
        return text
    if fits is not None:
        return fits
    for label in labels:
        if label and _known(label):
            return body.decode(_LABELS.get(label.lower(), label), "replace")
    raise UnusableInput(name, "is in an encoding that cannot be told", "unknown_encoding")


def _known(label: str) -> bool:
    try:
        codecs.lookup(_LABELS.get(label.lower(), label))
    except LookupError:
        return False
    return True


def _strictly(body: bytes, label: str) -> str | None:
    """`body` in the encoding of that label, or None where it is unknown, UTF-8 (tried before) or does not fit."""
    if not label or label.lower().replace("_", "-") in ("utf-8", "utf8") or not _known(label):
        return None
    try:
        return body.decode(_LABELS.get(label.lower(), label))
    except (UnicodeDecodeError, ValueError):
        return None


def _misread(text: str) -> bool:
    """Ten words of nothing but accented Latin letters (`Ìèíèñòðû`): another alphabet under the name of a Western encoding."""
    return len(list(islice(_ACCENTED.finditer(text), 10))) == 10


def _mostly_utf8(body: bytes) -> bool:
    """Ten sound characters of more than one byte for each broken one: UTF-8 that was damaged, not another encoding."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return sum(character > "\x7f" for character in text) - broken >= 10 * broken


def _utf16_without_bom(body: bytes) -> str | None:
    """Latin text in UTF-16 has a NUL in every other byte."""
    head = body[:400]
    if len(head) < 4:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > half * 0.7 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.7 and odd < half * 0.1:
        return "utf-16-be"
    # other alphabets: one byte of each pair takes next to no values (0x04 for Cyrillic, 0x00 for the spaces between)
    if head.count(0) >= 0.04 * len(head):
        for encoding, high, low in (("utf-16-le", head[1::2], head[0::2]), ("utf-16-be", head[0::2], head[1::2])):
            if len(set(high)) <= 6 and len(set(low)) >= 12 and max(high) < 0x31:
                return encoding
    return None


def looks_like_html(text: str) -> bool:
    """Whether a document is HTML: it opens as one, or its first 5,000 characters hold two or more well-known tags."""
    head = text.lstrip("\ufeff \t\r\n")[:5000].lower()
    if head.startswith(
        ("<!doctype html", "<html", "<head", "<body", "<?xml", "<article", "<div", "<p>", "<p ", "<!--", "<main", "<section")
    ):
        return True
    tags = re.findall(r"</?(?:p|div|span|a|br|h[1-6]|ul|li|body|head|meta|script|table|article|section|img)\b[^>]*>", head)
    return len(tags) >= 2
