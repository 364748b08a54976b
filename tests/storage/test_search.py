"""People find what they look for, in every script, and only what they asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from cleaning.models import Article, Geopolitics
from storage import Store
from storage.errors import QueryError
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
        ("AND korea", {"both", "north"}),
        ("korea OR", {"both", "north"}),
        ("NOT korea", {"both", "north"}),
        ("korea AND OR russia", {"both", "north", "russia"}),
        ('korea "', {"both", "north"}),
        ("korea - ( ) * ^ : '", {"both", "north"}),
        ("!!!", set()),
        ('""', set()),
        ("korea) OR (1=1", {"both", "north"}),
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
