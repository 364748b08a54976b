"""What markup says of a container: a vocabulary of the words that themes use in classes and ids."""

from __future__ import annotations

import re
from functools import lru_cache

import ahocorasick

ZONES: dict[str, str] = {
    "caption": r"""
        caption figure-?credit photo-?credit image-?credit img-?credit copyright-?holder copyright-?photo bildunterschrift
        wp-caption-text legende bildquelle
    """,
    "related": r"""
        related read-?also read-?more(?!-content|-text|-body) also-?read lire-?aussi more-?on see-?also recommend recirc
        teaser-?list teaser-?box teaser-?grid most-?read most-?popular most-?viewed trending further-?reading
        promo(?!tional-body) inline-?teaser link-?list outbrain taboola up-?next read-?next next-?article prev-?next post-?nav
        nav-previous nav-next paginat you-?may weiterlesen lesen-?sie mehr-?zum leia-?mais leia-?tambem czytaj articlelist
        article-?list story-?list crosslink backlinks
    """,
    "newsletter": r"""
        newsletter subscribe subscription sign-?up signup mailing-?list opt-?in(?!\w) mc4wp mailchimp donate donation abo-?box
        abo-?teaser app-?promo download-?app <cta> whatsapp-?group whatsapp-?channel whatsapp-?box telegram-?channel telegram-?box
    """,
    "share": r"""
        <share(?![a-z]*holder) <sharing(?![a-z]*holder) social(?!ist|ism) addtoany sharedaddy follow-?us bookmark
    """,
    "comments": r"""
        <comment(?:s|-list|-form|-area|respond)?> disqus respond> livefyre <user-?comments> <reader-?comments>
        <comentarios> <commentaires> <commenti> <kommentare> <kommentarer> <reacties> <komentarze> <yorumlar>
    """,
    "tags": r"<tags?> tag-?list tag-?cloud tag-?links keywords topics?-?list post-?categories cat-?links tagcloud",
    "author": r"author byline <autor> writer(?:s|-info)?> contributor",
    "date": r"""
        <date> <time> <timestamp> <datetime> <published> <pubdate> <dateline> <last-?updated> <post-?meta> <entry-?meta>
        <article-?meta>
    """,
    "breadcrumb": r"bread-?crumb",
    "ads": r"<ads?> <advert\w*> <adsense> <sponsor\w*> <dfp> <werbung> <anzeige> <publicidad> <publicite>",
    "poll": r"""
        <polls?> element-?poll poll-?box poll-?widget poll-?container poll-?question poll-?answer poll-?option <umfrage> <survey>
        <encuesta> <sondage> <sondaggio>
    """,
    "disclosure": r"""
        affiliate[-_]?info affiliate[-_]?disclaimer affiliate[-_]?disclosure affiliate[-_]?notice affiliate[-_]?note
        affiliate[-_]?hint affiliate[-_]?text affiliate[-_]?message affiliate[-_]?hinweis <disclosure>
    """,
    "paywall": r"""
        paywall[-_]?offer paywall[-_]?teaser paywall[-_]?box paywall[-_]?message paywall[-_]?banner paywall[-_]?overlay
        paywall[-_]?cta paywall[-_]?prompt paywall[-_]?info regwall[-_]?offer regwall[-_]?teaser regwall[-_]?box
        regwall[-_]?message regwall[-_]?banner regwall[-_]?overlay regwall[-_]?cta regwall[-_]?prompt regwall[-_]?info
        premium[-_]?offer premium[-_]?teaser premium[-_]?box premium[-_]?message premium[-_]?banner premium[-_]?overlay
        premium[-_]?cta premium[-_]?prompt premium[-_]?info subscription[-_]?offer subscription[-_]?teaser
        subscription[-_]?box subscription[-_]?message subscription[-_]?banner subscription[-_]?overlay subscription[-_]?cta
        subscription[-_]?prompt subscription[-_]?info
    """,
    "cookie": r"cookie consent(?!ing) gdpr",
    "legal": r"copyright disclaimer imprint legal-?notice terms-of",
    "player": r"video-?player jwplayer audio-?player media-?player <player(?![a-z]*s-)",
    "print": r"<print(?:-only|able|er)?> toolbar tool-?bar {font-?size}",
    "chrome": r"""
        <nav> <navbar> <navigation> <menu> <sidebar> <side-bar> <footer> <masthead> <skip-?link> <topbar> <widget-?area>
        robots-nocontent
        <sidebar-?widget>
    """,
    "headline": r"<headline> <entry-title> <post-title> <article-title> <page-title>",
    "summary": r"""
        <dek> <standfirst> <subtitle> <sub-?headline> <sub-?title> <teaser-?text> <lead-?text> <intro(?:duction)?> <excerpt>
        <article-?summary> <chapeau> <chapo>
    """,
    "embed": r"twitter-tweet instagram-media tiktok-embed fb-post <embed(?![a-z]*ded) oembed social-?embed",
    "card": r"""
        post-?card article-?preview teaser-?card story-?card news-?card link-?card content-?card card-?teaser card-?link
        embedded-?article embedded-?teaser inline-?article inline-?card inline-?promo
    """,
    "clamp": r"line-clamp",
    "box": r"""
        <facts?> fakta-?box fakta-?ruta ai-?summary fact-?box info-?box infobox <factbox hintergrund-?box key-?points
        highlights-?box at-a-glance summary-?box
    """,
    "hidden": r"""
        {visually-?hidden} {sr-only} {screen-reader(?:-text)?} {screenreader} {hidden} {u-hidden} {is-hidden} {d-none} {hide}
        {assistive-text} {a11y-hidden} {print-only}
    """,
}
"""What class and id words say of a container: words that real themes use; none of them decides alone.

They are regular expressions, parted by spaces, with two pairs of marks more: `<` and `>` stand where no letter or digit may
stand, `{` and `}` where no word character and no hyphen may.
"""

_MARKS = {"<": "(?<![a-z0-9])", ">": "(?![a-z0-9])", "{": r"(?<![\w-])", "}": r"(?![\w-])"}
_NOT_SURE = re.compile(r"\(\?<?[!=][^()]*\)|\(\?:[^()]*\)[?*]|\[[^\]]*\][?*]?|\\?.[?*]|[^a-z0-9]")
"""What a match of an expression need not hold: looks around, optional groups and letters, sets."""


@lru_cache(maxsize=1)
def _vocabulary() -> ahocorasick.Automaton:
    """An automaton over the longest sure piece of each expression, which leads to the expressions: nearly all words of a page
    hold none of them."""
    by_stem: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for zone, words in ZONES.items():
        for word in words.split():
            stem = max(_NOT_SURE.sub(" ", word).split(), key=len)
            expression = re.compile("".join(_MARKS.get(c, c) for c in word.replace("(?<", "(?\x00")).replace("\x00", "<"))
            by_stem.setdefault(stem, []).append((zone, expression))
    automaton = ahocorasick.Automaton()
    for stem, expressions in by_stem.items():
        automaton.add_word(stem, tuple(expressions))
    automaton.make_automaton()
    return automaton


FOREIGN_ZONES = frozenset(
    """
        related newsletter share comments tags ads poll disclosure paywall cookie legal player print chrome footer form author
        hidden breadcrumb embed date caption
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


@lru_cache(maxsize=1 << 14)
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
    word = word.lower()
    found = {
        zone
        for _, expressions in _vocabulary().iter(word)
        for zone, expression in expressions
        if expression.search(word)
    }
    return frozenset(found) if found else _NONE
