"""Cite works in sentences and list them, each with its status in words: a Sphinx extension.

It stands on sphinxcontrib-bibtex, and adds a style of citation, a style of the list, the count of
records of a status (the role ``works``), and a line of its own for the status.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import pybtex.plugin
import sphinxcontrib.bibtex.plugin
from docutils import nodes
from pybtex.backends import plaintext
from pybtex_docutils import Backend
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxRole
from sphinxcontrib.bibtex.style.referencing import BracketStyle, PersonStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle

from surveybook.disseminate.bibliography import DANISH, STATUSES, WorksStyle, count_works

NAME = "surveybook"
ROUND = partial(BracketStyle, left="(", right=")", sep="; ")
PEOPLE = partial(PersonStyle, other=" and others")


@dataclass
class WorksReferences(AuthorYearReferenceStyle):
    """Citations such as (Kingdon 1995) and, by ``cite:t``, Kingdon (1995)."""

    bracket_textual: BracketStyle = field(default_factory=ROUND)
    bracket_parenthetical: BracketStyle = field(default_factory=ROUND)
    person: PersonStyle = field(default_factory=PEOPLE)
    author_year_sep: str = " "


class WorksRole(SphinxRole):
    """How many records there are of a status: ``{works}`checked``` , or of all."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the count, as a word of the sentence."""
        entries = self.env.get_domain("cite").bibdata.data.entries.values()
        try:
            return [nodes.Text(str(count_works(entries, self.text)))], []
        except ValueError:
            expected = ", ".join(("all", *STATUSES))
            return [], [self.inliner.reporter.error(f"no status of works: {self.text}; expected: {expected}")]


class StatusLines(SphinxPostTransform):
    """Put each record's status on its own line, and drop the label, which repeats author and year."""

    default_priority = 6  # behind sphinxcontrib-bibtex, which has put the records on the page

    def run(self, **options) -> None:
        """Change the records of one page."""
        for record in list(self.document.findall(nodes.citation)):
            paragraph = record[-1]
            marks = [at for at, child in enumerate(paragraph) if isinstance(child, nodes.strong)]
            if marks:
                status = nodes.paragraph("", "", *paragraph[marks[-1] :], classes=["sb-status"])
                del paragraph[marks[-1] :]
                record.children = [paragraph, status]
                status.parent = record


def danish_node(rawsource: str, text: str, *children: nodes.Node) -> nodes.inline:
    """A title in Danish; docutils writes the class as the element's language."""
    return nodes.inline(rawsource, text, *children, classes=["language-da"])


def setup(app: Sphinx) -> dict:
    """Register the extension with Sphinx."""
    app.setup_extension("sphinxcontrib.bibtex")
    pybtex.plugin.register_plugin("pybtex.style.formatting", NAME, WorksStyle)
    sphinxcontrib.bibtex.plugin.register_plugin("sphinxcontrib.bibtex.style.referencing", NAME, WorksReferences)
    # Else each citation looks through all installed packages for it.
    pybtex.plugin.register_plugin("pybtex.backends", "plaintext", plaintext.Backend, force=True)
    Backend.tags[DANISH] = danish_node
    app.add_role("works", WorksRole())
    app.add_post_transform(StatusLines)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
