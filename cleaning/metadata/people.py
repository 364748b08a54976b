"""Who wrote it: people in `authors`, agencies and outlets apart."""

from __future__ import annotations

import re

from cleaning.document import Element, Part, squeeze
from cleaning.metadata import jsonld
from cleaning.metadata.head import Head
from cleaning.models import Candidate, Claim
from cleaning.names import is_byline
from cleaning.rules.model import ends_as_sentence, is_prose, words
from cleaning.rules.wording import wording

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
    "Agence France Presse",
    "Agerpres",
    "Anadolu Ajansı",
    "Antara",
    "Austria Presse Agentur",
    "Australian Associated Press",
    "Bernama",
    "Canadian Press",
    "The Canadian Press",
    "DHA",
    "Deutsche Presse-Agentur",
    "Jiji Press",
    "Keystone-ATS",
    "Schweizerische Depeschenagentur",
    "Tanjug",
    "İHA",
    "İhlas Haber Ajansı",
)
"""News agencies as they sign; matched with their case (a case-blind "ap" hits words)."""

_AGENCY = set(AGENCIES)
_LEAD = re.compile(
    r"^\s*(?:"
    r"(?:(?:this|the)\s+(?:post|article|story)\s+(?:was|is)\s+)?"
    r"(?:(?:written|authored|reported|posted|published|words|story|text|report|article|analysis|opinion|interview|guide|review|"
    r"recipe|content|photographs?|photos?|contributed|compiled|submitted|created)\s*)?"
    r"(?:by|von|par|por|di|da|del|door|av|af|od|autor(?:en|in|a)?|text|texto|testo|texte|tekst|author[s]?|"
    r"автор[ыа]?|текст|oleh|yazan|szerző|de|記者|文)(?:\s*[:：]\s*|\s+)"
    r"|(?:about|meet)\s+(?=[A-Z])|(?:view|see|read|show)?\s*(?:all|more)\s+(?:posts?|articles?|stories|about|from|by)\s+(?:by\s+|from\s+)?|posts?\s+by\s+"
    r"|posted\s+by(?=[A-Z])|view\s+[\w\s]*profile\s*)",
    re.I,
)
_CREDIT_REST = re.compile(
    r"\s*[.,;|•·&–—-]*\s*\b(?:(?:medically\s+|clinically\s+|expert\s+|fact[- ]?)?"
    r"(?:reviewed|edited|checked|verified|translated)\s+by|"
    r"(?:photos?|photographs?|photography|illustrations?|images?|foto|fotos|grafik|video)\s*(?:by|:)|(?:last\s+)?updated|"
    r"published|posted|publié|publicado|pubblicato|veröffentlicht|aktualisiert|actualizado|aggiornato|mis à jour|"
    r"min(?:ute)?s?\s+read|read\s+time)\b.*$",
    re.I,
)
"""What stands behind the authors in a byline: reviewers, editors, photographers, dates.  They are not the authors."""
_BYLINE_DATE = re.compile(
    r"\s*[|•·,–—-]*\s*(?:\bon\s+)?(?:\b(?:[Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un)[a-z]*,?\s+)?"
    r"(?:[A-Z][a-zé]{2,8}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d|"
    r"\d{1,2}\.?\s+(?:de\s+)?[^\W\d_]{3,10}\.?,?\s+(?:de\s+)?(?:19|20)\d\d|"
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{4}年\d{1,2}月\d{1,2}日)(?:[\s,T]*(?:at\s+)?@?\d{1,2}[:.]\d{2}.*)?"
)
_DEGREES = re.compile(
    r"(?:,?\s+(?:M\.?D|Ph\.?D|RDN?|CFP|DVM|J\.?D|MBA|MPH|CPA|RN|D\.?O|DDS|DMD|MSc?|B\.?A|M\.?A|LMFT|LCSW|Psy\.?D|Ed\.?D)\.?\*?)+$"
)
_COURTESY = re.compile(r"\s*(?:기자|記者|记者|특파원|논설위원)$")
_HANDLE = re.compile(r"(?:\s+(?:[Ff]ollow|on [Tt]witter:?))?\s+@\w+")
"""An account's name behind a person's, `Anna Berg @annaberg`, with the button before it."""
_DASHED_ROLE = re.compile(r"\s[–—-]\s[^|•·]+(?=$|[|•·])")
"""What stands behind a dash: where it is a role, `Anna Berg - Science Writer`, it is no part of the name."""
_CAPITALS = re.compile(r"^(?:[^\W\d_a-zß-ÿ]['’.\w]*(?<![a-zß-ÿ])[\s-]){1,3}[^\W\d_a-zß-ÿ]{3,}(?=\s[^\W\d_]?[a-zß-ÿ]\w\w)")
"""A name in capitals before words that are not: `ANNA BERG Special envoy to Riga`."""
_PLACE = re.compile(r"(?<=\w)\s+(?:in|for|für|aus|from|at|bei)\s+(?:the\s+|der\s+|den\s+|die\s+|das\s+)?[A-ZÀ-Ý\u0400-\u042f].*$")
_SPLIT = re.compile(
    r"\s*(?:[;|/•·●]|,\s*(?:and|und|et|y|e|og|och|en|ve)\s|,(?!\s*(?:Jr|Sr|PhD|MD|II|III)\b)|\s(?:and|und|et|y|e|и|та|і|og|och|en|ve|i|a|és|&|و|e\s+il)\s|、|，|\u2003)\s*"
)
_ROLE = re.compile(
    r"\b(?:(?:table of )?contents|sidebar|disclosures?|topics?|this article|quote|various|tv|"
    r"\w*(?:redakteur|korrespondent|journalist|reporter)\w*|"
    r"editors?|correspondents?|writers?|columnists?|staff|bureau|redaktion|redaktör|redactie|"
    r"redacción|rédaction|redazione|newsroom|desk|"
    r"korrespondent(?:in)?|redakteur(?:in)?|journaliste|correspondant[e]?|corresponsal|periodista|reporterin|"
    r"contributor|team|agency|agencies|agentur(?:en)?|agencias|agences|online|"
    r"newsdesk|webdesk|web desk|news service|photographer|producer|chef|chief|analyst|author|autor|"
    r"mitarbeiter(?:in)?|volontär(?:in)?|redaktorin?|redaktor|"
    r"coordinator|consultant|expert|(?:co-?)?founder|ceo|cto|manager|director|specialist|strategist|officer|president|"
    r"professor|head of|lead|grader|instructor|coach|engineer|developer|designer|marketer|marketing|winemaker|attorney|"
    r"university|institute|"
    r"foundation|college|inc|llc|gmbh|written by|last updated|updated|published|posts|articles|share|follow|min read|read more|"
    r"berichterstatter(?:in)?|leiter(?:in)?|ressortleiter(?:in)?|verslaggever|giornalista|inviat[oa]|jornalista|repórter|"
    r"корреспондент|редактор|обозреватель|журналист|muhabir(?:i)?|dziennikarz|"
    r"editorial|board|admin|guest|gast|special to|exclusive|politik|wirtschaft)\b",
    re.I,
)
_CREDENTIAL = re.compile(r"^(?:[A-Z][A-Za-z]{0,2}\.?){0,1}[A-Z]{1,6}(?:-[A-Z]{1,4})?\d{0,3}$|^Ph\.?D\.?$")
_NOT_NAME = re.compile(
    r"https?:|www\.|@|^view more|^(?:full|read|view|author) (?:bio|profile)|\d{2,}|^(?:unknown|none|null|author|n/a|undefined)$",
    re.I,
)


