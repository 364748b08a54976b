"""The types that travel through Copydesk: a `Page` comes in, an `Article` with its `Removal`s goes out.

All of them are frozen pydantic models.  Made by hand they refuse unknown fields; read back from a file
that a newer Copydesk wrote (`Article.from_record`) unknown fields are ignored.  Every string is NFC without C0 controls
(but newline and tab) and without lone surrogates, so that whatever is in an `Article` can be stored.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_serializer, model_validator

from cleaning.selectors import compiled, require_elements

SCHEMA_VERSION = 1
"""Version of the `Article` record; raised when a field changes its meaning or goes."""

BlockKind = Literal[
    "paragraph", "heading", "list_item", "quote", "table", "preformatted", "caption", "box", "embed", "live_update"
]
RUNNING_KINDS: frozenset[str] = frozenset({"paragraph", "heading", "list_item", "quote", "table", "preformatted", "live_update"})
"""Kinds that make up `Article.text`; captions, fact boxes and embeds are kept as blocks only."""

Status = Literal["ok", "partial", "rejected"]
Precision = Literal["year", "month", "day", "minute", "second"]

_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def storable(text: str) -> str:
    """`text` in NFC, without C0 controls (but newline and tab), DEL and lone surrogates."""
    if text.isascii():
        return text if text.isprintable() else _UNSTORABLE.sub("", text)
    return unicodedata.normalize("NFC", _UNSTORABLE.sub("", text))


def _as_utc(moment: datetime) -> datetime:
    """A naive datetime is taken as UTC, an aware one is converted; whole seconds."""
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.replace(microsecond=0)


Text = Annotated[str, AfterValidator(storable)]
Utc = Annotated[datetime, AfterValidator(_as_utc)]
Zone = Annotated[str, Field(pattern=r"^[+-]\d\d:\d\d$")]
"""An offset from UTC as pages write it: `+05:30`."""


class Model(BaseModel):
    """Frozen; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Claim(Model):
    """What a feed or sitemap says of a page before anyone has read it.

    `field` is one of title, author, published_at, modified_at, summary, language, tag, or of its site's tdmrep.json
    tdm_reservation (1 or 0) and tdm_policy; `source` says where it stood, e.g. `feed:https://example.org/rss`.
    """

    field: str
    value: Text
    source: str


class Page(Model):
    """A page as it was fetched or read: exactly one of `html`, `text` (decoded) and `body` (bytes)."""

    url: str | None = None
    html: str | None = None
    text: str | None = None
    body: bytes | None = None
    content_type: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    fetched_at: Utc | None = None
    claims: tuple[Claim, ...] = ()

    @model_validator(mode="after")
    def _one_content(self) -> Self:
        if sum(x is not None for x in (self.html, self.text, self.body)) != 1:
            raise ValueError("a Page has exactly one of html, text and body")
        return self


class Block(Model):
    """One paragraph, heading, list item … of the article, in reading order.

    `level` is 1-6 for headings.  `line` counts from 1 and is known for plain-text input only.  `flags` are damage
    found in this very block (`garbled_sentence`, `quote_not_closed`, …).
    `link_share` is the share of its characters that stand in links, from 0 to 1; None where that is unknown (plain text, tables).
    `published_at` is the time of a live blog's entry, on the entry's first block (kind `live_update`).
    A table's rows are parted by newlines and its cells by tabs; every other block is one line.
    """

    kind: BlockKind = "paragraph"
    text: Text
    level: int | None = None
    line: int | None = None
    flags: tuple[str, ...] = ()
    link_share: float | None = Field(default=None, ge=0, le=1)
    published_at: Utc | None = None


class Removal(Model):
    """Something that was on the page and is not in the article, and why.

    `rule` is the rule's id (`nav.prev-next`), `evidence` what the rule saw.  `before_block` is the index (from 0) of the
    article's block before which it stood, `len(blocks)` for what stood behind the last one.  `block_count` is how many
    blocks were taken out in one go (page chrome comes in runs); `line` counts from 1, plain text only.
    """

    rule: str
    evidence: Text
    text: Text
    before_block: int
    block_count: int = 1
    line: int | None = None


