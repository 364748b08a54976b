"""What the commands of the crawler room share, and `fetch`."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

import typer
from rich.console import Console

from cleaning import Page, clean
from cleaning.errors import CleaningError
from cleaning.models import SiteMemory, SiteRules
from cleaning.render import render
from crawler.addresses import LOOPBACK, is_loopback
from crawler.errors import ContactMissingError, CrawlerError, SourceError, UnknownSourceError
from crawler.sources import Source, load_all, select
from storage import StorageError, Store
from storage.config import Config, load_config
from storage.errors import ConfigError, QueryError

if TYPE_CHECKING:
    pass

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

_WRONG_USAGE = (ContactMissingError, ConfigError, QueryError, SourceError, UnknownSourceError)


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    from crawler import cli_crawl, cli_doctor, cli_reclean, cli_sources, cli_watch

    app.command()(cli_sources.init)
    app.add_typer(cli_sources.commands, name="sources")
    app.command()(cli_crawl.crawl)
    app.command()(cli_watch.schedule)
    app.command()(cli_watch.health)
    app.command()(fetch)
    app.command()(cli_doctor.doctor)
    app.command()(cli_reclean.reclean)


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
        page = fetch_page(url, settings.contact, source, settings.proxy)
        rules, memory = _known(settings.db, page)
        if source is not None:
            rules = source.site_rules(settings.min_geopolitics)
        article = clean(page, site=rules, memory=memory)
        typer.echo(render(article, form), nl=False)
        if save and settings.opt_outs == "skip" and article.rights.reserved:
            say(f"{url}: opts out, and is not stored (opt_outs)")
        elif save:
            with Store(settings.db) as store:
                saved = store.save(article, page)
            say(f"stored in {settings.db} as {saved.id} ({saved.outcome})")
        if article.status == "rejected":
            reasons = "; ".join(f"{flag}: {article.flag_evidence.get(flag, '')}".rstrip(": ") for flag in article.flags)
            say(f"{url}: no article ({reasons or 'no reason given'})")
            raise typer.Exit(1)


def _known(db: Path, page: Page) -> tuple[SiteRules | None, SiteMemory | None]:
    """Of which source the store has the page, and what its site is known to repeat, as for a crawl.

    None where there is no store, or none that can be read.
    """
    if not db.exists() or page.url is None:
        return None, None
    try:
        with Store(db, read_only=True) as store:
            article = store.get(page.url)
            rules = SiteRules(source=article.source, publisher=article.publisher) if article else None
            return rules, store.site_memories().of(page.url)
    except StorageError as error:
        say(f"{error}; cleaned without what is known of the site")
        return None, None


def fetch_page(url: str, contact: str | None, source: Source | None, proxy: str | None = None) -> Page:
    """The page at `url`.  Raises CrawlerError if there is none, naming the address and the reason."""
    from crawler import run
    from crawler.job import Target
    from crawler.spiders import not_a_page
    from crawler.when import now

    networks = (source.allow_networks if source else ()) + typed_networks(url)
    answer = run.fetch([Target(url=url, networks=networks, is_page=True)], contact, proxy)[0]
    content_type = dict(answer.headers).get("content-type")
    reason = answer.error or (f"HTTP {answer.status}" if answer.status != 200 else not_a_page(content_type, answer.body))
    if reason:
        raise CrawlerError(f"{url}: {reason}")
    return Page.model_validate({
        "url": answer.final_url, "body": answer.body, "content_type": content_type, "headers": answer.headers,
        "fetched_at": now(), "claims": answer.claims,
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
    except OSError as error:
        if error.errno == errno.EPIPE:  # whoever read our output has heard enough
            raise
        say(f"{error.filename or 'this machine'}: {error.strerror or error}")
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
