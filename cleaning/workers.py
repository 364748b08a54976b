"""Cleaning many pages: in this process (`Serial`) or in processes of its own (`Pool`), behind one protocol (`Cleaner`).

Cleaning a page costs several times as much as fetching it, and a page may be hostile.  In a pool each page has a time and a
memory limit; a page that breaks them, or that takes its worker down, becomes a rejected article that says so, and the next
page meets a fresh worker.

A worker is `python -m cleaning.workers` with pickles on its standard input and output.  It ends when its input does, so it
never outlives its parent by more than the page it is at; that page's time limit holds without the parent, too.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import pickle
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, NamedTuple, Protocol, Self

from cleaning.assemble import rejected
from cleaning.models import Article, Page, SiteMemory, SiteRules
from cleaning.pipeline import clean

SECONDS = 30.0
"""Time that one page may take.  The slowest page of our corpora takes about one second."""
MEGABYTES = 1024
"""Memory that a worker may hold.  Cleaning a page of the largest size that is fetched takes about a quarter of it."""
WAITING = 16
"""Pages that should wait for a worker at most; see `Cleaner.full`."""
TRIES = 3
"""Workers that may die over one page before it is given up."""
NOT_CLEANED = "not_cleaned"
"""Flag of a page that could not be cleaned within the limits; its evidence says why."""

_OUT_OF_TIME = 1
"""Exit code of a worker that met its time limit: that of `faulthandler`."""
_OUT_OF_MEMORY = 3
"""Exit code of a worker that met its memory limit."""


class Job(NamedTuple):
    """A page to clean, and what `clean` is to know of its site."""

    page: Page
    site: SiteRules | None = None
    memory: SiteMemory | None = None


class Cleaner(Protocol):
    """Makes articles of pages, one future for each.  A future never fails: what cannot be cleaned is rejected, flagged."""

    @property
    def full(self) -> bool:
        """True while so many pages wait that nobody should bring another.  Nothing is refused."""

    def submit(self, job: Job) -> Future[Article]:
        """The article of the job's page, some time.  Never blocks for longer than `clean` in this process takes."""

    def close(self) -> None:
        """Gives up what still waits (its futures are cancelled) and ends the workers."""


def clean_all(cleaner: Cleaner, jobs: Iterable[Job], *, ahead: int = 2 * WAITING) -> Iterator[tuple[Job, Article]]:
    """Each job with its article, in the order of the jobs; at most `ahead` of them are under way."""
    under_way: deque[tuple[Job, Future[Article]]] = deque()
    for job in jobs:
        under_way.append((job, cleaner.submit(job)))
        if len(under_way) >= ahead:
            first, future = under_way.popleft()
            yield first, future.result()
    for job, future in under_way:
        yield job, future.result()


class Serial:
    """Cleans in this process, at once and without limits."""

    full = False

    def submit(self, job: Job) -> Future[Article]:
        """As Cleaner says; the future is done when it is returned."""
        future: Future[Article] = Future()
        try:
            future.set_result(_cleaned(job))
        except MemoryError:
            future.set_result(_given_up(job, "cleaning wanted more memory than there is"))
        return future

    def close(self) -> None:
        """Nothing to end."""


def _cleaned(job: Job) -> Article:
    try:
        return clean(job.page, site=job.site, memory=job.memory)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  clean() never raises by contract; where it does, one page is lost and not the run
        return _given_up(job, f"cleaning broke: {type(error).__name__}: {error}")


def _given_up(job: Job, reason: str) -> Article:
    return rejected(job.page, job.site or SiteRules(), NOT_CLEANED, reason)


