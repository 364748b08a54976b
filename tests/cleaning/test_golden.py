"""Golden articles in thirty-one languages: every one comes out exactly as it was written down beforehand."""

from __future__ import annotations

from functools import cache

import pytest

from cleaning import Article, Page, clean
from fixtures.articles import HERE, Golden, load

GOLDEN = load()
every = pytest.mark.parametrize("golden", GOLDEN, ids=lambda g: g.slug)


@cache
def cleaned(slug: str) -> Article:
    """The article of the page's bytes, as a crawl hands them over: nobody says what encoding they are in."""
    golden = next(g for g in GOLDEN if g.slug == slug)
    return clean(Page(url=golden.url, body=golden.raw))


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_the_news_languages_have_a_golden_article() -> None:
    languages = {g.expected["language"] for g in GOLDEN}
    assert languages >= {"ar", "de", "en", "es", "fa", "fr", "it", "ja", "nl", "pl", "pt", "ru", "tr", "uk", "zh"}
    assert languages >= {"bn", "cs", "da", "el", "fi", "he", "hi", "hu", "id", "ko", "no", "ro", "sv", "th", "ur", "vi"}
    assert (HERE / "seed" / "raw.txt").exists()


@every
def test_the_running_text_is_exact(golden: Golden) -> None:
    assert cleaned(golden.slug).text.split("\n\n") == golden.expected["paragraphs"]


@every
def test_the_title_is_the_articles_own(golden: Golden) -> None:
    assert cleaned(golden.slug).title == golden.expected["title"]


@every
def test_language_status_and_flags(golden: Golden) -> None:
    article = cleaned(golden.slug)
    assert (article.language or "").split("-")[0] == golden.expected["language"]
    assert article.status == golden.expected["status"]
    assert article.flags == ()
    assert [b.flags for b in article.blocks if b.flags] == []


@every
def test_authors_and_day(golden: Golden) -> None:
    article = cleaned(golden.slug)
    assert list(article.authors) == golden.expected["authors"]
    published = article.published_at.date().isoformat() if article.published_at else None
    assert published == golden.expected["published_at"]


@every
def test_the_summary_is_the_teaser(golden: Golden) -> None:
    article = cleaned(golden.slug)
    assert "summary" not in golden.expected or article.summary == golden.expected["summary"]


@every
def test_no_noise_survives_and_all_of_it_is_accounted_for(golden: Golden) -> None:
    article = cleaned(golden.slug)
    blocks = [squeezed(b.text) for b in article.blocks]
    removed = squeezed(" ".join(r.text for r in article.removals))
    for line in golden.expected["noise"]:
        assert not [b for b in blocks if line in b], f"kept: {line}"
        assert line in removed, f"neither kept nor removed: {line}"


@every
def test_captions_stand_beside_the_text(golden: Golden) -> None:
    article = cleaned(golden.slug)
    for line in golden.expected["captions"]:
        assert line not in squeezed(article.text)
        beside = [b.text for b in article.blocks if b.kind == "caption"] + [r.text for r in article.removals]
        assert line in squeezed(" ".join(beside))


@every
def test_the_rule_that_took_a_line_is_the_right_one(golden: Golden) -> None:
    rules = {squeezed(r.text): r.rule for r in cleaned(golden.slug).removals}
    for removal in golden.expected["removals"]:
        taken_by = rules.get(removal["text"], "extract.main-text" if golden.is_html else "nobody")
        allowed = {removal["rule"], "extract.main-text"} if golden.is_html else {removal["rule"]}
        assert taken_by in allowed, removal["text"]
