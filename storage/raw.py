"""The raw pages of a store, in a file of their own: `news.raw.db` beside `news.db`.

Pages are ten times the size of their articles, and people share the one without the other.  The same bytes are kept once.
`storage.dictionaries` compresses them.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import zstandard

from cleaning.models import Claim, Page
from cleaning.site_memory import site_host
from storage.connection import connect
from storage.dictionaries import Packer
from storage.errors import StoreDamaged, plain_errors
from storage.schema import RAW
from storage.when import iso


def raw_path(store: Path) -> Path:
    """Where the raw pages of the store at `store` are: `<stem>.raw.db` in the same folder."""
    return store.with_name(f"{store.stem}.raw.db")


class RawPages:
    """The raw file of one store, opened when it is first needed."""

    def __init__(self, path: Path, *, read_only: bool, durable: bool) -> None:
        self.path = path
        self._read_only = read_only
        self._durable = durable
        self._connection: sqlite3.Connection | None = None
        self._packer: Packer | None = None

    def keep(self, pages: Sequence[Page], stored_at: str) -> list[str]:
        """Keep `pages` and return the sha256 of each one's bytes (of its UTF-8, where it came decoded).

        They are committed together on return, whatever becomes of the articles.
        """
        if not pages:
            return []
        contents = [(_form(page), page_bytes(page)) for page in pages]
        hashes = [hashlib.sha256(content).hexdigest() for _, content in contents]
        connection, packer = self._open(), self._packing()
        with plain_errors(self.path):
            new = {
                sha256: (page, form, content, site_host(page.url))
                for page, (form, content), sha256 in zip(pages, contents, hashes, strict=True)
                if not connection.execute("SELECT 1 FROM pages WHERE sha256 = ?", (sha256,)).fetchone()
            }  # fmt: skip
            if not new:
                return hashes
            connection.execute("BEGIN IMMEDIATE")
            try:
                connection.executemany(
                    "INSERT OR IGNORE INTO pages (sha256, form, url, fetched_at, content_type, headers, claims, size, stored_at,"
                    " content, dictionary) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        (sha256, form, page.url, page.fetched_at and iso(page.fetched_at), page.content_type,
                         json.dumps(page.headers), json.dumps([claim.model_dump() for claim in page.claims]), len(content),
                         stored_at, *packer.pack(content, host))
                        for sha256, (page, form, content, host) in new.items()
                    ),
                )  # fmt: skip
                of_host: dict[str, list[tuple[str, str]]] = {}
                for sha256, (page, _, _, host) in new.items():
                    if page.url is not None and host is not None:
                        of_host.setdefault(host, []).append((sha256, page.url))
                for host, some in of_host.items():
                    packer.learn(host, some, stored_at)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        return hashes

    def get(self, sha256: str) -> Page | None:
        """The page with these bytes as it was kept, or None."""
        if not self.path.exists():
            return None
        connection, packer = self._open(), self._packing()
        with plain_errors(self.path):
            row = connection.execute(
                "SELECT form, url, fetched_at, content_type, headers, claims, content, dictionary FROM pages WHERE sha256 = ?",
                (sha256,),
            ).fetchone()
            if row is None:
                return None
            form, url, fetched_at, content_type, headers, claims, frame, dictionary = row
            try:
                content = packer.unpack(frame, dictionary)
            except zstandard.ZstdError as error:
                raise StoreDamaged(self.path, f"the page {sha256} is not what it was ({error}): restore a copy") from error
        fields: dict[str, Any] = {form: content if form == "body" else content.decode("utf-8", "surrogatepass")}
        return Page(
            url=url, fetched_at=fetched_at, content_type=content_type,
            headers=tuple((name, value) for name, value in json.loads(headers)),
            claims=tuple(Claim.model_validate(claim) for claim in json.loads(claims)), **fields,
        )  # fmt: skip

    def is_whole(self, sha256: str) -> bool:
        """Whether the page with this hash is there and unpacks to the bytes that it came as."""
        connection, packer = self._open(), self._packing()
        try:
            with plain_errors(self.path):
                row = connection.execute("SELECT content, dictionary FROM pages WHERE sha256 = ?", (sha256,)).fetchone()
                return row is not None and hashlib.sha256(packer.unpack(*row)).hexdigest() == sha256
        except zstandard.ZstdError:
            return False

    def totals(self) -> tuple[int, int, int]:
        """How many pages are kept, their bytes as they came, and their bytes as kept; zeros where there is no raw file."""
        if not self.path.exists():
            return 0, 0, 0
        with plain_errors(self.path):
            count, size, kept = self._open().execute(
                "SELECT count(*), coalesce(sum(size), 0), coalesce(sum(length(content)), 0) FROM pages"
            ).fetchone()
        return int(count), int(size), int(kept)

    def close(self) -> None:
        """Close the file, if it was opened."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = connect(self.path, RAW, read_only=self._read_only, durable=self._durable)
            self._packer = Packer(self._connection)
        return self._connection

    def _packing(self) -> Packer:
        self._open()
        assert self._packer is not None
        return self._packer


def _form(page: Page) -> str:
    return "body" if page.body is not None else "html" if page.html is not None else "text"


def page_bytes(page: Page) -> bytes:
    """What came, byte for byte; of what came decoded, its UTF-8."""
    if page.body is not None:
        return page.body
    return (page.html if page.html is not None else page.text or "").encode("utf-8", "surrogatepass")
