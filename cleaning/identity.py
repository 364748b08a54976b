"""What makes two addresses the same article: `url_key`, and the short public `uid` made of it."""

from __future__ import annotations

import contextlib
import hashlib
import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

TRACKING_PARAMETERS = frozenset(
    """
        fbclid gclid dclid gbraid wbraid msclkid yclid twclid ttclid igshid mc_cid mc_eid mkt_tok _ga _gl _hsenc _hsmi
        ref_src ref_url cmpid ocid ncid ito smid smtyp sr_share taid tpcc xtor at_medium at_campaign at_custom1 at_custom2
        at_custom3 at_custom4 at_link_id at_link_origin at_link_type at_ptr_name at_format at_bbc_team wt_mc wt_zmc
        ns_mchannel ns_source ns_campaign ns_linkname ns_fee traffic_source source_medium guccounter guce_referrer
        guce_referrer_sig soc_src soc_trk wpisrc wpmm outputtype amp
    """.split()
)
"""Query parameters that name the way a reader came, never the article.  `utm_*` is matched by its prefix."""

_HOST_PREFIX = re.compile(r"^(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)")
_INDEX_FILE = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$", re.I)
_AMP_SUFFIX = re.compile(r"(?:/amp|\.amp)/?$|\.amp(?=\.html?$)", re.I)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def url_key(url: str) -> str:
    """The identity of an article's address.

    Scheme and default port are gone, the host is lower case without `www.`, `m.` or `amp.`, the path without index
    file and AMP suffix and trailing slash, the query without tracking parameters (others sorted), the fragment gone.
    Two parameters that may matter are never dropped: `?id=1` and `?id=2` stay two keys.  Raises ValueError for what
    is no http(s) URL.
    """
    parts = urlsplit(url.strip())
    if parts.scheme.lower() not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError(f"not an http or https URL: {url!r}")
    host = parts.hostname.rstrip(".")
    with contextlib.suppress(UnicodeError):
        host = host.encode("idna").decode() if not host.isascii() else host
    host = _HOST_PREFIX.sub("", host.lower())
    port = parts.port
    if port and port != _DEFAULT_PORTS[parts.scheme.lower()]:
        host = f"{host}:{port}"
    path = re.sub(r"%[0-9A-Fa-f]{2}", _plain, quote(parts.path, safe="/%:@!$&'()*+,;=~-._", errors="replace"))
    path = _AMP_SUFFIX.sub("", _INDEX_FILE.sub("/", re.sub(r"/{2,}", "/", path))).rstrip("/")
    pairs = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in TRACKING_PARAMETERS and not name.lower().startswith("utm_")
    ]
    query = urlencode(sorted(pairs))
    return f"{host}{path or '/'}" + (f"?{query}" if query else "")


def _plain(escape: re.Match[str]) -> str:
    """An escaped letter, digit or mark that needs no escape is written plainly; a reserved one (`%2F`) stays escaped."""
    character = unquote(escape.group(0), errors="replace")
    return character if re.fullmatch(r"[A-Za-z0-9._~-]", character) else escape.group(0).upper()


def text_key(text: str) -> str:
    """The identity of a text that has no address: `text:` and the first 32 hex digits of its sha256."""
    return "text:" + hashlib.sha256(" ".join(text.split()).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def uid(key: str) -> str:
    """The public id of an article, the same in every store: 16 hex digits (64 bits) of its `url_key`'s sha256."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def line_hash(line: str) -> str:
    """How `SiteMemory` knows a line again: 16 hex digits over its case-folded words."""
    return hashlib.sha256(" ".join(line.casefold().split()).encode("utf-8", "surrogatepass")).hexdigest()[:16]
