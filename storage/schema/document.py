"""`docs/schema.md`, made of the schema itself: `python -m storage.schema.document > docs/schema.md`."""

from __future__ import annotations

import re
import tempfile
from contextlib import closing
from pathlib import Path

from storage.connection import connect
from storage.schema import NEWS, RAW, Kind
from storage.schema.selection import CRAWL

QUESTIONS: tuple[tuple[str, str], ...] = (
    ("How many articles a month, and in which languages?", """
SELECT substr(published_at, 1, 7) AS month, language, count(*) AS articles
FROM news GROUP BY month, language ORDER BY month"""),
    ("Which sources write most about relations between states?", """
SELECT source, count(*) AS articles, round(avg(geopolitics), 2) AS relevance
FROM news GROUP BY source ORDER BY relevance DESC"""),
    ("Which pairs of countries are named together?", """
SELECT a.country, b.country AS other, count(*) AS articles
FROM news_countries AS a JOIN news_countries AS b ON b.id = a.id AND b.country > a.country
GROUP BY a.country, other ORDER BY articles DESC LIMIT 20"""),
    ("Who wrote about sanctions?", """
SELECT author, count(*) AS articles FROM news_authors
WHERE id IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH 'sanctions')
GROUP BY author ORDER BY articles DESC"""),
    ("What is said of a summit, best first, with the words marked?", """
SELECT a.id, a.title, snippet(articles_fts, 2, '[', ']', '…', 12) AS words
FROM articles_fts AS f JOIN articles AS a ON a.id = f.rowid
WHERE articles_fts MATCH 'summit' AND a.status <> 'rejected' ORDER BY f.rank LIMIT 20"""),
    ("Which rules took out what, and how often?", """
SELECT rule, count(*) AS removals, min(text) AS example FROM removed GROUP BY rule ORDER BY removals DESC"""),
    ("Which articles were changed after they were first collected?", """
SELECT id, url, title AS before, title_now AS after, replaced_at
FROM history WHERE reason = 'changed' ORDER BY replaced_at DESC"""),
    ("Why were pages rejected?", """
SELECT source, flag, count(*) AS pages FROM flagged WHERE status = 'rejected'
GROUP BY source, flag ORDER BY pages DESC"""),
    ("Where did the dates come from, and how fine are they?", """
SELECT published_source, published_precision, count(*) AS articles FROM articles
WHERE status <> 'rejected' GROUP BY 1, 2 ORDER BY articles DESC"""),
    ("Which images stand in an article, and what do its pages say of reuse?", """
SELECT a.title, json_extract(i.value, '$.url') AS image, json_extract(i.value, '$.credit') AS credit,
    json_extract(d.record, '$.rights.licence') AS licence
FROM details AS d JOIN articles AS a ON a.id = d.article_id, json_each(d.record, '$.images') AS i LIMIT 50"""),
)  # fmt: skip

_HEAD = """# The schema of a store

Made by `python -m storage.schema.document` from the tables themselves; schema version {version}.

A store is two SQLite files: `news.db` with everything but the pages, and `news.raw.db` with the pages as they came. Times
are ISO 8601 text in UTC (`2024-10-31T12:00:00Z`) and sort as text. JSON is text. Read it with whatever you like (`sqlite3`,
Datasette, pandas, DuckDB's `ATTACH`, R); write only through Copydesk, because tables must agree with one another.

The views are for people. They leave out rejected pages, which are kept so that nobody fetches them again.

The `.db` that `copydesk export` makes of a selection lacks the tables of the crawl: {crawl}.
"""


