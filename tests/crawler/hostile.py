"""A server that means no good: whatever bytes a test wants, over real sockets; and crawls whose memory is measured."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import crawler
from crawler.job import Job
from crawler.report import RunReport

PARAGRAPHS = (
    "The foreign ministers of both countries met on Tuesday to discuss the border treaty that has divided them for ten years.",
    "Officials said that a joint commission would begin its work next month and report to both parliaments before the summer.",
    "Neither side would say how the river crossings are to be guarded until then, and villagers on both banks remain doubtful.",
    "Observers of the talks spoke of a careful beginning, since earlier agreements had failed over the question of who pays.",
)
_TEXT = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
PAGE = (
    "<html lang=en><head><title>Ministers meet about a treaty</title></head>"
    f"<body><article><h1>Ministers meet about a treaty</h1>{_TEXT}</article></body></html>"
).encode()

Talk = Callable[[socket.socket], None]
"""Says what it wants to a connection that has asked for something."""


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        heard = b""
        while b"\r\n\r\n" not in heard:
            more = self.request.recv(65536)
            if not more:
                return
            heard += more
        self.server.running.hear(heard)  # type: ignore[attr-defined]
        path = heard.split(b" ", 2)[1].decode()
        self.server.running.asked.append(path)  # type: ignore[attr-defined]
        talk = self.server.running.talks.get(path)  # type: ignore[attr-defined]
        with contextlib.suppress(OSError):
            if talk is None:
                self.request.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            else:
                talk(self.request)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what these tests are about."""


@dataclass
class Hostile:
    """`talks` by path; `asked` the paths in order; `hear` is called with the head of every request."""

    base: str
    talks: dict[str, Talk] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    hear: Callable[[bytes], object] = len


@contextlib.contextmanager
def hostile(host: str = "127.0.0.1") -> Iterator[Hostile]:
    """A server that lasts as long as the block."""
    server = _Server((host, 0), _Handler)
    running = server.running = Hostile(f"http://{host}:{server.server_address[1]}")  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()


def head(status: str = "200 OK", **headers: object) -> bytes:
    """The start of an answer; `Content_Type=…` becomes the header Content-Type."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in ({"Connection": "close"} | headers).items()]
    return f"HTTP/1.1 {status}\r\n{''.join(line + chr(13) + chr(10) for line in lines)}\r\n".encode()


def body(content: bytes, content_type: str = "text/html; charset=utf-8", **headers: object) -> Talk:
    """A whole answer with its length."""
    return lambda connection: connection.sendall(
        head(Content_Type=content_type, Content_Length=len(content), **headers) + content
    )


def for_ever(start: bytes, piece: bytes, pause: float = 0.0, megabytes: float = 400) -> Talk:
    """Sends `start` and then `piece` again and again, until the other side hangs up (or so much was sent)."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(start)
        left = int(megabytes * (1 << 20))
        while left > 0:
            connection.sendall(piece)
            left -= len(piece)
            time.sleep(pause)

    return talk


_PROGRAM = """
import json, re, sys
import crawler.settings
crawler.settings.TIMEOUT = float(sys.argv[1])
from cleaning import Page, clean
from crawler import process

def most():
    return int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1]) / 1024

clean(Page(html=sys.argv[2]))  # what it loads is no growth
before = most()
code = process.main()
print(json.dumps({"event": "memory", "before": before, "growth": most() - before}), flush=True)
sys.exit(code)
"""


@dataclass
class Measured:
    """A run's report; by how many MB the most memory that its process held grew over that of a process that has cleaned one
    page; its seconds."""

    report: RunReport
    growth: float
    seconds: float


def measured(job: Job, *, timeout: float = 30.0, patience: float = 120.0) -> Measured:
    """The run's own process, as `crawler.run` starts it, with another limit on the time of a request, and measured."""
    root = str(Path(crawler.__file__).parent.parent)
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", _PROGRAM, str(timeout), PAGE.decode()], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": root},
    )  # fmt: skip
    watch = threading.Timer(patience, process.kill)
    watch.start()
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(job.model_dump_json() + "\n")
        process.stdin.flush()
        events = [json.loads(line) for line in process.stdout]
        stderr = process.stderr.read()
        process.wait()
    finally:
        watch.cancel()
        process.kill()
        for stream in (process.stdin, process.stdout, process.stderr):
            with contextlib.suppress(OSError):
                stream.close()  # type: ignore[union-attr]
    by_kind = {event["event"]: event for event in events}
    assert "memory" in by_kind, (process.returncode, stderr[-2000:])
    report = RunReport.model_validate(by_kind["report"]["report"])
    return Measured(report, by_kind["memory"]["growth"], time.monotonic() - begun)
