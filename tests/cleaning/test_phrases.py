"""The phrase book: sorted, without doubles, lawfully come by, and never slow."""

from __future__ import annotations

import csv
import json
import re
import time
from collections import Counter
from functools import cache
from importlib import import_module, resources
from itertools import cycle, islice, pairwise
from pkgutil import walk_packages

import pytest

import cleaning
from cleaning import Page, clean
from cleaning.rules.literals import Sieve, opening, required, told_by
from cleaning.rules.phrase_rules import _READS_LIKE
from cleaning.rules.phrases import expression, fold, phrase_book

COLUMNS = ["language", "category", "match", "where", "pattern", "risk", "origin", "licence"]
PLACES = {"start", "end", "inline", "any", "last"}
LICENCES = {"MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "CC0-1.0", "Unlicense", "0BSD", "Zlib", "own", "fact"}
"""What may be shipped under Apache-2.0; `own` was written for Copydesk, `fact` is a word or two that was seen on a page."""
NEWS_LANGUAGES = re.findall(
    r"\w+", "ar bg bn cs da de el en es fa fi fr he hi hr hu id it ja ko nl no pl pt ro ru sk sl sr sv th tr uk ur vi zh"
)


@cache
def rows() -> list[dict[str, str]]:
    with resources.files("cleaning.data").joinpath("phrases.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def expressions() -> list[re.Pattern[str]]:
    return [re.compile(row["pattern"], re.I) for row in rows() if row["match"] == "re"]


def test_the_columns_are_the_ones_that_are_described() -> None:
    assert list(rows()[0]) == COLUMNS
    assert all(None not in row and None not in row.values() for row in rows())


def test_it_is_sorted() -> None:
    keys = [tuple(row[c] for c in COLUMNS) for row in rows()]
    unsorted = [(a, b) for a, b in pairwise(keys) if a > b]
    assert unsorted[:3] == []


def test_no_line_stands_twice() -> None:
    counted = Counter((row["language"], row["category"], row["match"], row["pattern"]) for row in rows())
    assert [key for key, count in counted.items() if count > 1] == []


@pytest.mark.parametrize(("column", "allowed"), [("match", {"line", "prefix", "re"}), ("risk", {"low", "medium", "high"})])
def test_words_are_from_their_lists(column: str, allowed: set[str]) -> None:
    assert {row[column] for row in rows()} <= allowed


def test_places_languages_and_patterns_are_well_formed() -> None:
    for row in rows():
        assert set(row["where"].split("/")) <= PLACES, row
        assert re.fullmatch(r"[a-z]{2,3}", row["language"]), row
        assert row["pattern"].strip(), row
        assert row["origin"].strip(), row


def test_every_licence_lets_us_ship_it() -> None:
    licences = Counter(row["licence"] for row in rows())
    assert [name for name in licences if name not in LICENCES] == []
    assert not [row for row in rows() if re.search(r"\b(?:A|L)?GPL|ODbL|-NC|-SA", row["licence"] + row["origin"])]


def test_expressions_compile_and_match_nothing_empty() -> None:
    assert expressions()
    assert [e.pattern for e in expressions() if e.search("")] == []


def test_no_phrase_is_empty_once_it_is_folded() -> None:
    assert [row["pattern"] for row in rows() if row["match"] != "re" and not fold(row["pattern"])] == []


def test_the_big_news_languages_have_the_main_kinds() -> None:
    have = {(row["language"], row["category"]) for row in rows()}
    wanted = {(language, kind) for language in NEWS_LANGUAGES for kind in ("nav_prev_next", "related", "share")}
    assert wanted - have == set()


def test_every_whole_line_is_known_again() -> None:
    book = phrase_book()
    for row in rows():
        if row["match"] != "re":
            found = {(h.phrase.language, h.phrase.category) for h in book.hits(row["pattern"], row["language"])}
            assert (row["language"], row["category"]) in found, row["pattern"]


def test_a_phrase_ends_where_a_word_ends() -> None:
    book = phrase_book()
    assert [h for h in book.hits("Nextdoor neighbours talk again", "en") if h.phrase.category == "nav_prev_next"] == []
    assert [h for h in book.hits("Tagscape: a sculpture", "en") if h.phrase.category == "tags"] == []


EVIL = [
    "a" * 300,
    " " * 300,
    "ab " * 100,
    "-" * 300,
    "." * 300,
    "1" * 300,
    "(" * 300,
    ":" * 300,
    "a:" * 150,
    "1 2 " * 75,
    "A" * 300,
    "Foto: " * 50,
    "By A B C " * 33,
    "von " * 75,
    "read more " * 30,
    "the app " * 37,
    "é" * 300,
    "中" * 300,
    "ا" * 300,
    "à la " * 60,
    "Photo by " + "x" * 291,
    "reporting by " + "A " * 143,
    "(reporting by " + "a, " * 95,
    "get our " + "b " * 146,
    "^$" * 150,
    "\\" * 300,
]


def test_no_expression_is_slow_on_any_line() -> None:
    """A pattern that goes back and forth over 300 characters takes seconds; these take microseconds."""
    for pattern in expressions():
        for line in EVIL:
            seconds = [_cpu_seconds(pattern, line)]
            while min(seconds) > 0.02 and len(seconds) < 5:  # a busy machine takes a few milliseconds from one, not from five
                seconds.append(_cpu_seconds(pattern, line))
            assert min(seconds) <= 0.02, (pattern.pattern, line[:20])


SHORT_WORDS = " ".join(islice(cycle("Al Bo Cy Di Ed Fu Go Hu Io Jo".split()), 66))
NAMES = [
    f"{before}{names}{after}"
    for before in ("", "By ", "Reporting by ", "Photo: ", "Von ", "Par ")
    for names in (SHORT_WORDS, "A. " * 66, "Al, " * 66, "Al Bo and " * 33, "Al-" * 66, "Ал " * 66)
    for after in ("", " 9", "; x", " |")
]
"""Sixty-six short words with capitals: what can be a name, can be one in very many ways."""


def test_no_expression_goes_back_and_forth_over_names() -> None:
    """Neither of the phrase book nor of any module of cleaning."""
    modules = [import_module(found.name) for found in walk_packages(cleaning.__path__, "cleaning.")]
    ours = {pattern for module in modules for value in vars(module).values() for pattern in _patterns(value)}
    assert len(ours) > 100
    for pattern in ours | set(expressions()):
        for line in NAMES:
            seconds = [_cpu_seconds(pattern, line)]
            while min(seconds) > 0.02 and len(seconds) < 5:
                seconds.append(_cpu_seconds(pattern, line))
            assert min(seconds) <= 0.02, (pattern.pattern, line[:20])


def _patterns(value: object) -> list[re.Pattern[str]]:
    values = value.values() if isinstance(value, dict) else value if isinstance(value, tuple | list) else [value]
    return [each for each in values if isinstance(each, re.Pattern) and isinstance(each.pattern, str)]


def _cpu_seconds(expression: re.Pattern[str], line: str) -> float:
    started = time.process_time()
    expression.search(line)
    return time.process_time() - started


def test_the_whole_book_answers_quickly() -> None:
    book = phrase_book()
    started = time.process_time()
    for line in EVIL * 4:
        for language in ("en", "de", "fr", "zh"):
            book.hits(line[:200], language)
    assert (time.process_time() - started) / (len(EVIL) * 16) < 0.005


def test_long_lines_are_not_looked_at() -> None:
    assert not phrase_book().hits("Read also: " + "x" * 300, "en")


def test_the_sieve_lets_through_all_that_matches() -> None:
    """Of every list that lines are tried with, each expression that matches a line is among the possible ones."""
    book = phrase_book()
    lines = [row["pattern"] for row in rows()] + [
        "İHA", "FOTOĞRAF: İHA", "Read ThiS in our App", "ſubscribe to continue reading", "СКАЧАЙТЕ ПРИЛОЖЕНИЕ", "© 2024 dpa",
        "3 min read", "12 min. Lesezeit", "0:00", "(责任编辑 张三)", "사진=연합뉴스", "Reporting by Anna Berg", "写真：共同",
    ]  # fmt: skip
    sieves = {language: book.sieve(language) for language in NEWS_LANGUAGES}
    every = {phrase.pattern for _, tried in sieves.values() for phrase in tried}  # the languages share most of them
    found = {line: {pattern for pattern in every if expression(pattern).search(line)} for line in lines}
    matched = 0
    for language, (sieve, tried) in sieves.items():
        numbers: dict[str, set[int]] = {}
        for number, phrase in enumerate(tried):
            numbers.setdefault(phrase.pattern, set()).add(number)
        for line in lines:
            matching = {number for pattern in found[line] for number in numbers.get(pattern, ())}
            assert matching <= set(sieve.possible(line)), (language, line)
            matched += len(matching)
    assert matched > 1000


def test_what_is_known_of_the_expressions_is_what_they_say() -> None:
    """`python -m cleaning.data` writes the file anew."""
    known = json.loads(resources.files("cleaning.data").joinpath("expression_words.json").read_text(encoding="utf-8"))
    assert known == {pattern: told_by(pattern) for pattern in phrase_book().patterns()}


def test_letters_that_an_expression_takes_for_one_are_one_to_the_sieve() -> None:
    letters = sorted({c for row in rows() if row["match"] == "re" for word in required(row["pattern"]) for c in word})
    every = "".join(map(chr, range(0x20, 0xD800)))
    for letter in letters:
        for same in re.findall(re.escape(letter), every, re.I):
            assert Sieve([re.escape(letter)]).possible(same) == [0], (letter, same)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("^read (more|next)", {"read "}),
        ("(post|view) (a )?comments?", {"comment"}),
        ("^\\d+:\\d+$", {":"}),
        ("\\d+|x", set()),
        ("(?!no)\\d", set()),
        ("(ab)?c*", set()),
    ],
)
def test_what_an_expression_cannot_match_without(pattern: str, words: set[str]) -> None:
    assert required(pattern) <= words
    assert bool(required(pattern)) == bool(words)


