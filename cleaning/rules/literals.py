"""Which expressions of a list can match a line at all, told by the words that each of them cannot match without.

Trying some two hundred expressions on every line of a page costs more than all other rules together, and a line of an article
has the words of few of them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, cast

import ahocorasick

_DOTLESS = str.maketrans("İı", "ii")
"""What an expression that ignores case takes for an i, and folding does not."""


@cache
def required(pattern: str) -> frozenset[str]:
    """Strings, case folded, of which every text that the expression matches (case ignored) has one; empty where none is sure."""
    known = _known().get(pattern)
    return frozenset(known) if known is not None else told_by(pattern)


def told_by(pattern: str) -> frozenset[str]:
    """What `required` answers, told by taking the expression to pieces."""
    return _required(parser.parse(pattern))


@cache
def _known() -> dict[str, list[str]]:
    """The answers for the expressions of the phrase book, from `cleaning/data/expression_words.json`: taking two thousand of them
    to pieces costs half a second.  `python -m cleaning.data` writes the file, and a test compares."""
    text = files("cleaning.data").joinpath("expression_words.json").read_text(encoding="utf-8")
    return cast(dict[str, list[str]], json.loads(text))


def _required(tokens: Any) -> frozenset[str]:
    found: list[frozenset[str]] = []
    run = ""
    for code, value in tokens:
        if code is op.LITERAL:
            run += chr(value)
            continue
        found.append(frozenset({_folded(run)}))
        run = ""
        if code is op.SUBPATTERN or (code in (op.MAX_REPEAT, op.MIN_REPEAT) and value[0] >= 1):
            found.append(_required(value[-1]))
        elif code is op.BRANCH:
            branches = [_required(branch) for branch in value[1]]
            found.append(frozenset().union(*branches) if all(branches) else frozenset())
    found.append(frozenset({_folded(run)}))
    # the longest tell most; a space alone tells nothing
    return max(
        (f for f in found if f and all(s.strip() for s in f)), key=lambda f: (min(map(len, f)), -len(f)), default=frozenset()
    )


def _folded(text: str) -> str:
    return text.casefold() if text.isascii() else text.translate(_DOTLESS).casefold()


class Sieve:
    """A list of expressions, and which of them a text may match."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._always: list[int] = []
        by_literal: dict[str, list[int]] = {}
        for number, pattern in enumerate(patterns):
            literals = required(pattern)
            if not literals:
                self._always.append(number)
            for literal in literals:
                by_literal.setdefault(literal, []).append(number)
        self._automaton = ahocorasick.Automaton()
        for literal, numbers in by_literal.items():
            self._automaton.add_word(literal, numbers)
        self._automaton.make_automaton()
        self._empty = not by_literal

    def possible(self, text: str) -> list[int]:
        """The numbers of the expressions that may match, ascending; those that are left out do not."""
        if self._empty:
            return self._always
        found = [numbers for _, numbers in self._automaton.iter(_folded(text))]
        return sorted({*self._always, *(n for numbers in found for n in numbers)}) if found else self._always
