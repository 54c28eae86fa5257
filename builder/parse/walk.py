"""Walk the outline of a page and tell its sections, symbols, notes, links and tables of contents apart.

Every text belongs to the innermost entry around it. Ids of empty targets that stand before a section or a description
name that place too, as docutils writes them for labels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bs4 import NavigableString, Tag

from builder.models import NoteKind, VersionNote
from builder.parse import marks
from builder.parse.naming import domain_and_role, full_name, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from builder.parse.inventory import Named

_BLOCKS = frozenset(
    (
        "li dd dt div blockquote ul ol dl pre br figure figcaption caption section "
        "article aside header footer h1 h2 h3 h4 h5 h6 hr details summary"
    ).split()
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_NOTES: Mapping[str, NoteKind] = {
    "versionadded": "added",
    "versionchanged": "changed",
    "deprecated": "deprecated",
    "versiondeprecated": "deprecated",
    "deprecated-removed": "deprecated",
    "versionremoved": "removed",
}
_VERSION = re.compile(r"\d+(?:\.\d+)+|\d+")
_MODULE = re.compile(r"module-([A-Za-z_][\w.]*)$")
_AUTOMATIC = re.compile(r"(index-|id)\d+$")
_GRAMMAR = "grammar-token-"


@dataclass(slots=True, eq=False)
class Draft:
    """An entry while its page is walked."""

    position: int
    parent: int
    ids: list[str]
    level: int = 0
    domain: str = ""
    role: str = ""
    kind: str = "section"
    name: str = ""
    signatures: list[str] = field(default_factory=list)
    title: str = ""
    summary: str = ""
    parts: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)


def squeeze(text: str) -> str:
    """Return a text on one line, with single spaces."""
    return " ".join(text.split())


class Walk:
    """The walk over one page; its attributes are the result.

    Attributes:
        drafts: Entries in document order.
        anchors: Every id with the position of the entry it stands in.
        notes: See the model.
    """

    def __init__(self, path: str, listed: Mapping[str, tuple[Named, ...]]) -> None:
        """Start on the page at `path`, of which the inventory lists `listed` by id."""
        self.path = path
        self.listed = listed
        self.drafts: list[Draft] = []
        self.anchors: dict[str, int] = {}
        self.notes: list[VersionNote] = []
        self._pending: list[str] = []
        self._enter(Draft(position=0, parent=-1, ids=[], level=1, kind="page"))

    def run(self, root: Tag) -> None:
        """Walk everything below `root`, or below its `body` where it is a document."""
        self._children(root.body or root, self.drafts[0], direct=True)

    # Each of these takes one element and the entry that its text belongs to.

    def _children(self, node: Tag, owner: Draft, *, direct: bool) -> None:
        if direct and not owner.summary:
            owner.summary = first_sentence(squeeze(marks.first_paragraph(_own_text(node))))
        for child in node.contents:
            if isinstance(child, Tag):
                self._element(child, owner, direct=direct)
            elif type(child) is NavigableString:
                if self._pending and not child.isspace():
                    self._pending = []
                owner.parts.append(child)

    def _element(self, node: Tag, owner: Draft, *, direct: bool) -> None:
        name = node.name
        classes = node.attrs.get("class", "")
        words = classes.split() if classes else ()
        if name == "section" or (name == "div" and "section" in words):
            self._section(node, owner)
        elif name in _HEADINGS:
            self._heading(node, owner)
        elif name == "dl":
            self._definitions(node, words, owner)
        elif name == "pre":
            self._code(node, owner)
        elif words and not _NOTES.keys().isdisjoint(words):
            self._note(node, words, owner, direct=direct)
        elif (
            name in {"form", "nav", "noscript"} or "contents" in words
        ):  # a page's table of itself is no text of its own
            for tag in (node, *_inside(node)):
                if tag.attrs.get("id"):
                    self._place(tag.attrs["id"], owner)
        else:
            self._plain(node, words, owner, direct=direct)

    def _plain(self, node: Tag, words: Iterable[str], owner: Draft, *, direct: bool) -> None:
        name = node.name
        anchor = node.attrs.get("id")
        if anchor and (not node.contents or (name == "span" and not node.get_text().strip())):
            self._target(node, owner)
            return
        if anchor:
            self._place(anchor, owner)
        elif self._pending:
            self._pending = []
        if name == "img" and node.attrs.get("alt"):
            owner.parts.append(f" {node.attrs['alt']} ")
        block = name in _BLOCKS
        if block:
            owner.parts.append("\n")
        self._children(node, owner, direct=direct and name == "div" and not words)
        if block:
            owner.parts.append("\n")

    def _target(self, node: Tag, owner: Draft) -> None:
        """Read an empty element with ids: they name what follows it, but for modules before what is no heading."""
        following = node.find_next_sibling()
        names_heading = following is not None and following.name in _HEADINGS
        for tag in (node, *_inside(node)):
            anchor = tag.attrs["id"]
            before = len(self.drafts)
            if names_heading:
                self.anchors.setdefault(anchor, owner.position)
            else:
                self._place(anchor, owner)
            if len(self.drafts) == before:
                self._pending.append(anchor)

    def _section(self, node: Tag, owner: Draft) -> None:
        page = self.drafts[0]
        ids = self._take(node)
        if owner is page and not page.title and not "".join(page.parts).strip() and not page.ids:
            self._adopt(page, ids)
            self._children(node, page, direct=True)
            return
        draft = self._enter(Draft(position=0, parent=owner.position, ids=ids, level=owner.level + 1))
        if owner.domain:
            draft.level = 0
        self._children(node, draft, direct=True)

    def _heading(self, node: Tag, owner: Draft) -> None:
        own = [anchor for anchor in self._pending if anchor in self.anchors]
        if node.attrs.get("id"):
            own.append(node.attrs["id"])
            self._place(node.attrs["id"], owner)
        own += [tag.attrs["id"] for tag in _inside(node)]
        if owner.title or owner.domain:
            owner.parts.append(f"\n{node.get_text()}\n")
            for anchor in own:
                self._place(anchor, owner)
        else:
            owner.title = squeeze(node.get_text())
            owner.level = int(node.name[1]) if owner.position else 1
            self._adopt(owner, own)
        self._pending = []

    def _definitions(self, node: Tag, words: Iterable[str], owner: Draft) -> None:
        around = self._take(node)
        terms = [child for child in node.contents if isinstance(child, Tag)]
        first = next((tag.attrs["id"] for tag in terms if tag.name == "dt" and "id" in tag.attrs), "")
        what = domain_and_role(list(words), first)
        if what is None or not (first or around or any("id" in tag.attrs for tag in terms)):
            for anchor in around:
                self._place(anchor, owner)
            self._children(node, owner, direct=False)
            owner.parts.append("\n")
            return
        group: list[Draft] = []
        described = False
        for child in terms:
            if child.name == "dt":
                if described:
                    group, described, around = [], False, []
                self._described(child, what, around, group, owner)
                around = []
            elif child.name == "dd":
                described = True
                target = group[0] if group else owner
                self._children(child, target, direct=True)
                for other in group[1:]:
                    other.summary = target.summary

    def _described(
        self, term: Tag, what: tuple[str, str], around: list[str], group: list[Draft], owner: Draft
    ) -> None:
        domain, role = what
        ids = [tag.attrs["id"] for tag in (term, *_inside(term)) if tag.attrs.get("id")]
        own = ids + [anchor for anchor in around if anchor not in ids]
        text = term.get_text()
        signature = squeeze(marks.plain(text))
        if not own:  # a further signature of the object before it, or one that nothing can link to
            if group:
                group[-1].signatures.append(signature)
            else:
                owner.parts.append(f"\n{signature}\n")
            return
        shown = marks.names(text) or [signature]
        is_option = domain == "std" and role in {"cmdoption", "option"}
        name = squeeze(shown[0] if is_option else "".join(shown))
        listed = [named for anchor in own for named in self.listed.get(anchor, ())]
        draft = self._enter(
            Draft(
                position=0,
                parent=owner.position,
                ids=own,
                domain=domain,
                role=role,
                kind=kind_of(domain, role),
                name=full_name(domain, role, ids[0] if ids else "", name, listed),
                signatures=[signature],
            )
        )
        if group:  # several dt stand for one dd: they share its text
            draft.parts, draft.code = group[0].parts, group[0].code
        group.append(draft)

    def _code(self, node: Tag, owner: Draft) -> None:
        owner.code.append(node.get_text())
        owner.parts.append("\n")
        for tag in (node, *_inside(node)):
            anchor = tag.attrs.get("id")
            if anchor and anchor.startswith(_GRAMMAR):
                self._production(tag, anchor, owner)
            elif anchor:
                self._place(anchor, owner)
        self._pending = []

    def _production(self, tag: Tag, anchor: str, owner: Draft) -> None:
        rest: list[str] = []
        for sibling in tag.next_siblings:
            if isinstance(sibling, Tag) and sibling.attrs.get("id"):
                break
            rest.append(sibling.get_text())
        name = squeeze(tag.get_text())
        draft = Draft(
            position=0, parent=owner.position, ids=[anchor], domain="std", role="token", kind=kind_of("std", "token"),
            name=name, signatures=[squeeze(name + "".join(rest))],
        )  # fmt: skip
        self._enter(draft)

    def _note(self, node: Tag, words: Iterable[str], owner: Draft, *, direct: bool) -> None:
        kind = next(_NOTES[word] for word in words if word in _NOTES)
        text = node.get_text()
        front = marks.lead(text)
        text = squeeze(marks.plain(text))
        versions = _VERSION.findall(front)
        rest = text.removeprefix(squeeze(front)).lstrip(" :.")
        kinds: list[NoteKind] = [kind] if len(versions) < 2 or kind != "deprecated" else [kind, "removed"]
        for place, each in enumerate(kinds):
            version = versions[place] if place < len(versions) else ""
            self.notes.append(
                VersionNote(kind=each, version=version, text=rest, position=owner.position, whole=direct)
            )
        self._plain(node, (), owner, direct=False)

    # Places.

    def _enter(self, draft: Draft) -> Draft:
        draft.position = len(self.drafts)
        self.drafts.append(draft)
        ids, draft.ids = draft.ids, []
        self._adopt(draft, ids)
        self._pending = []
        return draft

    def _adopt(self, draft: Draft, ids: Iterable[str]) -> None:
        for anchor in sorted(ids, key=is_automatic):
            if anchor not in draft.ids:
                draft.ids.append(anchor)
            self.anchors[anchor] = draft.position
            module = self._module(anchor)
            if module and not draft.domain:
                draft.kind, draft.name = "module", draft.name or module

    def _place(self, anchor: str, owner: Draft) -> None:
        module = self._module(anchor) if self.listed else ""
        if module:  # a second module of one section has only a target in the text
            self._enter(
                Draft(position=0, parent=owner.position, ids=[anchor], level=owner.level + 1, title=module)
            )
            return
        self.anchors.setdefault(anchor, owner.position)

    def _module(self, anchor: str) -> str:
        """Return the module that an id names: what the inventory says, or the id alone where there is none.

        "Module attributes" is a heading whose id looks the same.
        """
        found = _MODULE.match(anchor)
        if not found or (
            self.listed and not any(one.role == "module" for one in self.listed.get(anchor, ()))
        ):
            return ""
        return found.group(1)

    def _take(self, node: Tag) -> list[str]:
        own = [node.attrs["id"]] if node.attrs.get("id") else []
        ids = own + [anchor for anchor in self._pending if anchor not in own]
        self._pending = []
        return ids


def first_sentence(text: str, limit: int = 240) -> str:
    """Return a text's first sentence, cut at a word after `limit` characters."""
    end = re.search(r"[.!?。](?=\s+[^a-z\s]|$)(?<!e\.g\.)(?<!i\.e\.)|。", text)
    sentence = text[: end.end()] if end else text
    if len(sentence) <= limit:
        return sentence
    return sentence[:limit].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def is_automatic(anchor: str) -> bool:
    """Tell an id that Sphinx counts up; it names a place only until the next build."""
    return bool(_AUTOMATIC.match(anchor))


def _inside(node: Tag) -> list[Tag]:
    """Return the elements with an id inside another; most hold no element at all, which is quick to see."""
    if not any(isinstance(child, Tag) for child in node.contents):
        return []
    return node.find_all(id=True)


def _own_text(node: Tag) -> str:
    """Return the text that stands directly in an element or in its spans; any other element ends a paragraph."""
    return "".join(
        str(child)
        if not isinstance(child, Tag)
        else child.get_text()
        if child.name == "span"
        else marks.PARAGRAPH_END
        for child in node.contents
    )
