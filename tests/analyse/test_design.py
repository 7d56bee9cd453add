"""Designs that cannot be are refused, and the error says what was expected."""

from math import inf, nan

import numpy as np
import pandas as pd
import pytest

from surveybook.analyse.design import Design
from surveybook.core.errors import SurveybookError

STRATA = pd.Series(["a", "a", "a", "b", "b"])
SIZES = {"a": 40, "b": 60}


def refusal(*args, **settings) -> SurveybookError:
    """The error that a design is refused with."""
    with pytest.raises(SurveybookError) as caught:
        Design(*args, **settings)
    assert caught.value.what in str(caught.value) and str(caught.value.expected) in str(caught.value)
    return caught.value


NOT_COUNTS = [0, -1, -556, 0.53, 0.0, 1.0, 556.0, nan, inf, True, False, np.True_, "556", None]


@pytest.mark.parametrize("value", NOT_COUNTS, ids=repr)
def test_a_population_that_is_no_count_of_people(value):
    error = refusal(value, 1)
    assert error.what == "the design's population_size is not a count of people"
    assert error.expected == "a whole number of at least 1"
    assert error.hint == "give the number of people, not a share"
    assert error.got is value


@pytest.mark.parametrize("value", NOT_COUNTS, ids=repr)
def test_a_sample_that_is_no_count_of_people(value):
    error = refusal(556, value)
    assert error.what == "the design's sample_size is not a count of people"
    assert error.expected == "a whole number of at least 1"
    assert error.got is value


def test_a_sampling_fraction_in_place_of_the_population():
    # 296 of 556 is 0.53; as a population it would turn the correction negative.
    assert refusal(0.53, 296).got == 0.53


@pytest.mark.parametrize(("population", "sample"), [(295, 296), (1, 2), (98, 556)])
def test_more_respondents_than_people(population, sample):
    error = refusal(population, sample)
    assert error.what == "the design has more respondents than people"
    assert error.got == f"n = {sample}, N = {population}"
    assert error.expected == "n at most N"


@pytest.mark.parametrize("kind", [int, np.int32, np.int64, np.uint16])
def test_any_whole_number_will_do(kind):
    design = Design(kind(556), kind(296))
    assert design.fpc == pytest.approx(260 / 556, abs=1e-15)


@pytest.mark.parametrize("values", [[1, 2, 3, 4], [1, 2, 3, 4, 5, 6], []], ids=len)
@pytest.mark.parametrize("name", ["strata", "cluster", "weights"])
def test_a_series_of_another_length_than_the_sample(name, values):
    sizes = {"stratum_sizes": dict.fromkeys([1.0, 2.0, 3.0, 4.0], 25)} if name == "strata" else {}
    error = refusal(100, 5, **{name: pd.Series(values, dtype=float)}, **sizes)
    assert error.what == f"the design's {name} does not fit the sample"
    assert (error.got, error.expected) == (len(values), "5 values")


@pytest.mark.parametrize("gap", [nan, None])
@pytest.mark.parametrize("name", ["strata", "cluster", "weights"])
def test_a_series_with_a_gap(name, gap):
    sizes = {"stratum_sizes": {1.0: 40, 2.0: 60}} if name == "strata" else {}
    error = refusal(100, 5, **{name: pd.Series([1.0, 2.0, gap, 1.0, 2.0])}, **sizes)
    assert error.what == f"the design's {name} has a gap"
    assert error.expected == "a value for each respondent"


def test_a_gap_among_names():
    assert "cluster has a gap" in refusal(100, 3, cluster=pd.Series(["K001", None, "K002"])).what


@pytest.mark.parametrize("weight", [0, -1, -0.001, -inf])
def test_a_weight_that_is_not_positive(weight):
    error = refusal(100, 5, weights=pd.Series([1.0, 2, weight, 1, 3]))
    assert error.what == "a weight is not positive"
    assert (error.got, error.expected) == (weight, "above 0")


def test_a_weight_without_end_is_named():
    # The value shown is the one at fault, not the smallest, which is all right.
    assert refusal(100, 5, weights=pd.Series([1.0, 2, inf, 1, 3])).got == inf


def test_strata_without_sizes():
    error = refusal(100, 5, strata=STRATA)
    assert error.what == "strata and their population sizes come together"
    assert error.expected == "both strata and stratum_sizes, or neither"


