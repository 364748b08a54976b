"""The door to Copydesk: the public API in one place, and the command that joins the rooms' commands."""

from __future__ import annotations

import sys
from pathlib import Path

import cleaning
import crawler
import storage


def _foreign_room() -> str | None:
    """The name of a room whose import another installed package won, or None."""
    here = Path(__file__).resolve().parent
    for room in (cleaning, crawler, storage):
        where = Path(room.__file__ or "").resolve()
        if where.parent.parent != here:
            return f"{room.__name__} ({where})"
    return None


if foreign := _foreign_room():
    sys.exit(f"copydesk: another package has taken the place of {foreign}: install copydesk in an environment of its own.")

from cleaning import Article, Page, clean  # noqa: E402
from storage import Store  # noqa: E402

__all__ = ["Article", "Page", "Store", "clean", "main"]


def main() -> None:
    """The `copydesk` command."""
    import typer

    from cleaning.cli import register as cleaning_commands
    from crawler.cli import register as crawler_commands
    from storage.cli import register as storage_commands

    app = typer.Typer(name="copydesk", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
                      help="Collect geopolitics news, clean every article, file it in one SQLite file.")
    for register in (crawler_commands, cleaning_commands, storage_commands):
        register(app)
    app()


if __name__ == "__main__":
    main()
