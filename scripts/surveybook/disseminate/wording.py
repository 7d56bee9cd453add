"""Estimates in words: values, ranges, bases, statuses. The one place where a number becomes text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isinf, isnan

from surveybook.analyse.estimates import ASSUMED, ASSUMED_SAMPLE, Estimate
from surveybook.core.errors import SurveybookError
from surveybook.core.model import RESPONSE, Codebook, Item, Status
from surveybook.core.rounding import half_up, outward
from surveybook.disseminate.shares_in_words import share_in_words

EN_DASH = "–"
MINUS = "−"
SHORT_STATUS = {
    Status.OBSERVED: "Observed",
    Status.PUBLISHED: "Published",
    Status.PINNED: "Fixed by print",
}
LONG_STATUS = {
    Status.OBSERVED: "Observed: worked out from real answers.",
    Status.PUBLISHED: "Published: a printed figure, carried over. There are no answers behind it here.",
    Status.PINNED: "Fixed by print: the printed figure, or arithmetic on it. "
    "The stored answers are made up to match it, and prove nothing.",
}
PICTURE_STATUS = {status: f"{text}." for status, text in SHORT_STATUS.items()}
ROWS_TEXT = {
    Status.OBSERVED: "The figures of this survey are worked out from the real answers that respondents gave.",
    Status.PUBLISHED: "The figures of this survey are printed ones, carried over without any answers.",
    Status.PINNED: "The figures of this survey are printed ones, or follow from them by arithmetic. "
    "The answers behind them are confidential, and this book does not have them. "
    "Where it needs answers, it uses simulated, that is made-up, ones that match every printed figure. "
    "What only the real answers could tell is left open: folded figures show made-up examples of it, marked as such.",
}
BASES_TEXT = {
    Status.OBSERVED: "Each range rests on the number of people who answered the question.",
    Status.PINNED: "The article does not print how many people stand behind each percentage. "
    "{least} "
    "At most it may be {most}, all who answered the survey. "
    "As long as that is not known, each range is the widest over all these numbers; with fewer it would be wider.",
}
LEAST_TEXT = "How many answered is not published; we assume at least {least}{why}"
OPEN_ANSWERS_WHY = ", as many as wrote an open answer"
QUESTIONS_JOINT = " / "  # between several questions in a line
SUPPRESSED = "suppressed"  # in place of a value that would tell of a few people
COUNT_WORDS = {0: "no", 1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 10: "ten"}


RANGE_STATUS = {
    ASSUMED: "Our range, not in the article",
    ASSUMED_SAMPLE: "Our range, as if chance had chosen; not printed",
}
RANGES_TEXT = "The ranges are our calculation, not printed."
PERHAPS_ASKED = "If only some leaders were asked, “everyone” counts people who were not, and may make no sense."
READ_TEXT = "The band of a figure printed in words is our reading of the word."
SAID_OF = re.compile(r"\(said of (\w+)\)")


def require_showable(estimate: Estimate) -> Estimate:
    """Refuse an estimate that print does not fix and only real answers could tell.

    Raises
    ------
    SurveybookError
        The estimate is illustrative: it comes from simulated rows alone.
    """
    if estimate.status == Status.ILLUSTRATIVE:
        raise SurveybookError(
            "this estimate comes from simulated rows alone and cannot be shown",
            got=f"item {estimate.item}, option set {estimate.option_set}",
            expected="an estimate that is observed, published or fixed by print",
            hint="show an option set that has a printed figure (data/published/figures.csv)",
        )
    return estimate


def decimals(estimate: Estimate) -> int:
    """How many decimals a percentage shows: as printed, or one where observed and not rounded."""
    return 1 if estimate.status == Status.OBSERVED and not estimate.share_step_pct else 0


def value_pct(estimate: Estimate) -> float:
    """The percentage as it may leave the book: at its printed precision, or in full where observed."""
    require_showable(estimate)
    return round(estimate.estimate_pct, 6) if decimals(estimate) else half_up(estimate.estimate_pct)


def share_text(estimate: Estimate) -> str:
    """Write the value for a table: a figure printed in words is followed by how it is read here."""
    value = value_text(estimate)
    if not (estimate.is_range and estimate.printed_word_en):
        return value
    low, high = estimate.printed_low_pct, estimate.printed_high_pct
    return f"{value} (printed as a word; we read it as {low:g}{EN_DASH}{high:g} percent)"


def printed_text(estimate: Estimate, unit: str = " percent") -> str:
    """Write the printed figure as it was printed, a word without unit; empty where none was."""
    if estimate.printed_word_en:
        return estimate.printed_word_en
    low, high = estimate.printed_low_pct, estimate.printed_high_pct
    if isnan(estimate.printed_pct):
        return ""
    return f"{low:g}{EN_DASH}{high:g}{unit}" if estimate.printed_is_range else f"{low:g}{unit}"


def number_text(value: float, places: int = 0) -> str:
    """Write a number, rounded half up."""
    return f"{half_up(value, places):.{places}f}"


def value_text(estimate: Estimate, unit: str = " percent") -> str:
    """Write the value: "54 percent", "31–33 percent", the word that was printed, or "suppressed"."""
    require_showable(estimate)
    if estimate.suppressed:
        return SUPPRESSED
    if estimate.is_range:
        return printed_text(estimate, unit)
    if isnan(estimate.estimate_pct):
        kept = estimate.status != Status.OBSERVED
        return (kept and estimate.printed_word_en) or str(estimate.count)
    return f"{number_text(estimate.estimate_pct, decimals(estimate))}{unit}"


def words_text(estimate: Estimate, language: str = "en") -> str:
    """Tell the value in words; a printed word is kept over the range that it is read as."""
    require_showable(estimate)
    word = estimate.printed_word_da if language == "da" else estimate.printed_word_en
    kept = estimate.status != Status.OBSERVED
    if word and (kept or estimate.printed_low_pct <= estimate.estimate_pct <= estimate.printed_high_pct):
        return word
    if estimate.suppressed:
        return SUPPRESSED
    if isnan(estimate.estimate_pct):
        raise SurveybookError(
            "a count has no share to tell in words",
            got=f"item {estimate.item}, option set {estimate.option_set}",
            expected="a percentage",
        )
    return share_in_words(estimate.estimate_pct, language)


def range_text(estimate: Estimate, way: str, unit: str = " percent", joint: str = " to ") -> str:
    """Write a range of the estimate, rounded outward so that it claims no more than it knows.

    Parameters
    ----------
    way : {"ci", "differ", "bound"}
        If the silent are like those who answered; if they differ by points; whatever they think.
    """
    low, high = range_pct(estimate, way)
    places = decimals(estimate)
    return f"{low:.{places}f}{joint}{high:.{places}f}{unit}"


def range_pct(estimate: Estimate, way: str) -> tuple[float, float]:
    """The range as it may be shown, in percent, rounded outward."""
    require_showable(estimate)
    low, high = getattr(estimate, f"{way}_low_pct"), getattr(estimate, f"{way}_high_pct")
    if not has_range(estimate, way):
        raise SurveybookError(
            f"the item {estimate.item} has no such range", got=way, expected=estimate.ci_method, hint="show the share"
        )
    return outward(low, high, decimals(estimate))


def tipping_text(estimate: Estimate) -> str:
    """Write how far, at the least, the silent would have to differ before half of everyone say so.

    With fewer of the silent in the base it would be more, so only the least is told.
    """
    require_showable(estimate)
    if isinf(estimate.tip_low_pct):
        return "more points than there are"
    places = decimals(estimate)
    least = outward(estimate.tip_low_pct, estimate.tip_low_pct, places)[0]
    return f"at least {least:.{places}f} percentage points"


def everyone_text(found: Sequence[Estimate]) -> str:
    """Say who is meant by everyone: those who answered, and how many silent."""
    silent = {estimate.silent_n for estimate in found if estimate.silent_n is not None}
    for estimate in found:
        if estimate.base_n is None and "assumed " in estimate.base_status:
            least = int(estimate.base_status.partition("assumed ")[2].split()[0])
            silent.add(estimate.population_size - least)
    who = " to ".join(str(number) for number in sorted({min(silent), max(silent)}))
    about = "about " if any(estimate.rounded_to for estimate in found) else ""
    return (
        f"“Everyone” is those who answered the question and {about}{who} silent who did not answer it or the survey"
    )


def has_range(estimate: Estimate, way: str = "ci") -> bool:
    """Whether the estimate has this range at all."""
    return not isnan(getattr(estimate, f"{way}_low_pct"))


def range_status(estimate: Estimate) -> str:
    """Say in a word or two what the ranges of an estimate rest on."""
    return RANGE_STATUS.get(estimate.interval_status) or SHORT_STATUS[estimate.status]


def level_text(estimate: Estimate) -> str:
    """Write the confidence level: "95 percent"."""
    return f"{100 * estimate.confidence_level:g} percent"


def points_text(estimate: Estimate) -> str:
    """Write by how many points the silent are taken to differ: "ten percentage points"."""
    points = estimate.differ_points
    return f"{COUNT_WORDS.get(points, f'{points:g}')} percentage {'point' if points == 1 else 'points'}"


def base_text(estimate: Estimate) -> str:
    """Say who the percentage is of, and how far that is known."""
    if estimate.suppressed:
        return f"base {SUPPRESSED}"
    if estimate.rounded_to and estimate.base_n is not None:
        return f"base about {estimate.base_n}"
    if estimate.base_n is not None:
        return f"base {estimate.base_n}"
    return f"base {assumed_text(estimate.base_status).partition(' and at most')[0]}"


def assumed_text(base_status: str) -> str:
    """Write the status of a base as a sentence's part: who assumes what."""
    return re.sub(r"assumed (\d+) to (\d+)", r"we assume at least \1 and at most \2", base_status)


