"""The body told from the page's own blocks: what is kept, what is left out, and when the page does not tell."""

from __future__ import annotations

import pytest

from cleaning import Page, clean
from cleaning.body import mark_body
from cleaning.document import html_parts
from cleaning.extract import MOST_BLOCKS, OURS, THEIRS, leave_out, repair_recall
from cleaning.parsing import parse_html

ONE = "The two states on the lower river agreed on Monday to run a common ferry, eleven years after the last one was laid up."
TWO = "Officials from both capitals said that the boat would be leased from a yard upstream and its crew drawn from either bank."
LAST = "The crossing is to open in the spring, once the landing stages have been raised above the level of last year’s flood."
THREE = "Traders have long complained that a sack of flour travels two hundred kilometres by road to a market over the water."


def page(inner: str) -> str:
    return f"<html><head><title>A ferry</title></head><body><h1>A ferry</h1><main><article>{inner}</article></main></body></html>"


def test_what_stands_deeper_than_the_text_is_set_into_it_and_left_out() -> None:
    inner = (
        f'<div class="text"><p>{ONE}</p><div class="w"><div><a href="/x">Another ferry elsewhere</a></div><p>Watch</p></div>'
        f"<p>{TWO}</p><h2>A long way round</h2><p>{THREE}</p></div>"
    )
    article = clean(Page(html=page(inner), url="https://e.example/a"))
    assert article.extractor == OURS
    assert article.text.split("\n\n") == [ONE, TWO, "A long way round", THREE]


def test_a_body_in_several_containers_that_look_alike_is_whole() -> None:
    inner = "".join(f'<section class="part"><p>{p}</p></section><div class="ad">Advertisement</div>' for p in (ONE, TWO, THREE))
    article = clean(Page(html=page(inner), url="https://e.example/a"))
    assert article.text.split("\n\n") == [ONE, TWO, THREE]


def test_sub_headings_and_lists_in_wrappers_of_their_own_stay() -> None:
    inner = (
        f'<div class="text"><p>{ONE}</p><div class="h"><h2><a href="#way">A long way round</a></h2></div><p>{TWO}</p>'
        f'<div class="l"><ul><li>forty metres of boat</li><li>two crews</li></ul></div><p>{THREE}</p></div>'
    )
    article = clean(Page(html=page(inner), url="https://e.example/a"))
    assert [b.text for b in article.blocks] == [ONE, "A long way round", TWO, "forty metres of boat", "two crews", THREE]


def test_a_lead_above_the_text_is_part_of_it() -> None:
    inner = f'<header class="top"><p>{ONE}</p></header><div class="text"><p>{TWO}</p><p>{THREE}</p></div>'
    article = clean(Page(html=page(inner), url="https://e.example/a"))
    assert article.text.split("\n\n") == [ONE, TWO, THREE]


def test_the_first_sub_heading_between_a_lead_and_the_text_stays() -> None:
    texts = [f"{p} {p}" for p in (TWO, THREE, LAST)]
    parts = "".join(
        f'<section class="part"><div class="h"><h2 class="sub">{name}</h2></div><div class="text"><p>{text}</p></div></section>'
        for name, text in zip(("The boat", "A long way round", "The fare"), texts, strict=True)
    )
    lead = f'<header class="top"><p>{ONE[:60]}. {ONE[:30]}</p></header>'
    inner = f'{lead}<div class="all"><h2 class="box">In short</h2>{parts}</div>'
    found = html_parts(parse_html(page(inner)))
    assert mark_body(found)
    kept = [p.text for p in found if p.kept and p.kind == "heading"]
    assert kept == ["The boat", "A long way round", "The fare"]


def test_the_last_paragraph_stays_where_a_class_more_tells_its_element_from_the_others() -> None:
    inner = "".join(
        f'<div class="row"><div class="{"text" if p is LAST else "text space"}"><p class="body">{p}</p></div></div>'
        '<div class="ad">Advertisement</div>'
        for p in (ONE, TWO, THREE, LAST)
    )
    parts = html_parts(parse_html(page(inner)))
    for part in parts:
        part.kept = part.text in (ONE, TWO, THREE)
    repair_recall(parts)
    assert [p.text for p in parts if p.kept] == [ONE, TWO, THREE, LAST]


def test_what_stands_with_a_picture_in_a_wrapper_is_its_caption() -> None:
    caption = "The old boat, sold for scrap, has lain behind the customs yard since the autumn of that year, its bell long gone."
    picture = f'<div class="i"><img src="b.jpg"><div>{caption}</div></div>'
    inner = f'<div class="text"><p>{ONE}</p>{picture}<p>{TWO}</p><p>{THREE}</p></div>'
    article = clean(Page(html=page(inner), url="https://e.example/a"))
    assert caption not in article.text
    assert [b.kind for b in article.blocks if b.text == caption] == ["caption"]


def test_where_the_prose_stands_in_many_places_another_opinion_is_asked() -> None:
    places = "".join(f'<div class="c{i}"><div class="d{i}"><p>{i}. {ONE}</p></div></div>' for i in range(9))
    assert clean(Page(html=page(places), url="https://e.example/a")).extractor == THEIRS


def test_a_page_of_very_many_blocks_is_read_without_asking_anyone() -> None:
    inner = "".join(f"<p>Line {i} of the list</p>" for i in range(MOST_BLOCKS + 1))
    tree = parse_html(page(inner))
    assert len(html_parts(tree)) > MOST_BLOCKS
    assert clean(Page(html=page(inner), url="https://e.example/a")).extractor == OURS


