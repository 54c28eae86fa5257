"""Archives of every kind are unpacked; those that are damaged are refused in one clear line."""

from __future__ import annotations

import io
import os
import random
import tarfile
import warnings
import zipfile
from pathlib import Path

import pytest
from archives import PAGE, file_member, make_tar, make_zip, other_member, quiet, refused, unpacked

from builder.errors import ArchiveError
from builder.source.archive import unpack

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_archives_of_every_compression_are_unpacked(tmp_path: Path, mode: str) -> None:
    archive = make_tar(tmp_path / "no-telling-name", file_member("docs/index.html"), mode=mode)

    assert unpacked(archive, tmp_path / "out") == {"docs/index.html": PAGE}


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_tar_archives_of_every_form_are_unpacked(tmp_path: Path, form: int) -> None:
    path = tmp_path / "docs.tar"
    with tarfile.open(path, "w", format=form) as archive:
        archive.add(ROOT / "pyproject.toml", "docs/" + "long/" * 18 + "pyproject.toml")

    (name,) = unpacked(path, tmp_path / "out")

    assert name == "docs/" + "long/" * 18 + "pyproject.toml"


def test_zip_archives_are_unpacked(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "docs.zip", {"docs/index.html": PAGE, "docs/a/b.html": b""})

    assert unpacked(archive, tmp_path / "out") == {"docs/index.html": PAGE, "docs/a/b.html": b""}


def test_of_two_members_with_one_name_the_later_stays(tmp_path: Path) -> None:
    tar = make_tar(tmp_path / "a.tgz", file_member("a.html", b"old, longer"), file_member("./a.html", b"new"))
    zipped = tmp_path / "a.zip"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        with zipfile.ZipFile(zipped, "w") as archive:
            archive.writestr("a.html", "old, longer")
            archive.writestr("a.html", "new")

    assert unpacked(tar, tmp_path / "tar") == {"a.html": b"new"}
    assert unpacked(zipped, tmp_path / "zip") == {"a.html": b"new"}


def test_names_in_other_encodings_become_proper_text(tmp_path: Path) -> None:
    tar = tmp_path / "a.tar"
    with tarfile.open(tar, "w", format=tarfile.GNU_FORMAT, encoding="latin-1") as archive:
        archive.addfile(*[file_member("café.html")[0], io.BytesIO(PAGE)])
    zipped = make_zip(tmp_path / "a.zip", {"x\u2500.html": PAGE})
    unmarked = tmp_path / "b.zip"
    flagged = make_zip(tmp_path / "c.zip", {"naïve.html": PAGE}).read_bytes()
    unmarked.write_bytes(flagged.replace(b"\x00\x08\x08\x00", b"\x00\x00\x08\x00"))

    assert list(unpacked(tar, tmp_path / "1")) == ["café.html"]
    assert list(unpacked(zipped, tmp_path / "2")) == ["x─.html"]
    assert list(unpacked(unmarked, tmp_path / "3")) == ["naïve.html"]


def test_backslashes_of_windows_tools_part_folders(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", {"docs\\index.html": PAGE})

    assert unpacked(archive, tmp_path / "out") == {"docs/index.html": PAGE}


def test_links_inside_the_archive_are_kept(tmp_path: Path) -> None:
    archive = make_tar(
        tmp_path / "a.tgz",
        other_member("docs/genindex.html", tarfile.SYMTYPE, "../docs/all.html"),
        file_member("docs/all.html"),
        other_member("docs/copy.html", tarfile.LNKTYPE, "docs/all.html"),
        other_member("docs/dangling.html", tarfile.SYMTYPE, "nowhere.html"),
    )

    files = unpacked(archive, tmp_path / "out")

    assert files == dict.fromkeys(["docs/genindex.html", "docs/all.html", "docs/copy.html"], PAGE)
    assert (tmp_path / "out/docs/genindex.html").is_symlink()


@pytest.mark.parametrize("kept", [0.01, 0.3, 0.7, 0.94])
@pytest.mark.parametrize("kind", ["w", "w:gz", "w:bz2", "w:xz", "zip"])
def test_an_archive_that_is_cut_off_is_refused(tmp_path: Path, kind: str, kept: float) -> None:
    pages = [(f"docs/{number}.html", os.urandom(9000)) for number in range(20)]
    path = tmp_path / "docs"
    if kind == "zip":
        make_zip(path, dict(pages))
    else:
        make_tar(path, *[file_member(*page) for page in pages], mode=kind)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])

    assert refused(path, tmp_path / "out").startswith(f"{path}: the archive is damaged or cut off")


