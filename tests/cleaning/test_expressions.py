"""Long sentences in which a page speaks of itself, its readers or its author, and paragraphs that speak of the press."""

from __future__ import annotations

import csv
import time
from importlib import resources

import pytest

from cleaning import Page, clean
from cleaning.rules.expressions import LONGEST, expressions
from cleaning.rules.letters import folded
from cleaning.rules.phrase_rules import _CATEGORY_RULES

ARTICLE = (
    "The ferry ministers of the three lake states met on Monday, and agreed to meet again once the ice has gone from the ports.",
    "Captains have complained since the autumn that buoys were moved by night, and that nobody answers on the radio.",
    "A joint commission is to count the vessels that are fit to sail, and to publish what it finds before the season ends.",
    "The harbour masters expect that fewer than half of the boats will pass, because spare parts have not arrived.",
    "Two of the three states have closed their yards, and the third has no crane that lifts a hull of that size.",
    "The fishermen of the eastern shore want to be heard before the commission writes down what it has found.",
    "Snow has closed the pass, so the engines that were ordered in the summer stand in a shed on the other side.",
)


def rows() -> list[list[str]]:
    with resources.files("cleaning.data").joinpath("expressions.csv").open(encoding="utf-8") as file:
        return list(csv.reader(file))


def kept(line: str, place: int, language: str = "en") -> bool:
    lines = [*ARTICLE[:place], line, *ARTICLE[place:]]
    article = clean(Page(url="https://example.org/a", text="\n\n".join(["Ferry ministers meet over the ice", *lines])))
    assert [paragraph for paragraph in ARTICLE if paragraph not in article.text] == []
    return line in article.text


def test_the_file_is_sorted_and_well_formed() -> None:
    head, *found = rows()
    assert head == ["language", "category", "weight", "expression"]
    assert found == sorted(found)
    assert len({(row[0], row[3]) for row in found}) == len(found)
    assert {row[1] for row in found} - {"address", "prose", "nav", *_CATEGORY_RULES} == set()
    assert [row for row in found if not -3 <= int(row[2]) <= 5 or (row[1] == "prose") != (int(row[2]) < 0)] == []
    assert [row for row in found if folded(row[3]) != row[3] or row[3].split()[0].startswith(("?", "*"))] == []


@pytest.mark.parametrize("place", [2, 7])
@pytest.mark.parametrize(
    "line",
    [
        "We keep this site free, but the work of our journalists costs money; please consider making a donation.",
        "Before you post a comment, read our community rules: posts that contain insults are removed by our moderators.",
        "This article was first published by the Lake Policy Forum. The views are those of the author alone, not of the editors.",
        "By signing up you agree to our terms of use and privacy policy, and you can unsubscribe at any time with one click.",
        "Have an idea for a story that we should look into? Send us a tip, anonymously if you wish, or contact our newsroom.",
    ],
)
def test_a_notice_in_whole_sentences_goes(line: str, place: int) -> None:
    assert not kept(line, place)


def test_who_the_author_is_goes_behind_the_text_alone() -> None:
    line = "Edda Bremmel is a freelance journalist based in Lakeport. She previously worked for a trade paper."
    assert not kept(line, 7)
    assert kept("Edda Bremmel is a freelance journalist who saw the boats collide and called for help.", 2)


@pytest.mark.parametrize("place", [2, 7])
@pytest.mark.parametrize(
    "line",
    [
        "Readers gave the paper 30,000 crowns in a week, its owner said, after the ministry had withdrawn its advertisements.",
        "The operator changed its privacy policy in May, and users must now accept its terms before they can comment on a video.",
        "“We can't do it without you, and we need your support,” the harbour master told the captains.",
        "The newsletter reaches 40,000 inboxes each morning and has been blocked by two of the governments since the spring.",
        "An earlier version of the agreement contained no word on salvage, according to two officials who have read it.",
        "We walked along the shore for two hours, and our guide said that you could hear the engines at night.",
    ],
)
def test_a_paragraph_on_the_press_stays(line: str, place: int) -> None:
    assert kept(line, place)


def test_an_english_notice_goes_from_a_page_in_another_language() -> None:
    said = {e.text for e in expressions().read("The post Lac gelé appeared first on Le Courrier.", "fr")[0]}
    assert said == {"appeared first on"}
    assert expressions().read("O spam chega ao jornal", "pt")[0] == ()


