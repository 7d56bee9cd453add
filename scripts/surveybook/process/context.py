"""Read what stands around the surveys: municipalities, types and examples of innovations, events of 2020."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from surveybook.core.errors import SurveybookError
from surveybook.core.paths import find_project
from surveybook.process.codebook import refuse_dangling, unique_rows
from surveybook.process.csv_table import FIRST_DATA_ROW
from surveybook.process.package import DataPackage, load_package

CONTEXT = "the context"
RESOURCES = ("municipalities", "outlines", "innovation-types", "innovations", "timeline")
MAP_SIZE = (1000, 1215)  # the view box of the outlines: from 0, 0 to these, y downwards
CORNERS = 3  # the least that encloses anything
RING = re.compile(r"M(-?\d+),(-?\d+)l([^z]*)z")

Point = tuple[int, int]


class EventKind(StrEnum):
    """What an event is."""

    CASE = "case"
    RESTRICTION = "restriction"
    REOPENING = "reopening"


class DatePrecision(StrEnum):
    """How an event's date is known."""

    DAY = "day"
    SOURCES_DIFFER = "sources differ"
    PART_OF_MONTH = "part of month"


@dataclass(frozen=True)
class Event:
    """One event of 2020. Where its day is not known, it lies from ``date`` to ``end_date``, else None."""

    event_id: str
    date: date
    end_date: date | None
    precision: DatePrecision
    kind: EventKind
    label_en: str
    label_da: str
    note: str


@dataclass(frozen=True)
class InnovationType:
    """One type of innovation, by the number of its row in the article's Table 1."""

    number: int
    label_en: str
    label_da: str
    text_en: str
    text_da: str


@dataclass(frozen=True)
class Innovation:
    """One example; its type by number, its municipality by code. ``note`` is this edition's remark."""

    example_id: str
    type: int
    municipality: str
    text_en: str
    text_da: str
    note: str


@dataclass(frozen=True)
class Outline:
    """A municipality's outline on a map of ``MAP_SIZE`` units: an SVG path, and its rings as corner points."""

    path: str
    rings: tuple[tuple[Point, ...], ...] = field(repr=False)

    @property
    def box(self) -> tuple[int, int, int, int]:
        """The outline's least and largest x, then y."""
        across, down = zip(*(point for ring in self.rings for point in ring), strict=True)
        return min(across), max(across), min(down), max(down)


@dataclass(frozen=True)
class Municipality:
    """One of the municipalities, by its four-digit code."""

    code: str
    name: str
    region: str
    region_code: str
    iso_3166_2: str
    outline: Outline


@dataclass(frozen=True)
class Context:
    """What stands around the surveys; mappings by code or number, all in the order of their files."""

    municipalities: Mapping[str, Municipality] = field(repr=False)
    types: Mapping[int, InnovationType] = field(repr=False)
    innovations: tuple[Innovation, ...] = field(repr=False)
    events: tuple[Event, ...] = field(repr=False)

    def examples(self, number: int) -> list[Innovation]:
        """Return the examples of one type, in the order of the file."""
        return [innovation for innovation in self.innovations if innovation.type == number]


def load_context(data_package: str = "data", *, project_folder: Path | None = None) -> Context:
    """Load the context of a data package, checked.

    Parameters
    ----------
    data_package : str
        The package's folder, relative to the checkout, or absolute.
    project_folder : Path, optional
        A folder inside the checkout; by default the working directory.

    Raises
    ------
    SurveybookError
        A file is missing, changed or broken, a name stands twice or points to nothing, an outline
        is none, or an event ends before it starts.
    """
    return read_context(load_package(find_project(project_folder).data_package(data_package)))


def has_context(package: DataPackage) -> bool:
    """Whether a package has any of the context's files; then it must have them all."""
    return any(name in package.resources for name in RESOURCES)


