"""Bytes to text: what the page is really in, whatever its header says."""

from __future__ import annotations

import gzip

import pytest

from cleaning import Page, clean
from cleaning.decode import MAX_CHARACTERS, check, decode, looks_like_html
from cleaning.errors import CleaningError, UnusableInput

GERMAN = "Die Außenminister trafen sich am Dienstag, um über den Grenzvertrag zu sprechen – „endlich“, wie es hieß. Preis: 20 €."
FRENCH = (
    "Les ministres se sont réunis mardi à l’aube pour discuter du traité : « Nous n’avons rien signé », a dit l’un d’eux : 20 €."
)
RUSSIAN = (
    "Министры обеих стран встретились во вторник, чтобы обсудить договор о границе, который разделяет их уже десять лет. — Да."
)
CHINESE = "两国外交部长星期二举行会晤，讨论十年来使两国产生分歧的边界条约，双方均未透露谈判的具体内容。“没有消息，”发言人说。"
JAPANESE = "両国の外相は火曜日に会談し、十年にわたって両国を隔ててきた国境条約について協議した。「進展はない」と報道官は述べた。"
KOREAN = "두 나라의 외무장관은 화요일에 만나 십 년 동안 두 나라를 갈라놓은 국경 조약을 논의했다. 대변인은 진전이 없다고 말했다."
POLISH = (
    "Ministrowie spotkali się we wtorek, by omówić traktat graniczny, który dzieli oba kraje od dziesięciu lat. „Żadnych wieści”."
)
GREEK = (
    "Οι υπουργοί συναντήθηκαν την Τρίτη για να συζητήσουν τη συνθήκη για τα σύνορα που χωρίζει τις δύο χώρες εδώ και δέκα χρόνια."
)


def page(text: str, charset: str | None = None) -> str:
    declared = f'<meta charset="{charset}">' if charset else ""
    return f"<html><head>{declared}<title>x</title></head><body><p>{text}</p></body></html>"


