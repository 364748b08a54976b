"""What an export says of itself: how many articles, of which question, by which versions, what was left out."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cleaning.identity import uid
from cleaning.models import SCHEMA_VERSION, Article
from storage.filters import Filters
from storage.schema import NEWS
from storage.when import iso


class Tally(Iterator[Article]):
    """Passes articles on, but those whose pages opt out, and keeps count; `on_article` is called for each that goes by.

    What was left out waits in a file, since it may be most of a million.
    """

    def __init__(self, articles: Iterator[Article], on_article: Callable[[], None], *, include_reserved: bool) -> None:
        self._articles = articles
        self._on_article = on_article
        self._include_reserved = include_reserved
        self._left_out = tempfile.SpooledTemporaryFile(max_size=1 << 20, mode="w+", encoding="utf-8")  # noqa: SIM115
        self.count = 0
        self.reserved = 0
        self.first: str | None = None
        self.last: str | None = None
        self.rules: Counter[str] = Counter()

    def __next__(self) -> Article:
        article = next(self._articles)
        while article.rights.reserved and not self._include_reserved:
            self.reserved += 1
            self._left_out.write(json.dumps({"uid": uid(article.url_key), "url": article.url}, ensure_ascii=False) + "\n")
            article = next(self._articles)
        self.counted(article.rules_version, iso(article.published_at) if article.published_at else None)
        return article

    def counted(self, rules_version: str, published_at: str | None) -> None:
        """Keep count of one article that is written."""
        self.count += 1
        self.rules[rules_version] += 1
        if published_at is not None:
            self.first = min(self.first or published_at, published_at)
            self.last = max(self.last or published_at, published_at)
        self._on_article()

    def left_out(self) -> Iterator[str]:
        """Each article that was left out, as a line of JSON."""
        self._left_out.seek(0)
        for line in self._left_out:
            yield line.rstrip("\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._left_out.close()


def write_manifest(path: Path, facts: Mapping[str, Any], left_out: Iterator[str]) -> None:
    """Write `facts` as indented JSON, and behind them under `left_out` what was left out, a line each."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(facts, ensure_ascii=False, indent=2).removesuffix("\n}"))
        file.write(',\n  "left_out": [')
        number = 0
        for number, line in enumerate(left_out, start=1):
            file.write(("\n    " if number == 1 else ",\n    ") + line)
        file.write("\n  ]\n}\n" if number else "]\n}\n")


def question(filters: Filters) -> dict[str, Any]:
    """The filters that were set, in plain JSON types."""
    unset = asdict(Filters())
    return {name: _plain(value) for name, value in asdict(filters).items() if value != unset[name]}


def in_words(filters: Filters) -> str:
    """The filters that were set, for people."""
    asked = "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in question(filters).items())
    return asked or "every article of the store"


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return list(value) if isinstance(value, (list, tuple)) else value


def versions(rules: Mapping[str, int], *packages: str) -> dict[str, Any]:
    """Of Copydesk, the store, the record, the cleaning (with the number of articles each made), and of other `packages`."""
    return {
        "copydesk": _version("copydesk"), "store": NEWS.version, "record": SCHEMA_VERSION,
        "cleaning": dict(sorted(rules.items())),
        **{name: _version(name) for name in packages},
    }  # fmt: skip


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:  # run from a copy that nobody installed
        return None


def described(path: Path, name: str) -> dict[str, Any]:
    """A file that was written: its name, its size in bytes, its sha256."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"name": name, "bytes": path.stat().st_size, "sha256": digest}
