"""The command `clean`, as a user types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from cleaning import Article, Page, clean
from cleaning.cli import register
from cleaning.decode import MAX_CHARACTERS
from fixtures.articles import HERE

ROOT = Path(__file__).parents[2]
SEED = HERE / "seed" / "raw.txt"
EXPECTED = json.loads((HERE / "seed" / "expected.json").read_text(encoding="utf-8"))
CLEAN_SEED = EXPECTED["title"] + "\n\n" + "\n\n".join(EXPECTED["paragraphs"]) + "\n"
RUSSIAN = HERE / "ru-lednik-dogovor" / "raw.html"
ENGLISH = HERE / "en-strait-convoys" / "raw.html"

app = typer.Typer()
register(app)
app.callback()(lambda: None)  # a second command, so that `clean` has to be named as it has in `copydesk`


def run(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["clean", *map(str, arguments)], input=stdin)


def copydesk(*arguments: str | Path, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """The real command in a process of its own."""
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "COLUMNS": "200"}
    command = [sys.executable, "-m", "copydesk", "clean", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, cwd=ROOT, env=environment, timeout=60, check=False)


def test_the_seed_in_a_process_of_its_own() -> None:
    done = copydesk(SEED)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == CLEAN_SEED


def test_failures_in_a_process_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "empty.html").write_bytes(b"")
    done = copydesk(tmp_path / "gone.html", SEED, tmp_path / "empty.html")
    assert done.returncode == 1
    assert done.stdout.decode() == CLEAN_SEED
    errors = done.stderr.decode().splitlines()
    assert errors == [
        f"copydesk: {tmp_path / 'gone.html'}: there is no such file",
        f"copydesk: {tmp_path / 'empty.html'}: is empty",
    ]


def test_wrong_usage_exits_with_two() -> None:
    assert run().exit_code == 2
    assert run(SEED, "--format", "poem").exit_code == 2
    assert run(SEED, "--no-such-option").exit_code == 2


def test_help_names_every_option() -> None:
    shown = run("--help").output
    for option in ("--format", "--json", "--explain", "--url"):
        assert option in shown


def test_text_is_the_default() -> None:
    done = run(SEED)
    assert (done.exit_code, done.stdout) == (0, CLEAN_SEED)
    assert run(SEED, "--format", "text").stdout == CLEAN_SEED


def test_json_is_the_record() -> None:
    done = run(SEED, "--json")
    record = json.loads(done.stdout)
    assert Article.from_record(record) == clean(Page(text=SEED.read_text(encoding="utf-8")))
    assert run(SEED, "--format", "json").stdout == done.stdout
    assert "é" in run(HERE / "fr-col-rouvert" / "raw.html", "--json").stdout


def test_jsonl_is_a_record_a_line() -> None:
    done = run(SEED, RUSSIAN, ENGLISH, "--format", "jsonl")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [r["language"] for r in records] == ["en", "ru", "en"]


def test_markdown_has_front_matter_and_headings() -> None:
    lines = run(ENGLISH, "--format", "markdown").stdout.split("\n")
    assert lines[0] == "---"
    front = dict(line.split(": ", 1) for line in lines[1 : lines.index("---", 1)])
    assert json.loads(front["title"]) == "Three island states agree on joint convoys through the strait"
    assert json.loads(front["authors"]) == ["Marian Holloway", "Tobias Renneke"]
    assert json.loads(front["published_at"]) == "2025-03-18T07:40:00Z"
    body = lines[lines.index("---", 1) + 1 :]
    assert body[1] == "# Three island states agree on joint convoys through the strait"
    assert "## Who pays for the fuel" in body
    assert not [line for line in body if line.startswith("Read also")]


def test_lists_in_markdown_are_lists() -> None:
    shown = run(HERE / "pt-floresta-fundo" / "raw.html", "-f", "markdown").stdout
    assert "\n- A taxa será de dois por cento sobre o frete.\n- O conselho muda de sede a cada dois anos.\n" in shown


def test_explain_shows_every_removal_beside_rule_and_evidence() -> None:
    done = copydesk(SEED, "--explain")
    shown = done.stdout.decode()
    assert done.returncode == 0
    for removal in EXPECTED["removals"]:
        row = [line for line in shown.splitlines() if f"line {removal['line']} " in line]
        assert len(row) == 1, removal
        assert removal["rule"] in row[0]
        assert removal["text"][:30] in row[0]
    assert "garbled_sentence" in shown
    assert "machine_translated_suspected" in shown


def test_html_and_text_are_told_apart_whatever_the_suffix(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_bytes(ENGLISH.read_bytes())
    (tmp_path / "text.html").write_bytes(SEED.read_bytes())
    (tmp_path / "page").write_bytes(RUSSIAN.read_bytes())
    assert run(tmp_path / "page.txt").stdout.startswith("Three island states")
    assert run(tmp_path / "text.html").stdout == CLEAN_SEED
    assert run(tmp_path / "page").stdout.startswith("Горные республики поделили")


def test_utf16_and_other_encodings_are_read(tmp_path: Path) -> None:
    (tmp_path / "seed.txt").write_bytes(SEED.read_text(encoding="utf-8").encode("utf-16"))
    assert run(tmp_path / "seed.txt").stdout == CLEAN_SEED
    assert run(HERE / "ja-hokuyo-kyotei" / "raw.html").stdout.startswith("北の漁場めぐる三カ国の暫定協定が成立\n")


def test_standard_input_is_a_dash() -> None:
    done = run("-", stdin=SEED.read_bytes())
    assert (done.exit_code, done.stdout) == (0, CLEAN_SEED)
    assert run("-", stdin=ENGLISH.read_bytes()).stdout.startswith("Three island states")


def test_empty_standard_input_is_named_by_its_dash() -> None:
    done = run("-", stdin=b"")
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", "copydesk: -: is empty\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pages, one of them in a folder of its own, a text, and files of other kinds."""
    (tmp_path / "b.html").write_bytes(RUSSIAN.read_bytes())
    (tmp_path / "a.txt").write_bytes(SEED.read_bytes())
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "c.HTM").write_bytes(ENGLISH.read_bytes())
    (tmp_path / "notes.csv").write_text("a,b\n", encoding="utf-8")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return tmp_path


