"""The command `reclean`: stored articles are made anew of their raw pages."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cleaning.models import SiteRules
from cleaning.workers import Cleaner, Pool, Serial
from crawler.cli import ConfigOption, DbOption, JsonOption, answering, say
from crawler.sources import load_all
from storage.config import load_config
from storage.errors import QueryError
from storage.printing import print_json_object, print_recleaned
from storage.recleaning import Selection
from storage.recleaning import reclean as clean_again
from storage.when import FORMS


def reclean(
    source: Annotated[
        list[str] | None, typer.Option("--source", metavar="ID", help="Only of this source; may be repeated.")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help=f"Only published then or later: {FORMS}.")] = None,
    rules_older_than: Annotated[str | None, typer.Option(
        "--rules-older-than", metavar="VERSION", help="Only what older rules than these cleaned; current: than today's.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change, rule by rule.")] = False,
    as_json: JsonOption = False, config: ConfigOption = None, db: DbOption = None,
) -> None:  # fmt: skip
    """Clean stored articles again from their raw pages; texts that change leave their old version as a revision."""
    with answering():
        settings = load_config(config, db=db)
        known = load_all(settings.source_files)

        def rules_of(name: str | None) -> SiteRules | None:
            found = known.get(name or "")
            return found.site_rules(settings.min_geopolitics) if found else None

        cleaner = _cleaner(settings.workers)
        screen = Console(stderr=True)
        try:
            with Progress(TextColumn("cleaning"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=screen,
                          transient=True, disable=not screen.is_terminal) as bar:  # fmt: skip
                task = bar.add_task("", total=None)
                report = clean_again(
                    settings.db, cleaner, Selection(tuple(source or ()), since, rules_older_than), rules_of, dry_run=dry_run,
                    on_article=lambda done, total: bar.update(task, completed=done, total=total),
                )
        except QueryError as error:
            say(str(error))
            raise typer.Exit(2) from error
        finally:
            cleaner.close()
        if as_json:
            print_json_object(report.to_record())
        else:
            print_recleaned(report)
        if dry_run:
            say("nothing was changed")


def _cleaner(workers: int | None) -> Cleaner:
    count = max(1, os.cpu_count() or 1) if workers is None else workers
    return Pool(count) if count else Serial()
