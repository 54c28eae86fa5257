"""Downloads from a real server: resumed, revalidated, checked, and never there in part."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import threading
import time
from typing import TYPE_CHECKING

import pytest
from docs_server import DocsServer, serving

from builder.errors import FetchError, NotFoundError, UnreachableError, UsageError
from builder.source.connection import connect
from builder.source.download import ATTEMPTS, download

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATH = "/docs.zip"


@pytest.fixture
def server() -> Iterator[DocsServer]:
    """A server with one file of 300 kB."""
    with serving() as started:
        started.files[PATH] = os.urandom(300_000)
        yield started


class Steps:
    """What progress was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int, int]] = []

    def __call__(self, step: str, done: int, total: int) -> None:
        self.told.append((step, done, total))


def fetched(server: DocsServer, cache: Path, path: str = PATH) -> bytes:
    """Download a file and return its bytes."""
    return download(server.url + path, cache=cache, progress=Steps()).path.read_bytes()


def kept_files(cache: Path) -> list[str]:
    """Return the names of the files of all downloads, those of whole ones as `whole`."""
    names = [path.name for path in (cache / "downloads").rglob("*") if path.is_file()]
    return sorted(name if "." in name or name == "part" else "whole" for name in names)


def test_a_file_is_downloaded_with_progress(server: DocsServer, tmp_path: Path) -> None:
    steps = Steps()

    got = download(server.url + PATH, cache=tmp_path, progress=steps)

    assert (got.path.read_bytes(), got.name) == (server.files[PATH], "docs.zip")
    assert steps.told[-1] == ("Downloading docs.zip", 300_000, 300_000)
    assert kept_files(tmp_path) == ["note.json", "whole"]


def test_a_second_download_asks_only_whether_the_file_changed(server: DocsServer, tmp_path: Path) -> None:
    first = download(server.url + PATH, cache=tmp_path, progress=Steps())
    steps = Steps()

    second = download(server.url + PATH, cache=tmp_path, progress=steps)

    assert second == first
    assert steps.told == []
    assert server.asked[-1][1]["If-None-Match"]


def test_a_changed_file_is_downloaded_anew_and_the_old_one_dropped(
    server: DocsServer, tmp_path: Path
) -> None:
    fetched(server, tmp_path)
    server.files[PATH] = b"new"

    assert fetched(server, tmp_path) == b"new"
    assert kept_files(tmp_path) == ["note.json", "whole"]


def test_what_breaks_off_is_taken_up_again_where_it_stopped(server: DocsServer, tmp_path: Path) -> None:
    server.cuts = [100_000, 50_000]

    assert fetched(server, tmp_path) == server.files[PATH]
    assert server.ranges_asked() == [None, "bytes=100000-", "bytes=150000-"]


def test_the_next_run_takes_up_what_the_last_one_left(server: DocsServer, tmp_path: Path) -> None:
    server.cuts = [50_000] * ATTEMPTS
    with pytest.raises(
        FetchError, match=r"broke off after 200,000 of 300,000 bytes, 4 times.*it goes on where"
    ):
        fetched(server, tmp_path)
    assert kept_files(tmp_path) == ["part", "part.json"]

    assert fetched(server, tmp_path) == server.files[PATH]
    assert server.ranges_asked()[-1] == "bytes=200000-"


def test_a_file_that_changed_meanwhile_is_not_patched_together(server: DocsServer, tmp_path: Path) -> None:
    server.cuts = [50_000] * ATTEMPTS
    with pytest.raises(FetchError):
        fetched(server, tmp_path)
    server.files[PATH] = os.urandom(280_000)

    assert fetched(server, tmp_path) == server.files[PATH]


def test_a_part_of_another_file_is_not_patched_on(server: DocsServer, tmp_path: Path) -> None:
    server.cuts = [50_000]
    server.next_headers = [{}, {"ETag": '"another"'}]

    assert fetched(server, tmp_path) == server.files[PATH]
    assert server.ranges_asked() == [None, "bytes=50000-", None]


def test_without_a_validator_it_starts_again(server: DocsServer, tmp_path: Path) -> None:
    server.headers_of[PATH] = {"ETag": None}
    server.cuts = [100_000]

    assert fetched(server, tmp_path) == server.files[PATH]
    assert server.ranges_asked() == [None, None]


def test_a_part_that_is_longer_than_the_file_is_dropped(server: DocsServer, tmp_path: Path) -> None:
    server.cuts = [50_000] * ATTEMPTS
    with pytest.raises(FetchError):
        fetched(server, tmp_path)
    server.codes[PATH] = 416

    with pytest.raises(FetchError):
        fetched(server, tmp_path)
    del server.codes[PATH]

    assert kept_files(tmp_path) == ["part.json"]
    assert fetched(server, tmp_path) == server.files[PATH]


def test_a_spoilt_note_means_to_download_anew(server: DocsServer, tmp_path: Path) -> None:
    fetched(server, tmp_path)
    (note,) = (tmp_path / "downloads").rglob("note.json")
    note.write_text("{nonsense")

    assert fetched(server, tmp_path) == server.files[PATH]


def test_offline_the_copy_in_the_cache_is_taken_and_that_is_said(server: DocsServer, tmp_path: Path) -> None:
    content = fetched(server, tmp_path)
    server.codes[PATH] = 503
    steps = Steps()

    kept = download(server.url + PATH, cache=tmp_path, progress=steps)

    assert kept.path.read_bytes() == content
    assert "taking docs.zip from the cache" in steps.told[-1][0]


