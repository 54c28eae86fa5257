"""Builds that fail, are killed or meet each other leave the last good site and database as they were."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import psutil
import pytest
from product import ENVIRONMENT
from small_docs import built, module_page, run, snapshot, start, wait_until, write_docs

if TYPE_CHECKING:
    from pathlib import Path

KILLED_WHEN = """
import os, signal, sys
event, word, *sys.argv[1:] = sys.argv[1:]

def watch(name, arguments):
    if name == event and word in " ".join(map(str, arguments)):
        os.killpg(0, signal.SIGKILL)

sys.addaudithook(watch)
from builder.cli import main
main()
"""
"""A run of the real command that kills itself with all of its processes when Python tells of some event."""
BEFORE_PUBLISHING = [
    ("open", "python-3.11/objects.inv"),
    ("sqlite3.connect", ".livedocs-staging/docs.db"),
    ("open", ".livedocs-cache/docset-1.new"),
    ("open", ".livedocs-staging/site/python/3.11/library/json.html"),
    ("open", ".livedocs-staging/site/livedocs.json"),
    ("os.remove", ".livedocs-cache/build.json"),
    ("os.rename", ".livedocs-staging/docs.db"),
]
WHILE_PUBLISHING = [
    ("ctypes.dlsym", "renameat2"),
    ("open", ".livedocs-cache/build.new"),
    ("os.rename", ".livedocs-cache/pages.new"),
]


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """The output of a small tree that was built."""
    built(write_docs(tmp_path / "docs"), tmp_path)
    return tmp_path / "output"


def test_a_build_that_fails_leaves_the_last_good_output_and_the_next_one_works(
    output: Path, tmp_path: Path
) -> None:
    before = snapshot(output)
    page = tmp_path / "docs" / "paint.html"
    good = page.read_text()
    page.write_text(good[: len(good) // 2])

    ended = run("build", "-q", "docs", cwd=tmp_path)

    assert ended.returncode == 1
    assert snapshot(output) == before
    assert sorted(file.name for file in output.iterdir()) == [
        ".livedocs-cache",
        ".livedocs-lock",
        "docs.db",
        "site",
    ]
    page.write_text(good.replace("file at", "canvas at"))
    built(tmp_path / "docs", tmp_path)
    assert "canvas at" in (output / "site" / "small" / "1.2" / "paint.html").read_text()


def test_a_page_of_a_build_that_could_not_be_published_is_not_taken_for_done(
    output: Path, tmp_path: Path
) -> None:
    (tmp_path / "docs" / "paint.html").write_text(module_page("paint", after="brush", summary="Changed."))
    (output / "docs.db").rename(tmp_path / "docs.db")
    (output / "docs.db" / "in the way").mkdir(parents=True)
    failed = run("build", "-q", "docs", cwd=tmp_path)
    shutil.rmtree(output / "docs.db")
    (tmp_path / "docs.db").rename(output / "docs.db")

    built(tmp_path / "docs", tmp_path)

    assert failed.returncode == 1
    assert "Changed." in (output / "site" / "small" / "1.2" / "paint.html").read_text()


def test_a_record_of_an_older_output_is_not_taken_for_the_present_one(output: Path, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    before, text = snapshot(output), (docs / "paint.html").read_text()
    (docs / "paint.html").write_text(text.replace("file at", "tile at"))
    ingested = run("ingest", "-q", docs, cwd=tmp_path)
    assert (ingested.returncode, ingested.stderr) == (0, "")
    (docs / "paint.html").write_text(text)

    built(docs, tmp_path)

    assert {name: digest for name, digest in snapshot(output).items() if name.startswith("site/")} == {
        name: digest for name, digest in before.items() if name.startswith("site/")
    }
    with closing(sqlite3.connect(output / "docs.db")) as database:
        found = database.execute("SELECT count(*) FROM symbols WHERE summary LIKE '%tile at%'").fetchone()
    assert found == (0,)


@pytest.mark.parametrize(("event", "word"), BEFORE_PUBLISHING)
def test_a_killed_build_leaves_the_last_good_output_and_the_next_one_works(
    output: Path, tmp_path: Path, golden_docs: Path, event: str, word: str
) -> None:
    before = snapshot(output)

    kill_at(event, word, golden_docs, cwd=tmp_path)

    assert snapshot(output) == before
    assert_the_next_build_is_right(golden_docs, tmp_path)


@pytest.mark.parametrize(("event", "word"), WHILE_PUBLISHING)
def test_a_build_killed_while_it_publishes_leaves_whole_things_and_the_next_one_works(
    output: Path, tmp_path: Path, golden_docs: Path, event: str, word: str
) -> None:
    kill_at(event, word, golden_docs, cwd=tmp_path)

    with closing(sqlite3.connect(output / "docs.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("SELECT slug FROM docsets").fetchall() == [("python",)]
    assert run("check", "-q", "output/site", cwd=tmp_path).returncode == 0
    assert_the_next_build_is_right(golden_docs, tmp_path)


def test_a_build_that_is_stopped_by_the_keyboard_says_so_and_leaves_nothing(
    output: Path, tmp_path: Path, golden_docs: Path
) -> None:
    before = snapshot(output)
    with start("build", golden_docs, cwd=tmp_path) as process:
        wait_until(lambda: (output / ".livedocs-staging" / "docs.db").exists() or process.poll() is not None)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)

    assert process.returncode in {130, -signal.SIGINT}, said  # a shell shows both as 130
    assert said.splitlines()[-1] == "livedocs: stopped; what was there before is untouched."
    assert "Traceback" not in said
    assert snapshot(output) == before
    assert not (output / ".livedocs-staging").exists()


def test_two_builds_at_once_are_told_apart(output: Path, tmp_path: Path, golden_docs: Path) -> None:
    with start("build", "-q", golden_docs, cwd=tmp_path) as first:
        wait_until(lambda: (output / ".livedocs-staging").exists() or first.poll() is not None)
        os.killpg(first.pid, signal.SIGSTOP)
        second = run("build", "-q", "--fresh", tmp_path / "docs", cwd=tmp_path)
        os.killpg(first.pid, signal.SIGCONT)
        _, said = first.communicate(timeout=120)

    assert (second.returncode, second.stderr) == (
        1,
        f"livedocs: {output}: another build is at work here. Wait until it has finished.\n",
    )
    assert (first.returncode, said) == (0, "")
    assert (output / "site" / "python" / "3.11" / "library" / "json.html").is_file()


def test_a_worker_that_is_killed_ends_the_build_and_leaves_the_last_good_output(
    output: Path, tmp_path: Path, golden_docs: Path
) -> None:
    before = snapshot(output)
    with start("build", "-q", golden_docs, cwd=tmp_path) as process:
        wait_until(lambda: bool(children(process.pid)) or process.poll() is not None)
        os.kill(children(process.pid)[0], signal.SIGKILL)
        _, said = process.communicate(timeout=120)

    assert process.returncode == 1
    assert said == (
        "livedocs: a worker process was killed, as a system does that runs out of memory."
        " Free some memory and build again; the last good site is untouched.\n"
    )
    assert snapshot(output) == before
    assert not (output / ".livedocs-staging").exists()


def kill_at(event: str, word: str, docs: Path, *, cwd: Path) -> None:
    """Build a tree, and kill the build when Python tells of an event (PEP 578) whose arguments hold a word."""
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_WHEN, event, word, "build", "-q", str(docs)],
        cwd=cwd, env=ENVIRONMENT, start_new_session=True, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr


def assert_the_next_build_is_right(docs: Path, folder: Path) -> None:
    """Build a tree again, and see that the output is the same as that of a build in a fresh folder."""
    fresh = folder / "fresh"
    fresh.mkdir()
    built(docs, folder)
    built(docs, fresh)
    site = {path: digest for path, digest in snapshot(folder / "output").items() if path != "docs.db"}
    assert site == {path: digest for path, digest in snapshot(fresh / "output").items() if path != "docs.db"}
    names = [".livedocs-cache", ".livedocs-lock", "docs.db", "site"]
    assert sorted(file.name for file in (folder / "output").iterdir()) == names


def children(process: int) -> list[int]:
    """Return the processes that a process started."""
    return [one.pid for one in psutil.Process(process).children()]
