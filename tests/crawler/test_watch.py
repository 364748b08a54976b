"""Crawls that nobody watches: what `schedule` prints and does, and what `health` sees."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from cleaning import Page, SiteRules, clean
from crawler import schedule
from crawler.cli import register
from crawler.endpoints import Endpoints, Visit
from crawler.errors import CrawlerError
from crawler.health import examine
from crawler.report import RunReport, SourceReport
from crawler.rhythm import Rhythm
from crawler.runs import Runs
from crawler.schedule import Loop, cron_line, systemd_units
from crawler.when import stamp
from fixtures.rejects.listings import LISTINGS
from fixtures.rejects.walls import WALLS
from storage import Store
from storage.config import Config

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
APP = typer.Typer()
register(APP)


def run(*words: str) -> Result:
    return CliRunner().invoke(APP, list(words))


def own_file(home: Path, web: Any, delay: str = "0") -> str:
    (home / "own.toml").write_text(
        f'id = "small"\nname = "S"\nfeeds = ["{web.base}/feed"]\ndelay = {delay}\nallow_networks = ["127.0.0.0/8"]\n'
    )
    return "own.toml"


# schedule


def test_units_name_program_folder_and_interval() -> None:
    command = ["/opt/my apps/copydesk", "crawl", "--due", "--db", "/data/50%.db"]
    text = systemd_units(command, Path("/srv/news"), timedelta(minutes=20))
    assert 'ExecStart="/opt/my apps/copydesk" crawl --due --db /data/50%%.db\n' in text
    assert "WorkingDirectory=/srv/news\n" in text
    assert "OnUnitActiveSec=1200s\n" in text
    assert "KillMode=mixed\n" in text, "one signal is a request to end in good order, a second one is not"


@pytest.mark.parametrize(
    ("every", "when"), [(1, "* * * * *"), (15, "*/15 * * * *"), (60, "0 */1 * * *"), (360, "0 */6 * * *"), (1440, "0 5 * * *")]
)
def test_a_line_for_cron(every: int, when: str) -> None:
    line = cron_line(["/bin/copydesk", "crawl", "--db", "50%.db"], Path("/my news"), timedelta(minutes=every))
    assert line == f"{when} cd '/my news' && /bin/copydesk crawl --db 50\\%.db >crawl.log 2>&1 || cat crawl.log\n"


@pytest.mark.parametrize("every", [7, 90, 2880])
def test_what_cron_cannot_keep_is_refused(every: int) -> None:
    with pytest.raises(CrawlerError, match="cron cannot"):
        cron_line(["copydesk"], Path("/"), timedelta(minutes=every))


def test_the_commands_print_what_can_run(home: Path, web: Any) -> None:
    own = own_file(home, web)
    units = run("schedule", "--systemd", "--sources", own, "--every", "30m")
    assert units.exit_code == 0, units.output
    assert f"--sources {home / 'own.toml'}" in units.stdout
    assert f"WorkingDirectory={home}" in units.stdout
    assert run("schedule", "--cron", "--sources", own, "--every", "1h").stdout.startswith("0 */1 * * *")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("schedule",), 2, "choose one"),
        (("schedule", "--systemd", "--cron"), 2, "choose one"),
        (("schedule", "--cron"), 2, "no source is chosen"),
        (("schedule", "--cron", "--source", "bbc-world", "--every", "soon"), 2, "30m, 2h or 1d"),
        (("schedule", "--cron", "--source", "bbc-world", "--every", "7m"), 1, "cron cannot"),
        (("schedule", "--run", "--source", "nowhere"), 2, "there is no source"),
        (("crawl", "--source", "bbc-world", "--since", "never"), 2, "never"),
        (("crawl", "--source", "bbc-world", "--until", "2024"), 2, "--since"),
        (("crawl", "--source", "bbc-world", "--since", "2024-02", "--until", "2024-01"), 2, "before --since"),
        (("crawl", "--source", "bbc-world", "--since", "2024", "--due"), 2, "--since"),
        (("health",), 1, "there is no store here"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(home: Path, words: tuple[str, ...], code: int, says: str) -> None:
    result = run(*words)
    assert result.exit_code == code, result.output
    assert says in result.stderr.replace("\n", " ")
    assert "Traceback" not in result.output


@pytest.mark.parametrize("form", ["--systemd", "--cron"])
def test_what_has_had_its_time_is_removed_by_a_unit_of_its_own(home: Path, web: Any, form: str) -> None:
    own_file(home, web)
    (home / "copydesk.toml").write_text('source_files = ["own.toml"]\nsources = ["small"]\n')
    assert "forget" not in run("schedule", form).stdout, "where nothing expires, nothing is to be removed"
    (home / "copydesk.toml").write_text('source_files = ["own.toml"]\nsources = ["small"]\nkeep_raw = "90d"\n')
    printed = run("schedule", form, "--db", "n.db").stdout
    lines = [line for line in printed.splitlines() if "forget --expired --yes" in line]
    assert len(lines) == 1
    assert f"--db {home / 'n.db'}" in lines[0]
    assert ("OnCalendar=*-*-* 04:40" in printed) == (form == "--systemd")
    assert lines[0].startswith("40 4 * * * cd ") == (form == "--cron")
    given = lines[0].partition("forget --expired")[2].split(" >")[0]
    from storage.cli_keeping import forget_command

    app = typer.Typer()
    app.command()(forget_command)
    Store(home / "n.db").close()
    assert CliRunner().invoke(app, ["--expired", *given.split()]).exit_code == 0, "what is printed can be run"


def test_the_loop_removes_once_a_day_what_has_had_its_time(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = Config(db=home / "n.db", keep_rejected="30d")
    said: list[str] = []
    runs = 0

    def old_wall() -> None:
        with Store(config.db) as store:
            store.save(clean(Page(url=f"https://x.example/{runs}", html="<p>x</p>")))
            with store.transaction() as db:
                db.execute("UPDATE articles SET last_seen_at = '2020-01-01T00:00:00Z'")

    def crawl(_config: Config, _sources: tuple[()]) -> RunReport:
        nonlocal runs
        runs += 1
        old_wall()
        if runs == 3:
            monkeypatch.setattr(schedule, "FORGET_EVERY", 0.0)
        return RunReport(state="interrupted" if runs == 4 else "done", started_at="", ended_at="")

    left: list[int] = []

    def waited(_seconds: float) -> None:
        with Store(config.db, read_only=True) as store:
            left.append(store.count(include_rejected=True))

    loop = Loop(lambda: (config, ()), crawl, said.append)  # type: ignore[arg-type]
    monkeypatch.setattr(loop._stop, "wait", waited)
    loop.run()
    assert left == [0, 1, 0], "after the first run, not again within a day, and again after it"
    assert [sentence for sentence in said if "had their time" in sentence] == [
        f"had their time and are removed: 0 raw pages, {count} rejected pages" for count in (1, 2)
    ]


def test_a_timer_that_meets_a_long_run_leaves_it_alone(home: Path, web: Any) -> None:
    from crawler.lock import crawl_lock

    web.feed()
    own = own_file(home, web)
    with crawl_lock(home / "n.db"):
        due = run("crawl", "--sources", own, "--db", "n.db", "--due")
        assert (due.exit_code, web.asked) == (0, [])
        assert f"another crawl is using this store (process {os.getpid()}" in due.stderr
        assert run("crawl", "--sources", own, "--db", "n.db").exit_code == 1
    assert run("crawl", "--sources", own, "--db", "n.db", "--due").exit_code == 0
    assert "nothing is due before 20" in run("crawl", "--sources", own, "--db", "n.db", "--due").stdout


def test_a_log_for_machines(home: Path, web: Any) -> None:
    web.article("/a", "A headline about a treaty")
    web.answer("/gone", 404)
    web.feed("/a", "/gone")
    result = run("crawl", "--sources", own_file(home, web), "--db", "n.db", "--log-json")
    events = [json.loads(line) for line in result.stderr.splitlines()]
    assert all(event["time"].endswith("Z") for event in events)
    pages = {event["url"]: (event["outcome"], event["reason"]) for event in events if event["event"] == "page"}
    assert pages == {f"{web.base}/a": ("new", None), f"{web.base}/gone": ("failed", "HTTP 404")}
    assert not [event for event in events if event["event"] == "log"], "a run in which nothing is wrong warns of nothing"
    assert events[-1]["event"] == "report"
    assert events[-1]["report"]["sources"][0]["new"] == 1


def test_the_loop_crawls_what_is_due_rests_after_failures_and_survives_a_broken_file(
    home: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    said: list[str] = []
    outcomes = ["failed", "failed", CrawlerError("the crawl broke off: killed"), "done", "interrupted"]
    waits: list[float] = []
    loads = 0

    def load() -> tuple[Config, tuple[()]]:
        nonlocal loads
        loads += 1
        if loads == 3:
            raise CrawlerError("copydesk.toml: not valid TOML")
        return Config(db=home / "n.db"), ()

    def crawl(config: Config, sources: tuple[()]) -> RunReport:
        outcome = outcomes.pop(0)
        if isinstance(outcome, CrawlerError):
            raise outcome
        return RunReport(state=outcome, started_at="", ended_at="")  # type: ignore[arg-type]

    Store(home / "n.db").close()
    loop = Loop(load, crawl, said.append)  # type: ignore[arg-type]
    monkeypatch.setattr(loop._stop, "wait", waits.append)
    loop.run()
    assert outcomes == []
    assert waits == [60, 120, 240, schedule.LONGEST_WAIT]
    assert any("not valid TOML; going on" in sentence for sentence in said)
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


@pytest.mark.parametrize("moment", ["asleep", "crawling"])
def test_the_loop_ends_with_a_signal(home: Path, web: Any, moment: str) -> None:
    web.article("/a", "A headline about a treaty")
    web.article("/b", "Another headline about a treaty")
    web.feed("/a", "/b")
    own = own_file(home, web, delay="0" if moment == "asleep" else "2.0")
    program = "import typer; from crawler.cli import register; app = typer.Typer(); register(app); app()"
    root = str(Path(schedule.__file__).parent.parent)
    process = subprocess.Popen(
        [sys.executable, "-c", program, "schedule", "--run", "--sources", own, "--db", "n.db"], cwd=home, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"PYTHONPATH": root},
    )  # fmt: skip
    assert process.stderr is not None
    said = ""
    if moment == "asleep":
        while "the next is due at" not in said:
            said = process.stderr.readline()
            assert said, "it ended by itself"
    else:
        deadline = time.monotonic() + 60
        while "/a" not in web.paths() and time.monotonic() < deadline:
            time.sleep(0.05)
    process.terminate()
    out, err = process.communicate(timeout=40)
    assert process.returncode == 3, err
    assert "Traceback" not in err
    assert ("interrupted" in out) == (moment == "crawling")
    with Store(home / "n.db") as store:
        assert store.connection.execute("SELECT count(*) FROM frontier WHERE state = 'leased'").fetchone()[0] == 0
    held = run("crawl", "--sources", own, "--db", "n.db", "--max-pages", "1")
    assert held.exit_code == 0, "the lock is free"


# health


class Past:
    """A store with a history that is written by hand: the newest run is an hour old."""

    def __init__(self, path: Path) -> None:
        self.store = Store(path)
        self.number = 0

    def crawled(self, source: str, days: float, *, ok: bool = True, error: str | None = None) -> None:
        runs = Runs(self.store)
        number = runs.begin({})
        runs.end(number, "done", [SourceReport(source=source, name=source, ok=ok, error=error)])
        with self.store.transaction() as db:
            moment = stamp(NOW - timedelta(days=days))
            db.execute("UPDATE runs SET started_at = ?, ended_at = ? WHERE id = ?", (moment, moment, number))

    def article(self, source: str, days: float, *, author: bool = True, date: bool = True, flag: str | None = None) -> None:
        self.number += 1
        moment = stamp(NOW - timedelta(days=days))
        key = f"{source}.example/{self.number}"
        with self.store.transaction() as db:
            number = db.execute(
                "INSERT INTO articles (uid, url_key, source, title, published_at, status, word_count, schema_version, extractor,"
                " rules_version, content_hash, record_hash, first_seen_at, last_seen_at, text)"
                " VALUES (?, ?, ?, 'A title', ?, ?, 1, 1, 'x', 'x', 'x', 'x', ?, ?, 'A text.')",
                (f"{self.number:016}", key, source, moment if date else None, "rejected" if flag else "ok", moment, moment),
            ).lastrowid
            if author:
                db.execute("INSERT OR IGNORE INTO authors (id, name) VALUES (1, 'Ann Author')")
                db.execute("INSERT INTO article_authors VALUES (?, 1, 0)", (number,))
            if flag:
                db.execute("INSERT INTO article_flags VALUES (?, ?, 'evidence')", (number, flag))

    def usual(self, source: str, *, until: float = 0.0, days: int = 50, a_day: int = 4) -> None:
        for day in range(days, 0, -1):
            for part in range(a_day):
                age = day - part / a_day
                if age >= until:
                    self.article(source, age)

    def runs(self, source: str, days: int = 50) -> None:
        for day in range(days, -1, -1):
            self.crawled(source, day + 0.04)


@pytest.fixture
def past(home: Path) -> Any:
    found = Past(home / "n.db")
    yield found
    found.store.close()


def kinds(past: Past, source: str = "s") -> list[str]:
    (health,) = examine(past.store, [source], NOW)
    return [finding.kind for finding in health.findings]


def test_a_usual_past_raises_no_alarm(past: Past) -> None:
    past.usual("s")
    past.runs("s")
    (health,) = examine(past.store, ["s"], NOW)
    assert (health.state, health.findings) == ("ok", [])
    assert (health.day, health.week) == (4, 28)
    assert examine(past.store, ["never"], NOW)[0].state == "new"


def test_a_source_that_fell_silent(past: Past) -> None:
    past.runs("s")
    past.usual("s", until=3)
    assert kinds(past) == ["silent"]


def test_a_weekly_source_is_not_silent_after_five_days(past: Past) -> None:
    past.runs("s")
    for week in range(1, 11):
        past.article("s", 5 + 7 * (10 - week) / 1.5)
    assert kinds(past) == []


def test_what_nobody_crawled_is_not_silent_but_not_crawled(past: Past) -> None:
    past.usual("s", until=10)
    for day in range(50, 9, -1):
        past.crawled("s", day)
    found = kinds(past)
    assert "not_crawled" in found
    assert "silent" not in found


def test_a_source_that_gives_no_answer(past: Past) -> None:
    past.usual("s")
    past.runs("s")
    for _ in range(3):
        past.crawled("s", 0.01, ok=False, error="https://s.example/feed: HTTP 403")
    (health,) = examine(past.store, ["s"], NOW)
    assert [finding.kind for finding in health.findings] == ["failing"]
    assert "HTTP 403" in health.findings[0].text


@pytest.mark.parametrize(("lost", "name"), [({"author": False}, "author"), ({"date": False}, "date")])
def test_a_field_that_is_not_found_any_more(past: Past, lost: dict[str, bool], name: str) -> None:
    past.runs("s")
    past.usual("s", until=5)
    for number in range(20):
        past.article("s", 5 - number / 4, **lost)
    (health,) = examine(past.store, ["s"], NOW)
    assert [finding.kind for finding in health.findings] == ["field_lost"]
    assert f"no {name} any more: 0 of the last 20" in health.findings[0].text


def test_a_volume_far_from_its_own_history(past: Past) -> None:
    past.runs("s")
    past.usual("s", until=7)
    for day in (5, 3, 1):
        past.article("s", day)
    assert kinds(past) == ["volume"]


def test_a_volume_far_above_its_own_history(past: Past) -> None:
    past.runs("s")
    past.usual("s")
    for _ in range(4 * 28):
        past.article("s", 2)
    assert kinds(past) == ["volume"]


def test_what_is_not_relevant_enough_is_no_wall(past: Past) -> None:
    past.runs("s")
    past.usual("s")
    for number in range(20):
        past.article("s", 0.5 - number / 100, flag="below_geopolitics_threshold")
    assert kinds(past) == []
    wall = clean(WALLS["consent-en"][1], site=SiteRules(source="s", min_geopolitics=0.5))
    assert wall.flags == ("consent_wall",), "a wall is one, however relevant"


def test_a_source_that_turns_into_walls(past: Past) -> None:
    past.runs("s")
    past.usual("s", until=5)
    for number in range(20):
        past.article("s", 5 - number / 4, flag="consent_wall")
    found = examine(past.store, ["s"], NOW)[0].findings
    walls = [finding for finding in found if finding.kind == "walls"]
    assert "most of them consent_wall" in walls[0].text


def test_a_feed_that_turned_into_html(past: Past) -> None:
    past.usual("s")
    past.runs("s")
    rhythm = Rhythm(timedelta(minutes=10), timedelta(days=1))
    Endpoints(past.store).answered(Visit("https://s.example/feed", "s", "feed", 200, "an HTML page, not a feed"), rhythm)
    assert kinds(past) == ["not_a_feed"]


def test_a_walk_through_the_past_is_no_volume(past: Past) -> None:
    past.usual("s")
    past.runs("s")
    for _ in range(200):
        past.article("s", 1)
    with past.store.transaction() as db:
        db.execute("UPDATE articles SET published_at = '2020-01-01T00:00:00Z' WHERE id > 200")
    assert kinds(past) == []


def test_the_command_shows_it_and_its_exit_code_is_the_alarm(home: Path, web: Any) -> None:
    own = own_file(home, web)
    web.answer("/feed", 200, b"<html><body>please log in</body></html>")
    run("crawl", "--sources", own, "--db", "n.db")
    shown = run("health", "--db", "n.db")
    assert shown.exit_code == 1, shown.output
    assert "an HTML page, not a feed" in shown.stdout
    assert "1 of 1 sources raise an alarm" in shown.stderr
    (found,) = json.loads(run("health", "--db", "n.db", "--json").stdout)
    assert (found["source"], found["state"], found["findings"][0]["kind"]) == ("small", "alarm", "not_a_feed")
    web.article("/a", "A headline about a treaty")
    web.feed("/a")
    run("crawl", "--sources", own, "--db", "n.db")
    assert run("health", "--db", "n.db").exit_code == 0
    assert run("health", "--db", "n.db", "--source", "other").exit_code == 2


def test_a_site_rule_that_finds_nothing_any_more(past: Past) -> None:
    past.runs("s")
    past.usual("s", until=5)
    for number in range(20):
        past.article("s", 5 - number / 4)
    newest = "SELECT id FROM articles ORDER BY first_seen_at DESC, id DESC LIMIT"
    older = f"FROM articles WHERE id NOT IN ({newest} 20)"
    with past.store.transaction() as db:  # the plea was taken out of most pages, the box of a few
        db.execute("INSERT INTO removal_texts (id, hash, text) VALUES (1, 'x', 'A plea.')")
        db.execute(
            "INSERT INTO removals (article_id, position, rule, evidence, text_id, before_block, block_count)"
            f" SELECT id, 0, 'site.remove', 'begging (css .plea)', 1, 0, 1 {older}"
        )
        db.execute(
            "INSERT INTO removals (article_id, position, rule, evidence, text_id, before_block, block_count)"
            f" SELECT id, 1, 'site.remove', 'the site''s rule css .box', 1, 0, 1 {older} AND id % 10 = 0"
        )
    assert kinds(past) == []
    missed = "body (css div.text) matches nothing; author (xpath //a[@rel='a; b']) matches, but no author can be read: b) c"
    missed += "; remove 1 (css .plea) matches nothing; remove 2 (css .box) matches nothing"
    flag = "INSERT INTO article_flags SELECT id, 'site_selector_missed', ? FROM"
    with past.store.transaction() as db:
        db.execute(f"{flag} ({newest} 17)", (missed,))
    assert kinds(past) == [], "on three pages they found something"
    with past.store.transaction() as db:
        db.execute("DELETE FROM article_flags")
        db.execute(f"{flag} ({newest} 20)", (missed,))
    (health,) = examine(past.store, ["s"], NOW)
    assert health.state == "alarm"
    assert [(finding.kind, finding.text.partition(" finds")[0]) for finding in health.findings] == [
        ("selector_lost", "the site rule author (xpath //a[@rel='a; b'])"),
        ("selector_lost", "the site rule body (css div.text)"),
        ("selector_lost", "the site rule remove 1 (css .plea)"),
    ], "a rule for a box that few pages have may well miss twenty"  # fmt: skip


def test_a_site_rule_that_the_site_left_behind_is_an_alarm_of_the_command(home: Path, web: Any) -> None:
    for number in range(20):
        web.article(f"/{number}", f"A headline about treaty {number}")
    web.feed(*(f"/{number}" for number in range(20)))
    own_file(home, web)
    with (home / "own.toml").open("a") as file:
        file.write('title = { css = "h2.gone" }\n')
    run("crawl", "--sources", "own.toml", "--db", "n.db")
    shown = run("health", "--db", "n.db")
    assert shown.exit_code == 1, shown.output
    assert "the site rule title (css h2.gone) finds nothing any more: on 20 of the last 20 pages" in shown.stdout


def test_pages_that_are_no_articles_are_counted_by_their_reason_never_exported_and_an_alarm(home: Path, web: Any) -> None:
    names = ("consent-en", "login-en", "missing-en-with-popular", "shell-noscript", "robot-moment")
    pages = [WALLS[name] for name in names for _ in range(3)] + [("listing_page", page) for page in list(LISTINGS.values())[:5]]
    for number, (_, page) in enumerate(pages):
        assert page.html is not None
        web.answer(f"/2025/03/02/story-{number}", 200, page.html.encode() + f"<!-- {number} -->".encode())
    web.feed(*(f"/2025/03/02/story-{number}" for number in range(len(pages))))
    own = own_file(home, web)
    report = json.loads(run("crawl", "--sources", own, "--db", "n.db", "--json").stdout)
    wanted = Counter(flag for flag, _ in pages)
    assert report["sources"][0]["reasons"] == wanted
    with Store(home / "n.db", read_only=True) as store:
        flags = "SELECT flag, count(*) FROM article_flags JOIN articles ON id = article_id WHERE status = 'rejected' GROUP BY 1"
        assert wanted.items() <= dict(store.connection.execute(flags).fetchall()).items()
        assert store.connection.execute("SELECT count(*) FROM article_flags WHERE evidence IS NULL").fetchone() == (0,)
        assert store.export(home / "out.jsonl").articles == 0
    shown = run("health", "--db", "n.db")
    assert shown.exit_code == 1
    assert "100% of the last 20 pages are no articles, most of them listing_page" in shown.stdout


def test_a_long_run_shows_how_far_it_is_on_a_terminal_and_only_there(home: Path, web: Any) -> None:
    for number in range(8):
        web.article(f"/{number}", f"A headline about treaty {number}")
    web.feed(*(f"/{number}" for number in range(8)))
    own = own_file(home, web, delay="0.3")
    program = "import typer; from crawler.cli import register; app = typer.Typer(); register(app); app()"
    command = [sys.executable, "-c", program, "crawl", "--sources", own]
    env = os.environ | {"PYTHONPATH": str(Path(schedule.__file__).parent.parent), "TERM": "xterm", "COLUMNS": "150"}
    quiet = subprocess.run([*command, "--db", "one.db"], cwd=home, capture_output=True, text=True, env=env, check=True)
    assert quiet.stderr == ""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([*command, "--db", "two.db"], cwd=home, stdout=subprocess.PIPE, stderr=theirs, env=env, text=True)
    os.close(theirs)
    seen = b""
    with contextlib.suppress(OSError):  # the other end is closed when the process is over
        while piece := os.read(ours, 4096):
            seen += piece
    out, _ = process.communicate(timeout=60)
    os.close(ours)
    assert process.returncode == 0
    told = seen.decode()
    for word in ("pages", "new", "waiting", "sources under way", "failed", "pages a second"):
        assert word in told
    assert "8 new in" in out
    assert "waiting" not in out
