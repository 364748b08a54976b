"""What the third version adds: the lines that hosts repeat, counted for the articles that are there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from storage.site_lines import count_all

NEWS_V3: tuple[str | Callable[[sqlite3.Connection], None], ...] = (
    """
CREATE TABLE site_lines (          -- what a host's articles repeat: its boilerplate shows by standing on several of them
    host TEXT NOT NULL,            -- of url_key
    line INTEGER NOT NULL,         -- 64 bits of the hash of the line's words
    pages INTEGER NOT NULL,        -- articles of the host that hold it; revisions of one count once
    last_article INTEGER NOT NULL, -- id of the article that it was counted for last; the oldest of those seen once are pruned
    PRIMARY KEY (host, line)
) STRICT, WITHOUT ROWID""",
    count_all,
)