def test_a_plain_tar_cut_off_between_members_or_with_a_spoilt_header_is_refused(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "a.tar", file_member("1.html"), file_member("2.html"), mode="w")
    whole = path.read_bytes()
    path.write_bytes(whole[:1024])
    spoilt = tmp_path / "b.tar"
    spoilt.write_bytes(whole[:1030] + b"#" + whole[1031:])

    assert "damaged or cut off" in refused(path, tmp_path / "1")
    assert "damaged or cut off" in refused(spoilt, tmp_path / "2")


def test_a_wrong_checksum_behind_the_last_file_is_noticed(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "a.tgz", file_member("1.html"))
    content = bytearray(path.read_bytes())
    content[-8] ^= 1
    path.write_bytes(content)

    assert "CRC check failed" in refused(path, tmp_path / "out")


def test_a_zip_that_points_to_an_impossible_place_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"docs/1.html": PAGE, "docs/2.html": PAGE})
    content = bytearray(path.read_bytes())
    start = content.index(b"PK\x05\x06") + 16
    content[start : start + 4] = (int.from_bytes(content[start : start + 4], "little") + 500).to_bytes(
        4, "little"
    )
    path.write_bytes(content)

    assert "damaged or cut off" in refused(path, tmp_path / "out")


def test_random_damage_never_raises_anything_else(tmp_path: Path) -> None:
    chance = random.Random(11)  # noqa: S311 - the same damage in every run
    pages = [file_member(f"docs/{number}/é.html", chance.randbytes(900)) for number in range(6)]
    link = other_member("docs/link", tarfile.SYMTYPE, "1")
    wholes = [
        make_tar(tmp_path / "a", *pages, link, mode=mode).read_bytes() for mode in ("w", "w:gz", "w:xz")
    ]
    wholes.append(make_zip(tmp_path / "a", {member.name: content for member, content in pages}).read_bytes())
    outcomes = {"unpacked": 0, "refused": 0}

    for round_number in range(160):
        damaged = bytearray(wholes[round_number % len(wholes)])
        for _ in range(chance.choice([1, 2, 5])):
            damaged[chance.randrange(len(damaged))] = chance.choice([0, 255, chance.randrange(256)])
        (tmp_path / "b").write_bytes(damaged)
        into = tmp_path / str(round_number)
        into.mkdir()
        try:
            unpack(tmp_path / "b", into, progress=quiet)
            outcomes["unpacked"] += 1
        except ArchiveError:
            outcomes["refused"] += 1

    assert outcomes["refused"] > 80


def test_a_zip_with_a_password_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"docs/index.html": PAGE})
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)

    assert "protected by a password" in refused(path, tmp_path / "out")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "the file is empty"),
        (b"<!DOCTYPE html><html></html>", "this is an HTML page, not an archive"),
        (b"%PDF-1.7" + bytes(600), "this is neither a zip nor a tar archive"),
    ],
)
def test_a_file_that_is_no_archive_is_refused(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "docs.zip"
    path.write_bytes(content)

    assert refused(path, tmp_path / "out").startswith(f"{path}: {what}.")


def test_a_file_and_a_folder_of_one_name_are_refused(tmp_path: Path) -> None:
    archive = make_tar(tmp_path / "a.tgz", file_member("docs"), file_member("docs/index.html"))

    assert "a file and a folder of the same name" in refused(archive, tmp_path / "out")


def test_a_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    archive = make_tar(tmp_path / "a.tgz", file_member("x" * 300))

    assert "a name that is too long" in refused(archive, tmp_path / "out")
