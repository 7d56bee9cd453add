"""An edition with a faulty parameter is refused before anything runs, and the fault is named."""

from pathlib import Path

import pytest
import yaml

from surveybook.build.editions import read_edition
from surveybook.core.errors import SurveybookError
from surveybook.core.paths import Project

PARAMETERS = (
    "one of 'ci_method', 'confidence_level', 'cut_point', 'data_package', 'differ_points', 'dont_know', 'threshold'"
)
FILE = "chapters/editions.yml"
ROOT = Path(__file__).resolve().parents[2]


def refusal(project, edition="default") -> str:
    with pytest.raises(SurveybookError) as caught:
        read_edition(Project(project), edition)
    return str(caught.value)


def error(what, **parts) -> str:
    """The text of an error: each part that is there on a line of its own, in the order given."""
    parts = {"file": FILE, **parts}
    return "\n".join([f"error: {what}", *(f"  {name + ':':<10}{value}" for name, value in parts.items())])


DEFAULT = {
    "data_package": "data",
    "confidence_level": 0.95,
    "ci_method": "wilson",
    "differ_points": 10,
    "threshold": 5,
    "dont_know": "as-printed",
    "cut_point": "as-printed",
}


def test_the_committed_default_edition_has_a_value_for_every_parameter():
    assert read_edition(Project(ROOT), "default") == DEFAULT


def test_every_committed_edition_has_a_value_for_every_parameter():
    for edition in yaml.safe_load((ROOT / FILE).read_text(encoding="utf-8"))["editions"]:
        assert read_edition(Project(ROOT), edition).keys() == DEFAULT.keys(), edition


def test_the_default_edition_of_these_tests_is_the_committed_one(project):
    assert read_edition(Project(project), "default") == DEFAULT


def test_an_edition_has_its_own_values(project):
    with (project / FILE).open("a", encoding="utf-8") as file:
        file.write("  brede:\n    data_package: data\n    confidence_level: 0.99\n")
        file.write("    ci_method: logit\n    differ_points: 5.5\n    threshold: 10\n")
        file.write("    dont_know: inside\n    cut_point: stricter\n")
    assert read_edition(Project(project), "brede") == {
        "data_package": "data",
        "confidence_level": 0.99,
        "ci_method": "logit",
        "differ_points": 5.5,
        "threshold": 10,
        "dont_know": "inside",
        "cut_point": "stricter",
    }


@pytest.mark.parametrize("edition", ["defualt", "Default", "", "../default"])
def test_an_unknown_edition_is_refused(project, edition):
    assert refusal(project, edition) == error(
        "unknown edition",
        value=repr(edition),
        expected="one of 'default'",
        hint="correct the name, or add the edition to chapters/editions.yml",
    )


@pytest.mark.parametrize("name", ["a", "0", "observed-2", "2021-03", "a--b-"])
def test_a_name_of_small_letters_digits_and_hyphens_is_allowed(project, name):
    with (project / FILE).open("a", encoding="utf-8") as file:
        file.write(f'  "{name}":\n    data_package: data\n    confidence_level: 0.99\n')
        file.write("    ci_method: logit\n    differ_points: 5\n    threshold: 5\n")
        file.write("    dont_know: outside\n    cut_point: as-printed\n")
    assert read_edition(Project(project), name)["differ_points"] == 5


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Brede", "'Brede'"),
        ('"-a"', "'-a'"),
        ('"a b"', "'a b'"),
        ("a_b", "'a_b'"),
        ("a.b", "'a.b'"),
        ("../site", "'../site'"),
        ("/tmp", "'/tmp'"),
        ("ægte", "'ægte'"),
        ('""', "''"),
        ('"a\\n"', r"'a\n'"),
        ("2021", "2021"),
        ("yes", "True"),
    ],
)
@pytest.mark.parametrize("asked", ["default", "itself"])
def test_a_name_that_is_not_fit_for_a_folder_is_refused(project, written, shown, asked):
    with (project / FILE).open("a", encoding="utf-8") as file:
        file.write(f"  {written}:\n    data_package: data\n")
    assert refusal(project, asked if asked == "default" else shown.strip("'")) == error(
        "an edition's name is not fit for a folder",
        column="editions",
        value=shown,
        expected="text of small letters, digits and hyphens (quote a number)",
    )


