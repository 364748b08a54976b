"""Feeds and sitemaps in every state: what can be read is given, what cannot is said, nothing is opened or expanded."""

from __future__ import annotations

import gzip
import time
from pathlib import Path
from typing import Any

import pytest

from crawler.discovery import LINK_LIMIT, Announcement, feeds
from crawler.discovery.autodiscovery import read_opml, read_page, robots_sitemaps, sitemaps_of_robots
from crawler.discovery.feeds import read_feed
from crawler.discovery.reading import SMALL, Kind, read
from crawler.discovery.sitemaps import read_sitemap

BASE = "http://x.org/news/feed"
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a0 "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12)) + b"]>"
)


def said(found: Announcement, number: int = 0) -> list[tuple[str, str]]:
    return [(claim.field, claim.value) for claim in found.links[number].claims]


def urls(found: Announcement) -> list[str]:
    return [link.url for link in found.links]


def test_rss_gives_links_and_what_it_says_of_them() -> None:
    found = read_feed(
        b"""<?xml version="1.0"?><rss version="2.0"><channel><title>T &amp; U</title><language>en-gb</language>
        <item><title>A &lt;b&gt;bold&lt;/b&gt; &amp;amp; new x</title><link>../a?x=1#part</link>
        <pubDate>Mon, 21 Oct 2024 10:00:00 GMT</pubDate><author>me@x.org (Ann B)</author><category>War</category>
        <description>&lt;p&gt;Hi there&lt;/p&gt;</description></item></channel></rss>""", BASE, "text/xml")  # fmt: skip
    assert urls(found) == ["http://x.org/a?x=1"]
    assert said(found) == [
        ("title", "A bold & new x"), ("published_at", "Mon, 21 Oct 2024 10:00:00 GMT"), ("summary", "Hi there"),
        ("author", "Ann B"), ("tag", "War"),
    ]  # fmt: skip
    assert found.links[0].claims[0].source == f"feed:{BASE}"
    assert (found.title, found.language, found.newest, found.problems) == ("T & U", "en-gb", "2024-10-21T10:00:00Z", [])


def test_atom_keeps_published_and_updated_apart() -> None:
    found = read_feed(
        b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><title>q</title><link href="b"/>
        <updated>2024-10-21T10:00:00Z</updated><author><name>N</name></author></entry>
        <entry><title>r</title><link href="/c"/><published>2024-10-20T00:00:00Z</published></entry></feed>""", BASE)
    assert urls(found) == ["http://x.org/news/b", "http://x.org/c"]
    assert said(found) == [("title", "q"), ("modified_at", "2024-10-21T10:00:00Z"), ("author", "N")]
    assert said(found, 1) == [("title", "r"), ("published_at", "2024-10-20T00:00:00Z")]


def test_rdf_and_json_feeds_are_read() -> None:
    rdf = read_feed(
        b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>R</title></channel><item><title>t</title>
        <link>http://x.org/1</link><dc:date>2024-10-21</dc:date><dc:creator>C</dc:creator></item></rdf:RDF>""", BASE)
    assert urls(rdf) == ["http://x.org/1"]
    assert ("author", "C") in said(rdf)
    json_feed = read_feed(
        b'{"version":"https://jsonfeed.org/version/1.1","title":"J","items":[{"url":"/x","title":"t",'
        b'"date_published":"2024-01-01T00:00:00Z","authors":[{"name":"N"}],"tags":["w", 3]}, 7]}', BASE)
    assert urls(json_feed) == ["http://x.org/x"]
    assert said(json_feed) == [("title", "t"), ("published_at", "2024-01-01T00:00:00Z"), ("author", "N"), ("tag", "w")]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"), (b" \n", "empty"), (b"plain words", "not a feed"), (b"http://x.org/other", "not a feed"),
        (b"<!doctype html><html><body>log in</body></html>", "an HTML page, not a feed"), (b'{"a": 1}', "not a JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1"', "JSON that cannot be read"), (b"\x00\x01\x02\xff", "not a feed"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_said(body: bytes, says: str) -> None:
    found = read_feed(body, BASE)
    assert not found.usable
    assert not found.links
    assert says in found.problems[0]


def test_a_body_that_names_a_file_is_not_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text("<rss version='2.0'><channel><item><link>http://x.org/secret</link></item></channel></rss>")
    assert not read_feed(str(secret).encode(), BASE).links


def test_a_broken_feed_gives_what_it_can() -> None:
    cut = read_feed(b"<rss version='2.0'><channel><item><link>http://x.org/1</link></item><item><link>http://x.org/2</li", BASE)
    assert "http://x.org/1" in urls(cut)
    assert "not well-formed" in cut.problems[-1]
    wrong_charset = read_feed(
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><item><title>\xfcber</title><link>/1</link></item>'
        "</channel></rss>".encode("latin-1"), BASE)  # fmt: skip
    assert urls(wrong_charset) == ["http://x.org/1"]


def test_links_that_lead_nowhere_are_counted_not_followed() -> None:
    links = ("javascript:alert(1)", "mailto:a@x.org", "http://[::1", "http://x.org:99999/", "file:///etc/passwd", "/ok", "/ok")
    items = "".join(f"<item><link>{link}</link></item>" for link in links)
    found = read_feed(f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), BASE)
    assert urls(found) == ["http://x.org/ok"]
    assert found.problems == ["5 entries without a usable link (the first: 'javascript:alert(1)')"]


