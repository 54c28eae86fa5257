"""Answers in a terminal: what they may hold, and what is no question."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.answers import SearchRequest
from builder.errors import QueryError, UsageError
from builder.terminal import printable, search_in_terminal

if TYPE_CHECKING:
    from pathlib import Path

CONTROLS = {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))} - {"\n"}
HOSTILE = "\x1b]0;owned\x07 \x9b2J \x7f\r\b\x90 it"


@pytest.fixture
def hostile_output(built_output: Path, tmp_path: Path) -> Path:
    """An output folder whose docs command the terminal."""
    shutil.copy(built_output / "docs.db", tmp_path / "docs.db")
    with closing(sqlite3.connect(tmp_path / "docs.db")) as connection, connection:
        for table in ("sections", "symbols"):
            for column in ("kind", "summary", "trail", "deprecated", "text"):
                connection.execute(f"UPDATE {table} SET {column} = {column} || ?", (HOSTILE,))  # noqa: S608
        connection.execute("UPDATE sections SET title = ? || title", (HOSTILE,))
        connection.execute(
            "UPDATE symbols SET name = ? || name, signature = ? || signature", (HOSTILE, HOSTILE)
        )
    return tmp_path


@given(st.text())
def test_what_is_printable_holds_no_control_characters_and_all_else(text: str):
    shown = printable(text)

    assert not CONTROLS & set(shown)
    assert [letter for letter in shown if letter not in " \ufffd"] == [
        letter for letter in text if letter not in CONTROLS | {" ", "\ufffd"}
    ]
    assert printable(shown) == shown


def test_control_characters_are_seen_not_obeyed():
    assert printable("a\tb\nc\x1b[31m\x9b\x7f") == "a b\nc\ufffd[31m\ufffd\ufffd"


@pytest.mark.parametrize("text", ["json.dump", "json", "json.dmup"])
def test_docs_do_not_command_the_terminal(hostile_output: Path, text: str):
    lines = search_in_terminal(hostile_output, SearchRequest(text=text), explain=True)

    shown = "\n".join(lines)
    assert "owned" in shown
    assert not CONTROLS & set(shown)


def test_docs_do_not_command_the_terminal_by_json_which_keeps_every_character(hostile_output: Path):
    (text,) = search_in_terminal(hostile_output, SearchRequest(text="json.dump"), as_json=True)

    assert not CONTROLS & set(text)
    assert json.loads(text)["results"][0]["name"] == f"{HOSTILE}json.dump"


def test_an_unknown_kind_names_those_that_are_known(built_output: Path):
    with pytest.raises(
        QueryError, match=r"kind: there is no kind 'functoin'\. Known: .*class, .*function, .*page"
    ):
        search_in_terminal(built_output, SearchRequest(text="json", kinds=("functoin",)))


def test_a_kind_that_only_this_text_is_not_found_in_is_no_mistake(built_output: Path):
    request = SearchRequest(text="qqqqzzzz", kinds=("function",))

    assert search_in_terminal(built_output, request) == ["Nothing found for qqqqzzzz."]


@pytest.mark.parametrize("text", ["", "  ", "\t\x1b"])
def test_an_empty_query_is_wrong_use(tmp_path: Path, text: str):
    with pytest.raises(UsageError, match="nothing to look for") as caught:
        search_in_terminal(tmp_path, SearchRequest(text=text))

    assert caught.value.exit_code == 2