def choose_authors(
    head: Head, parts: list[Part], sites: list[str], claims: tuple[Claim, ...]
) -> tuple[list[str], str | None, list[Candidate]]:
    """People in order, the agency if one signs, and every candidate.

    JSON-LD first, then meta tags, microdata and rel=author, then the byline's text, then the feed's word; the first source
    that names a person wins.  A byline wins where it names all of those and more, or where the machine's word is an account's
    name (`katies`) beside a person's, or a name that the page shows nowhere.  Where no source names a person, a name alone on a
    line below the headline does; then the organisation that the page itself declares as the author (schema.org lets one be)
    stands in the authors' place: an agency, a newsroom, the outlet.
    """
    seen, bare = bylines(parts)
    sources: list[tuple[str, list[str]]] = [
        ("json-ld", _ld_authors(head)),
        ("meta", [v for v in head.all(*AUTHOR_META) if not _NOT_NAME.search(v)]),
        ("microdata", head.microdata.get("author", [])[:4]),
        ("rel=author", head.rel_author[:4]),
        ("byline", seen),
        ("feed", [c.value for c in claims if c.field == "author"]),
    ]
    agency: str | None = None
    site_keys = _keys(sites)
    people: dict[str, list[str]] = {}
    for source, values in sources:
        named, found_agency = people_of(values, site_keys)
        if source == "byline":
            named = [p for p in named if _BYLINE_NAME.match(p)]
        if source == "rel=author":
            named = named[:1] if len(set(map(words, values))) > 2 else named  # a list of other articles has many
        agency = agency or found_agency
        if named:
            people[source] = named
    winner = next(iter(people), "")
    if "byline" in people and winner != "byline" and _says_more(people, winner, seen, parts):
        winner = "byline"
    chosen = people.get(winner, [])
    language = head.language or ""
    bare = [name for name in bare if wording().read(name, language).covered < 1.0]  # a button's words are no name
    sources = [(s, v if s != "byline" else [n for n in v if wording().read(n, language).covered < 1.0]) for s, v in sources]
    sources.append(("below the headline", bare))
    if not chosen:
        chosen, winner = people_of(bare, site_keys)[0], "below the headline"
    if not chosen:
        for source, values in sources[:5]:
            named = [_undressed(v) for v in values]
            named = [v for v in named if 1 < len(v) <= 60 and not _NOT_NAME.search(v) and v[0].isalnum()]
            if source == "byline":
                named = [v for v in named if v[0].isupper() and len(v.split()) <= 5]
            if named:
                chosen, winner = list(dict.fromkeys(named))[: 3 if source == "json-ld" else 1], source
                break
    agency = agency or _signature_agency(parts)
    candidates = [Candidate(field="authors", value=v, source=s, chosen=s == winner) for s, values in sources for v in values[:6]]
    return chosen, agency, candidates


