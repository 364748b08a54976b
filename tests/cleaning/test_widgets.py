"""What widgets, menus and pages' own hands leave in a text of any language, and what looks like it and stays."""

from __future__ import annotations

import pytest

from cleaning import Page, clean

TEXTS = {
    "en": (
        "Two states agree to reopen a bridge",
        "The two ministers met on Monday in a border town and agreed to reopen the bridge before the winter sets in.",
        "Traders on either bank have waited for eleven years, and many of them no longer believe what they are told.",
        "Work on the western pier is to begin in May, once the water has fallen and the engineers have been paid.",
    ),
    "ru": (
        "Две страны договорились открыть мост",
        "Министры встретились в понедельник в пограничном городе и договорились снова открыть мост до наступления зимы.",
        "Торговцы на обоих берегах ждали одиннадцать лет, и многие из них давно не верят тому, что им обещают в столицах.",
        "Работы на западной опоре должны начаться в мае, когда вода спадёт, а инженерам наконец заплатят за прошлый год.",
    ),
    "uk": (
        "Дві країни домовилися відкрити міст",
        "Міністри зустрілися в понеділок у прикордонному місті й домовилися знову відкрити міст до настання зими.",
        "Торговці на обох берегах чекали одинадцять років, і багато хто з них давно не вірить тому, що обіцяють у столицях.",
        "Роботи на західній опорі мають розпочатися у травні, коли вода спаде, а інженерам нарешті заплатять за минулий рік.",
    ),
    "ar": (
        "دولتان تتفقان على إعادة فتح الجسر",
        "التقى الوزيران يوم الاثنين في بلدة حدودية واتفقا على إعادة فتح الجسر قبل حلول فصل الشتاء في المنطقة الجبلية.",
        "انتظر التجار على الضفتين أحد عشر عاما، وكثير منهم لم يعد يصدق ما يسمعه من المسؤولين في العاصمتين منذ زمن طويل.",
        "من المقرر أن يبدأ العمل في الدعامة الغربية خلال شهر مايو، حين ينخفض منسوب المياه وتدفع أجور المهندسين المتأخرة.",
    ),
    "hi": (
        "दो देश पुल फिर खोलने पर राज़ी",
        "दोनों मंत्रियों की सोमवार को सीमा के एक कस्बे में बैठक हुई और वे सर्दियों से पहले पुल को फिर से चालू करने पर राज़ी हो गए।",
        "दोनों किनारों के व्यापारी ग्यारह साल से इंतज़ार कर रहे थे और उनमें से कई अब राजधानियों के वादों पर भरोसा नहीं करते।",
        "पश्चिमी खंभे का निर्माण मई में शुरू होगा, जब नदी का पानी उतर जाएगा और इंजीनियरों का बकाया वेतन चुका दिया जाएगा।",
    ),
    "he": (
        "שתי מדינות הסכימו לפתוח מחדש את הגשר",
        "שני השרים נפגשו ביום שני בעיירת גבול והסכימו לפתוח מחדש את הגשר עוד לפני שיגיע החורף לאזור ההררי הזה.",
        "סוחרים בשתי הגדות חיכו אחת עשרה שנים, ורבים מהם כבר אינם מאמינים למה שמבטיחים להם בבירות משני עברי הנהר.",
        "העבודות בעמוד המערבי אמורות להתחיל במאי, כאשר מי הנהר ירדו והמהנדסים יקבלו סוף סוף את שכרם מהשנה שעברה.",
    ),
    "zh": (
        "两国同意重新开放大桥",
        "两国部长星期一在边境小镇会面，同意在冬天到来之前重新开放已经关闭十一年的大桥，并恢复夜间的渡船。",
        "两岸的商人等了整整十一年，其中许多人早已不再相信首都官员的话，他们说每年春天听到的都是同样的承诺。",
        "西侧桥墩的工程定于五月开始，届时河水将会退去，工程师去年被拖欠的工资也会由两国财政部一次付清。",
    ),
    "el": (
        "Δύο χώρες συμφώνησαν να ανοίξουν ξανά τη γέφυρα",
        "Οι δύο υπουργοί συναντήθηκαν τη Δευτέρα σε μια παραμεθόρια κωμόπολη και συμφώνησαν να ανοίξουν ξανά τη γέφυρα.",
        "Οι έμποροι στις δύο όχθες περίμεναν έντεκα χρόνια και πολλοί από αυτούς δεν πιστεύουν πια όσα τους υπόσχονται.",
        "Οι εργασίες στον δυτικό πυλώνα θα αρχίσουν τον Μάιο, όταν θα έχει πέσει το νερό και θα έχουν πληρωθεί οι μηχανικοί.",
    ),
}


