"""A plain text as blocks: paragraphs by blank lines, lists, tables; lines that were only wrapped are joined."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaning.document import SENTENCE_END, Part, reads_as_table, squeeze
from cleaning.models import storable


def text_parts(text: str, most: int | None = None) -> list[Part]:
    """The blocks of a plain text: paragraphs are parted by blank lines, and by line breaks that do not break a sentence.

    With `most` the first so many blocks, and perhaps one more.
    Lines with tabs that follow each other are a table, lines that start with a dash or bullet and words, two or more
    of them in a row, are list items (the mark stays: it is the source's).
    """
    parts: list[Part] = []
    for first_line, lines in _paragraphs(text):
        if most is not None and len(parts) >= most:
            break
        if reads_as_table(lines):
            rows = "\n".join("\t".join(squeeze(cell) for cell in line.split("\t")).strip("\t") for line in lines)
            parts.append(Part(len(parts), "table", storable(rows), line=first_line, kept=True))
            continue
        number = first_line
        squeezed = [squeeze(line) for line in lines]
        for group in _hard_wrapped(squeezed):
            if most is not None and len(parts) >= most:
                break
            piece = storable(" ".join(group))
            if piece:
                parts.append(Part(len(parts), "paragraph", piece, line=number, kept=True))
            number += len(group)
    for run in _list_runs(parts):
        for part in run:
            part.kind = "list_item"
    return parts


_BREAKS = re.compile(r"\r\n|[\n\r\u2028\u2029\x0b\x0c\x85]")
_BULLET = re.compile(r"^[-–—•*·▪►‣]\s+\S")


def _paragraphs(text: str) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines that are not blank, each with the number of its first line from 1."""
    run: list[str] = []
    start = 1
    for number, line in enumerate(_BREAKS.split(text), 1):
        if squeeze(line):
            if not run:
                start = number
            run.append(line.strip().strip("\ufeff\u200b"))
        elif run:
            yield start, run
            run = []
    if run:
        yield start, run


def _hard_wrapped(lines: list[str]) -> list[list[str]]:
    """Groups of lines that one paragraph was wrapped into: 50 to 100 characters a line, none but the last ends short."""
    if (
        len(lines) > 2
        and all(45 <= len(line) <= 110 for line in lines[:-1])
        and max(map(len, lines[:-1])) - min(map(len, lines[:-1])) <= 25
    ):
        breaks_inside = sum(not SENTENCE_END.search(line) for line in lines[:-1])
        if breaks_inside >= 0.6 * (len(lines) - 1):
            return [lines]
    groups: list[list[str]] = []
    for line in lines:
        if (
            groups
            and line[0].islower()
            and len(groups[-1][-1]) > 40
            and not SENTENCE_END.search(groups[-1][-1])
            and groups[-1][-1][-1].isalpha()
        ):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _list_runs(parts: list[Part]) -> Iterator[list[Part]]:
    run: list[Part] = []
    for part in parts:
        if _BULLET.match(part.text):
            run.append(part)
        else:
            if len(run) > 1:
                yield run
            run = []
    if len(run) > 1:
        yield run
