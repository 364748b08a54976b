"""The doctor finds what is wrong, says what to do, and changes nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cleaning.models import Article, Page, Removal
from crawler.cli import register
from storage import Store
from storage.doctor import Finding, examine
from storage.records import key_hash

Make = Callable[..., Article]


@pytest.fixture
def path(tmp_path: Path, make: Make) -> Path:
    with Store(tmp_path / "news.db") as store:
        for number in range(30):
            removal = Removal(rule="nav.menu", evidence="e", text=f"Menu {number}", before_block=0)
            store.save(make(str(number), text="Many words. " * 200, removals=(removal,)), Page(body=f"page {number}".encode()))
    return tmp_path / "news.db"


def states(path: Path, *, full: bool = False) -> dict[str, str]:
    return {finding.check: finding.state for finding in examine(path, full=full) if finding.state != "ok"}


def said(path: Path, check: str) -> str:
    (finding,) = (finding for finding in examine(path, full=True) if finding.check == check and finding.state != "ok")
    return finding.says


@pytest.mark.parametrize("full", [False, True])
def test_a_sound_store_is_found_sound_and_left_as_it_is(path: Path, full: bool) -> None:
    before = {p.name: p.read_bytes() for p in path.parent.iterdir()}
    findings = list(examine(path, full=full))
    assert {f.state for f in findings} == {"ok"}
    assert {"store", "integrity", "references", "search index", "raw pages", "disk"} <= {f.check for f in findings}
    assert {p.name: p.read_bytes() for p in path.parent.iterdir()} == before


def edit(path: Path, *statements: str) -> None:
    db = sqlite3.connect(path)
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()


def test_a_search_index_that_does_not_fit_is_found_and_the_advice_mends_it(path: Path) -> None:
    edit(path, "DROP TRIGGER articles_fts_update", "UPDATE articles SET text = 'Other words.' WHERE id = 3")
    assert states(path) == {}
    assert states(path, full=True) == {"search index": "wrong"}
    assert "values ('rebuild')" in said(path, "search index")
    edit(path, "INSERT INTO articles_fts (articles_fts) VALUES ('rebuild')")
    assert states(path, full=True) == {}


def test_what_other_programs_deleted_is_found(path: Path) -> None:
    edit(path, "DELETE FROM details WHERE article_id = 4", "DELETE FROM removals WHERE article_id = 5")
    assert states(path) == {"details": "wrong", "removals": "warning"}


def test_a_row_that_belongs_to_nothing_is_found(path: Path) -> None:
    edit(path, "INSERT INTO article_flags (article_id, flag) VALUES (999, 'x')")
    assert "1 in article_flags" in said(path, "references")


def test_lost_and_broken_pages_are_found(path: Path) -> None:
    raw = path.with_name("news.raw.db")
    edit(raw, "UPDATE pages SET content = x'00' WHERE rowid = 1", "DELETE FROM pages WHERE rowid = 2")
    assert states(path, full=True) == {"raw pages": "warning", "raw contents": "wrong"}
    raw.unlink()
    assert "there is no news.raw.db" in said(path, "raw pages")


def test_a_damaged_file_is_found(path: Path) -> None:
    damaged = bytearray(path.read_bytes())
    middle = len(damaged) // 2 // 4096 * 4096
    damaged[middle : middle + 3 * 4096] = b"\xa5" * 3 * 4096
    path.write_bytes(damaged)
    assert "wrong" in states(path).values()


def test_what_is_no_store_is_said(tmp_path: Path) -> None:
    assert "there is no store here" in said(tmp_path / "none.db", "store")
    assert "a folder" in said(tmp_path, "store")


def test_an_article_that_was_to_be_forgotten_is_found(path: Path) -> None:
    edit(path, f"INSERT INTO forgotten VALUES ('{key_hash('example.org/7')}', '2026-01-01T00:00:00Z')")
    assert states(path) == {"forgotten": "wrong"}


def test_what_was_left_behind_is_named(path: Path) -> None:
    path.with_name(".out.csv.77.part").touch()
    assert ".out.csv.77.part" in said(path, "rests")


def test_the_command_checks_the_set_up_and_ends_with_one_if_something_is_wrong(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    app = typer.Typer()
    register(app)

    def run(*arguments: str) -> tuple[int, dict[str, Finding]]:
        done = CliRunner().invoke(app, ["doctor", "--json", *arguments])
        assert done.stderr == ""
        return done.exit_code, {found["check"]: Finding(**found) for found in json.loads(done.stdout)}

    code, found = run()
    assert (code, found["configuration"].state, found["contact"].state) == (0, "warning", "warning")
    Path("copydesk.toml").write_text('contact = "a@example.org"\nsources = ["bbc-world"]\n')
    code, found = run("--full")
    assert (code, found["contact"].state, found["sources"].says) == (0, "ok", "1 chosen")
    Path("copydesk.toml").write_text('sources = ["no-such-source"]\n')
    code, found = run()
    assert (code, found["sources"].state, found["integrity"].state) == (1, "wrong", "ok")
    Path("copydesk.toml").write_text("db = \n")
    assert run()[1]["configuration"].state == "wrong"
    assert run("--db", "nothing.db")[1]["store"].state == "wrong"
    shown = CliRunner().invoke(app, ["doctor", "--db", "news.db"])
    assert "ok       integrity" in shown.stdout
