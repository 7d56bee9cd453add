"""Raw files to validated responses: data package, item codebook, typed gaps, integrity."""

from surveybook.process.survey_data import SurveyData, load_survey, load_surveys

__all__ = ["SurveyData", "load_survey", "load_surveys"]
