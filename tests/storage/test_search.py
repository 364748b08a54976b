"""People find what they look for, in every script, and only what they asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest

from cleaning.models import Article, CountryMention, Geopolitics
from storage import Filters, Store, plan
from storage.errors import MalformedQuery, QueryError
from storage.search import MARKS
from storage.terms import index_terms, word_count

Make = Callable[..., Article]


def keys(store: Store, query: str = "", **filters: object) -> list[str]:
    return [article.url_key.removeprefix("example.org/") for article in store.search(query, **filters)]  # type: ignore[arg-type]


@pytest.fixture
def languages(store: Store, make: Make) -> Store:
    texts = {
        "zh": ("朝鲜与俄罗斯签署条约", "平壤和莫斯科星期三签署了全面战略伙伴关系条约。"),
        "ja": ("北朝鮮がミサイル発射", "韓国軍によると、米国はNATO首脳会議で制裁を求めた。G7サミットも近い。"),
        "ko": ("북한이 미사일을 발사했다", "북한은 동해상으로 탄도미사일을 발사했다고 합참이 밝혔다."),
        "th": ("ไทยหารือกับพม่า", "รัฐมนตรีต่างประเทศไทยหารือกับเมียนมาที่กรุงเทพมหานคร"),
        "ar": ("مُفَاوَضَات في جنيف", "كُتِبَ الاتفاق في جنيف بعد مفاوضات طويلة بين الوفدين."),
        "ru": ("Переговоры в Женеве", "Стороны обсудили прекращение огня. Её представитель подтвердил это."),
        "de": ("Waffenstillstandsverhandlungen in Genf", "Der Außenminister sprach über Rüstungskontrolle."),
        "fr": ("Pourparlers à Genève", "L’Élysée a évoqué la dissuasion nucléaire."),
        "hi": ("जिनेवा में वार्ता", "भारत और चीन ने सीमा विवाद पर चर्चा की।"),
        "km": ("កម្ពុជា", "រដ្ឋាភិបាលកម្ពុជាបានចុះហត្ថលេខា"),
    }
    for language, (title, text) in texts.items():
        store.save(make(language, title=title, text=text, language=language))
    return store


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("俄罗斯", "zh"), ("条约", "zh"), ("莫斯科 条约", "zh"), ("伙伴", "zh"), ("平", "zh"), ("约", "zh"), ('"战略伙伴"', "zh"),
        ("ミサイル", "ja"), ("制裁", "ja"), ("NATO", "ja"), ("NATO 制裁", "ja"), ("G7サミット", "ja"), ("サミ*", "ja"),
        ("title:北朝鮮", "ja"),
        ("북한", "ko"), ("미사일", "ko"), ("탄도미사일", "ko"),
        ("กรุงเทพ", "th"), ("เมียนมา", "th"), ("ต่างประเทศ", "th"),
        ("مفاوضات", "ar"), ("مُفاوَضات", "ar"), ("كتب", "ar"), ("كُتِبَ", "ar"), ("جنيف", "ar"),
        ("огня", "ru"), ("ПЕРЕГОВОРЫ", "ru"), ("переговор*", "ru"),
        ("Außenminister", "de"), ("rustungskontrolle", "de"), ("waffenstillstand*", "de"),
        ("élysée", "fr"), ("elysee", "fr"), ("L'Élysée", "fr"), ("geneve", "fr"),
        ("भारत", "hi"), ("वार्ता", "hi"),
        ("កម្ពុជា", "km"),
    ],
)  # fmt: skip
def test_a_word_is_found_in_its_language(languages: Store, query: str, found: str) -> None:
    assert keys(languages, query) == [found]


@pytest.mark.parametrize("query", ["罗俄", "条签", "title:莫斯科", "ミイサル", "เทกรุง", "북미", "title:제재", "Genfer"])
def test_what_does_not_stand_there_is_not_found(languages: Store, query: str) -> None:
    assert keys(languages, query) == []


def test_tone_marks_are_not_lost(store: Store, make: Make) -> None:
    store.save(make("near", title=None, text="ใกล้"))
    store.save(make("far", title=None, text="ไกล"))
    store.save(make("aunt", title=None, text="ป้า"))
    store.save(make("jungle", title=None, text="ป่า"))
    assert keys(store, "ป่า") == ["jungle"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("korea", {"both", "north"}),
        ("korea russia", {"both"}),
        ("korea AND russia", {"both"}),
        ("korea OR russia", {"both", "north", "russia"}),
        ("korea NOT russia", {"north"}),
        ("russia OR korea NOT summit", {"both", "russia"}),
        ('"north korea"', {"north"}),
        ('"korea north"', set()),
        ("north-korea", {"north"}),
        ("kor*", {"both", "north"}),
        ("title:russia", {"russia"}),
        ("Title:RUSSIA", {"russia"}),
        ("title:russia korea", set()),
        ("and korea", {"north"}),
        ("(korea OR polls) NOT summit", {"both", "russia"}),
        ("title:(russia OR summit)", {"north", "russia"}),
        ('title:"a summit"', {"north"}),
        ('"north kor"*', {"north"}),
        ("“north korea”", {"north"}),
        ("korea (signs OR delegates) russia", {"both"}),
        ("!!!", set()),
        ('""', set()),
        ("korea !!!", {"both", "north"}),
        ("korea - * ^ : '", {"both", "north"}),
        ("'; DROP TABLE articles; --", set()),
        ("title : korea", set()),
        ("http://korea", set()),
    ],
)
def test_the_search_language(store: Store, make: Make, query: str, found: set[str]) -> None:
    store.save(make("both", title="A treaty", text="Korea signs with Russia."))
    store.save(make("north", title="A summit", text="Envoys and delegates of North Korea."))
    store.save(make("russia", title="Russia votes", text="Polls close."))
    assert set(keys(store, query)) == found


@pytest.mark.parametrize(
    ("query", "position", "reason"),
    [
        ("korea OR", 6, "behind OR"), ("AND korea", 0, "before AND"), ("NOT korea", 0, "before NOT"),
        ("korea AND OR russia", 6, "behind AND"),
        ('korea "north', 6, "no other that closes"), ("(korea", 0, "no other that closes"),
        ("korea) OR (1=1", 5, "no other that opens"), ("korea ()", 6, "nothing within"), ("title:", 0, "right behind title:"),
        ("author:smith", 0, "--author"), ("ko*ea", 2, "only at the end"), ("*stan", 0, "only at the end"),
        ("(" * 41 + "a" + ")" * 41, 40, "40 brackets"), ("a " * 201, 402, "more than 200 words"),
    ],
)  # fmt: skip
def test_a_malformed_query_says_where(store: Store, query: str, position: int, reason: str) -> None:
    with pytest.raises(MalformedQuery, match=reason) as refused:
        store.search(query)
    assert refused.value.position == position
    assert "at its end" in str(refused.value) or f"at character {position + 1} (" in str(refused.value)


def test_a_word_in_the_title_ranks_first(store: Store, make: Make) -> None:
    store.save(make("text", title="A long day", text="Sanctions were named. Sanctions."))
    store.save(make("title", title="Sanctions", text="A long day."))
    assert keys(store, "sanctions") == ["title", "text"]


def test_rejected_pages_are_left_out_unless_asked_for(store: Store, make: Make) -> None:
    store.save(make("good"))
    store.save(make("cut", status="partial"))
    store.save(make("wall", status="rejected"))
    for query in ("", "geneva"):
        assert set(keys(store, query)) == {"good", "cut"}
        assert set(keys(store, query, include_rejected=True)) == {"good", "cut", "wall"}


@pytest.fixture
def dated(store: Store, make: Make) -> Store:
    days = {"sep": (2024, 9, 30, 23, 59, 59), "first": (2024, 10, 1), "last": (2024, 10, 31, 23, 59, 59), "nov": (2024, 11, 1)}
    for number, (name, day) in enumerate(days.items()):
        store.save(
            make(name, published_at=datetime(*day, tzinfo=UTC), language=("en", "en-GB", "de", "eng")[number],  # type: ignore[arg-type]
                 source=("bbc", "bbc", "dw", None)[number], geopolitics=Geopolitics(score=number / 10))
        )  # fmt: skip
    store.save(make("undated"))
    return store


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, {"sep", "first", "last", "nov", "undated"}),
        ({"since": "2024-10"}, {"first", "last", "nov"}),
        ({"until": "2024-10"}, {"sep", "first", "last"}),
        ({"since": "2024-10-01", "until": "2024-10-31"}, {"first", "last"}),
        ({"since": date(2024, 10, 31), "until": date(2024, 10, 31)}, {"last"}),
        ({"since": datetime(2024, 10, 31, 23, 59, 59), "until": datetime(2024, 11, 1)}, {"last", "nov"}),
        ({"since": "2024-11-01T01:00+02:00"}, {"last", "nov"}),
        ({"until": "2023"}, set()),
        ({"since": "2024", "until": "2024"}, {"sep", "first", "last", "nov"}),
        ({"language": "en"}, {"sep", "first"}),
        ({"language": "EN-gb"}, {"first"}),
        ({"language": ["de", "eng"]}, {"last", "nov"}),
        ({"language": "%"}, set()),
        ({"source": "bbc"}, {"sep", "first"}),
        ({"source": ["bbc", "dw"]}, {"sep", "first", "last"}),
        ({"source": []}, set()),
        ({"min_geopolitics": 0.2}, {"last", "nov"}),
        ({"min_geopolitics": 0.0}, {"sep", "first", "last", "nov"}),
        ({"since": "2024-10", "source": "bbc", "language": "en", "min_geopolitics": 0.05}, {"first"}),
    ],
)
def test_filters(dated: Store, filters: dict[str, object], found: set[str]) -> None:
    assert set(keys(dated, **filters)) == found
    assert set(keys(dated, "geneva", **filters)) == found


def test_orders_and_limits(dated: Store) -> None:
    assert keys(dated) == ["nov", "last", "first", "sep", "undated"]
    assert keys(dated, "geneva", order="newest", limit=2) == ["nov", "last"]
    assert keys(dated, order="oldest", since="2024") == ["sep", "first", "last", "nov"]
    assert keys(dated, order="geopolitics", limit=2) == ["nov", "last"]
    assert keys(dated, order="relevance", limit=1) == ["nov"]
    assert keys(dated, limit=0) == []


def test_days_are_those_of_the_time_zone(dated: Store) -> None:
    assert set(keys(dated, since="2024-10-01", until="2024-10-31", tz="Europe/Berlin")) == {"sep", "first"}
    assert set(keys(dated, since="2024-11-01", tz="America/New_York")) == set()
    assert set(keys(dated, since="2024-10-01T02:00", until="2024-11", tz="Europe/Berlin")) == {"first", "last", "nov"}
    with pytest.raises(QueryError, match="not a time zone"):
        dated.search(tz="Mars/Olympus")


@pytest.fixture
def named(store: Store, make: Make) -> Store:
    store.save(make("a", authors=("Zoë Örn", "Ann Lee"), tags=("Sahel", "War"), publisher="Le Monde", text="one two three four"))
    store.save(make("b", authors=("Ann Leeds",), tags=("trade war",), publisher="BBC News", flags=("paywall",)))
    store.save(make("c", tags=("war",), flags=("paywall", "truncated")))
    return store


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"author": "Ann Lee"}, {"a"}), ({"author": "zoe orn"}, {"a"}), ({"author": "lee"}, {"a"}),
        ({"author": "ann"}, {"a", "b"}),
        ({"author": ["orn", "leeds"]}, {"a", "b"}), ({"author": "nobody"}, set()), ({"author": "%"}, set()),
        ({"author": ""}, set()),
        ({"tag": "war"}, {"a", "c"}), ({"tag": "SAHEL"}, {"a"}), ({"tag": ["sahel", "Trade  War"]}, {"a", "b"}),
        ({"publisher": "le monde"}, {"a"}), ({"publisher": ["LE MONDE", "bbc news"]}, {"a", "b"}), ({"publisher": "bbc"}, set()),
        ({"flag": "paywall"}, {"b", "c"}), ({"flag": ["truncated"]}, {"c"}), ({"min_words": 4}, {"a"}),
        ({"tag": "war", "flag": "paywall"}, {"c"}), ({"author": "ann", "publisher": "bbc news"}, {"b"}),
    ],
)  # fmt: skip
def test_filters_by_name(named: Store, filters: dict[str, object], found: set[str]) -> None:
    assert set(keys(named, **filters)) == found
    assert set(keys(named, "geneva", **filters)) == found
    assert named.count("geneva", **filters) == len(found)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["Ukraine", "U", "", "1A", "УА"])
def test_a_country_is_two_letters(code: str) -> None:
    with pytest.raises(QueryError, match="a country is two letters of ISO 3166-1, such as UA"):
        Filters(country=code)


def test_pages_follow_one_another(dated: Store) -> None:
    for query in ("", "geneva"):
        whole = keys(dated, query)
        assert [key for at in range(0, 6, 2) for key in keys(dated, query, limit=2, offset=at)] == whole
    assert keys(dated, offset=9) == []


def test_what_is_found_is_counted_by_facet(dated: Store, named: Store) -> None:
    def counts(facet: str, query: str = "", **filters: object) -> list[tuple[str | None, int]]:
        found = dated.facets(facet, query, **filters)  # type: ignore[arg-type]
        return [(count.value, count.articles) for count in found]

    assert counts("source", "geneva") == [(None, 5), ("bbc", 2), ("dw", 1)]
    assert counts("month", since="2024") == [("2024-09", 1), ("2024-10", 2), ("2024-11", 1)]
    assert counts("day", since="2024", most=2) == [("2024-10-31", 1), ("2024-11-01", 1)]
    assert counts("year", "geneva", language="de") == [("2024", 1)]
    assert counts("author") == [("Ann Lee", 1), ("Ann Leeds", 1), ("Zoë Örn", 1)]
    assert counts("tag", limit=1, offset=3) == [("Sahel", 1), ("War", 1), ("trade war", 1), ("war", 1)]
    assert counts("flag", tag="war") == [("paywall", 1), ("truncated", 1)]
    assert counts("source", "nothing") == []
    with pytest.raises(QueryError, match="no facet"):
        counts("mood")


COUNTRIES = ("UA", "RU", "KP")
QUESTIONS: list[dict[str, object]] = [
    {}, {"since": "2024-03", "until": "2024-05"}, {"source": "s1"}, {"source": ["s1", "s2"]}, {"language": "en"},
    {"since": "2024-02", "source": "s0", "language": "en"}, {"author": "writer 3"}, {"tag": "t1", "since": "2024-06"},
    {"publisher": "p 1", "min_words": 5}, {"flag": "paywall", "language": ["de", "fr"]}, {"min_geopolitics": 0.5},
    {"until": "2024-04", "min_geopolitics": 0.3, "author": ["writer 1", "writer 2"]}, {"include_rejected": True, "source": "s2"},
    {"country": "ua"}, {"country": ["KP", "RU"], "since": "2024-02", "source": "s1"},
]  # fmt: skip


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, list[Article]]]:
    articles = [
        Article(
            url_key=f"example.org/{n}", title=f"Story {n}", text="alpha " * (n % 7 + 1) + ("beta " if n % 3 else "") + "gamma",
            published_at=None if n % 11 == 0 else datetime(2024, 1 + n * 7 % 12, 1 + n % 28, n % 24, tzinfo=UTC),
            source=f"s{n % 4}", language=("en", "en-GB", "de", "fr")[n // 3 % 4], publisher=f"P {n % 3}",
            authors=(f"Writer {n % 5}",), tags=(f"T{n % 6}",), flags=("paywall",) if n % 4 == 1 else (),
            status="rejected" if n % 13 == 0 else "ok",
            geopolitics=Geopolitics(score=n % 10 / 10, countries=(CountryMention(code=COUNTRIES[n % 3], names=("x",), count=1),)),
        )
        for n in range(400)
    ]  # fmt: skip
    with Store(tmp_path_factory.mktemp("many") / "news.db") as store:
        list(store.save_all((article, None) for article in articles))
        yield store, articles


@pytest.mark.parametrize("thresholds", [(0, 0, 0), (0, 0, 10**6), (0, 10**6, 1), (2000, 20_000, 60_000), (0, 50, 50)])
@pytest.mark.parametrize("asked", QUESTIONS, ids=str)
def test_every_plan_finds_the_same(
    many: tuple[Store, list[Article]], asked: dict[str, object], thresholds: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, articles = many
    names = ("FEW", "SOME", "GATHERED")
    for name, value in zip(names, thresholds, strict=True):
        monkeypatch.setattr(plan, name, max(value, 1))
    for query in ("", "beta", "title:story gamma NOT beta"):
        wanted = {a.url_key for a in articles if _passes(a, asked, query)}
        assert {a.url_key for a in store.search(query, **asked)} == wanted  # type: ignore[arg-type]
        assert store.count(query, **asked) == len(wanted)  # type: ignore[arg-type]
        for order in ("newest", "oldest", "geopolitics"):
            found = list(store.search(query, order=order, **asked))  # type: ignore[arg-type]
            assert {a.url_key for a in found} == wanted
            if order == "geopolitics":
                scores = [a.geopolitics.score for a in found if a.geopolitics]
                assert scores == sorted(scores, reverse=True)
            else:
                days = [a.published_at.isoformat() if a.published_at else "" for a in found]
                assert days == sorted(days, reverse=order == "newest")
        ranked = [hit.id for hit in store.hits(query, **asked)]  # type: ignore[arg-type]
        assert [hit.id for at in (0, 5) for hit in store.hits(query, limit=5, offset=at, **asked)] == ranked[:10]  # type: ignore[arg-type]


def _passes(article: Article, asked: dict[str, object], query: str) -> bool:
    """The same question, asked in Python."""
    def any_of(name: str) -> list[str]:
        value = asked[name]
        values = [value] if isinstance(value, str) else list(value)  # type: ignore[call-overload]
        return [one.lower() for one in values] if name == "country" else values

    day = article.published_at.strftime("%Y-%m") if article.published_at else None
    score = article.geopolitics.score if article.geopolitics else 0
    return all((
        asked.get("include_rejected") or article.status != "rejected",
        "since" not in asked or (day is not None and day >= str(asked["since"])),
        "until" not in asked or (day is not None and day <= str(asked["until"])),
        "source" not in asked or article.source in any_of("source"),
        "language" not in asked or str(article.language)[:2] in any_of("language"),
        "author" not in asked or article.authors[0].lower() in any_of("author"),
        "tag" not in asked or article.tags[0].lower() in any_of("tag"),
        "publisher" not in asked or str(article.publisher).lower() in any_of("publisher"),
        "flag" not in asked or bool(set(article.flags) & set(any_of("flag"))),
        "country" not in asked or article.geopolitics.countries[0].code.lower() in any_of("country"),  # type: ignore[union-attr]
        score >= float(asked.get("min_geopolitics", 0)),  # type: ignore[arg-type]
        len(article.text.split()) >= int(asked.get("min_words", 0)),  # type: ignore[call-overload]
        {"": True, "beta": "beta" in article.text}.get(query, "beta" not in article.text),
    ))


@pytest.mark.parametrize("filters", [{"order": "best"}, {"limit": -1}, {"since": "someday"}, {"until": "2024-13"}])
def test_what_is_not_understood_is_said_at_once(store: Store, filters: dict[str, object]) -> None:
    with pytest.raises(QueryError):
        store.search(**filters)  # type: ignore[arg-type]


def test_a_hit_shows_where_the_words_stand(languages: Store, make: Make) -> None:
    languages.save(make("long", text="Opening words. " + "filler " * 300 + "the Kerch bridge " + "filler " * 300))
    (hit,) = languages.hits("kerch bridge")
    assert f"{MARKS[0]}Kerch{MARKS[1]} {MARKS[0]}bridge{MARKS[1]}" in hit.snippet
    assert len(hit.snippet) < 300
    (hit,) = languages.hits("战略伙伴")
    assert f"{MARKS[0]}战略伙伴{MARKS[1]}" in hit.snippet
    (hit,) = languages.hits("title:waffenstillstand*")
    assert hit.snippet == "Der Außenminister sprach über Rüstungskontrolle."


def test_index_terms_are_made_only_where_they_are_needed() -> None:
    assert index_terms("plain") is None
    assert index_terms("Переговоры") is None
    assert index_terms(None) is None
    assert index_terms("北朝鮮とNATO") == "北朝 朝鮮 鮮と と NATO"


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("one two — three!", 3), ("north-korea", 1), ("北朝鮮", 3), ("NATO首脳", 3), ("हिन्दी भाषा", 2), ("ป่า", 2)],
)
def test_words_are_counted(text: str, words: int) -> None:
    assert word_count(text) == words
