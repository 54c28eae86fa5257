"""Python's docs from a real server laid out like docs.python.org, and by real apt where that is silent."""

from __future__ import annotations

import io
import shutil
import socket
import time
import zipfile
from typing import TYPE_CHECKING

import pytest
from docs_server import DocsServer, serving

from builder.errors import ArchiveError, FetchError, NotFoundError, UnreachableError, UsageError
from builder.source import fetch_python_docs, list_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from builder.models import SourceTree

LINKS = """
<table class="docutils">
  <tr><td>PDF</td><td><a href="archives/python-{0}-docs-pdf-a4.zip">Download</a></td></tr>
  <tr><td>HTML</td>
    <td><a href="archives/python-{0}-docs-html.tar.bz2">Download</a> (ca. 11 MiB)</td>
    <td><a class="reference external" href="{1}archives/python-{0}-docs-html.zip">Download</a></td></tr>
</table>
"""
VERSIONS = """<ul><li><a href="https://docs.python.org/3.15/">Python 3.15 (in development)</a></li>
<li><a href="https://docs.python.org/3.9/">Python 3.9</a></li>
<li><a href="/3.14/">Python 3.14</a></li></ul>"""

NEEDS_APT = pytest.mark.skipif(not shutil.which("apt-get"), reason="this system has no apt")


class Steps:
    """What progress was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def __call__(self, step: str, done: int, total: int) -> None:
        del done, total
        self.told.append(step)


def archive(version: str) -> bytes:
    """Return a zip archive laid out like those of docs.python.org."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as opened:
        front = f"python-{version}-docs-html"
        opened.writestr(
            f"{front}/objects.inv", f"# Sphinx inventory version 2\n# Project: Python\n# Version: {version}\n"
        )
        opened.writestr(f"{front}/index.html", "<h1>Python</h1>")
    return content.getvalue()


@pytest.fixture
def server() -> Iterator[DocsServer]:
    """A server laid out like docs.python.org, with the docs of 3.14 (newest) and 3.13.5."""
    with serving() as started:
        started.files = {
            "/3/": VERSIONS.encode(),
            "/3/download.html": LINKS.format("3.14", "").encode(),
            "/3/archives/python-3.14-docs-html.zip": archive("3.14"),
            "/3.13/download.html": LINKS.format("3.13.5", "/3.13/").encode(),
            "/3.13/archives/python-3.13.5-docs-html.zip": archive("3.13"),
            "/3.12/download.html": b"<p>no table</p>",
            "/ftp/python/doc/3.13.2/python-3.13.2-docs-html.zip": archive("3.13"),
        }
        yield started


def fetched(server: DocsServer, cache: Path, version: str | None = None, *, max_age: float = 0) -> SourceTree:
    """Fetch Python's docs from the server."""
    return fetch_python_docs(version, cache=cache, progress=Steps(), base_url=server.url, max_age=max_age)


