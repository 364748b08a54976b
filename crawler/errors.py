"""What can go wrong in the crawler room: one base class, the data on the exception, the cause chained."""


class CrawlerError(Exception):
    """Base of every error that the crawler room raises; its text is one plain sentence for the user."""
