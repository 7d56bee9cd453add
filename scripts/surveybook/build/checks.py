"""Check data, parameters and prose of an edition before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from surveybook.analyse import Estimates
from surveybook.analyse.agreement import refuse_disagreement
from surveybook.analyse.claims import Claims, Verdict, judge_claims
from surveybook.analyse.estimating import estimate_package
from surveybook.build.contents import chapter_notebooks
from surveybook.build.editions import DEFAULT, Run, edition_runs, read_edition, read_yaml
from surveybook.build.findings import false_findings, refuse_false
from surveybook.build.notebooks import NONE
from surveybook.build.progress import Say
from surveybook.build.prose import Sentence, book_sentences
from surveybook.build.site import CONFIG
from surveybook.build.typed import read_allowed, refuse_typed
from surveybook.build.works import read_works, refuse_unknown_works
from surveybook.core.paths import Project, shown_path
from surveybook.disseminate.citing import checked_site_url
from surveybook.disseminate.figures_claims import claim_text
from surveybook.process import SurveyData
from surveybook.process.claims import has_claims, read_word_claims
from surveybook.process.package import DataPackage, load_package


def refuse_disagreements(surveys: Mapping[str, SurveyData]) -> None:
    """Refuse simulated rows that disagree with print, in any survey."""
    for data in surveys.values():
        refuse_disagreement(data)


def _report_differences(claims: Claims, say: Say) -> None:
    """Say where real answers differ from print: no fault, but worth knowing before the pages show it.

    Told from the claims, so that a message says no more of a few people than the pages do.
    """
    for claim in claims.rows:
        if claim.verdict == Verdict.DIFFERS and claim.figure:
            figure = claim.figure
            printed = f"{figure.value:g}{' percent' if figure.unit == 'percent' else ''}"
            say(
                f"differs from print: {figure.item} {figure.option_set}, {claim_text(claim)}; "
                f"printed {printed} ({figure.figure_id})"
            )


@dataclass(frozen=True)
class Checked:
    """What a sound edition is: its parameters, every execution of a chapter, and false findings of a draft.

    ``doubts`` maps the condition of each finding that does not hold to the values against which it is
    false, ``kinds`` each survey to the kind of its rows; ``estimates`` are those of the edition's parameters.
    """

    edition: str
    parameters: dict
    runs: tuple[Run, ...]
    doubts: dict[str, str]
    kinds: dict[str, str]
    estimates: Estimates = field(repr=False)


def check_book(project: Project, edition: str, say: Say, *, draft: bool = False) -> Checked:
    """Check data, parameters and prose of an edition without running anything.

    Says where real answers differ from print and, in a draft, which findings do not hold.

    Raises
    ------
    SurveybookError
        The first fault of the site's address, the data package, the edition, a chapter's parameters, the contents or
        the prose: a number typed by hand, a cited work without a record, or a finding without
        a condition or, unless in a draft, against it.
    """
    settings = (read_yaml(project.root / CONFIG).get("sphinx") or {}).get("config") or {}
    checked_site_url(settings.get("site_url", ""))
    parameters, default = read_edition(project, edition), read_edition(project, DEFAULT)
    package = load_package(project.data_package(parameters["data_package"]))
    runs = edition_runs(project, parameters, default, chapter_notebooks(project))
    estimates = _estimate(package, parameters)
    words = read_word_claims(package) if has_claims(package) else ()
    _report_differences(judge_claims(estimates, words), say)
    labels = [Sentence(shown_path(project.editions), None, None, run.label, None) for run in runs if run.label]
    sentences = [*book_sentences(project), *labels]
    refuse_typed(sentences, read_allowed(project))
    refuse_unknown_works(project, sentences, read_works(project))
    kinds = {name: kind.value for name, kind in estimates.kinds.items()}
    false = false_findings(sentences, estimates, kinds)
    for run in runs:
        bound = [one for one in sentences if one.holds and one.file == shown_path(run.notebook)]
        if run.variant and bound:  # they stand on the variant's page too
            known = {sentence for sentence, _ in false}
            varied = _estimate(package, parameters | run.parameters, run.parameters)
            false += [found for found in false_findings(bound, varied, kinds) if found[0] not in known]
    if not draft:
        refuse_false(false)
    for sentence, values in false:
        cell = "" if sentence.cell is None else f" cell {sentence.cell}"
        say(f"does not hold, {sentence.file}{cell} row {sentence.row}: {sentence.text} ({sentence.holds}; {values})")
    doubts = {sentence.holds: values for sentence, values in false}
    return Checked(edition, parameters, tuple(runs), doubts, kinds, estimates)


def _estimate(package: DataPackage, parameters: Mapping, choices: Mapping = NONE) -> Estimates:
    """Estimate as a chapter does that takes the parameters, and the choices where it has such."""
    settings = {key: parameters[key] for key in ("confidence_level", "ci_method", "differ_points", "threshold")}
    return estimate_package(
        package, **settings, **{k: choices[k] for k in ("dont_know", "cut_point") if k in choices}
    )
