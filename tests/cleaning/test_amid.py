"""What pages set among the paragraphs without a class: other articles, captions, buttons, mastheads; and what looks so."""

from __future__ import annotations

import time

import pytest

from cleaning import Page, clean

TITLE = "Two states agree to reopen a bridge"
OPENING = "The two ministers met on Monday in a border town and agreed to reopen the bridge before the winter sets in."
MIDDLE = "Traders on either bank have waited for eleven years, and many of them no longer believe what they are told."
CLOSING = "Work on the western pier is to begin in May, once the water has fallen and the engineers have been paid."
GERMAN = (
    "Die beiden Minister trafen sich am Montag in einem Grenzort und einigten sich, die Brücke noch vor dem Winter zu öffnen.",
    "Die Händler auf beiden Ufern warten seit elf Jahren, und viele von ihnen glauben nicht mehr, was man ihnen sagt.",
    "Die Arbeiten am westlichen Pfeiler sollen im Mai beginnen, sobald das Wasser gefallen ist und die Ingenieure bezahlt sind.",
)
RUSSIAN = (
    "Два министра встретились в понедельник в приграничном городе и договорились открыть мост ещё до наступления зимы.",
    "Торговцы на обоих берегах ждут одиннадцать лет, и многие из них уже не верят тому, что им обещают в столице.",
    "Работы на западной опоре должны начаться в мае, как только спадёт вода и инженерам заплатят за прошлый год.",
)
TURKISH = (
    "İki bakan pazartesi günü bir sınır kasabasında bir araya geldi ve köprünün kıştan önce yeniden açılması konusunda anlaştı.",
    "Her iki yakadaki tüccarlar on bir yıldır bekliyor ve birçoğu artık kendilerine söylenenlere inanmıyor.",
    "Batı ayağındaki çalışmaların sular çekilip mühendislere ödeme yapılınca mayıs ayında başlaması bekleniyor.",
)


def kept(line: str, *, paragraphs: tuple[str, str, str] = (OPENING, MIDDLE, CLOSING), others: tuple[str, ...] = ()) -> bool:
    """Whether a line stays among the paragraphs, `others` at the end; the paragraphs must."""
    lines = clean(Page(text="\n\n".join([TITLE, paragraphs[0], line, *paragraphs[1:], *others]))).text.splitlines()
    assert set(paragraphs) <= set(lines)
    return line in lines


@pytest.mark.parametrize(
    ("line", "paragraphs"),
    [
        ("PREV Pound slides again on the parallel market", None),
        ("PRÓXIMO La previsión del tiempo para mañana", None),
        ("СЛЕД Прогноз погоды на завтра по областям", RUSSIAN),
        ("ÖNCEKİ Merkez bankası yarın için kuru açıkladı", TURKISH),
    ],
)
def test_a_label_in_capitals_and_another_headline_go(line: str, paragraphs: tuple[str, str, str] | None) -> None:
    assert not kept(line, paragraphs=paragraphs or (OPENING, MIDDLE, CLOSING))


def test_the_evidence_says_what_sets_a_label_apart() -> None:
    chinese = (
        "两国外长周一在边境小城举行会谈，同意在冬季来临之前重新开放关闭了十一年的大桥，并恢复两岸的轮渡。",
        "两岸的商人已经等待了十一年，他们中的许多人不再相信首都的承诺，也不再相信报纸上所写的任何日期。",
        "西侧桥墩的工程预计将于明年五月开始，届时水位下降，工程师的工资也将全部付清，工人们将回到工地。",
    )
    for paragraphs, line, said in (
        ((OPENING, MIDDLE, CLOSING), "PREV Pound slides again on the market", "begins with the label “Prev” in capitals"),
        (chinese, "上一篇 中央银行公布明天的官方汇率", "begins with the label “上一篇” and a space, where the script has none"),
    ):
        rest = [f"{number} {paragraph}" for number in (1, 2) for paragraph in paragraphs[1:]]
        (removal,) = clean(Page(text="\n\n".join([TITLE, paragraphs[0], line, *rest]))).removals
        assert (removal.rule, removal.text, removal.evidence) == ("nav.prev-next", line, said)