class Pool:
    """Cleans in up to `workers` processes; they are started when they are first needed.  Use it from any thread.

    A page may take `seconds` and its worker hold `megabytes` (not enforced where the system knows no such limit: macOS).
    Each breach is a rejected article with the flag `not_cleaned`.  A worker that dies otherwise is replaced, and its page is
    tried again: it may have been the machine's fault.
    """

    def __init__(
        self, workers: int, *, seconds: float = SECONDS, megabytes: int = MEGABYTES, waiting: int = WAITING,
    ) -> None:
        self._limit = max(1, workers)
        self._limits = _Limits(seconds, megabytes)
        self._room = waiting
        self._jobs: queue.SimpleQueue[tuple[Job, Future[Article]] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._workers: set[_Worker] = set()
        self._idle = 0
        self._lock = threading.Lock()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def full(self) -> bool:
        """As Cleaner says."""
        return self._jobs.qsize() >= self._room

    def pids(self) -> list[int]:
        """The process ids of the workers that run now."""
        with self._lock:
            return [worker.process.pid for worker in self._workers]

    def submit(self, job: Job) -> Future[Article]:
        """As Cleaner says.  Raises RuntimeError on a pool that is closed."""
        future: Future[Article] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("the pool is closed")
            self._jobs.put((job, future))
            if self._idle < self._jobs.qsize() and len(self._threads) < self._limit:
                thread = threading.Thread(target=self._serve, daemon=True, name=f"cleaning-{len(self._threads)}")
                self._threads.append(thread)
                thread.start()
        return future

    def close(self) -> None:
        """As Cleaner says; a page that is being cleaned is given up, too."""
        with self._lock:
            self._closed = True
            workers = list(self._workers)
        with contextlib.suppress(queue.Empty):
            while waiting := self._jobs.get_nowait():
                waiting[1].cancel()
        for _ in self._threads:
            self._jobs.put(None)
        for worker in workers:
            worker.kill()
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        """One thread for each worker: it hands over a page and waits for the article."""
        worker: _Worker | None = None
        while True:
            with self._lock:
                self._idle += 1
            task = self._jobs.get()
            with self._lock:
                self._idle -= 1
            if task is None or self._closed:
                break
            job, future = task
            if not future.set_running_or_notify_cancel():
                continue
            article, worker = self._cleaned(job, worker)
            future.set_result(article)
        if worker is not None:
            self._end(worker)

    def _cleaned(self, job: Job, worker: _Worker | None) -> tuple[Article, _Worker | None]:
        """The job's article, and the worker to go on with (None: the next page needs a new one)."""
        reason = ""
        for _ in range(TRIES):
            begun = time.monotonic()
            try:
                worker = worker or self._start()
                answer = worker.ask(job)
            except (OSError, EOFError, pickle.UnpicklingError) as error:
                spent = time.monotonic() - begun
                code = self._end(worker) if worker else None
                worker = None
                if self._closed:
                    return _given_up(job, "cleaning was stopped"), None
                if code == _OUT_OF_MEMORY:
                    return _given_up(job, f"cleaning wanted more than {self._limits.megabytes} MB"), None
                if code == _OUT_OF_TIME and spent >= self._limits.seconds:
                    return _given_up(job, f"cleaning took longer than {self._limits.seconds:g} seconds"), None
                reason = f"its cleaning process died {TRIES} times ({f'code {code}' if code is not None else error})"
            else:
                if answer.last:
                    self._end(worker)
                    worker = None
                return answer.article, worker
        return _given_up(job, reason), worker

    def _start(self) -> _Worker:
        worker = _Worker(self._limits)
        with self._lock:
            self._workers.add(worker)
            closed = self._closed
        if closed:
            worker.kill()
        return worker

    def _end(self, worker: _Worker) -> int:
        with self._lock:
            self._workers.discard(worker)
        return worker.end()


class _Limits(NamedTuple):
    seconds: float
    megabytes: int


class _Answer(NamedTuple):
    article: Article
    last: bool
    """The worker has grown too large and ends."""


class _Worker:
    """A process that cleans one page after another."""

    def __init__(self, limits: _Limits) -> None:
        root = str(Path(__file__).resolve().parent.parent)
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "cleaning.workers"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=os.environ | {"PYTHONPATH": path},
        )
        self._memories: set[tuple[str, str]] = set()
        self._send(tuple(limits))

    def _send(self, value: Any) -> None:
        assert self.process.stdin is not None
        pickle.dump(value, self.process.stdin, pickle.HIGHEST_PROTOCOL)
        self.process.stdin.flush()

    def ask(self, job: Job) -> _Answer:
        """The answer.  Raises OSError, EOFError or UnpicklingError if the process dies over it."""
        assert self.process.stdout is not None
        memory = job.memory
        key = (memory.host, memory.version) if memory else None
        known = key is None or key in self._memories
        if key is not None:
            self._memories.add(key)
        self._send((job.page, job.site, key, None if known else memory))  # what is known of a site goes over once
        answer = pickle.load(self.process.stdout)  # noqa: S301  it comes from our own process
        assert isinstance(answer, _Answer)
        return answer

    def kill(self) -> None:
        """Ends it at once; whoever waits for its answer gets an EOFError."""
        self.process.kill()

    def end(self) -> int:
        """Its exit code; it is asked to end, and made to where it does not."""
        for stream in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                stream.close()  # type: ignore[union-attr]
        try:
            return self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def main() -> None:
    """The worker: limits first, then one job after another until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    jobs = sys.stdin.buffer
    with os.fdopen(os.dup(1), "wb") as answers, Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)  # what a library prints must not stand between the answers
        limits = _Limits(*pickle.load(jobs))  # noqa: S301  it comes from our own parent
        _limit_memory(limits.megabytes)
        memories: dict[tuple[str, str] | None, SiteMemory] = {}
        with contextlib.suppress(EOFError, BrokenPipeError):
            while True:
                page, site, key, memory = pickle.load(jobs)  # noqa: S301
                if memory is not None:
                    memories[key] = memory
                job = Job(page, site, memories.get(key))
                # A thread of C ends the process: whatever hangs, and whether or not the parent still lives.
                faulthandler.dump_traceback_later(limits.seconds, exit=True, file=nowhere)
                last = _answer(job, answers, limits)
                faulthandler.cancel_dump_traceback_later()
                if last:
                    return


def _answer(job: Job, answers: BinaryIO, limits: _Limits) -> bool:
    """Answers one job; True if the worker has grown too large to go on."""
    try:
        article = _cleaned(job)
        last = _megabytes_held() > limits.megabytes / 2
        pickle.dump(_Answer(article, last), answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)
    return last


def _limit_memory(megabytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows knows no such limit
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (megabytes << 20, megabytes << 20))


def _megabytes_held() -> float:
    """The most memory that this process has held at a time."""
    with contextlib.suppress(OSError):  # getrusage would count what the parent held when it started this process
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        if peak := re.search(r"^VmHWM:\s*(\d+) kB", status, re.M):
            return int(peak[1]) / (1 << 10)
    try:
        import resource
    except ImportError:
        return 0.0
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1 << 20 if sys.platform == "darwin" else 1 << 10)


if __name__ == "__main__":
    # Under its own name, so that what is pickled here has the class that the parent knows.
    from cleaning import workers

    workers.main()
