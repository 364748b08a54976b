"""What can go wrong in the crawler room: one base class, the data on the exception, the cause chained."""

from __future__ import annotations


class CrawlerError(Exception):
    """Base of every error that the crawler room raises; its text is one plain sentence for the user."""


class SourceError(CrawlerError):
    """A source definition cannot be used: `path` the file (or None), `key` the key in it (or None), `reason` why.

    `position` is the line and column (from 1) of the key in the file, where they are known.
    """

    def __init__(self, path: object, key: str | None, reason: str, position: tuple[int, int] | None = None) -> None:
        place = ":".join(map(str, (path, *position))) if path and position else path
        super().__init__(": ".join(str(part) for part in (place, key, reason) if part))
        self.path = path
        self.key = key
        self.reason = reason
        self.position = position


class UnknownSourceError(CrawlerError):
    """No definition has the id `source_id`; `similar` are ids that are spelled nearly so."""

    def __init__(self, source_id: str, similar: tuple[str, ...] = ()) -> None:
        hint = f" (did you mean {' or '.join(similar)}?)" if similar else ": see `copydesk sources list`"
        super().__init__(f"there is no source {source_id!r}{hint}")
        self.source_id = source_id
        self.similar = similar


class ContactMissingError(CrawlerError):
    """A crawl beyond loopback was asked for without a contact; `url` is the first address that would have been fetched."""

    def __init__(self, url: str) -> None:
        super().__init__(
            f"{url} is beyond this machine and no contact is set: put contact = \"you@example.org\" (a mail address or a URL of"
            " yours) into copydesk.toml, or give --contact, so that the sites you crawl can reach you"
        )
        self.url = url


class RefusedError(CrawlerError):
    """The guard does not let a request out: `url` what was asked for, `reason` why not."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason


class StoreBusyError(CrawlerError):
    """Another crawl holds the store: `path` the store, `holder` what its lock says of it."""

    def __init__(self, path: object, holder: str) -> None:
        super().__init__(f"{path}: another crawl is using this store{f' ({holder})' if holder else ''}")
        self.path = path
        self.holder = holder


class RunFailedError(CrawlerError):
    """The process that crawls ended without a report; `reason` is the last thing it said."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the crawl broke off: {reason}")
        self.reason = reason
