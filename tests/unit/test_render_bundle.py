"""Joining scripts: what is published runs as the modules do."""

import json
import subprocess
from pathlib import Path

import pytest

from builder.errors import PublishError
from builder.render import load_assets


def write_static(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        file = folder / "static" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def run(script: Path, folder: Path) -> object:
    """Run a published script in Node; return what it hands to `globalThis.done`."""
    code = (
        f"await new Promise((done) => {{ globalThis.done = (said) => done(console.log(JSON.stringify(said))); "
        f"import({json.dumps(script.as_uri())}); }});"
    )
    ended = subprocess.run(
        ["node", "--input-type=module", "-e", code], cwd=folder, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def published(folder: Path, files: dict[str, str]) -> object:
    """Publish scripts and run `js/main.js` as a browser would."""
    assets = load_assets(write_static(folder, files))
    (folder / "site" / "assets").mkdir(parents=True)
    (folder / "site" / "package.json").write_text('{"type": "module"}')
    for path, content in assets.files.items():
        (folder / "site" / path).write_bytes(content)
    return run(folder / "site" / assets.url("js/main.js"), folder)


def test_modules_see_what_they_import_and_nothing_else_of_each_other(tmp_path):
    files = {
        "js/main.js": "import { one } from './a.js';\nimport { two } from './b.js';\ndone([one(), two]);\n",
        "js/a.js": (
            "import { two } from './b.js';\nconst secret = 1;\n"
            "export function one() {\n  return secret + two;\n}\n"
        ),
        "js/b.js": "const secret = 20;\nexport const two = secret * 2;\n",
    }

    assert published(tmp_path, files) == [41, 40]


def test_what_several_scripts_share_is_there_once(tmp_path):
    files = {
        "js/main.js": (
            "import { kept } from './kept.js';\n"
            "kept.set('main', 1);\n"
            "const { later } = await import('./later.js');\n"
            "done(later());\n"
        ),
        "js/later.js": (
            "import { kept } from './kept.js';\n"
            "import {\n  more,\n} from './more.js';\n"
            "export const later = () => [...kept.keys(), more];\n"
        ),
        "js/kept.js": "export const kept = new Map();\n",
        "js/more.js": "export const more = 'more';\n",
    }

    assert published(tmp_path, files) == ["main", "more"]
    assert len(list((tmp_path / "site" / "assets").iterdir())) == 3


def test_what_is_needed_later_alone_is_not_fetched_at_first(tmp_path):
    files = {
        "js/main.js": "import { a } from './a.js';\ngo(a, () => import('./b.js'), () => import('./c.js'));\n",
        "js/b.js": "import { a } from './a.js';\nimport { c } from './c.js';\ngo(a, c);\n",
        "js/c.js": "import { a } from './a.js';\nexport const c = 'late' + a;\n",
        "js/a.js": "export const a = 1;\n",
    }

    assets = load_assets(write_static(tmp_path, files))

    first = (assets.url("js/main.js"), *assets.preloads("js/main.js"))
    assert len(first) == 2
    assert not any(b"late" in assets.files[path] for path in first)


def test_a_module_runs_once_though_many_import_it(tmp_path):
    files = {
        "js/main.js": "import './a.js';\nimport './b.js';\ndone(globalThis.count);\n",
        "js/a.js": "import './count.js';\n",
        "js/b.js": "import './count.js';\n",
        "js/count.js": "globalThis.count = (globalThis.count ?? 0) + 1;\n",
    }

    assert published(tmp_path, files) == 1


def test_texts_patterns_and_templates_survive(tmp_path):
    code = r"""
const text = "a  'b'  // no comment /* nor this */";
const pattern = /[/'"`\s]+/gu;  // a comment
const template = `two  spaces ${text.length
} and "quotes"`;
const quotient = 6 / 2 / 1;
done([text, 'a / b'.replace(pattern, '_'), template, quotient]);
"""

    assert published(tmp_path, {"js/main.js": code}) == [
        "a  'b'  // no comment /* nor this */",
        "a_b",
        'two  spaces 36 and "quotes"',
        3,
    ]


def test_two_modules_may_export_the_same_name(tmp_path):
    files = {
        "js/main.js": (
            "import { twin } from './a.js';\nimport { both } from './c.js';\n"
            "void import('./later.js').then((later) => done([twin(), both(), later.twin()]));\n"
        ),
        "js/a.js": "export function twin() {\n  return 'a';\n}\n",
        "js/b.js": "export const twin = () => 'b';\n",
        "js/c.js": "import { twin } from './b.js';\nexport const both = () => twin() + 'c';\n",
        "js/later.js": "import { both } from './c.js';\nexport const twin = () => 'later ' + both();\n",
    }

    assert published(tmp_path, files) == ["a", "bc", "later bc"]


@pytest.mark.parametrize(
    "line",
    [
        "import all from './a.js';",
        "import * as all from './a.js';",
        "export default 1;",
        "export let one = 1;",
        "export { one } from './a.js';",
        "export * from './a.js';",
    ],
)
def test_forms_that_the_bundler_does_not_read_are_refused(tmp_path, line):
    files = {"js/main.js": f"{line}\n", "js/a.js": "export const one = 1;\n"}

    with pytest.raises(PublishError, match="the bundler does not read") as caught:
        load_assets(write_static(tmp_path, files))

    assert caught.value.where == "js/main.js"


def test_a_script_that_waits_at_its_top_level_shares_what_it_waited_for(tmp_path):
    files = {
        "js/main.js": (
            "import { there } from './there.js';\n"
            "const { later } = await import('./later.js');\n"
            "done([there, later]);\n"
        ),
        "js/later.js": "import { there } from './there.js';\nexport const later = there + 1;\n",
        "js/there.js": "export const there = await Promise.resolve(1);\n",
    }

    assert published(tmp_path, files) == [1, 2]


def test_what_is_imported_for_what_it_does_is_fetched(tmp_path):
    files = {
        "js/main.js": "import './mark.js';\nawait import('./later.js');\ndone(globalThis.marked);\n",
        "js/later.js": "import './mark.js';\n",
        "js/mark.js": "globalThis.marked = (globalThis.marked ?? 0) + 1;\n",
    }

    assert published(tmp_path, files) == 1
