"""What is kept longest unused is forgotten first, and a file that vanished meanwhile is no fault."""

from __future__ import annotations

import os

from surveybook.core.kept import forget_oldest, oldest_first


def aged(folder, *names):
    files = [folder / name for name in names]
    for age, file in enumerate(files):
        file.write_text(file.name, encoding="utf-8")
        os.utime(file, (1_000 + age, 1_000 + age))
    return files


def test_the_oldest_files_go_and_folders_stay(tmp_path):
    aged(tmp_path, "c", "a", "b")
    (tmp_path / "folder").mkdir()
    forget_oldest(tmp_path, most=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "folder"]


def test_a_file_that_another_build_removed_is_left_out(tmp_path):
    first, gone, last = aged(tmp_path, "z", "y", "x")
    gone.unlink()
    assert oldest_first([last, gone, first]) == [first, last]