def document() -> str:
    """The whole page, as Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        kinds = [_objects(Path(folder) / f"{kind.name}.db", kind) for kind in (NEWS, RAW)]
    news, raw = kinds
    parts = [_HEAD.format(version=NEWS.version, crawl=", ".join(f"`{name}`" for name in CRAWL)), "## Ten questions\n"]
    parts += [f"**{question}**\n\n```sql{sql}\n```\n" for question, sql in QUESTIONS]
    parts.append("## Views\n")
    parts += [_view(name, sql) for kind, name, sql in news if kind == "view"]
    parts.append("## Tables\n")
    parts += [_table(name, sql) for kind, name, sql in news if kind == "table"]
    parts.append("## The pages: `news.raw.db`\n")
    parts += [_table(name, sql) for kind, name, sql in raw if kind == "table"]
    parts.append("## Indexes and triggers\n")
    parts.append("\n".join(f"- `{name}`: {_gist(sql)}" for kind, name, sql in news if kind in ("index", "trigger")) + "\n")
    return "\n".join(parts)


def _objects(path: Path, kind: Kind) -> list[tuple[str, str, str]]:
    """Type, name and SQL of what a new store of this kind holds, in the order in which it was made."""
    with closing(connect(path, kind)) as db:
        rows = db.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'articles_fts_%'"
            " AND instr(name, 'sqlite') = 0 ORDER BY rowid"
        ).fetchall()
        triggers = db.execute("SELECT type, name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    return [*rows, *(trigger for trigger in triggers if trigger not in rows)]


def _view(name: str, sql: str) -> str:
    comment = re.search(r"AS\s+-- (.*)", sql)
    return f"### `{name}`\n\n{_sentence(comment[1]) if comment else ''}\n\n```sql\n{sql}\n```\n"


_ABOUT = {
    "authors": "The names of authors, each once.", "article_authors": "Who wrote an article.",
    "tags": "The names of tags, each once.", "article_tags": "The tags that an article's page gives it.",
    "articles_fts": "The search index over `articles` (FTS5); `rowid` is `articles.id`. It holds no text of its own.",
}  # fmt: skip
"""Tables whose SQL says nothing of the whole."""


def _table(name: str, sql: str) -> str:
    if "VIRTUAL TABLE" in sql:
        return f"### `{name}`\n\n{_ABOUT[name]}\n\n```sql\n{sql}\n```\n"
    comment = re.search(r"\(\s+-- (.*)", sql)
    about = _sentence(comment[1]) if comment else _ABOUT.get(name, "")
    return f"### `{name}`\n\n{about}\n\n{_columns(sql)}"


_COLUMN = re.compile(r"(?P<name>[a-z]\w*) (?P<type>TEXT|INTEGER|REAL|BLOB)\b(?P<rest>.*?),?\s*(?:-- (?P<says>.*))?$")


def _columns(sql: str) -> str:
    """The columns of a table as a Markdown table; a comment may go on in the lines below its column."""
    rows: list[list[str]] = []
    inside = sql[sql.index("(") + 1 :].replace(") STRICT", "")
    for line in inside.splitlines():
        # Several on one line are a short table, or were added later: these have their comment within /* */.
        for column in re.split(r", (?=[a-z_]+ (?:TEXT|INTEGER|REAL|BLOB)\b)", line.strip()):
            added = re.search(r"/\* (.*?) \*/", column)
            match = _COLUMN.match(re.sub(r"\s*/\*.*?\*/", "", column))
            if match:
                says = match["says"] or (added[1] if added else "")
                rows.append([match["name"], match["type"].lower(), _facts(match["rest"]), says])
            elif column.startswith("--") and rows:
                rows[-1][3] = f"{rows[-1][3]} {column[3:]}".strip()
    lines = ["| column | type | | what it is |", "|---|---|---|---|"]
    lines += [f"| `{name}` | {kind} | {facts} | {says.replace('|', chr(92) + '|')} |" for name, kind, facts, says in rows]
    return "\n".join(lines) + "\n"


def _facts(rest: str) -> str:
    facts = []
    if "PRIMARY KEY" in rest:
        facts.append("key")
    if "UNIQUE" in rest:
        facts.append("unique")
    if "NOT NULL" in rest:
        facts.append("never null")
    if reference := re.search(r"REFERENCES (\w+)", rest):
        facts.append(f"→ `{reference[1]}`")
    if values := re.search(r"IN \(('.*?')\)", rest):
        facts.append(" or ".join(f"`{value}`" for value in re.findall(r"'(\w+)'", values[1])))
    return ", ".join(facts)


def _gist(sql: str) -> str:
    found = re.search(r"ON (\w+ \(.*\))|AFTER (\w+)", sql)
    return f"`{found[1]}`" if found and found[1] else f"after {found[2].lower()}, keeps the search index right" if found else ""


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:] + "."


if __name__ == "__main__":
    print(document(), end="")
