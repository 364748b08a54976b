"""What a user can get wrong, and what a machine can refuse: one clear sentence, the right exit code, never a traceback."""

from __future__ import annotations

import ctypes
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

import crawler
from storage import Store

ROOT = str(Path(crawler.__file__).parent.parent)
_IMPATIENT = "import storage.connection; storage.connection.TIMEOUT = 1.0"
"""Of the command and of the process that it starts for a run: how long they wait for a lock, in seconds."""
_PROGRAM = """
import resource, signal, sys
if (largest := int(sys.argv.pop(1))):
    import py3langid
    py3langid.classify("what it loads by way of a file is loaded before the disk is full")
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
from copydesk import main
main()
"""
LOCKED = "n.db: locked by another program: try again when that is done"
NOT_WRITABLE = "cannot be written: the file, its folder or the connection is read-only"


def _as_anybody() -> None:
    """The process that follows is held to the modes of files, be it root's (Linux: without CAP_DAC_OVERRIDE)."""
    ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)


def copydesk(home: Path, *words: str, largest: int = 0) -> tuple[int, str, str]:
    """Exit code, output and what was said of a command that waits a second for locks, and writes no larger file."""
    impatient = home / "impatient"
    impatient.mkdir(exist_ok=True)
    (impatient / "sitecustomize.py").write_text(_IMPATIENT)
    done = subprocess.run(
        [sys.executable, "-P", "-c", _PROGRAM, str(largest), *words], cwd=home, text=True, capture_output=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(impatient), ROOT))}, timeout=240, check=False,
        preexec_fn=_as_anybody if sys.platform == "linux" else None,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


def commands(web: Any, home: Path) -> list[tuple[str, ...]]:
    """A crawl and a fetch that both would store `/a`."""
    web.article("/a", "A headline about a treaty")
    web.feed("/a")
    own = f'id = "small"\nname = "S"\nfeeds = ["{web.base}/feed"]\ndelay = 0\nallow_networks = ["127.0.0.0/8"]\n'
    (home / "own.toml").write_text(own)
    return [("crawl", "--sources", "own.toml", "--db", "n.db"), ("fetch", f"{web.base}/a", "--save", "--db", "n.db")]


def in_one_sentence(said: str) -> bool:
    return said.startswith("copydesk: ") and said.count("\n") == 1


@pytest.mark.parametrize(("url", "says"), [
    ("not a url", "not a web address"), ("", "not a web address"), ("//x.org", "not a web address"),
    ("mailto:a@x.org", "not a web address"), ("htp://x.org/", "only http and https"),
    ("file:///etc/passwd", "only http and https"),
    ("http://", "names no host"), ("http://exa mple.org/", "not a host name"), ("http://a..b/", "not a host name"),
    ("http://127.0.0.1:99999/", "not a web address"), ("http://[::1", "not a web address"),
    ("http://me:pw@127.0.0.1/", "carries a user name"),
])  # fmt: skip
def test_an_address_that_is_none_is_said_to_be_none(home: Path, url: str, says: str) -> None:
    from tests.crawler.test_cli import run

    result = run("fetch", url, "--contact", "me@example.org")
    assert result.exit_code == 1, result.output
    assert says in result.stderr
    assert in_one_sentence(result.stderr)


@pytest.mark.parametrize("feed", ["http://[half/", "not a url", "ftp://x.org/feed", "", "file:///etc/passwd"])
def test_a_feed_whose_address_is_none_is_named_with_its_file(home: Path, feed: str) -> None:
    from tests.crawler.test_cli import run

    (home / "own.toml").write_text(f'id = "small"\nname = "S"\nfeeds = ["{feed}"]\n')
    result = run("crawl", "--sources", "own.toml", "--db", "n.db")
    assert result.exit_code == 2, result.output
    assert "own.toml: feeds: " in result.stderr
    assert in_one_sentence(result.stderr)
    assert not (home / "n.db").exists()


def test_a_feed_that_is_none_is_reported_and_fails_only_if_it_is_the_only_one(home: Path, web: Any) -> None:
    from tests.crawler.test_cli import run

    crawling, _ = commands(web, home)
    web.answer("/feed", 200, b"<!doctype html><html><body>Please log in</body></html>")
    result = run(*crawling)
    assert result.exit_code == 1
    assert "an HTML page, not a feed" in result.stdout
    (home / "two.toml").write_text((home / "own.toml").read_text().replace("small", "two").replace("/feed", "/two"))
    web.feed("/a", at="/two")
    result = run(*crawling, "--sources", "two.toml")
    assert result.exit_code == 0
    assert "an HTML page, not a feed" in result.stdout
    assert "1 new" in result.stdout


