"""The commands that choose sources: `init` and `sources list | add | check | import | test`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from crawler.cli import ConfigOption, ContactOption, JsonOption, answering, is_terminal, say, typed_networks, wide_console
from crawler.cli_rules import import_site_config, try_rules
from crawler.errors import CrawlerError
from crawler.own import add_sources, host_words, make_id, write_config
from crawler.sources import Source, load_all, load_catalogue, select
from storage.config import FILE_NAME, Config, find_config, load_config

if TYPE_CHECKING:
    from crawler.discovery import Announcement
    from crawler.report import Fetched

commands = typer.Typer(no_args_is_help=True, help="Choose and check sources.")
commands.command("test")(try_rules)

_CONTACT = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|https?://\S+\.\S+")
SECTION_LINKS = 5
"""Links to articles from which on `sources add` takes a page without feeds for one of the site's sections."""


def init(
    contact: ContactOption = None,
    source: Annotated[list[str] | None, typer.Option("--source", metavar="ID", help="Choose it; may be repeated.")] = None,
    db: Annotated[str, typer.Option("--db", metavar="FILE", help="The store, relative to the configuration.")] = "news.db",
    path: Annotated[Path, typer.Option("--path", metavar="FOLDER", help="Where to write copydesk.toml.")] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Write over a copydesk.toml that is there.")] = False,
) -> None:
    """Write copydesk.toml: your contact, the sources you choose, the store.  Asks for what is missing where it can."""
    with answering():
        target = path if path.suffix == ".toml" else path / FILE_NAME
        if target.exists() and not force:
            say(f"{target} is there already: --force writes over it")
            raise typer.Exit(1)
        catalogue = load_catalogue()
        if contact is None and is_terminal():
            contact = typer.prompt("Your contact for the sites (mail address or URL)", err=True)
        if contact is not None and not _CONTACT.fullmatch(contact):
            raise typer.BadParameter(f"{contact!r} is neither a mail address nor a URL", param_hint="--contact")
        if not source and is_terminal():
            typer.echo(f"The catalogue has {len(catalogue)} sources; `copydesk sources list` shows them.", err=True)
            answer = typer.prompt("Ids of the sources you want, separated by spaces", default="", show_default=False, err=True)
            source = answer.replace(",", " ").split()
        chosen = select(source or [], catalogue)
        write_config(target, contact=contact, sources=[s.id for s in chosen], db=db)
        for one in chosen:
            if one.opt_in_only:
                say(f"{one.id}: its publisher wants to be asked before it is collected; see to that yourself")
        typer.echo(f"{target}: {len(chosen)} sources, store {db}")
        if contact is None:
            say("no contact is set: a crawl beyond this machine will stop until one is")
        if not chosen:
            say("no source is chosen yet: see `copydesk sources list`, then edit the file or run `copydesk sources add URL`")


@commands.command("list")
def list_sources(
    language: Annotated[str | None, typer.Option("--lang", metavar="CODE", help="Only in this language.")] = None,
    country: Annotated[str | None, typer.Option("--country", metavar="CODE", help="Only from this country.")] = None,
    as_json: JsonOption = False, config: ConfigOption = None,
) -> None:  # fmt: skip
    """List the catalogue and your own sources; * marks those that are chosen."""
    with answering():
        settings = load_config(config)
        found = [
            s for s in load_all(settings.source_files).values()
            if (country is None or s.country == country.upper())
            and (language is None or any(tag.split("-")[0] == language.lower().split("-")[0] for tag in s.languages))
        ]
        if as_json:
            records = [s.model_dump(mode="json", exclude_none=True) | {"chosen": s.id in settings.sources} for s in found]
            typer.echo(json.dumps(records, ensure_ascii=False, indent=2))
            return
        table = Table(box=None, pad_edge=False, header_style="bold")
        for title in ("", "id", "name", "country", "languages", "owner", "remarks"):
            table.add_column(title)
        for s in found:
            remarks = [word for word, holds in (("paywall", s.paywall), ("opt-in only", s.opt_in_only)) if holds]
            table.add_row("*" if s.id in settings.sources else "", s.id, escape(s.name), s.country or "", " ".join(s.languages),
                          (s.owner or "") + ("" if s.owner_reviewed or not s.owner else "?"), ", ".join(remarks))  # fmt: skip
        wide_console().print(table)
        say(f"{len(found)} sources; none is crawled unless it is chosen; ? marks an owner kind that nobody has reviewed")


