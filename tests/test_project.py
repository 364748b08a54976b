"""What the project promises of itself: which room imports which, licences, packaging, and documents that say what is there."""

from __future__ import annotations

import ast
import csv
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path

import pytest
import typer
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from cleaning.cli import register as cleaning_commands
from crawler.cli import register as crawler_commands
from storage.cli import register as storage_commands

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("cleaning", "storage", "crawler")
"""From the innermost outward: each may import those before it."""
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

BEYOND = {
    "cleaning": {"sqlite3", "sqlite_utils", "scrapy", "twisted", "socket", "ssl", "http", "requests", "urllib3", "aiohttp",
                 "subprocess", "asyncio"},
    "storage": {"scrapy", "twisted", "socket", "ssl", "http", "requests", "urllib3", "aiohttp", "asyncio"},
    "crawler": {"sqlite3", "sqlite_utils"},
}  # fmt: skip
"""What a room leaves to another: cleaning is pure, storage knows no network, and only storage speaks to SQLite."""
MAY = {("cleaning/workers.py", "subprocess")}
"""The processes that pages are cleaned in."""

NOT_IMPORTED = {"lxml-html-clean": "jusText asks for it by an extra of lxml whose name older pips do not recognise"}


def files(folder: str = "", suffix: str = "") -> list[Path]:
    """The project's own files under `folder`: what git tracks, or what lies there where it is no clone."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", folder or "."]
        names = subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\0")
        found = [ROOT / name for name in names if name]
    else:
        found = [path for path in (ROOT / folder).rglob("*") if not any(p.startswith(".") for p in path.relative_to(ROOT).parts)]
    return sorted(path for path in found if path.is_file() and path.name.endswith(suffix) and "__pycache__" not in path.parts)


# Rooms


def imports(source: str) -> Iterator[str]:
    """Every module that a source text imports, wherever in it; `.` stands before one of its own package."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def imported_by(room: str) -> dict[str, set[str]]:
    """The modules that each file of a room imports, by the file's path."""
    found = {str(p.relative_to(ROOT)): set(imports(p.read_text(encoding="utf-8"))) for p in files(room, ".py")}
    assert found
    return found


def test_imports_are_found_wherever_they_hide() -> None:
    source = "import a.b, c\ndef f():\n    from d.e import g\n    if f:\n        import h as i\nfrom . import j\n"
    assert set(imports(source)) == {"a.b", "c", "d.e", "h", "."}


@pytest.mark.parametrize("room", ROOMS)
def test_imports_run_from_crawler_to_storage_to_cleaning_and_never_back(room: str) -> None:
    forbidden = set(ROOMS[ROOMS.index(room) + 1 :]) | BEYOND[room] | {"copydesk", "fixtures", "tests", "benchmarks"}
    wrong = [(path, name) for path, names in imported_by(room).items() for name in names if name.split(".")[0] in forbidden]
    assert [pair for pair in wrong if pair not in MAY] == []


def test_the_commands_start_without_the_optional_packages() -> None:
    code = (
        "import sys; sys.modules.update(pyarrow=None, datasette=None, uvicorn=None, markupsafe=None); sys.argv[1:] = ['--help'];"
        "import storage.export.tables, storage.export.database, copydesk; copydesk.main()"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert "export" in run.stdout


@pytest.mark.parametrize("room", ROOMS)
def test_copydesk_refuses_to_start_when_a_foreign_package_has_a_rooms_name(room: str, tmp_path: Path) -> None:
    (tmp_path / room).mkdir()
    (tmp_path / room / "__init__.py").write_text("")
    run = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(ROOT)!r}]; import copydesk"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 1
    assert run.stdout == ""
    (line,) = run.stderr.splitlines()
    assert line.startswith("copydesk: another package has taken the place of " + room)


# Dependencies and licences


def required(*extras: str) -> set[str]:
    """What pyproject asks for: the core, or these extras; canonical names."""
    asked = [line for extra in extras for line in PROJECT["optional-dependencies"][extra]] if extras else PROJECT["dependencies"]
    return {canonicalize_name(Requirement(line).name) for line in asked}


def test_every_package_that_is_imported_is_a_declared_dependency_and_the_reverse() -> None:
    modules = {name.split(".")[0] for room in ROOMS for names in imported_by(room).values() for name in names}
    foreign = {name for name in modules if name and name not in sys.stdlib_module_names and name not in ROOMS}
    homes = packages_distributions()
    optional = {"pyarrow", "datasette", "markupsafe", "uvicorn"}
    imported = {canonicalize_name(homes[name][0]) for name in foreign - optional}
    assert imported == required() - set(NOT_IMPORTED)
    assert {canonicalize_name(name) for name in foreign & optional} <= required("parquet", "web")