def test_a_common_word_needs_the_other_label_somewhere_in_the_text() -> None:
    line = "Zurück: Die Zentralbank legt den Kurs für morgen fest"
    assert kept(line, paragraphs=GERMAN)
    assert not kept(line, paragraphs=GERMAN, others=("Weiter: Regen an der Küste erwartet",))


@pytest.mark.parametrize("line", ["NEXT STOP GENEVA", "Next week the talks go on", "Previous deals failed within a year"])
def test_a_heading_that_begins_so_stays(line: str) -> None:
    assert kept(line)


@pytest.mark.parametrize(
    "line",
    [
        "The sealed office on the east bank. (Meridian/Lena Okoro)",
        "Ana Pintos boards the ferry – Davi Moraes/Folha do Rio",
        "A rally on the square on Sunday 9 June. PAVEL ORSINI / HORIZON PRESSE",
        "Guards outside the consulate on Friday. / R. TEJADA (AGENCIA SUR)",
        "ReutersA dock worker walks past the burned silo on Tuesday",
        "Item 2 of 5 A tanker lies off the eastern mouth of the river",
        "[1/3] A tanker lies off the eastern mouth of the river",
        "Media caption, The moment the western pier gave way",
        "(afp)",
    ],
)
def test_a_caption_goes_by_its_form(line: str) -> None:
    assert not kept(line)


@pytest.mark.parametrize(
    "line",
    [
        "The bridge is open. (It was never safe/sound)",
        "A pier, a ferry, a choice: TOLL OR TAX AND NOTHING ELSE THAN THAT",
        "Who pays? MINISTRY OF WORKS VS. THE RIVER TOWNS",
        "One pier of 3 is standing, the others were taken by the water",
    ],
)
def test_a_sentence_that_looks_like_a_caption_stays(line: str) -> None:
    assert kept(line)


@pytest.mark.parametrize(
    ("line", "paragraphs"),
    [
        ("Why the river matters so muchPublished 2 February", None),
        ("The bridge at night: watch the whole film 14 min", None),
        ("Also readThe hidden price of the ferry", None),
        ("Gazette.example.com", None),
        ("bridgenews.org", None),
        ("Print", None),
        ("Sign up to This Is The River", None),
        ("Jetzt den Politik-Newsletter „Die Lage am Fluss“ abonnieren", GERMAN),
        ("Fotoğraf altı yazısı, Kurtarma ekipleri enkazda arama yapıyor", TURKISH),
        ("Podcast'i atlayın ve okumaya devam edin", TURKISH),
        ("Пропустить Подкаст и продолжить чтение.", RUSSIAN),
        ("Подпись к фото, Рабочие у западной опоры моста", RUSSIAN),
    ],
)
def test_cards_and_buttons_go(line: str, paragraphs: tuple[str, str, str] | None) -> None:
    assert not kept(line, paragraphs=paragraphs or (OPENING, MIDDLE, CLOSING))


@pytest.mark.parametrize(
    "line",
    [
        "The crossing can be done in 14 min",
        "Read the small print",
        "A share of the toll",
        "The ferry GoRiver is full",
        "Sign up to fight, the posters said",
    ],
)
def test_sub_headings_that_look_like_them_stay(line: str) -> None:
    assert kept(line)


def test_a_headline_in_someones_words_goes_with_its_label() -> None:
    label, headline = "Материал по теме", "«Мы договорились о мосте, но не о мире»: интервью с посредником"
    lines = clean(Page(text="\n\n".join([TITLE, *RUSSIAN[:2], label, headline, RUSSIAN[2]]))).text.splitlines()
    assert lines[:3:2] == list(RUSSIAN[:2])
    assert label not in lines
    assert headline not in lines


