"""The user's own files: `copydesk.toml` and the definitions beside it, changed without losing their comments."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT

from crawler.errors import CrawlerError, SourceError
from crawler.sources import SELECTORS, Source, load_file

DEFINITIONS = "sources.toml"
"""Name of the file beside copydesk.toml into which `sources add` and `sources import` write."""


def write_config(path: Path, *, contact: str | None, sources: Sequence[str], db: str) -> None:
    """Writes a new copydesk.toml.  Raises CrawlerError if it cannot be written."""
    document = tomlkit.document()
    document.add(tomlkit.comment("Copydesk's configuration. Paths are relative to this file."))
    document.add("db", tomlkit.item(db))
    document.add(tomlkit.comment("A mail address or URL of yours: it goes into the user agent, so that the sites can reach you."))
    if contact:
        document.add("contact", tomlkit.item(contact))
    else:
        document.add(tomlkit.comment('contact = "you@example.org"'))
    document.add(tomlkit.comment("Ids of `copydesk sources list`, and of definitions of your own (source_files)."))
    document.add("sources", _lines(sources))
    _write(path, document)


def add_sources(config: Path, sources: Iterable[Source], *, choose: bool = True) -> Path:
    """Appends definitions to the file beside `config` and, unless `choose` is False, chooses them there.  Returns that file.

    Raises SourceError if an id is taken or the file is no list of sources, CrawlerError if something cannot be written.
    """
    path, document, tables = _definitions(config)
    taken = {source.id for source in load_file(path)} if len(tables) else set()
    ids = []
    for source in sources:
        if source.id in taken:
            raise SourceError(path, "id", f"{source.id!r} is there already")
        taken.add(source.id)
        ids.append(source.id)
        table = tomlkit.table()
        _fill(table, source)
        tables.append(table)
    configuration = _read(config)
    _extend(configuration, "source_files", [path.name])
    if choose:
        _extend(configuration, "sources", ids)
    _write(path, document)
    _write(config, configuration)
    return path


def set_rules(config: Path, source: Source) -> Path:
    """Writes the site rules of `source` into its definition in the file beside `config`, which is returned.

    Raises SourceError if it is not defined there.
    """
    path, document, tables = _definitions(config)
    for table in tables:
        if table.get("id") == source.id:
            for name in SELECTORS:
                table.pop(name, None)
            _fill(table, source, only=SELECTORS)
            _write(path, document)
            return path
    raise SourceError(path, None, f"does not define {source.id!r}: put the rules into the file that does")


def _definitions(config: Path) -> tuple[Path, tomlkit.TOMLDocument, AoT]:
    """The file beside `config` with the user's own definitions, as a document, and the list of sources in it."""
    path = config.with_name(DEFINITIONS)
    document = _read(path) if path.exists() else tomlkit.document()
    if "id" in document:
        raise SourceError(path, None, "holds one source at top level: write [[source]] above it, so that more can follow")
    tables = document.get("source")
    if tables is None:
        tables = tomlkit.aot()
        document.add("source", tables)
    assert isinstance(tables, AoT)
    return path, document, tables


def _fill(table: tomlkit.items.Table, source: Source, only: Sequence[str] = ()) -> None:
    """Writes what a source sets into its table: a selector as an inline table, what is removed as a list of tables."""
    fields = source.model_dump(exclude_defaults=True)
    for key, value in sorted(fields.items(), key=lambda pair: pair[0] == "remove"):  # tables come last
        if only and key not in only:
            continue
        if key == "remove":
            removed = tomlkit.aot()
            for selector in value:
                removed.append(tomlkit.item(selector))
            table.add(key, removed)
        elif key in SELECTORS:
            inline = tomlkit.inline_table()
            inline.update(value)
            table.add(key, inline)
        else:
            table.add(key, tomlkit.item(list(value) if isinstance(value, tuple) else value))


def _extend(document: tomlkit.TOMLDocument, key: str, values: Iterable[str]) -> None:
    if key not in document:
        document.add(key, tomlkit.array())
    array: Any = document[key]
    for value in values:
        if value not in array:
            array.append(value)
    if len(array) > 3:
        array.multiline(True)


def _lines(values: Sequence[str]) -> tomlkit.items.Array:
    array = tomlkit.array()
    array.extend(values)
    return array.multiline(len(values) > 3)


def _read(path: Path) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise SourceError(path, None, f"cannot be read ({error})") from error


def _write(path: Path, document: tomlkit.TOMLDocument) -> None:
    """All or nothing: the new text takes the old one's place in one step."""
    beside = path.with_name(path.name + ".new")
    try:
        beside.write_text(tomlkit.dumps(document), encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise CrawlerError(f"{path}: cannot be written ({error.strerror or error})") from error


def make_id(words: str, taken: Iterable[str]) -> str:
    """A readable id made of a title or host name, none of `taken`."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48].strip("-") or "source"
    used = set(taken)
    return base if base not in used else next(f"{base}-{n}" for n in range(2, len(used) + 3) if f"{base}-{n}" not in used)


def host_words(url: str) -> str:
    """The host of a URL without `www.`: what a source is called where nothing better is known."""
    return (urlsplit(url).hostname or "").removeprefix("www.")
