"""What `explain` shows of an article: everything once, in the order of the page, and nothing of it run or loaded."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaning import Article, Block, Page, clean
from cleaning.cli import clean_one
from cleaning.explain import explanation, facts, page_order, rule_counts
from cleaning.explain_html import render_explanation
from cleaning.explain_terminal import print_explanation
from cleaning.models import BlockKind, Candidate, Removal
from fixtures.articles import HERE

Capture = pytest.CaptureFixture[str]
SLUGS = sorted(path.parent.name for path in HERE.glob("*/raw.*"))
LINES = {"p", "h3", "h4", "h5", "h6", "blockquote", "tr"}


def fixture(slug: str) -> Article:
    (path,) = (HERE / slug).glob("raw.*")
    return clean_one(str(path))


class Shown(HTMLParser):
    """An explanation as a browser has it: every tag with its attributes, and the text of each entry of the page."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.entries: dict[str, list[str]] = {}
        self.struck: set[str] = set()
        self.folded: set[str] = set()
        self.all_text: list[str] = []
        self.lines: list[str] | None = None
        self.open, self.cells = False, 0
        self.aside = ""
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        if re.fullmatch(r"[br]\d+", found.get("id") or ""):
            name = found["id"]
            assert name is not None
            assert name not in self.entries
            self.lines = self.entries[name] = []
        if self.lines is None or self.aside:
            return
        if tag == "summary" or found.get("class") == "note":
            self.aside = tag
        elif tag in LINES:
            self.lines.append("")
            self.open, self.cells = True, 0
        elif tag == "td":
            self.lines[-1] += "\t" if self.cells else ""
            self.cells += 1
        elif tag == "del":
            self.struck.add(list(self.entries)[-1])
        elif tag == "details":
            self.folded.add(list(self.entries)[-1])

    def handle_endtag(self, tag: str) -> None:
        if tag == self.aside:
            self.aside = ""
        elif tag in LINES:
            self.open = False
        elif tag == "main":
            self.lines = None

    def handle_data(self, data: str) -> None:
        self.all_text.append(data)
        if self.lines and self.open and not self.aside:
            self.lines[-1] += data

    def texts(self) -> list[tuple[str, str]]:
        """`b` (kept) or `r` (removed) and the text of every entry, in order."""
        return [(name[0], "\n".join(lines)) for name, lines in self.entries.items()]


def expected(article: Article) -> list[tuple[str, str]]:
    return [("b" if isinstance(entry, Block) else "r", entry.text) for entry in page_order(article)]