def core_distributions() -> dict[str, Distribution]:
    """All packages that the core needs, and what these need in turn, as they are installed here; no extras of ours."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [Requirement(line) for line in PROJECT["dependencies"]]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if (name, frozenset(wanted.extras)) in seen:
            continue
        seen.add((name, frozenset(wanted.extras)))
        found[name] = distribution(wanted.name)
        for line in found[name].requires or []:
            needed = Requirement(line)
            if not needed.marker or any(needed.marker.evaluate({"extra": extra}) for extra in {"", *wanted.extras}):
                waiting.append(needed)
    return found


def stated_licence(package: Distribution) -> str:
    """A package's licence as its metadata state it, as an SPDX expression where they have one; empty if they say nothing."""
    about = package.metadata
    expressions: list[str] = about.get_all("License-Expression", [])
    classifiers = [line.split("::")[-1].strip() for line in about.get_all("Classifier", []) if line.startswith("License ::")]
    free = [text.strip() for text in about.get_all("License", []) if text.strip().upper() not in ("", "UNKNOWN")]
    return " AND ".join(expressions or classifiers or free)


_COPYLEFT = re.compile(r"\bA?GPL|\bGNU (?:Affero )?General Public|\bODbL|\bOpen Database Licen[cs]e", re.I)


def is_open(statement: str) -> bool:
    """Whether a package may be part of the core: its licence is stated, and is not GPL, AGPL or ODbL alone.

    One side of an OR is enough; where there are brackets nothing may be refused.
    """
    choices = [statement] if "(" in statement and " OR " in statement else statement.split(" OR ")
    return bool(statement) and any(not _COPYLEFT.search(choice) for choice in choices)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("MIT", True), ("LGPL-2.1-or-later", True), ("MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later", True),
        ("GNU Lesser General Public License v3 (LGPLv3)", True), ("", False), ("GPL-3.0-or-later", False), ("AGPLv3", False),
        ("MIT AND GPL-2.0-only", False), ("GPL-2.0-only OR AGPL-3.0-only", False), ("ODbL-1.0", False),
        ("GNU Affero General Public License v3", False), ("(MIT OR Apache-2.0) AND GPL-3.0-only", False),
    ],
)  # fmt: skip
def test_which_licences_are_refused(statement: str, expected: bool) -> None:
    assert is_open(statement) is expected


def test_no_package_of_the_core_is_under_gpl_agpl_or_odbl() -> None:
    packages = core_distributions()
    assert len(packages) > len(PROJECT["dependencies"])
    assert {name: stated_licence(package) for name, package in packages.items() if not is_open(stated_licence(package))} == {}


def documented() -> dict[str, list[str]]:
    """Version, licence and reason of each package in the tables of docs/dependencies.md."""
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`/]+)` \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$", text, re.M)
    return {canonicalize_name(name): [cell.strip() for cell in cells] for name, *cells in rows}


def test_every_direct_dependency_is_documented_with_its_pinned_version_licence_and_reason() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = {canonicalize_name(line.split("==")[0]): line.split("==")[1] for line in lines if "==" in line}
    asked = required() | required(*PROJECT["optional-dependencies"])
    table = documented()
    assert set(table) == asked
    assert {name: version for name, (version, _, _) in table.items()} == {name: pins[canonicalize_name(name)] for name in asked}
    assert [name for name, (_, licence, reason) in table.items() if not licence or not reason] == []
    spdx = {name: stated for name in required() for stated in distribution(name).metadata.get_all("License-Expression", [])}
    assert spdx
    assert {name: table[name][1] for name in spdx} == spdx


DATA_LICENCES = {"own", "fact", "Apache-2.0", "MIT", "BSD-3-Clause"}
"""own: written for Copydesk, Apache-2.0.  fact: a bare fact, such as the words of a button, which nobody owns."""


def data_files() -> list[str]:
    """What the rooms ship beside Python."""
    return [p.relative_to(ROOT).as_posix() for room in ROOMS for p in files(room) if p.suffix != ".py"]


def test_every_row_of_data_is_under_an_open_licence() -> None:
    tables = [name for name in data_files() if name.endswith(".csv")]
    assert "cleaning/data/phrases.csv" in tables
    for name in tables:
        with (ROOT / name).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert rows
        if "licence" in rows[0]:
            assert {row["licence"] for row in rows} <= DATA_LICENCES, name


