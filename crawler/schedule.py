"""Crawls by the clock: units for systemd, a line for cron, and the loop that is a container's main process."""

from __future__ import annotations

import shlex
import signal
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from types import FrameType

from crawler.agenda import next_due
from crawler.errors import CrawlerError
from crawler.report import RunReport
from crawler.sources import Source
from crawler.when import clock, stamp
from storage import StorageError, Store
from storage.config import Config
from storage.forgetting import expired, forget

FIRST_BACKOFF = 60.0
"""Seconds of rest after a run that failed; doubled after each further one, up to LONGEST_BACKOFF."""
LONGEST_BACKOFF = 3600.0
SHORTEST_WAIT = 5.0
"""Seconds between two runs at least."""
LONGEST_WAIT = 900.0
"""Seconds after which the loop looks again whatever is due: the configuration may have changed."""
FORGET_EVERY = 86400.0
"""Seconds between two times that the loop removes what has had its time: the files are written anew for it."""


def systemd_units(command: Sequence[str], folder: Path, every: timedelta) -> str:
    """A service and its timer for the user's systemd, which crawls what is due `every` so often."""
    words = " ".join(_systemd_word(word) for word in command)
    return f"""\
# ~/.config/systemd/user/copydesk.service
[Unit]
Description=Crawl the news that are due
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
WorkingDirectory={_systemd_path(folder)}
ExecStart={words}
# Interrupted is no failure, and one signal is enough: the run passes it on, and goes on from there next time.
SuccessExitStatus=3
KillMode=mixed
TimeoutStopSec=120
Nice=10

# ~/.config/systemd/user/copydesk.timer
[Unit]
Description=Crawl the news that are due, every {_words(every)}

[Timer]
OnStartupSec=2min
OnUnitActiveSec={int(every.total_seconds())}s
AccuracySec=30s

[Install]
WantedBy=timers.target

# Then:  systemctl --user daemon-reload && systemctl --user enable --now copydesk.timer
# So that it runs while nobody is logged in:  loginctl enable-linger
"""


def systemd_forgetting(command: Sequence[str], folder: Path) -> str:
    """A second service and timer, which remove once a day what `keep_raw` and `keep_rejected` let go."""
    words = " ".join(_systemd_word(word) for word in command)
    return f"""
# ~/.config/systemd/user/copydesk-forget.service
[Unit]
Description=Remove what keep_raw and keep_rejected let go

[Service]
Type=oneshot
WorkingDirectory={_systemd_path(folder)}
ExecStart={words}
Nice=10

# ~/.config/systemd/user/copydesk-forget.timer
[Unit]
Description=Remove once a day what keep_raw and keep_rejected let go

[Timer]
OnCalendar=*-*-* 04:40
Persistent=true

[Install]
WantedBy=timers.target

# Then:  systemctl --user daemon-reload && systemctl --user enable --now copydesk-forget.timer
"""


