"""The command line."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.paths import Project, command, find_project, shown_path

EPILOG = """\
The usual day:
  surveybook check            are data, parameters and prose sound? (seconds, runs nothing)
  surveybook serve            see each edit on the page as soon as it is saved
  surveybook build            make the site of the default edition
  surveybook notebooks        run the committed chapters again and save their outputs
  surveybook check --receipt  is the built site whole, and made from this checkout?
  surveybook check --staged   does a commit hold answers of real people?
To begin something new:
  surveybook new chapter work-at-home --survey vive --item extent
  surveybook new item vive work_at_home --like motivation --label-en Work --label-da Arbejde
After a data file was changed on purpose:
  surveybook data accept data/raw/vive/responses.csv
"""


def main(arguments: list[str] | None = None) -> int:
    """Run a command; return 0, or 1 after an error that its author can mend."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return options.run(find_project(), options)
    except FileNotFoundError as error:
        if error.filename is not None:  # a file vanished, which is no fault of the working folder
            raise
        print(f"error: {error}\n  hint:     change to the folder of the book", file=sys.stderr)
        return 1
    except SurveybookError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; what was there before stays", file=sys.stderr)
        return 130


def _interrupt(number: int, frame: object) -> None:
    """Whoever asks a command to end gets what the keyboard gets: no process stays behind."""
    raise KeyboardInterrupt


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


# The rooms are imported when a command needs them, so that --help and errors answer at once.


def _build(project: Project, options: argparse.Namespace) -> int:
    if options.dry_run or options.why:
        return _explain(project, options)
    from surveybook.build.state import is_unchanged

    say = _say if not options.quiet else lambda line: None
    say(f"Building the edition {options.edition} ...")
    site = project.build(options.edition) / "site"
    if is_unchanged(project, options.edition, options.draft):
        say("Nothing changed since the last build.")
    else:
        _build_anew(project, options)
    page = site / "index.html"
    print(f"The site lies in {shown_path(site)}.")
    print(f"Open it in a browser: {page.resolve().as_uri()}")
    return 0


def _build_anew(project: Project, options: argparse.Namespace) -> None:
    from surveybook.build.graph import build_edition
    from surveybook.build.progress import make_progress

    progress = make_progress(_say, quiet=options.quiet)
    with progress:
        result = build_edition(project, options.edition, progress, draft=options.draft, workers=_workers(options))
    if options.quiet:
        return
    if not result.ran:
        _say("Nothing changed since the last build.")
    elif result.unchanged:
        _say(f"Unchanged and not run again: {', '.join(result.unchanged)}.")
    _say(progress.summary())


def _editions(project: Project, options: argparse.Namespace) -> int:
    from surveybook.build.editions import edition_names

    for name in edition_names(project):
        _build(project, argparse.Namespace(**{**vars(options), "edition": name, "dry_run": False, "why": None}))
    return 0


def _workers(options: argparse.Namespace):
    if options.scheduler:
        from surveybook.build.dask_workers import DaskWorkers

        return DaskWorkers(options.scheduler)
    from surveybook.build.workers import LocalWorkers

    return LocalWorkers(options.workers)


def _explain(project: Project, options: argparse.Namespace) -> int:
    from surveybook.build.graph import last_reasons, plan_edition
    from surveybook.build.progress import Progress, in_short

    plan = plan_edition(project, options.edition, Progress(_say))
    if not options.why:
        for name, reasons in plan.items():
            print(f"{name}: {in_short(reasons) if reasons else 'would not run'}")
        return 0
    if options.why not in plan:
        raise SurveybookError("unknown chapter", got=options.why, expected=one_of(plan))
    reasons, last = plan[options.why], last_reasons(project, options.edition, options.why)
    print(
        f"{options.why} would run again:" if reasons else f"{options.why} would not run: its inputs are as they were."
    )
    print("".join(f"  {reason}\n" for reason in reasons), end="")
    print("It last ran here because:" if last else "It was not executed for this edition: what it needs was there.")
    print("".join(f"  {reason}\n" for reason in last), end="")
    return 0


def _serve(project: Project, options: argparse.Namespace) -> int:
    from surveybook.build.preview_server import serve

    try:
        serve(project, options.edition, options.port, _say)
    except OSError as error:
        raise SurveybookError(
            "the preview cannot listen",
            got=options.port,
            expected="a free port",
            hint=f"--port 0 takes any ({error})",
        ) from None
    return 0


def _check(project: Project, options: argparse.Namespace) -> int:
    if options.receipt is not None:
        return _check_receipt(project, options)
    if options.staged:
        return _check_staged(project, options)
    from surveybook.build.checks import check_book

    check_book(project, options.edition, _say)
    print(f"Data, parameters and prose of the edition {options.edition} are sound.")
    return 0


