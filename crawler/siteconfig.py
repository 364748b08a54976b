"""Site rules out of a file in the public-domain format of ftr-site-config: one `name: value` a line, values mostly XPath."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import ValidationError

from cleaning.models import Selector, SiteRules

_DIRECTIVE = re.compile(r"^\s*([a-z_]+)\s*(?:\(.*?\))?\s*:\s*(.*?)\s*$")
_FIELDS = ("body", "title", "author", "date")
_LEFT_OUT = {
    "test_url": "an address to try it on; fetch the page and use `copydesk sources test`",
    "test_contains": "what the page at the address should hold",
    "strip_image_src": "pictures are no part of the text",
    "single_page_link": "other pages of an article are not fetched",
    "next_page_link": "other pages of an article are not fetched",
    "prune": "cleaning has rules of its own for what to cut",
    "tidy": "pages are parsed as browsers do",
    "parser": "pages are parsed as browsers do",
    "find_string": "a page's source is not rewritten",
    "replace_string": "a page's source is not rewritten",
}


@dataclass(frozen=True)
class SiteConfig:
    """What of a site config has an equivalent here, and, a sentence with its line number each, what has none."""

    rules: SiteRules
    left_out: list[str]


def read_site_config(text: str) -> SiteConfig:
    """The rules of a site config; a line that cannot be used is left out and named, never an error.

    Several lines for one field are tried in their order there; here they become one expression with the same meaning.
    """
    left_out: dict[int, str] = {}
    fields: dict[str, list[tuple[int, str]]] = {}
    remove: list[Selector] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _DIRECTIVE.match(line)
        if match is None:
            left_out[number] = f"is no directive: {line.strip()[:60]}"
            continue
        name, value = match[1], match[2]
        if name in _FIELDS:
            fields.setdefault(name, []).append((number, value))
        elif name in ("strip", "strip_id_or_class"):
            xpath = value if name == "strip" else _id_or_class(value)
            try:
                remove += SiteRules(remove=(Selector(xpath=xpath, reason=f"ftr-site-config, line {number}"),)).remove
            except ValidationError as error:
                left_out[number] = f"{name}: {_why(error)}"
        else:
            left_out[number] = f"{name}: {_LEFT_OUT.get(name, 'has no equivalent')}"
    chosen = {name: _alternatives(name, lines, left_out) for name, lines in fields.items()}
    rules = SiteRules.model_validate({"remove": tuple(remove)} | {name: s for name, s in chosen.items() if s is not None})
    return SiteConfig(rules, [f"line {number}: {reason}" for number, reason in sorted(left_out.items())])


def _id_or_class(value: str) -> str:
    name = value.strip("'\"")
    quote = '"' if "'" in name else "'"
    return f"//*[contains(@class, {quote}{name}{quote}) or contains(@id, {quote}{name}{quote})]"


def _alternatives(name: str, lines: list[tuple[int, str]], left_out: dict[int, str]) -> Selector | None:
    """One selector that finds what the first of these expressions finds that finds anything."""
    selector: Selector | None = None
    taken: list[str] = []
    reason = "ftr-site-config"
    for number, xpath in lines:
        try:
            SiteRules.model_validate({name: Selector(xpath=xpath)})
        except ValidationError as error:
            left_out[number] = f"{name}: {_why(error)}"
            continue
        before = " | ".join(f"({earlier})" for earlier in taken)
        guarded = f"({xpath})[not({before})]" if taken else xpath
        joined = f"{selector.xpath} | {guarded}" if selector else guarded
        try:
            selector = Selector(xpath=joined, reason=f"{reason}, line {number}")
        except ValidationError:  # one of them gives a text and not elements, or the whole is too long
            left_out[number] = f"{name}: is tried after the lines before it, and cannot be joined to them"
            continue
        taken.append(xpath)
        reason = selector.reason
    return selector


def _why(error: ValidationError) -> str:
    first = error.errors()[0]
    return str(first.get("ctx", {}).get("error") or first["msg"])
