"""The commands of the storage room: search, show, query, export, stats."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from storage import printing
from storage.config import load_config
from storage.errors import QueryError, StorageError
from storage.export import FORMS, Form, export
from storage.search import Filters, Order
from storage.sql import asking
from storage.store import Store
from storage.when import FORMS as DATE_FORMS

ConfigOption = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="Use this copydesk.toml.")]
DbOption = Annotated[Path | None, typer.Option("--db", metavar="FILE", help="Use this store, not the configuration's.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
SinceOption = Annotated[str | None, typer.Option("--since", metavar="DATE", help=f"Published then or later: {DATE_FORMS}.")]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="DATE", help="Published then or earlier; a day is whole.")]
LanguageOption = Annotated[
    list[str] | None, typer.Option("--lang", metavar="CODE", help="In this language (en takes en-GB too); may be repeated.")
]
SourceOption = Annotated[list[str] | None, typer.Option("--source", metavar="ID", help="Of this source; may be repeated.")]
GeopoliticsOption = Annotated[
    float | None, typer.Option("--min-geopolitics", min=0, max=1, metavar="0-1", help="At least this relevant.")
]
RejectedOption = Annotated[bool, typer.Option("--include-rejected", help="Also pages that are no articles.")]
OrderOption = Annotated[
    Order | None, typer.Option("--order", help="Without it: by relevance where something is looked for, else newest first.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    for command in (search, show, query, export_command, stats):
        app.command(name=command.__name__.removesuffix("_command"))(command)


def search(
    words: Annotated[list[str] | None, typer.Argument(
        metavar="[QUERY]", help='Words, "phrases", prefix*, title:word, AND OR NOT; nothing: every article.')] = None,
    since: SinceOption = None, until: UntilOption = None, language: LanguageOption = None, source: SourceOption = None,
    min_geopolitics: GeopoliticsOption = None, include_rejected: RejectedOption = False, order: OrderOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 20,
    as_json: JsonOption = False, config: ConfigOption = None, db: DbOption = None,
) -> None:  # fmt: skip
    """Find articles."""
    with _answering():
        filters = Filters(" ".join(words or ()), since, until, language or None, source or None, min_geopolitics,
                          include_rejected, order, limit)  # fmt: skip
        with Store(_path(config, db), read_only=True) as store:
            hits = store.hits_with(filters)
            if as_json:
                printing.print_json_array(asdict(hit) for hit in hits)
                return
            count = printing.print_hits(hits)
        if not count:
            _say("nothing found")
        elif count == limit:
            _say(f"the first {count}; --limit shows more")


def show(
    ref: Annotated[str, typer.Argument(metavar="ID", help="The id or uid of an article, or its URL.")],
    removed: Annotated[bool, typer.Option("--removed", help="Show what was removed, by which rule and why.")] = False,
    as_json: JsonOption = False, config: ConfigOption = None, db: DbOption = None,
) -> None:  # fmt: skip
    """Show an article, or what was removed from its page."""
    with _answering(), Store(_path(config, db), read_only=True) as store:
        article = store.get(ref)
        if article is None:
            raise StorageError(f"{ref}: there is no such article in {store.path}")
        names = ("id", "uid", "first_seen_at", "last_seen_at", "raw_sha256", "word_count")
        row = store.connection.execute(f"SELECT {', '.join(names)} FROM articles WHERE id = ?", (store.find(ref),)).fetchone()
        seen: dict[str, Any] = dict(zip(names, row, strict=True))
        if as_json and removed:
            printing.print_json_array(removal.model_dump() for removal in article.removals)
        elif as_json:
            printing.print_json_object({**seen, **article.to_record()})
        elif removed:
            printing.print_removals(article.title, article.removals)
        else:
            printing.print_article(article, seen)


def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help='One statement that reads, e.g. "select title from news limit 9".')],
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV; cells that a spreadsheet would run get a ' first.")] = False,
    config: ConfigOption = None, db: DbOption = None,
) -> None:  # fmt: skip
    """Ask the store in SQL, read-only: a table on a terminal, CSV elsewhere."""
    with _answering():
        if as_json and as_csv:
            raise QueryError("choose one of --json and --csv")
        with asking(_path(config, db), sql) as (columns, rows):
            if as_json:
                printing.print_json_array(printing.as_objects(columns, rows))
            elif as_csv or not sys.stdout.isatty():
                printing.print_csv(columns, rows)
            elif printing.print_table(columns, rows):
                _say(f"the first {printing.ROWS_ON_A_TERMINAL} rows; --csv and --json print all")


def export_command(
    file: Annotated[Path, typer.Argument(
        metavar="FILE", help=f"Where to; its suffix says what: {' '.join(FORMS)} (.gz or .zst may follow where it is text).")],
    words: Annotated[list[str] | None, typer.Argument(metavar="[QUERY]", help="What to look for, as in search.")] = None,
    since: SinceOption = None, until: UntilOption = None, language: LanguageOption = None, source: SourceOption = None,
    min_geopolitics: GeopoliticsOption = None, include_rejected: RejectedOption = False, order: OrderOption = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many.")] = None,
    form: Annotated[Form | None, typer.Option("--format", help="What to write, whatever the suffix; some are folders.")] = None,
    fields: Annotated[str | None, typer.Option(
        "--fields", metavar="A,B:NAME", help="Only these fields, in this order, B under another name.")] = None,
    no_text: Annotated[bool, typer.Option(
        "--no-text", help="Leave out what the publishers wrote; addresses, hashes and facts stay.")] = False,
    include_reserved: Annotated[bool, typer.Option(
        "--include-reserved", help="Also articles whose pages opt out of text and data mining or AI training.")] = False,
    config: ConfigOption = None, db: DbOption = None,
) -> None:  # fmt: skip
    """Write articles to a file or folder, with a manifest: a dataset, a feed, Markdown, a store of their own."""
    with _answering():
        filters = Filters(" ".join(words or ()), since, until, language or None, source or None, min_geopolitics,
                          include_rejected, order, limit)  # fmt: skip
        with Store(_path(config, db), read_only=True) as store, _progress() as progress:
            task = progress.add_task("exporting", total=None)
            report = export(store, file, filters, form=form, fields=fields, text=not no_text, include_reserved=include_reserved,
                            on_article=lambda: progress.advance(task))  # fmt: skip
        _say(f"{report.path}: {report.articles} article{'' if report.articles == 1 else 's'}, {report.bytes:,} bytes")
        if report.reserved:
            _say(
                f"left out {report.reserved} whose pages opt out of text and data mining ({report.manifest.name} names them);"
                " --include-reserved takes them in"
            )
        if report.guarded:
            _say(f"in {report.guarded} cells a ' stands before what a spreadsheet would have run as a formula")


def stats(as_json: JsonOption = False, config: ConfigOption = None, db: DbOption = None) -> None:
    """Say what the store holds."""
    with _answering(), Store(_path(config, db), read_only=True) as store:
        found = store.stats()
        if as_json:
            printing.print_json_object(found)
        else:
            printing.print_stats(found)


def _path(config: Path | None, db: Path | None) -> Path:
    return load_config(config, db=db).db


@contextmanager
def _answering() -> Iterator[None]:
    """What is known to go wrong becomes one line on stderr and an exit code: 1, or 2 for wrong usage, 3 when interrupted."""
    try:
        yield
    except StorageError as error:
        _say(str(error))
        raise typer.Exit(2 if isinstance(error, QueryError) else 1) from error
    except KeyboardInterrupt as error:
        _say("interrupted")
        raise typer.Exit(3) from error


def _say(sentence: str) -> None:
    """A word about the run: stderr, so that stdout holds the answer alone."""
    typer.echo(f"copydesk: {printing.plain(sentence)}", err=True)


def _progress() -> Progress:
    """A counter on stderr, only where that is a terminal."""
    screen = Console(stderr=True)
    return Progress(
        SpinnerColumn(), TextColumn("{task.description} {task.completed:,.0f} articles"), TimeElapsedColumn(),
        console=screen, transient=True, disable=not screen.is_terminal,
    )  # fmt: skip
