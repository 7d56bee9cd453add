"""Shares, standard errors, logit intervals and design effects against R's package survey (4.1-1).

Each case holds the R call and what R printed, to 17 digits. ``Rscript tests/analyse/expected.R``
prints them all again; these tests themselves do not need R. R has no Wilson interval: that one is
held against the roots of its own equation, solved here in decimal numbers from R's variance.
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from math import isnan
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from surveybook.analyse.design import Design
from surveybook.analyse.proportions import proportion_of
from surveybook.core.errors import SurveybookError

CLOSE = 1e-10  # of a share; R's own last digits differ by less
Z_95 = Decimal("1.959963984540054235524594430521")  # published to 30 digits


def small() -> pd.DataFrame:
    """The data frame ``small`` of expected.R."""
    i = np.arange(1, 25)
    return pd.DataFrame(
        {
            "i": i,
            "y": (7 * i) % 10 < 4,
            "k": (i * i) % 11,
            "h": 1 + (i > 7) + (i > 15),
            "w": 1 + (3 * i) % 5,
            "d": i % 4 != 0,
        }
    )


def large() -> pd.DataFrame:
    """The data frame ``large`` of expected.R."""
    i = np.arange(1, 297)
    return pd.DataFrame(
        {
            "i": i,
            "y": (37 * i) % 100 < 54,
            "k": (i * i + 3 * i) % 97,
            "h": 1 + i % 3,
            "w": 1 + (7 * i) % 9,
            "d": (11 * i) % 16 < 13,
        }
    )


SMALL, LARGE = small(), large()
SIZES, LARGE_SIZES = {1: 20, 2: 30, 3: 10}, {1: 120, 2: 236, 3: 200}
ALONE = 1 + (SMALL["i"] > 1)  # a stratum of one person, and the rest
ENDLESS = 10**15  # a population so large that the correction is nothing
NONE = float("nan")  # R was not asked, or has no such value


@dataclass(frozen=True)
class Case:
    """One call of ``show`` in expected.R, and what R printed for it."""

    name: str
    r: str
    y: pd.Series
    design: Design
    share: float
    se: float
    low: float = NONE
    high: float = NONE
    deff: float = NONE
    domain: pd.Series | None = None
    level: float = 0.95

    def estimate(self, method: str):
        """Estimate the case by the code under test."""
        base = np.ones(len(self.y), dtype=bool) if self.domain is None else self.domain.to_numpy()
        return proportion_of(self.y.to_numpy(), base, self.design, level=self.level, method=method)


CASES = [
    Case(
        "24 of 60",
        "svydesign(ids = ~1, fpc = ~N, data = transform(small, N = 60))",
        SMALL["y"],
        Design(60, 24),
        share=0.375,
        se=0.078192905271403032,
        low=0.23130136837494686,
        high=0.54471181017775017,
        deff=1,
    ),
    Case(
        "24 of 25",
        "svydesign(ids = ~1, fpc = ~N, data = transform(small, N = 25))",
        SMALL["y"],
        Design(25, 24),
        share=0.37500000000000006,
        se=0.020189321327181212,
        low=0.33425065287327377,
        high=0.41760104278586413,
        deff=1.0000000000000004,
    ),
    Case(
        "24 of a billion",
        "svydesign(ids = ~1, fpc = ~N, data = transform(small, N = 1e9))",
        SMALL["y"],
        Design(10**9, 24),
        share=0.375,
        se=0.10094660542454673,
        low=0.19752938676733678,
        high=0.59391087739815807,
        deff=0.99999999999999978,
    ),
    Case(
        "24 without fpc",
        "svydesign(ids = ~1, weights = ~W, data = transform(small, W = 1))",
        SMALL["y"],
        Design(ENDLESS, 24),
        share=0.375,
        se=0.10094660663590604,
        low=0.19752938507256529,
        high=0.59391087997681136,
    ),
    Case(
        "296 of 556",
        "svydesign(ids = ~1, fpc = ~N, data = transform(large, N = 556))",
        LARGE["y"],
        Design(556, 296),
        share=0.54054054054054046,
        se=0.019841568681829114,
        low=0.50132235360835697,
        high=0.57926294193224459,
        deff=0.99999999999999711,
    ),
    Case(
        "2 of 10",
        "svydesign(ids = ~1, fpc = ~N, data = transform(small[2:3, ], N = 10))",
        SMALL["y"][1:3],
        Design(10, 2),
        share=0.5,
        se=0.44721359549995793,
        low=1.3448747807597258e-10,
        high=0.99999999986551247,
        deff=1,
    ),
    Case(
        "90 percent interval",
        "svydesign(ids = ~1, fpc = ~N, data = transform(large, N = 556)), level = 0.9",
        LARGE["y"],
        Design(556, 296),
        share=0.54054054054054046,
        se=0.019841568681829114,
        low=0.50767318404759598,
        high=0.57305896699422743,
        deff=0.99999999999999711,
        level=0.9,
    ),
    Case(
        "99 percent interval",
        "svydesign(ids = ~1, fpc = ~N, data = transform(large, N = 556)), level = 0.99",
        LARGE["y"],
        Design(556, 296),
        share=0.54054054054054046,
        se=0.019841568681829114,
        low=0.48884995891276845,
        high=0.591373296306684,
        deff=0.99999999999999711,
        level=0.99,
    ),
    Case(
        "census",
        "svydesign(ids = ~1, fpc = ~N, data = transform(small, N = 24))",
        SMALL["y"],
        Design(24, 24),
        share=0.375,
        se=0,
    ),
    Case(
        "0 percent",
        "svydesign(ids = ~1, fpc = ~N, data = transform(small, y = 0, N = 60))",
        SMALL["y"] & False,
        Design(60, 24),
        share=0,
        se=0,
    ),
    Case(
        "100 percent",
        "svydesign(ids = ~1, fpc = ~N, data = transform(small, y = 1, N = 60))",
        SMALL["y"] | True,
        Design(60, 24),
        share=1,
        se=0,
    ),
    Case(
        "domain",
        "svydesign(ids = ~1, fpc = ~N, data = transform(small, N = 60)), small$d",
        SMALL["y"],
        Design(60, 24),
        share=0.38888888888888884,
        se=0.090918849815340819,
        low=0.22384705637008517,
        high=0.58404873093352561,
        domain=SMALL["d"],
    ),
    Case(
        "domain of 296",
        "svydesign(ids = ~1, fpc = ~N, data = transform(large, N = 556)), large$d",
        LARGE["y"],
        Design(556, 296),
        share=0.53941908713692943,
        se=0.021993367310252785,
        low=0.49594665481089367,
        high=0.5822999822176026,
        domain=LARGE["d"],
    ),
    Case(
        "domain of two",
        "svydesign(ids = ~1, fpc = ~N, data = transform(small, N = 60)), small$i %in% c(2, 3)",
        SMALL["y"],
        Design(60, 24),
        share=0.5,
        se=0.2797514424720941,
        low=0.089901369652645141,
        high=0.91009863034735483,
        domain=SMALL["i"].isin([2, 3]),
    ),
    Case(
        "domain of one",
        "svydesign(ids = ~1, fpc = ~N, data = transform(small, N = 60)), small$i == 2",
        SMALL["y"],
        Design(60, 24),
        share=0,
        se=0,
        domain=SMALL["i"] == 2,
    ),
    Case(
        "clusters",
        "svydesign(ids = ~k, fpc = ~f, data = transform(small, f = 24 / 60))",
        SMALL["y"],
        Design(60, 24, cluster=SMALL["k"]),
        share=0.375,
        se=0.075777222831138386,
        low=0.20719182360389796,
        high=0.57939370738632989,
        deff=0.93916666666666659,
    ),
    Case(
        "clusters of 296",
        "svydesign(ids = ~k, fpc = ~f, data = transform(large, f = 296 / 556))",
        LARGE["y"],
        Design(556, 296, cluster=LARGE["k"]),
        share=0.54054054054054046,
        se=0.037471089578780557,
        low=0.46484856353106413,
        high=0.61440718383953052,
        deff=3.5664869063780094,
    ),
    Case(
        "clusters without fpc",
        "svydesign(ids = ~k, weights = ~W, data = transform(small, W = 1))",
        SMALL["y"],
        Design(ENDLESS, 24, cluster=SMALL["k"]),
        share=0.375,
        se=0.097827974015615798,
        low=0.17026012605055674,
        high=0.63694606529990128,
    ),
    Case(
        "domain in clusters",
        "svydesign(ids = ~k, fpc = ~f, data = transform(small, f = 24 / 60)), small$d",
        SMALL["y"],
        Design(60, 24, cluster=SMALL["k"]),
        share=0.38888888888888884,
        se=0.089196996879942939,
        low=0.19516653810009529,
        high=0.6254654162104184,
        domain=SMALL["d"],
    ),
    Case(
        "domain without two clusters",
        "svydesign(ids = ~k, fpc = ~f, data = transform(small, f = 24 / 60)), small$k > 1",
        SMALL["y"],
        Design(60, 24, cluster=SMALL["k"]),
        share=0.41176470588235292,
        se=0.097908590637106691,
        low=0.19848944079498004,
        high=0.66427689712346627,
        domain=SMALL["k"] > 1,
    ),
    Case(
        "clusters at 100 percent",
        "svydesign(ids = ~k, fpc = ~f, data = transform(small, y = 1, f = 24 / 60))",
        SMALL["y"] | True,
        Design(60, 24, cluster=SMALL["k"]),
        share=1,
        se=0,
    ),
    Case(
        "strata",
        "svydesign(ids = ~1, strata = ~h, fpc = ~N, data = transform(small, N = c(20, 30, 10)[h]))",
        SMALL["y"],
        Design(60, 24, strata=SMALL["h"], stratum_sizes=SIZES),
        share=0.3568121693121693,
        se=0.093170085918157883,
        low=0.19255424125536991,
        high=0.56341746485229971,
        deff=1.4499469104418465,
    ),
    Case(
        "strata of 296",
        "svydesign(ids = ~1, strata = ~h, fpc = ~N, data = transform(large, N = c(120, 236, 200)[h]))",
        LARGE["y"],
        Design(556, 296, strata=LARGE["h"], stratum_sizes=LARGE_SIZES),
        share=0.54016601190290814,
        se=0.021275599208369723,
        low=0.4981084224788257,
        high=0.58165920828103346,
        deff=1.1496317191251124,
    ),
    Case(
        "domain in strata",
        "svydesign(ids = ~1, strata = ~h, fpc = ~N, data = transform(small, N = c(20, 30, 10)[h])), small$d",
        SMALL["y"],
        Design(60, 24, strata=SMALL["h"], stratum_sizes=SIZES),
        share=0.41431019708654671,
        se=0.11070739859904628,
        low=0.21501505007811075,
        high=0.64625225411820442,
        domain=SMALL["d"],
    ),
    Case(
        "domain of one stratum",
        "svydesign(ids = ~1, strata = ~h, fpc = ~N, data = transform(small, N = c(20, 30, 10)[h])), small$h == 2",
        SMALL["y"],
        Design(60, 24, strata=SMALL["h"], stratum_sizes=SIZES),
        share=0.375,
        se=0.15669579263200217,
        low=0.12997380614541512,
        high=0.70672670893841039,
        domain=SMALL["h"] == 2,
    ),
    Case(
        "one stratum a census",
        "svydesign(ids = ~1, strata = ~h, fpc = ~N, data = transform(small, N = c(7, 30, 23)[h]))",
        SMALL["y"],
        Design(60, 24, strata=SMALL["h"], stratum_sizes={1: 7, 2: 30, 3: 23}),
        share=0.39120370370370372,
        se=0.094334637639175781,
        low=0.21994721262335792,
        high=0.59422600483538501,
        deff=1.4323329979954724,
    ),
    Case(
        "one stratum of one person",
        "svydesign(ids = ~1, strata = ~g, fpc = ~N, "
        "data = transform(small, g = 1 + (i > 1), N = c(1, 59)[1 + (i > 1)]))",
        SMALL["y"],
        Design(60, 24, strata=ALONE, stratum_sizes={1: 1, 2: 59}),
        share=0.38478260869565217,
        se=0.079923059753259446,
        low=0.23694934655284791,
        high=0.55746587127805491,
        deff=1.0343719884355929,
    ),
    Case(
        "clusters in strata",
        "svydesign(ids = ~k, strata = ~h, fpc = ~f, nest = TRUE, "
        "data = transform(small, f = c(7 / 20, 8 / 30, 9 / 10)[h]))",
        SMALL["y"],
        Design(60, 24, strata=SMALL["h"], stratum_sizes=SIZES, cluster=SMALL["k"]),
        share=0.3568121693121693,
        se=0.10583856837308869,
        low=0.17001274139746975,
        high=0.60038808345302652,
        deff=1.8710570186485622,
    ),
    Case(
        "domain in clusters in strata",
        "svydesign(ids = ~k, strata = ~h, fpc = ~f, nest = TRUE, "
        "data = transform(small, f = c(7 / 20, 8 / 30, 9 / 10)[h])), small$d",
        SMALL["y"],
        Design(60, 24, strata=SMALL["h"], stratum_sizes=SIZES, cluster=SMALL["k"]),
        share=0.41431019708654671,
        se=0.12547524097604829,
        low=0.18796665795834777,
        high=0.68372119859161473,
        domain=SMALL["d"],
    ),
    Case(
        "weights",
        "svydesign(ids = ~1, weights = ~W, fpc = ~N, data = transform(small, W = w * 60 / sum(w), N = 60))",
        SMALL["y"],
        Design(60, 24, weights=SMALL["w"]),
        share=0.41891891891891891,
        se=0.088613477794259307,
        low=0.25345696390541073,
        high=0.60487828574372571,
        deff=1.2365436136243702,
    ),
    Case(
        "weights of 296",
        "svydesign(ids = ~1, weights = ~W, fpc = ~N, data = transform(large, W = w * 556 / sum(w), N = 556))",
        LARGE["y"],
        Design(556, 296, weights=LARGE["w"]),
        share=0.56199460916442046,
        se=0.022155149211875638,
        low=0.51802449159360975,
        high=0.605011987860264,
        deff=1.257943724139557,
    ),
    Case(
        "equal weights",
        "svydesign(ids = ~1, weights = ~W, fpc = ~N, data = transform(small, W = 60 / 24, N = 60))",
        SMALL["y"],
        Design(60, 24, weights=SMALL["w"] * 0 + 3),
        share=0.375,
        se=0.078192905271403032,
        low=0.23130136837494686,
        high=0.54471181017775017,
        deff=1,
    ),
    Case(
        "domain with weights",
        "svydesign(ids = ~1, weights = ~w, fpc = ~N, data = transform(small, N = 60)), small$d",
        SMALL["y"],
        Design(60, 24, weights=SMALL["w"]),
        share=0.4642857142857143,
        se=0.10298613805637023,
        low=0.26901158012201393,
        high=0.6711611598150905,
        domain=SMALL["d"],
    ),
    Case(
        "weights and clusters",
        "svydesign(ids = ~k, weights = ~W, fpc = ~f, data = transform(small, W = w * 60 / sum(w), f = 24 / 60))",
        SMALL["y"],
        Design(60, 24, cluster=SMALL["k"], weights=SMALL["w"]),
        share=0.41891891891891891,
        se=0.081938588350599528,
        low=0.23281460964104297,
        high=0.63136105277738275,
        deff=1.057272243553949,
    ),
    Case(
        "weights and strata",
        "svydesign(ids = ~1, strata = ~h, weights = ~W, fpc = ~N, "
        "data = transform(small, W = w * 60 / sum(w), N = c(20, 30, 10)[h]))",
        SMALL["y"],
        Design(60, 24, strata=SMALL["h"], stratum_sizes=SIZES, weights=SMALL["w"]),
        share=0.41891891891891891,
        se=0.081046717433717691,
        low=0.26510455925036425,
        high=0.59029332506613874,
        deff=1.0343814773608877,
    ),
    Case(
        "weights, clusters and strata of 296",
        "svydesign(ids = ~k, strata = ~h, weights = ~W, fpc = ~f, nest = TRUE, "
        "data = transform(large, W = w * 556 / sum(w), f = c(98 / 120, 99 / 236, 99 / 200)[h]))",
        LARGE["y"],
        Design(
            556,
            296,
            strata=LARGE["h"],
            stratum_sizes=LARGE_SIZES,
            cluster=LARGE["k"],
            weights=LARGE["w"],
        ),
        share=0.56199460916442046,
        se=0.025517886674314771,
        low=0.51108791652585539,
        high=0.61162860075508962,
        deff=1.6687883643533492,
    ),
    Case(
        "domain with weights, clusters and strata of 296",
        "svydesign(ids = ~k, strata = ~h, weights = ~w, fpc = ~f, nest = TRUE, "
        "data = transform(large, f = c(98 / 120, 99 / 236, 99 / 200)[h])), large$d",
        LARGE["y"],
        Design(
            556,
            296,
            strata=LARGE["h"],
            stratum_sizes=LARGE_SIZES,
            cluster=LARGE["k"],
            weights=LARGE["w"],
        ),
        share=0.56244830438378823,
        se=0.027048114417147742,
        low=0.50846546634151479,
        high=0.61499164124217787,
        domain=LARGE["d"],
    ),
]

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
with_interval = pytest.mark.parametrize(
    "case", [case for case in CASES if not isnan(case.low)], ids=lambda case: case.name
)


def wilson_roots(share: float, variance: float, z: Decimal = Z_95) -> tuple[float, float]:
    """The two P that solve (share - P)^2 = z^2 P (1 - P) / n, n = share (1 - share) / variance."""
    with localcontext() as context:
        context.prec = 50
        p = Decimal(share)
        q = z * z * Decimal(variance) / (p * (1 - p))  # z^2 / n
        a, b, c = 1 + q, -(2 * p + q), p * p
        root = (b * b - 4 * a * c).sqrt()
        return float((-b - root) / (2 * a)), float((-b + root) / (2 * a))


def test_there_are_at_least_25_cases():
    assert len({case.name for case in CASES}) == len(CASES) >= 25


def test_the_r_script_holds_each_call_and_no_other():
    script = (Path(__file__).parent / "expected.R").read_text(encoding="utf-8").splitlines()
    assert [f'show("{case.name}", {case.r})' for case in CASES] == [
        line for line in script if line.startswith("show(")
    ]


@each_case
def test_share_and_standard_error(case):
    got = case.estimate("wilson")
    assert got.estimate_pct / 100 == pytest.approx(case.share, abs=CLOSE, rel=0)
    assert got.se_pct / 100 == pytest.approx(case.se, abs=CLOSE, rel=0)


@each_case
def test_count_and_base(case):
    chosen = case.y if case.domain is None else case.y[case.domain]
    got = case.estimate("wilson")
    assert (got.count, got.base_n) == (chosen.sum(), len(chosen))


@with_interval
def test_logit_interval(case):
    got = case.estimate("logit")
    assert got.ci_method == "logit"
    assert got.ci_low_pct / 100 == pytest.approx(case.low, abs=CLOSE, rel=0)
    assert got.ci_high_pct / 100 == pytest.approx(case.high, abs=CLOSE, rel=0)


@pytest.mark.parametrize("case", [case for case in CASES if not isnan(case.deff)], ids=lambda case: case.name)
def test_design_effect(case):
    assert case.estimate("wilson").deff == pytest.approx(case.deff, abs=1e-9, rel=0)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.se > 0 and case.level == 0.95], ids=lambda case: case.name
)
def test_wilson_interval_from_the_variance_of_r(case):
    got = case.estimate("wilson")
    low, high = wilson_roots(case.share, case.se**2)
    assert got.ci_method == "wilson"
    assert got.ci_low_pct / 100 == pytest.approx(low, abs=CLOSE, rel=0)
    assert got.ci_high_pct / 100 == pytest.approx(high, abs=CLOSE, rel=0)


@pytest.mark.parametrize("method", ["wilson", "logit"])
def test_a_census_has_no_sampling_error(method):
    got = next(case for case in CASES if case.name == "census").estimate(method)
    assert (got.fpc, got.se_pct) == (0, 0)
    assert got.ci_low_pct == got.estimate_pct == got.ci_high_pct


def test_a_census_at_100_percent_is_certain_too():
    got = proportion_of(np.ones(5, dtype=bool), np.ones(5, dtype=bool), Design(5, 5), method="logit")
    assert (got.ci_low_pct, got.ci_high_pct) == (100, 100)


@pytest.mark.parametrize(("name", "share"), [("0 percent", 0), ("100 percent", 1)])
def test_wilson_at_the_ends_has_its_closed_form(name, share):
    # At 0 the equation is P^2 = z^2 P (1 - P) / n, so P = z^2 / (n + z^2), n = 24 * 23 / 24 / (1 - 24/60).
    effective_n = Decimal(23) / (1 - Decimal(24) / 60)
    reach = float(Z_95**2 / (effective_n + Z_95**2))
    got = next(case for case in CASES if case.name == name).estimate("wilson")
    ends = sorted([100 * share, 100 * abs(share - reach)])
    assert [got.ci_low_pct, got.ci_high_pct] == pytest.approx(ends, abs=1e-9, rel=0)


def test_a_domain_of_one_has_a_wide_wilson_interval_and_no_logit():
    # n = 1 * 23 / (24 (1 - 24/60)); R gives a standard error of 0, which is no certainty.
    case = next(case for case in CASES if case.name == "domain of one")
    effective_n = Decimal(23) / (24 * (1 - Decimal(24) / 60))
    got = case.estimate("wilson")
    assert got.estimate_pct == got.ci_low_pct == 0
    assert got.ci_high_pct == pytest.approx(float(100 * Z_95**2 / (effective_n + Z_95**2)), abs=1e-9, rel=0)
    assert isnan(case.estimate("logit").ci_high_pct)


@pytest.mark.parametrize("name", ["0 percent", "100 percent"])
def test_the_logit_does_not_exist_at_the_ends(name):
    got = next(case for case in CASES if case.name == name).estimate("logit")
    assert isnan(got.ci_low_pct) and isnan(got.ci_high_pct)
    assert got.ci_method == "none: the logit does not exist at 0 and 100 percent"


@pytest.mark.parametrize("method", ["wilson", "logit"])
@pytest.mark.parametrize(
    "design",
    [
        Design(60, 24, cluster=SMALL["k"]),
        Design(60, 24, strata=SMALL["h"], stratum_sizes=SIZES),
        Design(60, 24, weights=SMALL["w"]),
    ],
    ids=["clusters", "strata", "weights"],
)
def test_answers_all_alike_leave_a_complex_design_without_interval(design, method):
    everyone = np.ones(24, dtype=bool)
    got = proportion_of(everyone, everyone, design, method=method)
    assert (got.estimate_pct, got.se_pct) == (100, 0)
    assert isnan(got.ci_low_pct) and isnan(got.ci_high_pct)
    assert got.ci_method.startswith("none: ")


@pytest.mark.parametrize("method", ["wilson", "logit"])
def test_no_variance_between_clusters_claims_no_certainty(method):
    # Each of 4 clusters has one yes in three: the variance is 0, which says nothing of all 100.
    y = np.tile([True, False, False], 4)
    design = Design(100, 12, cluster=pd.Series(np.repeat(np.arange(4), 3)))
    got = proportion_of(y, np.ones(12, dtype=bool), design, method=method)
    assert isnan(got.ci_low_pct) and isnan(got.ci_high_pct)
    assert got.ci_method.startswith("none: ")


@pytest.mark.parametrize("method", ["wilson", "logit"])
def test_a_variance_of_rounding_errors_claims_no_certainty(method):
    # Clusters of 2, 4 and 6 in which exactly half say yes: floats give a standard error of 2e-15.
    y = np.tile([True, False], 6)
    design = Design(1000, 12, cluster=pd.Series(np.repeat([0, 1, 2], [2, 4, 6])))
    got = proportion_of(y, np.ones(12, dtype=bool), design, method=method)
    assert isnan(got.ci_low_pct) and isnan(got.ci_high_pct)
    assert got.ci_method.startswith("none: ")


def test_the_reason_for_no_interval_is_true_where_answers_differ():
    # One in three said yes, so "all answers are alike" is not the reason.
    y = np.tile([True, False, False], 4)
    design = Design(100, 12, cluster=pd.Series(np.repeat(np.arange(4), 3)))
    got = proportion_of(y, np.ones(12, dtype=bool), design)
    assert isnan(got.ci_low_pct)
    assert "all answers are alike" not in got.ci_method


@pytest.mark.parametrize("method", ["wilson", "logit"])
def test_one_respondent_gives_a_clear_error(method):
    one = np.ones(1, dtype=bool)
    with pytest.raises(SurveybookError) as caught:
        proportion_of(one, one, Design(100, 1), method=method, what="the item extent")
    assert caught.value.what == "the item extent has no interval: only one respondent, or one cluster"
    assert (caught.value.got, caught.value.expected) == (1, "at least two in each stratum")


def test_one_cluster_gives_a_clear_error():
    design = Design(100, 24, cluster=SMALL["k"] * 0)
    with pytest.raises(SurveybookError, match="only one respondent, or one cluster"):
        proportion_of(SMALL["y"].to_numpy(), np.ones(24, dtype=bool), design)


def test_one_respondent_in_a_stratum_gives_a_clear_error():
    design = Design(100, 24, strata=ALONE, stratum_sizes={1: 2, 2: 98})
    with pytest.raises(SurveybookError, match="at least two in each stratum"):
        proportion_of(SMALL["y"].to_numpy(), np.ones(24, dtype=bool), design)


def test_an_empty_base_is_refused():
    with pytest.raises(SurveybookError, match="the base has an empty base") as caught:
        proportion_of(np.ones(24, dtype=bool), np.zeros(24, dtype=bool), Design(60, 24))
    assert caught.value.expected == "at least one respondent"


def test_answers_of_another_number_than_the_sample_are_refused():
    with pytest.raises(SurveybookError):
        proportion_of(np.ones(24, dtype=bool), np.ones(24, dtype=bool), Design(60, 25))


@each_case
def test_no_and_yes_mirror_each_other(case):
    base = np.ones(len(case.y), dtype=bool) if case.domain is None else case.domain.to_numpy()
    yes = proportion_of(case.y.to_numpy(), base, case.design)
    no = proportion_of(~case.y.to_numpy(), base, case.design)
    assert yes.count + no.count == yes.base_n
    assert yes.estimate_pct + no.estimate_pct == pytest.approx(100, abs=1e-9)
    assert yes.se_pct == pytest.approx(no.se_pct, abs=1e-9)
    if not isnan(yes.ci_low_pct):
        assert yes.ci_low_pct + no.ci_high_pct == pytest.approx(100, abs=1e-9)


def test_the_order_and_the_labels_of_rows_do_not_matter():
    turned = LARGE[::-1].set_index("i")
    results = [
        proportion_of(
            data["y"].to_numpy(),
            data["d"].to_numpy(),
            Design(
                556,
                296,
                strata=data["h"],
                stratum_sizes=LARGE_SIZES,
                cluster=data["k"],
                weights=data["w"],
            ),
        )
        for data in (LARGE, turned)
    ]
    numbers = [(got.estimate_pct, got.se_pct, got.ci_low_pct, got.ci_high_pct) for got in results]
    assert numbers[0] == pytest.approx(numbers[1], abs=1e-9)
    assert (results[0].count, results[0].base_n) == (results[1].count, results[1].base_n)


@pytest.mark.parametrize("method", ["wilson", "logit"])
@pytest.mark.parametrize("design", [Design(60, 24), Design(60, 24, cluster=SMALL["k"])], ids=["simple", "clusters"])
def test_numbers_are_plain_ones_that_print_as_numbers(design, method):
    got = proportion_of(SMALL["y"].to_numpy(), SMALL["d"].to_numpy(), design, method=method)
    odd = {name: type(value).__name__ for name, value in vars(got).items() if type(value) not in (int, float, str)}
    assert odd == {}


@pytest.mark.parametrize(
    ("setting", "wording"),
    [
        ({"method": "wald"}, "unknown interval method"),
        ({"level": 95}, "the confidence level is not a share"),
    ],
)
def test_an_impossible_setting_is_refused(setting, wording):
    with pytest.raises(SurveybookError, match=wording):
        proportion_of(np.ones(24, dtype=bool), np.ones(24, dtype=bool), Design(60, 24), **setting)
