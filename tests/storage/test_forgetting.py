"""What is forgotten is gone from the files themselves, does not come back, and takes nothing else along."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from cleaning.models import Article, Page, Removal
from storage import Store
from storage.cli import register
from storage.doctor import examine
from storage.forgetting import Reach, Wanted, forget, reach

Make = Callable[..., Article]
Run = Callable[..., Result]


@pytest.fixture
def path(tmp_path: Path, make: Make) -> Path:
    """Two articles that share an author, a removed text and a page, one of them with a history and two addresses."""
    own, both = (Removal(rule="nav.menu", evidence="e", text=text, before_block=0) for text in ("Qzown menu", "Shared menu"))
    with Store(tmp_path / "news.db") as store:
        secret = make("secret", title="Qztitle", text="Qzoldtext stood here.", authors=("Qz Author", "Ann Lee"), source="s1",
                      tags=("Qztag",), summary="Qzsummary", removals=(own, both))  # fmt: skip
        store.save(secret, Page(url="https://example.org/secret", body=b"Qzoldpage" * 9))
        store.save(secret.model_copy(update={"text": "Qznewtext."}), Page(url=secret.url, body=b"Qznewpage" * 9))
        moved = secret.model_copy(update={"text": "Qznewtext.", "url": "https://qzother.example/x"})
        store.save(moved, Page(body=b"Qznewpage" * 9))
        store.save(make("kept", text="Kept text.", authors=("Ann Lee",), source="s2", tags=("kept",), removals=(both,)),
                   Page(url="https://example.org/kept", body=b"kept page"))  # fmt: skip
        for number in range(40):
            page = Page(body=f"filler {number}".encode())
            store.save(make(f"filler{number}", text=f"Filler {number}. " * 50, source="s3"), page)
        store.save(make("wall", status="rejected", source="s2"), Page(body=b"wall"))
        store.connection.execute(
            "INSERT INTO frontier (url_key, url, source, state, discovered_at, claims) VALUES"
            " ('example.org/secret', 'https://example.org/secret', 's1', 'done', '2024', '[\"Qzclaim\"]')"
        )
    return tmp_path / "news.db"


def run_forget(path: Path, **wanted: Any) -> Reach:
    with Store(path, read_only=True) as store:
        before = reach(path, Wanted(**wanted), store.find)
        done = forget(path, Wanted(**wanted), store.find)
    assert done == before
    return done


def left(path: Path) -> set[bytes]:
    """The words that only the forgotten article had, wherever in the files they still stand."""
    files = [file.read_bytes() for file in path.parent.iterdir()]
    return {word for file in files for word in re.findall(rb"(?i)qz\w+", file)}


def test_nothing_of_a_forgotten_article_is_left_in_the_files(path: Path) -> None:
    assert b"Qzoldtext" in left(path)
    done = run_forget(path, urls=("https://example.org/secret?utm_source=x",))
    assert (done.articles, done.revisions, done.addresses, done.removed_texts, done.raw_pages) == (1, 1, 2, 1, 2)
    assert done.examples == ("Qztitle",)
    assert done.vacuumed
    assert left(path) == set()
    assert {finding.state for finding in examine(path, full=True)} == {"ok"}
    with Store(path) as store:
        assert store.get("https://example.org/kept") is not None
        assert store.raw_page("https://example.org/kept") is not None
        assert [a.url_key for a in store.search(author="Ann Lee")] == ["example.org/kept"]
        assert store.connection.execute("SELECT text FROM removal_texts").fetchall() == [("Shared menu",)]
        assert store.connection.execute("SELECT name FROM tags").fetchall() == [("kept",)]


def test_what_was_forgotten_does_not_come_back(path: Path, make: Make) -> None:
    run_forget(path, urls=("example.org/secret",))
    with Store(path) as store:
        again = store.save(make("secret", text="Qznewtext."), Page(body=b"Qznewpage"))
        assert (again.id, again.outcome) == (0, "forgotten")
        assert store.is_forgotten("qzother.example/x")  # the address at which it was seen, too
        both = store.save_all([(make("secret"), Page(body=b"1")), (make("new"), None)])
        assert [saved.outcome for saved in both] == ["forgotten", "new"]
        assert store.get("https://example.org/secret") is None
        assert store.connection.execute("SELECT count(*) FROM forgotten").fetchone() == (2,)
    assert left(path) == set()


def test_an_author_is_forgotten_by_the_whole_name(path: Path) -> None:
    assert run_forget(path, authors=("lee",)).unknown == ("lee",)
    assert run_forget(path, authors=("ANN LEE",)).articles == 2
    with Store(path) as store:
        assert store.count(author="lee") == 0
        assert store.connection.execute("SELECT count(*) FROM authors").fetchone() == (0,)


def test_a_source_is_forgotten_with_what_it_announced(path: Path) -> None:
    with Store(path) as store:
        columns = "url_key, url, source, state, discovered_at"
        store.connection.execute(f"INSERT INTO frontier ({columns}) VALUES ('q', 'q', 's1', 'queued', '2')")
    assert run_forget(path, sources=("s1", "nothing")).unknown == ("nothing",)
    with Store(path) as store:
        assert store.count(source="s1") == 0
        assert store.connection.execute("SELECT count(*) FROM frontier").fetchone() == (0,)


def test_a_page_that_another_article_was_made_of_stays_without_the_address(path: Path, make: Make) -> None:
    with Store(path) as store:
        store.save(make("twin", text="Twin."), Page(url="https://example.org/twin", body=b"Qznewpage" * 9))
    assert run_forget(path, urls=("example.org/secret",)).raw_pages == 1
    with Store(path) as store:
        page = store.raw_page("https://example.org/twin")
        assert page is not None
        assert (page.url, page.body) == (None, b"Qznewpage" * 9)


def test_old_pages_go_and_their_articles_stay(path: Path) -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    assert run_forget(path, raw_before=later - timedelta(days=2)).nothing
    done = run_forget(path, raw_before=later)
    assert (done.articles, done.raw_pages) == (0, 44)
    with Store(path) as store:
        assert store.count() == 42
        assert store.raw_page(1) is None
        assert store.connection.execute("SELECT count(*) FROM forgotten").fetchone() == (0,)
    assert {finding.state for finding in examine(path, full=True)} == {"ok"}


def test_rejected_pages_go_when_they_have_had_their_time_and_may_come_back(path: Path, make: Make) -> None:
    assert run_forget(path, rejected_before=datetime.now(UTC) + timedelta(days=1)).articles == 1
    with Store(path) as store:
        assert store.count(include_rejected=True) == 42
        assert store.save(make("wall", status="rejected")).outcome == "new"


def test_a_reader_at_work_leaves_the_files_their_size_and_it_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.connection.TIMEOUT", 0.1)
    with Store(path, read_only=True) as reader, reader.reading() as db:
        db.execute("SELECT count(*) FROM articles").fetchone()
        done = forget(path, Wanted(urls=("example.org/secret",)), reader.find)
    assert not done.vacuumed
    with Store(path) as store:
        assert store.get("example.org/secret") is None


# --- the command --------------------------------------------------------------------------------------------------------


@pytest.fixture
def run(path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(path.parent)
    app = typer.Typer()
    register(app)
    return lambda *arguments, **more: CliRunner().invoke(app, ["forget", *arguments], **more)


def test_the_command_shows_what_goes_and_asks(run: Run, path: Path) -> None:
    shown = run("--url", "example.org/secret", "--dry-run")
    assert (shown.exit_code, shown.stderr) == (0, "copydesk: nothing was removed\n")
    for part in ("articles       1\n", "revisions      1\n", "raw pages      2, ", "Qztitle"):
        assert part in shown.stdout
    unasked = run("--url", "example.org/secret")
    assert unasked.exit_code == 2
    assert unasked.stderr == "copydesk: nobody is here to be asked: look at it with --dry-run, then say --yes\n"
    assert b"Qzoldtext" in left(path)
    done = run("--url", "example.org/secret", "--yes")
    assert (done.exit_code, done.stderr) == (0, "copydesk: removed 1 article and 2 raw pages\n")
    assert left(path) == set()
    assert json.loads(run("--source", "s3", "--yes", "--json").stdout)["articles"] == 40


def test_the_command_asks_on_a_terminal(run: Run, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.cli_keeping._agreed", lambda yes: yes or typer.confirm("Remove this for good?", err=True))
    refused = run("--url", "example.org/secret", input="n\n")
    assert "Remove this for good?" in refused.output
    assert b"Qzoldtext" in left(path)
    assert run("--url", "example.org/secret", input="y\n").exit_code == 0
    assert left(path) == set()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ([], 2, "say what to forget"), (["--url", "x", "--source", "y"], 2, "choose one of --url and --source"),
        (["--url", "nowhere"], 1, "nothing of that is in"), (["--raw-older-than", "soon"], 2, "not a date"),
        (["--expired"], 2, "set keep_raw or keep_rejected"), (["--source", "s1", "--db", "none.db"], 1, "there is no store here"),
    ],
)  # fmt: skip
def test_wrong_usage_is_said(run: Run, arguments: list[str], code: int, says: str) -> None:
    refused = run(*arguments)
    assert refused.exit_code == code
    assert says in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_retention_is_set_in_the_configuration(run: Run, path: Path) -> None:
    Path("copydesk.toml").write_text('keep_raw = "90d"\nkeep_rejected = "30d"\n')
    with Store(path) as store:
        store.connection.execute("UPDATE articles SET last_seen_at = '2020-01-01T00:00:00Z' WHERE source = 's2'")
        store._raw._open().execute("UPDATE pages SET stored_at = '2020-01-01T00:00:00Z' WHERE url LIKE '%kept'")
    found = json.loads(run("--expired", "--dry-run", "--json").stdout)
    assert (found["articles"], found["raw_pages"]) == (1, 2)  # the wall with its page, and the old page of an article that stays
    assert run("--expired", "--yes").exit_code == 0
    with Store(path) as store:
        assert store.count(source="s2", include_rejected=True) == 1


def test_backups_are_pointed_out(run: Run, path: Path) -> None:
    path.with_name("news.v1.backup.db").touch()
    assert "delete news.v1.backup.db" in run("--source", "s3", "--yes").stderr