@pytest.mark.parametrize("place", ["/dev/null", ".", "none/n.db", "own.toml"])
def test_a_place_where_no_store_can_be_is_named(home: Path, web: Any, place: str) -> None:
    from tests.crawler.test_cli import run

    for words in commands(web, home):
        result = run(*words[:-1], place)
        assert result.exit_code == 1, result.output
        assert Path(place).name in result.stderr.splitlines()[-1]
        assert "Traceback" not in result.output
    assert "own" not in web.paths()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program writes to the store, and goes on and on."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def test_a_store_that_another_program_has_locked_is_said_to_be(home: Path, web: Any) -> None:
    both = commands(web, home)
    Store(home / "n.db").close()
    with locked(home / "n.db"):
        for words in both:
            code, _, said = copydesk(home, *words)
            assert code == 1, said
            assert LOCKED in said
            assert in_one_sentence(said)
    assert [copydesk(home, *words)[0] for words in both] == [0, 0], "and afterwards all is well"


@pytest.mark.slow
def test_a_store_that_is_locked_in_the_middle_of_a_crawl_ends_it(home: Path, web: Any) -> None:
    crawling, _ = commands(web, home)
    Store(home / "n.db").close()
    page, other = web.pages["/a"], sqlite3.connect(home / "n.db", isolation_level=None, check_same_thread=False)

    def lock() -> Any:
        if not other.in_transaction:
            other.execute("BEGIN IMMEDIATE")
        return page

    web.pages["/a"] = lock
    code, out, said = copydesk(home, *crawling)
    assert code == 1, (out, said)
    assert LOCKED in said
    other.close()
    web.pages["/a"] = page
    assert copydesk(home, *crawling)[0] == 0
    with Store(home / "n.db", read_only=True) as store:
        assert store.get(f"{web.base}/a") is not None


@pytest.mark.parametrize("which", ["file", "folder"])
def test_a_store_that_may_not_be_written_is_said_to_be_so(home: Path, web: Any, which: str) -> None:
    place = home / "place"
    place.mkdir()
    both = commands(web, home)
    if which == "file":
        Store(place / "n.db").close()
        for file in place.iterdir():
            file.chmod(0o444)
    place.chmod(0o555)
    try:
        for words in both:
            code, out, said = copydesk(home, *words[:-1], "place/n.db")
            assert code == 1, (out, said)
            assert NOT_WRITABLE in said or "cannot be opened: check that the folder exists and may be read and written" in said
            assert said.splitlines()[-1].startswith("copydesk: place/n")
    finally:
        place.chmod(0o755)
    assert "/feed" not in web.paths()


def test_a_disk_without_room_for_a_store_is_said_to_be_full(home: Path, web: Any) -> None:
    for words in commands(web, home):
        code, _, said = copydesk(home, *words, largest=20_000)
        assert code == 1, said
        assert "n.db: " in said or "n.raw.db: " in said
        assert in_one_sentence(said.splitlines(keepends=True)[-1])
        for left in home.glob("n.*db*"):
            left.unlink()


def test_a_disk_that_is_full_when_a_page_is_saved_loses_nothing_that_was_there(home: Path, web: Any) -> None:
    _, fetching = commands(web, home)
    assert copydesk(home, *fetching)[0] == 0
    shutil.copy(home / "n.db", home / "before.db")
    web.article("/a", "A headline about a treaty", extra="word " * 100_000)
    code, _, said = copydesk(home, *fetching, largest=(home / "n.db").stat().st_size)
    assert code == 1, said
    assert "n.db" in said or "n.raw.db" in said
    with Store(home / "n.db", read_only=True) as store, Store(home / "before.db", read_only=True) as before:
        assert store.get(f"{web.base}/a") == before.get(f"{web.base}/a")
        assert store.connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_a_store_of_a_newer_program_is_left_alone(home: Path, web: Any) -> None:
    from tests.crawler.test_cli import run

    both = commands(web, home)
    Store(home / "n.db").close()
    with closing(sqlite3.connect(home / "n.db")) as db:
        db.execute("PRAGMA user_version = 99")
    for words in both:
        result = run(*words)
        assert result.exit_code == 1
        assert "newer Copydesk" in result.stderr
        assert all(in_one_sentence(line) for line in result.stderr.splitlines(keepends=True))
