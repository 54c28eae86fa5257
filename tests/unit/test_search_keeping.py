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
    return build(entries, terms, counts, docset, kept=kept)


@pytest.mark.parametrize("field", CHANGES)
def test_an_index_from_kept_parts_equals_a_fresh_one(made, tmp_path, field):
    entries, terms = made
    place = next(number for number, one in enumerate(entries) if one.name == "json.dump")
    changed = [*entries]
    changed[place] = replace(entries[place], **{field: CHANGES[field]})
    file = tmp_path / "index.pickle"

    index_of(entries, terms, Keeper(file, "1"))

    assert index_of(changed, terms, Keeper(file, "1")) == index_of(changed, terms)
    assert index_of(changed, terms, Keeper(file, "1")) == index_of(changed, terms)


def test_other_lines_of_the_general_index_and_another_language_are_seen(made, tmp_path):
    entries, terms = made
    file = tmp_path / "index.pickle"
    index_of(entries, terms, Keeper(file, "1"))
    german = replace(made_index.DOCSET, language="de")

    fewer = index_of(entries, terms[1:], Keeper(file, "1"))
    other = index_of(entries, terms, Keeper(file, "1"), german)

    assert fewer == index_of(entries, terms[1:])
    assert other == index_of(entries, terms, docset=german)


def test_what_is_kept_is_not_made_again(made, tmp_path):
    entries, terms = made
    file = tmp_path / "index.pickle"
    index_of(entries, terms, Keeper(file, "1"))
    before = file.stat()

    again = index_of([replace(one, text=f"{one.text} More.") for one in entries], terms, Keeper(file, "1"))

    assert again.hash != index_of(entries, terms).hash
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    assert file.stat().st_ino == before.st_ino


def test_a_step_is_done_again_only_where_it_is_made_of_something_else(tmp_path):
    file = tmp_path / "kept.pickle"
    first = Keeper(file, "1")
    first.step("words", b"same", lambda: "first")
    first.save()

    assert Keeper(file, "1").step("words", b"same", lambda: "second") == "first"
    assert Keeper(file, "1").step("words", b"other", lambda: "second") == "second"
    assert Keeper(file, "2").step("words", b"same", lambda: "second") == "second"


@pytest.mark.parametrize("content", [b"", b"no pickle", b"\x80\x05", b"\x80\x04K\x01."])
def test_a_broken_file_is_no_file(tmp_path, content):
    file = tmp_path / "kept.pickle"
    file.write_bytes(content)
    keeper = Keeper(file, "1")

    assert keeper.step("words", b"same", lambda: "new") == "new"
    keeper.save()
    assert Keeper(file, "1").step("words", b"same", lambda: "newer") == "new"


def test_nothing_is_written_where_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    keeper = Keeper()
    keeper.step("words", b"same", lambda: "new")

    keeper.save()

    assert list(tmp_path.iterdir()) == []


def test_a_digest_tells_where_texts_begin_and_end():
    digests = {digest(["ab", "c"]), digest(["a", "bc"]), digest(["ab"], ["c"]), digest(["abc"])}

    assert len(digests) == 4
