"""Our pages as a plugin of Datasette: routes, the gate, and what templates may use."""

from __future__ import annotations

from typing import Any

from datasette import hookimpl

from storage.web import pages, wording
from storage.web.gate import App, gate

NAME = "copydesk"


def _ours(datasette: Any) -> bool:
    """Whether `serve` made this Datasette: another one in the same process goes its own way."""
    return bool(datasette.plugin_config(NAME))


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Any]]:
    """The pages, each with its JSON beside it."""
    if not _ours(datasette):
        return []
    return [
        (r"^/(?P<form>\.json)?$", pages.front),
        (r"^/search(?P<form>\.json)?$", pages.search),
        (r"^/article/(?P<ref>\w+)(?P<form>\.json)?$", pages.article),
        (r"^/article/(?P<ref>\w+)/revisions(?P<form>\.json)?$", pages.revisions),
    ]


@hookimpl
def asgi_wrapper(datasette: Any) -> Any:
    """The gate before everything."""

    def leave(app: App) -> App:
        return app

    return gate if _ours(datasette) else leave


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Any) -> None:
    """Filters for our templates."""
    if _ours(datasette):
        env.filters.update(wording.FILTERS)
