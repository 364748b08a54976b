"""The test bench for a source's own site rules: what each selector finds on pages, and what becomes of the articles by them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from cleaning import Article, Page, SiteRules, clean
from cleaning.decode import MAX_CHARACTERS, decode
from cleaning.parsing import parse_html
from cleaning.rules.site import BODY, REMOVE
from cleaning.site_rules import find, selectors
from crawler.errors import CrawlerError
from crawler.sources import Source


class Outcome(BaseModel):
    """What an article became: its title, authors, date, and how much text it has."""

    status: str
    title: str | None
    authors: tuple[str, ...]
    published: str | None
    blocks: int
    words: int


class Gone(BaseModel):
    """Something that the site's rules took out: the rule, the evidence, the text."""

    rule: str
    evidence: str
    text: str


class Trial(BaseModel):
    """One page tried with and without the rules; `gained` and `lost` are lines that only the one or the other has."""

    page: str
    matches: dict[str, int]
    unused: str | None
    with_rules: Outcome
    without: Outcome
    removed: tuple[Gone, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]


class Bench(BaseModel):
    """All pages; `selectors` by name, and those that matched nothing on any page."""

    source: str
    selectors: dict[str, str]
    never: tuple[str, ...]
    pages: tuple[Trial, ...]


def run_bench(source: Source, paths: Sequence[Path]) -> Bench:
    """Try a source's rules on saved pages.  Raises CrawlerError or UnusableInput for one that cannot be read."""
    rules = source.site_rules()
    trials = tuple(_try(rules, path) for path in paths)
    known = {name: str(selector) for name, selector in selectors(rules)}
    never = tuple(name for name in known if not any(trial.matches[name] for trial in trials))
    return Bench(source=source.id, selectors=known, never=never, pages=trials)


def _try(rules: SiteRules, path: Path) -> Trial:
    try:
        with path.open("rb") as file:
            body = file.read(4 * MAX_CHARACTERS + 1)
    except OSError as error:
        raise CrawlerError(f"{path}: cannot be read ({error.strerror or error})") from error
    html = decode(body, None, str(path))
    tree = parse_html(html)
    if tree is None:
        raise CrawlerError(f"{path}: is no HTML page")
    found = find(tree, rules)
    plain = rules.model_copy(update={"remove": (), "body": None, "title": None, "author": None, "date": None})
    with_rules, without = clean(Page(html=html), site=rules), clean(Page(html=html), site=plain)
    ours, theirs = Counter(b.text for b in with_rules.blocks), Counter(b.text for b in without.blocks)
    return Trial(
        page=str(path),
        matches={name: len(elements) for name, elements in found.found.items()} if found else {},
        unused=with_rules.flag_evidence.get("site_selector_missed"),
        with_rules=_outcome(with_rules),
        without=_outcome(without),
        removed=tuple(
            Gone(rule=r.rule, evidence=r.evidence, text=r.text) for r in with_rules.removals if r.rule in (REMOVE, BODY)
        ),
        gained=tuple((ours - theirs).elements()),
        lost=tuple((theirs - ours).elements()),
    )


def _outcome(article: Article) -> Outcome:
    record: dict[str, Any] = article.to_record()
    return Outcome(
        status=article.status, title=article.title, authors=article.authors, published=record["published_at"],
        blocks=len(article.blocks), words=len(article.text.split()),
    )
