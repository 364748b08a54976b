"""Is it an article at all?  A page that is none comes back rejected, with the reason and its evidence."""

from __future__ import annotations

import json
import re

from cleaning.assemble import Draft
from cleaning.document import Part
from cleaning.flags import truncated, wrong_language
from cleaning.listings import declared, is_listing
from cleaning.rules.model import spaceless, words

_NOT_FOUND = re.compile(
    r"^\W*(?:error|fehler|erreur|errore?|ошибка|خطأ|错误)?\W*(?:404|410)\b(?=\W*$|\W*(?:error|not|page|seite|"
    r"file|fehler|[|–—:-]|页|頁))|"
    r"\b(?:error|fehler|erreur|errore?|ошибка) ?(?:404|410)\b|\b(?:404|410)[ -](?:error|fehler|not found|gone)\b|"
    r"(?:page|article|story|content|file|url|document)(?: that)?(?: you(?:'|’)?(?:re| are| were) (?:looking "
    r"for|after|trying to reach)| (?:you )?requested)?"
    r"(?: (?:was|is|could|can|has|cannot|does|no|doesn.t|isn.t|can.t|couldn.t|may have))*(?: (?:not|be|been|no longer))* "
    r"(?:not found|found\b(?= *$|[.!])|exists?\b(?= *$|[.!])|available\b(?= *$|[.!])|unavailable|removed|deleted|moved)|"
    r"(?:page|article|story|content) you (?:are|were) looking for|we (?:can.t|couldn.t|cannot|could not) find "
    r"(?:the|that|this) page|"
    r"seite (?:wurde |konnte |ist )?(?:leider )?nicht (?:gefunden|mehr verfügbar|verfügbar|vorhanden)|"
    r"existiert nicht(?: mehr)?\b|"
    r"page (?:introuvable|non trouvée|n.existe)|(?:article|page) (?:n.est plus|n.existe plus|demandée?)|"
    r"página (?:no|não) (?:encontrada|existe|disponible|disponível)|no (?:se ha )?encontra(?:mos|do|r) la página|"
    r"no se (?:encuentra|encontró|pudo encontrar) la página|pagina (?:non trovata|inesistente|non esiste)|"
    r"pagina (?:is )?niet gevonden|страница не (?:найдена|существует)|сторінку не знайдено|"
    r"(?:nie znaleziono strony|strona nie (?:została znaleziona|istnieje))|"
    r"sid(?:an|en) (?:kunde inte hittas|finns inte|ble ikke funnet|findes ikke|finnes ikke)|sayfa bulunamadı|"
    r"الصفحة (?:غير موجودة|التي تبحث عنها|المطلوبة)|页面不存在|(?:找不到|未找到)(?:该|您要的)?(?:页面|頁面|网页)|页面未找到|"
    r"ページ(?:が|は)(?:見つかりません|存在しません)|페이지를 찾을 수 없|पृष्ठ नहीं मिला|stránka nebyla nalezena|az oldal nem "
    r"található",
    re.I,
)
_CONSENT = re.compile(
    r"cookie|consent|einwillig|zustimm|datenschutz|confidentialité|vie privée|partenaires|traceurs|consentimiento|privacidad|"
    r"privacidade|consenso|privacy|toestemming|samtyck?e|souhlas|zgod[aęy]|prywatno|персональных данных|tracking|personali[sz]|"
    r"werbefrei|partner|vendors|datos personales|dati personali|données personnelles|gizlilik|الكوكيز|ملفات "
    r"تعريف الارتباط|クッキー",
    re.I,
)
_ACCEPT = re.compile(
    r"\b(?:accept|agree|reject|refuse|manage (?:settings|options|preferences)|akzeptieren|zustimmen|ablehnen|einstellungen|"
    r"accepter|refuser|paramétrer|aceptar|rechazar|configurar|aceitar|rejeitar|accetta|rifiuta|akkoord|accepteren|weiger\w*|"
    r"akceptuj\w*|odrzuć|godkänn|acceptera|přijmout|souhlasím|принять|согласен|kabul)\b|موافق|同意",
    re.I,
)
_LOGIN = re.compile(
    r"\b(?:log ?in|sign ?in|register to (?:read|continue)|member login|anmelden|anmeldung|einloggen|se "
    r"connecter|connexion|connectez-vous|"
    r"identifiez-vous|iniciar sesión|inicia sesión|identifícate|accedi|entrar|inloggen|logga in|logg inn|войти|"
    r"вход|авторизация|"
    r"zaloguj|logowanie|přihlášení|giriş yap)\b|تسجيل الدخول|登录|登入|ログイン|로그인",
    re.I,
)
_SCRIPT_NEEDED = re.compile(
    r"(?:enable|activate|turn on|switch on|requires?|needs?|without) (?:your )?java ?script|"
    r"java ?script (?:is |must be |needs to be |has to be )?(?:not )?(?:disabled|enabled|required|turned off|available)|"
    r"java ?script (?:ist )?(?:deaktiviert|aktivieren|erforderlich)|aktivieren sie (?:bitte )?java ?script|"
    r"(?:activer|activez|nécessite) java ?script|java ?script (?:est )?(?:désactivé|requis)|"
    r"(?:habilit[ae]r?|active|activar|ative|abilita\w*|attiva\w*) (?:el |o )?java ?script|javascript (?:in te "
    r"schakelen|inschakelen)|"
    r"(?:включите|включить|поддержк\w+) java ?script|java ?script\s*(?:を有効|が無効|を有効に)|(?:启用|啟用|开启)\s*java "
    r"?script|"
    r"włącz\w* (?:obsługę )?java ?script|تفعيل (?:ال)?(?:جافا ?سكريبت|java ?script)|java ?script['’]?i etkinleştir",
    re.I,
)
_BOT_CHECK = re.compile(
    r"^just a moment\b|checking (?:your browser|if the site connection)|verif(?:y|ying) (?:that )?you are (?:a )?human|"
    r"are you a (?:robot|human)|^access (?:to this page has been )?denied|you don.t have permission to access|"
    r"attention required! \| cloudflare|pardon our interruption|unusual (?:traffic|activity) from your|"
    r"(?:complete|solve) (?:the|this) captcha|request (?:was )?blocked|you have been blocked|^403 forbidden|"
    r"press (?:&|and) hold|"
    r"kein roboter|vous n.êtes pas un robot|no eres un robot|não é um robô|non sei un robot|вы не робот|我不是机器人|"
    r"ロボットではありません|activité inhabituelle|ungewöhnlichen datenverkehr",
    re.I,
)
_LIVE = re.compile(
    r"\b(?:live[- ]?(?:blog|ticker|updates?|coverage)|liveticker|newsticker|newsblog|en direct|minuto a minuto|"
    r"onlayn|онлайн-трансляция)\b|نقل مباشر|مباشر لحظة بلحظة",
    re.I,
)
_NOSCRIPT = re.compile(r"<noscript[^>]*>(.{0,2000}?)</noscript>", re.I | re.S)

