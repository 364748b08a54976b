"""The command `crawl`: what it takes, and how it shows a run while it goes on and when it is over."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from crawler.cli import ConfigOption, ContactOption, DbOption, JsonOption, OnlyOption, SourcesOption, answering, say
from crawler.sources import Source, load_all, load_file, select
from crawler.when import now
from storage.config import Config, load_config
from storage.when import FORMS, bounds

if TYPE_CHECKING:
    from crawler.report import Progress, RunReport, SourceReport

RefetchOption = Annotated[bool, typer.Option("--refetch", help="Ask for known pages again, too, to see what has changed.")]
MaxPagesOption = Annotated[int | None, typer.Option("--max-pages", min=1, metavar="N", help="Pages that a source may fetch.")]
DueOption = Annotated[bool, typer.Option("--due", help="Only what its own rhythm says is worth asking now; for cron and timers.")]
SinceOption = Annotated[str | None, typer.Option(
    "--since", metavar="DATE", help=f"Walk back through sitemaps and archives to this day: {FORMS}.")]  # fmt: skip
UntilOption = Annotated[str | None, typer.Option("--until", metavar="DATE", help="Walk back from this day; a month is whole.")]
LogOption = Annotated[bool, typer.Option("--log-json", help="Log the run on stderr, one JSON object a line.")]
WorkersOption = Annotated[int | None, typer.Option("--workers", min=0, max=64, metavar="N", help="Processes that clean pages.")]


def crawl(
    source: OnlyOption = None, sources: SourcesOption = None, config: ConfigOption = None, db: DbOption = None,
    contact: ContactOption = None, refetch: RefetchOption = False, due: DueOption = False, since: SinceOption = None,
    until: UntilOption = None, max_pages: MaxPagesOption = None, workers: WorkersOption = None, log_json: LogOption = False,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Fetch what the chosen sources newly announce, clean it and store it."""
    with answering():
        settings = load_config(config, db=db, contact=contact, max_pages_per_source=max_pages, workers=workers)
        chosen = chosen_sources(settings, source or [], sources or [])
        first, last = _days(since, until, due=due)
        report = crawl_and_show(
            settings, chosen, refetch=refetch, due=due, since=first, until=last, log_json=log_json, as_json=as_json,
        )
    raise typer.Exit(report.exit_code)


def crawl_and_show(
    settings: Config, chosen: tuple[Source, ...], *, refetch: bool = False, due: bool = False, since: date | None = None,
    until: date | None = None, log_json: bool = False, as_json: bool = False,
) -> RunReport:
    """One run, followed on stderr and reported on stdout.  Raises what `crawler.run.crawl` raises."""
    from crawler import run
    from crawler.errors import StoreBusyError
    from crawler.report import RunReport

    log = _log if log_json else None
    with _live(quiet=log_json) as tell:
        try:
            report = run.crawl(
                settings, chosen, refetch=refetch, due=due, since=since, until=until, progress=tell, on_event=log,
            )
        except StoreBusyError as error:
            if not due:
                raise
            say(f"{error}: left to that one")  # a timer is faster than a long run; that is no failure
            return RunReport(state="done", started_at=now(), ended_at=now())
    if log is not None:
        log({"event": "report", "report": report.model_dump()})
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
    else:
        print_report(report, settings.db)
    if report.error:
        say(report.error)
    return report


def _days(since: str | None, until: str | None, *, due: bool) -> tuple[date | None, date | None]:
    """The range of a walk back.  Raises typer.BadParameter for one that cannot be, QueryError for what is no date."""
    if due and (since or until):
        raise typer.BadParameter("it asks for what is new, --since and --until for what is old", param_hint="--due")
    if until and not since:
        raise typer.BadParameter("say with --since how far back to walk", param_hint="--until")
    first = _moment(bounds(since)[0]).date() if since else None
    last = (_moment(bounds(until)[1]) - timedelta(seconds=1)).date() if until else None
    if first and last and first > last:
        raise typer.BadParameter(f"it lies before --since ({first})", param_hint="--until")
    return first, last


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _log(event: dict[str, Any]) -> None:
    sys.stderr.write(json.dumps({"time": now()} | event, ensure_ascii=False) + "\n")
    sys.stderr.flush()


