"""The pages: a question in, a template or JSON out."""

from __future__ import annotations

from itertools import groupby
from typing import Any, get_args
from urllib.parse import urlencode

from datasette.utils.asgi import Response

from cleaning.explain import NO_RULE, facts, flags_shown, is_chrome, page_order, rule_counts
from cleaning.models import RUNNING_KINDS, Article, Removal
from cleaning.rules import sentence
from storage.errors import QueryError
from storage.filters import Filters, Order
from storage.web import reading, wording

ORDERS = get_args(Order)
_SINGLE = ("since", "until", "min_geopolitics", "min_words", "tz", "order")
_SEVERAL = {
    "lang": "language", "source": "source", "author": "author", "tag": "tag", "publisher": "publisher", "country": "country",
    "flag": "flag",
}  # fmt: skip
_FILTER_OF = {"source": "source", "language": "lang", "tag": "tag", "author": "author", "country": "country"}
"""The parameter that asks for a value of a facet.  A month is asked for as dates."""
_NAMES = {"language": wording.language, "country": wording.country}


async def front(request: Any, datasette: Any) -> Response:
    """What is new, by source, by language, by relevance; the last crawl."""
    found = await _ask(datasette, reading.front)
    if request.url_vars["form"]:
        return _json(found)
    tables = datasette.urls.database(datasette.get_database().name)
    return await _page(datasette, request, "front", {**found, "tables": tables})


async def search(request: Any, datasette: Any) -> Response:
    """Hits, and counts to narrow them by."""
    args = request.args
    try:
        page = max(1, _number(args.get("page"), int, "page") or 1)
        filters = _filters(args, offset=(page - 1) * reading.PAGE)
        found = await _ask(datasette, lambda db: reading.found(db, filters))
    except (QueryError, reading.TooSlow) as error:
        said = str(error) or f"No answer after {reading.LIMIT // 1000} seconds: add a word or a date."
        if request.url_vars["form"]:
            return _json({"error": said}, status=400)
        return await _page(datasette, request, "search", {"error": said, **_asked(args)}, status=400)
    facet = args.get("facet")
    if found["by_date"] and facet not in reading.FACETS:  # what cannot be ranked in time cannot be counted either
        counts: dict[str, Any] = dict.fromkeys(reading.FACETS)
    else:
        counts = await _ask(datasette, lambda db: reading.counted(db, filters, asked=facet))
    following = _link(args, page=page + 1) if found["more"] else None
    if request.url_vars["form"]:
        return _json({"query": filters.query, **found, "facets": counts, "page": page, "next": following})
    context = {
        **found, **_asked(args), "page": page, "next": following, "previous": _link(args, page=page - 1) if page > 1 else None,
        "facets": [(name, _values(args, name, values)) for name, values in counts.items() if values],
        "uncounted": [(name, _link(args, page=None, facet=name)) for name, values in counts.items() if values is None],
    }  # fmt: skip
    return await _page(datasette, request, "search", context)


async def article(request: Any, datasette: Any) -> Response:
    """An article to read; with `?removed=1` what was removed stands in its place, struck through."""
    ref = request.url_vars["ref"]
    found = await _ask(datasette, lambda db: (at := reading.find(db, ref)) and reading.one(db, at))
    if not found:
        return await _missing(datasette, request)
    one, seen = found
    if request.url_vars["form"]:
        return _json({**seen, **one.to_record()})
    shown = request.args.get("removed") == "1"
    context = {
        "article": one, "seen": seen, "removed": shown, "parts": _parts(one, removals=shown), "facts": facts(one),
        "flags": flags_shown(one), "rules": rule_counts(one), "removals": sum(r.block_count for r in one.removals),
    }  # fmt: skip
    return await _page(datasette, request, "article", context)


async def revisions(request: Any, datasette: Any) -> Response:
    """The versions of an article, each with what changed."""
    ref = request.url_vars["ref"]
    found = await _ask(datasette, lambda db: (at := reading.find(db, ref)) and (*reading.one(db, at), reading.history(db, at)))
    if not found:
        return await _missing(datasette, request)
    one, seen, versions = found
    if request.url_vars["form"]:
        return _json({"uid": seen["uid"], "title": one.title, "revisions": versions})
    for version in versions:
        text = version["changes"]["text"]
        version["runs"] = [(same, list(run)) for same, run in groupby(text, key=lambda changed: changed["change"] == "same")]
    return await _page(datasette, request, "revisions", {"article": one, "seen": seen, "versions": versions})


