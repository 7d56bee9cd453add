"""Raw files to validated responses: data package, item codebook, typed gaps, integrity."""

from surveybook.process.survey_data import SurveyData, load_survey, load_surveys
from surveybook.process.thematic import load_thematic

__all__ = ["SurveyData", "load_survey", "load_surveys", "load_thematic"]
