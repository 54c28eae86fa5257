"""What a build does again, and that it always comes to what a fresh build comes to."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from product import ROOT
from small_docs import (
    PAGES,
    assert_equals_a_fresh_build,
    built,
    index_page,
    inventory,
    module_page,
    rows,
    run,
    snapshot,
    write_docs,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A small tree that was built once."""
    folder = write_docs(tmp_path / "docs")
    built(folder, tmp_path)
    return folder


def test_a_second_build_with_nothing_changed_does_nothing(docs: Path, tmp_path: Path) -> None:
    before = times(tmp_path / "output")

    said = built(docs, tmp_path)

    assert "Nothing changed" in said
    assert "Parsing" not in said
    assert times(tmp_path / "output") == before


def test_a_newer_time_of_the_same_files_changes_nothing(docs: Path, tmp_path: Path) -> None:
    for file in docs.rglob("*"):
        os.utime(file, (2_000_000_000, 2_000_000_000))

    assert "Nothing changed" in built(docs, tmp_path)


@pytest.mark.parametrize("lost", ["docs.db", "site/index.html", "site/small/1.2/paint.html"])
def test_what_was_lost_from_the_output_is_built_again(docs: Path, tmp_path: Path, lost: str) -> None:
    (tmp_path / "output" / lost).unlink()

    built(docs, tmp_path)

    assert_equals_a_fresh_build(docs, tmp_path)


def test_a_lost_or_broken_cache_only_costs_time(docs: Path, tmp_path: Path) -> None:
    for file in (tmp_path / "output" / ".livedocs-cache").rglob("*.*"):
        file.write_bytes(b"\x80\x05 broken")

    built(docs, tmp_path)

    assert_equals_a_fresh_build(docs, tmp_path)


def test_one_changed_page_is_the_only_one_read_and_rendered_anew(docs: Path, tmp_path: Path) -> None:
    text = module_page("paint", before="index", after="brush", summary="Pour a *bucket* over the file.")
    (docs / "paint.html").write_text(text)

    said = built(docs, tmp_path)

    assert "4 pages (1 read anew)" in said
    assert rendered(said) == 2, "the page, and the start, which is made with every build"
    assert_equals_a_fresh_build(docs, tmp_path)


def test_an_added_page_is_read_and_stands_in_the_contents(docs: Path, tmp_path: Path) -> None:
    add_page(docs)

    said = built(docs, tmp_path)

    assert "5 pages (2 read anew)" in said
    assert_equals_a_fresh_build(docs, tmp_path)
    paint = (tmp_path / "output" / "site" / "small" / "1.2" / "paint.html").read_text()
    assert 'href="./varnish.html"' in paint


def test_a_removed_page_is_gone_from_everywhere(docs: Path, tmp_path: Path) -> None:
    add_page(docs)
    built(docs, tmp_path)
    (docs / "varnish.html").unlink()
    (docs / "index.html").write_text(index_page(PAGES))
    (docs / "objects.inv").write_bytes(inventory(PAGES))

    said = built(docs, tmp_path)

    assert "4 pages (1 read anew)" in said
    assert_equals_a_fresh_build(docs, tmp_path)
    site = tmp_path / "output" / "site"
    assert not (site / "small" / "1.2" / "varnish.html").exists()
    assert [file for file in site.rglob("*.html") if "varnish" in file.read_text()] == []


def test_pages_named_like_the_general_index_are_pages_and_its_parts_are_not(
    docs: Path, tmp_path: Path
) -> None:
    (docs / "genindexes.html").write_text(module_page("genindexes"))
    (docs / "genindex-記号.html").write_text((docs / "genindex.html").read_text())
    built(docs, tmp_path)
    for name in ("paint", "genindexes"):
        (docs / f"{name}.html").write_text(module_page(name, before="index", summary="Pour."))
        said = built(docs, tmp_path)

    assert "5 pages (1 read anew)" in said
    assert_equals_a_fresh_build(docs, tmp_path)


def test_an_object_that_left_the_inventory_has_its_page_read_anew(docs: Path, tmp_path: Path) -> None:
    (docs / "objects.inv").write_bytes(inventory(PAGES[:2]))

    said = built(docs, tmp_path)

    assert "4 pages (1 read anew)" in said
    assert_equals_a_fresh_build(docs, tmp_path)


def test_a_changed_title_of_the_site_renders_all_pages_and_reads_none(docs: Path, tmp_path: Path) -> None:
    (tmp_path / "livedocs.toml").write_text('title = "Our docs"\n')

    said = built(docs, tmp_path)

    assert "(0 read anew)" in said
    assert rendered(said) == 4
    assert_equals_a_fresh_build(docs, tmp_path)


