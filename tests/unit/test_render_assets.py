"""Assets: names that follow the content, imports that follow the names."""

import re
from pathlib import Path

import brotli
import pytest

from builder.errors import PublishError
from builder.render import load_assets, templates_folder

MAIN = """\
import { a } from './lib/a.js';
start(a, new URL('./worker.js', import.meta.url));
"""


def write_static(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        file = folder / "static" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def scripts(**more: str) -> dict[str, str]:
    return {
        "js/main.js": MAIN,
        "js/worker.js": "import './lib/b.js';\n",
        "js/lib/a.js": "import { b } from './b.js';\nexport const a = b;\n",
        "js/lib/b.js": "export const b = 1;\n",
        **more,
    }


def test_scripts_name_the_published_files(tmp_path):
    assets = load_assets(write_static(tmp_path, scripts()))

    main = assets.files[assets.url("js/main.js")].decode()
    shared, worker = (re.escape(Path(assets.url(path)).name) for path in ("js/lib/b.js", "js/worker.js"))
    assert re.search(rf"import ?{{b}} ?from ?(['\"])\./{shared}\1", main)
    assert re.search(rf"new URL\((['\"])\./{worker}\1,import\.meta\.url\)", main)


def test_modules_that_only_others_import_have_no_file_of_their_own(tmp_path):
    assets = load_assets(write_static(tmp_path, scripts()))

    assert set(assets.names) == {"js/main.js", "js/worker.js", "js/lib/b.js"}
    assert set(assets.files) == set(assets.names.values())


def test_a_change_renames_the_file_and_all_that_name_it(tmp_path):
    before = load_assets(write_static(tmp_path, scripts())).names

    (tmp_path / "static/js/lib/b.js").write_text("export const b = 2;\n")
    after = load_assets(tmp_path).names

    assert {path for path in before if before[path] != after[path]} == set(before)


def test_a_change_leaves_the_names_of_others(tmp_path):
    before = load_assets(write_static(tmp_path, scripts())).names

    (tmp_path / "static/js/worker.js").write_text("import './lib/b.js';\ngo();\n")
    after = load_assets(tmp_path).names

    assert {path for path in before if before[path] != after[path]} == {"js/worker.js", "js/main.js"}


def test_all_that_a_script_waits_for_is_listed_for_preloading(tmp_path):
    assets = load_assets(write_static(tmp_path, scripts()))

    assert assets.preloads("js/main.js") == (assets.url("js/lib/b.js"),)


def test_addresses_in_comments_are_no_imports(tmp_path):
    text = "/** @typedef {import('./gone.js').T} T */\n// from './gone.js'\nconst a = 1;\nstart(a);\n"

    assets = load_assets(write_static(tmp_path, {"js/main.js": text}))

    assert b"gone" not in assets.files[assets.url("js/main.js")]


def test_scripts_that_import_each_other_are_refused(tmp_path):
    files = {"js/a.js": "import './b.js';\n", "js/b.js": "import './a.js';\n"}

    with pytest.raises(PublishError, match="circle") as caught:
        load_assets(write_static(tmp_path, files))

    assert caught.value.where == "js/a.js → js/b.js → js/a.js"


def test_an_import_of_nothing_is_refused(tmp_path):
    with pytest.raises(PublishError, match=re.escape("js/main.js: imports ./gone.js, which isn't there.")):
        load_assets(write_static(tmp_path, {"js/main.js": "import './gone.js';\n"}))


def test_an_address_of_nothing_is_refused(tmp_path):
    text = "start(new URL('../parts/gone.html', import.meta.url));\n"

    with pytest.raises(
        PublishError, match=re.escape("js/main.js: names parts/gone.html, which isn't there.")
    ):
        load_assets(write_static(tmp_path, {"js/main.js": text}))


def test_styles_become_one_sheet_of_layers_in_order(tmp_path):
    files = {
        "css/main.css": '@layer a, b;\n@import "b.css" layer(b);\n@import "a.css" layer(a);\n',
        "css/a.css": "/* first */\np {\n  margin: 0;\n}\n",
        "css/b.css": "a {\n  color: red;\n}\n",
    }

    assets = load_assets(write_static(tmp_path, files))

    assert list(assets.names) == ["css/main.css"]
    assert assets.files[assets.url("css/main.css")].decode() == (
        "@layer a, b;\n@layer b {\na {\ncolor: red;\n}\n}\n@layer a {\np {\nmargin: 0;\n}\n}\n"
    )


def test_our_own_assets_keep_within_their_budget():
    assets = load_assets(templates_folder())

    sizes = {path: len(brotli.compress(content)) for path, content in assets.files.items()}
    styles = sum(size for path, size in sizes.items() if path.endswith(".css"))
    code = sum(size for path, size in sizes.items() if path.endswith(".js"))

    assert styles <= 12_000
    assert code <= 25_000


def test_two_loads_are_equal():
    assert load_assets(templates_folder()) == load_assets(templates_folder())
