"""Selectors of a user's own: what is taken, and what is refused before any page is cleaned."""

from __future__ import annotations

import time

import pytest
from pydantic import ValidationError

from cleaning import Page, SiteRules, clean
from cleaning.models import Selector
from cleaning.selectors import SelectorError, compiled, require_elements


def cause(wrong: pytest.ExceptionInfo[ValidationError]) -> SelectorError:
    error = wrong.value.errors()[0]["ctx"]["error"]
    assert isinstance(error, SelectorError)
    return error


@pytest.mark.parametrize(
    ("css", "position"),
    [("div[", 5), ("div > > p", 7), ("a:not(", 7), ("", 1), ("p, ", 4), ("p::text", None), ("p:no-such-class", None)],
)
def test_wrong_css_is_refused_with_its_position(css: str, position: int | None) -> None:
    with pytest.raises(ValidationError) as wrong:
        Selector(css=css)
    assert cause(wrong).position == position
    assert "EOF" not in str(cause(wrong))


@pytest.mark.parametrize(
    ("xpath", "position"),
    [
        ("//p[", 5), ("//p]", 4), ("", 1), ("//p[$who]", 5), ("//re:test(p)", 3),
        ("document('file:///etc/passwd')", 1), ("//p[unparsed-entity-uri('x')]", 5), ("//a[.='('][system-property('x')]", 12),
    ],
)  # fmt: skip
def test_wrong_or_foreign_xpath_is_refused_with_its_position(xpath: str, position: int) -> None:
    with pytest.raises(ValidationError) as wrong:
        Selector(xpath=xpath)
    assert cause(wrong).position == position


@pytest.mark.parametrize("xpath", ["//*[//*[//*]]", "//*[count(//*[count(//*) > 1]) > 1]", "//*[*[following::*]]", "//p" * 400])
def test_expressions_that_would_take_minutes_are_refused(xpath: str) -> None:
    with pytest.raises(SelectorError):
        compiled(None, xpath)


@pytest.mark.parametrize(
    "xpath",
    [
        "//div[contains(concat(' ', normalize-space(@class), ' '), ' story ')]", "//p[not(.//a[.//b])]", "id('x')",
        "(//h1 | //h2)[1]", "//div[@title='document(1) $x']", "//p[//meta] | //div[//meta]", "//p[position() > 1 and (a or b)]",
        "descendant-or-self::node()/child::comment()",
    ],
)
def test_ordinary_xpath_is_taken(xpath: str) -> None:
    require_elements(None, xpath)


@pytest.mark.parametrize("xpath", ["//p/@class", "//p/text()", "count(//p)", "string(//h1)", "//p = 'x'"])
def test_what_selects_no_elements_neither_removes_nor_is_a_body(xpath: str) -> None:
    selector = Selector(xpath=xpath)
    for rules in ({"remove": (selector,)}, {"body": selector}):
        with pytest.raises(ValidationError, match="selects no elements"):
            SiteRules.model_validate(rules)
    SiteRules(title=selector)


def test_the_costliest_expression_that_is_taken_stays_within_seconds() -> None:
    page = Page(url="https://river.example/1", html="<body>" + "<p>The ferry sank at night.</p>" * 3000)
    started = time.process_time()
    clean(page, site=SiteRules(remove=(Selector(xpath="//p[count(//p) < 2]"),)))
    assert time.process_time() - started < 10
