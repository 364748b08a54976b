"""`clean`: a `Page` in, an `Article` out."""

from __future__ import annotations

from trafilatura import bare_extraction

from cleaning.identity import text_key, url_key
from cleaning.models import Article, Block, Page, SiteMemory, SiteRules

EXTRACTOR = "trafilatura"


def clean(page: Page, *, site: SiteRules | None = None, memory: SiteMemory | None = None) -> Article:
    """Make an article of a page.  Pure; never raises on bad content: no article comes back as `status="rejected"`."""
    html = page.html if page.html is not None else (page.body or b"").decode("utf-8", "replace") or page.text or ""
    key = url_key(page.url) if page.url else text_key(html)
    found = bare_extraction(html, url=page.url, include_comments=False, with_metadata=True) if page.text is None else None
    text = found.text if found is not None else page.text or ""
    blocks = tuple(Block(text=line.strip()) for line in text.split("\n") if line.strip())
    return Article(
        url=page.url, url_key=key, source=site.source if site else None, title=found.title if found else None,
        text="\n\n".join(b.text for b in blocks), blocks=blocks, fetched_at=page.fetched_at,
        status="ok" if blocks else "rejected", flags=() if blocks else ("no_text",), extractor=EXTRACTOR, rules_version="0",
    )
