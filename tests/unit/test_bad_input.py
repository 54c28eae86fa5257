"""Bad input meets the real command: one line that says what, where and what to do, and nothing lost."""

from __future__ import annotations

import gzip
import os
import random
import re
import shutil
import socket
import sqlite3
import stat
import tarfile
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from archives import file_member, make_tar, make_zip, other_member
from docs_server import serving
from product import free_port
from small_docs import built, page, run, snapshot, write_docs

from builder.errors import SourceError
from builder.models import SourceTree
from builder.pipeline.scan import scan_tree

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

UNPRIVILEGED = ["setpriv", "--bounding-set", "-dac_override", "--inh-caps", "-dac_override"]
"""Root who must keep to permissions like everybody else."""
ON_A_SMALL_DISK = """
mount -t tmpfs -o "size=$SIZE" none "$OUTPUT" && cp -a "$GOOD/." "$OUTPUT" || exit 99
"$@"
code=$?
mkdir "$AFTER" && cp -a "$OUTPUT/." "$AFTER" || exit 99
exit $code
"""


@pytest.fixture(scope="module")
def good_output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of a good build, to be copied."""
    folder = tmp_path_factory.mktemp("good")
    built(write_docs(folder / "docs"), folder)
    return folder / "output"


@pytest.fixture
def output(good_output: Path, tmp_path: Path) -> Path:
    """What an earlier build left in the working folder."""
    return shutil.copytree(good_output, tmp_path / "output")


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A tree of good docs, for a test to spoil."""
    return write_docs(tmp_path / "docs")


@pytest.fixture
def refused(tmp_path: Path, output: Path) -> Callable[..., str]:
    """A function that builds from something bad and returns the one line that it said."""
    before = snapshot(output)

    def refused(*words: object, code: int = 1) -> str:
        line = only_line(run("build", "-q", *words, cwd=tmp_path), code=code)
        assert snapshot(output) == before
        assert not (output / ".livedocs-staging").exists()
        return line

    return refused


def only_line(ended: subprocess.CompletedProcess[str], *, code: int = 1) -> str:
    """Return the one line of a command that failed as it should: what, where and what to do in two sentences."""
    assert (ended.returncode, ended.stdout) == (code, ""), ended.stderr
    assert "Traceback" not in ended.stderr
    (line,) = ended.stderr.splitlines()
    assert re.fullmatch(r"livedocs: .+: .+\. [A-Z].+\.", line), line
    return line.removeprefix("livedocs: ")


def test_a_missing_folder(refused: Callable[..., str]) -> None:
    assert refused("nowhere").startswith("nowhere: there is no such folder or file. Check the path")


