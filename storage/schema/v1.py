"""The tables of the first version.  A version that was released never changes: what comes later stands in the next one."""

from __future__ import annotations

NEWS_V1: tuple[str, ...] = (
    """
CREATE TABLE articles (            -- one row an article; the newest version that was seen
    id INTEGER PRIMARY KEY,        -- in order of arrival, only for this store
    uid TEXT NOT NULL UNIQUE,      -- 16 hex digits made of url_key: the same article has the same uid in every store
    url_key TEXT NOT NULL UNIQUE,  -- the address without what does not matter (scheme, www., tracking), or text:<hash>
    url TEXT,                      -- as it was fetched
    canonical_url TEXT,            -- as the page states it
    source TEXT,                   -- id of the source it was collected for
    publisher TEXT,
    title TEXT,
    summary TEXT,                  -- teaser or description; never part of text
    language TEXT,                 -- BCP 47
    published_at TEXT,             -- UTC; NULL: unknown
    published_raw TEXT,            -- the date as the page has it
    published_source TEXT,         -- where it stood
    published_precision TEXT,      -- year, month, day, minute, second
    modified_at TEXT,              -- as published_*, for the last change that the page states
    modified_raw TEXT,
    modified_source TEXT,
    modified_precision TEXT,
    fetched_at TEXT,               -- when this version was fetched
    section TEXT,
    article_type TEXT,
    agency TEXT,                   -- Reuters, AFP … where the page credits one
    dateline TEXT,                 -- place (and date) at the head of the text
    is_accessible_for_free INTEGER CHECK (is_accessible_for_free IN (0, 1)),  -- NULL: not stated
    status TEXT NOT NULL CHECK (status IN ('ok', 'partial', 'rejected')),     -- rejected: no article, flags say why
    geopolitics REAL,              -- relevance from 0 to 1; its evidence is in details
    word_count INTEGER NOT NULL,   -- words of text; characters in scripts without spaces
    schema_version INTEGER NOT NULL,  -- of the article record
    extractor TEXT NOT NULL,
    rules_version TEXT NOT NULL,
    memory_version TEXT,           -- of what was known of the site's repeated lines
    content_hash TEXT NOT NULL,    -- of title and text: when it changes, the old version goes to revisions
    record_hash TEXT NOT NULL,     -- of every field but fetched_at: when it changes, the row is written
    raw_sha256 TEXT,               -- the page this version was made of: pages.sha256 in the raw file
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    title_terms TEXT,              -- for the search index only: pairs of characters of scripts without spaces
    text_terms TEXT,               -- the same of summary and text; both NULL for most languages
    text TEXT NOT NULL             -- the running text, paragraphs parted by a blank line
) STRICT""",
    # A range of dates, alone or with the other filters, is answered from this index without touching the rows.
    "CREATE INDEX articles_published ON articles (published_at, status, source, language, geopolitics)",
    "CREATE INDEX articles_source ON articles (source, published_at)",
    """
CREATE TABLE details (             -- what has no column of its own, as JSON
    article_id INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    record TEXT NOT NULL CHECK (json_valid(record))
    -- blocks, authors, tags, images, links, geopolitics, rights, flags, flag_evidence, candidates.  A block whose text
    -- stands in articles.text has "at": [start, end] (characters from 0) in place of its text.
) STRICT""",
    "CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT",
    """
CREATE TABLE article_authors (
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    author_id INTEGER NOT NULL REFERENCES authors (id),
    position INTEGER NOT NULL,     -- from 0, as the page names them
    PRIMARY KEY (article_id, author_id)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX article_authors_author ON article_authors (author_id)",
    "CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT",
    """
CREATE TABLE article_tags (
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tags (id),
    position INTEGER NOT NULL,
    PRIMARY KEY (article_id, tag_id)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX article_tags_tag ON article_tags (tag_id)",
    """
CREATE TABLE article_countries (   -- the countries that an article names
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    country TEXT NOT NULL,         -- ISO 3166-1 alpha-2
    mentions INTEGER NOT NULL,
    PRIMARY KEY (article_id, country)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX article_countries_country ON article_countries (country)",
    """
CREATE TABLE article_flags (       -- paywall, truncated, live_blog … of the article as a whole
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    flag TEXT NOT NULL,
    evidence TEXT,
    PRIMARY KEY (article_id, flag)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX article_flags_flag ON article_flags (flag)",
    """
CREATE TABLE removal_texts (       -- sites repeat themselves: each removed text is kept once
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,     -- 32 hex digits of its sha256
    text TEXT NOT NULL
) STRICT""",
    """
CREATE TABLE removals (            -- what was on the page and is not in the article, and why
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,     -- from 0, in the order of the page
    rule TEXT NOT NULL,            -- nav.prev-next, title.repeated …
    evidence TEXT NOT NULL,
    text_id INTEGER NOT NULL REFERENCES removal_texts (id),
    before_block INTEGER NOT NULL, -- stood before this block of the article (from 0)
    block_count INTEGER NOT NULL,
    line INTEGER,                  -- from 1, plain text only
    PRIMARY KEY (article_id, position)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX removals_text ON removals (text_id)",
    "CREATE INDEX removals_rule ON removals (rule)",
    """
CREATE TABLE revisions (           -- versions of title or text that a newer one replaced
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    replaced_at TEXT NOT NULL,     -- when the newer version was stored
    reason TEXT NOT NULL CHECK (reason IN ('changed', 'recleaned')),  -- the page changed, or only the way it is cleaned
    title TEXT,
    summary TEXT,
    published_at TEXT,
    modified_at TEXT,
    fetched_at TEXT,
    status TEXT NOT NULL,
    rules_version TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    raw_sha256 TEXT,
    text TEXT NOT NULL
) STRICT""",
    "CREATE INDEX revisions_article ON revisions (article_id)",
    """
CREATE TABLE sightings (           -- every address at which an article was found
    url TEXT PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    first_seen_at TEXT NOT NULL
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX sightings_article ON sightings (article_id)",
    """
CREATE TABLE frontier (            -- the pages to fetch, and what became of them
    url_key TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    source TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'leased', 'done', 'failed', 'dropped')),
    not_before TEXT,               -- NULL: at once
    tries INTEGER NOT NULL DEFAULT 0,
    run_id INTEGER REFERENCES runs (id),  -- that leased it
    claims TEXT CHECK (claims IS NULL OR json_valid(claims)),  -- what the feed or sitemap says of the page
    discovered_at TEXT NOT NULL,
    done_at TEXT,
    reason TEXT,                   -- why it failed or was dropped
    etag TEXT,
    last_modified TEXT
) STRICT""",
    "CREATE INDEX frontier_next ON frontier (state, source, not_before)",
    """
CREATE TABLE endpoints (           -- feeds, sitemaps and section pages, with what makes the next request conditional
    url TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('feed', 'sitemap', 'section')),
    etag TEXT,
    last_modified TEXT,
    checked_at TEXT,
    status INTEGER,                -- of the last answer; NULL: none came
    error TEXT
) STRICT""",
    """
CREATE TABLE runs (                -- one row a crawl
    id INTEGER PRIMARY KEY,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'interrupted')),
    arguments TEXT CHECK (arguments IS NULL OR json_valid(arguments))
) STRICT""",
    """
CREATE TABLE run_sources (         -- what a crawl did for each source
    run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    source TEXT NOT NULL,
    requests INTEGER NOT NULL DEFAULT 0,
    not_modified INTEGER NOT NULL DEFAULT 0,
    discovered INTEGER NOT NULL DEFAULT 0,
    new INTEGER NOT NULL DEFAULT 0,
    updated INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    seconds REAL NOT NULL DEFAULT 0,
    error TEXT,
    PRIMARY KEY (run_id, source)
) STRICT, WITHOUT ROWID""",
    # The search index keeps no text of its own: it reads `articles`, and must be told the old values when they go.
    """
CREATE VIRTUAL TABLE articles_fts USING fts5 (
    title, summary, text, title_terms, text_terms,
    content="articles", content_rowid="id", tokenize="unicode61 remove_diacritics 2"
)""",
    "INSERT INTO articles_fts (articles_fts, rank) VALUES ('rank', 'bm25(8.0, 3.0, 1.0, 8.0, 1.0)')",
    """
CREATE TRIGGER articles_fts_insert AFTER INSERT ON articles BEGIN
    INSERT INTO articles_fts (rowid, title, summary, text, title_terms, text_terms)
    VALUES (new.id, new.title, new.summary, new.text, new.title_terms, new.text_terms);
END""",
    """
CREATE TRIGGER articles_fts_delete AFTER DELETE ON articles BEGIN
    INSERT INTO articles_fts (articles_fts, rowid, title, summary, text, title_terms, text_terms)
    VALUES ('delete', old.id, old.title, old.summary, old.text, old.title_terms, old.text_terms);
END""",
    """
CREATE TRIGGER articles_fts_update AFTER UPDATE OF id, title, summary, text, title_terms, text_terms ON articles
WHEN (old.id, old.title, old.summary, old.text, old.title_terms, old.text_terms)
    IS NOT (new.id, new.title, new.summary, new.text, new.title_terms, new.text_terms)
BEGIN
    INSERT INTO articles_fts (articles_fts, rowid, title, summary, text, title_terms, text_terms)
    VALUES ('delete', old.id, old.title, old.summary, old.text, old.title_terms, old.text_terms);
    INSERT INTO articles_fts (rowid, title, summary, text, title_terms, text_terms)
    VALUES (new.id, new.title, new.summary, new.text, new.title_terms, new.text_terms);
END""",
    """
CREATE VIEW news AS                -- the articles as people ask for them: no rejected pages, no bookkeeping
SELECT id, uid, published_at, source, publisher, language, title, summary,
    (SELECT group_concat(name, ', ') FROM (SELECT name FROM article_authors JOIN authors ON authors.id = author_id
        WHERE article_id = articles.id ORDER BY position)) AS authors,
    geopolitics, word_count, url, text
FROM articles WHERE status <> 'rejected'""",
    """
CREATE VIEW removed AS             -- what cleaning took out of which article, and why
SELECT articles.id, articles.uid, articles.title, removals.position, removals.rule, removals.evidence,
    removal_texts.text, removals.before_block, removals.block_count
FROM removals JOIN removal_texts ON removal_texts.id = removals.text_id JOIN articles ON articles.id = removals.article_id""",
)

RAW_V1: tuple[str, ...] = (
    """
CREATE TABLE pages (               -- each page as it came, once
    sha256 TEXT PRIMARY KEY,       -- of the bytes before compression
    form TEXT NOT NULL CHECK (form IN ('body', 'html', 'text')),  -- bytes as fetched, or UTF-8 of decoded HTML or text
    url TEXT,                      -- where these bytes were first seen
    fetched_at TEXT,
    content_type TEXT,
    headers TEXT NOT NULL CHECK (json_valid(headers)),  -- [[name, value], …]
    claims TEXT NOT NULL CHECK (json_valid(claims)),    -- what a feed or sitemap said of the page
    size INTEGER NOT NULL,         -- bytes before compression
    stored_at TEXT NOT NULL,
    content BLOB NOT NULL          -- one zstd frame
) STRICT""",
)
