"""What is kept of the index between builds saves time and changes nothing."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "js" / "search"))

import made_index

from builder.search_index.counts import count_terms
from builder.search_index.index import build
from builder.search_index.keeping import Keeper, digest

CHANGES = {
    "name": "json.load",
    "title": "Threads and splitting strings",
    "role": "py:class",
    "kind": "module",
    "trail": "Somewhere else",
    "signature": "json.dump(zebra)",
    "summary": "Another summary.",
    "text": "dumping dumped dum *args",
    "code": "spam(eggs)",
    "level": 5,
    "inbound": 999,
    "deprecated": "9.9",
    "page": "elsewhere.html",
}


@pytest.fixture
def made():
    facts = made_index.made()
    return made_index.entries_of(facts["entries"]), [
        (term, made_index.FIRST + place, main) for term, place, main in facts["terms"]
    ]


def index_of(entries, terms, kept=None, docset=made_index.DOCSET):
    counts = [count_terms(one.summary, one.text, one.code) for one in entries]
    index = build(entries, terms, counts, docset, kept=kept)
    if kept:
        kept.save()
    return index


@pytest.mark.parametrize("field", CHANGES)
def test_an_index_from_kept_parts_equals_a_fresh_one(made, tmp_path, field):
    entries, terms = made
    place = next(number for number, one in enumerate(entries) if one.name == "json.dump")
    changed = [*entries]
    changed[place] = replace(entries[place], **{field: CHANGES[field]})

    index_of(entries, terms, Keeper(tmp_path, "1"))

    assert index_of(changed, terms, Keeper(tmp_path, "1")) == index_of(changed, terms)
    assert index_of(changed, terms, Keeper(tmp_path, "1")) == index_of(changed, terms)


def test_other_lines_of_the_general_index_and_another_language_are_seen(made, tmp_path):
    entries, terms = made
    index_of(entries, terms, Keeper(tmp_path, "1"))
    german = replace(made_index.DOCSET, language="de")

    fewer = index_of(entries, terms[1:], Keeper(tmp_path, "1"))
    other = index_of(entries, terms, Keeper(tmp_path, "1"), german)

    assert fewer == index_of(entries, terms[1:])
    assert other == index_of(entries, terms, docset=german)


def test_what_is_kept_is_not_made_again(made, tmp_path):
    entries, terms = made
    index_of(entries, terms, Keeper(tmp_path, "1"))
    before = times(tmp_path)

    again = index_of(
        [replace(one, text=f"{one.text} More.") for one in entries], terms, Keeper(tmp_path, "1")
    )
    changed = {name for name, time in times(tmp_path).items() if before.get(name) != time}
    index_of(entries, terms, Keeper(tmp_path, "1"))

    assert again.hash != index_of(entries, terms).hash
    assert changed == {"body.pickle"}


def times(folder):
    return {file.name: (file.stat().st_mtime_ns, file.stat().st_ino) for file in folder.iterdir()}


def test_a_step_is_done_again_only_where_it_is_made_of_something_else(tmp_path):
    first = Keeper(tmp_path, "1")
    first.step("words", b"same", lambda: "first")
    first.save()

    assert Keeper(tmp_path, "1").step("words", b"same", lambda: "second") == "first"
    assert Keeper(tmp_path, "1").step("words", b"other", lambda: "second") == "second"
    assert Keeper(tmp_path, "2").step("words", b"same", lambda: "second") == "second"


def test_a_result_is_renewed_from_the_one_that_is_kept(tmp_path):
    for count in (1, 2):
        keeper = Keeper(tmp_path, "1")
        assert keeper.renew("count", lambda old: (old or 0) + 1) == count
        keeper.save()

    assert Keeper(tmp_path, "2").renew("count", lambda old: old) is None


@pytest.mark.parametrize("content", [b"", b"no pickle", b"\x80\x05", b"\x80\x04K\x01."])
def test_a_broken_file_is_no_file(tmp_path, content):
    (tmp_path / "words.pickle").write_bytes(content)
    keeper = Keeper(tmp_path, "1")

    assert keeper.step("words", b"same", lambda: "new") == "new"
    keeper.save()
    assert Keeper(tmp_path, "1").step("words", b"same", lambda: "newer") == "new"


def test_nothing_is_written_where_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    keeper = Keeper()
    keeper.step("words", b"same", lambda: "new")

    keeper.save()

    assert list(tmp_path.iterdir()) == []


def test_a_digest_tells_where_texts_begin_and_end():
    digests = {digest(["ab", "c"]), digest(["a", "bc"]), digest(["ab"], ["c"]), digest(["abc"])}

    assert len(digests) == 4
