"""An article as text, Markdown with front matter, JSON or one line of JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from cleaning.models import Article, Block

Form = Literal["text", "markdown", "json", "jsonl"]

_FRONT_MATTER = (
    "title",
    "url",
    "source",
    "publisher",
    "authors",
    "agency",
    "published_at",
    "modified_at",
    "language",
    "section",
    "tags",
    "status",
    "flags",
)


def render(article: Article, form: Form) -> str:
    """The article in that form, ending in a newline."""
    if form == "text":
        return article.as_text()
    if form == "json":
        return json.dumps(article.to_record(), ensure_ascii=False, indent=2) + "\n"
    if form == "jsonl":
        return json.dumps(article.to_record(), ensure_ascii=False, separators=(",", ":")) + "\n"
    return markdown(article)


def markdown(article: Article, facts: Mapping[str, Any] | None = None) -> str:
    """YAML front matter (every value is JSON, which is YAML), the headline, and the blocks that a reader of Markdown expects.

    `facts` are plain JSON values that the front matter has before the article's own.
    """
    record = article.to_record()
    lines = [
        "---",
        *(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in (facts or {}).items()),
        *(
            f"{name}: {json.dumps(record[name], ensure_ascii=False)}"
            for name in _FRONT_MATTER
            if record[name] not in (None, [], "")
        ),
        "---",
        "",
    ]
    if article.title:
        lines += [f"# {article.title}", ""]
    in_list = False
    for block in article.blocks:
        is_item = block.kind == "list_item"
        if in_list and not is_item:
            lines.append("")
        in_list = is_item
        lines.append(_block(block))
        if not is_item:
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _block(block: Block) -> str:
    if block.kind == "heading":
        return f"{'#' * max(2, block.level or 2)} {block.text}"
    if block.kind == "list_item":
        return block.text if block.text[:2] in ("- ", "* ") else f"- {block.text}"
    if block.kind == "quote":
        return f"> {block.text}"
    if block.kind == "caption":
        return f"*{block.text}*"
    if block.kind == "table":
        rows = [row.split("\t") for row in block.text.split("\n")]
        width = max(map(len, rows))
        rows = [[cell.replace("|", "\\|") for cell in row] + [""] * (width - len(row)) for row in rows]
        return "\n".join("| " + " | ".join(row) + " |" for row in (rows[0], ["---"] * width, *rows[1:]))
    return block.text
