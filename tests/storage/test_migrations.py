"""Stores of every released version are brought to this one: copied first, nothing lost, found as before."""

from __future__ import annotations

import gzip
import os
import pty
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from storage import Store
from storage.errors import StoreError
from storage.schema import NEWS
from storage.schema.selection import APPLICATION_ID, CRAWL
from storage.site_lines import count_all

ROOT = Path(__file__).parents[2]
STORES = Path(__file__).parent / "stores"
RELEASED = sorted(path.name.removesuffix(".db.gz") for path in STORES.glob("v?.db.gz"))
"""Stores of 16 articles with raw pages, a revision, removals and a frontier, as each version left them (`stores/make.py`)."""
OLDER = [version for version in RELEASED if int(version[1:]) < NEWS.version]


@pytest.fixture
def unpack(tmp_path: Path) -> Callable[[str], Path]:
    def put(version: str) -> Path:
        for suffix in (".db", ".raw.db"):
            with gzip.open(STORES / f"{version}{suffix}.gz") as packed, (tmp_path / f"news{suffix}").open("wb") as file:
                shutil.copyfileobj(packed, file)
        return tmp_path / "news.db"

    return put


def test_the_stores_of_released_versions_are_kept() -> None:
    assert [f"v{number}" for number in range(1, NEWS.version)] == OLDER
    for version in RELEASED:
        with gzip.open(STORES / f"{version}.db.gz") as packed:
            assert packed.read(64)[60:] == int(version[1:]).to_bytes(4)  # where SQLite's header has the user_version


@pytest.mark.parametrize("version", OLDER)
def test_an_older_store_is_copied_and_brought_to_this_version(version: str, unpack: Callable[[str], Path]) -> None:
    path = unpack(version)
    before = path.read_bytes()
    with sqlite3.connect(path) as db:
        texts = db.execute("SELECT id, uid, title, text FROM articles ORDER BY id").fetchall()
    db.close()
    with Store(path) as store:
        assert store.connection.execute("PRAGMA user_version").fetchone() == (NEWS.version,)
        assert store.connection.execute("SELECT id, uid, title, text FROM articles ORDER BY id").fetchall() == texts
        assert len(list(store.search())) == len(texts) == 16
        assert store.raw_page(1) is not None
        assert [found.language for found in store.hits("海峡")] == ["zh"]
        counts = [store.connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("revisions", "frontier", "runs")]
        assert counts == [1, 1, 1]
        assert store.connection.execute("SELECT count(*) FROM authors WHERE folded = 'zoe orn'").fetchone() == (1,)
        assert store.connection.execute("SELECT count(*) FROM authors WHERE folded = ''").fetchone() == (0,)
        store.connection.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
        assert store.connection.execute("PRAGMA foreign_key_check").fetchall() == []
    backup = path.with_name(f"news.{version}.backup.db")
    with sqlite3.connect(backup) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (int(version[1:]),)
        assert db.execute("SELECT id, uid, title, text FROM articles ORDER BY id").fetchall() == texts
    db.close()
    assert len(before) > 0
    with Store(path):
        assert sorted(p.name for p in path.parent.glob("*backup*")) == [backup.name]  # opened again: nothing to do


@pytest.mark.parametrize("version", RELEASED)
def test_a_migrated_store_has_the_same_schema_as_a_new_one(version: str, unpack: Callable[[str], Path], tmp_path: Path) -> None:
    def schema(store: Store) -> list[tuple[str, str, str]]:
        return store.connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()

    with Store(tmp_path / "new.db") as new:
        wanted = schema(new)
    with Store(unpack(version)) as old:
        assert schema(old) == wanted
        rows = "SELECT host, line, pages, last_article FROM site_lines ORDER BY 1, 2"
        counted = old.connection.execute(rows).fetchall()
        with old.transaction() as db:
            db.execute("DELETE FROM site_lines")
            count_all(db)
        assert counted == old.connection.execute(rows).fetchall() != []


@pytest.mark.parametrize("version", OLDER)
def test_an_older_selection_is_made_whole_too(version: str, unpack: Callable[[str], Path], tmp_path: Path) -> None:
    path = unpack(version)
    with sqlite3.connect(path) as db:
        for table in CRAWL:
            db.execute(f"DROP TABLE IF EXISTS {table}")
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.close()
    with pytest.raises(StoreError, match="made by an older Copydesk"):
        Store(path, read_only=True)
    schema = "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2"
    with Store(path) as old, Store(tmp_path / "new.db") as new:
        assert old.connection.execute(schema).fetchall() == new.connection.execute(schema).fetchall()
        assert old.connection.execute("SELECT count(*) FROM site_lines").fetchone()[0] > 0
        assert len(list(old.search())) == 16
    with sqlite3.connect(path.with_name(f"news.{version}.backup.db")) as db:
        assert db.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    db.close()


