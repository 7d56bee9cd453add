"""What a page holds of a chart: what its script needs to draw it, and what each of its marks says.

The title, the key and what the marks say are text of the page, so that they are read, found and
enlarged like any other; the chart style is one file for all charts.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from dataclasses import dataclass

from surveybook.disseminate.charts import KEY, KEY_LINE, ZONE, Key

STYLED = ("$schema", "autosize", "config", "title")  # the same for every chart, or text of the page
FIELD = re.compile(r"datum\.(\w+)")
POSITIONS = ("x", "y")


@dataclass(frozen=True)
class PageChart:
    """A chart without title, key, style and tooltips.

    ``marks`` says for each mark that answers to the pointer, in the order in which they are drawn,
    what it tells: pairs of a name and a text. ``keys`` are the lines of the key.
    """

    spec: dict
    marks: tuple[tuple[tuple[str, str], ...], ...]
    keys: tuple[Key, ...]


def make_page_chart(spec: dict) -> PageChart:
    """Take from a whole specification what a page needs of it.

    Parameters
    ----------
    spec : dict
        A layered Vega-Lite specification as ``charts.finish`` makes it, with data by name.
    """
    layers = deepcopy(spec["layer"])
    keys = _keys([layer for layer in layers if layer.get("name", "").startswith(KEY)])
    layers = [layer for layer in layers if not layer.get("name", "").startswith(KEY)]
    height = spec["height"] - KEY_LINE * len(keys)
    marks = []
    for layer in layers:
        _lower(layer, spec["height"], height)
        if layer["mark"].get("style") == ZONE:
            data = layer.get("data", spec.get("data"))
            marks += _told(layer["encoding"].pop("tooltip"), spec["datasets"][data["name"]])
            del layer["mark"]["tooltip"]
            layer["name"] = f"zone{sum('name' in one for one in layers)}"
    shared = {channel: common for channel in POSITIONS if (common := _hoist(layers, channel))}
    page = {key: value for key, value in spec.items() if key not in (*STYLED, "layer", "datasets")}
    page |= {"height": height, "layer": layers} | ({"encoding": shared} if shared else {})
    return PageChart(_named(page, spec["datasets"]), tuple(marks), keys)


def _keys(layers: list[dict]) -> tuple[Key, ...]:
    """The lines of a key, each drawn as a mark and a text."""
    pairs = zip(layers[::2], layers[1::2], strict=True)
    return tuple(
        Key(mark["mark"]["style"], text["encoding"]["text"]["value"], tuple(mark["mark"].get("strokeDash", ())))
        for mark, text in pairs
    )


def _lower(layer: dict, before: float, after: float) -> None:
    """Take the key's height from a scale of pixels."""
    scale = layer["encoding"].get("y", {}).get("scale", {})
    if scale and scale.get("domain") == [before, 0]:
        scale["domain"] = [after, 0]


def _told(tooltip: list[dict], rows: list[dict]) -> list[tuple[tuple[str, str], ...]]:
    return [
        tuple((one["title"], str(row[one["field"]])) for one in tooltip if row.get(one["field"]) not in (None, ""))
        for row in rows
    ]


def _hoist(layers: list[dict], channel: str) -> dict:
    """Take from all layers what their places on a channel have in common, and return it.

    In Vega-Lite a layer inherits what it does not say itself of a place by field.
    """
    places = [layer["encoding"].get(channel) for layer in layers]
    if any(place is None for place in places):
        return {}
    by_field = [place for place in places if "field" in place]
    if not by_field:
        return {}
    common = {
        key: value
        for key, value in by_field[0].items()
        if key != "field" and all(key in place and place[key] == value for place in by_field)
    }
    for place in by_field:
        for key in common:
            del place[key]
    return common


def _named(page: dict, datasets: dict[str, list[dict]]) -> dict:
    """Give the data short names, and leave out fields that nothing draws."""
    used = _fields(page)
    short = {name: f"d{number}" for number, name in enumerate(datasets)}
    drawn = [part.pop("data", page.get("data"))["name"] for part in page["layer"]]
    most = max(drawn, key=drawn.count)  # layers inherit the data that most of them draw
    for part, name in zip(page["layer"], drawn, strict=True):
        if name != most:
            part["data"] = {"name": short[name]}
    page["data"] = {"name": short[most]}
    page["datasets"] = {
        short[name]: [{key: _whole(value) for key, value in row.items() if key in used} for row in datasets[name]]
        for name in dict.fromkeys(drawn)
    }
    return page


def _whole(value: object) -> object:
    """A whole number without its decimal."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _fields(page: dict) -> set[str]:
    """The fields that a specification draws, or computes with."""
    text = json.dumps(page)
    return {*FIELD.findall(text), *re.findall(r'"field": "(\w+)"', text)}
