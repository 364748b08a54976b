"""What a store remembers of the lines that a host repeats."""

from __future__ import annotations

from pathlib import Path

from cleaning import Article, SiteMemory
from cleaning.identity import line_hash, url_key
from cleaning.models import Removal
from storage import Store
from storage.forgetting import Wanted, forget
from storage.site_lines import ONCE_KEPT, count_all, stored_lines

PLEA = "Our reporting on the river is paid for by its readers alone"


def article(number: int, *lines: str, host: str = "river.example", taken: tuple[str, ...] = ()) -> Article:
    url = f"https://www.{host}/{number}"
    return Article(
        url=url, url_key=url_key(url), title=f"Number {number}", text="\n\n".join((f"The ferry went {number} times.", *lines)),
        removals=tuple(Removal(rule="site.repeated", evidence="-", text=line, before_block=1) for line in taken),
    )


def pages(memory: SiteMemory | None, line: str) -> int:
    return memory.lines.get(line_hash(line), 0) if memory else 0


def recall(store: Store, line: str = PLEA, url: str = "https://river.example/another") -> int:
    return pages(store.site_memories().of(url), line)


def test_a_line_counts_once_for_each_article_of_the_host(store: Store) -> None:
    for number in range(3):
        store.save(article(number, PLEA, PLEA))
    store.save(article(9, PLEA, host="lake.example"))
    assert recall(store) == 3
    assert recall(store, url="https://lake.example/1") == 0  # once is not known to be repeated
    assert store.site_memories().of(None) is None
    assert store.site_memories().of("https://elsewhere.example/") is None


def test_revisions_of_an_article_do_not_raise_it(store: Store) -> None:
    store.save(article(1, PLEA))
    store.save(article(2, PLEA))
    for change in range(4):
        store.save(article(2, PLEA, f"Changed {change} times."))
    assert recall(store) == 2
    store.save(article(2, "Without it."))
    assert recall(store) == 0  # and one that loses the line lowers it


def test_a_page_does_not_witness_against_itself(store: Store) -> None:
    for number in (1, 2, 3):
        store.save(article(number, PLEA))
    assert recall(store, url="http://river.example/3") == 2
    store.save(article(3, "Without it."))
    assert recall(store, url="https://river.example/1") == 0


def test_a_line_that_was_taken_out_for_being_repeated_stays_known(store: Store) -> None:
    for number in (1, 2, 3):
        store.save(article(number, PLEA))
    for number in (1, 2, 3):
        store.save(article(number, taken=(PLEA,)))
    assert recall(store) == 3


def test_rejected_pages_and_texts_without_address_do_not_count(store: Store) -> None:
    for number in (1, 2):
        store.save(article(number, PLEA).model_copy(update={"status": "rejected"}))
    store.save(Article(url_key="text:1", title="A", text=PLEA))
    assert store.connection.execute("SELECT count(*) FROM site_lines").fetchone() == (0,)
    store.save(article(1, PLEA))
    store.save(article(1, PLEA).model_copy(update={"status": "rejected"}))
    assert store.connection.execute("SELECT count(*) FROM site_lines").fetchone() == (0,)


def test_a_snapshot_stays_as_it_was_and_its_version_says_what_is_in_it(store: Store) -> None:
    store.save(article(1, PLEA))
    store.save(article(2, PLEA))
    batch = store.site_memories()
    before = batch.of("https://river.example/7")
    store.save(article(3, PLEA))
    assert batch.of("https://river.example/8") == before
    after = store.site_memories().of("https://river.example/8")
    assert pages(before, PLEA) == 2
    assert pages(after, PLEA) == 3
    assert before is not None
    assert after is not None
    assert before.version != after.version
    assert after == store.site_memories().of("https://river.example/8")


def test_a_newer_memory_alone_changes_no_article(store: Store) -> None:
    store.save(article(1, PLEA))
    assert store.save(article(1, PLEA).model_copy(update={"memory_version": "newer"})).outcome == "unchanged"


def test_the_table_stays_small(tmp_path: Path) -> None:
    count = 640
    with Store(tmp_path / "news.db") as store, store.transaction():
        for number in range(count):
            store.save(article(number, PLEA, *(f"A line that stands on page {number} alone, place {n}" for n in range(6))))
        once, most = store.connection.execute("SELECT sum(pages = 1), max(pages) FROM site_lines").fetchone()
        assert once < ONCE_KEPT * 1.5 < count * 7
        assert most == count
        newest = stored_lines(store.connection, count)
        assert len(newest) == 8
        kept = {row[0] for row in store.connection.execute("SELECT line FROM site_lines WHERE last_article = ?", (count,))}
        assert len(kept) == len(newest)


def test_long_paragraphs_and_dates_are_not_remembered(store: Store) -> None:
    middle = "The council met at nine and found that the ferry had gone down the river without anybody at the helm."
    lines = [f"{middle[:-1]}, for the {n}th time." for n in range(20)]
    for number in (1, 2):
        store.save(article(number, *lines, "3 March 2025", "x " * 200))
    memory = store.site_memories().of("https://river.example/3")
    assert memory is not None
    assert pages(memory, lines[10]) == 0
    assert pages(memory, lines[-1]) == 2
    assert pages(memory, "3 March 2025") == pages(memory, "x " * 200) == 0


def test_the_articles_of_an_older_store_are_counted_when_it_is_brought_up(store: Store) -> None:
    for number in (1, 2, 3):
        store.save(article(number, PLEA), None)
    counted = store.connection.execute("SELECT * FROM site_lines").fetchall()
    with store.transaction() as db:
        db.execute("DELETE FROM site_lines")
        count_all(db)
    assert store.connection.execute("SELECT * FROM site_lines").fetchall() == counted
    assert recall(store) == 3


def test_what_is_forgotten_does_not_count_any_more(tmp_path: Path) -> None:
    def counted(store: Store) -> list[tuple[str, int, int]]:
        return store.connection.execute("SELECT host, line, pages FROM site_lines ORDER BY 1, 2").fetchall()

    path = tmp_path / "news.db"
    with Store(path) as store:
        for number in range(1, 6):
            store.save(article(number, PLEA, f"Only number {number} says this", taken=("Read more on the river",)))
        store.save(article(4, "It lost the plea."))
        store.save(article(9, PLEA, host="lake.example"))
        store.save(article(7, PLEA).model_copy(update={"status": "rejected"}))
        assert (recall(store), recall(store, "Read more on the river")) == (4, 4)
        forget(path, Wanted(urls=("https://river.example/1", "https://river.example/2", "https://river.example/7")), store.find)
    with Store(path) as store:
        assert (recall(store), recall(store, "Read more on the river")) == (2, 2)
        after = counted(store)
        with store.transaction() as db:
            db.execute("DELETE FROM site_lines")
            count_all(db)
        assert counted(store) == after, "as if they had never been there"
        forget(path, Wanted(urls=("https://river.example/3", "https://river.example/4", "https://river.example/5")), store.find)
    with Store(path) as store:
        assert {host for host, _, _ in counted(store)} == {"lake.example"}
