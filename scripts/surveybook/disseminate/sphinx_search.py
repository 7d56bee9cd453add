"""What the search finds beside pages and sections: figures, questions, claims and terms, each in its place.

A Sphinx extension. Figures enter Sphinx's search index as objects of a small domain, and their words
without their markup. What only real answers could tell is found by its title, which is a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains import Domain, ObjType

from surveybook.disseminate.sphinx_head import figures_of

ROWS = {"item": "question", "claim": "claim"}  # by how the names of linked rows begin
OPEN_FIGURE = "figure, not known here (made up)"  # of what only real answers could tell
NOT_SEARCHED = "no-search"
SCRIPTS, TAGS = re.compile(r"<script\b.*?</script>", re.DOTALL | re.IGNORECASE), re.compile(r"<[^>]*>")
ROW_CHARS = 200  # of a row's words, as the name by which it is found


class BookDomain(Domain):
    """The figures of the book and the rows that can be linked to, as Sphinx's index knows them."""

    name = "book"
    label = "Book"
    object_types = {kind: ObjType(kind) for kind in ("figure", OPEN_FIGURE, "term", *ROWS.values())}  # noqa: RUF012  as Sphinx has it

    def get_type_name(self, type: ObjType, primary: bool = False) -> str:
        """What a kind is called."""
        return str(type.lname)

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Each figure, question, claim and term: name, title, kind, page, anchor, priority."""
        for (kind, name), (docname, anchor) in self.env.get_domain("std").objects.items():
            if kind == "term":
                yield self._object("term", name, docname, anchor)
        for figure_id, about in figures_of(self.env).items():
            kind = OPEN_FIGURE if about.get("open") else "figure"
            yield self._object(kind, about["title"], about["docname"], f"figure-{figure_id}")
            for row, anchor in about.get("anchors", []):
                kind = ROWS.get(anchor.partition("-")[0])
                if kind and not about.get("open"):
                    yield self._object(kind, row_title(about["table"][row]), about["docname"], anchor)

    def merge_domaindata(self, docnames: list[str], otherdata: dict) -> None:
        """Nothing is kept here: the figures are the environment's."""

    @staticmethod
    def _object(kind: str, title: str, docname: str, anchor: str) -> tuple[str, str, str, str, str, int]:
        return f"{docname}#{anchor}", title, kind, docname, anchor, 1


def row_title(row: list[str]) -> str:
    """The name of a row: its first two cells."""
    text = ": ".join(cell for cell in row[:2] if cell)
    return text if len(text) <= ROW_CHARS else f"{text[: ROW_CHARS - 1].rsplit(' ', 1)[0]}…"


class markup(nodes.General, nodes.Element):  # noqa: N801  a node's class is written small, as docutils writes its own
    """Page elements whose words, for the search, stand below it as text."""


def words_of(html: str) -> str:
    """The words of page elements that are no specification of a chart."""
    return " ".join(unescape(TAGS.sub(" ", SCRIPTS.sub(" ", html))).split())


def part_words(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Keep markup and words of figures apart, since Sphinx would run the words of two cells together."""
    if app.builder.format != "html":
        return
    for node in list(doctree.findall(nodes.raw)):
        html = node.astext()
        silent = NOT_SEARCHED in node["classes"]
        if "html" in node["format"] and (silent or "<figure" in html):
            node.replace_self(markup("", *([] if silent else [nodes.Text(words_of(html))]), html=html))


def write_markup(translator, node: markup) -> None:
    """Write the page elements, and not their words again."""
    translator.body.append(node["html"])
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict:
    """Register the extension with Sphinx."""
    app.add_domain(BookDomain)
    app.add_node(markup, html=(write_markup, None))
    app.connect("doctree-resolved", part_words, priority=900)  # when every figure stands in its place
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
