"""The reading pages in a real Chromium: what is clicked and typed, what is seen, what is loaded.

Without Chromium and its driver these tests skip and say so; with COPYDESK_BROWSER=required, as in .ci/run, they fail instead.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.storage.web_store import HOSTILE, fill

pytestmark = pytest.mark.extras
REQUIRED = os.environ.get("COPYDESK_BROWSER") == "required"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
if not REQUIRED:
    pytest.importorskip("datasette", reason="the reading pages need Datasette")
    pytest.importorskip("selenium", reason="selenium is not installed: the extra `checks` brings it")
    if not (CHROMIUM and DRIVER):
        pytest.skip("Chromium and chromedriver are not installed (Debian: chromium chromium-driver)", allow_module_level=True)

from selenium import webdriver  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
PHONE, DESK = (360, 740), (1200, 900)


class Browser:
    """Chromium on the pages of one store."""

    def __init__(self, driver: Any, base: str, uids: dict[str, str]) -> None:
        self.driver, self.base, self.uids = driver, base, uids

    def open(self, address: str) -> None:
        self.driver.get(self.base + address.format(**self.uids))

    def one(self, selector: str) -> Any:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[Any]:
        return list(self.driver.find_elements(By.CSS_SELECTOR, selector))

    def press(self, *keys: str) -> None:
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def until(self, words: str) -> None:
        """Wait until a page has them in its title."""
        WebDriverWait(self.driver, 20).until(lambda driver: words in driver.title)

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def size(self, width: int, height: int) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def scheme(self, name: str) -> None:
        features = [{"name": "prefers-color-scheme", "value": name}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """The real command on a port of its own; Ctrl-C ends it, and it says so."""
    store = tmp_path_factory.mktemp("browser") / "news.db"
    uids = fill(store)
    command = [sys.executable, "-m", "copydesk", "serve", "--port", "0", "--db", str(store)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert address, line + process.stderr.read()
        yield address.group(), uids
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert process.stderr.read() == "copydesk: ended\n"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run",
                     "--disable-background-networking", "--hide-scrollbars"):  # fmt: skip
        options.add_argument(argument)
    options.binary_location = str(CHROMIUM)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
    driver.set_page_load_timeout(60)
    yield driver
    driver.quit()


@pytest.fixture
def browser(chromium: Any, served: tuple[str, dict[str, str]]) -> Browser:
    found = Browser(chromium, *served)
    found.size(*DESK)
    found.scheme("light")
    return found


PAGES = ("/", "/search?q=summit", "/search?since=2024&order=newest", "/article/{summit}?removed=1", "/article/{kinds}",
         "/article/{arabic}", "/article/{hostile}?removed=1", "/article/{summit}/revisions", "/article/nobody")  # fmt: skip


def test_search_open_show_removed_and_compare_by_keyboard_alone(browser: Browser) -> None:
    browser.open("/")
    browser.press(Keys.TAB)
    assert browser.driver.switch_to.active_element.text == "Skip to the content"
    browser.press(Keys.TAB, Keys.TAB)
    assert browser.driver.switch_to.active_element.get_attribute("name") == "q"
    browser.press("summit title:envoys", Keys.ENTER)
    browser.until("summit")
    (hit,) = browser.all(".hits a")
    assert "summit" in browser.one("mark").text
    hit.send_keys(Keys.ENTER)
    browser.until("Envoys meet in Geneva")
    assert browser.all("del") == []

    switch = browser.one("[role=switch]")
    assert (switch.get_attribute("aria-checked"), "Show what was removed" in switch.text) == ("false", True)
    switch.send_keys(Keys.SPACE)
    WebDriverWait(browser.driver, 20).until(lambda driver: browser.all("del"))
    assert browser.one("[role=switch]").get_attribute("aria-checked") == "true"
    first, second = (element.rect["y"] for element in browser.all(".text > p"))
    removed = browser.all(".text > .cut")[1]
    assert first < removed.rect["y"] < second
    assert "line-through" in removed.find_element(By.TAG_NAME, "del").value_of_css_property("text-decoration")
    assert "related.read-also" in removed.text
    assert "A line that points to other articles" in removed.text
    assert "begins with “Read also”" in removed.text

    lid = browser.one(".cut.run summary")
    assert not browser.one(".cut.run del").is_displayed()
    lid.send_keys(Keys.ENTER)
    assert browser.one(".cut.run del").is_displayed()

    browser.one("[role=switch]").send_keys(Keys.SPACE)
    WebDriverWait(browser.driver, 20).until(lambda driver: not browser.all("del"))
    browser.one(".tools a").send_keys(Keys.ENTER)
    browser.until("Versions of")
    assert "line-through" in browser.one(".diff del").value_of_css_property("text-decoration")
    assert "underline" in browser.one(".diff ins").value_of_css_property("text-decoration")
    assert "meeting" in " ".join(element.text for element in browser.all(".diff del"))
    assert "summit" in " ".join(element.text for element in browser.all(".diff ins"))


def test_facets_narrow_and_chips_widen(browser: Browser) -> None:
    browser.open("/search?q=series")
    browser.one("[aria-labelledby=facet-source] a").click()
    assert "source: other" in browser.one(".chips").text
    browser.one("[rel=next]").click()
    assert "Page 2" in browser.one(".pages").text
    assert len(browser.all(".hits > li")) == 5
    browser.one(".chips a").click()
    assert browser.all(".chips") == []
    assert browser.one("#q").get_attribute("value") == "series"


def test_the_json_link_beside_a_page_gives_its_json(browser: Browser) -> None:
    for address in ("/", "/search?q=series&source=other", "/article/{summit}", "/article/{summit}/revisions"):
        browser.open(address)
        link = browser.one(".foot a").get_attribute("href")
        assert link == browser.one("link[rel=alternate]").get_attribute("href")
        browser.driver.get(link)
        assert json.loads(browser.one("pre").text)


@pytest.mark.parametrize("address", PAGES)
def test_nothing_runs_nothing_fails_and_nothing_is_asked_elsewhere(browser: Browser, address: str) -> None:
    browser.driver.get_log("browser"), browser.driver.get_log("performance")
    browser.open(address)
    assert browser.run("return window.hacked") is None
    wrong = [line["message"] for line in browser.driver.get_log("browser") if "404" not in line["message"]]
    assert wrong == []
    events = (json.loads(line["message"])["message"] for line in browser.driver.get_log("performance"))
    asked = {e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"}
    assert asked
    assert {url for url in asked if urlsplit(url).netloc != urlsplit(browser.base).netloc} == set()


def test_markup_in_an_article_is_shown_as_the_letters_it_is(browser: Browser) -> None:
    browser.open("/article/{hostile}?removed=1")
    assert browser.one("h1").text == HOSTILE
    assert browser.all(".text script, .text img, [onerror]") == []
    assert not [link for link in browser.all("a") if (link.get_attribute("href") or "").startswith("javascript:")]


@pytest.mark.parametrize("address", PAGES)
def test_a_phone_shows_it_without_scrolling_sideways(browser: Browser, address: str) -> None:
    browser.size(*PHONE)
    browser.open(address)
    assert browser.run("return document.documentElement.scrollWidth") <= PHONE[0]
    controls = [c for c in browser.all("button, input:not([type=hidden]), select") if c.is_displayed()]
    assert [control.text for control in controls if control.rect["height"] < 40] == []


_CONTRAST = """
function channel(c) { c /= 255; return c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4 }
function light(s) {
  const [r, g, b] = s.match(/[\\d.]+/g).map(Number);
  return .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b)
}
function paper(e) {
  for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (!/, 0\\)$/.test(c)) return c }
  return 'rgb(255, 255, 255)'
}
const poor = [];
for (const e of document.querySelectorAll('main *, header *, footer *')) {
  if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !e.checkVisibility()) continue;
  const [a, b] = [light(getComputedStyle(e).color), light(paper(e))].sort((x, y) => y - x);
  const ratio = (a + .05) / (b + .05);
  if (ratio < 4.5) poor.push([e.tagName, e.className, e.textContent.trim().slice(0, 30), ratio.toFixed(2)]);
}
return poor
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out_from_its_paper(browser: Browser, scheme: str) -> None:
    browser.scheme(scheme)
    for address in PAGES:
        browser.open(address)
        assert browser.run(_CONTRAST) == [], address
    red, green, blue = map(int, re.findall(r"\d+", browser.one("body").value_of_css_property("background-color"))[:3])
    assert (red + green + blue > 600) is (scheme == "light")