def test_entities_are_not_expanded() -> None:
    feed = read_feed(BOMB + b"<rss version='2.0'><channel><item><title>&a11;</title><link>/z</link></item></channel></rss>", BASE)
    assert urls(feed) == ["http://x.org/z"]
    assert all(len(value) < 100 for _, value in said(feed))
    sitemap = read_sitemap(BOMB + b"<urlset><url><loc>/y&a11;</loc></url><url><loc>/z</loc></url></urlset>", BASE)
    assert "http://x.org/z" in urls(sitemap)
    assert all(len(url) < 100 for url in urls(sitemap))


SITEMAP = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><image:image><image:loc>http://x.org/i.jpg</image:loc><image:title>A picture</image:title></image:image>
<loc>http://x.org/1</loc><lastmod>2024-01-02</lastmod><news:news><news:publication><news:name>N</news:name>
<news:language>en</news:language></news:publication><news:publication_date>2024-01-01T10:00:00+02:00</news:publication_date>
<news:title>T</news:title><news:keywords>war, peace</news:keywords></news:news></url>
<url><loc>/2</loc></url>"""


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_news_sitemap_gives_links_and_what_it_says_of_them(pack: type[bytes]) -> None:
    found = read_sitemap(pack(SITEMAP + b"</urlset>"), "http://x.org/sitemap.xml")
    assert urls(found) == ["http://x.org/1", "http://x.org/2"]
    assert said(found) == [
        ("modified_at", "2024-01-02"), ("published_at", "2024-01-01T10:00:00+02:00"), ("title", "T"), ("language", "en"),
        ("tag", "war"), ("tag", "peace"),
    ]  # fmt: skip
    assert found.problems == []


def test_a_sitemap_index_names_its_newest_first() -> None:
    found = read_sitemap(
        b"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap><loc>/a.xml</loc><lastmod>2024-01-01</lastmod>"
        b"</sitemap><sitemap><loc>/b.xml.gz</loc><lastmod>2024-02-01</lastmod></sitemap><sitemap><loc>/c.xml</loc></sitemap>"
        b"</sitemapindex>", "http://x.org/")  # fmt: skip
    assert found.children == ["http://x.org/b.xml.gz", "http://x.org/a.xml", "http://x.org/c.xml"]
    assert not found.links


def test_a_sitemap_that_breaks_off_gives_no_half_address() -> None:
    found = read_sitemap(SITEMAP + b"<url><loc>http://x.org/thi", "http://x.org/")
    assert urls(found) == ["http://x.org/1", "http://x.org/2"]
    assert "not well-formed" in found.problems[0]


@pytest.mark.parametrize(
    ("body", "says"),
    [(b"", "empty"), (b"<html><body>x</body></html>", "root is <html>"), (b"words", "not a sitemap"), (b"\x1f\x8bxx", "gzip")],
)
def test_what_is_no_sitemap_is_said(body: bytes, says: str) -> None:
    found = read_sitemap(body, "http://x.org/")
    assert not found.usable
    assert says in found.problems[0]


def test_a_packed_sitemap_is_cut_at_its_limit() -> None:
    found = read_sitemap(gzip.compress(SITEMAP + b" " * 5_000_000 + b"</urlset>"), "http://x.org/", limit=10_000)
    assert urls(found)[0] == "http://x.org/1"
    assert "larger than 10000 bytes unpacked" in found.problems[0]


def test_a_page_leads_to_its_feeds_but_not_to_its_comments() -> None:
    hints = read_page(
        b"""<html lang="en-GB"><head><title> The  Site </title><link rel="alternate" type="application/rss+xml" href="/feed">
        <link rel=alternate type="application/atom+xml; charset=utf-8" title="Comments" href="/comments/feed">
        <link rel="alternate" hreflang="de" href="/de"><link rel=stylesheet href="/s.css"></head></html>""", "http://x.org/a/")
    assert (hints.title, hints.language, hints.feeds) == ("The Site", "en-GB", ("http://x.org/feed",))


def test_robots_lead_to_news_sitemaps() -> None:
    body = b"User-agent: *\nSitemap: /sitemap-news.xml\n sitemap : http://x.org/archive.xml\n"
    assert sitemaps_of_robots(body, "http://x.org/robots.txt") == ["http://x.org/sitemap-news.xml"]


def test_opml_gives_its_feeds_once() -> None:
    outlines = "<outline text='Folder'><outline title='A' xmlUrl='http://x.org/a'/><outline text='B' xmlurl='http://x.org/b'/></outline>"
    body = f"<opml version='2.0'><body>{outlines}<outline xmlUrl='http://x.org/a'/></body></opml>".encode()
    assert read_opml(body) == [("A", "http://x.org/a"), ("B", "http://x.org/b")]
    with pytest.raises(ValueError, match="not an OPML list"):
        read_opml(b"<html/>")


@pytest.mark.parametrize("wrap", [bytes, gzip.compress, lambda body: b"\xef\xbb\xbf" + body])
def test_a_text_sitemap_is_a_list_of_addresses(wrap: Any) -> None:
    body = b"https://news.example/a\r\nhttps://news.example/b?id=1\n\nnot an address\nhttps://news.example/a\n"
    found = read_sitemap(wrap(body), "https://news.example/sitemap.txt")
    assert found.usable
    assert [link.url for link in found.links] == ["https://news.example/a", "https://news.example/b?id=1"]
    assert found.problems == ["1 entries without a usable link (the first: '')"]


def test_a_text_sitemap_that_breaks_off_gives_no_half_address() -> None:
    found = read_sitemap(b"https://news.example/one\nhttps://news.example/two", "https://news.example/s.txt", limit=40)
    assert [link.url for link in found.links] == ["https://news.example/one"]
    assert "the rest was left out" in found.problems[0]


_ITEM = "<item><title>Grain deal</title><link>/grain</link></item>"
_OLD_RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
_DIALECTS = {
    "RSS 0.90": f'<rdf:RDF {_OLD_RDF} xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>T</title></channel>{_ITEM}'
    "</rdf:RDF>",
    "RSS 0.91": f'<rss version="0.91"><channel><title>T</title>{_ITEM}</channel></rss>',
    "RSS 0.92": f'<rss version="0.92"><channel><title>T</title>{_ITEM}</channel></rss>',
    "RSS 1.0": f'<rdf:RDF {_OLD_RDF} xmlns="http://purl.org/rss/1.0/"><channel><title>T</title></channel>{_ITEM}</rdf:RDF>',
    "RSS 2.0": f'<rss version="2.0"><channel><title>T</title>{_ITEM}</channel></rss>',
    "Atom 0.3": '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>T</title><entry><title>Grain deal</title>'
    '<link rel="alternate" href="/grain"/></entry></feed>',
    "Atom 1.0": '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><title>Grain deal</title>'
    '<link rel="self" href="/self.atom"/><link href="/grain"/></entry></feed>',
    "JSON Feed": '{"version": "https://jsonfeed.org/version/1.1", "title": "T",'
    ' "items": [{"url": "/grain", "title": "Grain deal"}]}',
}


@pytest.mark.parametrize("dialect", _DIALECTS)
def test_every_dialect_gives_link_and_title(dialect: str) -> None:
    found = read_feed(_DIALECTS[dialect].encode(), "https://news.example/feed", "text/html; charset=utf-8")
    assert (found.usable, found.problems) == (True, [])
    (link,) = found.links
    assert link.url == "https://news.example/grain"
    assert ("title", "Grain deal") in [(claim.field, claim.value) for claim in link.claims]


_RUSSIAN = (
    '<?xml version="1.0" encoding="{}"?><rss version="2.0"><channel><title>Т</title>'
    "<item><title>Переговоры</title><link>/a</link></item></channel></rss>"
)


@pytest.mark.parametrize(("declared", "written", "header"), [
    ("windows-1251", "windows-1251", "text/xml"),
    ("utf-8", "utf-8", "text/xml; charset=iso-8859-1"),
    ("utf-8", "utf-8", "application/rss+xml; charset=nonsense"),
    ("koi8-r", "koi8-r", "application/xml"),
    ("utf-16", "utf-16", "application/rss+xml"),
    ("utf-8", "windows-1251", "text/xml; charset=windows-1251"),
])  # fmt: skip
def test_the_charset_of_a_feed_is_found_where_its_marks_disagree(declared: str, written: str, header: str) -> None:
    found = read_feed(_RUSSIAN.format(declared).encode(written), "https://news.example/feed", header)
    (link,) = found.links
    assert ("title", "Переговоры") in [(claim.field, claim.value) for claim in link.claims]


def test_fifty_thousand_entries_and_one_more_are_cut_with_a_word() -> None:
    entries = b"".join(b"<url><loc>/a/%d</loc></url>" % n for n in range(LINK_LIMIT + 1))
    found = read_sitemap(b"<urlset>" + entries + b"</urlset>", "https://news.example/s.xml")
    assert len(found.links) == LINK_LIMIT
    assert f"more than {LINK_LIMIT} entries: the rest was left out" in found.problems


def _rss(entries: int, before: str = "", after: str = "") -> bytes:
    items = "".join(f"<item><title>Headline {n}</title><link>/a/{n}</link></item>" for n in range(entries))
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>T</title>{before}{items}{after}</channel></rss>".encode()


def test_a_feed_of_very_many_entries_gives_the_first_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "FEED_ENTRIES", 30)
    found = read_feed(_rss(100, after="<managingEditor>a@b.c</managingEditor>"), BASE)
    assert urls(found) == [f"http://x.org/a/{n}" for n in range(30)]
    assert found.problems == ["more than 30 entries: the rest was left out"], "and nothing else is wrong with it"
    atom = "".join(f"<a:entry><a:link href='/a/{n}'/></a:entry>" for n in range(100))
    found = read_feed(f"<a:feed xmlns:a='http://www.w3.org/2005/Atom'>{atom}</a:feed>".encode(), BASE)
    assert (len(found.links), found.problems) == (30, ["more than 30 entries: the rest was left out"])
    assert read_feed(_rss(30), BASE).problems == []


@pytest.mark.parametrize("shape", ["entries", "text", "utf-16"])
def test_a_feed_of_very_many_bytes_gives_what_stands_before_the_limit(monkeypatch: pytest.MonkeyPatch, shape: str) -> None:
    monkeypatch.setattr(feeds, "FEED_LIMIT", 4096)
    long = f"<description>{'word ' * 2000}</description>"
    bodies = {"entries": _rss(100), "text": _rss(5, after=long), "utf-16": _rss(100).decode().encode("utf-16")}
    found = read_feed(bodies[shape], BASE)
    assert urls(found)[:5] == [f"http://x.org/a/{n}" for n in range(5)]
    assert found.problems[-1].startswith("larger than 0 MB: the rest")


def test_addresses_and_claims_of_any_length_do_not_go_into_the_store() -> None:
    item = f"<item><title>{'long ' * 500}</title><link>/ok</link>{'<category>w</category>' * 300}</item>"
    found = read_feed(f"<rss version='2.0'><channel><item><link>/{'a' * 5000}</link></item>{item}</channel></rss>".encode(), BASE)
    assert urls(found) == ["http://x.org/ok"]
    assert len(found.links[0].claims) <= 50
    assert "title" not in dict(said(found))
    assert "1 entries without a usable link" in found.problems[0]


_N = SMALL - 100
_RSS = b"<rss version='2.0'><channel>"
_HOSTILE: dict[str, tuple[Kind, bytes, bytes, bytes]] = {
    "an XML declaration without end": ("feed", b"<?xml ", b" encoding='", _RSS),
    "a declaration again and again": ("feed", b"<?xml version='1.0'", b" encoding='a'?>", _RSS),
    "nothing but lines": ("feed", b"<x>", b"\n", _RSS),
    "doctypes": ("feed", b"", b"\n<!DOCTYPE", _RSS),
    "entities": ("feed", b"<!DOCTYPE x [", b"\n<!ENTITY", _RSS),
    "open brackets": ("feed", _RSS, b"<", b""),
    "open elements": ("feed", _RSS, b"<a ", b""),
    "entries in entries": ("feed", _RSS, b"<item>", b""),
    "JSON of nothing": ("feed", b'{"version": "https://jsonfeed.org/version/1.1", "items": [', b"{},", b"{}]}"),
    "deep JSON": ("feed", b"", b'{"a":', b""),
    "doctypes of a sitemap": ("sitemap", b"", b"<!DOCTYPE", b"<urlset>"),
    "a sitemap of lines": ("sitemap", b"x", b"\n", b""),
    "a text sitemap of words": ("sitemap", b"http://x.org/\n", b"x\n", b""),
    "a long address": ("section", b"<html><body><a href='http://x.org/", b"a", b"'>x</a>"),
    "deep HTML": ("section", b"<html><body>", b"<div><a href=/a-b-c-d-e>", b""),
}


@pytest.mark.parametrize("name", _HOSTILE)
def test_no_small_answer_keeps_a_run_waiting(name: str) -> None:
    kind, start, again, end = _HOSTILE[name]
    body = start + again * ((_N - len(start) - len(end)) // len(again)) + end
    begun = time.process_time()
    read(kind, body, BASE, "text/xml")
    assert time.process_time() - begun < 5


def test_a_robots_txt_of_lines_keeps_nobody_waiting() -> None:
    begun = time.process_time()
    assert robots_sitemaps(b"\n" * 1_000_000 + b"Sitemap: /s.xml\n", BASE) == ["http://x.org/s.xml"]
    assert time.process_time() - begun < 5


def test_a_large_answer_is_read_in_a_process_of_its_own_to_the_same_end() -> None:
    body = _rss(3000)
    assert len(body) > SMALL
    assert read("feed", body, BASE, "text/xml") == read_feed(body, BASE, "text/xml")
    packed = gzip.compress(b"".join([b"<urlset>", *(b"<url><loc>/a/%d</loc></url>" % n for n in range(3000)), b"</urlset>"]))
    assert len(read("sitemap", packed, BASE).links) == 3000
    assert read("archive", body, BASE) == read_feed(body, BASE)


@pytest.mark.slow
def test_a_large_answer_that_wants_too_much_is_given_up() -> None:
    attributes = b" ".join(b"a%d='1'" % n for n in range(600_000))
    slow = read("feed", _RSS + b"<item " + attributes + b"><link>/a</link></item></channel></rss>", BASE, "text/xml")
    assert not slow.usable
    assert slow.problems[0].startswith("reading it took longer than")
