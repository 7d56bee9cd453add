"""Read the item codebook and the published figures, and check that they fit together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.model import (
    GAPS,
    RESPONSE,
    RESPONSE_SETS,
    Codebook,
    FigureKind,
    Item,
    ItemType,
    MissingKind,
    Option,
    OptionSet,
    Precision,
    PublishedFigure,
    Sampling,
    Survey,
    Use,
)
from surveybook.core.reads import in_parts, note, without_texts
from surveybook.process.csv_table import FIRST_DATA_ROW
from surveybook.process.package import DataPackage

CODEBOOK = "the codebook"
STRUCTURE = "codebook without its words"  # how reading it is noted
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
    "response_note",
    "field_period_en",
    "field_period_da",
    "field_precision",
    "looks_back_status",
    "mode",
    "commissioned_by",
    "held_by",
    "terms",
    "citation",
]


def read_codebook(package: DataPackage) -> Codebook:
    """Read surveys, items, options and option sets.

    Raises
    ------
    SurveybookError
        A name that stands twice, or one that points to nothing.
    """
    with in_parts():
        codebook = _read_tables(package)
    note(STRUCTURE, lambda: codebook_structure(codebook))
    return codebook


def codebook_structure(codebook: Codebook) -> str:
    """All of a codebook but its words, which are noted one by one; see ``reads.Text``."""
    return "\n".join(without_texts(row) for row in codebook.rows)


def _read_tables(package: DataPackage) -> Codebook:
    options = _lists(unique_rows(package, "options", _option, lambda row: (row["option_list"], row["value"])))
    if GAPS not in options:
        raise SurveybookError(
            "the kinds of gap are missing from the codebook",
            file=package.path(package.resource("options")),
            column="option_list",
            expected=f"an option list named {GAPS}",
        )
    codebook = Codebook(
        surveys=unique_rows(package, "surveys", _survey, lambda row: row["survey"]),
        options=options,
        option_sets=_lists(
            unique_rows(package, "option-sets", _option_set, lambda row: (row["option_list"], row["option_set"]))
        ),
        items=unique_rows(package, "items", _item, lambda row: (row["survey"], row["item"])),
    )
    _check_surveys(package, codebook)
    _check_items(package, codebook)
    _check_option_sets(package, codebook)
    return codebook


def read_published(package: DataPackage, codebook: Codebook) -> tuple[PublishedFigure, ...]:
    """Read the printed figures; each names an item and an option set of the codebook."""
    resource = package.resource("published-figures")
    path = package.path(resource)
    rows = package.read(resource).to_dict("records")
    by_id = {row["figure_id"]: row for row in rows}
    for number, row in enumerate(rows, FIRST_DATA_ROW):
        if row["survey"] not in codebook.surveys:
            refuse_dangling(path, number, "survey", row["survey"], codebook.surveys)
        _check_same_claim(path, number, row, by_id)
        if row["item"] == RESPONSE:
            sets = list(RESPONSE_SETS)
        elif (row["survey"], row["item"]) not in codebook.items:
            refuse_dangling(path, number, "item", row["item"], [i.item for i in codebook.survey_items(row["survey"])])
        else:
            item = codebook.items[row["survey"], row["item"]]
            sets = [named.option_set for named in codebook.option_sets.get(item.option_list or "", ())]
        if row["option_set"] not in sets:
            refuse_dangling(path, number, "option_set", row["option_set"], sets)
    return tuple(_figure(row) for row in rows)


def _check_same_claim(path: Path, number: int, row: dict, by_id: dict[str, dict]) -> None:
    """A figure that tells another's claim names one of the same answers that tells it first."""
    first = row["same_claim_as"]
    if not first:
        return
    if first not in by_id:
        refuse_dangling(path, number, "same_claim_as", first, by_id)
    of = ("survey", "item", "option_set", "unit")
    same = all(by_id[first][key] == row[key] for key in of) and by_id[first]["kind"] != FigureKind.CONTEXT
    if first == row["figure_id"] or by_id[first]["same_claim_as"] or not same:
        raise SurveybookError(
            "a figure tells the claim of one that is not the same",
            file=path,
            row=number,
            column="same_claim_as",
            got=first,
            expected="another figure of the same survey, item, option set and unit, which names none itself",
        )


def _figure(row: dict) -> PublishedFigure:
    text = (
        "figure_id",
        "survey",
        "item",
        "option_set",
        "unit",
        "word_en",
        "word_da",
        "source",
        "place",
        "url",
    )
    return PublishedFigure(
        **{name: row[name] for name in text},
        same_claim_as=row["same_claim_as"] or None,
        value=float(row["value"]),
        low=float(row["low"]) if row["low"] else None,
        high=float(row["high"]) if row["high"] else None,
        precision=Precision(row["precision"]),
        kind=FigureKind(row["kind"]),
        base_n=_whole(row["base_n"]),
    )


def _whole(cell: str) -> int | None:
    return int(cell) if cell else None


