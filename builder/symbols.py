"""One symbol or module by its name: what it is, what changed in it, where it stands, what is beside it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from builder.answers import choose_docsets, place_url, read_docsets
from builder.errors import QueryError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.answers import Connection, StoredDocset

MOST_MEMBERS = 200
MOST_NAMESAKES = 20

_SHARED = "s.page_id, p.path, s.position, s.parent_id, s.anchor, s.kind, s.name, s.trail, s.summary, s.text"
_CHANGES = "s.added, s.changed, s.deprecated, s.removed, s.prior"
_ENTRIES = f"""
SELECT s.id, {_SHARED}, '' AS domain, '' AS role, '' AS signature, s.title, {_CHANGES}
FROM sections s JOIN pages p ON p.id = s.page_id WHERE p.docset_id = :docset AND {{condition}}
UNION ALL
SELECT s.id, {_SHARED}, s.domain, s.role, s.signature, s.name, {_CHANGES}
FROM symbols s JOIN pages p ON p.id = s.page_id WHERE p.docset_id = :docset AND {{condition}}"""  # noqa: S608
"""Sections and symbols alike. Conditions are this module's own."""

_BY_NAME = _ENTRIES.format(condition="s.name = :name")
_BESIDE = _ENTRIES.format(condition="s.page_id = :page AND s.position IN (:before, :after)")
_AROUND = _ENTRIES.format(condition="s.id = :parent")
_MEMBERS = (
    _ENTRIES.format(condition="s.page_id = :page AND s.parent_id = :parent AND s.name != ''")
    + " ORDER BY 1 LIMIT :most"
)
_NOTES = "SELECT kind, version, text, whole FROM version_notes WHERE entry_id = :entry ORDER BY id"


_NAMED = """
SELECT page, anchor FROM (
    SELECT p.path AS page, s.anchor, s.prior FROM symbols s JOIN pages p ON p.id = s.page_id
    WHERE s.name = :name AND p.docset_id = :docset
    UNION ALL
    SELECT p.path, s.anchor, s.prior FROM sections s JOIN pages p ON p.id = s.page_id
    WHERE s.name = :name AND p.docset_id = :docset
) n ORDER BY prior DESC, page, anchor LIMIT 1"""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionNote:
    """What changed in a version; `whole` tells whether it is about the symbol as a whole."""

    kind: str
    version: str
    text: str
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Another entry, as far as a link to it needs."""

    url: str
    kind: str
    name: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """What is around a symbol: what holds it, what comes before and after it on its page, what it holds."""

    parent: Reference | None
    previous: Reference | None
    next: Reference | None
    members: tuple[Reference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """One symbol or module.

    Attributes:
        url, page, anchor, kind, name, title, summary, trail, docset, version, added, changed, deprecated, removed: As
            in the view `entries`.
        domain, role: Sphinx's, such as `py` and `function`; "" for a module.
        signatures: One for each way to call it.
        text: Its own prose.
        version_notes: What changed in it, and when.
        neighbours: What is around it.
        namesakes: Other entries of the same name.
    """

    url: str
    page: str
    anchor: str
    kind: str
    name: str
    title: str
    domain: str
    role: str
    signatures: tuple[str, ...]
    summary: str
    text: str
    trail: str
    docset: str
    version: str
    added: str
    changed: str
    deprecated: str
    removed: str
    version_notes: tuple[VersionNote, ...]
    neighbours: Neighbours
    namesakes: tuple[Reference, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return asdict(self)


def read_symbol(connection: Connection, docset: StoredDocset, name: str) -> Symbol:
    """Return the symbol or module that a docset knows by a full name; of several the one that readers need most.

    Raises:
        UnknownNameError: There is none.
    """
    found = _entries(connection, _BY_NAME, docset, name=name)
    found.sort(key=lambda entry: (-entry["prior"], entry["id"]))
    if not found or not name:
        todo = f"Search for it: /-/search.json?q=…&docset={docset.slug}"
        raise UnknownNameError(
            f"{docset.name} {docset.version} has no symbol {name!r}", where="name", todo=todo
        )
    entry = found[0]
    fields = ("page", "anchor", "kind", "name", "title", "domain", "role", "summary", "text", "trail")
    changes = ("added", "changed", "deprecated", "removed")
    return Symbol(
        url=place_url(docset, entry["page"], entry["anchor"]),
        docset=docset.slug,
        version=docset.version,
        signatures=tuple(line for line in entry["signature"].split("\n") if line),
        version_notes=_read_notes(connection, entry["id"]),
        neighbours=_read_neighbours(connection, docset, entry),
        namesakes=tuple(_reference(docset, other) for other in found[1 : MOST_NAMESAKES + 1]),
        **{field: entry[field] for field in (*fields, *changes)},
    )


_COLUMNS = (
    "id page_id page position parent_id anchor kind name trail summary text domain role signature title"
    " added changed deprecated removed prior"
).split()


def _entries(
    connection: Connection, sql: str, docset: StoredDocset, **values: object
) -> list[dict[str, Any]]:
    rows = connection.execute(sql, {"docset": docset.id, **values})
    return [dict(zip(_COLUMNS, row, strict=True)) for row in rows]


def _read_notes(connection: Connection, entry: int) -> tuple[VersionNote, ...]:
    return tuple(
        VersionNote(kind=kind, version=version, text=text, whole=bool(whole))
        for kind, version, text, whole in connection.execute(_NOTES, {"entry": entry})
    )


def _read_neighbours(connection: Connection, docset: StoredDocset, entry: dict[str, Any]) -> Neighbours:
    place = entry["position"]
    beside = _entries(connection, _BESIDE, docset, page=entry["page_id"], before=place - 1, after=place + 1)
    around = _entries(connection, _AROUND, docset, parent=entry["parent_id"]) if entry["parent_id"] else []
    members = _entries(
        connection, _MEMBERS, docset, page=entry["page_id"], parent=entry["id"], most=MOST_MEMBERS
    )
    return Neighbours(
        parent=_first(docset, around),
        previous=_first(docset, [one for one in beside if one["position"] < place]),
        next=_first(docset, [one for one in beside if one["position"] > place]),
        members=tuple(_reference(docset, member) for member in members),
    )


def _first(docset: StoredDocset, entries: Sequence[dict[str, Any]]) -> Reference | None:
    return _reference(docset, entries[0]) if entries else None


def _reference(docset: StoredDocset, entry: dict[str, Any]) -> Reference:
    return Reference(
        url=place_url(docset, entry["page"], entry["anchor"]),
        kind=entry["kind"],
        name=entry["name"],
        title=entry["title"],
    )


def locate(connection: Connection, path: str) -> str:
    """Return where a bare name in the place of a page leads (`/python/3.11/json.dump`), "" for nowhere.

    Args:
        connection: The database.
        path: Decoded, from the site's root. The version may be a beginning, or missing for the newest.
    """
    slug, _, rest = path.removeprefix("/").partition("/")
    version, slash, name = rest.partition("/")
    if not slash:
        version, name = "", version
    name = name.removesuffix("/").removesuffix("()")
    if not name or "/" in name:
        return ""
    try:
        docset = choose_docsets(read_docsets(connection), slug, version)[0]
    except (QueryError, IndexError):
        return ""
    row = connection.execute(_NAMED, {"name": name, "docset": docset.id}).fetchone()
    return place_url(docset, *row) if row else ""
