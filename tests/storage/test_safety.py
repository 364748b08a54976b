"""A store never loses what it said it has, and says in one sentence what keeps it from working."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cleaning.models import Article, Page
from storage import Store
from storage.errors import StorageError, StoreDamaged, StoreError, StoreLocked, UnreadableArticle

Make = Callable[..., Article]
ROOT = Path(__file__).parents[2]

WRITER = """
import sys
from cleaning import Article, Page
from cleaning.models import Removal
from storage import Store

def articles(first):
    for n in range(first, first + 100_000):
        removal = Removal(rule="nav.menu", evidence="e", text=f"Menu {n % 50}", before_block=0)
        key = n if n % 3 else n % 99  # a third are new versions of old ones
        yield Article(url_key=f"example.org/{key}", url=f"https://example.org/{key}", title=f"Story {n}", text=f"word{n} " * 150,
                      authors=(f"Writer {n % 7}",), tags=("t",), removals=(removal,)), Page(text=f"page {n}")

store = Store(sys.argv[1])
first = int(sys.argv[2])
number = first
if first % 2:
    for saved in store.save_all(articles(first)):
        print(number, saved.uid, flush=True)
        number += 1
for article, page in articles(first):
    print(number, store.save(article, page).uid, flush=True)
    number += 1
"""


def check(path: Path) -> None:
    """Everything that SQLite, the search index and Copydesk itself can say about a file's health."""
    with Store(path) as store:
        db = store.connection
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        db.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
        assert db.execute("SELECT count(*) FROM articles WHERE id NOT IN (SELECT article_id FROM details)").fetchone() == (0,)
        raw = sqlite3.connect(path.with_name("news.raw.db"))
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        there = {sha for (sha,) in raw.execute("SELECT sha256 FROM pages")}
        raw.close()
        assert {sha for (sha,) in db.execute("SELECT raw_sha256 FROM articles")} <= there


