"""What a page's widgets and menus leave in a text, told by their form and one or two of a page's own words."""

from __future__ import annotations

import re

from cleaning.rules.model import FULL_STOPS, Context, ends_as_sentence, headline_like
from cleaning.rules.shapes import Finding
from cleaning.rules.wording import Reading, wording


def bracketed(text: str, reading: Reading) -> Finding | None:
    """A widget's place, wholly in square brackets: its kind and a colon without a space, or a kind and how many."""
    match = _BRACKETED.match(text)
    if match is None or ends_as_sentence(match[1]) or not any(w.weight >= 2 and w.category in _WIDGETS for w in reading.words):
        return None
    if _KIND.match(match[1]):
        return "video", "a widget's name and kind in square brackets"
    if len(reading.words) <= 4 and reading.covered >= 0.5 and re.search(r"\d", text):
        return "photo_credit", "a widget and how many it holds, in square brackets"
    return None


_BRACKETED = re.compile(r"^\[([^\[\]]{3,40})\]$")
_KIND = re.compile(r"[^\W\d_]+:[^\W\d_]+$")
_WIDGETS = frozenset({"photo_credit", "video", "related", "newsletter", "platform"})


def pointing(context: Context, text: str) -> Finding | None:
    """A pointer's words, dots and a headline; or the name of a platform and that its post is not shown."""
    if (match := _DOTTED.match(text)) and headline_like(match[2]) and not match[2].endswith(FULL_STOPS):
        pointer = wording().read(match[1], context.language)
        if pointer.category == "related" and pointer.covered == 1 and pointer.score >= 3 and pointer.words[0].weight >= 2:
            return "related", f"begins with “{match[1].strip()}” and dots"
    label, colon, rest = text.partition(": ")
    if colon and len(text) <= 80 and not rest.endswith(FULL_STOPS):
        network = wording().read(label, context.language).words
        told = wording().read(rest, context.language)
        if network and all(w.category == "platform" for w in network) and told.covered == 1 and told.category == "video":
            return "video", f"what a post on {label} leaves that is not shown"
    return None


_DOTTED = re.compile(r"^([^:.…]{2,40}?)\s?(?:\.{2,3}|…)\s*(\w.*)$")


def home(context: Context, index: int, text: str) -> Finding | None:
    """A trail above the text: the home page or the page's news, a section, and what may be the headline."""
    steps = re.split(r"\s*[/>›»|→]\s*", text, maxsplit=2)
    if not context.in_head(index) or len(steps) < 3 or ends_as_sentence(text) or not all(0 < len(s) <= 30 for s in steps[:2]):
        return None
    reading = wording().read(steps[0], context.language)
    if reading.covered == 1 and (_HOME.search(steps[0]) or (reading.category == "nav" and reading.score >= 2)):
        return "breadcrumb", f"names with signs between that begin with “{steps[0]}”"
    return None


_HOME = re.compile(
    r"\b(?:home|homepage|news|startseite|accueil|inicio|início|home page|forside|etusivu|anasayfa|beranda|trang chủ)\b|"
    r"न्यूज|न्यूज़|समाचार|होम|главная|головна|новости|новини|الرئيسية|أخبار|خانه|صفحه نخست|اخبار|ראשי|חדשות|αρχική|ειδήσεις|"
    r"ホーム|トップ|ニュース|홈|뉴스|首页|首頁|新闻|新聞",
    re.I,
)
"""What the first step of a trail of sections is called."""
