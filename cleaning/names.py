"""How a byline reads: the words that introduce it, and names, told by their capitals."""

from __future__ import annotations

import re

MARKS = (
    "By|Von|Par|Por|Di|Da|De|Door|Av|Af|Od|Text|Texto|Texte|Testo|Tekst|Autor|Autora|Autorin|Autoren|Author|"
    "Authors|Автор|Авторы|Автори|Текст|Oleh|Penulis|Yazan|"
    "Haber|Szerző|Írta|Kirjoittanut|Skribent|Reporter|BY|VON|PAR|POR|DI|DOOR|by|von|par|por|di|door|av|af|od|oleh|от|від"
)
_CAPITAL = r"[^\W\d_a-zß-öø-ÿа-яёіїєґα-ωά-ώšžčćđłńśźżěřůťďľĺŕąęėįųūīāēņķļģőűğşı]"
_CAPITALS = "[A-ZÀ-ÖØ-ÞА-ЯЁІЇЄҐΑ-ΩİĞŞŁŻŚŃČŠŽŘ]"
_PARTICLES = "de|del|della|di|da|dos|do|van|von|der|den|ten|la|le|el|al|bin|ben|y"
_WORD = rf"{_CAPITAL}[\w.'’-]*"
_NAME = rf"{_WORD}(?:\s+(?:(?:{_PARTICLES})\s+){{0,2}}{_WORD}){{1,3}}"
_JOIN = r"(?:\s*,\s*|\s+(?:and|und|et|y|e|и|та|і|og|och|en|ve|i|a|és|&)\s+)"
BYLINE = re.compile(rf"^(?:{MARKS})\s*:?\s+{_NAME}(?:{_JOIN}{_NAME}){{0,3}}$")


def is_byline(text: str) -> bool:
    """Whether a line is nothing but a byline's word and up to four names of two to four capitalised words each."""
    return len(text) <= 120 and bool(BYLINE.match(_AROUND_NAMES.sub("", text)))


_AROUND_NAMES = re.compile(r"^[–—-]+\s*|(?:\s+Follow)?\s+@\w+$")
"""Dashes before a byline at the text's end, `-- By Anna Berg`, and the account's name or its button behind it."""


_LABEL = re.compile(
    rf"^(?:{_NAME}|{_CAPITAL}\w{{2,20}})(?:,\s.{{2,30}})?$|^[\u0400-\u04ff\u0590-\u06ff\s]{{4,40}}$|^[\u3040-\u9fff\uac00-\ud7af·・]{{2,8}}$"
)


def is_label(text: str) -> bool:
    """Whether a line is a name (with a role or place behind a comma) or one capitalised word: an author, a section, a place."""
    return len(text) <= 60 and not text.endswith((".", "!", "?", ":", "。", "؟", "？")) and bool(_LABEL.match(text))


def is_capital(word: str) -> bool:
    """Whether a word begins with a capital, or with a letter of a script that has none, or only joins names."""
    caseless = not word[0].isascii() and word[0].lower() == word[0].upper()
    return word[0] != word[0].lower() or caseless or word in ("via", "by", "de", "van")


def is_byline_mark(word: str) -> bool:
    """Whether a word introduces an author: "By", "Von", "Par"."""
    return bool(_MARK.match(word))


_MARK = re.compile(rf"^(?:{MARKS}|De|Dal|Dalla|Dai|Desde|Ad)$")

