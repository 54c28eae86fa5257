"""Ask the three that answer from the index: the browser's engine, the terminal, the API. Each as people run it."""

from __future__ import annotations

import http.client
import json
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from product import serving

from builder.answers import SearchRequest
from builder.terminal import search_in_terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from judging import Place

ENGINE = Path(__file__).with_name("engine.mjs")


def ask_browser_engine(output: Path, queries: Sequence[str]) -> list[list[Place]]:
    """Return the places that the browser's engine finds in the first docset's files, run by Node."""
    (index,) = output.glob("site/*/*/_search")
    asked = subprocess.run(
        ["node", str(ENGINE), str(index)],
        input=json.dumps(list(queries)),
        capture_output=True,
        text=True,
        check=True,
    )
    return [[(page, anchor) for page, anchor in places] for places in json.loads(asked.stdout)]


def ask_terminal(output: Path, queries: Sequence[str]) -> list[list[Place]]:
    """Return the places that `livedocs search --json` prints."""
    return [
        _places("\n".join(search_in_terminal(output, SearchRequest(text=text), as_json=True)))
        for text in queries
    ]


def ask_api(output: Path, queries: Sequence[str]) -> list[list[Place]]:
    """Return the places that the API answers, over HTTP, from `livedocs serve`."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(output, log=Path(folder) / "log") as address,
    ):
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
        found = []
        for text in queries:
            connection.request("GET", f"/-/search.json?q={quote(text, safe='')}")
            found.append(_places(connection.getresponse().read().decode()))
        connection.close()
    return found


def _places(body: str) -> list[Place]:
    return [(result["page"], result["anchor"]) for result in json.loads(body)["results"]]


CALLERS: dict[str, Callable[[Path, Sequence[str]], list[list[Place]]]] = {
    "browser": ask_browser_engine,
    "terminal": ask_terminal,
    "API": ask_api,
}