def test_every_data_file_is_documented_with_its_licence() -> None:
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `([^`]*/[^`]*)` \| [^|]*\w[^|]* \|", text, re.M))
    missing = [n for n in data_files() if n not in named and f"{n.rsplit('/', 1)[0]}/*.{n.rsplit('.', 1)[1]}" not in named]
    assert missing == []


def test_whoever_phrases_were_taken_from_is_named_in_the_notice() -> None:
    with (ROOT / "cleaning/data/phrases.csv").open(encoding="utf-8", newline="") as file:
        origins = {row["origin"] for row in csv.DictReader(file) if row["licence"] not in ("own", "fact")}
    projects = {origin.split()[1] for origin in origins}
    assert projects
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    assert {project for project in projects if project not in notice} == set()


# Packaging and files


def test_the_wheel_holds_the_rooms_with_their_data_and_nothing_else(tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="hatchling builds the wheel; `make install` brings it")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("copydesk-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    about = {name for name in names if ".dist-info/" in name}
    shipped = {p.relative_to(ROOT).as_posix() for room in ROOMS for p in files(room)}
    assert names - about == shipped | {"copydesk.py"}
    assert "crawler/catalogue/bbc-world.toml" in shipped
    assert {name.rsplit("/", 1)[1] for name in about} >= {"LICENSE", "NOTICE", "METADATA", "entry_points.txt"}


_MACHINE = re.compile(rb"(?<![\w.~-])/(?:wor[k]|roo[t]|hom[e]/\w+|User[s]/\w+|opt/py\w+)/|/tm[p]/bash")


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    found = [(p.relative_to(ROOT).as_posix(), hit[0].decode()) for p in files() for hit in _MACHINE.finditer(p.read_bytes())]
    assert found == []


# Documents


def readme_blocks() -> list[str]:
    """The fenced blocks of the README, in order."""
    return re.findall(r"^```\w*\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)


def commands() -> set[str]:
    """Every verb of `copydesk`, `sources add` and its like among them."""
    app = typer.Typer()
    for register in (crawler_commands, cleaning_commands, storage_commands):
        register(app)
    verbs = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    for group in app.registered_groups:
        assert group.typer_instance is not None
        verbs |= {f"{group.name} {command.name}" for command in group.typer_instance.registered_commands}
    return verbs


def test_the_readme_shows_every_command_and_none_that_is_not_there() -> None:
    shown = set(re.findall(r"^(?:\$ )?(?:\S*/)?copydesk ((?:sources )?[a-z]+)", "\n".join(readme_blocks()), re.M))
    assert shown == commands()


def printed(command: list[str], folder: Path) -> str:
    """What a Python command prints in `folder`, on a page 110 columns wide, without blanks at the ends of lines."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "COLUMNS": "110", "PYTHONUTF8": "1"}
    run = subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0, "")
    return re.sub(r" +$", "", run.stdout, flags=re.M)


def test_the_readmes_before_and_after_is_what_the_command_prints() -> None:
    (shown,) = (block for block in readme_blocks() if block.startswith("$ copydesk clean") and "--explain" in block)
    command, output = shown.split("\n", 1)
    assert printed(["-m", "copydesk", *command.split()[2:]], ROOT) == output


def test_the_readmes_python_example_prints_what_it_says(tmp_path: Path) -> None:
    blocks = readme_blocks()
    (place,) = (place for place, block in enumerate(blocks) if "from copydesk import" in block)
    shutil.copy(ROOT / "fixtures/articles/seed/raw.txt", tmp_path / "article.txt")
    (tmp_path / "example.py").write_text(blocks[place], encoding="utf-8")
    assert printed(["example.py"], tmp_path) == blocks[place + 1]


@pytest.mark.parametrize("document", ["README.md", "CHANGELOG.md", *(f"docs/{path.name}" for path in files("docs", ".md"))])
def test_links_between_documents_lead_somewhere(document: str) -> None:
    path = ROOT / document
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", path.read_text(encoding="utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_the_changelog_begins_with_this_version() -> None:
    versions = re.findall(r"^## \[?([\d.]+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert versions[0] == PROJECT["version"]


@pytest.mark.parametrize("room", ROOMS)
def test_the_drawing_of_the_rooms_names_every_module(room: str) -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    modules = {p.relative_to(ROOT / room).parts[0] for p in files(room, ".py")} - {"__init__.py", "data"}
    assert {m for m in modules if f"`{m if m.endswith('.py') else m + '/'}" not in text} == set()