AGENCY = re.compile(
    r"(?<![\w])(?:AFP|AP|EPA(?:-EFE)?|EFE|ANSA|Ansa|dpa(?:-infocom)?|DPA|Reuters|REUTERS|Getty(?: Images)?|Xinhua|XINHUA|TASS|"
    r"ТАСС|РИА Новости|РИА|Интерфакс|Interfax|PAP|ČTK|TASR|ANP|TT|NTB|STT|MTI|Lusa|LUSA|IMAGO|imago images|imago|"
    r"picture[ -]alliance|Anadolu|AA|DHA|İHA|UPI|Bloomberg|Belga|BELGA|Keystone|KEYSTONE|Ritzau(?: Scanpix)?|ritzau|Scanpix|"
    r"Shutterstock|iStock|"
    r"Kyodo|Yonhap|KNA|"
    r"epd|APA|SDA|SID|AGI|Adnkronos|LaPresse|Agerpres|Mediafax|Hina|Tanjug|BTA|Lehtikuva|PTI|ANI|IANS|ANTARA|Antara|Alamy|Unsplash|"
    r"Pexels|Pixabay|Wikimedia(?: Commons)?|Europa Press|Agência Brasil|Agencia Brasil|CP|The Canadian Press|Associated Press|"
    r"Укрінформ|УНІАН|Інтерфакс-Україна|Интерфакс|Белта|AAP|NurPhoto|Sipa|SIPA|Abaca|MAXPPP|TTXVN|VNA|Bernama|SPA|WAM|QNA|"
    r"新华社|新華社|新华网|中新社|中新网|中央社|视觉中国|法新社|路透社|路透|美联社|美聯社|"
    r"共同(?:通信)?|時事(?:通信)?|ロイター(?:通信)?|アフロ|ゲッティ(?:イメージズ)?|AFP=時事|"
    r"연합뉴스|뉴시스|뉴스1|로이터|게티이미지|رويترز|أ ف ب|الأناضول|وكالات|ایرنا|ایسنا|مهر|رائٹرز|ΑΠΕ(?:-ΜΠΕ)?|"
    r"पीटीआई|भाषा|रॉयटर्स|রয়টার্স|বাসস|רויטרס|รอยเตอร์|เอเอฟพี)(?![^\W_])"
)
"""Names of agencies and picture houses as they sign; case counts ("ap" and "aa" are words)."""

BYLINE_PLACED = re.compile(
    rf"^(?:{MARKS})\s*:?\s+{_NAME}(?:{_JOIN}{_NAME}){{0,3}}"
    rf"(?:,\s[\w'’.-]+(?:\s[\w'’.-]+){{0,4}}|\s?\([^()]{{2,60}}\)|\s(?:in|i|à|en|em|w|z|da|aus|from|v)\s{_WORD})$"
)
"""A byline with the persons' role or place behind it."""

_GENRE = (
    "Bericht|Analyse|Kommentar|Reportage|Interview|Gastbeitrag|Essay|Kolumne|Report|Analysis|Comment|Opinion|Feature|Dispatch|"
    "Análisis|Crónica|Reportaje|Entrevista|Opinión|Análise|Reportagem|Récit|Enquête|Tribune|Chronique|Analisi|Cronaca|Intervista|"
    "Commento|Analýza|Analiza|Reportaż|Wywiad|Krönika|Kronik|Репортаж|Анализ|Интервью|Колонка|Інтерв'ю|Аналіз"
)
SIGNATURE = re.compile(
    rf"^(?:(?:An?|Eine?|Une?|Una?|Uma?)\s)?(?:{_GENRE})\s(?:by|von|par|de|di|av|af|door|przez)\s{_NAME}(?:{_JOIN}{_NAME}){{0,3}}$|"
    rf"^{_NAME}(?:,\s|\s[|–—-]\s)(?:[\w'’-]+\s){{0,3}}(?i:reporter|correspondent|editor|columnist|korrespondent(?:in)?|redakteur(?:in)?|"
    rf"correspondant|journaliste|corresponsal|periodista|correspondente|jornalista|corrispondente|inviato|inviata|muhabiri|"
    rf"корреспондент|обозреватель|кореспондент)$"
)
"""A genre and who wrote it, "An analysis by Anna Berg"; or a name and, behind a comma or bar, the person's office."""
_DATELINE = re.compile(
    rf"^(?:{_CAPITALS}{{3,}}(?:[\s'’.-]{_CAPITALS}{{2,}}){{0,3}}(?:,[^—–:()]{{2,30}})?(?:\s?\([^()]{{2,30}}\))?\s?[—–-]{{1,2}}\s\S|"
    rf"{_CAPITALS}{{3,}}(?:\s{_CAPITALS}{{2,}}){{0,3}}(?:\.[^.]{{2,25}})?\.\s?[—–-]\s|{_WORD}[^\d.!?()]{{0,40}}\s?\((?:{AGENCY.pattern})[^()]{{0,20}}\)\s?[-–—:]|\((?:{AGENCY.pattern})\)\s?[-–—]\s|【[^】]{{3,30}}】)"
)


def is_dateline(text: str) -> bool:
    """Whether a paragraph begins as a report does: a place in capitals or an agency, and a dash that no second one follows."""
    match = _DATELINE.match(text)
    return match is not None and not re.search(r"\s[—–-]\s", text[match.end() : match.end() + 200])


BYLINE_TITLED = re.compile(rf"^(?P<label>[^\W\d_]+(?:\s[^\W\d_]+){{0,2}})\s{_NAME}(?P<role>,\s.{{2,50}}|\s\(.{{2,40}}\))?$")
"""One to three words, a name, and perhaps a role or place."""