IN_OTHER_LANGUAGES = [
    (
        "de",
        "Folgen Sie uns auf Instagram, und abonnieren Sie unseren Newsletter, um nichts zu verpassen.",
        "Die Zeitung lebt von ihren Lesern, und ihre Unterstützung ist nach dem Brand noch gewachsen.",
    ),
    (
        "fr",
        "Vous avez repéré une erreur dans cet article ? Écrivez à notre rédaction, nous vous répondrons.",
        "Ceux qui souhaitent faire un don peuvent s'adresser à la mairie, qui a ouvert un compte.",
    ),
    (
        "es",
        "Síguenos en nuestro canal de WhatsApp y recibe las últimas noticias en tu móvil.",
        "En su canal de Telegram, el gobernador llamó a los vecinos a no salir de los sótanos.",
    ),
    (
        "it",
        "Hai notato un errore in questo articolo? Scrivi alla nostra redazione, lo correggeremo.",
        "Il garante chiede che gli utenti possano rifiutare i cookie con un clic e ritirare il consenso.",
    ),
    (
        "pt",
        "Este texto foi publicado originalmente em outro site; assine nossa newsletter e receba as principais notícias.",
        "No seu canal do Telegram, o governador pediu aos moradores que não saiam dos porões.",
    ),
    (
        "nl",
        "Meld je aan voor onze nieuwsbrief en ontvang elke ochtend het laatste nieuws in je mailbox.",
        "De krant leeft van haar lezers, en hun steun is na de brand nog gegroeid.",
    ),
]


@pytest.mark.parametrize(("language", "notice", "report"), IN_OTHER_LANGUAGES)
def test_notices_of_other_languages_weigh_more_than_reports(language: str, notice: str, report: str) -> None:
    told = [sum(e.weight for e in expressions().read(text, language)[0]) for text in (notice, report)]
    assert told[0] >= 5
    assert told[1] < 5


@pytest.mark.parametrize("filling", ["our ", "this article was ", "a/", "“", "subscribe to our newsletter "])
def test_no_filling_makes_it_slow(filling: str) -> None:
    started = time.perf_counter()
    for number in range(50):
        expressions().read((filling * LONGEST)[: LONGEST - number], "en")
    assert time.perf_counter() - started < 2


def test_where_the_article_itself_speaks_to_its_readers_such_words_tell_less() -> None:
    guide = [
        "You need two documents before you cross the lake, and you should ask for the second one well ahead of your journey.",
        "Your boat has to be at the pier an hour before it leaves, and you will be asked what you carry.",
        "If you travel with a child, bring the papers of both parents, as the officers will want to see them.",
        "You pay at the window on the left, and your ticket is good for the day that is printed on it.",
    ]
    line = "Sign up at the pier, and you will receive an email each day with what the ferry office knows about the ice."
    article = clean(Page(url="https://example.org/a", text="\n\n".join(["How to cross the lake", *guide[:2], line, *guide[2:]])))
    assert line in article.text


