"""Every rule has two fixtures: one where it fires and takes exactly what it should, one where it must not."""

from __future__ import annotations

import pytest

from cleaning import Article, clean, site_rules
from cleaning.document import html_parts
from cleaning.parsing import parse_html
from cleaning.plaintext import text_parts
from cleaning.rules import LINE_RULES, MARKUP_RULES, NOT_MAIN, SITE_RULES, Context, Rule, apply, sentence
from fixtures.rules import HERE, Fixture, load

RULES = (*SITE_RULES, *LINE_RULES, *MARKUP_RULES)
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda r: r.id)


def taken_by(rule: Rule, fixture: Fixture, article: Article) -> list[str]:
    """What the rule takes of all blocks but the headline: alone, or, where it builds on what others have taken, among all.

    Of the whole page the extractor or another rule may have been asked for the same lines before.
    """
    return taken_among((rule,), rule, fixture, article) or taken_among(RULES, rule, fixture, article)


def taken_among(rules: tuple[Rule, ...], rule: Rule, fixture: Fixture, article: Article) -> list[str]:
    source = fixture.page.html
    tree = None if source is None else parse_html(source)
    own = None if tree is None or fixture.site is None else site_rules.find(tree, fixture.site)
    if own is not None:
        site_rules.set_apart(own)
    parts = text_parts(fixture.page.text or "") if tree is None else html_parts(tree)
    selected = {} if own is None else site_rules.mark(own, parts)
    for part in parts:
        part.kept = part.tag != "h1" and not (part.index == 0 and part.line)
        for container in part.containers:
            container.kept_characters += len(part.text)
    context = Context(
        parts,
        title=article.title,
        summary=article.summary,
        language=article.language,
        authors=() if any(c.chosen and c.source.startswith("byline.") for c in article.candidates) else article.authors,
        memory=fixture.memory,
        selected=selected,
        host="river.example",
        from_html=source is not None,
    )
    apply(context, rules)
    assert all(evidence for _, evidence in context.removed.values())
    return [parts[index].text for index, (taken, _) in sorted(context.removed.items()) if taken == rule.id]


@every_rule
def test_the_rule_takes_what_it_names_and_nothing_else(rule: Rule) -> None:
    fixture = load(rule.id, "fires")
    assert fixture.marked, "nothing is marked"
    article = clean(fixture.page, site=fixture.site, memory=fixture.memory)
    assert article.status == "ok"
    assert taken_by(rule, fixture, article) == list(fixture.marked), [(r.rule, r.text[:60]) for r in article.removals]


@every_rule
def test_what_the_rule_names_is_gone_and_the_rest_is_there(rule: Rule) -> None:
    fixture = load(rule.id, "fires")
    article = clean(fixture.page, site=fixture.site, memory=fixture.memory)
    kept = [b.text for b in article.blocks]
    left = 1 if rule.id == "duplicate.block" else 0  # the first of two stays
    text = article.text.split("\n\n")
    assert [line for line in fixture.marked if text.count(line) > left] == []
    prose = [line for line in fixture.lines if line not in fixture.marked and len(line) > 90]
    assert [line for line in prose if line not in kept] == []


@every_rule
def test_the_rule_spares_what_only_looks_like_it(rule: Rule) -> None:
    fixture = load(rule.id, "spares")
    assert fixture.marked or fixture.lines
    article = clean(fixture.page, site=fixture.site, memory=fixture.memory)
    taken = taken_by(rule, fixture, article)
    assert not set(taken) & set(fixture.marked or fixture.lines)
    kept = [b.text for b in article.blocks]
    for line in fixture.marked or fixture.lines[1:]:
        assert line in kept, [(r.rule, r.evidence, r.text[:60]) for r in article.removals]


def test_ids_are_unique_and_every_rule_has_a_sentence() -> None:
    ids = [r.id for r in RULES]
    assert len(ids) == len(set(ids))
    for identifier in [*ids, NOT_MAIN]:
        assert sentence(identifier).endswith("."), identifier
    assert sentence("no.such-rule") == ""


def test_no_fixture_is_left_of_a_rule_that_is_gone() -> None:
    folders = {p.name for p in HERE.iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert folders <= {r.id for r in RULES}
