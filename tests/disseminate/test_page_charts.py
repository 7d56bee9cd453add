"""What a page holds of a chart draws what the whole one draws, and says as text what that one says in its picture."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from copy import deepcopy
from functools import cache
from pathlib import Path

import pytest
import vl_convert

from surveybook.disseminate import figure_shares
from surveybook.disseminate.page_chart import make_page_chart

VEGALITE = "application/vnd.vegalite.v6+json"
CHAPTERS = Path(__file__).resolve().parents[2] / "chapters"
WIDTH = 440
# One committed figure of each kind: shares, an open one, a scale, a curve, lines, counts, bars, a timeline.
KINDS = (
    *("drivers-room", "known-extent-answers", "extent", "extent-tipping-point", "power", "respondents"),
    *("what-is-known", "two-themes-printed", "computed-and-printed", "timeline"),
)
WITHOUT_KEY = ("extent", "extent-tipping-point", "power", "respondents")


@cache
def committed_specs() -> dict[str, dict]:
    """The whole specifications of the committed charts, by the figure's name."""
    found = {}
    for path in CHAPTERS.rglob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                if spec := output.get("data", {}).get(VEGALITE):
                    found[spec["usermeta"]["surveybook"]["id"]] = spec
    return {name: {key: value for key, value in spec.items() if key != "usermeta"} for name, spec in found.items()}


@pytest.fixture(params=KINDS)
def whole(request):
    return deepcopy(committed_specs()[request.param])


def every(part) -> list[dict]:
    """Every object in a specification."""
    if isinstance(part, dict):
        return [part, *(one for value in part.values() for one in every(value))]
    return [one for value in part for one in every(value)] if isinstance(part, list) else []


def picture(spec: dict, config: dict) -> ElementTree.Element:
    """A specification drawn without its title, and with the fourth replicate, if it can draw one."""
    spec = {key: value for key, value in spec.items() if key != "title"} | {"width": WIDTH, "config": config}
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    if "params" in spec:
        spec["params"] = [{**spec["params"][0], "value": 3}]
    return ElementTree.fromstring(vl_convert.vegalite_to_svg(spec, vl_version="6.4"))


def rounded(text: str) -> str:
    """A place or an outline, to a hundredth of a pixel."""
    return re.sub(r"-?\d+\.\d+", lambda found: f"{float(found[0]) + 0:.2f}".removesuffix(".00"), text)


def drawn(element: ElementTree.Element, group: str = "", places: tuple = ()) -> list[tuple]:
    """What a picture draws: in the key, in a zone or elsewhere ("key", "zone", ""); where; how; its words."""
    found = []
    for child in element:
        kind, moved = child.get("class", ""), child.get("transform", "translate(0,0)")
        if "background" in kind or child.tag.endswith("}rect"):  # the paper
            continue
        named = re.search(r"\b(key|zone)\d+\w*_marks", kind)
        inside, at = named[1] if named else group, (*places, *([] if moved == "translate(0,0)" else [rounded(moved)]))
        if child.tag.endswith("}g"):
            found += drawn(child, inside, at)
        elif not child.tag.endswith("}defs"):
            shown = [item for item in child.items() if not item[0].startswith(("aria", "class", "role", "transform"))]
            look = tuple((key, rounded(value)) for key, value in sorted(shown))
            found.append((inside, at, look, "".join(child.itertext())))
    return found


# Nothing is lost


def without_key(whole: dict) -> dict:
    """A whole specification without the layers of its key, whose words would make it wider."""
    return {**whole, "layer": [one for one in whole["layer"] if not one.get("name", "").startswith("key")]}


def test_a_page_draws_what_the_whole_chart_draws_without_its_key(whole):
    expected = drawn(picture(without_key(whole), whole["config"]))
    assert len(expected) > 3
    found = drawn(picture(make_page_chart(whole).spec, whole["config"]))
    assert [mark[1:] for mark in found] == [mark[1:] for mark in expected]


def test_a_page_is_lower_by_its_key_alone(whole):
    lines = len([mark for mark in drawn(picture(whole, whole["config"])) if mark[0] == "key"]) // 2
    assert whole["height"] - make_page_chart(whole).spec["height"] == 18 * lines


def test_the_whole_specification_is_left_as_it_is(whole):
    before = json.dumps(whole)
    make_page_chart(whole)
    assert json.dumps(whole) == before


# What a page leaves to its text and to the one chart style


def test_a_page_holds_no_title_style_key_or_tooltip(whole):
    page = make_page_chart(whole).spec
    assert not {"title", "config", "$schema", "autosize", "usermeta"} & page.keys()
    assert [one for one in every(page) if "tooltip" in one] == []
    names = [layer.get("name", "") for layer in page["layer"]]
    assert [name for name in names if name and not re.fullmatch(r"zone\d", name)] == [] and "zone0" in names


def test_a_page_holds_no_field_that_nothing_draws(whole):
    page = make_page_chart(whole).spec
    rows = [row for rows in page["datasets"].values() for row in rows]
    text = json.dumps({key: value for key, value in page.items() if key != "datasets"})
    fields = {field for row in rows for field in row}
    assert fields and [field for field in fields if not re.search(rf"\b{field}\b", text)] == []
    # of what only the tooltips told, nothing is left
    assert not fields & {"question", "rests", "range", "base", "note", "date"}
    assert set(page["datasets"]) == {layer.get("data", page["data"])["name"] for layer in page["layer"]}


def test_a_chart_of_one_item_takes_at_most_two_kilobytes_of_its_page():
    page = make_page_chart(committed_specs()["drivers-room"])
    assert len(json.dumps(page.spec, ensure_ascii=False, separators=(",", ":")).encode()) <= 2048