def chosen_sources(settings: Config, ids: list[str], files: list[Path]) -> tuple[Source, ...]:
    """The sources that the command names, else those of the files it names, else those of the configuration.

    Raises SourceError or UnknownSourceError; exits with 2 where there is none.
    """
    available = load_all((*settings.source_files, *files))
    if not ids:
        ids = [source.id for file in files for source in load_file(file)] if files else list(settings.sources)
    if not ids:
        say("no source is chosen: run `copydesk init`, or name one with --source ID or --sources FILE.toml")
        raise typer.Exit(2)
    return select(ids, available)


def print_report(report: RunReport, db: Path) -> None:
    """The table of a run, source by source, and one sentence on the whole."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("source")
    counts = ("requests", "discovered", "new", "updated", "unchanged", "rejected", "failed")
    for count in counts:
        table.add_column(count, justify="right")
    table.add_column("error or remark", overflow="fold")
    for source in report.sources:
        table.add_row(source.source, *(str(getattr(source, count)) for count in counts), escape(_remark(source)))
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    if report.sources:
        console.print(table)
    console.print(escape(_sentence(report, db)), soft_wrap=True)


def _remark(source: SourceReport) -> str:
    parts = [source.error] if source.error else []
    parts += source.problems[:2]
    if source.taken_down:
        parts.append(f"{source.taken_down} taken down")
    if source.dropped:
        parts.append(f"{source.dropped} forbidden by robots.txt, an opt-out or the guard")
    if source.postponed:
        parts.append(f"{source.postponed} left for a later run")
    return "; ".join(parts)


def _sentence(report: RunReport, db: Path) -> str:
    if not report.sources and report.state == "done":
        return f"nothing is due{f' before {report.waiting}' if report.waiting else ''}"
    new, updated = report.total("new"), report.total("updated")
    silent = sum(not source.ok for source in report.sources)
    counts = [f"{new} new", *([f"{updated} updated"] if updated else [])]
    if not new and not updated:
        counts.append(f"{report.total('seen')} seen before (--refetch asks for them again)")
    parts = [f"{', '.join(counts)} in {db}"]
    if silent:
        parts.append(f"{silent} of {len(report.sources)} sources gave no answer")
    if report.state == "interrupted":
        parts.append("interrupted: the next crawl goes on from here")
    elif report.stopped_after:
        parts.append(f"stopped after {report.stopped_after} seconds (max_run_time): the next crawl goes on from here")
    return "; ".join(parts)


@contextmanager
def _live(*, quiet: bool = False) -> Iterator[Callable[[Progress], None] | None]:
    """Two lines on stderr that follow the run, only where that is a terminal; the value is what `crawl` calls."""
    screen = Console(stderr=True)
    if quiet or not screen.is_terminal:
        yield None
        return
    bar = Bar(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=screen, transient=True)
    task = bar.add_task("starting", total=None)

    def tell(progress: Progress) -> None:
        bar.update(task, description=describe_progress(progress))

    with bar:
        yield tell


def describe_progress(progress: Progress) -> str:
    """How far a run is, in two lines of markup."""
    pages = progress.new + progress.updated + progress.unchanged + progress.rejected + progress.failed
    speed = pages / progress.seconds if progress.seconds else 0.0
    failures = f"{progress.failed} failed" + (f", {progress.errors} feeds in trouble" if progress.errors else "")
    return (
        f"{pages} pages, {progress.new} new, {progress.updated} updated, {progress.rejected} rejected, {failures}\n"
        f"  {progress.queued} waiting, {progress.hosts} sources under way, {progress.requests} requests,"
        f" {progress.bytes / 1e6:.1f} MB, {speed:.1f} pages a second  {escape(progress.source)}"
    )
