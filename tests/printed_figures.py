"""What the public texts print, figure by figure: written down once, never read from the code or its data.

The identity of a figure is its survey, item and option set; what is printed is its value, unit, range of a
verbal or computed figure, precision and kind.
"""

from __future__ import annotations

from typing import NamedTuple


class Printed(NamedTuple):
    """One printed figure, as the public text has it."""

    figure_id: str
    survey: str
    item: str
    option_set: str
    value: float
    unit: str
    low: float | None
    high: float | None
    precision: str
    kind: str


WHOLE = ("percent", None, None, "integer", "printed")
COUNTED = ("count", None, None, "exact", "printed")
MORE = ("count", None, None, "more than", "printed")
NEAR = ("percent", None, None, "integer", "context")


def _verbal(low: float, high: float) -> tuple:
    return ("percent", low, high, "verbal", "printed")


def _left_of_100(low: float, high: float) -> tuple:
    return ("percent", low, high, "integer", "computed")


PRINTED = (
    Printed("vive_01", "vive", "response", "answered", 53, *WHOLE),
    Printed("vive_02", "vive", "response", "municipalities", 93, *COUNTED),
    Printed("vive_03", "vive", "response", "open_answers", 160, *COUNTED),
    Printed("vive_04", "vive", "extent", "top2", 54, *WHOLE),
    Printed("vive_05", "vive", "extent", "top2", 54, *WHOLE),
    Printed("vive_06", "vive", "extent", "bottom", 14, *WHOLE),
    Printed("vive_07", "vive", "extent", "rest", 32, *_left_of_100(31, 33)),
    Printed("vive_08", "vive", "character", "smaller", 73, *WHOLE),
    Printed("vive_09", "vive", "character", "other", 27, *_left_of_100(26.5, 27.5)),
    Printed("vive_10", "vive", "profitable", "agree", 65, *WHOLE),
    Printed("vive_11", "vive", "permanent", "agree", 85, *WHOLE),
    Printed("vive_12", "vive", "permanent", "agree", 85, *WHOLE),
    Printed("vive_13", "vive", "transferable", "agree", 78, *WHOLE),
    Printed("vive_14", "vive", "digital", "yes", 90, *_verbal(87, 90)),
    Printed("vive_15", "vive", "motivation", "agree", 71, *WHOLE),
    Printed("vive_16", "vive", "wellbeing", "agree", 67, *WHOLE),
    Printed("vive_17", "vive", "wellbeing", "agree", 67, *WHOLE),
    Printed("vive_18", "vive", "faster_help", "agree", 50, *_verbal(48, 52)),
    Printed("vive_19", "vive", "readiness", "agree", 95, *WHOLE),
    Printed("vive_20", "vive", "risk_taking", "agree", 74, *WHOLE),
    Printed("vive_21", "vive", "flexible_rules", "agree", 44, *WHOLE),
    Printed("vive_22", "vive", "external", "top2", 61, *WHOLE),
    Printed("vive_23", "vive", "internal", "top2", 46, *WHOLE),
    Printed("vive_24", "vive", "room", "agree", 52, *WHOLE),
    Printed("komdir_01", "komdir", "kept_collaboration", "reported", 73, *WHOLE),
    Printed("institution_leaders_01", "institution_leaders", "needed_collaboration", "reported", 77, *WHOLE),
    Printed("fh_01", "fh", "contact_not_easier", "reported", 45, *WHOLE),
    Printed("fh_02", "fh", "trust_from_above", "more", 47, *WHOLE),
    Printed("fh_03", "fh", "trust_from_above", "less", 12, *WHOLE),
    Printed("fh_04", "fh", "trust_from_above", "rest", 41, *_left_of_100(40, 42)),
    Printed("fh_05", "fh", "task_performance", "positive", 72, *WHOLE),
    Printed("fh_06", "fh", "task_performance", "opposite", 20, *WHOLE),
    Printed("fh_07", "fh", "more_digital", "reported", 90, *WHOLE),
    Printed("fh_08", "fh", "digital_kept", "reported", 73, *WHOLE),
    Printed("fh_09", "fh", "found_difficult", "reported", 46, *WHOLE),
    Printed("fh_10", "fh", "more_workload", "reported", 61, *WHOLE),
    Printed("fh_11", "fh", "more_hours", "reported", 63, *WHOLE),
    Printed("fh_12", "fh", "extra_hours", "six_to_ten", 42, *WHOLE),
    Printed("fh_13", "fh", "extra_hours", "eleven_to_twenty", 24, *WHOLE),
    Printed("fh_14", "fh", "extra_hours", "over_twenty", 10, *_verbal(8, 10)),
    Printed("fh_15", "fh", "stress", "at_least_sometimes", 60, *WHOLE),
    Printed("fh_16", "fh", "stress", "often", 22, *WHOLE),
    Printed("fh_17", "fh", "stress", "rarely_or_never", 39, *WHOLE),
    Printed("fh_18", "fh", "stress_compared", "more", 44, *WHOLE),
    Printed("fh_19", "fh", "stress_compared", "less", 9, *WHOLE),
    Printed("dlf_01", "dlf_1", "pupils_absent", "reported", 58, *WHOLE),
    Printed("dlf_02", "dlf_1", "vulnerable_homes", "reported", 67, *_verbal(64, 69)),
    Printed("dlf_03", "dlf_3", "small_groups", "reported", 91, *WHOLE),
    Printed("bupl_01", "bupl_1", "reopening", "well", 53, *_verbal(51, 55)),
    Printed("bupl_02", "bupl_1", "better_ratio", "reported", 75, *_verbal(73, 77)),
    Printed("bupl_03", "bupl_1", "better_work", "reported", 44, *WHOLE),
    Printed("bupl_04", "bupl_1", "reopening", "badly", 20, *_verbal(18, 22)),
    Printed("bupl_05", "bupl_leaders", "reopening_well", "reported", 70, *_verbal(70, 75)),
    Printed("bupl_06", "bupl_leaders", "children_young", "reported", 82, *WHOLE),
    Printed("bupl_07", "bupl_leaders", "children_school", "reported", 73, *WHOLE),
    Printed("bupl_08", "bupl_leaders", "environment_young", "well", 51, *WHOLE),
    Printed("bupl_09", "bupl_leaders", "environment_young", "badly", 26, *WHOLE),
    Printed("bupl_10", "bupl_leaders", "environment_school", "well", 67, *WHOLE),
    Printed("bupl_11", "bupl_leaders", "environment_school", "badly", 19, *WHOLE),
    Printed("bupl_12", "bupl_2", "better_ratio", "reported", 40, *_verbal(38, 42)),
    Printed("bupl_13", "bupl_2", "time_for_child", "reported", 90, *_verbal(87, 90)),
    Printed("bupl_14", "bupl_2", "fewer_conflicts", "reported", 80, *_verbal(78, 82)),
    Printed("bupl_15", "bupl_2", "response", "answered_two_waves", 19000, *MORE),
    Printed("bupl_16", "bupl_leaders_august", "preparedness", "yes", 26, *NEAR),
    Printed("bupl_17", "bupl_leaders_august", "preparedness", "only_some", 62, *NEAR),
    Printed("bupl_18", "bupl_leaders_august", "cleaning_plan", "reported", 2, *NEAR),
    Printed("mm_bikuben_01", "mm_bikuben", "response", "invited", 2300, *MORE),
    Printed("mm_bikuben_02", "mm_bikuben", "response", "answered", 900, *MORE),
    Printed("mm_bikuben_03", "mm_bikuben", "response", "answered_share", 39, "percent", 38, 40, "verbal", "computed"),
    Printed("mm_bikuben_04", "mm_bikuben", "innovated", "reported", 80, *_verbal(78, 82)),
    Printed("mm_bikuben_05", "mm_bikuben", "from_the_drawer", "reported", 50, *_verbal(46, 50)),
    Printed("mm_bikuben_06", "mm_bikuben", "more_partners", "reported", 25, *_verbal(23, 27)),
    Printed("mm_bikuben_07", "mm_bikuben", "others_can_learn", "reported", 62, *WHOLE),
    Printed("socialstyrelsen_01", "socialstyrelsen", "positive_young", "reported", 74, *NEAR),
    Printed("socialstyrelsen_02", "socialstyrelsen", "positive_adults", "reported", 78, *NEAR),
    Printed("socialstyrelsen_03", "socialstyrelsen", "challenges_young", "reported", 15, *NEAR),
    Printed("socialstyrelsen_04", "socialstyrelsen", "challenges_adults", "reported", 32, *NEAR),
    Printed("vive_nursery_01", "vive_nursery", "children_wellbeing", "positive_all", 69, *NEAR),
    Printed("vive_nursery_02", "vive_nursery", "children_wellbeing", "unaffected", 29, *NEAR),
    Printed("vive_nursery_03", "vive_nursery", "children_wellbeing", "negative", 2, *NEAR),
    Printed("vive_nursery_04", "vive_nursery", "social_relations", "positive", 49, *NEAR),
    Printed("vive_nursery_05", "vive_nursery", "social_relations", "very_positive", 18, *NEAR),
    Printed("vive_nursery_06", "vive_nursery", "social_relations", "negative", 8, *NEAR),
    Printed("vive_nursery_07", "vive_nursery", "job_satisfaction", "positive_all", 44, *NEAR),
    Printed("vive_nursery_08", "vive_nursery", "job_satisfaction", "unaffected", 39, *NEAR),
    Printed("vive_nursery_09", "vive_nursery", "job_satisfaction", "negative", 17, *NEAR),
    Printed("vive_25", "vive", "response", "invited", 556, *COUNTED),
    Printed("vive_26", "vive", "response", "answered", 296, *COUNTED),
    Printed("interviews_01", "interviews", "response", "answered", 14, *COUNTED),
)
SAME_CLAIM_AS = {"vive_05": "vive_04", "vive_12": "vive_11", "vive_17": "vive_16"}

