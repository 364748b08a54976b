"""Who wrote it: people in `authors`, agencies and outlets apart."""

from __future__ import annotations

import re

from cleaning.document import Element, Part, squeeze
from cleaning.metadata import jsonld
from cleaning.metadata.head import Head
from cleaning.models import Candidate, Claim
from cleaning.names import is_byline
from cleaning.rules.model import words

AGENCIES = (
    "AFP",
    "AP",
    "APA",
    "ANI",
    "ANP",
    "ANSA",
    "Agence France-Presse",
    "Agencia EFE",
    "Anadolu",
    "Anadolu Agency",
    "Associated Press",
    "Belga",
    "Bloomberg",
    "CTK",
    "ČTK",
    "DPA",
    "EFE",
    "Europa Press",
    "IANS",
    "IRNA",
    "Interfax",
    "KNA",
    "Keystone-SDA",
    "Kyodo",
    "Kyodo News",
    "Lusa",
    "NTB",
    "PA Media",
    "PAP",
    "PTI",
    "Press Association",
    "Press Trust of India",
    "RIA Novosti",
    "Reuters",
    "Ritzau",
    "SDA",
    "SID",
    "STT",
    "TASS",
    "TT",
    "The Associated Press",
    "UPI",
    "Ukrinform",
    "Xinhua",
    "Yonhap",
    "afp",
    "apa",
    "dpa",
    "epd",
    "sid",
    "dpa-AFX",
    "dpa-infocom",
    "АФП",
    "Интерфакс",
    "РИА Новости",
    "Рейтер",
    "ТАСС",
    "新华社",
    "共同社",
    "연합뉴스",
)
"""News agencies as they sign; matched with their case (a case-blind "ap" hits words)."""

_AGENCY = set(AGENCIES)
_LEAD = re.compile(
    r"^\s*(?:(?:written|reported|posted|published|words|story|text|report|article|analysis|opinion|interview|"
    r"photographs?|photos?)\s+)?"
    r"(?:by|von|par|por|di|da|del|door|av|af|od|autor(?:en|in|a)?|text|texto|testo|texte|tekst|author[s]?|"
    r"автор[ыа]?|текст|oleh|yazan|szerző|de|記者|文)\s*[:：]?\s+",
    re.I,
)
_SPLIT = re.compile(
    r"\s*(?:[;|/•·]|,(?!\s*(?:Jr|Sr|PhD|MD|II|III)\b)|\s(?:and|und|et|y|e|и|та|і|og|och|en|ve|i|a|és|&|و|e\s+il)\s|、|，|\u2003)\s*"
)
_ROLE = re.compile(
    r"\b(?:editor|reporter|correspondent|journalist|writer|columnist|staff|bureau|redaktion|redaktör|redactie|"
    r"redacción|rédaction|redazione|newsroom|desk|"
    r"korrespondent(?:in)?|redakteur(?:in)?|journaliste|correspondant[e]?|corresponsal|periodista|reporterin|"
    r"contributor|team|agency|agencies|agentur(?:en)?|agencias|agences|online|"
    r"newsdesk|webdesk|web desk|news service|photographer|producer|chef|chief|analyst|author|autor|"
    r"mitarbeiter(?:in)?|volontär(?:in)?|redaktorin?|redaktor|"
    r"editorial|board|admin|guest|gast|special to|exclusive|politik|wirtschaft)\b",
    re.I,
)
_NOT_NAME = re.compile(r"https?:|www\.|@|\d{2,}|^(?:unknown|none|null|author|n/a|undefined)$", re.I)


def choose_authors(
    head: Head, parts: list[Part], sites: list[str], claims: tuple[Claim, ...]
) -> tuple[list[str], str | None, list[Candidate]]:
    """People in order, the agency if one signs, and every candidate.

    JSON-LD first, then meta tags, microdata and rel=author, then the byline's text, then the feed's word; the first source
    that names a
    person wins.  Where none does, the organisation that the page itself declares as the author (schema.org lets one be)
    stands in the authors' place: an agency, a newsroom, the outlet.
    """
    sources: list[tuple[str, list[str]]] = [
        ("json-ld", _ld_authors(head)),
        ("meta", [v for v in head.all(*AUTHOR_META) if not _NOT_NAME.search(v)]),
        ("microdata", head.microdata.get("author", [])[:4]),
        ("rel=author", head.rel_author[:4]),
        ("byline", _bylines(parts)),
        ("feed", [c.value for c in claims if c.field == "author"]),
    ]
    agency: str | None = None
    chosen: list[str] = []
    winner = ""
    site_keys = {words(s).replace(" ", "") for s in sites}
    for source, values in sources:
        people, found_agency = people_of(values, site_keys)
        if source == "byline":
            people = [p for p in people if _BYLINE_NAME.match(p)]
        agency = agency or found_agency
        if people and not chosen:
            chosen, winner = people, source
    if not chosen:
        for source, values in sources[:2]:
            named = [squeeze(v) for v in values if 1 < len(squeeze(v)) <= 60 and not _NOT_NAME.search(v)]
            if named:
                chosen, winner = list(dict.fromkeys(named))[:3], source
                break
    agency = agency or _signature_agency(parts)
    candidates = [Candidate(field="authors", value=v, source=s, chosen=s == winner) for s, values in sources for v in values[:6]]
    return chosen, agency, candidates


