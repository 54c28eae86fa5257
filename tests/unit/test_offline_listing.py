"""The list of a docset's files, by which a browser keeps all of it and fetches what changed."""

import json
from pathlib import Path

from builder.pipeline.offline import LISTING, write_listings
from builder.publish import file_sizes

FOLDER = "python/3.11/"
KEYS = {f"{FOLDER}library/json.html": "a" * 64}


def make_site(folder: Path, **more: str) -> Path:
    files = {
        "livedocs.json": json.dumps({"docsets": [{"slug": "python", "version": "3.11", "name": "Python"}]}),
        f"{FOLDER}index.html": "home",
        f"{FOLDER}library/json.html": "json",
        f"{FOLDER}_search/root.json": "{}",
        f"{FOLDER}_search/1f2e/n0.bin": "names",
        **more,
    }
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def read(site: Path) -> dict:
    return json.loads((site / FOLDER / LISTING).read_text())


def test_every_file_is_listed_as_browsers_ask_for_it(tmp_path):
    site = make_site(tmp_path)

    write_listings(site, file_sizes(site), KEYS)
    listing = read(site)

    assert listing["name"] == "Python 3.11"
    assert listing["bytes"] == len("home" + "json" + "{}" + "names")
    assert [(path, size) for path, size, _ in listing["files"]] == [
        ("_search/1f2e/n0.bin", 5),
        ("_search/root.json", 2),
        ("", 4),
        ("library/json.html", 4),
    ]


def test_a_mark_changes_with_its_file_alone(tmp_path):
    site = make_site(tmp_path)
    write_listings(site, file_sizes(site), KEYS)
    before = read(site)

    (site / FOLDER / "index.html").write_text("HOME")
    write_listings(site, file_sizes(site), {f"{FOLDER}library/json.html": "b" * 64})
    after = read(site)

    changed = {
        path
        for (path, _, old), (_, _, new) in zip(before["files"], after["files"], strict=True)
        if old != new
    }
    assert changed == {"", "library/json.html"}
    assert before["mark"] != after["mark"]


def test_writing_it_again_changes_nothing(tmp_path):
    site = make_site(tmp_path)
    write_listings(site, file_sizes(site), KEYS)
    before = read(site)

    write_listings(site, file_sizes(site), KEYS)

    assert read(site) == before
