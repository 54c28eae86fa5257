"""Scripts made shorter do what they did."""

import subprocess

import pytest

from builder.errors import PublishError
from builder.render.minify import shortened, squeezed

SCRIPT = r"""
/** Says what a script can say. */
const greeting = "a  'b'  // no comment";
class Counter {
  #count = 0;
  add(amount = 1) {
    this.#count += amount; // counted
    return this;
  }
  get count() {
    return this.#count;
  }
}
const numbers = [1, 2, 3].map((number) => number ** 2);
const named = { first: numbers?.[0] ?? 7, second: `${greeting}  ${numbers.length}` };
const { first, ...others } = named;
const said = [greeting, new Counter().add().add(41).count, numbers, first, others, /[/'"]\s+/u.source, '\0'];
console.log(JSON.stringify(said));
"""


def said_by(script: str) -> str:
    ended = subprocess.run(
        ["node", "--input-type=module", "-e", script], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.parametrize("shorten", [shortened, squeezed])
def test_a_shorter_script_says_the_same(shorten):
    short = shorten({"js/main.js": SCRIPT})["js/main.js"]

    assert len(short) < len(SCRIPT) - 50
    assert said_by(short) == said_by(SCRIPT)


def test_local_names_become_short():
    loop = "let whole = 0;\n  for (const amount of amounts) whole += amount;\n  return whole;"
    script = f"export function sum(amounts) {{\n  {loop}\n}}\n"

    short = shortened({"js/sum.js": script})["js/sum.js"]

    assert "sum" in short
    assert not any(name in short for name in ("amount", "whole"))


@pytest.mark.parametrize(
    "unpacking",
    [
        "const { b } = (a.parts);",
        "let [b] = a.parts.map((part) => ({ part })).map(({ part }) => part);",
        "const { b, ...others } = { ...a.parts, b: 7 };",
        "const [b] = [a.parts].map((parts) => {\n  const { b: own } = { ...parts };\n  return own;\n});",
        "for (const { b } of [(a.parts)]) {\n  const [own] = [{ b }];\n  console.log(own.b);\n}\nconst b = 0;",
    ],
)
def test_what_is_unpacked_stays_behind_what_it_is_unpacked_from(unpacking):
    parts = "{ parts: Object.assign([7], { b: 7 }) }"
    script = f"{{\nconst a = {parts};\n{unpacking}\nconst c = [b];\nconsole.log(JSON.stringify(c));\n}}\n"

    short = shortened({"js/main.js": script})["js/main.js"]

    assert said_by(short) == said_by(script)


def test_what_lies_where_a_build_is_started_does_not_run(tmp_path, monkeypatch):
    (tmp_path / "minify.py").write_text("raise SystemExit('ran')\n")
    monkeypatch.chdir(tmp_path)

    assert shortened({"js/main.js": "go ( 1 );\n"}) == {"js/main.js": "go(1)"}


def test_what_is_no_script_is_refused_by_its_name():
    with pytest.raises(PublishError, match=r"can't be minified: .*on line 2") as caught:
        shortened({"js/good.js": "go();\n", "js/bad.js": "go();\nconst = 1;\n"})

    assert caught.value.where == "js/bad.js"