def _survey(row: dict) -> Survey:
    return Survey(
        **{name: row[name] for name in SURVEY_FIELDS},
        **{name: _whole(row[name]) for name in ("population_size", "invited_n", "sample_size")},
        field_start_date=date.fromisoformat(row["field_start_date"]),
        field_end_date=date.fromisoformat(row["field_end_date"]),
        looks_back_to_date=date.fromisoformat(back) if (back := row["looks_back_to_date"]) else None,
        use=Use(row["use"]),
        sampling=Sampling(row["sampling"]),
    )


def _option(row: dict) -> Option:
    return Option(
        option_list=row["option_list"],
        value=row["value"],
        label_en=row["label_en"],
        label_da=row["label_da"],
        order=int(row["order"]),
        missing_kind=MissingKind(row["missing_kind"]) if row["missing_kind"] else None,
    )


def _option_set(row: dict) -> OptionSet:
    return OptionSet(
        option_list=row["option_list"],
        option_set=row["option_set"],
        values=frozenset(row["values"].split()),
        label_en=row["label_en"],
        label_da=row["label_da"],
        order=int(row["order"]),
        side=row["side"],
        cut=row["cut"],
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


def unique_rows(package: DataPackage, name: str, make: Callable, key: Callable, where: str = CODEBOOK) -> dict:
    """Read a table as a mapping, and refuse a key that stands twice; ``where`` stands in the error."""
    resource = package.resource(name)
    made: dict = {}
    for number, row in enumerate(package.read(resource).to_dict("records"), FIRST_DATA_ROW):
        if key(row) in made:
            raise SurveybookError(
                f"a name stands twice in {where}",
                file=package.path(resource),
                row=number,
                got=key(row),
                expected="each name once",
            )
        made[key(row)] = make(row)
    return made


def _lists(named: dict[tuple[str, str], Option | OptionSet]) -> dict[str, tuple]:
    """Gather what belongs to one option list, in its order."""
    lists: dict[str, list] = {}
    for (option_list, _), value in named.items():
        lists.setdefault(option_list, []).append(value)
    return {key: tuple(sorted(values, key=lambda value: value.order)) for key, values in lists.items()}


def _check_surveys(package: DataPackage, codebook: Codebook) -> None:
    for number, survey in enumerate(codebook.surveys.values(), FIRST_DATA_ROW):
        start, end = survey.field_start_date, survey.field_end_date
        if end < start or (survey.looks_back_to_date and survey.looks_back_to_date > end):
            raise SurveybookError(
                f"the dates of the survey {survey.survey} are in the wrong order",
                file=package.path(package.resource("surveys")),
                row=number,
                column="field_start_date, field_end_date, looks_back_to_date",
                got=f"{start}, {end}, {survey.looks_back_to_date or 'none'}",
                expected="the field period starts before it ends, and looks back to a date before its end",
            )


def _check_items(package: DataPackage, codebook: Codebook) -> None:
    path = package.path(package.resource("items"))
    for number, item in enumerate(codebook.items.values(), FIRST_DATA_ROW):
        if item.survey not in codebook.surveys:
            refuse_dangling(path, number, "survey", item.survey, codebook.surveys)
        if item.option_list and item.option_list not in codebook.options:
            refuse_dangling(path, number, "option_list", item.option_list, codebook.options)
        sets = [named.option_set for named in codebook.option_sets.get(item.option_list or "", ())]
        if item.headline_set and item.headline_set not in sets:
            refuse_dangling(path, number, "headline_set", item.headline_set, sets)
        most = codebook.surveys[item.survey].sample_size
        for base in item.assumed_bases:
            if base < 1 or (most is not None and base > most):
                raise SurveybookError(
                    f"an assumed base of the item {item.item} cannot be",
                    file=path,
                    row=number,
                    column="assumed_bases",
                    got=base,
                    expected="at least 1" + ("" if most is None else f" and at most {most}, all who answered"),
                )
        if item.column and not item.base_rule:
            raise SurveybookError(
                f"the item {item.item} has no base rule",
                file=path,
                row=number,
                column="base_rule",
                expected="who is in the denominator",
            )


def _check_option_sets(package: DataPackage, codebook: Codebook) -> None:
    resource = package.resource("option-sets")
    path = package.path(resource)
    unsure = {o.value for o in codebook.options[GAPS] if o.missing_kind == MissingKind.DONT_KNOW}
    for number, row in enumerate(package.read(resource).to_dict("records"), FIRST_DATA_ROW):
        if row["option_list"] not in codebook.options:
            refuse_dangling(path, number, "option_list", row["option_list"], codebook.options)
        known = {option.value for option in codebook.options[row["option_list"]]} | unsure
        for value in row["values"].split():
            if value not in known:
                refuse_dangling(path, number, "values", value, known)


def refuse_dangling(path: Path, row: int, column: str, got: object, known, where: str = CODEBOOK) -> None:
    """Refuse a name that points to nothing, and say which there are."""
    raise SurveybookError(
        f"a name points to nothing in {where}",
        file=path,
        row=row,
        column=column,
        got=got,
        expected=one_of(known),
    )
