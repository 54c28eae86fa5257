"""The command line: help, what goes where, and how progress looks on a terminal and elsewhere."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from product import ENVIRONMENT, LIVEDOCS
from small_docs import built, run, write_docs

from builder import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

COMMANDS = ("fetch", "build", "ingest", "generate", "serve", "load", "search", "check")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small tree and what was built of it."""
    made = tmp_path_factory.mktemp("cli")
    built(write_docs(made / "docs"), made)
    return made


def test_the_help_names_every_command(tmp_path: Path) -> None:
    ended = run("--help", cwd=tmp_path)

    listed = re.findall(r"^  ([a-z]+)  ", ended.stdout.partition("Commands:")[2], re.MULTILINE)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert sorted(listed) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_may_be_quiet_or_verbose(tmp_path: Path, command: str) -> None:
    ended = run(command, "-h", cwd=tmp_path)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert {"--quiet", "--verbose", "--help"} <= set(re.findall(r"--[a-z]+", ended.stdout))


def test_the_version_is_that_of_the_package(tmp_path: Path) -> None:
    ended = run("--version", cwd=tmp_path)

    assert ended.stdout == f"livedocs, version {__version__}\n"


def test_progress_goes_to_stderr_a_line_a_step(tmp_path: Path) -> None:
    said = built(write_docs(tmp_path / "docs"), tmp_path).splitlines()

    steps = [line for line in said if line.endswith(" ...")]
    assert [line for line in said if "\x1b" in line or "\r" in line] == []
    assert len(steps) == len(set(steps)) >= 4
    assert re.fullmatch(r"Small 1\.2: 4 pages \(4 read anew\), 10 entries, from docs", said[-2])
    assert re.fullmatch(r"Wrote 4 pages, 4 rendered anew, to .*output in \d+\.\d s\.", said[-1])


def test_quiet_says_nothing(tmp_path: Path) -> None:
    write_docs(tmp_path / "docs")

    first, second = (run("build", "-q", "docs", cwd=tmp_path) for _ in range(2))

    assert [(one.returncode, one.stdout, one.stderr) for one in (first, second)] == [(0, "", "")] * 2


def test_a_terminal_shows_progress_on_one_line_and_an_error_on_its_own(tmp_path: Path) -> None:
    write_docs(tmp_path / "docs")
    cut = tmp_path / "docs" / "paint.html"
    cut.write_text(cut.read_text()[:900])

    code, said = on_a_terminal(["build", "docs"], tmp_path)

    shown = [line.rpartition("\x1b[K")[2] for line in said.replace("\r\n", "\n").rstrip("\n").split("\n")]
    assert code == 1
    assert shown[-1] == (
        "livedocs: paint.html: the page ends in the middle of its main content. Fetch or build these docs again."
    )
    assert shown[0] == "Reading the sources  done"


def test_results_go_to_stdout(folder: Path) -> None:
    ended = run("search", "spill", cwd=folder)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines()[0] == "paint.spill  (function)"
    assert "/small/1.2/paint.html#paint.spill" in ended.stdout


def test_results_may_be_json(folder: Path) -> None:
    ended = run("search", "--json", "-n", "2", "spill", cwd=folder)

    results = json.loads(ended.stdout)["results"]
    assert [result["name"] for result in results][:1] == ["paint.spill"]
    assert len(results) <= 2


def test_a_search_keeps_to_a_docset_and_a_kind(folder: Path) -> None:
    modules = run("search", "--kind", "module", "paint", cwd=folder)
    elsewhere = run("search", "--docset", "small/9.9", "paint", cwd=folder)

    assert "(function)" not in modules.stdout
    assert "(module)" in modules.stdout
    assert (elsewhere.returncode, elsewhere.stdout) == (1, "")
    assert elsewhere.stderr.startswith("livedocs: ")


def test_the_output_folder_may_be_named_by_option_and_by_settings(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "livedocs.toml").write_text(
        'output = "public"\n[[sources]]\nsource = "docs"\nslug = "thin"\n'
    )
    write_docs(tmp_path / "docs")

    by_settings = run("build", "-q", cwd=tmp_path)
    by_option = run("search", "-o", folder / "output", "fill", cwd=tmp_path)

    assert (by_settings.returncode, by_settings.stderr) == (0, "")
    assert (tmp_path / "public" / "site" / "thin" / "1.2" / "paint.html").is_file()
    assert "paint.fill" in by_option.stdout


def test_a_file_of_answers_goes_with_the_docs_and_a_change_in_it_is_seen(tmp_path: Path) -> None:
    write_docs(tmp_path / "docs")
    (tmp_path / "livedocs.toml").write_text('[[sources]]\nsource = "docs"\nanswers = "asked.txt"\n')
    found = []

    for asked in ("slosh", "slather"):
        (tmp_path / "asked.txt").write_text(f"# ours\npaint.fill\n  {asked}\n")
        assert run("build", "-q", cwd=tmp_path).returncode == 0
        found.append(run("search", "slather", cwd=tmp_path).stdout)

    assert "paint.fill" not in found[0]
    assert "paint.fill" in found[1]


def test_check_tells_broken_links_and_fails(folder: Path, tmp_path: Path) -> None:
    good = run("check", "-q", folder / "output" / "site", cwd=tmp_path)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text('<a href="gone.html">x</a><a href="#no">y</a><p id="a">')

    bad = run("check", "-q", "site", cwd=tmp_path)

    assert (good.returncode, good.stderr) == (0, "")
    assert (bad.returncode, bad.stderr) == (1, "")
    assert bad.stdout.splitlines()[:2] == [
        "index.html: gone.html: there is no such file",
        "index.html: #no: the page has no such id",
    ]


def on_a_terminal(words: Sequence[str], cwd: Path) -> tuple[int, str]:
    """Run the real command on a terminal; return its exit code and what it wrote there."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*LIVEDOCS, *words], cwd=cwd, env=ENVIRONMENT, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        said = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # Linux says so at the end of a terminal
                break
            if not piece:
                break
            said += piece
        code = process.wait(timeout=60)
    os.close(ours)
    return code, said.decode()
