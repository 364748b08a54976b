"""What of an article an export holds: the columns of a table, the fields of a record, which were picked and under what name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

from cleaning.identity import uid
from cleaning.models import Article
from storage.errors import QueryError
from storage.records import content_hash
from storage.terms import word_count

_SCALARS = (
    "url", "canonical_url", "source", "publisher", "title", "summary", "language", "published_at", "published_precision",
    "modified_at", "fetched_at", "agency", "dateline", "section", "article_type", "is_accessible_for_free", "status",
)  # fmt: skip

COLUMNS: dict[str, Callable[[Article], Any]] = {
    "uid": lambda article: uid(article.url_key),
    **{name: attrgetter(name) for name in _SCALARS},
    "authors": lambda article: list(article.authors),
    "tags": lambda article: list(article.tags),
    "flags": lambda article: list(article.flags),
    "countries": lambda article: [country.code for country in article.geopolitics.countries] if article.geopolitics else [],
    "geopolitics": lambda article: article.geopolitics.score if article.geopolitics else None,
    "robots": lambda article: list(article.rights.robots),
    "tdm_reservation": lambda article: article.rights.tdm_reservation,
    "noai": lambda article: article.rights.noai,
    "licence": lambda article: article.rights.licence,
    "rules_version": lambda article: article.rules_version,
    "word_count": lambda article: word_count(article.text),
    "content_hash": lambda article: content_hash(article.title, article.text),
    "text": lambda article: article.text,
}  # fmt: skip
"""The columns of CSV, in order, with how each is read from an article: lists stay lists, times datetimes."""

REMOVALS: dict[str, Callable[[Article], Any]] = {
    "removals": lambda article: [{"rule": r.rule, "evidence": r.evidence, "text": r.text} for r in article.removals]
}
"""What only the nested forms (Parquet and the dataset folder) have beside these."""

_ADDED = ("uid", "word_count", "content_hash")
_WRITTEN = frozenset({
    "text", "summary", "blocks", "removals", "images", "links", "candidates", "flag_evidence",
})  # fmt: skip
"""Fields that hold what the publishers wrote; without them an article is its address, its hash and facts about it."""


@dataclass(frozen=True)
class Shape:
    """What of each article is written, and how: `names` are pairs of a field and its name in the export, None for all there
    are; `text` False leaves out what the publishers wrote; `compression` is a suffix; `asked` the question in words."""

    names: tuple[tuple[str, str], ...] | None = None
    text: bool = True
    compression: str | None = None
    asked: str = ""

    def columns(self, known: Mapping[str, Callable[[Article], Any]]) -> list[tuple[str, str, Callable[[Article], Any]]]:
        """The chosen ones of `known` columns: field, name in the export, reader."""
        names = self.names or [(name, name) for name in known if self.text or name not in _WRITTEN]
        return [(field, name, known[field]) for field, name in names]

    def record(self, article: Article) -> dict[str, Any]:
        """The article in plain JSON types; with no names chosen it is its record, which `Article.from_record` reads."""
        if self.names is None:
            added = {name: COLUMNS[name](article) for name in (_ADDED if not self.text else _ADDED[:1])}
            return added | article.model_dump(mode="json", exclude=None if self.text else set(_WRITTEN))
        own = {field for field, _ in self.names} & Article.model_fields.keys()
        found = article.model_dump(mode="json", include=own)
        return {name: found[field] if field in found else COLUMNS[field](article) for field, name in self.names}


@dataclass(frozen=True)
class Written:
    """What a form has written: the files that its manifest describes, and how many cells were guarded (CSV)."""

    files: tuple[Path, ...]
    guarded: int = 0


def chosen(fields: str | Sequence[str], *, text: bool, known: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """What a user wrote as `title,text,published_at:date`, of the `known` fields of a form, as pairs of field and name.

    Raises QueryError, naming the word that is wrong, for an unknown field, a name given twice, and a text that was both
    asked for and left out.
    """
    words = fields.split(",") if isinstance(fields, str) else list(fields)
    names: dict[str, str] = {}
    for word in words:
        field, parted, name = (part.strip() for part in word.partition(":"))
        if field not in known:
            raise QueryError(f"there is no field {field!r} here: choose among {', '.join(known)}")
        if parted and not name:
            raise QueryError(f"{word.strip()!r}: the new name is missing behind the colon")
        if not text and field in _WRITTEN:
            raise QueryError(f"{field!r} is what --no-text leaves out: choose one of the two")
        if (name or field) in names:
            raise QueryError(f"two fields would have the name {name or field!r}: give one another, as in {field}:other")
        names[name or field] = field
    return tuple((field, name) for name, field in names.items())


def record_fields() -> tuple[str, ...]:
    """The fields that can be picked for JSON lines: those of a record, and the columns that a table has beside them."""
    return tuple(dict.fromkeys((*_ADDED, *Article.model_fields, *COLUMNS)))