def _parts(one: Article, *, removals: bool) -> list[dict[str, Any]]:
    """What stands on the reading page, in order; list items stand together."""
    entries: list[Any] = list(page_order(one)) if removals else list(one.blocks)
    parts: list[dict[str, Any]] = []
    ranks = sorted({block.level or 2 for block in one.blocks if block.kind == "heading"})
    level = 1  # the title's; the headings below it leave none out, whatever the page did
    for is_item, run in groupby(entries, key=lambda entry: not isinstance(entry, Removal) and entry.kind == "list_item"):
        if is_item:
            parts.append({"kind": "list", "items": list(run)})
            continue
        for entry in run:
            if isinstance(entry, Removal):
                lines = entry.text.split("\n")
                parts.append({"kind": "removed", "removal": entry, "lines": lines, "run": is_chrome(entry),
                              "why": sentence(entry.rule) or NO_RULE})  # fmt: skip
            else:
                if entry.kind == "heading":
                    level = min(6, level + 1, ranks.index(entry.level or 2) + 2)
                rows = [row.split("\t") for row in entry.text.split("\n")] if entry.kind == "table" else []
                parts.append({"kind": entry.kind, "block": entry, "rows": rows, "beside": entry.kind not in RUNNING_KINDS,
                              "level": level})  # fmt: skip
    return parts


def _filters(args: Any, offset: int) -> Filters:
    """The filters that an address asks for.  Raises QueryError for what is not understood."""
    several: dict[str, Any] = {
        name: [value for value in args.getlist(parameter) if value] or None for parameter, name in _SEVERAL.items()
    }
    score = _number(args.get("min_geopolitics"), float, "min_geopolitics")
    return Filters(
        args.get("q") or "", since=args.get("since") or None, until=args.get("until") or None, min_geopolitics=score,
        min_words=_number(args.get("min_words"), int, "min_words"), tz=args.get("tz") or "UTC", order=args.get("order") or None,
        include_rejected=args.get("rejected") == "1", offset=offset, **several,
    )  # fmt: skip


def _number(text: str | None, kind: type, name: str) -> Any:
    try:
        return kind(text) if text else None
    except ValueError as error:
        raise QueryError(f"{name} is a number, not {text!r}") from error


def _asked(args: Any) -> dict[str, Any]:
    """What the form shows again, and a link for each filter that takes it away."""
    chips = [
        {"name": parameter, "value": value, "remove": _link(args, without=(parameter, value), page=None)}
        for parameter in _SEVERAL for value in args.getlist(parameter) if value
    ]  # fmt: skip
    given = {name: args.get(name) or "" for name in ("q", *_SINGLE)}
    return {"given": given, "chips": chips, "orders": ORDERS, "json_link": "/search.json?" + urlencode(_pairs(args))}


def _pairs(args: Any) -> list[tuple[str, str]]:
    return [(name, value) for name in args for value in args.getlist(name) if value]


def _link(args: Any, *, without: tuple[str, str] | None = None, page: int | None, **more: str) -> str:
    """The address of this search with other parameters; a change begins at the first page again."""
    pairs = [(name, value) for name, value in _pairs(args) if (name, value) != without and name != "page" and name not in more]
    pairs += more.items()
    if page is not None and page > 1:
        pairs.append(("page", str(page)))
    return "/search?" + urlencode(pairs)


def _values(args: Any, facet: str, counts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The values of a facet with a link that narrows the search to each, where there is one."""
    shown = []
    for count in counts:
        value = count["value"]
        label = "unknown" if value is None else _NAMES.get(facet, str)(value)
        link = None
        if value is not None and facet == "month":
            link = _link(args, page=None, since=value, until=value)
        elif value is not None and facet in _FILTER_OF and value not in args.getlist(_FILTER_OF[facet]):
            pairs = [*((n, v) for n, v in _pairs(args) if n != "page"), (_FILTER_OF[facet], value)]
            link = "/search?" + urlencode(pairs)
        shown.append({"label": label, "articles": count["articles"], "link": link})
    return shown


async def _ask(datasette: Any, question: Any) -> Any:
    """The answer of `question`, which is called with a connection that only reads, in a thread of Datasette's."""
    return await datasette.get_database().execute_fn(question)


async def _page(datasette: Any, request: Any, name: str, context: dict[str, Any], status: int = 200) -> Response:
    return Response.html(await datasette.render_template(f"copydesk/{name}.html", context, request=request), status=status)


async def _missing(datasette: Any, request: Any) -> Response:
    if request.url_vars["form"]:
        return _json({"error": "there is no such article"}, status=404)
    return await _page(datasette, request, "missing", {}, status=404)


def _json(value: Any, status: int = 200) -> Response:
    return Response.json(value, status=status)


