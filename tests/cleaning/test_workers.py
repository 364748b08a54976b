"""Cleaning in worker processes: the same articles as here, whatever a page or the machine does to a worker."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import cleaning
from cleaning import Page, SiteMemory, SiteRules, clean
from cleaning.workers import NOT_CLEANED, Job, Pool, Serial, clean_all

ROOT = Path(cleaning.__file__).resolve().parent.parent
SEED = (ROOT / "fixtures/articles/seed/raw.txt").read_text(encoding="utf-8")
RULES = SiteRules(source="small", publisher="The Small Web")


def job(number: int = 0) -> Job:
    return Job(Page(url=f"http://x.example/{number}", text=SEED), RULES)


@pytest.fixture
def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the workers, and only there, some titles make `clean` do what a hostile page might."""
    (tmp_path / "sitecustomize.py").write_text(textwrap.dedent("""
        import os, sys, time
        if sys.orig_argv[1:] == ["-P", "-m", "cleaning.workers"]:
            import cleaning.pipeline
            honest = cleaning.pipeline.clean
            def clean(page, **given):
                if page.text.startswith("hang"):
                    while True: pass
                if page.text.startswith("eat"):
                    held = []
                    while True: held.append(b"x" * 10_000_000)
                if page.text.startswith("grow"):
                    held = b"x" * 300_000_000
                if page.text.startswith("die"):
                    os.kill(os.getpid(), 9)
                if page.text.startswith("raise"):
                    raise ValueError("no such page")
                if page.text.startswith("print"):
                    print("a library that talks"); os.write(1, b"and talks")
                return honest(page, **given)
            cleaning.pipeline.clean = clean
    """))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


@pytest.fixture(scope="module")
def two() -> Iterator[Pool]:
    """A pool of two workers for tests that leave them as they are."""
    with Pool(2) as pool:
        yield pool


def hostile(word: str) -> Job:
    return Job(Page(url=f"http://x.example/{word}", text=f"{word}\n\n{SEED}"), RULES)


def test_a_pool_gives_what_this_process_gives(two: Pool) -> None:
    expected = clean(job().page, site=RULES)
    articles = [article for _, article in clean_all(two, (job() for _ in range(12)), ahead=4)]
    assert len(two.pids()) == 2
    assert articles == [expected] * 12
    assert Serial().submit(job()).result() == expected


def test_what_is_known_of_a_site_reaches_every_page_of_it(two: Pool) -> None:
    memories = [SiteMemory(host="x.example", version=f"v{n % 3}") for n in range(9)]
    jobs = [Job(job().page, RULES, memory) for memory in [*memories, None]]
    found = [(done.memory, article) for done, article in clean_all(two, jobs)]
    assert [article for _, article in found] == [clean(job().page, site=RULES, memory=memory) for memory, _ in found]
    assert [article.memory_version for _, article in found] == ["v0", "v1", "v2"] * 3 + [None]


def test_order_and_jobs_are_kept(two: Pool) -> None:
    found = [(done.page.url, article.url) for done, article in clean_all(two, (job(n) for n in range(20)), ahead=3)]
    assert found == [(f"http://x.example/{n}",) * 2 for n in range(20)]


def test_workers_start_when_they_are_needed() -> None:
    with Pool(8) as pool:
        assert pool.pids() == []
        pool.submit(job()).result()
        pool.submit(job()).result()
        assert len(pool.pids()) == 1


@pytest.mark.usefixtures("stub")
@pytest.mark.parametrize(
    ("word", "why"),
    [
        pytest.param("hang", "longer than 12 seconds", marks=pytest.mark.slow),
        ("eat", "more than 600 MB"),
        ("die", "died 3 times"),
        ("raise", "ValueError: no such"),
    ],
)
def test_a_hostile_page_is_rejected_with_the_reason_and_the_next_is_cleaned(word: str, why: str) -> None:
    with Pool(1, seconds=12, megabytes=600) as pool:
        bad, good = pool.submit(hostile(word)), pool.submit(job())
        article = bad.result(timeout=90)
        assert (article.status, article.flags) == ("rejected", (NOT_CLEANED,))
        assert why in article.flag_evidence[NOT_CLEANED]
        assert (article.url, article.source) == (f"http://x.example/{word}", "small")
        assert good.result(timeout=60).status == "ok"


@pytest.mark.usefixtures("stub")
def test_a_worker_that_has_grown_is_replaced_and_what_it_prints_harms_nothing() -> None:
    with Pool(1, megabytes=600) as pool:
        assert pool.submit(hostile("print")).result(timeout=60).status == "ok"
        first = pool.pids()
        assert pool.submit(hostile("grow")).result(timeout=60).status == "ok"
        assert pool.submit(job()).result(timeout=60).status == "ok"
        assert pool.pids() != first


def test_what_the_parent_holds_is_not_counted_as_the_workers() -> None:
    program = (
        "from cleaning.workers import *; from cleaning import Page; held = b'x' * 700_000_000\n"
        "with Pool(1) as pool:\n"
        "    print([pool.submit(Job(Page(text='A line.'))).result() and pool.pids() for _ in range(2)])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    first, second = json.loads(run.stdout)
    assert first == second != []


def test_killed_workers_cost_no_page() -> None:
    with Pool(2) as pool:
        futures = [pool.submit(job(n)) for n in range(40)]
        for killed in range(2):
            futures[killed * 20].result(timeout=60)
            for pid in pool.pids()[:1]:
                os.kill(pid, signal.SIGKILL)
        assert [future.result(timeout=60).status for future in futures] == ["ok"] * 40


def test_a_full_pool_says_so_and_a_closed_one_gives_up_what_waits() -> None:
    pool = Pool(1, waiting=3)
    futures = [pool.submit(job(n)) for n in range(20)]
    assert pool.full
    pool.close()
    assert all(future.done() for future in futures)
    assert any(future.cancelled() for future in futures)
    with pytest.raises(RuntimeError):
        pool.submit(job())
    idle = Pool(1, waiting=3)
    assert not idle.full
    idle.close()


def test_no_worker_outlives_a_killed_parent() -> None:
    program = (
        "from cleaning.workers import *; from cleaning import Page; import time; pool = Pool(2);"
        " [f.result() for f in [pool.submit(Job(Page(text='A line.'))) for _ in range(9)]]; print(*pool.pids(), flush=True);"
        " time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert parent.stdout is not None
    pids = [int(word) for word in parent.stdout.readline().split()]
    assert pids
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 60
    while alive := [pid for pid in pids if _runs(pid)]:
        assert time.monotonic() < deadline, alive
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
