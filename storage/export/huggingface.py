"""A dataset folder as Hugging Face's `datasets` reads it: Parquet shards, and a card that says what is in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError

from cleaning.models import Article
from storage.export.fields import COLUMNS, REMOVALS, Shape, Written
from storage.export.parquet import write_parquet

SHARD = 50_000
"""Articles a file: some 150 MB of them."""
_SHOWN = 50
"""Rows that a table of the card has at most."""
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"), (10_000_000, "1M<n<10M"))

_CLEANED = (
    "Copydesk fetched the pages and took out what is not article: menus, notices, repeated headlines. Nothing was added."
    " `manifest.json` has the question, the versions, checksums, and what was left out because its page reserves text and data"
    " mining, opts out of AI training or asks not to be indexed."
)
_OWNERS = (
    "**The texts belong to their publishers, and this card grants no licence to them.** The articles name people: whoever passes"
    " them on answers for it under the law that applies. Whether a use is allowed is for the user to settle."
)
_UNITS = (
    "Times are UTC, `countries` ISO 3166-1 alpha-2, `language` BCP 47, `geopolitics` a score from 0 to 1 of how much an article"
    " is about relations between states, `content_hash` 32 hex digits over title and text, `removals` what cleaning took out of"
    " the page, with the rule and what it saw. Null is unknown."
)


def write_huggingface(articles: Iterator[Article], folder: Path, shape: Shape) -> Written:
    """Write `data/train-….parquet` and the card, `README.md`."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("source", "language", "month", "rights", "cleaning")}
    data = folder / "data"
    data.mkdir()
    counted = _counting(articles, counts)
    shards: list[Path] = []
    while (first := next(counted, None)) is not None:
        shards.append(data / f"{len(shards)}.parquet")
        write_parquet(islice(chain((first,), counted), SHARD), shards[-1], shape)
    if not shards:  # an empty dataset has its columns all the same
        shards.append(data / "0.parquet")
        write_parquet(iter(()), shards[0], shape)
    named = [shard.rename(data / f"train-{n:05}-of-{len(shards):05}.parquet") for n, shard in enumerate(shards)]
    card = folder / "README.md"
    card.write_text(_card(counts, shape), encoding="utf-8", newline="\n")
    return Written((*named, card))


def _counting(articles: Iterator[Article], counts: Mapping[str, Counter[str]]) -> Iterator[Article]:
    for article in articles:
        counts["source"][article.source or article.publisher or "unknown"] += 1
        counts["language"][article.language or "unknown"] += 1
        counts["month"][article.published_at.strftime("%Y-%m") if article.published_at else "unknown"] += 1
        counts["rights"][_rights(article)] += 1
        counts["cleaning"][article.rules_version or "unknown"] += 1
        yield article


def _rights(article: Article) -> str:
    rights = article.rights
    mining = {True: "text and data mining reserved", False: "text and data mining allowed", None: None}[rights.tdm_reservation]
    stated = (mining, "no AI training" if rights.noai else None, f"licence {rights.licence}" if rights.licence else None)
    return "; ".join(filter(None, stated)) or "nothing stated"


def _card(counts: Mapping[str, Counter[str]], shape: Shape) -> str:
    total = counts["cleaning"].total()
    columns = [name for _, name, _ in shape.columns(COLUMNS | REMOVALS)]
    lines = [
        *_front_matter(total, sorted({code.partition("-")[0] for code in counts["language"]} - {"unknown"})),
        "# News articles, cleaned by Copydesk", "", f"{total:,} articles, a row each: {shape.asked}.", "", _CLEANED, "",
        *(() if shape.text else ("The texts are not in it: fetch them from `url`, and compare `content_hash`.", "")),
        _OWNERS, "", "## Columns", "", ", ".join(f"`{name}`" for name in columns) + ".", "", _UNITS,
    ]  # fmt: skip
    heads = {"source": "source", "language": "language", "month": "published", "rights": "what the page states",
             "cleaning": "version of the rules"}  # fmt: skip
    for name, head in heads.items():
        lines += ["", f"## By {head}", "", *_table(head, counts[name], by_name=name == "month", spelled=name == "language")]
    return "\n".join(lines) + "\n"


def _front_matter(total: int, languages: list[str]) -> list[str]:
    size = next((name for limit, name in _SIZES if total < limit), "10M<n<100M")
    return [
        "---",
        "pretty_name: News articles, cleaned by Copydesk",
        *(["language:", *(f'- "{code}"' for code in languages)] if languages else []),  # quoted: no is a language, too
        "license: other",
        "license_name: texts-belong-to-their-publishers",
        "size_categories:", f"- {size}",
        "tags:", "- news", "- geopolitics",
        "configs:", "- config_name: default", "  data_files:", "  - split: train", "    path: data/train-*.parquet",
        "---", "",
    ]  # fmt: skip


def _table(head: str, counted: Counter[str], *, by_name: bool, spelled: bool) -> Iterator[str]:
    rows: list[Any] = sorted(counted.items(), key=lambda row: (0 if by_name else -row[1], row[0]))
    yield f"| {head} | articles |"
    yield "|---|---:|"
    for name, count in rows if by_name else rows[:_SHOWN]:
        yield f"| {_spelled(name) if spelled else name.replace('|', chr(92) + '|')} | {count:,} |"
    if not by_name and len(rows) > _SHOWN:
        yield f"| {len(rows) - _SHOWN:,} others | {sum(count for _, count in rows[_SHOWN:]):,} |"


def _spelled(code: str) -> str:
    try:
        return f"{code} ({Locale.parse(code, sep='-').get_display_name('en')})"
    except (UnknownLocaleError, ValueError):
        return code