def closed_port() -> str:
    """Return an address where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.mark.parametrize(
    ("version", "path", "is_of"),
    [
        (None, "/3/archives/python-3.14-docs-html.zip", "3.14"),
        ("3", "/3/archives/python-3.14-docs-html.zip", "3.14"),
        ("3.13", "/3.13/archives/python-3.13.5-docs-html.zip", "3.13"),
        ("3.13.5", "/3.13/archives/python-3.13.5-docs-html.zip", "3.13"),
        ("3.13.2", "/ftp/python/doc/3.13.2/python-3.13.2-docs-html.zip", "3.13"),
    ],
)
def test_the_archive_of_a_version_is_found(
    server: DocsServer, tmp_path: Path, version: str | None, path: str, is_of: str
) -> None:
    tree = fetched(server, tmp_path, version)

    assert tree.origin == f"{path.rsplit('/', 1)[1]} ({server.url}{path})"
    assert (tree.slug, tree.version, tree.canonical) == ("python", is_of, f"https://docs.python.org/{is_of}/")
    assert [str(file) for file in list_files(tree)] == ["index.html", "objects.inv"]


def test_a_page_without_links_is_no_hindrance(server: DocsServer, tmp_path: Path) -> None:
    server.files["/3.12/archives/python-3.12-docs-html.tar.bz2"] = archive("3.12")
    server.files["/3/download.html"] = b""
    server.files["/3/objects.inv"] = b"# Sphinx inventory version 2\n# Project: Python\n# Version: 3.14\n\x00"

    assert fetched(server, tmp_path, "3.12").version == "3.12"
    assert fetched(server, tmp_path).version == "3.14"


def test_the_newest_of_several_links_is_taken(server: DocsServer, tmp_path: Path) -> None:
    server.files["/3/download.html"] = (
        LINKS.format("3.9", "") + LINKS.format("3.14", "") + LINKS.format("3.13.11", "")
    ).encode()

    assert fetched(server, tmp_path).version == "3.14"


def test_a_version_that_is_not_there_names_those_that_are(server: DocsServer, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as caught:
        fetched(server, tmp_path, "3.99")

    assert str(caught.value) == (
        f"{server.url}: there is no archive of the docs of Python 3.99. "
        "Choose another --version. It has 3.15, 3.14, 3.9."
    )
    with pytest.raises(NotFoundError, match=r"docs of Python 3\.13\.77"):
        fetched(server, tmp_path, "3.13.77")


@pytest.mark.parametrize("version", ["banana", "3.x", "3.13.5.1", "3.13rc1", "", "../3.13", "4"])
def test_what_is_no_version_is_wrong_use(tmp_path: Path, version: str) -> None:
    with pytest.raises(UsageError, match=r"--version: .* is not a version of Python\. Write it like 3\.13"):
        fetch_python_docs(version, cache=tmp_path, progress=Steps())


def test_a_second_fetch_asks_nobody(server: DocsServer, tmp_path: Path) -> None:
    first = fetched(server, tmp_path)
    asked = len(server.asked)
    started = time.perf_counter()

    again = fetched(server, tmp_path, max_age=60)

    assert again == first
    assert len(server.asked) == asked
    assert time.perf_counter() - started < 0.5


def test_a_newer_version_is_taken_when_the_last_one_is_old(server: DocsServer, tmp_path: Path) -> None:
    fetched(server, tmp_path)
    server.files["/3/download.html"] = LINKS.format("3.15", "").encode()
    server.files["/3/archives/python-3.15-docs-html.zip"] = archive("3.15")

    assert fetched(server, tmp_path, max_age=60).version == "3.14"
    assert fetched(server, tmp_path, max_age=0).version == "3.15"


def test_offline_the_docs_in_the_cache_are_taken_and_that_is_said(server: DocsServer, tmp_path: Path) -> None:
    first = fetched(server, tmp_path)
    server.codes = dict.fromkeys(server.files, 503)
    steps = Steps()

    again = fetch_python_docs(None, cache=tmp_path, progress=steps, base_url=server.url, max_age=0)

    assert again == first
    assert "taking the docs from the cache" in steps.told[-1]


def test_a_tree_that_is_gone_from_the_cache_is_made_again(server: DocsServer, tmp_path: Path) -> None:
    first = fetched(server, tmp_path)
    shutil.rmtree(tmp_path / "trees")

    assert fetched(server, tmp_path, max_age=60) == first
    assert first.root.is_dir()


def test_a_damaged_archive_is_refused_and_fetched_anew(server: DocsServer, tmp_path: Path) -> None:
    path = "/3/archives/python-3.14-docs-html.zip"
    whole = server.files[path]
    server.files[path] = whole[:-30]
    with pytest.raises(
        ArchiveError, match=r"3\.14-docs-html\.zip: the archive is damaged.*to download it anew"
    ):
        fetched(server, tmp_path)
    server.files[path] = whole

    assert fetched(server, tmp_path).version == "3.14"


def test_a_server_that_is_not_docs_python_org_does_not_lead_to_apt(tmp_path: Path) -> None:
    with serving() as server, pytest.raises(FetchError) as caught:
        fetched(server, tmp_path)

    assert str(caught.value).startswith(
        f"{server.url}/3/download.html: there is no such file (404 Not Found)"
    )


def test_without_apt_an_unreachable_server_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(UnreachableError) as caught:
        fetch_python_docs(None, cache=tmp_path / "cache", progress=Steps(), base_url=closed_port())

    assert "127.0.0.1 could not be reached (connection refused), and this machine has no apt" in str(
        caught.value
    )
    assert caught.value.todo == "Download the HTML archive elsewhere and run `livedocs build ARCHIVE`."


@NEEDS_APT
def test_what_apt_brought_serves_until_something_better_answers(
    server: DocsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, server.codes = server.codes, dict.fromkeys(server.files, 503)
    by_apt = fetched(server, tmp_path)

    with monkeypatch.context() as without_apt:
        without_apt.setenv("PATH", str(tmp_path))
        again = fetched(server, tmp_path)
    server.codes = whole
    better = fetched(server, tmp_path)

    assert again == by_apt
    assert (by_apt.origin.startswith("python3."), better.version) == (True, "3.14")


@NEEDS_APT
def test_what_the_server_does_not_answer_comes_by_apt(tmp_path: Path) -> None:
    steps, url = Steps(), closed_port()
    tree = fetch_python_docs(None, cache=tmp_path, progress=steps, base_url=url)
    started = time.perf_counter()

    again = fetch_python_docs(None, cache=tmp_path, progress=steps, base_url=url)

    assert time.perf_counter() - started < 0.5
    assert again == tree
    package, _, rest = tree.origin.partition(" ")
    assert package == f"python{tree.version}-doc"
    assert rest.endswith(" (Debian package, 127.0.0.1 could not be reached)")
    assert (tree.slug, tree.canonical) == ("python", f"https://docs.python.org/{tree.version}/")
    assert len(list_files(tree)) > 500
    assert (
        "127.0.0.1 could not be reached (connection refused): taking the distribution's package" in steps.told
    )
    assert [path.suffix for path in (tmp_path / "trees").rglob("*.deb")] == []


@NEEDS_APT
def test_a_version_that_apt_does_not_have_names_those_that_it_has(tmp_path: Path) -> None:
    for version in ("3.2", "3.11.99"):
        with pytest.raises(NotFoundError) as caught:
            fetch_python_docs(version, cache=tmp_path, progress=Steps(), base_url=closed_port())

        assert f"apt: no package has the docs of Python {version}; apt" in str(caught.value)
        assert "(127.0.0.1 could not be reached)" in str(caught.value)


@NEEDS_APT
def test_apt_that_fails_is_one_clear_line_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "apt.conf"
    settings.write_text('Acquire::http::Proxy "http://127.0.0.1:9"; Acquire::Retries "0";')
    monkeypatch.setenv("APT_CONFIG", str(settings))

    with pytest.raises(FetchError) as caught:
        fetch_python_docs(None, cache=tmp_path / "cache", progress=Steps(), base_url=closed_port())

    assert str(caught.value).startswith("apt-get python3.")
    assert "it failed: " in str(caught.value)
    assert list((tmp_path / "cache/trees").iterdir()) == []