def test_reading_an_older_store_says_what_to_do_and_changes_nothing(unpack: Callable[[str], Path]) -> None:
    path = unpack("v1")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="made by an older Copydesk"):
        Store(path, read_only=True)
    assert path.read_bytes() == before


def test_without_a_copy_nothing_is_changed(unpack: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = unpack("v1")

    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StoreError, match="could not be copied before it is changed"):
        Store(path)
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
    db.close()
    assert list(path.parent.glob("*.part*")) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("CREATE TABLE takedowns (id)", "table takedowns already exists"),
        ("ALTER TABLE articles RENAME TO pieces", "no such table: main.articles"),
    ],
)
def test_a_store_whose_tables_somebody_changed_is_left_alone_with_one_sentence(
    change: str, says: str, unpack: Callable[[str], Path]
) -> None:
    path = unpack("v1")
    with sqlite3.connect(path) as db:
        db.execute(change)
        tables = db.execute("SELECT name, sql FROM sqlite_master ORDER BY 1").fetchall()
    db.close()
    command = [sys.executable, "-m", "copydesk", "reclean", "--db", str(path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    (line,) = run.stderr.splitlines()
    assert line.startswith(f"copydesk: {path}: ")
    assert says in line
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT name, sql FROM sqlite_master ORDER BY 1").fetchall() == tables
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
    db.close()
    assert list(path.parent.glob("*backup*")) == []


@pytest.mark.parametrize("step", [1, 3, NEWS.version])
def test_killed_in_the_middle_the_store_is_as_it_was(step: int, unpack: Callable[[str], Path]) -> None:
    path = unpack("v1")
    tables = "SELECT name, sql FROM sqlite_master ORDER BY 1"
    with sqlite3.connect(path) as db:
        before = (db.execute(tables).fetchall(), db.execute("SELECT * FROM articles").fetchall())
    db.close()
    code = (
        "import os, signal, sys; from dataclasses import replace; from pathlib import Path\n"
        "from storage.connection import connect; from storage.schema import NEWS\n"
        "def die(db): os.kill(os.getpid(), signal.SIGKILL)\n"
        "at = int(sys.argv[2]); versions = [*NEWS.versions]; versions[at - 1] = (*versions[at - 1], die)\n"
        "if at == 1: versions[1] = (die, *versions[1])\n"
        "connect(Path(sys.argv[1]), replace(NEWS, versions=tuple(versions)))\n"
    )
    run = subprocess.run([sys.executable, "-c", code, str(path), str(step)], cwd=ROOT, check=False)
    assert run.returncode == -signal.SIGKILL
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
        assert (db.execute(tables).fetchall(), db.execute("SELECT * FROM articles").fetchall()) == before
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with Store(path) as store:
        assert store.connection.execute("PRAGMA user_version").fetchone() == (NEWS.version,)
        assert len(list(store.search())) == 16
    assert len(list(path.parent.glob("news.v1.backup*.db"))) == 2  # of both tries, each whole
    for copy in path.parent.glob("news.v1.backup*.db"):
        with closing(sqlite3.connect(copy)) as db:
            assert db.execute("SELECT * FROM articles").fetchall() == before[1]


def test_on_a_terminal_it_says_what_takes_so_long(unpack: Callable[[str], Path]) -> None:
    path = unpack("v4")
    command = [sys.executable, "-c", "import sys; from storage import Store; Store(sys.argv[1]).close()", str(path)]
    ours, its = pty.openpty()
    with open(ours, "rb", buffering=0, closefd=False) as screen:
        run = subprocess.Popen(command, stderr=its, cwd=ROOT)
        os.close(its)
        shown = b""
        with suppress(OSError):  # what a terminal says when nobody writes to it any more
            while part := screen.read(4096):
                shown += part
        assert run.wait() == 0
    os.close(ours)
    lines = [line for line in shown.decode().replace("\r", "").split("\n") if "schema" in line]
    assert lines[0] == f"copydesk: {path}: made by an older Copydesk (schema 4 of {NEWS.version}): copying it …"
    assert lines[1:] == [f"copydesk: {path}: bringing it to schema {n} of {NEWS.version} …" for n in range(5, NEWS.version + 1)]
    elsewhere = subprocess.run([*command[:-1], str(unpack("v4"))], capture_output=True, text=True, cwd=ROOT, check=True)
    assert "schema" not in elsewhere.stderr
