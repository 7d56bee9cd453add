"""What of the theme's styles is kept, what a page may not hold, which files stay, what the search finds."""

from types import SimpleNamespace

import pytest
from sphinx.errors import ExtensionError

from surveybook.disseminate.sphinx_search import row_title, words_of
from surveybook.disseminate.sphinx_site import FIRST_LOOK, finish_site, forbidden, remove_unnamed
from surveybook.disseminate.style_rules import prune, split_selectors

KEPT = [
    "a{color:red}",
    "html[data-theme=dark] .used{color:red}",
    ".used.also > li::before{content:'{;}'}",
    "#place .used{margin:0}",
    ".used:not(.gone){margin:0}",
    ":is(.gone,.used) p{margin:0}",
    "a[href$='.gone']{margin:0}",
    ":root{--icon:url(\"data:image/svg+xml,%3Csvg xmlns='a{b}'\")}",
    "@media print{.used{margin:0}}",
    "@keyframes turn{from{opacity:0}to{opacity:1}}",
]
DROPPED = [
    ".gone{color:red}",
    ".used .gone{color:red}",
    ".used-longer{color:red}",
    "#gone{color:red}",
    "@media print{.gone{margin:0}}",
    "@supports (display:grid){@media print{.gone{margin:0}}}",
    "@font-face{font-family:Icons;src:url(icons.woff2)}",
    '@import "other.css";',
    "/* .used{} */",
]


def squeezed(css):
    return "".join(css.split())


@pytest.mark.parametrize("rule", KEPT)
def test_a_rule_that_can_match_is_kept(rule):
    assert squeezed(prune(f".gone{{a:b}}{rule}.gone{{a:b}}", {"used", "also"}, {"place"})) == squeezed(rule)


@pytest.mark.parametrize("rule", DROPPED)
def test_a_rule_that_cannot_match_is_dropped(rule):
    assert prune(f"{rule}p{{a:b}}", {"used"}, {"place"}) == "p{a:b}\n"


def test_of_a_list_of_selectors_those_that_can_match_are_kept():
    assert prune(".gone, p, .used:is(a, b){margin:0}", {"used"}, set()) == "p,.used:is(a, b){margin:0}\n"
    assert split_selectors("a, b:is(c, d), e[f='g,h']")[:2] == ["a", "b:is(c, d)"]


def test_a_sheet_that_is_cut_off_is_an_error():
    with pytest.raises(ValueError, match=r"has no end: '\.used'"):
        prune(".used{margin:0", {"used"}, set())


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ('<button onclick="go()">x</button>', "an inline handler: <button onclick='go()'>"),
        ("<svg ONLOAD=go()>", "an inline handler: <svg onload='go()'>"),
        ('<p title="a > b" onfocus="go()">', "an inline handler"),
        ("<script>go()</script>", "a script in the page: <script >"),
        ('<script type="module">go()</script>', "a script in the page"),
        ('<a href=" JavaScript:go()">', "a script as an address"),
    ],
)
def test_what_the_policy_would_stop_is_named(html, said):
    (fault,) = forbidden(f"<main><p>words</p>{html}</main>")
    assert said in fault


@pytest.mark.parametrize(
    "html",
    [
        '<script src="site.js" defer></script>',
        '<script type="application/json">{"a": "<p onclick=1>"}</script>',
        '<script type="application/ld+json">{}</script>',
        '<p title="onclick=go()">onclick="go()" &lt;script&gt;</p>',
    ],
)
def test_data_and_words_are_no_scripts(html):
    assert forbidden(html) == []


def test_the_build_stops_at_a_page_with_a_handler_and_names_both(tmp_path):
    (tmp_path / "chapters").mkdir()
    (tmp_path / "index.html").write_text("<p>fine</p>", encoding="utf-8")
    (tmp_path / "chapters" / "one.html").write_text('<button onclick="go()">x</button>', encoding="utf-8")
    app = SimpleNamespace(builder=SimpleNamespace(format="html"), outdir=tmp_path, config={FIRST_LOOK: False})
    with pytest.raises(ExtensionError, match=r"chapters/one\.html has an inline handler: <button onclick='go\(\)'>"):
        finish_site(app, None)
    finish_site(app, RuntimeError("another fault comes first"))


def test_only_files_that_something_names_stay(tmp_path):
    for name in (
        "site.css",
        "icons/used.svg",
        "icons/other.svg",
        "a.js",
        "b.js",
        "c.js",
        "styles/site.css",
        "b.js.map",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    (tmp_path / "site.css").write_text("p{background:url(icons/used.svg)}", encoding="utf-8")
    (tmp_path / "a.js").write_text('// not c.js\nload("b.js")', encoding="utf-8")
    remove_unnamed(tmp_path, ['<link href="../_static/site.css?v=1"><script src="../_static/a.js">'])
    left = {file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*")}
    assert left == {"site.css", "icons", "icons/used.svg", "a.js", "b.js"}


def test_words_of_two_cells_stay_two_words_and_data_of_a_chart_are_none():
    html = (
        '<table><td>K&oslash;ge</td><td>a &lt; b</td></table><script type="application/json">{"hidden": 1}</script>'
    )
    assert words_of(html) == "Køge a < b"


def test_a_row_is_named_by_its_first_two_cells():
    assert row_title(["Role", "What is your role?", "One of three"]) == "Role: What is your role?"
    assert row_title(["Role", "", "x"]) == "Role"
    long = row_title(["Role", "word " * 100])
    assert len(long) <= 200
    assert long.endswith("word…")