class Candidate(Model):
    """One thing that a page (or its feed) says about a field, and where.  The winner is in the article's field."""

    field: str
    value: Text
    source: str
    chosen: bool = False


class Image(Model):
    """A picture of the article with what stands beneath it."""

    url: Text
    caption: Text | None = None
    credit: Text | None = None


class Link(Model):
    """A link out of the body: its absolute URL and the words it stands on."""

    url: Text
    text: Text


class CountryMention(Model):
    """A country that the article names: ISO 3166-1 alpha-2 code, the names that were found, how often."""

    code: str
    names: tuple[str, ...]
    count: int


class TermMention(Model):
    """A term of the geopolitics list that the article uses: its topic (conflict, diplomacy, …) and how often."""

    term: str
    topic: str
    count: int


class Geopolitics(Model):
    """How much an article is about relations between states, from 0 to 1, and everything the score was made of."""

    score: float = Field(ge=0, le=1)
    countries: tuple[CountryMention, ...] = ()
    terms: tuple[TermMention, ...] = ()


class Rights(Model):
    """What the page itself states on reuse, or its site of it; None and empty mean that nothing is stated.

    `robots` are directives of meta robots and X-Robots-Tag in lower case; `tdm_reservation` is the TDMRep value
    (True: text and data mining reserved), `tdm_policy` its URL; `noai` is True where a directive opts out of AI training.
    """

    robots: tuple[str, ...] = ()
    tdm_reservation: bool | None = None
    tdm_policy: str | None = None
    noai: bool = False
    licence: str | None = None

    @property
    def reserved(self) -> bool:
        """Whether the page opts out: of text and data mining, of AI training, or of being indexed at all."""
        return self.tdm_reservation is True or self.noai or not {"noindex", "none"}.isdisjoint(self.robots)


class Selector(Model):
    """A selector of a source's own rules: exactly one of `css` and `xpath`, and why it is there.

    One that cannot be used is refused when it is made (the validation error's cause is a `SelectorError` with the position).
    """

    css: str | None = None
    xpath: str | None = None
    reason: str = ""

    @model_validator(mode="after")
    def _one_selector(self) -> Self:
        if (self.css is None) == (self.xpath is None):
            raise ValueError("give exactly one of css and xpath")
        compiled(self.css, self.xpath)
        return self

    def __str__(self) -> str:
        return f"css {self.css}" if self.css is not None else f"xpath {self.xpath}"


def _selects_elements(selector: Selector) -> Selector:
    require_elements(selector.css, selector.xpath)
    return selector


ElementSelector = Annotated[Selector, AfterValidator(_selects_elements)]
"""A selector whose result is elements of the page, and no text, attribute or number."""


class SiteRules(Model):
    """What is known of a source before reading its page: who publishes it, and selectors of its own.

    `country` is the outlet's own ISO 3166-1 alpha-2 code: mentions of it do not raise the geopolitics score.  Pages that
    score below `min_geopolitics` come back rejected with the flag `below_geopolitics_threshold`.

    What `remove` selects is taken out, `body` is where the text stands, `title`, `author` and `date` win over everything else
    that the page says.  One that finds nothing on a page leaves it as it would be without, and is flagged
    (`site_selector_missed`).
    """

    source: str | None = None
    publisher: str | None = None
    country: str | None = None
    languages: tuple[str, ...] = ()
    min_geopolitics: float | None = Field(default=None, ge=0, le=1)
    remove: tuple[ElementSelector, ...] = ()
    body: ElementSelector | None = None
    title: Selector | None = None
    author: Selector | None = None
    date: Selector | None = None


