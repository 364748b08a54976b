"""CSS and XPath selectors of a user's own: checked when they are read, compiled once, never wrong when a page is cleaned.

Only XPath 1.0 as it stands in its specification: no functions that reach files or addresses (those of XSLT and EXSLT are not
known here), no variables, no namespaces.  An expression is short, and searches the whole page from within a predicate at most
once for each element: deeper nesting would make a large page cost minutes.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from cssselect import ExpressionError, HTMLTranslator, SelectorSyntaxError
from lxml import etree, html

MOST_CHARACTERS = 1000
"""Longer selectors are refused."""

_FUNCTIONS = frozenset(
    """
        last position count id local-name namespace-uri name string concat starts-with contains substring-before
        substring-after substring string-length normalize-space translate boolean not true false lang number sum floor
        ceiling round comment text processing-instruction node and or div mod
    """.split()
)
"""The functions of XPath 1.0, its node tests, and the operators that may stand before a bracket."""

_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")
_CALL = re.compile(r"([\w.-]+(?::[\w.-]+)?)\s*\(")
_AT = re.compile(r"\bat (\d+)>")
_FOUND = re.compile(r"<(?:EOF|[A-Z]+ (.+?)) at \d+>")
_WIDE_AXIS = re.compile(r"(?<![\w.\])*])//|\b(?:preceding|following)::")
_TRIAL = html.document_fromstring("<html><head><title>t</title></head><body><p>x</p></body></html>")


class SelectorError(ValueError):
    """A selector that cannot be used: its text, why, and the character (from 1) at which the reader gave up, if that is known."""

    def __init__(self, selector: str, reason: str, position: int | None = None) -> None:
        where = f" at character {position}" if position is not None else ""
        super().__init__(f"{selector!r} {reason}{where}")
        self.selector = selector
        self.reason = reason
        self.position = position


@lru_cache(maxsize=1024)
def compiled(css: str | None, xpath: str | None) -> Any:
    """The `lxml.etree.XPath` of a selector, of which exactly one form is given.  Raises SelectorError."""
    text = css if css is not None else xpath or ""
    if len(text) > MOST_CHARACTERS:
        raise SelectorError(text[:40] + "…", f"is longer than {MOST_CHARACTERS} characters")
    if css is None:
        return _of_xpath(text)
    try:
        found = etree.XPath(HTMLTranslator().css_to_xpath(text), regexp=False)
        found(_TRIAL)
    except (SelectorSyntaxError, ExpressionError, etree.XPathError, RecursionError) as error:
        message = str(error)
        at = _AT.search(message)
        message = _FOUND.sub(r"\1", message.replace("got <EOF", "but it ends there <EOF")).rstrip(" .")
        if "Pseudo-elements" in message:
            message, at = "pseudo-elements select no element; an attribute is selected by XPath: //meta/@content", None
        raise SelectorError(text, f"is not a CSS selector: {message}", int(at[1]) + 1 if at else None) from error
    return found


def _of_xpath(text: str) -> Any:
    bare = _LITERAL.sub(lambda match: " " * len(match[0]), text)  # what stands in quotes is no expression
    for call in _CALL.finditer(bare):
        if call[1] not in _FUNCTIONS and "::" not in call[1]:
            raise SelectorError(text, f"calls {call[1]}(), which is no function of XPath 1.0,", call.start() + 1)
    if (variable := bare.find("$")) >= 0:
        raise SelectorError(text, "has a variable, and there are none,", variable + 1)
    for axis in _WIDE_AXIS.finditer(bare):
        if bare[: axis.start()].count("[") - bare[: axis.start()].count("]") > 1:
            raise SelectorError(text, "searches the whole page from within a predicate of a predicate", axis.start() + 1)
    try:
        found = etree.XPath(text, regexp=False)
        found(_TRIAL)
    except etree.XPathSyntaxError as error:
        column = error.error_log.last_error.column if error.error_log.last_error is not None else None
        raise SelectorError(text, "is not an XPath expression", None if column is None else column + 1) from error
    except (etree.XPathError, ValueError) as error:
        raise SelectorError(text, f"is not an XPath expression ({error})") from error
    return found


def require_elements(css: str | None, xpath: str | None) -> None:
    """Raises SelectorError for what selects a text, a number or an attribute, where elements are wanted."""
    found = compiled(css, xpath)
    if css is None and (not isinstance(found(_TRIAL), list) or re.search(r"(?:@[\w.:*-]+|text\(\))\s*$", xpath or "")):
        raise SelectorError(xpath or "", "selects no elements, but an attribute, a text or a number")


def select(tree: Any, css: str | None, xpath: str | None) -> list[Any]:
    """What a selector finds in a tree, in the order of the page: elements, or texts where the expression gives those."""
    try:
        found = compiled(css, xpath)(tree)
    except etree.XPathError:  # a page nested deeper than the evaluator goes: as good as not found
        return []
    if isinstance(found, list):
        return found
    return [str(found)] if found or found == 0 else []
