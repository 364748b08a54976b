"""What a page asks of its reader: to subscribe, follow, install, donate, comment, write, share."""

from __future__ import annotations

import re

from cleaning.rules.model import TWO_SENTENCES, Context, ends_as_sentence, is_prose
from cleaning.rules.shapes import Finding
from cleaning.rules.wording import Reading, Word, wording

CALLS = frozenset({"newsletter", "follow", "app_promo", "support", "share", "comments", "paywall", "feedback", "ads", "cookie"})
"""What a page asks of its reader, in a sentence as often as not."""

_ASKED = frozenset({"newsletter", "follow", "app_promo"})
_CHANNELS = _ASKED | {"platform"}


def mixed(reading: Reading) -> bool:
    """Whether words of advertising stand with weighty words of something else: then the line may speak about advertising."""
    return reading.category == "ads" and any(w.weight and w.category not in ("ads", "related") for w in reading.words)


def call(reading: Reading, text: str, edge: bool, *, idle: bool) -> Finding | None:
    """A call on the reader, with a few words of its own; among the paragraphs a sentence must be one almost word for word.

    `idle` is one among them without a link, on a page that has markup: there is nothing to press.
    """
    if reading.words and _names_channel(reading, text):
        return "follow", f"begins with “{reading.words[0].text}”, and ends in the name of a channel"
    if reading.category not in CALLS or not reading.words or mixed(reading):
        return None
    if not edge and is_prose(text) and not reading.words[0].weight and (reading.covered < 0.8 or TWO_SENTENCES.search(text)):
        return None
    if text[-1] in ":：" and len(reading.words) > _MOST_ANNOUNCED:
        return None
    if not reading.words[0].weight and not addressed(reading) and reading.addresses:
        return None
    first = reading.words[0]
    if _reports(reading, text):
        return None
    if (
        first.weight >= 2
        and first.category in _ASKED
        and len(text) <= 80
        and not ends_as_sentence(text)
        and reading.covered >= 0.4
    ) and any(w.weight >= 2 and w.text != first.text and w.category in _CHANNELS for w in reading.words):
        return reading.category, f"begins with “{first.text}” and names a channel"
    if _unstopped_call(reading, text):
        return reading.category, "asks the reader to do something for the page, and is no sentence"
    opened = _opens_call(reading.words) and reading.covered >= 0.8 and reading.score >= 3
    if opened and not idle and addressed(reading) and len(text) <= 120 and text[-1] not in ":：":
        return reading.category, "opens as a call on the reader and says “our”, “us” or “you”"
    if len({w.text for w in reading.words if w.weight >= 2}) < 2 and reading.score < 6:
        return None  # what is asked for, and the channel: one of them is no call
    strong = (reading.score >= 5 and reading.covered >= 0.7) or (edge and reading.score >= 4 and reading.covered >= 0.72)
    if (strong and reading.opens) or (reading.score >= 7 and reading.covered >= 0.75):
        return reading.category, "asks the reader to do something for the page"
    return None


def _reports(reading: Reading, text: str) -> bool:
    """Whether a sentence that speaks to no one begins with no call: "Facebook and WhatsApp were down on Monday."."""
    first = reading.words[0]
    calls = first.weight >= 2 and first.category not in ("platform", "ads")
    return reading.addresses and ends_as_sentence(text) and not addressed(reading) and not calls


_MOST_ANNOUNCED = 12
"""Words of a call that ends in a colon: a longer one is a sentence that announces a list."""


def _names_channel(reading: Reading, text: str) -> bool:
    """Whether a line of up to six words calls to a channel with the outlet's name between: "Read the Gazette on Telegram"."""
    first, last = reading.words[0], reading.words[-1]
    unknown = sum(not w.category for w in reading.words)
    opens = first.category in (*_ASKED, "related", "share") and first.weight > 0
    return opens and last.category == "platform" and len(reading.words) <= 6 and unknown <= 2 and text[-1] not in "?!？！؟"


def call_by_name(context: Context, text: str, edge: bool, *, idle: bool) -> Finding | None:
    """The same where what is called to has a name in quotation marks: 'Get the “Week in Five Maps” newsletter'."""
    bare = _NAME_QUOTED.sub(" ", text)
    if bare == text or len(text) > 100:
        return None
    reading = wording().read(bare, context.language)
    if reading.category in CALLS and reading.covered == 1 and reading.score >= 5 and not ends_as_sentence(text):
        return reading.category, "no word but those that pages call with, and a name in quotation marks"
    return call(reading, bare.strip(), edge, idle=idle)


_NAME_QUOTED = re.compile(r"\s[„“\"«»‚‘'][^„“”\"«»]{3,40}[“”\"»«’'](?=\s)")


def addressed(reading: Reading) -> bool:
    """Whether one of the words speaks to the reader or of the page: "you", "our"."""
    return any(w.category == "address" for w in reading.words)


def _unstopped_call(reading: Reading, text: str) -> bool:
    """Whether a line of seven words or more is a call half of whose letters are a page's own, without a full stop."""
    if ends_as_sentence(text) or text[-1] in ":：" or len(reading.words) < 7 or reading.score < 5 or reading.covered < 0.5:
        return False
    own = {w.text for w in reading.words if w.weight >= 2 and w.category in CALLS | {"platform"}}
    return len(own) >= 2 and (addressed(reading) or reading.words[0].weight >= 2)


_LAST = frozenset({"newsletter", "follow", "app_promo", "support", "paywall", "feedback", "copyright", "share", "comments"})
"""What the last lines of a page speak of."""


def last_words(context: Context, index: int, text: str, reading: Reading) -> Finding | None:
    """A sentence that ends the page: it speaks to the reader, or of rights, in words half of which are a page's own."""
    if index < len(context.lines) - 3 or index < 3 or reading.category not in _LAST or mixed(reading):
        return None
    stopped = ends_as_sentence(text)
    first = reading.words[0]
    opens = first.weight > 0 and first.category in _LAST and not reading.addresses and not stopped
    spoken = reading.category == "copyright" or addressed(reading) or opens
    if not spoken or len(re.findall(r"[.!?。](?:\s|$)", text)) > 3:
        return None
    own = {w.text for w in reading.words if w.weight >= 2 and w.category != "related"}
    if reading.category == "copyright" and not addressed(reading):
        own = {w.text for w in reading.words if w.weight >= 2 and w.category == "copyright"}
    of_it = {w.text for w in reading.words if w.weight and w.category == reading.category}
    sure = len(own) >= 2 or len(of_it) >= 3
    least, share = (4, 0.45) if stopped else (3, 0.55)
    told = sure or (bool(own) and (first.weight > 0 or not stopped))
    known = told and reading.score >= least and reading.covered >= share
    if reading.category == "copyright":
        known = reading.score >= 4 and sure and reading.covered >= 0.45
    elif is_prose(text):
        known = reading.score >= 4 and sure and reading.covered >= 0.6
    opened = _opens_call(reading.words) and reading.covered >= 0.85 and reading.score >= 2
    return (reading.category, "ends the page, mostly in a page's own words") if known or opened else None


def _opens_call(words: tuple[Word, ...]) -> bool:
    """Whether the first word is one that pages call with, and a later word of weight speaks of what they call to."""
    return bool(words) and words[0].category in CALLS and any(w.weight and w.text != words[0].text for w in words)
