"""Make the store of a schema version with the code that had it, for `tests/storage/test_migrations.py`.

    git worktree add ../then COMMIT && cd ../then
    PYTHONPATH=. python …/tests/storage/stores/make.py …/tests/storage/stores/v6

writes v6.db.gz and v6.raw.db.gz: sixteen of the fixtures' articles with their pages, a revision, and a row in every other table.
"""

from __future__ import annotations

import gzip
import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from cleaning import clean
from cleaning.models import Page
from storage import Store

SLUGS = (
    "ar-wasata-hudud de-donauwasser en-strait-convoys es-puerto-cables fa-rud-marzi fr-col-rouvert it-mercato-gas"
    " ja-hokuyo-kyotei nl-wad-radar pl-kolej-tranzyt pt-floresta-fundo ru-lednik-dogovor seed tr-feribot-hatti uk-morskyi-korydor"
    " zh-haixia-dengta"
).split()
AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
ROWS = {
    "runs (started_at, state)": "('2026-11-20T08:00:00Z', 'done')",
    "run_sources (run_id, source, new)": "(1, 'fixture', 16)",
    "frontier (url_key, url, source, state, discovered_at)": "('q.example/1', 'https://q.example/1', 'fixture', 'queued', '')",
    "endpoints (url, source, kind)": "('https://q.example/rss', 'fixture', 'feed')",
    "forgotten (hash, forgotten_at)": "('00', '2026-11-20T08:00:00Z')",
    "takedowns (article_id, seen_at, reason)": "(2, '2026-11-20T08:00:00Z', 'HTTP 410')",
    "robots (site, fetched_at, status, body)": "('https://q.example', '2026-11-20T08:00:00Z', 404, x'')",
}


def page(slug: str) -> Page:
    """The page of a fixture, as a crawl or an import would bring it."""
    folder, url = Path("fixtures/articles") / slug, f"https://{slug}.example/{slug}?utm_source=rss"
    if (folder / "raw.html").exists():
        return Page(url=url, body=(folder / "raw.html").read_bytes(), content_type="text/html; charset=utf-8", fetched_at=AT)
    raw = (folder / "raw.txt").read_bytes()
    return Page(url=url, text=raw.decode("utf-16" if raw.startswith(b"\xff\xfe") else "utf-8"), fetched_at=AT)


def main(target: Path) -> None:
    """Write both files, packed, beside `target`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.db"
        with Store(path) as store:
            for slug in SLUGS:
                article = clean(page(slug))
                if slug == "fr-col-rouvert":
                    article = article.model_copy(update={"authors": ("Zoë Örn", *article.authors)})
                if slug == SLUGS[0]:
                    store.save(article.model_copy(update={"title": "An earlier headline"}), Page(url=article.url, body=b"1"))
                store.save(article.model_copy(update={"tags": article.tags or ("Ausland",)}), page(slug))
            with store.transaction() as db:
                there = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
                for table, row in ROWS.items():
                    if table.split()[0] in there:
                        db.execute(f"INSERT INTO {table} VALUES {row}")
        for file, suffix in ((path, ".db.gz"), (path.with_name("made.raw.db"), ".raw.db.gz")):
            with closing(sqlite3.connect(file)) as db:
                db.execute("PRAGMA journal_mode = DELETE")
                db.execute("VACUUM")
            target.with_name(target.name + suffix).write_bytes(gzip.compress(file.read_bytes(), mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
