"""The site is swapped in one step as far as a reader can tell, and a killed swap is mended."""

import shutil
from pathlib import Path

import pytest

from surveybook.build.site import mend_swap, mended, swap_site


class KilledError(BaseException):
    """Stands for the end of the process: nothing in the code under test may catch it."""


@pytest.fixture
def sites(tmp_path):
    """A site of two files in its place, and a new one beside it; their paths."""
    for name, text in (("site", "old"), ("new", "new")):
        (tmp_path / name / "chapters").mkdir(parents=True)
        (tmp_path / name / "index.html").write_text(text, encoding="utf-8")
        (tmp_path / name / "chapters" / "drivers.html").write_text(text, encoding="utf-8")
    return tmp_path / "site", tmp_path / "new"


def words(site) -> list[str]:
    return [(site / name).read_text(encoding="utf-8") for name in ("index.html", "chapters/drivers.html")]


def die_at_rename(monkeypatch, number):
    rename, calls = Path.rename, []

    def dying(self, target):
        calls.append(target)
        if len(calls) == number:
            raise KilledError
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", dying)


def test_the_new_site_takes_the_place_of_the_old(sites):
    site, new = sites
    swap_site(new, site)
    assert words(site) == ["new", "new"]
    assert [path.name for path in site.parent.iterdir()] == ["site"]


def test_the_first_site_needs_no_old_one(sites):
    site, new = sites
    shutil.rmtree(site)
    swap_site(new, site)
    assert words(site) == ["new", "new"]


@pytest.mark.parametrize("number", [1, 2], ids=["before the first rename", "between the two renames"])
def test_a_kill_brings_the_old_site_back_whole(sites, monkeypatch, number):
    site, new = sites
    with monkeypatch.context() as patch:
        die_at_rename(patch, number)
        with pytest.raises(KilledError):
            swap_site(new, site)
    assert site.exists() == (number == 1)
    mend_swap(site)
    assert words(site) == ["old", "old"]
    assert words(new) == ["new", "new"]
    swap_site(new, site)
    assert words(site) == ["new", "new"]
    assert [path.name for path in site.parent.iterdir()] == ["site"]


@pytest.mark.parametrize("number", [1, 2], ids=["before the first rename", "between the two renames"])
def test_an_interrupt_in_the_midst_of_a_swap_leaves_the_old_site_in_its_place(sites, monkeypatch, number):
    site, new = sites
    with pytest.raises(KilledError), mended(site), monkeypatch.context() as patch:
        die_at_rename(patch, number)
        swap_site(new, site)
    assert words(site) == ["old", "old"]
    assert sorted(path.name for path in site.parent.iterdir()) == ["new", "site"]


@pytest.fixture
def killed_while_removing(sites, monkeypatch):
    """A swap that was killed when the new site stood and half of the old one was gone; the site's path."""
    site, new = sites

    def die(path, **_):
        if Path(path).exists():
            (Path(path) / "index.html").unlink()
            raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", die)
        with pytest.raises(KilledError):
            swap_site(new, site)
    assert [path.name for path in site.with_name("site.old").rglob("*.html")] == ["drivers.html"]
    return site


def test_a_kill_while_the_old_site_is_removed_leaves_the_new_one(killed_while_removing):
    mend_swap(killed_while_removing)
    assert words(killed_while_removing) == ["new", "new"]
    assert [path.name for path in killed_while_removing.parent.iterdir()] == ["site"]


def test_a_swap_after_a_killed_one_mends_it_first(killed_while_removing, tmp_path):
    newer = shutil.copytree(killed_while_removing, tmp_path / "newer")
    (newer / "index.html").write_text("newer", encoding="utf-8")
    swap_site(newer, killed_while_removing)
    assert words(killed_while_removing) == ["newer", "new"]
    assert [path.name for path in killed_while_removing.parent.iterdir()] == ["site"]


def test_the_old_site_is_whole_until_the_new_one_stands(sites, monkeypatch):
    site, new = sites
    rename, seen = Path.rename, []

    def watched(self, target):
        seen.append(words(site) if site.exists() else words(site.with_name("site.old")))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", watched)
    swap_site(new, site)
    assert seen == [["old", "old"], ["old", "old"]]


def test_mending_leaves_a_whole_site_as_it_is(sites):
    site, _ = sites
    mend_swap(site)
    assert words(site) == ["old", "old"]
