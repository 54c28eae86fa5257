"""The static site over ASGI, beside what the server's own tests see of it."""

import pytest

from builder.api import files
from builder.api.static import StaticSite


async def nowhere(_path):
    return ""


async def answer(site, path, **asked):
    sent = []

    async def send(message):
        sent.append(message)

    headers = {"accept-encoding": "br", **{name.replace("_", "-"): value for name, value in asked.items()}}
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await site({"type": "http", "method": "GET", "path": path, "headers": pairs}, send)
    return {b"status": sent[0]["status"], **dict(sent[0]["headers"])}, b"".join(
        part.get("body", b"") for part in sent[1:]
    )


@pytest.fixture
def root(tmp_path):
    index = tmp_path / "small" / "1.2" / "_search"
    index.mkdir(parents=True)
    (index / "root.json").write_text("[" + '"a key", ' * 200 + '"the last"]')
    (tmp_path / "index.html").write_text("<p>home</p>" * 200)
    return tmp_path


@pytest.mark.parametrize("path", ["/", "/small/1.2/_search/root.json"])
async def test_nobody_waits_for_the_compression_of_what_is_wanted_first(root, monkeypatch, path):
    site = StaticSite(root, nowhere)
    await site.prepare()

    monkeypatch.setattr(files, "compress_once", lambda *_: pytest.fail("compressed while somebody waits"))
    headers, body = await answer(site, path)

    assert headers[b"content-encoding"] == b"br"
    assert len(body) < 400


async def test_a_site_that_is_taken_away_ends_the_preparation_quietly(root, monkeypatch):
    site = StaticSite(root, nowhere)
    read = files._read

    def read_and_take_away(*asked):
        (root / "small" / "1.2" / "_search" / "root.json").unlink(missing_ok=True)
        return read(*asked)

    monkeypatch.setattr(files, "_read", read_and_take_away)

    await site.prepare()

    assert (await answer(site, "/"))[1]


@pytest.mark.parametrize(
    ("wanted", "status", "body", "told"),
    [
        ("bytes=0-3", 206, b"0123", b"bytes 0-3/1000"),
        ("bytes=996-", 206, b"6789", b"bytes 996-999/1000"),
        ("bytes=-2", 206, b"89", b"bytes 998-999/1000"),
        ("bytes=-5000", 206, b"0123456789" * 100, b"bytes 0-999/1000"),
        ("bytes=998-4000", 206, b"89", b"bytes 998-999/1000"),
        ("bytes=1000-", 416, b"", b"bytes */1000"),
        ("bytes=-0", 416, b"", b"bytes */1000"),
        ("bytes=5-2", 200, b"0123456789" * 100, None),
        ("bytes=0-1,4-5", 200, b"0123456789" * 100, None),
        ("bytes=-", 200, b"0123456789" * 100, None),
        ("lines=1-2", 200, b"0123456789" * 100, None),
    ],
)
async def test_a_download_goes_on_where_it_broke_off(root, wanted, status, body, told):
    (root / "docs.zip").write_bytes(b"0123456789" * 100)

    headers, sent = await answer(StaticSite(root, nowhere), "/docs.zip", range=wanted)

    assert (headers[b"status"], sent, headers.get(b"content-range")) == (status, body, told)
    assert headers[b"accept-ranges"] == b"bytes"


async def test_a_part_is_sent_only_of_the_file_that_the_client_began_with(root):
    (root / "docs.zip").write_bytes(b"0123456789" * 100)
    site = StaticSite(root, nowhere)
    begun, _ = await answer(site, "/docs.zip")

    same, rest = await answer(site, "/docs.zip", range="bytes=997-", if_range=begun[b"etag"].decode())
    other, whole = await answer(site, "/docs.zip", range="bytes=997-", if_range='"another"')

    assert (same[b"status"], rest) == (206, b"789")
    assert (other[b"status"], len(whole)) == (200, 1000)


async def test_what_is_compressed_on_its_way_is_sent_whole(root):
    headers, body = await answer(StaticSite(root, nowhere), "/", range="bytes=0-3")

    assert (headers[b"status"], headers[b"content-encoding"]) == (200, b"br")
    assert len(body) > 4
