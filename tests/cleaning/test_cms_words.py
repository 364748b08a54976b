"""The words that content systems, their themes and plug-ins put around an article: out in plain text, in every language."""

from __future__ import annotations

import pytest

from cleaning import Page, clean
from cleaning.rules.phrases import phrase_book

AROUND = {
    "en": (
        "Posted on March 4, 2026 by admin in World",
        "Click to share on Facebook (Opens in new window) Facebook",
        "The post Ferry talks resume appeared first on The Harbour Review.",
        "3 comments on “Ferry talks resume”",
        "Logged in as editor. Edit your profile. Log out? Required fields are marked *",
        "Save my name, email, and website in this browser for the next time I comment.",
    ),
    "de": (
        "Veröffentlicht von Redaktion am 4. März 2026",
        "Klick, um auf Facebook zu teilen (Wird in neuem Fenster geöffnet) Facebook",
        "Der Beitrag Fährgespräche gehen weiter erschien zuerst auf Hafenblatt.",
        "2 Kommentare zu „Fährgespräche gehen weiter“",
        "Beitragsnavigation",
        "Gefällt mir Wird geladen …",
    ),
    "fr": (
        "Publié par Rédaction le 4 mars 2026",
        "Cliquez pour partager sur WhatsApp(ouvre dans une nouvelle fenêtre) WhatsApp",
        "L’article Les ferries reprennent est apparu en premier sur Le Quai.",
        "2 réflexions sur « Les ferries reprennent »",
        "J’aime chargement…",
        "Enregistrer mon nom, mon e-mail et mon site dans le navigateur pour mon prochain commentaire.",
    ),
    "es": (
        "Publicado por Redacción el 4 de marzo de 2026",
        "Haz clic para compartir en X (Se abre en una ventana nueva) X",
        "La entrada Vuelven los transbordadores se publicó primero en El Muelle.",
        "2 comentarios en «Vuelven los transbordadores»",
        "Navegación de entradas",
        "Únete a otros 120 suscriptores",
    ),
    "it": (
        "Pubblicato da Redazione il 4 marzo 2026",
        "Fai clic per condividere su Telegram (Si apre in una nuova finestra) Telegram",
        "L'articolo Riprendono i traghetti proviene da Il Molo.",
        "2 commenti su “Riprendono i traghetti”",
        "Navigazione articoli",
        "ARTICOLI CORRELATIALTRO DALL'AUTORE",
    ),
    "pt": (
        "Publicado por Redação em 4 de março de 2026",
        "Clique para compartilhar no Facebook(abre em nova janela) Facebook",
        "O post As balsas voltam apareceu primeiro em O Cais.",
        "2 comentários em “As balsas voltam”",
        "Navegação de Post",
        "Gosto Carregando…",
    ),
    "nl": (
        "Geplaatst door redactie op 4 maart 2026",
        "Klik om te delen op Facebook (Wordt in een nieuw venster geopend) Facebook",
        "Het bericht De veerboten varen weer verscheen eerst op De Kade.",
        "2 reacties op “De veerboten varen weer”",
        "Berichtnavigatie",
        "Vereiste velden zijn gemarkeerd met *",
    ),
    "sv": (
        "Publicerat av redaktionen den 4 mars 2026",
        "Klicka för att dela på Facebook (Öppnas i ett nytt fönster) Facebook",
        "Inlägget Färjorna går igen dök först upp på Kajen.",
        "2 kommentarer till “Färjorna går igen”",
        "Inläggsnavigering",
        "Gilla Laddar in …",
    ),
}
"""By language: a byline of the system, a share button, the feed's last line, the comments' heading, and two more."""

