"""Who is in the denominator: named base rules."""

from __future__ import annotations

import numpy as np
import pandas as pd

from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.model import MissingKind

BASE_RULES = {
    "answered_survey": "everyone who answered the survey, gaps included",
    "answered_item": "who answered the item; don't know counts as an answer",
    "answered_substantively": "who answered the item; don't know counts as a gap",
}
SKIPPED = (MissingKind.REFUSED.value, MissingKind.NO_ANSWER.value)  # who was asked, and is silent


def in_base(missing: pd.Series, base_rule: str) -> np.ndarray:
    """Tell for each respondent whether they are in the base.

    Parameters
    ----------
    missing : Series of str, shape (n,)
        The kind of the gap of each respondent, ``""`` where there is none.
    base_rule : str
        A name in ``BASE_RULES``; the base is never inferred.

    Returns
    -------
    array of bool, shape (n,)
    """
    if base_rule not in BASE_RULES:
        raise SurveybookError("unknown base rule", got=base_rule, expected=one_of(BASE_RULES))
    if base_rule == "answered_survey":
        return np.ones(len(missing), dtype=bool)
    counted = [""] if base_rule == "answered_substantively" else ["", MissingKind.DONT_KNOW.value]
    return missing.isin(counted).to_numpy()
