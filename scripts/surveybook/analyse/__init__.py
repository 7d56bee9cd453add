"""Responses to estimates: designs, proportions and intervals, what print allows, statuses."""

from surveybook.analyse.claims import load_claims
from surveybook.analyse.estimates import Estimate, Estimates
from surveybook.analyse.estimating import estimate_surveys, load_choices, load_estimates

__all__ = ["Estimate", "Estimates", "estimate_surveys", "load_choices", "load_claims", "load_estimates"]
