"""What a page's head and markup say of itself, gathered in one pass."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from cleaning.document import Element, Part, squeeze
from cleaning.identity import url_key
from cleaning.metadata import jsonld

ITEMPROPS = frozenset({"headline", "datePublished", "dateModified", "author", "description"})

MOST_TIMES = 2000
"""So many <time> elements of a page are looked at."""


@dataclass(slots=True)
class Head:
    """The raw material of the metadata: meta tags by lower-case name, links by rel, JSON-LD, microdata, headings, times."""

    meta: dict[str, list[str]] = field(default_factory=dict)
    title: str = ""
    h1: list[tuple[str, Element]] = field(default_factory=list)
    times: list[tuple[str, str, Element]] = field(default_factory=list)
    microdata: dict[str, list[str]] = field(default_factory=dict)
    rel_author: list[str] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    language: str | None = None
    nodes: list[jsonld.Node] = field(default_factory=list)
    article: jsonld.Node = field(default_factory=dict)

    def first(self, *names: str) -> str:
        """The first meta content of the first of these names that has one."""
        for name in names:
            for value in self.meta.get(name, ()):
                if value:
                    return value
        return ""

    def all(self, *names: str) -> list[str]:
        """Every meta content of these names."""
        return [value for name in names for value in self.meta.get(name, ()) if value]


def read_head(tree: Element) -> Head:
    """Gather everything that the metadata are made of."""
    head = Head()
    html = tree if tree.tag == "html" else tree.getroottree().getroot()
    head.language = (html.get("lang") or html.get("{http://www.w3.org/XML/1998/namespace}lang") or "").strip() or None
    for element in tree.iter("meta", "title", "link", "h1", "time"):
        tag = element.tag
        if tag == "meta":
            _read_meta(head, element)
        elif tag == "title":
            if not head.title and element.getparent() is not None and element.getparent().tag != "svg":
                head.title = squeeze(element.text_content())
        elif tag == "link":
            for rel in (element.get("rel") or "").lower().split():
                if element.get("href") and rel not in ("stylesheet", "preload"):
                    head.links.setdefault(rel, element.get("href"))
        elif tag == "h1":
            if text := squeeze(" ".join(element.itertext())):
                head.h1.append((text, element))
        elif tag == "time" and len(head.times) < MOST_TIMES:
            head.times.append((element.get("datetime") or "", squeeze(element.text_content()), element))
    _microformats(tree, head)
    for element in tree.xpath("//a[contains(@rel, 'author')]"):
        if text := squeeze(element.text_content()):
            head.rel_author.append(text)
    _microdata(tree, head)
    head.nodes = jsonld.nodes(tree)
    head.article = jsonld.article_node(head.nodes) or {}
    return head


_ISO_DAY = re.compile(r"\s*(?:19|20)\d\d-\d\d-\d\d(?:\D|$)")


def _microformats(tree: Element, head: Head) -> None:
    """hAtom's and hCard's marks on the page that `<h1>` and `<time>` say today: a date in full in the `title` of what shows it,
    the headline as `entry-title` where no h1 stands."""
    for element in tree.xpath("//abbr[@title] | //*[@title and (contains(@class, 'published') or contains(@class, 'updated'))]"):
        if _ISO_DAY.match(element.get("title")) and len(head.times) < MOST_TIMES:
            head.times.append((element.get("title").strip(), squeeze(element.text_content()), element))
    if not head.h1:
        named = tree.xpath("//*[contains(concat(' ', normalize-space(@class), ' '), ' entry-title ')]")
        if len(named) == 1 and (text := squeeze(" ".join(named[0].itertext()))):
            head.h1.append((text, named[0]))


def _read_meta(head: Head, element: Element) -> None:
    content = squeeze(element.get("content") or "")
    if not content:
        return
    for attribute in ("property", "name", "http-equiv"):
        name = element.get(attribute)
        if name:
            head.meta.setdefault(name.strip().lower(), []).append(content)
    if (prop := element.get("itemprop")) in ITEMPROPS:
        head.microdata.setdefault(prop, []).append(content)


_SHOWN_PROPS = frozenset({"headline", "datePublished", "dateModified", "author"})


def _microdata(tree: Element, head: Head) -> None:
    for element in tree.xpath("//body//*[@itemprop]"):
        prop = element.get("itemprop")
        if element.tag == "meta" or prop not in _SHOWN_PROPS:
            continue
        if prop == "author":
            names = element.xpath(".//*[@itemprop='name']")
            value = squeeze((names[0] if names else element).text_content())
        else:
            value = element.get("content") or element.get("datetime") or squeeze(element.text_content())
        if value:
            head.microdata.setdefault(prop, []).append(squeeze(value))


def canonical_url(head: Head, url: str | None) -> str | None:
    """The page's own word on its address, believed only on the same site and where it is not the home page."""
    said = head.links.get("canonical") or head.first("og:url")
    if not said:
        return None
    try:
        absolute = urljoin(url or "", said.strip())
        parts = urlsplit(absolute)
        hostname, here_hostname = parts.hostname or "", urlsplit(url or absolute).hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or (_is_home(absolute) and not _is_home(url or absolute)):
        return None
    return absolute if _site(hostname) == _site(here_hostname) else None


