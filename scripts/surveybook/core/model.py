"""The words of a survey as types: surveys, items, options, published figures, statuses."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.reads import Text

GAPS = "gaps"  # the option list of the kinds of gap, common to all items
RESPONSE = "response"  # the pseudo-item of counts of people
ROW_COUNTS = ("invited", "answered", "municipalities", "open_answers")  # those that rows give
RESPONSE_SETS = (*ROW_COUNTS, "answered_share", "answered_two_waves")
ALL = "all"  # the domain, and its one level, of everyone who answered


class MissingKind(StrEnum):
    """Why an answer is not there."""

    NOT_ASKED = "not_asked"
    NOT_APPLICABLE = "not_applicable"
    DONT_KNOW = "dont_know"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"


class Status(StrEnum):
    """What a number rests on."""

    OBSERVED = "observed"
    PUBLISHED = "published"
    PINNED = "pinned"
    ILLUSTRATIVE = "illustrative"


class RowKind(StrEnum):
    """What the rows of a data file are; the word stands in ``datapackage.json``."""

    SIMULATED = "simulated"
    PUBLISHED = "published"
    OBSERVED = "observed"


class Use(StrEnum):
    """What a source is to the article: one that it names, one that it prints a figure of unnamed, or none."""

    ARTICLE = "article"
    UNNAMED = "unnamed"
    CONTEXT = "context"


class Sampling(StrEnum):
    """How those who were asked were chosen."""

    EVERYONE = "everyone"
    REPRESENTATIVE = "called representative"
    PANEL = "panel"
    NO_SAMPLE = "not a sample"
    NOT_REPRESENTATIVE = "not representative"
    NOT_PUBLISHED = "not published"


class ItemType(StrEnum):
    """How an item is answered."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TEXT = "text"
    BACKGROUND = "background"


class FigureKind(StrEnum):
    """What a figure is: printed, this edition's sum of printed ones, or printed beside what the article uses."""

    PRINTED = "printed"
    COMPUTED = "computed"
    CONTEXT = "context"


class Precision(StrEnum):
    """How precisely a figure was printed."""

    INTEGER = "integer"
    VERBAL = "verbal"
    EXACT = "exact"
    MORE_THAN = "more than"


@dataclass(frozen=True)
class Survey:
    """One data source; the interviews are one too.

    ``population_size``, ``invited_n`` and ``sample_size`` (all who answered) are None where not
    published; ``response_note`` tells what is known instead. The questions look back to
    ``looks_back_to_date``, None where they cannot be said to. Dates bound the field period, which
    ``field_precision`` says is known by its day, month or season.
    """

    survey: str
    label_en: str = Text()
    label_da: str = Text()
    population_en: str = Text()
    population_da: str = Text()
    population_size: int | None
    invited_n: int | None
    sample_size: int | None
    response_note: str = Text()
    field_period_en: str = Text()
    field_period_da: str = Text()
    field_start_date: date
    field_end_date: date
    field_precision: str
    looks_back_to_date: date | None
    looks_back_status: str
    use: Use
    sampling: Sampling
    mode: str = Text()
    commissioned_by: str = Text()
    held_by: str = Text()
    terms: str = Text()
    citation: str = Text()

    @property
    def read_name(self) -> str:
        """Whose words these are; see ``reads.Text``."""
        return self.survey


@dataclass(frozen=True)
class Option:
    """One answer category, or one kind of gap, as it stands in the raw file."""

    option_list: str
    value: str
    label_en: str = Text()
    label_da: str = Text()
    order: int
    missing_kind: MissingKind | None

    @property
    def read_name(self) -> str:
        """Whose words these are; see ``reads.Text``."""
        return f"{self.option_list}/{self.value}"


@dataclass(frozen=True)
class OptionSet:
    """Some options of a list, reported together.

    ``side`` places it on a two-sided scale; ``cut`` says that it is the headline cut elsewhere.
    """

    option_list: str
    option_set: str
    values: frozenset[str]
    label_en: str = Text()
    label_da: str = Text()
    order: int
    side: str
    cut: str = ""

    @property
    def read_name(self) -> str:
        """Whose words these are; see ``reads.Text``."""
        return f"{self.option_list}/{self.option_set}"


