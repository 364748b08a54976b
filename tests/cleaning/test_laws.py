"""The laws of cleaning: nothing is lost or invented, order is kept, cleaning twice changes nothing, and nothing raises."""

from __future__ import annotations

import html
import pickle
import random
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from cleaning import Article, Block, Claim, Page, SiteRules, clean
from cleaning.decode import looks_like_html
from cleaning.document import html_parts
from cleaning.normalise import join_drop_caps, repair_mojibake
from cleaning.parsing import parse_html
from cleaning.plaintext import text_parts
from cleaning.rules.phrases import phrase_book
from fixtures.articles import HERE, load
from fixtures.site import render, truth

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))

# --- what pages are made of

PROSE = (
    "The foreign ministers of both countries met on Tuesday to discuss the border treaty that has divided them for ten years.",
    "“We do not ask whose flag it is,” the commander said. “We ask how fast it goes, and whether it carries a light.”",
    "Next, the parliaments have to vote, and in one of them the government's majority is a single seat after the last election.",
    "Die Außenminister trafen sich am Dienstag, um über den Grenzvertrag zu sprechen, der beide Länder seit Jahren entzweit.",
    "Les ministres se sont réunis mardi pour discuter du traité : « Nous n’avons rien signé », a dit l’un d’eux en partant.",
    "Министры обеих стран встретились во вторник, чтобы обсудить договор о границе, который разделяет их уже десять лет.",
    "两国外交部长星期二举行会晤，讨论十年来使两国产生分歧的边界条约，双方均未透露谈判的具体内容。",
    "وزيرا خارجية البلدين اجتمعا يوم الثلاثاء لبحث معاهدة الحدود التي فرقت بينهما منذ عشر سنوات، من دون نتيجة تذكر.",
    "Officials said that a joint commission would begin its work next month. It has no budget. It has no address, either.",
    "She waited. Nobody came.",
)
SHORT = (
    "What comes next",
    "Who pays?",
    "Weiter geht es",
    "A long road",
    "1. The border",
    "North and south",
    "9 May",
    "Yes",
    "§ 4",
    "100 %",
)
NOISE = tuple(sorted({p.pattern for found in phrase_book().lines.values() for p in found if len(p.pattern) < 120}))

prose = st.sampled_from(PROSE)
noise = st.sampled_from(NOISE)
headlines = st.sampled_from(
    ("Bridge closed after storm", "Zoo welcomes twins", "Markt bleibt zu", "雨で延期", "Новый мост открыт")
)
noise_lines = st.one_of(
    noise,
    st.builds("{}: {}".format, noise, headlines),
    st.builds("{} {}".format, noise, headlines),
    st.sampled_from(("-", "* * *", "PREV Bridge closed", "NEXT Zoo welcomes twins", "By Ada Quillfeather", "3 March 2025", "→")),
)
letters_in = re.compile(r"[^\W_]").search
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn")), min_size=1, max_size=60)
lines = st.one_of(prose, noise_lines, st.sampled_from(SHORT), words)

CLASSES = (
    "",
    "",
    "",
    "entry-content",
    "related",
    "share-bar",
    "newsletter",
    "comments",
    "caption",
    "fact-box",
    "tags",
    "author",
    "sidebar",
    "teaser",
)
BLOCKS = (
    "p",
    "p",
    "p",
    "div",
    "section",
    "article",
    "aside",
    "ul",
    "ol",
    "li",
    "h2",
    "h3",
    "blockquote",
    "figure",
    "figcaption",
    "table",
    "tr",
    "td",
    "header",
    "footer",
    "nav",
    "form",
    "pre",
    "center",
    "x-card",
    "main",
    "dl",
    "dd",
    "details",
    "summary",
)
INLINES = ("a", "b", "em", "span", "time", "sup", "q", "font")


def element(tag: str, name: str, inner: list[str]) -> str:
    attributes = (f' class="{name}"' if name else "") + (' href="/other/page"' if tag == "a" else "")
    return f"<{tag}{attributes}>{''.join(inner)}</{tag}>"


