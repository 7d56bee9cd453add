"""Explain a term where it stands: a reference to the glossary shows the first sentence on hover and focus.

A Sphinx extension. The sentence stands beside the link as an element that is hidden until its link
is pointed at or has the keyboard's focus, and that the link names by ``aria-describedby``: a screen
reader tells it after the link, when the reader stops there. Visually hidden text would instead be
read in the midst of every sentence, be copied with it, and stay when styles are off; the attribute
``hidden`` keeps it out of all three. Nothing needs a script, and in print only the word is left.
"""

from __future__ import annotations

import re
from html import escape

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

TERM_CLASS = "std-term"  # what Sphinx calls the text of a reference to the glossary
HOLDS_TERMS = "sb-has-terms"  # the paragraph within whose width an explanation stays
FIRST_SENTENCE = re.compile(r".+?[.!?](?=\s|$)", re.DOTALL)


class explained(nodes.reference):  # noqa: N801  a node's class is written small, as docutils writes its own
    """A link to a term's definition; ``explanation`` is kept off the tree's text, and so off the search index."""


def first_sentences(app: Sphinx) -> dict[str, str]:
    """The first sentence of each term's definition, by the page and the anchor that a link to it names."""
    found = {}
    terms = app.env.get_domain("std").objects.items()
    for document in sorted({docname for (kind, _), (docname, _) in terms if kind == "term"}):
        for entry in app.env.get_doctree(document).findall(nodes.definition_list_item):
            if not isinstance(entry.parent.parent, addnodes.glossary):
                continue
            words = entry.next_node(nodes.definition).findall(nodes.Text)
            text = " ".join("".join(word for word in words if not isinstance(word.parent, nodes.raw)).split())
            sentence = FIRST_SENTENCE.match(text)
            for term in entry.findall(nodes.term):
                found |= {(document, name): sentence[0] if sentence else text for name in term["ids"]}
    return found


def explain_terms(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Give each reference to a term of the glossary its explanation."""
    if app.builder.format != "html":
        return
    references = [node for node in doctree.findall(nodes.reference) if _is_term(node)]
    if not references:
        return
    sentences = first_sentences(app)
    addresses = {}
    for (page, name), text in sentences.items():
        addresses[f"{app.builder.get_relative_uri(docname, page)}#{name}"] = text
        if page == docname:
            addresses[f"#{name}"] = text
    for number, node in enumerate(references, 1):
        address = node.get("refuri") or f"#{node['refid']}"
        if address not in addresses:
            continue
        link = explained("", "", *node.children, address=address, explanation=addresses[address], number=number)
        node.parent["classes"] = [*dict.fromkeys([*node.parent["classes"], HOLDS_TERMS])]
        node.replace_self(link)


def _is_term(node: nodes.reference) -> bool:
    return any(TERM_CLASS in child.get("classes", []) for child in node.children if isinstance(child, nodes.Element))


def open_link(translator, node: explained) -> None:
    """Write the link that names its explanation."""
    described = f'aria-describedby="term-{node["number"]}"'
    translator.body.append(f'<a class="sb-term" href="{escape(node["address"])}" {described}>')


def close_link(translator, node: explained) -> None:
    """End the link, and write its explanation beside it."""
    text, name = escape(node["explanation"]), f"term-{node['number']}"
    translator.body.append(f'</a><span class="sb-explained" role="tooltip" id="{name}" hidden>{text}</span>')


def setup(app: Sphinx) -> dict:
    """Register the extension with Sphinx."""
    app.add_node(explained, html=(open_link, close_link))
    app.connect("doctree-resolved", explain_terms)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