def stays(language: str, place: str, *tried: str) -> set[str]:
    """Those of the lines that stay where they stand above the text, amid it or below it; the paragraphs all do."""
    title, *paragraphs = TEXTS[language]
    at = {"head": 0, "middle": 2, "tail": 3}[place]
    article = clean(Page(text="\n\n".join([title, *paragraphs[:at], *tried, *paragraphs[at:]])))
    kept = set(article.text.splitlines())
    assert set(paragraphs) <= kept
    return kept & set(tried)


@pytest.mark.parametrize(
    ("language", "place", "line"),
    [
        ("en", "middle", "1 / 4"),
        ("en", "head", "👁 1.874 views"),
        ("ru", "head", "👁 12 305 просмотров"),
        ("en", "tail", "Short link: https://gazette.example/x81"),
        ("ru", "tail", "Короткая ссылка: https://gazette.example/x81"),
        ("en", "middle", "[Gallery:Video]"),
        ("he", "middle", "[גלריה – 7 תמונות]"),
        ("zh", "head", "[啟動LINE推播] 每日重大新聞通知"),
        ("en", "tail", "-ENDS-"),
        ("zh", "tail", "—— 完 ——"),
        ("ar", "head", "شؤون أوروبية ‹ شرق المتوسط"),
        ("hi", "head", "हिंदी न्यूज़/दुनिया/पुल फिर खुलेगा: नदी के दोनों ओर क्या बदलेगा"),
        ("en", "head", "Gazette / Neighbours / Two states agree to reopen a bridge"),
        ("zh", "tail", "油价 | 登革热 | 边境贸易"),
        ("en", "tail", "river trade | border towns | bridges"),
        ("en", "middle", "Getty Images The bridge has been shut to lorries for eleven years"),
        ("en", "middle", "Reuters A guard looks on as the first boats cross"),
        ("en", "middle", "Flags on the bridge at the border. ANTARA FOTO/Rukmana Sari/aww."),
        ("ru", "middle", "Instagram: публикация недоступна"),
        ("el", "middle", "Facebook: η ανάρτηση δεν είναι διαθέσιμη"),
        ("ru", "middle", "Это тоже интересно"),
        ("uk", "middle", "Це теж цікаво"),
        ("ru", "middle", "Источник изображения: пресс-служба порта"),
        ("ru", "middle", "Инфографика: кто и сколько. Развернуть на весь экран"),
        ("ru", "tail", "Спасибо, что дочитали! Поддержите нас рублём: даже сто рублей в месяц помогают нам писать такие тексты"),
        ("uk", "tail", "Дякуємо, що дочитали! Підтримайте нас: навіть 50 гривень допоможуть писати далі"),
        ("ar", "middle", "طالع أيضًا.. حكاية الجسر الذي أغلق مرتين"),
        ("ar", "middle", "تابع القراءة بعد الإعلان"),
        ("ar", "head", "ملخص"),
        ("hi", "middle", "कहानी जारी है, नीचे स्क्रॉल करें"),
        ("hi", "middle", "विस्तार"),
        ("he", "middle", "הכתבה ממשיכה אחרי הפרסומת"),
        ("el", "middle", "Το άρθρο συνεχίζεται μετά τη διαφήμιση"),
        ("zh", "head", "本报记者 王小明"),
        ("zh", "middle", "广告后继续阅读"),
        ("zh", "middle", "图为两国边境的大桥。王小明 摄"),
        ("ru", "middle", "Реклама. ООО «Ромашка». erid: 2Vtzqv8Kx"),
        ("hi", "head", "काठमांडू, सीमा ब्यूरो"),
        ("he", "tail", "לכל הכתבות של דנה כהן"),
        ("uk", "tail", "Ця публікація не є позицією редакції"),
        ("en", "tail", "Ada Ferro is a reporter for the Gazette covering river trade."),
        ("en", "tail", "Ada Ferro writes about river trade for the Gazette."),
        ("en", "tail", "The author covers river trade and has lived in both towns."),
        ("hi", "tail", "लेखक के बारे में"),
        ("hi", "tail", "सुरेश थापा पिछले दस साल से पत्रकारिता कर रहे हैं और नदियों के व्यापार पर लिखते हैं।"),
        ("ru", "tail", "Автор пишет о речной торговле с 2016 года."),
        ("he", "tail", "הכותבת היא עיתונאית המסקרת את המסחר בנהר."),
    ],
)
def test_it_goes(language: str, place: str, line: str) -> None:
    assert stays(language, place, line) == set()


