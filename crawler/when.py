"""Times as the store writes them: `2024-10-31T12:00:00Z`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime


def now() -> str:
    """This moment."""
    return stamp(clock())


def clock() -> datetime:
    """This moment, in UTC."""
    return datetime.fromtimestamp(time.time(), UTC)


def stamp(moment: datetime) -> str:
    """A moment as the store writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_of(text: str) -> datetime:
    """The moment that the store wrote."""
    return datetime.fromisoformat(text)


def marks(values: Sequence[object]) -> str:
    """As many question marks for an SQL list as there are values."""
    return ", ".join("?" * len(values))
