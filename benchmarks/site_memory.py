"""Precision and recall of `site.repeated` on several pages of one site.

    COPYDESK_CORPORA=/path/to/corpora python -m benchmarks.site_memory

First the invented outlets of `fixtures/site`, with invented boilerplate put as bare paragraphs into every page: the first half
of an outlet's stories goes into a store, the second half is cleaned with the snapshot of it.  Then, where the corpora are, every
host of which they have three pages or more: each page is cleaned with a memory made of all the others.  And, since few hosts
have so many, all hosts with two pages, with a memory that believes a single other page: harder on precision than the rule is.

A line is gold if its words stand in the page's gold text, and foreign if not.  Ends with 1 if a gold line is removed on the
invented outlets or fewer than 0.95 of their boilerplate lines are.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cleaning import Article, Page, SiteMemory, clean
from cleaning.rules.model import words
from cleaning.site_memory import LEAST_PAGES, REPEATED, memorable, site_host
from fixtures.site.render import replies
from fixtures.site.truth import Outlet, load
from storage import Store

CORPORA = ("fundus", "wcxb-articles", "scrapinghub")
FLOOR = 0.95

HEAD = ("You are reading the morning edition of the valley's only paper", "Das lesen heute alle Leute im Tal und darüber hinaus")
MIDDLE = ("Seven maps that show how the river has changed its bed", "Les sept cartes qui montrent comment le fleuve a bougé")
TAIL = (
    "Whoever reads to the end may also like our quiz on bridges and ferries.",
    "This paper belongs to its readers, who meet once a year in the old customs house above the river.",
    "Valley desk",
)
"""Lines that no phrase of the phrase book names: whatever takes them out knows the site."""


@dataclass
class Figures:
    """Lines that the rule took (`gold`, `foreign`), and foreign lines of the article that it could have or never could."""

    pages: int = 0
    gold: int = 0
    foreign: int = 0
    repeated: int = 0
    left: int = 0
    kept: int = 0

    def row(self, name: str) -> str:
        """The figures as a line of the table."""
        taken = self.gold + self.foreign
        precision = f"{self.foreign / taken:.3f}" if taken else "-"
        recall = f"{self.foreign / self.repeated:.3f}" if self.repeated else "-"
        return (
            f"{name:34} {self.pages:5} {self.kept:6} {self.gold:5} {self.foreign:8} {precision:>9} {self.repeated:9} {recall:>7}"
            f" {self.left:6}"
        )


HEADER = f"{'':34} pages  gold   gold  foreign            foreign           foreign\n{'':34}"
HEADER += "        lines  taken  taken    precision  repeated  recall   left"


def tally(figures: Figures, before: Article, after: Article, memory: SiteMemory, gold: str) -> list[str]:
    """Add a page that was cleaned without and with a memory; the answer is the gold lines that were taken."""
    figures.pages += 1
    lines = before.text.split("\n\n")
    stood = {words(line) for line in lines}  # other rules take some lines that the memory knows, too
    taken = [r.text for r in after.removals if r.rule == REPEATED and words(r.text) in stood]
    lost = [line for line in taken if words(line) in gold]
    figures.gold += len(lost)
    figures.foreign += len(taken) - len(lost)
    figures.kept += sum(words(line) in gold for line in lines)
    foreign = [line for line in lines if words(line) not in gold]
    figures.repeated += sum(not memorable(line).isdisjoint(memory.lines) for line in foreign)
    figures.left += sum(words(line) not in gold for line in after.text.split("\n\n"))
    return lost


def injected(outlet: Outlet) -> Iterator[tuple[Page, str]]:
    """The outlet's stories with the invented lines in their pages, and the words that belong to each."""
    base = f"http://{outlet.folder}.example"
    answers = replies(outlet, base)
    for number, story in enumerate(outlet.stories):
        html = answers[story.path].body.decode(story.encoding)
        first = next((html.find(p.plain[:40]) for p in story.pieces if p.kind == "paragraph" and p.plain[:40] in html), -1)
        start = html.rfind("<p", 0, first)
        end = html.find("</p>", first) + 4
        last = max((html.rfind(p.plain[-30:]) for p in story.pieces if p.kind == "paragraph"), default=-1)
        close = html.find("</p>", last) + 4
        if min(first, start, last) < 0 or close <= end:
            continue
        put = [
            "".join(f"<p>{line}</p>" for line in lines) for lines in ((HEAD[number % 2],), (MIDDLE[number % 2],), TAIL)
        ]
        html = html[:start] + put[0] + html[start:end] + put[1] + html[end:close] + put[2] + html[close:]
        yield Page(url=base + story.path, html=html), words(" ".join(p.plain for p in story.pieces if p.kind != "noise"))