@pytest.mark.parametrize(
    ("masthead", "gone"),
    [
        ((TITLE, "The governments speak of “a beginning”, the opposition of “lights out before the theft”"), True),
        ((TITLE, "Renata Queiroz"), True),
        (("By Marcus Ellwood and Dina Farrow, diplomatic staff",), True),
        (("Par Hélène Castaing (envoyée spéciale à Drevna)",), True),
        (("Lucía Barrantes | Correspondent in Puerto Niebla",), True),
        ((TITLE, "A river of two minds"), False),
        (("What was agreed",), False),
    ],
)
def test_what_stands_below_a_repeated_headline_is_no_text(masthead: tuple[str, ...], gone: bool) -> None:
    lines = clean(Page(text="\n\n".join([TITLE, *masthead, OPENING, MIDDLE, CLOSING]))).text.splitlines()
    assert {OPENING, MIDDLE, CLOSING} <= set(lines)
    assert (masthead[-1] not in lines) is gone


def test_a_teaser_goes_above_a_byline_with_an_office() -> None:
    teaser = "Two governments want the bridge back before the winter. The opposition calls it theatre."
    article = clean(Page(text="\n\n".join([TITLE, teaser, "By Matt Olbrich, Capital Bureau", OPENING, MIDDLE, CLOSING])))
    assert article.text.splitlines()[0] == OPENING
    assert article.summary == teaser


def test_a_heading_stays_between_two_lines_of_the_page_where_the_text_goes_on() -> None:
    heading, last = "Stones and votes", "He has eleven days left."
    lines = [TITLE, OPENING, MIDDLE, CLOSING, "Subscribe to our newsletter", heading, "Share on Facebook", last]
    assert {heading, last} <= set(clean(Page(text="\n\n".join(lines))).text.splitlines())


def test_a_last_sentence_that_ends_in_german_marks_is_a_sentence() -> None:
    last = "Ein Diplomat fasst es so zusammen: »Alle wollen teilen, nur die Kosten nicht.«"
    lines = clean(Page(text="\n\n".join([TITLE, *GERMAN, last, "atm/dpa/Reuters", "Diskutieren Sie mit"]))).text.splitlines()
    assert lines[-1] == last


@pytest.mark.parametrize(
    "line",
    [
        "analyse 28.05.2025 Warum die Brücke zur Waffe geworden ist",
        "Hintergrund15.04.2025Warum Orlanien den Hahn zudrehtDer Versorger ist verschuldet",
        "R+ Wem gehört der Fluss",
        "mehr",
        "Bei der Verwendung der Materialien ist ein Hyperlink auf die Website obligatorisch",
        "Vergessen Sie nicht, unseren Kanal zu abonnieren",
        "Kommentare (12)",
        "Player: audioKarla Stein, Korrespondentin, 24.06.2024 05:53 Uhr",
    ],
)
def test_lines_of_german_pages_go(line: str) -> None:
    assert not kept(line, paragraphs=GERMAN)


@pytest.mark.parametrize(
    "line",
    [
        "Ferry captain stuns passengers on the night boat12.4k viewing now",
        "Dormir mejor junto al río arrasaPATROCINADO",
        "01:24The river by night: a film",
        "1 of 6 |",
        "3 days ago",
        "Look also: Prices of the ferry rose",
        "Earlier we wrote that the ministers had refused to meet",
        "The opinion of the editors may not coincide with that of the authors.",
        "Found a mistake? Select it and press Ctrl+Enter",
        "Source: Salvenia Online",
        "Views: 1243",
        "Previous article",
        "Most watched News videos",
        "Guards at the eastern gate of the bridge at dawn (Meridian)",
    ],
)
def test_more_cards_and_standing_lines_go(line: str) -> None:
    assert not kept(line)


@pytest.mark.parametrize(
    ("line", "paragraphs"),
    [
        ("Who pays for the newsletters?", None),
        ("More posts on the river, he said: two on either bank.", None),
        ("09:15 The first lorry crosses", None),
        ("Anna Orlow (Green Party)", None),
        ("— Что вы посоветуете нашим читателям?", RUSSIAN),
        ("Не забудьте и о пароме, говорит он.", RUSSIAN),
        ("Das geht so weiter.", GERMAN),
        ("Werbung? Die gibt es hier nicht.", GERMAN),
        ("Abone olmak zorunda mıyım?", TURKISH),
    ],
)
def test_the_articles_own_short_lines_stay(line: str, paragraphs: tuple[str, str, str] | None) -> None:
    assert kept(line, paragraphs=paragraphs or (OPENING, MIDDLE, CLOSING))