def assert_safe(shown: Shown) -> None:
    """Nothing runs, nothing is loaded, and the policy says so to the browser."""
    assert {tag for tag, _ in shown.tags} <= {
        "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section", "h1", "h2", "h3", "h4", "h5",
        "h6", "p", "div", "span", "b", "bdi", "a", "br", "code", "ul", "li", "dl", "dt", "dd", "del", "details", "summary",
        "label", "input", "meter", "blockquote", "table", "tr", "td",
    }  # fmt: skip
    for tag, attributes in shown.tags:
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "srcset", "style", "action", "data")]
        href = attributes.get("href")
        assert href is None or (tag == "a" and re.match(r"#[br]\d+$|https?://", href)), href
    (policy,) = (a["content"] for _, a in shown.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


# --- the order of the page


@pytest.mark.parametrize("slug", SLUGS)
def test_the_html_has_every_block_and_every_removal_once_in_place(slug: str) -> None:
    article = fixture(slug)
    shown = Shown(render_explanation(article, slug))
    assert shown.texts() == expected(article)
    assert len(shown.texts()) == len(article.blocks) + len(article.removals)
    assert {name for name in shown.entries if name[0] == "r"} == shown.struck
    assert_safe(shown)


def test_removals_stand_before_their_block_and_those_behind_the_last_one_at_the_end() -> None:
    places = {"a": 0, "b": 1, "c": 1, "d": 9}
    removals = tuple(Removal(rule="x", evidence="e", text=text, before_block=at) for text, at in places.items())
    article = Article(url_key="text:1", blocks=(Block(text="one"), Block(text="two")), removals=removals)
    assert [entry.text for entry in page_order(article)] == ["a", "one", "b", "c", "two", "d"]


def test_long_runs_around_the_article_are_folded_and_what_named_rules_took_is_not() -> None:
    article = fixture("en-strait-convoys")
    shown = Shown(render_explanation(article, "x"))
    removals = [entry for entry in page_order(article) if isinstance(entry, Removal)]
    runs = {f"r{at}" for at, removal in enumerate(removals, 1) if removal.block_count > 1}
    assert runs
    assert shown.folded == runs
    named = next(f"r{at}" for at, removal in enumerate(removals, 1) if removal.rule == "related.read-also")
    assert named not in shown.folded


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
HOSTILE = st.lists(
    st.sampled_from(
        ["<script>alert(1)</script>", "</style>", "</del>", "</details>", '" onload="x', "' x='", "&", "&lt;", "&#60;", "$title",
         "${page}", "]]>", "-->", "<img src=//evil.example/x onerror=alert(1)>", "\u202e", "\x9b31m", "ا", "北", "a "]
    )
    | TEXTS, min_size=1, max_size=4,
).map("".join)  # fmt: skip


@st.composite
def articles(draw: st.DrawFn) -> Article:
    """Articles whose every string wants to be more than text."""
    kinds = st.sampled_from([kind for kind in get_args(BlockKind) if kind != "table"])
    line = HOSTILE.map(lambda text: re.sub(r"[\n\t]", " ", text))
    table = st.lists(st.lists(line.filter(bool), min_size=2, max_size=3).map("\t".join), min_size=2, max_size=3).map("\n".join)
    flags = st.lists(HOSTILE, max_size=1).map(tuple)
    block = st.builds(Block, kind=kinds, text=line, level=st.none() | st.integers(1, 6), flags=flags,
                      link_share=st.none() | st.floats(0, 1)) | st.builds(Block, kind=st.just("table"), text=table)  # fmt: skip
    removal = st.builds(Removal, rule=st.sampled_from(["nav.prev-next", "extract.main-text"]) | HOSTILE, evidence=HOSTILE,
                        text=st.lists(line, min_size=1, max_size=3).map("\n".join), before_block=st.integers(0, 4),
                        block_count=st.integers(1, 3))  # fmt: skip
    return draw(st.builds(
        Article, url_key=HOSTILE, url=HOSTILE, title=st.none() | HOSTILE, language=HOSTILE, publisher=HOSTILE,
        authors=st.lists(HOSTILE, max_size=2).map(tuple), blocks=st.lists(block, max_size=4).map(tuple),
        removals=st.lists(removal, max_size=4).map(tuple), flags=flags,
        candidates=st.lists(st.builds(Candidate, field=st.just("title") | HOSTILE, value=HOSTILE, source=HOSTILE,
                                      chosen=st.booleans()), max_size=2).map(tuple),
        extractor=HOSTILE, rules_version=HOSTILE,
    ))  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(articles(), HOSTILE)
def test_whatever_an_article_says_is_text_in_its_explanation(article: Article, name: str) -> None:
    shown = Shown(render_explanation(article, name))
    assert shown.texts() == expected(article)
    assert_safe(shown)


def test_a_script_in_the_text_of_a_page_is_shown_as_its_words() -> None:
    prose = "The ministers met on Tuesday to discuss the border treaty, and the talks are to be resumed in the spring. " * 3
    body = f"<h1>A &lt;script&gt; in the news</h1><p>{prose}</p><p>They wrote &lt;script src=//evil.example/x.js&gt;. {prose}</p>"
    article = clean(Page(html=f"<html><body><article>{body}<p>{prose}</p></article></body></html>"))
    document = render_explanation(article, "x")
    assert "<script" not in document
    assert "&lt;script src=//evil.example/x.js&gt;" in document
    assert "<script src=//evil.example/x.js>" in "".join(Shown(document).all_text)


def test_only_web_addresses_become_links() -> None:
    for url, linked in (("https://a.example/x?a=1&b=2", True), ("javascript:alert(1)", False), ("data:text/html,x", False)):
        tags = Shown(render_explanation(Article(url_key="k", url=url), "x")).tags
        assert [a["href"] for tag, a in tags if tag == "a"] == ([url] if linked else [])


def test_the_policy_names_the_style_sheet_that_is_there() -> None:
    document = render_explanation(Article(url_key="k"), "x")
    style = re.findall(r"<style>(.*?)</style>", document, re.S)
    assert len(style) == 1
    assert base64.b64encode(hashlib.sha256(style[0].encode()).digest()).decode() in document
    assert not re.search(r"url\(|@import|https?:", style[0])


def test_texts_say_their_language_and_direction() -> None:
    tags = Shown(render_explanation(fixture("ar-wasata-hudud"), "x")).tags
    assert ("h1", {"dir": "auto", "lang": "ar"}) in tags
    kept = [a for tag, a in tags if tag == "div" and a.get("class") == "text" and "lang" in a]
    assert len(kept) == 4
    assert tags[0] == ("html", {"lang": "en"})


def test_the_header_says_flags_counts_and_candidates() -> None:
    article = fixture("seed")
    seed = "".join(Shown(render_explanation(article, "x")).all_text)
    parts = ("8 blocks kept", "6 blocks removed", *article.flags, *article.flag_evidence.values(), "garbled_sentence", "block 4",
             "title.repeated", "The headline again, as a line", "Seen: the same words as the title")  # fmt: skip
    for part in parts:
        assert part in seed, part
    convoys = "".join(Shown(render_explanation(fixture("en-strait-convoys"), "x")).all_text)
    for part in ("Small navies, one patrol: the convoys are coming (og:title)", "(json-ld, chosen)", "modified_at"):
        assert part in convoys, part


def test_a_page_with_nothing_in_it_is_explained_too(capsys: Capture) -> None:
    article = clean(Page(html="<html></html>"))
    assert "rejected" in render_explanation(article, "empty.html")
    print_explanation(article, "empty.html")
    assert capsys.readouterr().out.startswith("empty.html\n")


# --- the record


def test_the_record_has_everything() -> None:
    article = fixture("en-strait-convoys")
    record = explanation(article)
    page: list[dict[str, Any]] = record["page"]
    assert [row["text"] for row in page] == [entry.text for entry in page_order(article)]
    assert sum(row["kept"] for row in page) == record["kept_blocks"] == 6
    assert sum(row["block_count"] for row in page if not row["kept"]) == record["removed_blocks"]
    assert all(row["sentence"] and row["evidence"] for row in page if not row["kept"])
    assert sum(len(field["candidates"]) for field in record["metadata"]) == len(article.candidates)
    assert {count["rule"]: count["blocks"] for count in record["rules"]} == {c.rule: c.blocks for c in rule_counts(article)}
    assert 0 < record["kept_share"] < 1


def test_a_block_knows_the_share_of_its_links_and_a_run_says_it() -> None:
    article = fixture("en-strait-convoys")
    assert [block.link_share for block in article.blocks] == [0, 0, 0, 0.07, 0, 0]
    runs = [removal.evidence for removal in article.removals if removal.rule == "extract.main-text"]
    assert runs == ["outside the main text, 33% of it in links", "outside the main text, 44% of it in links"]
    assert {block.link_share for block in fixture("seed").blocks} == {None}


def test_candidates_of_fields_that_nothing_came_of_are_kept() -> None:
    article = Article(url_key="k", candidates=(Candidate(field="mood", value="sour", source="meta"),
                                               Candidate(field="authors", value="Admin", source="byline")))  # fmt: skip
    assert [(f.field, f.value, [c.value for c in f.candidates]) for f in facts(article)] == [
        ("authors", None, ["Admin"]), ("mood", None, ["sour"])]  # fmt: skip


# --- the terminal


@pytest.mark.parametrize("slug", SLUGS)
def test_the_terminal_shows_kept_and_removed_in_order(slug: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "4000")
    article = fixture(slug)
    print_explanation(article, slug)
    shown = capsys.readouterr().out
    assert shown.splitlines()[0] == article.title
    rows = [line for line in shown.splitlines() if line.startswith(("+ ", "− "))]
    assert len(rows) == len(article.blocks) + len(article.removals)
    for row, entry in zip(rows, page_order(article), strict=True):
        assert row[0] == ("+" if isinstance(entry, Block) else "−")
        assert entry.text.split("\n")[0][:60] in row
        assert isinstance(entry, Block) or entry.rule in row
    for removal in article.removals:
        assert removal.evidence in shown
    for candidate in article.candidates:
        assert f"({candidate.source})" in shown


def test_colours_and_struck_text_only_where_they_are_wanted(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    article = fixture("seed")
    print_explanation(article, "x")
    assert "\x1b" not in capsys.readouterr().out
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    print_explanation(article, "x")
    assert "\x1b[9;31m" in capsys.readouterr().out  # struck through, red


def test_nothing_of_a_page_steers_the_terminal(capsys: Capture) -> None:
    hostile = "\x9b31m[bold]x[/bold] :smile:"
    print_explanation(Article(url_key="k"), "\udcff.html")  # a file name that is no UTF-8
    assert capsys.readouterr().out.startswith("\ufffd.html\n")
    article = Article(
        url_key="k", title=hostile, blocks=(Block(text=hostile, flags=(hostile,)),), flags=(hostile,),
        flag_evidence={hostile: hostile}, removals=(Removal(rule=hostile, evidence=hostile, text=hostile, before_block=0),),
        candidates=(Candidate(field=hostile, value=hostile, source=hostile),),
    )  # fmt: skip
    print_explanation(article, "x")
    shown = capsys.readouterr().out
    assert not re.search("[\x80-\x9f\x1b]", shown)
    assert "\ufffd31m[bold]x[/bold] :smile:" in shown
