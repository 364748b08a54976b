"""Loads what a run's process needs, down to the tables that cleaning reads when it meets its first page."""

from __future__ import annotations

import crawler.process  # noqa: F401
from cleaning import Page, clean

clean(Page(html="<html lang=en><title>Talks</title><article><p>The ministers of both countries met on Tuesday.</p></article>"))
