"""The storage room: keeps articles and their history in one SQLite file, and finds and exports them."""

from storage.errors import StorageError
from storage.filters import Filters
from storage.records import Saved
from storage.search import Hit
from storage.store import Store

__all__ = ["Filters", "Hit", "Saved", "StorageError", "Store"]
