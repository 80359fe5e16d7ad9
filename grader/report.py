"""One page about a class's results, for the instructor: scores, parts, mistakes, resources, resemblances."""

import base64
import io
import re
from pathlib import Path

import jinja2
import numpy as np
from matplotlib.figure import Figure

from grader.analysis import Cluster, Item, chaff_results, clusters, items
from grader.assignment import MANUAL, SOLUTION, Assignment, load_assignment
from grader.course import Course, UserError, write_atomically
from grader.process import SandboxError
from grader.rebuild import Unusable, rebuild
from grader.result import PASSED, Result
from grader.schedule import Results, submission
from grader.scores import read_scores, waiting
from grader.similarity import shingles, similar_pairs, tokens, words

BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#767676"

PAGE = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
    """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Report: {{ assignment.name }}</title>
<style>
 body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem;
        color: #1a1a1a; background: #fff }
 table { border-collapse: collapse; width: 100% } caption { text-align: left; color: #555; padding-bottom: .3rem }
 th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #ccc;
          overflow-wrap: anywhere }
 th[scope=col] { overflow-wrap: normal }
 .number { text-align: right; white-space: nowrap } img { max-width: 100% } .known { color: #0072b2 }
 pre { background: #f4f4f4; padding: .6rem; overflow-x: auto; font-size: .8rem; white-space: pre-wrap }
</style></head><body>
<h1>{{ assignment.name }}</h1>
<p>For the instructor only: this page names students and quotes hidden tests.</p>
<p>{{ rows | length }} submissions. Mean {{ "%.1f" % mean }} and median {{ "%.1f" % median }} of
{{ "%g" % rows[0].max_score }} points
{%- if waiting %}; {{ waiting }} submissions have parts that wait for you{% endif %}.</p>
{% if missing %}<p>Without {{ missing }} submissions whose results are not in grader/.cache: give
<code>grader grade {{ assignment.name }}</code> first.</p>{% endif %}
<h2>Scores</h2>
{{ figures.scores }}
<h2>Parts</h2>
{{ figures.parts }}
<table><caption>Difficulty is the mean share of the points; discrimination the correlation with all other parts
(a part that the strong students fail as often as the weak has none)</caption>
<thead><tr><th scope="col">Part</th><th scope="col">Points</th><th scope="col">Difficulty</th>
<th scope="col">Discrimination</th><th scope="col">Waiting</th><th scope="col">Look at it?</th></tr></thead><tbody>
{% for item in items %}
<tr><th scope="row">{{ item.name }}</th><td class="number">{{ "%g" % item.points }}</td>
<td class="number">{{ "–" if item.difficulty is none else "%.2f" % item.difficulty }}</td>
<td class="number">{{ "–" if item.discrimination is none else "%.2f" % item.discrimination }}</td>
<td class="number">{{ item.waiting }}</td><td>{{ remarks[item.name] }}</td></tr>
{% endfor %}
</tbody></table>
<h2>Mistakes</h2>
{% if chaff_note %}<p>{{ chaff_note }}</p>{% endif %}
{% if clusters %}
{{ figures.clusters }}
<table><caption>Failures that are alike; in blue those that fail just as a known wrong answer in grader/variants
does</caption>
<thead><tr><th scope="col">Students</th><th scope="col">Part</th><th scope="col">What they did</th>
<th scope="col">Who</th></tr></thead><tbody>
{% for group in clusters[:60] %}
<tr><td class="number">{{ group.students | length }}</td><td>{{ group.part }}</td>
<td{% if group.chaff %} class="known"{% endif %}>{{ group.words }}</td>
<td>{{ group.students[:5] | join(", ") }}{% if group.students | length > 5 %}, …{% endif %}</td></tr>
{% endfor %}
</tbody></table>
{% if clusters | length > 60 %}<p>And {{ clusters | length - 60 }} rarer ones.</p>{% endif %}
{% else %}<p>Nobody failed a part.</p>{% endif %}
<h2>Waiting for you</h2>
{% for student, reason, details in reviews[:100] %}
<details><summary>{{ student }}: {{ reason }}</summary>{% for detail in details %}<pre>{{ detail }}</pre>{% endfor %}
</details>{% endfor %}
<p>{% if reviews | length > 100 %}And {{ reviews | length - 100 }} more. {% endif %}{% if not reviews %}No tested part
waits for you. {% endif %}Answers that wait for a mark by hand: {{ answers }}.</p>
<h2>Time and memory</h2>
{{ figures.resources }}
<p>Processor time of a student's code: median {{ "%.2f" % cpu.median }} s, largest {{ "%.2f" % cpu.most }} s
({{ cpu.who }}). Memory: median {{ "%.0f" % memory.median }} MB, largest {{ "%.0f" % memory.most }} MB
({{ memory.who }}).</p>
<h2>Resemblance</h2>
{% if pairs %}
<table><caption>Pairs that share more of what is rare than the task explains, on the students' own cells less the
released code, names of variables aside: a hint to look, not a proof</caption>
<thead><tr><th scope="col">Students</th><th scope="col">Similarity</th><th scope="col">Evidence</th></tr></thead><tbody>
{% for pair in pairs %}<tr><td>{{ pair.first }} and {{ pair.second }}</td>
<td class="number">{{ "%.0f" % (100 * pair.similarity) }} %</td>
<td class="number">{{ "%.0f" % pair.evidence }}</td></tr>
{% endfor %}</tbody></table>
{% else %}<p>No two submissions share more than the task explains.</p>{% endif %}
</body></html>
"""
)