@pytest.mark.parametrize(
    ("key", "line", "kind"),
    [
        ("data_package", "    data_package: data\n", "string"),
        ("confidence_level", "    confidence_level: 0.95\n", "number"),
        ("differ_points", "    differ_points: 10\n", "number"),
        ("dont_know", "    dont_know: as-printed\n", "string"),
        ("cut_point", "    cut_point: as-printed\n", "string"),
    ],
)
def test_a_missing_parameter_is_named(project, edit_text, key, line, kind):
    edit_text(project / FILE, line, "")
    assert refusal(project) == error("the edition default lacks a parameter", column=key, expected=kind)


def test_an_edition_without_any_parameter_lacks_the_first(project):
    with (project / FILE).open("a", encoding="utf-8") as file:
        file.write("  tom:\n")
    assert refusal(project, "tom") == error(
        "the edition tom lacks a parameter", column="data_package", expected="string"
    )


@pytest.mark.parametrize(
    ("old", "new", "key", "value"),
    [
        ("    ci_method: wilson", "    ci_methd: wilson", "ci_methd", "'wilson'"),
        ("    differ_points: 10", "    differ_points: 10\n    breakdown: region", "breakdown", "'region'"),
        ("    differ_points: 10", "    Differ_points: 10", "Differ_points", "10"),
    ],
    ids=["misspelt", "unknown", "with a capital"],
)
def test_an_unknown_or_misspelt_parameter_is_named(project, edit_text, old, new, key, value):
    edit_text(project / FILE, old, new)
    assert refusal(project) == error(
        "the edition default has an unknown parameter",
        column=key,
        value=value,
        expected=PARAMETERS,
        hint="correct its name, or explain it under `parameters`",
    )


VALUES = {
    "a text for a number": ("confidence_level: 0.95", '"0.95"', "'0.95'", "of the wrong type", "number"),
    "a decimal comma": ("confidence_level: 0.95", "0,95", "'0,95'", "of the wrong type", "number"),
    "a number for a text": ("data_package: data", "7", "7", "of the wrong type", "string"),
    "yes for a number": ("differ_points: 10", "yes", "True", "of the wrong type", "number"),
    "a list": ("differ_points: 10", "[10, 20]", "[10, 20]", "of the wrong type", "number"),
    "percent for a share": ("confidence_level: 0.95", "95", "95", "out of range", "0.5 to 0.999"),
    "just too low": ("confidence_level: 0.95", "0.499", "0.499", "out of range", "0.5 to 0.999"),
    "just too high": ("confidence_level: 0.95", "0.9991", "0.9991", "out of range", "0.5 to 0.999"),
    "less than nothing": ("differ_points: 10", "-1", "-1", "out of range", "0 to 100"),
    "no end": ("differ_points: 10", ".inf", "inf", "out of range", "0 to 100"),
    "not a number": ("differ_points: 10", ".nan", "nan", "out of range", "0 to 100"),
}


@pytest.mark.parametrize(("line", "written", "shown", "what", "expected"), VALUES.values(), ids=VALUES)
def test_a_value_that_cannot_be_is_named(project, edit_text, line, written, shown, what, expected):
    key = line.partition(":")[0]
    edit_text(project / FILE, f"    {line}\n", f"    {key}: {written}\n")
    assert refusal(project) == error(
        f"a parameter of the edition default is {what}", column=key, value=shown, expected=expected
    )


@pytest.mark.parametrize("value", ["0.5", "0.999"])
def test_the_ends_of_a_range_are_allowed(project, edit_text, value):
    edit_text(project / FILE, "    confidence_level: 0.95\n", f"    confidence_level: {value}\n")
    assert read_edition(Project(project), "default")["confidence_level"] == float(value)


