"""The guard: whatever an address is called, and whoever sends us there, a private one is not reached."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.address import IPv4Address

from crawler.addresses import is_loopback
from crawler.errors import RefusedError
from crawler.guard import DIAL, Dial, GuardResolver, Policy
from crawler.job import Target
from crawler.run import crawl, fetch
from crawler.sources import Source
from storage.config import Config
from tests.crawler.hostile import PAGE, body, hostile

CONTACT = "tests@example.org"
ELSEWHERE = ("198.51.100.0/24",)
"""A network of documentation: whoever may reach it may use any port, but is still kept from everything else that is private."""


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.1.1.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "0.1.2.3",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a00:1::1",
        "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:db8::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    assert Policy().refusal(ipaddress.ip_address(address), 80) is not None


@pytest.mark.parametrize("address", ["8.8.8.8", "::ffff:8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808"])
def test_public_addresses_are_reached_on_web_ports_only(address: str) -> None:
    parsed = ipaddress.ip_address(address)
    assert Policy().refusal(parsed, 443) is None
    assert "port 22" in str(Policy().refusal(parsed, 22))
    assert "contact" in str(Policy(public=False).refusal(parsed, 443))


def test_an_allowed_network_opens_nothing_else() -> None:
    policy = Policy(networks=(ipaddress.ip_network("10.1.0.0/16"),))
    assert policy.refusal(ipaddress.ip_address("10.1.2.3"), 9999) is None
    assert policy.refusal(ipaddress.ip_address("::ffff:10.1.2.3"), 9999) is None
    assert policy.refusal(ipaddress.ip_address("10.2.2.3"), 80) is not None
    assert policy.refusal(ipaddress.ip_address("8.8.8.8"), 9999) is not None


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ftp://example.org/", "only http and https"), ("file:///etc/passwd", "only http and https"),
        ("data:text/html,x", "only http and https"), ("gopher://example.org/", "only http and https"),
        ("http:///path", "names no host"), ("http://example.org:22/", "port 22"),
        ("http://example.org:0x50/", "not a web address"),
        ("http://user:secret@example.org/", "user name"), ("http://user@example.org/", "user name"),
        ("http://127.0.0.1/", "not a public"), ("http://[::1]/", "not a public"), ("http://[::ffff:10.0.0.1]/", "not a public"),
        ("http://[half", "not a web address"), ("http://a..b/", "not a host name"),
        ("http://" + "a" * 70 + ".org/", "not a host name"),
    ],
)  # fmt: skip
def test_a_url_that_looks_wrong_is_refused_before_any_lookup(url: str, says: str) -> None:
    with pytest.raises(RefusedError, match=says) as caught:
        Policy().check(url)
    assert caught.value.url == url


def test_no_spelling_and_no_redirect_leads_to_this_machine(web: Any, other_web: Any) -> None:
    """Really dialled: by name, number, octal, hex, short form, mapped IPv6, and by being sent on."""
    port = web.base.rsplit(":", 1)[1]
    web.article("/secret", "A secret")
    spellings = [
        "127.0.0.1", "localhost", "2130706433", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "127.1", "127.0.1",
        "[::ffff:127.0.0.1]", "[::1]", "0.0.0.0", "①②⑦.⓪.⓪.①", "127。0。0。1", "0X7F.1", "017700000001", "00000177.0.0.1",
        "127.0.0.1.", "LOCALHOST.", "[::ffff:7f00:1]", "[::7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "0", "127.0x0.0.01",
    ]  # fmt: skip
    answers = fetch([Target(url=f"http://{host}:{port}/secret", networks=ELSEWHERE) for host in spellings], CONTACT)
    for answer in answers:
        assert answer.status is None, answer.url
        assert answer.error, answer.url
    assert web.asked == [], "not even robots.txt was asked for"
    assert "not a public address" in str(answers[1].error), "a name is refused by what it resolves to"

    other_web.answer("/go", 302, Location=f"{web.base}/secret")
    other_web.answer("/creds", 302, Location=f"http://me:pw@127.0.0.2:{port}/")
    only_other = ("127.0.0.2/32",)
    sent_on = fetch([Target(url=f"{other_web.base}{path}", networks=only_other) for path in ("/go", "/creds")], CONTACT)
    assert [answer.status for answer in sent_on] == [None, None]
    assert "127.0.0.1 is not a public address" in str(sent_on[0].error)
    assert "user name" in str(sent_on[1].error)
    assert "/go" in other_web.paths()
    assert web.asked == []


class _Fickle:
    """A resolver whose second answer is another one: a name server that rebinds."""

    def __init__(self) -> None:
        self.answers = [["8.8.8.8"], ["127.0.0.1", "8.8.4.4"], ["10.0.0.1"]]

    def resolveHostName(self, receiver: Any, host: str, port: int, *_: Any) -> None:
        for address in self.answers.pop(0):
            receiver.addressResolved(IPv4Address("TCP", address, port))
        receiver.resolutionComplete()


class _Dialler:
    def __init__(self) -> None:
        self.addresses: list[str] = []

    def addressResolved(self, address: Any) -> None:
        self.addresses.append(address.host)

    def resolutionComplete(self) -> None:
        pass


def test_what_is_dialled_is_what_was_checked() -> None:
    """Every lookup is judged where the connection takes its addresses from: there is no earlier check to outwit."""

    class Reactor:
        nameResolver = _Fickle()

    resolver, dialler, dial = GuardResolver(Reactor()), _Dialler(), Dial(Policy())
    token = DIAL.set(dial)
    try:
        for _ in range(3):
            resolver.resolveHostName(dialler, "rebinding.example", 80)
    finally:
        DIAL.reset(token)
    assert dialler.addresses == ["8.8.8.8", "8.8.4.4"]
    assert dial.refused == ["127.0.0.1 is not a public address", "10.0.0.1 is not a public address"]


def test_loopback_is_told_by_its_looks() -> None:
    assert all(map(is_loopback, ("http://127.0.0.1:8/", "https://localhost/", "http://[::1]/", "http://a.localhost/", "http://127.9.9.9/")))
    assert not any(map(is_loopback, ("http://example.org/", "http://127.0.0.1.example.org/", "http://10.0.0.1/", "http://2130706433/")))


def test_with_a_proxy_no_name_is_looked_up_here(tmp_path: Path) -> None:
    """`.invalid` has no address anywhere: what is fetched of it, the proxy was asked for by name."""
    with hostile() as proxy:
        links = (
            "http://news.invalid/a", "http://10.0.0.1/b", "http://localhost/c", "http://2130706433/d", "http://0x7f.1/d",
            "http://127.1/d", "http://①②⑦.1/d", "https://news.invalid/e", "http://news.invalid:22/f", "http://me:pw@news.invalid/g",
        )  # fmt: skip
        items = "".join(f"<item><link>{link}</link></item>" for link in links)
        feed = f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>".encode()
        proxy.talks |= {"http://news.invalid/feed": body(feed, "application/rss+xml"), "http://news.invalid/a": body(PAGE)}
        source = Source.model_validate({"id": "s", "name": "S", "feeds": ("http://news.invalid/feed",), "delay": 0.0})
        config = Config(db=tmp_path / "n.db", contact=CONTACT, proxy=proxy.base, workers=0)
        report = crawl(config, [source])
        assert report.total("new") == 1, report
        assert "http://news.invalid/a" in proxy.asked
        assert "news.invalid:443" in proxy.asked, "a tunnel is asked for by name"
        forbidden = ("10.0.0.1", "localhost", "/d", ":22", "me:pw")
        assert not [path for path in proxy.asked if any(word in path for word in forbidden)]


def test_a_proxy_takes_nobody_beyond_this_machine_without_a_contact(tmp_path: Path) -> None:
    with hostile() as proxy:
        link = "<item><link>http://news.invalid/a</link></item>"
        feed = f"<rss version='2.0'><channel><title>T</title>{link}</channel></rss>".encode()
        proxy.talks["http://127.0.0.1:8080/feed"] = body(feed, "application/rss+xml")
        fields = {"feeds": ("http://127.0.0.1:8080/feed",), "allow_networks": ("127.0.0.0/8",), "delay": 0.0}
        source = Source.model_validate({"id": "s", "name": "S"} | fields)
        report = crawl(Config(db=tmp_path / "n.db", proxy=proxy.base, workers=0), [source])
        assert report.sources[0].discovered == 1
        assert not [path for path in proxy.asked if "invalid" in path]


@pytest.mark.parametrize("address", ["proxy", "https://x.org:1", "http://me:pw@x.org:3128", "http://", "socks5://x.org", ""])
def test_what_is_no_proxy_is_said(address: str) -> None:
    with pytest.raises(ValueError, match="is no proxy"):
        Config(proxy=address)