pieces = st.one_of(
    lines.map(html.escape),
    lines.map(lambda line: f"<p>{html.escape(line)}</p>"),
    st.builds(lambda tag, line: element(tag, "", [html.escape(line)]), st.sampled_from(INLINES), lines),
    st.sampled_from(
        (
            "<br>",
            "<br/><br/>",
            "<hr>",
            "<!-- a comment -->",
            "&nbsp;",
            "<script>var hidden = 1;</script>",
            "<img src='x.jpg' alt='alt'>",
        )
    ),
)
trees = st.recursive(
    pieces,
    lambda kids: st.builds(element, st.sampled_from(BLOCKS + INLINES), st.sampled_from(CLASSES), st.lists(kids, max_size=5)),
    max_leaves=25,
)
pages = st.builds(
    lambda title, body: (
        f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1>{''.join(body)}</body></html>"
    ),
    st.sampled_from(("Two states agree on a ferry", "Vier Anrainer messen das Wasser", "三国同意修缮灯塔")),
    st.lists(trees, min_size=1, max_size=8),
)
texts = st.builds(
    lambda title, body, gap: title + "\n\n" + gap.join(body),
    st.one_of(
        st.sampled_from(("Two states agree on a ferry", "Two states agree on a ferry | Gazette")), prose, words.filter(letters_in)
    ),
    st.lists(lines, min_size=1, max_size=12),
    st.sampled_from(("\n\n", "\n", "\r\n\r\n", "\n \n")),
)


def letters(text: str) -> str:
    """Everything but white space: what no step may lose or add."""
    return re.sub(r"[\s\u00ad\u200b\u2060\ufeff]+", "", text)


# --- conservation and order


def assert_conserved(article: Article, parts: list[str], title_taken: bool) -> None:
    """Blocks and removals, put back where they stood, are the page: every block in exactly one place, in order."""
    if title_taken:
        parts = parts[1:]
    assert all(0 <= r.before_block <= len(article.blocks) for r in article.removals)
    assert [r.before_block for r in article.removals] == sorted(r.before_block for r in article.removals)
    rebuilt: list[str] = []
    for index in range(len(article.blocks) + 1):
        rebuilt += [r.text for r in article.removals if r.before_block == index]
        rebuilt += [b.text for b in article.blocks[index : index + 1]]
    assert letters("".join(rebuilt)) == letters("".join(parts))
    assert len(article.blocks) + sum(r.block_count for r in article.removals) == len(parts)


def parts_of_html(source: str) -> list[str]:
    tree = parse_html(source)
    return [] if tree is None else [repair_mojibake(p.text) for p in join_drop_caps(html_parts(tree))]


def parts_of_text(source: str) -> list[str]:
    return [repair_mojibake(p.text) for p in text_parts(source)]


@QUICK
@given(pages)
def test_every_block_of_a_page_is_in_exactly_one_place_and_in_order(source: str) -> None:
    assert_conserved(clean(Page(url="https://gazette.example/a/1", html=source)), parts_of_html(source), title_taken=False)


@QUICK
@given(texts)
def test_every_block_of_a_text_is_in_exactly_one_place_and_in_order(source: str) -> None:
    article = clean(Page(text=source))
    assume("empty" not in article.flags)
    assert_conserved(article, parts_of_text(source), title_taken=article.title is not None)


@pytest.mark.parametrize("golden", load(), ids=lambda g: g.slug)
def test_every_block_of_a_golden_page_is_in_exactly_one_place(golden: object) -> None:
    raw, is_html = golden.raw, golden.is_html  # type: ignore[attr-defined]
    encoding = {"ru": "cp1251", "ja": "cp932", "uk": "utf-16"}.get(golden.expected["language"], "utf-8")  # type: ignore[attr-defined]
    source = raw.decode(encoding)
    article = clean(Page(url="https://gazette.example/a/1", body=raw))
    assert_conserved(article, parts_of_html(source) if is_html else parts_of_text(source), title_taken=not is_html)


