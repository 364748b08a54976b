"""Who wrote it, what it is called and when it appeared: what a reader of the record relies on, on pages of our own."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest

from cleaning import Article, Page, clean
from cleaning.metadata.pictures import split_credit
from cleaning.metadata.shown_dates import read_date

BODY = "".join(
    f"<p>The ferry line between the two islands will run again from the {n}th of the month, the harbour office said on Monday, "
    "after a winter in which hardly any boat had left the quay because of ice.</p>"
    for n in range(5, 12)
)


def article(head: str = "", above: str = "", below: str = "", url: str = "https://harbour-post.example.org/a/ferry") -> Article:
    return clean(Page(url=url, html=f"<html><head>{head}</head><body><article>{above}{BODY}{below}</article></body></html>"))


def ld(**fields: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **fields})}</script>'


HEADLINE = "Ferry to the outer islands sails again"


def test_the_headline_that_readers_see_wins_over_its_form_for_search_engines() -> None:
    seo = "Outer islands ferry: timetable and prices"
    head = f'<title>{seo}</title><meta property="og:title" content="{seo}"><meta name="twitter:title" content="{seo}">'
    assert article(head, f"<h1>{HEADLINE} to the islands</h1>").title == f"{HEADLINE} to the islands"


def test_an_h1_that_names_a_section_is_no_headline() -> None:
    head = f'<title>{HEADLINE}</title><meta property="og:title" content="{HEADLINE}">'
    assert article(head, "<h1>Our blog</h1>").title == HEADLINE


def test_a_newsrooms_own_headline_field_wins() -> None:
    head = f'<title>Islands</title>{ld(headline=HEADLINE)}<meta property="og:title" content="Ice gone: ferry back">'
    assert article(head, "<h1>Ice gone: ferry back</h1>").title == HEADLINE


def test_a_lure_on_the_cards_for_sharing_is_no_headline() -> None:
    lure = "You will not believe what comes back"
    head = f'<title>{HEADLINE}</title>{ld(headline=lure)}<meta property="og:title" content="{lure}">'
    assert article(head, f"<h1>{HEADLINE}</h1>").title == HEADLINE


@pytest.mark.parametrize("h1", ["<nav class='breadcrumb'><h1>{}</h1></nav>", "<h1 class='seo-title'>{}</h1>"])
def test_an_h1_written_for_search_engines_gives_way_to_the_heading_that_readers_see(h1: str) -> None:
    seo = "Outer islands ferry: timetable and prices"
    head = f'<title>{seo}</title>{ld(headline=seo)}<meta property="og:title" content="{HEADLINE}">'
    above = h1.format(seo)
    assert article(head, f"{above}<h2><span>Ice gone</span> <span>{HEADLINE}</span></h2>").title == HEADLINE
    assert article(head, above).title == seo


def test_of_several_h1_the_one_that_the_head_names_is_the_headline() -> None:
    head = f'<title>Harbour Post: {HEADLINE}</title><meta property="og:title" content="Harbour Post: {HEADLINE}">'
    assert article(head, f"<h1>{HEADLINE}</h1><h1>What the winter cost</h1>").title == HEADLINE


@pytest.mark.parametrize("name", ["entry-title", "postTitle", "article-header__title", "headline", "news_title-text"])
@pytest.mark.parametrize("attribute", ["class", "id"])
def test_of_several_h1_the_one_named_for_the_headline_comes_first(attribute: str, name: str) -> None:
    named, other = f"<h1 {attribute}='{name}'>{HEADLINE}</h1>", "<h1>Winter timetable of the harbour office</h1>"
    assert article(above=named + other).title == HEADLINE
    assert article(above=other + named).title == HEADLINE


@pytest.mark.parametrize("name", ["site-title", "page-title", "widget-title", "article-subtitle", "related-article-title"])
def test_an_h1_named_for_something_else_does_not_come_before_a_nearer_one(name: str) -> None:
    assert article(above=f"<h1 class='{name}'>Winter timetable of the harbour office</h1><h1>{HEADLINE}</h1>").title == HEADLINE


@pytest.mark.parametrize("deck", ["… and the islanders wait for its timetable", "... and the islanders wait for its timetable"])
def test_a_headline_that_continues_another_is_its_deck(deck: str) -> None:
    head = f'<title>{deck}</title><meta property="og:title" content="{deck}">'
    assert article(head, f"<h1>{HEADLINE} …</h1><h1>{deck}</h1>").title == f"{HEADLINE} …"
    assert article(head, f"<h1>{deck}</h1>").title == deck  # where there is no other


def test_an_h1_that_precedes_the_headline_in_the_title_element_is_the_sites_name() -> None:
    head = f'<title>Outer Waters: {HEADLINE}</title><meta property="og:title" content="{HEADLINE}">'
    assert article(head, "<h1>Outer Waters</h1>").title == HEADLINE


def test_json_ld_and_title_element_that_say_the_same_are_one_witness() -> None:
    seo = "Outer islands ferry: timetable and prices"
    head = f'<title>{seo}</title>{ld(headline=seo)}<meta property="og:title" content="You will not believe what comes back">'
    assert article(head, f"<h1>{HEADLINE}</h1>").title == HEADLINE


def test_mojibake_in_a_title_is_repaired() -> None:
    title = article("", "<h1>The harbour chiefâ\x80\x99s word on the ferry line</h1>").title
    assert title == "The harbour chief’s word on the ferry line"


def test_a_title_that_was_cut_at_a_quote_mark_is_not_taken() -> None:
    head = '<title>Harbour chief calls the ferry</title><meta property="og:title" content="Harbour chief calls the ferry">'
    whole = 'Harbour chief calls the ferry "our lifeline"'
    assert article(head, f"<h1>{whole}</h1>").title == whole


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("By Mara Lindqvist and Tom Oduya", ["Mara Lindqvist", "Tom Oduya"]),
        ("Von Jana Krüger und Ole Sommer, Korrespondent in Kiew", ["Jana Krüger", "Ole Sommer"]),
        ("Par Élodie Marchand et Luc Ferrand", ["Élodie Marchand", "Luc Ferrand"]),
        ("Por Inés Robledo y Juan Paredes", ["Inés Robledo", "Juan Paredes"]),
        ("Par Élodie Marchand - Publié le 20 février 2025", ["Élodie Marchand"]),
        ("Von Jana Krüger | Veröffentlicht am 20. Februar 2025", ["Jana Krüger"]),
        ("Published March 3, 2025 by Mara Lindqvist", ["Mara Lindqvist"]),
        ("By Mara Lindqvist, MD. Reviewed by Tom Oduya", ["Mara Lindqvist"]),
        ("Written by Mara Lindqvist - Mar 27, 2024", ["Mara Lindqvist"]),
        ("By Mara Lindqvist, Senior Political Editor", ["Mara Lindqvist"]),
        ("Mara Lindqvist ● March 27, 2024 ● 6 min read", ["Mara Lindqvist"]),
        ("Mara Lindqvist | 27.03.2024 - Updated: 27.03.2024", ["Mara Lindqvist"]),
        ("About Mara Lindqvist", ["Mara Lindqvist"]),
        ("Full Bio", []),
        ("By Mara Lindqvist | Outer Islands | 27.03.2024", ["Mara Lindqvist"]),
        ("By Mara Lindqvist, Tom Oduya, and Ines Robledo", ["Mara Lindqvist", "Tom Oduya", "Ines Robledo"]),
        ("By Mara Lindqvist @maralindqvist on March 27, 2024 at 9:00a", ["Mara Lindqvist"]),
        ("By MARA LINDQVIST and TOM ODUYA - Science Writers", ["Mara Lindqvist", "Tom Oduya"]),
        ("Par ÉLODIE MARCHAND, LUC FERRAND Envoyés spéciaux à Riga", ["Élodie Marchand", "Luc Ferrand"]),
    ],
)
def test_a_byline_gives_names_and_nothing_else(line: str, authors: list[str]) -> None:
    assert list(article(above=f"<h1>{HEADLINE}</h1><div class='meta'>{line}</div>").authors) == authors


def test_a_bare_name_below_the_headline_is_the_author_where_nothing_else_says() -> None:
    assert article(above=f"<h1>{HEADLINE}</h1><div>Mara Lindqvist</div>").authors == ("Mara Lindqvist",)


def test_interface_words_below_the_headline_are_no_author() -> None:
    assert article(above=f"<h1>{HEADLINE}</h1><div>Table of Contents</div>").authors == ()
    above = f"<h1>{HEADLINE}</h1><p>Zur Merkliste</p>"
    page = f"<html lang=de><head>{ld(author={'name': 'dpa'})}</head><body>{above}<article>{BODY}</article></body></html>"
    assert clean(Page(html=page)).authors == ("dpa",)


def test_a_label_and_a_button_are_no_author() -> None:
    assert article(above=f"<h1>{HEADLINE}</h1><div>Episode Teaser Image:</div>").authors == ()
    box = "<div class='byline'><a href='/print/ferry'>Print</a></div>"
    signed = "<p>-- By Mara Lindqvist <a href='https://social.example.org/ml'>Follow @maralindqvist</a></p>"
    assert article(above=f"<h1>{HEADLINE}</h1>{box}").authors == ()
    assert article(above=f"<h1>{HEADLINE}</h1>{box}", below=signed).authors == ("Mara Lindqvist",)


def test_what_stands_behind_the_author_s_name_in_an_author_card_is_no_part_of_it() -> None:
    card = "<p class='author vcard'><b class='fn'>Mara Lindqvist</b> <span>Senior Harbour Correspondent</span></p>"
    assert article(above=f"<h1>{HEADLINE}</h1>{card}").authors == ("Mara Lindqvist",)
    described = ld(author={"name": "Mara Lindqvist, chargée de la mer à côté de Riga"})
    assert article(described, f"<h1>{HEADLINE}</h1>").authors == ("Mara Lindqvist",)


def test_the_marks_of_hatom_tell_headline_and_date() -> None:
    head = "<title>News from the Harbour Post</title>"
    stamp = "<div class='timestamp updated' title='2016-06-13T1603Z'>Jun 13, 4:03 PM EDT</div>"
    dated = "<p>In a paper dated May 23, 2015, the harbour office had called the line safe for good.</p>"
    found = article(head, f"{stamp}<p><span class='entry-title'>{HEADLINE}</span></p>{dated}")
    assert found.title == HEADLINE
    assert found.published_at is not None
    assert found.published_at.isoformat() == "2016-06-13T16:03:00+00:00"
    ago = article(above=f"<h1>{HEADLINE}</h1><p>By Mara Lindqvist, <abbr title='2016-06-13T16:03:00Z'>1 hr 4 mins ago</abbr></p>")
    assert ago.published_at == found.published_at


def test_a_date_in_a_sentence_is_not_the_articles() -> None:
    told = "<p>In a paper dated May 23, 2015, the harbour office had called the line to the islands safe for good.</p>"
    assert article(above=f"<h1>{HEADLINE}</h1>{told}").published_at is None


def test_a_sites_name_that_ends_the_h1_without_a_sign_is_no_part_of_the_title() -> None:
    head = f'<title>{HEADLINE} » Islands » Outer Waters</title><meta name="twitter:title" content="{HEADLINE}">'
    assert article(head, f"<h1>{HEADLINE}<span>Outer Waters</span></h1>", url="https://ow.example.org/a/ferry").title == HEADLINE


@pytest.mark.parametrize(
    ("raw", "at"),
    [
        ("2021-01-03T17:40:00EET", "2021-01-03T15:40:00+00:00"),
        ("2021-01-03 17:40 EDT", "2021-01-03T21:40:00+00:00"),
        ("20180619T055000+0900", "2018-06-18T20:50:00+00:00"),
        ("20180619T0550Z", "2018-06-19T05:50:00+00:00"),
        ("20180619", "2018-06-19T00:00:00+00:00"),
    ],
)
def test_iso_dates_are_read_without_their_signs_and_with_zones_by_name(raw: str, at: str) -> None:
    found = article(ld(datePublished=raw), f"<h1>{HEADLINE}</h1>").published_at
    assert found == datetime.fromisoformat(at)


def test_a_byline_that_names_more_completes_the_pages_data() -> None:
    found = article(ld(author={"name": "Mara Lindqvist"}), f"<h1>{HEADLINE}</h1><p>By Mara Lindqvist and Tom Oduya</p>")
    assert found.authors == ("Mara Lindqvist", "Tom Oduya")


def test_the_authors_own_links_complete_the_pages_data() -> None:
    links = "".join(f"<a rel=author href='/author/{n.split()[0]}'>{n}</a> " for n in ("Mara Lindqvist", "Tom Oduya"))
    found = article(ld(author={"name": "Tom Oduya"}), f"<h1>{HEADLINE}</h1><div class='byline'>{links}</div>")
    assert found.authors == ("Mara Lindqvist", "Tom Oduya")


def test_who_signs_wins_over_whose_account_put_it_in() -> None:
    account = ld(author={"name": "Ole Sommer"})
    signed = f"<h1>{HEADLINE}</h1><p>By Mara Lindqvist</p>"
    assert article(account, signed).authors == ("Mara Lindqvist",)
    assert article(account, signed, below="<p>Ole Sommer is a reporter at the harbour.</p>").authors == ("Ole Sommer",)
    assert article(ld(author={"name": "Mara S. Lindqvist"}), signed).authors == ("Mara S. Lindqvist",)


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("Mara Lindqvist/Tom Oduya", ("Mara Lindqvist", "Tom Oduya")),
        ("Mara Lindqvist, New Haven", ("Mara Lindqvist",)),
        ("Harbour Post", ("Harbour Post",)),
    ],
)
def test_a_line_removed_as_a_byline_names_the_author_where_the_data_name_only_the_outlet(line: str, authors: tuple[str]) -> None:
    teasers = "<p><em>…ice gone from the strait</em></p><p><em>…harbour office names a day</em></p>"
    outlet = ld(author={"@type": "Organization", "name": "Harbour Post"}, publisher={"name": "Harbour Post"})
    found = article(outlet, f"<h1>{HEADLINE}</h1>{teasers}<p><strong>{line}</strong></p>")
    assert found.authors == authors
    assert sum(c.chosen for c in found.candidates if c.field == "authors") == 1


def test_the_byline_of_a_text_names_its_author() -> None:
    lines = [HEADLINE, "By Mara Lindqvist, Riga", "Ice gone from the strait", *re.findall("<p>(.*?)</p>", BODY)]
    assert clean(Page(text="\n\n".join(lines))).authors == ("Mara Lindqvist",)


def test_an_agency_stands_apart_and_the_outlet_is_the_author_of_last_resort() -> None:
    found = article(ld(author=[{"name": "Deutsche Presse-Agentur"}, {"name": "Mara Lindqvist"}]), f"<h1>{HEADLINE}</h1>")
    assert (found.authors, found.agency) == (("Mara Lindqvist",), "Deutsche Presse-Agentur")
    line = "<p class='sign'>(dpa/mkt)</p><section><h2>Topics</h2><a href='/tag/sea' rel='tag'>Sea</a></section>"
    assert article(below=f"</article>{line}<article>").agency == "dpa"
    assert article(ld(author={"name": "Harbour Post staff"}), f"<h1>{HEADLINE}</h1>").authors == ("Harbour Post staff",)


@pytest.mark.parametrize(
    ("line", "language", "day"),
    [
        ("Published on March 4, 2025", "en", "2025-03-04"),
        ("4 March 2025", "en", "2025-03-04"),
        ("03/04/2025", "en-US", "2025-03-04"),
        ("03/04/2025", "en-GB", "2025-04-03"),
        ("03-04-2025", "en", "2025-03-04"),
        ("Post time: 03-04-2025", "en", "2025-03-04"),
        ("03.04.2025", "en", "2025-04-03"),
        ("Veröffentlicht am 4. März 2025", "de", "2025-03-04"),
        ("Stand: 04.03.2025, 12:00 Uhr", "de", "2025-03-04"),
        ("Publié le 4 mars 2025 à 10h12", "fr", "2025-03-04"),
        ("4 de marzo de 2025", "es", "2025-03-04"),
        ("4 de março de 2025", "pt", "2025-03-04"),
        ("4 marzo 2025", "it", "2025-03-04"),
        ("4 maart 2025", "nl", "2025-03-04"),
        ("4 marca 2025", "pl", "2025-03-04"),
        ("4. března 2025", "cs", "2025-03-04"),
        ("4 марта 2025", "ru", "2025-03-04"),
        ("4 березня 2025", "uk", "2025-03-04"),
        ("4 Mart 2025", "tr", "2025-03-04"),
        ("4 مارس 2025", "ar", "2025-03-04"),
        ("الأربعاء، 28 آب/اغسطس 2013، آخر تحديث 22:00", "ar", "2013-08-28"),
        ("28 أغسطس/ آب 2013", "ar", "2013-08-28"),
        ("4. mars 2025", "no", "2025-03-04"),
        ("4 mars 2025", "sv", "2025-03-04"),
        ("4 martie 2025", "ro", "2025-03-04"),
        ("4 Μαρτίου 2025", "el", "2025-03-04"),
        ("2025年3月4日", "ja", "2025-03-04"),
        ("2025년 3월 4일", "ko", "2025-03-04"),
        ("2025 Mar 4", "en", "2025-03-04"),
    ],
)
def test_a_shown_date_is_read_in_its_language(line: str, language: str, day: str) -> None:
    found = read_date(line, language)
    assert found is not None
    assert found[0] == day


@pytest.mark.parametrize("line", ["31 February 2025", "version 1.2.2025.7", "Room 12 may 3", "99/99/2025", "May 2025"])
def test_what_is_no_day_is_not_read_as_one(line: str) -> None:
    assert read_date(line, "en") is None


def test_publication_and_update_are_told_apart_by_their_words() -> None:
    found = article(above=f"<h1>{HEADLINE}</h1><p>Last updated March 9, 2025</p><p>Published: March 4, 2025</p>")
    assert found.published_at is not None
    assert found.modified_at is not None
    assert (found.published_at.date().isoformat(), found.published_source) == ("2025-03-04", "shown")
    assert found.modified_at.date().isoformat() == "2025-03-09"
    assert found.published_precision == "day"


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("March 4, 2025. <i>Updated: March 9, 2025</i>", "en"),
        ("Posted March 4, 2025 | Last modified 2025-03-09", "en"),
        ("4. März 2025, zuletzt aktualisiert am 9. März 2025", "de"),
        ("Letzte Aktualisierung: 9. März 2025, erschienen am 4. März 2025", "de"),
        ("Publié le 4 mars 2025 - Mis à jour le 9 mars 2025", "fr"),
        ("4 marzo 2025 - Ultimo aggiornamento: 9 marzo 2025", "it"),
        ("4 de marzo de 2025. Última actualización: 9 de marzo de 2025", "es"),
        ("04.03.2025, Güncelleme: 09.03.2025", "tr"),
        ("2025年3月4日公開 2025年3月9日更新", "ja"),
        ("2025年3月9日更新 2025年3月4日公開", "ja"),
    ],
)
@pytest.mark.parametrize("where", ["below the headline", "behind the text"])
def test_a_line_with_publication_and_update_tells_both(line: str, language: str, where: str) -> None:
    body = f"<h1>{HEADLINE}</h1>" + (f"<p>{line}</p>{BODY}" if where == "below the headline" else f"{BODY}{BODY}<p>{line}</p>")
    found = clean(Page(html=f"<html lang='{language}'><body><article>{body}</article></body></html>"))
    assert found.published_at is not None
    assert found.published_at.date().isoformat() == "2025-03-04"
    assert found.modified_at is None or found.modified_at.date().isoformat() == "2025-03-09"
    assert found.modified_at is not None or where == "behind the text"


def test_a_sentence_on_what_was_updated_is_no_date_of_the_article() -> None:
    line = "<p>The timetable of March 4, 2020 was updated on March 9, 2021.</p>"
    assert article(above=f"<h1>{HEADLINE}</h1>", below=BODY + line).published_at is None


def test_a_time_shown_as_an_updates_is_no_publication() -> None:
    head = '<meta property="article:modified_time" content="2025-03-09T08:00:00+00:00">'
    found = article(head, f"<h1>{HEADLINE}</h1><p>Last updated <time datetime='2025-03-09'>March 9, 2025</time></p>")
    assert (found.published_at, found.modified_source) == (None, "meta:article:modified_time")


def test_an_article_that_is_called_what_boxes_are_called_has_its_date_below_its_headline() -> None:
    letter = f"<div class='newsletter'><h1>{HEADLINE}</h1><div class='newsletter-details'><p>4 March 2025</p></div>{BODY}</div>"
    assert clean(Page(html=f"<body>{letter}</body>")).published_raw == "2025-03-04"
    two = letter.replace(BODY, f"</div><div><h1>Another headline of the same harbour</h1>{BODY}")
    assert clean(Page(html=f"<body>{two}</body>")).published_raw is None


UTC_TIME = '<meta property="article:published_time" content="2025-03-05T02:41:41+00:00">'
COMMENT = "<div class='comments'><p>Good news. <time datetime='2025-03-04T22:10:00-05:00'>10:10 pm</time></p></div>"


@pytest.mark.parametrize(
    ("below", "path", "moment"),
    [
        ("<time datetime='2025-03-04T21:41:41-05:00'>4 March</time>", "/a/ferry", "2025-03-04T21:41:41-05:00"),
        (COMMENT, "/2025/03/04/ferry", "2025-03-04T21:41:41-05:00"),
        (COMMENT, "/2025/03/05/ferry", "2025-03-05T02:41:41+00:00"),
        (COMMENT, "/2025/03/03/ferry", "2025-03-05T02:41:41+00:00"),
        (COMMENT, "/a/ferry", "2025-03-05T02:41:41+00:00"),
        ("", "/2025/03/04/ferry", "2025-03-05T02:41:41+00:00"),  # no zone is guessed
    ],
)
def test_a_moment_in_utc_is_told_in_the_zone_that_the_page_tells_it_in(below: str, path: str, moment: str) -> None:
    found = article(UTC_TIME, f"<h1>{HEADLINE}</h1>", below, f"https://harbour-post.example.org{path}")
    assert found.published_at is not None
    assert (found.published_at.isoformat(), found.published_source) == (moment, "meta:article:published_time")


def test_a_machines_date_wins_over_a_shown_one() -> None:
    found = article(ld(datePublished="2025-03-04T10:12:00+05:30"), f"<h1>{HEADLINE}</h1><p>Published: March 5, 2025</p>")
    assert found.published_at is not None
    assert (found.published_at.isoformat(), found.published_zone) == ("2025-03-04T10:12:00+05:30", "+05:30")


@pytest.mark.parametrize(
    ("modified", "shown", "published"),
    [
        ("2025-06-23", "August 25, 2024", "2024-08-25"),  # built long after it appeared
        ("2025-06-24", "August 25, 2024", "2024-08-25"),
        ("2025-06-24", "June 22, 2025", "2025-06-22"),
        ("2025-06-24", "June 23, 2025", "2025-06-24"),  # a day apart may be two zones
        ("2025-06-10", "November 2, 2022", "2022-11-02"),  # nothing appears after it was changed
        ("2025-06-10", "June 12, 2025", "2025-06-24"),  # nor on this day: what the page states is left to it
        ("2025-09-01", "August 25, 2024", "2025-06-24"),  # an article that was changed later tells its own publication
    ],
)
def test_a_publication_no_earlier_than_its_change_is_when_the_page_was_built(modified: str, shown: str, published: str) -> None:
    found = article(ld(datePublished="2025-06-24", dateModified=modified), f"<h1>{HEADLINE}</h1><p>{shown}</p>")
    assert found.published_at is not None
    assert found.published_at.date().isoformat() == published
    assert {c.value for c in found.candidates if c.field == "published_at"} >= {"2025-06-24"}


@pytest.mark.parametrize(
    ("path", "shown", "published", "source"),
    [
        ("/2025/october/03/ferry", "03/10/2025", "2025-10-03", "shown"),  # the same two figures: the address says which is which
        ("/2025/10/03/ferry", "03/10/2025", "2025-10-03", "shown"),
        ("/2025/10/05/ferry", "03/10/2025", "2025-03-10", "shown"),  # another day: the page's own words stand
        ("/2025/mar/04/ferry", "", "2025-03-04", "url"),
        ("/2025/march/4/ferry", "", "2025-03-04", "url"),
        ("/2025/WORLD/03/04/ferry", "", "2025-03-04", "url"),
    ],
)
def test_the_address_tells_the_day_or_the_order_of_its_figures(path: str, shown: str, published: str, source: str) -> None:
    body = f"<html lang='en'><body><article><h1>{HEADLINE}</h1><p>{shown}</p>{BODY}</article></body></html>"
    found = clean(Page(url=f"https://harbour-post.example.org{path}", html=body))
    assert found.published_at is not None
    assert (found.published_at.date().isoformat(), found.published_source) == (published, source)


@pytest.mark.parametrize("path", ["/2025/marble/04/ferry", "/2025/mar/44/ferry", "/2025/mar/ferry"])
def test_an_address_without_a_day_dates_nothing(path: str) -> None:
    assert article(above=f"<h1>{HEADLINE}</h1>", url=f"https://harbour-post.example.org{path}").published_at is None


def test_a_date_below_the_headline_is_nearer_than_one_above() -> None:
    found = article(above=f"<p>17 December 2025</p><h1>{HEADLINE}</h1><p>4 March 2025</p>")
    assert found.published_at is not None
    assert found.published_at.date().isoformat() == "2025-03-04"


def test_the_day_in_the_sites_header_is_not_the_articles() -> None:
    today = "<header><div>17 December 2025</div></header>"
    assert clean(Page(html=f"<body>{today}<article><h1>{HEADLINE}</h1>{BODY}</article></body>")).published_source != "shown"
    own = f"<article><header><p>4 March 2025</p><h1>{HEADLINE}</h1></header>{BODY}</article>"
    assert clean(Page(html=f"<body>{today}{own}</body>")).published_raw == "2025-03-04"


def test_the_date_of_a_teaser_is_not_the_articles() -> None:
    teaser = "<div class='related'><p>Old harbour closes</p><time datetime='2019-01-01'>1 January 2019</time></div>"
    found = article(above=f"<h1>{HEADLINE}</h1>{teaser}<p class='meta'>4 March 2025</p>")
    assert found.published_at is not None
    assert found.published_at.date().isoformat() == "2025-03-04"


@pytest.mark.parametrize(
    ("line", "caption", "credit"),
    [
        ("The old quay. Photo: M. Lind/dpa", "The old quay.", "M. Lind/dpa"),
        ("The old quay (Foto: Jana Krüger)", "The old quay", "Jana Krüger"),
        ("The old quay © Mara Lindqvist", "The old quay", "Mara Lindqvist"),
        ("Photograph: Tom Oduya/Harbour Post", None, "Tom Oduya/Harbour Post"),
        ("Der Kai. Bildquelle: Uferbote", "Der Kai.", "Uferbote"),
        ("Старый причал. Фото: Анна Лебедева", "Старый причал.", "Анна Лебедева"),
        ("The photo that changed the harbour", "The photo that changed the harbour", None),
        ("The source of the river: a glacier", "The source of the river: a glacier", None),
    ],
)
def test_a_credit_is_parted_from_its_caption(line: str, caption: str | None, credit: str | None) -> None:
    assert split_credit(line) == (caption, credit)


def test_the_articles_pictures_are_kept_with_what_stands_beneath_them() -> None:
    figures = (
        "<figure><img src='data:image/gif;base64,AA' data-src='/img/quay.jpg'><figcaption>The old quay. <span class='credit'>"
        "M. Lind</span></figcaption></figure>"
        "<figure><picture><source srcset='/img/boat.jpg?w=400 400w, /img/boat.jpg?w=1600 1600w'>"
        "<img src='/img/boat.jpg?w=400'></picture>"
        "<figcaption>The first boat. Photo: dpa</figcaption></figure>"
        "<img src='/icons/icon-share.png'><img src='/img/dot.gif' width=1 height=1>"
        "<div class='related'><img src='/img/other.jpg'></div><div class='author-box'><img src='/img/mara.jpg'></div>"
    )
    found = article('<meta property="og:image" content="/img/lead.jpg?w=1200">', f"<h1>{HEADLINE}</h1>", f"{figures}{BODY}")
    base = "https://harbour-post.example.org/img/"
    assert [(i.url, i.caption, i.credit) for i in found.images] == [
        (f"{base}lead.jpg?w=1200", None, None),
        (f"{base}quay.jpg", "The old quay.", "M. Lind"),
        (f"{base}boat.jpg?w=1600", "The first boat.", "dpa"),
    ]


def test_json_ld_tells_caption_and_credit_of_the_lead_picture() -> None:
    image = {"@type": "ImageObject", "url": "https://cdn.example.org/lead.jpg", "caption": "The quay", "creditText": "M. Lind"}
    head = ld(headline=HEADLINE, image=[image]) + '<meta property="og:image" content="https://cdn.example.org/lead.jpg?w=9">'
    assert [(i.caption, i.credit) for i in article(head).images] == [("The quay", "M. Lind")]


ENTRIES = [("09:30", "Harbour opens at dawn"), ("11:05", "First boat sails away"), ("14:20", "Storm warning lifted again")]
TELLING = (
    "The harbour office said that boats may leave the quay again, and that the day's timetable would hold until the evening."
)


def test_the_entries_of_a_live_blog_have_their_times() -> None:
    body = "".join(f"<div class='entry'><h2>{t}</h2><p>{TELLING} ({h})</p></div>" for h, t in ENTRIES)
    updates = [{"@type": "BlogPosting", "headline": t, "datePublished": f"2025-03-04T{h}:00+01:00"} for h, t in ENTRIES]
    live = json.dumps({"@type": "LiveBlogPosting", "headline": HEADLINE, "liveBlogUpdate": updates})
    found = clean(Page(html=f"<h1>{HEADLINE}</h1><article>{body}</article><script type='application/ld+json'>{live}</script>"))
    times = [(b.text, b.kind, b.published_at and b.published_at.strftime("%H:%M")) for b in found.blocks if b.published_at]
    assert times == [(t, "live_update", f"{int(h[:2]) - 1:02}{h[2:]}") for h, t in ENTRIES]
    assert Article.from_record(json.loads(json.dumps(found.to_record()))) == found


def test_times_beside_the_entries_serve_where_json_ld_has_none() -> None:
    body = "".join(
        f"<div class='entry'><time datetime='2025-03-04T{h}:00Z'>{h}</time><p>{t}. {TELLING}</p></div>" for h, t in ENTRIES
    )
    live = json.dumps({"@type": "LiveBlogPosting", "headline": HEADLINE})
    found = clean(Page(html=f"<h1>{HEADLINE}</h1><article>{body}</article><script type='application/ld+json'>{live}</script>"))
    assert [b.published_at.strftime("%H:%M") for b in found.blocks if b.published_at] == [h for h, _ in ENTRIES]


@pytest.mark.parametrize(
    ("fields", "head", "free"),
    [
        ({"isAccessibleForFree": "False"}, "", False),
        ({"isAccessibleForFree": True}, "", True),
        ({"hasPart": [{"@type": "WebPageElement", "isAccessibleForFree": False}]}, "", False),
        ({}, '<meta property="article:content_tier" content="metered">', False),
        ({}, '<meta property="article:content_tier" content="free">', True),
        ({}, "", None),
    ],
)
def test_whether_an_article_is_free_is_what_the_page_says(fields: dict[str, object], head: str, free: bool | None) -> None:
    assert article(ld(headline=HEADLINE, **fields) + head).is_accessible_for_free is free