@dataclass(frozen=True)
class Item:
    """One question. ``column`` is None where it is not known to have been asked."""

    survey: str
    item: str
    column: str | None
    type: ItemType
    stem: str
    option_list: str | None
    headline_set: str | None
    label_en: str = Text()
    label_da: str = Text()
    wording_en: str = Text()
    wording_da: str = Text()
    wording_status: str
    universe: str
    base_rule: str | None
    base_status: str
    assumed_bases: tuple[int, ...]
    options_status: str
    asked: str

    @property
    def read_name(self) -> str:
        """Whose words these are; see ``reads.Text``."""
        return f"{self.survey}/{self.item}"


@dataclass(frozen=True)
class PublishedFigure:
    """A printed figure. ``low`` and ``high`` bound a verbal or computed one, in ``unit``."""

    figure_id: str
    same_claim_as: str | None
    survey: str
    item: str
    option_set: str
    value: float
    unit: str
    low: float | None
    high: float | None
    precision: Precision
    word_en: str
    word_da: str
    kind: FigureKind
    base_n: int | None
    source: str
    place: str
    url: str = ""

    @property
    def bounds(self) -> tuple[float, float]:
        """The range that the printed figure allows, in its own unit and before rounding to it."""
        return (
            self.value if self.low is None else self.low,
            self.value if self.high is None else self.high,
        )


@dataclass(frozen=True)
class Cell:
    """Which share is meant: an option set of an item, of everyone or in one level of a domain.

    A domain is a background item, whose level is an option's value; another item, whose level is
    an option set; or a name that this package gives, such as ``all``.
    """

    item: str
    option_set: str
    domain: str = ALL
    level: str = ALL


@dataclass(frozen=True)
class Codebook:
    """The item codebook: every survey, item, option and option set, by name."""

    surveys: Mapping[str, Survey]
    items: Mapping[tuple[str, str], Item]
    options: Mapping[str, tuple[Option, ...]]
    option_sets: Mapping[str, tuple[OptionSet, ...]]

    @property
    def rows(self) -> list[Survey | Item | Option | OptionSet]:
        """Every row of the codebook."""
        lists = [*self.options.values(), *self.option_sets.values()]
        return [*self.surveys.values(), *self.items.values(), *itertools.chain.from_iterable(lists)]

    def survey(self, survey: str) -> Survey:
        """Return a survey by name, or say which there are."""
        if survey not in self.surveys:
            raise SurveybookError(
                "unknown survey",
                got=survey,
                expected=one_of(self.surveys),
                hint="see data/codebook/surveys.csv",
            )
        return self.surveys[survey]

    def survey_items(self, survey: str) -> list[Item]:
        """Return the items of one survey, in the order of the codebook."""
        return [item for (name, _), item in self.items.items() if name == survey]

    def item(self, survey: str, item: str) -> Item:
        """Return an item by name, or say which there are."""
        if (survey, item) not in self.items:
            names = [known.item for known in self.survey_items(survey)]
            raise SurveybookError(
                f"unknown item of the survey {survey}",
                got=item,
                expected=one_of(names),
                hint="see data/codebook/items.csv",
            )
        return self.items[survey, item]

    def answers(self, item: Item) -> list[Option]:
        """Return the options of an item, and don't know, which counts as an answer in most bases."""
        unsure = [o for o in self.options[GAPS] if o.missing_kind == MissingKind.DONT_KNOW]
        return [*self.options[item.option_list or GAPS], *unsure]

    def option_set(self, item: Item, option_set: str) -> OptionSet:
        """Return an option set of an item by name, or say which there are."""
        known = {named.option_set: named for named in self.option_sets.get(item.option_list or "", ())}
        if option_set not in known:
            raise SurveybookError(
                f"unknown option set of the item {item.item}",
                got=option_set,
                expected=one_of(known),
                hint="see data/codebook/option_sets.csv",
            )
        return known[option_set]