def test_a_language_that_runs_from_right_to_left_does(browser: Browser) -> None:
    browser.open("/article/{arabic}")
    text = browser.one(".text")
    assert (text.value_of_css_property("direction"), text.get_attribute("lang")) == ("rtl", "ar")
    start = browser.run(
        "const r = document.createRange(); r.selectNodeContents(arguments[0]); return r.getBoundingClientRect().right",
        browser.one(".text p"),
    )
    assert abs(start - (text.rect["x"] + text.rect["width"])) < 3
    browser.open("/search?lang=ar")
    assert browser.one(".hits li").value_of_css_property("direction") == "rtl"
    assert browser.one(".about").value_of_css_property("direction") == "ltr"


@pytest.mark.parametrize("address", PAGES)
def test_a_screen_reader_finds_names_landmarks_and_headings(browser: Browser, address: str) -> None:
    browser.open(address)
    nodes = browser.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    named = [(node.get("role", {}).get("value"), node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]
    roles = [role for role, _ in named]
    assert (roles.count("main"), roles.count("banner"), roles.count("contentinfo"), roles.count("search")) == (1, 1, 1, 1)
    asking = {"link", "button", "searchbox", "textbox", "combobox", "switch", "region", "navigation", "DisclosureTriangle"}
    assert [role for role, name in named if role in asking and not name.strip()] == []
    levels = [int(heading.tag_name[1]) for heading in browser.all("h1, h2, h3, h4, h5, h6")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))
    assert browser.one("html").get_attribute("lang") == "en"


def test_datasettes_own_pages_run_under_their_policy(browser: Browser) -> None:
    browser.open("/news/articles?_search=summit")
    assert "Envoys meet in Geneva" in browser.one("table").text
    assert browser.run("return window.hacked") is None
