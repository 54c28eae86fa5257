"""Give every asset of the site a name that changes with its content, so that caches may keep it for ever.

Scripts import each other by relative addresses; those are rewritten to the hashed names. A file's hash is
taken after that, so a change travels up to every file that imports the changed one. The style sheets become
one file.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from builder.errors import PublishError
from builder.render.environment import make_environment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

STYLES = "css/main.css"
"""The style sheet that imports all the others, each into the layer of its name."""

PUBLISHED_AS = {".html": ".txt"}
"""A piece of a page is no page: neither crawlers nor checks of links should take it for one."""

SPECIFIER = re.compile(
    r"""/\*.*?\*/|^\s*//[^\n]*"""
    r"""|(?P<before>(?:\bfrom|\bimport)\s*\(?\s*|\bnew\s+URL\(\s*)"""
    r"""(?P<quote>['"])(?P<path>\.\.?/[^'"\n]+)(?P=quote)""",
    re.DOTALL | re.MULTILINE,
)
"""A relative address in a script (`import`, `export from`, `new URL()`), or a comment, which stays."""

STATIC_IMPORT = re.compile(
    r"""^(?:import\b(?!\s*\()|export\s*[*{])[^'"();]*['"](?P<path>\.\.?/[^'"\n]+)['"]""", re.MULTILINE
)
COMMENT_LINES = re.compile(r"^[ \t]*(?:/\*\*.*?\*/|//[^\n]*)[ \t]*\n", re.DOTALL | re.MULTILINE)
"""Comments of scripts that stand on lines of their own; what is published does without."""

STYLE_IMPORT = re.compile(r'^@import "(?P<path>[^"]+)" layer\((?P<layer>[a-z-]+)\);\n', re.MULTILINE)
STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """The site's assets under their published names.

    Attributes:
        files: Path in the site (`assets/main.1a2b3c4d.js`) to content.
        names: Path in `static/` (`js/main.js`) to path in the site.
        imports: Script to all the scripts that it imports before it runs, itself left out.
    """

    files: Mapping[str, bytes]
    names: Mapping[str, str]
    imports: Mapping[str, tuple[str, ...]]

    def url(self, path: str) -> str:
        """Return where a file of `static/` is in the site: `assets/main.1a2b3c4d.js`."""
        return self.names[path]

    def preloads(self, script: str) -> tuple[str, ...]:
        """Return the published paths of all scripts that `script` waits for before it runs."""
        return tuple(self.names[path] for path in self.imports[script])


def load_assets(templates: Path) -> Assets:
    """Read `static/` of the templates' folder and name every file by its content.

    Args:
        templates: The folder that holds `static/`.

    Raises:
        PublishError: A script imports a file that isn't there, or scripts import each other in a circle.
    """
    static = templates / "static"
    contents = {
        path.relative_to(static).as_posix(): path.read_bytes()
        for path in sorted(static.rglob("*"))
        if path.is_file() and _is_published(path)
    }
    _join_styles(contents)
    _render_parts(contents, templates)
    return _Naming(contents).assets()


def _is_published(path: Path) -> bool:
    return path.name != "tsconfig.json" and not path.name.startswith(".") and not path.name.endswith(".d.ts")


def _join_styles(contents: dict[str, bytes]) -> None:
    """Put the sheets that `main.css` imports in its place, in its order, without comments."""

    def layer(match: re.Match[str]) -> str:
        path = posixpath.join(posixpath.dirname(STYLES), match["path"])
        if path not in contents:
            raise PublishError("imports a style sheet that isn't there", where=STYLES, todo=f"Add {path}.")
        return f"@layer {match['layer']} {{\n{contents.pop(path).decode()}}}\n"

    if STYLES in contents:
        joined = STYLE_IMPORT.sub(layer, contents[STYLES].decode())
        bare = STYLE_COMMENT.sub("", joined)
        lines = (line.strip() for line in bare.splitlines())
        contents[STYLES] = ("\n".join(line for line in lines if line) + "\n").encode()


def _render_parts(contents: dict[str, bytes], templates: Path) -> None:
    """Render the pieces of pages that scripts fetch; they are templates like the pages, but know no page."""
    for path in contents:
        if path.endswith(".html"):
            template = make_environment(templates).get_template(f"static/{path}")
            contents[path] = template.render().encode()


class _Naming:
    """The naming of files, leaves of the import graph first."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self._contents = contents
        self._files: dict[str, bytes] = {}
        self._names: dict[str, str] = {}
        self._imports: dict[str, tuple[str, ...]] = {}

    def assets(self) -> Assets:
        for path in self._contents:
            self._name(path, ())
        return Assets(files=self._files, names=self._names, imports=self._imports)

    def _name(self, path: str, waiting: tuple[str, ...]) -> str:
        """Return the published name of a file, having named all that it imports."""
        if path in waiting:
            circle = " → ".join((*waiting[waiting.index(path) :], path))
            raise PublishError(
                "scripts import each other in a circle", where=circle, todo="Break the circle."
            )
        if path not in self._names:
            content = self._contents[path]
            if path.endswith(".js"):
                code = COMMENT_LINES.sub("", content.decode())
                content = self._rewrite(path, code, (*waiting, path)).encode()
            stem, extension = posixpath.splitext(posixpath.basename(path))
            extension = PUBLISHED_AS.get(extension, extension)
            name = f"assets/{stem}.{sha256(content).hexdigest()[:8]}{extension}"
            self._names[path] = name
            self._files[name] = content
        return self._names[path]

    def _rewrite(self, path: str, text: str, waiting: tuple[str, ...]) -> str:
        """Return a script with the published names in its imports."""
        static = {self._resolve(path, found["path"]) for found in STATIC_IMPORT.finditer(text)}

        def renamed(match: re.Match[str]) -> str:
            if match["path"] is None:
                return match[0]
            name = self._name(self._resolve(path, match["path"]), waiting)
            return f"{match['before']}{match['quote']}./{posixpath.basename(name)}{match['quote']}"

        code = SPECIFIER.sub(renamed, text)
        reached: dict[str, None] = {}
        for child in sorted(static):
            self._name(child, waiting)
            reached.update(dict.fromkeys((child, *self._imports.get(child, ()))))
        self._imports[path] = tuple(reached)
        return code

    def _resolve(self, path: str, specifier: str) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), specifier))
        if target not in self._contents:
            raise PublishError(f"imports {specifier}, which isn't there", where=path, todo="Mend the import.")
        return target
