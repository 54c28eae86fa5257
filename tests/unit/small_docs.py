"""A small tree of docs as Sphinx 5 writes them, the real command, and what it left: for tests of whole builds."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing
from typing import TYPE_CHECKING

import sphobjinv
from product import ENVIRONMENT, LIVEDOCS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

PAGE = """<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="generator" content="Docutils 0.19: https://docutils.sourceforge.io/" />
    <title>{title} &#8212; Small 1.2 documentation</title>
    <link rel="stylesheet" type="text/css" href="{up}_static/pygments.css" />
{neighbours}  </head><body>
    <div class="document"><div class="documentwrapper"><div class="bodywrapper">
          <div class="body" role="main">
{body}
            <div class="clearer"></div>
          </div>
        </div></div><div class="clearer"></div></div>
  </body>
</html>
"""
NEIGHBOUR = '    <link rel="{rel}" title="x" href="{href}" />\n'
SECTION = """<section id="{anchor}">
<h1>{title}<a class="headerlink" href="#{anchor}" title="Permalink to this heading">¶</a></h1>
{inside}
</section>"""
FUNCTION = """<dl class="py function">
<dt class="sig sig-object py" id="{module}.{name}">
<span class="sig-prename descclassname"><span class="pre">{module}.</span></span><span class="sig-name descname">\
<span class="pre">{name}</span></span><span class="sig-paren">(</span><em class="sig-param"><span class="n">\
<span class="pre">path</span></span></em><span class="sig-paren">)</span>\
<a class="headerlink" href="#{module}.{name}" title="Permalink to this definition">¶</a></dt>
<dd><p>{summary}</p>
</dd></dl>
"""
TOCTREE = '<div class="toctree-wrapper compound">\n<ul>\n{lines}</ul>\n</div>'
TOCTREE_LINE = '<li class="toctree-l1"><a class="reference internal" href="{path}">{title}</a></li>\n'
INDEX = """<h1 id="index">Index</h1>
<table style="width: 100%" class="indextable genindextable"><tr>
  <td style="width: 33%; vertical-align: top;"><ul>
      <li><a href="paint.html#paint.fill">fill() (in module paint)</a>
</li>
  </ul></td>
</tr></table>"""
PAGES = ("paint", "brush", "canvas")
FUNCTIONS = {"paint": ("fill", "spill"), "brush": ("clean",), "canvas": ("stretch", "roll", "hang")}


def page(title: str, body: str, *, neighbours: str = "", up: str = "") -> str:
    """Return a whole page in Sphinx's basic layout."""
    return PAGE.format(title=title, body=body, neighbours=neighbours, up=up)


def module_page(
    name: str, *, before: str = "", after: str = "", summary: str = "Work on the file at *path*."
) -> str:
    """Return the page of a module with its functions."""
    functions = "".join(
        FUNCTION.format(module=name, name=function, summary=summary)
        for function in FUNCTIONS.get(name, ("run",))
    )
    inside = (
        f'<p>What is done with a {name}. See the <a class="reference internal" href="index.html">start</a>.</p>\n'
        + functions
    )
    neighbours = "".join(
        NEIGHBOUR.format(rel=rel, href=f"{path}.html")
        for rel, path in (("next", after), ("prev", before))
        if path
    )
    body = SECTION.format(anchor=f"module-{name}", title=f"{name} — The {name}", inside=inside)
    return page(f"{name} — The {name}", body, neighbours=neighbours)


def index_page(names: Sequence[str]) -> str:
    """Return the first page, with the contents."""
    lines = "".join(TOCTREE_LINE.format(path=f"{name}.html", title=f"{name} — The {name}") for name in names)
    inside = "<p>Docs of a small thing.</p>\n" + TOCTREE.format(lines=lines)
    neighbour = NEIGHBOUR.format(rel="next", href=f"{names[0]}.html")
    return page("Small", SECTION.format(anchor="small", title="Small", inside=inside), neighbours=neighbour)


