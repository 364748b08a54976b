"""A `Draft` is an article in the making; `build` makes the frozen `Article` of it, with every block accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from cleaning.document import Part
from cleaning.identity import text_key, url_key
from cleaning.liveblog import entry_times
from cleaning.metadata.dates import Moment
from cleaning.metadata.facts import Facts
from cleaning.metadata.head import Head
from cleaning.metadata.pictures import pictures
from cleaning.models import Article, Block, Candidate, Geopolitics, Link, Page, Removal, SiteMemory, SiteRules, Status
from cleaning.rules import NOT_MAIN, RULES_VERSION, SITE_RULES


@dataclass
class Draft:
    """Everything that is known of a page while it is being cleaned."""

    page: Page
    site: SiteRules
    parts: list[Part]
    is_html: bool
    extractor: str = "text"
    content: str = ""
    head: Head | None = None
    title: str | None = None
    title_part: Part | None = None
    sites: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    agency: str | None = None
    published: Moment | None = None
    modified: Moment | None = None
    candidates: list[Candidate] = field(default_factory=list)
    canonical_url: str | None = None
    facts: Facts = field(default_factory=Facts)
    language: str | None = None
    told_by: str | None = None
    """The lines that the language was told by."""
    memory: SiteMemory | None = None
    selected: dict[int, tuple[str, str]] = field(default_factory=dict)
    removed: dict[int, tuple[str, str]] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)
    geopolitics: Geopolitics | None = None
    status: Status = "ok"

    def flag(self, code: str, evidence: str) -> None:
        """Flag the article; the first evidence for a flag stays."""
        self.flags.setdefault(code, evidence)

    def reject(self, code: str, evidence: str) -> None:
        """It is no article (or not one that is wanted): flag why."""
        self.flag(code, evidence)
        self.status = "rejected"


def key_of(page: Page, content: str | None = None) -> str:
    """The page's identity: its URL's key, or that of its decoded text where it has none."""
    if page.url:
        try:
            return url_key(page.url)
        except ValueError:
            return page.url
    if content is None:
        content = page.html if page.html is not None else page.text
    return text_key(content if content is not None else (page.body or b"").decode("utf-8", "replace"))


def rejected(page: Page, site: SiteRules, code: str, reason: str) -> Article:
    """What becomes of a page that cannot be read."""
    return Article(
        url=page.url,
        url_key=key_of(page),
        source=site.source,
        publisher=site.publisher,
        fetched_at=page.fetched_at,
        status="rejected",
        flags=(code,),
        flag_evidence={code: reason},
        rules_version=RULES_VERSION,
    )


def build(draft: Draft, running: list[Part], text: str) -> Article:
    """The frozen article.  Every part of the page is a block of it, its title, or in exactly one removal."""
    kept = sorted((p for p in draft.parts if p.kept), key=lambda p: p.index)
    times = entry_times(draft.head, draft.parts) if draft.head else {}
    for part in kept:
        if part.index in times:
            part.kind = "live_update"
    images = pictures(draft.head, draft.parts, draft.facts.image, draft.page.url or "") if draft.head else ()
    _forget_tree(draft)
    published, modified = draft.published, draft.modified
    return Article(
        url=draft.page.url,
        canonical_url=draft.canonical_url,
        url_key=key_of(draft.page, draft.content),
        source=draft.site.source,
        publisher=draft.site.publisher or draft.facts.publisher,
        title=draft.title,
        summary=draft.facts.summary,
        text=text,
        blocks=tuple([_block(p, times.get(p.index)) for p in kept]),
        authors=tuple(draft.authors),
        agency=draft.agency,
        published_at=published.at if published else None,
        published_raw=published.raw if published else None,
        published_source=published.source if published else None,
        published_precision=published.precision if published else None,
        published_zone=published.zone if published else None,
        modified_at=modified.at if modified else None,
        modified_raw=modified.raw if modified else None,
        modified_source=modified.source if modified else None,
        modified_precision=modified.precision if modified else None,
        modified_zone=modified.zone if modified else None,
        fetched_at=draft.page.fetched_at,
        language=draft.language,
        section=draft.facts.section,
        tags=tuple(draft.facts.tags),
        article_type=draft.facts.article_type,
        is_accessible_for_free=draft.facts.is_accessible_for_free,
        images=images,
        links=_links(draft, running),
        geopolitics=draft.geopolitics,
        rights=draft.facts.rights,
        flags=tuple(draft.flags),
        flag_evidence=draft.flags,
        candidates=tuple(draft.candidates),
        removals=_removals(draft),
        status=draft.status,
        extractor=draft.extractor,
        rules_version=RULES_VERSION,
        memory_version=draft.memory.version if draft.memory else None,
    )


def _forget_tree(draft: Draft) -> None:
    """Let go of the page's tree before the article is made, so that there is never both of a long one."""
    draft.head = None
    for part in draft.parts:
        part.element = None


def _block(part: Part, published_at: datetime | None) -> Block:
    """The block of a part.  Only what it has is named: pydantic notes by name what it was given, 500 bytes for each block."""
    told: dict[str, Any] = {"kind": part.kind, "text": part.text}
    if part.level is not None:
        told["level"] = part.level
    if part.line is not None:
        told["line"] = part.line
    if part.flags:
        told["flags"] = part.flags
    if (share := _link_share((part,))) is not None:
        told["link_share"] = share
    if published_at is not None:
        told["published_at"] = published_at
    return Block(**told)


_OUTSIDE = (NOT_MAIN, "outside the main text")
_IN_RUNS = frozenset({NOT_MAIN, *(rule.id for rule in SITE_RULES)})


def _removals(draft: Draft) -> tuple[Removal, ...]:
    """One removal for each contiguous run of blocks outside the main text or that one rule of the site's took; what another
    named rule took stays one a block."""
    removals: list[Removal] = []
    run: list[Part] = []
    why = _OUTSIDE
    before = 0

    def close() -> None:
        if run:
            share = _link_share(run)
            more: dict[str, Any] = {"block_count": len(run)} if len(run) > 1 else {}
            if run[0].line is not None:
                more["line"] = run[0].line
            removals.append(
                Removal(
                    rule=why[0],
                    evidence=f"{why[1]}, {share:.0%} of it in links" if why == _OUTSIDE and share else why[1],
                    text="\n".join(p.text for p in run),
                    before_block=before,
                    **more,
                )
            )
            run.clear()

    for part in draft.parts:
        if part is draft.title_part:
            continue
        if part.kept:
            close()
            before += 1
        else:
            taken = draft.removed.get(part.index, _OUTSIDE)
            if taken != why or taken[0] not in _IN_RUNS:
                close()
            why = taken
            run.append(part)
    close()
    return tuple(removals)


def _link_share(parts: Sequence[Part]) -> float | None:
    """The share of the characters that stand in links, to two places; None where nothing counted them."""
    characters = linked = 0
    for part in parts:
        if part.tag and part.tag != "table":
            characters += len(part.text)
            linked += part.link_characters
    return round(min(1.0, linked / characters), 2) if characters else None


def _links(draft: Draft, running: list[Part]) -> tuple[Link, ...]:
    """Links out of the running text, each address once."""
    links: dict[str, Link] = {}
    for part in running:
        for href, words in part.links:
            url = _join(draft.page.url or "", href)
            if url.startswith(("http://", "https://")):
                links.setdefault(url, Link(url=url, text=words))
    return tuple(links.values())


def _join(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return href