def _check_staged(project: Project, options: argparse.Namespace) -> int:
    from surveybook.build.staged import check_staged

    print(f"No answers of real people in the staged files ({check_staged(project)}).")
    return 0


def _check_receipt(project: Project, options: argparse.Namespace) -> int:
    from surveybook.build.receipt import check_site, find_fingerprint, read_fingerprint

    site = project.build(options.edition) / "site"
    typed = read_fingerprint(options.receipt)
    if typed:
        print("\n".join(find_fingerprint(site, typed)))
        return 0
    if len(options.receipt) > 1:
        raise SurveybookError(
            "neither one site nor a fingerprint",
            got=" ".join(options.receipt),
            expected="the folder of a site, or twelve digits 0 to 9 and a to f",
        )
    site = Path(options.receipt[0]) if options.receipt else site
    agreed, faults = check_site(project, site)
    for words in agreed:
        print(f"agrees: {words}")
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print(f"The site in {shown_path(site)} is whole, and made from this checkout.")
    return 1 if faults else 0


def _notebooks(project: Project, options: argparse.Namespace) -> int:
    from surveybook.build.checks import check_book
    from surveybook.build.files import write_if_new
    from surveybook.build.graph import fresh_chapters
    from surveybook.build.moved_numbers import tell_moved
    from surveybook.build.progress import make_progress

    check_book(project, "default", _say)
    changed: dict[Path, tuple[bytes, bytes]] = {}
    try:
        with make_progress(_say) as progress:
            for path, text in fresh_chapters(project, progress, _workers(options)):
                before, after = path.read_bytes(), text.encode("utf-8")
                if before != after:
                    changed[path] = (before, after)
                    if not options.check:
                        write_if_new(path, text)
    finally:  # what is told of the others stands also when a chapter failed
        for line in tell_moved({path.stem: changed[path] for path in sorted(changed)}):
            print(line)
    names = ", ".join(path.name for path in sorted(changed))
    if options.check and changed:
        raise SurveybookError(
            "the committed outputs are not those of the code, the parameters and the data",
            got=names,
            expected="outputs that a run gives again",
            hint="surveybook notebooks",
        )
    print(f"Changed: {names}." if names else "No chapter changed.")
    return 0


def _new_chapter(project: Project, options: argparse.Namespace) -> int:
    from surveybook.build.new_chapter import write_chapter

    words = {key: getattr(options, key) for key in ("title", "after", "survey", "item")}
    path = write_chapter(project, options.name, **words, say=_say)
    print(f"written: {shown_path(path)}, and its line in _toc.yml")
    print(f"Now write it, then run {command()} notebooks, so that it holds its outputs, and build.")
    return 0


def _new_item(project: Project, options: argparse.Namespace) -> int:
    from surveybook.build.new_item import NewItem, write_item

    words = {name: getattr(options, name) for name in NewItem.__dataclass_fields__}
    for line in write_item(project, NewItem(**words), _say):
        print(line)
    return 0


def _simulate(project: Project, options: argparse.Namespace) -> int:
    from surveybook.build.editions import read_edition
    from surveybook.simulate.writer import write_replicate, write_table

    folder = project.data_package(read_edition(project, "default")["data_package"])
    if options.replicates is not None:
        paths = write_table(folder, options.survey, options.replicates, _say)
    else:
        paths = write_replicate(folder, options.survey, options.replicate, options.out)
    for path in dict.fromkeys(paths):
        print(f"written: {shown_path(path)}")
    return 0


