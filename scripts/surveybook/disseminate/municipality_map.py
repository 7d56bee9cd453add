"""A quiet map of the municipalities as SVG, with some of them marked and linked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, cos, dist, inf, pi, sin

from surveybook.process.context import MAP_SIZE, Municipality, Outline, Point

MARGIN = 8  # units around the outlines
SEA = 60  # units more on the right, where the marks of København stand
RADIUS = 42  # of a mark: at least 24 CSS pixels across where the map is 312 pixels wide
GAP = 8  # between two marks
SMALL = 100  # an outline less wide or high than this would be hidden by its mark, which stands beside it
STEPS = (62, 74, 86, 98, 112, 128, 146, 166, 190)  # how far beside, in units; the first that is free
ANGLES = 24
INSET = "0400"  # Bornholm, which lies far to the east
INSET_ROOM = 16
ON_MARKED, ON_LAND = 60.0, 30.0  # what hiding a marked outline, or other land, costs in units of distance
CELL = 12  # units of the grid by which it is told what a mark would hide


@dataclass(frozen=True)
class Mark:
    """One marked municipality: ``text`` stands in its mark, ``name`` is said aloud, ``href`` is where it leads."""

    mark_id: str
    code: str
    text: str
    name: str
    href: str


def map_svg(municipalities: Mapping[str, Municipality], marks: Sequence[Mark], *, label: str) -> str:
    """Write the map; every text is escaped.

    Its classes are ``sb-map``, ``sb-map-land``, ``sb-map-inset``, and in each link ``sb-map-shape``,
    ``sb-map-leader``, ``sb-map-dot`` and ``sb-map-text``. Coordinates are units of ``MAP_SIZE``.
    """
    width, height = MAP_SIZE[0] + 2 * MARGIN + SEA, MAP_SIZE[1] + 2 * MARGIN
    marked = {mark.code for mark in marks}
    land = "".join(
        f'<path d="{escape(one.outline.path)}"/>' for code, one in municipalities.items() if code not in marked
    )
    places = place_marks(municipalities, [mark.code for mark in marks])
    links = "\n".join(
        _link(mark, municipalities[mark.code].outline, *place) for mark, place in zip(marks, places, strict=True)
    )
    inset = _inset(municipalities[INSET].outline) if INSET in municipalities else ""
    return f"""<svg class="sb-map" viewBox="{-MARGIN} {-MARGIN} {width} {height}" width="{width}" height="{height}" \
role="group" aria-label="{escape(label)}">
<g class="sb-map-land" aria-hidden="true">{land}{inset}</g>
{links}
</svg>"""


def _link(mark: Mark, outline: Outline, centre: tuple[float, float], at: tuple[float, float]) -> str:
    (x, y), (text_x, text_y) = (round(part) for part in centre), (round(part) for part in at)
    leader = f'<path class="sb-map-leader" d="M{x},{y}L{text_x},{text_y}"/>' if (x, y) != (text_x, text_y) else ""
    return f"""<a id="{escape(mark.mark_id)}" href="{escape(mark.href)}" aria-label="{escape(mark.name)}">\
<g aria-hidden="true"><title>{escape(mark.name)}</title>\
<path class="sb-map-shape" d="{escape(outline.path)}"/>{leader}\
<circle class="sb-map-dot" cx="{text_x}" cy="{text_y}" r="{RADIUS}"/>\
<text class="sb-map-text" x="{text_x}" y="{text_y}" dy="0.35em" text-anchor="middle">{escape(mark.text)}</text>\
</g></a>"""


def _inset(outline: Outline) -> str:
    left, right, top, bottom = outline.box
    return (
        f'<rect class="sb-map-inset" x="{left - INSET_ROOM}" y="{top - INSET_ROOM}" '
        f'width="{right - left + 2 * INSET_ROOM}" height="{bottom - top + 2 * INSET_ROOM}"/>'
    )


def place_marks(
    municipalities: Mapping[str, Municipality], codes: Sequence[str]
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Give each marked municipality its middle, and a place for its mark that no other mark overlaps.

    The mark stands in the middle of a large outline, and beside a small one, preferably at sea. Marks of
    large outlines are placed first; a municipality that is marked twice has two places.
    """
    middles = [_middle(municipalities[code].outline) for code in codes]
    order = sorted(range(len(codes)), key=lambda k: (_is_small(municipalities[codes[k]].outline), k))
    grid = _land(municipalities, set(codes))
    places: dict[int, tuple[float, float]] = {}
    for number in order:
        is_small = _is_small(municipalities[codes[number]].outline)
        places[number] = _free_place(middles[number], is_small, list(places.values()), grid)
    return [(middles[number], places[number]) for number in range(len(codes))]