ELSEWHERE = {
    "ar": (
        "التقى وزراء النقل في الدول الثلاث يوم الاثنين في العاصمة لبحث الملاحة في البحيرة، واتفقوا على الاجتماع مجددا.",
        "وقال قبطان إحدى العبّارات إن العوامات نُقلت ليلا من أماكنها، وإن أحدا لا يجيب على نداءات اللاسلكي منذ الخريف.",
        "وتتوقع سلطات الميناء أن تعبر أقل من نصف القوارب هذا الشتاء بسبب نقص قطع الغيار وتأخر وصول المحركات من الخارج.",
    ),
    "da": (
        "Transportministrene i de tre lande omkring søen mødtes mandag i hovedstaden og blev enige om at mødes igen til foråret.",
        "Kaptajnerne har siden efteråret klaget over, at bøjer bliver flyttet om natten, og at ingen svarer på radioen.",
        "Havnemyndighederne regner med, at under halvdelen af bådene består kontrollen, fordi reservedelene ikke er kommet.",
    ),
    "fa": (
        "وزیران حمل‌ونقل سه کشور حاشیه دریاچه روز دوشنبه در پایتخت دیدار کردند و توافق کردند که در بهار دوباره گرد هم آیند.",
        "ناخداها از پاییز شکایت دارند که شب‌ها بویه‌ها جابه‌جا می‌شوند و کسی به بی‌سیم پاسخ نمی‌دهد.",
        "مقام‌های بندر پیش‌بینی می‌کنند که کمتر از نیمی از قایق‌ها از بازرسی بگذرند، چون قطعات یدکی هنوز نرسیده است.",
    ),
    "fi": (
        "Järven kolmen rantavaltion liikenneministerit tapasivat maanantaina pääkaupungissa ja tapaavat taas keväällä.",
        "Kapteenit ovat valittaneet syksystä lähtien, että poijuja siirretään öisin ja ettei radioon vastaa kukaan.",
        "Satamaviranomaiset arvioivat, että alle puolet veneistä läpäisee katsastuksen, koska varaosat eivät ole saapuneet.",
    ),
    "he": (
        "שרי התחבורה של שלוש המדינות שסביב האגם נפגשו ביום שני בבירה והסכימו להיפגש שוב באביב.",
        "רבי החובלים מתלוננים מאז הסתיו שמצופים מוזזים בלילות ושאיש אינו עונה לקריאות בקשר.",
        "רשות הנמלים מעריכה שפחות ממחצית הסירות יעברו את הבדיקה החורף משום שחלקי החילוף טרם הגיעו.",
    ),
    "hi": (
        "झील के तीनों देशों के परिवहन मंत्रियों की सोमवार को राजधानी में बैठक हुई और उन्होंने वसंत में फिर मिलने पर सहमति जताई।",
        "कप्तानों ने शिकायत की है कि पतझड़ से रात में बोया हटाए जा रहे हैं और रेडियो पर कोई जवाब नहीं देता।",
        "बंदरगाह अधिकारियों का अनुमान है कि इस सर्दी में आधी से भी कम नावें जांच में पास होंगी क्योंकि पुर्जे नहीं पहुंचे।",
    ),
    "id": (
        "Menteri perhubungan dari tiga negara di sekitar danau bertemu pada Senin di ibu kota dan akan bertemu lagi.",
        "Para nakhoda mengeluh sejak musim gugur bahwa pelampung dipindahkan pada malam hari dan radio tidak dijawab.",
        "Otoritas pelabuhan memperkirakan kurang dari separuh kapal akan lolos pemeriksaan karena suku cadang belum tiba.",
    ),
    "ko": (
        "호수를 둘러싼 세 나라의 교통장관이 월요일 수도에서 만나 겨울철 여객선 운항 문제를 논의하고 봄에 다시 만나기로 했다.",
        "선장들은 가을부터 밤사이 부표가 옮겨졌고 무전에 아무도 응답하지 않는다며 불만을 제기해 왔다고 현지 언론이 보도했다.",
        "항만 당국은 예비 부품이 도착하지 않아 올겨울 검사를 통과하는 배가 절반에도 미치지 못할 것으로 예상하고 있다.",
    ),
    "no": (
        "Samferdselsministrene i de tre landene rundt innsjøen møttes mandag i hovedstaden og skal møtes igjen til våren.",
        "Kapteinene har klaget siden i høst over at bøyer flyttes om natten, og at ingen svarer når de roper på radioen.",
        "Havnemyndighetene regner med at under halvparten av båtene består kontrollen, fordi reservedelene ikke er kommet.",
    ),
    "sv": (
        "Trafikministrarna i de tre länderna runt sjön träffades i måndags i huvudstaden och ska ses igen till våren.",
        "Kaptenerna har sedan i höstas klagat på att bojar flyttas om natten och att ingen svarar på radion när de ropar.",
        "Hamnmyndigheten räknar med att färre än hälften av båtarna klarar besiktningen eftersom reservdelarna inte har kommit.",
    ),
    "ur": (
        "جھیل کے تینوں ملکوں کے وزرائے ٹرانسپورٹ پیر کو دارالحکومت میں ملے اور بہار میں دوبارہ ملنے پر اتفاق کیا۔",
        "کپتانوں کو خزاں سے شکایت ہے کہ رات کے وقت بوائے ہٹا دیے جاتے ہیں اور ریڈیو پر کوئی جواب نہیں دیتا۔",
        "بندرگاہ کے حکام کا اندازہ ہے کہ اس سردی میں آدھی سے کم کشتیاں جانچ میں کامیاب ہوں گی کیونکہ پرزے نہیں پہنچے۔",
    ),
    "vi": (
        "Bộ trưởng giao thông của ba nước quanh hồ gặp nhau hôm thứ Hai tại thủ đô và đồng ý sẽ họp lại vào mùa xuân.",
        "Các thuyền trưởng phàn nàn từ mùa thu rằng phao tiêu bị dời đi trong đêm và không ai trả lời trên bộ đàm.",
        "Cảng vụ dự báo chưa đến một nửa số tàu sẽ qua được đợt kiểm tra vì phụ tùng chưa về tới nơi.",
    ),
}
"""Three paragraphs of a report in each language whose notices and paragraphs follow."""


