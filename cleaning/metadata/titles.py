"""The article's own headline, among everything that a page calls itself."""

from __future__ import annotations

import re

from cleaning.document import Element, Part, squeeze
from cleaning.metadata import jsonld
from cleaning.metadata.head import Head, order_of_h1
from cleaning.models import Candidate, Claim
from cleaning.normalise import repair_mojibake
from cleaning.rules.model import spaceless, words
from cleaning.zones import zones_of

_SEPARATOR = re.compile(r"\s+[|–—»«·•›:~-]{1,2}\s+|\s*[|]\s*|\s+//\s+|\s+<\s+")
MOST_CHARACTERS = 300
"""Longer than this is no headline."""

WEIGHTS = {
    "h1": 3.6,
    "json-ld": 2.9,
    "microdata": 2.0,
    "og:title": 2.0,
    "title": 1.6,
    "twitter:title": 1.0,
    "feed": 1.5,
    "h1.other": 0.8,
    "h1.headline": 9.0,
    "h1.label": 0.8,
    "h1.apart": 0.8,
    "h2": 9.0,
    "json-ld.news": 9.0,
}
"""What a source's word counts.  On the fundus pages the gold title is the first h1's in 75 % of the cases, JSON-LD's in 75 %,
og:title's in 62 %, the title element's without the site name in 59 %, twitter:title's in 45 %.

An h1 that shares its words with what the head of the page says (`h1.headline`) is the headline that readers see, and the others
are its form for search engines: on the pages where all of them agree against it, it is the gold title twice as often.  An h1
that shares none and has up to three words (`h1.label`) names the site or a section.
An h1 in the breadcrumb trail, or named for search engines (`h1.apart`) is not what readers see as the headline where an h2
says what the cards for sharing call the article (`h2`).
In a NewsArticle node the headline is the newsroom's own field and not the search engine form of a plug-in (`json-ld.news`): it is
the gold title on 14 of 19 pages where it stands against the h1."""

SHARED = 0.44
"""The share of the shorter one's words that an h1 and another title have in common where both are about one article."""


def is_title_like(text: str) -> bool:
    """Whether a line can be a headline: up to 300 characters, a letter or digit in it, and not three sentences or more."""
    return (
        0 < len(text) <= MOST_CHARACTERS
        and any(c.isalnum() for c in text)
        and len(re.findall(r"[.!?。！？]['\"”’»]*\s+\S", text)) < 3
    )


def opens_as_title(text: str) -> bool:
    """Whether the first line of a plain text is its headline: it can be one, and is no sentence of over 160 characters."""
    return is_title_like(text) and not (len(text) > 160 and text.rstrip().endswith((".", "。")))


def cut_site_name(text: str, sites: list[str]) -> str:
    """`text` without the site's name behind it (or before it), with its separator.  Never more than a name is cut."""
    known = {words(s).replace(" ", "") for s in sites}
    known.discard("")
    for _ in range(3):
        cuts = list(_SEPARATOR.finditer(text))
        if not cuts:
            return text
        last, first = cuts[-1], cuts[0]
        if _names_site(text[last.end() :], known) and text[: last.start()].strip():
            text = text[: last.start()].strip()
        elif _names_site(text[: first.start()], known) and text[first.end() :].strip():
            text = text[first.end() :].strip()
        elif len(cuts) > 1 and _names_site(text[cuts[-2].end() :], known):
            text = text[: cuts[-2].start()].strip()
        else:
            return text
    return text


def _names_site(part: str, known: set[str]) -> bool:
    key = words(part).replace(" ", "")
    if not key or len(part) > 50:
        return False
    if key in known:
        return True
    # "BBC News" of "bbc", "Example Online" of "example.com"
    return any(len(k) >= 3 and (key.startswith(k) or key.endswith(k)) and len(key) <= len(k) + 12 for k in known)


def cut_pipe_suffix(text: str) -> str:
    """A headline of four words or more without a short ` | Section` or ` | Site` behind it (three words at most)."""
    stem, bar, suffix = text.rpartition(" | ")
    if bar and len(suffix.split()) <= 3 and len(stem.split()) >= 4:
        return cut_pipe_suffix(stem.strip())
    return text


