"""Ask a web server for something, over a connection that is safe and never takes long to fail.

`urllib` gives one timeout for everything, and a name with eight addresses takes eight of them; here finding
the address and connecting each have a few seconds in all, so that a missing network is known soon.
"""

from __future__ import annotations

import http.client
import ipaddress
import itertools
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit, urlunsplit

from builder import __version__
from builder.errors import FetchError, NotFoundError, UnreachableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from email.message import Message
    from typing import IO

RESOLVE_SECONDS = 4.0
CONNECT_SECONDS = 4.0
ONE_ADDRESS_SECONDS = 1.5
ANSWER_SECONDS = 15.0
"""How long a server that took the connection may be silent."""

_GONE = {404, 410}
_ANSWERS = {304, 416}
"""Codes that are answers to what was asked, though `urllib` counts them as errors."""


def check_address(url: str) -> None:
    """Check that an address is safe to fetch from: https, or http on this machine.

    Raises:
        UsageError: It is not.
    """
    parts = urlsplit(url)
    try:
        good = bool(parts.netloc.encode("idna") and parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise UsageError(
            "this is not the address of a file on the web", where=url, todo="Check its spelling."
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and is_local(parts.hostname or "")):
        raise UsageError(
            f"{parts.scheme}: is not safe to fetch from",
            where=url,
            todo="Use https:, or download it and give the file.",
        )


def is_local(host: str) -> bool:
    """Tell whether a host name means this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def ask(url: str, headers: Mapping[str, str] | None = None) -> http.client.HTTPResponse:
    """Ask for an address; the caller closes the response.

    Returns:
        A response whose code is 2xx, or 304 or 416 where the headers asked for such an answer.

    Raises:
        UsageError: The address is not safe to fetch from.
        UnreachableError: The server does not answer, can't be trusted, refuses, or is out of order.
        NotFoundError: It has no such file.
    """
    check_address(url)
    wanted = {"User-Agent": f"livedocs/{__version__}", "Accept-Encoding": "identity", **(headers or {})}
    request = urllib.request.Request(_plain(url), headers=wanted)  # noqa: S310 - checked above
    try:
        response: http.client.HTTPResponse = _opener(url).open(request, timeout=ANSWER_SECONDS)
    except urllib.error.HTTPError as error:
        error.close()
        raise _refusal(url, error.code) from error
    except (OSError, http.client.HTTPException) as error:
        raise unreachable(url, error) from error
    return response


def _plain(url: str) -> str:
    """Return an address in ASCII, as HTTP needs it (RFC 3987, section 3.1)."""
    parts = urlsplit(url)
    kept = "/%:@!$&'()*+,;=~?"
    host = parts.netloc.encode("idna").decode("ascii")
    return urlunsplit((parts.scheme, host, quote(parts.path, kept), quote(parts.query, kept), ""))


def unreachable(url: str, error: Exception) -> UnreachableError:
    """Return the error that tells a user why a server gave no answer."""
    host = urlsplit(url).hostname or url
    return UnreachableError(
        f"{host} could not be reached ({_reason(error)})",
        where=url,
        todo="Check the network and the address, or give docs that are on this machine.",
    )


def _reason(error: Exception) -> str:
    """Return why a connection failed, in few words."""
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {cause.verify_message}"
    if isinstance(cause, ssl.SSLError):
        return f"no secure connection: {cause.reason or cause}"
    if isinstance(cause, TimeoutError):
        return "no answer in time"
    if isinstance(cause, socket.gaierror):
        return "its name is not known"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror.lower()
    return str(cause) or type(cause).__name__


def _refusal(url: str, code: int) -> FetchError:
    """Return the error for a code that is no success."""
    meaning = f"{code} {http.client.responses.get(code, '')}".strip()
    if code in _GONE:
        return NotFoundError(f"there is no such file ({meaning})", where=url, todo="Check the address.")
    return UnreachableError(f"the server refuses ({meaning})", where=url, todo="Try again later.")


def _opener(url: str) -> urllib.request.OpenerDirector:
    """Return an opener for web addresses alone; this machine is never asked by way of a proxy."""
    handlers: list[urllib.request.BaseHandler] = [_Web(), _SecureWeb(), _Redirects(), _Answers()]
    if is_local(urlsplit(url).hostname or ""):
        handlers.append(urllib.request.ProxyHandler({}))
    return urllib.request.build_opener(*handlers)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to where it is safe to fetch from."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        try:
            check_address(newurl)
        except UsageError as error:
            raise FetchError(
                f"it redirects to {newurl}, which is not safe to fetch from",
                where=req.full_url,
                todo=error.todo,
            ) from error
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


class _Answers(urllib.request.HTTPErrorProcessor):
    """Lets codes through that are answers and no errors."""

    def http_response(
        self, request: urllib.request.Request, response: http.client.HTTPResponse
    ) -> http.client.HTTPResponse:
        if response.status in _ANSWERS:
            return response
        result: http.client.HTTPResponse = super().http_response(request, response)
        return result

    https_response = http_response


class _Connection(http.client.HTTPConnection):
    """A connection that is made in bounded time."""

    def __init__(self, host: str, **options: Any) -> None:  # noqa: ANN401 - http.client's own options
        super().__init__(host, **options)
        self._create_connection = connect


class _SecureConnection(http.client.HTTPSConnection):
    """The same over TLS, with certificates checked."""

    def __init__(self, host: str, **options: Any) -> None:  # noqa: ANN401 - http.client's own options
        super().__init__(host, **options)
        self._create_connection = connect


class _Web(urllib.request.HTTPHandler):
    """Opens http addresses."""

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Connection, req)


class _SecureWeb(urllib.request.HTTPSHandler):
    """Opens https addresses."""

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_SecureConnection, req, context=ssl.create_default_context())


def connect(
    address: tuple[str, int], timeout: float | None = ANSWER_SECONDS, source_address: object = None
) -> socket.socket:
    """Connect to the first address of a host that answers, in at most `RESOLVE_SECONDS + CONNECT_SECONDS`.

    It has the signature of `socket.create_connection`, for which it stands in.

    Raises:
        OSError: None answers.
    """
    del source_address
    last: OSError = TimeoutError("no answer in time")
    addresses = _resolve(*address)
    deadline = time.monotonic() + CONNECT_SECONDS
    for family, target in addresses:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        opened = socket.socket(family, socket.SOCK_STREAM)
        try:
            opened.settimeout(min(left, ONE_ADDRESS_SECONDS if len(addresses) > 1 else left))
            opened.connect(target)
        except OSError as error:
            last = error
            opened.close()
            continue
        opened.settimeout(timeout)
        return opened
    raise last


def _resolve(host: str, port: int) -> list[tuple[socket.AddressFamily, Any]]:
    """Return the addresses of a host, IPv6 and IPv4 in turn, as RFC 8305 has it.

    Raises:
        OSError: The name is not known, or nobody says so in time.
    """
    found: list[tuple[socket.AddressFamily, Any]] = []
    failed: list[OSError] = []

    def resolve() -> None:
        try:
            found.extend((family, target) for family, _, _, _, target in _addresses(host, port))
        except OSError as error:
            failed.append(error)

    # A thread, because the system's resolver can't be told how long it may take.
    thread = threading.Thread(target=resolve, daemon=True)
    thread.start()
    thread.join(RESOLVE_SECONDS)
    if failed:
        raise failed[0]
    if not found:
        raise TimeoutError("no answer in time")
    first = [each for each in found if each[0] == found[0][0]]
    second = [each for each in found if each[0] != found[0][0]]
    pairs = itertools.zip_longest(first, second)
    return [each for pair in pairs for each in pair if each is not None]


def _addresses(host: str, port: int) -> Iterator[Any]:
    """Yield what the system's resolver knows of a host."""
    yield from socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
