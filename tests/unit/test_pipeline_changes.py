"""Whatever changes on a page, the next build comes to what a fresh one comes to, and does no more than it must."""

from __future__ import annotations

import shutil
from dataclasses import fields, replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from small_docs import assert_equals_a_fresh_build, built, module_page, rows, write_docs

from builder.models import Link, ParsedPage, Section, Symbol, TocEntry, VersionNote
from builder.pipeline.units import outline_of

if TYPE_CHECKING:
    from pathlib import Path

PAGE = ParsedPage(
    path="a.html", title="A", body="", previous="b.html", next="c.html", parents=("d.html",), language="en",
    sections=(Section(position=0, parent=-1, anchor="a", ids=("a",), level=1, kind="page", name="", title="A",
                      summary="What.", text="What.", code="x"),),
    symbols=(Symbol(position=1, parent=0, anchor="f", ids=("f",), domain="py", role="function", kind="function",
                    name="f", signature="f()", summary="Do.", text="Do.", code="f()"),),
    notes=(VersionNote(kind="added", version="1.2", text="New.", position=1, whole=True),),
    links=(Link(page="b.html", anchor="x", count=2),),
    toc=(TocEntry(page="b.html", title="B", depth=1),), sidebar=(TocEntry(page="c.html", title="C", depth=1),),
    anchors={"a": 0, "f": 1}, warnings=("odd",),
)  # fmt: skip
PROSE = {
    *(("sections", name) for name in ("summary", "text", "code")),
    *(("symbols", name) for name in ("summary", "text", "code")),
    ("notes", "text"),
    ("body", ""),
}
"""What an outline leaves out: nothing but the page's own rows and the index's words hang on it."""


def other(value: object) -> object:
    """Return another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 7
    if isinstance(value, tuple):
        return ("other",)
    return {"other": 3} if isinstance(value, dict) else f"{value} other"


def changed(field: str, inner: str) -> ParsedPage:
    """Return the page with another value in a field, or in a field of the one value that is in it."""
    value = getattr(PAGE, field)
    if not inner:
        return replace(PAGE, **{field: other(value)})
    (one,) = value
    put = one._replace if isinstance(one, tuple) else partial(replace, one)
    return replace(PAGE, **{field: (put(**{inner: other(getattr(one, inner))}),)})


def places() -> list[tuple[str, str]]:
    """Return every field of a page, and every field of what is in it."""
    found = []
    for field in fields(PAGE):
        value = getattr(PAGE, field.name)
        inside = value[0] if isinstance(value, tuple) and not isinstance(value[0], str) else None
        names = inside.__annotations__ if inside else [""]
        found += [(field.name, name) for name in names]
    return found


@pytest.mark.parametrize(("field", "inner"), places())
def test_an_outline_holds_all_but_prose(field: str, inner: str) -> None:
    same = outline_of(changed(field, inner)) == outline_of(PAGE)

    assert same == ((field, inner) in PROSE)


def add(text: bytes, more: bytes) -> bytes:
    """Add to the end of a page's content."""
    place = text.rindex(b"</section>")
    return text[:place] + more + text[place:]


EDITS = {
    "prose": lambda text: add(text, b"<p>Zyzzyva is a word that was never here.</p>"),
    "fewer words": lambda text: text.replace(b"lightweight", b""),
    "a summary": lambda text: text.replace(b"Serialize", b"Write down", 1),
    "a heading": lambda text: text.replace(b"Basic Usage", b"Fundamental Usage"),
    "a link": lambda text: add(text, b'<p><a class="reference internal" href="json.html#json.loads">it</a></p>'),
    "a section": lambda text: add(text, b'<section id="zyz"><h2>Zyzzyvas</h2><p>Weevils.</p></section>'),
    "an id": lambda text: add(text, b'<p id="zyz">A place.</p>'),
    "a title": lambda text: text.replace(b"<h1>", b"<h1>New: "),
    "a note": lambda text: add(text, b'<div class="versionadded"><p><span class="versionmodified added">'
                                     b"New in version 3.99: </span>It is.</p></div>"),
}  # fmt: skip


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, golden_docs: Path) -> Path:
    """A folder with real docs, and what they were built to."""
    folder = tmp_path_factory.mktemp("first")
    shutil.copytree(golden_docs, folder / "docs")
    built(folder / "docs", folder)
    return folder


@pytest.mark.parametrize("edit", EDITS)
def test_a_changed_page_comes_to_what_a_fresh_build_comes_to(first: Path, tmp_path: Path, edit: str) -> None:
    shutil.copytree(first, tmp_path, dirs_exist_ok=True)
    page = tmp_path / "docs" / "library" / "json.html"
    before = page.read_bytes()
    page.write_bytes(EDITS[edit](before))
    assert page.read_bytes() != before

    said = built(tmp_path / "docs", tmp_path)

    assert "(1 read anew)" in said
    assert_equals_a_fresh_build(tmp_path / "docs", tmp_path)


def test_a_database_that_is_older_than_what_is_kept_is_brought_up_to_date(tmp_path: Path) -> None:
    docs = write_docs(tmp_path / "docs")
    database = tmp_path / "output" / "docs.db"
    built(docs, tmp_path)
    shutil.copyfile(database, tmp_path / "older.db")
    (docs / "paint.html").write_text(module_page("paint", before="index", after="brush", summary="Pour."))
    built(docs, tmp_path)
    (tmp_path / "older.db").replace(database)
    (docs / "brush.html").write_text(module_page("brush", before="paint", after="canvas", summary="Comb."))

    built(docs, tmp_path)

    assert_equals_a_fresh_build(docs, tmp_path)


def test_other_prose_leaves_the_rows_of_other_pages_alone(tmp_path: Path) -> None:
    docs = write_docs(tmp_path / "docs")
    built(docs, tmp_path)
    before = rows(tmp_path / "output" / "docs.db")
    (docs / "paint.html").write_text(module_page("paint", before="index", after="brush", summary="Pour."))

    built(docs, tmp_path)

    after = rows(tmp_path / "output" / "docs.db")
    differ = {name for name in before if before[name] != after[name]}
    assert {"docsets", "pages", "symbols"} <= differ
    assert not differ & {"anchors", "links", "names", "name_prefixes", "index_entries", "files"}
