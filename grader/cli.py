"""The command ``grader``: everything that an instructor does, from an empty term to returned feedback."""

import os
import sys
import time
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text
from typer.core import TyperGroup

from grader.assignment import AssignmentError, load_assignment
from grader.course import Course, UserError, failure, only_writer
from grader.process import SandboxError
from grader.variants import VariantError, check_assignments


class Commands(TyperGroup):
    """The commands, each of which Ctrl-C ends with a sentence; Typer itself would say nothing."""

    def invoke(self, context):
        """Run the command."""
        try:
            return super().invoke(context)
        except KeyboardInterrupt:
            kept = "; what was graded is kept, and the same command goes on from there"
            say(f"stopped{kept if context.invoked_subcommand == 'grade' else ''}.")
            raise typer.Exit(130) from None


app = typer.Typer(
    cls=Commands,
    help="Release, check, collect, grade, return and report the assignments of a course.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
console = Console(highlight=False)


class Format(StrEnum):
    """The formats of `grader export`."""

    csv = "csv"
    moodle = "moodle"
    canvas = "canvas"


_course: list[Path] = []

AssignmentName = Annotated[str, typer.Argument(help="The assignment's name, as in solutions/.", show_default=False)]


def main() -> None:
    """Run the command; what the user can mend is told in one sentence, with exit code 1."""
    try:
        app()
    except (UserError, AssignmentError, SandboxError, VariantError) as error:
        say(str(error))
        sys.exit(1)
    except OSError as error:
        say(f"writing or reading failed ({failure(error)}); mend that, then give the same command again.")
        sys.exit(1)


def say(sentence: str) -> None:
    """Tell the user why the command ends, or what it could not do."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(f"grader: {escape(sentence)}")


@app.callback()
def course_option(
    course: Annotated[Path, typer.Option(help="A folder of the course; the working folder if left out.")] = Path(),
):
    """Take the option that all commands have in common."""
    _course[:] = [course]


def this_course() -> Course:
    """The course that the command is about."""
    return Course.find(_course[0])


def _shown(course: Course, path: Path) -> str:
    """A path as the course's folder sees it; the configuration may have put it elsewhere."""
    return escape(str(path.relative_to(course.root) if path.is_relative_to(course.root) else path))


@app.command()
def release(assignments: Annotated[list[str] | None, typer.Argument(help="Some; all if left out.")] = None):
    """Make the students' assignments from solutions/, and dist/course-student.zip with these and all else they get."""
    from grader.release import release as release_one
    from grader.release import write_archive

    course = this_course()
    names = assignments or course.assignments()
    for name in names:  # all of them first: releasing replaces what was released before
        course.solution(name)
        load_assignment(name, course.root)
    for name in names:
        console.print(f"released {_shown(course, release_one(course, name))}", soft_wrap=True)
    console.print(f"wrote {_shown(course, write_archive(course, names))}", soft_wrap=True)


@app.command()
def check(
    assignment: Annotated[str | None, typer.Argument(help="One assignment; all if left out.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Worker processes on this machine.")] = os.cpu_count() or 1,
    no_sandbox: Annotated[bool, typer.Option("--no-sandbox", help="Run the variants unprotected.")] = False,
):
    """Hold the tests of assignments against the right and wrong answers in grader/variants."""
    course = this_course()
    names = [assignment] if assignment else course.assignments()
    for name in names:
        course.solution(name)
    if check_assignments(names, course.root, jobs, console, not no_sandbox):
        raise typer.Exit(1)


@app.command()
def collect(
    source: Annotated[Path, typer.Argument(help="Moodle's or Canvas's zip, a folder, or nbgrader's exchange.")],
    assignment: AssignmentName,
    due: Annotated[
        datetime | None,
        typer.Option(
            help="List what came later, by this machine's clock, where it is known when it came.",
            formats=["%Y-%m-%d %H:%M", "%Y-%m-%d"],
        ),
    ] = None,
    times: Annotated[
        Path | None, typer.Option(help="Moodle's grading worksheet (CSV), which says when everybody handed in.")
    ] = None,
):
    """Sort what students handed in into grader/submitted."""
    from grader.collect import collect as collect_all

    course = this_course()
    with only_writer(course):
        result = collect_all(course, source, assignment, due.astimezone() if due else None, times)
    done = list(result.collected.values())
    counts = ", ".join(f"{done.count(what)} {what}" for what in dict.fromkeys(done))
    console.print(f"{len(done)} collected" + (f": {counts}" if counts else ""))
    for sentence in result.times:
        console.print(escape(sentence), soft_wrap=True)
    if due or result.zoneless:
        zone = f"{'/'.join(dict.fromkeys(time.tzname))} (now {datetime.now().astimezone():UTC%z})"
        console.print(
            f"Times of archives, --times and --due are taken as of this machine's zone, {zone}.", soft_wrap=True
        )
    titles = {
        "replaced": "Replaced",
        "older": "Left out, because newer is here",
        "namesakes": "Different people of one name",
        "guessed": "Student taken from the file's name",
    }
    for name in (*titles, "late", "renamed", "duplicate", "foreign", "refused", "missing"):
        _list(titles.get(name, name.capitalize()), getattr(result, name))
    if not done:
        raise UserError(f"{source} holds no submission of {assignment}.")


def _list(title: str, lines: list[str]) -> None:
    """A heading with how many there are, and all of them: another run would not say again what was left out here."""
    if lines:
        console.print(f"\n{title} ({len(lines)})")
        for line in lines:
            console.print(f"  {escape(printable(line))}", soft_wrap=True)


def printable(line: str) -> str:
    """A line without characters that command the terminal or turn text around: students choose names of files."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in line)


class Rate(ProgressColumn):
    """Submissions a minute so far."""

    def render(self, task) -> Text:
        """The rate, once there is one."""
        speed = task.completed / task.elapsed if task.elapsed and task.completed else 0.0
        return Text(f"{60 * speed:.0f} a minute" if speed else "")


@app.command()
def grade(
    assignment: AssignmentName,
    student: Annotated[list[str] | None, typer.Option(help="Only this student; may be given again.")] = None,
    jobs: Annotated[
        int, typer.Option(min=1, help="Worker processes on this machine.", show_default="the cores")
    ] = os.cpu_count() or 1,
    scheduler: Annotated[str | None, typer.Option(help="Work on this Dask cluster, tcp://host:port.")] = None,
    no_sandbox: Annotated[bool, typer.Option("--no-sandbox", help="Run students' code with your own rights.")] = False,
    rerun: Annotated[bool, typer.Option("--rerun", help="Grade again also what has not changed.")] = False,
    patience: Annotated[float, typer.Option(help="Seconds to wait for a locked gradebook.")] = 30.0,
):
    """Grade what was collected; what has a result already is not graded again."""
    from grader.schedule import grade_class
    from grader.scores import waiting

    course = this_course()
    course.solution(assignment)
    known = course.students(assignment)
    if unknown := sorted(set(student or ()) - set(known)):
        raise UserError(f"There is no submission of {assignment} by {', '.join(unknown)}.")
    if not known:
        raise UserError(f"No submission of {assignment} was collected; see `grader collect --help`.")
    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("grading", total=None)
        summary = grade_class(
            course,
            assignment,
            list(dict.fromkeys(student or known)),
            jobs=jobs,
            scheduler=scheduler,
            sandbox=not no_sandbox,
            rerun=rerun,
            patience=patience,
            progress=lambda done, total: progress.update(bar, completed=done, total=total),
        )
    _print_summary(summary, *waiting(course, assignment))
    if summary.without_verdict:
        raise UserError(
            f"{summary.without_verdict} submissions got no verdict on some part or all, by a fault of the grader, and "
            "stand at zero there; give the same command again."
        )


@app.command()
def feedback(
    assignment: AssignmentName,
    student: Annotated[list[str] | None, typer.Option(help="Only this student; may be given again.")] = None,
    archive: Annotated[Path | None, typer.Option(help="Also a zip that Moodle or Canvas takes back.")] = None,
):
    """Write each student's page into grader/feedback; hidden tests are never in it."""
    from grader.feedback import write_archive, write_feedback

    course = this_course()
    course.solution(assignment)
    with only_writer(course):
        written, stale = write_feedback(course, assignment, student)
    console.print(f"{len(written)} pages in {_shown(course, course.feedback('', ''))}", soft_wrap=True)
    _list("To be graded again first: their results are not in grader/.cache", stale)
    if not written:
        raise UserError(f"No page was written: give `grader grade {assignment}` first.")
    if archive is not None:
        write_archive(course, assignment, written, archive)
        console.print(f"wrote {archive}", soft_wrap=True)
    if stale:
        raise typer.Exit(1)


@app.command()
def report(
    assignment: AssignmentName,
    jobs: Annotated[int, typer.Option(min=1, help="Worker processes for the known wrong answers.")] = os.cpu_count()
    or 1,
):
    """Write one page about the class: scores, parts, mistakes, resources, resemblances. Not for students."""
    from grader.report import write_report

    course = this_course()
    course.solution(assignment)
    with console.status("comparing with the known wrong answers"):
        path = write_report(course, assignment, jobs)
    console.print(f"wrote {_shown(course, path)}", soft_wrap=True)


@app.command()
def export(
    assignment: AssignmentName,
    format: Annotated[
        Format, typer.Option(help="For a spreadsheet, or for the gradebook of Moodle or Canvas.")
    ] = Format.csv,
    to: Annotated[Path | None, typer.Option(help="The file to write; the screen if left out.")] = None,
    column: Annotated[
        str | None, typer.Option(help="Canvas's own name of the column, as in its export: 'Perceptron (4711)'.")
    ] = None,
    everyone: Annotated[
        bool, typer.Option("--everyone", help="Also those in the gradebook who handed in nothing, with zeros.")
    ] = False,
):
    """Write the scores as a table: csv with one column a part, the total alone for Moodle and Canvas."""
    from grader.export import export as export_table

    course = this_course()
    course.solution(assignment)
    text, left_out = export_table(course, assignment, format.value, column, everyone)
    if to is None:
        sys.stdout.write(text)
    else:
        to.write_text(text, encoding="utf-8", newline="")
        console.print(f"wrote {to}", soft_wrap=True)
    if left_out:
        say(f"left out, without a participant number in Moodle: {', '.join(left_out)}; enter their grades by hand.")


def _print_summary(summary, review: dict[str, str], derivations: int) -> None:
    rate = f", {60 * summary.graded / summary.seconds:.0f} a minute" if summary.graded else ""
    console.print(
        f"{summary.graded} graded in {summary.seconds:.1f} s{rate}; "
        f"{summary.from_cache} recorded from an earlier run; {summary.unchanged} unchanged"
    )
    _list("Needs review", [f"{student}: {reason}" for student, reason in sorted(review.items())])
    if derivations:
        console.print(f"\nDerivations waiting: {derivations}.")
    for title, sign in (("Went up", 1), ("Went down", -1)):
        changes = [c for c in summary.changes if (c.after - c.before) * sign > 0]
        _list(title, [_change(change) for change in sorted(changes, key=lambda change: change.student)])
    _list("In the gradebook, but nothing handed in", summary.absent)


def _change(change) -> str:
    """How a student's points moved, and what of them counts."""
    moved = f"{change.before:g} to {change.after:g}"
    if change.counts is None:
        return f"{change.student}: {moved}"
    return f"{change.student}: tests {moved}; counts {change.counts:g}, by hand"