def test_changed_templates_render_all_pages_and_read_none(tmp_path: Path) -> None:
    docs = write_docs(tmp_path / "docs")
    copy = tmp_path / "copy"
    for folder in ("builder", "site_templates"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, copy / folder, ignore=ignored)
    assert run("build", docs, cwd=tmp_path, PYTHONPATH=str(copy)).returncode == 0
    template = copy / "site_templates" / "base.html"
    template.write_text(template.read_text().replace("</body>", "<p>A new foot</p></body>"))

    ended = run("build", docs, cwd=tmp_path, PYTHONPATH=str(copy))

    assert "(0 read anew)" in ended.stderr
    assert rendered(ended.stderr) == 4
    page = tmp_path / "output" / "site" / "small" / "1.2" / "paint.html"
    assert "<p>A new foot</p>" in page.read_text()


def test_the_halves_of_a_build_come_to_the_same_as_the_whole(docs: Path, tmp_path: Path) -> None:
    apart = tmp_path / "apart"
    apart.mkdir()

    ingested = run("ingest", docs, cwd=apart)
    assert ingested.returncode == 0, ingested.stderr
    assert not (apart / "output" / "site").exists()
    generated = run("generate", cwd=apart)

    assert generated.returncode == 0, generated.stderr
    assert "Parsing" not in generated.stderr
    assert snapshot(apart / "output") == snapshot(tmp_path / "output")


@pytest.mark.parametrize("output", ["output", "."])
def test_docs_may_be_built_into_their_own_folder(tmp_path: Path, output: str) -> None:
    docs = write_docs(tmp_path / "docs")

    first, second = (run("build", ".", "-o", output, cwd=docs) for _ in range(2))

    assert "4 pages (4 read anew), 10 entries" in first.stderr
    assert "Nothing changed" in second.stderr


def test_the_output_may_be_named_from_a_folder_beside_it(tmp_path: Path) -> None:
    docs = write_docs(tmp_path / "docs")

    ended = run("build", "-o", "../elsewhere", ".", cwd=docs)

    assert (ended.returncode, "4 pages" in ended.stderr) == (0, True), ended.stderr
    assert (tmp_path / "elsewhere" / "site" / "index.html").is_file()


def test_generate_needs_no_sources(docs: Path, tmp_path: Path) -> None:
    before = snapshot(tmp_path / "output")
    shutil.rmtree(docs)
    shutil.rmtree(tmp_path / "output" / "site")

    ended = run("generate", "-q", cwd=tmp_path)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert snapshot(tmp_path / "output") == before


def test_a_build_after_an_ingest_makes_the_site_of_what_was_ingested(docs: Path, tmp_path: Path) -> None:
    (docs / "paint.html").write_text(module_page("paint", before="index", after="brush", summary="New."))
    run("ingest", docs, cwd=tmp_path)

    built(docs, tmp_path)

    assert_equals_a_fresh_build(docs, tmp_path)


def test_docsets_may_change_their_order_and_leave(tmp_path: Path, golden_docs: Path) -> None:
    small = write_docs(tmp_path / "docs")

    def ordered(*trees: Path) -> list[str]:
        ended = run("build", "-q", *trees, cwd=tmp_path)
        assert ended.returncode == 0, ended.stderr
        return [row[1] for row in rows(tmp_path / "output" / "docs.db")["docsets"]]

    assert ordered(small, golden_docs) == ["small", "python"]
    assert ordered(golden_docs, small) == ["python", "small"]
    assert ordered(small) == ["small"]
    assert_equals_a_fresh_build(small, tmp_path)
    assert not (tmp_path / "output" / "site" / "python").exists()


def test_order_of_files_and_number_of_processes_do_not_matter(docs: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    copy = other / "docs"
    copy.mkdir()
    for file in sorted((one for one in docs.rglob("*") if one.is_file()), reverse=True):
        (copy / file.relative_to(docs)).parent.mkdir(exist_ok=True)
        shutil.copyfile(file, copy / file.relative_to(docs))

    one_core = ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0)))]
    ended = run("build", "docs", cwd=other, front=one_core, PYTHONHASHSEED="7")

    assert ended.returncode == 0, ended.stderr
    assert snapshot(other / "output") == snapshot(tmp_path / "output")


def times(output: Path) -> dict[str, int]:
    """Return when each file of the output was written."""
    return {str(file): file.stat().st_mtime_ns for file in output.rglob("*") if file.name != ".livedocs-lock"}


def rendered(said: str) -> int:
    """Return how many pages were rendered anew."""
    (line,) = [line for line in said.splitlines() if "rendered anew" in line]
    return int(line.partition(" rendered")[0].rpartition(" ")[2])


def add_page(docs: Path) -> None:
    """Add a page at the end of the contents."""
    names = (*PAGES, "varnish")
    (docs / "varnish.html").write_text(module_page("varnish", before="canvas"))
    (docs / "index.html").write_text(index_page(names))
    (docs / "objects.inv").write_bytes(inventory(names))
