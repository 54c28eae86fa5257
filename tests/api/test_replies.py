"""Ready replies: made once for all who ask, bounded, shared between processes, gone when the database is another."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from builder.api.replies import Ready, ReplyCache
from builder.api.service import find_service
from builder.api.shared import SLOT_BYTES, SLOTS, SharedReplies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from datasette.app import Datasette


def ready(body: bytes = b"x", status: int = 200) -> Ready:
    return Ready(status=status, headers=((b"etag", b'"t"'),), body=body, etag='"t"')


def address(text: str):
    return "http", "/-/search.json", text.encode(), b"host", b""


class Maker:
    """Makes replies, slowly, and counts."""

    def __init__(self, reply: Ready | None = None) -> None:
        self.made = 0
        self.reply = reply or ready()

    async def __call__(self) -> Ready:
        self.made += 1
        await asyncio.sleep(0.02)
        return self.reply


@pytest.fixture
def shared_pair(tmp_path: Path) -> Iterator[tuple[SharedReplies, SharedReplies]]:
    """What two processes have that serve one port: connections of their own to one file."""
    pair = SharedReplies(tmp_path / "replies"), SharedReplies(tmp_path / "replies")
    yield pair
    for one in pair:
        one.close()


async def test_many_who_ask_at_once_share_one_computation():
    cache, make = ReplyCache(), Maker()

    replies = await asyncio.gather(
        *(cache.get(address(f"q={n}"), "key", "identity", make) for n in range(500))
    )

    assert make.made == 1
    assert len(set(map(id, replies))) == 1
    assert (cache.misses, cache.joined) == (1, 499)


async def test_one_who_gives_up_does_not_end_it_for_the_others():
    cache, make = ReplyCache(), Maker()
    impatient = asyncio.ensure_future(cache.get(address("a"), "key", "identity", make))
    patient = asyncio.ensure_future(cache.get(address("a"), "key", "identity", make))
    await asyncio.sleep(0)

    impatient.cancel()

    assert (await patient).body == b"x"
    assert make.made == 1


async def test_a_failure_reaches_all_who_wait_and_is_not_kept():
    cache = ReplyCache()

    async def fail() -> Ready:
        await asyncio.sleep(0.01)
        raise ValueError

    failed = await asyncio.gather(
        *(cache.get(address("a"), "key", "identity", fail) for _ in range(3)), return_exceptions=True
    )

    assert [type(one) for one in failed] == [ValueError] * 3
    assert (await cache.get(address("a"), "key", "identity", Maker())).body == b"x"


async def test_only_good_replies_are_kept():
    cache, make = ReplyCache(), Maker(ready(status=503))

    for _ in range(2):
        await cache.get(address("a"), "key", "identity", make)

    assert make.made == 2
    assert cache.find(address("a")) is None


async def test_a_request_in_known_words_is_found_at_once():
    cache, make = ReplyCache(), Maker()

    await cache.get(address("q=a"), "key", "identity", make)
    await cache.get(address("q=+a"), "key", "identity", make)

    assert make.made == 1
    assert cache.find(address("q=a")) is cache.find(address("q=+a"))
    assert cache.find(address("q=b")) is None


async def test_its_memory_is_bounded_and_what_was_asked_for_longest_ago_goes():
    cache, make = ReplyCache(100_000), Maker(ready(b"x" * 9_000))

    for number in range(40):
        await cache.get(address(f"q={number}"), f"key {number}", "identity", make)
        await cache.get(address("q=0"), "key 0", "identity", make)

    figures = cache.figures()
    assert 0 < figures["bytes"] <= 100_000
    assert figures["replies"] < 15
    assert cache.find(address("q=0"))
    assert cache.find(address("q=1")) is None


async def test_a_large_reply_is_answered_and_not_kept():
    cache, make = ReplyCache(100_000), Maker(ready(b"x" * 50_000))

    assert len((await cache.get(address("a"), "key", "identity", make)).body) == 50_000
    assert cache.figures()["replies"] == 0


async def test_another_state_of_the_database_empties_it():
    cache, make = ReplyCache(), Maker()
    cache.settle("one")
    await cache.get(address("a"), "key", "identity", make)

    cache.settle("one")
    same = cache.find(address("a"))
    cache.settle("two")

    assert same is not None
    assert cache.find(address("a")) is None
    assert (cache.figures()["bytes"], cache.figures()["emptied"]) == (0, 1)


async def test_what_is_made_while_the_state_changes_is_not_kept():
    cache, make = ReplyCache(), Maker()
    cache.settle("one")
    asking = asyncio.ensure_future(cache.get(address("a"), "key", "identity", make))
    await asyncio.sleep(0)

    cache.settle("two")

    assert (await asking).body == b"x"
    assert cache.find(address("a")) is None


async def test_each_encoding_is_kept_by_itself_with_a_tag_of_its_own():
    cache = ReplyCache()
    reply = Ready(
        status=200,
        headers=((b"content-type", b"application/json"), (b"etag", b'"t"')),
        body=b"[0]" * 999,
        etag='"t"',
    )

    make = Maker(reply)
    names = ("br", "gzip", "identity", "br")
    *made, again = await asyncio.gather(*(cache.get(address(name), "key", name, make) for name in names))

    assert (make.made, again) == (1, made[0])
    assert [one.etag for one in made] == ['"t-br"', '"t-gzip"', '"t"']
    assert len({one.body for one in made}) == 3


async def test_processes_share_what_one_has_made(shared_pair: tuple[SharedReplies, SharedReplies]):
    caches = [ReplyCache(shared=one) for one in shared_pair]
    makers = [Maker(ready(b"\x00\xff")), Maker()]
    for cache in caches:
        cache.settle("state")

    replies = [
        await cache.get(address("a"), "key", "identity", make)
        for cache, make in zip(caches, makers, strict=True)
    ]

    assert [make.made for make in makers] == [1, 0]
    assert replies[0] == replies[1]
    assert [(cache.misses, cache.taken_over) for cache in caches] == [(1, 0), (0, 1)]


async def test_processes_that_are_asked_at_once_compute_once(
    shared_pair: tuple[SharedReplies, SharedReplies],
):
    caches = [ReplyCache(shared=one) for one in shared_pair]
    make = Maker()

    await asyncio.gather(
        *(cache.get(address("a"), "key", "identity", make) for cache in caches for _ in range(50))
    )

    assert make.made == 1


async def test_a_process_that_died_over_a_reply_holds_up_the_others_for_a_second_at_most(
    shared_pair: tuple[SharedReplies, SharedReplies],
):
    dying, living = shared_pair

    async def die() -> Ready:
        await asyncio.sleep(60)
        raise AssertionError

    task = asyncio.ensure_future(dying.get("key", die))
    await asyncio.sleep(0.01)
    started = asyncio.get_running_loop().time()

    reply, fresh = await living.get("key", Maker())

    assert (reply.body, fresh) == (b"x", True)
    assert asyncio.get_running_loop().time() - started < 2
    task.cancel()


async def test_shared_replies_are_bounded_and_end_with_the_state(
    shared_pair: tuple[SharedReplies, SharedReplies], tmp_path: Path
):
    shared, other = shared_pair
    for one in shared_pair:
        one.settle("one")
    makers = [Maker(), Maker(), Maker()]

    await shared.get("one last", makers[0])
    for number in range(SLOTS):
        await shared.get(f"one {number}", ready_at_once)
    size = (tmp_path / "replies").stat().st_size
    _, made_again = await other.get("one 4095", makers[1])
    other.settle("two")
    _, fresh = await other.get("one 4095", makers[2])

    assert SLOTS * SLOT_BYTES / 2 < size <= SLOTS * SLOT_BYTES
    assert [made_again, fresh] == [False, True]


async def ready_at_once() -> Ready:
    return ready()


@pytest.mark.parametrize("size", [0, 1, 16_000, 40_000])
async def test_a_reply_is_taken_over_whole(shared_pair: tuple[SharedReplies, SharedReplies], size: int):
    headers = ((b"content-type", b"application/json; charset=utf-8"), (b"etag", b'"t"'), (b"link", b"<a: b>"))
    reply = Ready(
        status=200, headers=headers, body=bytes(range(256)) * (size // 256) + b"\n" * (size % 256), etag='"t"'
    )
    made, other = shared_pair

    await made.get("key", Maker(reply))

    assert await other.get("key", Maker()) == (reply, False)


async def test_what_no_slot_has_room_for_and_what_failed_is_made_anew(
    shared_pair: tuple[SharedReplies, SharedReplies],
):
    one, other = shared_pair
    for reply in (ready(b"x" * SLOT_BYTES), ready(status=404)):
        assert await one.get("key", Maker(reply)) == (reply, True)

    async def fail() -> Ready:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await one.get("key", fail)

    assert await other.get("key", Maker()) == (ready(), True)


async def test_a_file_that_can_not_be_shared_changes_nothing_but_the_sharing(tmp_path: Path):
    shared = SharedReplies(tmp_path / "replies")
    shared.close()
    cache, make = ReplyCache(shared=shared), Maker()

    reply = await cache.get(address("a"), "key", "identity", make)

    assert (reply.body, make.made) == (b"x", 1)


async def test_a_rush_on_the_api_searches_once(datasette: Datasette):
    cache = find_service(datasette).replies

    replies = await asyncio.gather(
        *(datasette.client.get(f"/-/search.json?q=json{'+' * n}dump&x={n}") for n in range(1, 30))
    )

    assert {one.status_code for one in replies} == {200}
    assert len({one.content for one in replies}) == 1
    assert cache.misses == 1


async def test_health_shows_how_full_the_cache_is_and_of_what_use(datasette: Datasette):
    for _ in range(4):
        await datasette.client.get("/-/search.json?q=json")

    figures = (await datasette.client.get("/-/health")).json()["cache"]

    assert figures["replies"] == 2  # as it is, and compressed
    assert (figures["hits"], figures["misses"], figures["hit_rate"]) == (3, 1, 0.75)
    assert 1_000 < figures["bytes"] < figures["max_bytes"]


async def test_a_database_that_is_written_to_empties_the_cache(
    built_output: Path, tmp_path: Path, open_datasette: Callable[..., AbstractAsyncContextManager[Datasette]]
):
    file = tmp_path / "docs.db"
    file.write_bytes((built_output / "docs.db").read_bytes())
    async with open_datasette(mutable=[file]) as datasette:
        before = await datasette.client.get("/-/search.json?q=json.dump&version=3.11")
        with sqlite3.connect(file) as connection:
            connection.execute("UPDATE symbols SET summary = 'Ours.' WHERE name = 'json.dump'")
            connection.execute("UPDATE docsets SET fingerprint = 'ours'")
        connection.close()
        after = await datasette.client.get("/-/search.json?q=json.dump&version=3.11")

    assert before.headers["etag"] != after.headers["etag"]
    assert after.json()["results"][0]["summary"] == "Ours."


async def test_an_instance_that_is_closed_later_tells_strangers_nothing_it_has_kept(
    built_output: Path, open_datasette: Callable[..., AbstractAsyncContextManager[Datasette]]
):
    async with open_datasette(built_output / "docs.db", metadata={"allow": {"id": "root"}}) as datasette:
        cookie = datasette.sign({"a": {"id": "root"}}, "actor")
        for _ in range(2):
            root = await datasette.client.get("/-/search.json?q=json", cookies={"ds_actor": cookie})
            stranger = await datasette.client.get("/-/search.json?q=json")

            assert (root.status_code, stranger.status_code) == (200, 403)
        assert find_service(datasette).replies.figures()["replies"] == 0


@pytest.mark.parametrize(
    "query", ["q=caf%C3%A9", "q=cafe%CC%81", "q=%20caf%C3%A9%20%00", "q=caf%C3%A9&utm=1"]
)
async def test_the_same_words_in_another_spelling_have_the_same_answer(datasette: Datasette, query: str):
    plain = await datasette.client.get(f"/-/search.json?q={quote('café')}")
    other = await datasette.client.get(f"/-/search.json?{query}")

    assert other.content == plain.content
    assert find_service(datasette).replies.misses == 1
