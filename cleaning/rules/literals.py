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
    return frozenset(known[1:]) if known is not None else frozenset(told_by(pattern)[1:])


@cache
def opening(pattern: str) -> str:
    """The characters, case folded, that a text which the expression matches begins with one of; empty where any may be first."""
    known = _known().get(pattern)
    return known[0] if known is not None else told_by(pattern)[0]


def told_by(pattern: str) -> list[str]:
    """What `opening` and, behind that, `required` answer, told by taking the expression to pieces."""
    tokens = parser.parse(pattern)
    anchored = tokens and tokens[0] == (op.AT, op.AT_BEGINNING)
    return ["".join(sorted(_first(list(tokens)) or ())) if anchored else "", *sorted(_required(tokens))]


def _first(tokens: list[Any]) -> frozenset[str] | None:
    """The characters that what matches these can begin with; None where any may, or none need be there."""
    found: frozenset[str] = frozenset()
    for code, value in tokens:
        if code in (op.AT, op.ASSERT, op.ASSERT_NOT):
            continue
        if code is op.LITERAL:
            return found | {_folded(chr(value))[:1]}
        if code is op.BRANCH:
            branches = [_first(list(branch)) for branch in value[1]]
            return None if None in branches else found.union(*(b for b in branches if b))
        if code is not op.SUBPATTERN and code not in (op.MAX_REPEAT, op.MIN_REPEAT):
            return None
        inner = _first(list(value[-1]))
        if inner is None:
            return None
        found |= inner
        if code is op.SUBPATTERN or value[0] >= 1:
            return found
    return None


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
        self._openings = [opening(pattern) for pattern in patterns]
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
        folded = _folded(text)
        found = set(self._always)
        if not self._empty:
            found.update(n for _, numbers in self._automaton.iter(folded) for n in numbers)
        first = folded[:1]
        return sorted(n for n in found if not self._openings[n] or first in self._openings[n])
