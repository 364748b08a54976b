"""When to come back: how often a feed is worth asking, and when a stored page is looked at again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

START = timedelta(minutes=30)
"""Pause before the second visit to a feed of which nothing else is known."""


@dataclass(frozen=True)
class Rhythm:
    """How often something is asked: never sooner than `floor`, never later than `ceiling` after the last visit.

    News halve the pause, a visit without any makes it half as long again, a failure doubles it: so it settles at about half the
    time between two announcements, and a steady feed costs about one request a run.
    """

    floor: timedelta
    ceiling: timedelta

    def pause(self, before: float | None, *, news: bool, failed: bool) -> int:
        """Seconds until the next visit; `before` is the pause that led to this one (None: it was the first)."""
        least = self.floor.total_seconds()
        most = max(least, self.ceiling.total_seconds())
        old = before if before is not None else START.total_seconds()
        factor = 2.0 if failed else 0.5 if news and before is not None else 1.0 if news or before is None else 1.5
        return int(min(max(old * factor, least), most))


def next_look(base: datetime, now: datetime, ages: Sequence[timedelta]) -> datetime | None:
    """When a page published at `base` is looked at again: when it comes to the next of these `ages`; None if it is past them."""
    return min((base + age for age in ages if base + age > now), default=None)
