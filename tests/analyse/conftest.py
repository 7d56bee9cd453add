"""The committed surveys, and their estimates: made once, only ever read."""

from __future__ import annotations

import pytest
from made_up import observed

from surveybook.analyse import Estimates, estimate_surveys
from surveybook.process import load_surveys


@pytest.fixture(scope="session")
def surveys(committed):
    """The surveys of the committed package."""
    return load_surveys(str(committed), project_folder=committed)


@pytest.fixture(scope="session")
def vive(surveys):
    """The survey that has rows."""
    return surveys["vive"]


@pytest.fixture(scope="session")
def estimates(surveys) -> Estimates:
    """The estimates of the committed package."""
    return estimate_surveys(surveys)


@pytest.fixture(scope="session")
def real(vive) -> Estimates:
    """The estimates if the committed answers were real ones."""
    return estimate_surveys({"vive": observed(vive)})