# The key


def test_the_lines_of_a_key_are_those_that_the_whole_picture_has(whole):
    words = [text for group, *_, text in drawn(picture(whole, whole["config"])) if group == "key" and text]
    keys = make_page_chart(whole).keys
    assert [key.text for key in keys] == words
    marks = [layer["mark"] for layer in whole["layer"] if re.fullmatch(r"key\d+", layer.get("name", ""))]
    assert [(key.style, list(key.dash)) for key in keys] == [(m["style"], m.get("strokeDash", [])) for m in marks]


@pytest.mark.parametrize("name", WITHOUT_KEY)
def test_a_chart_without_a_key_keeps_its_height(name):
    whole = committed_specs()[name]
    page = make_page_chart(whole)
    assert page.keys == () and page.spec["height"] == whole["height"]


# What marks say


def test_marks_say_what_the_tooltips_said_in_their_order(whole):
    expected = []
    for layer in whole["layer"]:
        for row in whole["datasets"][layer.get("data", whole.get("data"))["name"]]:
            told = [(one["title"], row.get(one["field"])) for one in layer["encoding"].get("tooltip", [])]
            expected += [[(title, str(said)) for title, said in told if said not in (None, "")]] if told else []
    page = make_page_chart(whole)
    assert [list(mark) for mark in page.marks] == expected
    assert len(page.marks) == len([mark for mark in drawn(picture(page.spec, whole["config"])) if mark[0] == "zone"])


@pytest.fixture(scope="module")
def two(simulated):
    """A chart of two shares that print fixes."""
    return figure_shares(simulated, "vive", ["motivation", "room"], figure_id="two", title="Two")


def test_a_mark_says_category_share_interval_base_question_and_what_it_rests_on(two):
    first, second = (dict(mark) for mark in make_page_chart(two.spec).marks)
    assert list(first) == ["Item", "Share", "Everyone", "Base", "Question", "Rests on"]
    assert (first["Item"], first["Share"]) == ("Positive for employees' motivation", "71 percent")
    assert (second["Item"], second["Share"]) == ("More professional room for manoeuvre", "52 percent")
    assert second["Everyone"].startswith("45 to 59 percent if the silent are like those who answered; ")
    assert second["Base"] == "base not published; we assume at least 160"
    assert second["Question"].endswith("Employees had more professional room for manoeuvre.")
    assert first["Rests on"] == second["Rests on"] == "Fixed by print"


def test_marks_stand_from_top_to_bottom_as_they_are_told(two):
    page = make_page_chart(two.spec)
    svg = picture(page.spec, two.spec["config"])
    tops = [
        [float(number) for number in re.findall(r"-?[\d.]+", dict(look)["d"])][1]
        for group, _, look, _ in drawn(svg)
        if group == "zone"
    ]
    labels = [text for *_, text in drawn(svg) if text in [dict(mark)["Item"] for mark in page.marks]]
    assert tops == sorted(tops) and len(set(tops)) == 2
    assert labels == [dict(mark)["Item"] for mark in page.marks]


def made_up(*encodings: dict) -> dict:
    """A chart of layers with these places, the last of which answers to the pointer."""
    layers = [{"mark": {"type": "rule"}, "data": {"name": "rows"}, "encoding": one} for one in encodings]
    layers[-1]["mark"]["style"] = "sb-zone"
    layers[-1]["encoding"]["tooltip"] = [{"field": field, "title": field.upper()} for field in ("a", "b", "c")]
    layers[-1]["mark"]["tooltip"] = True
    return {
        "height": 40,
        "width": "container",
        "layer": layers,
        "datasets": {"rows": [{"a": 1.0, "b": None, "c": ""}]},
    }


SCALE = {"domain": [0, 100]}


def test_a_mark_leaves_out_what_its_row_does_not_say():
    page = make_page_chart(made_up({"x": {"field": "a", "type": "quantitative"}}))
    assert page.marks == ((("A", "1.0"),),)
    assert page.spec["datasets"] == {"d0": [{"a": 1}]}


def test_what_all_layers_share_of_a_place_stands_once():
    places = [{"x": {"field": field, "scale": SCALE, "type": "quantitative"}} for field in ("a", "c")]
    page = make_page_chart(made_up(*places)).spec
    assert page["encoding"] == {"x": {"scale": SCALE, "type": "quantitative"}}
    assert [layer["encoding"]["x"] for layer in page["layer"]] == [{"field": "a"}, {"field": "c"}]


def test_a_layer_with_a_constant_place_keeps_it():
    page = make_page_chart(made_up({"x": {"value": 7}}, {"x": {"field": "a", "scale": SCALE}})).spec
    assert page["layer"][0]["encoding"]["x"] == {"value": 7}
    assert page["encoding"] == {"x": {"scale": SCALE}}


def test_nothing_is_taken_from_layers_of_which_one_has_no_such_place():
    """It would inherit a place that it does not have."""
    x, y = {"field": "a", "scale": SCALE}, {"field": "c", "scale": SCALE}
    page = make_page_chart(made_up({"x": dict(x)}, {"x": dict(x), "y": dict(y)})).spec
    assert page["encoding"] == {"x": {"scale": SCALE}}
    assert [layer["encoding"].get("y") for layer in page["layer"]] == [None, y]


def test_nothing_is_taken_from_layers_that_differ():
    x = {"field": "a", "scale": SCALE}
    other = {"field": "c", "scale": {"domain": [0, 1]}}
    page = make_page_chart(made_up({"x": dict(x)}, {"x": dict(other)})).spec
    assert "encoding" not in page
    assert [layer["encoding"]["x"] for layer in page["layer"]] == [x, other]