def _is_small(outline: Outline) -> bool:
    left, right, top, bottom = outline.box
    return min(right - left, bottom - top) < SMALL


def _free_place(
    middle: tuple[float, float], is_small: bool, taken: Sequence[tuple[float, float]], land: dict[Point, float]
) -> tuple[float, float]:
    """The middle itself, or the cheapest place beside it: near, over the sea, and off the other marks."""

    def is_free(place: tuple[float, float]) -> bool:
        return all(dist(place, other) >= 2 * RADIUS + GAP for other in taken)

    if not is_small and is_free(middle):
        return middle
    best, least = middle, inf
    for step in STEPS:
        if step >= least:
            break
        for number in range(ANGLES):
            angle = 2 * pi * number / ANGLES
            place = (middle[0] + step * cos(angle), middle[1] + step * sin(angle))
            if _is_on_map(place) and is_free(place) and (cost := step + _hidden(place, land)) < least:
                best, least = place, cost
    return best


def _is_on_map(place: tuple[float, float]) -> bool:
    ends = (MAP_SIZE[0] + SEA, MAP_SIZE[1])
    return all(RADIUS - MARGIN <= part <= end + MARGIN - RADIUS for part, end in zip(place, ends, strict=True))


def _hidden(place: tuple[float, float], land: dict[Point, float]) -> float:
    """What a mark would hide, as the mean cost of the cells below it."""
    reach = RADIUS // CELL
    column, row = (int(part // CELL) for part in place)
    cells = [
        (column + right, row + down)
        for right in range(-reach, reach + 1)
        for down in range(-reach, reach + 1)
        if right * right + down * down <= reach * reach
    ]
    return sum(land.get(cell, 0.0) for cell in cells) / len(cells)


def _land(municipalities: Mapping[str, Municipality], marked: set[str]) -> dict[Point, float]:
    """The cells, by column and row, whose middle is land, and what it costs to hide each."""
    land = {}
    for code, one in municipalities.items():
        cost = ON_MARKED if code in marked else ON_LAND
        land |= dict.fromkeys((cell for ring in one.outline.rings for cell in _cells(ring)), cost)
    return land


def _cells(ring: Sequence[Point]) -> list[Point]:
    """The cells whose middle lies in a ring: along each row, between every two edges that are crossed."""
    found = []
    heights = [y for _, y in ring]
    for row in range(min(heights) // CELL, max(heights) // CELL + 1):
        y = (row + 0.5) * CELL
        crossed = sorted(
            x1 + (y - y1) / (y2 - y1) * (x2 - x1) for (x1, y1), (x2, y2) in _edges(ring) if (y1 > y) != (y2 > y)
        )
        for left, right in zip(crossed[::2], crossed[1::2], strict=True):
            found += [(column, row) for column in range(ceil(left / CELL - 0.5), ceil(right / CELL - 0.5))]
    return found


def _edges(ring: Sequence[Point]) -> list[tuple[Point, Point]]:
    return list(zip(ring, (*ring[1:], ring[0]), strict=True))


def _middle(outline: Outline) -> tuple[float, float]:
    """The centroid of the largest ring."""
    ring = max(outline.rings, key=lambda ring: abs(_doubled_area(ring)))
    area = _doubled_area(ring)
    x = y = 0.0
    for (x1, y1), (x2, y2) in _edges(ring):
        cross = x1 * y2 - x2 * y1
        x, y = x + (x1 + x2) * cross, y + (y1 + y2) * cross
    return (x / (3 * area), y / (3 * area)) if area else tuple(map(float, ring[0]))


def _doubled_area(ring: Sequence[Point]) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in _edges(ring))