@pytest.mark.parametrize("around", ["article", "main", "section"])
def test_a_page_without_head_and_body_tags_has_its_body(around: str) -> None:
    """The parser leaves the newer elements in the head of such a page."""
    sentence = "The ministers of both countries met to discuss clause {} of the treaty, and nobody believed it. "
    prose = [sentence.format(n) * 3 for n in range(4)]
    inner = "".join(f"<p>{p}</p>" for p in prose)
    source = f"<html><title>Two states agree</title><header>A paper</header><{around}>{inner}</{around}>behind it</html>"
    article = clean(Page(html=source))
    assert article.title == "Two states agree"
    assert article.text == "\n\n".join(p.strip() for p in prose)
    assert [p.text for p in html_parts(parse_html(source))] == ["A paper", *(p.strip() for p in prose), "behind it"]


REMARKS = (
    "I crossed there as a boy and I can tell you that no boat of that size has ever been able to turn at the lower landing.",
    "Nobody asks what the fare will be, and that is all that anyone with a sack of flour on his back wants to hear about it.",
    "My uncle ran the last ferry and was never paid for his final winter, which I have written here under every such report.",
)


@pytest.mark.parametrize("name", ["id='comments'", "class='visitors_comment_block'", "id='comentarios'", "class='kommentare'"])
def test_comments_are_left_out_however_much_readers_wrote(name: str) -> None:
    text = "".join(f"<p>{p}</p>" for p in (ONE, TWO, THREE, f"{ONE} {TWO}", f"{TWO} {THREE}"))
    said = "".join(f"<div class='entry'><h4>Ferryman</h4><p>{remark}</p></div>" for remark in REMARKS * 4)
    article = clean(Page(html=page(f"<div class='text'>{text}</div><div {name}>{said}</div>"), url="https://e.example/a"))
    assert article.text.split("\n\n") == [ONE, TWO, THREE, f"{ONE} {TWO}", f"{TWO} {THREE}"]


def test_an_article_in_a_box_that_is_called_a_comment_is_whole() -> None:
    text = "".join(f"<p>{p}</p>" for p in (ONE, TWO, THREE, *REMARKS))
    html = f"<html><body><div class='top'><p>Opinion</p></div><div class='comment'><h1>A ferry</h1>{text}</div></body></html>"
    assert clean(Page(html=html, url="https://e.example/a")).text.split("\n\n") == [ONE, TWO, THREE, *REMARKS]


def left_in(inner: str, *taken: str) -> list[str]:
    """What stays of a page's blocks that trafilatura would take: all, or those that begin so."""
    parts = html_parts(parse_html(f"<body>{inner}</body>"))
    for part in parts:
        part.kept = not taken or part.text.startswith(taken)
    leave_out(parts)
    return [p.text for p in parts if p.kept and p.kind != "caption"]


TEXT = "<div class='story'>" + "".join(f"<p>{p}</p>" for p in (ONE, TWO, THREE, *REMARKS)) + "</div>"
WHOLE = [ONE, TWO, THREE, *REMARKS]


def test_what_the_page_hides_beside_the_text_is_left_out() -> None:
    dialog = f"<div style='display:none'><p>{REMARKS[1]}</p><p>Loading weather data</p></div>"
    assert left_in(TEXT + dialog) == WHOLE
    rest = f"<div class='story'><p>{ONE}</p><div style='display:none'><p>{TWO}</p></div><p>{THREE}</p></div>"
    assert left_in(rest) == [ONE, TWO, THREE]


def test_a_caption_that_stands_with_its_picture_is_no_paragraph() -> None:
    caption = "A ferryman at the lower landing on the day on which the last boat was laid up for good."
    picture = f"<div class='photo'><img src='/f.jpg'><div>{caption}</div></div>"
    assert left_in(picture + TEXT) == WHOLE
    assert left_in(picture.replace(caption, f"{TWO} {THREE}") + TEXT) == [f"{TWO} {THREE}", *WHOLE]
    assert left_in(f"<div class='lead'><img src='/f.jpg'><p>{caption}</p></div>{TEXT}") == [caption, *WHOLE]
    over = page(f"<div class='text'>{picture}<p>{ONE}</p><p>{TWO}</p><p>{THREE}</p></div>")
    lead = picture.replace(caption, f"{TWO} {THREE}")
    assert clean(Page(html=over, url="https://e.example/a")).text.split("\n\n") == [ONE, TWO, THREE]
    beside = page(f"<div class='text'>{lead}<p>{ONE}</p><p>{TWO}</p><p>{THREE}</p></div>")
    assert clean(Page(html=beside, url="https://e.example/a")).text.split("\n\n") == [f"{TWO} {THREE}", ONE, TWO, THREE]


def test_teasers_behind_the_text_are_left_out_by_the_links_around_them() -> None:
    teasers = "".join(f"<li><a href='/{n}'>Boats for hire</a></li><li>{remark}</li>" for n, remark in enumerate(REMARKS))
    story = f"<div id='left'><div class='box'>{TEXT}</div></div>"
    assert left_in(f"{story}<div class='more'><ul>{teasers}</ul></div>", *WHOLE) == WHOLE
    more = f"<div class='part'><p>{ONE} {TWO}</p></div><div class='part'><p>{TWO} {THREE}</p></div>"
    assert left_in(f"{story}{more}") == [*WHOLE, f"{ONE} {TWO}", f"{TWO} {THREE}"]
