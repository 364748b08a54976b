"""Lines that are only a date, in the news languages."""

from __future__ import annotations

import pytest

from cleaning.datelines import date_words, is_date_line, months_from_calendars, months_of, words_from_calendars


def test_the_words_that_are_shipped_are_those_of_the_calendars() -> None:
    assert date_words() == words_from_calendars()


def test_the_months_that_are_shipped_are_those_of_the_calendars() -> None:
    told = months_from_calendars()
    assert {code: months_of(code) for code in told} == told
    assert months_of("xx") == {}


@pytest.mark.parametrize(
    "line",
    ["Monday, 3 March 2025, 14:05", "Montag, 3. März 2025 um 14:05 Uhr", "3 марта 2025 г.", "2025年3月3日", "3 de marzo de 2025"],
)
def test_a_date_alone_is_a_date_line(line: str) -> None:
    assert is_date_line(line)


@pytest.mark.parametrize("line", ["The treaty of 3 March 1918", "2025 was a long year", "Monday"])
def test_a_line_that_says_something_of_a_date_is_none(line: str) -> None:
    assert not is_date_line(line)
