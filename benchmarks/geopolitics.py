"""Precision and recall of the geopolitics score on the labelled headlines and leads.

    COPYDESK_CORPORA=/path/to/corpora python -m benchmarks.geopolitics

Reads `benchmarks/geopolitics_labels.csv` (row ids only) and, for each id, the title and the first two paragraphs from
`<corpus>/rows.jsonl`; then the same with the whole body, which is what an article in the store is scored on.  Prints a line
for each split and every row on the wrong side of `RELEVANT`; ends with 1 if precision or recall over all headlines and leads
is below 0.85, with 2 if the corpora are not there.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleaning.geopolitics import RELEVANT, assess
from cleaning.models import Geopolitics

FLOOR = 0.85
LEAD_PARAGRAPHS = 2
LABELS = Path(__file__).with_name("geopolitics_labels.csv")
COUNTRIES = {"uk": "GB", "ind": "IN"}
"""Country codes of the fundus corpus that are not ISO 3166-1."""


@dataclass(frozen=True)
class Scored:
    """A labelled row with its score."""

    corpus: str
    id: str
    split: str
    label: bool
    reason: str
    language: str | None
    found: Geopolitics

    @property
    def predicted(self) -> bool:
        return self.found.score >= RELEVANT


@dataclass(frozen=True)
class Figures:
    """Counts over some rows, and what follows from them."""

    rows: int
    geopolitical: int
    precision: float
    recall: float


def score_labels(corpora: Path, paragraphs: int | None = LEAD_PARAGRAPHS) -> list[Scored]:
    """All labelled rows, scored on the title and so many first paragraphs (None: all of them).

    Raises FileNotFoundError without the corpora, KeyError for an id that is in none.
    """
    with LABELS.open(encoding="utf-8", newline="") as lines:
        table = list(csv.DictReader(lines))
    rows = {(corpus, row["id"]): row for corpus in sorted({r["corpus"] for r in table}) for row in _rows(corpora, corpus)}
    scored = []
    for entry in table:
        row = rows[entry["corpus"], entry["id"]]
        lead = "\n\n".join((row["body"] or [])[:paragraphs])
        language = row["lang"] or _language(f"{row['title'] or ''}\n{lead}")
        country = row["country"] and COUNTRIES.get(row["country"], row["country"].upper())
        found = assess(row["title"], lead, language, country)
        scored.append(
            Scored(entry["corpus"], entry["id"], entry["split"], entry["label"] == "1", entry["reason"], language, found)
        )
    return scored


def figures(scored: Iterable[Scored]) -> Figures:
    """Precision is 1 where nothing was found, recall 1 where nothing was to be found."""
    rows = list(scored)
    right = sum(row.label and row.predicted for row in rows)
    claimed = sum(row.predicted for row in rows)
    wanted = sum(row.label for row in rows)
    return Figures(len(rows), wanted, right / claimed if claimed else 1.0, right / wanted if wanted else 1.0)


def _rows(corpora: Path, corpus: str) -> list[dict[str, Any]]:
    with (corpora / corpus / "rows.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _language(text: str) -> str:
    """What a row without a language is taken for, as in the pipeline."""
    import py3langid

    return str(py3langid.classify(text)[0])


def _print(what: str, scored: list[Scored]) -> None:
    print(f"{what:<20}{'rows':>6}{'geopol.':>9}{'precision':>11}{'recall':>8}")
    for name in [*dict.fromkeys(row.split for row in scored), "all"]:
        got = figures(row for row in scored if name in ("all", row.split))
        print(f"{name:<20}{got.rows:>6}{got.geopolitical:>9}{got.precision:>11.3f}{got.recall:>8.3f}")
    for row in scored:
        if row.predicted != row.label:
            said = "false alarm" if row.predicted else "missed"
            print(f"  {said}: {row.split} {row.corpus} {row.id[:32]} {row.language} {row.found.score} ({row.reason})")
    print()


def main() -> int:
    corpora = os.environ.get("COPYDESK_CORPORA")
    if not corpora or not Path(corpora).is_dir():
        print("geopolitics: set COPYDESK_CORPORA to the folder that holds the corpora", file=sys.stderr)
        return 2
    leads = score_labels(Path(corpora))
    _print("headline and lead", leads)
    _print("whole article", score_labels(Path(corpora), None))
    got = figures(leads)
    return int(got.precision < FLOOR or got.recall < FLOOR)


if __name__ == "__main__":
    sys.exit(main())