@pytest.mark.parametrize(
    ("pattern", "characters"),
    [
        ("^read (more|next)", "r"),
        ("^(?!no)(more|also|İn) x", "aim"),
        ("^(the )?(more|next) x", "mnt"),
        ("^-? ?more", "- m"),
        ("^\\d+ more", ""),
        ("^[a-c] more", ""),
        ("^(a|) more", ""),
        ("more", ""),
        ("^(?i:a)b", "a"),
    ],
)
def test_what_an_expression_begins_with(pattern: str, characters: str) -> None:
    assert opening(pattern) == "".join(sorted(characters))


def test_the_evidence_of_an_expression_is_words_that_a_person_can_read() -> None:
    """What it matched, at most 60 characters of it, and what that reads like: never the expression itself."""
    body = "Envoys met at the strait on Tuesday, and the convoys that had waited for a week sailed by night. " * 2
    tail = "Reporting by Anna Berg in Oslo and by a great many colleagues in eleven other capitals of the region"
    article = clean(Page(text=f"Two states agree\n\n{body}\n\n{body}\n\n{tail}"))
    (removal,) = article.removals
    assert removal.evidence == (
        "the line reads like a byline: “Reporting by Anna Berg in Oslo and by a great many colleague…” (en)"
    )


def test_every_category_with_an_expression_has_a_name_for_it() -> None:
    assert {row["category"] for row in rows() if row["match"] == "re"} <= set(_READS_LIKE)