def said_of(estimate: Estimate) -> str:
    """Of whom or what the printed figure is said, where that is not leaders; empty where it is."""
    found = SAID_OF.search(estimate.printed_place or "")
    return found[1] if found else ""


def perhaps_asked(estimates: Sequence[Estimate], codebook: Codebook) -> bool:
    """Whether a range speaks of everyone on a question that perhaps was put to some only."""
    ranged = [e for e in estimates if e.item != RESPONSE and e.interval_status == ASSUMED]
    return any("perhaps" in codebook.item(e.survey, e.item).universe for e in ranged)


def bases_text(estimates: list[Estimate]) -> str:
    """Say the base of several estimates once where they share it."""
    texts = list(dict.fromkeys(base_text(estimate) for estimate in estimates))
    if len(texts) == 1:
        return texts[0]
    numbers = sorted(estimate.base_n for estimate in estimates if estimate.base_n is not None)
    if len(numbers) == len(estimates):
        about = "about " if any(estimate.rounded_to for estimate in estimates) else ""
        return f"bases {about}{numbers[0]} to {numbers[-1]}"
    return "; ".join(texts)


def rounding_text(estimates: Sequence[Estimate], threshold: int) -> str:
    """Say how the bases and shares of some estimates are rounded, and why; empty where none is."""
    steps = sorted({estimate.share_step_pct for estimate in estimates if estimate.share_step_pct})
    if not steps:
        return ""
    points = f"{steps[0]:g}" if len(steps) == 1 else f"{steps[0]:g} to {steps[-1]:g}"
    what = f"shares to {points} percentage {'point' if points == '1' else 'points'}"
    bases = f"bases are rounded to {threshold} people and " if any(e.rounded_to for e in estimates) else ""
    some = "some " if any(not estimate.share_step_pct for estimate in estimates) else ""
    return f"To protect small groups, {some}{bases}{what if bases else what.replace('shares', 'shares are rounded')}"


