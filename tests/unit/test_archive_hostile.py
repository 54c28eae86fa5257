"""Hostile archives are refused in one clear line, and nothing of them lands outside the folder."""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest
from archives import PAGE, file_member, make_tar, make_zip, other_member, refused, unpacked

from builder.source.budget import Limits

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["../evil.html", "docs/../../evil.html", "..", "docs\\..\\..\\evil.html"])
def test_paths_that_leave_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    tar = make_tar(tmp_path / "a.tgz", file_member("docs/index.html"), file_member(name))
    zipped = make_zip(tmp_path / "a.zip", {"docs/index.html": PAGE, name: PAGE})

    assert f"{name!r} leaves the folder" in refused(tar, tmp_path / "tar")
    assert f"{name!r} leaves the folder" in refused(zipped, tmp_path / "zip")


@pytest.mark.parametrize("name", ["/tmp/evil.html", "C:/evil.html", "c:\\evil.html", "\\\\host\\evil.html"])  # noqa: S108
def test_absolute_paths_are_refused(tmp_path: Path, name: str) -> None:
    tar = make_tar(tmp_path / "a.tgz", file_member(name))
    zipped = make_zip(tmp_path / "a.zip", {name: PAGE})

    assert "has an absolute path" in refused(tar, tmp_path / "tar")
    assert "has an absolute path" in refused(zipped, tmp_path / "zip")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
@pytest.mark.parametrize("target", ["/etc/passwd", "../../outside", "docs/../../../outside"])
def test_links_that_leave_the_archive_are_refused(tmp_path: Path, kind: bytes, target: str) -> None:
    archive = make_tar(tmp_path / "a.tgz", other_member("docs/evil", kind, target))

    assert "'docs/evil' links to" in refused(archive, tmp_path / "out")


def test_a_file_written_through_a_link_stays_inside(tmp_path: Path) -> None:
    archive = make_tar(
        tmp_path / "a.tgz",
        file_member("real/index.html"),
        other_member("docs", tarfile.SYMTYPE, "real"),
        file_member("docs/index.html", b"through"),
    )

    files = unpacked(archive, tmp_path / "out")

    assert files == {"real/index.html": PAGE, "docs/index.html": b"through"}


def test_links_that_leave_by_way_of_others_are_refused(tmp_path: Path) -> None:
    top = make_tar(
        tmp_path / "a.tgz",
        other_member("a/b/top", tarfile.SYMTYPE, "../.."),
        other_member("evil", tarfile.SYMTYPE, "a/b/top/../.."),
    )
    below = make_tar(
        tmp_path / "b.tgz",
        other_member("here", tarfile.SYMTYPE, "."),
        other_member("here/x/evil", tarfile.SYMTYPE, "../.."),
    )

    assert "'evil' links to" in refused(top, tmp_path / "1")
    assert "'here/x/evil' stands below a link" in refused(below, tmp_path / "2")


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_devices_and_pipes_are_refused(tmp_path: Path, kind: bytes) -> None:
    archive = make_tar(tmp_path / "a.tgz", other_member("docs/index.html", kind))

    assert "'docs/index.html' is a device or a pipe" in refused(archive, tmp_path / "out")


@pytest.mark.parametrize(("mode", "why"), [(stat.S_IFLNK, "links to"), (stat.S_IFCHR, "is a device")])
def test_links_and_devices_in_a_zip_are_refused(tmp_path: Path, mode: int, why: str) -> None:
    member = zipfile.ZipInfo("docs/evil")
    member.external_attr = (mode | 0o777) << 16
    member.create_system = 3
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(member, "../../../etc/passwd")

    assert f"'docs/evil' {why}" in refused(tmp_path / "a.zip", tmp_path / "out")


class _Zeros(io.RawIOBase):
    """Zeros without end."""

    def read(self, size: int = -1, /) -> bytes:
        return bytes(size)


def test_a_bomb_of_ten_gigabytes_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    member = tarfile.TarInfo("docs/bomb.html")
    member.size = 10 * 1000**3
    tar = tmp_path / "a.tar"
    tar.write_bytes(member.tobuf() + bytes(2048))

    message = refused(tar, tmp_path / "out")

    assert "docs/bomb.html alone would unpack to 10,000 MB" in message


def test_a_bomb_is_refused_long_before_the_disk_is_full(tmp_path: Path) -> None:
    path = tmp_path / "a.tgz"
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for number in range(40):
            member = tarfile.TarInfo(f"docs/{number}.html")
            member.size = 8 * 1024**2
            archive.addfile(member, _Zeros())

    message = refused(path, tmp_path / "out")

    written = sum(file.stat().st_size for file in (tmp_path / "out").rglob("*") if file.is_file())
    assert "would unpack to more than" in message
    assert path.stat().st_size < 2_000_000
    assert 0 < written <= 200 * path.stat().st_size


def test_a_zip_bomb_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"docs/{number}.html", bytes(16 * 1024**2))

    message = refused(path, tmp_path / "out")

    assert "would unpack to 336 MB" in message
    assert not any(file.is_file() for file in (tmp_path / "out").rglob("*"))


@pytest.mark.parametrize("declared", [50, 6000])
def test_a_zip_that_declares_another_size_than_it_holds_is_refused(tmp_path: Path, declared: int) -> None:
    path = make_zip(tmp_path / "a.zip", {"docs/index.html": b"x" * 5000})
    size = (5000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, declared.to_bytes(4, "little")))

    assert "damaged" in refused(path, tmp_path / "out")


def test_a_header_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    header = tarfile.TarInfo("PaxHeaders/docs")
    header.type = tarfile.XHDTYPE
    header.size = 512 * 1024**2
    path = tmp_path / "a.tar"
    path.write_bytes(header.tobuf(format=tarfile.USTAR_FORMAT) + bytes(4096))

    assert "it has a header that is too large" in refused(path, tmp_path / "out")


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    archive = make_tar(tmp_path / "a.tgz", *[file_member(f"{number}.html", b"") for number in range(11)])

    assert "more than 10 files" in refused(archive, tmp_path / "out", Limits(files=10))