@pytest.mark.parametrize(
    ("language", "place", "line"),
    [
        ("en", "middle", "9/11"),
        ("en", "middle", "4 / 1"),
        ("en", "middle", "Rovers | 3 | 1"),
        ("en", "middle", "river trade | border towns | bridges"),
        ("en", "middle", "[Names have been changed]"),
        ("en", "middle", "The end of an era"),
        ("en", "middle", "Getty Images is to be sued by two of its own photographers"),
        ("en", "middle", "The pictures were bought by AFP/Reuters."),
        ("en", "tail", "Human Rights Watch reports on prisons in both countries."),
        ("en", "tail", "Ada Ferro writes to the minister every week, and has had no answer."),
        ("ar", "head", "طهران: لن نتفاوض"),
        ("zh", "head", "记者被捕"),
        ("hi", "tail", "सुरेश थापा दस साल से नाव चला रहे हैं और पुल का इंतज़ार करते हैं।"),
        ("hi", "tail", "विदेश मंत्री ने बाद में पत्रकारों से कहा कि दोनों देशों में बातचीत जारी है।"),
        ("en", "tail", "The author was arrested on the bridge in March."),
        ("zh", "tail", "作者是谁，没有人知道。"),
        ("ru", "middle", "Реклама на мосту"),
        ("zh", "middle", "渔民们说那张照片不是他们拍摄"),
        ("hi", "middle", "सीमा पर नया ब्यूरो खुलेगा"),
        ("he", "middle", "עוד לא מאוחר"),
        ("ru", "middle", "Источник воды"),
        ("el", "middle", "Η θέση της Άγκυρας"),
        ("en", "middle", "Boats, bridges | and what they cost"),
    ],
)
def test_what_looks_like_it_stays(language: str, place: str, line: str) -> None:
    assert stays(language, place, line) == {line}


@pytest.mark.parametrize(
    ("language", "label", "quote"),
    [
        ("en", "READ ALSO", '"We queued before anyone else, and then another door was opened."'),
        ("he", "אולי יעניין אותך גם", '"עמדנו בתור לפני כולם, ואז נפתחה דלת אחרת."'),
        ("ru", "Читайте также", "«Мы стояли в очереди раньше всех, а дверь открыли другую»"),
    ],
)
def test_someones_words_below_a_label_of_other_articles_stay(language: str, label: str, quote: str) -> None:
    assert stays(language, "middle", label, quote) == {quote}


@pytest.mark.parametrize(
    ("language", "label", "headline"),
    [
        ("ru", "Это тоже интересно", "Кому принадлежат паромы на реке"),
        ("he", "עוד בנושא", "הגשר שנסגר פעמיים: המדריך המלא"),
        ("en", "READ ALSO", "How the ferries came to be owned by nobody"),
    ],
)
def test_the_headline_below_such_a_label_goes(language: str, label: str, headline: str) -> None:
    assert stays(language, "middle", label, headline) == set()


def test_a_row_of_keywords_goes_with_its_label_among_the_paragraphs() -> None:
    assert stays("zh", "middle", "▌热门关键词", "油价 | 登革热 | 边境贸易") == set()
