"""What a crawl learns of a site, it uses in the next one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner

from crawler.cli import register
from crawler.run import crawl
from storage import Store
from storage.config import Config

PLEA = "Whoever reads to the end may also like our quiz on bridges and ferries."


def test_the_next_crawl_takes_out_what_the_site_repeats(web: Any, home: Path) -> None:
    config = Config(db=home / "n.db")
    for path in ("/a", "/b"):
        web.article(path, f"Ministers meet about {path}", PLEA)
        web.pages[path].body = web.pages[path].body.replace(b"foreign ministers", f"ministers of {path}".encode())
    web.feed("/a", "/b")
    assert crawl(config, [web.source()]).total("new") == 2
    other = "A quite different thing happened on the other bank of the river, where a bridge was opened by nobody in particular."
    body = "".join(f"<p>{line}</p>" for line in (other, other.replace("bridge", "ferry"), other.replace("river", "lake"), PLEA))
    web.article("/c", "Bridge opens", "")
    web.pages["/c"].body = f"<html lang=en><body><article><h1>Bridge opens</h1>{body}</article></body></html>".encode()
    web.feed("/a", "/b", "/c")
    assert crawl(config, [web.source()]).total("new") == 1

    with Store(config.db, read_only=True) as store:
        first, third = store.get(f"{web.base}/a"), store.get(f"{web.base}/c")
    assert first is not None
    assert third is not None
    assert PLEA in first.text
    assert first.memory_version is None
    assert PLEA not in third.text
    assert [(r.rule, r.evidence) for r in third.removals if r.text == PLEA] == [
        ("site.repeated", f"stands on 2 other pages of {web.base.removeprefix('http://')}")
    ]
    assert third.memory_version is not None

    # a page that is asked for again and has not changed stays as it is, also the one whose line is gone
    again = crawl(config, [web.source()], refetch=True)
    assert (again.total("updated"), again.total("unchanged")) == (0, 3)
    # and one that has changed is cleaned with what the others say: the two others, one of which lost the line to the rule
    web.pages["/a"].body = web.pages["/a"].body.replace(b"on Tuesday", b"on Wednesday")
    again = crawl(config, [web.source()], refetch=True)
    assert (again.total("updated"), again.total("unchanged")) == (1, 2)
    with Store(config.db, read_only=True) as store:
        first, third = store.get(f"{web.base}/a"), store.get(f"{web.base}/c")
    assert first is not None
    assert third is not None
    assert PLEA not in first.text + third.text
    assert "on Wednesday" in first.text


def test_a_single_page_and_a_second_cleaning_are_cleaned_with_what_a_crawl_knows(web: Any, home: Path) -> None:
    config = Config(db=home / "news.db")
    names = ("/a", "/b", "/c")
    for path in names:
        web.article(path, f"Ministers meet about {path}")
        own = web.pages[path].body.replace(b"<p>", f"<p>As told in number {path}, ".encode())
        web.pages[path].body = own.replace(b"</article>", f"<p>{PLEA}</p></article>".encode())
    app = typer.Typer()
    register(app)

    def run(*words: str) -> str:
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, result.output
        return result.stdout

    assert PLEA in run("fetch", f"{web.base}/c"), "without a store nothing is known"
    assert not config.db.exists()
    web.feed(*names)
    assert crawl(config, [web.source()]).total("new") == 3
    with Store(config.db, read_only=True) as store:
        known = [store.get(f"{web.base}{path}") for path in names]
    assert all(article is not None and PLEA in article.text for article in known), "the first crawl knew nothing"
    assert PLEA not in run("fetch", f"{web.base}/c")
    run("reclean")
    with Store(config.db, read_only=True) as store:
        again = [store.get(f"{web.base}{path}") for path in names]
    for article in again:
        assert article is not None
        assert PLEA not in article.text
        assert [r.evidence for r in article.removals if r.text == PLEA] == [
            f"stands on 2 other pages of {web.base.removeprefix('http://')}"
        ]
    refetched = crawl(config, [web.source()], refetch=True)
    assert (refetched.total("updated"), refetched.total("unchanged")) == (0, 3), "a crawl makes the same of them"
    run("fetch", f"{web.base}/a", "--save")
    with Store(config.db, read_only=True) as store:
        saved = store.get(f"{web.base}/a")
    assert saved is not None
    assert (saved.source, saved.publisher) == ("small", "The Small Web"), "nor is the article taken from its source"
    (home / "news.db").write_bytes(b"no store")
    told = CliRunner().invoke(app, ["fetch", f"{web.base}/a"])
    assert told.exit_code == 0
    assert PLEA in told.stdout
    assert "cleaned without what is known of the site" in told.stderr
