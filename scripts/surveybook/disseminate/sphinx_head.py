"""The head and foot of every page: what it finds, its picture, whose it is, and its receipt.

A Sphinx extension. Descriptions, pictures and structured data are made from the page's own first
sentences and from figures that are not open, so that no simulated share is told where no mark goes with it.
What needs the public address of the site (``site_url`` in ``_config.yml``) is left out while it has none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import escape, unescape
from pathlib import Path

import vl_convert
from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx
from sphinx.errors import ConfigError

from surveybook.core.errors import SurveybookError
from surveybook.core.kept import code_digest, keep
from surveybook.disseminate.card import draw_card, is_fit
from surveybook.disseminate.citing import (
    CITATION,
    Companion,
    bibtex_article,
    bibtex_companion,
    checked_site_url,
    cite_article,
    cite_companion,
    read_companion,
)
from surveybook.disseminate.linked_data import book_data, dataset_data, page_data, script_of

RECEIPTS = "receipts.json"
FINGERPRINT_CLASS = "sb-fingerprint"
CARDS = "_static/cards"
DESCRIPTION_CHARS, ALT_CHARS = 200, 400
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
NOT_SHOWN = re.compile(r'data-status="illustrative"')
HEADLINES = "chapters/welfare-innovations"  # whose first chart stands for pages that have none


def in_groups(fingerprint: str) -> str:
    """Write a fingerprint as it is shown, in groups of four."""
    return " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))


@lru_cache(maxsize=1)  # each build has an app of its own
def companion_of(app: Sphinx) -> Companion:
    """The facts of the companion, from its citation in the staged book, read once in a build."""
    return read_companion(Path(app.confdir) / CITATION)


def page_address(app: Sphinx, pagename: str) -> str:
    """A page's public address or, where the site has none, its path within the site."""
    return f"{app.config.site_url}{app.builder.get_target_uri(pagename)}"


