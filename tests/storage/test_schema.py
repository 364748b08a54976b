"""The store's tables as other programs find them."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlite_utils

from cleaning.models import Article
from storage import Store
from storage.schema import NEWS, RAW, migrations

Make = Callable[..., Article]
ROOT = Path(__file__).parents[2]


def test_the_header_says_what_the_file_is(store: Store) -> None:
    (application,) = store.connection.execute("PRAGMA application_id").fetchone()
    (version,) = store.connection.execute("PRAGMA user_version").fetchone()
    assert (application, version) == (NEWS.application_id, NEWS.version)
    assert NEWS.application_id != RAW.application_id


def test_the_migrations_are_recorded_and_done(store: Store) -> None:
    database = sqlite_utils.Database(store.connection)
    assert [done.name for done in migrations(NEWS).applied(database)] == [f"v{n}" for n in range(1, NEWS.version + 1)]
    assert migrations(NEWS).pending(database) == []


def test_opening_a_store_again_changes_nothing(store: Store) -> None:
    before = store.connection.execute("SELECT sql FROM sqlite_master").fetchall()
    with Store(store.path) as again:
        assert again.connection.execute("SELECT sql FROM sqlite_master").fetchall() == before


def test_every_table_is_strict_and_explained(store: Store) -> None:
    tables = store.connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%fts%' AND name NOT LIKE '%sqlite%'"
    ).fetchall()
    assert len(tables) >= 18
    assert all("STRICT" in sql for _, sql in tables)
    with pytest.raises(sqlite3.IntegrityError):
        store.connection.execute("INSERT INTO tags (name) VALUES (x'00')")
    (sql,) = store.connection.execute("SELECT sql FROM sqlite_master WHERE name = 'articles'").fetchone()
    assert sql.count("--") >= 20
    assert [row[1] for row in store.connection.execute("PRAGMA table_info(articles)")][-1] == "text"


def test_sqlite_utils_sees_the_search_index(store: Store, make: Make) -> None:
    store.save(make())
    table = sqlite_utils.Database(store.connection)["articles"]
    assert table.detect_fts() == "articles_fts"
    assert [row["title"] for row in table.search("geneva")] == ["Envoys meet in Geneva"]


@pytest.mark.extras
def test_datasette_sees_the_search_index(store: Store) -> None:
    utils = pytest.importorskip("datasette.utils")
    assert utils.detect_fts(store.connection, "articles") == "articles_fts"


@pytest.mark.extras
def test_plain_datasette_searches_and_counts_facets(store: Store, make: Make) -> None:
    app = pytest.importorskip("datasette.app")
    import asyncio

    store.save(make("a", source="bbc", language="en", authors=("A. Writer",)))
    store.save(make("b", title="Envoys leave", source="dw", language="de"))

    async def ask(path: str) -> Any:
        return (await datasette.client.get(path)).json()

    datasette = app.Datasette([str(store.path)])
    found = asyncio.run(ask("/news/articles.json?_search=geneva&_facet=source&_facet=language&_shape=objects"))
    assert [row["title"] for row in found["rows"]] == ["Envoys meet in Geneva"]
    assert [value["value"] for value in found["facet_results"]["source"]["results"]] == ["bbc"]
    viewed = asyncio.run(ask("/news/news.json?_facet=source&_shape=objects"))
    assert {value["value"] for value in viewed["facet_results"]["source"]["results"]} == {"bbc", "dw"}
    joined = asyncio.run(ask("/news/news_authors.json?_facet=author&_shape=objects"))
    assert joined["facet_results"]["author"]["results"][0]["value"] == "A. Writer"


def test_rows_that_others_change_and_delete_leave_the_index_right(store: Store, make: Make) -> None:
    store.save(make("a", text="北朝鮮の首都。 Geneva"))
    store.save(make("b"))
    db = store.connection
    db.execute("UPDATE articles SET title = NULL, text = 'Vienna' WHERE id = 1")
    db.execute("UPDATE articles SET last_seen_at = '2030-01-01T00:00:00Z'")
    db.execute("DELETE FROM articles WHERE id = 2")
    db.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
    assert [hit.id for hit in store.hits("vienna")] == [1]
    assert list(store.hits("geneva")) == []
    assert db.execute("SELECT count(*) FROM details WHERE article_id = 2").fetchone() == (0,)


def test_the_views_show_articles_and_removals_without_bookkeeping(store: Store, make: Make) -> None:
    store.save(make("a", authors=("A. Writer", "B. Writer")))
    store.save(make("b", status="rejected", flags=("soft_404",)))
    rows = store.connection.execute("SELECT title, authors FROM news").fetchall()
    assert rows == [("Envoys meet in Geneva", "A. Writer, B. Writer")]
    assert store.connection.execute("SELECT * FROM removed").fetchall() == []


def test_many_processes_may_make_the_store_at_once(tmp_path: Path) -> None:
    code = (
        "import sys; from cleaning import Article; from storage import Store\n"
        "with Store(sys.argv[1]) as store: store.save(Article(url_key=sys.argv[2], text='x'))"
    )
    path = str(tmp_path / "news.db")
    running = [
        subprocess.Popen([sys.executable, "-c", code, path, f"text:{number}"], stderr=subprocess.PIPE, text=True, cwd=ROOT)
        for number in range(4)
    ]
    assert [process.communicate()[1] for process in running] == [""] * 4
    with Store(path, read_only=True) as store:
        assert store.stats()["articles"] == 4


def test_an_article_that_a_newer_copydesk_wrote_is_read(store: Store, make: Make) -> None:
    store.save(make())
    store.connection.execute("UPDATE details SET record = json_set(record, '$.mood', 'tense', '$.blocks[0].weight', 3)")
    assert store.get(1) == make()