SHORTEST = 140
"""Fewer letters than this are no article (fewer than 50 in scripts without spaces); the shortest gold articles of the corpora
have about 200."""

WALL = 1500
"""A page that shows more letters than this has more to say than that it is not found, closed or waiting for a script."""

SAYS_ARTICLE = 3
"""With so many points for an article (`listings.declared`) a page is believed to be one that something stands before."""


def judge(draft: Draft, running: list[Part]) -> None:
    """Flag and reject what is no article; `partial` for one that the page itself cuts off behind a wall."""
    text = " ".join(p.text for p in running)
    if broken := text.count("\ufffd"):
        draft.flag("encoding_damaged", f"{broken} characters could not be read")
    # letters, counted only where their number decides
    length = sum(map(str.isalnum, text)) if len(text) < 1000 else len(text) - text.count(" ")
    _reject(draft, running, text, length)
    if not _rejected(draft):
        _access(draft, running, length)
        _doubts(draft, running, text, length)
    heading = f"{draft.title or ''} {draft.head.title if draft.head else ''}"
    if draft.facts.article_type == "LiveBlogPosting":
        draft.flag("live_blog", "JSON-LD LiveBlogPosting")
    elif found := _LIVE.search(heading):
        draft.flag("live_blog", f"its title says: {found.group()}")


def _rejected(draft: Draft) -> bool:
    return draft.status == "rejected"


def _reject(draft: Draft, running: list[Part], text: str, length: int) -> None:
    """Reject what is no article; the first reason is the only one."""
    if evidence := _data(draft.content):
        draft.reject("not_a_page", evidence)
        return
    if draft.is_html:
        _wall(draft, text, length)
        if not _rejected(draft) and (evidence := is_listing(draft, running)):
            draft.reject("listing_page", evidence)
    if _rejected(draft):
        return
    if not text:
        draft.reject("no_text", "no block is left")
    elif length < (50 if spaceless(text) else SHORTEST):
        draft.reject("too_short", f"{length} letters")