def write_report(course: Course, name: str, jobs: int = 1) -> Path:
    """Write ``grader/report/<assignment>.html``.

    Raises
    ------
    UserError
        If nothing has been graded, or the results are not in the cache any more.
    """
    assignment = load_assignment(name, course.root)
    rows = read_scores(course, name)
    kept = Results(course, assignment)
    results = {row.student: result for row in rows if (result := kept.load(row.key))}
    if not results:
        raise UserError(f"The results of {name} are not in grader/.cache any more: give `grader grade {name}` first.")
    sources = {student: _sources(course, assignment, student) for student in results}
    path = course.root / "grader" / "report" / f"{name}.html"
    page = report_page(course, assignment, rows, results, sources, waiting(course, name), jobs)
    write_atomically(path, page.encode("utf-8", "replace"))
    return path


def _sources(course: Course, assignment: Assignment, student: str) -> dict[str, str]:
    try:
        return rebuild(submission(course, student, assignment.name) or b"", assignment).sources
    except Unusable:
        return {}


def report_page(course, assignment, rows, results: dict[str, Result], sources, waits, jobs: int) -> str:
    """The page as HTML that needs nothing else; `waits` is what `scores.waiting` says."""
    reasons, answers = waits
    judged = {student: result for student, result in results.items() if not _not_judged(result)}
    failed = {part.grade_id for result in judged.values() for part in result.parts if part.verdict != PASSED}
    chaffs, chaff_note = [], ""
    try:
        chaffs = chaff_results(course, assignment, failed, jobs)
        if failed and not chaffs:
            chaff_note = "There are no known wrong answers for the parts that failed: add some to grader/variants."
    except SandboxError:
        chaff_note = f"The known wrong answers were not run: see what `grader check {assignment.name}` says."
    groups, parts = clusters(assignment, judged, sources, chaffs), items(rows)
    totals = np.array([row.score for row in rows])
    cpu = {student: result.cpu_seconds for student, result in results.items()}
    memory = {student: result.peak_memory_bytes / 1e6 for student, result in results.items()}
    figures = {
        "scores": _scores_figure(totals, rows[0].max_score),
        "parts": _items_figure(parts),
        "clusters": _clusters_figure(groups[:15]) if groups else "",
        "resources": _resources_figure(list(cpu.values()), list(memory.values())),
    }
    return PAGE.render(
        assignment=assignment,
        rows=rows,
        missing=len(rows) - len(results),
        mean=totals.mean(),
        median=np.median(totals),
        waiting=sum(any(part.review for part in row.parts.values()) for row in rows),
        items=parts,
        remarks={item.name: _remark(item, len(rows)) for item in parts},
        clusters=groups,
        chaff_note=chaff_note,
        reviews=[(student, reason, _details(results.get(student))) for student, reason in reasons.items()],
        answers=answers,
        cpu=_spread(cpu),
        memory=_spread(memory),
        pairs=_pairs(assignment, sources),
        figures=figures,
    )


def _not_judged(result: Result) -> bool:
    """Whether no part was judged, for one and the same reason: it stands under "Waiting for you", once."""
    return bool(result.needs_review) and all(part.detail == result.needs_review for part in result.parts)


def _details(result: Result | None) -> list[str]:
    """What the judge noted for the instructor, once each."""
    return list(dict.fromkeys(part.detail for part in result.parts if part.detail)) if result else []


def _spread(values: dict[str, float]) -> dict:
    who = max(values, key=values.get)
    return {"median": float(np.median(list(values.values()))), "most": values[who], "who": who}


