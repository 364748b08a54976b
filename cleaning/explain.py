"""What became of a page: its blocks in order, kept and removed, and everything else that its article can account for.

Made of an `Article` alone, so it is the same for a file and for an article out of a store.  How it looks is the affair of
`explain_terminal` and `explain_html`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from cleaning.models import Article, Block, Candidate, Removal
from cleaning.rules import NOT_MAIN, sentence

NO_RULE = "no rule of this version"
"""What is shown in place of a sentence for the id of a rule that is gone, or of a newer Copydesk."""

_LONG = 200
"""Characters from which a single block outside the main text is chrome, too."""

_FACTS = (
    "title", "authors", "agency", "published_at", "modified_at", "summary", "dateline", "language", "publisher", "source",
    "section", "tags", "article_type", "is_accessible_for_free", "url", "canonical_url",
)  # fmt: skip
"""Fields of an article that are shown as metadata, in this order."""


@dataclass(frozen=True)
class RuleCount:
    """What one rule took out of one page: in how many places, and how many blocks in all."""

    rule: str
    sentence: str
    removals: int
    blocks: int


@dataclass(frozen=True)
class FlagShown:
    """A flag with its evidence: of the article (`block` None) or of one kept block (counted from 1; the evidence is its text)."""

    flag: str
    evidence: str
    block: int | None = None


@dataclass(frozen=True)
class Fact:
    """A metadata field: the value that the article has, where that came from if it is known, and what else was to be had."""

    field: str
    value: str | None
    source: str | None
    candidates: tuple[Candidate, ...] = ()


def page_order(article: Article) -> Iterator[Block | Removal]:
    """Every block and every removal of the article, once each, in the order of the page."""
    removals = sorted(article.removals, key=lambda removal: removal.before_block)  # stable: those of one place stay in order
    behind = 0
    for index, block in enumerate(article.blocks):
        while behind < len(removals) and removals[behind].before_block <= index:
            yield removals[behind]
            behind += 1
        yield block
    yield from removals[behind:]


def is_chrome(removal: Removal) -> bool:
    """Whether it is a run of menus, teasers and the like, of which a reader wants to know only that it was there."""
    return removal.block_count > 1 or (removal.rule == NOT_MAIN and len(removal.text) > _LONG)


def rule_counts(article: Article) -> list[RuleCount]:
    """The rules that took something out, the one with most blocks first."""
    counts = [
        RuleCount(rule, sentence(rule), len(found), sum(removal.block_count for removal in found))
        for rule in dict.fromkeys(removal.rule for removal in article.removals)
        if (found := [removal for removal in article.removals if removal.rule == rule])
    ]
    return sorted(counts, key=lambda count: -count.blocks)


def kept_share(article: Article) -> float | None:
    """The share of the page's characters that the article kept, 0 to 1; None for a page without any text."""
    kept = sum(len(block.text) for block in article.blocks)
    removed = sum(len(removal.text) for removal in article.removals)
    return kept / (kept + removed) if kept + removed else None


def in_brief(article: Article) -> str:
    """`ok: 8 blocks kept, 6 removed by 3 rules`."""
    removed = sum(removal.block_count for removal in article.removals)
    rules = len({removal.rule for removal in article.removals})
    by = f" by {rules} rule{'' if rules == 1 else 's'}" if rules else ""
    return f"{article.status}: {len(article.blocks)} block{'' if len(article.blocks) == 1 else 's'} kept, {removed} removed{by}"


def flags_shown(article: Article) -> list[FlagShown]:
    """The article's flags, then those of its blocks."""
    whole = [FlagShown(flag, article.flag_evidence.get(flag, "")) for flag in dict.fromkeys(article.flags)]
    return whole + [FlagShown(flag, b.text, at) for at, b in enumerate(article.blocks, 1) for flag in dict.fromkeys(b.flags)]


def facts(article: Article) -> list[Fact]:
    """The metadata that the article has or had candidates for; fields that only candidates name come last."""
    candidates: dict[str, list[Candidate]] = {}
    for candidate in article.candidates:
        candidates.setdefault(candidate.field, []).append(candidate)
    found = []
    for field in _FACTS:
        value, offered = _value(article, field), tuple(candidates.pop(field, ()))
        if value is not None or offered:
            found.append(Fact(field, value, _source(article, field, offered), offered))
    return found + [Fact(field, None, None, tuple(offered)) for field, offered in candidates.items()]


def _value(article: Article, field: str) -> str | None:
    value = getattr(article, field)
    if value is None or value == ():
        return None
    if field in ("published_at", "modified_at"):
        precision = getattr(article, field.replace("_at", "_precision"))
        return f"{value.isoformat()} (to the {precision})" if precision else str(value.isoformat())
    if isinstance(value, tuple):
        return " · ".join(value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _source(article: Article, field: str, candidates: tuple[Candidate, ...]) -> str | None:
    if field in ("published_at", "modified_at"):
        stated: str | None = getattr(article, field.replace("_at", "_source"))
        return stated
    return next((candidate.source for candidate in candidates if candidate.chosen), None)


def explanation(article: Article) -> dict[str, Any]:
    """All of it in plain JSON types; `page` is every block and removal in the order of the page."""
    share = kept_share(article)
    return {
        "title": article.title,
        "url": article.url,
        "url_key": article.url_key,
        "status": article.status,
        "extractor": article.extractor,
        "rules_version": article.rules_version,
        "kept_blocks": len(article.blocks),
        "removed_blocks": sum(removal.block_count for removal in article.removals),
        "kept_share": None if share is None else round(share, 4),
        "flags": [asdict(flag) for flag in flags_shown(article)],
        "rules": [asdict(count) for count in rule_counts(article)],
        "metadata": [
            {"field": f.field, "value": f.value, "source": f.source,
             "candidates": [c.model_dump(exclude={"field"}) for c in f.candidates]}
            for f in facts(article)
        ],
        "page": [_row(entry) for entry in page_order(article)],
    }  # fmt: skip


def _row(entry: Block | Removal) -> dict[str, Any]:
    if isinstance(entry, Block):
        return {"kept": True, **entry.model_dump(mode="json")}
    return {"kept": False, "sentence": sentence(entry.rule), **entry.model_dump(mode="json")}
