"""Numbers and terms that explain themselves where they stand. A Sphinx extension.

A number is a link to its claim, and a reference to the glossary a link to its entry: so they work
without a script. With one, both open a card, which stands hidden at the end of the page: there it is
read by nobody in the midst of a sentence, and not copied with it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

from surveybook.disseminate.number_markup import card_html, link_html, read_number

NAME = "\0"  # stands for a card's name until it has one; no text has it
TERM_CLASS = "std-term"  # what Sphinx calls the text of a reference to the glossary
FIRST_SENTENCE = re.compile(r".+?[.!?](?=\s|$)", re.DOTALL)


def explain_page(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Give each number and each term of a page its card."""
    if app.builder.format != "html":
        return
    cards: dict[str, str] = {}  # what a card says, without its name -> its name
    to_root = "../" * docname.count("/")

    def name_of(content: str) -> str:
        return cards.setdefault(content, f"card-{len(cards) + 1}")

    for node in list(doctree.findall(nodes.raw)):
        if read := read_number(node.astext()):
            text, status, card = read
            links = [(told, to_root + address) for told, address in card.links]
            name = name_of(card_html(NAME, text, card.rows, links))
            node.replace_self(nodes.raw("", link_html(text, status, card, name, to_root), format="html"))
    entries = _glossary(app, docname)
    for node in list(doctree.findall(nodes.reference)):
        address = node.get("refuri") or f"#{node.get('refid', '')}"
        if _is_term(node) and address in entries:
            term, explanation = entries[address]
            links = [("In the list of words", address)]
            name = name_of(card_html(NAME, term, [("Meaning", explanation)], links))
            opening = f'<a class="sb-term" href="{escape(address)}" data-card="{name}">'
            node.replace_self(
                [nodes.raw("", opening, format="html"), *node.children, nodes.raw("", "</a>", format="html")]
            )
    if cards:
        shown = "".join(content.replace(NAME, name) for content, name in cards.items())
        # The cards say again what figures and the list of words say: the search finds it there.
        doctree.append(
            nodes.raw("", f'<div class="sb-about-cards">{shown}</div>', format="html", classes=["no-search"])
        )


def _glossary(app: Sphinx, docname: str) -> dict[str, tuple[str, str]]:
    """Each term and the first sentence of its definition, by the address that a link to it has on a page."""
    pages = {page for page, _ in _entries(app)}
    places = {page: "" if page == docname else app.builder.get_relative_uri(docname, page) for page in pages}
    return {f"{places[page]}#{name}": said for (page, name), said in _entries(app).items()}


@lru_cache(maxsize=1)  # each build has an app of its own, and pages are resolved when all are read
def _entries(app: Sphinx) -> dict[tuple[str, str], tuple[str, str]]:
    """Each term and the first sentence of its definition, by its page and its name there."""
    found = {}
    terms = app.env.get_domain("std").objects.items()
    for page in sorted({page for (kind, _), (page, _) in terms if kind == "term"}):
        for entry in app.env.get_doctree(page).findall(nodes.definition_list_item):
            if not isinstance(entry.parent.parent, addnodes.glossary):
                continue
            words = entry.next_node(nodes.definition).findall(nodes.Text)
            text = " ".join("".join(word for word in words if not isinstance(word.parent, nodes.raw)).split())
            sentence = FIRST_SENTENCE.match(text)
            for term in entry.findall(nodes.term):
                said = (term.astext(), sentence[0] if sentence else text)
                found |= {(page, name): said for name in term["ids"]}
    return found


def _is_term(node: nodes.reference) -> bool:
    return any(TERM_CLASS in child.get("classes", []) for child in node.children if isinstance(child, nodes.Element))


def setup(app: Sphinx) -> dict:
    """Register the extension with Sphinx."""
    app.connect("doctree-resolved", explain_page)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