def _doubts(draft: Draft, running: list[Part], text: str, length: int) -> None:
    """Flag what an accepted article may lack."""
    if evidence := truncated(running, draft.parts, draft.language):
        draft.flag("truncated", evidence)
    if evidence := _only_teaser(draft, text, length):
        draft.flag("teaser_only", evidence)
    if draft.site.languages and (evidence := wrong_language(text, draft.language, draft.site.languages)):
        draft.flag("wrong_language", evidence)


_XML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<\?xml-stylesheet[^>]*>\s*|<!--.{0,2000}?-->\s*)*"
    r"<(rss|feed|rdf:RDF|urlset|sitemapindex)[\s>]",
    re.S,
)


def _data(content: str) -> str | None:
    """What a document for programs is: a feed, a sitemap, JSON."""
    if found := _XML.match(content):
        return "a sitemap" if found[1] in ("urlset", "sitemapindex") else "a feed"
    start = content[:200].lstrip("\ufeff \t\r\n")
    if re.match(r'\{\s*["}]|\[\s*[\[{"]', start):
        try:
            json.loads(content)
        except (ValueError, RecursionError):
            return None
        return "JSON"
    return None


def _wall(draft: Draft, text: str, length: int) -> None:
    """Reject a page that stands in an article's place: not found, consent, login, script or robot check."""
    if length >= 2 * WALL:
        return
    title = draft.title or ""
    headings = [title, draft.head.title if draft.head else "", *(h for h, _ in (draft.head.h1 if draft.head else ())[:2])]
    shown = text if length >= 400 else " ".join(p.text for p in draft.parts[:200])[:6000]
    _, article, _ = declared(draft)
    if article >= SAYS_ARTICLE and length >= SHORTEST:
        return
    consent = _CONSENT.findall(shown)
    if len(consent) >= 4 and len(consent) * 240 > len(shown) and _accepts(draft):
        draft.reject("consent_wall", f"{len(consent)} words on consent in {len(shown)} characters")
        return
    if length >= WALL:
        return
    if found := next((m for h in headings if h and (m := _NOT_FOUND.search(h))), None):
        draft.reject("soft_404", f"its heading says: {found.group()}")
    elif length < 400 and (found := _NOT_FOUND.search(text[:600] or shown[:600])):
        draft.reject("soft_404", f"it says: {found.group()}")
    elif found := next((m for h in (*headings, shown[:800] if length < 600 else "") if h and (m := _BOT_CHECK.search(h))), None):
        draft.reject("bot_check", f"it says: {found.group()}")
    elif length < 600 and (found := _SCRIPT_NEEDED.search(shown) or (_in_noscript(draft) if length < SHORTEST else None)):
        draft.reject("script_shell", f"it says: {found.group()}")
    elif length < 600 and (evidence := _login(draft, headings, length)):
        draft.reject("login_page", evidence)


def _accepts(draft: Draft) -> bool:
    """Whether a short line or a button asks to accept or to refuse."""
    return any(len(p.text) <= 60 and _ACCEPT.search(p.text) for p in draft.parts)


def _in_noscript(draft: Draft) -> re.Match[str] | None:
    return next((m for n in _NOSCRIPT.finditer(draft.content) if (m := _SCRIPT_NEEDED.search(n[1]))), None)


def _login(draft: Draft, headings: list[str], length: int) -> str | None:
    """A heading that asks to log in, or a field for a password, and no article."""
    if found := next((m for h in headings if h and len(h) < 90 and (m := _LOGIN.search(h))), None):
        return f"its heading says: {found.group()}"
    if length < SHORTEST and re.search(r"<input[^>]{0,200}type\s*=\s*[\"']?password", draft.content, re.I):
        return "a field for a password, and hardly any text"
    return None


def _access(draft: Draft, running: list[Part], length: int) -> None:
    """`paywall` where the page says so; `partial` where it then shows no more than an opening."""
    if not draft.is_html:
        return
    if draft.facts.is_accessible_for_free is False:
        draft.flag("paywall", "isAccessibleForFree is false")
    elif draft.facts.is_accessible_for_free is None and length < WALL and running:
        last = running[-1].index
        notice = next((d for i, d in draft.removed.items() if d[0].startswith("paywall.") and 0 < i - last <= 8), None)
        if notice is None:
            return
        draft.flag("paywall", f"{notice[0]} behind the text: {notice[1]}")
    else:
        return
    if length < WALL:
        draft.status = "partial"


def _only_teaser(draft: Draft, text: str, length: int) -> str | None:
    """The text is just the summary, which the page's head has, too."""
    summary = draft.facts.summary
    if not summary or length > 600 or not text:
        return None
    mine, teaser = words(text), words(summary)
    if mine == teaser or (len(mine) <= len(teaser) and mine in teaser):
        return "the text is the summary"
    return None
