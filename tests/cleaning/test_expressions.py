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
    assert expressions().read("A newsletter chega todos os dias", "pt")[0] == ()


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