@QUICK
@given(pages)
def test_the_running_text_is_the_running_blocks(source: str) -> None:
    article = clean(Page(html=source))
    assert article.text == "\n\n".join(b.text for b in article.blocks if b.kind not in ("caption", "box", "embed"))


# --- nothing is invented


def assert_nothing_invented(output: str, source: str) -> None:
    """No character more often in the output than in the input; marks that compose are compared apart."""
    extra = Counter(letters(unicodedata.normalize("NFD", output))) - Counter(letters(unicodedata.normalize("NFD", source)))
    assert not extra


@QUICK
@given(texts)
def test_no_character_of_a_text_is_invented(source: str) -> None:
    assume(repair_mojibake(source) == source)
    assert_nothing_invented(clean(Page(text=source)).as_text(), source)


@QUICK
@given(pages)
def test_no_character_of_a_page_is_invented(source: str) -> None:
    assume(repair_mojibake(html.unescape(source)) == html.unescape(source))
    assert_nothing_invented(clean(Page(html=source)).as_text(), html.unescape(source))


@pytest.mark.parametrize("line", [
    'He said: "No" – and left … twice — »really«, ‚yes‘, ‹sic›, “so” ” North Korea could be the match ».',
    "Full-width １２３ＡＢＣ and ligatures ﬁ ﬂ and ½ ² ™ № stay as the source has them, all of them.",
    "«نص عربي» 123 – English in between – ‏علامة‎ 45٪ then the rest of the sentence follows here.",
    "می‌خواهند و نمی‌دانند، کتاب‌ها و خانه‌های روستایی کنار رود مرزی را از نزدیک دیدند.",
    "Family 👨‍👩‍👧‍👦 and flag 🇺🇳 and skin 👍🏽 come through in one piece, joiners and all, as sent.",
    "Ǎ ą̊ é ö ñ ệ: NFC composes what can be composed and leaves the rest of the marks alone here.",
    "&amp; &lt;b&gt; in a plain text is what its writer typed, and nobody unescapes it on the way out.",
    "A sentence with <b>tags</b> in a plain text keeps them, since nobody said that it is a page at all.",
], ids=range(8))  # fmt: skip
def test_signs_and_scripts_come_through_unharmed(line: str) -> None:
    article = clean(Page(text=f"A headline for it\n\n{PROSE[0]}\n\n{line}\n\n{PROSE[8]}\n"))
    assert unicodedata.normalize("NFC", line) in [b.text for b in article.blocks]


@pytest.mark.parametrize(("damaged", "right"), [
    ("The cafÃ© in the old town", "The café in the old town"),
    ("It was the ministerâ€™s own idea", "It was the minister’s own idea"),
    ("GrÃ¼ÃŸe aus der Hauptstadt", "Grüße aus der Hauptstadt"),
])  # fmt: skip
def test_mojibake_is_repaired_and_nothing_else(damaged: str, right: str) -> None:
    end = ", as everyone on both banks of the river had known for years before it was said aloud."
    article = clean(Page(text=f"A headline for it\n\n{PROSE[0]}\n\n{damaged}{end}\n\n{PROSE[8]}\n"))
    assert article.blocks[1].text == right + end


# --- cleaning what was cleaned


def assert_idempotent(article: Article) -> None:
    again = clean(Page(text=article.as_text()))
    assert again.title == article.title
    assert again.text == article.text
    assert [(r.rule, r.text) for r in again.removals] == []


RUSSIAN = "Министры обеих стран встретились во вторник, чтобы обсудить договор о границе, который разделяет их уже десять лет."
GERMAN = "Die Außenminister trafen sich am Dienstag, um über den Vertrag zu sprechen, der beide Länder seit Jahren entzweit."


