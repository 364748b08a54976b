"""What `copydesk explain` needs of files and stores: the article to explain, and how often each rule fired."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from cleaning.cli import clean_one
from cleaning.errors import UnusableInput
from cleaning.explain_html import render_explanation
from cleaning.models import Article
from cleaning.rules import sentences
from storage.errors import ExportError, QueryError, StorageError, StoreMissing
from storage.store import Store


def article_of_file(name: str, url: str | None) -> Article | None:
    """The article made of the file (`-`: standard input); None where there is none of that name.

    Raises UnusableInput for a file that cannot be read as HTML or text.
    """
    if os.path.isdir(name):  # noqa: PTH112  unlike Path's, these take whatever is typed: a URL may be no possible file name
        raise UnusableInput(name, "is a folder: name one file", "missing")
    if name == "-" or os.path.exists(name):  # noqa: PTH110
        return clean_one(name, url)
    if url is not None:
        raise UnusableInput(name, "there is no such file", "missing")
    return None


def article_of_store(path: Path, ref: str) -> Article:
    """The article of the store that `ref` names, as `Store.find` takes it, out of its record alone.  Raises a StorageError."""
    try:
        with Store(path, read_only=True) as store:
            article = store.get(ref)
    except StoreMissing as error:
        raise StorageError(f"{ref}: there is no such file, and no store at {path} to look for such an article in") from error
    if article is None:
        raise StorageError(f"{ref}: there is no such file, and no such article in {path}")
    return article


def write_html(article: Article, name: str, target: Path) -> None:
    """Write the explanation as one HTML page, over what is at `target`, but never over the page that is explained."""
    if target.exists() and os.path.exists(name) and target.samefile(name):  # noqa: PTH110
        raise QueryError(f"{target}: is the page that is explained; name another file for --html")
    try:
        target.write_bytes(render_explanation(article, name).encode("utf-8", "replace"))
    except FileNotFoundError as error:
        raise ExportError(target, "its folder does not exist") from error
    except OSError as error:
        raise ExportError(target, f"cannot be written: {error.strerror or error}") from error


def rules_with_counts(path: Path | None) -> list[dict[str, Any]]:
    """Every rule in the order of its id with its sentence, how many `removals` it made in the store at `path`, and in how many
    `articles`; both None where `path` is None.

    Rules that this version does not know, but the store does, are listed with an empty sentence.
    """
    counts: dict[str, tuple[int, int]] = {}
    if path is not None:
        with Store(path, read_only=True) as store, store.reading() as db:  # answered by the index on rules alone
            found = db.execute("SELECT rule, count(*), count(DISTINCT article_id) FROM removals GROUP BY rule")
            counts = {rule: (removals, articles) for rule, removals, articles in found}
    unknown = (None, None) if path is None else (0, 0)
    listed = []
    for rule in sorted(sentences().keys() | counts.keys()):
        removals, articles = counts.get(rule, unknown)
        listed.append({"rule": rule, "sentence": sentences().get(rule, ""), "removals": removals, "articles": articles})
    return listed