def _systemd_word(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if set(escaped) & set(" \t'\"\\;") else escaped


def _systemd_path(path: Path) -> str:
    return str(path).replace("%", "%%")


def cron_line(command: Sequence[str], folder: Path, every: timedelta) -> str:
    """A line for `crontab -e`: what a run prints goes to a file, and is mailed only where the run failed.

    Raises CrawlerError for an interval that cron cannot keep.
    """
    minutes = int(every.total_seconds() // 60)
    if minutes < 60 and 60 % minutes == 0:
        when = f"*/{minutes} * * * *" if minutes > 1 else "* * * * *"
    elif minutes % 60 == 0 and minutes < 1440 and 24 % (minutes // 60) == 0:
        when = f"0 */{minutes // 60} * * *"
    elif minutes == 1440:
        when = "0 5 * * *"
    else:
        raise CrawlerError(f"cron cannot keep to every {_words(every)}: choose a part of an hour or a day, such as 15m or 2h")
    return _cron_line(when, command, folder, "crawl.log")


def cron_forgetting(command: Sequence[str], folder: Path) -> str:
    """A second line, which removes once a day what `keep_raw` and `keep_rejected` let go."""
    return _cron_line("40 4 * * *", command, folder, "forget.log")


def _cron_line(when: str, command: Sequence[str], folder: Path, log: str) -> str:
    line = f"cd {shlex.quote(str(folder))} && {shlex.join(command)} >{log} 2>&1 || cat {log}"
    return f"{when} {line}".replace("%", "\\%") + "\n"


def _words(every: timedelta) -> str:
    minutes = int(every.total_seconds() // 60)
    for size, name in ((1440, "day"), (60, "hour")):
        if minutes % size == 0:
            count = minutes // size
            return name if count == 1 else f"{count} {name}s"
    return "minute" if minutes == 1 else f"{minutes} minutes"


class Loop:
    """Crawls what is due, waits until the next is, and so on until a signal comes.

    `load` gives configuration and sources and is asked before every run, `crawl` makes one run (in a process of its own),
    `say` takes a sentence on what happens.  Once a day, behind a run, it removes what `keep_raw` and `keep_rejected` let go.
    """

    def __init__(
        self, load: Callable[[], tuple[Config, tuple[Source, ...]]], crawl: Callable[[Config, tuple[Source, ...]], RunReport],
        say: Callable[[str], None],
    ) -> None:
        self._load = load
        self._crawl = crawl
        self._say = say
        self._stop = threading.Event()
        self._failures = 0
        self._forgot_at: float | None = None

    def run(self) -> None:
        """Returns when SIGTERM or SIGINT has come and what was going on has ended.  Raises only what the first `load` raises."""
        before = {number: signal.signal(number, self._stopped) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            config, sources = self._load()
            while not self._stop.is_set():
                if not self._once(config, sources):
                    return
                self._forget(config)
                self._stop.wait(self._pause(config, sources))
                try:
                    config, sources = self._load()
                except (CrawlerError, StorageError) as error:  # a file that is being edited; the last good state goes on
                    self._say(f"{error}; going on with what was read before")
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stopped(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()

    def _once(self, config: Config, sources: tuple[Source, ...]) -> bool:
        """One run; False if it was interrupted."""
        try:
            report = self._crawl(config, sources)
        except (CrawlerError, StorageError) as error:
            self._failures += 1
            self._say(str(error))
            return True
        self._failures = self._failures + 1 if report.exit_code == 1 else 0
        return report.state != "interrupted"

    def _forget(self, config: Config) -> None:
        """Removes what has had its time, if that was not done within a day."""
        wanted = expired(config, clock())
        if wanted is None or self._stop.is_set():
            return
        if self._forgot_at is not None and time.monotonic() - self._forgot_at < FORGET_EVERY:
            return
        self._forgot_at = time.monotonic()
        try:
            with Store(config.db, read_only=True) as store:
                gone = forget(store.path, wanted, store.find)
        except StorageError as error:
            self._say(str(error))
            return
        if not gone.nothing:
            self._say(f"had their time and are removed: {gone.raw_pages} raw pages, {gone.articles} rejected pages")

    def _pause(self, config: Config, sources: tuple[Source, ...]) -> float:
        """Seconds until the next run: when something is due, or longer and longer after failures."""
        if self._failures:
            pause = float(min(FIRST_BACKOFF * 2 ** (self._failures - 1), LONGEST_BACKOFF))
            self._say(f"{self._failures} run{'s' if self._failures > 1 else ''} failed: the next is in {pause:.0f} seconds")
            return pause
        try:
            with Store(config.db, read_only=True) as store:
                due = next_due(store, sources)
        except StorageError as error:
            self._say(str(error))
            return FIRST_BACKOFF
        if due is None:
            return LONGEST_WAIT
        self._say(f"the next is due at {stamp(due)}")
        return min(max((due - clock()).total_seconds(), SHORTEST_WAIT), LONGEST_WAIT)
