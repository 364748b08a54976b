"""Laws of the store, tried on articles that nobody would write by hand."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaning.models import (
    Article,
    Block,
    BlockKind,
    Candidate,
    CountryMention,
    Geopolitics,
    Image,
    Link,
    Precision,
    Removal,
    Rights,
    Status,
    TermMention,
)
from storage import Store
from storage.errors import MalformedQuery
from storage.query import parse

plain = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
text = st.text(st.sampled_from("ab \n\t-=\"'*北朝กิ์é\u0301😀\x85\ufeff") | st.characters(), max_size=30)
maybe = st.none() | text
count = st.integers(0, 2**40)
moment = st.none() | st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30))
precision = st.none() | st.sampled_from(get_args(Precision))


def many(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(strategy, max_size=3).map(tuple)


blocks = st.builds(
    Block, kind=st.sampled_from(get_args(BlockKind)), text=text, level=st.none() | st.integers(1, 6), line=st.none() | count,
    flags=many(plain), link_share=st.none() | st.floats(0, 1),
)  # fmt: skip
geopolitics = st.builds(
    Geopolitics, score=st.floats(0, 1),
    countries=many(st.builds(CountryMention, code=plain, names=many(plain), count=st.integers(0, 1000))),
    terms=many(st.builds(TermMention, term=plain, topic=plain, count=count)),
)  # fmt: skip
rights = st.builds(
    Rights, robots=many(plain), tdm_reservation=st.none() | st.booleans(), tdm_policy=st.none() | plain, noai=st.booleans(),
    licence=st.none() | plain,
)  # fmt: skip


@st.composite
def articles(draw: st.DrawFn) -> Article:
    """Any article of one of two addresses, so that one draws over what another left."""
    own = draw(many(blocks))
    key = draw(st.sampled_from(["example.org/one", "example.org/two"]))
    whole = draw(st.sampled_from(["\n\n".join(b.text for b in own if isinstance(b, Block)), "", draw(text)]))
    return draw(st.builds(
        Article, url_key=st.just(key), url=st.none() | plain, canonical_url=st.none() | plain, source=st.none() | plain,
        publisher=maybe, title=maybe, summary=maybe, text=st.just(whole), blocks=st.just(own), authors=many(text), agency=maybe,
        dateline=maybe, published_at=moment, published_raw=maybe, published_source=st.none() | plain,
        published_precision=precision, modified_at=moment, modified_raw=maybe, modified_source=st.none() | plain,
        modified_precision=precision, fetched_at=moment,
        language=st.none() | plain, section=maybe, tags=many(text), article_type=st.none() | plain,
        is_accessible_for_free=st.none() | st.booleans(), images=many(st.builds(Image, url=plain, caption=maybe, credit=maybe)),
        links=many(st.builds(Link, url=plain, text=text)), geopolitics=st.none() | geopolitics, rights=rights,
        flags=many(plain), flag_evidence=st.dictionaries(plain, text, max_size=2),
        candidates=many(st.builds(Candidate, field=plain, value=text, source=plain, chosen=st.booleans())),
        removals=many(st.builds(Removal, rule=plain, evidence=text, text=text, before_block=count, block_count=count,
                                line=st.none() | count)),
        status=st.sampled_from(get_args(Status)), extractor=plain, rules_version=plain, memory_version=st.none() | plain,
    ))  # fmt: skip


@pytest.fixture(scope="module")
def shared() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "news.db") as store:
        yield store


@settings(deadline=None, max_examples=150)
@given(articles())
def test_what_is_stored_comes_back_equal(shared: Store, article: Article) -> None:
    saved = shared.save(article)
    found = shared.get(saved.id)
    assert found is not None
    if saved.outcome == "unchanged":
        article = article.model_copy(update={"fetched_at": found.fetched_at, "memory_version": found.memory_version})
    assert found == article
    assert found.to_record() == article.to_record()
    assert shared.save(article).outcome == "unchanged"
    # What the index was told of old and new versions agrees with what is in the table.
    shared.connection.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
    assert shared.connection.execute("PRAGMA foreign_key_check").fetchall() == []


@settings(deadline=None, max_examples=300)
@given(st.text(st.sampled_from('ab "*:()^+-{}ANDORNOTtitle:北朝กิ\'\\%_;\0') | st.characters(), max_size=25))
def test_a_query_is_answered_or_said_to_be_malformed_and_where(shared: Store, query: str) -> None:
    refused: MalformedQuery | None = None
    try:
        parse(query)
    except MalformedQuery as error:
        refused = error
    if refused is None:
        list(shared.hits(query, limit=5))
    else:
        assert 0 <= refused.position <= len(refused.query)
        assert "\n" not in str(refused)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from(["north korea", "平壌", "กรุงเทพ", "сеул", "ОБСЕ", "كتاب", "한국", "naïve", "G7サミット"]),
                min_size=1, max_size=6))  # fmt: skip
def test_every_word_of_a_text_finds_it(shared: Store, words: list[str]) -> None:
    saved = shared.save(Article(url_key="example.org/three", text="。".join(words)))
    for word in words:
        assert saved.id in {hit.id for hit in shared.hits(word)}, word