TABLE = [
    ("utf-8 under a latin-1 header", page(GERMAN), "utf-8", "text/html; charset=ISO-8859-1"),
    ("utf-8 under a wrong meta", page(RUSSIAN, "windows-1251"), "utf-8", None),
    ("utf-8 nobody declares", page(CHINESE), "utf-8", None),
    ("utf-8 with a mark", page(GERMAN), "utf-8-sig", None),
    ("utf-8 with a mark under a wrong header", page(GERMAN), "utf-8-sig", "text/html; charset=windows-1252"),
    ("windows-1251 by header", page(RUSSIAN), "cp1251", "text/html; charset=windows-1251"),
    ("windows-1251 by meta", page(RUSSIAN, "windows-1251"), "cp1251", "text/html"),
    ("windows-1251 nobody declares", page(RUSSIAN * 4), "cp1251", None),
    ("koi8-r by header", page(RUSSIAN.replace("—", "-")), "koi8-r", "text/html; charset=KOI8-R"),
    ("gb18030 by header", page(CHINESE), "gb18030", "text/html; charset=gb18030"),
    ("gb2312 that is gbk", page(CHINESE + "镕喆", "gb2312"), "gbk", None),
    ("big5 by meta", page("兩國外交部長星期二舉行會晤，討論邊界條約。", "big5"), "big5", None),
    ("shift_jis by meta", page(JAPANESE, "Shift_JIS"), "shift_jis", None),
    ("shift_jis with signs of Windows", page(JAPANESE + "①㈱～", "Shift_JIS"), "cp932", None),
    ("euc-jp by meta", page(JAPANESE, "euc-jp"), "euc-jp", None),
    ("euc-kr by header", page(KOREAN), "euc-kr", "text/html; charset=euc-kr"),
    ("euc-kr by meta", page(KOREAN, "euc-kr"), "euc-kr", None),
    ("iso-8859-15 by meta", page(FRENCH.replace("’", "'"), "iso-8859-15"), "iso-8859-15", None),
    ("iso-8859-2 by meta", page(POLISH.replace("„", '"').replace("”", '"'), "iso-8859-2"), "iso-8859-2", None),
    ("windows-1250 by header", page(POLISH), "cp1250", "text/html; charset=windows-1250"),
    ("iso-8859-7 by meta", page(GREEK, "iso-8859-7"), "iso-8859-7", None),
    ("latin-1 that is windows-1252", page(GERMAN, "iso-8859-1"), "cp1252", None),
    ("windows-1252 by header in quotes", page(FRENCH), "cp1252", 'text/html; charset="windows-1252"'),
    ("an old http-equiv", f'<META HTTP-EQUIV=Content-Type CONTENT="text/html; CHARSET=windows-1251">{RUSSIAN}', "cp1251", None),
    ("an XML declaration", f'<?xml version="1.0" encoding="iso-8859-1"?><html><p>{GERMAN[:60]}</p></html>', "iso-8859-1", None),
    ("utf-16 with a mark", page(GERMAN), "utf-16", None),
    ("utf-16-le without a mark", page(GERMAN), "utf-16-le", None),
    ("utf-16-be without a mark", page(GERMAN), "utf-16-be", None),
    ("utf-16 under a utf-8 header", page(GERMAN), "utf-16", "text/html; charset=utf-8"),
    ("utf-16-le of Cyrillic without a mark", page(RUSSIAN), "utf-16-le", None),
    ("utf-32 with a mark", page(GERMAN), "utf-32", None),
    ("a header that names nothing real", page(RUSSIAN, "windows-1251"), "cp1251", "text/html; charset=klingon-7"),
    ("a header that is wrong and a meta that is right", page(JAPANESE, "Shift_JIS"), "shift_jis", "text/html; charset=utf-8"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "encoding", "content_type"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_text_is_what_was_written(text: str, encoding: str, content_type: str | None) -> None:
    assert decode(text.encode(encoding), content_type) == text


def written_twice(text: str, misread_as: str) -> str:
    """`text` in UTF-8, read as something else."""
    return text.encode().decode(misread_as)


def article(*paragraphs: str, charset: str = "utf-8") -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    head = f"<head><meta charset={charset}><title>{paragraphs[0][:40]}</title></head>"
    return f"<html>{head}<body><article><h1>{paragraphs[0][:40]}</h1>{body}</article></body></html>"


LIES = [
    ("windows-1251, the header says utf-8, the meta latin-1", RUSSIAN, "cp1251", "utf-8", "iso-8859-1", None),
    ("windows-1251, the header says koi9, the meta windows-1251", RUSSIAN, "cp1251", "koi9", "windows-1251", None),
    ("gb18030, the header says utf-8, the meta gb2312", CHINESE, "gb18030", "utf-8", "gb2312", None),
    ("shift_jis, the header says euc-jp, the meta shift_jis", JAPANESE, "cp932", "euc-jp", "shift_jis", None),
    ("euc-kr, the header says utf-8, the meta euc-kr", KOREAN, "euc-kr", "utf-8", "euc-kr", None),
    ("iso-8859-15, header utf-8, meta iso-8859-15", FRENCH.replace("’", "'"), "iso-8859-15", "utf-8", "iso-8859-15", None),
    ("windows-1252, header utf-8, meta iso-8859-1", GERMAN, "cp1252", "utf-8", "iso-8859-1", None),
    ("utf-16, header and meta say utf-8", GERMAN, "utf-16", "utf-8", "utf-8", None),
    ("utf-8, header says windows-1251, the meta shift_jis", RUSSIAN, "utf-8", "windows-1251", "shift_jis", None),
    ("utf-8, header and meta say latin-1", FRENCH, "utf-8", "iso-8859-1", "iso-8859-1", None),
    ("utf-8 twice by windows-1252", GERMAN, "utf-8", "utf-8", "utf-8", "sloppy-windows-1252"),
    ("utf-8 twice by windows-1252, French", FRENCH, "utf-8", "utf-8", "utf-8", "sloppy-windows-1252"),
    ("utf-8 twice by latin-1", FRENCH, "utf-8", "utf-8", "utf-8", "latin-1"),
    ("utf-8 twice by windows-1251", RUSSIAN, "utf-8", "utf-8", "utf-8", "sloppy-windows-1251"),
    ("Russian twice by windows-1252", RUSSIAN, "utf-8", "utf-8", "utf-8", "sloppy-windows-1252"),
    ("Greek twice by windows-1252", GREEK, "utf-8", "utf-8", "utf-8", "sloppy-windows-1252"),
    ("Polish twice by windows-1250", POLISH, "utf-8", "utf-8", "utf-8", "sloppy-windows-1250"),
    ("Chinese twice by windows-1252", CHINESE, "utf-8", "utf-8", "utf-8", "sloppy-windows-1252"),
    ("Japanese twice by latin-1, the header says windows-1252", JAPANESE, "utf-8", "windows-1252", "utf-8", "latin-1"),
]


@pytest.mark.parametrize("lie", LIES, ids=[row[0] for row in LIES])
def test_a_page_that_lies_comes_out_right(lie: tuple[str, str, str, str, str, str | None]) -> None:
    _, text, encoding, header, meta, misread_as = lie
    paragraphs = [text, f"{text} {text}", f"2024: {text}"]
    source = article(*paragraphs, charset=meta)
    body = (written_twice(source, misread_as) if misread_as else source).encode(encoding)
    cleaned = clean(Page(body=body, content_type=f"text/html; charset={header}"))
    assert (cleaned.text, cleaned.title) == ("\n\n".join(paragraphs), text[:40].strip())


def test_a_page_encoded_three_times_comes_out_right() -> None:
    thrice = written_twice(written_twice(page(GERMAN * 2), "sloppy-windows-1252"), "sloppy-windows-1252")
    assert decode(thrice.encode()) == page(GERMAN * 2)


@pytest.mark.parametrize("text", [
    "The letters Ã and © are what UTF-8 looks like when it is read as Latin-1: cafÃ©.", "SÃO PAULO — Â® é",
    "«Ðÿ» und Ã¼ber — für", RUSSIAN, "РњРё", "AÃ©B", "£1 – €2 ÃŸ é", "Рћ том, что С‚ стоит рядом", GREEK, POLISH,
])  # fmt: skip
def test_a_page_with_a_letter_that_is_right_is_left_alone(text: str) -> None:
    assert decode(page(text).encode()) == page(text)


def test_a_body_is_decoded_with_the_header_that_the_page_has() -> None:
    article = clean(Page(body=page(RUSSIAN * 2).encode("cp1251"), content_type="text/html; charset=windows-1251"))
    assert article.text == RUSSIAN * 2


def test_utf8_that_was_cut_in_a_character_loses_that_character_only() -> None:
    body = page(CHINESE).encode()
    cut = body[: body.index("容".encode()) + 2]
    assert decode(cut) == cut.decode("utf-8", "ignore")
    assert decode(cut).endswith("内")


def test_one_broken_byte_does_not_make_another_encoding_of_a_page() -> None:
    body = page(RUSSIAN * 30).encode()
    damaged = body.replace("вторник".encode(), "вто".encode() + b"\xff" + "ник".encode(), 1)
    assert decode(damaged, "text/html; charset=utf-8") == damaged.decode("utf-8", "replace")


def test_the_mark_is_not_text() -> None:
    assert check("\ufeffA headline") == "A headline"


PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")


@pytest.mark.parametrize(
    ("body", "code", "reason"),
    [
        (b"", "empty", "empty"),
        (b" \r\n\t\n", "empty", "empty"),
        (b"\xef\xbb\xbf", "empty", "empty"),
        (b"\xff\xfe", "empty", "empty"),
        (PNG, "binary", "binary"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "binary", "binary"),
        (gzip.compress(b"<p>x</p>"), "binary", "binary"),
        (bytes(range(256)) * 20, "binary", "binary"),
        (b"caf\xe9 \xff\xfe\x81\x8d ok \x90", "unknown_encoding", "encoding"),
        (b"PK\x03\x04" + b"\x00" * 60, "binary", "binary"),
        (b"\x00" * 1000, "binary", "binary"),
        (b"<p>text</p>" + b"\x00" * 900, "binary", "binary"),
        (b"\x7fELF\x02\x01\x01" + b"\x00" * 90, "binary", "binary"),
    ],
    ids=[
        "nothing",
        "blank",
        "only a mark",
        "only a utf-16 mark",
        "png",
        "pdf",
        "gzip",
        "all bytes",
        "no encoding",
        "zip",
        "NULs",
        "text and NULs",
        "elf",
    ],
)
def test_what_cannot_be_read_is_said_to_be_so(body: bytes, code: str, reason: str) -> None:
    with pytest.raises(UnusableInput, match=reason) as caught:
        decode(body, None, "page.html")
    assert (caught.value.name, caught.value.code) == ("page.html", code)
    assert str(caught.value) == f"page.html: {caught.value.reason}"
    assert isinstance(caught.value, CleaningError)
    article = clean(Page(body=body))
    assert (article.status, article.flags, article.blocks) == ("rejected", (code,), ())
    assert article.flag_evidence == {code: caught.value.reason}


@pytest.mark.parametrize("body", [
    b"x" * (MAX_CHARACTERS + 1), ("é" * (MAX_CHARACTERS + 1)).encode(), ("ab" * (MAX_CHARACTERS // 2 + 1)).encode("utf-16"),
], ids=["ascii", "two bytes each", "utf-16"])  # fmt: skip
def test_over_ten_megabytes_is_refused_unparsed(body: bytes) -> None:
    with pytest.raises(UnusableInput, match="over 10 MB") as caught:
        decode(body, None, "big.html")
    assert caught.value.code == "too_large"
    assert clean(Page(body=body)).flags == ("too_large",)


def test_text_and_html_have_the_same_limit() -> None:
    big = "x" * (MAX_CHARACTERS + 1)
    assert clean(Page(text=big)).flags == ("too_large",)
    assert clean(Page(html=big)).flags == ("too_large",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<!DOCTYPE html><html>", True),
        ("\ufeff\n <html>", True),
        ("<!-- saved from --><p>x", True),
        ("<div class=x>text", True),
        ("<P>Text", True),
        ("<?xml version='1.0'?><html>", True),
        ("Hello <b>big</b> <p>one</p> <p>two</p>", True),
        ("text before\n<div>a</div><div>b</div>", True),
        ("A headline\n\nA paragraph.", False),
        ("a < b and b > c", False),
        ("<3 is a heart", False),
        ("He wrote <b> once, and that is all.", False),
        ("2 << 3", False),
        ("<https://example.org/> is a link", False),
        ("", False),
    ],
    ids=range(15),
)
def test_html_is_told_from_text(text: str, expected: bool) -> None:
    assert looks_like_html(text) is expected