def _says_more(people: dict[str, list[str]], winner: str, values: list[str], parts: list[Part]) -> bool:
    """Whether the byline that readers see tells the authors better than the page's data do: it is one line (or the authors' own
    links) that names all of them and more, or the data hold an account's name, or one that the page shows nowhere."""
    byline, machine = people["byline"], people[winner]
    seen, told = {words(p) for p in byline}, {words(p) for p in machine}
    if told < seen:  # other lines name reviewers and the authors of other articles
        return len(values) == 1 or {words(p) for p in people.get("rel=author", [])} == seen
    if {w for p in told for w in p.split()} & {w for p in seen for w in p.split()} or not all(" " in p for p in byline):
        return False
    if all(" " not in p for p in machine):
        return True
    if len(values) != 1 or not any((by := _BY.match(p.text)) and p.text[by.end() :].startswith(byline[0]) for p in parts):
        return False
    return not any(f" {name} " in f" {words(p.text)} " for p in parts for name in told)


def authors_of_line(line: str, sites: list[str]) -> list[str]:
    """The people named on a line that the rules took for a byline; what stands behind a lone comma is a place or a role:
    `Anna Berg, Riga`."""
    mark = _BY.search(line)
    text = line[mark.end() :] if mark else line
    if text.count(",") == 1 and not re.search(r"[/&]|\s(?:and|und|et|y|e|и|та|і|og|och|en|ve|i)\s", text):
        text = text.split(",")[0]
    keys = _keys(sites)
    for field in re.split(r"\s\|\s", text):  # behind a bar stand a place, a date, a section
        if named := [p for p in people_of([field], keys)[0] if _BYLINE_NAME.match(p)]:
            return named
    return []


def names_people(authors: list[str], sites: list[str]) -> bool:
    """Whether one of the authors is a person and not the outlet itself."""
    return bool(people_of(authors, _keys(sites))[0])


def _keys(sites: list[str]) -> set[str]:
    """The names of the site as they are compared: without spaces."""
    return {words(s).replace(" ", "") for s in sites}


def _undressed(value: str) -> str:
    """A byline's text without its opening word, its dates and what stands behind the authors."""
    text = _LEAD.sub("", squeeze(re.sub(r"<[^>]+>", " ", value)))
    text = _CREDIT_REST.sub("", _BYLINE_DATE.sub(" ", text))
    return squeeze(text).strip(" ,.;:|-–—*•·")


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
    """The agency that signs on a line of its own, `(dpa/mkt)`, or in the dateline, `KYIV (Reuters) -`, within the kept blocks;
    in brackets just behind them, too."""
    kept = [p for p in parts if p.kept]
    behind = [p for p in parts[kept[-1].index + 1 :][:3] if p.text.startswith("(")] if kept else []
    for part in (*kept[:3], *kept[-3:], *behind):
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


_AUTHOR_PATH = re.compile(
    r"/(?:authors?|autor(?:en|es|i)?|auteurs?|redakteure?|journalists?|people|profiles?|contributors?|writers?|by|@)[/?=]?[\w%-]",
    re.I,
)
_BY = re.compile(
    r"(?:^|[\s|•·–—-])(?:[Ww]ritten\s+by|[Aa]uthored\s+by|[Pp]osted\s+by|[Bb]y|BY|Von|von|Par|Por|Di|Door|Av|Autor(?:in)?|Автор|Yazan)\s*[:：]?\s*"
    r"(?=[^\W\d_a-zß-öø-ÿ])"
)
_FOREIGN = frozenset({"comments", "related", "newsletter", "hidden", "figure", "caption", "footer", "card"})


