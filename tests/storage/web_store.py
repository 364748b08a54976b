"""A store for the reading pages: what is long, what runs from right to left, what changed, and what would like to run."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from cleaning.models import Article, Block, Candidate, CountryMention, Geopolitics, Removal, Rights
from storage import Store

HOSTILE = '<script>window.hacked=1</script><img src=x onerror="window.hacked=1">'


def article(name: str, **fields: object) -> Article:
    """An article of example.org whose blocks are the paragraphs of its text."""
    url = f"https://example.org/{name}"
    text = str(fields.get("text", "Talks went on."))
    blocks = tuple(Block(text=part) for part in text.split("\n\n"))
    defaults = {
        "url": url, "url_key": f"example.org/{name}", "title": name.title(), "text": text, "blocks": blocks, "language": "en",
        "source": "example", "publisher": "The Example", "published_at": datetime(2024, 10, 31, 12, tzinfo=UTC),
    }  # fmt: skip
    return Article.model_validate(defaults | fields)


def fill(path: Path) -> dict[str, str]:
    """Make the store; the uid of each of its articles."""
    removals = (
        Removal(rule="extract.main-text", evidence="outside the main text", text="Home\nWorld\nSport", before_block=0,
                block_count=3),
        Removal(rule="related.read-also", evidence="begins with “Read also”", text="Read also: The other story", before_block=1),
        Removal(rule="gone.rule", evidence="of another version", text="Foot of the page", before_block=2),
    )  # fmt: skip
    summit = article(
        "summit", title="Envoys meet in Geneva", text="First paragraph about the summit.\n\nSecond paragraph.", removals=removals,
        authors=("Ann Writer",), summary="A teaser.", tags=("talks",), section="World",
        geopolitics=Geopolitics(score=0.75, countries=(CountryMention(code="CH", names=("Geneva",), count=1),)),
        candidates=(Candidate(field="title", value="Envoys meet", source="og:title"),
                    Candidate(field="title", value="Envoys meet in Geneva", source="json-ld", chosen=True)),
        rights=Rights(tdm_reservation=True),
    )  # fmt: skip
    hostile = article(
        "hostile", title=HOSTILE, text=f"{HOSTILE}\n\nsummit javascript:", url="javascript:window.hacked=1",
        url_key="example.org/h",
        language='en" onload="window.hacked=1', summary=HOSTILE, authors=(HOSTILE,), source=HOSTILE, publisher=HOSTILE,
        section=HOSTILE, flags=("truncated",), flag_evidence={"truncated": HOSTILE}, status="partial",
        removals=(Removal(rule="x<b>y", evidence=HOSTILE, text=HOSTILE, before_block=1),),
    )  # fmt: skip
    kinds = (
        Block(kind="heading", text="A heading", level=3),
        Block(kind="list_item", text="one"), Block(kind="list_item", text="two"),
        Block(kind="quote", text="A quote"), Block(kind="table", text="a\tb\nc\td"), Block(kind="preformatted", text="x" * 300),
        Block(kind="caption", text="A caption"), Block(text="Damaged “line", flags=("quote_not_closed",)),
    )  # fmt: skip
    arabic = article(
        "arabic", title="محادثات في جنيف", text="قال الوزير إن المحادثات مستمرة.\n\nالفقرة الثانية.", language="ar",
        publisher="الصحيفة", published_at=datetime(2024, 10, 30, tzinfo=UTC),
    )  # fmt: skip
    with Store(path) as store:
        store.save(summit.model_copy(update={"text": "First paragraph about a meeting.\n\nSecond paragraph.\n\nThird, gone.",
                                             "title": "Envoys to meet in Geneva"}))  # fmt: skip
        found = {"summit": store.save(summit).uid, "hostile": store.save(hostile).uid, "arabic": store.save(arabic).uid}
        found["kinds"] = store.save(article("kinds", blocks=kinds, text="A heading")).uid
        found["wall"] = store.save(article("wall", status="rejected", flags=("soft_404",))).uid
        for number in range(25):
            found[f"n{number}"] = store.save(article(f"n{number}", text=f"Number {number} of a series.", source="other")).uid
        with store.transaction() as db:
            db.execute("INSERT INTO runs (id, started_at, ended_at, state) VALUES (1, '2024-10-31T12:00:00Z', NULL, 'done')")
            db.execute("INSERT INTO run_sources (run_id, source, new, error) VALUES (1, 'example', 3, 'the name is unknown')")
            db.execute("INSERT INTO endpoints (url, source, kind, error, failures) VALUES ('x', 'other', 'feed', 'HTTP 500', 2)")
            db.execute("INSERT INTO takedowns (article_id, seen_at, reason) SELECT id, '2025-01-01T00:00:00Z', 'HTTP 410'"
                       " FROM articles WHERE uid = ?", (found["arabic"],))  # fmt: skip
    return found