NAME_ALONE = re.compile(rf"^{_NAME}$")
NAMES_LAST = re.compile(rf"(?<=[\s:])(?:(?:ο|η)\s)?{_NAME}(?:{_JOIN}{_NAME}){{0,3}}$")
"""One to four names at the end of a line, behind a space."""

_ROLES = (
    r"reporter|correspondent|editor|columnist|journalist|(?:staff |senior |freelance )?writer|fellow|analyst|contributor|"
    r"[Rr]edakteur|[Kk]orrespondent|[Jj]ournalist|[Rr]eporter|[Aa]utor|journaliste|correspondant|rédact|chroniqu|"
    r"redactor|periodista|corresponsal|columnista|reporter|repórter|jornalista|correspondente|colunista|giornalista|corrispondente|"
    r"redacteur|verslaggever|redaktør|redaktör|dziennikarz|korespondent|redaktor|novinář|toimittaja|ziarist|jurnalist|újságíró|"
    r"журналист|корреспондент|журналіст|кореспондент|обозреватель|оглядач|muhabir|gazeteci|wartawan|jurnalis"
)
ABOUT = re.compile(
    rf"^(?P<name>{_NAME})\s(?:is|was|ist|est|es|é|è|är|er|jest|je|este|on|adalah|[—–-])\s(?:[\w'’-]+\s){{0,3}}(?:{_ROLES})", re.S
)
"""A sentence that says that someone is a journalist."""

_IS = "is|was|ist|est|es|è|é|är|er|jest|je|este|είναι|adalah|works|arbeitet|travaille|trabaja|lavora|работает|[—–-]"
_WRITES = (
    "writes|reports|covers|contributes|schreibt|berichtet|écrit|couvre|escribe|cubre|scrive|segue|escreve|cobre|skriver|pisze|"
    "píše|scrie|пишет|освещает|пише|висвітлює|γράφει|καλύπτει|menulis|yazıyor"
)
_KNOWN_AS = (
    rf"{_ROLES}|profess|[Ff]orsch|research|cherch|invest|docente|lecturer|historian|historiker|director|scholar|freelance|"
    r"историк|политолог|эксперт|профессор|научн|історик|політолог|експерт|δημοσιογράφος|αρθρογράφος|ανταποκρι|καθηγητ"
)
ABOUT_THE_AUTHOR = re.compile(
    r"^(?:The author|The writer|Die Autorin|Der Autor|L['’]aut(?:eur|eure|rice|ore)|El autor|La autora|O autor|A autora|"
    r"De auteur|Författaren|Forfatteren|Autorul|Autoarea|Autorka|Autor|Автор(?:ка)?|Penulis|Ο συγγραφέας|Η συγγραφέας)\s"
    rf"(?:(?:{_WRITES})\s|(?:{_IS})\s.{{0,60}}(?:{_KNOWN_AS}))"
)
"""A sentence about "the author": that the person writes or reports, or is a journalist or scholar."""
ABOUT_UNCAPITALISED = re.compile(
    r"^(?!.*\s(?:ने|कि)\s)(?:[\u0900-\u097f]+\s){2,3}[^।]{0,60}"
    r"(?:पत्रकारिता (?:कर रह|करते|करती|में (?:सक्रिय|काम))|(?:पत्रकार|संवाददाता) (?:हैं|है|के (?:रूप|तौर)))[^।]{0,90}।?$|"
    r"^(?!.*\s(?:ने|कि)\s)(?:लेखक|लेखिका)\s[^।]{0,100}(?:पत्रकार|संपादक|प्रोफेसर|प्रोफ़ेसर|शोध|विश्लेषक|लिखते|लिखती)[^।]{0,60}।?$|"
    r"^(?:הכותב|הכותבת)\s(?:הוא|היא)\s.{0,60}(?:עיתונא|כתב|פרשן|חוקר|עורכ|פרופ|מרצ).{0,80}$|"
    r"^(?:الكاتب|الكاتبة|كاتب المقال)\s(?:صحفي|صحافي|باحث|محلل|مراسل|خبير|أكاديمي).{3,140}$|"
    r"^(?:نویسنده|نگارنده)\s.{0,60}(?:روزنامه‌نگار|خبرنگار|پژوهشگر|تحلیلگر|استاد|کارشناس).{0,60}(?:است|می‌نویسد)[.۔]?$|"
    r"^作者(?:系|是|为|為|现为|現為|曾任|任).{0,40}(?:记者|記者|教授|研究|评论|評論|专栏|專欄|撰稿|学者|學者|编辑|編輯).{0,20}$|"
    r"^(?:筆者|著者)は.{0,60}(?:記者|特派員|編集委員|ジャーナリスト)[。]?$"
)
"""The same in scripts without capitals: in Hindi also a name of two words and what journalism the person does."""
BEAT = re.compile(
    rf"^(?P<name>{_NAME})\s(?:covers|writes (?:about|on)|reports (?:on|from)|berichtet|schreibt|couvre|écrit|cubre|escribe|"
    rf"scrive|escreve|skriver|пишет|освещает|пише|висвітлює|γράφει|pisze|píše|scrie)\s.{{0,100}}"
    r"(?:\bfor (?:the|The) [A-Z]\w+|\bfür (?:die|den|das|DIE|DER) [A-Z]\w+|\bpour (?:Le|La|le|la) [A-Z]\w+|"
    r"\bpara (?:El|La|O|A) [A-Z]\w+|"
    r"\b(?:our|unsere|notre|nuestr\w+|nossa|nostra)\b|newsroom|\b[Rr]eda[kc]\w+|"
    r"\bдля «|для нашего|для нашого|редакци|редакці)"
)
"""A sentence that says what someone writes about, and for whom."""