# Of the figures in words: the Danish word as printed, and how this edition says it in English.
WORDS = {
    "vive_14": ("nearly nine of ten", "næsten ni ud af ti"),
    "vive_18": ("half", "halvdelen"),
    "fh_14": ("just under one in ten", "knap hver tiende"),
    "dlf_02": ("about two thirds", "omkring to tredjedele"),
    "bupl_01": ("just over half", "lidt over halvdelen"),
    "bupl_02": ("three of four", "tre ud af fire"),
    "bupl_04": ("one in five", "hver femte"),
    "bupl_05": ("more than seven of ten", "flere end syv ud af ti"),
    "bupl_12": ("four of ten", "fire ud af ti"),
    "bupl_13": ("nearly nine of ten", "næsten ni ud af ti"),
    "bupl_14": ("eight of ten", "otte ud af ti"),
    "bupl_15": ("more than 19,000", "flere end 19.000"),
    "mm_bikuben_01": ("more than 2,300", "mere end 2.300"),
    "mm_bikuben_02": ("more than 900", "mere end 900"),
    "mm_bikuben_03": ("about 39 percent", "omkring 39 procent"),
    "mm_bikuben_04": ("eight of ten", "otte ud af ti"),
    "mm_bikuben_05": ("just under half", "knap halvdelen"),
    "mm_bikuben_06": ("one in four", "en ud af fire"),
}