def test_an_empty_folder(refused: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert refused("empty").startswith("empty: the folder is empty. Build the docs first")


def test_a_folder_that_is_not_sphinx_output(refused: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "blog").mkdir()
    (tmp_path / "blog" / "index.html").write_text("<html><body><h1>My blog</h1></body></html>")

    assert refused("blog").startswith("blog: no Sphinx output found")


def test_sphinx_output_whose_pages_have_no_content(refused: Callable[..., str], docs: Path) -> None:
    for file in docs.glob("*.html"):
        file.write_text("<html><head><title>Moved</title></head><body></body></html>")

    line = refused("docs")

    assert line == (
        "docs: no page has a main content that a Sphinx theme would write."
        " Give the folder that `sphinx-build -b html` writes."
    )


@pytest.mark.parametrize("kind", ["zip", "gztar", "bztar", "xztar"])
def test_a_truncated_archive(refused: Callable[..., str], docs: Path, tmp_path: Path, kind: str) -> None:
    (docs / "noise.txt").write_bytes(random.Random(1).randbytes(50_000))  # noqa: S311 - what can't be compressed
    archive = shutil.make_archive(str(tmp_path / "docs"), kind, docs)
    os.truncate(archive, 30_000)

    line = refused(archive)

    assert line.startswith(f"{archive}: the archive is damaged or cut off")


def test_hostile_archives(refused: Callable[..., str], tmp_path: Path) -> None:
    outside = tmp_path / "evil.html"
    bomb = tarfile.TarInfo("docs/bomb.html")
    bomb.size = 10 * 1000**3
    (tmp_path / "bomb.tar").write_bytes(bomb.tobuf() + bytes(2048))
    make_zip(tmp_path / "leaves.zip", {"index.html": b"", "../../../evil.html": b"x"})
    make_tar(tmp_path / "leaves.tar.gz", file_member("index.html"), file_member(str(outside)))
    make_tar(tmp_path / "link.tar.gz", other_member("docs/link", tarfile.SYMTYPE, "../../../.."))
    with zipfile.ZipFile(tmp_path / "zeros.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"docs/{number}.html", bytes(16 * 1024**2))

    said = {
        name: refused(name)
        for name in ("bomb.tar", "leaves.zip", "leaves.tar.gz", "link.tar.gz", "zeros.zip")
    }

    assert "docs/bomb.html alone would unpack to 10,000 MB" in said["bomb.tar"]
    assert "'../../../evil.html' leaves the folder" in said["leaves.zip"]
    assert "has an absolute path" in said["leaves.tar.gz"]
    assert "'docs/link' links to" in said["link.tar.gz"]
    assert "would unpack to 336 MB" in said["zeros.zip"]
    assert not outside.exists()
    assert not list(tmp_path.rglob("evil.html"))


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda _raw: b"", id="empty"),
        pytest.param(lambda raw: raw[: len(raw) - 40], id="cut"),
        pytest.param(lambda raw: raw[:120] + bytes(40) + raw[160:], id="overwritten"),
        pytest.param(lambda _raw: b"<html><body>Not found</body></html>", id="page"),
    ],
)  # fmt: skip
def test_a_damaged_inventory(
    refused: Callable[..., str], docs: Path, spoil: Callable[[bytes], bytes]
) -> None:
    (docs / "objects.inv").write_bytes(spoil((docs / "objects.inv").read_bytes()))

    assert refused("docs") == (
        "docs/objects.inv: objects.inv is damaged or not an inventory of version 2."
        " Fetch these docs again, or delete the file to build without it."
    )


def test_without_an_inventory_a_tree_is_built_all_the_same(docs: Path, tmp_path: Path) -> None:
    (docs / "objects.inv").unlink()

    built(docs, tmp_path)

    with closing(sqlite3.connect(tmp_path / "output" / "docs.db")) as database:
        found = database.execute(
            "SELECT name FROM entries WHERE role = 'py:function' ORDER BY name"
        ).fetchall()
    assert [name for (name,) in found] == [
        "brush.clean", "canvas.hang", "canvas.roll", "canvas.stretch", "paint.fill", "paint.spill",
    ]  # fmt: skip


def test_a_page_that_is_not_utf8(refused: Callable[..., str], docs: Path) -> None:
    file = docs / "paint.html"
    file.write_bytes(file.read_bytes().replace(b"What is done", "Füllen".encode("latin-1")))

    assert re.fullmatch(
        r"paint\.html: the page is not valid UTF-8 \(.*0xfc.*\)\. Build these docs again\.", refused("docs")
    )


def test_a_page_that_is_cut_in_the_middle(refused: Callable[..., str], docs: Path) -> None:
    file = docs / "canvas.html"
    os.truncate(file, file.stat().st_size // 2)

    assert refused("docs") == (
        "canvas.html: the page ends in the middle of its main content. Fetch or build these docs again."
    )


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda raw: raw[:-30], "the compressed page is damaged"),
        (lambda raw: raw[:40] + bytes(40) + raw[80:], "the compressed page is damaged"),
        (lambda _raw: gzip.compress(bytes(70_000_000), 1), "the compressed page is larger than 64 MB"),
    ],
)
def test_a_compressed_page_that_is_damaged_or_a_bomb(
    refused: Callable[..., str], docs: Path, spoil: Callable[[bytes], bytes], what: str
) -> None:
    page = (docs / "paint.html").read_bytes()
    (docs / "changelog.html.gz").write_bytes(spoil(gzip.compress(page)))

    assert refused("docs").startswith(f"docs/changelog.html.gz: {what}. ")


def test_a_compressed_page_is_read(docs: Path, tmp_path: Path) -> None:
    (docs / "changelog.html.gz").write_bytes(gzip.compress((docs / "paint.html").read_bytes()))

    built(docs, tmp_path)

    assert (tmp_path / "output" / "site" / "small" / "1.2" / "changelog.html").is_file()


