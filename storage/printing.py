"""How articles, hits and rows look on a terminal.  Nothing of an article is ever taken for markup or a control sequence."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cleaning.explain_terminal import CONTROLS
from cleaning.models import Article, Removal
from storage.doctor import Finding
from storage.export.tables import guarded_cell
from storage.forgetting import Reach
from storage.recleaning import Report
from storage.records import Revision
from storage.search import MARKS, Hit
from storage.web.diff import paragraphs

ROWS_ON_A_TERMINAL = 500
"""A table is laid out as a whole: more rows than this are for --csv and --json."""

Form = Literal["json", "jsonl", "csv"]


def console() -> Console:
    """Where answers go: stdout, without guessing at highlights."""
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=True)


def plain(value: object) -> str:
    """`value` for a line of a terminal; empty for None."""
    return "" if value is None else CONTROLS.sub("\ufffd", str(value))


def print_json_array(items: Iterable[Mapping[str, Any]]) -> int:
    """A JSON array, an item a line, written as the items come; how many there were."""
    count = 0
    for count, item in enumerate(items, start=1):
        sys.stdout.write(("[\n" if count == 1 else ",\n") + json.dumps(item, ensure_ascii=False))
    sys.stdout.write("\n]\n" if count else "[]\n")
    return count


def print_records(records: Iterable[Mapping[str, Any]], form: Form) -> None:
    """Flat records with the same names in each, as JSON, JSON lines or CSV, written as they come."""
    if form == "json":
        print_json_array(records)
    elif form == "jsonl":
        for record in records:
            sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
    else:
        rows = iter(records)
        if first := next(rows, None):
            print_csv(list(first), (list(record.values()) for record in chain([first], rows)))


def print_counts(counts: Sequence[Mapping[str, Any]]) -> None:
    """Facets as a table each, one below the other."""
    out = console()
    for facet in dict.fromkeys(count["facet"] for count in counts):
        mine = [count for count in counts if count["facet"] == facet]
        width = max(len(f"{count['articles']:,}") for count in mine)
        out.print(Text(str(facet), style="bold"))
        for count in mine:
            value = "(unknown)" if count["value"] is None else plain(count["value"])
            out.print(Text.assemble((f"  {count['articles']:>{width},}  ", "cyan"), value))


def print_hits(hits: Iterable[Hit]) -> int:
    """Hits as two or three lines each; how many there were."""
    out, count = console(), 0
    for hit in hits:
        count += 1
        head = Text.assemble((f"{hit.id:>6}  ", "dim"), (plain(hit.title) or "(no title)", "bold"))
        score = None if hit.geopolitics is None else f"geopolitics {hit.geopolitics:.2f}"
        day = (hit.published_at or "")[:10]
        status = None if hit.status == "ok" else hit.status
        about = " · ".join(filter(None, map(plain, (day, hit.source or hit.publisher, hit.language, score, status))))
        out.print(head)
        if about:
            out.print(Text(f"        {about}", style="cyan"))
        if hit.snippet:
            out.print(Text("        ") + _marked(plain(hit.snippet)))
    return count


def _marked(snippet: str) -> Text:
    text = Text()
    for number, piece in enumerate(re.split("[" + "".join(MARKS) + "]", snippet)):
        text.append(piece, style="bold yellow" if number % 2 else "")
    return text


def print_article(article: Article, seen: Mapping[str, Any]) -> None:
    """An article as `show` has it: what is known of it, the evidence of its score, its flags, its text."""
    out = console()
    out.print(Text(plain(article.title) or "(no title)", style="bold"))
    for name, value in _facts(article, seen):
        if value:
            out.print(Text.assemble((f"{name:<12} ", "cyan"), plain(value)))
    out.print()
    out.print(Text(CONTROLS.sub("\ufffd", article.text)))


def _facts(article: Article, seen: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    yield "id", f"{seen['id']} (uid {seen['uid']})"
    yield "url", article.url
    yield "source", " · ".join(filter(None, (article.source, article.publisher)))
    yield "authors", ", ".join(article.authors)
    yield "agency", article.agency
    yield "published", _time(article.published_at, article.published_precision, article.published_source)
    yield "modified", _time(article.modified_at, article.modified_precision, article.modified_source)
    yield "seen", f"{seen['first_seen_at']} to {seen['last_seen_at']}"
    for gone in seen["takedowns"]:
        yield "taken down", f"{gone['reason']}, seen {gone['seen_at']}" + (f"; back {gone['back_at']}" if gone["back_at"] else "")
    yield "language", article.language
    yield "section", article.section
    yield "tags", ", ".join(article.tags)
    yield "status", article.status
    for flag in dict.fromkeys(article.flags):
        evidence = article.flag_evidence.get(flag)
        yield "flag", f"{flag}: {evidence}" if evidence else flag
    for block in article.blocks:
        for flag in block.flags:
            yield "flag", f"{flag}: {block.text[:80]}"
    if found := article.geopolitics:
        countries = ", ".join(f"{c.code} ×{c.count} ({', '.join(c.names)})" for c in found.countries)
        terms = ", ".join(f"{t.term} ×{t.count} ({t.topic})" for t in found.terms)
        yield "geopolitics", f"{found.score:.2f}"
        yield "  countries", countries or "none"
        yield "  terms", terms or "none"
    rights = article.rights
    reserved = {True: "text and data mining reserved", False: "text and data mining allowed", None: None}[rights.tdm_reservation]
    no_ai = "no AI training" if rights.noai else None
    yield "rights", "; ".join(filter(None, (", ".join(rights.robots), reserved, no_ai, rights.licence)))
    yield "summary", article.summary
    yield "images", str(len(article.images)) if article.images else None
    yield "removed", f"{_blocks(sum(r.block_count for r in article.removals))} (--removed shows)" if article.removals else None


def _time(moment: Any, precision: str | None, source: str | None) -> str | None:
    if moment is None:
        return None
    day = precision in ("year", "month", "day")
    shown = moment.strftime("%Y-%m-%d" if day else "%Y-%m-%d %H:%M UTC")
    known = ", ".join(filter(None, (f"only the {precision}" if day and precision != "day" else None, source)))
    return f"{shown} ({known})" if known else shown


def _blocks(count: int) -> str:
    return "1 block" if count == 1 else f"{count} blocks"


def print_removals(title: str | None, removals: Sequence[Removal]) -> None:
    """Each removal with its rule, its evidence and its text, in the order of the page."""
    out = console()
    out.print(Text(plain(title) or "(no title)", style="bold"))
    if not removals:
        out.print("Nothing was removed.")
    for removal in removals:
        where = f"line {removal.line}" if removal.line else f"before block {removal.before_block}"
        blocks = f", {_blocks(removal.block_count)}" if removal.block_count > 1 else ""
        out.print()
        out.print(Text.assemble((plain(removal.rule), "bold red"), (f"  {where}{blocks}", "dim")))
        out.print(Text(f"  why   {plain(removal.evidence)}", style="cyan"))
        for line in removal.text.split("\n"):
            out.print(Text(f"  | {plain(line)}"))


def print_revisions(article: Article, versions: Sequence[Revision]) -> None:
    """The versions before, newest first, each with what the next one changed in it: - went, + came."""
    out = console()
    out.print(Text(plain(article.title) or "(no title)", style="bold"))
    if not versions:
        out.print("There is no earlier version.")
    title, text = article.title, article.text
    for version in versions:
        out.print()
        why = "the page had changed" if version.reason == "changed" else f"cleaned anew; by rules {version.rules_version} before"
        fetched = f", fetched {version.fetched_at}" if version.fetched_at else ""
        out.print(Text.assemble((f"until {version.replaced_at}", "bold cyan"), (f"  {plain(why)}{plain(fetched)}", "dim")))
        if version.title != title:
            out.print(Text(f"  - {plain(version.title)}", style="red"))
            out.print(Text(f"  + {plain(title)}", style="green"))
        for changed in paragraphs(version.text, text):
            for sign, style, gone in (("-", "red", "inserted"), ("+", "green", "deleted")):
                words = "".join(piece for kind, piece in changed.pieces if kind != gone)
                if changed.change in ("changed", "deleted" if sign == "-" else "inserted"):
                    out.print(Text(f"  {sign} {plain(words)}", style=style))
        title, text = version.title, version.text


def metadata(article: Article) -> list[dict[str, Any]]:
    """Everything that the page and its feed say of a field, where it stood, and whether it was chosen; fields in their order."""
    order = {name: place for place, name in enumerate(Article.model_fields)}
    said = sorted(article.candidates, key=lambda c: (order.get(c.field, len(order)), c.field, not c.chosen))
    return [candidate.model_dump() for candidate in said]


def print_metadata(title: str | None, facts: Sequence[Mapping[str, Any]]) -> None:
    """Fields with their sources; a star stands before what was chosen."""
    out, last = console(), None
    out.print(Text(plain(title) or "(no title)", style="bold"))
    if not facts:
        out.print("Nothing is said of any field.")
    for fact in facts:
        name = "" if fact["field"] == last else fact["field"]
        last = fact["field"]
        out.print(Text.assemble(
            (f"{name:<14} ", "cyan"), ("* " if fact["chosen"] else "  ", "bold green"), plain(fact["value"]),
            (f"  ({plain(fact['source'])})", "dim"),
        ))  # fmt: skip


def print_recleaned(report: Report) -> None:
    """What cleaning again changed, or would change: the counts, then rule by rule with examples."""
    out = console()
    would = "would get" if report.dry_run else "got"
    same = f"{report.articles:,} articles: {report.same:,} stay as they are"
    lines = [f"{same}, {report.texts:,} {would} another title or text, {report.others:,} other removals or fields"]
    if report.rejected or report.accepted:
        lines.append(f"{report.rejected:,} are no articles any more, {report.accepted:,} are articles now")
    left = {"could not be cleaned": report.failed, "were stored anew meanwhile": report.overtaken,
            "have no raw page": report.without_page}  # fmt: skip
    if any(left.values()):
        lines.append("left as they were: " + ", ".join(f"{count:,} {why}" for why, count in left.items() if count))
    for line in lines:
        out.print(line)
    record = report.to_record()
    parts = (
        ("taken out, and was not", "removed", "-", "red"),
        ("kept, and was not", "kept", "+", "green"),
        ("fields", "fields", " ", ""),
    )
    for head, name, sign, style in parts:
        if record[name]:
            out.print(Text(f"\n{head}", style="bold"))
        for rule, tally in record[name].items():
            out.print(Text.assemble((f"{tally['count']:>7,}  ", "cyan"), plain(rule)))
            for example in tally["examples"]:
                sides = [example[side] for side in ("before", "after") if example[side] or name == "fields"]
                shown = " → ".join(map(_short, sides))
                out.print(Text(f"         {sign} {example['id']}: {shown}", style=style))


def _short(text: str) -> str:
    line = plain(" ".join(text.split()))
    return (line[:80] + "…" if len(line) > 80 else line) or "(nothing)"


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bool:
    """Rows as a table; whether there were more than a terminal is given."""
    table = Table(*map(plain, columns), header_style="bold")
    for number, row in enumerate(rows):
        if number == ROWS_ON_A_TERMINAL:
            break
        table.add_row(*(Text(plain(_printable(value))) for value in row))
    else:
        number = -1
    Console(highlight=False, markup=False, emoji=False).print(table)
    return number == ROWS_ON_A_TERMINAL


def print_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Rows as CSV with a header; texts that a spreadsheet would run as formulas get a quote mark before them."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        values = (_printable(value) for value in row)
        writer.writerow([guarded_cell(value) if isinstance(value, str) else value for value in values])


def as_objects(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Rows as JSON objects; a column whose name was there before gets its number behind it."""
    names = [column if column not in columns[:at] else f"{column}_{at + 1}" for at, column in enumerate(columns)]
    for row in rows:
        yield dict(zip(names, map(_printable, row), strict=True))


