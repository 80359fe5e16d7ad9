"""The page that a student gets back: points by part, what failed in words, notes, comments, and their own answers.

Hidden tests, expected values, tracebacks through tests and mark schemes have no way in: the page is made of the
judge's words for students, the gradebook's numbers and comments, and the student's own cells and outputs.
"""

import re
import zipfile
from pathlib import Path, PurePosixPath

import jinja2

from grader.assignment import MANUAL, SOLUTION, TEST, Assignment, load_assignment
from grader.collect import ORIGIN, SECRET, TIMESTAMP
from grader.course import Course, UserError, read_json, whole_or_not, write_atomically
from grader.graded import defused
from grader.owners import CANVAS
from grader.rebuild import Unusable, rebuild
from grader.result import NO_VERDICT, PASSED, Result
from grader.schedule import Results, submission
from grader.scores import PartScore, StudentScores, read_scores

PAGE = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
    """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ assignment }}: {{ row.student }}</title>
<style>
 body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem;
        color: #1a1a1a; background: #fff }
 h1 { font-size: 1.5rem } h2 { font-size: 1.2rem; margin-top: 2rem } h3 { font-size: 1rem }
 table { border-collapse: collapse; width: 100% } caption { text-align: left; color: #555 }
 th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #ccc }
 td.number { text-align: right; white-space: nowrap } td.words { white-space: pre-wrap; overflow-wrap: anywhere }
 .full { color: #006b4f } .lost { color: #a33f00 } .waits { color: #555 }
 pre { background: #f4f4f4; padding: .7rem; overflow-x: auto; font-size: .85rem } img { max-width: 100% }
 .comment { border-left: 4px solid #0072b2; padding: .2rem .8rem; white-space: pre-wrap }
</style></head><body>
<h1>{{ assignment }}</h1>
<p><strong>{{ "%g" % row.score }} of {{ "%g" % row.max_score }} points</strong>, {{ row.student }}
{%- if row.handed_in %}, handed in {{ row.handed_in.strftime("%Y-%m-%d %H:%M") }} UTC{% endif %}
{%- if row.penalty %}; {{ "%g" % row.penalty }} points taken off for being late{% endif %}
{%- if waiting %}. Not final: {{ waiting }} still to be looked at by your instructor{% endif %}.</p>
<table><caption>Points by part</caption>
<thead><tr><th scope="col">Part</th><th scope="col">Points</th><th scope="col">What the tests say</th></tr></thead>
<tbody>
{% for part in parts %}
<tr><th scope="row">{{ part.title }}</th>
<td class="number {{ part.kind }}">{{ part.points }}</td><td class="words">{{ part.words }}</td></tr>
{% endfor %}
</tbody></table>
{% if notes %}<h2>Notes</h2><ul>{% for note in notes %}<li>{{ note }}</li>{% endfor %}</ul>{% endif %}
<h2>Your answers, and what your notebook showed</h2>
{% if unreadable %}
<p>Your file could not be read, so there are no answers to show; hand it in again or write to your instructor.</p>
{% endif %}
{% for answer in answers %}
<h3>{{ answer.title }}</h3>
{% if answer.comment %}<p class="comment">{{ answer.comment }}</p>{% endif %}
{% if answer.source is not none %}<pre>{{ answer.source }}</pre>{% endif %}
{% for kind, picture in answer.pictures %}
<img alt="picture in your answer {{ answer.title }}" src="data:{{ kind }};base64,{{ picture }}">
{% endfor %}
{% for output in answer.outputs %}
{% if output.image %}
<img alt="{{ output.words or "figure made by " ~ answer.title }}"
 src="data:image/{{ output.kind }};base64,{{ output.image }}">
{% else %}<pre>{{ output.text }}</pre>
{% endif %}{% endfor %}{% endfor %}
</body></html>
"""
)


def write_feedback(course: Course, name: str, students: list[str] | None = None) -> tuple[list[Path], list[str]]:
    """Write the page of every graded student, or of these; the pages, and who must be graded again first.

    Raises
    ------
    UserError
        If nothing has been graded, or nothing by one of these students.
    """
    assignment = load_assignment(name, course.root)
    results = Results(course, assignment)
    written, stale = [], []
    rows = read_scores(course, name)
    if unknown := sorted(set(students or ()) - {row.student for row in rows}):
        raise UserError(f"No graded submission of {name} by {', '.join(unknown)}.")
    for row in rows:
        if students is not None and row.student not in students:
            continue
        result = results.load(row.key)
        if result is None:
            stale.append(row.student)
            continue
        folder = course.feedback(row.student, name)
        page = feedback_page(assignment, row, result, *graded_answers(course, assignment, row.student))
        write_atomically(folder / f"{name}.html", page.encode("utf-8", "replace"))
        # nbgrader's exchange gives feedback back under the submission's time and secret
        for extra in (TIMESTAMP, SECRET):
            source = course.submitted(row.student, name) / extra
            if source.exists():
                write_atomically(folder / extra, source.read_bytes())
        written.append(folder / f"{name}.html")
    return written, stale


