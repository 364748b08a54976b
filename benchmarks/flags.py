"""How often each flag stands on real article pages, and how many pages that are no articles are rejected.

    COPYDESK_CORPORA=/path/to/corpora python -m benchmarks.flags [--every N] [--corpus NAME]

Every page of the corpora is an article, so whatever is rejected there is lost: a line for each flag says how many pages carry
it by corpus and by language, with one page's evidence.  A flag such as `paywall` or `live_blog` may be right; the evidence
(`--show FLAG` lists all of it) is there to be read.  `wrong_language` is tried with each page's language by hand-written gold as
the source's only one, where the corpus names it.  Then the own fixtures in `fixtures/rejects`: listing pages, walls,
machine-translated texts and what must be spared.  Last the time that flags and rejection take.  Ends with 2 if the corpora are
not there.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cleaning import Article, Page, SiteRules, clean, flags, reject, translation
from fixtures.rejects.listings import LISTINGS
from fixtures.rejects.mixed import mixed_article, mixed_listing
from fixtures.rejects.spared import SPARED
from fixtures.rejects.translated import SOUND, TRANSLATED
from fixtures.rejects.walls import WALLS

MIXED = 300
"""So many lists and articles are put together by chance."""

BLOCK_FLAGS = ("garbled_sentence", "quote_not_closed")


@dataclass
class Tally:
    """Counts over the pages of one corpus."""

    pages: int = 0
    status: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    by_language: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    evidence: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, row: dict[str, Any], article: Article) -> None:
        """Count one page."""
        self.pages += 1
        self.status[article.status] += 1
        language = row.get("lang") or article.language or "?"
        self.languages[language] += 1
        found = dict(article.flag_evidence)
        for name in BLOCK_FLAGS:
            if marked := [b.text for b in article.blocks if name in b.flags]:
                found[name] = f"{len(marked)} blocks, the first: {marked[0][:160]}"
        for name, evidence in found.items():
            self.flags[name] += 1
            self.by_language[name][language] += 1
            self.evidence[name].append(f"{row['id']} [{language}, {len(article.text)} characters] {evidence}")


def read_html(path: Path) -> Page:
    """The page of a corpus row: its bytes, decoded by cleaning itself."""
    return Page(body=gzip.decompress(path.read_bytes()), content_type="text/html")


def rows(corpora: Path, corpus: str, every: int) -> Iterator[dict[str, Any]]:
    """The rows of a corpus, every so many."""
    lines = [line for line in (corpora / corpus / "rows.jsonl").read_text(encoding="utf-8").split("\n") if line]
    for line in lines[::every]:
        yield json.loads(line)


def measure(corpora: Path, corpus: str, every: int) -> Tally:
    """Clean a corpus and count its flags."""
    tally = Tally()
    for number, row in enumerate(rows(corpora, corpus, every)):
        page = read_html(corpora / corpus / row["html_path"]).model_copy(update={"url": row.get("url") or None})
        language = re.split(r"[-_]", row.get("lang") or "")[0]
        site = SiteRules(languages=(language,) if language else ())
        tally.add(row, clean(page, site=site))
        if sys.stderr.isatty():
            print(f"\r{corpus}: {number + 1}", end="", file=sys.stderr, flush=True)
    return tally


class Clock:
    """Adds up the CPU seconds of functions that the pipeline calls."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        for module, name in ((flags, "flag_blocks"), (translation, "machine_translated"), (reject, "judge")):
            setattr(module, name, self._timed(name, getattr(module, name)))

    def _timed(self, name: str, function: Any) -> Any:
        def timed(*args: Any, **kwargs: Any) -> Any:
            start = time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds[name] += time.process_time() - start

        return timed


def report_fixtures() -> list[str]:
    """Recall on pages that must be rejected or flagged, and what must be spared, by kind."""
    seeds = range(MIXED)
    kept = [str(seed) for seed in seeds if "listing_page" not in clean(mixed_listing(seed)).flags]
    lost = [str(seed) for seed in seeds if clean(mixed_article(seed)).status == "rejected"]
    listings = [name for name, page in LISTINGS.items() if "listing_page" not in clean(page).flags]
    walls = [name for name, (flag, page) in WALLS.items() if flag not in clean(page).flags]
    spared = [name for name, page in SPARED.items() if clean(page).status == "rejected"]
    suspected = "machine_translated_suspected"
    missed = [name for name, text in TRANSLATED.items() if suspected not in clean(Page(text=text)).flags]
    accused = [name for name, text in SOUND.items() if suspected in clean(Page(text=text)).flags]
    return [
        f"{what}: {total - len(wrong)} of {total}" + (f" (not: {', '.join(wrong)})" if wrong else "")
        for what, total, wrong in (
            ("listing pages rejected", len(LISTINGS), listings),
            ("listing pages put together by chance rejected", MIXED, kept),
            ("articles put together by chance accepted", MIXED, lost),
            ("walls rejected with the right reason", len(WALLS), walls),
            ("articles that look like lists or walls accepted", len(SPARED), spared),
            ("machine-translated texts suspected", len(TRANSLATED), missed),
            ("sound texts with odd marks not suspected", len(SOUND), accused),
        )
    ]


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="only every N-th page")
    parser.add_argument("--corpus", action="append", help="only this corpus (repeatable)")
    parser.add_argument("--show", action="append", default=[], help="list every page that carries this flag, with its evidence")
    options = parser.parse_args()
    root = os.environ.get("COPYDESK_CORPORA")
    if not root or not Path(root).is_dir():
        print("set COPYDESK_CORPORA to the folder of corpora", file=sys.stderr)
        return 2
    corpora = Path(root)
    clock = Clock()
    pages = 0
    for corpus in options.corpus or sorted(p.parent.name for p in corpora.glob("*/rows.jsonl")):
        tally = measure(corpora, corpus, options.every)
        pages += tally.pages
        accepted = tally.pages - tally.status["rejected"]
        print(f"\n{corpus}: {tally.pages} pages, {accepted} accepted ({accepted / tally.pages:.3f}), {dict(tally.status)}")
        for name, count in tally.flags.most_common():
            where = ", ".join(f"{code} {n}/{tally.languages[code]}" for code, n in tally.by_language[name].most_common())
            print(f"  {name:30} {count:4} {count / tally.pages:7.2%}  {where}")
            for line in tally.evidence[name][: None if name in options.show else 1]:
                print(f"      {line[:230]}")
    spent = sum(clock.seconds[name] for name in ("flag_blocks", "machine_translated", "judge"))
    print(f"\nflags and rejection: {1000 * spent / max(1, pages):.2f} ms a page ({dict(clock.seconds)})\n")
    print("\n".join(report_fixtures()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