@pytest.mark.parametrize(
    ("language", "said_by_the_page", "said_in_an_article"),
    [
        ("zh", "如需转载，请与本网编辑部联系授权事宜。", "外交部表示，如需转机，旅客应提前办理签证。"),
        ("ja", "この記事は会員限定です。", "この記事は国内で大きな反響を呼び、検察は記者を起訴した。"),
        ("ko", "이 기사는 유료 회원 전용입니다.", "이 기사는 큰 파장을 불렀고, 회원 기자 한 명이 체포됐다."),
        ("ar", "ندعوكم إلى متابعة قناتنا على تلغرام", "تابع قائلا إن قناة السويس لن تغلق."),
        ("fa", "این مطلب بازنشر از پایگاه دیگری است", "این متن با اجازه دولت امضا شد."),
        ("he", "כתבה זו תורגמה באמצעות בינה מלאכותית", "הכתבה תורגמה לעשר שפות ועוררה סערה בפרלמנט."),
        ("ur", "ادارے کا کالم نگار کی رائے سے متفق ہونا ضروری نہیں۔", "ادارے نے مصنف کو طلب کر لیا۔"),
        ("hi", "आपका ईमेल पता प्रकाशित नहीं किया जाएगा.", "यह लेख संसद में हंगामे की वजह बना।"),
        ("bn", "মন্তব্য করতে লগইন করুন", "মন্ত্রী মন্তব্য করতে রাজি হননি।"),
        ("id", "Artikel ini diterjemahkan dari Ocean Review dengan izin", "Artikel ini memicu protes di ibu kota."),
        ("vi", "Bài viết này được dịch từ Ocean Review", "Bạn cần tài khoản ngân hàng để xin thị thực."),
        ("th", "เนื้อหานี้สำหรับสมาชิกเท่านั้น", "สำหรับประเทศสมาชิก ข้อตกลงนี้มีผลทันที"),
    ],
)
def test_a_pages_sentences_tell_whom_they_speak_to(language: str, said_by_the_page: str, said_in_an_article: str) -> None:
    book = phrase_book()
    assert [hit for hit in book.hits(said_by_the_page, language) if hit.phrase.match == "re"]
    assert [hit.phrase.pattern for hit in book.hits(said_in_an_article, language)] == []


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Kindly spread this article:"),
        ("en", "Home – World – Lake states: Three ministers meet over the ice"),
        ("en", "Top stories, Lake District, Shipping"),
        ("en", "The comments section is temporarily closed while we move to a new system."),
        ("es", "Leé también El lago sin barcos: quién paga la temporada"),
        ("nl", "Heeft u een spelfout gezien in dit stuk? Laat het ons weten via dit formulier."),
        ("ko", "지난 3일 호수에 정박한 여객선들. 항만청 제공"),
        ("zh", "微信扫一扫，分享本页"),
        ("zh", "【我要纠错】【责编：林晓】"),
    ],
)
def test_an_expression_knows_other_wordings(language: str, line: str) -> None:
    assert [h for h in phrase_book().hits(line, language) if h.phrase.match == "re" and h.phrase.pattern.startswith("^")]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("ru", "Подписчики телеграм-канала «Пристань» раскритиковали план и назвали его дорогим."),
        ("en", "The comments section of the draft was rewritten twice before the ministers met."),
        ("en", "See also how the ministers of the three lake states met on Monday."),
        ("zh", "选择渡轮的乘客今年减少了三成。"),
        ("ko", "정부는 이재민에게 임시 숙소를 제공했다."),
        ("nl", "Heeft het ministerie een fout gemaakt, dan betaalt de staat de schade."),
    ],
)
def test_an_expression_leaves_a_report(language: str, line: str) -> None:
    assert [h.phrase.pattern for h in phrase_book().hits(line, language) if h.phrase.match == "re"] == []
