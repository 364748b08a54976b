"""Write `expression_words.json` anew from `phrases.csv`: `python -m cleaning.data`, after an expression was added or changed."""

from __future__ import annotations

import json
from pathlib import Path

from cleaning.rules.literals import told_by
from cleaning.rules.phrases import phrase_book

if __name__ == "__main__":
    found = {pattern: told_by(pattern) for pattern in phrase_book().patterns()}
    text = json.dumps(found, ensure_ascii=False, indent=0, sort_keys=True) + "\n"
    (Path(__file__).parent / "expression_words.json").write_text(text, encoding="utf-8")
