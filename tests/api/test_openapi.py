"""The API's description of itself: every route is in it, and nothing in it is untrue."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from builder.api.parameters import NAMES
from builder.api.views import ROUTES, find_route

if TYPE_CHECKING:
    from datasette.app import Datasette

SCHEMATHESIS = Path(sys.executable).parent / "schemathesis"
NOT_DESCRIBED = {r"/-/livedocs\.css"}
"""What belongs to the page of results."""


async def test_every_route_is_described_with_the_parameters_that_it_reads(datasette: Datasette):
    description = (await datasette.client.get("/-/openapi.json")).json()

    described = {find_route(path.replace("{name}", "json.dump")).pattern for path in description["paths"]}
    named = {one["name"] for one in description["paths"]["/-/search.json"]["get"]["parameters"]}
    assert description["openapi"] == "3.1.0"
    assert described == {route.pattern for route in ROUTES} - NOT_DESCRIBED
    assert named == set(NAMES)


async def test_the_description_says_where_the_api_is_and_what_it_holds(datasette: Datasette):
    description = (await datasette.client.get("/-/openapi.json", headers={"Host": "api.example:81"})).json()

    assert description["servers"] == [{"url": "http://api.example:81"}]
    parameters = description["paths"]["/-/search.json"]["get"]["parameters"]
    assert "python" in next(one for one in parameters if one["name"] == "docset")["description"]


def test_a_tester_that_tries_what_the_description_allows_and_forbids_finds_nothing(
    site_server: str, tmp_path: Path
):
    command = [SCHEMATHESIS, "run", f"{site_server}/-/openapi.json", "--max-examples", "40", "--seed", "1"]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)

    assert done.returncode == 0, done.stdout[-5_000:]
    assert "6 selected / 6 total" in done.stdout