BODY = {
    "en": (
        "Envoys of both coasts met on Tuesday and agreed to let the ferries cross the strait again from the first of April.",
        "Comments on the draft are open until May, the ministry said, and its newsletter will carry them in full each week.",
        "Posted to the island in 2019, the officer had shared maps with the archive and with three search teams by the spring.",
        "The ministry has not said who will pay for the repair of the northern pier, which a storm broke up last winter.",
    ),
    "de": (
        "Die Gesandten beider Küsten trafen sich am Dienstag und ließen die Fähren vom ersten April an wieder fahren.",
        "Kommentare zu dem Entwurf nimmt das Ministerium bis Mai an, und sein Newsletter soll sie jede Woche drucken.",
        "Geschrieben wurde das Abkommen von Juristen, die ihre Karten mit dem Archiv geteilt und die Kategorien geprüft hatten.",
        "Wer die Reparatur des nördlichen Piers bezahlt, den ein Sturm im Winter zerbrach, hat das Ministerium nicht gesagt.",
    ),
    "fr": (
        "Les émissaires des deux côtes se sont réunis mardi et ont convenu que les ferries repartiraient dès le premier avril.",
        "Les commentaires sur le projet sont attendus jusqu’en mai, et la lettre d’information du ministère les publiera.",
        "Publié en 2019 par un juriste de l’île, le rapport avait partagé ses cartes avec les archives et trois équipes.",
        "Le ministère n’a pas dit qui paierait la réparation de la jetée du nord, qu’une tempête a brisée cet hiver.",
    ),
    "es": (
        "Los enviados de ambas costas se reunieron el martes y acordaron que los transbordadores crucen desde el 1 de abril.",
        "Los comentarios sobre el proyecto se reciben hasta mayo, y el boletín del ministerio los publicará cada semana.",
        "Publicado en 2019 por un jurista de la isla, el informe había compartido sus mapas con el archivo y tres equipos.",
        "El ministerio no ha dicho quién pagará la reparación del muelle norte, que una tormenta rompió este invierno.",
    ),
    "it": (
        "Gli inviati delle due coste si sono incontrati martedì e hanno deciso che i traghetti ripartano dal primo aprile.",
        "I commenti sulla bozza sono attesi fino a maggio, e il bollettino del ministero li pubblicherà ogni settimana.",
        "Pubblicato nel 2019 da un giurista dell’isola, il rapporto aveva condiviso le mappe con l’archivio e tre squadre.",
        "Il ministero non ha detto chi pagherà la riparazione del molo nord, che una tempesta ha rotto questo inverno.",
    ),
    "pt": (
        "Os enviados das duas costas reuniram-se na terça-feira e decidiram que as balsas voltam a partir de 1 de abril.",
        "Os comentários sobre o projeto são recebidos até maio, e o boletim do ministério vai publicá-los a cada semana.",
        "Publicado em 2019 por um jurista da ilha, o relatório tinha partilhado os mapas com o arquivo e três equipas.",
        "O ministério não disse quem pagará a reparação do cais norte, que uma tempestade partiu neste inverno.",
    ),
    "nl": (
        "De gezanten van beide kusten kwamen dinsdag bijeen en laten de veerboten vanaf de eerste april weer varen.",
        "Reacties op het ontwerp kunnen tot mei binnenkomen, en het archief van het ministerie zal ze elke week afdrukken.",
        "Geschreven door juristen van het eiland, had het rapport zijn kaarten gedeeld met het archief en drie teams.",
        "Het ministerie heeft niet gezegd wie het herstel van de noordelijke pier betaalt, die een storm deze winter brak.",
    ),
    "sv": (
        "Sändebuden från de båda kusterna möttes på tisdagen och lät färjorna gå igen från den första april.",
        "Kommentarer till förslaget tas emot till maj, och departementets nyhetsbrev ska trycka dem varje vecka.",
        "Publicerad år 2019 av en jurist på ön, hade rapporten delat sina kartor med arkivet och tre sökande lag.",
        "Departementet har inte sagt vem som betalar lagningen av den norra piren, som en storm bröt sönder i vintras.",
    ),
}
"""Paragraphs that speak of comments, newsletters, archives and of what was shared or published: all stay."""


@pytest.mark.parametrize("language", AROUND)
def test_a_systems_words_go_and_the_paragraphs_stay(language: str) -> None:
    first, *rest = AROUND[language]
    body = BODY[language]
    article = clean(Page(url="https://example.org/a", text="\n\n".join([f"{body[0][:30]} 2026", first, *body, *rest])))
    kept = article.text.split("\n\n")
    assert [line for line in AROUND[language] if line in kept] == []
    assert kept[-len(body) :] == list(body)


