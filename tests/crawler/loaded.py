"""Loads what a run's process needs, down to what it would load at its first page: the tables of cleaning, Scrapy's components."""

from __future__ import annotations

import tempfile
from itertools import chain
from pathlib import Path

from scrapy.settings import Settings
from scrapy.utils.misc import load_object

import crawler.process  # noqa: F401
from cleaning import Page, clean
from crawler.settings import scrapy_settings
from storage import Store


def _names(value: object) -> list[str]:
    values = chain(value, value.values()) if hasattr(value, "values") else [value]
    return [each for each in values if isinstance(each, str) and each.startswith(("scrapy.", "crawler.", "twisted."))]


for setting in Settings(scrapy_settings(None, None)).values():
    for name in _names(setting):
        load_object(name)
words = "The foreign ministers of both countries met on Tuesday to discuss the border treaty that divides them. "
article = clean(Page(url="https://x.example/a", html=f"<title>Talks</title><article><p>{words * 2}</p><p>{words}</p></article>"))
with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "n.db") as store:
    store.save(article, Page(url=article.url, body=b"what it was"))
