"""Opening a source of every kind, and the errors that name it."""

from __future__ import annotations

import os
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest
from docs_server import serving

from builder.errors import ArchiveError, NotFoundError, SourceError, UsageError
from builder.source import list_files, open_source

if TYPE_CHECKING:
    from pathlib import Path

    from builder.models import SourceTree

INVENTORY = b"# Sphinx inventory version 2\n# Project: Click\n# Version: 8.3\n"
FILES = {"click-8.3/objects.inv": INVENTORY, "click-8.3/index.html": b"<h1>Click</h1>"}


def quiet(step: str, done: int, total: int) -> None:
    """Take no notice of progress."""


def opened(spec: object, cache: Path) -> SourceTree:
    """Open a source."""
    return open_source(str(spec), cache=cache, progress=quiet)


def zipped(path: Path, files: dict[str, bytes] = FILES) -> Path:
    """Write a zip archive."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def write(folder: Path) -> None:
    """Write the files into a folder."""
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def names(tree: SourceTree) -> list[str]:
    """Return the names of a tree's files."""
    return [str(path) for path in list_files(tree)]


def test_a_folder_is_read_where_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    write(folder)

    tree = opened(folder, tmp_path / "cache")

    assert (tree.root, tree.origin) == (folder / "click-8.3", "docs")
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(
    "name", ["docs.zip", "docs.tar", "docs.tar.gz", "docs.tgz", "docs.tar.bz2", "docs.tar.xz"]
)
def test_archives_of_every_kind_are_opened(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "docs.zip":
        zipped(path)
    else:
        write(tmp_path / "plain")
        modes = {"tar": "w", "gz": "w:gz", "tgz": "w:gz", "bz2": "w:bz2", "xz": "w:xz"}
        with tarfile.open(path, modes[name.rpartition(".")[2]]) as tar:
            tar.add(tmp_path / "plain/click-8.3", "click-8.3")

    tree = opened(path, tmp_path / "cache")

    assert (tree.root.name, tree.origin) == ("click-8.3", name)
    assert names(tree) == ["index.html", "objects.inv"]


def test_an_archive_is_unpacked_once_for_its_content_whatever_its_name(tmp_path: Path) -> None:
    first = opened(zipped(tmp_path / "a.zip"), tmp_path / "cache")
    (first.root / "mark.html").write_text("not unpacked again")
    (tmp_path / "a.zip").rename(tmp_path / "b.zip")

    again = opened(tmp_path / "b.zip", tmp_path / "cache")
    changed = opened(zipped(tmp_path / "b.zip", {**FILES, "new.html": b""}), tmp_path / "cache")

    assert again.root == first.root
    assert "mark.html" in names(again)
    assert changed.root != first.root


def test_an_address_is_downloaded_and_opened_and_a_second_time_from_the_cache(tmp_path: Path) -> None:
    content = zipped(tmp_path / "a.zip").read_bytes()
    with serving() as server:
        server.files["/click.zip?key=secret"] = content
        url = f"{server.url}/click.zip?key=secret"
        first = opened(url, tmp_path / "cache")
        again = opened(url, tmp_path / "cache")
    offline = opened(url, tmp_path / "cache")

    assert first == again == offline
    assert (names(first), first.origin) == (["index.html", "objects.inv"], f"{server.url}/click.zip")


def test_a_damaged_download_is_named_by_its_address_and_fetched_anew(tmp_path: Path) -> None:
    content = zipped(tmp_path / "a.zip").read_bytes()
    with serving() as server:
        url = f"{server.url}/click.zip"
        server.files["/click.zip"] = content[:200]
        server.headers_of["/click.zip"] = {"ETag": '"always"'}
        with pytest.raises(ArchiveError) as caught:
            opened(url, tmp_path / "cache")
        server.files["/click.zip"] = content

        assert opened(url, tmp_path / "cache").origin == url
    assert str(caught.value).startswith(f"{url}: the archive is damaged or cut off")


def test_the_address_of_a_page_is_refused(tmp_path: Path) -> None:
    with serving() as server:
        server.files["/en/latest/"] = b"<!DOCTYPE html><html></html>"

        with pytest.raises(
            ArchiveError, match=r"/en/latest/: this is an HTML page, not an archive\. Give the docs"
        ):
            opened(f"{server.url}/en/latest/", tmp_path / "cache")
        with pytest.raises(
            NotFoundError, match=r"/nothing\.zip: there is no such file \(404 Not Found\)\. Check"
        ):
            opened(f"{server.url}/nothing.zip", tmp_path / "cache")


def test_an_archive_without_docs_is_named(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"notes/README.txt": b"x"})

    with pytest.raises(SourceError, match=r"no Sphinx output found") as caught:
        opened(path, tmp_path / "cache")

    assert caught.value.where == str(path)


def test_a_refused_archive_leaves_nothing_in_the_cache(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {**FILES, "../evil.html": b"x"})

    with pytest.raises(ArchiveError) as caught:
        opened(path, tmp_path / "cache")

    assert caught.value.where == str(path)
    assert list((tmp_path / "cache/trees").iterdir()) == []
    assert not list(tmp_path.rglob("evil.html"))


def test_a_source_that_is_missing_or_no_archive_or_unsafe_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<html></html>")

    with pytest.raises(SourceError, match=r"there is no such folder or file\. Check the path"):
        opened(tmp_path / "missing.zip", tmp_path / "cache")
    with pytest.raises(ArchiveError, match=r"this is an HTML page"):
        opened(page, tmp_path / "cache")
    with pytest.raises(UsageError, match=r"ftp: is not safe"):
        opened("ftp://example.org/docs.zip", tmp_path / "cache")
    with pytest.raises(UsageError, match=r"not the address of a file"):
        opened("https://", tmp_path / "cache")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not write")
def test_a_cache_without_permission_is_one_clear_line(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip")
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    os.seteuid(65534)
    try:
        with pytest.raises(SourceError) as caught:
            opened(path, tmp_path / "cache")
    finally:
        os.seteuid(0)

    assert str(caught.value) == (
        f"{tmp_path / 'cache'}: you may not write here. Set LIVEDOCS_CACHE to a folder that you may write to."
    )
