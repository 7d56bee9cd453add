"""Rounding as printed tables round: half up, and from whole counts where they are known."""

from __future__ import annotations

from math import ceil, floor

OUTPUT_DECIMALS = 6


def percent_half_up(count: int, base: int) -> int:
    """Return ``100 * count / base`` rounded half up, worked out on whole numbers."""
    return (200 * count + base) // (2 * base)


def half_up(value: float, decimals: int = 0) -> float:
    """Round half up; a float is first cut to nine decimals so that 2.4999999999999996 is 2.5."""
    scale = 10**decimals
    return floor(round(value * scale, 9) + 0.5) / scale


def outward(low: float, high: float, decimals: int = 0) -> tuple[float, float]:
    """Round a range so that it never claims more than it knows: low down, high up."""
    scale = 10**decimals
    return floor(round(low * scale, 9)) / scale, ceil(round(high * scale, 9)) / scale
