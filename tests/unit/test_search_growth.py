"""Ten times as many entries must hardly make a search load more."""

from __future__ import annotations

import json
import random
import re
import sys
from bisect import bisect_right
from pathlib import Path

import brotli

from builder.render import load_assets, templates_folder
from builder.search_index.shards import export

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "js" / "search"))

import made_index

ENTRIES = 1200
SYLLABLES = [start + end for start in "bdfgklmnprstvz" for end in ("a", "e", "i", "o", "u", "an", "er", "is")]
HEADERS = 300
FIRST_FILES = ("js/main.js", "css/main.css")


def made_entries(copies: int) -> list:
    """Make up docs as real ones are: few words in many places, many in few; each copy has names of its own."""
    chance = random.Random(1)  # noqa: S311 - no secret
    words = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(3000)]
    common = [1 / rank for rank in range(1, len(words) + 1)]
    facts = []
    for _ in range(ENTRIES):
        first, second, *text = chance.choices(words, common, k=30)
        facts.append(
            {"first": first, "second": second, "summary": " ".join(text[:8]), "text": " ".join(text)}
        )
    return made_index.entries_of(
        [
            {
                "page": f"part{copy}/page{place // 20}.html",
                "anchor": f"{one['first']}.{one['second']}{place}",
                "kind": "function",
                "role": "py:function",
                "name": f"{one['first']}{copy or ''}.{one['second']}{copy or ''}",
                "summary": one["summary"],
                "text": one["text"],
            }
            for copy in range(copies)
            for place, one in enumerate(facts)
        ]
    )


def loaded_by_a_search(copies: int) -> int:
    """Return about how many bytes the first search loads: scripts, styles, the root, and the files of three keys."""
    entries = made_entries(copies)
    index = made_index.index_of(entries, [])
    files = dict(export(made_index.tables_of(index), made_index.cards_of(entries)))
    root = json.loads(files["root.json"])
    assets = load_assets(templates_folder())
    loaded = sum(len(brotli.compress(assets.files[assets.url(path)])) for path in FIRST_FILES)
    loaded += len(brotli.compress(files["root.json"]))
    cuts = first_keys(root["cuts"]["k"])
    for name in [entry.name for entry in entries[::400]][:3]:
        for key in (name.replace(".", ""), name.partition(".")[0]):
            place = max(bisect_right(cuts, key) - 1, 0)
            loaded += HEADERS + next(
                len(content) for path, content in files.items() if path.endswith(f"/k{place}.bin")
            )
    return loaded


def first_keys(row: str) -> list[str]:
    found = [""]
    for one in re.findall("[A-Z][^A-Z]*", row):
        found.append(found[-1][: ord(one[0]) - ord("A")] + one[1:])
    return found[1:]


def test_ten_times_as_many_entries_make_a_first_search_load_at_most_three_tenths_more():
    assert loaded_by_a_search(10) <= 1.3 * loaded_by_a_search(1)
