"""The item codebook of a survey as a table: each question, how far it is known, and what print gives."""

from __future__ import annotations

from collections.abc import Sequence

from surveybook.analyse.bases import BASE_RULES
from surveybook.analyse.estimates import Estimates
from surveybook.core.errors import SurveybookError
from surveybook.core.model import Codebook, FigureKind, Item, ItemType, PublishedFigure
from surveybook.disseminate.figure import Figure, make_panel, pasted_title
from surveybook.disseminate.figures_sources import NOT_PUBLISHED, REPORTED
from surveybook.disseminate.wording import EN_DASH, capital

KNOWN_TEXT = {
    "published": "published",
    "partly published": "partly published, partly our guess",
    "assumed": "our guess",
    "not published": NOT_PUBLISHED,
}
ANSWER_KINDS = {ItemType.SINGLE: "one of", ItemType.MULTIPLE: "any of", ItemType.BACKGROUND: "one of"}
RESTS = (
    "Editorial: this edition's codebook, written from the article and the sources' own pages. "
    "What these do not print is our guess, and marked so."
)


def figure_codebook(estimates: Estimates, surveys: str | Sequence[str], *, figure_id: str, title: str) -> Figure:
    """Show the questions of one survey, or of several, each in a row that can be linked to.

    The row of an item has the anchor ``item-<survey>-<item>``, such as ``item-vive-extent``.
    """
    names = [surveys] if isinstance(surveys, str) else list(surveys)
    items = [item for name in names for item in _items(estimates.codebook, name)]
    if not items:
        raise SurveybookError(
            "a figure has nothing to show", got=names, expected="a survey with items in data/codebook/items.csv"
        )
    header = (
        "Question about",
        "Wording",
        "Answers",
        "Who was asked",
        "A share is of",
        "In print",
        "Assumed",
    )
    several = len(names) > 1
    lines = [
        (
            _named(estimates.codebook, item, several),
            _wording_text(item),
            _answers_text(estimates.codebook, item),
            capital(item.universe),
            capital(BASE_RULES[item.base_rule] if item.base_rule else "not known"),
            _print_text(estimates, item),
            _assumed_text(item),
        )
        for item in items
    ]
    return make_panel(
        figure_id,
        pasted_title(title, estimates, names[0]),
        table=(header, *lines),
        rests=RESTS,
        caption="",
        anchors={row: item_anchor(item) for row, item in enumerate(items, 1)},
        entries=True,
    )


def item_anchor(item: Item | PublishedFigure) -> str:
    """The name by which the row of an item, or of a figure's item, can be linked to."""
    return f"item-{item.survey}-{item.item}"


def _named(codebook: Codebook, item: Item, several: bool) -> str:
    """An item's label, its name in the data files and, among several surveys, whose it is."""
    return f"{item.label_en} ({item.item}{f'; {codebook.survey(item.survey).label_en}' if several else ''})"


def _items(codebook: Codebook, survey: str) -> list[Item]:
    codebook.survey(survey)
    return codebook.survey_items(survey)


def _wording_text(item: Item) -> str:
    if item.wording_status == "not published" or item.wording_en.startswith("("):
        return capital(item.wording_en.strip("()"))
    if item.wording_status == "assumed":
        return f"Our guess: {item.wording_en}"
    return f"“{item.wording_en}” ({KNOWN_TEXT[item.wording_status]})"


def _answers_text(codebook: Codebook, item: Item) -> str:
    if item.type == ItemType.TEXT:
        return f"In own words ({KNOWN_TEXT[item.options_status]})"
    if item.option_list == REPORTED:
        return capital(NOT_PUBLISHED)
    if not item.option_list:
        return f"A name from a list ({KNOWN_TEXT[item.options_status]})"
    labels = "; ".join(option.label_en for option in codebook.options[item.option_list])
    return f"{capital(ANSWER_KINDS[item.type])}: {labels} ({KNOWN_TEXT[item.options_status]})"


def _print_text(estimates: Estimates, item: Item) -> str:
    """Every printed figure of an item, with each place where it stands."""
    mine = [f for f in estimates.figures.values() if (f.survey, f.item) == (item.survey, item.item)]
    texts = []
    for figure in mine:
        if figure.same_claim_as is None:
            also = [other for other in mine if other.same_claim_as == figure.figure_id]
            places = "; also ".join(f"{one.source}, {one.place}" for one in [figure, *also])
            follows = "by arithmetic " if figure.kind == FigureKind.COMPUTED else ""
            texts.append(f"{follows}{_figure_text(figure)}{_of_text(estimates.codebook, item, figure)} ({places})")
    return ". ".join(capital(text) for text in texts) if texts else "Nothing"


def _of_text(codebook: Codebook, item: Item, figure: PublishedFigure) -> str:
    return "" if figure.option_set == REPORTED else f": {codebook.option_set(item, figure.option_set).label_en}"


def _figure_text(figure: PublishedFigure) -> str:
    """A printed figure as it was printed; one that follows from others as the range that they allow."""
    low, high = figure.bounds
    if figure.word_en:
        return f"{figure.word_en} (we read it as {low:g}{EN_DASH}{high:g} {figure.unit})"
    return f"{low:g}{EN_DASH}{high:g} {figure.unit}" if low < high else f"{figure.value:g} {figure.unit}"


def _assumed_text(item: Item) -> str:
    """What of an item this edition assumes, since print does not say it."""
    assumed = []
    if item.asked == "inferred":
        assumed.append("that it was asked")
    elif item.asked == "unknown":
        return "Nothing: whether it was asked is not known"
    if item.wording_status == "assumed":
        assumed.append("the wording")
    if item.options_status in ("assumed", "partly published"):
        assumed.append("the answers" if item.options_status == "assumed" else "some of the answers")
    if item.base_status == "assumed":
        bases = item.assumed_bases
        tried = f" ({min(bases)} to {max(bases)} people tried)" if bases else ""
        assumed.append(f"of whom a share is{tried}")
    return capital("; ".join(assumed)) if assumed else "Nothing"
