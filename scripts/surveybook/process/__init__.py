"""Raw files to validated responses: data package, item codebook, typed gaps, context, integrity."""

from surveybook.process.context import Context, load_context
from surveybook.process.survey_data import SurveyData, load_survey, load_surveys
from surveybook.process.thematic import load_thematic

__all__ = ["Context", "SurveyData", "load_context", "load_survey", "load_surveys", "load_thematic"]