def add_head(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    """Write a page's tags and structured data into its head, and hand its receipt to the footer."""
    context["receipt"] = receipt_of(Path(app.confdir) / RECEIPTS, pagename)
    if doctree is None:  # a page that Sphinx makes by itself
        return
    companion = companion_of(app)
    root = pagename == app.config.root_doc
    title = companion.title if root else app.env.titles[pagename].astext()
    about = describe(doctree) or title
    card = _card(app, pagename, companion)
    tags = [
        *_card_tags(app, pagename, companion, title, about, card),
        *(citation_tags(companion, app.config.language, _pdf(app)) if root else []),
        script_of(_graph(app, pagename, companion, title, about)),
    ]
    context["metatags"] = "\n".join([context.get("metatags") or "", *tags])


# What a page says of itself


def describe(doctree: nodes.document) -> str:
    """The first sentences of a page as plain text, at most some 200 characters; empty if it has none."""
    said = ""
    for paragraph in doctree.findall(nodes.paragraph):
        if not isinstance(paragraph.parent, nodes.section) or _is_subtitle(paragraph):
            continue
        text = _plain(paragraph)
        if text is None:
            continue
        for sentence in SENTENCE_END.split(text):
            if sentence.endswith(":"):  # it would lead to a list that is not told
                return said
            longer = f"{said} {sentence}".strip()
            if len(longer) > DESCRIPTION_CHARS:
                return said or cut(sentence, DESCRIPTION_CHARS)
            said = longer
    return said


def cut(text: str, most: int) -> str:
    """Shorten a text to at most so many characters, at a word's end."""
    return text if len(text) <= most else f"{text[: most - 1].rsplit(' ', 1)[0]}…"


def _is_subtitle(paragraph: nodes.paragraph) -> bool:
    return all(isinstance(child, nodes.emphasis) for child in paragraph.children)


def _plain(paragraph: nodes.paragraph) -> str | None:
    """A paragraph's text with its pasted numbers; None where one of them is simulated."""
    parts = []
    for node in paragraph.findall(lambda node: isinstance(node, (nodes.Text, nodes.raw))):
        if isinstance(node, nodes.raw):
            if NOT_SHOWN.search(node.astext()):
                return None
            parts.append(unescape(re.sub(r"<!--.*?-->|<[^>]*>", "", node.astext(), flags=re.DOTALL)))
        elif not isinstance(node.parent, nodes.raw):
            parts.append(node.astext())
    return " ".join("".join(parts).split())


# Tags


def tag(name: str, content: str, key: str = "name") -> str:
    """One ``meta`` element; its content is text, whatever it holds."""
    return f'<meta {key}="{escape(name)}" content="{escape(content)}" />'


def _card_tags(
    app: Sphinx, pagename: str, companion: Companion, title: str, about: str, card: tuple[str, str] | None
) -> Iterator[str]:
    yield tag("description", about)
    kind = "website" if pagename == app.config.root_doc else "article"
    said = {"og:type": kind, "og:site_name": companion.title, "og:title": title, "og:description": about}
    if app.config.site_url:
        said["og:url"] = page_address(app, pagename)
    if card:
        picture, alt = card
        address = f"{app.config.site_url}{picture}" if app.config.site_url else _relative(pagename, picture)
        said |= {"og:image": address, "og:image:width": "1200", "og:image:height": "630", "og:image:alt": alt}
    for name, content in said.items():
        yield tag(name, content, "property")
    yield tag("twitter:card", "summary_large_image" if card else "summary")
    for name in ("title", "description", "image", "image:alt"):
        if f"og:{name}" in said:
            yield tag(f"twitter:{name}", said[f"og:{name}"])


def citation_tags(companion: Companion, language: str, pdf: str = "") -> list[str]:
    """What reference managers read: this companion alone, never the article, which has its own page."""
    said = {
        "citation_title": companion.title,
        "citation_author": companion.makers,
        "citation_publication_date": companion.released.replace("-", "/"),
        "citation_language": language,
        "citation_pdf_url": pdf,
    }
    return [tag(name, content) for name, content in said.items() if content]


def _pdf(app: Sphinx) -> str:
    """The public address of the whole book as PDF; empty where there is no such file or address."""
    return f"{app.config.site_url}{app.config.site_pdf}" if app.config.site_url and app.config.site_pdf else ""


def _relative(pagename: str, path: str) -> str:
    return f"{'../' * pagename.count('/')}{path}"


# Pictures


def figures_of(env, pagename: str | None = None) -> dict[str, Mapping]:
    """The figures of a page, or of all pages, by name in the order of the page."""
    known = env.__dict__.get("surveybook_figures", {}).items()
    # By page, whenever each was read.
    found = sorted(((name, about) for name, about in known), key=lambda one: one[1]["docname"])
    return {name: about for name, about in found if pagename in (None, about["docname"])}


def _card(app: Sphinx, pagename: str, companion: Companion) -> tuple[str, str] | None:
    """The picture of a page, drawn once, and its text alternative: its first chart that is fit, or the headlines'."""
    for page in (pagename, HEADLINES, None):
        for name, about in figures_of(app.env, page).items():
            card = _drawn(app, name, about, companion)
            if card is not None:
                return card, cut(about["alt"], ALT_CHARS)
    return None


def _drawn(app: Sphinx, name: str, about: Mapping, companion: Companion) -> str | None:
    """The path of a figure's card, drawn once; None if the figure is not fit for one."""
    drawn = app.env.temp_data.setdefault("surveybook_cards", {})
    if name not in drawn:
        code = [vl_convert.__version__, code_digest("core", "disseminate")]
        made_from = json.dumps([CARDS, code, about, companion.title])
        content = keep(made_from, lambda: draw_card(about, companion.title) if is_fit(about) else b"")
        drawn[name] = f"{CARDS}/{name}.png" if content else None
        if content:
            file = Path(app.outdir) / drawn[name]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    return drawn[name]


# Structured data


def _graph(app: Sphinx, pagename: str, companion: Companion, title: str, about: str) -> dict:
    site_url, root_page = app.config.site_url, app.config.root_doc
    to_root = site_url or _relative(pagename, "")
    home = f"{to_root}{app.builder.get_target_uri(root_page)}"
    # An empty address is that of the page itself, wherever it lies.
    here = page_address(app, pagename) if site_url else ""
    said = book_data(companion, here) if pagename == root_page else page_data(companion, home, here, title)
    said |= {"description": about, "inLanguage": app.config.language}
    figures = figures_of(app.env, pagename).items()
    return {
        "@context": "https://schema.org",
        "@graph": [said, *(dataset_data(companion, name, figure, to_root, here) for name, figure in figures)],
    }


# The receipt


def receipt_of(file: Path, pagename: str) -> dict | None:
    """What the footer shows of a page's receipt; None where the book was not staged with one."""
    receipts = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {"pages": {}}
    page = receipts["pages"].get(f"{pagename}.html")
    if page is None:
        return None
    said = {key: receipts[key] for key in ("edition", "version", "data", "withheld")}
    return {**said, "fingerprint": in_groups(page["fingerprint"]), "class": FINGERPRINT_CLASS}


# How to cite


class CiteThis(Directive):
    """Shows how the article is cited, which comes first, and how this companion is."""

    def run(self) -> list[nodes.Node]:
        """Return the box."""
        app = self.state.document.settings.env.app
        companion, address = companion_of(app), app.config.site_url
        article = companion.article
        box = nodes.container(classes=["sb-cite-this"])
        for lead, text, record in (
            (
                "For the findings, cite the article:",
                cite_article(article),
                bibtex_article(article),
            ),
            (
                "For this companion, its figures or its text:",
                cite_companion(companion, address),
                bibtex_companion(companion, address),
            ),
        ):
            box += nodes.paragraph("", "", nodes.strong("", lead))
            before, title, after = text.partition(article.title)
            danish = [in_danish(title)] if title else []
            box += nodes.paragraph("", "", *_linked(before), *danish, *_linked(after))
            box += nodes.literal_block(record, record, language="bibtex")
        return [box]


def in_danish(text: str) -> nodes.raw:
    """Words in Danish, marked as such: a screen reader says them with Danish sounds."""
    return nodes.raw("", f'<span lang="da">{escape(text)}</span>', format="html")


def danish_role(name, rawtext, text, lineno, inliner, options=None, content=None) -> tuple[list[nodes.Node], list]:
    """Mark words of a page as Danish: ``{da}`Styringslaboratorium` ``."""
    return [in_danish(text)], []


def _linked(text: str) -> Iterator[nodes.Node]:
    """A line of text whose addresses are links."""
    for at, part in enumerate(re.split(r"(https://\S+)", text)):
        if at % 2:
            yield nodes.reference("", part, refuri=part)
        elif part:
            yield nodes.Text(part)


# The site as a whole


def check_settings(app: Sphinx, config) -> None:
    """Refuse a public address that is none; give Sphinx the one there is, for the canonical link."""
    try:
        config.site_url = checked_site_url(config.site_url)
    except SurveybookError as error:
        raise ConfigError(str(error)) from None
    if config.site_url:
        config.html_baseurl = config.site_url


def write_sitemap(app: Sphinx, error: Exception | None) -> None:
    """List the pages for search engines, where the site has a public address."""
    if error is not None or app.builder.format != "html" or not app.config.site_url:
        return
    pages = [escape(page_address(app, name)) for name in sorted(app.env.found_docs)]
    listed = "\n".join(f"<url><loc>{page}</loc></url>" for page in pages)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    out = Path(app.outdir)
    (out / "sitemap.xml").write_text(f"{head}\n{listed}\n</urlset>\n", encoding="utf-8")
    robots = f"User-agent: *\nAllow: /\nSitemap: {app.config.site_url}sitemap.xml\n"
    (out / "robots.txt").write_text(robots, encoding="utf-8")


def setup(app: Sphinx) -> dict:
    """Register the extension with Sphinx."""
    app.add_config_value("site_url", "", "env")
    app.add_config_value("site_pdf", "", "env")  # the whole book as PDF, as a path in the site
    app.add_directive("cite-this", CiteThis)
    app.add_role("da", danish_role)
    app.connect("config-inited", check_settings)
    app.connect("html-page-context", add_head)
    app.connect("build-finished", write_sitemap)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
