"""What makes two addresses the same article: `url_key`, and the short public `uid` made of it."""

from __future__ import annotations

import contextlib
import hashlib
import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from cleaning.limits import slices

TRACKING_PARAMETERS = frozenset(
    """
        fbclid gclid gclsrc gad_source gad_campaignid dclid gbraid wbraid srsltid msclkid yclid twclid ttclid igshid igsh
        li_fat_id epik dicbo tblci mc_cid mc_eid mkt_tok mbid vero_id oly_enc_id oly_anon_id _ga _gl _hsenc _hsmi _openstat
        fb_action_ids fb_action_types fb_source fb_ref twitter_impression __twitter_impression wt.mc_id phpsessid
        ref_src ref_url cmp cmpid ocid ncid ito smid smtyp sr_share taid tpcc xtor at_medium at_campaign at_custom1 at_custom2
        at_custom3 at_custom4 at_link_id at_link_origin at_link_type at_ptr_name at_format at_bbc_team wt_mc wt_zmc
        ns_mchannel ns_source ns_campaign ns_linkname ns_fee traffic_source source_medium guccounter guce_referrer
        guce_referrer_sig soc_src soc_trk wpisrc wpmm outputtype amp _amp amp_js_v amp_gsa usqp
    """.split()
)
"""Query parameters that name the way a reader came, never the article."""
TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "hsa_")
"""How whole families of them begin."""

_HOST_PREFIX = re.compile(r"^(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)")
_INDEX_FILE = re.compile(r"/(?:index|default)\.(?:s?html?|php|aspx?|jsp)$", re.I)
_AMP = re.compile(r"^/amp(?=/[^/])|(?:/amp|\.amp)/?$|\.amp(?=\.html?$)", re.I)
_SESSION = re.compile(r";jsessionid=[^/]*$", re.I)
_ROUTE = re.compile(r"(?:!/?|/)[^#/][^#]*")
"""A fragment that is no place on the page but the page itself, for the scripts of its site: `#!/a/1`, `#/a/1`."""
_DEFAULT_PORTS = {"http": 80, "https": 443}


@lru_cache(maxsize=1024)  # each step of a page's way asks for it again
def url_key(url: str) -> str:
    """The identity of an article's address.

    Scheme and default port are gone, the host is lower case without `www.`, `m.` or `amp.`, the path without index
    file, AMP marks, session and trailing slash, the query without tracking parameters (others sorted), the fragment gone
    unless it is a route.  Two parameters that may matter are never dropped: `?id=1` and `?id=2` stay two keys.  Raises
    ValueError for what is no http(s) URL.
    """
    parts = urlsplit(url.strip())
    if parts.scheme.lower() not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError(f"not an http or https URL: {url!r}")
    host = _HOST_PREFIX.sub("", _host(parts.hostname.rstrip(".")).lower())
    port = parts.port
    if port and port != _DEFAULT_PORTS[parts.scheme.lower()]:
        host = f"{host}:{port}"
    path = re.sub(r"/{2,}", "/", _SESSION.sub("", plain_path(parts.path)))
    path = _AMP.sub("", _INDEX_FILE.sub("/", path)).rstrip("/")
    pairs = [  # what is no UTF-8 keeps its bytes: two words in another encoding are two words
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape")
        if name.lower() not in TRACKING_PARAMETERS and not name.lower().startswith(TRACKING_PREFIXES)
    ]
    query = urlencode(sorted(pairs), errors="surrogateescape")
    route = _ROUTE.match(parts.fragment)
    return f"{host}{path or '/'}" + (f"?{query}" if query else "") + (f"#{plain_path(route[0]).rstrip('/')}" if route else "")


def _host(name: str) -> str:
    """A host name in ASCII, as it is asked for: of `fähre.example` its `xn--` form.  One that has none stays as it is."""
    if ":" in name:
        return f"[{name}]"
    if name.isascii():
        return name
    import idna  # its tables take a moment, and few need them

    with contextlib.suppress(idna.IDNAError):
        return idna.encode(name, uts46=True).decode()
    return name


def plain_path(path: str) -> str:
    """A path in one spelling: what must be escaped is, in capitals, and nothing else; `%2F` is no slash and stays."""
    return re.sub(r"%[0-9A-Fa-f]{2}", _plain, quote(path, safe="/%:@!$&'()*+,;=~-._", errors="replace"))


def _plain(escape: re.Match[str]) -> str:
    """An escaped letter, digit or mark that needs no escape is written plainly; one that parts something (`%2F`) stays so."""
    character = unquote(escape.group(0), errors="replace")
    return character if re.fullmatch(r"[A-Za-z0-9._~!'(),:@$*-]", character) else escape.group(0).upper()


def text_key(text: str) -> str:
    """The identity of a text that has no address: `text:` and the first 32 hex digits of its sha256."""
    digest = hashlib.sha256()
    between = b""
    for piece in slices(text):
        if joined := " ".join(piece.split()):
            digest.update(between + joined.encode("utf-8", "surrogatepass"))
            between = b" "
    return f"text:{digest.hexdigest()[:32]}"


def uid(key: str) -> str:
    """The public id of an article, the same in every store: 16 hex digits (64 bits) of its `url_key`'s sha256."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def line_hash(line: str) -> str:
    """How `SiteMemory` knows a line again: 16 hex digits over its case-folded words."""
    return hashlib.sha256(" ".join(line.casefold().split()).encode("utf-8", "surrogatepass")).hexdigest()[:16]
