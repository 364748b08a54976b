"""The commands for a user's own site rules, as they are typed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crawler.test_cli import run as invoke

Run = Callable[..., "subprocess.CompletedProcess[str]"]
FIRST = "The ferry across the river sank in the night, and nobody on the quay can say why it had gone out in the storm at all."
PLEA = "The River Post lives from what its readers give, and from nobody else in the whole of the valley or beyond it."
PAGE = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Night on the water</title></head><body>
<h1>Night on the water</h1><h2 class="real">Ferry sinks with two men at the helm</h2>
<div id="story"><p>{FIRST}</p><p class="plea">{PLEA}</p><p>{FIRST[::-1]}.</p></div></body></html>"""


def typed(*words: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, as a shell starts it."""
    script = "import sys; from copydesk import main; sys.exit(main())"
    return subprocess.run([sys.executable, "-P", "-c", script, *words], capture_output=True, text=True, check=False)


def called(*words: str) -> subprocess.CompletedProcess[str]:
    """The same command in this process: a tenth of the time."""
    result = invoke(*words)
    return subprocess.CompletedProcess(words, result.exit_code, result.stdout, result.stderr)


@pytest.fixture(params=[called])
def run(home: Path, request: pytest.FixtureRequest) -> Run:
    (home / "a.html").write_text(PAGE, encoding="utf-8")
    (home / "b.html").write_text(PAGE.replace("real", "other"), encoding="utf-8")
    command: Run = request.param
    assert command("init", "--contact", "you@example.org", "--source", "bbc-world").returncode == 0
    return command


@pytest.mark.parametrize("run", [typed], indirect=True, ids=["own process"])


def test_rules_are_tried_beside_the_cleaning_without_them(run: Run, tmp_path: Path) -> None:
    (tmp_path / "river.toml").write_text(
        'id = "river"\nname = "River Post"\ntitle = { css = "h2.real" }\n[[remove]]\ncss = ".plea"\nreason = "begging"\n'
    )
    shown = run("sources", "test", "river.toml", "a.html", "b.html")
    assert shown.returncode == 0, shown.stderr
    assert "Ferry sinks with two men at the helm" in shown.stdout
    assert "[site.remove: begging (css .plea)]" in shown.stdout
    assert "of no use here: title (css h2.real) matches nothing" in shown.stdout  # b.html
    bench = json.loads(run("sources", "test", "river.toml", "a.html", "--json").stdout)
    (page,) = bench["pages"]
    assert page["matches"] == {"title": 1, "remove 1": 1}
    assert [gone["text"] for gone in page["removed"]] == [PLEA]
    assert page["with_rules"]["title"] == "Ferry sinks with two men at the helm"
    assert page["without"]["title"] == "Night on the water"
    assert (page["gained"], page["lost"]) == ([], [PLEA])


def test_a_selector_that_matches_nowhere_fails(run: Run, tmp_path: Path) -> None:
    (tmp_path / "river.toml").write_text('id = "river"\nname = "River Post"\ntitle = { css = "h2.real" }\n')
    failed = run("sources", "test", "river.toml", "b.html")
    assert failed.returncode == 1
    assert "title (css h2.real) matches nothing on any of the pages" in failed.stderr


@pytest.mark.parametrize(
    ("definition", "words", "code", "says"),
    [
        ('id = "r"\nname = "R"\nbody = { css = "div[" }\n', ("r.toml", "a.html"), 2, "r.toml:3:10: body css: 'div['"),
        ('id = "r"\nname = "R"\n', ("r.toml", "a.html"), 2, "there are no site rules in r.toml"),
        ('id = "r"\nname = "R"\n', ("gone.toml", "a.html"), 2, "gone.toml: cannot be read"),
        ('id = "r"\nname = "R"\n', ("no-such-source", "a.html"), 2, "no-such-source"),
        ('id = "r"\nname = "R"\nbody = { css = "div" }\n', ("r.toml", "gone.html"), 1, "gone.html: cannot be read"),
        ('[[source]]\nid = "r"\nname = "R"\nbody = { css = "div" }\n[[source]]\nid = "s"\nname = "S"\nbody = { css = "p" }\n',
         ("r.toml", "a.html"), 2, "rules for r, s: say which"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence(
    run: Run, tmp_path: Path, definition: str, words: tuple[str, ...], code: int, says: str
) -> None:
    (tmp_path / "r.toml").write_text(definition)
    failed = run("sources", "test", *words)
    assert failed.returncode == code, failed.stderr
    assert says in " ".join(failed.stderr.replace("\u2502", " ").split())
    assert "Traceback" not in failed.stderr


def test_a_site_config_becomes_rules_of_the_source_of_that_host(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "river.example.txt"
    config.write_text("title: //h2[@class='real']\nstrip: //p[@class='plea']\nprune: no\n")
    added = run("sources", "import", "river.example.txt")
    assert added.returncode == 0, added.stderr
    assert added.stdout.split() == ["river-example"]
    assert "river.example.txt: line 3: prune: " in added.stderr
    assert "give it feeds or sitemaps" in added.stderr
    assert run("sources", "test", "river-example", "a.html").returncode == 0
    again = run("sources", "import", "river.example.txt")
    assert again.returncode == 1
    assert "has site rules already" in again.stderr


def test_rules_are_written_into_an_own_definition_and_its_comments_stay(run: Run, tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(
        '# mine\n[[source]]\nid = "post"\nname = "Post"  # the paper\nfeeds = ["https://www.river.example/rss"]\n'
    )
    settings = tmp_path / "copydesk.toml"
    settings.write_text(settings.read_text() + 'source_files = ["sources.toml"]\n')
    (tmp_path / "river.example.txt").write_text("body: //div[@id='story']\nstrip: //p[@class='plea']\n")
    assert run("sources", "import", "river.example.txt").stdout.split() == ["post"]
    text = (tmp_path / "sources.toml").read_text()
    assert "# mine" in text
    assert "# the paper" in text
    assert run("sources", "test", "post", "a.html").returncode == 0


def test_a_catalogue_source_is_copied_with_the_rules(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rules.txt").write_text("strip: //p[@class='plea']\n")
    assert run("sources", "import", "rules.txt").returncode == 1  # no host in its name
    done = run("sources", "import", "rules.txt", "--id", "bbc-world")
    assert done.returncode == 0, done.stderr
    assert run("sources", "test", "bbc-world", "a.html").returncode == 0
    listed = json.loads(run("sources", "list", "--json").stdout)
    (bbc,) = [source for source in listed if source["id"] == "bbc-world"]
    assert bbc["chosen"]
    assert bbc["feeds"]
    assert bbc["remove"][0]["xpath"] == "//p[@class='plea']"
