"""The lines between the parts hold: who may import what, how long a thing may be, what scripts never do."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
BUILDER = ROOT / "builder"
TEMPLATES = ROOT / "site_templates"

STAGES = {"source", "parse", "sanitize", "assemble", "store", "search_index", "render", "publish"}
COMMON = {"__init__", "errors", "headers", "kept", "links", "models"}
"""What every part may import; it imports nothing but itself."""

MAY_IMPORT: dict[str, set[str]] = {
    **{part: set() for part in COMMON | STAGES},
    "check": {"publish"},
    "config": set(),
    "start": set(),
    "excerpts": {"search_index"},
    "entry_rows": {"answers"},
    "answers": {"entry_rows", "excerpts", "search_index", "store"},
    "terminal": {"answers", "api", "publish"},
    "symbols": {"answers"},
    "postgres": {"answers", "api", "entry_rows", "search_index", "store"},
    "api": {"answers", "postgres", "publish", "render", "symbols"},
    "pipeline": STAGES | {"check", "config"},
    "cli": {"answers", "api", "check", "config", "pipeline", "postgres", "publish", "source", "terminal"},
    "__main__": {"cli"},
}
"""Each part of the package and what it may import beside `COMMON` and itself."""

LIBRARIES = {
    "asyncpg": {"postgres"},
    "bleach": {"sanitize"},
    "brotli": {"api"},
    "bs4": {"parse"},
    "click": {"cli"},
    "datasette": {"api"},
    "jinja2": {"render"},
    "lxml": {"check", "parse"},
    "nh3": {"sanitize"},
    "numpy": {"search_index"},
    "rjsmin": {"render"},
    "snowballstemmer": {"search_index"},
    "safetensors": {"search_index"},
    "scipy": {"search_index"},
    "tokenizers": {"search_index"},
    "sphobjinv": {"parse"},
    "sqlite_utils": {"store"},
    "sqlalchemy": {"postgres"},
    "uvicorn": {"api"},
}
"""Each library and the parts that may know it."""

VAGUE_NAMES = {"utils", "util", "helpers", "helper", "manager", "data", "info", "process", "misc", "common"}
MODULE_LINES = 400
FUNCTION_LINES = 60
PARAMETERS = 6

UNSAFE_SCRIPT = re.compile(
    r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|setHTMLUnsafe|srcdoc)\b"
    r"|\bdocument\s*\.\s*write|\beval\s*\(|\bnew\s+Function\b"
)
INLINE = re.compile(
    r"<script(?![^>]*\b(?:src=|type=\"application/ld\+json\"))|<style|\sstyle\s*=|<[^>]*\son[a-z]+\s*=|javascript:",
    re.IGNORECASE,
)

SOURCES = sorted(BUILDER.rglob("*.py"))
SCRIPTS = sorted(file for kind in ("*.js", "*.css") for file in TEMPLATES.rglob(kind))
MARKUP = sorted(TEMPLATES.rglob("*.html"))


def part_of(file: Path) -> str:
    """Return the part of the package that a file belongs to: `parse`, `models`."""
    return file.relative_to(BUILDER).parts[0].removesuffix(".py")


def shown(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def imported(file: Path) -> Iterator[str]:
    """Yield the dotted names that a file imports, wherever in it, in full."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{shown(file)}: relative import"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many lines a function has without its docstring."""
    length = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return length - ((first.end_lineno or 0) - first.lineno + 1 if is_docstring else 0)


def test_the_sources_are_found() -> None:
    assert len(SOURCES) > 30
    assert len(SCRIPTS) > 10
    assert len(MARKUP) > 5


def test_every_part_is_known_and_imports_only_what_it_may() -> None:
    strangers = []
    for file in SOURCES:
        part = part_of(file)
        may = MAY_IMPORT.get(part, set()) | COMMON | {part}
        for name in imported(file):
            package, _, rest = name.partition(".")
            wanted = rest.split(".")[0]
            wanted = (
                wanted if (BUILDER / wanted).exists() or (BUILDER / f"{wanted}.py").exists() else "__init__"
            )
            if package == "builder" and wanted not in may:
                strangers.append(f"{shown(file)} imports {name}")

    assert {part_of(file) for file in SOURCES} <= MAY_IMPORT.keys()
    assert strangers == []


def test_stages_know_nothing_of_each_other() -> None:
    for stage in STAGES:
        assert not MAY_IMPORT[stage] & STAGES


def test_each_library_is_known_to_its_parts_alone() -> None:
    strangers = [
        f"{shown(file)} imports {name}"
        for file in SOURCES
        for name in imported(file)
        if part_of(file) not in LIBRARIES.get(name.split(".")[0], {part_of(file)})
    ]

    assert strangers == []


def test_every_library_is_declared_and_has_its_place() -> None:
    import sys

    used = {name.split(".")[0] for file in SOURCES for name in imported(file)}

    assert used - sys.stdlib_module_names - {"builder"} <= LIBRARIES.keys()


def test_safe_html_is_made_by_the_sanitiser_and_read_back_by_the_store_alone() -> None:
    makers = {
        part_of(file)
        for file in SOURCES
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in {"SafeHtml", "Markup"}
    }

    assert makers == {"sanitize", "store"}


@pytest.mark.parametrize("file", [*SOURCES, *SCRIPTS], ids=shown)
def test_no_file_is_too_long(file: Path) -> None:
    assert len(file.read_text().splitlines()) <= MODULE_LINES


@pytest.mark.parametrize("file", SOURCES, ids=shown)
def test_no_function_is_too_long_or_takes_too_much(file: Path) -> None:
    for function in functions(file):
        taken = function.args
        parameters = [*taken.posonlyargs, *taken.args, *taken.kwonlyargs]
        assert code_lines(function) <= FUNCTION_LINES, function.name
        assert len([one for one in parameters if one.arg not in {"self", "cls"}]) <= PARAMETERS, function.name


@pytest.mark.parametrize("file", SOURCES, ids=shown)
def test_every_module_says_what_it_is_for(file: Path) -> None:
    assert ast.get_docstring(ast.parse(file.read_text()))


def test_names_say_what_a_thing_is() -> None:
    names = {part for file in [*SOURCES, *SCRIPTS] for part in file.relative_to(ROOT).with_suffix("").parts}

    assert not names & VAGUE_NAMES


@pytest.mark.parametrize("file", sorted(TEMPLATES.rglob("*.js")), ids=shown)
def test_no_script_makes_markup_or_code_from_text(file: Path) -> None:
    assert UNSAFE_SCRIPT.findall(file.read_text()) == []


@pytest.mark.parametrize("file", MARKUP, ids=shown)
def test_no_template_has_what_the_content_security_policy_forbids(file: Path) -> None:
    assert INLINE.findall(file.read_text()) == []


@pytest.mark.parametrize("file", MARKUP, ids=shown)
def test_ids_of_the_site_itself_are_told_from_those_of_content(file: Path) -> None:
    from builder.sanitize.policy import RESERVED_ID

    ids = re.findall(r'\sid="([^"]*)"', file.read_text())

    assert [one for one in ids if not one.startswith(RESERVED_ID)] == []


@pytest.mark.parametrize("file", MARKUP, ids=shown)
def test_no_template_shows_text_as_markup(file: Path) -> None:
    assert not re.search(r"\|\s*safe\b|autoescape\s+false", file.read_text())
