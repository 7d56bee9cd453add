"""Hold every finding of the book against the estimates it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from surveybook.analyse.conditions import judge
from surveybook.analyse.estimates import Estimates
from surveybook.build.prose import Sentence
from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.model import RowKind

DRAFT = "correct the sentence or its condition; surveybook build --draft builds all the same, and marks it"


def false_findings(
    sentences: Iterable[Sentence], estimates: Estimates, kinds: Mapping[str, str]
) -> list[tuple[Sentence, str]]:
    """The findings that do not hold, each with the values against which it is false.

    ``kinds`` maps each survey to the kind of its rows: a sentence about other data is not judged.

    Raises
    ------
    SurveybookError
        A condition that cannot be judged, or a sentence about data of an unknown kind; its place is named.
    """
    false = []
    for sentence in sentences:
        if sentence.only:
            _check_kind(sentence, kinds)
            if kinds[sentence.only[0]] != sentence.only[1]:
                continue
        if sentence.holds is None:
            continue
        try:
            verdict = judge(sentence.holds, estimates)
        except SurveybookError as error:
            raise sentence.fault(
                error.what,
                got=str(error.got),
                expected=error.expected or "a condition that can be judged",
                hint=f"the sentence: {sentence.text}" + (f"; {error.hint}" if error.hint else ""),
            ) from None
        if not verdict.holds:
            false.append((sentence, verdict.values))
    return false


def _check_kind(sentence: Sentence, kinds: Mapping[str, str]) -> None:
    survey, kind = sentence.only
    if survey not in kinds or kind not in list(RowKind):
        raise sentence.fault(
            "a sentence is about data of an unknown kind",
            got=f"while: {survey} {kind}",
            expected=f"a survey, {one_of(kinds)}, and {one_of(RowKind)}",
            hint=f"the sentence: {sentence.text}",
        )


def refuse_false(false: list[tuple[Sentence, str]]) -> None:
    """Refuse findings that do not hold: the first is named, the others are counted."""
    if false:
        sentence, values = false[0]
        others = len(false) - 1
        more = f"; {others} more {'finding does' if others == 1 else 'findings do'} not hold" if others else ""
        raise sentence.fault(
            f"a finding does not hold: {sentence.text}",
            got=values,
            expected=sentence.holds,
            hint=DRAFT + more,
        )
