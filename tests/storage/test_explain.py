"""The command `explain`: of a file, of an article in a store without its page, and of the rules."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from cleaning.cli import clean_one
from cleaning.cli import register as cleaning_commands
from cleaning.explain import explanation
from cleaning.explain_html import render_explanation
from cleaning.models import Article, Removal
from cleaning.rules import sentences
from fixtures.articles import HERE
from storage import Store
from storage.cli import register

Make = Callable[..., Article]
Run = Callable[..., Result]
SEED = HERE / "seed" / "raw.txt"
ENGLISH = HERE / "en-strait-convoys" / "raw.html"
URL = "https://www.harbour-courier.example/2025/03/18/joint-convoys-strait/"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `copydesk explain`, or another command, in an empty folder whose store is news.db."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COPYDESK_DB", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    app = typer.Typer()
    cleaning_commands(app)
    register(app)

    def command(*arguments: str | Path, verb: str = "explain", stdin: bytes | None = None) -> Result:
        return CliRunner().invoke(app, [verb, *map(str, arguments)], input=stdin)

    return command


@pytest.fixture
def filled(tmp_path: Path, make: Make) -> Path:
    """A store with a cleaned page, a text, and an article of a Copydesk that had other rules; no raw pages."""
    with Store(tmp_path / "news.db") as store:
        store.save(clean_one(str(ENGLISH), URL))
        store.save(clean_one(str(SEED)))
        store.save(make("old", removals=(Removal(rule="gone.rule", evidence="e", text="t", before_block=0),)))
    assert {path.name for path in tmp_path.iterdir()} <= {"news.db", "news.raw.db"}
    return tmp_path / "news.db"


def test_a_file_is_explained_without_a_store(run: Run, tmp_path: Path) -> None:
    done = run(SEED)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("North Korean soldiers in Russia")
    assert "− line 26 nav.prev-next" in done.stdout
    assert done.stdout.endswith("ok: 8 blocks kept, 6 removed by 3 rules\n")
    assert run("-", stdin=SEED.read_bytes()).stdout == done.stdout
    assert run(SEED, "--explain", verb="clean").stdout == done.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_address_of_a_file_counts(run: Run) -> None:
    assert json.loads(run(ENGLISH, "--url", URL, "--json").stdout)["url"] == URL


def test_an_article_of_the_store_is_explained_as_its_file_was(run: Run, filled: Path) -> None:
    wanted = run(ENGLISH, "--url", URL)
    with Store(filled, read_only=True) as store:
        uid = store.connection.execute("SELECT uid FROM articles WHERE id = 1").fetchone()[0]
    for ref in ("1", uid, URL):
        assert run(ref).stdout == wanted.stdout
    article = clean_one(str(ENGLISH), URL)
    assert json.loads(run("1", "--json").stdout) == explanation(article)
    assert run("1", "--html", "out.html").exit_code == 0
    assert Path("out.html").read_bytes().decode() == render_explanation(article, "1")


def test_a_file_goes_before_an_id(run: Run, filled: Path) -> None:
    Path("1").write_bytes(SEED.read_bytes())
    assert run("1").stdout.startswith("North Korean soldiers")


def test_the_html_is_written_and_said(run: Run, tmp_path: Path) -> None:
    done = run(ENGLISH, "--html", tmp_path / "out.html")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == f"copydesk: {tmp_path / 'out.html'}: ok: 6 blocks kept, 27 removed by 3 rules\n"
    assert (tmp_path / "out.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert run(SEED, "--html", tmp_path / "out.html").exit_code == 0
    assert "North Korean" in (tmp_path / "out.html").read_text(encoding="utf-8")


def test_rules_are_listed_with_how_often_they_fired(run: Run, filled: Path) -> None:
    listed = {row["rule"]: row for row in json.loads(run("--rules", "--json").stdout)}
    assert list(listed) == sorted(listed)
    assert listed.keys() == sentences().keys() | {"gone.rule"}
    assert listed["nav.prev-next"] == {
        "rule": "nav.prev-next", "sentence": sentences()["nav.prev-next"], "removals": 2, "articles": 1,
    }  # fmt: skip
    assert (listed["extract.main-text"]["removals"], listed["extract.main-text"]["articles"]) == (2, 1)
    assert (listed["app.promo"]["removals"], listed["app.promo"]["articles"]) == (0, 0)
    assert (listed["gone.rule"]["sentence"], listed["gone.rule"]["removals"]) == ("", 1)
    with Store(filled, read_only=True) as store:
        assert {r: row["removals"] for r, row in listed.items() if row["removals"]} == store.stats()["removals_by_rule"]
    shown = run("--rules", "--db", filled).stdout
    assert re.search(r"nav\.prev-next +│ 2 +│ 1 +│ A link to the previous", shown)
    assert re.search(r"gone\.rule +│ 1 +│ 1 +│ no rule of this version", shown)


def test_rules_are_listed_without_a_store(run: Run, tmp_path: Path) -> None:
    done = run("--rules", "--json")
    assert done.exit_code == 0
    assert "there is no store at" in done.stderr
    listed = json.loads(done.stdout)
    assert [row["rule"] for row in listed] == list(sentences())
    assert all(row["sentence"] and row["removals"] is None and row["articles"] is None for row in listed)
    shown = run("--rules").stdout
    assert "nav.prev-next" in shown
    assert "articles │" not in shown
    assert list(tmp_path.iterdir()) == []


def failure(result: Result, code: int) -> str:
    """The one sentence of a failure."""
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("copydesk: ")
    assert result.stderr.count("\n") == 1
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.stderr


LONG = "https://example.org/" + "a" * 400


@pytest.mark.parametrize("ref", ["gone.html", "99", "https://example.org/unknown", LONG])
def test_what_is_neither_file_nor_article_is_said(run: Run, tmp_path: Path, make: Make, ref: str) -> None:
    assert f"{ref}: there is no such file, and no store at" in failure(run(ref), 1)
    assert list(tmp_path.iterdir()) == []
    Store(tmp_path / "news.db").close()
    assert f"{ref}: there is no such file, and no such article in" in failure(run(ref), 1)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ([], 2, "name a file or an article"),
        ([SEED, "--rules"], 2, "--rules lists all rules"),
        (["--rules", "--html", "x.html"], 2, "--rules lists all rules"),
        (["--rules", "--db", "none.db"], 1, "there is no store here"),
        (["1", "--db", "none.db"], 1, "no store at none.db"),
        ([SEED, "--json", "--html", "x.html"], 2, "choose one of"),
        ([SEED, "--html", "nowhere/x.html"], 1, "its folder does not exist"),
        ([SEED, "--html", "."], 1, "cannot be written"),
        (["."], 1, "is a folder: name one file"),
        (["gone.html", "--url", URL], 1, "gone.html: there is no such file"),
        (["1", "--config", "none.toml"], 1, "no such configuration file"),
    ],
)
def test_wrong_usage_is_said(run: Run, arguments: list[str | Path], code: int, says: str) -> None:
    assert says in failure(run(*arguments), code)
    assert list(Path().iterdir()) == []


def test_files_that_cannot_be_read_are_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    assert failure(run("page.html"), 1) == "copydesk: page.html: is binary, neither HTML nor text\n"
    assert failure(run("-", stdin=b""), 1) == "copydesk: -: is empty\n"
    (tmp_path / "news.db").write_text("no database at all " * 100)
    assert "no SQLite database" in failure(run("1"), 1)
    assert "no SQLite database" in failure(run("--rules"), 1)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_may_not_be_written_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out.html").touch(mode=0o444)
    assert "cannot be written: Permission denied" in failure(run(SEED, "--html", "out.html"), 1)


def test_the_page_itself_is_never_written_over(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(ENGLISH.read_bytes())
    assert "is the page that is explained" in failure(run("page.html", "--html", page), 2)
    assert page.read_bytes() == ENGLISH.read_bytes()


def test_help_names_every_option(run: Run) -> None:
    shown = run("--help").stdout
    for option in ("--html", "--url", "--rules", "--json", "--db", "--config"):
        assert option in shown
