"""Estimates to what is shown: wording, numbers, charts, tables, figures. No room below sees a row."""

from surveybook.disseminate.figures import (
    figure_comparison,
    figure_counts,
    figure_scale,
    figure_shares,
    figure_three_ways,
)
from surveybook.disseminate.numbers import paste_numbers, paste_rests

__all__ = [
    "figure_comparison",
    "figure_counts",
    "figure_scale",
    "figure_shares",
    "figure_three_ways",
    "paste_numbers",
    "paste_rests",
]
