"""The graded notebook for formgrader: the instructor's, with the student's answers, outputs and the tests' outcomes."""

import copy
import re

from grader.assignment import MANUAL, SOLUTION, Assignment
from grader.result import NO_VERDICT, PASSED, Result


def graded_notebook(assignment: Assignment, sources: dict[str, str], result: Result, pictures: dict) -> dict:
    """The notebook for formgrader: the instructor's, with the student's answers, outputs, and each test's outcome.

    Cells tagged ``instructor-only`` hold what students must not see, such as mark schemes.
    """
    notebook = copy.deepcopy(assignment.notebook)
    parts = {part.grade_id: part for part in result.parts}
    cells = [_instructor_cell("grader-notes", _summary(result))]
    for cell, content in zip(assignment.cells, notebook["cells"], strict=True):
        if cell.role in (SOLUTION, MANUAL):
            answer = sources.get(cell.identity, "")
            content["source"] = answer if cell.kind == "code" else defused(answer)
            if cell.identity in pictures:
                content["attachments"] = pictures[cell.identity]
        if cell.kind == "code":
            content["execution_count"] = None
            content["outputs"] = [shown for output in result.outputs.get(cell.identity, []) if (shown := _safe(output))]
        if part := parts.get(cell.identity):
            content["outputs"] = _outcome(part)
        cells.append(content)
        if cell.role == MANUAL and cell.source != cell.released:
            cells.append(_instructor_cell(f"{cell.identity}-scheme", f"**Mark scheme**\n\n{_scheme(cell.source)}"))
    notebook["cells"] = cells
    return notebook


def _scheme(source: str) -> str:
    """The instructor's version of a cell that is graded by hand, without nbgrader's marks."""
    return "\n".join(line for line in source.splitlines() if not re.match(r"\s*### (BEGIN|END) ", line))


def _summary(result: Result) -> str:
    lines = [f"**Grader:** {result.points:g} of {result.max_points:g} points by the tests."]
    if result.needs_review:
        lines.append(f"**Needs review:** {defused(result.needs_review)}")
    return "\n\n".join([*lines, *(f"- {defused(note)}" for note in result.notes)])


def _instructor_cell(identity: str, text: str) -> dict:
    metadata = {"tags": ["instructor-only"], "editable": False}
    return {"cell_type": "markdown", "id": identity[:64], "metadata": metadata, "source": text}


def _outcome(part) -> list[dict]:
    """A test's outcome, as nbgrader reads it: an error if it was not passed."""
    if part.verdict == PASSED:
        return []
    name = "Failed" if part.verdict != NO_VERDICT else "No verdict: look at it"
    text = part.message or "The test did not pass."
    return [{"output_type": "error", "ename": name, "evalue": text, "traceback": [f"{name}: {text}"]}]


def _safe(output: dict) -> dict | None:
    """An output without what could run in the instructor's browser; None if nothing is left."""
    if "data" not in output:
        return output
    data = {kind: data for kind, data in output["data"].items() if kind in ("text/plain", "image/png", "image/jpeg")}
    return output | {"data": data, "metadata": {}} if data else None


def defused(markdown: str) -> str:
    """A student's Markdown without HTML and script links, which formgrader would run with the instructor's rights."""
    text = re.sub(r"<(?=[A-Za-z/!?])", "< ", markdown)
    # No entities: "&amp;Tab;" in a link becomes a tab, which browsers skip. And no pictures but attached ones, lest
    # others be fetched with the instructor's rights.
    text = re.sub(r"&(?=[#A-Za-z])", "& ", text)
    text = re.sub(r"!(?=\[)(?!\[[^\]]*\]\(attachment:)", "! ", text)
    return re.sub(r"(script|data)[\s\\]*:", r"\1 :", text, flags=re.IGNORECASE)
