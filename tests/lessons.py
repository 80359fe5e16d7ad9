"""Execute a lesson as a student would, top to bottom, and compare the numbers in its prose with what it computes.

A number stated as a result is marked where it stands: `0.7703<!--= y_hat[0, 0] -->`. The comment, which no reader sees,
is an expression that is evaluated after the cells above it; the number must be its value, rounded as printed. Where a
result may differ a little from machine to machine, a tolerance in the expression's unit follows:
`91 %<!--= accuracy ~ 0.02 -->`.
"""

import json
import re
import time
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

COURSE = Path(__file__).parent.parent / "course"
LESSONS = sorted(COURSE.glob("*.ipynb"))
MARK = re.compile(r"([-−]?[\d,]*\.?\d+)(?:\s*(%))?[*_]*<!--=\s*(.*?)(?:\s+~\s*([\d.e-]+))?\s*-->", re.DOTALL)


@dataclass
class Run:
    """What came of a lesson: its executed cells, the errors, what went to stderr, and the numbers that do not hold."""

    cells: list
    seconds: float
    errors: list = field(default_factory=list)
    stderr: list = field(default_factory=list)
    wrong_numbers: list = field(default_factory=list)
    numbers: int = 0


def stated_numbers(text):
    """The marked numbers of a Markdown text: tuples (value, half a unit of its last digit, expression, tolerance)."""
    found = []
    for digits, percent, expression, tolerance in MARK.findall(text):
        digits = digits.replace(",", "").replace("−", "-")
        scale = 0.01 if percent else 1.0
        decimals = len(digits.partition(".")[2])
        found.append((float(digits) * scale, 0.5 * 10.0**-decimals * scale, expression, float(tolerance or 0)))
    return found


def execute(path, folder, timeout=180):
    """Run a lesson in an empty folder; returns a Run. The environment is that of this process."""
    notebook = nbformat.read(path, as_version=4)
    cells, marks = [], {}
    for cell in notebook.cells:
        cells.append(cell)
        numbers = stated_numbers(cell.source) if cell.cell_type == "markdown" else []
        if numbers:
            values = ", ".join(f"float({expression})" for _, _, expression, _ in numbers)
            probe = nbformat.v4.new_code_cell(f"import json as _json\nprint(_json.dumps([{values}]))")
            marks[len(cells)] = (cell.id, numbers)
            cells.append(probe)
    notebook.cells = cells
    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name="python3",
        coalesce_streams=True,  # on a busy machine one print can arrive in two pieces
        resources={"metadata": {"path": str(folder)}},
    )
    run, start = Run(cells, 0.0), time.perf_counter()
    try:
        client.execute()
    except CellExecutionError as error:
        run.errors.append(str(error))
    run.seconds = time.perf_counter() - start
    for index, cell in enumerate(cells):
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                run.stderr.append(f"{cell.id}: {output.text}")
            elif index in marks and output.output_type == "stream":
                compare(marks[index], json.loads(output.text), run)
    return run


def compare(mark, values, run):
    """Add to the run the stated numbers of a cell that differ from their expressions' values."""
    cell_id, numbers = mark
    for (stated, half_unit, expression, tolerance), value in zip(numbers, values, strict=True):
        run.numbers += 1
        if not abs(stated - value) <= max(half_unit, tolerance) * (1 + 1e-9) + 1e-12:
            run.wrong_numbers.append(f"{cell_id}: the text says {stated:g}, but {expression} is {value!r}")
