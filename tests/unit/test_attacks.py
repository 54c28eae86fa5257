"""Docs, folders and caches that were made to do harm, or that do it by chance, through the real command."""

from __future__ import annotations

import os
import pickle
import signal
from typing import TYPE_CHECKING

import pytest
from small_docs import run, start, wait_until

from builder import kept
from builder.pipeline.binding import slug_of
from builder.pipeline.scan import is_inert

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (
    '<html><head><title>One</title></head><body><div class="body" role="main"><section id="one"><h1>One</h1>'
    "<p>Words.</p></section></div></body></html>"
)


def inventory(project: str, version: str) -> bytes:
    import zlib

    head = f"# Sphinx inventory version 2\n# Project: {project}\n# Version: {version}\n".encode()
    return (
        head
        + b"# The remainder of this file is compressed using zlib.\n"
        + zlib.compress(b"one std:label -1 index.html#one One\n")
    )


def docs(folder: Path, project: str = "Small", version: str = "1.0") -> Path:
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "objects.inv").write_bytes(inventory(project, version))
    return folder


@pytest.mark.parametrize(
    ("project", "version"), [("🎉", "tmp"), ("+++", "1"), ("-", "etc"), ("x", "🎉"), ("..", "..")]
)
def test_a_name_without_letters_leads_nowhere_but_into_the_site(
    tmp_path: Path, project: str, version: str
) -> None:
    tree = docs(tmp_path / "docs", project, version)
    (tree / "escaped").mkdir()
    (tree / "escaped" / "here.py").write_text("")

    ended = run("build", tree, "-q", cwd=tmp_path)

    assert ended.returncode == 0, ended.stderr
    found = [
        path.relative_to(tmp_path / "output" / "site").parts
        for path in (tmp_path / "output").rglob("here.py")
    ]
    assert len(found) == 1
    assert len(found[0]) == 4  # slug, version, folder, file


@pytest.mark.parametrize("project", ["API", "Assets", "404.html", "index.html", "livedocs.json"])
def test_a_docset_never_stands_in_the_place_of_the_sites_own_files(tmp_path: Path, project: str) -> None:
    ended = run("build", docs(tmp_path / "docs", project), "-q", cwd=tmp_path)

    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "output" / "site" / f"{project.lower()}-docs" / "1.0" / "index.html").is_file()


def test_a_slug_is_short_enough_for_a_folder() -> None:
    assert len(slug_of("long " * 1000)) <= 60


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("_downloads/e.html", b"<p>hello"),
        ("_downloads/e.HTML", b"<p>hello"),
        ("_downloads/e.xml", b"<a/>"),
        ("_images/e.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script href="e.js"/></svg>'),
        ("_images/e.svg", b'<svg xmlns:s="http://www.w3.org/2000/svg"><s:script>1</s:script></svg>'),
        ("_images/e.svg", b'<svg onload="alert(1)"/>'),
        ("_images/e.svg", b'<svg><a href="java&#115;cript:alert(1)"/></svg>'),
        ("_images/e.svg", "<svg/>".encode("utf-16")),
    ],
)
def test_what_a_browser_could_run_is_not_carried_along(tmp_path: Path, name: str, content: bytes) -> None:
    tree = docs(tmp_path / "docs")
    (tree / name).parent.mkdir()
    (tree / name).write_bytes(content)

    ended = run("build", tree, cwd=tmp_path)

    assert ended.returncode == 0, ended.stderr
    assert f"warning: {name}: a browser could run what is in it, so it is left out" in ended.stderr
    assert not list((tmp_path / "output" / "site").rglob(name.rpartition("/")[2]))


def test_a_drawing_is_carried_along() -> None:
    assert is_inert(
        "_images/a.svg",
        b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/><a href="b.html">b</a></svg>',
    )
    assert is_inert("_downloads/a.py", b"print('<script>')")


def test_a_cache_can_not_ask_for_anything_to_be_run(tmp_path: Path) -> None:
    class Attack:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, (f"touch {tmp_path}/run",)

    with pytest.raises(pickle.UnpicklingError):
        kept.loads(pickle.dumps(Attack()))
    with pytest.raises(pickle.UnpicklingError):
        kept.loads(b"cbuilder.start\nsubprocess.run\n.")

    assert not (tmp_path / "run").exists()


def test_a_build_replaces_nothing_that_no_build_made(tmp_path: Path) -> None:
    tree = docs(tmp_path / "docs")
    (tmp_path / "output" / "site").mkdir(parents=True)
    (tmp_path / "output" / "site" / "mine.txt").write_text("important")

    ended = run("build", tree, "-q", cwd=tmp_path)

    assert ended.returncode == 1
    assert 'output: "site" stands here already and was not made by livedocs' in ended.stderr
    assert (tmp_path / "output" / "site" / "mine.txt").read_text() == "important"


def test_a_build_leaves_alone_what_it_does_not_own(tmp_path: Path) -> None:
    for name in (".cache", ".old", ".staging", ".lock"):
        (tmp_path / "output" / name).mkdir(parents=True)
        (tmp_path / "output" / name / "mine.txt").write_text("important")

    ended = run("build", docs(tmp_path / "docs"), "-q", "--fresh", cwd=tmp_path)

    assert ended.returncode == 0, ended.stderr
    for name in (".cache", ".old", ".staging", ".lock"):
        assert (tmp_path / "output" / name / "mine.txt").read_text() == "important"


def test_docs_inside_of_the_site_are_not_built_over_themselves(tmp_path: Path) -> None:
    run("build", docs(tmp_path / "docs"), "-q", cwd=tmp_path)
    tree = docs(tmp_path / "output" / "site" / "mine")

    ended = run("build", tree, "-q", cwd=tmp_path)

    assert ended.returncode == 1
    assert "these docs lie in the site that a build replaces" in ended.stderr
    assert (tree / "index.html").read_text() == PAGE


def test_the_lock_is_not_followed_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("important")
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / ".livedocs-lock").symlink_to(tmp_path / "victim")

    ended = run("build", docs(tmp_path / "docs"), "-q", cwd=tmp_path)

    assert ended.returncode == 1
    assert (tmp_path / "victim").read_text() == "important"


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_build_leaves_no_lock(tmp_path: Path, golden_docs: Path, stop: signal.Signals) -> None:
    with start("build", golden_docs, cwd=tmp_path) as process:
        wait_until(
            lambda: (
                (tmp_path / "output" / ".livedocs-staging" / "docs.db").exists() or process.poll() is not None
            )
        )
        os.kill(process.pid, stop)
        process.communicate(timeout=60)

    def builds() -> bool:
        return run("build", golden_docs, "-q", cwd=tmp_path).returncode == 0

    wait_until(builds)


def test_a_version_keeps_its_folder_when_a_longer_one_begins_like_it(tmp_path: Path) -> None:
    trees = [docs(tmp_path / version, "Small", version) for version in ("3", "3.11")]

    ended = run("build", *trees, "-q", cwd=tmp_path)

    assert ended.returncode == 0, ended.stderr
    assert "Words." in (tmp_path / "output" / "site" / "small" / "3" / "index.html").read_text()


def test_a_page_that_is_nested_too_deep_is_named(tmp_path: Path) -> None:
    tree = docs(tmp_path / "docs")
    (tree / "deep.html").write_text(
        PAGE.replace("Words.", "</p>" + "<div>" * 500 + "deep" + "</div>" * 500 + "<p>")
    )

    ended = run("build", tree, "-q", cwd=tmp_path)

    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        "livedocs: deep.html: its elements are nested hundreds deep. Mend the page, or leave it out."
    ]
