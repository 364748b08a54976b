"""The dates that people type."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from storage.errors import QueryError
from storage.when import bounds

NOW = datetime(2024, 11, 1, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "first", "behind"),
    [
        ("2024-10-31", "2024-10-31T00:00:00Z", "2024-11-01T00:00:00Z"),
        (" 2024-2-9 ", "2024-02-09T00:00:00Z", "2024-02-10T00:00:00Z"),
        ("2024-02", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"),
        ("2024-12", "2024-12-01T00:00:00Z", "2025-01-01T00:00:00Z"),
        ("2024", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
        ("today", "2024-11-01T00:00:00Z", "2024-11-02T00:00:00Z"),
        ("Yesterday", "2024-10-31T00:00:00Z", "2024-11-01T00:00:00Z"),
        ("7d", "2024-10-25T00:30:00Z", "2024-10-25T00:30:00Z"),
        ("2W", "2024-10-18T00:30:00Z", "2024-10-18T00:30:00Z"),
        ("12h", "2024-10-31T12:30:00Z", "2024-10-31T12:30:00Z"),
        ("2024-10-31T12:00", "2024-10-31T12:00:00Z", "2024-10-31T12:00:00Z"),
        ("2024-10-31T12:00:05Z", "2024-10-31T12:00:05Z", "2024-10-31T12:00:05Z"),
        ("2024-10-31 12:00+02:00", "2024-10-31T10:00:00Z", "2024-10-31T10:00:00Z"),
        (date(2024, 10, 31), "2024-10-31T00:00:00Z", "2024-11-01T00:00:00Z"),
        (datetime(2024, 10, 31, 1, tzinfo=timezone(timedelta(hours=2))), "2024-10-30T23:00:00Z", "2024-10-30T23:00:00Z"),
    ],
)
def test_what_a_date_means(when: str | date | datetime, first: str, behind: str) -> None:
    assert bounds(when, NOW) == (first, behind)


@pytest.mark.parametrize(
    "when", ["", "soon", "2024-13", "2024-02-30", "31.10.2024", "7", "d", "-1d", "9999-12", "0000", "9999", "2024-10-31T25:00"]
)
def test_what_is_no_date_is_said_with_what_is_one(when: str) -> None:
    with pytest.raises(QueryError, match="write one as 2024-10-31, 2024-10"):
        bounds(when, NOW)
