"""What can go wrong in the storage room: one base class, the data on the exception, the cause chained."""


class StorageError(Exception):
    """Base of every error that the storage room raises; its text is one plain sentence for the user."""


class ConfigError(StorageError):
    """The configuration file or a value over it cannot be used: `path` the file (or None), `key` the setting."""

    def __init__(self, path: object, key: str | None, reason: str) -> None:
        where = f"{path}: " if path else ""
        super().__init__(f"{where}{f'{key}: ' if key else ''}{reason}")
        self.path = path
        self.key = key
        self.reason = reason
