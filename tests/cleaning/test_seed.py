"""The seed: the article that started it all comes out exactly as its expected.json says, and so do its variants."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from cleaning import Article, Page, clean
from fixtures.articles import HERE

RAW = (HERE / "seed" / "raw.txt").read_text(encoding="utf-8")
EXPECTED = json.loads((HERE / "seed" / "expected.json").read_text(encoding="utf-8"))
TITLE: str = EXPECTED["title"]
PARAGRAPHS: list[str] = EXPECTED["paragraphs"]
PREV = "PREV Weather report. A difficult day ahead in Côte-d’Or? In Dijon, 7 cm of snow expected Thursday"
NEXT = "NEXT suspected burglar in serious condition after falling from roof"


def of_text(text: str) -> Article:
    return clean(Page(text=text))


def assert_is_the_seed(article: Article) -> None:
    """Title and paragraphs character by character; nothing else is in the text."""
    assert article.title == TITLE
    assert article.text.split("\n\n") == PARAGRAPHS
    assert article.status == "ok"


def rules(article: Article) -> list[str]:
    return [r.rule for r in article.removals]


# --- the seed itself


def test_title_and_paragraphs_are_exact() -> None:
    assert_is_the_seed(of_text(RAW))
    assert of_text(RAW).language == EXPECTED["language"]


def test_paragraphs_keep_their_lines() -> None:
    article = of_text(RAW)
    assert [b.line for b in article.blocks] == EXPECTED["paragraph_lines"]
    assert {b.kind for b in article.blocks} == {"paragraph"}


def test_damage_is_flagged_where_it_stands_and_nowhere_else() -> None:
    article = of_text(RAW)
    flags = {str(number): sorted(b.flags) for number, b in enumerate(article.blocks, 1) if b.flags}
    assert flags == {number: sorted(found) for number, found in EXPECTED["paragraph_flags"].items()}
    assert set(EXPECTED["document_flags_at_least"]) <= set(article.flags)
    assert set(article.flag_evidence) == set(article.flags)


def test_the_six_removals_by_line_and_rule() -> None:
    removals = [{"line": r.line, "rule": r.rule, "text": r.text} for r in of_text(RAW).removals]
    assert removals == EXPECTED["removals"]
    assert all(r.evidence and r.block_count == 1 for r in of_text(RAW).removals)


def test_nothing_is_invented_for_what_the_seed_does_not_say() -> None:
    article = of_text(RAW)
    assert {name: getattr(article, name) for name in EXPECTED["null"]} == dict.fromkeys(EXPECTED["null"])
    assert [name for name in EXPECTED["empty"] if getattr(article, name)] == []


def test_the_seed_is_about_relations_between_states() -> None:
    geopolitics = of_text(RAW).geopolitics
    assert geopolitics is not None
    assert geopolitics.score > 0.7
    assert {"KP", "RU", "UA"} <= {c.code for c in geopolitics.countries}


def test_cleaning_the_clean_article_again_changes_nothing() -> None:
    once = of_text(RAW)
    again = of_text(once.as_text())
    assert_is_the_seed(again)
    assert again.removals == ()


# --- the same article as other programs write it


@pytest.mark.parametrize(
    "body",
    [
        RAW.replace("\n", "\r\n").encode(),
        RAW.replace("\n", "\r").encode(),
        b"\xef\xbb\xbf" + RAW.encode(),
        RAW.encode("utf-16"),
        RAW.encode("utf-16-le"),
        RAW.encode("utf-16-be"),
        b"\xff\xfe" + RAW.encode("utf-16-le"),
        b"\xfe\xff" + RAW.encode("utf-16-be"),
        RAW.replace("\n", "\r\n").encode("utf-16-le"),
        RAW.encode("utf-32"),
        RAW.encode("cp1252"),
    ],
    ids=[
        "crlf",
        "cr",
        "utf-8 bom",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-16-le bom",
        "utf-16-be bom",
        "utf-16-le crlf",
        "utf-32",
        "cp1252",
    ],
)
def test_encodings_and_line_breaks(body: bytes) -> None:
    article = clean(Page(body=body))
    assert_is_the_seed(article)
    assert [r.line for r in article.removals] == [r["line"] for r in EXPECTED["removals"]]


def test_a_text_that_was_decoded_with_its_mark() -> None:
    assert_is_the_seed(of_text("\ufeff" + RAW))


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.replace(" ", "\u00a0"),
        lambda t: t.replace(" ", "\u202f"),
        lambda t: t.replace("\n\n", "\n\u00a0\n"),
        lambda t: "\n".join(f"\u00a0 {line} \u00a0" for line in t.split("\n")),
        lambda t: t.replace(" ", "  "),
        lambda t: t.replace("\n", "\n\n\n"),
        lambda t: "\n\n\n" + t.rstrip(),
        lambda t: t.replace("\n", " \t\n"),
        lambda t: t.replace("Russia", "Rus\u00adsia"),
    ],
    ids=[
        "no-break",
        "narrow no-break",
        "no-break on blank lines",
        "indented with no-break",
        "doubled",
        "line breaks tripled",
        "no last line break",
        "trailing blanks",
        "soft hyphens",
    ],
)
def test_white_space(change: Callable[[str], str]) -> None:
    assert_is_the_seed(of_text(change(RAW)))


@pytest.mark.parametrize(
    "sign", ["–", "—", "−", "‐", "‑", "‒", "―", "*", "•", "·", "_", "---", "***", "* * *", "…", "- - -", "=====", "~", "|", "■"]
)
def test_other_signs_on_lines_of_their_own(sign: str) -> None:
    article = of_text(RAW.replace("\n-\n", f"\n{sign}\n"))
    assert_is_the_seed(article)
    assert [(r.line, r.rule, r.text) for r in article.removals][2:4] == [(22, "symbols.lone", sign), (24, "symbols.lone", sign)]


# --- the title with the site's name behind it


@pytest.mark.parametrize(
    ("which", "separator"),
    [
        ("all three", " | "),  # parted by a dash nothing would say that it is a site's name
        *((which, separator) for which in ("the first", "the repeats") for separator in (" | ", " - ", " – ", " — ", " · ")),
    ],
)
def test_the_title_with_a_site_behind_it(separator: str, which: str) -> None:
    lines = RAW.split("\n")
    for index in {"all three": (0, 2, 3), "the first": (0,), "the repeats": (2, 3)}[which]:
        lines[index] += f"{separator}Day Gazette"
    article = of_text("\n".join(lines))
    assert_is_the_seed(article)
    assert rules(article)[:2] == ["title.repeated", "title.repeated"]


@pytest.mark.parametrize(
    "change",
    [str.upper, lambda t: t.replace(": ", " : "), lambda t: f"# {t}", lambda t: f"  {t}  "],
    ids=["capitals", "French colon", "Markdown", "indented"],
)
def test_the_repeats_written_otherwise(change: Callable[[str], str]) -> None:
    lines = RAW.split("\n")
    lines[2], lines[3] = change(lines[2]), change(lines[3])
    assert_is_the_seed(of_text("\n".join(lines)))


# --- labels in other languages, and how they stand

LABELS = {
    "en": ("Previous article", "Next article"),
    "en-post": ("Previous Post", "Next Post"),
    "en-story": ("Previous story", "Next story"),
    "fr": ("Article précédent", "Article suivant"),
    "de": ("Vorheriger Beitrag", "Nächster Beitrag"),
    "de-Artikel": ("Vorheriger Artikel", "Nächster Artikel"),
    "es": ("Artículo anterior", "Artículo siguiente"),
    "pt": ("Artigo anterior", "Próximo artigo"),
    "it": ("Articolo precedente", "Articolo successivo"),
    "nl": ("Vorig artikel", "Volgend artikel"),
    "pl": ("Poprzedni artykuł", "Następny artykuł"),
    "cs": ("Předchozí článek", "Další článek"),
    "ru": ("Предыдущая статья", "Следующая статья"),
    "ru-post": ("Предыдущая запись", "Следующая запись"),
    "uk": ("Попередня стаття", "Наступна стаття"),
    "bg": ("Предишна статия", "Следваща статия"),
    "sr": ("Претходни чланак", "Следећи чланак"),
    "el": ("Προηγούμενο άρθρο", "Επόμενο άρθρο"),
    "ro": ("Articolul precedent", "Articolul următor"),
    "hu": ("Előző cikk", "Következő cikk"),
    "sv": ("Föregående artikel", "Nästa artikel"),
    "da": ("Forrige artikel", "Næste artikel"),
    "no": ("Forrige artikkel", "Neste artikkel"),
    "fi": ("Edellinen artikkeli", "Seuraava artikkeli"),
    "tr": ("Önceki haber", "Sonraki haber"),
    "ar": ("المقال السابق", "المقال التالي"),
    "fa": ("مطلب قبلی", "مطلب بعدی"),
    "he": ("הכתבה הקודמת", "הכתבה הבאה"),
    "hi": ("पिछला लेख", "अगला लेख"),
    "id": ("Artikel sebelumnya", "Artikel selanjutnya"),
    "vi": ("Bài trước", "Bài tiếp theo"),
    "zh": ("上一篇", "下一篇"),
    "zh-TW": ("上一則", "下一則"),
    "ja": ("前の記事", "次の記事"),
    "ko": ("이전 글", "다음 글"),
    "ko-gisa": ("이전 기사", "다음 기사"),
}
labels = pytest.mark.parametrize("label", LABELS.values(), ids=LABELS.keys())
ENDING = RAW.index("PREV ")


def with_ending(*lines: str) -> Article:
    return of_text(RAW[:ENDING] + "\n".join(lines) + "\n")


@labels
@pytest.mark.parametrize("colon", [": ", " : ", "：", " » ", " – "])
def test_a_label_and_a_headline_on_a_line(label: tuple[str, str], colon: str) -> None:
    article = with_ending(f"{label[0]}{colon}{PREV[5:]}", f"{label[1]}{colon}{NEXT[5:]}")
    assert_is_the_seed(article)
    assert rules(article)[-2:] == ["nav.prev-next"] * 2


@labels
@pytest.mark.parametrize("blank", [False, True], ids=["lines together", "blank lines between"])
def test_labels_and_headlines_on_lines_of_their_own(label: tuple[str, str], blank: bool) -> None:
    lines = [
        label[0],
        "A difficult day ahead in the hills",
        label[1],
        "Suspected burglar in serious condition after falling from roof",
    ]
    article = with_ending(*(line + "\n" if blank else line for line in lines))
    assert_is_the_seed(article)
    assert rules(article)[-4:] == ["nav.prev-next"] * 4


@pytest.mark.parametrize(
    "lines",
    [
        ("PREV", "A difficult day ahead in the hills", "NEXT", "Suspected burglar falls from roof"),
        ("PREVIOUS A difficult day ahead in the hills", "NEXT Suspected burglar falls from roof"),
        ("« A difficult day ahead in the hills", "Suspected burglar falls from roof »"),
        ("← A difficult day ahead in the hills", "Suspected burglar falls from roof →"),
        ("← Previous article: A difficult day ahead in the hills", "Next article: Suspected burglar falls from roof →"),
        ("< Previous", "A difficult day ahead in the hills", "Next >", "Suspected burglar falls from roof"),
        ("Previous", "Next"),
        ("PREV", "NEXT"),
        ("Newer post", "Older post"),
        ("Prev: A difficult day ahead in the hills", "Next: Suspected burglar falls from roof"),
        ("NEXT Suspected burglar falls from roof",),
        ("PREV A difficult day ahead in the hills",),
        ("Next article", "Suspected burglar falls from roof"),
        ("Next article: Suspected burglar falls from roof",),
        ("NEXT Suspected burglar falls from roof", "PREV A difficult day ahead in the hills"),
    ],
    ids=" / ".join,
)
def test_other_ways_to_lead_on(lines: tuple[str, ...]) -> None:
    assert_is_the_seed(with_ending(*lines))


# --- what must survive

SURVIVORS = [
    "Next, the parliaments of both countries have to vote, and nobody expects them to hurry.",
    "Next year will show whether the alliance holds.",
    "Next week the two leaders meet again in the border town where the first of their agreements was signed.",
    "Previous governments had refused to speak of an alliance, and their successors have not forgotten it.",
    "Previous attempts to mediate failed.",
    "Previously, the ministry had denied everything.",
    "“North Korean soldiers in Russia: an internationalization of the war?” was what the guests were asked.",
    "The question – North Korean soldiers in Russia: an internationalization of the war? – was put to every guest that evening.",
    "Weiter geht es im Frühjahr mit den Verhandlungen, die bislang ohne Ergebnis geblieben sind.",
    "Zurück bleibt ein Dorf, in dem niemand mehr wohnt.",
    "Suivant les conseils de ses alliés, le président a renoncé à son voyage.",
    "Anterior al conflicto, el acuerdo nunca llegó a aplicarse en ninguno de los dos países.",
    "Related questions were not answered by the ministry on Tuesday.",
    "Share prices fell in Seoul and in Tokyo after the news, and the won lost a hundredth of its worth.",
    "Read also between the lines, the diplomat advised, and you will see that nothing at all was promised.",
    "Follow the money, one of the investigators said, and you end in the harbour of a third country.",
    "Comment from the ministry was not to be had before Thursday.",
    "Advertising in the state papers stopped a week before the war began.",
]


@pytest.mark.parametrize("sentence", SURVIVORS, ids=lambda s: s[:28])
@pytest.mark.parametrize("place", ["in the middle", "at the end", "at the very end", "first"])
def test_sentences_that_only_look_like_boilerplate_survive(sentence: str, place: str) -> None:
    paragraphs = list(PARAGRAPHS)
    position = {"in the middle": 4, "at the end": 8, "at the very end": 8, "first": 0}[place]
    paragraphs.insert(position, sentence)
    text = f"{TITLE}\n\n" + "\n\n".join(paragraphs) + ("\n" if place == "at the very end" else f"\n\n-\n\n{PREV}\n{NEXT}\n")
    article = of_text(text)
    assert article.title == TITLE
    assert article.text.split("\n\n") == paragraphs
    assert [r for r in rules(article) if r not in ("symbols.lone", "nav.prev-next")] == []


@pytest.mark.parametrize("mark", ["-", "–", "•", "*", "—"])
def test_a_list_of_dashes_that_is_a_list_stays(mark: str) -> None:
    items = [f"{mark} sanctions against the banks", f"{mark} a ban on the flights", f"{mark} a third point"]
    article = of_text(RAW.replace("Excessive dramatization?", "\n".join(items)))
    assert [b.text for b in article.blocks if b.kind == "list_item"] == items
    assert rules(article) == [r["rule"] for r in EXPECTED["removals"]]


def test_speech_that_opens_with_a_dash_stays() -> None:
    speech = ["— Who pays for it?", "— You do, said the minister, and left the room."]
    article = of_text(RAW.replace("Excessive dramatization?", "\n\n".join(speech)))
    assert [b.text for b in article.blocks][5:7] == speech


def test_a_short_paragraph_of_the_title_s_words_in_the_middle_stays() -> None:
    article = of_text(RAW.replace("Excessive dramatization?", "An internationalization of the war?"))
    assert article.blocks[5].text == "An internationalization of the war?"


def test_a_text_without_a_repeat_or_labels_loses_nothing() -> None:
    text = f"{TITLE}\n\n" + "\n\n".join(PARAGRAPHS) + "\n"
    assert of_text(text).removals == ()
    assert re.sub(r"\s+", " ", of_text(text).as_text()) == re.sub(r"\s+", " ", text)
