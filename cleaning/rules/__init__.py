"""Rules propose, `apply` alone removes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from cleaning.rules.edges import EDGE_RULES
from cleaning.rules.lines import LINE_RULES as _LINE_RULES
from cleaning.rules.markup import MARKUP_RULES, duplicate_block
from cleaning.rules.model import Context, Rule
from cleaning.rules.site import SITE_RULES, site_repeated

LINE_RULES = (*_LINE_RULES, site_repeated, *EDGE_RULES)
"""What a phrase or a position tells has its own name; the site's memory takes what is left; then what stands beside all that."""

RULES_VERSION = "2026.11.6"
"""Kept with every article; raised when a rule or the phrase book changes what is removed."""

_MOST_ROUNDS = 12

_NOT_OF_CODE = frozenset({*LINE_RULES, duplicate_block})
"""Rules that read lines as prose: in a listing each line stands for itself, a lone bracket and a line's repetition too."""

NOT_MAIN = "extract.main-text"
"""The rule's id for everything outside the main text that the extractor left out."""

_NOT_MAIN_SENTENCE = "Everything outside the main text: menus, side bars, teasers, the foot of the page."


@cache
def sentences() -> Mapping[str, str]:
    """What each rule takes out, in the sentence that a user is shown, by the rules' ids in alphabetical order."""
    known = {NOT_MAIN: _NOT_MAIN_SENTENCE} | {r.id: r.sentence for r in (*SITE_RULES, *MARKUP_RULES, *LINE_RULES)}
    return dict(sorted(known.items()))


def sentence(identifier: str) -> str:
    """The sentence of one rule; empty for an id that this version does not know."""
    return sentences().get(identifier, "")


def apply(context: Context, rules: Sequence[Rule]) -> None:
    """Run the rules until none proposes anything more; the first rule to name a block takes it.

    Rules that go by what others took wait until these have nothing more to say.

    What goes is marked `kept = False` and entered in `context.removed` by the part's index, with rule and evidence.
    """
    for _ in range(_MOST_ROUNDS):
        before = len(context.removed)
        for one in rules:
            if one in EDGE_RULES and len(context.removed) > before:
                break
            count = len(context.removed)
            for part, evidence in list(one.propose(context)):
                if part.kept and not (one in _NOT_OF_CODE and context.is_code(part)):
                    part.kept = False
                    context.removed[part.index] = (one.id, evidence)
            if len(context.removed) > count:
                context.refresh()
        if len(context.removed) == before:
            return


__all__ = [
    "LINE_RULES", "MARKUP_RULES", "NOT_MAIN", "RULES_VERSION", "SITE_RULES", "Context", "Rule", "apply", "sentence", "sentences",
]  # fmt: skip