def _is_home(url: str) -> bool:
    try:
        return url_key(url).partition("/")[2] == ""
    except ValueError:
        return False


def _site(host: str) -> str:
    """The registrable part of a host, near enough to tell two sites apart."""
    labels = host.lower().split(".")
    return ".".join(labels[-3:] if len(labels) > 2 and len(labels[-2]) <= 3 and len(labels[-1]) == 2 else labels[-2:])


def site_names(head: Head, url: str | None) -> list[str]:
    """What the site calls itself: og:site_name, the JSON-LD publisher, application names, the host's main label."""
    names = [
        *head.all(
            "og:site_name",
            "application-name",
            "apple-mobile-web-app-title",
            "al:ios:app_name",
            "cre",
            "publisher",
            "dc.publisher",
        ),
        *jsonld.texts(head.article.get("publisher")),
    ]
    for node in head.nodes:
        if jsonld.types(node) & {"WebSite", "NewsMediaOrganization", "Organization"}:
            names.extend(jsonld.texts(node.get("name")))
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        host = ""
    label = host.removeprefix("www.")
    if label:
        names.extend((label, _site(label).split(".")[0]))
        names.extend(part for part in label.split(".")[:-2] if len(part) > 4)
    return list(dict.fromkeys(n for n in names if 1 < len(n) <= 60))


_NAMED_TITLE = re.compile(
    r"(?<![\w-])(?:(?:article|blog|entry|news|post|single|story)(?:[_-]+(?:detail|full|head|header|hero|main|page|single))*[_-]*"
    r"(?:title|headline)|headline)(?:[_-]+text)?(?![\w-])",
    re.I,
)
"""Classes and ids of an article's headline: `entry-title`, `postTitle`, `article-header__title`, `headline`; not `site-title`,
`article-subtitle` or `related-article-title`."""


def order_of_h1(head: Head, parts: list[Part]) -> list[tuple[str, Element]]:
    """The h1 elements with their texts: above the body's first kept block first those that are named for an article's headline,
    then the one that stands closest."""
    first = next((p.index for p in parts if p.kept), None)
    where = {p.element: p.index for p in parts if p.tag == "h1"}
    if first is None:
        return list(head.h1)
    near = [(text, e) for text, e in head.h1 if e in where and where[e] <= first + 3]
    rest = [(text, e) for text, e in head.h1 if e not in where or where[e] > first + 3]
    return sorted(near, key=lambda h1: (not _is_named_title(h1[1]), first - where[h1[1]])) + rest


def _is_named_title(h1: Element) -> bool:
    return bool(_NAMED_TITLE.search(f"{h1.get('class') or ''} {h1.get('id') or ''}"))