AUTHOR_META = (
    "author",
    "article:author",
    "byl",
    "dc.creator",
    "dcterms.creator",
    "sailthru.author",
    "parsely-author",
    "cxenseparse:author",
    "article.author",
    "og:article:author",
    "citation_author",
    "article:author_name",
)
_BYLINE_NAME = re.compile(
    r"^(?:[^\W\d_a-zà-ÿ][\w.'’-]*(?:\s+(?:[a-zà-ÿ]{1,4}\s+)?[^\W\d_a-zà-ÿ][\w.'’-]*){1,3}|"
    r"[\u3040-\u9fff\uac00-\ud7af·]{2,8}|[\u0590-\u06ff\s]{5,40})$"
)
_SIGNED = re.compile(r"^\(?((?:[A-Za-zÀ-ÿ-]{2,12})(?:\s?[/,]\s?[A-Za-zÀ-ÿ-]{2,12})*)\)?\.?$")


def _signature_agency(parts: list[Part]) -> str | None:
    """The agency that signs on a line of its own, `(dpa/mkt)`, or in the dateline, `KYIV (Reuters) -`, within the kept blocks
    and just behind."""
    kept = [p for p in parts if p.kept]
    for part in (*kept[:3], *kept[-3:]):
        if len(part.text) <= 40 and (match := _SIGNED.match(part.text)):
            for piece in re.split(r"\s?[/,]\s?", match.group(1)):
                if found := _agency_of(piece):
                    return found
    for part in kept[:3]:
        if (match := re.match(r"^[^()]{2,50}\(([^()]{2,30})\)\s?[-–—:]?", part.text)) and (
            found := _agency_of(match.group(1).split("/")[0].strip())
        ):
            return found
    return None


def _ld_authors(head: Head) -> list[str]:
    node = head.article
    found: list[str] = []
    for key in ("author", "creator"):
        value = node.get(key)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict) and "@id" in item and not item.get("name"):
                item = next((n for n in head.nodes if n.get("@id") == item["@id"] and n.get("name")), item)
            found.extend(jsonld.texts(item))
        if found:
            break
    return [squeeze(f) for f in found]


def _bylines(parts: list[Part]) -> list[str]:
    """Short lines around the body's start or end whose markup says author, or that open with a byline's word and a name."""
    kept = [p.index for p in parts if p.kept]
    if not kept:
        return []
    near = [p for p in parts if kept[0] - 20 <= p.index <= kept[0] + 4 or kept[-1] - 1 <= p.index <= kept[-1] + 6]
    found: list[str] = []
    for part in near:
        if len(part.text) > 120:
            continue
        marked = any("author" in c.zones and c.characters <= 300 for c in part.containers[-3:])
        foreign = any({"comments", "related", "chrome"} & c.zones for c in part.containers)
        inner = None if marked or foreign or part.element is None else _marked_inside(part.element)
        if (marked and not foreign) or is_byline(part.text):
            found.append(part.text)
        elif inner:
            found.append(inner)
        elif found:
            break  # one byline: another further down is another article's
    return found[:4]


def _marked_inside(element: Element) -> str | None:
    """The text of an inline element that calls itself the author, in a line with other things (a date, a reading time)."""
    for inner in element.iter("span", "a", "b", "strong", "em"):
        if re.search(r"author|byline|autor", inner.get("class") or "", re.I):
            text = squeeze("".join(inner.itertext()))
            if 3 < len(text) <= 100:
                return text
    return None


def people_of(values: list[str], site_keys: set[str]) -> tuple[list[str], str | None]:
    """Names of people out of strings that may join several, name roles, agencies or the outlet."""
    people: list[str] = []
    agency: str | None = None
    for value in values:
        text = re.sub(r"<[^>]+>|\([^)]*\)|\[[^\]]*\]", " ", value)
        text = squeeze(_LEAD.sub("", squeeze(text)))
        for piece in _SPLIT.split(text):
            name = squeeze(_LEAD.sub("", piece)).strip(" ,.;:|-–—*")
            if found := _agency_of(name):
                agency = agency or found
                continue
            if _is_person(name, site_keys) and words(name) not in {words(p) for p in people}:
                people.append(_recase(name))
    return people[:12], agency


def _agency_of(name: str) -> str | None:
    return name if name in _AGENCY else None


def _is_person(name: str, site_keys: set[str]) -> bool:
    if not 2 < len(name) <= 60 or _NOT_NAME.search(name) or len(name.split()) > 6:
        return False
    key = words(name).replace(" ", "")
    if key in site_keys or any(len(k) > 3 and k in key and len(key) < len(k) + 10 for k in site_keys):
        return False
    if _ROLE.search(name):
        return False
    return name[0].isalpha() and (not name.islower() or not name.isascii())


def _recase(name: str) -> str:
    """A name in capitals throughout is written as a name: JEAN DUPONT is Jean Dupont."""
    return name.title() if name.isupper() and len(name) > 5 and " " in name else name
