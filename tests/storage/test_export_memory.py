"""An export takes no more memory for more articles; benchmarks/exports.md has the figures up to a million."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.store import fill

ROOT = Path(__file__).resolve().parents[2]
FEW, MANY = 4000, 12_000

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "news.db"
    fill(path, MANY, 300, shuffled=True)
    return path


@pytest.mark.parametrize(
    "form",
    [
        "jsonl", "csv", "db", "atom", "jsonld", "markdown",
        *(pytest.param(form, marks=pytest.mark.extras) for form in ("parquet", "huggingface")),
    ],
)
def test_three_times_the_articles_take_no_more_memory(large: Path, form: str) -> None:
    if form in ("parquet", "huggingface"):
        pytest.importorskip("pyarrow")
    peaks = []
    for articles in (FEW, MANY):
        command = [sys.executable, "-m", "benchmarks.exports", str(large), "--here", "--forms", form, "--articles", str(articles)]
        found = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
        assert found["articles"] == articles
        peaks.append(found["peak"])
    # Twelve thousand of these articles are 150 MB of JSON lines.  A row group of Parquet may be larger than the one before.
    assert peaks[1] - peaks[0] < (30 if form in ("parquet", "huggingface") else 10), peaks