@pytest.mark.parametrize("kills", [5, pytest.param(50, marks=pytest.mark.slow)])
def test_killed_in_the_middle_of_ingest_nothing_acknowledged_is_lost(tmp_path: Path, kills: int) -> None:
    path, pick, first, known = tmp_path / "news.db", random.Random(kills), 1, set()
    for kill in range(kills):
        command = [sys.executable, "-c", WRITER, str(path), str(first + kill % 2)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(pick.randint(1, 400))]
        time.sleep(pick.random() / 50)
        process.send_signal(signal.SIGKILL)
        lines += [line for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
        process.wait()
        process.stdout.close()
        assert process.returncode == -signal.SIGKILL
        said = [line.split() for line in lines]
        known |= {uid for _, uid in said}
        first = int(said[-1][0]) + 1
        with Store(path) as store:
            sql = "SELECT count(*) FROM articles WHERE uid IN (SELECT value FROM json_each(?))"
            assert store.connection.execute(sql, (json.dumps(sorted(known)),)).fetchone() == (len(known),)
            assert [hit.uid for hit in store.hits(f"word{said[-1][0]}")] == [said[-1][1]]  # the last that was acknowledged
            assert store.raw_page(said[-1][1]) == Page(text=f"page {said[-1][0]}")
        check(path)


def test_a_copy_of_a_live_store_is_consistent(tmp_path: Path, make: Make) -> None:
    path, stop = tmp_path / "news.db", threading.Event()
    with Store(path) as store:
        for number in range(200):
            store.save(make(str(number), text="Talks 0."))

    def write() -> None:  # every transaction gives all articles the same text
        with Store(path) as writer:
            version = 0
            while not stop.is_set():
                version += 1
                with writer.transaction():
                    for number in range(200):
                        writer.save(make(str(number), text=f"Talks {version}."))
                    writer.save(make(f"new-{version}", text=f"Talks {version}."))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        with Store(path, read_only=True) as store:
            for number in range(3):
                store.export(tmp_path / f"copy{number}.db", include_rejected=True)
    finally:
        stop.set()
        thread.join()
    for number in range(3):
        with Store(tmp_path / f"copy{number}.db") as copy:
            (versions, articles) = copy.connection.execute(
                "SELECT count(DISTINCT text), count(*) FROM articles WHERE url_key NOT LIKE '%new-%'"
            ).fetchone()
            assert (versions, articles) == (1, 200)
            copy.connection.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
            assert copy.connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


# --- what keeps it from working -----------------------------------------------------------------------------------------


def sentence(error: BaseException) -> str:
    assert isinstance(error, StorageError)
    assert "\n" not in str(error)
    return str(error)


def test_a_full_disk_is_said_and_nothing_half_written_stays(tmp_path: Path, make: Make) -> None:
    with Store(tmp_path / "news.db") as store:
        store.save(make("a"))
        (pages,) = store.connection.execute("PRAGMA page_count").fetchone()
        store.connection.execute(f"PRAGMA max_page_count = {pages + 5}")
        with pytest.raises(StoreError, match="the disk is full: make room") as failed:
            list(store.save_all((make(f"long{n}", text=f"word{n} " * 5000), None) for n in range(20)))
        sentence(failed.value)
        assert [article.url_key for article in store.search()] == ["example.org/a"]
        store.connection.execute("PRAGMA max_page_count = 1000000")
        assert store.save(make("b")).outcome == "new"  # there is room again: it goes on
    check_without_raw(tmp_path / "news.db")


def check_without_raw(path: Path) -> None:
    with Store(path) as store:
        assert store.connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        store.connection.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")


def test_a_file_system_without_room_is_said(tmp_path: Path, make: Make) -> None:
    """A real one of three megabytes, where this user may mount it."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if not mounted or mounted.returncode != 0:
        pytest.skip("no file system can be mounted here")
    try:
        articles = ((make(str(number), text=f"word{number} " * 3000), Page(body=os.urandom(20_000))) for number in range(1000))
        with Store(folder / "news.db") as store, pytest.raises(StoreError, match="the disk is full") as failed:
            sum(store.save(article, page).id for article, page in articles)
        sentence(failed.value)
        check_without_raw(folder / "news.db")
        with Store(folder / "news.db", read_only=True) as store:
            kept = store.count()
            assert kept > 0
            with pytest.raises(StorageError, match=r"full|No space left"):
                store.export(folder / "copy.db")
        assert sorted(path.name for path in folder.iterdir() if "copy" in path.name) == []
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_limit_on_the_size_of_files_is_said(tmp_path: Path) -> None:
    code = (
        "import resource, sys; from cleaning import Article; from storage import Store, StorageError\n"
        "store = Store(sys.argv[1])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (800_000, 800_000))\n"
        "try:\n"
        "    for n in range(1000): store.save(Article(url_key=f'text:{n}', text=f'word{n} ' * 3000))\n"
        "except StorageError as error: print(error)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "news.db")]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert run.stdout.count("\n") == 1
    assert "the disk" in run.stdout
    check_without_raw(tmp_path / "news.db")


def as_nobody(act: Callable[[], object]) -> str:
    """What `act` raises, or its answer, where this process has no right to write (root may write everywhere)."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            answer = str(act())
        except StorageError as error:
            answer = f"{type(error).__name__}: {error}"
        except BaseException as error:  # noqa: BLE001 - whatever it is, the parent is to see it
            answer = f"traceback: {error!r}"
        os.write(writing, answer.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answers:
        answer = answers.read()
    os.waitpid(child, 0)
    return answer


@pytest.fixture
def shelf(make: Make) -> Iterator[Path]:
    """A folder that everybody may read, with a store of one article."""
    folder = Path(tempfile.mkdtemp(dir="/tmp" if Path("/tmp").is_dir() else None))
    with Store(folder / "news.db") as store:
        store.save(make(), Page(body=b"raw"))
    folder.chmod(0o555)
    for file in folder.iterdir():
        file.chmod(0o444)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def write_to(path: Path) -> object:
    with Store(path) as store:
        return store.save(Article(url_key="example.org/new", text="x")).outcome


def read_from(path: Path) -> object:
    with Store(path, read_only=True) as store:
        return store.count("geneva"), store.raw_page(1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no users to change to")
def test_a_read_only_folder_is_read_and_not_written(shelf: Path) -> None:
    before = {path.name: path.read_bytes() for path in shelf.iterdir()}
    assert as_nobody(lambda: write_to(shelf / "news.db")).startswith(f"StoreReadOnly: {shelf}/news.db: cannot be written")
    assert as_nobody(lambda: read_from(shelf / "news.db")) == str((1, Page(body=b"raw")))
    assert as_nobody(lambda: write_to(shelf / "other.db")).startswith(f"StoreError: {shelf}/other.db: cannot be opened")
    assert {path.name: path.read_bytes() for path in shelf.iterdir()} == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no users to change to")
def test_a_read_only_file_is_said(shelf: Path) -> None:
    shelf.chmod(0o777)
    assert as_nobody(lambda: write_to(shelf / "news.db")).startswith("StoreReadOnly: ")
    (shelf / "news.db").chmod(0o000)
    assert as_nobody(lambda: read_from(shelf / "news.db")).startswith("StoreError: ")


def test_a_damaged_store_is_said_by_whoever_meets_the_damage(tmp_path: Path, make: Make) -> None:
    path = tmp_path / "news.db"
    with Store(path) as store:
        list(store.save_all((make(str(n), text=f"word{n} " * 300), None) for n in range(300)))
    whole = path.read_bytes()
    met: list[str] = []
    for place in range(8192, len(whole) - 40_960, len(whole) // 12):
        path.write_bytes(whole[:place] + b"\xa5" * 40_960 + whole[place + 40_960 :])
        try:
            with Store(path) as store:
                list(store.search())
                list(store.hits("word7 OR talks"))
                store.save(make("new", text="word " * 500))
        except (StoreDamaged, UnreadableArticle) as error:
            met.append(sentence(error))
    assert len(met) >= 6
    assert all("damaged" in said for said in met)


def test_a_lock_that_is_held_is_waited_for_and_then_said(tmp_path: Path, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "news.db"
    with Store(path) as store:
        store.save(make("a"))
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.5, lambda: other.execute("ROLLBACK"))
    timer.start()
    with Store(path) as store:
        assert store.save(make("b")).outcome == "new"  # it waited
        other.execute("BEGIN EXCLUSIVE")
        monkeypatch.setattr("storage.connection.TIMEOUT", 0.1)
        with Store(path) as late, pytest.raises(StoreLocked, match="locked by another program: try again") as failed:
            late.save(make("c"))
        sentence(failed.value)
        assert store.count() == 2  # readers never wait
        other.execute("ROLLBACK")
    other.close()
