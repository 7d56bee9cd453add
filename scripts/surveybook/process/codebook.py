"""Read the item codebook and the published figures, and check that they fit together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.model import (
    GAPS,
    Codebook,
    Item,
    ItemType,
    MissingKind,
    Option,
    OptionSet,
    Precision,
    PublishedFigure,
    Survey,
)
from surveybook.process.csv_table import FIRST_DATA_ROW
from surveybook.process.package import DataPackage

RESPONSE = "response"  # the pseudo-item of the counts invited, answered, municipalities, open answers
RESPONSE_SETS = ("invited", "answered", "municipalities", "open_answers")
ITEM_FIELDS = [
    "survey",
    "item",
    "stem",
    "label_en",
    "label_da",
    "wording_en",
    "wording_da",
    "wording_status",
    "universe",
    "base_status",
    "options_status",
    "asked",
]
SURVEY_FIELDS = [
    "survey",
    "label_en",
    "label_da",
    "population_en",
    "population_da",
    "field_period_en",
    "field_period_da",
    "mode",
    "citation",
]


def read_codebook(package: DataPackage) -> Codebook:
    """Read surveys, items, options and option sets.

    Raises
    ------
    SurveybookError
        A name that stands twice, or one that points to nothing.
    """
    return Codebook(
        surveys=_unique(package, "surveys", _survey, lambda survey: survey.survey),
        options=_lists(package, "options", _option),
        option_sets=_lists(package, "option-sets", _option_set),
        items=_items(package),
    )


def read_published(package: DataPackage, codebook: Codebook) -> tuple[PublishedFigure, ...]:
    """Read the printed figures; each names an item and an option set of the codebook."""
    resource = package.resource("published-figures")
    path = package.path(resource)
    figures = []
    for number, row in enumerate(package.read(resource).to_dict("records"), FIRST_DATA_ROW):
        if row["survey"] not in codebook.surveys:
            _dangling(path, number, "survey", row["survey"], codebook.surveys)
        if row["item"] == RESPONSE:
            if row["option_set"] not in RESPONSE_SETS:
                _dangling(path, number, "option_set", row["option_set"], RESPONSE_SETS)
        elif (row["survey"], row["item"]) not in codebook.items:
            _dangling(path, number, "item", row["item"], [i.item for i in codebook.survey_items(row["survey"])])
        else:
            item = codebook.items[row["survey"], row["item"]]
            names = [named.option_set for named in codebook.option_sets.get(item.option_list or "", ())]
            if row["option_set"] not in names:
                _dangling(path, number, "option_set", row["option_set"], names)
        figures.append(_figure(row))
    return tuple(figures)


def _figure(row: dict) -> PublishedFigure:
    text = (
        "figure_id",
        "survey",
        "item",
        "option_set",
        "unit",
        "word_en",
        "word_da",
        "kind",
        "source",
        "place",
    )
    return PublishedFigure(
        **{name: row[name] for name in text},
        same_claim_as=row["same_claim_as"] or None,
        value=float(row["value"]),
        low=float(row["low"]) if row["low"] else None,
        high=float(row["high"]) if row["high"] else None,
        precision=Precision(row["precision"]),
        base_n=_whole(row["base_n"]),
    )


def _whole(cell: str) -> int | None:
    return int(cell) if cell else None


def _survey(row: dict) -> Survey:
    return Survey(
        **{name: row[name] for name in SURVEY_FIELDS},
        population_size=_whole(row["population_size"]),
        sample_size=_whole(row["sample_size"]),
    )


def _option(row: dict) -> Option:
    return Option(
        value=row["value"],
        label_en=row["label_en"],
        label_da=row["label_da"],
        order=int(row["order"]),
        missing_kind=MissingKind(row["missing_kind"]) if row["missing_kind"] else None,
    )


def _option_set(row: dict) -> OptionSet:
    return OptionSet(
        option_set=row["option_set"],
        values=frozenset(row["values"].split()),
        label_en=row["label_en"],
        label_da=row["label_da"],
        order=int(row["order"]),
        side=row["side"],
    )


def _item(row: dict) -> Item:
    return Item(
        **{name: row[name] for name in ITEM_FIELDS},
        type=ItemType(row["type"]),
        column=row["column"] or None,
        option_list=row["option_list"] or None,
        headline_set=row["headline_set"] or None,
        base_rule=row["base_rule"] or None,
        assumed_bases=tuple(int(base) for base in row["assumed_bases"].split()),
    )


def _unique(package: DataPackage, name: str, make: Callable, key: Callable) -> dict:
    resource = package.resource(name)
    made: dict = {}
    for number, row in enumerate(package.read(resource).to_dict("records"), FIRST_DATA_ROW):
        value = make(row)
        if key(value) in made:
            raise SurveybookError(
                "a name stands twice in the codebook",
                file=package.path(resource),
                row=number,
                got=key(value),
                expected="each name once",
            )
        made[key(value)] = value
    return made


def _lists(package: DataPackage, name: str, make: Callable) -> dict:
    table: pd.DataFrame = package.read(package.resource(name))
    lists: dict[str, list] = {}
    for row in table.to_dict("records"):
        lists.setdefault(row["option_list"], []).append(make(row))
    return {key: tuple(sorted(values, key=lambda value: value.order)) for key, values in lists.items()}


def _items(package: DataPackage) -> dict[tuple[str, str], Item]:
    items = _unique(package, "items", _item, lambda item: (item.survey, item.item))
    path = package.path(package.resource("items"))
    lists = set(package.read(package.resource("options"))["option_list"])
    surveys = set(package.read(package.resource("surveys"))["survey"])
    for number, item in enumerate(items.values(), FIRST_DATA_ROW):
        if item.survey not in surveys:
            _dangling(path, number, "survey", item.survey, surveys)
        if item.option_list and item.option_list not in lists:
            _dangling(path, number, "option_list", item.option_list, lists)
    _check_option_sets(package)
    return items


def _check_option_sets(package: DataPackage) -> None:
    resource = package.resource("option-sets")
    options = package.read(package.resource("options"))
    countable = options[(options["missing_kind"] == "") | (options["missing_kind"] == MissingKind.DONT_KNOW)]
    for number, row in enumerate(package.read(resource).to_dict("records"), FIRST_DATA_ROW):
        known = set(countable.loc[countable["option_list"].isin([row["option_list"], GAPS]), "value"])
        for value in row["values"].split():
            if value not in known:
                _dangling(package.path(resource), number, "values", value, known)


def _dangling(path: Path, row: int, column: str, got: str, known) -> None:
    raise SurveybookError(
        "a name points to nothing in the codebook",
        file=path,
        row=row,
        column=column,
        got=got,
        expected=one_of(known),
    )
