"""Which addresses are this machine's own, by their looks alone."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from crawler.sources import Networks

LOOPBACK: Networks = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


def is_loopback(url: str) -> bool:
    """True if the URL's host is written as an address of this machine (`127.…`, `[::1]`, `localhost`); nothing is resolved."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in LOOPBACK)
