"""A folder of Markdown files with front matter, one an article, in a folder for each month."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from cleaning.identity import uid
from cleaning.models import Article
from cleaning.render import markdown
from storage.export.fields import Shape, Written
from storage.records import content_hash
from storage.terms import word_count

SUMS = "SHA256SUMS"
"""The list of all files, which `sha256sum -c` checks."""


def write_markdown(articles: Iterator[Article], folder: Path, shape: Shape) -> Written:
    """Write each article to `2024-10/2024-10-31-its-title-<uid>.md` (`undated/…` without a date), and SHA256SUMS."""
    made: set[str] = set()
    with (folder / SUMS).open("w", encoding="utf-8", newline="\n") as sums:
        for article in articles:
            if not shape.text:
                article = article.model_copy(update={"blocks": (), "summary": None})
            name = _name(article)
            month = name.partition("/")[0]
            if month not in made:
                (folder / month).mkdir()
                made.add(month)
            facts = {
                "uid": uid(article.url_key), "content_hash": content_hash(article.title, article.text),
                "word_count": word_count(article.text),
            }  # fmt: skip
            content = markdown(article, facts).encode("utf-8")
            (folder / name).write_bytes(content)
            sums.write(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
    return Written((folder / SUMS,))


def _name(article: Article) -> str:
    """Its place in the folder.  Letters of every script stay, as far as eighty bytes go: a name may have 255."""
    words = re.sub(r"[\W_]+", "-", (article.title or "").lower()).strip("-")
    slug = words.encode("utf-8")[:80].decode("utf-8", "ignore").strip("-")
    day = article.published_at.strftime("%Y-%m-%d") if article.published_at else None
    parts = [part for part in (day, slug, uid(article.url_key)) if part]
    return f"{day[:7] if day else 'undated'}/{'-'.join(parts)}.md"
