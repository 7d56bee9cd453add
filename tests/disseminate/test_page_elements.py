"""What comes from data is text on the page, never markup."""

from __future__ import annotations

import json
import re

from surveybook.disseminate.sphinx_figures import figure_html

HOSTILE = '</script><script>alert(1)</script> & "quoted" <b>bold</b> {role}`x`'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="440" height="219.6" viewBox="0 0 440 220"></svg>'


def test_hostile_labels_show_as_themselves():
    about = dict.fromkeys(("title", "alt", "caption", "rests", "base"), HOSTILE)
    html = figure_html(
        {**about, "id": "f", "table": [[HOSTILE, "b"], [HOSTILE, HOSTILE]]}, {"t": HOSTILE}, SVG, "../"
    )
    assert html.count("<script") == 1 and html.count("</script>") == 1
    assert "<b>" not in html
    spec = re.search(r'class="sb-spec">(.*?)</script>', html, re.DOTALL).group(1)
    assert json.loads(spec) == {"t": HOSTILE}


def test_the_picture_has_its_size_so_that_nothing_jumps():
    about = dict.fromkeys(("title", "alt", "caption", "rests", "base"), "x")
    html = figure_html({**about, "id": "f", "table": [["a"], ["b"]]}, {}, SVG, "")
    assert 'src="_static/figures/f.svg" width="440" height="220"' in html
