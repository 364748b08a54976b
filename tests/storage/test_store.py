"""What is saved comes back, what changed is known, nothing is half-written, and what cannot be opened is said plainly."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cleaning.models import Article, Claim, CountryMention, Geopolitics, Page, Removal
from storage import Store
from storage.errors import (
    NotAStore,
    StorageError,
    StoreDamaged,
    StoreError,
    StoreLocked,
    StoreMissing,
    StoreReadOnly,
    StoreTooNew,
    UnstorableArticle,
)
from storage.schema import NEWS
from storage.store import BATCH

Make = Callable[..., Article]
MONDAY = datetime(2024, 10, 28, 12, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)


def one(store: Store, sql: str, *values: object) -> object:
    return store.connection.execute(sql, values).fetchone()[0]


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    names = [name for (name,) in store.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: store.connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}


def test_an_unchanged_article_moves_last_seen_at_and_nothing_else(store: Store, make: Make) -> None:
    removal = Removal(rule="nav.prev-next", evidence="label", text="PREV", before_block=0)
    article = make(fetched_at=MONDAY, authors=("A. Writer",), removals=(removal,))
    page = Page(url=article.url, body=b"<p>Talks went on.")
    assert store.save(article, page).outcome == "new"
    before = everything(store)
    raw_before = store.stats()["raw_pages"]

    again = article.model_copy(update={"fetched_at": TUESDAY})
    assert store.save(again, Page(url=article.url, body=b"<p>Talks went on.<!-- token 2 -->")).outcome == "unchanged"

    after = everything(store)
    columns = [row[1] for row in store.connection.execute("PRAGMA table_info(articles)")]
    seen = columns.index("last_seen_at")
    (old,), (new,) = before.pop("articles"), after.pop("articles")
    assert (old[seen], new[seen]) == ("2024-10-28T12:00:00Z", "2024-10-29T12:00:00Z")
    assert old[:seen] + old[seen + 1 :] == new[:seen] + new[seen + 1 :]
    assert before == after
    assert store.stats()["raw_pages"] == raw_before


def test_last_seen_never_moves_back(store: Store, make: Make) -> None:
    store.save(make(fetched_at=TUESDAY))
    store.save(make(fetched_at=MONDAY))
    store.save(make())  # not fetched at a known time: seen now
    assert str(one(store, "SELECT last_seen_at FROM articles")) > "2024-10-29T12:00:00Z"
    store.save(make(fetched_at=TUESDAY))
    assert str(one(store, "SELECT last_seen_at FROM articles")) > "2024-10-29T12:00:00Z"


def test_other_fields_update_the_row_and_make_no_revision(store: Store, make: Make) -> None:
    first = store.save(make(tags=("talks",)))
    second = store.save(make(tags=("talks", "geneva"), summary="In short."))
    assert (second.id, second.uid, second.outcome) == (first.id, first.uid, "updated")
    assert one(store, "SELECT count(*) FROM revisions") == 0
    assert store.get(first.id) == make(tags=("talks", "geneva"), summary="In short.")
    assert [hit.id for hit in store.hits("short")] == [first.id]


def test_a_changed_text_keeps_the_old_one_as_a_revision(store: Store, make: Make) -> None:
    store.save(make(text="Talks went on.", fetched_at=MONDAY), Page(body=b"1"))
    assert store.save(make(text="Talks broke off.", fetched_at=TUESDAY), Page(body=b"2")).outcome == "revised"
    row = store.connection.execute("SELECT title, text, fetched_at, reason FROM revisions").fetchall()
    assert row == [("Envoys meet in Geneva", "Talks went on.", "2024-10-28T12:00:00Z", "changed")]
    assert list(store.hits("on")) == []
    assert [hit.title for hit in store.hits("broke")] == ["Envoys meet in Geneva"]
    assert one(store, "SELECT count(*) FROM articles") == 1


def test_a_revision_of_the_same_page_says_that_it_was_cleaned_anew(store: Store, make: Make) -> None:
    page = Page(body=b"same")
    store.save(make(text="Old rules."), page)
    store.save(make(text="New rules."), page)
    assert one(store, "SELECT reason FROM revisions") == "recleaned"


def test_the_raw_page_comes_back_as_it_was(store: Store, make: Make) -> None:
    pages = {
        "bytes": Page(
            url="https://example.org/bytes", body=b"\xff\x00<p>", content_type="text/html; charset=latin-1", fetched_at=MONDAY,
            headers=(("X-Robots-Tag", "noai"),), claims=(Claim(field="title", value="T", source="feed:x"),),
        ),
        "html": Page(url="https://example.org/html", html="<p>é\ud800"),
        "text": Page(url="https://example.org/text", text="plain"),
    }  # fmt: skip
    for name, page in pages.items():
        saved = store.save(make(name), page)
        assert store.raw_page(saved.uid) == page
    assert store.raw_page(store.save(make("none")).id) is None


def test_the_same_bytes_are_kept_once(store: Store, make: Make) -> None:
    for name in "abc":
        store.save(make(name), Page(body=b"the same error page" * 100))
    found = store.stats()
    assert (found["raw_pages"], found["raw_bytes"]) == (1, 1900)
    assert found["raw_bytes_compressed"] < 200


def test_an_article_is_found_by_every_name_it_has(store: Store, make: Make) -> None:
    article = make("story?id=7", url="https://www.example.org/story?id=7&utm_source=rss", url_key="example.org/story?id=7")
    saved = store.save(article)
    store.save(article.model_copy(update={"url": "http://m.example.org/story?id=7"}))
    for ref in (
        saved.id, str(saved.id), saved.uid, saved.uid.upper(), "example.org/story?id=7", "https://example.org/story/?id=7#top",
        "https://www.example.org/story?id=7&utm_source=rss", "http://m.example.org/story?id=7",
    ):  # fmt: skip
        assert store.find(ref) == saved.id, ref
    for ref in (99, "99", "", "nothing", "https://example.org/story?id=8", "9" * 30, "' OR 1 --"):
        assert store.get(ref) is None, ref
    assert one(store, "SELECT count(*) FROM sightings") == 2


def test_an_author_named_twice_and_an_evidence_without_a_flag_survive(store: Store, make: Make) -> None:
    article = make(
        authors=("B", "A", "B"), tags=("x", "x"), flags=("paywall", "paywall"), flag_evidence={"paywall": "a wall", "other": "?"},
        geopolitics=Geopolitics(score=0.5, countries=(CountryMention(code="KP", names=("a",), count=2),
                                                      CountryMention(code="KP", names=("b",), count=3))),
    )  # fmt: skip
    saved = store.save(article)
    assert store.get(saved.id) == article
    assert one(store, "SELECT authors FROM news") == "B, A"
    assert one(store, "SELECT mentions FROM article_countries WHERE country = 'KP'") == 5


def test_a_removed_text_that_nobody_needs_any_more_goes(store: Store, make: Make) -> None:
    def removal(text: str) -> Removal:
        return Removal(rule="nav.menu", evidence="e", text=text, before_block=0)

    store.save(make("a", removals=(removal("shared"), removal("own"), removal("own"))))
    store.save(make("b", removals=(removal("shared"),)))
    assert one(store, "SELECT count(*) FROM removal_texts") == 2
    store.save(make("a", removals=()))
    assert store.connection.execute("SELECT text FROM removal_texts").fetchall() == [("shared",)]


@pytest.mark.parametrize("field", ["url", "source", "flags", "flag_evidence"])
def test_what_cannot_be_stored_is_refused_and_named(store: Store, make: Make, field: str) -> None:
    bad = "x\ud800y"
    value = {"flags": (bad,), "flag_evidence": {bad: "e"}}.get(field, bad)
    with pytest.raises(UnstorableArticle, match=field):
        store.save(make().model_copy(update={field: value}))
    assert one(store, "SELECT count(*) FROM articles") == 0


# --- transactions -------------------------------------------------------------------------------------------------------


def test_save_takes_part_in_a_transaction_of_the_caller(store: Store, make: Make) -> None:
    def work() -> None:
        with store.transaction() as db:
            store.save(make("a"))
            assert [a.url_key for a in store.search("talks")] == ["example.org/a"]  # what was just saved is found
            db.execute("INSERT INTO runs (started_at, state) VALUES ('2024-10-28T12:00:00Z', 'running')")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        work()
    assert (one(store, "SELECT count(*) FROM articles"), one(store, "SELECT count(*) FROM runs")) == (0, 0)
    assert list(store.hits("talks")) == []


def test_a_failure_within_undoes_only_its_own_part(store: Store, make: Make) -> None:
    def fail() -> None:
        with store.transaction():
            store.save(make("b"))
            raise RuntimeError("b cannot be")

    with store.transaction():
        store.save(make("a"))
        with pytest.raises(RuntimeError):
            fail()
    assert [a.url_key for a in store.search()] == ["example.org/a"]


def test_a_search_that_is_under_way_sees_the_store_as_it_was(store: Store, make: Make) -> None:
    for name in "abc":
        store.save(make(name))
    found = store.search("talks")
    first = next(found)
    store.save(make("d"))
    assert len({first.url_key} | {article.url_key for article in found}) == 3
    assert len(list(store.search("talks"))) == 4


def test_two_writers_wait_for_each_other(tmp_path: Path, make: Make) -> None:
    failures: list[BaseException] = []

    def write(name: str) -> None:
        try:
            with Store(tmp_path / "news.db") as store:
                for number in range(40):
                    store.save(make(f"{name}{number}", text=f"Text of {name}."), Page(body=f"{name}{number}".encode()))
        except BaseException as error:  # noqa: BLE001 - looked at below
            failures.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with Store(tmp_path / "news.db", read_only=True) as store:
        assert (store.stats()["articles"], store.stats()["raw_pages"]) == (160, 160)


def test_a_reader_is_not_blocked_by_a_writer(store: Store, make: Make) -> None:
    store.save(make("a"))
    with store.transaction():
        store.save(make("b"))
        with Store(store.path, read_only=True) as reader:
            assert [article.url_key for article in reader.search()] == ["example.org/a"]


# --- what cannot be opened ----------------------------------------------------------------------------------------------


def test_reading_makes_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing, match="there is no store here"):
        Store(tmp_path / "news.db", read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_read_only_reads_and_never_writes(tmp_path: Path, make: Make) -> None:
    with Store(tmp_path / "news.db") as store:
        store.save(make(), Page(body=b"raw"))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with Store(tmp_path / "news.db", read_only=True) as store:
        assert store.get(1) == make()
        assert store.raw_page(1) == Page(body=b"raw")
        with pytest.raises(StoreReadOnly):
            store.save(make("b"))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_store_on_a_read_only_medium_is_read_and_not_written(tmp_path: Path, make: Make) -> None:
    folder = tmp_path / "medium"
    folder.mkdir()
    with Store(folder / "news.db") as store:
        store.save(make())
    (folder / "news.db").chmod(0o444)
    folder.chmod(0o555)
    if os.access(folder, os.W_OK):
        pytest.skip("root may write everywhere")
    try:
        with Store(folder / "news.db", read_only=True) as store:
            assert store.get(1) == make()
            assert store.export(tmp_path / "copy.db").articles == 1
        with pytest.raises(StoreReadOnly, match="read-only"):
            Store(folder / "news.db")
    finally:
        folder.chmod(0o755)


def test_a_newer_store_is_refused(tmp_path: Path, make: Make) -> None:
    path = tmp_path / "news.db"
    with Store(path) as store:
        store.save(make())
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    for read_only in (False, True):
        with pytest.raises(StoreTooNew, match="made by a newer Copydesk") as refused:
            Store(path, read_only=read_only)
        assert (refused.value.found, refused.value.known) == (99, NEWS.version)


def test_what_is_no_store_is_left_alone(tmp_path: Path) -> None:
    text, other, folder = tmp_path / "a.db", tmp_path / "b.db", tmp_path / "c.db"
    text.write_text("This is a text file of more than sixteen bytes. " * 100)
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE recipes (name TEXT)")
    db.close()
    folder.mkdir()
    before = text.read_bytes(), other.read_bytes()
    for path, why in ((text, "no SQLite database"), (other, "another program's database"), (folder, "a folder")):
        for read_only in (False, True):
            with pytest.raises(NotAStore, match=why) as refused:
                Store(path, read_only=read_only)
            assert "\n" not in str(refused.value)
    assert (text.read_bytes(), other.read_bytes()) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.db", "b.db", "c.db"]


def test_the_raw_file_is_not_taken_for_a_store(store: Store, make: Make) -> None:
    store.save(make(), Page(body=b"x"))
    with pytest.raises(NotAStore, match="its raw file"):
        Store(store.path.with_name("news.raw.db"))


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="its folder does not exist"):
        Store(tmp_path / "nowhere" / "news.db")


def test_a_damaged_store_is_said(tmp_path: Path, make: Make) -> None:
    path = tmp_path / "news.db"
    with Store(path) as store:
        for number in range(50):
            store.save(make(str(number), text="Many words. " * 200))
    damaged = bytearray(path.read_bytes())
    damaged[8192 : len(damaged) // 2] = b"\xa5" * (len(damaged) // 2 - 8192)
    path.write_bytes(damaged)
    with pytest.raises(StoreDamaged, match="damaged"), Store(path, read_only=True) as store:
        list(store.search("many"))


def test_a_lock_that_another_program_holds_is_said(store: Store, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.connection.TIMEOUT", 0.1)
    with Store(store.path) as other, store.transaction(), pytest.raises(StoreLocked, match="locked by another program"):
        other.save(make())


def test_every_failure_is_a_storage_error() -> None:
    for kind in (NotAStore, StoreDamaged, StoreError, StoreLocked, StoreMissing, StoreReadOnly, StoreTooNew, UnstorableArticle):
        assert issubclass(kind, StorageError)


def test_durable_waits_for_the_disk(tmp_path: Path) -> None:
    for durable, level in ((False, 1), (True, 2)):
        with Store(tmp_path / "news.db", durable=durable) as store:
            assert one(store, "PRAGMA synchronous") == level
            assert one(store, "PRAGMA journal_mode") == "wal"
            assert one(store, "PRAGMA foreign_keys") == 1


def test_many_are_saved_as_they_would_be_one_by_one(tmp_path: Path, make: Make) -> None:
    removal = Removal(rule="nav.menu", evidence="e", text="Menu", before_block=0)
    articles = [
        make(str(n % 250), text=f"Text {n // 250} of {n % 250}.", authors=("A", f"B{n % 3}"), tags=("t",), removals=(removal,))
        for n in range(300)
    ]
    pages = [Page(body=f"{article.text}".encode()) for article in articles]
    with Store(tmp_path / "one.db") as one_by_one, Store(tmp_path / "all.db") as at_once:
        saved = [one_by_one.save(article, page) for article, page in zip(articles, pages, strict=True)]
        assert list(at_once.save_all(zip(articles, pages, strict=True))) == saved
        assert [s.outcome for s in saved].count("revised") == 50
        assert [at_once.get(n) for n in range(1, 251)] == [one_by_one.get(n) for n in range(1, 251)]
        assert at_once.raw_page(7) == one_by_one.raw_page(7)
        assert {hit.id for hit in at_once.hits("text")} == {hit.id for hit in one_by_one.hits("text")}
        at_once.connection.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")


def test_what_came_out_of_save_all_is_stored_when_a_later_one_fails(store: Store, make: Make) -> None:
    def articles() -> Iterator[tuple[Article, None]]:
        for number in range(BATCH + 5):
            yield make(str(number)), None
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError):
        list(store.save_all(articles()))
    assert one(store, "SELECT count(*) FROM articles") == BATCH
    outcomes = [saved.outcome for saved in store.save_all((make(name), None) for name in ("x", "y", "x"))]
    assert outcomes == ["new", "new", "unchanged"]
