"""`/.well-known/tdmrep.json`: what a site reserves of text and data mining, by path (the W3C's TDM Reservation Protocol).

The file is a list of rules, each with a `location` (a path pattern as robots.txt has them), a `tdm-reservation` (1 or 0) and
perhaps a `tdm-policy` (a URL).  The first rule whose location fits an address counts for it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from cleaning import Claim
from cleaning.identity import plain_path

PATH = "/.well-known/tdmrep.json"
LARGEST = 512 * 1024
"""Bytes that the file may have; one that is larger counts as none."""
PATIENCE = 10.0
"""Seconds that the file may take: the site's pages wait for it."""
_LONGEST_POLICY = 2000


@dataclass(frozen=True)
class Rule:
    """One rule of the file: the `pieces` of its location between the `*`, whether that is open at its `end`, and what it states.

    `reservation` is None where it states neither 1 nor 0.
    """

    pieces: tuple[str, ...]
    end: bool
    reservation: bool | None
    policy: str | None = None

    def fits(self, target: str) -> bool:
        """Whether the location fits `target`, a path with its query; in time in proportion to both, whatever the pattern."""
        first, *others = self.pieces
        if not target.startswith(first):
            return False
        at = len(first)
        for piece in others[:-1]:
            at = target.find(piece, at)
            if at < 0:
                return False
            at += len(piece)
        if not others:
            return self.end or at == len(target)
        last = others[-1]
        return target.find(last, at) >= 0 if self.end else target.endswith(last) and len(target) - len(last) >= at


def _rule(location: str, reservation: object, policy: object) -> Rule:
    """A rule of what the file says; in a location `*` is anything, and `$` at the end is the end."""
    location = location if location[0] in "/*" else f"/{location}"
    first, *others = (plain_path(piece) for piece in location.removesuffix("$").split("*"))
    inner = [piece for piece in others[:-1] if piece]  # two stars are one
    return Rule(
        (first, *inner, *others[-1:]), not location.endswith("$"), {"1": True, "0": False}.get(str(reservation).strip()),
        _policy(policy),
    )  # fmt: skip


def read(body: bytes) -> tuple[Rule, ...]:
    """The rules of the file in their order; none if it is not such a file.  A rule without a location is passed over."""
    try:
        data = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return ()
    found = []
    for entry in data if isinstance(data, list) else [data]:
        location = entry.get("location") if isinstance(entry, dict) else None
        if not isinstance(location, str) or not location.strip():
            continue
        found.append(_rule(location.strip(), entry.get("tdm-reservation"), entry.get("tdm-policy")))
    return tuple(found)


def _policy(value: object) -> str | None:
    if not isinstance(value, str) or len(value) > _LONGEST_POLICY:
        return None
    return value.strip() if value.strip().startswith(("https://", "http://")) else None


def claims(rules: Sequence[Rule], url: str) -> tuple[Claim, ...]:
    """What the file of its site says of the page at `url`, to go with the page: the first rule that fits."""
    parts = urlsplit(url)
    target = plain_path((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    rule = next((rule for rule in rules if rule.fits(target)), None)
    if rule is None or rule.reservation is None:
        return ()
    source = f"tdmrep:{parts.scheme}://{parts.netloc}{PATH}"
    said = [Claim(field="tdm_reservation", value=str(int(rule.reservation)), source=source)]
    if rule.policy:
        said.append(Claim(field="tdm_policy", value=rule.policy, source=source))
    return tuple(said)
