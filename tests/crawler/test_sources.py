"""A source's definition: what is accepted, and how plainly everything else is refused."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from crawler.errors import SourceError, UnknownSourceError
from crawler.sources import Source, load_all, load_catalogue, load_file, parse, select

HEAD = 'id = "a-b"\nname = "A"\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEAD + "delya = 1", "f.toml: delya: is not a known key (did you mean delay?)"),
        (HEAD + 'delay = "1"', "f.toml: delay: should be a valid number"),
        (HEAD + "delay = -1", "f.toml: delay: should be greater than or equal to 0"),
        (HEAD + 'feeds = "http://x.org/"', "f.toml: feeds: should be a list"),
        (HEAD + 'feeds = ["http://x.org/", 3]', "f.toml: feeds: should be a valid string (entry 2)"),
        (HEAD + 'feeds = ["ftp://x.org/"]', "f.toml: feeds: 'ftp://x.org/' is not an http or https address (entry 1)"),
        (HEAD + 'sitemaps = ["http://x.org:port/"]', "f.toml: sitemaps: 'http://x.org:port/' is not a web address"),
        (HEAD + 'include = ["("]', "f.toml: include: '(' is not a regular expression"),
        (HEAD + 'paywall = "yes"', "f.toml: paywall: should be a valid boolean"),
        (HEAD + 'languages = ["English"]', "f.toml: languages: should be language tags such as en or pt-BR"),
        (HEAD + 'country = "gb"', "f.toml: country: should be a country code such as GB"),
        (HEAD + 'owner = "crown"', "f.toml: owner: should be 'public', 'independent'"),
        (HEAD + 'interval = "often"', "f.toml: interval: should be a time such as 30m, 2h or 1d"),
        (HEAD + 'verified = "yesterday"', 'f.toml: verified: should be a date or "never"'),
        (HEAD + "min_geopolitics = 2", "f.toml: min_geopolitics: should be less than or equal to 1"),
        (HEAD + 'allow_networks = ["10.0.0.1/8"]', "f.toml: allow_networks: '10.0.0.1/8' is not a network such as"),
        (HEAD + "body = { css = 'div[' }", "f.toml:3:10: body css: 'div[' is not a CSS selector: Expected ident or '*', but"),
        (HEAD + '[[remove]]\ncss = ".a"\n\n[[remove]]\nreason = "css"\n  xpath = "//p[f()]"',
         "f.toml:8:3: remove 2 xpath: '//p[f()]' calls f(), which is no function of XPath 1.0, at character 5"),
        (f'[[source]]\n{HEAD}[[source]]\nid = "b"\nname = "css"\nbody.css = "a"\n[[source.remove]]\ncss = "p > > a"',
         "f.toml:9:1: source 2 (b): remove 1 css: 'p > > a' is not a CSS selector: Expected selector, got '>' at character 5"),
        (HEAD + 'remove = [{css="a"},{css="\\u0061 b["}]', "f.toml:3:22: remove 2 css: 'a b[' is not a CSS selector"),
        (HEAD + '[[remove]]\nxpath = "//a/@href"', "f.toml:4:1: remove 1 xpath: '//a/@href' selects no elements"),
        (HEAD + '[[remove]]\ncsss = ".a"', "f.toml:4:1: remove 1 csss: is not a known key (did you mean css?)"),
        (HEAD + 'remove = [{css="a", xpath="//b"}]', "f.toml:3:1: remove 1: give exactly one of css and xpath"),
        (HEAD + 'body = "div"', 'f.toml:3:1: body: should be { css = "…" } or { xpath = "…" }'),
        (HEAD + 'remove = "div"', 'f.toml:3:1: remove: should be [[remove]] with css = "…" or xpath = "…"'),
        (HEAD + "[date]\nxpath = 3", "f.toml:4:1: date xpath: should be"),
        ('name = "A"', "f.toml: id: is missing"),
        ('id = "A B"\nname = "A"', "f.toml: id: should be lower-case words joined by hyphens"),
        ("id = ", "f.toml: not valid TOML"),
        ('[[source]]\nid = "x"\n', "f.toml: source 1 (x): name: is missing"),
        (f'x = 1\n[[source]]\n{HEAD}', "f.toml: x: stands beside [[source]]"),
        (f"[source]\n{HEAD}", "f.toml: source: write [[source]] before each source"),
        (f"[[source]]\n{HEAD}[[source]]\n{HEAD}", "f.toml: id: 'a-b' is defined twice"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_key(text: str, says: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse(text, "f.toml")
    assert str(caught.value).startswith(says)
    assert "\n" not in str(caught.value)


def test_a_file_holds_one_source_or_several(tmp_path: Path) -> None:
    one, several = tmp_path / "one.toml", tmp_path / "several.toml"
    one.write_text('\ufeff' + HEAD + 'delay = 2\nverified = 2025-03-01\nallow_networks = ["127.0.0.0/8"]')
    several.write_text(f'[[source]]\n{HEAD}[[source]]\nid = "c"\nname = "C"\n')
    (source,) = load_file(one)
    assert (source.delay, str(source.verified), str(source.networks[0])) == (2.0, "2025-03-01", "127.0.0.0/8")
    assert [s.id for s in load_file(several)] == ["a-b", "c"]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    binary = tmp_path / "b.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    for path, says in ((tmp_path / "none.toml", "No such file"), (binary, "not UTF-8"), (tmp_path, "directory")):
        with pytest.raises(SourceError, match=says) as caught:
            load_file(path)
        assert str(path) in str(caught.value)


def test_the_catalogue_is_whole_and_enables_nothing() -> None:
    catalogue = load_catalogue()
    files = [entry.name for entry in resources.files("crawler").joinpath("catalogue").iterdir() if entry.name.endswith(".toml")]
    assert len(catalogue) == len(files) >= 60
    for source in catalogue.values():
        assert source.feeds or source.sitemaps
        assert source.verified == "never"
        assert not source.owner_reviewed
        assert not source.allow_networks
        assert source.home is None, "the public lists name no home pages"
    assert catalogue["france24-fr"].languages == ("fr",)
    assert catalogue["tass-en"].opt_in_only


def test_rows_of_one_outlet_and_language_are_one_source() -> None:
    pravda = [s for s in load_catalogue().values() if s.name == "Ukrainska Pravda"]
    assert len(pravda) == 1
    assert (len(pravda[0].feeds), len(pravda[0].sitemaps)) == (1, 1)
    assert pravda[0].languages == ("uk", "en", "ru")
    assert {s.id for s in load_catalogue().values() if s.name == "Le Monde"} == {"le-monde-en", "le-monde-fr"}


def test_the_catalogue_may_not_open_networks() -> None:
    with pytest.raises(SourceError, match="only for definitions of your own"):
        parse(HEAD + 'allow_networks = ["10.0.0.0/8"]', "crawler/catalogue/a-b.toml", own=False)


def test_an_own_definition_takes_the_place_of_the_catalogues(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('id = "bbc-world"\nname = "Mine"\n')
    assert load_all([own])["bbc-world"].name == "Mine"
    twin = tmp_path / "twin.toml"
    twin.write_text('id = "bbc-world"\nname = "Mine too"\n')
    with pytest.raises(SourceError, match="defined twice"):
        load_all([own, twin])


def test_choosing_by_id_keeps_the_order_and_knows_misspellings() -> None:
    catalogue = load_catalogue()
    assert [s.id for s in select(["dawn", "ansa", "dawn"], catalogue)] == ["dawn", "ansa"]
    with pytest.raises(UnknownSourceError, match="did you mean bbc-world"):
        select(["bbc-wrld"], catalogue)


def test_a_sources_own_threshold_goes_before_the_configurations() -> None:
    fields = {"id": "a", "name": "A", "country": "FR", "languages": ("fr",)}
    assert Source.model_validate(fields).site_rules(0.3).min_geopolitics == 0.3
    rules = Source.model_validate(fields | {"min_geopolitics": 0.0}).site_rules(0.3)
    assert rules.min_geopolitics == 0.0
    assert (rules.source, rules.publisher, rules.country, rules.languages) == ("a", "A", "FR", ("fr",))


def test_include_and_exclude_are_searched_for_in_the_url() -> None:
    source = Source.model_validate({"id": "a", "name": "A", "include": ("/world/", "/politics/"), "exclude": ("/video",)})
    urls = ("http://a/world/1", "http://a/politics/2", "http://a/sport/3", "http://a/world/video-4")
    assert [url for url in urls if source.wants(url)] == ["http://a/world/1", "http://a/politics/2"]


def test_site_rules_reach_cleaning() -> None:
    selectors = 'body = { css = "main" }\ndate = { xpath = "string(//time)" }\n[[remove]]\ncss = ".ad"\nreason = "ads"'
    (source,) = parse(HEAD + selectors, "f")
    rules = Source.model_validate_json(source.model_dump_json()).site_rules()
    assert (str(rules.body), str(rules.date), rules.title) == ("css main", "xpath string(//time)", None)
    assert [(str(s), s.reason) for s in rules.remove] == [("css .ad", "ads")]
