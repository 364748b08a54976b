"""JSON-LD: schema.org's NewsArticle, one graph, an article a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cleaning.identity import uid
from cleaning.models import Article
from storage.export.fields import Shape, Written
from storage.export.target import opening
from storage.terms import word_count
from storage.when import iso

_KINDS = ("NewsArticle", "Article", "BlogPosting", "LiveBlogPosting", "Report")
"""Types whose own name is kept where the page states it; schema.org's other kinds of news end in NewsArticle."""


def write_jsonld(articles: Iterator[Article], path: Path, shape: Shape) -> Written:
    """Write a document of one `@graph`; read as a whole by any JSON-LD processor, and line by line by whoever must."""
    with opening(path, shape.compression) as file:
        file.write('{"@context": "https://schema.org", "@graph": [')
        for number, article in enumerate(articles):
            file.write((",\n" if number else "\n") + json.dumps(news_article(article, shape), ensure_ascii=False))
        file.write("\n]}\n")
    return Written((path,))


def news_article(article: Article, shape: Shape) -> dict[str, Any]:
    """The article as schema.org has it; what is not known is not there."""
    kind = article.article_type or ""
    found: dict[str, Any] = {
        "@type": kind if kind in _KINDS or kind.endswith("NewsArticle") else "NewsArticle",
        "@id": article.canonical_url or article.url,
        "identifier": uid(article.url_key),
        "url": article.url,
        "headline": article.title,
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "publisher": {"@type": "NewsMediaOrganization", "name": article.publisher} if article.publisher else None,
        "sourceOrganization": {"@type": "Organization", "name": article.agency} if article.agency else None,
        "datePublished": iso(article.published_at) if article.published_at else None,
        "dateModified": iso(article.modified_at) if article.modified_at else None,
        "inLanguage": article.language,
        "articleSection": article.section,
        "dateline": article.dateline,
        "keywords": list(article.tags),
        "isAccessibleForFree": article.is_accessible_for_free,
        "license": article.rights.licence,
        "wordCount": word_count(article.text),
    }
    if shape.text:
        found |= {
            "description": article.summary,
            "articleBody": article.text or None,
            "image": [
                {"@type": "ImageObject", "url": i.url, "caption": i.caption, "creditText": i.credit} for i in article.images
            ],
        }
        found["image"] = [{name: value for name, value in image.items() if value} for image in found["image"]]
    return {name: value for name, value in found.items() if value not in (None, [])}
