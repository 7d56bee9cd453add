"""Figures of what those who answered say of everyone, and of each other's differences."""

from __future__ import annotations

from math import ceil, floor, isinf

from surveybook.analyse.estimates import Estimate, Estimates
from surveybook.analyse.paired import Pair
from surveybook.analyse.silent import everyone_if
from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.rounding import outward
from surveybook.disseminate import charts
from surveybook.disseminate.charts import Key, Row, Step
from surveybook.disseminate.figure import Figure, make_figure
from surveybook.disseminate.wording import (
    MINUS,
    SHORT_STATUS,
    assumed_text,
    base_text,
    decimals,
    everyone_text,
    level_text,
    number_text,
    range_status,
    share_text,
    tipping_text,
    value_text,
)

STEP, MOST = 5, 75  # points by which the silent differ: between two places of the curve, and at its ends
TABLE_STEP = 25
CURVE_RESTS = "Our calculation from one printed figure, not in the article."
PAIRS_REST = "Our calculation from printed figures, not in the article."
PAIR_STEP = 20  # points between two grid lines of the differences


def figure_tipping(
    estimates: Estimates, survey: str, item: str, *, figure_id: str, title: str, holds: str = ""
) -> Figure:
    """Draw the share of everyone against how far the silent differ, and the line at half of everyone."""
    estimate = estimates.get(survey, item)
    places = decimals(estimate)
    steps = []
    for points in range(-MOST, MOST + 1, STEP):
        low, high = everyone_if(estimates, estimate, points)
        share = number_text(low, places)
        if low != high:
            low, high = outward(low, high, places)
            share = f"{low:.{places}f} to {high:.{places}f}"
        steps.append(Step(points, low, high, _differ_text(points), f"{share} percent"))
    table = [(step.label, step.share) for step in steps if step.points % TABLE_STEP == 0]
    return make_figure(
        estimates,
        [estimate],
        figure_id,
        title,
        holds=holds,
        chart=charts.curve_chart(
            steps,
            x_title="Points by which the silent differ",
            y_title="Share of everyone",
            **_tip_mark(estimate),
        ),
        worked_out=CURVE_RESTS,
        table=(("The silent", "Share of everyone"), *table),
        notes=[
            tipping_sentence(estimate),
            "The curve is this edition's calculation, not the source's, and leaves no room for chance. "
            f"{everyone_text([estimate])}, and a share stops at 0 and at 100",
            ""
            if estimate.base_n is not None and not estimate.share_step_pct
            else "It is a band because base and share are rounded to protect small groups"
            if estimate.share_step_pct
            else "It is a band because the base is not published; "
            + assumed_text(estimate.base_status).partition("; ")[2],
        ],
        seen=f"Those who answered: {share_text(estimate)}. Share of everyone if the silent differ: "
        + "; ".join(f"{label}, {share}" for label, share in table)
        + ".",
    )


def tipping_sentence(estimate: Estimate) -> str:
    """Say how far the silent would have to differ before half of everyone say so."""
    above = estimate.estimate_pct > 50
    if estimate.tip_low_pct == 0:
        what = "rounded share" if estimate.share_step_pct else "printed figure"
        return f"The {what} leaves open whether there is a majority"
    if isinf(estimate.tip_low_pct):
        return f"Whatever the silent think, {'the majority stays' if above else 'no majority arises'}"
    what = "no longer has a majority" if above else "has a majority"
    way = "lower" if above else "higher"
    return (
        f"The share among the silent would have to be {tipping_text(estimate)} {way} before everyone together {what}"
    )


def _tip_mark(estimate: Estimate) -> dict:
    """Where the curve first meets half of everyone, and its text; nothing where it does not."""
    if isinf(estimate.tip_low_pct) or estimate.tip_low_pct == 0:
        return {}
    way = -1 if estimate.estimate_pct > 50 else 1
    least = outward(estimate.tip_low_pct, estimate.tip_low_pct, decimals(estimate))[0]
    text = f"{least:.{decimals(estimate)}f} points {'lower' if way < 0 else 'higher'}"
    return {"tip": way * estimate.tip_low_pct, "tip_text": text}


