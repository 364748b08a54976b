"""What the second version of the raw file adds: dictionaries of what the pages of a host have in common.

Columns are added with their comment within /* */, because SQLite writes them behind the last line of the table.
"""

from __future__ import annotations

RAW_V2: tuple[str, ...] = (
    """
CREATE TABLE dictionaries (        -- what the pages of a host have in common: zstd looks for a piece of a page there first
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    host TEXT NOT NULL,            -- without www.
    made_at TEXT NOT NULL,         -- the newest of a host is used for the pages to come
    content BLOB NOT NULL          -- one zstd frame; empty inside: the pages have nothing in common
) STRICT""",
    "CREATE INDEX dictionaries_host ON dictionaries (host)",
    """
CREATE TABLE samples (             -- the pages that a dictionary was made of, or will be once there are enough of the host
    sha256 TEXT PRIMARY KEY,       -- of a page, which may be gone by now
    host TEXT NOT NULL,
    url TEXT NOT NULL,
    dictionary INTEGER REFERENCES dictionaries (id) ON DELETE CASCADE  -- NULL: not made yet
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX samples_host ON samples (host, dictionary)",
    "CREATE INDEX samples_dictionary ON samples (dictionary)",
    "ALTER TABLE pages ADD COLUMN dictionary INTEGER REFERENCES dictionaries (id) /* that content needs; NULL: none */",
    "CREATE INDEX pages_dictionary ON pages (dictionary) WHERE dictionary IS NOT NULL",
)

RAW_V1_READ = "CREATE TEMP VIEW pages AS SELECT *, NULL AS dictionary FROM main.pages"
"""How a file of the first version is read as one of the second."""
