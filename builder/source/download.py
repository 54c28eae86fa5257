"""Bring a file from the web into the cache: resumed where it stopped, checked, and never there in part."""

from __future__ import annotations

import hashlib
import http.client
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from builder.errors import FetchError, UnreachableError
from builder.source.cache import read_note, write_note, writing
from builder.source.connection import ask, unreachable

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from builder.models import Progress

MAX_BYTES = 2 * 1024**3
ATTEMPTS = 4
"""How often a transfer that breaks off is taken up again."""

_CHUNK = 64 * 1024
_PARTIAL = 206
_NOT_MODIFIED = 304
_BAD_RANGE = 416


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file from the web.

    Attributes:
        path: Where it is.
        name: What it is called upstream.
        digest: SHA-256 of its bytes, in hexadecimal.
    """

    path: Path
    name: str
    digest: str


class _BrokenOffError(Exception):
    """The connection ended before the file did."""

    def __init__(self, got: int, total: int) -> None:
        super().__init__(got, total)
        self.got = got
        self.total = total


def download(url: str, *, cache: Path, progress: Progress, limit: int = MAX_BYTES) -> Download:
    """Return a file from the web, asking the server whether the copy in the cache still is the newest.

    The caller holds the cache's lock. Where the server does not answer, the copy in the cache is taken, and
    `progress` says so. What was fetched of a file before the connection broke is kept, and the next call
    goes on from there if the server says that the file is still the same (RFC 9110, section 13.1.5).

    Raises:
        UnreachableError: The server does not answer, and the cache has no copy.
        NotFoundError: The server has no such file.
        FetchError: It is too large, or the connection breaks again and again.
        SourceError: The cache can't be written to.
    """
    transfer = _Transfer(url, cache / "downloads" / _key(url), progress=progress, limit=limit)
    kept = transfer.kept()
    try:
        return _insist(transfer, kept)
    except UnreachableError as error:
        if kept is None:
            raise
        progress(f"{error.what}: taking {kept.name} from the cache", 1, 1)
        return kept


def forget(url: str, *, cache: Path) -> None:
    """Drop the copy of a file in the cache, which turned out to be of no use."""
    (cache / "downloads" / _key(url) / "note.json").unlink(missing_ok=True)


def file_name(url: str) -> str:
    """Return what the file at an address is called."""
    return unquote(PurePosixPath(urlsplit(url).path).name) or "download"


def _key(url: str) -> str:
    """Return the name of the folder that holds what came from an address."""
    return hashlib.sha256(url.encode()).hexdigest()[:20]


def _insist(transfer: _Transfer, kept: Download | None) -> Download:
    """Transfer a file, taking up again what breaks off."""
    broken = _BrokenOffError(0, 0)
    for _ in range(ATTEMPTS):
        try:
            return transfer.run(kept)
        except _BrokenOffError as error:
            broken = error
    whole = f" of {broken.total:,}" if broken.total else ""
    raise FetchError(
        f"the connection broke off after {broken.got:,}{whole} bytes, {ATTEMPTS} times",
        where=transfer.url,
        todo="Run the command again: it goes on where it stopped.",
    )


class _Transfer:
    """One address, and the folder of the cache that holds what comes from it.

    `note.json` names the whole file; `part` and `part.json` are what came of one, and which one.
    """

    def __init__(self, url: str, folder: Path, *, progress: Progress, limit: int) -> None:
        self.url = url
        self._folder = folder
        self._part = folder / "part"
        self._part_note = folder / "part.json"
        self._progress = progress
        self._limit = limit
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)

    def kept(self) -> Download | None:
        """Return the whole file from the cache, or None."""
        note = read_note(self._folder / "note.json")
        path = self._folder / str(note.get("file"))
        if not path.is_file() or path.stat().st_size != note.get("size"):
            return None
        return Download(path=path, name=file_name(self.url), digest=str(note.get("digest")))

    def run(self, kept: Download | None) -> Download:
        """Ask for the file, or for what is missing of it, and return it.

        Raises:
            _BrokenOffError: The connection ended before the file did.
        """
        start = self._part.stat().st_size if self._part.is_file() else 0
        with ask(self.url, self._conditions(start, kept)) as response:
            if response.status == _NOT_MODIFIED and kept is not None:
                return kept
            if response.status == _BAD_RANGE or not self._continues(response, start):
                self._part.unlink(missing_ok=True)
                raise _BrokenOffError(start, 0)
            self._receive(response, start if response.status == _PARTIAL else 0)
            return self._keep(response)

    def _conditions(self, start: int, kept: Download | None) -> dict[str, str]:
        """Return the headers that ask only for what is needed."""
        if start and (same := read_note(self._part_note).get("same")):
            return {"Range": f"bytes={start}-", "If-Range": str(same)}
        if kept is None:
            return {}
        note = read_note(self._folder / "note.json")
        asked = {"If-None-Match": note.get("etag"), "If-Modified-Since": note.get("modified")}
        return {name: str(value) for name, value in asked.items() if value}

    def _continues(self, response: http.client.HTTPResponse, start: int) -> bool:
        """Tell whether a response that claims to be a part begins where the last one ended."""
        if response.status != _PARTIAL:
            return True
        begins = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
        same = read_note(self._part_note).get("same")
        changed = _validator(response) not in {"", same}
        return begins is not None and int(begins[1]) == start and not changed

    def _receive(self, response: http.client.HTTPResponse, start: int) -> None:
        """Write what the server sends behind the first `start` bytes of the part."""
        total = start + int(response.headers.get("Content-Length") or 0)
        self._check_size(total)
        if not start:
            write_note(self._part_note, {"same": _validator(response)})
        with writing(self._part):
            part = self._part.open("ab" if start else "wb")
        with part:
            got = self._copy(response, part, got=start, total=total)
        if "Content-Length" in response.headers and got != total:
            raise _BrokenOffError(got, total)

    def _copy(self, response: http.client.HTTPResponse, part: BinaryIO, *, got: int, total: int) -> int:
        """Copy a response into the part and return how long the part then is."""
        step = f"Downloading {file_name(self.url)}"
        while chunk := self._read(response, got, total):
            got += len(chunk)
            self._check_size(got)
            with writing(self._part):
                part.write(chunk)
            self._progress(step, got, total)
        with writing(self._part):
            part.flush()
        return got

    def _read(self, response: http.client.HTTPResponse, got: int, total: int) -> bytes:
        """Return the next bytes, none at the end."""
        try:
            return response.read(_CHUNK)
        except (OSError, http.client.HTTPException) as error:
            if not got:
                raise unreachable(self.url, error) from error
            raise _BrokenOffError(got, total) from error

    def _check_size(self, size: int) -> None:
        """Raise a `FetchError` when a file is larger than docs are."""
        if size > self._limit:
            self._part.unlink(missing_ok=True)
            raise FetchError(
                f"the file is larger than {self._limit / 1e6:,.0f} MB",
                where=self.url,
                todo="Download and unpack it yourself and give the folder.",
            )

    def _keep(self, response: http.client.HTTPResponse) -> Download:
        """Give the part its final name, and note what it is; the note is what makes it count."""
        with self._part.open("rb") as part:
            digest = hashlib.file_digest(part, "sha256").hexdigest()
        size = self._part.stat().st_size
        path = self._folder / digest[:20]
        old = self.kept()
        with writing(path):
            self._part.replace(path)
        headers = response.headers
        note = {"file": path.name, "digest": digest, "size": size, "url": self.url}
        validators = {"etag": headers.get("ETag"), "modified": headers.get("Last-Modified")}
        write_note(self._folder / "note.json", note | validators)
        self._part_note.unlink(missing_ok=True)
        if old is not None and old.path != path:
            old.path.unlink(missing_ok=True)
        return Download(path=path, name=file_name(self.url), digest=digest)


def _validator(response: http.client.HTTPResponse) -> str:
    """Return what tells one state of a file from another: a strong ETag, else its date, else nothing."""
    etag = response.headers.get("ETag", "")
    if etag and not etag.startswith("W/"):
        return etag
    return response.headers.get("Last-Modified", "")