@QUICK
@example("A title\n\nPREV x\n\nNEXT y")
@example("\n\n".join([RUSSIAN, GERMAN, RUSSIAN, "BEITRÄGE:00"]))
@example("\n\n".join(["Bridge closed", "Подписывайтесь на наш канал в Telegram и читайте новости", GERMAN, "BEITRÄGE:00"]))
@example(f":\n\n{PROSE[0]}\n\n{PROSE[0]}")
@given(texts)
def test_cleaning_a_clean_text_again_changes_nothing(source: str) -> None:
    article = clean(Page(text=source))
    assume(article.text)
    assert_idempotent(article)


items = st.lists(st.one_of(prose, st.sampled_from(SHORT)), min_size=1, max_size=4)
bodies = st.lists(
    st.one_of(
        prose.map("<p>{}</p>".format),
        noise_lines.map(lambda line: f"<p>{html.escape(line)}</p>"),
        st.sampled_from(SHORT).map("<h2>{}</h2>".format),
        prose.map("<blockquote>{}</blockquote>".format),
        items.map(lambda found: "<ul>" + "".join(f"<li>{i}</li>" for i in found) + "</ul>"),
        st.lists(st.tuples(st.sampled_from(SHORT), st.sampled_from((*SHORT, ""))), min_size=2, max_size=4).map(
            lambda rows: "<table>" + "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in rows) + "</table>"
        ),
    ),
    min_size=2,
    max_size=12,
)


@QUICK
@example(["<p>" + PROSE[0] + "</p>", "<table><tr><td>a b</td><td>c d</td></tr><tr><td>a b</td><td></td></tr></table>"])
@example(["<p>" + PROSE[0] + "</p>", "<table><tr><td></td><td>c d</td></tr><tr><td>a b</td><td>e</td></tr></table>"])
@given(bodies)
def test_cleaning_the_article_of_a_page_again_changes_nothing(body: list[str]) -> None:
    title = "Two states agree on a ferry"
    source = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{''.join(body)}</article></body></html>"
    article = clean(Page(html=source))
    assume(article.text and article.title)
    assert_idempotent(article)


@pytest.mark.parametrize("golden", load(), ids=lambda g: g.slug)
def test_cleaning_a_golden_article_again_changes_nothing(golden: object) -> None:
    article = clean(Page(url="https://gazette.example/a/1", body=golden.raw))  # type: ignore[attr-defined]
    assert_idempotent(article)


# --- nothing raises


@cache
def real_pages() -> tuple[bytes, ...]:
    """The golden pages and every page of the small news web, as bytes."""
    site = [
        reply.body
        for outlet in truth.load()
        for reply in render.replies(outlet, "http://127.0.1.1").values()
        if b"<" in reply.body[:200]
    ]
    seed = (HERE / "seed" / "raw.txt").read_bytes()
    return (*(g.raw for g in load()), seed, *site)


def flip_bits(page: bytes, chance: random.Random) -> bytes:
    mutable = bytearray(page)
    for _ in range(chance.choice((1, 10, 200))):
        mutable[chance.randrange(len(mutable))] ^= 1 << chance.randrange(8)
    return bytes(mutable)


def truncate(page: bytes, chance: random.Random) -> bytes:
    return page[: chance.randrange(len(page))]


def cut_out(page: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(page))
    return page[:start] + page[start + chance.randrange(2000) :]


def shuffle_tags(page: bytes, chance: random.Random) -> bytes:
    found = re.split(rb"(<[^<>]{1,300}>)", page)
    tags = found[1::2]
    chance.shuffle(tags)
    found[1::2] = tags
    return b"".join(found)


def drop_closing_tags(page: bytes, chance: random.Random) -> bytes:
    return re.sub(rb"</\w+>", lambda m: b"" if chance.random() < 0.5 else m.group(), page)


def insert_nuls(page: bytes, chance: random.Random) -> bytes:
    mutable = bytearray(page)
    for _ in range(chance.choice((1, 5, 40))):
        mutable.insert(chance.randrange(len(mutable)), 0)
    return bytes(mutable)


def splice(page: bytes, chance: random.Random) -> bytes:
    other = chance.choice(real_pages())
    return page[: chance.randrange(len(page))] + other[chance.randrange(len(other)) :]