def stays(language: str, line: str) -> bool:
    article = clean(Page(url="https://example.org/a", text="\n\n".join(["Title", *ELSEWHERE[language], line])))
    assert article.language == language
    assert [paragraph for paragraph in ELSEWHERE[language] if paragraph not in article.text] == []
    return line in article.text


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("ar", "ما ورد في هذه المقالة من آراء يعبر عن كاتبها وحده، ولا تتحمل الصحيفة أي مسؤولية عنها."),
        ("da", "Dette er et debatindlæg og udtryk for skribentens egen holdning."),
        ("fa", "اگر اطلاعاتی درباره این موضوع دارید، می‌توانید به صورت ناشناس با خبرنگاران ما تماس بگیرید."),
        ("fi", "Päivän tärkeimmät uutiset suoraan sähköpostiisi joka aamu. Tilaa maksuton uutiskirjeemme tästä."),
        ("he", "יש לכם מידע נוסף על הפרשה? פנו אל הכתב שלנו בוואטסאפ, נשמור על סודיות מלאה."),
        ("hi", "इस लेख में व्यक्त विचार लेखक के अपने हैं और ज़रूरी नहीं कि संस्थान उनसे सहमत हो।"),
        ("id", "Kamu punya cerita yang menurutmu perlu kami telusuri? Tulis ke surel redaksi, identitasmu kami jaga."),
        ("ko", "위 글은 외부 기고자의 견해로, 본지의 편집 방향과 일치하지 않을 수 있음을 알려드립니다."),
        ("no", "Vet du noe om saken? Kontakt journalisten på Signal eller e-post, vi verner alltid om kildene våre."),
        ("sv", "Det här är en debattartikel. Skribenten står själv för de åsikter som framförs i texten."),
        ("ur", "اگر آپ بھی ہمارے لیے بلاگ لکھنا چاہتے ہیں تو اپنی تحریر، تصویر اور مختصر تعارف کے ساتھ ہمیں ای میل کر دیں۔"),
        ("vi", "Bài viết thể hiện quan điểm riêng của tác giả, không nhất thiết trùng với quan điểm của tòa soạn."),
    ],
)
def test_a_notice_goes_in_other_languages(language: str, line: str) -> None:
    assert not stays(language, line)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("ar", "ونشرت الكتائب على قناتها في تليغرام تسجيلا مصورا تقول إنه يظهر استهداف ناقلة جند شرق المدينة."),
        ("da", "Læserne gav avisen 300.000 kroner på en uge, efter at ministeriet havde trukket støtten, siger ejeren."),
        ("fa", "پلیس فتا اعلام کرد که متهمان از طریق کانال تلگرامی و صفحه اینستاگرام از مردم پول جمع می‌کردند."),
        ("fi", "Lukijat lahjoittivat lehdelle 30 000 euroa viikossa sen jälkeen, kun ministeriö perui tuen, omistaja kertoo."),
        ("he", "המשטרה מסרה כי החשודים ניהלו קבוצת טלגרם ובה אלפי חברים שקיבלו עדכונים על נקודות המכירה."),
        ("hi", "अदालत ने कहा कि सोशल मीडिया पर की गई आपत्तिजनक टिप्पणी के लिए पेज चलाने वाला भी ज़िम्मेदार है।"),
        ("id", "Polisi mengatakan para tersangka merekrut anggota melalui grup WhatsApp dan kanal Telegram sejak Mei."),
        ("ko", "후원금을 모으기 위해 시작한 온라인 모금은 사흘 만에 3억 원을 넘겼고, 유가족에게 전달될 예정이다."),
        ("no", "Leserne ga avisen 300.000 kroner på en uke etter at departementet kuttet støtten, sier eieren."),
        ("sv", "Läsarna skänkte 300 000 kronor på en vecka sedan departementet hade dragit in stödet, säger ägaren."),
        ("ur", "اخبار کے قارئین نے سیلاب زدگان کے لیے ایک ہفتے میں چالیس لاکھ روپے عطیہ کیے۔"),
        ("vi", "Bạn đọc của báo đã đóng góp hơn 4 tỷ đồng trong một tuần để xây lại trường học bị sập, theo lãnh đạo huyện."),
    ],
)
def test_a_paragraph_on_the_press_stays_in_other_languages(language: str, line: str) -> None:
    assert stays(language, line)


