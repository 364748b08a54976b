"""The Scrapy settings of every run, with the reason for each that is not Scrapy's own."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

PRODUCT = "Copydesk"
"""Our product token: the name that robots.txt groups are matched by."""

PAGE_LIMIT = 10 * 1024 * 1024
"""Bytes that a page may have, packed or unpacked."""
ENDPOINT_LIMIT = 50 * 1024 * 1024
"""Bytes that a feed or sitemap may have, packed or unpacked (the sitemap protocol's own limit)."""
HEADER_LIMIT = 256 * 1024
"""Bytes that the headers of an answer may have together (what browsers take)."""
CODINGS_LIMIT = 3
"""How often an answer may be packed one in another."""
TIMEOUT = 30.0
"""Seconds that one request may take as a whole: name, connection, headers, body."""


PROXY = "COPYDESK_PROXY"
"""Our own setting: the proxy that the user has named, or None."""


def user_agent(contact: str | None) -> str:
    """How Copydesk introduces itself: product, version, and the contact of whoever runs it."""
    try:
        release = version("copydesk")
    except PackageNotFoundError:  # run from a source tree that is not installed
        release = "0"
    return f"{PRODUCT}/{release}" + (f" (+{contact})" if contact else "")


def scrapy_settings(contact: str | None, proxy: str | None = None) -> dict[str, Any]:
    """All settings of a run.  Only loopback is reachable without a contact; that is the guard's business, not decided here."""
    guarded = "crawler.download.PoliteHandler"
    return {
        "BOT_NAME": PRODUCT,
        "USER_AGENT": user_agent(contact),
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        "TWISTED_DNS_RESOLVER": "crawler.guard.GuardResolver",
        "REACTOR_THREADPOOL_MAXSIZE": 32,  # name lookups run there: forty dead names must not wait in line
        "DOWNLOAD_HANDLERS": {"http": guarded, "https": guarded, "file": None, "ftp": None, "s3": None, "data": None},
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # ours also heeds Crawl-delay and outages
            "crawler.politeness.RobotsMiddleware": 100,
            "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
            "crawler.download.UnpackingMiddleware": 590,  # the same, and says in a sentence what it cannot unpack
            "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,  # parses every page once more
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
            # nothing of these is used, and each is a step for every request
            "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
            "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
        },
        "SPIDER_MIDDLEWARES": {
            "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,  # the spider judges the status
            "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
            "scrapy.spidermiddlewares.referer.RefererMiddleware": None,  # no site need know where its address was found
            # pages come from the frontier and not out of callbacks: these two would see none, and wrap every answer twice
            "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
            "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
        },
        "EXTENSIONS": {
            "scrapy.extensions.telnet.TelnetConsole": None,
            "scrapy.extensions.remote_control.RemoteControl": None,
            "scrapy.extensions.feedexport.FeedExporter": None,
            "scrapy.extensions.logstats.LogStats": None,
            "scrapy.extensions.corestats.CoreStats": None,
            "scrapy.extensions.logcount.LogCount": None,
        },
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "CONCURRENT_REQUESTS": 32,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": 0,  # crawler.politeness keeps the distance, and can be stopped while it waits
        "DOWNLOAD_TIMEOUT": TIMEOUT,
        "DOWNLOAD_MAXSIZE": PAGE_LIMIT,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "RETRY_TIMES": 1,
        "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",
        "REDIRECT_MAX_TIMES": 5,
        "COOKIES_ENABLED": False,
        "HTTPPROXY_ENABLED": False,  # it would heed the environment: a proxy resolves names itself, where the guard sees nothing
        PROXY: proxy,
        "CONCURRENT_ITEMS": 1,  # so many tasks are made for every answer, and an answer is one page
        "WARN_ON_GENERATOR_RETURN_VALUE": False,  # it parses every callback's source again and again
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        },
        "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",  # a run counts for itself, in crawler.session
        "LOG_LEVEL": "WARNING",
        "LOG_INSTALL_ROOT_HANDLER": False,
    }
