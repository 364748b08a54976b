"""Standing formulas of outlets within the text: they go in wordings of many outlets, and sentences that look like them stay."""

from __future__ import annotations

import pytest

from cleaning import Page, clean
from cleaning.rules.phrases import phrase_book


@pytest.mark.parametrize(
    ("language", "line", "category"),
    [
        ("en", "End of Top Stories", "breadcrumb"),
        ("en", "before newsletter sign-up", "breadcrumb"),
        ("en", "list 2 of 3The harbour that the war forgot", "related"),
        ("de", "Die besten Recherchen aus Blatt+", "related"),
        ("de", "Bitte prüfen Sie Ihr Postfach und klicken Sie auf den Link", "newsletter"),
        ("fr", "Ajouter cet article à mes favoris", "print_email"),
        ("fr", "Votre abonnement est utilisé sur un autre appareil", "paywall"),
        ("es", "Omitir anuncio", "breadcrumb"),
        ("pt", "Pule Mais vistas e continue lendo", "breadcrumb"),
        ("it", "Ti abbiamo mandato una mail con il link", "newsletter"),
        ("nl", "Controleer je inbox", "newsletter"),
        ("ru", "Заголовок следующего материала", "related"),
        ("ru", "Пропустить Реклама подкастов и продолжить чтение", "breadcrumb"),
        ("tr", "Haberin devamı için tıklayınız", "related"),
        ("ar", "تخطي النشرة الإخبارية", "breadcrumb"),
        ("fa", "انتهای پیام/", "breadcrumb"),
        ("zh", "我们已向您的邮箱发送验证链接", "newsletter"),
        ("ja", "この記事の要点", "breadcrumb"),
        ("ko", "광고 건너뛰기", "ads"),
        ("pl", "Dalszą część tekstu znajdziesz pod wideo", "ads"),
        ("uk", "Пропустити Головне за тиждень й продовжити читання", "breadcrumb"),
        ("cs", "Článek pokračuje pod galerií", "ads"),
        ("ro", "Sari peste reclama", "breadcrumb"),
        ("sv", "Reklamen slutar", "breadcrumb"),
        ("fi", "Juttu jatkuu kuvan alla", "ads"),
        ("hi", "विज्ञापन समाप्त", "breadcrumb"),
    ],
)
def test_a_formula_is_known_however_an_outlet_words_it(language: str, line: str, category: str) -> None:
    assert category in {hit.phrase.category for hit in phrase_book().hits(line, language)}


ARTICLE = {
    "en": "The delegations met in the port city, which has worked below its capacity since the beginning of October.",
    "de": "Die Delegationen trafen sich in der Hafenstadt, die seit Anfang Oktober nur noch mit halber Kraft arbeitet.",
    "fr": "Les délégations se sont réunies dans la ville portuaire, qui tourne au ralenti depuis le début du mois d'octobre.",
    "es": "Las delegaciones se reunieron en la ciudad portuaria, que trabaja a medio ritmo desde comienzos de octubre.",
    "pt": "As delegações reuniram-se na cidade portuária, que trabalha a meio ritmo desde o início de outubro.",
    "ru": "Делегации встретились в портовом городе, который с начала октября работает вполсилы из-за обстрелов.",
    "tr": "Heyetler, ekim başından beri düşük kapasiteyle çalışan liman kentinde bir araya geldi ve görüşmelere başladı.",
    "ar": "اجتمعت الوفود في مدينة الميناء التي تعمل بنصف طاقتها منذ بداية شهر أكتوبر بسبب الهجمات المتكررة.",
    "uk": "Делегації зустрілися в портовому місті, яке від початку жовтня працює впівсили через обстріли.",
    "pl": "Delegacje spotkały się w mieście portowym, które od początku października pracuje na pół gwizdka.",
}


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "End of an era for the port"),
        ("en", "The audio was AI-generated and spread before the vote, officials said."),
        ("en", "An earlier version of the treaty excluded the islands."),
        ("en", "Why trust between the two capitals has collapsed"),
        ("de", "In einer früheren Fassung des Vertrags fehlten die Inseln."),
        ("de", "Die Debatte ist beendet, die Abstimmung folgt am Freitag."),
        ("de", "Wir haben Ihnen die E-Mail geschickt, sagte der Zeuge."),
        ("de", "Dieser Bericht ist Teil der Anklage gegen den früheren Minister."),
        ("fr", "Ce qu'il faut savoir, c'est que le pont était déjà fermé."),
        ("fr", "Fin de la publicité pour le tabac"),
        ("fr", "Les débats sont clos, le vote aura lieu mardi."),
        ("fr", "Mis à jour le 4 mai, le bilan s'élève à douze morts."),
        ("es", "Fin de la lista de espera"),
        ("es", "Si tiene información, envíe los datos al fiscal, pidió el juez a los testigos."),
        ("es", "Las claves del acuerdo"),
        ("pt", "Fim da lista de espera"),
        ("ru", "Вы не можете принять участие в голосовании, заявила комиссия."),
        ("ru", "Конец рекламы табака"),
        ("tr", "Yorumlar mahkemede onaylandı"),
        ("ar", "حرب بلا نهاية"),
        ("ar", "تحرير الموصل من المسلحين"),
        ("uk", "Кінець Радянського Союзу"),
        ("pl", "Masz wybór, napisz do ministra, mówi aktywista."),
    ],
)
def test_a_sentence_that_looks_like_one_stays(language: str, sentence: str) -> None:
    paragraphs = [f"{ARTICLE[language][:-1]} ({number})." for number in range(1, 7)]
    text = "\n\n".join(["Harbour", *paragraphs[:4], sentence, *paragraphs[4:]])
    assert sentence in clean(Page(text=text)).text.split("\n\n")
