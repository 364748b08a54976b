"""What can be asked of a search: the query, the filters, the order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypedDict, get_args

from storage.errors import QueryError
from storage.query import parse
from storage.when import bounds, zone

Order = Literal["relevance", "newest", "oldest", "geopolitics"]
When = str | date | datetime
Words = str | Sequence[str]


class FilterArguments(TypedDict, total=False):
    """The fields of `Filters` but `query`, as keyword arguments."""

    since: When | None
    until: When | None
    language: Words | None
    source: Words | None
    min_geopolitics: float | None
    include_rejected: bool
    order: Order | None
    limit: int | None
    offset: int
    tz: str
    author: Words | None
    tag: Words | None
    publisher: Words | None
    flag: Words | None
    min_words: int | None
    country: Words | None


@dataclass(frozen=True)
class Filters:
    """Which articles, and in what order.

    `query` is what people type (words, "phrases", prefix*, title:word, AND OR NOT, brackets); empty means every article.
    `since` and `until` bound `published_at` (a day, month or year counts whole, in the time zone `tz`; articles without a
    date are then left out).  `language` `en` also takes `en-GB`.  `author` is one or more words of a name in a row, `tag` and
    `publisher` are whole names; capitals and accents do not matter in these three.  `source` and `flag` are ids, `country` is
    the code (ISO 3166-1 alpha-2) of one that the article names.  Of several values of a filter one is enough.
    `min_geopolitics` is from 0 to 1.  Rejected pages are left out unless asked for.
    `order`: by relevance when something is looked for, else newest first.  `limit` None is no limit; `offset` skips as many.

    Raises QueryError for what cannot be understood; MalformedQuery where that is the query.
    """

    query: str = ""
    since: When | None = None
    until: When | None = None
    language: Words | None = None
    source: Words | None = None
    min_geopolitics: float | None = None
    include_rejected: bool = False
    order: Order | None = None
    limit: int | None = None
    offset: int = 0
    tz: str = "UTC"
    author: Words | None = None
    tag: Words | None = None
    publisher: Words | None = None
    flag: Words | None = None
    min_words: int | None = None
    country: Words | None = None

    def __post_init__(self) -> None:
        if self.order is not None and self.order not in get_args(Order):
            raise QueryError(f"there is no order {self.order!r}: choose one of {', '.join(get_args(Order))}")
        for name, value in (("limit", self.limit), ("offset", self.offset), ("number of words", self.min_words)):
            if value is not None and value < 0:
                raise QueryError(f"{'an' if name[0] == 'o' else 'a'} {name} cannot be negative: {value}")
        for code in self.chosen("country") or ():
            if not (len(code) == 2 and code.isascii() and code.isalpha()):
                raise QueryError(f"a country is two letters of ISO 3166-1, such as UA, not {code!r}")
        parse(self.query)
        self.bounds()

    def bounds(self) -> tuple[str | None, str | None, bool]:
        """The first moment that is wanted, the last one, and whether that one itself is wanted, too."""
        tz = zone(self.tz)
        first = None if self.since is None else bounds(self.since, tz=tz)[0]
        if self.until is None:
            return first, None, False
        begin, behind = bounds(self.until, tz=tz)
        return first, behind, begin == behind

    def chosen(self, name: str) -> list[str] | None:
        """The values of a filter as a list; None where it is not set."""
        value: Words | None = getattr(self, name)
        return [value] if isinstance(value, str) else None if value is None else list(value)
