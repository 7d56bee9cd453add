"""Every committed chart is valid by the schema of Vega-Lite that Altair brings; it is made without that check."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from altair.vegalite.v6.schema.core import load_schema

ROOT = Path(__file__).resolve().parents[2]
VEGALITE = "application/vnd.vegalite.v6+json"
RECORD = f"application/papermill.record/{VEGALITE}"
CHAPTERS = sorted((ROOT / "chapters").rglob("*.ipynb"))


def specs(chapter: Path) -> list[dict]:
    """The charts among a chapter's outputs, those too that other pages paste."""
    cells = json.loads(chapter.read_text(encoding="utf-8"))["cells"]
    data = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    return [one[mime] for one in data for mime in (VEGALITE, RECORD) if mime in one]


@pytest.fixture(scope="module")
def schema():
    found = load_schema()
    return jsonschema.validators.validator_for(found)(found)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_each_chart_fits_the_schema(chapter, schema):
    for spec in specs(chapter):
        error = jsonschema.exceptions.best_match(schema.iter_errors(spec))
        assert error is None, f"{spec['usermeta']['surveybook']['id']}: {error}"


def test_some_charts_are_held_and_one_that_does_not_fit_is_found(schema):
    charts = [spec for chapter in CHAPTERS for spec in specs(chapter)]
    assert len(charts) > 20
    assert not schema.is_valid({**charts[0], "layer": "none"})