def test_a_page_that_may_not_be_read(output: Path, docs: Path, tmp_path: Path) -> None:
    (docs / "paint.html").chmod(0)
    before = snapshot(output)

    front = [word.replace("-dac_override", "-dac_override,-dac_read_search") for word in as_somebody()]
    line = only_line(run("build", "-q", "docs", cwd=tmp_path, front=front))

    assert line == "docs/paint.html: the file can't be read (Permission denied). Check its permissions."
    assert snapshot(output) == before


def test_a_file_that_changes_while_it_is_read(docs: Path, tmp_path: Path) -> None:
    tree = SourceTree(root=docs, origin="here")
    scan = scan_tree(tree, without=tmp_path / "output")
    page = docs / "paint.html"
    assert scan.read("paint.html") == page.read_bytes()

    page.write_text("Something else.")

    with pytest.raises(SourceError) as caught:
        scan.read("paint.html")
    todo = "Build again when nothing writes there."
    assert str(caught.value) == f"{page}: the file changed while it was read. {todo}"


def test_duplicate_ids_are_a_warning_and_the_check_lists_them(docs: Path, tmp_path: Path) -> None:
    twice = '<p id="twice">One.</p><section id="more"><h2>More</h2><p id="twice">Two.</p></section>'
    (docs / "paint.html").write_text(page("paint", f"<section><h1>paint</h1>{twice}</section>"))

    ended = run("build", "docs", cwd=tmp_path)
    checked = run("check", "output/site", "-q", cwd=tmp_path)

    assert ended.returncode == 0, ended.stderr
    warnings = [line for line in ended.stderr.splitlines() if line.startswith("warning:")]
    assert warnings == ['warning: paint.html: the id "twice" stands more than once; links reach the first']
    assert "  small/1.2/paint.html: twice" in checked.stdout.splitlines()


def test_a_server_that_cannot_be_reached(refused: Callable[..., str]) -> None:
    url = f"http://127.0.0.1:{free_port()}/docs.zip"

    assert refused(url).startswith(f"{url}: ")


def test_an_address_without_docs(refused: Callable[..., str]) -> None:
    with serving() as server:
        server.files["/"] = b"<!DOCTYPE html><html></html>"
        missing, front = refused(f"{server.url}/docs.zip"), refused(f"{server.url}/")

    assert missing.startswith(f"{server.url}/docs.zip: there is no such file (404 Not Found).")
    assert front.startswith(f"{server.url}/: this is an HTML page, not an archive.")


