"""How raw pages are compressed: zstd, with what the pages of a host have in common as a dictionary.

A dictionary is made of SAMPLES pages of a host at different addresses, and holds, in the order of the latest one, the pieces
that LEAST of them have: menus, scripts, styles, but not what one article says.  Pages that were kept before stay as they are.
`benchmarks/raw_pages.py`: of two pages of a host that were fetched together the second one then takes 37 % of the bytes and half
the time, of two that lie months apart 84 %.  So a new dictionary is made every RENEWED.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import zstandard

from storage.when import iso

SAMPLES = 5
LEAST = 3
LONGEST = 256 << 10
"""Bytes of a dictionary.  With half as many the pages of `benchmarks/raw_pages.py` take 50 % instead of 37 %."""
RENEWED = timedelta(days=90)

_LEVEL = 3
"""A third of the time of level 6, 8 % more bytes (150 real pages); a crawl does this between two requests."""
_CACHED = 32
"""Dictionaries that are kept ready, about half a megabyte each."""
_PIECES = re.compile(rb"<?[^<\n,;}]*[\n,;}]?")


class Packer:
    """Compresses pages for the raw file behind `db`, and unpacks them."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._plain = zstandard.ZstdCompressor(level=_LEVEL)
        self._ready: dict[int, zstandard.ZstdCompressionDict | None] = {}

    def pack(self, content: bytes, host: str | None) -> tuple[bytes, int | None]:
        """A zstd frame, and the id of the dictionary that it needs.  Within the transaction that stores them."""
        sql = "SELECT max(id) FROM dictionaries WHERE host = ?"
        number: int | None = self._db.execute(sql, (host,)).fetchone()[0] if host else None
        dictionary = None if number is None else self._dictionary(number)
        if dictionary is None:
            return self._plain.compress(content), None
        return zstandard.ZstdCompressor(level=_LEVEL, dict_data=dictionary).compress(content), number

    def unpack(self, frame: bytes, dictionary: int | None) -> bytes:
        """What was packed.  Raises zstandard.ZstdError for a frame that is damaged, or whose dictionary is gone."""
        if dictionary is None:
            return zstandard.ZstdDecompressor().decompress(frame)
        return zstandard.ZstdDecompressor(dict_data=self._dictionary(dictionary)).decompress(frame)

    def learn(self, host: str, pages: Iterable[tuple[str, str]], now: str) -> None:
        """Take `pages` (sha256 and URL), which were just stored, for samples if the host wants any; within that transaction."""
        db = self._db
        (made,) = db.execute("SELECT max(made_at) FROM dictionaries WHERE host = ?", (host,)).fetchone()
        if made is not None and made > iso(datetime.fromisoformat(now).astimezone(UTC) - RENEWED):
            return
        for sha256, url in pages:
            db.execute(
                "INSERT OR IGNORE INTO samples (sha256, host, url) SELECT ?1, ?2, ?3"
                " WHERE NOT EXISTS (SELECT 1 FROM samples WHERE host = ?2 AND dictionary IS NULL AND url = ?3)",
                (sha256, host, url),
            )
        samples = db.execute(
            "SELECT p.content, p.dictionary FROM samples AS s JOIN pages AS p USING (sha256)"
            " WHERE s.host = ? AND s.dictionary IS NULL ORDER BY p.rowid DESC LIMIT ?",
            (host, SAMPLES),
        ).fetchall()
        if len(samples) == SAMPLES:
            content = common([self.unpack(*sample) for sample in samples])
            frame = self._plain.compress(content)
            sql = "INSERT INTO dictionaries (host, made_at, content) VALUES (?, ?, ?)"
            number = db.execute(sql, (host, now, frame)).lastrowid
            db.execute("UPDATE samples SET dictionary = ? WHERE host = ? AND dictionary IS NULL", (number, host))

    def undo(self, dictionaries: Iterable[int]) -> None:
        """Compress anew without a dictionary what needs one of these, and remove them; within the caller's transaction.

        A frame that is damaged stays as it is, for nothing can be made of it.
        """
        for number in dictionaries:
            needing = self._db.execute("SELECT sha256 FROM pages WHERE dictionary = ?", (number,)).fetchall()
            for (sha256,) in needing:
                (frame,) = self._db.execute("SELECT content FROM pages WHERE sha256 = ?", (sha256,)).fetchone()
                with suppress(zstandard.ZstdError):
                    frame = self._plain.compress(self.unpack(frame, number))
                self._db.execute("UPDATE pages SET content = ?, dictionary = NULL WHERE sha256 = ?", (frame, sha256))
            self._db.execute("DELETE FROM dictionaries WHERE id = ?", (number,))

    def _dictionary(self, number: int) -> zstandard.ZstdCompressionDict | None:
        """The dictionary with this id; None for an empty one."""
        if number not in self._ready:
            row = self._db.execute("SELECT content FROM dictionaries WHERE id = ?", (number,)).fetchone()
            if row is None:
                raise zstandard.ZstdError(f"dictionary {number} is gone")
            content = zstandard.ZstdDecompressor().decompress(row[0])
            made = zstandard.ZstdCompressionDict(content, dict_type=zstandard.DICT_TYPE_RAWCONTENT) if content else None
            if made is not None:
                made.precompute_compress(level=_LEVEL)
            if len(self._ready) == _CACHED:
                del self._ready[next(iter(self._ready))]
            self._ready[number] = made
        return self._ready[number]


def common(pages: Sequence[bytes], least: int = LEAST) -> bytes:
    """What `least` of `pages` have in common: those pieces of the first one, in its order, up to LONGEST bytes.

    A piece ends before a tag, and behind a line, a comma, a semicolon or a brace: so does what scripts hold.
    """
    pieces = [_PIECES.findall(page) for page in pages]  # the empty last one does no harm
    having = Counter(piece for page in pieces for piece in set(page))
    return b"".join(piece for piece in pieces[0] if having[piece] >= least)[:LONGEST]
