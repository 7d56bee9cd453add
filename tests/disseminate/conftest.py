"""Estimates to show: of the committed package, and of one whose rows pass for real answers."""

from __future__ import annotations

import pytest

from surveybook.analyse import estimate_surveys
from surveybook.process import load_surveys


@pytest.fixture(scope="module")
def simulated(committed):
    """Estimates of the committed package, whose rows are simulated."""
    return estimate_surveys(load_surveys(str(committed), project_folder=committed))


@pytest.fixture
def observed(project, declare_observed):
    """Estimates of a copy that is declared observed."""
    declare_observed(project / "data")
    return estimate_surveys(load_surveys())
