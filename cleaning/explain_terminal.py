"""What became of a page, on a terminal.  Nothing of the page is ever taken for markup or a control sequence."""

from __future__ import annotations

import re

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cleaning.explain import NO_RULE, Fact, facts, flags_shown, in_brief, is_chrome, page_order, rule_counts
from cleaning.models import RUNNING_KINDS, Article, Block, Removal

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""What must not reach a terminal: control characters but newline and tab, and halves of characters, which cannot be written."""

_SHOWN = 160
"""Characters of a kept block or of page chrome that are shown; what a named rule took out is shown whole."""


def print_explanation(article: Article, name: str) -> None:
    """The page in order, the rules that fired, the flags, the metadata with its candidates, and a line in figures.

    `name` is what the page is called where the article has no title.
    """
    console = Console(highlight=False, markup=False, emoji=False)
    console.print(Text(_plain(article.title or name), style="bold"))
    page = Table.grid(padding=(0, 1))
    page.add_column(no_wrap=True)
    page.add_column(no_wrap=True)
    page.add_column(overflow="fold")
    page.add_column(overflow="fold", ratio=1)
    number = 0
    for entry in page_order(article):
        if isinstance(entry, Block):
            number += 1
            page.add_row(*_kept(entry, number))
        else:
            page.add_row(*_removed(entry))
    console.print(page)
    for count in rule_counts(article):
        console.print(Text.assemble((_plain(count.rule), "red"), f" ×{count.blocks}: {count.sentence or NO_RULE}"))
    for shown in flags_shown(article):
        where = f" in block {shown.block}" if shown.block else ""
        console.print(Text.assemble((_plain(shown.flag), "yellow"), f"{where}: {_short(shown.evidence, 100)}"))
    for fact in facts(article):
        _print_fact(console, fact)
    console.print(in_brief(article))


def _kept(block: Block, number: int) -> tuple[Text, Text, Text, Text]:
    kind = block.kind.replace("_", " ") + (f" {block.level}" if block.level else "")
    about = [
        None if block.kind in RUNNING_KINDS else "kept beside the text",
        f"{block.link_share:.0%} in links" if block.link_share else None,
        *block.flags,
    ]
    text = Text(_short(block.text))
    _add_remark(text, ", ".join(filter(None, about)))
    where = f"line {block.line}" if block.line else f"block {number}"
    return Text("+", style="bold green"), Text(where, style="dim"), Text(kind, style="green"), text


def _removed(removal: Removal) -> tuple[Text, Text, Text, Text]:
    shown = _short(removal.text) if is_chrome(removal) else _plain(removal.text)
    text = Text(" ⏎ ".join(shown.split("\n")), style="red" if is_chrome(removal) else "red strike")
    blocks = f"{removal.block_count} blocks " if removal.block_count > 1 else ""
    _add_remark(text, f"{blocks}{removal.evidence}")
    where = f"line {removal.line}" if removal.line else ""
    return Text("−", style="bold red"), Text(where, style="dim"), Text(_plain(removal.rule), style="bold red"), text


def _add_remark(text: Text, remark: str) -> None:
    if remark:
        text.append(f"\n↳ {_plain(remark)}", style="not strike dim")


def _print_fact(console: Console, fact: Fact) -> None:
    source = f" ({fact.source})" if fact.source and fact.value else ""
    console.print(Text.assemble((f"{_plain(fact.field)}: ", "cyan"), _short(fact.value or "none"), (_plain(source), "dim")))
    if [(c.value, c.source) for c in fact.candidates] == [(fact.value, fact.source)]:
        return
    for candidate in fact.candidates:
        mark = ("  ● ", "green") if candidate.chosen else ("  ○ ", "dim")
        console.print(Text.assemble(mark, _short(candidate.value), (f" ({_plain(candidate.source)})", "dim")))


def _short(text: str, length: int = _SHOWN) -> str:
    text = _plain(text)
    if len(text) <= length:
        return text
    words, _, _ = text[:length].rpartition(" ")
    return f"{words if 2 * len(words) > length else text[:length]} …"


def _plain(text: str) -> str:
    return CONTROLS.sub("\ufffd", text)