def break_json(page: bytes, chance: random.Random) -> bytes:
    """JSON-LD that says odd things: null, lists and objects where a string is due."""
    odd = chance.choice(
        (b"null", b"[]", b"{}", b"[[1]]", b"true", b"-1e999", b'{"@id": 3}', b'[null, {"name": null}]', b'"\\ud800"')
    )
    return re.sub(
        rb'"(headline|author|datePublished|@type|publisher|@graph)":\s*("[^"]*"|\[[^\]]*\]|\{[^}]*\})',
        rb'"\1": ' + odd.replace(b"\\", rb"\\"),
        page,
    )


def odd_attributes(page: bytes, chance: random.Random) -> bytes:
    odd = (
        b'href="http://["',
        b'datetime="0000-00-00T99:99"',
        b'content=""',
        b'src="//"',
        b'class="\xff\xfe"',
        b'rel="prev"',
        b"hidden",
    )
    return re.sub(
        rb'(?:href|content|datetime|class|src)="[^"]*"',
        lambda m: chance.choice(odd) if chance.random() < 0.3 else m.group(),
        page,
    )


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    flip_bits, truncate, cut_out, shuffle_tags, drop_closing_tags, insert_nuls, splice, break_json, odd_attributes,
)  # fmt: skip


def mutated(number: int) -> bytes:
    """The page of that number: a real one with one to three mutations, the same every time."""
    chance = random.Random(number)
    page = chance.choice(real_pages())
    for _ in range(chance.choice((1, 1, 2, 3))):
        page = chance.choice(MUTATIONS)(page or b" ", chance)
    return page


UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [s for pair in value.items() for item in pair for s in strings(item)]
    if isinstance(value, (list, tuple)):
        return [s for item in value for s in strings(item)]
    return []


def assert_sound(article: Article) -> None:
    """It can be stored, sent and read back, and says why where it is no article."""
    record = article.to_record()
    assert not [s for s in strings(record) if UNSTORABLE.search(s)]
    assert Article.from_record(record) == article
    assert set(article.flag_evidence) == set(article.flags)
    assert article.status != "rejected" or article.flags
    assert all(0 <= r.before_block <= len(article.blocks) and r.rule and r.evidence for r in article.removals)


def assert_survived(number: int) -> None:
    try:
        assert_sound(clean(Page(url="https://gazette.example/a/1", body=mutated(number))))
    except Exception as error:  # noqa: BLE001  whatever it is, the page's number is what one needs to see
        pytest.fail(f"mutated({number}): {type(error).__name__}: {error}")


@pytest.mark.parametrize("chunk", range(6))
def test_no_mutated_page_raises(chunk: int) -> None:
    for number in range(chunk * 40, chunk * 40 + 40):
        assert_survived(number)


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(1, 11))
def test_none_of_ten_thousand_mutated_pages_raises(chunk: int) -> None:
    for number in range(chunk * 1000, chunk * 1000 + 1000):
        assert_survived(number)


def monster(kind: str, size: int) -> str:
    """A page of one thing too many."""
    body = "".join(f"<p>{p}</p>" for p in PROSE)
    return {
        "nested div": f"<html><body>{'<div>' * size}{body}{'</div>' * size}</body></html>",
        "nested span": f"<html><body><p>{'<span>' * size}{PROSE[0]}</p>{body}</body></html>",
        "nested table": f"<html><body>{'<table><tr><td>' * size}{body}</body></html>",
        "nested blockquote": f"<html><body>{'<blockquote>' * size}{body}</body></html>",
        "nested list": f"<html><body>{'<ul><li>' * size}{body}</body></html>",
        "nested a": f"<html><body>{'<a href=x>' * size}{body}</body></html>",
        "nested JSON-LD": f"<html><script type='application/ld+json'>{'[' * size}{']' * size}</script><body>{body}</body></html>",
        "attributes": f"<html><body><p {' '.join(f'a{i}=1' for i in range(size))}>{PROSE[0]}</p>{body}</body></html>",
        "classes": f"<html><body><div class='{' '.join(f'related-{i}' for i in range(size))}'>{body}</div></body></html>",
        "unclosed": f"<html><body>{body}{'<p>' * size}<b><i><a href=",
        "line breaks": f"<html><body>{body}<p>{'word<br>' * size}</p></body></html>",
        "meta": f"<html><head>{'<meta property=og:title content=x>' * size}</head><body>{body}</body></html>",
        "entities": f"<html><body>{body}<p>{'&#x1F600;&bogus;&#0;&#xD800;' * size}</p></body></html>",
        "one long word": f"<html><body>{body}<p>{'x' * size}</p></body></html>",
        "short paragraphs": f"<html><body>{body}{'<p>Read also: x</p>' * (size // 10)}</body></html>",
    }[kind]