@pytest.mark.parametrize("code", [404, 410])
def test_a_missing_file_is_told_from_a_server_that_refuses(
    server: DocsServer, tmp_path: Path, code: int
) -> None:
    server.codes[PATH] = code

    with pytest.raises(
        NotFoundError, match=rf"docs.zip: there is no such file \({code} [\w ]+\)\. Check the address"
    ):
        fetched(server, tmp_path)


@pytest.mark.parametrize("code", [401, 403, 429, 500, 503])
def test_a_server_that_refuses_counts_as_unreachable(server: DocsServer, tmp_path: Path, code: int) -> None:
    server.codes[PATH] = code

    with pytest.raises(UnreachableError, match=rf"the server refuses \({code} "):
        fetched(server, tmp_path)


def test_nobody_listening_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

        with pytest.raises(UnreachableError) as caught:
            download(f"http://127.0.0.1:{port}/x.zip", cache=tmp_path, progress=Steps())

    assert str(caught.value) == (
        f"http://127.0.0.1:{port}/x.zip: 127.0.0.1 could not be reached (connection refused). "
        "Check the network and the address, or give docs that are on this machine."
    )


def test_a_name_that_nobody_knows_is_one_clear_line(tmp_path: Path) -> None:
    started = time.monotonic()

    with pytest.raises(UnreachableError, match=r"docs\.invalid could not be reached \("):
        download("https://docs.invalid/x.zip", cache=tmp_path, progress=Steps())

    assert time.monotonic() - started < 10


def test_an_address_that_never_answers_costs_seconds_only() -> None:
    started = time.monotonic()

    with pytest.raises(OSError):  # noqa: PT011 - which one depends on the network; 192.0.2.0/24 is RFC 5737's
        connect(("192.0.2.1", 443))

    assert time.monotonic() - started < 10


def test_a_server_that_hangs_up_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        listening.settimeout(5)

        def hang_up() -> None:
            listening.accept()[0].close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(UnreachableError, match=r"127\.0\.0\.1 could not be reached"):
            download(f"http://127.0.0.1:{port}/x.zip", cache=tmp_path, progress=Steps())
        thread.join()


def test_a_file_that_is_too_large_is_refused_by_what_is_declared_and_by_what_comes(
    server: DocsServer, tmp_path: Path
) -> None:
    with pytest.raises(FetchError, match=r"larger than 0 MB"):
        download(server.url + PATH, cache=tmp_path, progress=Steps(), limit=299_999)
    server.headers_of[PATH] = {"Content-Length": None}
    with pytest.raises(FetchError, match=r"larger than 0 MB"):
        download(server.url + PATH, cache=tmp_path, progress=Steps(), limit=299_999)

    assert "whole" not in kept_files(tmp_path)
    assert "part" not in kept_files(tmp_path)


def test_an_address_with_other_letters_is_understood(server: DocsServer, tmp_path: Path) -> None:
    server.files["/caf%C3%A9%20%2F/a.zip?x=%C3%A9"] = b"here"

    assert fetched(server, tmp_path, "/café %2F/a.zip?x=é") == b"here"


def test_redirects_are_followed_but_not_to_unsafe_addresses(server: DocsServer, tmp_path: Path) -> None:
    server.redirects = {
        "/latest.zip": PATH,
        "/evil.zip": "http://example.org/x.zip",
        "/file.zip": "file:///etc/passwd",
    }

    assert fetched(server, tmp_path, "/latest.zip") == server.files[PATH]
    with pytest.raises(
        FetchError, match=r"redirects to http://example\.org/x\.zip, which is not safe to fetch"
    ):
        fetched(server, tmp_path, "/evil.zip")
    with pytest.raises(FetchError):
        fetched(server, tmp_path, "/file.zip")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/a.zip",
        "ftp://example.org/a.zip",
        "file:///etc/passwd",
        "https:///a",
        "https://x:y/a",
    ],
)
def test_unsafe_addresses_are_refused_without_asking(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError) as caught:
        download(url, cache=tmp_path, progress=Steps())

    assert caught.value.where == url


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for this machine that nobody trusts, with its key in the same file."""
    path = tmp_path / "self.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "2"),
            *("-keyout", path, "-out", tmp_path / "cert.pem"),
        ],
        check=True,
        capture_output=True,
    )
    path.write_bytes(path.read_bytes() + (tmp_path / "cert.pem").read_bytes())
    return path


def test_https_works_with_a_trusted_certificate_and_not_without(
    tmp_path: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(context) as server:
        server.files[PATH] = b"over TLS"
        url = f"https://localhost:{server.server_port}{PATH}"

        with pytest.raises(
            UnreachableError, match=r"its certificate is not trusted: self-signed certificate"
        ):
            download(url, cache=tmp_path / "cache", progress=Steps())
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        got = download(url, cache=tmp_path / "cache", progress=Steps())

    assert got.path.read_bytes() == b"over TLS"


def test_without_permission_to_write_it_is_one_clear_line(server: DocsServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    with pytest.raises(Exception, match=r"Set LIVEDOCS_CACHE to a folder that you may write to"):
        download(server.url + PATH, cache=tmp_path / "file", progress=Steps())
