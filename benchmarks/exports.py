"""Peak memory and pace of every form of export, by how many articles are exported from one store.

    python -m benchmarks.store fill big.db --articles 1000000
    python -m benchmarks.exports big.db [--articles 10000 100000 1000000] [--forms jsonl csv …]

Each export runs in a process of its own.  `peak` is the most memory that the process had (its resident set, as the kernel counts
it), whatever of the store SQLite keeps in mind included; `first` what it had when store and form were loaded and nothing was
written.  Files go to a temporary folder, in TMPDIR.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, get_args

from storage import Store
from storage.export import FOLDERS, Form


def one(store: Path, form: Form, articles: int, folder: Path) -> dict[str, Any]:
    """Export so many articles, oldest first, in this process: seconds, bytes, and memory in MB."""
    target = folder / ("out" if form in FOLDERS else f"out.{form}")
    with Store(store, read_only=True) as opened:
        opened.export(folder / f"first{target.suffix}", "nothing like it at all", form=form)
        first = _peak()
        begun = time.monotonic()
        report = opened.export(target, form=form, limit=articles, order="oldest")
    seconds = time.monotonic() - begun
    return {"articles": report.articles, "seconds": seconds, "bytes": report.bytes, "first": first, "peak": _peak()}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts kilobytes


def main() -> None:
    """The command of this module."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("store", type=Path)
    parser.add_argument("--articles", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--forms", nargs="+", choices=get_args(Form), default=get_args(Form))
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)  # the process of one export
    asked = parser.parse_args()
    if asked.here:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(one(asked.store, asked.forms[0], asked.articles[0], Path(folder))))
        return
    print("| form | articles | first MB | peak MB | articles/s | MB written |\n|---|---:|---:|---:|---:|---:|")
    for form in asked.forms:
        for articles in asked.articles:
            command = [sys.executable, "-m", "benchmarks.exports", str(asked.store), "--here", "--forms", form,
                       "--articles", str(articles)]  # fmt: skip
            found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            pace, size = found["articles"] / found["seconds"], found["bytes"] / 1e6
            print(f"| {form} | {found['articles']:,} | {found['first']:.0f} | {found['peak']:.0f} | {pace:,.0f} | {size:,.0f} |",
                  flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
