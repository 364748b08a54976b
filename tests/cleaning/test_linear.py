"""Time is linear in size, and a page takes no more than it may: what `python -m benchmarks.linear` shows at length.

The quick tests compare two runs with each other, for the machine may be busy; the slow ones hold every shape to the limits.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from benchmarks.linear import SHAPES, allowed, doubling, measure
from cleaning import Page, clean
from cleaning.document import html_parts
from cleaning.normalise import join_drop_caps
from cleaning.parsing import parse_html
from cleaning.rules import LINE_RULES, MARKUP_RULES, Context, apply
from cleaning.rules.markup import set_kinds
from cleaning.rules.model import MOST_LINES

SIZE = 80_000
MOST_SECONDS = 2.0
BUSY = 1.5
"""So many times as many CPU seconds does a page take while the machine has other work: its caches are shared."""


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of the faster of two runs: the machine may have other work."""
    taken = []
    for _ in range(2):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return min(taken)


def rules_on(page: Page) -> None:
    """All rules on every block of a page, kept as if the extractor had kept it."""
    parts = join_drop_caps(html_parts(parse_html(page.html or "")))
    for part in parts:
        part.kept = True
    context = Context(parts, title="Two states agree", language="en", from_html=True)
    set_kinds(context)
    apply(context, MARKUP_RULES)
    apply(context, LINE_RULES)


@pytest.mark.parametrize("shape", ["text of short lines", "text", "one paragraph", "prose", "transcript", "body in JSON-LD"])
def test_four_times_the_page_takes_at_most_six_times_as_long(shape: str) -> None:
    once, more = SHAPES[shape](SIZE), SHAPES[shape](4 * SIZE)
    assert clean(once).status == clean(more).status == "ok"  # and what is loaded once
    assert seconds(lambda: clean(more)) <= 6 * seconds(lambda: clean(once)) + 0.02


@pytest.mark.parametrize("shape", ["tiny blocks", "links"])
def test_the_rules_take_six_times_as_long_at_most_on_four_times_the_blocks(shape: str) -> None:
    once, more = SHAPES[shape](SIZE), SHAPES[shape](4 * SIZE)
    rules_on(once)
    assert seconds(lambda: rules_on(more)) <= 6 * seconds(lambda: rules_on(once)) + 0.02


def test_a_long_page_takes_less_memory_than_it_may() -> None:
    cost = measure("prose", 2_000_000)
    assert cost.status == "ok"
    assert cost.megabytes <= allowed(2_000_000) == 40


def test_a_page_that_is_refused_takes_next_to_nothing() -> None:
    cost = measure("links", 2_000_000)
    assert (cost.status, cost.flags) == ("rejected", ("too_many_parts",))
    assert cost.megabytes < 5


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_five_megabytes_take_two_seconds_and_seventy_megabytes_at_most(shape: str) -> None:
    cost = measure(shape, 5_000_000)
    assert cost.megabytes <= allowed(5_000_000) == 70
    assert cost.seconds <= MOST_SECONDS * BUSY


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_ten_times_the_page_takes_ten_times_as_long(shape: str) -> None:
    """From 1 MB to just under the 10 MB at which pages are refused; each doubling may take 2.6 times as long."""
    small, large = measure(shape, 990_000), measure(shape, 9_900_000)
    assert large.megabytes <= allowed(9_900_000)
    assert large.seconds < 0.5 or doubling((990_000, small.seconds), (9_900_000, large.seconds)) <= 2.6


def test_of_an_endless_page_the_rules_read_both_ends() -> None:
    """Labels at the head and the foot go, and the lines between stay as they are."""
    lines = [f"Line {number:05} of the list" for number in range(3 * MOST_LINES)]
    lines[1] = lines[len(lines) // 2] = lines[-1] = "Subscribe to our newsletter"
    article = clean(Page(text="Two states agree\n\n" + "\n".join(lines)))
    assert [r.text for r in article.removals] == [lines[1]] * 2
    assert article.text.count(lines[1]) == 1
    assert article.text.split("\n\n")[-1] == lines[-2]


def test_a_doubling_of_linear_time_is_two_and_of_quadratic_time_four() -> None:
    assert doubling((1000, 0.1), (8000, 0.8)) == pytest.approx(2)
    assert doubling((1000, 0.1), (10_000, 10)) == pytest.approx(4)
