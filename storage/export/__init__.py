"""Writing a selection of a store to a file or folder of another form.

Every form streams, is written to a temporary name in the same folder, takes its place only when it is complete, and has a
manifest.  The same store and question give the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from cleaning.models import Article
from storage.errors import ExportError, QueryError
from storage.export.fields import COLUMNS, REMOVALS, Shape, Written, chosen, record_fields
from storage.export.manifest import Tally, described, in_words, question, versions, write_manifest
from storage.export.target import MANIFEST, replacing_file, replacing_folder
from storage.filters import Filters

if TYPE_CHECKING:
    from storage.store import Store

Form = Literal["jsonl", "csv", "parquet", "db", "markdown", "atom", "jsonld", "huggingface"]
FOLDERS: frozenset[Form] = frozenset({"markdown", "huggingface"})
"""Forms that are a folder of files; no suffix names them."""

FORMS = tuple(f".{form}" for form in get_args(Form) if form not in FOLDERS)
"""The suffixes that name a form of export."""
PACKED: frozenset[Form] = frozenset({"jsonl", "csv", "atom", "jsonld"})
"""Forms that may have one of these suffixes behind their own."""
COMPRESSIONS = (".gz", ".zst")

_WITH_FIELDS: dict[Form, tuple[str, ...]] = {
    "jsonl": record_fields(), "csv": tuple(COLUMNS), "parquet": (*COLUMNS, *REMOVALS), "huggingface": (*COLUMNS, *REMOVALS),
}  # fmt: skip
"""Forms whose fields can be picked; the others have a shape of their own."""
_ARROW: frozenset[Form] = frozenset({"parquet", "huggingface"})


@dataclass(frozen=True)
class ExportReport:
    """What was written: the file or folder, how many articles, its size in bytes, in how many cells of a CSV a quote mark
    stands before what a spreadsheet would have run as a formula, how many articles were left out because their pages opt
    out, and where the manifest is."""

    path: Path
    articles: int
    bytes: int
    guarded: int
    reserved: int
    manifest: Path


def export(
    store: Store,
    path: Path,
    filters: Filters,
    *,
    form: Form | None = None,
    fields: str | Sequence[str] | None = None,
    text: bool = True,
    include_reserved: bool = False,
    on_article: Callable[[], None] = lambda: None,
) -> ExportReport:
    """Write what `filters` let through to `path`; `on_article` is called for each.  The suffix says the form, or `form` does.

    Articles whose pages reserve text and data mining or say `noai` or `noindex` are left out unless `include_reserved`, and the
    manifest names them; a `db`, which is a store and no dataset, has them all.  `text=False` leaves out what the
    publishers wrote: text, summary, captions, removals.  `fields` picks and renames (`title,published_at:date`).

    `jsonl`: one record (`Article.to_record` and `uid`) a line.  `csv`: a row an article, lists joined by `; `.
    `parquet`: typed columns, needs pyarrow.  `db`: a store of the selection with revisions, removals and search, for
    Copydesk, Datasette and sqlite-utils; it never takes the place of a file that is there.  `atom`: a feed.  `jsonld`:
    schema.org's NewsArticle.  `markdown`: a folder of files with front matter.  `huggingface`: a folder of Parquet shards
    with a dataset card, needs pyarrow.  Raises QueryError for what was asked wrongly, ExportError for what cannot be written.
    """
    form, compression = _form(path, form)
    if form not in _WITH_FIELDS and fields is not None:
        raise QueryError(f"fields can be picked for {', '.join(_WITH_FIELDS)}; a {form} export has a shape of its own")
    if form == "db" and not text:
        raise QueryError("a .db is a store, and a store has its texts: choose another form to leave them out")
    names = None if fields is None else chosen(fields, text=text, known=_WITH_FIELDS[form])
    _check_place(store, path, form)
    job = _Job(store, filters, form, Shape(names, text, compression, in_words(filters)), include_reserved, on_article)
    if form in FOLDERS:
        manifest = path / MANIFEST
        with replacing_folder(path) as folder:
            tally, written = job.write(folder, folder / MANIFEST, path.name)
        size = _size(path)
    else:
        manifest = path.with_name(f"{path.name}.{MANIFEST}")
        with replacing_file(manifest) as about, replacing_file(path) as file:
            tally, written = job.write(file, about, path.name)
        size = path.stat().st_size
    return ExportReport(path, tally.count, size, written.guarded, tally.reserved, manifest)


def _size(folder: Path) -> int:
    """Bytes of all files in a folder, which may be more than memory should hold the names of."""
    with os.scandir(folder) as entries:
        return sum(_size(Path(entry)) if entry.is_dir() else entry.stat().st_size for entry in entries)


def _form(path: Path, form: Form | None) -> tuple[Form, str | None]:
    """The form that `form` or the suffix names, and the compression that a second suffix does."""
    compression = path.suffix.lower() if path.suffix.lower() in COMPRESSIONS else None
    suffix = (Path(path.stem) if compression else path).suffix.lower()
    if form is None and suffix in FORMS:
        form = next(known for known in get_args(Form) if f".{known}" == suffix)
    if form is None or (compression and form not in PACKED and form not in FOLDERS):
        packed = " or ".join(COMPRESSIONS)
        raise QueryError(
            f"{path}: the name must end in one of {', '.join(FORMS)} to say what to write ({packed} may follow"
            f" {', '.join(f'.{name}' for name in get_args(Form) if name in PACKED)}), or --format must say it"
        )
    return form, None if form in FOLDERS else compression


def _check_place(store: Store, path: Path, form: Form) -> None:
    if path.is_dir() and form not in FOLDERS:
        raise ExportError(path, "a folder, not a file")
    if not path.absolute().parent.is_dir():
        raise ExportError(path, "its folder does not exist")
    if form == "db" and path.exists():
        raise ExportError(path, "exists already, and a store is never overwritten: choose another name or remove it")
    if path.exists() and path.samefile(store.path):
        raise ExportError(path, "the store itself cannot be what it is exported to")


@dataclass(frozen=True)
class _Job:
    """One export, to be written to a temporary name."""

    store: Store
    filters: Filters
    form: Form
    shape: Shape
    include_reserved: bool
    on_article: Callable[[], None]

    def write(self, path: Path, manifest: Path, name: str) -> tuple[Tally, Written]:
        """Write the export to `path`, which will be `name`, and its manifest."""
        articles = self.store.search_with(self.filters) if self.form != "db" else iter(())
        with Tally(articles, self.on_article, include_reserved=self.include_reserved) as tally:
            if self.form == "db":
                from storage.export.database import copy

                written = copy(self.store.path, self.filters, path, tally)
            else:
                written = _writer(self.form, path)(tally, path, self.shape)
            files = [described(file, name if file == path else file.relative_to(path).as_posix()) for file in written.files]
            facts = {
                "format": self.form,
                "files": files,
                "articles": tally.count,
                "first_published_at": tally.first,
                "last_published_at": tally.last,
                "query": question(self.filters),
                "fields": {name: field for field, name in self.shape.names} if self.shape.names else None,
                "text": self.shape.text,
                "formulas_guarded": written.guarded,
                "versions": versions(tally.rules, *(("pyarrow",) if self.form in _ARROW else ())),
                "reserved_included": self.form == "db" or self.include_reserved,
            }
            write_manifest(manifest, facts, tally.left_out())
        return tally, written


def _writer(form: Form, path: Path) -> Callable[[Iterator[Article], Path, Shape], Written]:
    """What writes one of the streaming forms; imported only now, since some need much."""
    if form in _ARROW:
        try:
            from storage.export.huggingface import write_huggingface
            from storage.export.parquet import write_parquet
        except ImportError as error:
            raise ExportError(path, "Parquet needs pyarrow: install it beside Copydesk with `pip install pyarrow`") from error
        return write_huggingface if form == "huggingface" else write_parquet
    from storage.export.atom import write_atom
    from storage.export.jsonld import write_jsonld
    from storage.export.markdown import write_markdown
    from storage.export.tables import write_csv, write_jsonl

    return {"csv": write_csv, "jsonl": write_jsonl, "markdown": write_markdown, "atom": write_atom, "jsonld": write_jsonld}[form]


__all__ = ["COMPRESSIONS", "FOLDERS", "FORMS", "ExportReport", "Form", "export"]
