"""The guard: which addresses a request may reach, decided where the connection is dialled.

A URL is checked when its request goes out, on every redirect hop again.  What it resolves to is checked inside the resolver that
the connection itself uses, so no second lookup can give another answer.  Connections are pooled per policy: a source that may
reach a private network never lends its open connections to one that may not.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer

from crawler.addresses import is_loopback
from crawler.errors import RefusedError
from crawler.sources import Networks

WEB_PORTS = frozenset({80, 443, 8000, 8008, 8080, 8443})

NO_CONTACT = "beyond this machine a contact is needed, and none is set"
"""The one refusal that may pass: the user can set a contact."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NUMBER = re.compile(r"(?:^|[.])(?:0x[0-9a-f]*|\d+)[.]?$", re.I)
"""A host that ends so is read as an IPv4 address, however it is written (WHATWG URL Standard)."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class RequestRefusedError(RefusedError, IgnoreRequest):
    """A RefusedError inside Scrapy, which passes it to the errback without retrying or logging it."""


@dataclass(frozen=True)
class Policy:
    """Where a request may go: to the public internet on a web port (if `public`), and to any port in `networks`."""

    networks: Networks = ()
    public: bool = True

    def refusal(self, address: Address, port: int) -> str | None:
        """Why a connection to `address` and `port` is not let out, or None if it is."""
        real = _embedded(address)
        if any(real in network or address in network for network in self.networks):
            return None
        if not real.is_global or real.is_multicast or real.is_reserved:
            return f"{real} is not a public address"
        if not self.public:
            return NO_CONTACT
        return None if port in WEB_PORTS else f"port {port} is not a web port"

    def check(self, url: str) -> None:
        """Raises RefusedError for a URL that can be refused by its looks; the resolver judges what is left."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise RequestRefusedError(url, f"is not a web address ({error})") from error
        if parts.scheme not in ("http", "https"):
            raise RequestRefusedError(url, f"{parts.scheme or 'no'} scheme: only http and https are fetched")
        if not parts.hostname:
            raise RequestRefusedError(url, "names no host")
        if parts.username is not None or parts.password is not None:
            raise RequestRefusedError(url, "carries a user name or password")
        port = port if port is not None else 443 if parts.scheme == "https" else 80
        if not self.networks and port not in WEB_PORTS:
            raise RequestRefusedError(url, f"port {port} is not a web port")
        try:
            literal = ipaddress.ip_address(parts.hostname)
        except ValueError:
            _check_name(url, parts.hostname)
            return
        if reason := self.refusal(literal, port):
            raise RequestRefusedError(url, reason)


def _check_name(url: str, host: str) -> None:
    """A name that cannot be looked up is refused here: the resolver would leave its request hanging."""
    try:
        host.encode("idna")
    except UnicodeError as error:
        raise RequestRefusedError(url, f"{host!r} is not a host name") from error
    if not host.isprintable() or any(character.isspace() for character in host):
        raise RequestRefusedError(url, f"{host!r} is not a host name")


def _embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 one carries (mapped, 6to4, Teredo, NAT64), or the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if address in _NAT64 or (int(address) >> 32 == 0 and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


@dataclass
class Dial:
    """One request on its way out: its policy, and what the resolver refused of its host's addresses."""

    policy: Policy
    refused: list[str] = field(default_factory=list)


ANYWHERE = Policy(networks=(ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0")))
"""For the connection to the user's own proxy."""


def check_for_proxy(url: str, policy: Policy) -> None:
    """What can be told of a URL whose name a proxy will look up; `policy.check` comes before.  Raises RefusedError.

    The resolver judges nothing then: names that mean private addresses are the proxy's to refuse.
    """
    host = unicodedata.normalize("NFKC", urlsplit(url).hostname or "").replace("。", ".")
    if _NUMBER.search(host) and not _is_literal(host):
        raise RequestRefusedError(url, f"{host} is a number and no name")
    if is_loopback(url):
        if not policy.networks:
            raise RequestRefusedError(url, "is an address of the proxy's own machine")
    elif not policy.public:
        raise RequestRefusedError(url, NO_CONTACT)


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


DIAL: ContextVar[Dial | None] = ContextVar("DIAL", default=None)
"""Set by the download handler around each request.  A lookup without one is judged by the strictest policy."""


@implementer(IResolutionReceiver)
class _Sieve:
    """Lets only those addresses through to `receiver` that the dial's policy allows."""

    def __init__(self, receiver: Any, dial: Dial) -> None:
        self._receiver = receiver
        self._dial = dial

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802  Twisted's name
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802  Twisted's name
        plain = str(address.host).partition("%")[0]
        if reason := self._dial.policy.refusal(ipaddress.ip_address(plain), address.port):
            self._dial.refused.append(reason)
        else:
            self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:  # noqa: N802  Twisted's name
        self._receiver.resolutionComplete()


@implementer(IHostnameResolver)
class GuardResolver:
    """Scrapy's TWISTED_DNS_RESOLVER: the reactor's own resolver behind the sieve.  Literal addresses pass through it too."""

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self._inner = reactor.nameResolver

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> GuardResolver:  # noqa: ARG003  Scrapy's signature
        return cls(reactor)

    def install_on_reactor(self) -> None:
        """Makes every later connection of the reactor resolve through the guard."""
        self._reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802  Twisted's name
        self, resolutionReceiver: Any, hostName: str, portNumber: int = 0,  # noqa: N803  Twisted's names
        addressTypes: Sequence[type[IAddress]] | None = None, transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        """As IHostnameResolver says; addresses that the policy of the request refuses are left out."""
        sieve = _Sieve(resolutionReceiver, DIAL.get() or Dial(Policy()))
        return self._inner.resolveHostName(sieve, hostName, portNumber, addressTypes, transportSemantics)
