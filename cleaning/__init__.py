"""The cleaning room: makes articles of pages.  Pure: no network, no database, no Scrapy."""

from cleaning.models import Article, Block, Claim, Geopolitics, Page, Removal, SiteMemory, SiteRules
from cleaning.pipeline import clean

__all__ = ["Article", "Block", "Claim", "Geopolitics", "Page", "Removal", "SiteMemory", "SiteRules", "clean"]
