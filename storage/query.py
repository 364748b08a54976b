"""What people type into a search, as an expression of FTS5 that is never malformed.

Words are quoted one by one, so that nothing in them is syntax.  Four things are: "a phrase", a prefix*, title:word, and the
operators AND, OR and NOT in capitals between two terms.  Side by side means AND; NOT binds closest, then AND, then OR.
"""

from __future__ import annotations

import re

from cleaning.models import storable
from storage.terms import parts, phrase_terms, without_signs

_TERM = re.compile(r'(?P<title>title:)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))', re.I)
_OPERATORS = frozenset({"AND", "OR", "NOT"})


def fts_expression(query: str) -> str | None:
    """`query` for `articles_fts MATCH ?`; None where it holds nothing that could be looked for (no letter, no digit)."""
    found: list[str] = []
    operator: str | None = None
    for match in _TERM.finditer(storable(query)):
        word = match["word"]
        if word in _OPERATORS and not match["title"]:
            operator = word if found else None
            continue
        if term := _term(word if word is not None else match["phrase"], title=bool(match["title"]), prefix=bool(word)):
            if found:
                found.append(operator or "AND")
            found.append(term)
            operator = None
    return " ".join(found) or None


def first_stretch(query: str) -> str | None:
    """The first stretch of a script without spaces that `query` looks for: what a snippet of such a text shows."""
    for match in _TERM.finditer(storable(query)):
        for part, unspaced in parts(match["word"] or match["phrase"] or ""):
            if unspaced:
                return part
    return None


def _term(text: str, *, title: bool, prefix: bool) -> str | None:
    """One word or phrase as FTS5 wants it; None where there is no letter and no digit in it."""
    prefix = prefix and text.endswith("*")
    text = without_signs(text)
    pieces = parts(text)
    if not pieces:
        return None
    if not any(unspaced for _, unspaced in pieces):
        column = "{title title_terms} : " if title else ""
        return f"{column}{_quoted(text)}{'*' if prefix else ''}"
    column = "title_terms" if title else "{title_terms text_terms}"
    terms = [
        f"{column} : {_quoted(phrase_terms(part))}{'*' if len(part) == 1 else ''}" if unspaced
        else f"{'{title title_terms} : ' if title else ''}{_quoted(part)}"
        for part, unspaced in pieces
    ]  # fmt: skip
    return terms[0] if len(terms) == 1 else f"({' AND '.join(terms)})"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
