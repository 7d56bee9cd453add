"""Estimates to what is shown: wording, numbers, charts, tables, figures. No room below sees a row."""

from surveybook.disseminate.figures import (
    figure_comparison,
    figure_counts,
    figure_scale,
    figure_shares,
    figure_three_ways,
)
from surveybook.disseminate.figures_claims import figure_claim_counts, figure_claims, paste_claims
from surveybook.disseminate.figures_codebook import figure_codebook
from surveybook.disseminate.figures_context import figure_innovations, figure_timeline
from surveybook.disseminate.figures_data import figure_data_files, figure_quality
from surveybook.disseminate.figures_open import (
    figure_choices,
    figure_headlines,
    figure_known,
    figure_open,
    show_breakdowns,
)
from surveybook.disseminate.figures_power import figure_power
from surveybook.disseminate.figures_silent import figure_pairs, figure_tipping
from surveybook.disseminate.figures_sources import figure_printed, figure_response_rates, figure_sources
from surveybook.disseminate.figures_thematic import figure_links, figure_patterns, figure_told
from surveybook.disseminate.numbers import paste_figure, paste_numbers, paste_rests

__all__ = [
    "figure_choices",
    "figure_claim_counts",
    "figure_claims",
    "figure_codebook",
    "figure_comparison",
    "figure_counts",
    "figure_data_files",
    "figure_headlines",
    "figure_innovations",
    "figure_known",
    "figure_links",
    "figure_open",
    "figure_pairs",
    "figure_patterns",
    "figure_power",
    "figure_printed",
    "figure_quality",
    "figure_response_rates",
    "figure_scale",
    "figure_shares",
    "figure_sources",
    "figure_three_ways",
    "figure_timeline",
    "figure_tipping",
    "figure_told",
    "paste_claims",
    "paste_figure",
    "paste_numbers",
    "paste_rests",
    "show_breakdowns",
]
