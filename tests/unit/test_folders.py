"""Writing a site beside the one that it will replace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builder.errors import PublishError
from builder.pipeline.folders import Folders

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    old = tmp_path / "old" / "_search" / "abc"
    old.mkdir(parents=True)
    for name in ("n0.bin", "n1.bin"):
        (old / name).write_text(name)
    (tmp_path / "new").mkdir()
    return Folders(new=tmp_path / "new", old=tmp_path / "old")


def test_a_folder_named_by_what_it_holds_is_taken_over(folders: Folders) -> None:
    taken = folders.take("_search", "abc", ["n0.bin", "n1.bin"])

    assert taken
    new, old = (folder / "_search" / "abc" / "n1.bin" for folder in (folders.new, folders.old))
    assert new.samefile(old)


def test_a_folder_of_which_a_file_is_lost_is_not_taken_over_at_all(folders: Folders) -> None:
    (folders.old / "_search" / "abc" / "n1.bin").unlink()

    taken = folders.take("_search", "abc", ["n0.bin", "n1.bin"])

    assert not taken
    assert not (folders.new / "_search" / "abc").exists()
    assert not folders.take("_search", "other", ["n0.bin"])


def test_files_are_linked_where_they_are_the_same_and_written_where_not(folders: Folders) -> None:
    folders.write("_search/abc/n0.bin", b"n0.bin")
    folders.write("_search/abc/n1.bin", b"other.")

    first, second = (folders.new / "_search" / "abc" / name for name in ("n0.bin", "n1.bin"))
    assert first.samefile(folders.old / "_search" / "abc" / "n0.bin")
    assert second.read_bytes() == b"other."
    assert (folders.old / "_search" / "abc" / "n1.bin").read_bytes() == b"n1.bin"


@pytest.mark.parametrize("path", ["../outside", "a/../../outside", "/outside"])
def test_no_file_stands_outside_of_the_site(folders: Folders, path: str) -> None:
    with pytest.raises(PublishError, match="a file would stand outside of the site"):
        folders.write(path, b"")