def _pairs(assignment: Assignment, sources):
    answers = list(assignment.of_role(SOLUTION, MANUAL))
    split = {cell.identity: tokens if cell.role == SOLUTION else words for cell in answers}
    given = shingles([(cell.released, split[cell.identity]) for cell in answers])
    own = {
        student: shingles([(source, split[name]) for name, source in found.items()]) - given
        for student, found in sources.items()
    }
    return similar_pairs(own)


def _remark(item: Item, students: int) -> str:
    """What an item's numbers suggest, if there are enough of them."""
    if item.waiting:
        return "not all graded yet"
    if item.difficulty is None:
        return "worth no points"
    if students < 10:
        return "too few submissions to say"
    if item.discrimination is not None and item.discrimination < 0.1:
        return "does not tell strong from weak: is the test or its text at fault?"
    if item.difficulty > 0.95:
        return "nearly everybody has it"
    return "hardly anybody has it" if item.difficulty < 0.2 else ""


def _embedded(figure: Figure, words: str):
    """A figure as an image inside the page, with a text for those who do not see it."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=150, bbox_inches="tight")
    data = base64.b64encode(buffer.getvalue()).decode()
    return jinja2.utils.markupsafe.Markup('<img alt="{}" src="data:image/png;base64,{}">').format(words, data)


def _scores_figure(totals: np.ndarray, maximum: float):
    figure = Figure(figsize=(8, 2.8), layout="constrained")
    axes = figure.add_subplot()
    axes.hist(totals, bins=np.linspace(0, maximum, 21), color=BLUE, edgecolor="white")
    axes.axvline(np.median(totals), color=ORANGE, label=f"median {np.median(totals):.1f}")
    axes.set(xlabel="points", ylabel="students", xlim=(0, maximum))
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.legend(frameon=False)
    low, high = np.percentile(totals, [25, 75])
    words = f"Histogram of the scores of {len(totals)} students: half of them between {low:.1f} and {high:.1f} points."
    return _embedded(figure, words)


def _items_figure(parts: list[Item]):
    figure = Figure(figsize=(8, 0.32 * len(parts) + 1.1), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
    names, places = [re.sub("^test-", "", item.name) for item in parts], np.arange(len(parts))
    left.barh(places, [item.difficulty or 0.0 for item in parts], color=BLUE)
    left.set(xlim=(0, 1), xlabel="mean share of the points", yticks=places, yticklabels=names)
    left.invert_yaxis()
    told = [(place, item.discrimination) for place, item in enumerate(parts) if item.discrimination is not None]
    right.axvline(0, color=GREY, linewidth=0.8)
    right.plot([value for _, value in told], [place for place, _ in told], "o", color=ORANGE)
    right.set(xlim=(-1, 1), xlabel="discrimination")
    words = f"Bars of the mean share of points for {len(parts)} parts, and dots for discrimination."
    if graded := [item for item in parts if item.difficulty is not None]:
        hardest = min(graded, key=lambda item: item.difficulty)
        words += f" Hardest: {hardest.name}, {100 * hardest.difficulty:.0f} percent."
    return _embedded(figure, words)


def _clusters_figure(groups: list[Cluster]):
    figure = Figure(figsize=(8, 0.34 * len(groups) + 0.8), layout="constrained")
    axes = figure.add_subplot()
    places = np.arange(len(groups))
    axes.barh(places, [len(g.students) for g in groups], color=[BLUE if g.chaff else GREY for g in groups])
    labels = [_short(f"{g.part.removeprefix('test-')}: {g.words}") for g in groups]
    axes.set(xlabel="students (blue: a known mistake)", yticks=places, yticklabels=labels)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.invert_yaxis()
    most = groups[0]
    words = (
        f"Bars of the {len(groups)} commonest failures; the commonest, of {len(most.students)} students: {most.words}"
    )
    return _embedded(figure, words)


def _short(text: str) -> str:
    text = " ".join(text.split()).replace("$", r"\$")
    return text if len(text) <= 60 else text[:59] + "…"


def _resources_figure(cpu: list[float], memory: list[float]):
    figure = Figure(figsize=(8, 2.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.hist(cpu, bins=30, color=BLUE)
    left.set(xlabel="processor time in seconds", ylabel="students")
    right.hist(memory, bins=30, color=BLUE)
    right.set(xlabel="largest memory in MB")
    words = f"Histograms of processor time, up to {max(cpu):.2f} seconds, and of memory, up to {max(memory):.0f} MB."
    return _embedded(figure, words)