def write_docs(folder: Path, names: Sequence[str] = PAGES) -> Path:
    """Write the whole tree."""
    (folder / "_static").mkdir(parents=True)
    (folder / "_static" / "doctools.js").write_text("")
    (folder / "index.html").write_text(index_page(names))
    for place, name in enumerate(names):
        before = names[place - 1] if place else "index"
        after = names[place + 1] if place + 1 < len(names) else ""
        (folder / f"{name}.html").write_text(module_page(name, before=before, after=after))
    (folder / "genindex.html").write_text(page("Index", INDEX))
    (folder / "objects.inv").write_bytes(inventory(names))
    return folder


def inventory(names: Sequence[str]) -> bytes:
    """Return the inventory of the tree's modules and functions."""
    found = sphobjinv.Inventory()
    found.project, found.version = "Small", "1.2"
    for name in names:
        objects = [("module", name, f"module-{name}")]
        objects += [("function", f"{name}.{one}", f"{name}.{one}") for one in FUNCTIONS.get(name, ("run",))]
        found.objects += [
            sphobjinv.DataObjStr(
                name=full, domain="py", role=role, priority="0" if role == "module" else "1",
                uri=f"{name}.html#{anchor}", dispname="-",
            )
            for role, full, anchor in objects
        ]  # fmt: skip
    return sphobjinv.compress(found.data_file())


def run(
    *words: object, cwd: Path, front: Sequence[str] = (), **more: str
) -> subprocess.CompletedProcess[str]:
    """Run the real command in a folder, after the words of `front` if any, with more environment variables."""
    return subprocess.run(
        [*front, *LIVEDOCS, *map(str, words)],
        cwd=cwd, env={**ENVIRONMENT, "LIVEDOCS_CACHE": str(cwd / "cache"), **more},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def start(*words: object, cwd: Path) -> subprocess.Popen[str]:
    """Start the real command in a folder, as the leader of a process group of its own."""
    return subprocess.Popen(
        [*LIVEDOCS, *map(str, words)],
        cwd=cwd, env={**ENVIRONMENT, "LIVEDOCS_CACHE": str(cwd / "cache")},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def built(docs: Path, cwd: Path, *words: str) -> str:
    """Build a tree into `cwd/output`, see that it succeeds, and return what was said."""
    ended = run("build", docs, *words, cwd=cwd)
    assert ended.returncode == 0, ended.stderr
    return ended.stderr


def snapshot(output: Path) -> dict[str, str]:
    """Return the hash of every file of the site, and of the database."""
    files = [*sorted((output / "site").rglob("*")), output / "docs.db"]
    return {
        file.relative_to(output).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
        if file.is_file()
    }


def assert_equals_a_fresh_build(docs: Path, folder: Path) -> None:
    """See that the output has the rows and files that a fresh build of the same tree in the same place has."""
    found, site = rows(folder / "output" / "docs.db"), files(folder / "output")
    settings = folder / "livedocs.toml"
    fresh = folder / "fresh"
    fresh.mkdir()
    if settings.is_file():
        shutil.copyfile(settings, fresh / settings.name)
    built(docs, fresh)
    assert found == rows(fresh / "output" / "docs.db")
    assert site == files(fresh / "output")


def rows(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table but those that full text keeps for itself, which are asked for its health."""
    with closing(sqlite3.connect(file)) as database:
        for table in ("sections_fts", "symbols_fts"):
            database.execute(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")  # noqa: S608
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        names = database.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
            " AND name NOT LIKE '%\\_fts%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
        ).fetchall()
        return {
            name: sorted(database.execute(f"SELECT * FROM [{name}]"), key=repr)  # noqa: S608
            for (name,) in names
        }


def files(output: Path) -> dict[str, str]:
    """Return the hash of every file of the site."""
    return {path: digest for path, digest in snapshot(output).items() if path.startswith("site/")}


def wait_until(true: Callable[[], bool], *, within: float = 60.0) -> None:
    """Return when a function says so; fail after some seconds."""
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)
