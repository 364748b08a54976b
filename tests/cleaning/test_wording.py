"""The words that pages speak with: a sorted file, told in every script, and never slow."""

from __future__ import annotations

import csv
import time
from importlib import resources

import pytest

from cleaning.rules.letters import folded
from cleaning.rules.wording import LONGEST, wording


def rows() -> list[list[str]]:
    with resources.files("cleaning.data").joinpath("wording.csv").open(encoding="utf-8") as file:
        return list(csv.reader(file))


def test_the_file_is_sorted_and_well_formed() -> None:
    head, *found = rows()
    assert head == ["language", "category", "weight", "words"]
    assert found == sorted(found)
    assert len({tuple(row[:3]) for row in found}) == len(found)
    assert {row[2] for row in found} == {"0", "1", "2", "3"}
    assert [row for row in found if row[3].split() != sorted(set(row[3].split()))] == []
    assert [row for row in found if row[1] in ("filler", "address") and row[2] != "0"] == []


def test_words_stand_as_they_are_compared() -> None:
    assert [word for row in rows()[1:] for word in row[3].split() if folded(word) != word] == []


@pytest.mark.parametrize(
    ("language", "line", "category"),
    [
        ("en", "Subscribe to our Telegram channel", "newsletter"),
        ("tr", "HABERİ PAYLAŞ", "share"),
        ("el", "ΔΙΑΒΑΣΤΕ ΑΚΟΜΑ", "related"),
        ("ja", "この記事をシェアする", "share"),
        ("ja", "公式Xをフォローする", "follow"),
        ("ko", "댓글 쓰기", "comments"),
        ("th", "สมัครรับจดหมายข่าวของเรา", "newsletter"),
        ("hi", "यह भी पढ़ें", "related"),
        ("ar", "اشتركوا في نشرتنا", "newsletter"),
        ("fa", "به کانال تلگرام ما بپیوندید", "follow"),
        ("no", "Meld deg på vårt nyhetsbrev", "newsletter"),
        ("ar", "وللاشتراك في نشراتنا", "newsletter"),
        ("ar", "شاهدوا الفيديو", "related"),
        ("he", "ולכתבות נוספות", "related"),
        ("hi", "ताज़ा ख़बरें", "related"),
        ("hi", "टिप्पणियाँ", "comments"),
        ("zh", "▼相關新聞／更多報導", "related"),
        ("be", "Падпісвайцеся на наш тэлеграм-канал", "follow"),
        ("bg", "Абонирайте се за нашия бюлетин", "newsletter"),
        ("sr", "Пратите нас на Фејсбуку", "follow"),
        ("ru", "👍 12 👎 3 💬 41", "share"),
    ],
)
def test_a_line_of_a_pages_words_is_covered_whole(language: str, line: str, category: str) -> None:
    reading = wording().read(line, language)
    assert reading.covered == 1
    assert reading.score >= 2
    assert reading.category == category


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Subscribers in the capital were told that the paper would close"),
        ("de", "Mehr Geld für die Bundeswehr"),
        ("zh", "国际社会表示关注，呼吁双方保持克制。"),
        ("ar", "تحرير الموصل من المسلحين"),
        ("he", "הדרך חזרה לשולחן"),
        ("fa", "تماس‌ها میان دو پایتخت ادامه دارد"),
        ("ru", "Комментарии властей к ударам"),
        ("ko", "국제기구의 대응 방안"),
        ("th", "รัฐสภาทั้งสองต้องให้สัตยาบันก่อนสิ้นปี"),
    ],
)
def test_a_line_of_an_article_is_not(language: str, line: str) -> None:
    assert wording().read(line, language).covered < 0.7


def test_long_lines_are_not_read_and_no_line_is_slow() -> None:
    assert wording().read("share " * 60, "en").words == ()
    started = time.process_time()
    for number, filling in enumerate(("中", "ก", "가", "a", "share ", "@", "://", "１", "«")):
        for language in ("en", "zh", "th", "ko", "ar"):
            wording().read((filling * LONGEST)[: LONGEST - number], language)
    assert time.process_time() - started < 1