def invented() -> tuple[Figures, list[str]]:
    """The figures of the invented outlets, by way of a real store, and the gold lines that were taken."""
    figures, lost = Figures(), []
    for outlet in load():
        pages = list(injected(outlet))
        with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "news.db") as store:
            half = (len(pages) + 1) // 2
            for page, _ in pages[:half]:
                store.save(clean(page))
            memories = store.site_memories()
            for page, gold in pages[half:]:
                memory = memories.of(page.url)
                if memory is not None:
                    lost += tally(figures, clean(page), clean(page, memory=memory), memory, gold)
    return figures, lost


def read_rows(corpora: Path) -> dict[str, list[tuple[Page, str]]]:
    """Pages and gold words of every host of which the corpora have two pages or more."""
    hosts: dict[str, list[tuple[Page, str]]] = {}
    for corpus in CORPORA:
        for line in (corpora / corpus / "rows.jsonl").read_text(encoding="utf-8").split("\n"):
            if not line:
                continue
            row = json.loads(line)
            if (host := site_host(row.get("url"))) and row.get("body"):
                body = gzip.decompress((corpora / corpus / row["html_path"]).read_bytes())
                gold = words(" ".join((*row["body"], row.get("text") or "", *(row.get("hints") or ()))))
                hosts.setdefault(f"{corpus} {host}", []).append((Page(url=row["url"], body=body), gold))
    return {host: pages for host, pages in hosts.items() if len(pages) > 1}


def leave_one_out(host: str, pages: list[tuple[Page, str]], believed: int, figures: Figures) -> list[str]:
    """Clean each page with a memory of the others, in which a line on `believed` pages counts as enough."""
    lost: list[str] = []
    cleaned = [clean(page) for page, _ in pages]
    lines = [memorable(article.text) if article.status != "rejected" else frozenset() for article in cleaned]
    for index, (page, gold) in enumerate(pages):
        counts = Counter(line for other, found in enumerate(lines) if other != index for line in found)
        known = {line: count + LEAST_PAGES - believed for line, count in counts.items() if count >= believed}
        memory = SiteMemory(host=host, version="others", lines=known)
        lost += tally(figures, cleaned[index], clean(page, memory=memory), memory, gold)
    return lost


def show(lost: Iterable[str]) -> None:
    """Print the gold lines that were taken."""
    for line in lost:
        print(f"    gold line taken: {line[:150]}")


def main() -> int:
    """Print the tables."""
    print(HEADER)
    figures, lost = invented()
    print(figures.row("invented outlets"))
    show(lost)
    good = not lost and figures.foreign >= FLOOR * figures.repeated > 0
    folder = os.environ.get("COPYDESK_CORPORA")
    if not folder:
        print("COPYDESK_CORPORA is not set: the real sites were not read", file=sys.stderr)
        return 0 if good else 1
    hosts = read_rows(Path(folder))
    for believed, least, name in ((LEAST_PAGES, 3, "2 other pages (as the rule)"), (1, 2, "1 other page (stress)")):
        for corpus in CORPORA:
            figures, lost = Figures(), []
            chosen = {host: pages for host, pages in hosts.items() if host.startswith(f"{corpus} ") and len(pages) >= least}
            for host, pages in chosen.items():
                lost += leave_one_out(host, pages, believed, figures)
            if chosen:
                print(figures.row(f"{corpus}, {name}"))
                show(lost)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
