"""The commands of the crawler room: init, sources, crawl, fetch."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from cleaning import Page, clean
from cleaning.errors import CleaningError
from cleaning.render import render
from crawler.addresses import LOOPBACK, is_loopback
from crawler.errors import ContactMissingError, CrawlerError, SourceError, UnknownSourceError
from crawler.sources import Source, load_all, load_file, select
from storage import StorageError, Store
from storage.config import Config, load_config
from storage.errors import ConfigError

if TYPE_CHECKING:
    from crawler.report import Progress, RunReport, SourceReport

ConfigOption = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="Use this copydesk.toml.")]
DbOption = Annotated[Path | None, typer.Option("--db", metavar="FILE", help="Use this store, not the configuration's.")]
ContactOption = Annotated[str | None, typer.Option("--contact", metavar="WHO", help="Your mail address or URL.")]
SourcesOption = Annotated[
    list[Path] | None,
    typer.Option("--sources", metavar="FILE", help="Definitions of your own; without --source all of them are crawled."),
]
OnlyOption = Annotated[list[str] | None, typer.Option("--source", metavar="ID", help="Only this source; may be repeated.")]
RefetchOption = Annotated[bool, typer.Option("--refetch", help="Ask for known pages again, too, to see what has changed.")]
MaxPagesOption = Annotated[int | None, typer.Option("--max-pages", min=1, metavar="N", help="Pages that a source may fetch.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_WRONG_USAGE = (ContactMissingError, ConfigError, SourceError, UnknownSourceError)


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    from crawler import cli_doctor, cli_sources

    app.command()(cli_sources.init)
    app.add_typer(cli_sources.commands, name="sources")
    app.command()(crawl)
    app.command()(fetch)
    app.command()(cli_doctor.doctor)


def crawl(
    source: OnlyOption = None, sources: SourcesOption = None, config: ConfigOption = None, db: DbOption = None,
    contact: ContactOption = None, refetch: RefetchOption = False, max_pages: MaxPagesOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Fetch what the chosen sources newly announce, clean it and store it."""
    with answering():
        settings = load_config(config, db=db, contact=contact, max_pages_per_source=max_pages)
        chosen = _chosen(settings, source or [], sources or [])
        from crawler import run

        with _live() as tell:
            report = run.crawl(settings, chosen, refetch=refetch, progress=tell)
        if as_json:
            typer.echo(report.model_dump_json(indent=2))
        else:
            print_report(report, settings.db)
        if report.error:
            say(report.error)
    raise typer.Exit(report.exit_code)


def fetch(
    url: Annotated[str, typer.Argument(metavar="URL", help="The article's address.")],
    form: Annotated[Literal["text", "markdown", "json", "jsonl"], typer.Option("--format", help="How to print it.")] = "text",
    save: Annotated[bool, typer.Option("--save", help="Also store it.")] = False,
    config: ConfigOption = None, db: DbOption = None, contact: ContactOption = None,
) -> None:  # fmt: skip
    """Fetch one page as a crawl would, clean it and print it."""
    with answering():
        settings = load_config(config, db=db, contact=contact)
        source = _source_of(url, settings)
        page = fetch_page(url, settings.contact, source)
        rules = source.site_rules(settings.min_geopolitics) if source else None
        article = clean(page, site=rules)
        typer.echo(render(article, form), nl=False)
        if save:
            with Store(settings.db) as store:
                saved = store.save(article, page)
            say(f"stored in {settings.db} as {saved.id} ({saved.outcome})")
        if article.status == "rejected":
            reasons = "; ".join(f"{flag}: {article.flag_evidence.get(flag, '')}".rstrip(": ") for flag in article.flags)
            say(f"{url}: no article ({reasons or 'no reason given'})")
            raise typer.Exit(1)


def fetch_page(url: str, contact: str | None, source: Source | None) -> Page:
    """The page at `url`.  Raises CrawlerError if there is none, naming the address and the reason."""
    from crawler import run
    from crawler.job import Target
    from crawler.spiders import not_a_page
    from crawler.when import now

    networks = (source.allow_networks if source else ()) + typed_networks(url)
    answer = run.fetch([Target(url=url, networks=networks)], contact)[0]
    content_type = dict(answer.headers).get("content-type")
    reason = answer.error or (f"HTTP {answer.status}" if answer.status != 200 else not_a_page(content_type, answer.body))
    if reason:
        raise CrawlerError(f"{url}: {reason}")
    return Page.model_validate({
        "url": answer.final_url, "body": answer.body, "content_type": content_type, "headers": answer.headers,
        "fetched_at": now(),
    })


def typed_networks(url: str) -> tuple[str, ...]:
    """This machine's own networks if that is what the user typed: nobody else's link can do the same."""
    return tuple(str(network) for network in LOOPBACK) if is_loopback(url) else ()


def _source_of(url: str, settings: Config) -> Source | None:
    """The chosen source on whose hosts the URL lies, if there is one."""
    host = _host(url)
    for source in select(settings.sources, load_all(settings.source_files)):
        if host in {_host(known) for known in (source.home, *source.feeds, *source.sitemaps) if known}:
            return source
    return None


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError as error:
        raise CrawlerError(f"{url}: not a web address ({error})") from error


def _chosen(settings: Config, ids: list[str], files: list[Path]) -> tuple[Source, ...]:
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
    if source.dropped:
        parts.append(f"{source.dropped} forbidden by robots.txt or the guard")
    if source.postponed:
        parts.append(f"{source.postponed} left for a later run")
    return "; ".join(parts)


def _sentence(report: RunReport, db: Path) -> str:
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
    return "; ".join(parts)


@contextmanager
def _live() -> Iterator[Callable[[Progress], None] | None]:
    """A line on stderr that follows the run, only where that is a terminal; the value is what `crawl` calls."""
    screen = Console(stderr=True)
    if not screen.is_terminal:
        yield None
        return
    bar = Bar(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=screen, transient=True)
    task = bar.add_task("starting", total=None)

    def tell(progress: Progress) -> None:
        pages = progress.new + progress.updated + progress.unchanged + progress.rejected + progress.failed
        bar.update(task, description=(
            f"{pages} pages, {progress.new} new, {progress.rejected} rejected, {progress.failed} failed,"
            f" {progress.queued} waiting  {escape(progress.source)}"
        ))

    with bar:
        yield tell


@contextmanager
def answering() -> Iterator[None]:
    """What is known to go wrong becomes one line on stderr and an exit code: 1, 2 for wrong usage, 3 when interrupted."""
    try:
        yield
    except _WRONG_USAGE as error:
        say(str(error))
        raise typer.Exit(2) from error
    except (CrawlerError, StorageError, CleaningError) as error:
        say(str(error))
        raise typer.Exit(1) from error
    except KeyboardInterrupt as error:
        say("interrupted")
        raise typer.Exit(3) from error


def say(sentence: str) -> None:
    """A word about the run: one line on stderr, without what a terminal would obey."""
    plain = "".join(c if c.isprintable() else " " for c in sentence)
    typer.echo(f"copydesk: {plain}", err=True)


def is_terminal() -> bool:
    """True if a person can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def wide_console() -> Console:
    """Standard output: as wide as the terminal, or wide enough for a table in a file."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=200)
