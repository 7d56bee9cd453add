"""A reference to the glossary carries the first sentence of its entry, as text, hidden until it is asked for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx

WORDS = """# Words

```{glossary}
base
  Those <b>whom</b> a share is "of". A second sentence.

kommune
  A municipality: Dr. Who lives there
```
"""
INDEX = """# Start

A {term}`base`, two {term}`bases <base>`, and a {term}`kommune`; see [words](folder/words.md).

- In a list, a {term}`base`.
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Two pages as Sphinx writes them, and the search index."""
    source, out = tmp_path_factory.mktemp("book"), tmp_path_factory.mktemp("site")
    (source / "folder").mkdir()
    (source / "index.md").write_text(f"{INDEX}\n```{{toctree}}\nfolder/words\n```\n", encoding="utf-8")
    (source / "folder" / "words.md").write_text(WORDS, encoding="utf-8")
    extensions = ["myst_parser", "surveybook.disseminate.sphinx_terms"]
    app = Sphinx(source, None, out, out / ".doctrees", "html", {"extensions": extensions}, status=None, warning=None)
    app.build()
    return out


@pytest.fixture(scope="module")
def links(pages):
    return BeautifulSoup((pages / "index.html").read_text(encoding="utf-8"), "html.parser").select("a.sb-term")


def test_each_reference_names_the_explanation_that_stands_beside_it(links):
    assert [link.get_text() for link in links] == ["base", "bases", "kommune", "base"]
    told = [link.find_next_sibling() for link in links]
    assert [link["aria-describedby"] for link in links] == [element["id"] for element in told]
    assert len({element["id"] for element in told}) == len(told)
    assert all(element.has_attr("hidden") and element["role"] == "tooltip" for element in told)
    assert all(link["href"].startswith("folder/words.html#term-") for link in links)


def test_the_explanation_is_the_first_sentence_as_text(links):
    told = [link.find_next_sibling() for link in links]
    assert told[0].get_text() == "Those whom a share is “of”." and told[0].find() is None
    assert told[2].get_text() == "A municipality: Dr."


def test_a_paragraph_that_holds_a_term_is_as_wide_as_its_explanation_may_be(links):
    assert all("sb-has-terms" in link.parent["class"] for link in links)


def test_explanations_are_not_in_the_search_index_twice_nor_styled_inline(pages):
    html = (pages / "index.html").read_text(encoding="utf-8")
    body = html[html.index("<body") :]
    assert " style=" not in "".join(re.findall(r'<(?:a class="sb-term"|span class="sb-explained")[^>]*>', body))
    index = (pages / "searchindex.js").read_text(encoding="utf-8")
    assert not re.search(r'"municip\w*":\s*\[0', index)


def test_the_look_is_in_the_style_sheet_alone_and_print_leaves_the_word():
    css = (Path(__file__).parents[2] / "scripts/surveybook/disseminate/assets/surveybook.css").read_text("utf-8")
    assert ".sb-term:focus-visible + .sb-explained" in css and ".sb-term:hover + .sb-explained" in css
    printed = "".join(re.findall(r"^@media print \{\n(.*?)^\}", css, re.MULTILINE | re.DOTALL))
    rules = re.findall(r"([^{}]*)\{\s*display: none !important;", printed)
    # With pointer or focus on the term too: those rules outweigh a plainer one.
    shown = (".sb-term + ", ".sb-term:hover + ", ".sb-term:focus-visible + ")
    assert all(any(f"{rule}.sb-explained[hidden]" in found for found in rules) for rule in shown)
