"""Write anew what is told from other data: `python -m cleaning.data`, after an expression was added or Babel renewed.

`expression_words.json` is told from `phrases.csv`, `months.json` from Babel's calendars.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cleaning.datelines import months_from_calendars
from cleaning.rules.literals import told_by
from cleaning.rules.phrases import phrase_book


def write(name: str, found: Any) -> None:
    text = json.dumps(found, ensure_ascii=False, indent=0, sort_keys=True) + "\n"
    (Path(__file__).parent / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write("expression_words.json", {pattern: told_by(pattern) for pattern in phrase_book().patterns()})
    write("months.json", months_from_calendars())