def write_archive(course: Course, name: str, pages: list[Path], path: Path) -> None:
    """Write pages into a zip archive that Moodle or Canvas gives back: named as the submissions from there."""
    with whole_or_not(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for page in pages:
            student = page.parent.parent.name
            origin = read_json(course.submitted(student, name) / ORIGIN)
            called = _name_in_archive(origin, student, name).encode("utf-8", "replace").decode()
            archive.write(page, called, zipfile.ZIP_DEFLATED)


def _name_in_archive(origin: dict, student: str, name: str) -> str:
    """The name under which Moodle and Canvas know whose page it is, wherever in an archive the notebook lay."""
    if origin.get("system") == "moodle":
        return f"{origin['name']}_{origin['number']}_assignsubmission_file_/{name}.html"
    if origin.get("system") == "canvas":
        came = PurePosixPath(origin["file"])
        return f"{PurePosixPath(next(filter(CANVAS.fullmatch, came.parts), came)).stem}.html"
    return f"{student}/{name}.html"


def graded_answers(course: Course, assignment: Assignment, student: str) -> tuple[dict[str, str] | None, dict, bool]:
    """The student's sources that were graded, None if nothing could be read; the pictures in them, by grade id; and
    whether others came in since then.
    """
    try:
        sources = rebuild(submission(course, student, assignment.name) or b"", assignment).sources
    except Unusable:
        sources = None
    notebook = read_json(course.autograded(student, assignment.name) / f"{assignment.name}.ipynb")
    cells = {cell.get("id"): "".join(cell.get("source", "")) for cell in notebook.get("cells", [])}
    pictures = {cell.get("id"): cell["attachments"] for cell in notebook.get("cells", []) if cell.get("attachments")}
    graded = {cell.identity: cells.get(cell.identity, "") for cell in assignment.of_role(SOLUTION, MANUAL)}
    # formgrader's notebook holds Markdown without what could run there
    same = all(defused(answer) == defused((sources or {}).get(name, "")) for name, answer in graded.items())
    if same or not cells:
        return sources, pictures, False
    return graded if any(graded.values()) else None, pictures, True


def feedback_page(
    assignment: Assignment,
    row: StudentScores,
    result: Result,
    sources: dict[str, str] | None,
    pictures: dict,
    newer: bool = False,
) -> str:
    """The page of one student, as HTML that needs nothing else."""
    verdicts = {part.grade_id: part for part in result.parts}
    parts = [_part(name, score, verdicts.get(name)) for name, score in row.parts.items()]
    waiting = sum(score.review for score in row.parts.values())
    newer_note = (
        ["You have handed in newer answers, not graded yet; this page is about the earlier ones."] if newer else []
    )
    answers = []
    for cell in assignment.cells:
        outputs = [] if cell.role == TEST else [_output(output) for output in result.outputs.get(cell.identity, [])]
        source = sources.get(cell.identity, "") if sources and cell.role in (SOLUTION, MANUAL) else None
        comment = row.comments.get(cell.identity, "")
        shown = [output for output in outputs if output]
        if source is not None or comment or shown:
            attached = [pair for data in pictures.get(cell.identity, {}).values() for pair in data.items()]
            answer = {"title": cell.identity, "source": source, "comment": comment}
            answers.append(answer | {"pictures": attached, "outputs": shown})
    waits = f"{waiting} part{'s' if waiting > 1 else ''}" if waiting else ""
    return PAGE.render(
        assignment=assignment.name,
        row=row,
        parts=parts,
        notes=[*newer_note, *result.notes],
        answers=answers,
        waiting=waits,
        unreadable=sources is None,
    )


def _part(name: str, score: PartScore, verdict) -> dict:
    """One line of the table."""
    words = "Graded by your instructor." if score.by_hand else ""
    if verdict is not None and verdict.verdict == PASSED:
        words = words or "All tests passed."
    elif verdict is not None:
        words = f"{words} {verdict.message}".strip()
        if verdict.verdict == NO_VERDICT:
            words = words or "This part could not be graded; your instructor will look at it."
    kind = "waits" if score.review and not score.by_hand else "full" if score.score >= score.max_score else "lost"
    points = f"{score.score:g} of {score.max_score:g}"
    if verdict is None and score.review:
        points, words = f"? of {score.max_score:g}", "Waits for your instructor."
    elif verdict is None:
        words = words or "Not answered."
    return {"title": re.sub("^test-", "", name), "kind": kind, "points": points, "words": words}


def _output(output: dict) -> dict | None:
    """An output as the page shows it: a figure or text; None if there is nothing to show."""
    data = output.get("data", {})
    text = output.get("text") or data.get("text/plain")
    if output.get("output_type") == "error":
        text = f"{output.get('ename', '')}: {output.get('evalue', '')}"
    text = "".join(text) if isinstance(text, list) else text
    for kind in ("png", "jpeg"):
        image = data.get(f"image/{kind}")
        if isinstance(image, str) and re.fullmatch(r"[A-Za-z0-9+/=\s]+", image):
            words = re.fullmatch(r"\[figure: (.+)\]\s*", text or "", re.DOTALL)  # as chainrule.plots.show has it
            return {"image": image, "kind": kind, "words": words and words[1]}
    return {"text": text} if isinstance(text, str) and text.strip() else None
