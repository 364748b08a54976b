"""What became of a page, as one HTML page that needs nothing else: no script, nothing remote, everything of the page escaped.

The page's own security policy allows its one style sheet by hash and nothing besides, so that even a fault in the escaping could
run and load nothing.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from html import escape
from importlib import resources
from string import Template

from cleaning.explain import NO_RULE, Fact, facts, flags_shown, is_chrome, kept_share, page_order, rule_counts
from cleaning.models import RUNNING_KINDS, Article, Block, Removal
from cleaning.rules import sentence

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_PREVIEW = 90
"""Characters of a closed run that are shown on its lid."""


def render_explanation(article: Article, name: str) -> str:
    """The whole HTML document.  `name` is what the page is called where the article has no title."""
    template, style_hash = _template()
    title = article.title or name
    return template.substitute(
        style_hash=style_hash,
        page_title=f"{escape(title)} · what was removed",
        title=escape(title),
        lang=_lang(article),
        byline=_byline(article),
        figures=_figures(article),
        flags=_flags(article),
        rules=_rules(article),
        facts=_facts(article),
        page=_page(article),
        footer=f"Made by <code>copydesk explain</code>, rules {escape(article.rules_version) or 'unknown'},"
        f" main text by {escape(article.extractor) or 'unknown'}. Nothing here is loaded from elsewhere.",
    )


@cache
def _template() -> tuple[Template, str]:
    """The template, and its style sheet as a security policy names it."""
    text = resources.files("cleaning.data").joinpath("explain.html").read_text(encoding="utf-8")
    style = text[text.index("<style>") + len("<style>") : text.index("</style>")]
    return Template(text), "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def _lang(article: Article) -> str:
    language = article.language or ""
    return f' lang="{language}"' if _LANGUAGE.fullmatch(language) else ""


def _byline(article: Article) -> str:
    day = article.published_at.strftime("%Y-%m-%d") if article.published_at else None
    said = [" · ".join(article.authors), article.publisher or article.source, day, article.language]
    parts = [f"<bdi>{escape(word)}</bdi>" for word in said if word]
    if article.url and re.match(r"https?://", article.url, re.I):
        parts.append(f'<a href="{escape(article.url)}" rel="noopener noreferrer nofollow">{escape(article.url)}</a>')
    return " · ".join(parts)


def _figures(article: Article) -> str:
    removed = sum(removal.block_count for removal in article.removals)
    share = kept_share(article)
    percent = 0 if share is None else round(100 * share)
    meter = f'<meter min="0" max="100" value="{percent}" aria-hidden="true"></meter> {percent} % of the characters kept'
    return (
        f'<p class="figures"><span class="status {article.status}">{article.status}</span>'
        f'<span class="kept"><b>{len(article.blocks)}</b> {_blocks(len(article.blocks))} kept</span>'
        f'<span class="cut-count"><b>{removed}</b> {_blocks(removed)} removed</span>'
        f"<span>{meter}</span></p>"
    )


def _flags(article: Article) -> str:
    found = flags_shown(article)
    items = [
        f"<li><b>{escape(f.flag)}</b>"
        + (f' in <a href="#b{f.block}">block {f.block}</a>' if f.block else "")
        + (f": <bdi>{escape(_cut(f.evidence, 200))}</bdi></li>" if f.evidence else "</li>")
        for f in found
    ]
    return f'<section><h2>Flags</h2>\n<ul class="flags">{"".join(items)}</ul></section>' if items else ""


def _rules(article: Article) -> str:
    first: dict[str, int] = {}
    for number, removal in enumerate((e for e in page_order(article) if isinstance(e, Removal)), 1):
        first.setdefault(removal.rule, number)
    items = [
        f'<li><a class="rule" href="#r{first[c.rule]}">{escape(c.rule)}</a> <span>{c.blocks} {_blocks(c.blocks)}</span>'
        f' <span class="what soft">{escape(c.sentence or NO_RULE)}</span></li>\n'
        for c in rule_counts(article)
    ]
    body = f'<ul class="rules">{"".join(items)}</ul>' if items else "<p>Nothing was removed.</p>"
    return f"<section><h2>Removed, by rule</h2>\n{body}</section>"


def _facts(article: Article) -> str:
    found = facts(article)
    if not found:
        return ""
    offered = sum(len(fact.candidates) for fact in found)
    lid = f"{len(found)} fields" + (f", {offered} candidates and where each stood" if offered else "")
    head = f"<h2>Metadata</h2>\n<details><summary>{lid}</summary>"
    return f'<section>{head}\n<dl class="facts">{"".join(map(_fact, found))}</dl></details></section>'


def _fact(fact: Fact) -> str:
    value = f'<span dir="auto">{escape(fact.value)}</span>' if fact.value is not None else '<span class="soft">none</span>'
    source = f' <span class="soft">({escape(fact.source)})</span>' if fact.source and fact.value is not None else ""
    items = [
        f'<li{" class=chosen" if c.chosen else ""}><span class="mark" aria-hidden="true">{"●" if c.chosen else "○"}</span>'
        f'<bdi>{escape(c.value)}</bdi> ({escape(c.source)}{", chosen" if c.chosen else ""})</li>'
        for c in fact.candidates
    ]
    candidates = f'<ul class="candidates">{"".join(items)}</ul>' if items else ""
    return f"<div><dt>{escape(fact.field)}</dt><dd>{value}{source}{candidates}</dd></div>\n"


def _page(article: Article) -> str:
    lang = _lang(article)
    pieces: list[str] = []
    kept = removed = 0
    for entry in page_order(article):
        if isinstance(entry, Block):
            kept += 1
            pieces.append(_kept(entry, kept, lang))
        else:
            removed += 1
            pieces.append(_removed(entry, removed))
    return "\n".join(pieces)


def _kept(block: Block, number: int, lang: str) -> str:
    text = escape(block.text)
    tag, attributes = "p", ' dir="auto"'
    if block.kind == "heading":
        tag = f"h{min(6, max(3, 1 + (block.level or 2)))}"
    elif block.kind == "quote":
        tag = "blockquote"
    elif block.kind == "list_item":
        attributes += ' class="item"'
    elif block.kind == "table":
        tag = "table"
        rows = (f"<td>{'</td><td>'.join(row.split(chr(9)))}</td>" for row in text.split("\n"))
        text = f"<tr>{'</tr><tr>'.join(rows)}</tr>"
    beside = block.kind not in RUNNING_KINDS
    remarks = [
        f"line {block.line}" if block.line else "",
        "" if block.kind == "paragraph" else block.kind.replace("_", " ") + (f" {block.level}" if block.level else ""),
        "kept beside the text" if beside else "",
        f"{block.link_share:.0%} in links" if block.link_share else "",
        *(f'<span class="flag">{escape(flag)}</span>' for flag in block.flags),
    ]
    note = ", ".join(filter(None, remarks))
    return (
        f'<div class="entry kept{" beside" if beside else ""}" id="b{number}">'
        + (f'<p class="note">{note}</p>' if note else "")
        + f'<div class="text"{lang}><{tag}{attributes}>{text}</{tag}></div></div>'
    )


def _removed(removal: Removal, number: int) -> str:
    chrome = is_chrome(removal)
    lines = removal.text.split("\n")
    struck = "<del>" + "".join(f'<p dir="auto">{escape(line)}</p>' for line in lines) + "</del>"
    if chrome:
        count = f"{removal.block_count} {_blocks(removal.block_count)} in one run"
        struck = f"<details><summary>{count}: <bdi>{escape(_cut(' · '.join(lines), _PREVIEW))}</bdi></summary>{struck}</details>"
    note = (
        f'<p class="note"><span class="hidden">Removed by </span><span class="rule">{escape(removal.rule)}</span>'
        f"<br>{escape(sentence(removal.rule) or NO_RULE)}"
        f'<br><span class="seen">Seen: <bdi>{escape(removal.evidence)}</bdi>'
        + (f", line {removal.line}" if removal.line else "")
        + "</span></p>"
    )
    return f'<div class="entry cut{" run" if chrome else ""}" id="r{number}">{note}<div class="text">{struck}</div></div>'


def _blocks(count: int) -> str:
    return "block" if count == 1 else "blocks"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]} …"