def bylines(parts: list[Part]) -> tuple[list[str], list[str]]:
    """Short lines around the headline and the body's start or end whose markup or link says author, or that have a byline's word
    before a name; and apart from them a bare name on a line of its own just below the headline."""
    kept = [p.index for p in parts if p.kept]
    if not kept:
        return [], []
    total = sum(len(p.text) for p in parts) or 1
    h1 = max((p.index for p in parts if p.tag == "h1" and p.index <= kept[0] + 3), default=kept[0])
    start, end = min(h1, kept[0]), kept[-1]
    near = [p for p in parts[max(0, start - 8) : kept[0] + 6] if len(p.text) <= 160]
    behind = [p for p in parts[max(0, end - 1) : end + 10] if len(p.text) <= 160]
    found, bare = _bylines_in(near, total, h1)
    if any(_BYLINE_NAME.match(name) for name in people_of(found, set())[0]):
        return found, bare
    return _bylines_in(behind, total, -1)[0] or found, bare


def _bylines_in(group: list[Part], total: int, h1: int) -> tuple[list[str], list[str]]:
    found: list[str] = []
    bare: list[str] = []
    last = -1
    for part in group:
        if found and part.index > last + 3:
            break  # one byline: another further down is another article's
        if part.tag == "h1" or any(_FOREIGN & c.zones and c.characters < 0.3 * total for c in part.containers[-4:]):
            continue
        marked = any("author" in c.zones and c.characters <= 300 for c in part.containers[-3:])
        inner = None if part.element is None else _marked_inside(part.element)
        linked = next((t for href, t in part.links if t and len(t) <= 60 and _AUTHOR_PATH.search(href)), None)
        by = _BY.search(part.text)
        if linked and " " in linked and _BYLINE_NAME.match(_undressed(linked)):
            found.extend(t for href, t in part.links if t and _AUTHOR_PATH.search(href))
        elif by and (by.start() == 0 or len(part.text) <= 100) and len(part.text) - by.end() <= 120:
            found.append(_first_field(part.text[by.end() :]))
        elif is_byline(part.text) or (marked and not inner):
            found.append(_first_field(part.text))
        elif inner:
            found.append(inner)
        elif found:
            break
        elif 0 < part.index - h1 <= 4 and h1 >= 0 and part.tag not in ("li", "h2", "h3", "a") and not part.links:
            dated = re.match(r"(.{5,60}?)\s[|●•·]\s(?=.{0,20}\b(?:19|20)\d\d\b)", part.text)
            name = _undressed(dated[1] if dated else part.text)
            if part.text.endswith((":", "：")) or ends_as_sentence(part.text):
                continue  # a label, or a question that opens the text
            if 2 <= len(name.split()) <= 3 and _BYLINE_NAME.match(name) and not is_prose(part.text):
                bare.append(name)
            continue
        else:
            continue
        last = part.index
    return found[:6], bare[:1]


def _first_field(line: str) -> str:
    """The names of `Anna Berg | Riga | 3 May 2025`: behind them stand a place and a date."""
    fields = line.split(" | ")
    return fields[0] if len(fields) > 2 and re.search(r"\d{4}", fields[-1]) else line


def _marked_inside(element: Element) -> str | None:
    """The text of an inline element that calls itself the author, in a line with other things (a date, a reading time)."""
    for inner in element.iter("span", "a", "b", "strong", "em"):
        if re.search(r"author|byline|autor|^fn$", inner.get("class") or "", re.I):  # `fn` is hCard's name in full
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
        text = _DASHED_ROLE.sub(lambda m: "" if _ROLE.search(m[0]) else m[0], _HANDLE.sub("", text))
        for piece in _SPLIT.split(_undressed(text)):
            name = _DEGREES.sub("", squeeze(_LEAD.sub("", piece)).strip(" ,.;:|-–—*"))
            stem = _PLACE.sub("", name)
            name = stem if " " in stem or _agency_of(stem) else name
            if found := _agency_of(name):
                agency = agency or found
                continue
            name = _COURTESY.sub("", name)
            if capitals := _CAPITALS.match(name):
                name = capitals[0]
            if _CREDENTIAL.match(name) and people and name.upper() == name:
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
    if _ROLE.search(name) or (" " in name and words(name).split()[0] in site_keys):
        return False
    return name[0].isalpha() and (not name.islower() or not (name.isascii() or len(name.split()) > 3))


def _recase(name: str) -> str:
    """A name in capitals throughout is written as a name: JEAN DUPONT is Jean Dupont."""
    return name.title() if name.isupper() and len(name) > 5 and " " in name else name
