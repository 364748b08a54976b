"""A store to work on, and articles as a crawl would bring them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cleaning.models import Article, Block
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
