"""What markup says of a container: a vocabulary of the words that themes use in classes and ids."""

from __future__ import annotations

import re
from functools import lru_cache

ZONES: dict[str, str] = {
    "caption": (
        r"caption|figure-?credit|photo-?credit|image-?credit|img-?credit|copyright-?(?:holder|photo)|bildunterschrift|"
        r"wp-caption-text|legende|bildquelle"
    ),
    "related": (
        r"related|read-?also|read-?more(?!-content|-text|-body)|also-?read|lire-?aussi|more-?on|see-?also|recommend|recirc|"
        r"teaser-?(?:list|box|grid)|most-?(?:read|popular|viewed)|trending|further-?reading|promo(?!tional-body)|"
        r"inline-?teaser|link-?list|outbrain|taboola|"
        r"up-?next|read-?next|next-?article|prev-?next|post-?nav|nav-(?:previous|next)|paginat|"
        r"you-?may|weiterlesen|lesen-?sie|mehr-?zum|leia-?(?:mais|tambem)|czytaj|articlelist|article-?list|"
        r"story-?list|crosslink|backlinks"
    ),
    "newsletter": (
        r"newsletter|subscri(?:be|ption)|sign-?up|signup|mailing-?list|opt-?in(?!\w)|mc4wp|mailchimp|donat(?:e|ion)|"
        r"abo-?(?:box|teaser)|app-?promo|download-?app"
    ),
    "share": r"(?<![a-z0-9])shar(?:e|ing)(?![a-z]*holder)|social(?!ist|ism)|addtoany|sharedaddy|follow-?us|bookmark",
    "comments": r"(?<![a-z0-9])comment(?:s|-list|-form|-area|respond)?(?![a-z0-9])|disqus|respond(?![a-z0-9])|livefyre",
    "tags": (
        r"(?<![a-z0-9])tags?(?![a-z0-9])|tag-?(?:list|cloud|links)|keywords|topics?-?list|post-?categories|cat-?links|"
        r"tagcloud"
    ),
    "author": r"author|byline|(?<![a-z0-9])autor(?![a-z0-9])|writer(?:s|-info)?(?![a-z0-9])|contributor",
    "date": (
        r"(?<![a-z0-9])(?:date|time|timestamp|datetime|published|pubdate|dateline|last-?updated|post-?meta|"
        r"entry-?meta|article-?meta)(?![a-z0-9])"
    ),
    "breadcrumb": r"bread-?crumb",
    "ads": r"(?<![a-z0-9])(?:ads?|advert\w*|adsense|sponsor\w*|dfp|werbung|anzeige|publicidad|publicite)(?![a-z0-9])",
    "paywall": r"(?:paywall|regwall|premium|subscription)[-_]?(?:offer|teaser|box|message|banner|overlay|cta|prompt|info)",
    "cookie": r"cookie|consent(?!ing)|gdpr",
    "legal": r"copyright|disclaimer|imprint|legal-?notice|terms-of",
    "player": r"video-?player|jwplayer|audio-?player|media-?player|(?<![a-z0-9])player(?![a-z]*s-)",
    "print": r"(?<![a-z0-9])print(?:-only|able|er)?(?![a-z0-9])|toolbar|tool-?bar|(?<![\w-])font-?size(?![\w-])",
    "chrome": (
        r"(?<![a-z0-9])(?:nav|navbar|navigation|menu|sidebar|side-bar|footer|masthead|skip-?link|topbar|widget-?area|"
        r"sidebar-?widget)(?![a-z0-9])"
    ),
    "headline": r"(?<![a-z0-9])(?:headline|entry-title|post-title|article-title|page-title)(?![a-z0-9])",
    "summary": (
        r"(?<![a-z0-9])(?:dek|standfirst|subtitle|sub-?headline|sub-?title|teaser-?text|lead-?text|intro(?:duction)?|"
        r"excerpt|article-?summary|chapeau|chapo)(?![a-z0-9])"
    ),
    "embed": r"twitter-tweet|instagram-media|tiktok-embed|fb-post|(?<![a-z0-9])embed(?![a-z]*ded)|oembed|social-?embed",
    "card": (
        r"post-?card|article-?preview|(?:teaser|story|news|link|content)-?card|card-?(?:teaser|link)|"
        r"embedded-?(?:article|teaser)|inline-?(?:article|card|promo)"
    ),
    "clamp": r"line-clamp",
    "box": (
        r"(?<![a-z0-9])facts?(?![a-z0-9])|fakta-?(?:box|ruta)|ai-?summary|fact-?box|info-?box|infobox|"
        r"(?<![a-z0-9])factbox|hintergrund-?box|key-?points|highlights-?box|at-a-glance|summary-?box"
    ),
}
"""What class and id words say of a container.  Words that real themes use; none of them decides alone."""

_ZONE = re.compile("|".join(f"(?P<{zone}>{words})" for zone, words in ZONES.items()), re.I)
_HIDDEN_CLASS = re.compile(
    r"(?<![\w-])(?:visually-?hidden|sr-only|screen-reader(?:-text)?|screenreader|hidden|u-hidden|is-hidden|d-none|"
    r"hide|assistive-text|a11y-hidden|print-only)(?![\w-])",
    re.I,
)
FOREIGN_ZONES = frozenset(
    """
        related newsletter share comments tags ads paywall cookie legal player print chrome footer form author hidden
        breadcrumb embed date caption
    """.split()
)
"""Zones that are not the article."""

TAG_ZONES = {
    "nav": "chrome",
    "footer": "footer",
    "header": "header",
    "aside": "aside",
    "form": "form",
    "button": "form",
    "figcaption": "caption",
    "figure": "figure",
    "fieldset": "form",
    "address": "author",
    "details": "details",
}


def zones_of(tag: str, words: str) -> frozenset[str]:
    """The zones that an element's tag and its class and id words name."""
    found = set().union(*map(_zones_of_word, words.split())) if words else set()
    if tag in TAG_ZONES:
        found.add(TAG_ZONES[tag])
    return frozenset(found) if found else _NONE


_NONE: frozenset[str] = frozenset()


@lru_cache(maxsize=1 << 15)
def _zones_of_word(word: str) -> frozenset[str]:
    """The zones that one class or id names; pages use the same few hundred again and again."""
    found = {match.lastgroup for match in _ZONE.finditer(word) if match.lastgroup}
    if _HIDDEN_CLASS.search(word):
        found.add("hidden")
    return frozenset(found) if found else _NONE
