"""Raw pages of a host are compressed by what they have in common, come back byte for byte, and leave nothing when forgotten."""

from __future__ import annotations

import gzip
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zstandard

from cleaning.models import Article, Page
from storage import Store
from storage.dictionaries import LEAST, SAMPLES, common
from storage.doctor import examine
from storage.errors import StoreDamaged
from storage.forgetting import Wanted, forget
from storage.raw import RawPages, page_bytes, raw_path
from storage.schema import RAW

Make = Callable[..., Article]
ROOT = Path(__file__).parents[2]
NOW = "2026-01-01T00:00:00Z"


def words(seed: object, count: int) -> str:
    pick = random.Random(str(seed))
    return " ".join("".join(pick.choices("abcdefghijklmnopqrstuvwxyz", k=7)) for _ in range(count))


def page(number: int, *, host: str = "example.org", chrome: str = "menu", url: str | None = None) -> Page:
    """A page of a host: the same menu, scripts and foot on each, and an article of its own."""
    menu = "".join(f"<li><a href='/{word}'>{word}</a></li>\n" for word in words((host, chrome), 300).split())
    article = "".join(f"<p>{words((host, chrome, number, part), 60)}.</p>\n" for part in range(4))
    html = f"<html><body><ul>{menu}</ul><article>{article}</article><footer>{words(host, 100)}</footer></body></html>"
    return Page(url=url or f"https://{host}/{number}", body=html.encode())


@pytest.fixture
def raw(tmp_path: Path) -> RawPages:
    return RawPages(tmp_path / "news.raw.db", read_only=False, durable=False)


