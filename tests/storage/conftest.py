"""A store to work on, and articles as a crawl would bring them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cleaning.models import Article, Block, CountryMention, Geopolitics, Page, Removal
from storage import Store

MakeArticle = Callable[..., Article]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "news.db") as store:
        yield store


@pytest.fixture
def make() -> MakeArticle:
    """An article of example.org; `name` is its address, everything else can be given."""

    def article(
        name: str = "a", title: str | None = "Envoys meet in Geneva", text: str = "Talks went on.", **fields: Any
    ) -> Article:
        url = f"https://example.org/{name}"
        blocks = tuple(Block(text=part) for part in text.split("\n\n") if part)
        defaults: dict[str, Any] = {"url": url, "url_key": f"example.org/{name}", "title": title, "text": text, "blocks": blocks}
        return Article(**defaults | fields)

    return article


@pytest.fixture
def filled(store: Store, make: MakeArticle) -> Store:
    """Two articles, one of them with everything and a revision, the other full of formulas; and a rejected page."""
    removal = Removal(rule="nav.prev-next", evidence="label", text="PREV", before_block=1)
    rich = make(
        "rich", title='Talks, "frank"\nand long', text="Erste Zeile.\n\n北朝鮮の首都。",
        authors=("A. Writer", "B. Writer"), tags=("talks",), removals=(removal,),
        published_at=datetime(2024, 10, 31, 12, tzinfo=UTC), language="en", source="bbc", is_accessible_for_free=False,
        geopolitics=Geopolitics(score=0.75, countries=(CountryMention(code="KP", names=("北朝鮮",), count=1),)),
    )  # fmt: skip
    store.save(rich.model_copy(update={"text": "An older text."}), Page(body=b"1"))
    store.save(rich, Page(body=b"2"))
    store.save(make("formula", title="=HYPERLINK(\"http://evil\")", text="-1 degrees", authors=("@writer",), language="de"))
    store.save(make("wall", status="rejected", flags=("soft_404",)))
    with store.transaction() as db:
        db.execute("INSERT INTO takedowns VALUES (1, '2025-01-01T00:00:00Z', 'HTTP 410', NULL)")
    return store
