"""The commands for crawls that nobody watches: `schedule` and `health`."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from crawler.cli import ConfigOption, ContactOption, DbOption, JsonOption, OnlyOption, SourcesOption, answering, say
from crawler.cli_crawl import LogOption, chosen_sources, crawl_and_show
from crawler.health import SourceHealth, examine, known_sources
from crawler.report import RunReport
from crawler.sources import Source
from storage import Store
from storage.config import Config, find_config, load_config, span

EveryOption = Annotated[str, typer.Option("--every", metavar="TIME", help="How often to see what is due: 15m, 1h, 1d.")]


def schedule(
    systemd: Annotated[bool, typer.Option("--systemd", help="Print a service and a timer for your systemd.")] = False,
    cron: Annotated[bool, typer.Option("--cron", help="Print a line for your crontab.")] = False,
    run: Annotated[bool, typer.Option("--run", help="Crawl what is due, again and again, until a signal comes.")] = False,
    every: EveryOption = "15m", source: OnlyOption = None, sources: SourcesOption = None, config: ConfigOption = None,
    db: DbOption = None, contact: ContactOption = None, log_json: LogOption = False,
) -> None:  # fmt: skip
    """Crawl by the clock: by systemd, by cron, or as a process that goes on and on."""
    if systemd + cron + run != 1:
        raise typer.BadParameter("choose one of --systemd, --cron and --run")
    with answering():
        if not run:
            _print_unit(systemd=systemd, every=every, config=config, source=source or [], sources=sources or [], db=db)
            return
        from crawler.schedule import Loop

        def load() -> tuple[Config, tuple[Source, ...]]:
            settings = load_config(config, db=db, contact=contact)
            return settings, chosen_sources(settings, source or [], sources or [])

        def crawl(settings: Config, chosen: tuple[Source, ...]) -> RunReport:
            return crawl_and_show(settings, chosen, due=True, log_json=log_json)

        Loop(load, crawl, (lambda _: None) if log_json else say).run()
        raise KeyboardInterrupt  # only a signal ends it


def _print_unit(
    *, systemd: bool, every: str, config: Path | None, source: list[str], sources: list[Path], db: Path | None,
) -> None:  # fmt: skip
    from crawler.schedule import cron_forgetting, cron_line, systemd_forgetting, systemd_units

    try:
        interval = span(every)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--every") from error
    file = config or find_config()
    settings = load_config(config, db=db)
    chosen_sources(settings, source, sources)  # what cannot run is not to be written down
    where = ["--config", str(config.resolve())] if config is not None else []
    if db is not None:
        where += ["--db", str(db.resolve())]
    command = [*_program(), "crawl", "--due", *where]
    command += [word for path in sources for word in ("--sources", str(path.resolve()))]
    command += [word for one in source for word in ("--source", one)]
    folder = file.resolve().parent if file is not None else Path.cwd()
    typer.echo((systemd_units if systemd else cron_line)(command, folder, interval), nl=False)
    if settings.keep_raw is not None or settings.keep_rejected is not None:
        forgetting = systemd_forgetting if systemd else cron_forgetting
        typer.echo(forgetting([*_program(), "forget", "--expired", "--yes", *where], folder), nl=False)


def _program() -> list[str]:
    """How this very command is called from anywhere."""
    called = Path(sys.argv[0])
    if called.name == "copydesk":
        found = shutil.which(str(called))
    else:
        found = shutil.which("copydesk", path=str(Path(sys.executable).parent))
    return [str(Path(found).absolute())] if found else [sys.executable, "-m", "copydesk"]


def health(
    source: OnlyOption = None, config: ConfigOption = None, db: DbOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Say how the sources are, each held against its own past.  Exit code 1 if one raises an alarm."""
    with answering():
        settings = load_config(config, db=db)
        with Store(settings.db, read_only=True) as store:
            known = known_sources(store)
            found = examine(store, _of_interest(source or [], list(settings.sources), known))
        if as_json:
            typer.echo(json.dumps([one.model_dump() for one in found], ensure_ascii=False, indent=2))
        else:
            _print_health(found)
    if any(one.state == "alarm" for one in found):
        raise typer.Exit(1)


def _of_interest(asked: list[str], chosen: list[str], known: list[str]) -> list[str]:
    if unknown := [one for one in asked if one not in known and one not in chosen]:
        say(f"{unknown[0]}: no such source was ever crawled into this store")
        raise typer.Exit(2)
    return asked or chosen or known


def _print_health(found: list[SourceHealth]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("source", "state", "last crawl", "last article", "24 h", "7 d", "what is wrong"):
        table.add_column(title, overflow="fold", justify="right" if title in ("24 h", "7 d") else "left")
    for one in found:
        wrong = "; ".join(finding.text for finding in one.findings)
        table.add_row(one.source, one.state, one.last_crawl or "never", one.last_article or "none", str(one.day), str(one.week),
                      escape(wrong))  # fmt: skip
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 200)
    if found:
        console.print(table)
    alarms = sum(one.state == "alarm" for one in found)
    say(f"{alarms} of {len(found)} sources raise an alarm" if found else "no source was ever crawled into this store")