class SiteMemory(Model):
    """What a host repeats: an immutable snapshot that storage takes before a batch.

    `lines` maps the hash of a line (`line_hash`) to the number of the host's pages it was seen on; `version` is kept with every
    article that was cleaned with it.
    """

    host: str
    version: str
    lines: Mapping[str, int] = {}


class Article(Model):
    """A normalised news article: schema.org NewsArticle in snake case, with what was removed and why.

    Unknown scalars are None, collections are empty.  All times are UTC in records and stores; in Python `published_at` and
    `modified_at` are the same moments on the page's own clock where it names one (`published_zone`), so that `.date()` is the day
    that the page shows.  They never fill in for each other; `published_raw` is the string as the page has it,
    `published_source` where it stood, and
    `published_precision` how fine it is.  `language` is BCP 47.  `status` is `ok`, `partial` (real text, but cut off by the
    page) or `rejected` (no article; `flags` say why).  `flag_evidence` gives the reason for each flag.  `extractor` is who told
    the main text: `copydesk` (the page's markup, `cleaning/body.py`), `trafilatura`, `site` (the source's own selector) or `text`
    (a plain text); empty where nothing could be read.
    """

    schema_version: int = SCHEMA_VERSION
    url: Text | None = None
    canonical_url: Text | None = None
    url_key: Text
    source: str | None = None
    publisher: Text | None = None
    title: Text | None = None
    summary: Text | None = None
    text: Text = ""
    blocks: tuple[Block, ...] = ()
    authors: tuple[Text, ...] = ()
    agency: Text | None = None
    dateline: Text | None = None
    published_at: Utc | None = None
    published_raw: Text | None = None
    published_source: str | None = None
    published_precision: Precision | None = None
    published_zone: Zone | None = None
    modified_at: Utc | None = None
    modified_raw: Text | None = None
    modified_source: str | None = None
    modified_precision: Precision | None = None
    modified_zone: Zone | None = None
    fetched_at: Utc | None = None
    language: str | None = None
    section: Text | None = None
    tags: tuple[Text, ...] = ()
    article_type: str | None = None
    is_accessible_for_free: bool | None = None
    images: tuple[Image, ...] = ()
    links: tuple[Link, ...] = ()
    geopolitics: Geopolitics | None = None
    rights: Rights = Rights()
    flags: tuple[str, ...] = ()
    flag_evidence: dict[str, Text] = {}
    candidates: tuple[Candidate, ...] = ()
    removals: tuple[Removal, ...] = ()
    status: Status = "ok"
    extractor: str = ""
    rules_version: str = ""
    memory_version: str | None = None

    @field_serializer("published_at", "modified_at", "fetched_at", when_used="json")
    def _iso(self, moment: datetime | None) -> str | None:
        """ISO 8601 UTC text that sorts: `2024-10-31T12:00:00Z`."""
        return None if moment is None else f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"

    @model_validator(mode="after")
    def _own_clock(self) -> Self:
        """Put the two times on the page's clock; the moments stay what they are."""
        for name in ("published", "modified"):
            zone, moment = getattr(self, f"{name}_zone"), getattr(self, f"{name}_at")
            if zone is not None and moment is not None:
                sign = -1 if zone[0] == "-" else 1
                offset = sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
                try:
                    object.__setattr__(self, f"{name}_at", moment.astimezone(timezone(offset)))
                except (OverflowError, ValueError):  # no such clock, or the first or last day of the calendar: UTC will do
                    continue
        return self

    def as_text(self) -> str:
        """Title, blank line, text.  Cleaning that again gives the same title and text and removes nothing."""
        return f"{self.title}\n\n{self.text}\n" if self.title else f"{self.text}\n"

    def to_record(self) -> dict[str, Any]:
        """The article as plain JSON types, in the order of the fields above."""
        return self.model_dump(mode="json")

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """The article that `to_record` wrote, also one of a newer Copydesk: unknown fields are left out."""
        return cls.model_validate(record, extra="ignore")
