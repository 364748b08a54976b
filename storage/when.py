"""The dates that people type: `2024-10-01`, `2024-10`, `7d`, `yesterday`, as bounds of a range in UTC."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from storage.errors import QueryError

FORMS = "2024-10-31, 2024-10, 2024, 2024-10-31T12:00, today, yesterday, 7d, 2w, 12h"
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_AGO = re.compile(r"(\d{1,5})([hdw])", re.I)
_HOURS = {"h": 1, "d": 24, "w": 168}


def iso(moment: datetime) -> str:
    """`moment` as the store has times: `2024-10-31T12:00:00Z`; a naive one is taken as UTC."""
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def zone(name: str) -> tzinfo:
    """The time zone called `name` (`Europe/Kyiv`, `UTC`).  Raises QueryError where there is none."""
    try:
        return UTC if name.upper() == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise QueryError(f"{name!r} is not a time zone that is known here: write one as Europe/Kyiv or UTC") from error


def bounds(when: str | date | datetime, now: datetime | None = None, tz: tzinfo = UTC) -> tuple[str, str]:
    """The first moment that `when` means, and the first one behind it, as the store has times.

    A day, a month and a year have both; a time of day and `7d` (that long ago) are one moment and end where they begin.
    Days, and times without a zone of their own, are those of `tz`.  Raises QueryError for anything else.
    """
    meant = _read(when.strip(), (now or datetime.now(UTC)).astimezone(tz)) if isinstance(when, str) else when
    if isinstance(meant, datetime):
        if meant.tzinfo is None:
            meant = meant.replace(tzinfo=tz)
        return iso(meant), iso(meant)
    first, behind = meant if isinstance(meant, tuple) else (meant, _day_after(meant))
    return _midnight(first, tz), _midnight(behind, tz)


def _midnight(day: date, tz: tzinfo) -> str:
    try:
        return iso(datetime.combine(day, time(), tz))
    except OverflowError:  # the first or last day of the calendar, seen from another zone
        return f"{day.isoformat()}T00:00:00Z"


def _read(text: str, now: datetime) -> date | datetime | tuple[date, date]:
    """A day, a moment, or a stretch of days (the second one is behind its end)."""
    today = now.date()
    if text.lower() in ("today", "yesterday"):
        return today if text.lower() == "today" else today - timedelta(days=1)
    try:
        if ago := _AGO.fullmatch(text):
            return now - timedelta(hours=int(ago[1]) * _HOURS[ago[2].lower()])
        if day := _DAY.fullmatch(text):
            year, month, number = (int(part) if part else None for part in day.groups())
            assert year is not None
            if number is not None and month is not None:
                return date(year, month, number)
            if month is not None:
                return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
            return date(year, 1, 1), date(year + 1, 1, 1)
        return datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise QueryError(f"{text!r} is not a date that is understood: write one as {FORMS}") from error


def _day_after(day: date) -> date:
    return day + timedelta(days=1) if day < date.max else day
