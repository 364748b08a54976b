"""Which addresses are the same article, and which are not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaning import Page, clean
from cleaning.identity import line_hash, text_key, uid, url_key

BASE = "https://gazette.example/world/2025/03/18/ferry"

HERE = "https://gazette.example"

JOIN = [(f"{HERE}{one}" if one.startswith("/") else one, f"{HERE}{other}" if other.startswith("/") else other) for one, other in [
    # scheme, host, port
    ("/a", "http://gazette.example/a"),
    ("/a", "HTTPS://GAZETTE.EXAMPLE/a"),
    ("/a", "https://gazette.example./a"),
    ("/a", "https://gazette.example:443/a"),
    ("http://gazette.example:80/a", "http://gazette.example/a"),
    ("http://gazette.example:80/a", "https://gazette.example:443/a"),
    ("https://gazette.example:8443/a", "https://www.gazette.example:8443/a/"),
    ("/a", "https://reader:secret@gazette.example/a"),
    ("/a", "https://www.gazette.example/a"),
    ("/a", "http://www2.gazette.example/a"),
    ("/a", "https://m.gazette.example/a"),
    ("/a", "https://mobile.gazette.example/a"),
    ("/a", "https://amp.gazette.example/a"),
    ("https://news.gazette.example/a", "https://m.news.gazette.example/a"),
    ("https://gazette.co.example/a", "https://m.gazette.co.example/a"),
    ("https://m.gazette.example/a", "https://amp.gazette.example/a?amp=1"),
    ("http://192.0.2.7/a", "https://192.0.2.7:443/a"),
    ("http://[2001:db8::7]/a", "http://[2001:DB8::7]:80/a/"),
    # host names in other scripts
    ("https://fähre.example/a", "https://xn--fhre-loa.example/a"),
    ("https://FÄHRE.example/a", "https://www.fähre.example/a"),
    ("https://новости.example/мир", "https://xn--b1amnebsh.example/%D0%BC%D0%B8%D1%80"),
    ("https://βόλος.example/a", "https://xn--nxasmm1c.example/a"),
    ("https://straße.example/a", "https://xn--strae-oqa.example/a"),
    ("https://新聞.example/a", "https://xn--efvv70d.example/a"),
    # slashes, index files
    ("/a", "/a/"),
    ("/a", "https://gazette.example//a"),
    ("/a/b", "/a//b///"),
    ("/a", "  https://gazette.example/a\n"),
    ("https://gazette.example", "/"),
    ("/", "/index.html"),
    ("/a/", "/a/index.php"),
    ("/a/", "/a/default.aspx"),
    ("/a", "/a/INDEX.HTM"),
    ("/a", "/a/index.shtml"),
    ("/a", "/a/index.jsp"),
    ("/a/?id=7", "/a/index.php?id=7"),
    # places on the page
    ("/a", "/a#comments"),
    ("/a", "/a#"),
    ("/a", "/a#:~:text=ferry"),
    ("/a", "/a#!"),
    ("/a", "/a#/"),
    ("/a?id=7", "/a?id=7#top"),
    ("/#!/a/7", "/#!/a/7/"),
    ("/#!/a/7", "/#!/a/7#top"),
    # the quick kind of page
    ("/a", "/a/amp"),
    ("/a", "/a/amp/"),
    ("/a", "/a/AMP/"),
    ("/a", "/a.amp"),
    ("/a.html", "/a.amp.html"),
    ("/a.html", "/a.html/amp"),
    ("/world/a", "/amp/world/a"),
    ("/world/a", "https://www.gazette.example/amp/world/a/"),
    ("/a", "/a?amp"),
    ("/a", "/a?amp=1"),
    ("/a", "/a?amp=true"),
    ("/a", "/a?_amp=1"),
    ("/a", "/a?outputType=amp"),
    ("/a", "/a?amp_js_v=a6&amp_gsa=1&usqp=mq331AQ"),
    ("/a?id=7", "/a?id=7&amp=1"),
    ("/a", "/a?amp&utm_source=x"),
    # the way a reader came
    ("/a", "/a?"),
    ("/a", "/a?&"),
    ("/a", "/a?utm_source=rss&utm_medium=feed"),
    ("/a", "/a?UTM_Source=rss"),
    ("/a", "/a?utm_brand_new=1"),
    ("/a", "/a?mtm_campaign=x&pk_kwd=y&hsa_acc=1"),
    ("/a", "/a?fbclid=IwAR0x"),
    ("/a", "/a?gclid=1&gbraid=2&wbraid=3"),
    ("/a", "/a?gclsrc=aw.ds&gad_source=1&gad_campaignid=7&dclid=8&srsltid=9"),
    ("/a", "/a?msclkid=1&yclid=2"),
    ("/a", "/a?twclid=1&ttclid=2&li_fat_id=3&epik=4"),
    ("/a", "/a?igshid=1&igsh=2"),
    ("/a", "/a?mc_cid=1&mc_eid=2"),
    ("/a", "/a?mkt_tok=1&_hsenc=2&_hsmi=3&vero_id=4&oly_enc_id=5&oly_anon_id=6"),
    ("/a", "/a?_ga=1.2.3&_gl=1*x"),
    ("/a", "/a?smid=tw-share"),
    ("/a", "/a?CMP=share_btn_tw"),
    ("/a", "/a?cmpid=x&ncid=y&ito=z"),
    ("/a", "/a?mbid=social_twitter"),
    ("/a", "/a?at_medium=RSS&at_campaign=KARANGA"),
    ("/a", "/a?xtor=RSS-4"),
    ("/a", "/a?wt_mc=rss"),
    ("/a", "/a?WT.mc_id=rss"),
    ("/a", "/a?ocid=socialflow"),
    ("/a", "/a?ref_src=twsrc%5Etfw&ref_url=https%3A%2F%2Fx.example"),
    ("/a", "/a?dicbo=v2-1&tblci=2"),
    ("/a", "/a?__twitter_impression=true"),
    ("/a", "/a?fb_action_ids=1&fb_action_types=og.likes&fb_source=x&fb_ref=y"),
    ("/a", "/a?guccounter=1&guce_referrer=x&guce_referrer_sig=y"),
    ("/a?id=7", "/a?utm_source=x&id=7&fbclid=y"),
    ("/a?id=7&lang=en", "/a?lang=en&id=7"),
    # sessions
    ("/a", "/a;jsessionid=0A1B2C"),
    ("/a.do?id=7", "/a.do;jsessionid=0A1B2C?id=7"),
    ("/a?id=7", "/a?PHPSESSID=0a1b2c&id=7"),
    # one word in two spellings
    ("/f%C3%A4hre", "/fähre"),
    ("/f%c3%a4hre", "/f%C3%A4hre"),
    ("/%7Eada", "/~ada"),
    ("/%61%2D%42", "/a-B"),
    ("/a%20b", "/a b"),
    ("/l%27otan", "/l'otan"),
    ("/a%2C7%2C8.html", "/a,7,8.html"),
    ("/a%28b%29", "/a(b)"),
    ("/a%3Ab%40c", "/a:b@c"),
    ("/a%2fb", "/a%2Fb"),
    ("/世界/船", "/%E4%B8%96%E7%95%8C/%E8%88%B9"),
    ("/мир/паром", "/%d0%bc%d0%b8%d1%80/%d0%bf%d0%b0%d1%80%d0%be%d0%bc"),
    ("/العالم/عبارة", "/%D8%A7%D9%84%D8%B9%D8%A7%D9%84%D9%85/%D8%B9%D8%A8%D8%A7%D8%B1%D8%A9"),
    ("/विश्व", "/%E0%A4%B5%E0%A4%BF%E0%A4%B6%E0%A5%8D%E0%A4%B5"),
    ("/a?q=fähre", "/a?q=f%c3%a4hre"),
    ("/a?q=two+words", "/a?q=two%20words"),
    ("/a?q=%cf%f0%e8", "/a?q=%CF%F0%E8"),
    ("/a/%C4%E0", "/a/%c4%e0"),
]]

PART = [(f"{HERE}{one}" if one.startswith("/") else one, f"{HERE}{other}" if other.startswith("/") else other) for one, other in [
    # two sites, two ports
    ("/a", "https://courier.example/a"),
    ("/a", "https://gazette.test/a"),
    ("/a", "https://world.gazette.example/a"),
    ("/a", "https://amplify.gazette.example/a"),
    ("/a", "https://mgazette.example/a"),
    ("/a", "https://wwwgazette.example/a"),
    ("https://m.example/a", "https://example/a"),
    ("/a", "https://gazette.example:8443/a"),
    ("https://gazette.example:8080/a", "https://gazette.example:8081/a"),
    ("/a", "http://gazette.example:443/a"),
    ("/a", "https://gazette.example:80/a"),
    ("http://192.0.2.7/a", "http://192.0.2.8/a"),
    ("http://[2001:db8::7]/a", "http://[2001:db8::8]/a"),
    ("https://straße.example/a", "https://strasse.example/a"),
    ("https://fähre.example/a", "https://fahre.example/a"),
    ("https://news.gazette.example/a", "https://sport.gazette.example/a"),
    # two paths
    ("/a", "/b"),
    ("/a", "/"),
    ("/A", "/a"),
    ("/a.html", "/a.htm"),
    ("/a.html", "/a"),
    ("/a/1", "/a/2"),
    ("/a/b", "/ab"),
    ("/en/a", "/de/a"),
    ("/2025/03/18/a", "/2025/03/19/a"),
    ("/a-1", "/a-2"),
    ("/a,7,8.html", "/a,7,9.html"),
    ("/a%2Fb", "/a/b"),
    ("/a%3Fid=1", "/a?id=1"),
    ("/a%23b", "/a#b"),
    ("/a%25b", "/a%b"),
    ("/a+b", "/a b"),
    ("/fähre", "/fahre"),
    ("/世界", "/世间"),
    ("/мир", "/мiр"),
    ("/a/%C4%E0", "/a/%CD%E5"),
    # what only looks like an index file or the quick kind of page
    ("/index-of-peace", "/"),
    ("/indexes.html", "/"),
    ("/index.html/a", "/a"),
    ("/index.php/a", "/index.php/b"),
    ("/default", "/"),
    ("/camp", "/c"),
    ("/revamp", "/rev"),
    ("/amplifier", "/lifier"),
    ("/an-amp", "/an"),
    ("/amps/a", "/a"),
    ("/ampere/a", "/a"),
    ("/world/amp/a", "/world/a"),
    ("/amp/a", "/amp/b"),
    ("/a;b", "/a"),
    # parameters that may matter
    ("/a?id=1", "/a?id=2"),
    ("/a?id=1", "/a"),
    ("/a?ID=1", "/a?id=1"),
    ("/a?id=1&page=1", "/a?id=1&page=2"),
    ("/a?p=1", "/a?page=1"),
    ("/a?article=", "/a"),
    ("/?p=123", "/?p=124"),
    ("/?p=123", "/"),
    ("/index.php?id=1", "/index.php?id=2"),
    ("/a?a=1&a=2", "/a?a=1"),
    ("/a?a=1&b=2", "/a?a=2&b=1"),
    ("/a?q=x%26y=2", "/a?q=x&y=2"),
    ("/a?q=x%2By", "/a?q=x+y"),
    ("/a?q=%C4%E0", "/a?q=%CD%E5"),
    ("/a?q=%FF", "/a?q=%EF%BF%BD"),
    ("/a?ref=frontpage-7", "/a?ref=frontpage-8"),
    ("/a?cid=1", "/a?cid=2"),
    ("/a?sid=1", "/a?sid=2"),
    ("/a?story=1&utm_source=x", "/a?story=2&utm_source=x"),
    ("/a?utmost=1", "/a?utmost=2"),
    ("/a?campaign=1", "/a?campaign=2"),
    ("/a?lang=en", "/a?lang=de"),
    ("/article.aspx?1234", "/article.aspx?1235"),
    ("/a?7", "/a?8"),
    # routes of the site's scripts
    ("/#!/a/1", "/#!/a/2"),
    ("/#!/a/1", "/"),
    ("/#!a1", "/#!a2"),
    ("/#/a/1", "/#/a/2"),
    ("/a#!/1", "/b#!/1"),
    ("/#!/a?id=1", "/#!/a?id=2"),
]]


@pytest.mark.parametrize(("one", "other"), JOIN)
def test_the_same_article(one: str, other: str) -> None:
    assert url_key(one) == url_key(other)


@pytest.mark.parametrize(("one", "other"), PART)
def test_two_articles(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)


def test_the_table_is_long_and_has_no_pair_twice() -> None:
    pairs = [frozenset(pair) for pair in (*JOIN, *PART)]
    assert len(set(pairs)) == len(pairs) >= 150
    assert all(len(pair) == 2 for pair in pairs)
    assert min(len(JOIN), len(PART)) >= 75


def test_a_key_says_what_it_is() -> None:
    assert (
        url_key("http://www.Gazette.example:80/World//ferry/index.html?utm_x=1&b=2&a=1#top")
        == "gazette.example/World/ferry?a=1&b=2"
    )
    assert url_key("https://gazette.example") == "gazette.example/"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "gazette.example/a",
        "ftp://gazette.example/a",
        "mailto:ada@gazette.example",
        "javascript:void(0)",
        "https://",
        "/a",
        "https:///a",
        "http://[::1",
        "https://gazette.example:99999/a",
        "file:///etc/hosts",
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        url_key(url)


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_key_is_its_own_key(path: str, query: str) -> None:
    try:
        key = url_key(f"https://gazette.example/{path}?{query}")
    except ValueError:
        return
    assert url_key(f"https://{key}") == key
    assert url_key(f"http://www.{key}#x") == key


def test_uids_are_short_stable_and_apart() -> None:
    assert uid(url_key(BASE)) == "3658a2061197fbc6"  # pinned: every store has the same
    assert uid(url_key(BASE)) == uid(url_key(f"{BASE}/?utm_source=x"))
    assert len({uid(f"gazette.example/{n}") for n in range(2000)}) == 2000


def test_a_text_has_its_words_for_a_key() -> None:
    assert re.fullmatch(r"text:[0-9a-f]{32}", text_key("A headline"))
    assert text_key("A headline\n\nwords") == text_key(" A  headline words\n")
    assert text_key("A headline") != text_key("A Headline")


def test_an_article_has_the_key_of_its_address_or_of_its_text() -> None:
    text = "A headline\n\nThe foreign ministers of both countries met on Tuesday to discuss the border treaty."
    assert clean(Page(url=f"{BASE}?utm_source=x", text=text)).url_key == url_key(BASE)
    assert clean(Page(text=text)).url_key == text_key(text)
    assert clean(Page(body=text.encode())).url_key == text_key(text)


def test_the_same_text_in_another_encoding_has_the_same_key() -> None:
    text = "Fähre\n\nDie Außenminister trafen sich am Dienstag, um über den Vertrag zu sprechen."
    assert {clean(Page(body=text.encode(e))).url_key for e in ("utf-8", "utf-8-sig", "utf-16", "cp1252")} == {text_key(text)}


def test_lines_are_known_again_by_their_words() -> None:
    assert re.fullmatch(r"[0-9a-f]{16}", line_hash("Read also"))
    assert line_hash(" Read  ALSO ") == line_hash("read also")
    assert line_hash("Read also") != line_hash("Read more")