def _accept(project: Project, options: argparse.Namespace) -> int:
    from surveybook.build.checks import refuse_disagreements
    from surveybook.build.history import committed_bytes
    from surveybook.process.signing import accept

    for line in accept(options.file, committed_bytes, refuse_disagreements):
        print(line)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="surveybook",
        description="Make the book from its data, chapters and parameters.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run, text: str, group=commands) -> argparse.ArgumentParser:
        command = group.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    def add_workers(command: argparse.ArgumentParser) -> None:
        command.add_argument(
            "--workers", type=int, metavar="N", help="chapters at a time (default: one per processor)"
        )
        command.add_argument(
            "--scheduler", metavar="ADDRESS", help="execute chapters on the workers of a Dask scheduler"
        )

    edition = {"default": "default", "help": "an edition of chapters/editions.yml (default: %(default)s)"}
    build = add("build", _build, "Make an edition's site; only what changed is run again.")
    build.add_argument("--edition", **edition)
    build.add_argument(
        "--draft", action="store_true", help="build although findings do not hold, and mark them on their page"
    )
    every = add("editions", _editions, "Make the sites of all editions; what they share is run once.")
    for maker in (build, every):
        maker.add_argument("--quiet", action="store_true", help="say nothing but where the site lies, and errors")
        add_workers(maker)
    every.add_argument("--draft", action="store_true", help="build although findings do not hold, and mark them")
    build.add_argument("--dry-run", action="store_true", help="say what would run and why, and build nothing")
    build.add_argument("--why", metavar="CHAPTER", help="say all that would make a chapter run again; build nothing")
    preview = add("serve", _serve, "Show the book on this machine, and every edit as soon as it is saved.")
    preview.add_argument("--edition", **edition)
    preview.add_argument("--port", type=int, default=8765, help="0 takes any (default: %(default)s)")
    check = add("check", _check, "Check data, parameters and prose; run nothing.")
    check.add_argument("--edition", **edition)
    check.add_argument(
        "--receipt",
        nargs="*",
        metavar="SITE or FINGERPRINT",
        help="hold a built site (the edition's, or of a folder) against its receipt and this checkout, "
        "or find the page that has a fingerprint",
    )
    check.add_argument(
        "--staged", action="store_true", help="look for answers of real people in what git would commit instead"
    )
    notebooks = add(
        "notebooks", _notebooks, "Run the committed chapters again, save their outputs, and tell what moved."
    )
    notebooks.add_argument(
        "--check", action="store_true", help="save nothing, and fail if a chapter's outputs would change"
    )
    add_workers(notebooks)
    _add_new(commands, add)
    simulate = add("simulate", _simulate, "Draw simulated answers that agree with every printed figure.")
    simulate.add_argument("--survey", default="vive", help="the survey's name (default: %(default)s)")
    simulate.add_argument(
        "--replicate",
        type=int,
        default=1,
        help="a row of data/replicates/assumptions.csv (default: 1, the one that is committed)",
    )
    simulate.add_argument(
        "--replicates",
        type=int,
        metavar="COUNT",
        help="draw so many replicates and write what they count (data/replicates/estimates.csv), not their rows",
    )
    simulate.add_argument(
        "--out", type=Path, metavar="FOLDER", help="write the files there instead of into the data package"
    )
    data = commands.add_parser("data", help="Work on data files.", description="Work on data files.")
    data_commands = data.add_subparsers(required=True, metavar="COMMAND")
    accept = add("accept", _accept, "Show what changed in a data file, and sign it if it is valid.", data_commands)
    accept.add_argument("file", type=Path, metavar="FILE", help="a file of a data package")
    return parser


def _add_new(commands, add) -> None:
    new = commands.add_parser("new", help="Write a new chapter or item.", description="Write a new chapter or item.")
    kinds = new.add_subparsers(required=True, metavar="COMMAND")
    chapter = add("chapter", _new_chapter, "Write a new chapter and its line in _toc.yml.", kinds)
    chapter.add_argument("name", metavar="NAME", help="words joined by hyphens; its file and its address")
    chapter.add_argument("--title", default="", help="its heading (default: its name in words)")
    chapter.add_argument("--after", default="", metavar="CHAPTER", help="the page before it (default: the last)")
    chapter.add_argument("--survey", default="vive", help="the survey of its first figure (default: %(default)s)")
    chapter.add_argument("--item", default="extent", help="the item of its first figure (default: %(default)s)")
    item = add("item", _new_item, "Write a new item into the codebook, and sign it.", kinds)
    item.add_argument("survey", metavar="SURVEY")
    item.add_argument("item", metavar="ITEM", help="small letters and _")
    item.add_argument("--like", default="", help="an item, or survey.item, of the same type and options")
    item.add_argument("--type", default="", help="single, multiple, text or background")
    for language in ("en", "da"):
        item.add_argument(f"--label-{language}", default="", help="stands beside a chart's rows")
        item.add_argument(f"--wording-{language}", default="", help="the question; without it, it is not published")
    item.add_argument("--wording-status", default="", help="default: assumed, or not published where there is none")
    item.add_argument("--column", default="", help="of the raw rows; without it, the item is not known to be asked")
    item.add_argument("--stem", default="", help="of the items it is compared with (default: its own)")
    item.add_argument("--universe", default="", help="who was asked")
    item.add_argument("--asked", default="", help="published, inferred or unknown: whether it was asked")
    item.add_argument("--option-list", default="", help="a list of data/codebook/options.csv, or a new one's name")
    item.add_argument("--options-status", default="", help="default: assumed")
    item.add_argument("--headline-set", default="", help="the option set whose share is the item's number")
    option = ("VALUE", "ENGLISH", "DANISH")
    item.add_argument("--option", dest="options", nargs=3, action="append", default=[], metavar=option)
    option_set = ("NAME", "VALUES", "ENGLISH", "DANISH")
    item.add_argument("--option-set", dest="option_sets", nargs=4, action="append", default=[], metavar=option_set)


if __name__ == "__main__":
    raise SystemExit(main())