MONSTERS = (
    "nested div",
    "nested span",
    "nested table",
    "nested blockquote",
    "nested list",
    "nested a",
    "nested JSON-LD",
    "unclosed",
    "line breaks",
    "meta",
    "entities",
    "one long word",
    "short paragraphs",
)


@pytest.mark.parametrize(("kind", "size"), [*((kind, 5_000) for kind in MONSTERS), ("attributes", 50_000), ("classes", 50_000)])
def test_no_monster_raises_or_takes_for_ever(kind: str, size: int) -> None:
    source = monster(kind, size)
    started = time.process_time()
    article = clean(Page(url="https://gazette.example/a/1", html=source))
    assert time.process_time() - started < 5
    assert_sound(article)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "size"), [*((kind, 10_000) for kind in MONSTERS), ("attributes", 100_000), ("classes", 100_000)]
)
def test_no_bigger_monster_raises_or_takes_for_ever(kind: str, size: int) -> None:
    source = monster(kind, size)
    started = time.process_time()
    assert_sound(clean(Page(url="https://gazette.example/a/1", html=source)))
    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\n\n",
        "\x00",
        "x",
        "\ufeff",
        "\u200b",
        "<",
        "<>",
        "</p>",
        "\x1e",
        "a\x1eb",
        "\ud800",
        "\udfff\ud800 text",
        "\x00\x01\x02",
        "\u2028\u2029",
        "-",
        "PREV",
        "\t\t\t",
        "a\tb",
        "\u202e\u202d",
        "&",
        "&#0;",
        "<!--",
        "<![CDATA[",
        "<?xml",
        "<html",
        "<p>" * 20,
        "\x0c" * 9,
    ],
    ids=ascii,
)
def test_next_to_nothing_is_rejected_and_does_not_raise(text: str) -> None:
    for page in (Page(text=text), Page(html=text), Page(body=text.encode("utf-8", "surrogatepass"))):
        article = clean(page)
        assert_sound(article)
        assert article.status == "rejected"


@settings(QUICK, max_examples=150)
@given(st.binary(max_size=3000))
def test_no_bytes_raise(body: bytes) -> None:
    assert_sound(clean(Page(body=body)))


@settings(QUICK, max_examples=100)
@given(st.text(st.characters(), max_size=2000))
def test_no_text_raises_not_even_with_lone_surrogates(text: str) -> None:
    assert_sound(clean(Page(text=text)))
    assert_sound(clean(Page(html=f"<p>{text}</p><p>{PROSE[0]}</p>")))


@pytest.mark.parametrize("sign", ["\x00", "\x01", "\x0b", "\x1e", "\x1f", "\x7f", "\ud83d"], ids=ascii)
def test_no_control_or_surrogate_reaches_the_output(sign: str) -> None:
    text = f"A head{sign}line for it\n\n" + "\n\n".join(p.replace(" ", f" {sign}", 1) for p in PROSE)
    page = (
        "<html><head><title>A head" + sign + "line</title><meta name=author content='Ada" + sign + " Quillfeather'></head><body>"
    )
    page += "".join(f"<p>{p.replace(' ', f' {sign}', 1)}</p>" for p in PROSE)
    for article in (clean(Page(text=text)), clean(Page(html=page))):
        assert_sound(article)
        assert "have to vote" in article.text