def test_sizes_without_strata():
    assert refusal(100, 5, stratum_sizes=SIZES).what == "strata and their population sizes come together"


@pytest.mark.parametrize("sizes", [{"a": 100}, {"a": 40, "c": 60}, {"A": 40, "b": 60}, {}], ids=str)
def test_a_stratum_missing_from_the_sizes(sizes):
    error = refusal(100, 5, strata=STRATA, stratum_sizes=sizes)
    assert error.what == "a stratum has no population size"
    assert error.got == sorted({"a", "b"} - set(sizes))
    assert error.expected == "a size for each stratum"


@pytest.mark.parametrize("sizes", [{"a": 40, "b": 61}, {"a": 40, "b": 59}, {"a": 40, "b": 60, "c": 1}], ids=str)
def test_sizes_that_do_not_add_up(sizes):
    error = refusal(100, 5, strata=STRATA, stratum_sizes=sizes)
    assert error.what == "the strata do not add up to the population"
    assert (error.got, error.expected) == (sum(sizes.values()), "100")


def test_a_stratum_with_more_respondents_than_people():
    error = refusal(100, 5, strata=STRATA, stratum_sizes={"a": 2, "b": 98})
    assert error.what == "the stratum a has more respondents than people"
    assert (error.got, error.expected) == (3, "at most 2")


@pytest.mark.parametrize(
    "sizes",
    [{"a": 40.5, "b": 59.5}, {"a": 40, "b": 65, "c": -5}, {"a": 39, "b": 60, "c": True}],
    ids=["fractions", "below zero", "bool"],
)
def test_stratum_sizes_that_are_no_counts_of_people(sizes):
    # They add up to 100, so only a look at each size finds them.
    assert "whole number" in refusal(100, 5, strata=STRATA, stratum_sizes=sizes).expected


def test_the_last_possible_designs_are_accepted():
    census = Design(5, 5, strata=STRATA, stratum_sizes={"a": 3, "b": 2}, weights=pd.Series([1e-9] * 5))
    assert census.fpc == 0
    assert Design(1, 1).fpc == 0


def test_the_correction_is_the_share_not_asked():
    assert Design(556, 296).fpc == 260 / 556
    design = Design(100, 5, strata=STRATA, stratum_sizes=SIZES)
    assert design.stratum_fpc("a", 3) == 37 / 40
    assert design.stratum_fpc("b", 2) == 58 / 60
    assert Design(100, 5).stratum_fpc(0, 5) == 95 / 100


def test_each_respondent_stands_for_their_stratum():
    design = Design(100, 5, strata=STRATA, stratum_sizes=SIZES)
    assert list(design.respondent_weights()) == [40 / 3, 40 / 3, 40 / 3, 30, 30]
    assert list(Design(100, 5).respondent_weights()) == [20] * 5


def test_given_weights_win():
    weights = pd.Series([1, 2, 3, 4, 5], index=list("edcba"))
    design = Design(100, 5, strata=STRATA, stratum_sizes=SIZES, weights=weights)
    assert list(design.respondent_weights()) == [1, 2, 3, 4, 5]


def test_only_a_design_in_which_all_count_alike_is_simple():
    assert Design(100, 5).is_simple
    assert not Design(100, 5, weights=pd.Series([1.0] * 5)).is_simple
    assert not Design(100, 5, cluster=STRATA).is_simple
    assert not Design(100, 5, strata=STRATA, stratum_sizes=SIZES).is_simple


@pytest.mark.parametrize(
    ("population", "sample", "base", "expected"),
    [
        (556, 296, 296, 295 * 556 / 260),
        (556, 296, 160, 160 * 295 / 296 * 556 / 260),
        (60, 24, 1, 23 / 24 / 0.6),
    ],
)
def test_effective_size_by_hand(population, sample, base, expected):
    assert Design(population, sample).simple_effective_n(base) == pytest.approx(expected, rel=1e-13)


def test_effective_size_of_a_census_is_endless():
    assert Design(5, 5).simple_effective_n(3) == inf
    assert Design(1, 1).simple_effective_n(1) == inf


def test_one_respondent_gives_no_effective_size():
    with pytest.raises(SurveybookError) as caught:
        Design(100, 1).simple_effective_n(1)
    assert caught.value.what == "one respondent gives no interval"
    assert (caught.value.expected, caught.value.hint) == ("at least two", "show the count instead")
