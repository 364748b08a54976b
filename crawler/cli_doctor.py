"""The command `doctor`: what is wrong with a store and with the set-up around it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from crawler.errors import CrawlerError
from crawler.sources import load_all, select
from storage import StorageError
from storage.config import Config, find_config, load_config
from storage.doctor import Finding, examine
from storage.printing import print_findings, print_json_array

OPTIONAL = {"pyarrow": "parquet", "datasette": "web"}
"""Packages that not everybody needs, and the extra of Copydesk that brings each."""


def doctor(
    full: Annotated[bool, typer.Option("--full", help="Also read every article and page: minutes for a big store.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config: Annotated[Path | None, typer.Option("--config", metavar="FILE", help="Use this copydesk.toml.")] = None,
    db: Annotated[Path | None, typer.Option("--db", metavar="FILE", help="Check this store, not the configuration's.")] = None,
) -> None:
    """Check the store and the set-up, and say what is wrong; nothing is changed.  Ends with 1 if something is."""
    screen = Console(stderr=True)
    try:
        with screen.status("checking") as status:
            if not screen.is_terminal:
                status.stop()
            findings = list(_findings(config, db, full, lambda step: status.update(f"checking: {step}")))
    except KeyboardInterrupt as error:
        typer.echo("copydesk: interrupted", err=True)
        raise typer.Exit(3) from error
    if as_json:
        print_json_array(asdict(finding) for finding in findings)
    else:
        print_findings(findings)
    raise typer.Exit(int(any(finding.state == "wrong" for finding in findings)))


def _findings(config: Path | None, db: Path | None, full: bool, on_step: Callable[[str], None]) -> Iterator[Finding]:
    yield Finding("python", "ok", sys.version.split()[0])
    try:
        settings = load_config(config, db=db)
    except StorageError as error:
        yield Finding("configuration", "wrong", str(error))
        if db is None:
            return
        settings = Config.model_construct(db=db)
    else:
        file = config or find_config()
        yield Finding("configuration", "ok" if file else "warning", str(file or "no copydesk.toml: `copydesk init` writes one"))
        yield from _set_up(settings)
    for package, extra in OPTIONAL.items():
        there = find_spec(package) is not None
        yield Finding(package, "ok", "installed" if there else f"not installed: needed only for what copydesk[{extra}] brings")
    yield from examine(settings.db, full=full, on_step=on_step)


def _set_up(settings: Config) -> Iterator[Finding]:
    if settings.contact:
        yield Finding("contact", "ok", settings.contact)
    else:
        yield Finding("contact", "warning", "none is set: nothing is crawled beyond this machine; set contact in copydesk.toml")
    try:
        chosen = select(settings.sources, load_all(settings.source_files))
    except CrawlerError as error:
        yield Finding("sources", "wrong", str(error))
        return
    if chosen:
        yield Finding("sources", "ok", f"{len(chosen)} chosen")
    else:
        yield Finding("sources", "warning", "none is chosen: `copydesk init` or `copydesk sources add` does that")