TELLING = {
    "no": "Innlegget Fergene går igjen dukket først opp på Kaia.|2 kommentarer til “Fergene går igjen”|Innleggsnavigasjon",
    "da": "Indlægget Færgerne sejler igen blev først udgivet på Kajen.|2 kommentarer til “Færgerne sejler”|Indlægsnavigation",
    "fi": "Sähköpostiosoitettasi ei julkaista. Pakolliset kentät on merkitty *|Artikkelien selaus|Tykkää Lataa...",
    "pl": "Artykuł Promy wracają pochodzi z serwisu Nabrzeże.|2 komentarze do „Promy wracają”|Anuluj pisanie odpowiedzi",
    "cs": "Příspěvek Přívozy se vracejí pochází z Nábřeží.|Navigace pro příspěvek|Zrušit odpověď na komentář",
    "ro": "Articolul Feriboturile revin apare prima dată în Cheiul.|2 comentarii la „Feriboturile revin”|Navigare în articole",
    "hu": "Az e-mail címet nem tesszük közzé. A kötelező mezőket * karakterrel jelöltük|Bejegyzés navigáció",
    "el": "Το άρθρο Τα πλοία επιστρέφουν εμφανίστηκε πρώτα στο Λιμάνι.|Πλοήγηση άρθρων|Ακύρωση απάντησης",
    "ru": "Сообщение Паромы вернулись появились сначала на Причал.|2 комментария к «Паромы вернулись»|Навигация по записям",
    "uk": "Запис Пороми повернулися спершу з'явився на Причал.|2 коментарі до «Пороми повернулися»|Навігація записів",
    "bg": "2 коментара за „Фериботите се връщат“|Напред към съдържанието|Харесвам Зареждане...",
    "sr": "Неопходна поља су означена *|Кретање чланка|Kliknite da podelite na Facebook|Sviđa mi se Učitavanje...",
    "hr": "Objava Trajekti se vraćaju pojavila se prvo na Rivi.|Navigacija objava|Odgovori Otkaži odgovor",
    "tr": "Vapurlar geri döndü yazısı ilk önce Rıhtım üzerinde ortaya çıktı.|Yazı gezinmesi|Beğen Yükleniyor...",
    "ar": "لن يتم نشر عنوان بريدك الإلكتروني. الحقول الإلزامية مشار إليها بـ *|تصفّح المقالات|إعجاب تحميل...",
    "fa": "بخش‌های موردنیاز علامت‌گذاری شده‌اند *|راهبری نوشته|دیدگاهتان را بنویسید لغو پاسخ",
    "he": "האימייל לא יוצג באתר. שדות החובה מסומנים *|ניווט בפוסטים|אהבתי טוען...",
    "hi": "आपका ईमेल पता प्रकाशित नहीं किया जाएगा. आवश्यक फ़ील्ड चिह्नित हैं *|पोस्ट नेविगेशन|पसंद करें लोड हो रहा है...",
    "bn": "পরবর্তী মন্তব্যের জন্য আমার নাম, ইমেইল এবং ওয়েবসাইট এই ব্রাউজারে সংরক্ষণ করুন।|পোস্ট নেভিগেশন|এ জাতীয় আরো খবর",
    "ur": "آپ کا ای میل ایڈریس شائع نہیں کیا جائے گا۔|پوسٹ نیویگیشن|جواب منسوخ کریں",
    "id": "Artikel Feri Kembali pertama kali tampil pada Dermaga.|Navigasi pos|Ruas yang wajib ditandai *",
    "vi": "Email của bạn sẽ không được hiển thị công khai. Các trường bắt buộc được đánh dấu *|Điều hướng bài viết",
    "th": "อีเมลของคุณจะไม่แสดงให้คนอื่นเห็น ช่องข้อมูลจำเป็นถูกทำเครื่องหมาย *|แนะแนวเรื่อง",
    "zh": "在此浏览器中保存我的显示名称、邮箱地址和网站地址，以便下次评论时使用。|文章导航|必填欄位標示為 *",
    "ja": "メールアドレスが公開されることはありません。 ※ が付いている欄は必須項目です|投稿ナビゲーション|いいね 読み込み中…",
    "ko": "이메일 주소는 공개되지 않습니다. 필수 필드는 *로 표시됩니다|글 내비게이션|좋아하기 가져오는 중...",
}
"""Lines that are the system's own wherever they stand, with a bar between them."""


@pytest.mark.parametrize("language", TELLING)
def test_a_line_of_the_system_is_known_wherever_it_stands(language: str) -> None:
    for line in TELLING[language].split("|"):
        hits = phrase_book().hits(line, language)
        assert [hit for hit in hits if hit.phrase.risk != "high" and not hit.rest and not hit.behind], line
