"""Invented articles for measuring a store: as long, as tagged and as cleaned as real ones, in a language that does not exist.

Words follow Zipf's law; marker words stand in a known share of the articles, so that a query's cost can be told by how much
it finds.  The same seed and number give the same article on every machine.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import accumulate, product

from cleaning.models import Article, Block, Candidate, CountryMention, Geopolitics, Image, Link, Removal, TermMention

MARKERS = {"zeldom": 0.001, "somtid": 0.03, "ofteno": 0.18}
"""Words and the share of the articles that they stand in, now and then in the title."""
PHRASE = ("grona", "linje")
"""Two words side by side in one article of a hundred, apart in four more."""

FIRST_DAY = datetime(2023, 1, 1, tzinfo=UTC)
DAYS = 730
SOURCES = tuple(f"outlet-{number:02}" for number in range(40))
LANGUAGES = ("en",) * 22 + ("de", "fr", "es", "en-GB") * 3 + ("ru", "ar", "uk", "tr", "it", "pl")
"""The language of each of the sources."""

_SYLLABLES = [a + b for a, b in product("b d f g k l m n p r s t v z tr st pl".split(), "a e i o u".split())]
_RULES = {
    "extract.main-text": 75, "symbols.lone": 10, "related.read-also": 3, "duplicate.block": 3, "title.repeated": 2,
    "summary.repeated": 2, "related.linked-line": 1, "related.link-list": 1, "media.credit": 1, "newsletter.box": 1,
    "date.markup": 1,
}  # fmt: skip
"""Rules by how often they remove something from real pages: each second one of the three corpora, rules 2026.11.3."""
_SHARED = 0.6
"""Share of the removals that other pages of the source have, too."""


class Inventor:
    """Makes articles by number.  `words` is how many a text has on average."""

    def __init__(self, *, words: int, shuffled: bool = False, articles: int, seed: int = 20) -> None:
        pick = random.Random(seed)
        names = {"".join(pick.choices(_SYLLABLES, k=pick.choice((1, 2, 2, 3, 3, 4)))) for _ in range(90_000)}
        self._vocabulary = sorted(names - {*MARKERS, *PHRASE})
        pick.shuffle(self._vocabulary)
        self._weights = list(accumulate(1 / (rank + 2.7) ** 1.05 for rank in range(len(self._vocabulary))))
        self._source_weights = list(accumulate(1 / (rank + 1) ** 0.6 for rank in range(len(SOURCES))))
        self._prose = self._line(pick, 60_000)
        self._chrome = {
            source: {long: [self._removed(pick, long=long) for _ in range(30)] for long in (True, False)} for source in SOURCES
        }
        self._people = [" ".join(w.title() for w in pick.choices(self._vocabulary, k=2)) for _ in range(8000)]
        self._tags = [" ".join(pick.choices(self._vocabulary, k=pick.choice((1, 2)))) for _ in range(12_000)]
        self._words, self._seed, self._articles, self._shuffled = words, seed, articles, shuffled

    def basics(self, number: int) -> tuple[random.Random, dict[str, object]]:
        """The scalar fields of article `number`, and the source of chance that goes on from there."""
        pick = random.Random(self._seed * 1_000_003 + number)
        source = pick.choices(SOURCES, cum_weights=self._source_weights)[0]
        at = pick.random() if self._shuffled else (number + pick.random()) / self._articles
        published = (FIRST_DAY + timedelta(days=DAYS * at)).replace(microsecond=0)
        url = f"https://{source}.example/{published:%Y/%m/%d}/story-{number}"
        title = " ".join(pick.choices(self._vocabulary, cum_weights=self._weights, k=pick.randint(6, 12))).capitalize()
        marks = [word for word, share in MARKERS.items() if pick.random() < share]
        if marks and pick.random() < 0.1:
            title = f"{title} {pick.choice(marks)}"
        return pick, {
            "url": url, "canonical_url": url, "url_key": url.removeprefix("https://"), "source": source,
            "publisher": source.replace("-", " ").title(), "language": LANGUAGES[SOURCES.index(source)], "title": title,
            "summary": self._line(pick, 20), "text": self._text(pick, marks), "published_at": published,
            "published_raw": published.isoformat(), "published_source": "jsonld:datePublished", "published_precision": "second",
            "fetched_at": published + timedelta(minutes=20), "section": "world", "article_type": "NewsArticle",
            "is_accessible_for_free": True, "extractor": "trafilatura", "rules_version": "1",
        }  # fmt: skip

    def people(self, pick: random.Random) -> tuple[list[str], list[str]]:
        """Authors and tags, the first ones of their lists far more often than the last."""
        def some(names: list[str], count: int) -> list[str]:
            return list(dict.fromkeys(names[int(len(names) * pick.random() ** 3)] for _ in range(count)))

        return some(self._people, pick.choice((1, 1, 1, 2))), some(self._tags, pick.randint(2, 8))

    def article(self, number: int) -> Article:
        """Article `number` with everything that a cleaned page brings."""
        pick, fields = self.basics(number)
        authors, tags = self.people(pick)
        source = str(fields["source"])
        paragraphs = str(fields["text"]).split("\n\n")
        return Article.model_validate({
            **fields, "authors": authors, "tags": tags, "status": "ok",
            "blocks": [Block(text=text) for text in paragraphs],
            "images": [Image(url=f"{fields['url']}.jpg", caption=self._line(pick, 15), credit=authors[0])],
            "links": [Link(url=f"https://{source}.example/{n}", text=self._line(pick, 4)) for n in range(pick.randint(0, 8))],
            "geopolitics": self._geopolitics(pick),
            "candidates": [
                Candidate(field=field, value=str(fields[field]), source=where, chosen=where == "jsonld")
                for field in ("title", "published_at", "publisher", "language") for where in ("jsonld", "meta:og", "html")
            ],
            "removals": self.removals(pick, source, len(paragraphs)),
        })  # fmt: skip

    def removals(self, pick: random.Random, source: str, blocks: int) -> list[Removal]:
        """What was removed from a page of `source` with so many blocks: as many and as long as from real pages.

        Each second page of the three corpora (552; rules 2026.11.3) has 8.0 on average (median 4), which hold 4,944 bytes
        (median 3,580); half of them have less than 74 characters.  How many of them pages of a source share is a guess.
        """
        short = min(60, round(pick.lognormvariate(0.9, 1.4)))
        chrome, rules, weights = self._chrome[source], list(_RULES), list(_RULES.values())
        found = [("extract.main-text", place, True) for place in (0, blocks)]  # the head of the page and its foot
        found += [(rule, pick.randint(0, blocks), False) for rule in pick.choices(rules, weights, k=short)]
        return [
            Removal(rule=rule, evidence="outside the main text, links 0.8", before_block=place, block_count=20 if long else 2,
                    text=pick.choice(chrome[long]) if pick.random() < _SHARED else self._removed(pick, long=long))
            for rule, place, long in found
        ]  # fmt: skip

    def _removed(self, pick: random.Random, *, long: bool) -> str:
        """A removed text, a piece of prose: a menu or foot is long, a line elsewhere short."""
        length = min(10_000, 1 + int(pick.lognormvariate(7.1, 1.0) if long else pick.lognormvariate(3.9, 1.3)))
        at = pick.randrange(len(self._prose) - length)
        return self._prose[at : at + length].strip() or "-"

    def _geopolitics(self, pick: random.Random) -> Geopolitics:
        codes = pick.sample("UA RU US CN DE FR IL IR KP KR TW IN PK SD".split(), pick.randint(1, 5))
        return Geopolitics(
            score=round(pick.random(), 3),
            countries=tuple(CountryMention(code=code, names=(code.lower(),), count=pick.randint(1, 9)) for code in codes),
            terms=tuple(TermMention(term=term, topic="conflict", count=2) for term in pick.choices(self._tags, k=7)),
        )

    def _line(self, pick: random.Random, words: int) -> str:
        return " ".join(pick.choices(self._vocabulary, cum_weights=self._weights, k=words))

    def _text(self, pick: random.Random, marks: list[str]) -> str:
        count = max(60, round(pick.lognormvariate(0, 0.5) * self._words / 1.13))
        words = pick.choices(self._vocabulary, cum_weights=self._weights, k=count)
        for mark in marks:
            for _ in range(pick.choice((1, 1, 2, 4))):
                words[pick.randrange(count)] = mark
        chance = pick.random()
        if chance < 0.05:
            at = pick.randrange(count - 20)
            words[at], words[at + (1 if chance < 0.01 else 15)] = PHRASE
        return "\n\n".join(" ".join(words[at : at + 45]).capitalize() + "." for at in range(0, count, 45))
