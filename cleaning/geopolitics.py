"""How much an article is about relations between states: a score from 0 to 1, and everything that it was made of.

`assess` looks for two kinds of evidence, countries other than the outlet's own and terms of conflict, diplomacy, sanctions,
treaties, alliances, weapons, territory and international bodies, and for one kind of counter-evidence: terms of sport,
entertainment, weather, cooking, travel, crime … (topics `counter:sport` and so on).  All are in the lists in
`cleaning/data/geopolitics/`; what was found is in the result.

**The score.**  Each distinct country, term and counter term counts once, with the weight of the best place it stands in:
title `TITLE`, the first `LEAD_CHARACTERS` characters `LEAD`, further down `BODY` (all evidence of one kind from further down
together at most `BODY_LIMIT`: what neither title nor lead mentions is not what an article is about).

    parties  = sum over countries of place, + half of it for each organisation, actor and region (NATO, Hamas, Sahel)
    terms    = sum over terms of place x the term's weight (1 names the subject, 0.5 belongs to it, 0.25 may belong to it)
    counter  = sum over counter terms of place x the term's weight
    P = 1 - 2 ** (-PARTY_STEP x parties),  T = 1 - 2 ** (-TERM_STEP x terms)
    score = sqrt(P x T) x (parties + terms) / (parties + terms + COUNTER_SHARE x counter)

So neither countries alone nor terms alone make a score (a body such as NATO is half a country and a term), and more evidence
never lowers it: a sentence put at the end that names a further foreign country and a term keeps or raises it.  The constants
were set on the 60 rows marked `tune` in `benchmarks/geopolitics_labels.csv` so that `RELEVANT` parts geopolitical rows from
others; what the rows that were held out say is in `benchmarks/geopolitics.md`.

**Languages.**  There are term lists for Arabic, Chinese, Danish, Dutch, English, French, German, Italian, Japanese, Norwegian,
Polish, Portuguese, Russian, Spanish, Swedish, Turkish and Ukrainian.  A text in another language is looked through for that
language's country names from CLDR, for English names, and for the few terms that are written alike everywhere (NATO,
Hamas), so its score stays low; a text of unknown language is taken as English.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import exp2, sqrt

from cleaning.lexicon import Entry, Lexicon, base_language, lexicon
from cleaning.limits import LONG
from cleaning.models import CountryMention, Geopolitics, TermMention

RELEVANT = 0.5
"""From here on an article is called geopolitical."""

TITLE, LEAD, BODY = 1.0, 0.8, 0.2  # LEAD by the grid over the tune rows
LEAD_CHARACTERS = 500  # tune rows, leads and whole articles: 600 and more let false alarms in
BODY_LIMIT = 0.3  # likewise, 0.6 let one in
PARTY_STEP = 2.0  # below the grid's best (3): one country and one word of weight 0.5 in the lead stay below RELEVANT
TERM_STEP = 1.5  # by the grid
COUNTER_SHARE = 1.3  # by the grid
HALF_PARTIES = frozenset({"organisation", "actor", "region"})

_OTHER_CODES = {"UK": "GB", "EL": "GR"}


def assess(title: str | None, text: str, language: str | None, home_country: str | None) -> Geopolitics:
    """The geopolitics score of an article, with the countries and terms found in its title and text.

    `language` is BCP 47 or None, `home_country` the outlet's own ISO 3166-1 alpha-2 code or None: its names and its capital
    are neither counted nor listed.  Countries and terms come most frequent first; `names` and `term` are as they stand in
    the article (a term by its first finding).  Pure; the language's lists are read on first use.
    """
    words = lexicon(base_language(language))
    home = (home_country or "").upper()
    countries, terms = _found(words, title or "", text, _OTHER_CODES.get(home, home))
    return Geopolitics(
        score=_score(countries.values(), terms.values()),
        countries=tuple(
            CountryMention(code=code, names=tuple(found.names), count=found.count) for code, found in _ranked(countries)
        ),
        terms=tuple(
            TermMention(term=next(iter(found.names)), topic=found.topic, count=found.count) for _, found in _ranked(terms)
        ),
    )


class _Found:
    """What was found of one country or one term: the names as they stand with the first place of each, how often, the weight of
    the best place."""

    def __init__(self, topic: str = "", weight: float = 1.0) -> None:
        self._first: dict[str, int] = {}
        self.count = 0
        self.place = 0.0
        self.topic = topic
        self.weight = weight

    def add(self, name: str, start: int, place: float) -> None:
        self._first[name] = min(start, self._first.get(name, start))
        self.count += 1
        self.place = max(self.place, place)

    @property
    def names(self) -> list[str]:
        """The names in the order in which they are first found."""
        return sorted(self._first, key=lambda name: self._first[name])


def _found(words: Lexicon, title: str, text: str, home: str) -> tuple[dict[str, _Found], dict[str, _Found]]:
    """The foreign countries that are named, and the terms; an ambiguous name (Georgia, Jordan) counts only beside a country that
    it needs."""
    countries: dict[str, _Found] = {}
    terms: dict[str, _Found] = {}
    sure: set[str] = set()
    doubtful: list[tuple[Entry, str, int, float]] = []

    def name(entry: Entry, said: str, start: int, place: float) -> None:
        for code in entry.codes:
            if code != home:
                countries.setdefault(code, _Found()).add(said, start, place)

    for entry, said, start, place in _hits(words, title, text):
        if entry.topic:
            terms.setdefault(entry.form, _Found(entry.topic, entry.weight)).add(said, start, place)
        if entry.needs:
            doubtful.append((entry, said, start, place))
        else:
            sure.update(entry.codes)
            name(entry, said, start, place)
    for entry, said, start, place in doubtful:
        if sure.intersection(entry.needs):
            name(entry, said, start, place)
    return countries, terms


def _hits(words: Lexicon, title: str, text: str) -> Iterator[tuple[Entry, str, int, float]]:
    """Every entry that counts, what stands there, where it begins (in the title below 0), and the weight of that place.

    A long text is looked through some paragraphs at a time; nothing that is looked for goes over a paragraph's end.
    """
    for hit in words.find(title):
        if hit.entry.topic != "none":
            yield hit.entry, title[hit.start : hit.stop], hit.start - len(title), TITLE
    offset = 0
    while offset < len(text):
        end = text.find("\n\n", offset + LONG)
        piece = text if end < 0 and not offset else text[offset : end if end >= 0 else len(text)]
        for hit in words.find(piece):
            if hit.entry.topic != "none":
                start = hit.start + offset
                yield hit.entry, piece[hit.start : hit.stop], start, LEAD if start < LEAD_CHARACTERS else BODY
        offset += len(piece)


def _ranked(found: dict[str, _Found]) -> list[tuple[str, _Found]]:
    return sorted(found.items(), key=lambda item: (-item[1].count, item[0]))


def _score(countries: Iterable[_Found], terms: Iterable[_Found]) -> float:
    evidence = [term for term in terms if not term.topic.startswith("counter:")]
    parties = _sum((country.place, 1.0) for country in countries)
    parties += _sum((term.place, 0.5) for term in evidence if term.topic in HALF_PARTIES)
    strength = _sum((term.place, term.weight) for term in evidence)
    counter = _sum((term.place, term.weight) for term in terms if term.topic.startswith("counter:"))
    total = parties + strength
    if not total:
        return 0.0
    both = (1 - exp2(-PARTY_STEP * parties)) * (1 - exp2(-TERM_STEP * strength))
    return round(sqrt(both) * total / (total + COUNTER_SHARE * counter), 3)


def _sum(parts: Iterable[tuple[float, float]]) -> float:
    """Place times weight, summed; what stands in the body alone counts up to BODY_LIMIT."""
    near = far = 0.0
    for place, weight in parts:
        if place > BODY:
            near += place * weight
        else:
            far += place * weight
    return near + min(far, BODY_LIMIT)