@pytest.mark.parametrize("size", [1_600, 2_400, 3_200])
def test_a_full_disk(good_output: Path, docs: Path, tmp_path: Path, size: int) -> None:
    (tmp_path / "output").mkdir()
    front = ["unshare", "--map-root-user", "--mount", "sh", "-c", ON_A_SMALL_DISK, "sh"]
    used = sum(-(-file.stat().st_size // 4096) * 4 for file in good_output.rglob("*") if file.is_file())
    places = {
        "OUTPUT": str(tmp_path / "output"),
        "AFTER": str(tmp_path / "after"),
        "GOOD": str(good_output),
        "SIZE": f"{used + size // 8}k",
    }

    ended = run("build", "-q", "--fresh", docs, cwd=tmp_path, front=front, **places)

    line = only_line(ended)
    assert re.fullmatch(
        r".*: the disk is full\. Free some space and build again; the last good site is untouched\.", line
    )
    assert snapshot(tmp_path / "after") == snapshot(good_output)
    assert not (tmp_path / "after" / ".livedocs-staging").exists()


def test_no_permission_to_write(output: Path, docs: Path, tmp_path: Path) -> None:
    before = snapshot(output)
    for folder in (output, *(one for one in output.rglob("*") if one.is_dir())):
        folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    (output / ".livedocs-lock").chmod(stat.S_IRUSR)
    ended = run("build", "-q", docs, "--fresh", cwd=tmp_path, front=as_somebody())
    for folder in (output, *(one for one in output.rglob("*") if one.is_dir())):
        folder.chmod(0o755)

    assert only_line(ended).endswith(
        ": no permission to write here. Choose another folder with --output, or change its permissions."
    )
    assert snapshot(output) == before


def test_no_permission_to_make_the_output_folder(docs: Path, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o555)

    ended = run("build", "-q", docs, "-o", "locked/output", cwd=tmp_path, front=as_somebody())

    assert only_line(ended) == (
        "locked/output: no permission to write here."
        " Choose another folder with --output, or change its permissions."
    )


def test_a_file_where_the_output_folder_should_be(docs: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")

    ended = run("build", "-q", docs, "-o", "taken/output", cwd=tmp_path)

    assert only_line(ended) == (
        "taken/output: a file stands where a folder is needed. Move it away or choose another folder with --output."
    )
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_version_that_does_not_exist(refused: Callable[..., str]) -> None:
    assert "9.99" in refused("--version", "9.99")


def test_a_version_that_is_none(refused: Callable[..., str]) -> None:
    assert refused("--version", "latest", code=2) == (
        "--version: 'latest' is not a version of Python. Write it like 3.13 or 3.13.5."
    )


def test_a_version_of_something_else_than_pythons_docs(docs: Path, tmp_path: Path) -> None:
    ended = run("build", docs, "--version", "3.13", cwd=tmp_path)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        "livedocs: --version chooses Python's docs, so it takes no SOURCE. Leave one of them out.\n"
    )


def test_two_trees_for_one_place(refused: Callable[..., str], docs: Path) -> None:
    assert refused(docs, docs) == (
        f"{docs}: two docsets would stand at /small/1.2/."
        " Give one of them another slug or version in livedocs.toml."
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "these answers can't be read. Give a file that is UTF-8 and readable for you."),
        (
            b"caf\xe9\n  coffee\n",
            "these answers can't be read. Give a file that is UTF-8 and readable for you.",
        ),
        (
            b"  how to paint\npaint.fill\n",
            (
                "line 1 asks for something above the first place."
                " Write a place in the first column, and below it, indented, what is asked."
            ),
        ),
    ],
)
def test_a_file_of_answers_that_is_none(docs: Path, tmp_path: Path, content: bytes | None, said: str) -> None:
    (tmp_path / "livedocs.toml").write_text(f'[[sources]]\nsource = "{docs}"\nanswers = "asked.txt"\n')
    if content is not None:
        (tmp_path / "asked.txt").write_bytes(content)

    ended = run("build", cwd=tmp_path)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.splitlines()[-1] == f"livedocs: {tmp_path / 'asked.txt'}: {said}"


def test_a_database_of_another_version_of_livedocs(output: Path, docs: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(output / "docs.db")) as database:
        database.execute("PRAGMA user_version = 77")

    said = [only_line(run(*words, cwd=tmp_path)) for words in (("generate", "-q"), ("search", "fill"))]

    assert [line.partition(".db: ")[2] for line in said] == [
        "the database was written by another version of livedocs. Build it again.",
        "it is not a database of this version of livedocs. Run `livedocs build` to write it anew.",
    ]
    built(docs, tmp_path)
    assert run("search", "fill", cwd=tmp_path).returncode == 0


def test_a_taken_port(output: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = run("serve", "-q", "-o", output, "--port", port, cwd=tmp_path)

    assert str(port) in only_line(ended)


@pytest.mark.parametrize("command", [("generate",), ("serve",), ("search", "fill"), ("check",)])
def test_nothing_built_yet(tmp_path: Path, command: tuple[str, ...]) -> None:
    ended = run(*command, cwd=tmp_path)

    line = only_line(ended, code=2 if command == ("check",) else 1)
    assert line.endswith("Run `livedocs build` first.")


@pytest.mark.parametrize("words", [("bild",), ("build", "--frsh"), ("serve", "--port", "70000"), ("search",)])
def test_wrong_use_is_told_apart_by_its_exit_code(tmp_path: Path, words: tuple[str, ...]) -> None:
    ended = run(*words, cwd=tmp_path)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert "Traceback" not in ended.stderr
    assert ended.stderr.splitlines()[-1].startswith("Error: ")


def as_somebody() -> list[str]:
    """Return what to put before a command so that permissions hold for it, whoever runs the tests."""
    return UNPRIVILEGED if os.geteuid() == 0 else []
