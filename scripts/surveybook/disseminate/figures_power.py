"""A figure of what a study that does not exist yet could see; it uses no survey answers."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from string import Formatter

from surveybook.analyse.power import LinkedWaves, Power, simulate_power
from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.rounding import half_up
from surveybook.disseminate import charts
from surveybook.disseminate.charts import Line
from surveybook.disseminate.figure import Figure, checked_id
from surveybook.disseminate.wording import sentence

# What the proposed study is assumed to be. No source gives these numbers; a caption states them.
MUNICIPALITIES = 98  # all there are
LEADERS = (3, 6, 20)  # about as many as answered in November 2020 (296 in 93), as were invited (556), and far more
ICC = 0.1
DRAWS, SEED = 4000, 2022
CORRELATIONS = tuple(number / 20 for number in range(21))
TABLE_STEP = 2  # the table and the text alternative tell every second correlation of the chart
AIM = 80  # Cohen (1988, section 2.4) proposes power of .80 where nothing else decides it
DASHES = ((2, 3), (8, 4), ())
BEST = "no error"
RESTS = "Worked out by simulation with a stated seed. No survey answers are used."


def figure_power(
    *,
    figure_id: str,
    title: str,
    municipalities: int = MUNICIPALITIES,
    leaders: Sequence[int] = LEADERS,
    icc: float = ICC,
    significance: float = 0.05,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Figure:
    """Draw the power of two linked waves against the true correlation, a line for each number of leaders.

    A further line is the best that this number of municipalities can give: scores without error.

    Parameters
    ----------
    title : str
        May paste ``{municipalities}``, and ``{reach_6}``: the least correlation of the chart whose
        power is at least 80 percent with 6 leaders, as "about 0.7 with 6 leaders".
    municipalities, icc, significance
        As in ``LinkedWaves``.
    leaders : sequence of one to three int
        Leaders who answer in each municipality and wave; a line each.
    draws, seed : int
        As in ``simulate_power``; each point has the same seed.
    """
    _check_leaders(leaders)
    counts = sorted(leaders)
    powers = {_label(count): _powers(municipalities, count, icc, significance, draws, seed) for count in counts}
    powers[BEST] = _powers(municipalities, 1, 1, significance, draws, seed)
    percents = {label: tuple(int(half_up(power.power_pct)) for power in row) for label, row in powers.items()}
    reach = {label: _reach(row) for label, row in percents.items()}
    title = _pasted(
        title, municipalities, {f"reach_{count}": (_label(count), reach[_label(count)]) for count in counts}
    )
    base = f"Base: at most {municipalities} municipalities."
    # The thinnest dash goes to the fewest leaders, the whole line to the most.
    dashes = (*DASHES[len(DASHES) - len(counts) :], ())
    lines = [
        Line(label, row, dash, best=label == BEST)
        for (label, row), dash in zip(percents.items(), dashes, strict=True)
    ]
    chart = charts.line_chart(
        CORRELATIONS,
        lines,
        x_title="True correlation",
        y_title="Power",
        rule=AIM,
        rule_text="aim",
    )
    error = ceil(10 * max(power.se_pct for row in powers.values() for power in row)) / 10
    notes = [
        "This is a proposed study: its numbers are assumptions, and not findings",
        "A line stands for so many leaders in each municipality and each wave",
        "Power is how many of 100 such studies would find a connection, if it exists and is this strong",
        "Strength is the true correlation between the municipalities' scores in two waves: 0 is none, 1 is perfect",
        *_reach_notes(reach),
        f"A common aim is {AIM} of 100",
        f"If there were no connection, {100 * significance:g} of 100 such studies would still report one",
        f"Assumed: a share of {icc:g} of the variance in single leaders' answers lies between municipalities",
        "Assumed too: each municipality takes part in both waves, and each wave asks other leaders",
        "No error: the score of each municipality is known exactly, which no survey gives",
        f"Each point is {draws} simulated studies, with the seed {seed}; "
        f"its simulation error is at most {error:g} of 100",
        "Such a study compares municipalities; linked waves or not, it would not by itself show a cause",
    ]
    header = ("True correlation", *powers)
    told = [f"{at:g}" for at in CORRELATIONS[::TABLE_STEP]]
    columns = [[f"{percent}%" for percent in row[::TABLE_STEP]] for row in percents.values()]
    seen = "; ".join(f"{label}: {', '.join(column)}" for label, column in zip(powers, columns, strict=True))
    return Figure(
        figure_id=checked_id(figure_id),
        title=title,
        alt=f"{sentence(title)} Power at true correlations of {', '.join(told)}. {sentence(seen)}",
        caption=" ".join(sentence(note) for note in notes),
        rests=RESTS,
        base=base,
        table=(header, *zip(told, *columns, strict=True)),
        spec=charts.finish(chart, title, f"{RESTS} {base}"),
    )


def _check_leaders(leaders: Sequence[int]) -> None:
    if not 1 <= len(leaders) <= len(DASHES) or len(set(leaders)) < len(leaders):
        raise SurveybookError(
            "the numbers of leaders do not make a readable chart",
            got=list(leaders),
            expected=f"one to {len(DASHES)} numbers, each once",
        )


def _label(count: int) -> str:
    return f"{count} leader{'' if count == 1 else 's'}"


def _powers(municipalities: int, leaders: int, icc: float, significance: float, draws: int, seed: int) -> list[Power]:
    designs = [LinkedWaves(municipalities, leaders, icc, at, significance) for at in CORRELATIONS]
    return [simulate_power(design, draws=draws, seed=seed) for design in designs]


def _reach(percents: Sequence[int]) -> float | None:
    """The least correlation from which the power, as shown, is at least the aim."""
    reached = [at for at, percent in zip(CORRELATIONS, percents, strict=True) if percent >= AIM]
    return reached[0] if reached else None


def _reach_notes(reach: dict[str, float | None]) -> list[str]:
    """Say from which correlation each line reaches the aim, and which lines never do."""
    reached = [f"{at:g} with {label}" for label, at in reach.items() if at is not None]
    never = [label for label, at in reach.items() if at is None]
    notes = [f"Power is {AIM} of 100 or more from a correlation of about {', '.join(reached)}"] if reached else []
    if never:
        notes.append(f"With {' or '.join(never)}, not even a perfect correlation gives {AIM} of 100")
    return notes


def _pasted(title: str, municipalities: int, reach: dict[str, tuple[str, float | None]]) -> str:
    """Fill the fields of a title; a correlation that is never reached cannot be pasted."""
    known = {"municipalities": str(municipalities)}
    known |= {name: f"about {at:g} with {label}" for name, (label, at) in reach.items() if at is not None}
    try:
        fields = [field for _, field, _, _ in Formatter().parse(title) if field is not None]
    except ValueError as error:
        raise SurveybookError("a title has an unclosed field", got=title, expected=str(error)) from None
    for field in fields:
        if field not in known:
            hint = f"the power never reaches {AIM} percent there" if field in reach else None
            raise SurveybookError("a title has an unknown field", got=field, expected=one_of(known), hint=hint)
    return title.format_map(known)
