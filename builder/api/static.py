"""Serves the static site as a content delivery network does, for `livedocs serve`."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING
from urllib.parse import quote

from builder.api.asgi import Reply, request_header, send_reply
from builder.api.conditional import is_fresh
from builder.api.encodings import choose_encoding
from builder.api.files import FileCache, content_type
from builder.api.ranges import cut_to_range
from builder.headers import headers_for, policy_in

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from builder.api.asgi import Scope, Send

_CACHE_BYTES = 64 * 1024 * 1024
_WANTED_FIRST = ("index.html", "assets/*", "*/*/_search/root.json")

_SWAP_PATIENCE = 1.0
_SWAP_STEP = 0.01


class StaticSite:
    """The folder `site` of an output folder, over ASGI.

    It is looked up by path at each request, so a build that swaps the folder shows at once.

    Args:
        root: The folder.
        locate: Called with a path that no file matches; returns where it leads, or "".
    """

    def __init__(self, root: Path, locate: Callable[[str], Awaitable[str]]) -> None:
        self._root = root
        self._locate = locate
        self._cache = FileCache(_CACHE_BYTES)

    async def __call__(self, scope: Scope, send: Send) -> None:
        """Answer one HTTP request."""
        if scope["method"] not in ("GET", "HEAD"):
            headers = {"allow": "GET, HEAD", "content-type": "text/plain; charset=utf-8"}
            await send_reply(scope, send, Reply(status=405, headers=headers, body=b"Only GET and HEAD.\n"))
            return
        try:
            reply = await self._reply(scope)
        except OSError:  # the site was swapped between the look-up and the reading
            reply = await self._reply(scope)
        await send_reply(scope, send, reply)

    async def prepare(self) -> None:
        """Compress what readers ask for first, so that nobody waits for it."""
        for file in await asyncio.to_thread(_wanted_first, self._root):
            try:
                await self._cache.get(file, "br")
            except OSError:  # a new build took its place
                return

    async def _reply(self, scope: Scope) -> Reply:
        path: str = scope["path"]
        await self._await_swap()
        file, is_folder = look_up(self._root, path)
        if is_folder and not path.endswith("/"):
            return _redirect(scope, quote(path) + "/", 301)
        if is_folder:
            file, is_folder = look_up(self._root, f"{path}index.html")
        if file and not is_folder:
            return cut_to_range(scope, await self._file(scope, file, path))
        target = await self._locate(path)
        return _redirect(scope, target, 302) if target else await self._not_found(scope)

    async def _await_swap(self) -> None:
        """Wait for the folder: between the two renames of a swap there is none for a moment."""
        waited = 0.0
        while not self._root.is_dir() and waited < _SWAP_PATIENCE:
            await asyncio.sleep(_SWAP_STEP)
            waited += _SWAP_STEP

    async def _file(self, scope: Scope, file: str, path: str, status: int = 200) -> Reply:
        encoding = choose_encoding(request_header(scope, "accept-encoding"))
        found = await self._cache.get(file, encoding)
        headers = {
            **headers_for(path, await self._policy()),
            "content-type": content_type(file),
            "etag": found.etag,
            "vary": "Accept-Encoding",
        }
        if status == 200 and is_fresh(request_header(scope, "if-none-match"), found.etag):
            return Reply(status=304, headers=headers)
        if found.encoding != "identity":
            headers["content-encoding"] = found.encoding
        return Reply(status=status, headers=headers, body=found.body)

    async def _policy(self) -> str:
        """Return the content security policy of the site as it was built."""
        try:
            rules = await self._cache.get(f"{os.path.realpath(self._root)}/_headers", "identity")  # noqa: ASYNC240
        except OSError:
            return ""
        return policy_in(rules.body.decode())

    async def _not_found(self, scope: Scope) -> Reply:
        page, _ = look_up(self._root, "/404.html")
        if page:
            return await self._file(scope, page, "/404.html", 404)
        headers = {"content-type": "text/plain; charset=utf-8", **headers_for("/404.html")}
        return Reply(status=404, headers=headers, body=b"There is no such page.\n")


def _wanted_first(root: Path) -> list[str]:
    """Return the home page, the assets, and what begins each search index."""
    files = [file for shape in _WANTED_FIRST for file in root.glob(shape) if file.is_file()]
    return [os.path.realpath(file) for file in files]


def look_up(root: Path, path: str) -> tuple[str, bool]:
    """Return the real place of a URL path below the folder and whether it is a folder; "" for nowhere.

    A segment that is empty or made of dots, a backslash, or a NUL never names a file. A symbolic link is
    followed only to what the folder holds.

    Args:
        root: The folder.
        path: Decoded, with a slash in front.
    """
    segments = path.removeprefix("/").removesuffix("/").split("/") if path != "/" else []
    if any(segment in ("", ".", "..") or "\\" in segment or "\0" in segment for segment in segments):
        return "", False
    base = os.path.realpath(root)
    try:
        real = os.path.realpath(os.path.join(base, *segments), strict=True)  # noqa: PTH118
    except (OSError, UnicodeError):
        return "", False
    if real != base and not real.startswith(base + os.sep):
        return "", False
    is_folder = os.path.isdir(real)  # noqa: PTH112 - strings throughout: this runs at each request
    return ("", False) if path.endswith("/") and not is_folder else (real, is_folder)


def _redirect(scope: Scope, target: str, status: int) -> Reply:
    query = scope.get("query_string", b"").decode("latin-1")
    address, mark, anchor = target.partition("#")
    location = f"{address}{'?' + query if query else ''}{mark}{anchor}"
    return Reply(status=status, headers={**headers_for(address), "location": location})
