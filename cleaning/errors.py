"""What can go wrong in the cleaning room: one base class, the data on the exception."""


class CleaningError(Exception):
    """Base of every error that the cleaning room raises."""


class UnusableInput(CleaningError):
    """A file or page that cannot be read as HTML or text at all.

    `name` is what the user called it (a path, a URL or `-`), `reason` one plain clause without a full stop, `code` the flag
    that an article made of it carries.
    """

    def __init__(self, name: str, reason: str, code: str = "unreadable") -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason
        self.code = code
