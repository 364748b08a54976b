"""Text that stands only in scripts: read where a reader would see it, left alone behind every kind of wall."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from cleaning import Article, Page, clean

TITLE = "Ferry to the outer islands sails again"
SENTENCES = [
    f"The ferry line between the two islands will run again from day {n} on, the harbour office said on Monday after a long "
    "winter in which hardly any boat had left the quay because of the ice."
    for n in range(8)
]
MARKUP = "".join(f"<p>{s}</p>" for s in SENTENCES)


def page(script: str, *, shown: str = "", head: str = "") -> Article:
    return clean(
        Page(
            url="https://harbour-post.example.org/a/ferry",
            html=f"<html lang=en><head><title>{TITLE}</title>{head}</head><body><nav><a href='/'>Home</a></nav><h1>{TITLE}</h1>"
            f"<div id=root>{shown}</div>{script}<footer>© Harbour Post</footer></body></html>",
        )
    )


def state(data: Any, form: str = "next") -> str:
    text = json.dumps(data).replace("</", "<\\/")  # as pages escape it
    return {
        "next": f'<script id="__NEXT_DATA__" type="application/json">{text}</script>',
        "json": f'<script type="application/json">{text}</script>',
        "initial": f"<script>window.__INITIAL_STATE__ = {text};</script>",
        "apollo": f'<script>window["__APOLLO_STATE__"]={text};(function(){{}})()</script>',
        "nuxt": f"<script>window.__NUXT__={text}</script>",
        "fusion": f"<script>Fusion.arcSite='x';Fusion.globalContent={text};Fusion.lastModified=1</script>",
        "parse": f"<script>window.__PRELOADED_STATE__ = JSON.parse({json.dumps(text)})</script>",
        "ld": f'<script type="application/ld+json">{text}</script>',
    }[form]


PLAIN = {"@type": "NewsArticle", "headline": TITLE, "articleBody": "\n".join(SENTENCES)}
HTML = {"props": {"pageProps": {"article": {"title": TITLE, "body": MARKUP}}}}
ARC = {
    "headlines": {"basic": TITLE},
    "content_elements": [{"type": "text", "content": s} for s in SENTENCES] + [{"type": "image", "caption": "A quay"}],
}
SLATE = {
    "post": {
        "headline": TITLE,
        "content": [{"type": "paragraph", "children": [{"text": s[:30]}, {"text": s[30:]}]} for s in SENTENCES],
    }
}
PROSEMIRROR = {
    "title": TITLE,
    "document": {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": s}]} for s in SENTENCES]},
}
MODEL = {
    "headline": TITLE,
    "blocks": [{"type": "text", "model": {"blocks": [{"type": "paragraph", "model": {"text": s}}]}} for s in SENTENCES],
}
DRAFT = {"title": TITLE, "body": json.dumps({"blocks": [{"type": "unstyled", "text": s} for s in SENTENCES]})}


@pytest.mark.parametrize("form", ["next", "json", "initial", "apollo", "nuxt", "fusion", "parse"])
@pytest.mark.parametrize(
    "data", [HTML, ARC, SLATE, PROSEMIRROR, MODEL, DRAFT], ids=["html", "arc", "slate", "pm", "model", "draft"]
)
def test_a_body_that_only_a_script_has_is_read(form: str, data: Any) -> None:
    found = page(state(data, form))
    assert found.text.split("\n\n") == SENTENCES
    assert (found.title, found.status) == (TITLE, "ok")
    assert "text_from_script" in found.flags
    assert found.extractor.startswith("script ")


def test_json_ld_article_body_is_read_by_its_lines() -> None:
    found = page(state(PLAIN, "ld"))
    assert found.text.split("\n\n") == SENTENCES
    assert found.extractor == "json-ld articleBody"
    assert "json-ld articleBody" in found.flag_evidence["text_from_script"]


def test_every_block_of_such_a_page_is_in_the_article_or_in_one_removal() -> None:
    found = page(state(HTML), shown="<p>Loading the article, please wait a moment while the ferry is being put together.</p>")
    assert found.text.split("\n\n") == SENTENCES
    assert "Loading the article" in "\n".join(r.text for r in found.removals)
    assert all(0 <= r.before_block <= len(found.blocks) for r in found.removals)


def test_a_page_that_shows_its_text_is_read_as_it_is() -> None:
    other = json.loads(json.dumps(HTML).replace("ice", "fog"))
    found = page(state(other), shown="".join(f"<p>{s}</p>" for s in SENTENCES * 2))
    assert "fog" not in found.text
    assert "text_from_script" not in found.flags


WALLED: dict[str, tuple[str, str, str]] = {
    "json-ld says so": (state({**PLAIN, "isAccessibleForFree": False}, "ld"), "", ""),
    "json-ld says so in words": (state({**PLAIN, "isAccessibleForFree": "False"}, "ld"), "", ""),
    "a part is not free": (
        state({**PLAIN, "hasPart": {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".b"}}, "ld"),
        "",
        "",
    ),
    "json-ld beside a state": (
        state({"@type": "NewsArticle", "headline": TITLE, "isAccessibleForFree": False}, "ld") + state(HTML),
        "",
        "",
    ),
    "content tier": (state(HTML), "", '<meta property="article:content_tier" content="locked">'),
    "metered": (state(HTML), "", '<meta property="article:content_tier" content="metered">'),
    "the data say premium": (state({"article": {"title": TITLE, "isPremium": True, "body": MARKUP}}), "", ""),
    "the data say so around": (state({"paywalled": True, "article": {"title": TITLE, "body": MARKUP}}, "json"), "", ""),
    "the data name a tier": (state({"title": TITLE, "access": "subscribers", "body": MARKUP}, "initial"), "", ""),
    "arc content restrictions": (state({**ARC, "content_tier": "premium"}, "fusion"), "", ""),
    "a wall in words": (state(HTML), "<p>Subscribe to continue reading this article.</p>", ""),
    "a wall in German": (state(HTML), "<p>Jetzt weiterlesen mit dem Monatsabo</p>", ""),
    "a wall in French": (state(PLAIN, "ld"), "<p>Cet article est réservé aux abonnés</p>", ""),
    "a wall in markup": (state(HTML), "<div class='paywall-box'>Become a member of our club today.</div>", ""),
}


@pytest.mark.parametrize("kind", WALLED)
def test_nothing_is_read_from_behind_a_wall(kind: str) -> None:
    script, shown, head = WALLED[kind]
    lead = "<p>The ferry line to the outer islands runs again, and the first boat was full to the last seat on Monday.</p>"
    found = page(script, shown=lead + shown, head=head)
    assert "day 5" not in found.model_dump_json()
    assert "text_from_script" not in found.flags


def test_another_articles_body_is_not_taken_for_this_one() -> None:
    others = [{"title": f"Story {n}", "body": MARKUP.replace("ferry", f"train {n}")} for n in range(3)]
    assert "train" not in page(state({"related": others})).text
    assert page(state({"related": others, "main": {"title": TITLE, "body": MARKUP}})).text.split("\n\n") == SENTENCES


@pytest.mark.parametrize(
    "script",
    [
        '<script type="application/json">{"body": "' + "x" * 900,
        '<script type="application/json">' + "[" * 200_000 + "</script>",
        '<script type="application/json">' + '{"a":' * 90_000 + "1" + "}" * 90_000 + "</script>",
        '<script type="application/json">' + json.dumps({"body": [{"type": "p"}] * 50_000}) + "</script>",
        '<script type="application/json">' + "1" * 50_000 + "</script>",
        "<script>window.__INITIAL_STATE__=" + "state=" * 20_000 + "</script>",
        '<script type="application/json">'
        + json.dumps({"title": None, "body": {"content": [None, 1, [], {"type": 3}] * 300}})
        + "</script>",
        '<script type="application/ld+json">' + json.dumps({"@type": "NewsArticle", "articleBody": ["a"] * 900}) + "</script>",
    ],
    ids=["cut", "lists", "deep", "empty", "digits", "assignments", "odd", "list body"],
)
def test_broken_and_hostile_data_only_leave_the_page_without_text(script: str) -> None:
    found = page(script)
    assert found.status == "rejected"
    assert "text_from_script" not in found.flags


@pytest.mark.parametrize("unit", ["<p ", "<", "a_", "window.", "__A", '{"body":"', "&lt;", "JSON.parse("])
def test_reading_scripts_takes_time_in_proportion_to_their_size(unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        script = f"<script>x = {text}</script>" + state({"title": TITLE, "body": text + "."}).replace("__NEXT_DATA__", "data")
        start = time.process_time()
        page(script)
        return time.process_time() - start

    assert seconds(400_000) < 10 * max(seconds(100_000), 0.1)


def test_a_script_body_is_text_and_brings_no_script_of_its_own() -> None:
    body = (
        MARKUP + "<script>alert(1)</script><p onclick='x()'>And the last boat of the day leaves at nine in the evening, "
        "as it always did before.</p>"
    )
    found = page(state({"title": TITLE, "body": body}))
    assert found.text.split("\n\n")[:-1] == SENTENCES
    assert "alert" not in found.text
