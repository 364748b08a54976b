"""The command `forget`: articles and pages leave the store for good."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from storage import printing
from storage.cli import ConfigOption, DbOption, JsonOption, answering, say
from storage.config import Config, load_config
from storage.errors import QueryError, StorageError
from storage.forgetting import Reach, Wanted, copies_beside, forget, reach
from storage.forgetting import expired as had_their_time
from storage.store import Store
from storage.when import bounds


def forget_command(
    url: Annotated[list[str] | None, typer.Option(
        "--url", metavar="URL", help="The article at this address, or with this id.")] = None,
    author: Annotated[list[str] | None, typer.Option("--author", metavar="NAME", help="All articles by this author.")] = None,
    source: Annotated[list[str] | None, typer.Option("--source", metavar="ID", help="All articles of this source.")] = None,
    raw_older_than: Annotated[str | None, typer.Option(
        "--raw-older-than", metavar="DATE", help="Raw pages kept before then (90d, 2024-10); the articles stay.")] = None,
    expired: Annotated[bool, typer.Option("--expired", help="What keep_raw and keep_rejected in copydesk.toml let go.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: JsonOption = False, config: ConfigOption = None, db: DbOption = None,
) -> None:  # fmt: skip
    """Remove articles with everything that was kept of them, for good: a later crawl does not bring them back."""
    with answering():
        settings = load_config(config, db=db)
        wanted = _wanted(settings, url, author, source, raw_older_than, expired=expired)
        with Store(settings.db, read_only=True) as store:
            found = reach(store.path, wanted, store.find)
            if found.unknown and found.nothing:
                raise StorageError(f"{', '.join(found.unknown)}: nothing of that is in {store.path}")
            if not as_json:
                printing.print_reach(found)
            if found.nothing or dry_run or not _agreed(yes):
                if as_json:
                    printing.print_json_object(asdict(found))
                if not found.nothing:
                    say("nothing was removed")
                return
            screen = Console(stderr=True)
            with screen.status("forgetting") as status:
                if not screen.is_terminal:
                    status.stop()
                done = forget(store.path, wanted, store.find, lambda step: status.update(step))
        if as_json:
            printing.print_json_object(asdict(done))
        _tell(done, settings.db)


def _wanted(
    settings: Config, url: list[str] | None, author: list[str] | None, source: list[str] | None, raw_older_than: str | None, *,
    expired: bool,
) -> Wanted:  # fmt: skip
    asked = [name for name, value in (("--url", url), ("--author", author), ("--source", source),
                                      ("--raw-older-than", raw_older_than), ("--expired", expired)) if value]  # fmt: skip
    if len(asked) != 1:
        raise QueryError(
            f"choose one of {' and '.join(asked)}" if asked
            else "say what to forget: --url, --author, --source, --raw-older-than or --expired"
        )  # fmt: skip
    if expired:
        wanted = had_their_time(settings, datetime.now(UTC))
        if wanted is None:
            raise QueryError("nothing expires: set keep_raw or keep_rejected in copydesk.toml")
        return wanted
    before = datetime.fromisoformat(bounds(raw_older_than)[0]) if raw_older_than else None
    return Wanted(tuple(url or ()), tuple(author or ()), tuple(source or ()), before)


def _agreed(yes: bool) -> bool:
    """Whether the user says so.  Raises QueryError where nobody can be asked."""
    if yes:
        return True
    if not sys.stdin.isatty():
        raise QueryError("nobody is here to be asked: look at it with --dry-run, then say --yes")
    return typer.confirm("Remove this for good?", err=True)


def _tell(done: Reach, path: Path) -> None:
    say(f"removed {done.articles:,} article{'' if done.articles == 1 else 's'} and {done.raw_pages:,} raw pages")
    if not done.vacuumed:
        say("another program is using the store, so its files keep their size; what was removed is overwritten in them")
    if copies := copies_beside(path):
        say(f"copies of older versions still have everything: delete {', '.join(copy.name for copy in copies)}")
