"""The static site over ASGI, beside what the server's own tests see of it."""

import pytest

from builder.api import files
from builder.api.static import StaticSite


async def nowhere(_path):
    return ""


async def answer(site, path):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": [(b"accept-encoding", b"br")]}
    await site(scope, send)
    return dict(sent[0]["headers"]), b"".join(part.get("body", b"") for part in sent[1:])


@pytest.fixture
def root(tmp_path):
    cards = tmp_path / "small" / "1.2" / "_search" / "0a1b2c3d"
    cards.mkdir(parents=True)
    (cards / "c0.json").write_text("[" + '"a card", ' * 200 + '"the last"]')
    (tmp_path / "index.html").write_text("<p>home</p>" * 200)
    return tmp_path


@pytest.mark.parametrize("path", ["/", "/small/1.2/_search/0a1b2c3d/c0.json"])
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
        (root / "small" / "1.2" / "_search" / "0a1b2c3d" / "c0.json").unlink(missing_ok=True)
        return read(*asked)

    monkeypatch.setattr(files, "_read", read_and_take_away)

    await site.prepare()

    assert (await answer(site, "/"))[1]
