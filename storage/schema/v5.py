"""What the fifth version adds: what a site asks of robots, kept from one run to the next."""

from __future__ import annotations

NEWS_V5: tuple[str, ...] = (
    """
CREATE TABLE robots (              -- robots.txt of the sites that were crawled; asked for again after a day
    site TEXT PRIMARY KEY,         -- scheme and host, with the port if it is not the usual one
    fetched_at TEXT NOT NULL,
    status INTEGER NOT NULL,       -- of the answer; 4xx: there are no rules
    body BLOB NOT NULL             -- as it came; empty where the status says that there are no rules
) STRICT, WITHOUT ROWID""",
)
