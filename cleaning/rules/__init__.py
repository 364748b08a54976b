"""Rules propose, `apply` alone removes."""

from __future__ import annotations

from collections.abc import Sequence

from cleaning.rules.lines import LINE_RULES
from cleaning.rules.markup import MARKUP_RULES
from cleaning.rules.model import Context, Rule

RULES_VERSION = "2026.11.1"
"""Kept with every article; raised when a rule or the phrase book changes what is removed."""

_MOST_ROUNDS = 12


def apply(context: Context, rules: Sequence[Rule]) -> None:
    """Run the rules until none proposes anything more; the first rule to name a block takes it.

    What goes is marked `kept = False` and entered in `context.removed` by the part's index, with rule and evidence.
    """
    for _ in range(_MOST_ROUNDS):
        before = len(context.removed)
        for one in rules:
            for part, evidence in list(one.propose(context)):
                if part.kept:
                    part.kept = False
                    context.removed[part.index] = (one.id, evidence)
            context.refresh()
        if len(context.removed) == before:
            return


__all__ = ["LINE_RULES", "MARKUP_RULES", "RULES_VERSION", "Context", "Rule", "apply"]
