"""The host that a request names: replies repeat it in addresses, so it must be one."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache

_HOST = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?")


@lru_cache(maxsize=32)
def is_plain_host(host: str) -> bool:
    """Tell whether a `Host` header holds nothing but a host and perhaps a port (RFC 9110, 7.2)."""
    match = _HOST.fullmatch(host)
    if not match:
        return False
    try:
        ipaddress.IPv6Address(match["v6"] or "::")
    except ValueError:
        return False
    return True