def sizes(path: Path) -> list[tuple[int | None, int]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT dictionary, length(content) FROM pages ORDER BY rowid").fetchall()


def test_pages_of_a_host_take_little_once_enough_of_them_are_there(raw: RawPages) -> None:
    pages = [page(n) for n in range(SAMPLES + 3)]
    hashes = [raw.keep([one], NOW)[0] for one in pages]
    kept = sizes(raw.path)
    assert [dictionary for dictionary, _ in kept] == [None] * SAMPLES + [1] * 3
    plain, packed = kept[0][1], kept[-1][1]
    assert packed < 0.5 * plain
    assert [raw.get(sha256) for sha256 in hashes] == pages
    assert all(raw.is_whole(sha256) for sha256 in hashes)


def test_pages_of_another_host_and_pages_of_none_are_kept_as_they_were(raw: RawPages) -> None:
    raw.keep([page(n) for n in range(SAMPLES)], NOW)
    others = [page(1, host="example.net"), Page(text="No address at all."), Page(html="<p>Ж\ud800", url="https://example.org/odd")]
    hashes = raw.keep(others, NOW)
    assert [dictionary for dictionary, _ in sizes(raw.path)][SAMPLES:] == [None, None, 1]
    assert [raw.get(sha256) for sha256 in hashes] == others


def test_what_one_article_says_is_in_no_dictionary() -> None:
    pages = [page_bytes(page(n)) for n in range(SAMPLES)]
    shared = common(pages)
    assert len(shared) > 0.5 * len(pages[0])
    for number in range(SAMPLES):
        assert words(("example.org", "menu", number, 0), 60).encode() not in shared
    assert common([b"<p>a</p>"] * (LEAST - 1) + [b"<b>c</b>"] * LEAST) == b""  # the first page has nothing of it
    assert common([b"<p>a</p><p>b</p>"] * LEAST) == b"<p>a</p><p>b</p>"


def test_versions_of_one_page_are_one_sample(raw: RawPages) -> None:
    raw.keep([page(n, url="https://example.org/same") for n in range(3 * SAMPLES)], NOW)
    raw.keep([page(n) for n in range(50, 50 + SAMPLES - 2)], NOW)
    assert {dictionary for dictionary, _ in sizes(raw.path)} == {None}
    raw.keep([page(99), page(100)], NOW)
    assert raw.get(raw.keep([page(101)], NOW)[0]) == page(101)
    assert sizes(raw.path)[-1][0] == 1


def test_a_dictionary_is_made_anew_after_a_season(raw: RawPages) -> None:
    later = (datetime.fromisoformat(NOW) + timedelta(days=91)).astimezone(UTC).isoformat().replace("+00:00", "Z")
    raw.keep([page(n) for n in range(SAMPLES + 2)], NOW)
    redesigned = [page(n, chrome="other") for n in range(100, 100 + 2 * SAMPLES)]
    hashes = [raw.keep([one], later)[0] for one in redesigned]
    kept = sizes(raw.path)
    assert [dictionary for dictionary, _ in kept][-2 * SAMPLES :] == [1] * SAMPLES + [2] * SAMPLES
    assert kept[-1][1] < 0.6 * kept[-SAMPLES - 1][1]
    assert [raw.get(sha256) for sha256 in hashes] == redesigned


def test_pages_with_nothing_in_common_are_kept_plain(raw: RawPages) -> None:
    pages = [Page(url=f"https://example.org/{n}", text=words(n, 50)) for n in range(SAMPLES + 2)]
    hashes = [raw.keep([one], NOW)[0] for one in pages]
    assert {dictionary for dictionary, _ in sizes(raw.path)} == {None}
    assert [raw.get(sha256) for sha256 in hashes] == pages


@pytest.fixture
def kept(tmp_path: Path, make: Make) -> Path:
    """A store of two pages more than samples, each of an article."""
    path = tmp_path / "news.db"
    with Store(path) as store:
        for n in range(SAMPLES + 2):
            store.save(make(str(n)), page(n))
    assert sizes(raw_path(path))[-1][0] == 1
    return path


def test_forgetting_a_sample_leaves_no_dictionary_made_of_it_and_every_other_page(kept: Path) -> None:
    with Store(kept) as store:
        forget(kept, Wanted(urls=("https://example.org/1",)), store.find)
        assert {dictionary for dictionary, _ in sizes(raw_path(kept))} == {None}
        with closing(sqlite3.connect(raw_path(kept))) as db:
            assert db.execute("SELECT (SELECT count(*) FROM dictionaries), (SELECT count(*) FROM samples)").fetchone() == (0, 0)
        assert [store.raw_page(f"https://example.org/{n}") for n in (0, 6)] == [page(0), page(6)]
        again = [page(n) for n in range(20, 22)]
        for one in again:  # the same connection to the raw file had the dictionary at hand
            store.save(Article(url=one.url, url_key=str(one.url)[8:], text="x"), one)
        assert [store.raw_page(str(one.url)) for one in again] == again
    assert [finding.says for finding in examine(kept, full=True) if finding.state == "wrong"] == []


def test_forgetting_another_page_leaves_the_dictionary(kept: Path) -> None:
    with Store(kept) as store:
        forget(kept, Wanted(urls=(f"https://example.org/{SAMPLES}",)), store.find)
        assert store.raw_page("https://example.org/6") == page(6)
    assert sizes(raw_path(kept))[-1][0] == 1


def test_a_dictionary_outlives_old_samples_and_goes_with_its_last_page(kept: Path) -> None:
    with closing(sqlite3.connect(raw_path(kept))) as db, db:
        db.execute(f"UPDATE pages SET stored_at = '2020' WHERE rowid <= {SAMPLES}")
    with Store(kept) as store:
        forget(kept, Wanted(raw_before=datetime(2021, 1, 1, tzinfo=UTC)), store.find)
        assert len(sizes(raw_path(kept))) == 2
        assert store.raw_page("https://example.org/6") == page(6)
        forget(kept, Wanted(raw_before=datetime(2100, 1, 1, tzinfo=UTC)), store.find)
    with closing(sqlite3.connect(raw_path(kept))) as db:
        assert [db.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("pages", "dictionaries", "samples")] == [0, 0, 0]


def test_a_page_whose_bytes_are_damaged_is_said(kept: Path) -> None:
    with closing(sqlite3.connect(raw_path(kept))) as db, db:
        db.execute("UPDATE pages SET content = x'00' WHERE rowid = 7")
    with Store(kept, read_only=True) as store, pytest.raises(StoreDamaged, match="is not what it was"):
        store.raw_page("https://example.org/6")


def test_a_raw_file_of_the_first_version_is_read_as_it_is_and_brought_on_by_the_first_page(tmp_path: Path) -> None:
    for suffix in (".db", ".raw.db"):
        with gzip.open(ROOT / f"tests/storage/stores/v5{suffix}.gz") as packed, (tmp_path / f"news{suffix}").open("wb") as file:
            shutil.copyfileobj(packed, file)
    before = (tmp_path / "news.raw.db").read_bytes()
    with Store(tmp_path / "news.db", read_only=True) as store:
        pages = [store.raw_page(n) for n in range(1, 17)]
        assert None not in pages
        assert store.stats()["raw_pages"] == 17
    assert (tmp_path / "news.raw.db").read_bytes() == before
    raw = RawPages(tmp_path / "news.raw.db", read_only=False, durable=False)
    new = RawPages(tmp_path / "new.raw.db", read_only=False, durable=False)
    for file in (raw, new):
        file.keep([page(1)], NOW)
        file.close()
    schemas = []
    for file in (raw, new):
        with closing(sqlite3.connect(file.path)) as db:
            assert db.execute("PRAGMA user_version").fetchone() == (RAW.version,)
            schemas.append(db.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall())
    assert schemas[0] == schemas[1]
    with Store(tmp_path / "news.db", read_only=True) as store:
        assert [store.raw_page(n) for n in range(1, 17)] == pages
    assert list(tmp_path.glob("*backup*")) == []


def test_killed_at_any_moment_every_page_is_whole(tmp_path: Path) -> None:
    code = (
        "import sys, random; from pathlib import Path; from storage.raw import RawPages\n"
        "from tests.storage.test_dictionaries import page, NOW\n"
        "raw = RawPages(Path(sys.argv[1]), read_only=False, durable=False)\n"
        "for n in range(10_000):\n"
        "    print(*raw.keep([page(int(sys.argv[2]) * 10_000 + n, host=f'h{n % 7}.example')], NOW), flush=True)\n"
    )
    path = tmp_path / "news.raw.db"
    told: list[str] = []
    for turn in range(4):
        command = [sys.executable, "-c", code, str(path), str(turn)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert process.stdout is not None
        told.append(process.stdout.readline().strip())
        time.sleep(0.05 + 0.1 * turn)
        process.send_signal(signal.SIGKILL)
        told += [line.strip() for line in process.communicate()[0].splitlines() if len(line.strip()) == 64]
    raw = RawPages(path, read_only=True, durable=False)
    with closing(sqlite3.connect(path)) as db:
        there = [sha for (sha,) in db.execute("SELECT sha256 FROM pages")]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert db.execute("SELECT count(*) FROM dictionaries").fetchone()[0] > 0
    assert set(told) <= set(there)
    assert all(raw.is_whole(sha) for sha in there)


def test_zstd_alone_cannot_read_what_needs_a_dictionary(kept: Path) -> None:
    with closing(sqlite3.connect(raw_path(kept))) as db:
        (frame,) = db.execute("SELECT content FROM pages WHERE rowid = 7").fetchone()
    with pytest.raises(zstandard.ZstdError):
        assert zstandard.ZstdDecompressor().decompress(frame) == page_bytes(page(6))
