"""Join the site's scripts into few files: one for each script that a page or another script starts.

The sources stay plain modules. What a script imports travels with it, dependencies first; a module that has a name of
its own which others of the file use too is put in a function, so that only what it exports can be seen. What several
scripts share becomes one file that they import. Modules use three forms, and anything else is refused:
`import { a, b } from './c.js';`, `export` in front of a declaration, and `import('./d.js')` or
`new URL('./d.js', import.meta.url)` for a script that starts later.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from builder.errors import PublishError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

_COMMENT = re.compile(r"/\*\*.*?\*/|^[ \t]*//[^\n]*\n", re.DOTALL | re.MULTILINE)
"""Documentation, wherever it stands, and comments on lines of their own: addresses in them are no imports."""

_IMPORT = re.compile(
    r"""^import\s+(?:\{(?P<names>[\w$,\s]*)\}\s*from\s*)?(?P<quote>['"])(?P<path>\.\.?/[^'"\n]+)(?P=quote);?[ \t]*\n""",
    re.MULTILINE,
)
_EXPORT = re.compile(
    r"^export\s+(?=(?:async\s+function|function|class|const)\b\*?\s+(?P<name>[\w$]+))", re.MULTILINE
)
_DECLARED = re.compile(r"^(?:async\s+function|function|class|const|let)\b\*?\s+([\w$]+)", re.MULTILINE)
_UNPACKED = re.compile(r"^(?:const|let)\s*[\[{]", re.MULTILINE)
_WORD = re.compile(r"(?<![.#\w$])[A-Za-z_$][\w$]*")
"""A name that a module declares for all of itself; a form that declares several; any name that is not of a member."""

_WAITS = re.compile(r"^(?:\S[^\n]*)?\bawait\b", re.MULTILINE)
"""A statement at a module's top level that waits."""

_OTHER_FORM = re.compile(r"^(?:import\b(?!\s*[(.])|export\b)[^\n]*", re.MULTILINE)
_LATER = re.compile(
    r"""(?P<before>\bimport\(\s*|\bnew\s+URL\(\s*)(?P<quote>['"])(?P<path>\.\.?/[^'"\n]+)(?P=quote)"""
)
"""A relative address in a script, of what is fetched when it is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A script as it is written.

    Attributes:
        path: Where in `static/`: `js/main.js`.
        code: What it does, without imports, the word `export`, and documentation.
        imports: Module to the names that are imported from it.
        exports: Names that others may import.
        later: Files of `static/` that it names by their addresses.
    """

    path: str
    code: str
    imports: Mapping[str, tuple[str, ...]]
    exports: tuple[str, ...]
    later: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Modules that are published as one file.

    Attributes:
        path: The module that gives the file its name.
        modules: Dependencies first.
        imports: Path of another chunk to the names that are imported from it.
        exports: Names that other chunks import.
    """

    path: str
    modules: tuple[Module, ...]
    imports: Mapping[str, tuple[str, ...]]
    exports: tuple[str, ...]

    def text(self, published: Callable[[str], str]) -> str:
        """Return the content of the file, not minified.

        Args:
            published: Gives the published file name of a chunk or another file by its path in `static/`.
        """
        imports = []
        for path, names in self.imports.items():
            named = f"{{{','.join(names)}}} from " if names else ""
            imports.append(f"import {named}'./{published(path)}';\n")
        wanted = {
            *self.exports,
            *(name for module in self.modules for one in module.imports.values() for name in one),
        }
        words = {module.path: set(_WORD.findall(module.code)) for module in self.modules}
        bodies = []
        for module in self.modules:
            elsewhere = set().union(*(found for path, found in words.items() if path != module.path))
            own = [name for name in module.exports if name in wanted]
            code = _addressed(module, published)
            bodies.append(code if _may_stand_open(module, own, elsewhere) else _enclosed(code, own))
        return "".join(imports) + _closed("".join(bodies), self.exports)


def bundle(sources: Mapping[str, str]) -> dict[str, Chunk]:
    """Return the files to publish, by the path of each module that may be started or imported from outside.

    Args:
        sources: Scripts by their paths in `static/`.

    Raises:
        PublishError: A script imports what isn't there, in a circle, or in another form.
    """
    modules = {path: _read(path, text, sources.keys()) for path, text in sources.items()}
    imported = {path for module in modules.values() for path in module.imports}
    later = {path for module in modules.values() for path in module.later}
    starts = [path for path in modules if path not in imported or path in later]
    if modules and not starts:
        _closure(modules, next(iter(modules)), ())
    modules = _told_apart(modules, starts)
    reached: dict[str, list[str]] = {}
    for start in starts:
        for path in _closure(modules, start, ()):
            reached.setdefault(path, []).append(start)
    groups = _groups(modules, reached)
    home = {module.path: group[-1].path for group in groups for module in group}
    chunks = {group[-1].path: _chunk(group, modules, home, starts) for group in groups}
    return {path: chunks[home[path]] for path in (*starts, *chunks)}


def bundle_whole(sources: Mapping[str, str], path: str) -> Chunk:
    """Return one script with all that it imports, as it stands inside a page.

    Args:
        sources: As `bundle` takes them.
        path: The script.

    Raises:
        PublishError: As `bundle` does.
    """
    modules = {one: _read(one, text, sources.keys()) for one, text in sources.items()}
    needed = _told_apart({one: modules[one] for one in _closure(modules, path, ())}, [path])
    return _chunk(list(needed.values()), needed, dict.fromkeys(needed, path), [path])


def _told_apart(modules: Mapping[str, Module], starts: Collection[str]) -> dict[str, Module]:
    """Give what two modules export under one name two names, since they may come to stand in one file.

    What scripts start later is asked for by its own name and keeps it.
    """
    owners = {name: path for path in starts for name in modules[path].exports}
    aliases: dict[tuple[str, str], str] = {}
    for path, module in modules.items():
        for name in module.exports:
            if owners.setdefault(name, path) != path and path not in starts:
                aliases[path, name] = f"{name}${len(aliases) + 1}"
    return {path: _aliased(module, aliases) for path, module in modules.items()}


def _aliased(module: Module, aliases: Mapping[tuple[str, str], str]) -> Module:
    """Return a module that exports and imports names under their aliases."""
    own = {name: aliases[module.path, name] for name in module.exports if (module.path, name) in aliases}
    taken = [
        (name, aliases[path, name])
        for path, names in module.imports.items()
        for name in names
        if (path, name) in aliases
    ]
    code = [f"const {name} = {alias};\n" for name, alias in taken]
    code += [module.code, *(f"const {alias} = {name};\n" for name, alias in own.items())]
    return replace(
        module,
        code="".join(code),
        exports=tuple(own.get(name, name) for name in module.exports),
        imports={
            path: tuple(aliases.get((path, name), name) for name in names)
            for path, names in module.imports.items()
        },
    )


def _groups(modules: Mapping[str, Module], reached: Mapping[str, Sequence[str]]) -> list[list[Module]]:
    """Return the modules of each file: those that the same scripts need, and all that is shared otherwise in one."""
    groups: dict[tuple[str, ...], list[Module]] = {}
    for path, users in reached.items():
        groups.setdefault(tuple(users), []).append(modules[path])
    shared: list[Module] = []
    found: list[list[Module]] = []
    for users, group in groups.items():
        if any(module.path in users for module in group):
            found.append(group)
        else:
            shared += group
    order = list(reached)
    shared.sort(key=lambda module: order.index(module.path))
    return [*found, shared] if shared else found


def _read(path: str, text: str, known: Iterable[str]) -> Module:
    code = _COMMENT.sub("", text)
    imports: dict[str, tuple[str, ...]] = {}
    for found in _IMPORT.finditer(code):
        names = tuple(name.strip() for name in (found["names"] or "").split(",") if name.strip())
        target = _resolve(path, found["path"], known)
        imports[target] = (*imports.get(target, ()), *names)
    exports = tuple(found["name"] for found in _EXPORT.finditer(code))
    code = _EXPORT.sub("", _IMPORT.sub("", code))
    if other := _OTHER_FORM.search(code):
        raise PublishError(
            f"the bundler does not read {other[0]}", where=path, todo="Import and export named declarations."
        )
    later = tuple(
        posixpath.normpath(posixpath.join(posixpath.dirname(path), one["path"]))
        for one in _LATER.finditer(code)
    )
    return Module(path=path, code=code, imports=imports, exports=exports, later=later)


def _resolve(path: str, specifier: str, known: Iterable[str]) -> str:
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), specifier))
    if target not in known:
        raise PublishError(f"imports {specifier}, which isn't there", where=path, todo="Mend the import.")
    return target


def _closure(modules: Mapping[str, Module], path: str, waiting: tuple[str, ...]) -> dict[str, None]:
    """Return a module and all that it imports, dependencies first."""
    if path in waiting:
        circle = " → ".join((*waiting[waiting.index(path) :], path))
        raise PublishError("scripts import each other in a circle", where=circle, todo="Break the circle.")
    found: dict[str, None] = {}
    for target in modules[path].imports:
        found.update(_closure(modules, target, (*waiting, path)))
    found[path] = None
    return found


def _chunk(
    group: list[Module], modules: Mapping[str, Module], home: Mapping[str, str], starts: Iterable[str]
) -> Chunk:
    own = {module.path for module in group}
    outside: dict[str, dict[str, None]] = {}
    for module in group:
        for target, names in module.imports.items():
            if target not in own:
                outside.setdefault(home[target], {}).update(dict.fromkeys(names))
    exports: dict[str, None] = {}
    for user in modules.values():
        for target, names in user.imports.items():
            if target in own and user.path not in own:
                exports.update(dict.fromkeys(names))
    for module in group:
        if module.path in starts:
            exports.update(dict.fromkeys(module.exports))
    return Chunk(
        path=group[-1].path,
        modules=tuple(group),
        imports={path: tuple(names) for path, names in outside.items()},
        exports=tuple(exports),
    )


def _addressed(module: Module, published: Callable[[str], str]) -> str:
    """Return a module's code with the published addresses of what it fetches later."""

    def renamed(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(module.path), match["path"]))
        return f"{match['before']}{match['quote']}./{published(target)}{match['quote']}"

    return _LATER.sub(renamed, module.code)


def _may_stand_open(module: Module, wanted: Collection[str], elsewhere: Collection[str]) -> bool:
    """Tell whether no name that is a module's own business stands anywhere in the file's other modules."""
    if not elsewhere:
        return True
    private = set(_DECLARED.findall(module.code)) - set(wanted)
    return not _UNPACKED.search(module.code) and private.isdisjoint(elsewhere)


def _closed(code: str, exports: Collection[str]) -> str:
    """Return a file's code with its exports, in a function if it can be, where all its names may be shortened."""
    if _WAITS.search(code):
        return code + (f"export {{{','.join(exports)}}};\n" if exports else "")
    return ("export " if exports else "") + _enclosed(code, exports)


def _enclosed(code: str, names: Collection[str]) -> str:
    """Return code in a function that gives back what others import of it."""
    called = "await (async () => {" if _WAITS.search(code) else "(() => {"
    if not names:
        return f"{called}\n{code}}})();\n"
    return f"const {{{','.join(names)}}} = {called}\n{code}return {{{','.join(names)}}};\n}})();\n"