class Source(NamedTuple):
    """What the public texts tell of one survey; dates bound a field period that may be known by its months."""

    population_size: int | None
    invited_n: int | None
    sample_size: int | None
    start: str
    end: str
    period: str
    use: str
    sampling: str


UNKNOWN = (None, None, None)
MONTHS = ("2020-04-01", "2020-07-31", "April to July 2020")
SPRING = ("2020-04-01", "2020-07-31", "spring 2020")
REPRESENTATIVE = "called representative"
SOURCES = {
    "vive": Source(556, 556, 296, "2020-11-01", "2020-11-30", "November 2020", "article", "everyone"),
    "komdir": Source(98, None, None, *MONTHS, "article", "not published"),
    "interviews": Source(None, None, 14, *MONTHS, "article", "not a sample"),
    "fh": Source(None, None, 1708, "2020-06-17", "2020-07-02", "17 June to 2 July 2020", "article", "panel"),
    "dlf_1": Source(
        None, None, 2035, "2020-04-03", "2020-04-08", "3 to 8 April 2020", "article", "called representative"
    ),
    "dlf_2": Source(*UNKNOWN, *SPRING, "article", "not published"),
    "dlf_3": Source(*UNKNOWN, *SPRING, "article", "not published"),
    "mm_bikuben": Source(*UNKNOWN, "2020-06-11", "2020-06-29", "11 to 29 June 2020", "article", "not published"),
    "bupl_1": Source(
        None, None, 10054, "2020-04-26", "2020-05-04", "26 April to 4 May 2020", "article", "not published"
    ),
    "bupl_2": Source(*UNKNOWN, "2020-05-31", "2020-06-11", "31 May to 11 June 2020", "article", "not published"),
    "institution_leaders": Source(*UNKNOWN, *MONTHS, "unnamed", "not published"),
    "bupl_leaders": Source(
        *UNKNOWN, "2020-04-01", "2020-05-31", "spring 2020 (published 18 May)", "context", "not published"
    ),
    "bupl_leaders_august": Source(*UNKNOWN, "2020-08-01", "2020-08-31", "August 2020", "context", "not published"),
    "socialstyrelsen": Source(*UNKNOWN, "2020-09-01", "2020-11-30", "autumn 2020", "context", "not published"),
    "vive_nursery": Source(
        *UNKNOWN, "2020-04-01", "2020-08-31", "2020 (reported in August)", "context", "not representative"
    ),
}


def names(known) -> str:
    """How a refusal lists the known names."""
    return ", ".join(f"'{name}'" for name in sorted(known))