DESCRIBED = re.compile(
    r"\w-based (?:reporter|journalist|correspondent|writer|editor)|"
    r"(?:reporter|journalist|correspondent|writer|editor|analyst)s? "
    r"(?:based in|covering|who covers|focusing on|speciali[sz]ing in)\b"
)
"""Words of a sentence about an author that no article opens with: "a Nairobi-based reporter covering"."""

_WRITTEN = re.compile(
    r"^(?:\[?[가-힣]{2,8}=)?[가-힣]{2,4}\s?(?:기자|특파원|선임기자|논설위원)(?:\s\S+@\S+)?\]?$|"
    r"^[\u3040-\u30ff\u4e00-\u9fff]{2,8}（[^）]{2,12}）$|^[\u3040-\u30ff\u4e00-\u9fff・]{2,10}[=＝][\u3040-\u30ff\u4e00-\u9fff]{2,8}$|"
    r"^[\u3040-\u30ff\u4e00-\u9fff]{2,8}(?:記者|特派員|編集委員)$|^(?:本报|本報|本台|本刊|本社)(?:记者|記者|通讯员|特约记者)\s?[\u4e00-\u9fff·]{2,8}(?:\s[\u4e00-\u9fff]{2,10})?$|"
    r"^(?:记者|記者|通讯员|特约记者)(?:\s[\u4e00-\u9fff·]{2,8}(?:\s[\u4e00-\u9fff]{2,10})?|[\u4e00-\u9fff]{2,4}\s[\u4e00-\u9fff]{2,10})$|"
    r"^(?:[\u0590-\u06ff\u0900-\u0dff\u200c]+\s){1,2}[\u0590-\u06ff\u0900-\u0dff\u200c]+\s?[,،]\s[\u0590-\u06ff\u0900-\u0dff\u200c]+(?:\s[\u0590-\u06ff\u0900-\u0dff\u200c]+)?$|"
    r"^[\u0590-\u06ff\u0900-\u0dff\u200c]+(?:\s[\u0590-\u06ff\u0900-\u0dff\u200c]+)?\s?[-–—/|]\s?[\u0590-\u06ff\u0900-\u0dff\u200c]+(?:\s[\u0590-\u06ff\u0900-\u0dff\u200c]+){1,2}$"
)
"""A name with a role or place where there are no capitals to tell it by: Korean, Japanese, Chinese, Arabic and Indian scripts."""

_PLACED = re.compile(
    rf"^{_NAME}\s*(?:[,|/–—-]\s*{_WORD}(?:\s{_WORD}){{0,2}}\s?|\((?:\w{{1,3}}\s)?{_WORD}[^()]{{0,30}}\)|\sin\s{_WORD})$"
)


def is_name_and_place(text: str) -> bool:
    """Whether a line is two to four capitalised words with a place behind a comma, bar or bracket.

    In scripts without capitals: a name with its role or place.
    """
    if len(text) > 60 or text.isupper():
        return False
    return bool(_WRITTEN.match(text) or (text[0] != text[0].lower() and _PLACED.match(text)))