def choose_title(
    head: Head, parts: list[Part], sites: list[str], claims: tuple[Claim, ...]
) -> tuple[str | None, list[Candidate]]:
    """The winner and all candidates.

    Every source votes with its weight for the words it gives (site name cut); among equal words the h1's writing wins.
    """
    raw: list[tuple[str, str]] = []
    if headline := jsonld.text(head.article.get("headline") or head.article.get("name")):
        raw.append(("json-ld", squeeze(headline)))
    raw.extend(("microdata", t) for t in head.microdata.get("headline", [])[:1])
    raw.extend(("og:title", t) for t in head.all("og:title")[:1])
    raw.extend(("twitter:title", t) for t in head.all("twitter:title", "dc.title", "sailthru.title", "parsely-title")[:1])
    raw.append(("title", head.title))
    raw.extend(("feed", squeeze(c.value)) for c in claims if c.field == "title")
    h1 = _first_named(sorted((h1 for h1 in order_of_h1(head, parts) if h1[0]), key=lambda h1: _continues(h1[0])), raw)
    shown = _heading_shown(h1[0][1], parts, raw) if h1 else None
    raw[:0] = [("h1" if i == 0 else "h1.other", text) for i, (text, _) in enumerate(h1[:4])]
    if shown:
        raw.insert(0, ("h2", shown))
    raw = [(source, repair_mojibake(text)) for source, text in raw if text]
    candidates = [(source, cut_pipe_suffix(cut_site_name(text, sites)), text) for source, text in raw]
    candidates = [(s, t, r) for s, t, r in candidates if is_title_like(t) and not _only_site(t, sites)]
    candidates = [c for c in candidates if not _continues(c[1])] or candidates
    candidates = [c for c in candidates if not _is_cut_short(c[1], candidates)] or candidates
    if not candidates:
        return None, []
    if shown:
        weights = WEIGHTS | {"h1": WEIGHTS["h1.apart"]}
    elif _has_newsroom_headline(head, candidates):
        weights = WEIGHTS | {"json-ld": WEIGHTS["json-ld.news"]}
    else:
        weights = WEIGHTS | {"h1": WEIGHTS[_role_of_h1(candidates)]}
        if _is_search_form(candidates):
            weights |= {"title": 0.0, "twitter:title": 0.0}
    votes: dict[str, float] = {}
    for source, text, _ in candidates:
        votes[words(text)] = votes.get(words(text), 0.0) + weights[source]
    # a longer form that another's words end (kicker: headline) or begin supports the shorter one
    for key in votes:
        for source, text, _ in candidates:
            other = words(text)
            if other != key and len(key) > 15 and (other.startswith(key + " ") or other.endswith(" " + key)):
                votes[key] += 0.5 * WEIGHTS[source]
    best = max(candidates, key=lambda c: (votes[words(c[1])], weights[c[0]]))
    chosen = best[1]
    return chosen, [Candidate(field="title", value=r, source=s, chosen=words(t) == words(chosen)) for s, t, r in candidates]


def _continues(text: str) -> bool:
    """Whether a headline begins with an ellipsis: then it is the second half of another one."""
    return text.startswith(("…", "...", "‥", ". . ."))


def _is_search_form(candidates: list[tuple[str, str, str]]) -> bool:
    """Whether JSON-LD and title element say the same, and h1 and og:title each something else: one field for search engines then
    fills both, and they are one witness."""
    told = {source: words(text) for source, text, _ in reversed(candidates)}
    h1, headline, shared, title = (told.get(source) for source in ("h1", "json-ld", "og:title", "title"))
    return None not in (h1, headline, shared) and headline == title and len({h1, headline, shared}) == 3


def _first_named(h1: list[tuple[str, Element]], raw: list[tuple[str, str]]) -> list[tuple[str, Element]]:
    """The h1 elements, the one of several that the head names so (or so behind the site's name) first."""
    told = [words(text) for _, text in raw if text]
    for at, (text, _) in enumerate(h1):
        key = words(text)
        if len(key) > 15 and any(other == key or other.endswith(" " + key) for other in told):
            return [h1[at], *h1[:at], *h1[at + 1 :]]
    return h1


_FOR_SEARCH = re.compile(r"seo-?_?(?:title|headline)", re.I)


def _heading_shown(h1: Element, parts: list[Part], raw: list[tuple[str, str]]) -> str | None:
    """What the cards for sharing and an h2 call the article (behind a kicker or not), where the h1 stands apart: in the
    breadcrumb trail, or named for search engines."""
    around = [h1, *list(h1.iterancestors())[:2]]
    named = [(e.tag, f"{e.get('class') or ''} {e.get('id') or ''}") for e in around if isinstance(e.tag, str)]
    if not any("breadcrumb" in zones_of(tag, label) or _FOR_SEARCH.search(label) for tag, label in named):
        return None
    text = next((text for source, text in raw if source == "og:title"), "")
    key = words(text).replace(" ", "")
    shown = len(key) > 15 and any(p.tag == "h2" and words(p.text).replace(" ", "").endswith(key) for p in parts)
    return text if shown else None