def read_context(package: DataPackage) -> Context:
    """Read the context's files and check that they fit together; see ``load_context``."""
    municipalities = _municipalities(package)
    types = unique_rows(package, "innovation-types", _type, lambda row: int(row["number"]), CONTEXT)
    innovations = unique_rows(package, "innovations", _innovation, lambda row: row["example_id"], CONTEXT)
    path = package.path(package.resource("innovations"))
    for number, innovation in enumerate(innovations.values(), FIRST_DATA_ROW):
        if innovation.type not in types:
            refuse_dangling(path, number, "type", innovation.type, types, CONTEXT)
        if innovation.municipality not in municipalities:
            refuse_dangling(path, number, "municipality", innovation.municipality, municipalities, CONTEXT)
    events = unique_rows(package, "timeline", _event, lambda row: row["event_id"], CONTEXT)
    _check_events(package.path(package.resource("timeline")), tuple(events.values()))
    return Context(municipalities, types, tuple(innovations.values()), tuple(events.values()))


def _municipalities(package: DataPackage) -> dict[str, Municipality]:
    """Read municipalities and outlines, one for one."""
    rows = unique_rows(package, "municipalities", dict, lambda row: row["code"], CONTEXT)
    paths = unique_rows(package, "outlines", lambda row: row["path"], lambda row: row["code"], CONTEXT)
    path = package.path(package.resource("outlines"))
    outlines = {}
    for number, (code, outline) in enumerate(paths.items(), FIRST_DATA_ROW):
        if code not in rows:
            refuse_dangling(path, number, "code", code, rows, CONTEXT)
        outlines[code] = _outline(path, number, outline)
    for number, (code, row) in enumerate(rows.items(), FIRST_DATA_ROW):
        if code not in outlines:
            raise SurveybookError(
                f"the municipality {row['name']} has no outline",
                file=package.path(package.resource("municipalities")),
                row=number,
                column="code",
                got=code,
                expected=f"a row with this code in {path.name}",
            )
    return {code: Municipality(**row, outline=outlines[code]) for code, row in rows.items()}


def _outline(path: Path, row: int, text: str) -> Outline:
    """Read an SVG path of closed rings: an absolute start, then steps in whole units."""
    rings = []
    for start_x, start_y, steps in RING.findall(text):
        ring = [(int(start_x), int(start_y))]
        for step in steps.split():
            dx, dy = step.split(",")
            ring.append((ring[-1][0] + int(dx), ring[-1][1] + int(dy)))
        rings.append(tuple(ring))
    inside = all(0 <= x <= MAP_SIZE[0] and 0 <= y <= MAP_SIZE[1] for ring in rings for x, y in ring)
    if not rings or RING.sub("", text) or not inside or any(len(set(ring)) < CORNERS for ring in rings):
        raise SurveybookError(
            "an outline is none",
            file=path,
            row=row,
            column="path",
            got=text if len(text) <= 60 else f"{text[:60]}...",
            expected=f"closed rings of at least {CORNERS} corners, inside 0 to {MAP_SIZE[0]} by 0 to {MAP_SIZE[1]}",
        )
    return Outline(text, tuple(rings))


def _type(row: dict) -> InnovationType:
    return InnovationType(**{**row, "number": int(row["number"])})


def _innovation(row: dict) -> Innovation:
    return Innovation(**{**row, "type": int(row["type"])})


def _event(row: dict) -> Event:
    return Event(
        **{name: row[name] for name in ("event_id", "label_en", "label_da", "note")},
        date=date.fromisoformat(row["date"]),
        end_date=date.fromisoformat(row["end_date"]) if row["end_date"] else None,
        precision=DatePrecision(row["precision"]),
        kind=EventKind(row["kind"]),
    )


def _check_events(path: Path, events: tuple[Event, ...]) -> None:
    for number, event in enumerate(events, FIRST_DATA_ROW):
        if event.end_date and event.end_date < event.date:
            raise SurveybookError(
                f"the event {event.event_id} ends before it starts",
                file=path,
                row=number,
                column="end_date",
                got=event.end_date.isoformat(),
                expected=f"{event.date} or later",
            )
        if (event.end_date is not None) != (event.precision == DatePrecision.PART_OF_MONTH):
            raise SurveybookError(
                f"the precision and the dates of the event {event.event_id} do not fit together",
                file=path,
                row=number,
                column="end_date",
                got=event.end_date.isoformat() if event.end_date else "",
                expected=f"a date where the precision is {DatePrecision.PART_OF_MONTH}, and none elsewhere",
            )
        if event.precision != DatePrecision.DAY and not event.note:
            raise SurveybookError(
                f"the event {event.event_id} has a date that is not sure, and no note",
                file=path,
                row=number,
                column="note",
                got="",
                expected="what is known of its date",
            )
