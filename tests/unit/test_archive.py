"""Archives: what is harmless is unpacked, what is hostile or damaged is refused in one clear line."""

from __future__ import annotations

import io
import os
import random
import stat
import subprocess
import sys
import tarfile
import warnings
import zipfile
from pathlib import Path

import pytest

from builder.errors import ArchiveError, SourceError
from builder.source.archive import unpack
from builder.source.budget import Limits
from builder.source.opening import open_source

PAGE = b"<html><body>page</body></html>"
ROOT = Path(__file__).resolve().parents[2]


def quiet(step: str, done: int, total: int) -> None:
    """Take no notice of progress."""


def make_tar(path: Path, *members: tuple[tarfile.TarInfo, bytes], mode: str = "w:gz") -> Path:
    """Write a tar archive with exactly these members."""
    with tarfile.open(path, mode) as archive:
        for member, content in members:
            archive.addfile(member, io.BytesIO(content))
    return path


def file_member(name: str, content: bytes = PAGE) -> tuple[tarfile.TarInfo, bytes]:
    """Return a regular file."""
    member = tarfile.TarInfo(name)
    member.size = len(content)
    return member, content


def other_member(name: str, kind: bytes, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    """Return a link or a device."""
    member = tarfile.TarInfo(name)
    member.type = kind
    member.linkname = target
    return member, b""


def make_zip(path: Path, members: dict[str, bytes]) -> Path:
    """Write a compressed zip archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def unpacked(archive: Path, into: Path, limits: Limits | None = None) -> dict[str, bytes]:
    """Unpack an archive and return every file in it."""
    into.mkdir()
    unpack(archive, into, progress=quiet, limits=limits)
    return {str(path.relative_to(into)): path.read_bytes() for path in into.rglob("*") if path.is_file()}


def refused(archive: Path, into: Path, limits: Limits | None = None) -> str:
    """Unpack an archive that must be refused, check that nothing is outside, and return the message."""
    into = into / "deep" / "down"
    into.mkdir(parents=True)
    before = sorted(into.parent.parent.glob("*"))

    with pytest.raises(ArchiveError) as caught:
        unpack(archive, into, progress=quiet, limits=limits)

    assert sorted(into.parent.parent.glob("*")) == before
    assert sorted(into.parent.glob("*")) == [into]
    assert caught.value.todo
    return str(caught.value)


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


def test_a_zip_that_declares_less_than_it_holds_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"docs/index.html": b"x" * 5000})
    size = (5000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (50).to_bytes(4, "little")))

    assert "damaged" in refused(path, tmp_path / "out")


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    archive = make_tar(tmp_path / "a.tgz", *[file_member(f"{number}.html", b"") for number in range(11)])

    assert "more than 10 files" in refused(archive, tmp_path / "out", Limits(files=10))


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


def docs_archive(path: Path) -> Path:
    """Write an archive of a small tree of docs."""
    pages = {f"docs/{number}.html": os.urandom(4000) for number in range(500)}
    return make_zip(
        path, {"docs/index.html": PAGE, "docs/objects.inv": b"# Sphinx inventory version 2\n", **pages}
    )


def test_a_killed_unpacking_leaves_nothing_that_is_taken_for_whole(tmp_path: Path) -> None:
    archive, cache = docs_archive(tmp_path / "docs.zip"), tmp_path / "cache"
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from builder.source import open_source\n"
        "def stop(step, done, total):\n"
        "    if done == 300:\n"
        "        print('half', flush=True)\n"
        "        time.sleep(60)\n"
        "open_source(sys.argv[1], cache=Path(sys.argv[2]), progress=stop)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, archive, cache], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "half\n"
        running.kill()
    (leftover,) = (cache / "trees").iterdir()
    assert leftover.name.startswith(".unfinished-")

    tree = open_source(str(archive), cache=cache, progress=quiet)

    assert len(list(tree.root.iterdir())) == 502
    assert [folder.name.startswith(".") for folder in (cache / "trees").iterdir()] == [False]


def test_a_full_disk_is_one_clear_line_and_leaves_nothing_behind(tmp_path: Path) -> None:
    archive, cache = docs_archive(tmp_path / "docs.zip"), tmp_path / "cache"
    cache.mkdir()
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from builder.errors import SourceError\n"
        "from builder.source import open_source\n"
        "try:\n"
        "    open_source(sys.argv[1], cache=Path(sys.argv[2]), progress=lambda *_: None)\n"
        "except SourceError as error:\n"
        "    print(error, list((Path(sys.argv[2]) / 'trees').iterdir()))\n"
    )
    mounted = f'mount -t tmpfs -o size=1m tmpfs "{cache}" && exec "$0" "$@"'
    command = ["unshare", "-rm", "sh", "-c", mounted, sys.executable, "-c", script, str(archive), str(cache)]
    if subprocess.run(["unshare", "-rm", "true"], check=False, capture_output=True).returncode:
        pytest.skip("this system lets nobody mount a small disk")

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert "the disk is full. Free some space, or set LIVEDOCS_CACHE" in done.stdout, done.stderr
    assert done.stdout.endswith("[]\n")


def test_a_file_larger_than_allowed_leaves_nothing_behind(tmp_path: Path) -> None:
    import resource

    archive, cache = docs_archive(tmp_path / "docs.zip"), tmp_path / "cache"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
    try:
        with pytest.raises(SourceError) as caught:
            open_source(str(archive), cache=cache, progress=quiet)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert caught.value.what == "the disk is full"
    assert list((cache / "trees").iterdir()) == []
