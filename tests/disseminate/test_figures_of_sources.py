"""Tables of the sources and their response rates, and printed shares of several sources in one chart."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from surveybook.core.errors import SurveybookError
from surveybook.disseminate import figure_printed, figure_response_rates, figure_shares, figure_sources
from surveybook.disseminate.figure import PANEL_MIME

NAMES = ["komdir.kept_collaboration", "fh.trust_from_above.less", "dlf_1.vulnerable_homes", "fh.trust_from_above"]


def column(figure, name: str) -> list[str]:
    at = figure.table[0].index(name)
    return [row[at] for row in figure.table[1:]]


def printed(estimates, names=NAMES, title="Which?", **more):
    return figure_printed(estimates, names, figure_id="f", title=title, **more)


def rows_of(figure) -> list[dict]:
    (rows,) = [values for values in figure.spec["datasets"].values() if "label" in values[0]]
    return rows


def test_every_source_stands_once_those_of_the_article_first(simulated, committed, read_records):
    figure = figure_sources(simulated, figure_id="f", title="Who?")
    surveys = read_records(committed / "codebook" / "surveys.csv")
    order = ["article", "unnamed", "context"]
    labels = [one["label_en"] for one in sorted(surveys, key=lambda one: order.index(one["use"]))]
    assert [cell[1:].partition("; ")[0] for cell in column(figure, "Source")] == [label[1:] for label in labels]
    marked = [cell for cell in column(figure, "Source") if "beside the article, for context" in cell]
    assert len(marked) == sum(one["use"] == "context" for one in surveys) == 4
    assert len(figure.table[0]) <= 7 and PANEL_MIME in figure._repr_mimebundle_()


def test_what_is_not_published_is_said_and_a_rounded_count_keeps_its_words(simulated):
    answered = column(figure_sources(simulated, figure_id="f", title="Who?"), "How many answered")
    assert {"296 of 556", "1,708", "Not published", "More than 900 of more than 2,300"} <= {*answered}


def test_how_people_were_chosen_is_the_source_s_word_or_our_reading(simulated):
    figure = figure_sources(simulated, figure_id="f", title="Who?")
    chosen = dict(zip(column(figure, "Source"), column(figure, "How they were chosen"), strict=True))
    assert chosen["VIVE's survey of municipal leaders"] == "Read here as all on a list"
    union = "The teachers' union's first survey (DLF)"
    assert chosen[union] == "Not said; the source calls its sample representative"
    assert chosen["FH's panel of public leaders"] == "Members of a panel were asked"
    assert chosen["The interviews"] == "Not a sample"
    assert list(chosen.values()).count("Not published") == 10


def test_who_holds_the_data_stands_once_in_the_caption(simulated):
    figure = figure_sources(simulated, figure_id="f", title="Who?")
    assert figure.caption == (
        "The sources that the article names stand first. Who holds the data of the sources of the article: not said; "
        "the article's authors were given the data; on which terms: not published. "
        "Who holds the data of the sources beside the article: not said; on which terms: not published."
    )
    assert not any("were given the data" in cell for row in figure.table for cell in row)


def test_one_source_with_a_holder_of_its_own_is_named(simulated):
    surveys = dict(simulated.codebook.surveys)
    surveys["fh"] = replace(surveys["fh"], held_by="an archive")
    codebook = replace(simulated.codebook, surveys=surveys)
    caption = figure_sources(replace(simulated, codebook=codebook), figure_id="f", title="Who?").caption
    assert "Who holds the data of FH's panel of public leaders: an archive; on which terms: not published." in caption
    assert caption.count("Who holds the data of") == 3 and "the sources of the article" not in caption


def test_a_source_of_which_nothing_is_published_is_named_below_the_rates(simulated):
    figure = figure_response_rates(simulated, figure_id="f", title="Who?")
    assert column(figure, "Source") == [
        "VIVE's survey of municipal leaders",
        "The interviews",
        "FH's panel of public leaders",
        "The teachers' union's first survey (DLF)",
        "The survey by Bikubenfonden and Mandag Morgen",
        "The pedagogues' union's first survey (BUPL)",
    ]
    assert column(figure, "Asked") == ["556", *["Not published"] * 3, "More than 2,300", "Not published"]
    assert column(figure, "Answered") == ["296", "14", "1,708", "2,035", "More than 900", "10,054"]
    silent = figure.caption.partition(" RR1 to RR6 are")[0].lower()
    assert silent.startswith("of these neither is published: ") and silent.endswith(".")
    labels = [one.label_en.lower() for one in simulated.codebook.surveys.values()]
    shown = [source.lower() for source in column(figure, "Source")]
    assert {label for label in labels if label in silent} == {*labels} - {*shown}
    assert len(labels) - len(shown) == 9


def test_the_response_rate_of_print_is_arithmetic_on_printed_counts(simulated):
    figure = figure_response_rates(simulated, figure_id="f", title="{vive.response.answered} answered")
    rates = dict(zip(column(figure, "Source"), column(figure, "Response rate"), strict=True))
    assert figure.title == "53 percent answered"
    known = {source: rate for source, rate in rates.items() if rate != "No rate"}
    assert known == {
        "VIVE's survey of municipal leaders": "53.2 percent",
        "The survey by Bikubenfonden and Mandag Morgen": "About 39 percent",
    }
    told = column(figure, figure.table[0][-1])
    assert told[0].startswith("RR2:") and "RR4 and RR6 if" in told[0] and "RR1, RR3 and RR5 need" in told[0]
    assert "refusal, contact and cooperation" in figure.caption


def test_of_real_answers_the_sources_say_so(observed):
    figure = figure_response_rates(observed, figure_id="f", title="Who?")
    assert "Observed" in figure.rests
    assert column(figure, "Response rate")[0] == "53.2 percent"


def test_shares_stand_in_the_order_that_was_asked_for(simulated):
    figure = printed(simulated)
    assert column(figure, "Share") == [
        "73 percent",
        "12 percent",
        "about two thirds (printed as a word; we read it as 64–69 percent)",
        "47 percent",
    ]
    assert [row["label"].split("\n")[1] for row in rows_of(figure)] == column(figure, "Source")
    assert [row.get("value") for row in rows_of(figure)] == [73, 12, None, 47]
    assert (rows_of(figure)[2]["start"], rows_of(figure)[2]["end"]) == (64, 69)


def test_an_answer_is_named_where_its_items_label_does_not_say_it(simulated):
    what = column(printed(simulated, [*NAMES, "fh.extra_hours"]), "What")
    assert what == [
        "More collaboration, which they hope to keep",
        "Trust from the top manager or employer: less trust",
        "Have pupils from vulnerable homes in class",
        "Trust from the top manager or employer: more trust",
        "Extra hours a week: 6 to 10 hours",
    ]
    others = ["fh.task_performance", "fh.stress_compared", "bupl_1.reopening"]
    assert column(printed(simulated, others), "What") == [
        "Changes and how tasks are solved: a positive effect",
        "Stress compared with usual: more stressed",
        "The reopening: well",
    ]


def test_an_answer_that_only_agrees_is_not_named(simulated):
    # reported, agree and yes
    what = column(printed(simulated, ["fh.more_digital", "vive.motivation.agree", "vive.digital.yes"]), "What")
    assert what == [
        "Worked more digitally than before",
        "Positive for employees' motivation",
        "Concerns more digital service",
    ]


def test_the_caption_says_that_rows_are_no_scale_and_why_there_is_no_interval(simulated):
    figure = printed(simulated)
    assert "different questions, put to different people" in figure.caption
    panel = "No interval for FH's panel of public leaders: a panel, and how its members were chosen is not published."
    assert panel in figure.caption
    assert "printed in words is drawn as the range" in figure.caption
    assert column(figure, "Interval, or why there is none")[2].endswith(
        "of everyone, if chance chose those who answered"
    )
    one = printed(simulated, ["komdir.kept_collaboration"])
    assert "one scale" not in one.caption and one.base == "Base not published."


def test_ranges_of_a_survey_with_a_frame_keep_their_terms(simulated):
    figure = printed(simulated, ["vive.extent", "dlf_1.pupils_absent"])
    terms = column(figure, "Interval, or why there is none")
    assert "if the silent are like" in terms[0] and "if chance chose" in terms[1]
    assert all("low" in row and "bound_low" not in row for row in rows_of(figure))


def test_a_title_pastes_from_several_surveys(simulated):
    title = "{kept_collaboration} and {fh.more_digital}, {fh.trust_from_above.less}; {fh.more_digital:words}"
    assert printed(simulated, title=title).title == "73 percent and 90 percent, 12 percent; nine of ten"
    own = figure_shares(
        simulated, "vive", ["extent"], figure_id="f", title="{extent.bottom}; {komdir.kept_collaboration}"
    )
    assert own.title == "14 percent; 73 percent"


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "nothing to show"),
        (["fh.nothing"], "unknown item"),
        (["nobody.more_digital"], "unknown survey"),
        (["fh.stress.rarely"], "no estimate"),
        (["vive.extent.top1"], "simulated rows alone"),
    ],
)
def test_a_name_that_shows_nothing_known_is_refused(simulated, names, message):
    with pytest.raises(SurveybookError, match=message):
        printed(simulated, names)


def test_a_finding_in_the_title_is_held_against_several_surveys(simulated):
    assert printed(simulated, holds="komdir.kept_collaboration > 50 and fh.trust_from_above > 40").doubt == ""
    assert "komdir" in printed(simulated, holds="komdir.kept_collaboration > 80").doubt


def test_no_word_of_a_table_is_left_over_from_code(simulated):
    for figure in (figure_sources(simulated, figure_id="f", title="x"), printed(simulated)):
        text = figure.text()
        assert not re.search(r"\b(nan|None)\b|\{", text)
