"""What dictionaries save of raw pages: pairs of pages of a host, the second one kept with what it has in common with the first.

    COPYDESK_CORPORA=… python -m benchmarks.raw_pages

The corpora have two pages of a host, seldom three, so this is no crawl: a dictionary of `storage.dictionaries` is made of SAMPLES
pages, this one of two.  Pages of `scrapinghub` were fetched within days of each other, those of `fundus` within years.
"""

from __future__ import annotations

import gzip
import json
import os
import time
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import zstandard

from cleaning.site_memory import site_host
from storage.dictionaries import common


def pairs(corpus: Path) -> list[tuple[bytes, bytes]]:
    """Pages of the same host, in the order of the corpus."""
    hosts: dict[str, list[bytes]] = defaultdict(list)
    for line in (corpus / "rows.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        if host := site_host(row.get("url")):
            hosts[host].append(gzip.decompress((corpus / row["html_path"]).read_bytes()))
    return [pair for pages in hosts.values() for pair in pairwise(pages)]


def measure(corpus: Path) -> str:
    """A row of the table."""
    found = pairs(corpus)
    plain = packed = stored = 0
    seconds = {"plain": 0.0, "packed": 0.0, "made": 0.0}
    bare = zstandard.ZstdCompressor(level=3)

    def timed(name: str, begun: float) -> None:
        seconds[name] += time.process_time() - begun

    for first, second in found:
        begun = time.process_time()
        plain += len(bare.compress(second))
        timed("plain", begun)
        begun = time.process_time()
        shared = common([first, second], least=2)
        timed("made", begun)
        stored += len(bare.compress(shared))
        dictionary = zstandard.ZstdCompressionDict(shared or b" " * 8, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        dictionary.precompute_compress(level=3)
        begun = time.process_time()
        packed += len(zstandard.ZstdCompressor(level=3, dict_data=dictionary).compress(second))
        timed("packed", begun)
    each = {name: 1000 * spent / max(1, len(found)) for name, spent in seconds.items()}
    sizes = f"{plain / 1e6:.2f} | {packed / 1e6:.2f} | {packed / max(1, plain):.2f} | {stored / 1000 / max(1, len(found)):.0f}"
    times = f"{each['plain']:.2f} | {each['packed']:.2f} | {each['made']:.0f}"
    return f"| {corpus.name} | {len(found)} | {sizes} | {times} |"


def main() -> None:
    """The command of this module."""
    print("| corpus | pairs | plain MB | with dictionary MB | ratio | dictionary kB | plain ms | with dictionary ms | made ms |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for corpus in sorted(path for path in Path(os.environ["COPYDESK_CORPORA"]).iterdir() if (path / "rows.jsonl").exists()):
        print(measure(corpus), flush=True)


if __name__ == "__main__":
    main()