def _printable(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value


def print_json_object(record: Mapping[str, Any]) -> None:
    """One JSON object, indented."""
    sys.stdout.write(json.dumps(record, ensure_ascii=False, indent=2) + "\n")


def print_findings(findings: Iterable[Finding]) -> None:
    """What the doctor found, a line each."""
    out, styles = console(), {"ok": "green", "warning": "yellow", "wrong": "bold red"}
    for finding in findings:
        out.print(Text.assemble(
            (f"{finding.state:<8} ", styles[finding.state]), (f"{finding.check:<14} ", "cyan"), plain(finding.says)
        ))  # fmt: skip


def print_reach(found: Reach) -> None:
    """What would be forgotten, counted, with some titles."""
    out = console()
    if found.nothing:
        out.print("There is nothing to forget.")
        return
    for name, count in (
        ("articles", found.articles), ("revisions", found.revisions), ("addresses", found.addresses),
        ("removed texts", found.removed_texts), ("raw pages", found.raw_pages),
    ):  # fmt: skip
        size = f", {found.raw_bytes / 1e6:,.1f} MB" if name == "raw pages" and found.raw_bytes else ""
        out.print(Text.assemble((f"{name:<14} ", "cyan"), f"{count:,}{size}"))
    for title in found.examples:
        out.print(Text(f"  {plain(title)[:100]}"))
    if found.articles > len(found.examples):
        out.print(Text(f"  … and {found.articles - len(found.examples):,} more"))
    if found.unknown:
        out.print(Text(f"not there: {plain(', '.join(found.unknown))}", style="yellow"))


def print_stats(found: Mapping[str, Any]) -> None:
    """What `Store.stats` counted, one thing a line."""
    out = console()
    for name, value in found.items():
        if isinstance(value, dict):
            shown = ", ".join(f"{plain(key)} {count:,}" for key, count in value.items())
        else:
            shown = f"{value:,}" if isinstance(value, int) else plain(value)
        out.print(Text.assemble((f"{name.replace('_', ' '):<22} ", "cyan"), shown or "-"))
