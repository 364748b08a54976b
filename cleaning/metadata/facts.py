"""The plain facts that a page states on itself: summary, section, tags, type, access, rights, lead image, publisher."""

from __future__ import annotations

import re
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


def rights(head: Head, page: Page) -> Rights:
    """Robots directives, TDM reservation and licence, from headers and meta tags; headers count beside the page's words."""
    headers = {name.lower(): value for name, value in page.headers}
    robots: list[str] = []
    for value in (headers.get("x-robots-tag", ""), *head.all("robots", "googlebot-news", "copydesk")):
        robots.extend(d.strip().lower() for d in value.split(",") if d.strip())
    reservation = headers.get("tdm-reservation") or head.first("tdm-reservation")
    licence = head.links.get("license") or jsonld.text(head.article.get("license")) or None
    return Rights(
        robots=tuple(dict.fromkeys(robots)),
        tdm_reservation={"1": True, "0": False}.get(reservation.strip()) if reservation else None,
        tdm_policy=headers.get("tdm-policy") or head.first("tdm-policy") or None,
        noai=any(d in ("noai", "noimageai", "noml") for d in robots),
        licence=licence,
    )
