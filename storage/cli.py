"""The commands of the storage room: search, show, explain, query, export, stats."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cleaning.errors import CleaningError
from cleaning.explain import NO_RULE, explanation, in_brief
from cleaning.explain_terminal import print_explanation
from storage import printing
from storage.config import load_config
from storage.errors import QueryError, StorageError
from storage.explain import article_of_file, article_of_store, rules_with_counts, write_html
from storage.export import FORMS, Form, export
from storage.filters import Filters, Order
from storage.raw import page_bytes
from storage.search import FACETS
from storage.sql import asking
from storage.store import Store
from storage.when import FORMS as DATE_FORMS

ConfigOption = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="Use this copydesk.toml.")]
DbOption = Annotated[Path | None, typer.Option("--db", metavar="FILE", help="Use this store, not the configuration's.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
JsonLinesOption = Annotated[bool, typer.Option("--jsonl", help="Print JSON, an object a line.")]
CsvOption = Annotated[bool, typer.Option("--csv", help="Print CSV; cells that a spreadsheet would run get a ' first.")]
QueryArgument = Annotated[list[str] | None, typer.Argument(
    metavar="[QUERY]", help='Words, "phrases", prefix*, title:word, AND OR NOT, brackets; nothing: every article.')]  # fmt: skip
SinceOption = Annotated[str | None, typer.Option("--since", metavar="DATE", help=f"Published then or later: {DATE_FORMS}.")]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="DATE", help="Published then or earlier; a day is whole.")]
ZoneOption = Annotated[str, typer.Option("--tz", metavar="ZONE", help="Whose days these are: Europe/Kyiv.")]
LanguageOption = Annotated[
    list[str] | None, typer.Option("--lang", metavar="CODE", help="In this language (en takes en-GB too); may be repeated.")
]
SourceOption = Annotated[list[str] | None, typer.Option("--source", metavar="ID", help="Of this source; may be repeated.")]
AuthorOption = Annotated[
    list[str] | None, typer.Option("--author", metavar="NAME", help="By this author, or one of this surname; may be repeated.")
]
TagOption = Annotated[list[str] | None, typer.Option("--tag", metavar="TAG", help="With this tag; may be repeated.")]
PublisherOption = Annotated[
    list[str] | None, typer.Option("--publisher", metavar="NAME", help="Of this publisher; may be repeated.")
]
FlagOption = Annotated[
    list[str] | None, typer.Option("--flag", metavar="FLAG", help="With this flag: paywall …; may be repeated.")
]
CountryOption = Annotated[
    list[str] | None, typer.Option("--country", metavar="CODE", help="That names this country: UA …; may be repeated.")
]
WordsOption = Annotated[int | None, typer.Option("--min-words", min=1, metavar="N", help="At least so long.")]
GeopoliticsOption = Annotated[
    float | None, typer.Option("--min-geopolitics", min=0, max=1, metavar="0-1", help="At least this relevant.")
]
RejectedOption = Annotated[bool, typer.Option("--include-rejected", help="Also pages that are no articles.")]
OrderOption = Annotated[
    Order | None, typer.Option("--order", help="Without it: by relevance where something is looked for, else newest first.")
]
FacetOption = Annotated[
    list[str] | None,
    typer.Option("--facet", metavar="NAME", help=f"Count what is found by {', '.join(FACETS)}; may be repeated."),
]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    for command in (search, show, explain, query, export_command, stats, serve):
        app.command(name=command.__name__.removesuffix("_command"))(command)
    from storage.cli_keeping import forget_command

    app.command(name="forget")(forget_command)


def search(
    words: QueryArgument = None, since: SinceOption = None, until: UntilOption = None, tz: ZoneOption = "UTC",
    language: LanguageOption = None, source: SourceOption = None, author: AuthorOption = None, tag: TagOption = None,
    publisher: PublisherOption = None, country: CountryOption = None, flag: FlagOption = None, min_words: WordsOption = None,
    min_geopolitics: GeopoliticsOption = None, include_rejected: RejectedOption = False, order: OrderOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 20,
    offset: Annotated[int, typer.Option("--offset", min=0, metavar="N", help="Skip the first so many.")] = 0,
    facet: FacetOption = None, as_json: JsonOption = False, as_json_lines: JsonLinesOption = False, as_csv: CsvOption = False,
    config: ConfigOption = None, db: DbOption = None,
) -> None:  # fmt: skip
    """Find articles, or count them by day, source, language, author, tag …"""
    with answering():
        filters = Filters(
            " ".join(words or ()), since=since, until=until, tz=tz, language=language or None, source=source or None,
            author=author or None, tag=tag or None, publisher=publisher or None, country=country or None, flag=flag or None,
            min_words=min_words, min_geopolitics=min_geopolitics, include_rejected=include_rejected, order=order, limit=limit,
            offset=offset,
        )  # fmt: skip
        form = _form(json=as_json, jsonl=as_json_lines, csv=as_csv)
        with Store(_path(config, db), read_only=True) as store:
            if facet:
                counts = [{"facet": f, **asdict(count)} for f in facet for count in store.facets_with(f, filters, limit)]
                printing.print_records(counts, form) if form else printing.print_counts(counts)
                return
            hits = store.hits_with(filters)
            if form:
                printing.print_records((asdict(hit) for hit in hits), form)
                return
            count = printing.print_hits(hits)
        if not count:
            say("nothing more was found" if offset else "nothing found")
        elif count == limit:
            first = f"the first {count}" if not offset else f"{offset + 1} to {offset + count}"
            say(f"{first}; --limit shows more, --offset {offset + count} goes on")


def show(
    ref: Annotated[str, typer.Argument(metavar="ID", help="The id or uid of an article, or its URL.")],
    removed: Annotated[bool, typer.Option("--removed", help="Show what was removed, by which rule and why.")] = False,
    revisions: Annotated[bool, typer.Option("--revisions", help="Show earlier versions, and what changed in each.")] = False,
    raw: Annotated[bool, typer.Option("--raw", help="Write the page as it came, byte for byte.")] = False,
    metadata: Annotated[bool, typer.Option("--metadata", help="Show where each field came from, and what else is said.")] = False,
    as_json: JsonOption = False, config: ConfigOption = None, db: DbOption = None,
) -> None:  # fmt: skip
    """Show an article, or what was removed from its page, its earlier versions, its page, where its facts came from."""
    with answering(), Store(_path(config, db), read_only=True) as store:
        if removed + revisions + raw + metadata + (raw and as_json) > 1:
            raise QueryError("choose one of --removed, --revisions, --raw and --metadata; --raw is no JSON")
        article = store.get(ref)
        if article is None:
            raise StorageError(f"{ref}: there is no such article in {store.path}")
        names = ("id", "uid", "first_seen_at", "last_seen_at", "raw_sha256", "word_count")
        row = store.connection.execute(f"SELECT {', '.join(names)} FROM articles WHERE id = ?", (store.find(ref),)).fetchone()
        seen: dict[str, Any] = dict(zip(names, row, strict=True))
        gone = "SELECT seen_at, reason, back_at FROM takedowns WHERE article_id = ? ORDER BY seen_at"
        seen["takedowns"] = [
            dict(zip(("seen_at", "reason", "back_at"), found, strict=True)) for found in store.connection.execute(gone, (row[0],))
        ]
        if raw:
            page = store.raw_page(ref)
            if page is None:
                raise StorageError(f"{ref}: its page was not kept")
            sys.stdout.buffer.write(page_bytes(page))
        elif revisions:
            versions = store.revisions(ref)
            if as_json:
                printing.print_json_array(asdict(version) for version in versions)
            else:
                printing.print_revisions(article, versions)
        elif metadata:
            facts = printing.metadata(article)
            printing.print_json_array(facts) if as_json else printing.print_metadata(article.title, facts)
        elif as_json and removed:
            printing.print_json_array(removal.model_dump() for removal in article.removals)
        elif as_json:
            printing.print_json_object({**seen, **article.to_record()})
        elif removed:
            printing.print_removals(article.title, article.removals)
        else:
            printing.print_article(article, seen)


def explain(
    ref: Annotated[str | None, typer.Argument(
        metavar="[FILE|ID]",
        help="An HTML or text file, - for standard input; where there is none, the id, uid or URL of an article in the store.",
    )] = None,
    html: Annotated[Path | None, typer.Option(
        "--html", metavar="OUT", help="Write it to this file, as one HTML page that needs nothing else.")] = None,
    url: Annotated[str | None, typer.Option("--url", help="The address that the file came from.")] = None,
    rules: Annotated[bool, typer.Option("--rules", help="List every rule, and how often it fired in the store.")] = False,
    as_json: JsonOption = False, config: ConfigOption = None, db: DbOption = None,
) -> None:  # fmt: skip
    """Show a page in its order: what was kept, what was removed, by which rule and on what evidence."""
    with answering():
        if rules:
            if ref is not None or html is not None or url is not None:
                raise QueryError("--rules lists all rules: give no page, --html or --url with it")
            _explain_rules(_path(config, db), must_be_there=db is not None, as_json=as_json)
            return
        if ref is None:
            raise QueryError("name a file or an article of the store, or ask for --rules")
        if html is not None and as_json:
            raise QueryError("choose one of --html and --json")
        article = article_of_file(ref, url) or article_of_store(_path(config, db), ref)
        if html is not None:
            write_html(article, ref, html)
            say(f"{html}: {in_brief(article)}")
        elif as_json:
            printing.print_json_object(explanation(article))
        else:
            print_explanation(article, ref)


def _explain_rules(path: Path, *, must_be_there: bool, as_json: bool) -> None:
    counted = must_be_there or path.exists()
    listed = rules_with_counts(path if counted else None)
    if as_json:
        printing.print_json_array(listed)
    elif counted:
        rows = [(r["rule"], r["removals"], r["articles"], r["sentence"] or NO_RULE) for r in listed]
        printing.print_table(["rule", "removals", "articles", "what it takes out"], rows)
    else:
        printing.print_table(["rule", "what it takes out"], [(r["rule"], r["sentence"]) for r in listed])
    if not counted:
        say(f"how often each fired is not known: there is no store at {path}")


def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help='One statement that reads, e.g. "select title from news limit 9".')],
    as_json: JsonOption = False,
    as_json_lines: JsonLinesOption = False, as_csv: CsvOption = False, config: ConfigOption = None, db: DbOption = None,
) -> None:  # fmt: skip
    """Ask the store in SQL, read-only: a table on a terminal, CSV elsewhere."""
    with answering():
        form = _form(json=as_json, jsonl=as_json_lines, csv=as_csv)
        with asking(_path(config, db), sql) as (columns, rows):
            if form in ("json", "jsonl"):
                printing.print_records(printing.as_objects(columns, rows), form)
            elif form or not sys.stdout.isatty():
                printing.print_csv(columns, rows)
            elif printing.print_table(columns, rows):
                say(f"the first {printing.ROWS_ON_A_TERMINAL} rows; --csv and --json print all")


def export_command(
    file: Annotated[Path, typer.Argument(
        metavar="FILE", help=f"Where to; its suffix says what: {' '.join(FORMS)} (.gz or .zst may follow where it is text).")],
    words: QueryArgument = None, since: SinceOption = None, until: UntilOption = None, tz: ZoneOption = "UTC",
    language: LanguageOption = None, source: SourceOption = None, author: AuthorOption = None, tag: TagOption = None,
    publisher: PublisherOption = None, country: CountryOption = None, flag: FlagOption = None, min_words: WordsOption = None,
    min_geopolitics: GeopoliticsOption = None, include_rejected: RejectedOption = False, order: OrderOption = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many.")] = None,
    form: Annotated[Form | None, typer.Option("--format", help="What to write, whatever the suffix; some are folders.")] = None,
    fields: Annotated[str | None, typer.Option(
        "--fields", metavar="A,B:NAME", help="Only these fields, in this order, B under another name.")] = None,
    no_text: Annotated[bool, typer.Option(
        "--no-text", help="Leave out what the publishers wrote; addresses, hashes and facts stay.")] = False,
    include_reserved: Annotated[bool, typer.Option(
        "--include-reserved", help="Also articles whose pages opt out of text and data mining, AI training or indexes.")] = False,
    config: ConfigOption = None, db: DbOption = None,
) -> None:  # fmt: skip
    """Write articles to a file or folder, with a manifest: a dataset, a feed, Markdown, a store of their own."""
    with answering():
        filters = Filters(
            " ".join(words or ()), since=since, until=until, tz=tz, language=language or None, source=source or None,
            author=author or None, tag=tag or None, publisher=publisher or None, country=country or None, flag=flag or None,
            min_words=min_words, min_geopolitics=min_geopolitics, include_rejected=include_rejected, order=order, limit=limit,
        )  # fmt: skip
        settings = load_config(config, db=db)
        with Store(settings.db, read_only=True) as store, _progress() as progress:
            task = progress.add_task("exporting", total=None)
            report = export(store, file, filters, form=form, fields=fields, text=not no_text,
                            include_reserved=include_reserved or settings.opt_outs == "export",
                            on_article=lambda: progress.advance(task))  # fmt: skip
        say(f"{report.path}: {report.articles} article{'' if report.articles == 1 else 's'}, {report.bytes:,} bytes")
        if report.reserved:
            say(
                f"left out {report.reserved} whose pages opt out ({report.manifest.name} names them);"
                " --include-reserved takes them in"
            )
        if report.guarded:
            say(f"in {report.guarded} cells a ' stands before what a spreadsheet would have run as a formula")


def stats(as_json: JsonOption = False, config: ConfigOption = None, db: DbOption = None) -> None:
    """Say what the store holds."""
    with answering(), Store(_path(config, db), read_only=True) as store:
        found = store.stats()
        if as_json:
            printing.print_json_object(found)
        else:
            printing.print_stats(found)


def _form(*, json: bool, jsonl: bool, csv: bool) -> printing.Form | None:
    """The one form that was asked for; None is for reading on a terminal.  Raises QueryError for several."""
    asked: list[printing.Form] = []
    if json:
        asked.append("json")
    if jsonl:
        asked.append("jsonl")
    if csv:
        asked.append("csv")
    if len(asked) > 1:
        raise QueryError(f"choose one of {' and '.join(f'--{form}' for form in asked)}")
    return asked[0] if asked else None


def serve(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Where on 127.0.0.1; 0 takes one that is free.")] = 8001,
    open_browser: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    config: ConfigOption = None, db: DbOption = None,
) -> None:  # fmt: skip
    """Read and search the store in a browser, on this machine alone, until Ctrl-C."""
    with answering():
        path = _path(config, db)
        try:
            from storage.web import server
        except ImportError as error:
            hint = "install it beside Copydesk with `pip install 'datasette<1'`"
            raise StorageError(f"the reading pages need Datasette: {hint}") from error

        def ready(address: str) -> None:
            say(f"{path} is at {address} (Ctrl-C ends it)")
            if open_browser:
                typer.launch(address)

        with suppress(KeyboardInterrupt):  # the way to end it
            server.serve(path, port, ready)
        say("ended")


def _path(config: Path | None, db: Path | None) -> Path:
    return load_config(config, db=db).db


@contextmanager
def answering() -> Iterator[None]:
    """What is known to go wrong becomes one line on stderr and an exit code: 1, or 2 for wrong usage, 3 when interrupted."""
    try:
        yield
    except (StorageError, CleaningError) as error:
        say(str(error))
        raise typer.Exit(2 if isinstance(error, QueryError) else 1) from error
    except KeyboardInterrupt as error:
        say("interrupted")
        raise typer.Exit(3) from error


def say(sentence: str) -> None:
    """A word about the run: stderr, so that stdout holds the answer alone."""
    typer.echo(f"copydesk: {printing.plain(sentence)}", err=True)


def _progress() -> Progress:
    """A counter on stderr, only where that is a terminal."""
    screen = Console(stderr=True)
    return Progress(
        SpinnerColumn(), TextColumn("{task.description} {task.completed:,.0f} articles"), TimeElapsedColumn(),
        console=screen, transient=True, disable=not screen.is_terminal,
    )  # fmt: skip