def suppressed_text(labels: Sequence[str], threshold: int) -> str:
    """Say which rows are suppressed, and why; empty where none is."""
    if not labels:
        return ""
    return (
        f"Suppressed, since they would tell of fewer than {threshold} people or let them be worked out: "
        f"{', '.join(labels)}"
    )


def status_texts(estimates: list[Estimate], words: dict[Status, str]) -> str:
    """Say once what each kind of number among some estimates rests on."""
    return " ".join(dict.fromkeys(words[require_showable(estimate).status] for estimate in estimates))


def questions_text(items: Sequence[Item]) -> str:
    """Give the questions as asked, and say first where their wording is this edition's guess."""
    worded = [item for item in items if item.wording_status != "not published"]
    if not worded:
        return f"The wording of the {'question' if len(items) == 1 else 'questions'} is not published"
    words = QUESTIONS_JOINT.join(asked_texts(items))
    if any(item.wording_status != "published" for item in worded):
        text = f"Question, as we guess it (the questionnaire is not public): {words}"
    else:
        text = f"Question: {words}"
    others = " The wording of the other questions is not published"
    return text if len(worded) == len(items) else sentence(text) + others


def asked_texts(items: Sequence[Item]) -> list[str]:
    """The wordings of some questions, each once; without those that are not published."""
    return list(dict.fromkeys(item.wording_en for item in items if item.wording_status != "not published"))


def answered_text(item: Item) -> str:
    """Give one question as asked, to stand behind the word "Question"."""
    text = questions_text([item])
    return capital(text.removeprefix("Question: ").removeprefix("Question, "))


def sources_text(estimates: Sequence[Estimate], codebook: Codebook) -> str:
    """Say where the figures are printed, which survey they come from, and when it was in the field."""
    surveys = [codebook.survey(name) for name in dict.fromkeys(estimate.survey for estimate in estimates)]
    name = "Survey" if len(surveys) == 1 else "Surveys"
    fields = "; ".join(f"{survey.label_en}, {survey.field_period_en}" for survey in surveys)
    places: dict[str, list[str]] = {}
    for e in estimates:
        if e.status != Status.OBSERVED and e.printed_source:
            places.setdefault(e.printed_source, []).append(e.printed_place)
    if not places:
        return f"{name}: {fields}"
    printed = [f"{source}, {', '.join(dict.fromkeys(where))}" for source, where in places.items()]
    return f"Figures as printed by {'; '.join(printed)}. {name}: {fields}"


def capital(text: str) -> str:
    """Begin with a capital letter; a name that begins with a digit stays as it is."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """Begin with a capital letter and end with one full stop."""
    text = text.strip()
    return capital(text) + ("" if text.endswith((".", "?", "!")) else ".")