def titles(done: Result) -> list[str]:
    return [json.loads(line)["title"][:10] for line in done.stdout.splitlines()]


def test_a_folder_is_its_pages_and_texts_in_order(folder: Path) -> None:
    done = run(folder, "-f", "jsonl")
    assert done.exit_code == 0
    assert titles(done) == ["North Kore", "Горные рес", "Three isla"]


def test_globs_that_no_shell_has_opened(folder: Path) -> None:
    assert titles(run(f"{folder}/*.html", "-f", "jsonl")) == ["Горные рес"]
    assert titles(run(f"{folder}/**/*.HTM", "-f", "jsonl")) == ["Three isla"]


def test_a_name_with_brackets_that_is_there_is_no_glob(tmp_path: Path) -> None:
    (tmp_path / "a[1].txt").write_bytes(SEED.read_bytes())
    assert run(tmp_path / "a[1].txt").stdout == CLEAN_SEED


def test_several_texts_are_parted_by_an_empty_line(folder: Path) -> None:
    shown = run(folder / "a.txt", folder / "a.txt").stdout
    assert shown == f"{CLEAN_SEED}\n{CLEAN_SEED}"


def test_several_explanations_are_parted_by_an_empty_line() -> None:
    one = run(SEED, "--explain").stdout
    assert run(SEED, SEED, "--explain").stdout == f"{one}\n{one}"


def test_the_address_is_kept(folder: Path) -> None:
    record = json.loads(run(folder / "b.html", "--url", "https://www.pereval.example/n/502?utm_source=x", "--json").stdout)
    assert record["url"] == "https://www.pereval.example/n/502?utm_source=x"
    assert record["url_key"] == "pereval.example/n/502"


BAD = {
    "missing": (None, "there is no such file"),
    "empty": (b"", "is empty"),
    "blank": (b" \n\t\n", "is empty"),
    "binary": (bytes.fromhex("89504e470d0a1a0a") + b"\x00" * 40, "is binary, neither HTML nor text"),
    "too-large": (b"<p>" + b"x" * MAX_CHARACTERS, "is over 10 MB when decoded"),
    "huge": (b"x" * (4 * MAX_CHARACTERS + 5), "is over 10 MB"),
    "broken": (bytes(range(128, 256)) * 9, "is in an encoding that cannot be told"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_is_one_line_that_names_it_and_the_others_go_on(kind: str, tmp_path: Path) -> None:
    content, reason = BAD[kind]
    path = tmp_path / f"{kind}.html"
    if content is not None:
        path.write_bytes(content)
    done = run(path, SEED)
    assert done.exit_code == 1
    assert done.stderr == f"copydesk: {path}: {reason}\n"
    assert done.stdout.lstrip("\n") == CLEAN_SEED


def test_a_folder_without_pages_is_said_to_be_so(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.exit_code == 1
    assert done.stderr == f"copydesk: {tmp_path}: is a folder without .html or .txt files\n"


def test_a_glob_that_matches_nothing_is_missing(tmp_path: Path) -> None:
    done = run(f"{tmp_path}/*.html")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == f"copydesk: {tmp_path}/*.html: there is no such file\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "locked.html"
    path.write_bytes(b"<p>x")
    path.chmod(0)
    assert run(path).stderr == f"copydesk: {path}: cannot be read: Permission denied\n"


def test_a_page_that_is_no_article_is_printed_and_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "short.html"
    path.write_text("<html><title>Gone</title><body><h1>404</h1><p>Page not found.</p></body></html>", encoding="utf-8")
    done = run(path, "--json")
    assert json.loads(done.stdout)["status"] == "rejected"
    assert done.stderr.startswith(f"copydesk: {path}: is no article: ")
    assert done.stderr.count("\n") == 1
