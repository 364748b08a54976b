"""What each run did, source by source: kept while it goes on, so that a run that is killed has counts, too."""

from __future__ import annotations

import json
from collections.abc import Iterable

from crawler.report import SourceReport
from crawler.when import now
from storage import Store

_COUNTS = ("requests", "not_modified", "discovered", "known", "new", "updated", "unchanged", "rejected", "failed", "dropped",
           "postponed", "taken_down", "bytes", "seconds", "error")  # fmt: skip


class Runs:
    """The rows of `runs` and `run_sources`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, arguments: dict[str, object]) -> int:
        """Opens a run and closes as failed whatever an earlier one left open; the answer is its id."""
        with self._store.transaction() as db:
            db.execute("UPDATE runs SET state = 'failed', ended_at = ? WHERE state = 'running'", (now(),))
            cursor = db.execute(
                "INSERT INTO runs (started_at, state, arguments) VALUES (?, 'running', ?)", (now(), json.dumps(arguments))
            )
            return int(cursor.lastrowid or 0)

    def count(self, run_id: int, reports: Iterable[SourceReport]) -> None:
        """Writes the counts of these sources as they stand."""
        columns = ("run_id", "source", "ok", "statuses", "reasons", *_COUNTS)
        rows = [
            (run_id, report.source, int(report.ok), _json(report.statuses), _json(report.reasons),
             *(getattr(report, name) for name in _COUNTS))
            for report in reports
        ]  # fmt: skip
        with self._store.transaction() as db:
            db.executemany(
                f"INSERT OR REPLACE INTO run_sources ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", rows
            )

    def end(self, run_id: int, state: str, reports: Iterable[SourceReport]) -> None:
        """Closes the run with its last counts."""
        with self._store.transaction() as db:
            db.execute("UPDATE runs SET state = ?, ended_at = ? WHERE id = ?", (state, now(), run_id))
            self.count(run_id, reports)


def _json(counts: dict[str, int]) -> str | None:
    return json.dumps(counts, sort_keys=True) if counts else None
