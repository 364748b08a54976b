"""What people type into a search, as an expression of FTS5; what cannot be understood is said with its place.

Words, "phrases", prefix*, title:word, AND, OR and NOT in capitals, and brackets.  Side by side means AND; NOT binds closest,
then AND, then OR.  Words are quoted one by one, so that nothing in them is syntax to SQLite.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cleaning.models import storable
from storage.errors import MalformedQuery
from storage.terms import parts, phrase_terms, without_signs

MOST_TERMS = 200
"""Words and phrases in one query; SQLite's own limit is a little higher."""
_DEEPEST = 40
"""Brackets within brackets."""

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<open>\()
      | (?P<close>\))
      | (?P<operator>(?:AND|OR|NOT)(?=[\s()"]|$))
      | (?P<field>[A-Za-z]+:)(?=["(\w]|[^\s:/])
      | "(?P<phrase>[^"]*)(?P<quote>"?)(?P<star>\*?)
      | (?P<word>[^\s"()]+)
    )""",
    re.X,
)
_QUOTES = str.maketrans("“”„‟", '""""')
_OPTIONS = {
    "author": "--author", "source": "--source", "lang": "--lang", "language": "--lang", "tag": "--tag", "flag": "--flag",
    "publisher": "--publisher", "since": "--since", "until": "--until",
}  # fmt: skip
"""Fields that people write in queries elsewhere, and what asks for them here."""


@dataclass(frozen=True)
class _Token:
    kind: str  # open, close, operator, title, phrase, word
    text: str
    at: int
    prefix: bool = False


@dataclass(frozen=True)
class Expression:
    """A query that was understood.  `fts` goes behind MATCH; None: it holds no letter and no digit, so nothing is found.
    `stretch` is its first stretch of a script without spaces, which a snippet shows."""

    fts: str | None
    stretch: str | None


def parse(query: str) -> Expression:
    """`query` as an expression.  Raises MalformedQuery, which says where."""
    # One character for one: places in it are places in what was typed, but for what cannot be stored anyway.
    text = storable(query).translate(_QUOTES)
    tokens = list(_tokens(text))
    if sum(token.kind in ("phrase", "word") for token in tokens) > MOST_TERMS:
        raise MalformedQuery(text, len(text), f"it has more than {MOST_TERMS} words")
    parser = _Parser(text, tokens)
    fts = parser.whole()
    return Expression(fts, parser.stretch)


def _tokens(text: str) -> Iterator[_Token]:
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        assert match, text[at:]
        assert match.lastgroup
        begin, at = match.start() + len(match[0]) - len(match[0].lstrip()), match.end()
        if match["phrase"] is not None:
            if not match["quote"]:
                raise MalformedQuery(text, begin, "this quote mark has no other that closes it")
            yield _Token("phrase", match["phrase"], begin, bool(match["star"]))
        elif match["field"]:
            name = match["field"][:-1].lower()
            if name == "title":
                yield _Token("title", match["field"], begin)
            elif name in _OPTIONS:
                raise MalformedQuery(text, begin, f"only title: stands in a query; ask for this with {_OPTIONS[name]}")
            else:  # 10:30, http://example.org
                rest = re.compile(r'[^\s"()]*').match(text, at)
                assert rest is not None
                at = rest.end()
                yield _Token("word", match["field"] + rest[0], begin)
        elif match["word"] is not None:
            word = match["word"]
            if word.lower() == "title:":
                raise MalformedQuery(text, begin, "a word or phrase must stand right behind title:")
            if "*" in word[:-1] and any(map(str.isalnum, word)):
                raise MalformedQuery(text, begin + word.index("*"), "a star stands only at the end of a word")
            yield _Token("word", word.rstrip("*"), begin, word.endswith("*"))
        else:
            yield _Token(match.lastgroup, match[match.lastgroup], begin)


class _Parser:
    """Reads tokens from left to right, one method a rank of the operators; each answers None for what cannot be looked for."""

    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self._text, self._tokens, self._next, self._depth = text, tokens, 0, 0
        self.stretch: str | None = None

    def whole(self) -> str | None:
        if not self._tokens:
            return None
        found = self._either()
        if token := self._peek():
            raise MalformedQuery(self._text, token.at, "this bracket has no other that opens it")
        return found

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self, kind: str, text: str | None = None) -> _Token | None:
        token = self._peek()
        if token is None or token.kind != kind or (text is not None and token.text != text):
            return None
        self._next += 1
        return token

    def _either(self) -> str | None:
        found = [self._both()]
        while self._take("operator", "OR"):
            found.append(self._both())
        return _joined(found, "OR")

    def _both(self) -> str | None:
        found = [self._but_not()]
        while (token := self._peek()) and token.kind != "close" and (token.kind, token.text) != ("operator", "OR"):
            self._take("operator", "AND")
            found.append(self._but_not())
        return _joined(found, "AND")

    def _but_not(self) -> str | None:
        found = self._term()
        unwanted = []
        while self._take("operator", "NOT"):
            unwanted.append(self._term())
        less = _joined(unwanted, "OR")
        return f"({found} NOT {less})" if found and less else found

    def _term(self, *, title: bool = False) -> str | None:
        token = self._peek()
        if token is None or token.kind in ("operator", "close"):
            raise self._missing(token)
        self._next += 1
        if token.kind == "title":
            behind = self._peek()
            if behind is None or behind.kind not in ("phrase", "word", "open"):
                raise MalformedQuery(self._text, token.at, "a word or phrase must stand right behind title:")
            return self._term(title=True)
        if token.kind != "open":
            return self._looked_for(token, title)
        self._depth += 1
        if self._depth > _DEEPEST:
            raise MalformedQuery(self._text, token.at, f"more than {_DEEPEST} brackets stand within each other")
        found = self._either()
        if not self._take("close"):
            raise MalformedQuery(self._text, token.at, "this bracket has no other that closes it")
        self._depth -= 1
        return f"{{title title_terms}} : ({found})" if title and found else found

    def _missing(self, token: _Token | None) -> MalformedQuery:
        before = self._tokens[self._next - 1] if self._next else None
        if before is not None and before.kind == "operator":
            return MalformedQuery(self._text, before.at, f"something to look for must stand behind {before.text}")
        if token is not None and token.kind == "operator":
            return MalformedQuery(self._text, token.at, f"something to look for must stand before {token.text}")
        if before is not None:
            return MalformedQuery(self._text, before.at, "there is nothing within this bracket")
        assert token is not None
        return MalformedQuery(self._text, token.at, "this bracket has no other that opens it")

    def _looked_for(self, token: _Token, title: bool) -> str | None:
        """One word or phrase as FTS5 wants it; None where there is no letter and no digit in it."""
        text = without_signs(token.text)
        pieces = parts(text)
        if not pieces:
            return None
        star = "*" if token.prefix else ""
        column = "{title title_terms} : " if title else ""
        if not any(unspaced for _, unspaced in pieces):
            return f"{column}{_quoted(text)}{star}"
        self.stretch = self.stretch or next(part for part, unspaced in pieces if unspaced)
        pairs = "title_terms" if title else "{title_terms text_terms}"
        found = [
            f"{pairs} : {_quoted(phrase_terms(part))}{'*' if len(part) == 1 else ''}" if unspaced else f"{column}{_quoted(part)}"
            for part, unspaced in pieces
        ]
        return _joined(list(found), "AND")


def _joined(found: list[str | None], operator: str) -> str | None:
    wanted = [one for one in found if one]
    if len(wanted) < 2:
        return wanted[0] if wanted else None
    return f"({f' {operator} '.join(wanted)})"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
