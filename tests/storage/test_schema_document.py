"""The page on the schema is what the schema says, and every question on it can be asked."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cleaning.models import CountryMention, Geopolitics, Image, Removal
from storage import Store
from storage.schema.document import QUESTIONS, document

PAGE = Path(__file__).parents[2] / "docs/schema.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), "python -m storage.schema.document > docs/schema.md"


def test_the_page_explains_every_table_view_and_column(store: Store) -> None:
    page = PAGE.read_text(encoding="utf-8")
    objects = store.connection.execute(
        "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'articles_fts_%'"
        " AND instr(name, 'sqlite') = 0"
    ).fetchall()
    for kind, name in objects:
        part = page.partition(f"### `{name}`\n")[2].partition("\n### ")[0]
        about = part.strip().split("\n")[0]
        assert len(about) > 10, name
        if kind == "table" and name != "articles_fts":
            columns = [row[1] for row in store.connection.execute(f"PRAGMA table_info({name})")]
            assert [line.split("`")[1] for line in part.split("\n") if line.startswith("| `")] == columns, name


@pytest.fixture
def filled(store: Store, make: Any) -> Store:
    geopolitics = Geopolitics(
        score=0.8, countries=(CountryMention(code="KP", names=("a",), count=3), CountryMention(code="RU", names=("b",), count=1))
    )
    article = make(
        "a", title="A summit", text="New sanctions at the summit.", authors=("A. Writer",), source="bbc", language="en",
        published_at=datetime(2024, 10, 31, tzinfo=UTC), published_source="json-ld", published_precision="day",
        geopolitics=geopolitics,
        removals=(Removal(rule="nav.menu", evidence="e", text="Menu", before_block=0),), images=(Image(url="https://x/i.jpg"),),
    )  # fmt: skip
    store.save(article)
    store.save(article.model_copy(update={"text": "New sanctions after the summit."}))
    store.save(make("b", status="rejected", flags=("soft_404",)))
    return store


@pytest.mark.parametrize(("question", "sql"), QUESTIONS, ids=[question for question, _ in QUESTIONS])
def test_every_question_has_an_answer(filled: Store, question: str, sql: str) -> None:
    assert len(filled.connection.execute(sql).fetchall()) >= 1, question


def test_there_are_ten_questions() -> None:
    assert len(QUESTIONS) == 10


def test_the_views_read_well_elsewhere(filled: Store) -> None:
    db = filled.connection
    assert db.execute("SELECT author, title FROM news_authors").fetchall() == [("A. Writer", "A summit")]
    assert db.execute("SELECT country, mentions FROM news_countries ORDER BY country").fetchall() == [("KP", 3), ("RU", 1)]
    assert db.execute("SELECT flag, status FROM flagged").fetchall() == [("soft_404", "rejected")]
    (row,) = db.execute("SELECT reason, text, text_now FROM history").fetchall()
    assert row == ("changed", "New sanctions at the summit.", "New sanctions after the summit.")