def _differ_text(points: int) -> str:
    if not points:
        return "are like those who answered"
    return f"{abs(points)} points {'higher' if points > 0 else 'lower'}"


def figure_pairs(
    estimates: Estimates, survey: str, *stems: str, figure_id: str, title: str, holds: str = ""
) -> Figure:
    """Draw the difference between every two items of a stem, with its widest paired interval.

    Parameters
    ----------
    stems : str
        Stems as in the column of ``items.csv``; items of different stems are not compared.
    """
    pairs = [pair for pair in estimates.pairs if pair.survey == survey and pair.stem in stems]
    for stem in stems:
        if stem not in {pair.stem for pair in pairs}:
            known = {pair.stem for pair in estimates.pairs if pair.survey == survey}
            raise SurveybookError("no items of this stem can be compared", got=stem, expected=one_of(known))
    pairs.sort(key=lambda pair: -pair.difference_low_pct)
    found = list({item: estimates.get(survey, item) for pair in pairs for item in (pair.higher, pair.lower)}.values())
    # Pairs of observed rows are rounded to whole points outward, so that no answer to both is told.
    places = 0
    rows = [_pair_row(estimates, pair, places) for pair in pairs]
    least = PAIR_STEP * floor(min(0, *(row.start for row in rows)) / PAIR_STEP)
    most = PAIR_STEP * ceil(max(row.end for row in rows) / PAIR_STEP)
    ticks = {at: f"{at}".replace("-", MINUS) for at in range(least, most + 1, PAIR_STEP)}
    observed = found[0].base_n is not None
    over = "" if observed else ", the widest over all ways in which the answers to both may go together"
    return make_figure(
        estimates,
        found,
        figure_id,
        title,
        holds=holds,
        chart=charts.rows_chart(
            rows,
            [Key("sb-band", f"everyone, if the silent are alike{over and ' (widest)'}")],
            least=least,
            most=most,
            ticks=ticks,
        ),
        worked_out=PAIRS_REST,
        table=(
            ("Difference", "Percentage points", "Verdict"),
            *((row.label, row.share, _verdict(pair)) for row, pair in zip(rows, pairs, strict=True)),
        ),
        notes=[
            f"Each band is a {level_text(found[0])} interval of a difference, one by one{over}",
            "It speaks of everyone, if the silent are like those who answered",
            ""
            if observed
            else "How many said yes to both is not published, so every possibility is tried, with every base",
            "Only questions of one block are compared; which stood in one block is this edition's guess",
            "" if observed else "That the same leaders answered both questions is our assumption",
        ],
        seen="; ".join(f"{row.label}: {row.share}, {_verdict(pair)}" for row, pair in zip(rows, pairs, strict=True))
        + ".",
    )


def _pair_row(estimates: Estimates, pair: Pair, places: int) -> Row:
    first, second = (estimates.get(pair.survey, item) for item in (pair.higher, pair.lower))
    names = [estimates.codebook.item(pair.survey, estimate.item).label_en for estimate in (first, second)]
    low, high = outward(pair.low_pct, pair.high_pct, places)
    ends = [f"{end:.{places}f}".replace("-", MINUS) for end in (low, high)]
    return Row(
        label=f"{names[0]} ({value_text(first, '%')}) above {names[1]} ({value_text(second, '%')})",
        text=f"{ends[0]} to {ends[1]} points: {_verdict(pair)}",
        share=f"{ends[0]} to {ends[1]} percentage points",
        base=base_text(first),
        rests=range_status(first) if first.base_n is None else SHORT_STATUS[first.status],
        start=low,
        end=high,
    )


def _verdict(pair: Pair) -> str:
    return "above" if pair.certain else "cannot tell"