def _has_newsroom_headline(head: Head, candidates: list[tuple[str, str, str]]) -> bool:
    """Whether a NewsArticle node has a headline that is not just the title element's form for search engines, nor the lure on the
    cards for sharing (og:title) where h1 and title element agree on hardly a word of it."""
    if not any("News" in kind or kind == "LiveBlogPosting" for kind in jsonld.types(head.article)):
        return False
    told = {source: text for source, text, _ in reversed(candidates)}
    h1, headline, shared, title = (words(told.get(source, "")) for source in ("h1", "json-ld", "og:title", "title"))
    if not headline or (headline == title and headline != shared):
        return False
    return not (headline == shared and h1 == title != "" and _in_common(told["h1"], told["json-ld"]) < SHARED)


def _is_cut_short(text: str, candidates: list[tuple[str, str, str]]) -> bool:
    """Whether another candidate has more of the same words because this one was cut off: at a quote mark that ended its
    attribute, inside brackets, or with an ellipsis."""
    stem = text.rstrip(" .…")
    for _, other, _ in candidates:
        if len(other) > len(text) and other.startswith(stem):
            rest = other[len(stem) :].lstrip()
            if text.endswith(("…", "...")) or rest.startswith(('"', "“", "„", "«")) or stem.count("(") > stem.count(")"):
                return True
    return False


def _role_of_h1(candidates: list[tuple[str, str, str]]) -> str:
    """The row of `WEIGHTS` by which the first h1 counts."""
    h1 = next((text for source, text, _ in candidates if source == "h1"), None)
    others = [text for source, text, _ in candidates if source in ("json-ld", "og:title", "twitter:title", "title", "microdata")]
    if h1 is None or not others:
        return "h1"
    key = words(h1)
    if any(key != words(other) and _adds_a_label(key, words(other)) for other in others):
        return "h1"
    if _names_what_precedes(candidates, key) or _names_the_site_too(candidates, key):
        return "h1.label"
    best = max(_in_common(h1, other) for other in others)
    if best >= SHARED:
        return "h1.headline"
    return "h1.label" if best == 0.0 and len(_pieces(h1)) <= 3 else "h1"


def _names_what_precedes(candidates: list[tuple[str, str, str]], h1: str) -> bool:
    """Whether the title element is the h1 and what the cards for sharing say: then the h1 is the site's name."""
    told = {source: text for source, text, _ in reversed(candidates)}
    shared, title = words(told.get("og:title", "")), words(told.get("title", ""))
    return bool(shared) and shared != h1 and title in (f"{h1} {shared}", f"{shared} {h1}")


def _names_the_site_too(candidates: list[tuple[str, str, str]], h1: str) -> bool:
    """Whether the h1 is what the page says elsewhere and, without a sign between, how the title element ends: the site's name,
    hidden in the h1 or shown as its logo."""
    title = words(next((text for source, text, _ in candidates if source == "title"), ""))
    told = (words(text) for source, text, _ in candidates if source in ("json-ld", "og:title", "twitter:title"))
    return any(
        15 < len(other) < len(h1) and h1.startswith(other) and title.startswith(f"{other} ") and title.endswith(h1[len(other) :])
        for other in told
    )


def _in_common(one: str, other: str) -> float:
    """The share of the shorter title's words that the other has, too."""
    own, theirs = _pieces(one), _pieces(other)
    return len(own & theirs) / max(1, min(len(own), len(theirs)))


def _pieces(text: str) -> set[str]:
    """The words of a title; its letters where the script writes no spaces."""
    return set(words(text).replace(" ", "")) if spaceless(text) else {w for w in words(text).split() if len(w) > 1 or w.isdigit()}


_LABEL_REST = re.compile(r"^(?:posted|published|updated|on|by|von|am|\d+|[a-z]+ (?:com|org|net|info))\b")


def _adds_a_label(longer: str, shorter: str) -> bool:
    """Whether the longer words are the shorter ones behind a kicker or a date, or with a date or a site's address behind them."""
    if len(shorter) <= 15 or len(longer) <= len(shorter):
        return False
    if longer.endswith(" " + shorter):
        kicker = longer.removesuffix(shorter).split()
        return len(kicker) > 1 or (len(kicker[0]) > 3 and not kicker[0].isdigit())
    return longer.startswith(shorter + " ") and bool(_LABEL_REST.match(longer[len(shorter) + 1 :]))


def _only_site(text: str, sites: list[str]) -> bool:
    key = words(text).replace(" ", "")
    return any(key == words(s).replace(" ", "") for s in sites)
