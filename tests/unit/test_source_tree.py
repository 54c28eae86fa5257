"""Recognising trees of docs, and listing what belongs to them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from builder.errors import SourceError
from builder.models import SourceTree
from builder.source import list_files
from builder.source.tree import find_root, inventory_version

if TYPE_CHECKING:
    from pathlib import Path

INVENTORY = b"# Sphinx inventory version 2\n# Project: Click\n# Version: 8.3\n"
PLAIN = "<!DOCTYPE html><html><head></head><body><main role='main'><h1>Shop</h1></main></body></html>"


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write files into a folder and return it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def listed(root: Path) -> list[str]:
    """Return the names of a tree's files."""
    return [path.as_posix() for path in list_files(SourceTree(root=root, origin="test"))]


def test_the_folder_with_the_inventory_is_the_root(tmp_path: Path) -> None:
    write(tmp_path, {"objects.inv": INVENTORY, "index.html": PLAIN, "sub/objects.inv": INVENTORY})

    assert find_root(tmp_path) == tmp_path


def test_an_inventory_is_found_where_packages_hold_it(tmp_path: Path) -> None:
    folder = "usr/share/doc/python-click-doc/html"
    write(tmp_path, {f"{folder}/objects.inv": INVENTORY, f"{folder}/index.html": PLAIN, "README": "x"})

    assert find_root(tmp_path) == tmp_path / folder


def test_the_inventory_nearest_the_top_wins_and_on_one_level_the_first_by_name(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            f"{folder}/{name}": content
            for folder in ("a/b/c", "z/mypyc", "z/html", "y/x")
            for name, content in (("objects.inv", INVENTORY), ("index.html", PLAIN))
        },
    )

    assert find_root(tmp_path) == tmp_path / "y/x"
    assert find_root(tmp_path / "z") == tmp_path / "z/html"


def test_an_inventory_without_pages_or_in_a_hidden_folder_does_not_count(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "fixtures/objects.inv": INVENTORY,
            ".venv/objects.inv": INVENTORY,
            ".venv/index.html": PLAIN,
            "docs/build/html/objects.inv": INVENTORY,
            "docs/build/html/contents.html": PLAIN,
        },
    )

    assert find_root(tmp_path) == tmp_path / "docs/build/html"


@pytest.mark.parametrize(
    "page",
    [
        '<head><meta name="generator" content="Sphinx 7.2"></head>',
        '<div class="body" role="main"><h1>Title</h1></div>',
        '<article role="main"><h1>Title<a class="headerlink" href="#title">¶</a></h1></article>',
        '<link rel="stylesheet" type="text/css" href="_static/pygments.css" />',
        '<script data-url_root="./" id="options" src="_static/documentation_options.js"></script>',
        '<div class="toctree-wrapper compound">',
    ],
)
def test_a_tree_without_inventory_is_recognised_by_its_markup(tmp_path: Path, page: str) -> None:
    write(tmp_path, {"html/index.html": f"<html>{page}</html>", "index.html": PLAIN})

    assert find_root(tmp_path) == tmp_path / "html"


@pytest.mark.parametrize(
    "name", ["searchindex.js", "_static/documentation_options.js", "_static/doctools.js"]
)
def test_a_tree_without_inventory_is_recognised_by_its_files(tmp_path: Path, name: str) -> None:
    write(tmp_path, {"html/index.html": PLAIN, f"html/{name}": ""})

    assert find_root(tmp_path) == tmp_path / "html"


def test_a_folder_that_is_not_sphinx_output_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"index.html": PLAIN, "a/page.html": PLAIN, "notes.txt": "Sphinx"})

    with pytest.raises(
        SourceError, match=r"no Sphinx output found: .* Give the folder that `sphinx-build"
    ) as caught:
        find_root(tmp_path)

    assert caught.value.where == str(tmp_path)


def test_missing_empty_and_other_than_folders_each_get_their_message(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    expected = {"missing": "there is no such folder or file", "empty": "the folder is empty"}

    for name, what in expected.items():
        with pytest.raises(SourceError) as caught:
            find_root(tmp_path / name)
        assert str(caught.value).startswith(f"{tmp_path / name}: {what}. ")
        assert caught.value.todo


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not read")
def test_a_folder_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "docs", {"index.html": PLAIN})
    for path in (tmp_path, *tmp_path.parents[:2]):
        path.chmod(0o755)
    folder.chmod(0o311)
    os.seteuid(65534)
    try:
        with pytest.raises(SourceError, match=r"you may not read this folder"):
            find_root(folder)
    finally:
        os.seteuid(0)


def test_files_are_listed_sorted_and_relative(tmp_path: Path) -> None:
    names = ["z.html", "a/b.html", "a.html", "_static/x.css", "a/é.html"]
    write(tmp_path, dict.fromkeys(names, "x"))

    assert listed(tmp_path) == ["_static/x.css", "a/b.html", "a/é.html", "a.html", "z.html"]


def test_hidden_files_and_names_that_are_not_utf8_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, {".buildinfo": "x", ".doctrees/a.pickle": "x", "a.html": "x"})
    (tmp_path / os.fsdecode(b"caf\xe9.html")).write_text("x")

    assert listed(tmp_path) == ["a.html"]


def test_links_that_leave_the_tree_are_no_part_of_it(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", {"secret.html": "secret", "lib/jquery.js": "x"})
    root = write(tmp_path / "html", {"index.html": PLAIN, "genindex-all.html": "all", "sub/page.html": "x"})
    (root / "secret.html").symlink_to(outside / "secret.html")
    (root / "jquery.js").symlink_to("../outside/lib/jquery.js")
    (root / "lib").symlink_to("../outside/lib")
    (root / "dangling.html").symlink_to("nowhere.html")
    (root / "loop.html").symlink_to("loop.html")
    (root / "again").symlink_to(".")
    (root / "genindex.html").symlink_to("sub/../genindex-all.html")
    os.mkfifo(root / "pipe.html")

    assert listed(root) == ["genindex-all.html", "genindex.html", "index.html", "sub/page.html"]


def test_an_inventory_outside_is_not_followed(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", {"objects.inv": INVENTORY, "index.html": PLAIN})
    root = write(tmp_path / "html", {"index.html": PLAIN})
    (root / "objects.inv").symlink_to(outside / "objects.inv")
    (root / "more").symlink_to(outside)

    with pytest.raises(SourceError, match=r"no Sphinx output found"):
        find_root(root)


@pytest.mark.parametrize(
    ("head", "version"),
    [
        (INVENTORY, "8.3"),
        (b"# Sphinx inventory version 2\n# Project: P\n# Version: \n# The remainder", ""),
        (b"# Sphinx inventory version 2\r\n# Project: P\r\n# Version: 3.13\r\n", "3.13"),
        (b"\x00\xff nonsense", ""),
    ],
)
def test_the_version_is_read_from_the_inventory(head: bytes, version: str) -> None:
    assert inventory_version(head) == version
