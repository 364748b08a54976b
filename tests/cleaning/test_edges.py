"""Whole articles with noise at the head, between the paragraphs and behind them, in wordings that no phrase book lists."""

from __future__ import annotations

import html
from functools import cache

import pytest

from cleaning import Page, clean
from fixtures.articles import HERE

MOST_KEPT = 0.05
"""So large a share of all noise lines may stay."""
SHAPES = ("text", "paragraphs", "breaks")


@cache
def articles() -> tuple[tuple[str, ...], ...]:
    """The lines of each article of `mixed.txt`, its headline first, noise with a `~` before it; a line `#en` opens one."""
    found: list[list[str]] = []
    for line in (HERE / "mixed.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            found.append([])
        elif line:
            found[-1].append(line)
    return tuple(map(tuple, found))


def page(lines: tuple[str, ...], shape: str) -> Page:
    title, *body = (line.removeprefix("~") for line in lines)
    if shape == "text":
        return Page(text="\n\n".join([title, *body]))
    escaped = [html.escape(line) for line in body]
    inner = "".join(f"<p>{line}</p>" for line in escaped) if shape == "paragraphs" else f"<div>{'<br><br>'.join(escaped)}</div>"
    source = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{inner}</body></html>"
    return Page(url="https://gazette.example/a/1", html=source)


@pytest.mark.parametrize("shape", SHAPES)
def test_noise_goes_and_no_line_of_an_article(shape: str) -> None:
    noise, stayed = 0, []
    for lines in articles():
        kept = clean(page(lines, shape)).text.splitlines()
        assert [line for line in lines[1:] if line[0] != "~" and line not in kept] == [], lines[0]
        noise += sum(line[0] == "~" for line in lines)
        stayed += [line for line in lines if line[0] == "~" and line[1:] in kept]
    assert noise > 250
    assert len(stayed) <= MOST_KEPT * noise, stayed


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_left_is_left_when_it_is_read_again(shape: str) -> None:
    for lines in articles():
        article = clean(page(lines, shape))
        again = clean(Page(text=article.as_text()))
        assert (again.title, again.text, again.removals) == (article.title, article.text, ())