@commands.command("add")
def add_source(
    url: Annotated[str, typer.Argument(metavar="URL", help="A feed, a sitemap, or a page of the site.")],
    source_id: Annotated[str | None, typer.Option("--id", metavar="ID", help="Its id; else made of the name.")] = None,
    config: ConfigOption = None, contact: ContactOption = None,
) -> None:  # fmt: skip
    """Find the feeds of a site, else its news sitemaps, else take the page itself for its links; make it a source of your own."""
    with answering():
        file = _config_file(config)
        settings = load_config(file, contact=contact)
        source = _discover(url, source_id, settings)
        path = add_sources(file, [source])
        for _, endpoint in source.endpoints:
            typer.echo(endpoint)
        say(f"{source.id} ({source.name}) is now in {path} and chosen in {file}")


@commands.command("check")
def check_sources(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Without one: all that are chosen.")] = None,
    config: ConfigOption = None, contact: ContactOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Ask each feed, sitemap and section page of the sources, and say what it answers.  Exit code 1 if one gives nothing."""
    with answering():
        settings = load_config(config, contact=contact)
        chosen = select(ids or settings.sources, load_all(settings.source_files))
        if not chosen:
            say("no source is chosen: name one, or run `copydesk init`")
            raise typer.Exit(2)
        rows = _check(chosen, settings)
        if as_json:
            typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        else:
            table = Table(box=None, pad_edge=False, header_style="bold")
            for title in ("source", "kind", "url", "status", "entries", "newest", "error"):
                table.add_column(title, overflow="fold", justify="right" if title in ("status", "entries") else "left")
            for row in rows:
                table.add_row(*("" if value is None else escape(str(value)) for value in row.values()))
            wide_console().print(table)
    if any(row["error"] and not row["entries"] for row in rows):
        raise typer.Exit(1)


@commands.command("import")
def import_sources(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An OPML list, or a site config (example.org.txt).")],
    source_id: Annotated[str | None, typer.Option("--id", metavar="ID", help="The source that a site config is for.")] = None,
    config: ConfigOption = None,
) -> None:
    """Make sources of the feeds in an OPML list, or site rules of a file as ftr-site-config has them.  Nothing is fetched."""
    with answering():
        target = _config_file(config)
        try:
            body = file.read_bytes()
        except OSError as error:
            raise CrawlerError(f"{file}: {error.strerror or error}") from error
        if file.suffix.lower() == ".txt":
            import_site_config(file, body, source_id, target)
        else:
            _import_opml(file, body, target)


def _import_opml(file: Path, body: bytes, target: Path) -> None:
    from crawler.discovery.autodiscovery import read_opml

    known = load_all(load_config(target).source_files)
    try:
        subscriptions = read_opml(body)
    except ValueError as error:
        raise CrawlerError(f"{file}: {error}") from error
    feeds = {feed for source in known.values() for feed in source.feeds}
    ids, sources = set(known), []
    for title, url in subscriptions:
        if url not in feeds:
            name = title or host_words(url)
            source = _build(url, {"id": make_id(name, ids), "name": name, "feeds": (url,)})
            ids.add(source.id)
            sources.append(source)
    if sources:
        path = add_sources(target, sources)
        say(f"{len(sources)} source{'' if len(sources) == 1 else 's'} added to {path} and chosen in {target}")
    for source in sources:
        typer.echo(source.id)
    if skipped := len(subscriptions) - len(sources):
        say(f"{skipped} feeds are known already")
    if not subscriptions:
        raise CrawlerError(f"{file}: no feed in it")


def _config_file(config: Path | None) -> Path:
    file = config or find_config()
    if file is None or not file.is_file():
        say(f"there is no {file or FILE_NAME} to add to: run `copydesk init` first")
        raise typer.Exit(2)
    return file


def _build(url: str, fields: dict[str, Any]) -> Source:
    try:
        return Source.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        raise CrawlerError(f"{url}: {first['loc'][0]}: {first['msg']}") from error


def _discover(url: str, source_id: str | None, settings: Config) -> Source:
    """The source that `url` leads to.  Raises CrawlerError where neither feed nor news sitemap can be found."""
    from crawler.discovery.autodiscovery import read_page

    known = load_all(settings.source_files)
    networks = typed_networks(url)
    (answer,) = _ask([url], networks, settings)
    reason = answer.error or (None if answer.status == 200 else f"HTTP {answer.status}")
    if reason:
        raise CrawlerError(f"{url}: {reason}")
    kind, found = _announcement(answer)
    fields: dict[str, Any] = {}
    if found.usable:
        fields = {"name": found.title, "languages": found.language, f"{kind}s": (answer.final_url,)}
    else:
        hints = read_page(answer.body, answer.final_url or url)
        fields = {"name": hints.title, "languages": hints.language, "home": answer.final_url}
        fields |= _endpoints_of(answer.final_url or url, hints.feeds, networks, settings)
        if not fields.get("feeds") and not fields.get("sitemaps"):
            if len(_section(answer).links) < SECTION_LINKS:
                raise CrawlerError(
                    f"{url}: no feed and no news sitemap found, and no page that links to articles; give the address of one"
                )
            fields["sections"] = (answer.final_url or url,)
    fields["name"] = fields["name"] or host_words(url)
    fields["id"] = source_id or make_id(fields["name"], known)
    if fields["id"] in known:
        raise CrawlerError(f"there is a source {fields['id']!r} already: choose another --id")
    tag = str(fields.pop("languages") or "").replace("_", "-")
    fields["languages"] = (tag,) if re.fullmatch(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", tag) else ()
    fields["allow_networks"] = networks
    return _build(url, fields)


def _endpoints_of(page: str, feeds: tuple[str, ...], networks: tuple[str, ...], settings: Config) -> dict[str, tuple[str, ...]]:
    """The page's feeds that answer with entries; where there is none, the site's news sitemaps."""
    from urllib.parse import urljoin

    from crawler.discovery.autodiscovery import sitemaps_of_robots

    working = [answer for answer in _ask(feeds, networks, settings) if answer.status == 200]
    good = tuple(answer.url for answer in working if _announcement(answer)[1].links)
    if good:
        return {"feeds": good}
    (robots,) = _ask([urljoin(page, "/robots.txt")], networks, settings)
    listed = sitemaps_of_robots(robots.body, page) if robots.status == 200 else []
    return {"sitemaps": tuple(
        answer.url for answer in _ask(listed, networks, settings)
        if answer.status == 200 and _announcement(answer)[0] == "sitemap" and _announcement(answer)[1].usable
    )}


def _announcement(answer: Fetched) -> tuple[str, Announcement]:
    """What the answer announces: read as a sitemap if it is one, as a feed otherwise."""
    from crawler.discovery.reading import read

    url = answer.final_url or answer.url
    sitemap = read("sitemap", answer.body, url)
    if sitemap.usable:
        return "sitemap", sitemap
    return "feed", read("feed", answer.body, url, dict(answer.headers).get("content-type"))


def _section(answer: Fetched) -> Announcement:
    from crawler.discovery.reading import read

    return read("section", answer.body, answer.final_url or answer.url)


def _ask(urls: Iterable[str], networks: tuple[str, ...], settings: Config) -> list[Fetched]:
    from crawler import run
    from crawler.job import Target

    targets = [Target(url=url, networks=networks) for url in urls]
    return run.fetch(targets, settings.contact, settings.proxy) if targets else []


def _check(chosen: tuple[Source, ...], settings: Config) -> list[dict[str, Any]]:
    """One row for each feed, sitemap and section page, in the order of the sources."""
    from crawler import run
    from crawler.job import Target

    places = [(s, kind, url) for s in chosen for kind, url in s.endpoints]
    with Console(stderr=True).status(f"asking {len(places)} addresses"):
        targets = [Target(url=url, networks=s.allow_networks) for s, _, url in places]
        answers = run.fetch(targets, settings.contact, settings.proxy)
    rows = []
    for (source, kind, url), answer in zip(places, answers, strict=True):
        row: dict[str, Any] = {"source": source.id, "kind": kind, "url": url, "status": answer.status,
                               "entries": None, "newest": None, "error": answer.error}
        if answer.status == 200:
            found = _section(answer) if kind == "section" else _announcement(answer)[1]
            row["entries"], row["newest"] = len(found.links) + len(found.children), found.newest
            row["error"] = "; ".join(found.problems) or None
        elif answer.status is not None:
            row["error"] = f"HTTP {answer.status}"
        rows.append(row)
    silent = [s for s in chosen if not s.endpoints]
    rows += [{"source": s.id, "kind": None, "url": None, "status": None, "entries": None, "newest": None,
              "error": "names no feed, sitemap or section page to read"} for s in silent]
    return rows
