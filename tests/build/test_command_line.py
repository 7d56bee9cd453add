"""The command line: a bad input ends with status 1 and a plain message, and the last site stays."""

import pytest

COMMANDS = [("build",), ("check",), ("notebooks",), ("simulate",), ("data",), ("data", "accept")]
RESPONSES = "data/raw/vive/responses.csv"


@pytest.fixture
def site(book):
    """A finished site from before, with a file that no build would make."""
    folder = book / "_build" / "default" / "site"
    (folder / "chapters").mkdir(parents=True)
    (folder / "index.html").write_text("the old site", encoding="utf-8")
    (folder / "chapters" / "marker.html").write_text("an old chapter", encoding="utf-8")
    return folder


def misspell_a_parameter(book, tools):
    tools["edit_text"](book / "chapters" / "editions.yml", "    ci_method: wilson", "    ci_methd: wilson")


def change_an_answer(book, tools):
    assert tools["edit_cell"](book / RESPONSES, 4, "q01_omfang", "6") != "6"


def remove_the_answers(book, tools):
    (book / RESPONSES).unlink()


def write_an_unknown_option(book, tools):
    tools["edit_cell"](book / RESPONSES, 4, "q01_omfang", "7")
    tools["sign"](book / RESPONSES)


def let_a_respondent_stand_twice(book, tools):
    first = tools["read_records"](book / RESPONSES)[0]["respondent_id"]
    tools["edit_cell"](book / RESPONSES, 4, "respondent_id", first)
    tools["sign"](book / RESPONSES)


def cut_a_chapter_off(book, tools):
    chapter = book / "chapters" / "effects.ipynb"
    chapter.write_bytes(chapter.read_bytes()[:1000])


def write_an_address_that_is_none(book, tools):
    tools["edit_text"](book / "_config.yml", 'site_url: ""', 'site_url: "http://example.org"')


def nothing(book, tools):
    pass


BAD_INPUTS = {
    "a misspelt edition": (
        nothing,
        "defualt",
        {"error": "unknown edition", "file": "chapters/editions.yml", "value": "'defualt'"},
        "one of 'default'",
    ),
    "a misspelt parameter": (
        misspell_a_parameter,
        "default",
        {
            "error": "the edition default has an unknown parameter",
            "file": "chapters/editions.yml",
            "column": "ci_methd",
            "value": "'wilson'",
        },
        "one of 'ci_method', 'confidence_level', 'cut_point', 'data_package', 'differ_points', "
        "'dont_know', 'threshold'",
    ),
    "a public address that is none": (
        write_an_address_that_is_none,
        "default",
        {"error": "the public address of the site is not one", "file": "_config.yml", "column": "site_url"},
        "empty, or an address such as https://example.org/companion/",
    ),
    "a chapter that was cut off": (
        cut_a_chapter_off,
        "default",
        {"error": "a chapter is not a notebook", "file": "chapters/effects.ipynb", "value": "'Notebook "},
        "a Jupyter notebook",
    ),
    "answers that were changed and not signed": (
        change_an_answer,
        "default",
        {"error": "a data file was changed after it was signed", "file": RESPONSES, "value": "'sha256 "},
        "sha256 ",
    ),
    "answers that are not there": (
        remove_the_answers,
        "default",
        {"error": "a data file is missing", "file": RESPONSES},
        "the file that the resource vive-responses names",
    ),
    "an option that is not known": (
        write_an_unknown_option,
        "default",
        {"error": "an unknown answer", "file": RESPONSES, "row": "4", "column": "q01_omfang", "value": "'7'"},
        "one of '', '-1', '-2', '1', '2', '3', '4', '5', '6', '88', '99'",
    ),
    "a respondent who stands twice": (
        let_a_respondent_stand_twice,
        "default",
        {
            "error": "a value stands twice in a column of unique values",
            "file": RESPONSES,
            "row": "4",
            "column": "respondent_id",
            "value": "'L",
        },
        "each value once",
    ),
}


@pytest.mark.parametrize(("spoil", "edition", "said", "expected"), BAD_INPUTS.values(), ids=BAD_INPUTS)
def test_a_bad_input_is_told_and_the_last_site_stays(
    book, site, surveybook, contents, edit_text, edit_cell, sign, read_records, spoil, edition, said, expected
):
    tools = {"edit_text": edit_text, "edit_cell": edit_cell, "sign": sign, "read_records": read_records}
    before = contents(site.parent)
    spoil(book, tools)
    done = surveybook("build", "--edition", edition, cwd=book)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    _, error, *lines = done.stderr.splitlines()
    assert error == f"error: {said.pop('error')}"
    for name, value in {**said, "expected": expected}.items():
        assert any(line.startswith(f"  {name + ':':<10}{value}") for line in lines), f"{name} in\n{done.stderr}"
    after = contents(site.parent)  # an empty lock is all that the build leaves
    assert after.pop("build.lock", (b"",))[0] == b""
    assert after == before


@pytest.mark.parametrize("arguments", [("build", "--editon", "default"), ("biuld",), ()], ids=" ".join)
def test_a_command_that_cannot_be_read_shows_the_usage(book, surveybook, arguments):
    done = surveybook(*arguments, cwd=book)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: surveybook")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [(), *COMMANDS], ids=lambda command: " ".join(command) or "surveybook")
def test_help_answers_anywhere(tmp_path, surveybook, command):
    done = surveybook(*command, "--help", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(" ".join(["usage: surveybook", *command]))


def test_the_programs_help_lists_every_command(tmp_path, surveybook):
    listed = surveybook("--help", cwd=tmp_path).stdout
    assert [name for name, *_ in COMMANDS if f"\n    {name}" not in listed] == []


@pytest.mark.parametrize("command", ["build", "check", "notebooks", "simulate"])
def test_outside_a_checkout_a_plain_message_is_given(tmp_path, surveybook, command):
    done = surveybook(command, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"error: {tmp_path.resolve()} is not inside a checkout of the book (no chapters/editions.yml above it)\n"
        "  hint:     change to the folder of the book\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_check_runs_from_a_folder_below_and_writes_nothing(book, surveybook, contents):
    before = contents(book)
    done = surveybook("check", cwd=book / "chapters")
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "Data, parameters and prose of the edition default are sound.\n",
        "",
    )
    assert contents(book) == before
