"""The plain facts that a page states on itself: summary, section, tags, type, access, rights, lead image, publisher."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cleaning.document import squeeze
from cleaning.metadata import jsonld
from cleaning.metadata.head import Head
from cleaning.models import Page, Rights
from cleaning.rules.model import words


@dataclass(slots=True)
class Facts:
    """What `facts` found; None and empty where the page says nothing."""

    summary: str | None = None
    section: str | None = None
    tags: list[str] = field(default_factory=list)
    article_type: str | None = None
    is_accessible_for_free: bool | None = None
    publisher: str | None = None
    image: str | None = None
    rights: Rights = field(default_factory=Rights)


def facts(head: Head, page: Page) -> Facts:
    """Everything that needs no choosing between many sources: the first source that has it wins."""
    node = head.article
    claimed = next((squeeze(c.value) for c in page.claims if c.field == "summary"), "")
    summary = (
        head.first("og:description", "description", "twitter:description")
        or squeeze(jsonld.text(node.get("description")))
        or squeeze(re.sub(r"<[^>]+>", " ", claimed))
    )
    section = squeeze(jsonld.text(node.get("articleSection"))) or head.first(
        "article:section", "section", "cxenseparse:section", "parsely-section"
    )
    kinds = sorted(jsonld.types(node) & jsonld.ARTICLE_TYPES - {"WebPage"})
    return Facts(
        summary=summary or None,
        section=section or None,
        tags=_tags(head),
        article_type=kinds[0] if kinds else head.first("og:type") or None,
        is_accessible_for_free=_access(head),
        publisher=squeeze(jsonld.text(node.get("publisher"))) or head.first("og:site_name") or None,
        image=_image(head),
        rights=rights(head, page),
    )


def _tags(head: Head) -> list[str]:
    values = head.all("article:tag", "news_keywords", "keywords", "parsely-tags") or []
    values += jsonld.texts(head.article.get("keywords"))
    found: dict[str, str] = {}
    for value in values:
        for tag in re.split(r"[,;|]", value):
            tag = squeeze(tag)
            if 1 < len(tag) <= 60 and not tag.startswith("http"):
                found.setdefault(words(tag), tag)
    return list(found.values())[:30]


def _access(head: Head) -> bool | None:
    """Whether the article is free to read: the article's node, its parts where it says nothing, then `article:content_tier`."""
    told = _free(head.article.get("isAccessibleForFree"))
    if told is None:
        parts = head.article.get("hasPart")
        said = [
            _free(p.get("isAccessibleForFree")) for p in (parts if isinstance(parts, list) else [parts]) if isinstance(p, dict)
        ]
        told = False if False in said else None
    if told is None:
        told = {"free": True, "metered": False, "locked": False}.get(head.first("article:content_tier").lower())
    return told


def _free(value: object) -> bool | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, bool):
        return value
    text = str(value or "").strip().lower().rsplit("/", 1)[-1]
    return {"true": True, "false": False}.get(text)


def _image(head: Head) -> str | None:
    image = head.first("og:image", "og:image:url", "twitter:image")
    if image:
        return image
    value = head.article.get("image")
    value = value[0] if isinstance(value, list) and value else value
    return (value.get("url") if isinstance(value, dict) else value) if isinstance(value, (dict, str)) and value else None


_ADDRESSED = frozenset({"*", "copydesk", "googlebot-news"})
"""Robots whose directives count here: all of them, our own, and those that collect news."""
_WITH_VALUE = frozenset({"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"})


def rights(head: Head, page: Page) -> Rights:
    """Robots directives, TDM reservation and licence.

    Directives of headers and meta tags count together.  Of TDM reservations (TDMRep) the page's own word counts before its
    header, and that before the file of its site (which came as claims).
    """
    headers: dict[str, list[str]] = {}
    for name, value in page.headers:
        headers.setdefault(name.lower(), []).append(value)
    robots: list[str] = []
    for value in headers.get("x-robots-tag", ()):
        robots.extend(_directives(value))
    for value in head.all("robots", "googlebot-news", "copydesk"):
        robots.extend(d.strip().lower() for d in value.split(",") if d.strip())
    claimed = {c.field: c.value for c in page.claims}
    reservation, policy = _reservation(
        (head.first("tdm-reservation"), head.first("tdm-policy")),
        (headers.get("tdm-reservation", [""])[0], headers.get("tdm-policy", [""])[0]),
        (claimed.get("tdm_reservation", ""), claimed.get("tdm_policy", "")),
    )
    return Rights(
        robots=tuple(dict.fromkeys(robots)),
        tdm_reservation=reservation,
        tdm_policy=policy,
        noai=any(d in ("noai", "noimageai", "noml") for d in robots),
        licence=head.links.get("license") or jsonld.text(head.article.get("license")) or None,
    )


def _directives(header: str) -> Iterator[str]:
    """The directives of an X-Robots-Tag; those that it addresses to another robot by name (`otherbot: noindex`) are not ours."""
    ours = True
    for part in header.lower().split(","):
        name, colon, rest = part.partition(":")
        directive = part.strip()
        if colon and name.strip() not in _WITH_VALUE:
            ours, directive = name.strip() in _ADDRESSED, rest.strip()
        if ours and directive:
            yield directive


def _reservation(*stated: tuple[str, str]) -> tuple[bool | None, str | None]:
    """Of pairs of a reservation and a policy the first reservation that says 1 or 0, and the first policy that goes with it."""
    read = [({"1": True, "0": False}.get(said.strip()), policy.strip()) for said, policy in stated]
    reservation = next((said for said, _ in read if said is not None), None)
    return reservation, next((policy for said, policy in read if policy and said in (reservation, None)), None)