@pytest.mark.parametrize("lead", ["RIVERTOWN — The", "ANKERYA - The", "Rivertown (Reuters) - The"])
def test_a_teaser_goes_above_a_dateline(lead: str) -> None:
    teaser = "Two governments want the bridge back before the winter. The opposition calls it theatre."
    first = OPENING.replace("The", lead, 1)
    article = clean(Page(text="\n\n".join([TITLE, teaser, first, MIDDLE, CLOSING])))
    assert article.text.splitlines()[0] == first
    assert article.summary == teaser


def test_an_open_list_keeps_its_entries() -> None:
    entries = ("a live broadcast on the site, without advertising;", "the newsletters of both ministries;", "a hotline.")
    lines = clean(Page(text="\n\n".join([TITLE, OPENING, "The towns ask for:", *entries, MIDDLE, CLOSING]))).text.splitlines()
    assert set(entries) <= set(lines)


def test_a_note_on_whom_the_text_does_not_name_goes_however_long_it_is() -> None:
    note = (
        "Evelyn Strathmore is a senior fellow with the Economic Statecraft Program at the Harcourt Institute in the capital. "
        "Kofi Amankwah is an associate fellow there and the author of two books on tolls."
    )
    assert note not in clean(Page(text="\n\n".join([TITLE, OPENING, MIDDLE, CLOSING, note]))).text


@pytest.mark.parametrize(
    "line",
    [
        "Facebook, Instagram and WhatsApp were down for six hours on Monday.",
        "WhatsApp users can now join channels without sharing their number.",
        "Julian Assange is the first editor to be charged under that act.",
        "NATO - the alliance that paid for it - has refused to comment on the bridge, which it has never used itself.",
        "Bake in the oven for about 20 min",
        "(24/7) Care for the elderly costs more than the town can pay.",
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_a_paper_prints_of_the_press_and_the_net_stays(line: str, place: int) -> None:
    paragraphs = [OPENING, MIDDLE, CLOSING]
    paragraphs.insert(place + 1, line)
    assert clean(Page(text="\n\n".join([TITLE, *paragraphs]))).text.split("\n\n") == paragraphs


@pytest.mark.parametrize("day", ["2 March, 09:15", "17.02.2025"])
def test_another_articles_day_goes_with_its_headline_and_an_entrys_day_stays(day: str) -> None:
    for beside, taken in (("Wheat harvest beats last year's", True), ("The first lorry crossed.", False)):
        lines = clean(Page(text="\n\n".join([TITLE, OPENING, MIDDLE, beside, day, CLOSING]))).text.splitlines()
        assert (day not in lines) is taken


@pytest.mark.parametrize("line", ["公司的意图", "未来蓝图"])
def test_a_chinese_heading_that_ends_in_the_sign_of_a_drawing_stays(line: str) -> None:
    paragraphs = ["两国外长周一在边境小城举行会谈，同意在冬季来临之前重新开放关闭了十一年的大桥，并恢复两岸的轮渡。"] * 1 + [
        line,
        "两岸的商人已经等待了十一年，他们中的许多人不再相信首都的承诺，也不再相信报纸上所写的任何日期。",
        "西侧桥墩的工程预计将于明年五月开始，届时水位下降，工程师的工资也将全部付清，工人们将回到工地。",
    ]
    assert line in clean(Page(text="\n\n".join(["两国同意重开大桥", *paragraphs]))).text.splitlines()


@pytest.mark.parametrize(
    "line",
    [
        "Mehr auf unserer Seite." + "»" * 60 + "Mehr",
        "By Anna Berg, " + "." * 100 + "|",
        "3." + "1415926535897932384626433832795028841971" * 2 + " und so fort",
        "www.expo-2024.org/2025.",
        "@expo2024 12",
    ],
)
def test_an_odd_line_above_the_text_costs_no_time_and_takes_no_paragraph_along(line: str) -> None:
    begin = time.process_time()
    lines = clean(Page(text="\n\n".join([TITLE, OPENING, line, MIDDLE, CLOSING]))).text.splitlines()
    assert {OPENING, MIDDLE, CLOSING} <= set(lines)
    assert time.process_time() - begin < 1.0
