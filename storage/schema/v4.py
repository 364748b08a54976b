"""What the fourth version adds: a crawl that goes by the clock, looks at pages again, and counts what it meets.

Columns are added with their comment within /* */, because SQLite writes them behind the last line of the table.
"""

from __future__ import annotations

NEWS_V4: tuple[str, ...] = (
    "ALTER TABLE frontier ADD COLUMN look_at TEXT /* when a stored page is to be looked at again; NULL: not any more */",
    # What a source has to fetch is found without sorting all that waits for it.
    "CREATE INDEX frontier_queued ON frontier (source, discovered_at) WHERE state = 'queued'",
    "CREATE INDEX frontier_looks ON frontier (source, look_at) WHERE state = 'done' AND look_at IS NOT NULL",
    "ALTER TABLE endpoints ADD COLUMN next_at TEXT /* when it is worth asking again; NULL: at once */",
    "ALTER TABLE endpoints ADD COLUMN pause INTEGER /* seconds between two visits, as its news have taught */",
    "ALTER TABLE endpoints ADD COLUMN failures INTEGER NOT NULL DEFAULT 0 /* in a row, up to the last visit */",
    "ALTER TABLE endpoints ADD COLUMN stated TEXT /* sub-sitemap: the lastmod that its index stated when it was read */",
    "ALTER TABLE run_sources ADD COLUMN ok INTEGER /* 0: no feed or sitemap gave an answer; NULL: an older Copydesk ran */",
    "ALTER TABLE run_sources ADD COLUMN known INTEGER NOT NULL DEFAULT 0 /* links announced that were known before */",
    "ALTER TABLE run_sources ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0 /* forbidden by robots.txt or the guard */",
    "ALTER TABLE run_sources ADD COLUMN postponed INTEGER NOT NULL DEFAULT 0 /* left for a later run */",
    "ALTER TABLE run_sources ADD COLUMN taken_down INTEGER NOT NULL DEFAULT 0 /* stored articles whose page is gone */",
    "ALTER TABLE run_sources ADD COLUMN statuses TEXT /* JSON: answers by HTTP status, and `none` */",
    "ALTER TABLE run_sources ADD COLUMN reasons TEXT /* JSON: rejected pages by the flag that says why */",
    "CREATE INDEX run_sources_source ON run_sources (source, run_id)",
    # How a source's latest articles compare with those before is asked in order of arrival.
    "CREATE INDEX articles_arrival ON articles (source, first_seen_at, status)",
    """
CREATE TABLE takedowns (           -- articles whose page was found gone from its site; the article itself stays
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    seen_at TEXT NOT NULL,         -- when it was first found gone
    reason TEXT NOT NULL,          -- HTTP 404, HTTP 410, redirected to the home page
    back_at TEXT,                  -- when it was found there again; NULL: still gone
    PRIMARY KEY (article_id, seen_at)
) STRICT, WITHOUT ROWID""",
)
