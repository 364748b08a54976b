"""`clean`: a `Page` in, an `Article` out.

The way: decode, parse, cut into blocks, mark the main text, repair its recall, gather metadata, let rules propose and one place
remove, flag, assess.  HTML and plain text share everything behind the blocks.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from lxml import etree

from cleaning import decode, document, extract, flags, hydration, limits, normalise, plaintext, reject, site_rules, translation
from cleaning.assemble import Draft, build, rejected
from cleaning.datelines import is_date_line
from cleaning.document import Part
from cleaning.errors import UnusableInput
from cleaning.geopolitics import assess
from cleaning.metadata.dates import choose_dates, parse_moment
from cleaning.metadata.facts import facts
from cleaning.metadata.head import canonical_url, read_head, site_names
from cleaning.metadata.people import authors_of_line, choose_authors, names_people, people_of
from cleaning.metadata.titles import choose_title, cut_pipe_suffix, opens_as_title
from cleaning.models import Article, Candidate, Page, SiteMemory, SiteRules
from cleaning.names import is_byline
from cleaning.parsing import parse_html
from cleaning.rules import LINE_RULES, MARKUP_RULES, SITE_RULES, Context, apply
from cleaning.rules.lines import is_without_suffix, opens_with_noise, summary_above_byline
from cleaning.rules.markup import set_kinds
from cleaning.rules.model import is_prose, spaceless

_LONGEST_TITLE = 1000
"""A line of more characters is not compared with the headline."""


def clean(page: Page, *, site: SiteRules | None = None, memory: SiteMemory | None = None) -> Article:
    """Make an article of a page.

    Pure and picklable; never raises on bad content: a page that is no article, or that cannot be read at all, comes
    back with `status="rejected"` and flags that say why.
    """
    site = site or SiteRules()
    name = page.url or "-"
    try:
        if page.body is not None:
            content = decode.decode(page.body, page.content_type, name)
        else:
            content = decode.check(page.html if page.html is not None else page.text or "", name)
        is_html = page.html is not None or (page.text is None and decode.looks_like_html(content))
        draft = _from_html(page, content, site) if is_html else _from_text(page, content, site)
    except UnusableInput as error:
        return rejected(page, site, error.code, error.reason)
    draft.memory = memory
    draft.content = content
    return _finish(draft)


def _from_html(page: Page, html: str, site: SiteRules) -> Draft:
    name = page.url or "-"
    limits.check_tags(html, name)
    tree = parse_html(html)
    if tree is None:
        raise UnusableInput(name, "no HTML tree could be made of it", "not_parsed")
    head = read_head(tree)
    if (own := site_rules.find(tree, site)) is not None:
        site_rules.set_apart(own)
    parts = document.html_parts(tree, limits.most_blocks(len(html)) + 1)
    limits.check_blocks(len(parts), len(html), name)
    parts = normalise.join_drop_caps(parts)
    for part in parts:
        part.text = normalise.repair_mojibake(part.text)
    dates = choose_dates(tree, head, parts, page.url, page.claims)
    stated = facts(head, page)
    scripted = hydration.find_body(tree, head, parts, free=stated.is_accessible_for_free) if own is None else None
    # nothing behind this reads scripts and styles, and the extractor would copy them several times
    etree.strip_elements(tree, "script", "style", "svg", "template", with_tail=False)
    draft = Draft(page, site, parts, is_html=True, head=head, extractor="site")
    draft.selected = site_rules.mark(own, parts) if own is not None else {}
    if own is None or not own.found.get("body"):
        draft.extractor = extract.mark_article(tree, page.url, parts)
        for index in draft.selected:
            parts[index].kept = False
    if scripted is not None and hydration.put(scripted, parts):
        draft.extractor = scripted.source
        draft.flag("text_from_script", f"{scripted.characters} characters from {scripted.source}, nearly none on the page itself")
    for part in parts:
        if part.kept:
            for container in part.containers:
                container.kept_characters += len(part.text)
    draft.sites = sites = site_names(head, page.url) + ([site.publisher] if site.publisher else [])
    draft.title, title_candidates = choose_title(head, parts, sites, page.claims)
    draft.authors, draft.agency, author_candidates = choose_authors(head, parts, sites, page.claims)
    draft.published, draft.modified, date_candidates = dates
    draft.candidates = [*title_candidates, *author_candidates, *date_candidates]
    if own is not None:
        site_rules.prefer(own, draft, sites)
    draft.canonical_url = canonical_url(head, page.url)
    draft.facts = stated
    return draft


def _from_text(page: Page, text: str, site: SiteRules) -> Draft:
    parts = plaintext.text_parts(text, limits.most_blocks(len(text)) + 1)
    limits.check_blocks(len(parts), len(text), page.url or "-")
    for part in parts:
        part.text = normalise.repair_mojibake(part.text)
    draft = Draft(page, site, parts, is_html=False)
    first = next((i for i, p in enumerate(parts) if not opens_with_noise(p.text)), len(parts))
    if len(parts) > first + 1 and parts[first].kind != "table" and opens_as_title(parts[first].text):
        _take_title(draft, parts[first])
    _read_head_lines(draft)
    return draft


def _take_title(draft: Draft, part: Part) -> None:
    draft.title, draft.title_part = cut_pipe_suffix(part.text), part
    part.kept = False


def _settle_title(draft: Draft, context: Context) -> bool:
    """Whether the first lines of the text tell the headline better, so that the rules must run again.

    A line that is the title without a site's or section's name behind it tells where the headline ends; where nothing named a
    headline, the first line may be it: it would be when the text is read again.
    """
    lines = context.lines
    if draft.title is None:
        if len(lines) < 2 or lines[0].kind == "table" or not opens_as_title(lines[0].text):
            return False
        _take_title(draft, lines[0])
    else:
        first = [p.text for p in lines[:3] if 15 < len(p.text) <= _LONGEST_TITLE]
        shorter = next((text for text in first if is_without_suffix(text, draft.title)), None)
        if shorter is None:
            return False
        draft.title = shorter
    context.title = draft.title
    context.refresh()
    return True


def _settle_language(draft: Draft, context: Context) -> bool:
    """Tell the language by what is left of the text, and whether it is another than before, so that the rules must run again:
    they would, were the text read again."""
    sample = _sample(draft)
    if sample == draft.told_by:
        return False
    draft.told_by = sample
    before, draft.language = draft.language, normalise.language_of(sample, draft.head.language if draft.head else None)
    context.language = draft.language
    if draft.language == before:
        return False
    context.refresh()
    return True


def _read_head_lines(draft: Draft) -> None:
    """The author and the date of a plain text, where lines of their own say so before the first paragraph."""
    for part in draft.parts[:6]:
        if is_prose(part.text):
            return
        if part is draft.title_part:
            continue
        if is_byline(part.text) and not draft.authors:
            draft.authors, draft.agency = people_of([part.text], set())
            draft.candidates += [Candidate(field="authors", value=part.text, source="text", chosen=bool(draft.authors))]
        elif draft.published is None and is_date_line(part.text) and (moment := parse_moment(part.text, "text")) is not None:
            draft.published = moment
            draft.candidates.append(Candidate(field="published_at", value=part.text, source="text", chosen=True))


def _finish(draft: Draft) -> Article:
    parts = draft.parts
    context = Context(
        parts,
        title=draft.title,
        summary=draft.facts.summary,
        authors=tuple(draft.authors),
        memory=draft.memory,
        selected=draft.selected,
        host=_host(draft.page.url),
        from_html=draft.is_html,
    )
    _settle_language(draft, context)
    if draft.selected:
        for index in draft.selected:
            parts[index].kept = True
        apply(context, SITE_RULES)
    if draft.is_html:
        set_kinds(context)
        apply(context, MARKUP_RULES)
    _settle_title(draft, context)
    apply(context, LINE_RULES)
    while _settle_title(draft, context) or _settle_language(draft, context):
        apply(context, LINE_RULES)
    draft.removed = context.removed
    _read_removed_bylines(draft)
    if draft.facts.summary is None:
        teasers = (p.text for p in parts if draft.removed.get(p.index, ("",))[0] == summary_above_byline.id)
        draft.facts.summary = " ".join(teasers) or None
    running = context.lines
    del context  # and what it knows of every line
    flags.flag_blocks(running, draft.language)
    if evidence := translation.machine_translated(running, draft.language):
        draft.flag("machine_translated_suspected", evidence)
    reject.judge(draft, running)
    text = "\n\n".join(p.text for p in running)
    draft.geopolitics = assess(draft.title, text, draft.language, draft.site.country)
    threshold = draft.site.min_geopolitics
    if threshold is not None and draft.status != "rejected" and draft.geopolitics.score < threshold:
        draft.reject("below_geopolitics_threshold", f"score {draft.geopolitics.score:.2f} is under {threshold:.2f}")
    return build(draft, running, text)


def _read_removed_bylines(draft: Draft) -> None:
    """The people named on a line above the text that the rules removed as a byline, where nothing else names a person."""
    if names_people(draft.authors, draft.sites):
        return
    text = next((p.index for p in draft.parts if p.kept and is_prose(p.text)), 0)
    for part in draft.parts[:text]:
        rule = draft.removed.get(part.index, ("",))[0]
        if rule.startswith("byline.") and (named := authors_of_line(part.text, draft.sites)):
            draft.candidates = [c.model_copy(update={"chosen": c.chosen and c.field != "authors"}) for c in draft.candidates]
            draft.candidates.append(Candidate(field="authors", value=part.text, source=rule, chosen=True))
            draft.authors = named
            return


def _host(url: str | None) -> str | None:
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.") or None
    except ValueError:
        return None


_LITTLE = 120
"""Characters of prose in a script without spaces that are too few for telling the language."""


def _sample(draft: Draft) -> str:
    """The first prose of the article, for telling its language; where its lines are short, the headline and all of them."""
    parts = [p for p in draft.parts if p.text != draft.title]  # the headline again goes later, and tells nothing of the text
    text = _first_lines(parts, 40)
    too_little = len(text) < _LITTLE and (not text or spaceless(text))  # a Chinese sentence has often under 40 characters
    if not too_little:
        return text
    return f"{draft.title or ''}\n{_first_lines(parts, 0)}"


def _first_lines(parts: list[Part], least: int) -> str:
    """The first kept lines of more than `least` characters, as many as the language is told from."""
    sample: list[str] = []
    length = 0
    for part in parts:
        if part.kept and len(part.text) > least:
            sample.append(part.text)
            length += len(part.text)
            if length > normalise.LANGUAGE_SAMPLE:
                break
    return " ".join(sample)
