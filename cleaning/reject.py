"""Is it an article at all?  A page that is none comes back rejected, with the reason."""

from __future__ import annotations

import re

from cleaning.assemble import Draft
from cleaning.document import Part
from cleaning.rules.markup import article_of
from cleaning.rules.model import is_prose, spaceless

_NOT_FOUND = re.compile(
    r"\b404\b|page (?:was )?not found|page (?:does not|doesn.t) exist|page (?:you (?:are|were) looking for|"
    r"unavailable)|seite (?:wurde )?nicht gefunden|"
    r"page (?:introuvable|non trouvée|n.existe)|página no encontrada|no se encuentra la página|pagina non trovata|"
    r"página não encontrada|pagina niet gevonden|"
    r"страница не найдена|сторінку не знайдено|nie znaleziono strony|sidan (?:kunde inte hittas|finns inte)|"
    r"siden (?:ble ikke funnet|findes ikke)|sayfa bulunamadı|"
    r"الصفحة غير موجودة|页面不存在|找不到(?:页面|頁面|网页)|ページが見つかりません|페이지를 찾을 수 없",
    re.I,
)
_CONSENT = re.compile(
    r"cookie|consent|einwillig|zustimm|datenschutz|confidentialité|partenaires|consentement|consentimiento|"
    r"consenso|privacy|toestemming|samtycke|souhlas|zgod[aęy]|"
    r"персональных данных|tracking|personalis|werbefrei",
    re.I,
)
_LOGIN = re.compile(r"\b(?:log ?in|sign ?in|anmelden|einloggen|se connecter|iniciar sesión|accedi|войти|zaloguj)\b", re.I)
_LIVE = re.compile(
    r"\b(?:live[- ]?(?:blog|ticker|updates?|coverage)|liveticker|newsticker|newsblog|en direct|minuto a minuto|"
    r"onlayn|онлайн-трансляция)\b",
    re.I,
)

SHORTEST = 140
"""Fewer letters than this are no article (fewer than 50 in scripts without spaces); the shortest gold articles of the corpora
have about 200."""


def judge(draft: Draft, running: list[Part]) -> None:
    """Flag and reject what is no article; `partial` for one that the page itself cuts off behind a wall."""
    text = " ".join(p.text for p in running)
    if broken := text.count("\ufffd"):
        draft.flag("encoding_damaged", f"{broken} characters could not be read")
    # letters, counted only where their number can decide anything
    length = sum(map(str.isalnum, text)) if len(text) < 5000 else len(text)
    prose = [p for p in running if is_prose(p.text)]
    heading = f"{draft.title or ''} {draft.head.title if draft.head else ''}"
    if not text:
        teasers = sum(p.link_density > 0.8 and len(p.text) > 25 for p in draft.parts)
        if teasers >= 8:
            draft.reject("listing_page", f"no text, and {teasers} lines that are links")
        else:
            draft.reject("no_text", "no block is left")
        return
    if (_NOT_FOUND.search(heading) and length < 1500) or (length < 400 and _NOT_FOUND.search(text)):
        draft.reject("soft_404", "the page says that it was not found")
    consent = len(_CONSENT.findall(text)) if draft.is_html and length < 3000 else 0
    if consent >= 4 and consent * 60 > len(text) / 4:
        draft.reject("consent_wall", f"{consent} words on consent in {length} letters")
    if draft.is_html and draft.status != "rejected":
        _listing(draft, running, prose)
    if length < (50 if spaceless(text) else SHORTEST):
        draft.reject("login_page" if _LOGIN.search(heading) else "too_short", f"{length} letters")
    if draft.is_html and draft.facts.is_accessible_for_free is False and draft.status != "rejected":
        draft.flag("paywall", "isAccessibleForFree is false")
        if length < 1500:
            draft.status = "partial"
    if _LIVE.search(heading) or (draft.facts.article_type == "LiveBlogPosting"):
        draft.flag("live_blog", "its title or type says so")


def _listing(draft: Draft, running: list[Part], prose: list[Part]) -> None:
    """A page of teasers: most blocks are links or stand in several <article> elements, and hardly any prose is free of links."""
    linked = sum(len(p.text) for p in running if p.link_density > 0.6)
    total = sum(len(p.text) for p in running) or 1
    articles = {a for p in running if (a := article_of(p)) is not None}
    says_article = bool(draft.head and draft.head.article and draft.head.article.get("headline"))
    longest = max((len(p.text) for p in prose), default=0)
    if linked > 0.5 * total and len(running) >= 4 and len(prose) <= len(running) / 3:
        draft.reject("listing_page", f"{linked} of {total} characters stand in links")
    elif len(articles) >= 4 and not says_article and longest < 500 and len(articles) * 2 >= len(prose):
        draft.reject("listing_page", f"its blocks stand in {len(articles)} article elements")