@pytest.mark.parametrize(
    "url",
    [
        "",
        " ",
        "not a url",
        "http://[",
        "http://[::1",
        "https://exa mple/ä?x=\ud800",
        "ftp://a/b",
        "https://a:99999/",
        "//x",
        "javascript:1",
    ],
)
def test_an_odd_address_does_not_raise(url: str) -> None:
    article = clean(
        Page(url=url, html="<html><body>" + "".join(f"<p><a href='../x'>{p}</a> {p}</p>" for p in PROSE) + "</body></html>")
    )
    assert_sound(article)


@pytest.mark.parametrize(
    "value", ["", "null", "0000-00-00", "99999-01-01", "yesterday", "\ud800", "2025-02-30T25:61", "1e400", "-1", "١٤٠٤/٠٨/٢٨"]
)
def test_odd_claims_do_not_raise(value: str) -> None:
    fields = ("title", "author", "published_at", "modified_at", "summary", "language", "tag")
    claims = tuple(Claim(field=f, value=value, source="feed:x") for f in fields)
    assert_sound(clean(Page(html="".join(f"<p>{p}</p>" for p in PROSE), claims=claims)))


# --- articles travel


@pytest.fixture(scope="module")
def article() -> Article:
    page = next(g for g in load() if g.slug.startswith("en-"))
    moment = datetime(2025, 3, 19, 4, 5, 6, tzinfo=UTC)
    return clean(
        Page(url=page.url, body=page.raw, fetched_at=moment),
        site=SiteRules(source="courier", publisher="Harbour Courier", country="GB"),
    )


def test_pages_articles_and_the_function_pickle(article: Article) -> None:
    assert pickle.loads(pickle.dumps(article)) == article
    page = Page(text="A headline\n\n" + PROSE[0])
    assert pickle.loads(pickle.dumps(clean))(pickle.loads(pickle.dumps(page))) == clean(page)


def test_cleaning_has_no_memory(article: Article) -> None:
    page = Page(text="A headline\n\n" + "\n\n".join(PROSE))
    first = clean(page)
    clean(Page(html=monster("nested div", 50)))
    assert clean(page) == first


def test_a_record_comes_back_as_it_went(article: Article) -> None:
    record = article.to_record()
    assert record["published_at"] == "2025-03-18T07:40:00Z"
    assert record["fetched_at"] == "2025-03-19T04:05:06Z"
    assert Article.from_record(record) == article
    assert list(record) == list(Article.model_fields)


def test_a_record_of_a_newer_version_is_read_without_what_is_not_known(article: Article) -> None:
    record = article.to_record() | {"schema_version": 99, "mood": "calm"}
    record["blocks"] = [{**block, "voice": 1} for block in record["blocks"]]
    record["rights"] = {**record["rights"], "moon": True}
    read = Article.from_record(record)
    assert read.schema_version == 99
    assert read.blocks == article.blocks
    assert not hasattr(read, "mood")


def test_made_by_hand_unknown_fields_are_refused() -> None:
    with pytest.raises(ValidationError, match="mood"):
        Article(url_key="x", mood="calm")  # type: ignore[call-arg]
    with pytest.raises(ValidationError, match="voice"):
        Block(text="x", voice=1)  # type: ignore[call-arg]


@pytest.mark.parametrize("content", [{}, {"html": "x", "text": "y"}, {"text": "x", "body": b"y"}])
def test_a_page_has_exactly_one_content(content: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="exactly one"):
        Page(**content)  # type: ignore[arg-type]


def test_everything_is_frozen(article: Article) -> None:
    for model, field in (
        (article, "title"),
        (article.blocks[0], "text"),
        (article.removals[0], "rule"),
        (Page(text="x"), "text"),
    ):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(model, field, "changed")


def test_as_text_is_title_blank_line_text(article: Article) -> None:
    assert article.as_text() == f"{article.title}\n\n{article.text}\n"
    assert not looks_like_html(article.as_text())
