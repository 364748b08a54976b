"""`copydesk serve`: Datasette on one store, to read only, for this machine only."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm

from storage.connection import reading_address
from storage.errors import StorageError
from storage.schema import NEWS, selection
from storage.store import Store
from storage.web import plugin

HOST = "127.0.0.1"
_HERE = Path(__file__).parent
SETTINGS = {
    # Datasette's own pages count and guess at facets, which takes seconds on a big table.
    "suggest_facets": False,
    "facet_time_limit_ms": 200,
    "sql_time_limit_ms": 2000,
    "allow_csv_stream": False,
    "allow_download": False,
    "default_cache_ttl": 0,  # the store changes under it
    "num_sql_threads": 4,
}


class StoreFile(Database):  # type: ignore[misc]  # Datasette has no types
    """A store, opened to read wherever it lies, whose tables are not counted for the list of them: that takes seconds."""

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """A connection that cannot write, whatever is asked of it."""
        if write:
            raise StorageError("the reading pages only read")
        address = reading_address(Path(self.path)).replace("?mode=rw", "?mode=ro")
        connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        if selection.is_selection(connection):
            selection.stand_in(connection, NEWS.versions)
        self._all_file_connections.append(connection)
        return connection

    async def table_counts(self, limit: int = 10) -> dict[str, int | None]:  # noqa: ARG002
        """Each table, with None for "many"."""
        return dict.fromkeys(await self.table_names())


def application(path: Path) -> Datasette:
    """Datasette on the store at `path`, with our pages in front.  Raises a StorageError for what is no store of this version."""
    with Store(path, read_only=True):
        pass  # a sentence now, not an error page later
    if not pm.is_registered(plugin):
        pm.register(plugin, name="copydesk")
    served = Datasette(
        [str(path)],
        settings=SETTINGS,
        template_dir=str(_HERE / "templates"),
        static_mounts=[("-/copydesk", str(_HERE / "static"))],
        metadata={
            "plugins": {plugin.NAME: {"store": True}},
            "databases": {path.stem: {"tables": {"articles": {"size": 50}, "news": {"size": 50}}}},
        },
    )
    served.remove_database(path.stem)
    served.add_database(StoreFile(served, path=str(path), is_mutable=True), name=path.stem)
    return served


class _Server(uvicorn.Server):
    """One that tells when it answers: an address that is only taken refuses whoever is quick."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self._ready()


def serve(path: Path, port: int, ready: Callable[[str], None]) -> None:
    """Serve the store until Ctrl-C; `ready` is told the address once it answers.  Port 0 takes one that is free.

    Raises a StorageError for a store that cannot be read and a port that is taken.
    """
    app = application(path).app()
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    config = uvicorn.Config(app, host=HOST, port=port, log_config=None, access_log=False, server_header=False)
    try:
        taken = config.bind_socket()
    except SystemExit as error:  # what uvicorn does about an address that it cannot have
        raise StorageError(f"port {port} cannot be had: another program uses it; choose one with --port") from error
    try:
        _Server(config, lambda: ready(f"http://{HOST}:{taken.getsockname()[1]}/")).run(sockets=[taken])
    finally:
        taken.close()