EASTERN = {
    "ru": (
        (
            "Капитаны с осени жалуются, что буи переставляют по ночам, а на вызовы по радио никто не отвечает.",
            "Совместная комиссия пересчитает суда, пригодные к плаванию, и обнародует выводы до конца сезона.",
            "Начальники портов ожидают, что проверку пройдет меньше половины лодок, потому что запчасти так и не пришли.",
        ),
        "Есть чем поделиться? Напишите нам в бот @ozersk_bot — имя источника мы не раскроем.",
        "Пожертвования читателей принесли газете за неделю два миллиона рублей, говорится в отчете ее издателя.",
    ),
    "uk": (
        (
            "Капітани з осені скаржаться, що буї переставляють уночі, а на виклики по радіо ніхто не відповідає.",
            "Спільна комісія порахує судна, придатні до плавання, і оприлюднить висновки до кінця сезону.",
            "Начальники портів очікують, що перевірку пройде менше половини човнів, бо запчастини так і не надійшли.",
        ),
        "Хочете поділитися історією чи світлинами? Пишіть у наш бот, ми гарантуємо анонімність джерела.",
        "Донати читачів принесли виданню за тиждень два мільйони гривень, йдеться у звіті видавця.",
    ),
    "pl": (
        (
            "Kapitanowie od jesieni skarżą się, że boje są nocą przestawiane, a przez radio nikt nie odpowiada.",
            "Wspólna komisja policzy statki zdolne do żeglugi i ogłosi wnioski przed końcem sezonu.",
            "Kapitanaty spodziewają się, że przegląd przejdzie mniej niż połowa łodzi, bo części zamienne nie dotarły.",
        ),
        "Byłeś świadkiem wypadku albo masz ciekawe zdjęcia? Wyślij je na adres redakcja@jezioro.pl lub przez Messengera.",
        "Prenumerata cyfrowa dziennika podrożała do 39 zł miesięcznie, a liczba subskrybentów spadła o jedną piątą.",
    ),
    "tr": (
        (
            "Ortak komisyon sefere elverişli gemileri sayacak ve bulgularını sezon bitmeden kamuoyuna açıklayacak.",
            "Liman başkanları yedek parçalar ulaşmadığı için teknelerin yarısından azının denetimi geçeceğini tahmin ediyor.",
            "Doğu kıyısının balıkçıları komisyon kararını yazmadan önce dinlenmek istiyor.",
        ),
        "Yorumlarınızın yayımlanabilmesi için hakaret ve küfür içermemesi, imla kurallarına uygun yazılması gerekir.",
        "Aboneliğin aylık ücreti 399 liraya yükseldi, ücretsiz deneme süresi iki haftaya indi.",
    ),
    "cs": (
        (
            "Ministři tří jezerních republik se v pondělí sešli a dohodli se, že se znovu setkají, až přístavy rozmrznou.",
            "Kapitáni si od podzimu stěžují, že někdo v noci přesouvá bóje a že se na vysílačce nikdo neozývá.",
            "Společná komise spočítá lodě schopné plavby a své závěry zveřejní ještě před koncem sezony.",
        ),
        "Máte vlastní fotky nebo videa z místa? Pošlete nám je na e-mail redakce, nejlepší zveřejníme.",
        "Premiér v pondělí vyzval občany, aby odebírali vládní newsletter a sledovali jeho profil na Facebooku.",
    ),
    "ro": (
        (
            "Căpitanii se plâng încă din toamnă că balizele sunt mutate noaptea și că nimeni nu răspunde la radio.",
            "O comisie comună va număra vasele apte de navigație și va publica concluziile înainte de sfârșitul sezonului.",
            "Pescarii de pe malul estic cer să fie ascultați înainte ca această comisie să scrie ce a constatat.",
        ),
        "Ai fotografii sau filmări de la fața locului? Trimite-le pe WhatsApp la numărul redacției și le vom publica.",
        "Abonamentul digital al ziarului s-a scumpit la 39 de lei pe lună, iar numărul abonaților a scăzut cu o cincime.",
    ),
    "el": (
        (
            "Οι λιμενάρχες περιμένουν ότι λιγότερα από τα μισά σκάφη θα περάσουν τον έλεγχο, επειδή δεν έφτασαν ανταλλακτικά.",
            "Οι ψαράδες της ανατολικής όχθης ζητούν να ακουστούν πριν η επιτροπή γράψει τι διαπίστωσε.",
        ),
        "Έχετε φωτογραφίες ή βίντεο από το συμβάν; Στείλτε τα στο email της σύνταξης ή στη σελίδα μας στο Facebook.",
        "Η ψηφιακή συνδρομή της εφημερίδας ακρίβυνε στα 19 ευρώ τον μήνα και οι συνδρομητές μειώθηκαν κατά ένα πέμπτο.",
    ),
    "hu": (
        (
            "A kapitányok ősz óta panaszkodnak, hogy a bójákat éjjelente áthelyezik, a rádión pedig senki nem válaszol.",
            "A keleti part halászai azt szeretnék, ha meghallgatnák őket, mielőtt a bizottság leírja, mire jutott.",
        ),
        "Van a birtokodban fotó vagy videó az esetről? Küldd el nekünk a szerkesztőség címére, és közzétesszük.",
        "Az olvasók adományai egy hét alatt kétmillió forintot hoztak a lapnak, derül ki a kiadó beszámolójából.",
    ),
    "bg": (
        (
            "Капитаните се оплакват от есента, че шамандурите се местят нощем и че никой не отговаря по радиото.",
            "Обща комисия ще преброи годните за плаване кораби и ще огласи изводите си преди края на сезона.",
            "Рибарите от източния бряг искат да бъдат изслушани, преди комисията да запише какво е установила.",
        ),
        "Имате снимки или видео от мястото? Изпратете ги на имейла на редакцията или като лично съобщение във Фейсбук.",
        "Премиерът призова гражданите да се абонират за бюлетина на правителството и да следят страницата му във Фейсбук.",
    ),
    "hr": (
        (
            "Kapetani se od jeseni žale da netko noću premješta plutače i da se na radiju nitko ne javlja.",
            "Zajedničko povjerenstvo prebrojit će brodove sposobne za plovidbu i objaviti zaključke prije kraja sezone.",
            "Lučki kapetani očekuju da će pregled proći manje od polovice brodica jer rezervni dijelovi nisu stigli.",
        ),
        "Imate fotografije ili snimke s mjesta događaja? Pošaljite ih na mail redakcije ili na naš Viber broj.",
        "Donacije čitatelja donijele su listu dva milijuna eura u tjedan dana, pokazuje izvješće nakladnika.",
    ),
    "sr": (
        (
            "Министри три језерске републике састали су се у понедељак и договорили да се поново виде кад се луке ослободе леда.",
            "Капетани се од јесени жале да неко ноћу премешта плутаче и да се на радију нико не јавља.",
            "Заједничка комисија пребројаће бродове способне за пловидбу и објавити закључке пре краја сезоне.",
        ),
        "Имате фотографије или снимке са места догађаја? Пошаљите их на мејл редакције или на наш Вајбер број.",
        "Донације читалаца донеле су листу два милиона динара за недељу дана, показује извештај издавача.",
    ),
}
"""By language: an article, a notice behind it, and a paragraph on the press."""


@pytest.mark.parametrize("language", EASTERN)
def test_a_notice_goes_and_a_paragraph_stays_in_the_languages_of_eastern_europe(language: str) -> None:
    paragraphs, notice, stays = EASTERN[language]
    article = clean(Page(url="https://example.org/a", text="\n\n".join(["Lake 1", *paragraphs, stays, notice])))
    assert (article.language or "").split("-")[0] == language
    assert [paragraph for paragraph in (*paragraphs, stays) if paragraph not in article.text] == []
    assert notice not in article.text
