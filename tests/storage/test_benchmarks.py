"""The store's benchmarks run, at a size that takes seconds, and what they compare finds the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.store import fill, ingest
from benchmarks.store_search import QUESTIONS, measure
from storage.doctor import examine


def test_complete_records_are_taken_in_beside_a_bare_executemany() -> None:
    ours, bare = ingest(60, 200)
    assert ours > 0
    assert bare > 0


@pytest.mark.parametrize("shuffled", [False, True])
def test_a_store_is_filled_and_every_question_finds_by_plan_what_it_finds_by_hand(tmp_path: Path, shuffled: bool) -> None:
    path = tmp_path / "news.db"
    fill(path, 1500, 80, shuffled=shuffled)
    rows = measure(path, 1)
    assert len(rows) == len(QUESTIONS)
    assert all(row["same_number"] for row in rows)
    assert max(row["found"] for row in rows) == 20
    assert {finding.state for finding in examine(path, full=True)} == {"ok"}
