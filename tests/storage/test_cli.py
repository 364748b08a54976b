"""What the commands of this room print, and how they fail: one sentence, the right exit code, never a traceback."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from cleaning.models import Article, Candidate, CountryMention, Geopolitics, Page, Removal, TermMention
from storage import Store
from storage.cli import register

Make = Callable[..., Article]
Run = Callable[..., Result]
COMMANDS = {"search": ["x"], "show": ["1"], "query": ["select 1"], "export": ["out.jsonl"], "stats": []}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in an empty folder whose store is news.db."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COPYDESK_DB", raising=False)
    app = typer.Typer()
    register(app)

    def command(*arguments: str) -> Result:
        return CliRunner().invoke(app, arguments)

    return command


@pytest.fixture
def filled(tmp_path: Path, make: Make) -> Path:
    geopolitics = Geopolitics(
        score=0.8, countries=(CountryMention(code="KP", names=("North Korea",), count=3),),
        terms=(TermMention(term="sanctions", topic="sanctions", count=2),),
    )  # fmt: skip
    removal = Removal(rule="nav.prev-next", evidence="label PREV", text="PREV: Old story", before_block=1)
    with Store(tmp_path / "news.db") as store:
        store.save(
            make("a", title="North Korea [bold]and[/bold] Russia", text="Troops, \x9b31m they say.", language="en", source="bbc",
                 published_at=datetime(2024, 10, 31, 23, 30, tzinfo=UTC), geopolitics=geopolitics, removals=(removal,),
                 flags=("paywall",), flag_evidence={"paywall": "a wall stands"}),
            Page(body=b"raw"),
        )  # fmt: skip
        store.save(make("b", title="Weather", text="Rain in Seoul.", language="de", geopolitics=Geopolitics(score=0.1)))
        store.save(make("c", title="Not found", status="rejected", flags=("soft_404",)))
    return tmp_path / "news.db"


def test_search_prints_hits_to_read_and_as_json(run: Run, filled: Path) -> None:
    found = run("search", "north korea", "--since", "2024-10-01", "--until", "2024-10-31", "--lang", "en", "--source", "bbc")
    assert found.exit_code == 0
    assert "North Korea [bold]and[/bold] Russia" in found.stdout
    assert "2024-10-31 · bbc · en · geopolitics 0.80" in found.stdout
    assert "\x9b" not in found.stdout
    (hit,) = json.loads(run("search", "north", "korea", "--json").stdout)
    assert (hit["id"], hit["published_at"], hit["url"]) == (1, "2024-10-31T23:30:00Z", "https://example.org/a")
    assert json.loads(run("search", "nothing like it", "--json").stdout) == []
    assert [hit["id"] for hit in json.loads(run("search", "--json", "--min-geopolitics", "0.5").stdout)] == [1]
    assert len(json.loads(run("search", "--json", "--include-rejected").stdout)) == 3
    assert len(json.loads(run("search", "--json", "--limit", "1").stdout)) == 1


def test_words_about_the_run_go_to_stderr(run: Run, filled: Path) -> None:
    nothing = run("search", "nothing like it")
    assert (nothing.exit_code, nothing.stdout, nothing.stderr) == (0, "", "copydesk: nothing found\n")
    more = run("search", "--limit", "1")
    assert "--limit shows more" in more.stderr


def test_show_tells_what_is_known_with_its_evidence(run: Run, filled: Path) -> None:
    shown = run("show", "https://example.org/a?utm_source=rss")
    assert shown.exit_code == 0
    for part in ("0.80", "KP ×3 (North Korea)", "sanctions ×2 (sanctions)", "paywall: a wall stands", "2024-10-31 23:30 UTC",
                 "1 block (--removed shows)", "Troops, \ufffd31m they say."):  # fmt: skip
        assert part in shown.stdout, part
    record = json.loads(run("show", "1", "--json").stdout)
    with Store(filled, read_only=True) as store:
        assert Article.from_record(record) == store.get(1)


def test_show_removed_gives_rule_evidence_and_text(run: Run, filled: Path) -> None:
    shown = run("show", "1", "--removed").stdout
    assert shown.index("nav.prev-next") < shown.index("label PREV") < shown.index("PREV: Old story")
    (removal,) = json.loads(run("show", "1", "--removed", "--json").stdout)
    assert removal["rule"] == "nav.prev-next"
    assert "Nothing was removed." in run("show", "2", "--removed").stdout


def test_query_prints_csv_and_json(run: Run, filled: Path) -> None:
    sql = "select id, title, null as n, x'ff00' as b, '=1' as f from news order by id"
    rows = list(csv.DictReader(io.StringIO(run("query", sql).stdout)))
    assert rows[1] == {"id": "2", "title": "Weather", "n": "", "b": "ff00", "f": "'=1"}
    assert run("query", sql, "--csv").stdout == run("query", sql).stdout
    assert json.loads(run("query", "select 1 as a, 2 as a, null as n", "--json").stdout) == [{"a": 1, "a_2": 2, "n": None}]
    assert run("query", "select title from articles_fts where articles_fts match 'rain'").stdout == "title\nWeather\n"


@pytest.mark.parametrize(
    "sql",
    [
        "delete from articles", "delete from articles returning id", "drop table articles", "create table t (a)", "vacuum",
        "attach 'other.db' as other", "vacuum into 'copy.db'", "pragma query_only = 0", "pragma user_version = 9",
        "insert into articles_fts (articles_fts) values ('rebuild')", "select load_extension('x')", "select 1; drop table tags",
        "begin", "selec 1", "select * from nothing", "", "--",
    ],
)  # fmt: skip
def test_query_only_reads(run: Run, filled: Path, sql: str) -> None:
    before = filled.read_bytes()
    refused = run("query", "--", sql)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr.startswith("copydesk: ")
    assert refused.stderr.count("\n") == 1
    assert filled.read_bytes() == before
    assert sorted(path.name for path in filled.parent.iterdir()) == ["news.db", "news.raw.db"]


def test_export_takes_the_filters_of_search(run: Run, filled: Path) -> None:
    done = run("export", "out.jsonl", "korea", "--lang", "en", "--since", "2024-10", "--min-geopolitics", "0.5")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "out.jsonl: 1 article," in done.stderr
    (line,) = Path("out.jsonl").read_text().splitlines()
    assert json.loads(line)["url_key"] == "example.org/a"
    assert run("export", "all.csv", "--include-rejected").exit_code == 0
    assert len(list(csv.reader(io.StringIO(Path("all.csv").read_text())))) == 4


def test_export_picks_fields_leaves_texts_out_and_writes_folders(run: Run, filled: Path) -> None:
    done = run("export", "links.txt", "--format", "csv", "--no-text", "--fields", "url:address,title")
    assert (done.exit_code, done.stdout) == (0, "")
    assert Path("links.txt").read_text().splitlines()[0] == "address,title"
    assert json.loads(Path("links.txt.manifest.json").read_text())["fields"] == {"address": "url", "title": "title"}
    assert run("export", "notes", "--format", "markdown", "--lang", "de").exit_code == 0
    assert [path.name.split("-")[0] for path in Path("notes").rglob("*.md")] == ["weather"]


def test_stats_counts(run: Run, filled: Path) -> None:
    found = json.loads(run("stats", "--json").stdout)
    assert (found["articles"], found["by_status"], found["raw_pages"]) == (3, {"ok": 2, "rejected": 1}, 1)
    assert found["by_source"] == {"bbc": 1, "unknown": 1}
    assert found["removals_by_rule"] == {"nav.prev-next": 1}
    assert "nav.prev-next 1" in run("stats").stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(run: Run, command: str) -> None:
    shown = run(command, "--help")
    assert shown.exit_code == 0
    assert "--config" in shown.stdout
    assert "--db" in shown.stdout


def failure(result: Result, code: int) -> str:
    """The one sentence of a failure."""
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("copydesk: ")
    assert result.stderr.count("\n") == 1
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.stderr


def test_without_datasette_it_is_said_how_to_get_it(run: Run, filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "storage.web.server", None)
    monkeypatch.delattr("storage.web.server", raising=False)
    assert "pip install 'datasette<1'" in failure(run("serve"), 1)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_store_that_cannot_be_read_is_said(run: Run, tmp_path: Path, command: str) -> None:
    arguments = (command, *COMMANDS[command])
    assert "there is no store here" in failure(run(*arguments), 1)
    assert list(tmp_path.iterdir()) == []  # a reading command makes nothing
    (tmp_path / "news.db").mkdir()
    assert "a folder, not a store" in failure(run(*arguments), 1)
    (tmp_path / "text.db").write_text("no database at all " * 100)
    assert "no SQLite database" in failure(run(*arguments, "--db", "text.db"), 1)
    (tmp_path / "empty.db").touch()
    assert "empty" in failure(run(*arguments, "--db", "empty.db"), 1)
    with Store(tmp_path / "new.db") as store:
        store.connection.execute("PRAGMA user_version = 99")
    assert "made by a newer Copydesk" in failure(run(*arguments, "--db", "new.db"), 1)
    assert "no such configuration file" in failure(run(*arguments, "--config", "nothing.toml"), 1)


def test_the_store_of_the_configuration_is_used(run: Run, filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled.rename(tmp_path / "mine.db")
    Path("other.toml").write_text('db = "mine.db"')
    assert json.loads(run("stats", "--json", "--config", "other.toml").stdout)["articles"] == 3
    monkeypatch.setenv("COPYDESK_DB", "mine.db")
    assert json.loads(run("stats", "--json").stdout)["articles"] == 3


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["show", "99"], 1, "no such article"),
        (["show", "https://example.org/unknown"], 1, "no such article"),
        (["search", "x", "--since", "soon"], 2, "'soon' is not a date"),
        (["export", "out.xlsx"], 2, "must end in one of"),
        (["export", "out.jsonl", "--until", "2024-99"], 2, "'2024-99' is not a date"),
        (["export", "out.jsonl", "--fields", "colour"], 2, "there is no field 'colour'"),
        (["export", "out.atom", "--fields", "title"], 2, "has a shape of its own"),
        (["export", "out.db", "--no-text"], 2, "a store has its texts"),
        (["export", "nowhere/out.csv"], 1, "its folder does not exist"),
        (["export", "news.db"], 1, "never overwritten"),
        (["query", "select 1", "--json", "--csv"], 2, "choose one of"),
    ],
)
def test_wrong_usage_is_said(run: Run, filled: Path, arguments: list[str], code: int, says: str) -> None:
    assert says in failure(run(*arguments), code)
    assert sorted(path.name for path in filled.parent.iterdir()) == ["news.db", "news.raw.db"]


@pytest.mark.parametrize(
    "arguments",
    [["search", "--limit", "0"], ["search", "--min-geopolitics", "2"], ["search", "--order", "best"], ["show"], ["query"]],
)
def test_what_the_command_line_refuses_is_wrong_usage(run: Run, filled: Path, arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


@pytest.mark.parametrize("query", ['"', "korea)", "AND", "a:b", "^", "*", "-- --", "NEAR(", "\udcff", "title:", "{"])
def test_no_query_ends_in_a_traceback(run: Run, filled: Path, query: str) -> None:
    found = run("search", "--json", "--", query)
    assert found.exit_code in (0, 2)
    assert found.exit_code == 0 or "the search is malformed at " in failure(found, 2)


def test_search_prints_lines_tables_and_counts(run: Run, filled: Path) -> None:
    lines = run("search", "--jsonl").stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [1, 2]
    rows = list(csv.DictReader(io.StringIO(run("search", "--csv", "--offset", "1").stdout)))
    assert [(row["id"], row["title"]) for row in rows] == [("2", "Weather")]
    assert run("search", "nothing like it", "--csv").stdout == run("search", "nothing like it", "--jsonl").stdout == ""
    counted = json.loads(run("search", "--facet", "language", "--facet", "flag", "--json").stdout)
    assert counted == [
        {"facet": "language", "value": "de", "articles": 1}, {"facet": "language", "value": "en", "articles": 1},
        {"facet": "flag", "value": "paywall", "articles": 1},
    ]  # fmt: skip
    assert run("search", "--facet", "source").stdout == "source\n  1  (unknown)\n  1  bbc\n"
    page = run("search", "--limit", "1", "--offset", "1")
    assert "2 to 2; --limit shows more, --offset 2 goes on" in page.stderr
    assert run("search", "--offset", "9").stderr == "copydesk: nothing more was found\n"


def test_search_takes_every_filter(run: Run, filled: Path) -> None:
    def ids(*arguments: str) -> list[int]:
        return [hit["id"] for hit in json.loads(run("search", "--json", *arguments).stdout)]

    assert ids("--flag", "paywall", "--min-words", "2", "--since", "2024-11-01", "--tz", "Asia/Seoul") == [1]
    assert ids("--until", "2024-10-31", "--tz", "Asia/Seoul") == []
    assert ids("--author", "nobody") == ids("--tag", "x") == ids("--publisher", "y") == []


def test_show_gives_versions_page_and_where_facts_came_from(run: Run, filled: Path, make: Make) -> None:
    said = (Candidate(field="title", value="Old", source="h1", chosen=True), Candidate(field="title", value="Older", source="og"))
    with Store(filled) as store:
        store.save(make("v", title="Old", text="One.\n\nTwo stood here.\n\nThree."), Page(body=b"<p>\xff old"))
        store.save(make("v", title="New", text="One.\n\nTwo stands here.\n\nFour.", candidates=said), Page(body=b"<p>\xff new"))
    shown = run("show", "4", "--revisions").stdout
    for line in ("  - Old\n", "  + New\n", "  - Two stood here.\n", "  + Two stands here.\n", "  - Three.\n", "  + Four.\n"):
        assert line in shown
    assert "One." not in shown
    assert "the page had changed" in shown
    (version,) = json.loads(run("show", "4", "--revisions", "--json").stdout)
    assert (version["title"], version["reason"], version["text"]) == ("Old", "changed", "One.\n\nTwo stood here.\n\nThree.")
    assert run("show", "1", "--revisions").stdout.endswith("There is no earlier version.\n")
    assert run("show", "4", "--raw").stdout_bytes == b"<p>\xff new"
    assert "its page was not kept" in failure(run("show", "2", "--raw"), 1)
    facts = run("show", "4", "--metadata").stdout
    assert "title          * Old  (h1)\n" in facts
    assert "                 Older  (og)\n" in facts
    assert json.loads(run("show", "4", "--metadata", "--json").stdout)[1]["source"] == "og"
    assert "choose one of" in failure(run("show", "4", "--raw", "--json"), 2)


def test_show_says_when_the_page_was_taken_down(run: Run, filled: Path) -> None:
    assert json.loads(run("show", "1", "--json").stdout)["takedowns"] == []
    with Store(filled) as store, store.transaction() as db:
        db.execute("INSERT INTO takedowns VALUES (1, '2025-01-01T00:00:00Z', 'HTTP 410', '2025-01-03T00:00:00Z')")
        db.execute("INSERT INTO takedowns VALUES (1, '2025-02-01T00:00:00Z', 'redirected to the home page', NULL)")
    shown = run("show", "1").stdout
    assert "taken down   HTTP 410, seen 2025-01-01T00:00:00Z; back 2025-01-03T00:00:00Z\n" in shown
    assert "taken down   redirected to the home page, seen 2025-02-01T00:00:00Z\n" in shown
    assert json.loads(run("show", "1", "--json").stdout)["takedowns"][1] == {
        "seen_at": "2025-02-01T00:00:00Z", "reason": "redirected to the home page", "back_at": None,
    }  # fmt: skip
    assert "taken down" not in run("show", "2").stdout