def test_a_parameter_without_a_value_is_of_the_wrong_type(project, edit_text):
    edit_text(project / FILE, "    differ_points: 10\n", "    differ_points:\n")
    assert refusal(project) == error(
        "a parameter of the edition default is of the wrong type", column="differ_points", expected="number"
    )


@pytest.mark.parametrize(
    ("key", "old", "new", "expected"),
    [
        ("ci_method", "wilson", "wald", "one of 'logit', 'wilson'"),
        ("dont_know", "as-printed", "without", "one of 'as-printed', 'inside', 'outside'"),
        ("cut_point", "as-printed", "as printed", "one of 'as-printed', 'stricter', 'wider'"),
    ],
)
def test_an_unknown_value_is_named(project, edit_text, key, old, new, expected):
    edit_text(project / FILE, f"    {key}: {old}\n", f"    {key}: {new}\n")
    assert refusal(project) == error(
        "a parameter of the edition default has an unknown value", column=key, value=repr(new), expected=expected
    )


def test_an_edition_of_another_shape_is_refused(project):
    with (project / FILE).open("a", encoding="utf-8") as file:
        file.write("  kort: data\n")
    assert "  column:   kort" in refusal(project, "kort").splitlines()


# What is said of the parameters


@pytest.mark.parametrize("rest", ["", "    type: string\n", "    type: string\n    meaning: ' '\n"])
def test_a_parameter_that_is_not_explained_is_refused(project, edit_text, rest):
    edit_text(project / FILE, "\neditions:\n", f"  breakdown:\n{rest}\neditions:\n")
    assert refusal(project) == error("a parameter is not explained", column="breakdown", expected="type and meaning")


def test_an_unknown_type_is_refused(project, edit_text):
    edit_text(project / FILE, "    type: number\n    least: 0.5\n", "    type: float\n    least: 0.5\n")
    assert refusal(project) == error(
        "a parameter has an unknown type",
        column="confidence_level",
        value="'float'",
        expected="one of 'integer', 'number', 'string'",
    )


def test_an_unknown_key_of_an_explanation_is_refused(project, edit_text):
    edit_text(project / FILE, "    most: 0.999\n", "    max: 0.999\n")
    assert refusal(project) == error(
        "a parameter's explanation has an unknown key",
        column="confidence_level",
        value="'max'",
        expected="one of 'least', 'meaning', 'most', 'one_of', 'type'",
    )


# The file


@pytest.mark.parametrize("part", ["parameters", "editions"])
def test_a_table_without_one_of_its_two_parts_is_refused(project, edit_text, part):
    edit_text(project / FILE, f"\n{part}:\n", f"\n{part}_of_old:\n")
    assert refusal(project) == error(f"the table of editions has no part named {part}", column=part)


@pytest.mark.parametrize("line", ["   ci_method: wilson", "\tci_method: wilson", "    ci_method: wilson: 95"])
def test_broken_yaml_names_the_row(project, edit_text, line):
    row = edit_text(project / FILE, "    ci_method: wilson", line)
    lines = refusal(project).splitlines()
    assert lines[:3] == ["error: the file is not valid YAML", f"  file:     {FILE}", f"  row:      {row}"]
    assert lines[-1] == "  hint:     check the indentation and the colons"


@pytest.mark.parametrize("content", ["", "- parameters\n- editions\n", "parameters\n"])
def test_a_file_without_keys_is_refused(project, content):
    (project / FILE).write_text(content, encoding="utf-8")
    assert refusal(project).startswith(error("the file does not hold keys and values"))


def test_a_file_that_is_not_utf8_is_refused(project):
    (project / FILE).write_bytes((project / FILE).read_bytes() + "# tæller kun svar\n".encode("latin-1"))
    assert f"  file:     {FILE}" in refusal(project).splitlines()


def test_a_missing_table_of_editions_is_named(project):
    (project / FILE).unlink()
    with pytest.raises(SurveybookError) as caught:
        read_edition(Project(project), "default")
    assert str(caught.value).startswith("error: a file of the book is missing\n")
    assert FILE in str(caught.value)
