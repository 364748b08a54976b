"""A small web of one's own on loopback, and crawls of it as a user would run them."""

from __future__ import annotations

import hashlib
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

import crawler.run
from crawler.sources import Source
from tests.crawler import warm

PARAGRAPHS = (
    "The foreign ministers of both countries met on Tuesday to discuss the border treaty that has divided them for ten years.",
    "Officials said that a joint commission would begin its work next month and report to both parliaments before the summer.",
    "Neither side would say how the river crossings are to be guarded until then, and villagers on both banks remain doubtful.",
    "Observers of the talks spoke of a careful beginning, since earlier agreements had failed over the question of who pays.",
)


@dataclass
class Answer:
    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    validators: bool = True
    """Sent with an ETag, and answered with 304 to whoever has it."""


@dataclass
class Web:
    """A web server: `pages` by path, `asked` every request's path, time and headers in order."""

    base: str
    pages: dict[str, Answer | Callable[[], Answer]] = field(default_factory=dict)
    asked: list[tuple[str, float, dict[str, str]]] = field(default_factory=list)

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.asked]

    def times(self, path: str) -> list[float]:
        return [moment for asked, moment, _ in self.asked if asked == path]

    def forget(self) -> None:
        self.asked.clear()

    def article(self, path: str, title: str, extra: str = "") -> None:
        text = "".join(f"<p>{p}</p>" for p in (*PARAGRAPHS, extra) if p)
        body = f"<body><article><h1>{title}</h1>{text}</article></body>"
        self.pages[path] = Answer(f"<html lang=en><head><title>{title}</title></head>{body}</html>".encode())

    def feed(self, *paths: str, at: str = "/feed") -> None:
        items = "".join(f"<item><title>Headline {n}</title><link>{p}</link></item>" for n, p in enumerate(paths, 1))
        body = f"<rss version='2.0'><channel><title>A feed</title>{items}</channel></rss>"
        self.pages[at] = Answer(body.encode(), content_type="application/rss+xml")

    def answer(self, path: str, status: int, body: bytes = b"", content_type: str = "text/html", **headers: str) -> None:
        """A fixed answer; `Retry_After="1"` becomes the header Retry-After."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = Answer(body, status, content_type, names)

    def source(self, **fields: object) -> Source:
        given = {"id": "small", "name": "The Small Web", "feeds": (f"{self.base}/feed",), "delay": 0.0,
                 "allow_networks": ("127.0.0.0/8",)} | fields  # fmt: skip
        return Source.model_validate(given)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        web: Web = self.server.web  # type: ignore[attr-defined]
        web.asked.append((self.path, time.monotonic(), dict(self.headers)))
        found = web.pages.get(self.path, Answer(b"nothing here", 404, "text/plain"))
        answer = found() if callable(found) else found
        etag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
        if answer.validators and answer.status == 200 and self.headers.get("If-None-Match") == etag:
            answer = Answer(status=304)
        self.send_response(answer.status)
        if answer.validators and answer.status in (200, 304):
            self.send_header("ETag", etag)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is what some tests are about."""


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as running:
        yield running


@pytest.fixture
def other_web() -> Iterator[Web]:
    with serving("127.0.0.2") as running:
        yield running


@pytest.fixture
def serve() -> type[serving]:
    """For whoever wants webs of more hosts."""
    return serving


class serving:
    """A Web that answers for as long as the block lasts."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self._server = _Server((host, 0), _Handler)
        self._server.daemon_threads = True
        self._web = self._server.web = Web(f"http://{host}:{self._server.server_address[1]}")  # type: ignore[attr-defined]

    def __enter__(self) -> Web:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self._web

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with nothing of this machine's configuration; pages are cleaned without more processes."""
    monkeypatch.chdir(tmp_path)
    for name in ("COPYDESK_DB", "COPYDESK_CONTACT", "COPYDESK_SOURCES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COPYDESK_WORKERS", "0")
    return tmp_path


@pytest.fixture(autouse=True)
def _warm(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are forked from a process that has loaded all they need, but for tests that are marked `cold`."""
    if request.node.get_closest_marker("cold") is None:
        monkeypatch.setattr(crawler.run, "subprocess", SimpleNamespace(Popen=warm.Popen, PIPE=subprocess.PIPE))
