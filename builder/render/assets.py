"""Give every asset of the site a name that changes with its content, so that caches may keep it for ever.

Scripts are joined into few files (see `bundle`), and what they fetch later is rewritten to the hashed names. A file's
hash is taken after that, so a change travels up to every file that names the changed one. The style sheets become one
file.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from builder.errors import PublishError
from builder.render.bundle import bundle, bundle_whole
from builder.render.environment import make_environment
from builder.render.minify import minified

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from builder.render.bundle import Chunk

MAIN = "js/main.js"
STYLES = "css/main.css"
"""The script and the style sheet of every page."""

PUBLISHED_AS = {".html": ".txt"}
"""A piece of a page is no page: neither crawlers nor checks of links should take it for one."""

STYLE_IMPORT = re.compile(r'^@import "(?P<path>[^"]+)" layer\((?P<layer>[a-z-]+)\);\n', re.MULTILINE)
STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)

WHOLE = "main.js in a page"

PLACE = re.compile(r"(?<=\./)<(?P<path>[\w./-]+)>")
"""What stands in an address for a file's published name until that is known: its path, in marks of no name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """The site's assets under their published names.

    Attributes:
        files: Path in the site (`assets/main.1a2b3c4d.js`) to content.
        names: Path in `static/` (`js/main.js`) to path in the site; modules that only others import have none.
        imports: Script to all the published scripts that it waits for before it runs, itself left out.
        whole: Script to its text with all that it imports, as it stands inside a page of the site's root.
    """

    files: Mapping[str, bytes]
    names: Mapping[str, str]
    imports: Mapping[str, tuple[str, ...]]
    whole: Mapping[str, str]

    def url(self, path: str) -> str:
        """Return where a file of `static/` is in the site: `assets/main.1a2b3c4d.js`."""
        return self.names[path]

    def preloads(self, script: str) -> tuple[str, ...]:
        """Return the published paths of all scripts that `script` waits for before it runs."""
        return self.imports[script]


def load_assets(templates: Path) -> Assets:
    """Read `static/` of the templates' folder and name every file by its content.

    Args:
        templates: The folder that holds `static/`.

    Raises:
        PublishError: The scripts can't be joined, or name a file that isn't there.
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
    """Put the sheets that another imports in the place of the import, each into its layer, without comments."""

    def layer(match: re.Match[str]) -> str:
        path = posixpath.join(posixpath.dirname(importing), match["path"])
        if path not in contents:
            raise PublishError("imports a style sheet that isn't there", where=importing, todo=f"Add {path}.")
        return f"@layer {match['layer']} {{\n{contents.pop(path).decode()}}}\n"

    for importing in [
        path for path, content in contents.items() if path.endswith(".css") and b"@import" in content
    ]:
        joined = STYLE_IMPORT.sub(layer, contents[importing].decode())
        bare = STYLE_COMMENT.sub("", joined)
        lines = (line.strip() for line in bare.splitlines())
        contents[importing] = ("\n".join(line for line in lines if line) + "\n").encode()


def _render_parts(contents: dict[str, bytes], templates: Path) -> None:
    """Render the pieces of pages that scripts fetch; they are templates like the pages, but know no page."""
    for path in contents:
        if path.endswith(".html"):
            template = make_environment(templates).get_template(f"static/{path}")
            contents[path] = template.render().encode()


class _Naming:
    """The naming of files, those first that others name."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        scripts = {path: content.decode() for path, content in contents.items() if path.endswith(".js")}
        self._chunks = bundle(scripts)
        texts = {chunk.path: chunk.text("<{}>".format) for chunk in self._chunks.values()}
        whole = {WHOLE: bundle_whole(scripts, MAIN).text("<{}>".format)} if MAIN in scripts else {}
        self._scripts = minified({**texts, **whole})
        self._contents = {path: content for path, content in contents.items() if path not in scripts}
        self._files: dict[str, bytes] = {}
        self._names: dict[str, str] = {}

    def assets(self) -> Assets:
        for path in (*self._contents, *self._chunks):
            self._name(path, ())
        imports = {path: tuple(map(self._names.__getitem__, self._waits_for(path))) for path in self._chunks}
        whole = {MAIN: self._whole()} if WHOLE in self._scripts else {}
        return Assets(files=self._files, names=self._names, imports=imports, whole=whole)

    def _name(self, path: str, waiting: tuple[str, ...]) -> str:
        """Return the published path of a file, having named all that it names."""
        if path in waiting:
            circle = " → ".join((*waiting[waiting.index(path) :], path))
            raise PublishError("scripts start each other in a circle", where=circle, todo="Break the circle.")
        if path not in self._names:
            chunk = self._chunks.get(path)
            content = self._script(chunk, (*waiting, path)) if chunk else self._content(path, waiting)
            stem, extension = posixpath.splitext(posixpath.basename(chunk.path if chunk else path))
            extension = PUBLISHED_AS.get(extension, extension)
            name = f"assets/{stem}.{sha256(content).hexdigest()[:8]}{extension}"
            self._names[path] = name
            self._files[name] = content
        return self._names[path]

    def _script(self, chunk: Chunk, waiting: tuple[str, ...]) -> bytes:
        def published(match: re.Match[str]) -> str:
            return posixpath.basename(self._name(match["path"], waiting))

        return PLACE.sub(published, self._scripts[chunk.path]).encode() + b"\n"

    def _whole(self) -> str:
        """Return the text of the main script inside a page, whose addresses start at the site's root."""
        return PLACE.sub(lambda match: self._name(match["path"], ()), self._scripts[WHOLE])

    def _content(self, path: str, waiting: tuple[str, ...]) -> bytes:
        if path not in self._contents:
            raise PublishError(
                f"names {path}, which isn't there", where=waiting[-1], todo="Mend the address."
            )
        return self._contents[path]

    def _waits_for(self, path: str) -> dict[str, None]:
        found: dict[str, None] = {}
        for target in self._chunks[path].imports:
            found.update({target: None, **self._waits_for(target)})
        return found
