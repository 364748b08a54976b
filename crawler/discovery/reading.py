"""Reads what a feed, sitemap or section page answered: small answers here, large ones in a process of its own, with limits.

The parsers behind it were not made for hostile bodies: a megabyte that is made for it keeps one of them busy for hours.  In a
run all that would stand still meanwhile.  The process is `python -m crawler.discovery.reading` with pickles on its standard
input and output.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Literal

from crawler.discovery import Announcement
from crawler.discovery.feeds import read_feed
from crawler.discovery.sections import read_section
from crawler.discovery.sitemaps import read_sitemap

Kind = Literal["feed", "sitemap", "section", "archive"]
"""`archive` is whatever of the three an archive page turns out to be."""

SMALL = 128 * 1024
"""Bytes up to which an answer is read at once: most feeds, and the worst that we could think of takes some seconds."""
SMALL_PACKED = 4096
"""The same for gzip, which may hold a thousand times as much."""
SECONDS = 20
"""Processor time that reading a large answer may take (an honest sitemap of 50 MB takes a quarter of it)."""
PATIENCE = 60
"""Seconds after which the process is ended however little of the processor it was given."""
MEGABYTES = 1024
"""Memory that reading a large answer may take."""

_OUT_OF_MEMORY = 3


def read(kind: Kind, body: bytes, url: str, content_type: str | None = None) -> Announcement:
    """What the answer announces.  One that cannot be read within the limits is not usable, and says so.  Never raises."""
    small = len(body) <= (SMALL_PACKED if body.startswith(b"\x1f\x8b") else SMALL) and b"\x00" not in body
    return _read(kind, body, url, content_type) if small else _read_apart(kind, body, url, content_type)


async def read_soon(kind: Kind, body: bytes, url: str, content_type: str | None = None) -> Announcement:
    """As `read`; while a large answer is read, the run goes on."""
    if len(body) <= SMALL_PACKED:
        return read(kind, body, url, content_type)
    return await asyncio.to_thread(read, kind, body, url, content_type)


def _read(kind: Kind, body: bytes, url: str, content_type: str | None) -> Announcement:
    if kind == "feed":
        return read_feed(body, url, content_type)
    if kind == "section":
        return read_section(body, url)
    found = read_sitemap(body, url)
    if kind == "sitemap" or found.usable:
        return found
    feed = read_feed(body, url, content_type)
    return feed if feed.usable else read_section(body, url)


def _read_apart(kind: Kind, body: bytes, url: str, content_type: str | None) -> Announcement:
    root = str(Path(__file__).resolve().parent.parent.parent)
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "crawler.discovery.reading"], input=pickle.dumps((kind, body, url, content_type)),
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=PATIENCE, check=False,
            env=os.environ | {"PYTHONPATH": path}, start_new_session=True,
        )  # fmt: skip
        if done.returncode == 0:
            found = pickle.loads(done.stdout)  # noqa: S301  it comes from our own process
            assert isinstance(found, Announcement)
            return found
        reason = f"reading it took longer than {SECONDS} seconds of the processor"
        if done.returncode == _OUT_OF_MEMORY:
            reason = f"reading it took more than {MEGABYTES} MB of memory"
    except subprocess.TimeoutExpired:
        reason = f"reading it took longer than {PATIENCE} seconds"
    except (OSError, pickle.UnpicklingError, EOFError) as error:
        reason = f"it could not be read ({error})"
    return Announcement(problems=[reason], usable=False)


def main() -> None:
    """The process: limits first, then one answer."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows knows no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
        resource.setrlimit(resource.RLIMIT_DATA, (MEGABYTES << 20, MEGABYTES << 20))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        pickle.dump(_read(*pickle.load(sys.stdin.buffer)), sys.stdout.buffer)  # noqa: S301  it comes from our own parent
        sys.stdout.buffer.flush()
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)


if __name__ == "__main__":
    main()
