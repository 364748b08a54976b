"""The door to Copydesk: the public API in one place, and the command that joins the rooms' commands."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path


def _foreign_room() -> str | None:
    """The name and place of a package that Python would import instead of one of our rooms, or None.  Imports none of them."""
    here = Path(__file__).resolve().parent
    for room in ("cleaning", "crawler", "storage"):
        spec = find_spec(room)
        where = Path((spec.origin if spec else None) or "").resolve()
        if where.parent.parent != here:
            return f"{room} ({where})"
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
