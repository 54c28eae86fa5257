"""What programs hold on to: the JSON of each route, field by field, held by files beside this one.

`LIVEDOCS_UPDATE_GOLDEN=1 pytest tests/api/test_contract.py` writes them anew; fields may come, never go or change.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from datasette.app import Datasette

FOLDER = Path(__file__).resolve().parent / "contract"
CHANGING = {"took_ms", "index_hash", "score", "total", "tier", "next", "next_url"}
"""What depends on the clock and on the ranking, which has tests of its own; only its type is held."""

ROUTES = {
    "search": "/-/search.json?q=json.JSONDecodeError&version=3.11&_size=1",
    "search-corrected": "/-/search.json?q=json.dmup&version=3.11&_size=1",
    "search-nothing": "/-/search.json?q=%3F%3F%3F%3F&version=3.11",
    "suggest": "/-/suggest?q=json.JSONDecodeError&version=3.11&_size=1",
    "symbol": "/-/symbol/json.dump.json?version=3.11",
    "symbol-module": "/-/symbol/json.json?version=3.11",
    "symbol-unknown": "/-/symbol/json.dumpp.json?version=3.11",
    "problem-missing": "/-/search.json",
    "problem-limit": "/-/search.json?q=x&_size=51",
    "problem-docset": "/-/search.json?q=x&docset=ruby",
    "problem-table": "/docs/nothing.json",
    "health": "/-/health",
}


def held(value: Any, name: str = "") -> Any:
    """A value as the file holds it: of what changes, and of the cache's figures, only the type."""
    if isinstance(value, dict):
        return {key: held(inner, "figure" if name == "cache" else key) for key, inner in value.items()}
    if isinstance(value, list):
        return [held(inner) for inner in value]
    return type(value).__name__ if name in CHANGING | {"figure"} else value


@pytest.mark.parametrize("name", ROUTES)
async def test_the_json_of_a_route_is_as_programs_know_it(datasette: Datasette, name: str):
    response = await datasette.client.get(ROUTES[name])
    found = {
        "request": ROUTES[name],
        "status": response.status_code,
        "content-type": response.headers["content-type"],
        "body": held(response.json()),
    }

    file = FOLDER / f"{name}.json"
    if os.environ.get("LIVEDOCS_UPDATE_GOLDEN") == "1":
        file.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    assert found == json.loads(file.read_text(encoding="utf-8"))


def test_no_file_is_left_of_a_route_that_is_gone():
    assert {file.stem for file in FOLDER.iterdir()} == set(ROUTES)
