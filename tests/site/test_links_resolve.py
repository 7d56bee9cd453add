"""Every link inside the site leads to a page that is there, and to a place on it."""

import html
import re
from urllib.parse import unquote

import pytest

LINK = re.compile(r'<a\b[^>]*?\shref="([^"]+)"')
NAME = re.compile(r'\bid="([^"]+)"')


@pytest.fixture(scope="module")
def names(site):
    """The names on each page that a link can lead to."""
    return {
        page.resolve(): {html.unescape(name) for name in NAME.findall(page.read_text("utf-8"))}
        for page in site.rglob("*.html")
    }


def test_every_link_leads_to_a_page_and_a_place_on_it(site, names):
    dead = set()
    for page in names:
        for found in LINK.findall(page.read_text("utf-8")):
            address = html.unescape(found)
            if re.match(r"[a-z]+:", address):
                continue
            file, _, anchor = address.partition("#")
            target = (page.parent / unquote(file.partition("?")[0])).resolve() if file else page
            if not target.is_file() or (anchor and target in names and unquote(anchor) not in names[target]):
                dead.add((page.name, address))
    assert sorted(dead) == []


def test_links_were_looked_at(names):
    claims = next(page for page in names if page.name == "claims.html")
    assert "item-fh-trust_from_above" in names[claims.with_name("codebook.html")]
    assert 'href="../../chapters/appendix/codebook.html#item-fh-trust_from_above"' in claims.read_text("utf-8")
