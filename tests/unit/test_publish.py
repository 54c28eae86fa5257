"""Publishing swaps in one step, and puts right what a killed build left at any point."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from builder.errors import LivedocsError, PublishError
from builder.publish import Stage, link_or_copy, publish_error, staging


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """An output folder that was published once."""
    folder = tmp_path / "output"
    write(folder, "old")
    return folder


def write(folder: Path, word: str) -> None:
    """Write a site and a database that hold one word."""
    (folder / "site" / "sub").mkdir(parents=True)
    (folder / "site" / "sub" / "page.html").write_text(word)
    (folder / "site" / "livedocs.json").write_text("{}")
    (folder / "docs.db").write_text(word)


def read(output: Path) -> tuple[str, str]:
    """Return the words of the site and of the database."""
    return (output / "site" / "sub" / "page.html").read_text(), (output / "docs.db").read_text()


def names(output: Path) -> list[str]:
    """Return what stands in the output folder, the lock aside."""
    return sorted(file.name for file in output.iterdir() if file.name != ".livedocs-lock")


def test_what_was_written_takes_the_place_of_what_was_there(output: Path) -> None:
    with staging(output) as stage:
        write(stage.folder, "new")
        assert read(output) == ("old", "old")
        stage.publish()
        assert read(output) == ("new", "new")

    assert names(output) == ["docs.db", "site"]


def test_a_first_build_makes_the_output_folder(tmp_path: Path) -> None:
    output = tmp_path / "a" / "b"

    with staging(output) as stage:
        write(stage.folder, "new")
        stage.publish()

    assert read(output) == ("new", "new")
    assert names(output) == ["docs.db", "site"]


def test_the_database_alone_leaves_the_site(output: Path) -> None:
    with staging(output) as stage:
        stage.database.write_text("new")
        stage.publish()

    assert read(output) == ("old", "new")


def test_what_is_not_published_is_gone(output: Path) -> None:
    def fail() -> None:
        with staging(output) as stage:
            write(stage.folder, "new")
            raise LivedocsError("a bad page")

    with pytest.raises(LivedocsError, match="a bad page"):
        fail()

    assert read(output) == ("old", "old")
    assert names(output) == ["docs.db", "site"]


def test_a_reader_never_misses_a_page_while_sites_are_swapped(output: Path) -> None:
    page = output / "site" / "sub" / "page.html"
    stop = threading.Event()
    seen: list[str] = []

    def read_on() -> None:
        while not stop.is_set():
            try:
                seen.append(page.read_text())
            except OSError:
                seen.append("nothing")

    reader = threading.Thread(target=read_on)
    reader.start()
    for number in range(50):
        with staging(output) as stage:
            write(stage.folder, f"new {number}")
            stage.publish()
    stop.set()
    reader.join()

    assert len(seen) > 50
    assert "nothing" not in seen


def test_a_site_that_was_moved_away_and_not_replaced_comes_back(output: Path) -> None:
    (output / "site").rename(output / ".livedocs-old")
    write(output / ".livedocs-staging", "half")

    with staging(output):
        pass

    assert read(output) == ("old", "old")
    assert names(output) == ["docs.db", "site"]


def test_an_old_site_beside_a_new_one_is_removed(output: Path) -> None:
    write(output / ".livedocs-staging", "half")
    write(output / ".livedocs-old", "older")

    with staging(output):
        assert names(output) == [".livedocs-staging", "docs.db", "site"]
        assert list((output / ".livedocs-staging").iterdir()) == []

    assert read(output) == ("old", "old")
    assert names(output) == ["docs.db", "site"]


def test_a_second_build_in_the_same_folder_is_refused(output: Path) -> None:
    with staging(output) as stage:
        write(stage.folder, "new")
        with pytest.raises(PublishError) as caught, staging(output):
            pass
        stage.publish()

    assert str(caught.value) == (f"{output}: another build is at work here. Wait until it has finished.")
    assert read(output) == ("new", "new")


def test_a_full_disk_is_told_as_such() -> None:
    with pytest.raises(OSError, match="No space") as full:
        Path("/dev/full").write_text("x" * 100)

    said = str(publish_error(Path("output"), full.value))

    assert (
        said == "output: the disk is full. Free some space and build again; the last good site is untouched."
    )


@pytest.mark.parametrize(
    ("code", "what"),
    [
        (errno.EACCES, "no permission to write here"),
        (errno.EROFS, "no permission to write here"),
        (errno.ENOTDIR, "a file stands where a folder is needed"),
        (errno.EIO, "can't write (Input/output error)"),
    ],
)
def test_each_fault_of_the_disk_is_told_in_words(code: int, what: str) -> None:
    error = publish_error(Path("output"), OSError(code, os.strerror(code), "output/site"))

    assert (error.where, error.what) == ("output/site", what)
    assert error.todo


def test_an_unchanged_file_is_taken_over_without_copying(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("same")

    link_or_copy(tmp_path / "old", tmp_path / "new")

    assert (tmp_path / "new").read_text() == "same"
    assert (tmp_path / "new").samefile(tmp_path / "old")


def test_an_unchanged_file_is_copied_where_it_cannot_be_linked(tmp_path: Path) -> None:
    memory = Path("/dev/shm") / f"livedocs-{os.getpid()}"  # noqa: S108 - another disk than that of tmp_path
    memory.write_text("same")
    try:
        link_or_copy(memory, tmp_path / "new")
    finally:
        memory.unlink()

    assert (tmp_path / "new").read_text() == "same"


def test_publishing_into_what_is_not_a_folder_is_refused(output: Path) -> None:
    stage = Stage(folder=output / ".livedocs-staging", output=output / "docs.db")
    write(stage.folder, "new")

    with pytest.raises(PublishError, match="a file stands where a folder is needed"):
        stage.publish()

    assert read(output) == ("old", "old")
