"""Articles are made anew of their pages: what changes is said first, kept as a revision, and nothing else is touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from cleaning import Article, Page, SiteRules, clean
from cleaning.models import Removal
from cleaning.rules import RULES_VERSION
from cleaning.workers import Pool, Serial
from crawler.cli import register
from storage import Store
from storage.errors import QueryError
from storage.recleaning import Report, Selection, reclean

FIXTURES = Path(__file__).parents[2] / "fixtures/articles"


def fixture(name: str) -> tuple[Article, Page]:
    (file,) = FIXTURES.glob(f"{name}/raw.*")
    kind = "text/html" if file.suffix == ".html" else "text/plain"
    page = Page(url=f"https://{name}.example/story?utm_source=rss", body=file.read_bytes(), content_type=kind)
    return clean(page, site=SiteRules(source=name, publisher="Outlet")), page


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Three articles of today's rules; one as older rules left it; one without a page."""
    with Store(tmp_path / "news.db") as store:
        for name in ("de-donauwasser", "fr-col-rouvert", "en-strait-convoys"):
            article, page = fixture(name)
            if name == "en-strait-convoys":
                junk = Removal(rule="old.rule", evidence="e", text="Was taken before", before_block=0)
                article = article.model_copy(update={
                    "text": article.text + "\n\nShare this story!", "rules_version": "2020.1.1", "removals": (junk,),
                    "tags": ("old",),
                })  # fmt: skip
            store.save(article, page)
        store.save(Article(url_key="text:none", text="No page.", rules_version="2020.1.1"))
    return tmp_path / "news.db"


def run(path: Path, dry_run: bool = False, **selection: object) -> Report:
    return reclean(path, Serial(), Selection(**selection), lambda _: None, dry_run=dry_run)  # type: ignore[arg-type]


def test_a_dry_run_says_what_would_change_rule_by_rule_and_changes_nothing(path: Path) -> None:
    before = path.read_bytes()
    report = run(path, dry_run=True)
    assert (report.articles, report.same, report.texts, report.others, report.without_page) == (3, 2, 1, 0, 1)
    assert report.kept["old.rule"].count == 1
    assert report.kept["old.rule"].examples[0].before == "Was taken before"
    assert report.removed
    assert report.fields["tags"].examples[0].before == "old"
    assert path.read_bytes() == before


def test_what_changes_is_stored_and_the_text_before_is_a_revision(path: Path) -> None:
    wanted, page = fixture("en-strait-convoys")
    dry, report = run(path, dry_run=True), run(path)
    assert {**report.to_record(), "dry_run": True} == dry.to_record()
    with Store(path) as store:
        assert store.get(3) == wanted
        assert store.raw_page(3) == page
        (revision,) = store.revisions(3)
        assert (revision.reason, revision.rules_version) == ("recleaned", "2020.1.1")
        assert revision.text.endswith("Share this story!")
        assert store.revisions(1) == []
        store.connection.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
    again = run(path)
    assert (again.same, again.texts) == (3, 0)


@pytest.mark.parametrize(
    ("selection", "articles"),
    [
        ({"sources": ("fr-col-rouvert",)}, 1), ({"sources": ("nothing",)}, 0), ({"rules_older_than": "current"}, 1),
        ({"rules_older_than": "2020.1.1"}, 0), ({"rules_older_than": "2020.1.2"}, 1), ({"since": "2100"}, 0),
        ({"since": "2000"}, 3),
    ],
)  # fmt: skip
def test_only_what_is_chosen_is_cleaned_again(path: Path, selection: dict[str, object], articles: int) -> None:
    assert run(path, dry_run=True, **selection).articles == articles


def test_a_version_that_is_none_is_said(path: Path) -> None:
    with pytest.raises(QueryError, match=f"as {RULES_VERSION}, or current"):
        run(path, rules_older_than="newest")


def test_what_a_crawl_stored_meanwhile_is_not_overwritten(path: Path) -> None:
    newer = Article(url_key="en-strait-convoys.example/story", text="A newer text.")

    def crawl_meanwhile(done: int, total: int) -> None:
        if done == 3:
            with Store(path) as store:
                store.save(newer, Page(body=b"newer"))

    report = reclean(path, Serial(), Selection(), lambda _: None, on_article=crawl_meanwhile)
    assert (report.overtaken, report.texts) == (1, 0)
    with Store(path) as store:
        assert store.get(3) == newer


def test_a_page_that_cannot_be_cleaned_leaves_its_article_as_it_was(path: Path) -> None:
    with Store(path) as store:
        before = [store.get(number) for number in (1, 2, 3)]
    with Pool(1, seconds=0.001) as pool:
        report = reclean(path, pool, Selection(), lambda _: None)
    assert (report.articles, report.failed) == (3, 3)
    with Store(path) as store:
        assert [store.get(number) for number in (1, 2, 3)] == before


def test_an_article_that_new_rules_reject_is_rejected_and_counted(path: Path) -> None:
    def strict(source: str | None) -> SiteRules:
        return SiteRules(source=source, publisher="Outlet", min_geopolitics=1)

    report = reclean(path, Serial(), Selection(), strict)
    assert report.rejected >= 1
    with Store(path) as store:
        assert store.count() == 4 - report.rejected


# --- the commands -------------------------------------------------------------------------------------------------------


@pytest.fixture
def command(path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.chdir(path.parent)
    monkeypatch.setenv("COPYDESK_WORKERS", "0")
    app = typer.Typer()
    register(app)
    return lambda *arguments: CliRunner().invoke(app, ["reclean", *arguments])


def test_the_command_reports_to_read_and_as_json(command: object) -> None:
    assert callable(command)
    shown: Result = command("--dry-run")
    assert shown.exit_code == 0, shown.output
    assert "3 articles: 2 stay as they are, 1 would get another title or text, 0 other removals or fields\n" in shown.stdout
    assert "left as they were: 1 have no raw page\n" in shown.stdout
    assert "old.rule\n         + 3: Was taken before\n" in shown.stdout
    assert shown.stderr == "copydesk: nothing was changed\n"
    done = json.loads(command("--rules-older-than", "current", "--json").stdout)
    assert (done["articles"], done["texts"], done["kept"]["old.rule"]["count"]) == (1, 1, 1)
    wrong = command("--rules-older-than", "newest")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert command("--db", "none.db", "--dry-run").exit_code == 1


def test_an_opt_out_that_was_stated_beside_the_page_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    _, page = fixture("de-donauwasser")
    later = page.model_copy(update={"headers": (("TDM-Reservation", "1"),)})
    with Store(path) as store:
        assert store.save(clean(page), page).outcome == "new"
        assert store.save(clean(later).model_copy(update={"rules_version": "2020.1.1"}), later).outcome == "updated"
        kept = store.raw_page(1)
        assert kept is not None
        assert kept.headers == (), "the same bytes are kept once, as they came first"
    assert run(path).articles == 1
    with Store(path, read_only=True) as store:
        article = store.get(1)
    assert article is not None
    assert article.rights.tdm_reservation is True
    assert article.rules_version == RULES_VERSION
