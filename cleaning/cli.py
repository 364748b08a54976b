"""The cleaning room's command: `clean`."""

from __future__ import annotations

import glob
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from cleaning.decode import MAX_CHARACTERS, decode, looks_like_html
from cleaning.errors import UnusableInput
from cleaning.explain_terminal import print_explanation
from cleaning.models import Article, Page
from cleaning.pipeline import clean
from cleaning.render import Form, render

SUFFIXES = frozenset({".html", ".htm", ".xhtml", ".txt", ".text", ".md"})
"""Files that are read from a folder; a file that is named outright may have any suffix."""


def register(app: typer.Typer) -> None:
    """Add the room's command to the app."""
    app.command("clean")(clean_files)


def clean_files(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files, folders, globs, or - for standard input.")],
    form: Annotated[Form, typer.Option("--format", "-f", help="What to print.")] = "text",
    as_json: Annotated[bool, typer.Option("--json", help="The whole record: the same as --format json.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print what became of the page instead of the article, as `explain` does.")
    ] = False,
    url: Annotated[str | None, typer.Option("--url", help="The address that the page came from; for one file only.")] = None,
) -> None:
    """Clean HTML pages or plain texts and print the articles.

    What cannot be read at all is named on standard error, the others go on, and the exit code is 1.
    """
    failed = 0
    printed = 0
    out = sys.stdout
    for name in files:
        for path in _expand(name):
            try:
                article = clean_one(path, url)
            except UnusableInput as error:
                print(f"copydesk: {error}", file=sys.stderr)
                failed += 1
                continue
            if printed and (explain or (form == "text" and not as_json)):
                out.write("\n")
            if explain:
                print_explanation(article, path)
            else:
                out.write(render(article, "json" if as_json and form != "jsonl" else form))
            printed += 1
            if article.status == "rejected":
                reasons = "; ".join(f"{flag} ({article.flag_evidence.get(flag, '')})" for flag in article.flags)
                print(f"copydesk: {path}: is no article: {reasons}", file=sys.stderr)
    out.flush()
    raise typer.Exit(1 if failed else 0)


def clean_one(name: str, url: str | None = None) -> Article:
    """Read and clean one file (`-`: standard input).  Raises UnusableInput, which names it, for what cannot be read."""
    body = _read(name)
    text = decode(body, None, name)
    page = Page(url=url, html=text) if looks_like_html(text) else Page(url=url, text=text)
    return clean(page)


def _read(name: str) -> bytes:
    limit = 4 * MAX_CHARACTERS + 1
    if name == "-":
        return sys.stdin.buffer.read(limit)
    path = Path(name)
    try:
        if path.is_dir():
            raise UnusableInput(name, "is a folder without .html or .txt files", "missing")
        with path.open("rb") as file:
            return file.read(limit)
    except FileNotFoundError as error:
        raise UnusableInput(name, "there is no such file", "missing") from error
    except OSError as error:
        raise UnusableInput(name, f"cannot be read: {error.strerror or error}", "missing") from error


def _expand(name: str) -> Iterator[str]:
    """The files that an argument means, sorted: a folder's pages and texts, a glob's matches, or the name itself."""
    path = Path(name)
    if name == "-":
        yield name
    elif path.is_dir():
        found = sorted(str(p) for p in path.rglob("*") if p.is_file() and p.suffix.lower() in SUFFIXES)
        yield from found or [name]
    elif not path.exists() and glob.has_magic(name):
        yield from sorted(glob.glob(name, recursive=True)) or [name]  # noqa: PTH207  Path.glob takes no absolute pattern
    else:
        yield name
