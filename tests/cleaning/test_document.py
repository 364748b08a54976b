"""docs/cleaning.md says what the code does: numbers, rules and flags are those of the code, its example works as it stands."""

from __future__ import annotations

import ast
import importlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cleaning import Page, clean
from cleaning.rules import sentences

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs/cleaning.md").read_text(encoding="utf-8")
SOURCES = {p.relative_to(ROOT).as_posix(): ast.parse(p.read_text(encoding="utf-8")) for p in (ROOT / "cleaning").rglob("*.py")}

NO_THRESHOLDS = {
    ("cleaning/models.py", "SCHEMA_VERSION"),
    ("cleaning/workers.py", "_OUT_OF_TIME"),
    ("cleaning/workers.py", "_OUT_OF_MEMORY"),
    ("cleaning/explain.py", "_LONG"),
    ("cleaning/explain_html.py", "_PREVIEW"),
    ("cleaning/explain_terminal.py", "_SHOWN"),
}
"""Numbers that decide nothing on an article: a version, exit codes, how much is shown of a line."""


def table(*header: str) -> list[list[str]]:
    """The rows of the document's table with that header, the marks of code taken off."""
    lines = DOCUMENT.split("\n")
    start = lines.index(f"| {' | '.join(header)} |") + 2
    end = next(i for i in range(start, len(lines)) if not lines[i].startswith("|"))
    return [[cell.strip().strip("`") for cell in line.strip("|").split(" | ")] for line in lines[start:end]]


CONSTANTS = {(file, name): value for file, name, value, *_ in table("file", "name", "value", "what it decides", "source")}
FUNCTIONS = [(file, name, numbers) for file, name, numbers, _ in table("file", "function", "numbers", "what they decide")]


def numbers_of(tree: ast.Module) -> Iterator[str]:
    """The names of a module's own constants that are numbers; `A, B = 1, 2` are two."""
    for node in tree.body:
        if not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None:
            continue
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=True))
            for name, value in pairs:
                if isinstance(name, ast.Name) and isinstance(value, ast.Constant) and type(value.value) in (int, float):
                    yield name.id


@pytest.mark.parametrize(("file", "name"), CONSTANTS, ids=str)
def test_a_threshold_has_the_value_that_the_document_says(file: str, name: str) -> None:
    module = importlib.import_module(file.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    assert getattr(module, name) == ast.literal_eval(CONSTANTS[file, name])


def test_every_threshold_is_in_the_document() -> None:
    in_code = {(file, name) for file, tree in SOURCES.items() for name in numbers_of(tree)}
    assert in_code >= NO_THRESHOLDS
    assert in_code - NO_THRESHOLDS - set(CONSTANTS) == set()


@pytest.mark.parametrize(("file", "name", "numbers"), FUNCTIONS)
def test_a_function_has_the_numbers_that_the_document_says(file: str, name: str, numbers: str) -> None:
    (function,) = (n for n in ast.walk(SOURCES[file]) if isinstance(n, ast.FunctionDef) and n.name == name)
    found = {n.value for n in ast.walk(function) if isinstance(n, ast.Constant) and type(n.value) in (int, float)}
    assert {float(number) for number in numbers.split(", ")} <= found


def test_the_document_has_every_rule_with_its_sentence() -> None:
    assert {rule: text.replace("`", "") for rule, text in table("rule", "what it takes out")} == {
        rule: text.replace("`", "") for rule, text in sentences().items()
    }


FLAG_ARGUMENTS = {"flag": 0, "reject": 0, "rejected": 2, "UnusableInput": 2}
"""Where the name of a flag stands in the calls that set one."""


def flags_of(tree: ast.Module) -> Iterator[str]:
    """The flags that a module sets, written out or by the name of a constant."""
    named = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.AugAssign) and ast.unparse(node.target).endswith(".flags") and isinstance(node.value, ast.Tuple):
            yield from (flag.value for flag in node.value.elts if isinstance(flag, ast.Constant))
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        place = FLAG_ARGUMENTS.get(name)
        if place is not None and len(call.args) > place:
            flag = call.args[place]
            if isinstance(flag, ast.Constant) and isinstance(flag.value, str):
                yield flag.value
            elif isinstance(flag, ast.Name) and flag.id in named:
                yield named[flag.id]


def test_the_document_has_every_flag_and_none_that_is_not_there() -> None:
    pages = {file: tree for file, tree in SOURCES.items() if file != "cleaning/cli.py"}  # whose codes are of missing files
    in_code = {flag for tree in pages.values() for flag in flags_of(tree)}
    assert {"listing_page", "garbled_sentence", "not_cleaned", "too_large", "site_selector_missed"} <= in_code
    assert {row[0] for row in table("flag", "status", "what it means", "on article pages", "wrong")} == in_code


# The worked example


def fenced(language: str) -> list[str]:
    """The document's fenced blocks in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", DOCUMENT, re.M | re.S)


def test_the_documents_rule_works_with_its_two_fixtures(tmp_path: Path) -> None:
    (code,) = (block for block in fenced("python") if "@rule(" in block)
    fixtures = dict(zip(re.findall(r"^`(fixtures/rules/\S+)`", DOCUMENT, re.M), fenced("text"), strict=True))
    (fires,) = (text for path, text in fixtures.items() if path.endswith("/fires.txt"))
    marked = re.findall("⟦(.*?)⟧", fires)
    assert len([line for line in code.split("\n") if line]) <= 10
    assert set(marked) <= set(clean(Page(text=re.sub("[⟦⟧]", "", fires))).text.split("\n\n")), "a rule takes them already"

    for folder in ("cleaning", "fixtures"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "site", "articles"))
    shutil.copytree(ROOT / "tests/cleaning", tmp_path / "tests/cleaning", ignore=shutil.ignore_patterns("__pycache__"))
    lines = tmp_path / "cleaning/rules/lines.py"
    before, tuple_of_rules = lines.read_text(encoding="utf-8").split("\nLINE_RULES = (\n")
    (name,) = re.findall(r"^def (\w+)", code, re.M)
    changed = f"{before}\n{code}\n\nLINE_RULES = (\n{tuple_of_rules.removesuffix(')' + chr(10))}    {name},\n)\n"
    lines.write_text(changed, encoding="utf-8")
    for path, text in fixtures.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")

    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/cleaning/test_rules.py"]
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "PYTHONSAFEPATH": "1"}
    run = subprocess.run([*command, "-k", "end.mark"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"^3 passed", run.stdout, re.M), run.stdout
