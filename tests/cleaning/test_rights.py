"""What a page states on reuse: in headers, in its head, and in the file of its site that came with it as claims."""

from __future__ import annotations

import pytest

from cleaning import Claim, Page, clean
from cleaning.models import Rights

TEXT = "<p>" + "The foreign ministers met on Tuesday to discuss the treaty. " * 10 + "</p>"


def rights(*headers: tuple[str, str], head: str = "", claims: tuple[tuple[str, str], ...] = ()) -> Rights:
    said = tuple(Claim(field=field, value=value, source="tdmrep:https://x.example/") for field, value in claims)
    html = f"<html><head>{head}</head><body><article><h1>Ministers meet</h1>{TEXT}</article></body></html>"
    return clean(Page(url="https://x.example/a", html=html, headers=headers, claims=said)).rights


def test_a_page_that_states_nothing() -> None:
    assert rights() == Rights()
    assert not rights().reserved


@pytest.mark.parametrize(("headers", "directives"), [
    ((("X-Robots-Tag", "NoIndex, nofollow"),), ("noindex", "nofollow")),
    ((("x-robots-tag", "noindex"), ("X-Robots-Tag", "noai")), ("noindex", "noai")),
    ((("X-Robots-Tag", "otherbot: noindex, noai"),), ()),
    ((("X-Robots-Tag", "otherbot: noindex, Copydesk: noarchive"),), ("noarchive",)),
    ((("X-Robots-Tag", "max-snippet: -1, noai"),), ("max-snippet: -1", "noai")),
    ((("X-Robots-Tag", "noai"), ("X-Robots-Tag", "otherbot: none")), ("noai",)),
    ((("X-Robots-Tag", " , ,"),), ()),
])  # fmt: skip
def test_directives_of_headers(headers: tuple[tuple[str, str], ...], directives: tuple[str, ...]) -> None:
    assert rights(*headers).robots == directives


@pytest.mark.parametrize(("directive", "reserved", "noai"), [
    ("noai", True, True), ("noimageai", True, True), ("noindex", True, False), ("none", True, False),
    ("index, follow", False, False), ("nofollow", False, False),
])  # fmt: skip
@pytest.mark.parametrize("where", ["header", "meta"])
def test_what_opts_out(where: str, directive: str, reserved: bool, noai: bool) -> None:
    stated = f'<meta name="robots" content="{directive}">'
    found = rights(("X-Robots-Tag", directive)) if where == "header" else rights(head=stated)
    assert (found.reserved, found.noai) == (reserved, noai)


HEADER = (("TDM-Reservation", "1"), ("tdm-policy", "https://x.example/header"))
META = '<meta name="tdm-reservation" content="{}"><meta name="tdm-policy" content="https://x.example/meta">'
SITE = (("tdm_reservation", "1"), ("tdm_policy", "https://x.example/site"))


def test_tdm_reservations_of_page_header_and_site_in_this_order() -> None:
    def told(found: Rights) -> tuple[bool | None, str]:
        return found.tdm_reservation, str(found.tdm_policy).rpartition("/")[2]

    assert told(rights(*HEADER)) == (True, "header")
    assert told(rights(claims=SITE)) == (True, "site")
    assert told(rights(*HEADER, claims=SITE)) == (True, "header")
    assert told(rights(*HEADER, head=META.format(1), claims=SITE)) == (True, "meta")
    assert told(rights(*HEADER, head=META.format(0), claims=SITE)) == (False, "meta")
    assert told(rights(("tdm-reservation", "0"), claims=SITE)) == (False, "None"), "the policy of a reservation that was lifted"
    assert told(rights(("tdm-reservation", "yes"), claims=SITE)) == (True, "site"), "what is neither 1 nor 0 says nothing"
    assert told(rights(("tdm-reservation", "1"), claims=SITE)) == (True, "site"), "the policy stands where the header has none"
