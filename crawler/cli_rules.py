"""The commands for a user's own site rules: the import of site configs, and `sources test`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from crawler.cli import ConfigOption, JsonOption, answering, say, wide_console
from crawler.errors import CrawlerError
from crawler.own import add_sources, host_words, make_id, set_rules
from crawler.sources import SELECTORS, Source, load_all, load_file, select
from storage.config import load_config

if TYPE_CHECKING:
    from crawler.bench import Bench, Outcome


def import_site_config(file: Path, body: bytes, source_id: str | None, target: Path) -> None:
    """The rules go to the source of that host: the user's own, a copy of the catalogue's, or a new one without feeds."""
    from crawler.siteconfig import read_site_config

    try:
        found = read_site_config(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise CrawlerError(f"{file}: is not UTF-8 text") from error
    for sentence in found.left_out:
        say(f"{file.name}: {sentence}")
    fields = {name: value for name in SELECTORS if (value := getattr(found.rules, name))}
    if not fields:
        raise CrawlerError(f"{file}: no rule in it that could be used")
    host = file.stem.lower().strip(".").removeprefix("www.")
    known = load_all(load_config(target).source_files)
    source = _source_of_host(host, source_id, known)
    if source is not None and any(getattr(source, name) for name in SELECTORS):
        raise CrawlerError(f"{source.id} has site rules already: take them out of its definition first")
    own = {s.id for path in load_config(target).source_files for s in load_file(path)}
    if source is None:
        if not re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", host):
            raise CrawlerError(f"{file}: is not named after a host, as example.org.txt is: say which source it is for with --id")
        source = Source.model_validate({"id": make_id(host, known), "name": host, "home": f"https://{host}/"} | fields)
        path = add_sources(target, [source], choose=False)
        say(f"{source.id} is new in {path}: give it feeds or sitemaps, then choose it in {target}")
    elif source.id in own:
        path = set_rules(target, source.model_copy(update=fields))
    else:
        path = add_sources(target, [source.model_copy(update=fields)], choose=source.id in load_config(target).sources)
        say(f"{source.id} was copied from the catalogue to {path}, where it is yours now")
    say(f"{len(found.rules.remove) + len(fields) - bool(found.rules.remove)} rules for {source.id} are now in {path}")
    typer.echo(source.id)


def _source_of_host(host: str, source_id: str | None, known: dict[str, Source]) -> Source | None:
    """The source that is named, or the only one whose home or feeds lie on the host or under it; None where there is none."""
    if source_id is not None:
        return select([source_id], known)[0]
    found = []
    for source in known.values():
        hosts = {host_words(url) for url in (source.home, *source.feeds, *source.sitemaps) if url}
        if any(h == host or h.endswith("." + host) for h in hosts):
            found.append(source)
    if len(found) > 1:
        raise CrawlerError(f"{', '.join(s.id for s in found)} are all on {host}: say which with --id")
    return found[0] if found else None


def try_rules(
    source: Annotated[str, typer.Argument(metavar="FILE|ID", help="A definition with site rules, or the id of a source.")],
    pages: Annotated[list[Path], typer.Argument(metavar="PAGE.html...", help="Saved pages of the site.")],
    source_id: Annotated[str | None, typer.Option("--id", metavar="ID", help="Which one, if FILE defines several.")] = None,
    config: ConfigOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Try a source's own site rules on saved pages.  Exit code 1 if a selector matches nothing on every page."""
    from crawler.bench import run_bench

    with answering():
        chosen = _to_test(source, source_id, config)
        bench = run_bench(chosen, pages)
        if as_json:
            typer.echo(bench.model_dump_json(indent=2))
        else:
            _print_bench(bench)
        for name in bench.never:
            say(f"{name} ({bench.selectors[name]}) matches nothing on any of the pages")
    if bench.never:
        raise typer.Exit(1)


def _to_test(source: str, source_id: str | None, config: Path | None) -> Source:
    path = Path(source)
    if path.is_file() or path.suffix == ".toml":
        found = {s.id: s for s in load_file(path)}
        ruled = [s for s in found.values() if any(getattr(s, name) for name in SELECTORS)]
        if source_id is None and len(ruled) > 1:
            raise typer.BadParameter(f"{path} has rules for {', '.join(s.id for s in ruled)}: say which", param_hint="--id")
        chosen = select([source_id], found)[0] if source_id else ruled[0] if ruled else None
    else:
        chosen = select([source], load_all(load_config(config).source_files))[0]
    if chosen is None or not any(getattr(chosen, name) for name in SELECTORS):
        raise typer.BadParameter(f"there are no site rules in {source} to test", param_hint="FILE|ID")
    return chosen


def _print_bench(bench: Bench) -> None:
    console = wide_console()
    for trial in bench.pages:
        console.print(f"[bold]{escape(trial.page)}[/bold]")
        table = Table(box=None, pad_edge=False, header_style="bold")
        for title in ("rule", "selector", "matches"):
            table.add_column(title, justify="right" if title == "matches" else "left", overflow="fold")
        for name, count in trial.matches.items():
            table.add_row(name, escape(bench.selectors[name]), str(count))
        console.print(table)
        if trial.unused:
            console.print(f"of no use here: {escape(trial.unused)}", soft_wrap=True)
        table = Table(box=None, pad_edge=False, header_style="bold")
        for title in ("", "with the rules", "without them"):
            table.add_column(title, overflow="fold")
        for name, ours, theirs in _rows(trial.with_rules, trial.without):
            table.add_row(name, escape(ours), escape(theirs), style=None if ours == theirs else "bold")
        console.print(table)
        for heading, lines in (
            ("removed", [f"{_first_words(gone.text)}  [{gone.rule}: {gone.evidence}]" for gone in trial.removed]),
            ("only with the rules", [_first_words(line) for line in trial.gained]),
            ("only without them", [_first_words(line) for line in trial.lost]),
        ):
            for line in lines:
                console.print(f"{heading}: {escape(line)}", soft_wrap=True)
        console.print()


def _rows(ours: Outcome, theirs: Outcome) -> Iterable[tuple[str, str, str]]:
    for name in ("status", "title", "authors", "published", "blocks", "words"):
        pair = getattr(ours, name), getattr(theirs, name)
        left, right = (", ".join(v) if isinstance(v, tuple) else "" if v is None else str(v) for v in pair)
        yield name, left, right


def _first_words(text: str) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= 90 else line[:90].rsplit(" ", 1)[0] + " …"
