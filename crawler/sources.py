"""What a source is: one strict TOML definition, from the catalogue or from a file of the user's own."""

from __future__ import annotations

import datetime
import difflib
import ipaddress
import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from cleaning import SiteRules
from cleaning.models import ElementSelector, Selector
from cleaning.selectors import SelectorError
from crawler.errors import SourceError, UnknownSourceError

Owner = Literal["public", "independent", "commercial", "state", "wire", "analysis", "igo"]
EndpointKind = Literal["feed", "sitemap", "section"]
Networks = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]


def _web_address(url: str) -> str:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  reading it is what checks it
    except ValueError as error:
        raise ValueError(f"{url!r} is not a web address: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url!r} is not an http or https address")
    return url


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is not a regular expression: {error}") from error
    return text


def _network(text: str) -> str:
    try:
        ipaddress.ip_network(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a network such as 192.168.1.0/24: {error}") from error
    return text


def _template(text: str) -> str:
    try:
        example = text.format(year="2024", month="01", day="31")
    except (KeyError, IndexError, ValueError) as error:
        raise ValueError(f"{text!r} may hold {{year}}, {{month}} and {{day}}, and no other braces") from error
    if "{year}" not in text:
        raise ValueError(f"{text!r} names no {{year}}")
    _web_address(example)
    return text


Template = Annotated[str, AfterValidator(_template)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Network = Annotated[str, AfterValidator(_network)]


class Source(BaseModel):
    """One outlet in one language (or in several that its feeds mix), and where its articles are announced.

    `country` is ISO 3166-1 alpha-2, `languages` BCP 47.  `include` and `exclude` are regular expressions that are searched for
    in an article's URL: with `include` one of them must be found, of `exclude` none.  `delay` is the least number of seconds
    between two requests to a host (None: the default), `interval` how often it is worth asking at most (`30m`, `2h`, `1d`).
    `sections` are pages that link to its articles, read where neither feed nor sitemap has them all.
    `archives` are addresses of its archive pages, with {year}, {month} and {day}, which `crawl --since` reads.
    `verified` is the day on which someone last saw it work, or "never".  `allow_networks` are networks beyond the public
    internet that this source may reach; only a user's own file can give them.  `remove`, `body`, `title`, `author` and `date`
    are the site's own rules, as in `SiteRules`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: str = Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=64)
    name: str = Field(min_length=1)
    home: WebAddress | None = None
    country: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$")], ...] = Field(default=(), strict=False)
    owner: Owner | None = None
    owner_reviewed: bool = False
    paywall: bool | None = None
    opt_in_only: bool = False
    licence: str | None = None
    terms_url: WebAddress | None = None
    feeds: tuple[WebAddress, ...] = Field(default=(), strict=False)
    sitemaps: tuple[WebAddress, ...] = Field(default=(), strict=False)
    sections: tuple[WebAddress, ...] = Field(default=(), strict=False)
    archives: tuple[Template, ...] = Field(default=(), strict=False)
    include: tuple[Pattern, ...] = Field(default=(), strict=False)
    exclude: tuple[Pattern, ...] = Field(default=(), strict=False)
    delay: float | None = Field(default=None, ge=0, le=3600)
    interval: str | None = Field(default=None, pattern=r"^[1-9][0-9]*[mhd]$")
    topics: tuple[str, ...] = Field(default=(), strict=False)
    verified: Literal["never"] | datetime.date = "never"
    min_geopolitics: float | None = Field(default=None, ge=0, le=1)
    allow_networks: tuple[Network, ...] = Field(default=(), strict=False)
    remove: tuple[ElementSelector, ...] = Field(default=(), strict=False)
    body: ElementSelector | None = None
    title: Selector | None = None
    author: Selector | None = None
    date: Selector | None = None

    @cached_property
    def networks(self) -> Networks:
        """`allow_networks`, parsed."""
        return tuple(ipaddress.ip_network(text) for text in self.allow_networks)

    @property
    def endpoints(self) -> tuple[tuple[EndpointKind, str], ...]:
        """What every run asks, with its kind."""
        of_kind: tuple[tuple[EndpointKind, tuple[str, ...]], ...] = (
            ("feed", self.feeds), ("sitemap", self.sitemaps), ("section", self.sections),
        )
        return tuple((kind, url) for kind, urls in of_kind for url in urls)

    @cached_property
    def _patterns(self) -> tuple[list[re.Pattern[str]], list[re.Pattern[str]]]:
        return [re.compile(p) for p in self.include], [re.compile(p) for p in self.exclude]

    def wants(self, url: str) -> bool:
        """True if `include` and `exclude` let the article `url` through."""
        include, exclude = self._patterns
        return (not include or any(p.search(url) for p in include)) and not any(p.search(url) for p in exclude)

    def site_rules(self, min_geopolitics: float | None = None) -> SiteRules:
        """What cleaning should know of this source; `min_geopolitics` counts where the source sets none of its own."""
        own = self.min_geopolitics
        return SiteRules(
            source=self.id, publisher=self.name, country=self.country, languages=self.languages,
            min_geopolitics=min_geopolitics if own is None else own,
            remove=self.remove, body=self.body, title=self.title, author=self.author, date=self.date,
        )


def load_file(path: Path) -> tuple[Source, ...]:
    """The sources of a user's own TOML file: one at top level, or several under `[[source]]`.

    Raises SourceError naming the file, and the key where there is one.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SourceError(path, None, f"cannot be read ({error.strerror or error})") from error
    except UnicodeDecodeError as error:
        raise SourceError(path, None, "is not UTF-8 text") from error
    return parse(text, str(path))


def parse(text: str, where: str, *, own: bool = True) -> tuple[Source, ...]:
    """The sources of a TOML text; `where` names it in errors, `own` says that it is the user's (and may `allow_networks`)."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SourceError(where, None, f"not valid TOML: {error}") from error
    tables = data.get("source")
    if tables is None:
        return (_build(data, where, "", own, text, ()),)
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise SourceError(where, "source", "write [[source]] before each source")
    if loose := sorted(set(data) - {"source"}):
        raise SourceError(where, loose[0], "stands beside [[source]]: put it under the source it belongs to")
    found = tuple(
        _build(table, where, f"source {n} ({table.get('id', 'no id')}): ", own, text, ("source", n - 1))
        for n, table in enumerate(tables, 1)
    )
    _refuse_twins((where, source) for source in found)
    return found


def _build(data: Mapping[str, Any], where: str, which: str, own: bool, text: str, path: Steps) -> Source:
    if not own and "allow_networks" in data:
        raise SourceError(where, "allow_networks", "is only for definitions of your own, never for the catalogue")
    try:
        return Source.model_validate(dict(data))
    except ValidationError as error:
        first = error.errors()[0]
        loc = first["loc"]
        name, entry = str(loc[0]), loc[1] if len(loc) > 1 and isinstance(loc[1], int) else None
        if name in SELECTORS:
            raise _wrong_selector(dict(first), where, which, text, path, data) from error
        place = f" (entry {entry + 1})" if entry is not None else ""
        raise SourceError(where, which + name, _reason(first["type"], name, first["msg"]) + place) from error


Steps = tuple[str | int, ...]
"""The way to a value in a TOML file: keys, and places in lists from 0."""

SELECTORS = ("remove", "body", "title", "author", "date")
"""The keys of a source that hold selectors."""


def _wrong_selector(
    first: Mapping[str, Any], where: str, which: str, text: str, path: Steps, data: Mapping[str, Any]
) -> SourceError:
    """The error for a selector: its key, and where in the file that stands."""
    loc = tuple(step for step in first["loc"] if isinstance(step, int) or step in SELECTORS or step == first["loc"][-1])
    table = _value_at(data, loc)
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, SelectorError) and isinstance(table, dict):
        loc = (*loc, "css" if "css" in table else "xpath")
        reason = str(cause)
    elif first["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(loc[-1]), Selector.model_fields, n=1)
        reason = "is not a known key" + (f" (did you mean {near[0]}?)" if near else "")
    elif first["type"] == "value_error":
        reason = first["msg"].removeprefix("Value error, ")
    else:
        form = '[[remove]] with css = "…" or xpath = "…"' if loc == ("remove",) else '{ css = "…" } or { xpath = "…" }'
        reason = f"should be {form}" if len(loc) <= 2 else first["msg"].replace("Input should", "should", 1)
    key = " ".join(str(step + 1) if isinstance(step, int) else step for step in loc)
    return SourceError(where, which + key, reason, locate(text, (*path, *loc)))


def locate(text: str, path: Steps) -> tuple[int, int] | None:
    """The line and column (from 1) of the last key of `path` in a TOML text; None where that cannot be told.

    The key is the word without which the file, read again, has no such value: so any way of writing TOML is understood.
    """
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    path = path[: len(path) - next((n for n, step in enumerate(reversed(path)) if step == key), 0)]
    value = _value_at(tomllib.loads(text), path)
    found = [match.start() for match in re.finditer(rf"(?<![\w-]){re.escape(key)}(?![\w-])", text)]
    start = value[:12] if isinstance(value, str) else ""
    found.sort(key=lambda at: not text[at + len(key) :].lstrip(" \t=\"'").startswith(start))
    for at in found[:_MOST_TRIES]:
        try:
            other = tomllib.loads(f"{text[:at]}{key}-elsewhere{text[at + len(key) :]}")
        except tomllib.TOMLDecodeError:
            continue
        if _value_at(other, path) != value:
            before = text[:at]
            return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1
    return None


_MOST_TRIES = 500


def _value_at(data: Any, path: Steps) -> Any:
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


_SHAPES = {
    "id": "should be lower-case words joined by hyphens, such as bbc-world",
    "country": "should be a country code such as GB",
    "languages": "should be language tags such as en or pt-BR",
    "interval": "should be a time such as 30m, 2h or 1d",
    "verified": 'should be a date or "never"',
}


def _reason(kind: str, name: str, message: str) -> str:
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(name, Source.model_fields, n=1)
        return "is not a known key" + (f" (did you mean {near[0]}?)" if near else "")
    if name in _SHAPES:
        return _SHAPES[name]
    return message.removeprefix("Value error, ").replace("Input should", "should", 1).replace("a valid tuple", "a list")


def _refuse_twins(found: Iterable[tuple[str, Source]]) -> None:
    seen: dict[str, str] = {}
    for where, source in found:
        if source.id in seen:
            first = seen[source.id]
            raise SourceError(where, "id", f"{source.id!r} is defined twice" + (f" (also in {first})" if first != where else ""))
        seen[source.id] = where


def load_catalogue() -> dict[str, Source]:
    """The catalogue that comes with Copydesk, by id.  It is a menu: nothing in it is crawled unless it was chosen."""
    found = {}
    for entry in sorted(resources.files("crawler").joinpath("catalogue").iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml"):
            where = f"crawler/catalogue/{entry.name}"
            (source,) = parse(entry.read_text(encoding="utf-8"), where, own=False)
            if f"{source.id}.toml" != entry.name:
                raise SourceError(where, "id", f"{source.id!r} is not the file's name")
            found[source.id] = source
    return found


def load_all(files: Iterable[Path]) -> dict[str, Source]:
    """The catalogue and, over it, the user's own `files`, by id.  An own definition takes the place of the catalogue's."""
    own = [(str(path), source) for path in files for source in load_file(path)]
    _refuse_twins(own)
    return load_catalogue() | {source.id: source for _, source in own}


def select(ids: Iterable[str], available: Mapping[str, Source]) -> tuple[Source, ...]:
    """The sources with these ids, each once, in the order given.  Raises UnknownSourceError, with ids that are spelled alike."""
    chosen = []
    for source_id in dict.fromkeys(ids):
        if source_id not in available:
            raise UnknownSourceError(source_id, tuple(difflib.get_close_matches(source_id, available, n=2)))
        chosen.append(available[source_id])
    return tuple(chosen)
