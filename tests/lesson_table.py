"""python tests/lesson_table.py: run every lesson and write the table of the contributors' guide anew."""

import re
import statistics
import tempfile
from pathlib import Path

from lessons import LESSONS, execute
from tqdm import tqdm

from chainrule.widgets import all_interactives

GUIDE = Path(__file__).parent.parent / ".github" / "CONTRIBUTING.md"


def row(path):
    """A lesson's row: its run time here, its cells, its interactives and questions."""
    with tempfile.TemporaryDirectory() as folder:
        run = execute(path, folder)
    if run.errors:
        raise SystemExit(f"{path.name} fails: {run.errors[0]}")
    text = path.read_text(encoding="utf-8")
    code = [cell for cell in run.cells if cell.cell_type == "code" and "_json" not in cell.source]
    lines = statistics.median(len(cell.source.splitlines()) for cell in code)
    widgets = sum(f"{name}(" in text for name in all_interactives())
    minutes = re.search(r"\*\*About (\d+) minutes", text)
    return (
        f"| {path.stem} | {minutes[1] if minutes else '–'} | {run.seconds:.0f} | {len(run.cells)} | {lines:g} "
        f"| {run.numbers} | {widgets} | {text.count('check.answer(')} |"
    )


if __name__ == "__main__":
    head = "| lesson | minutes | seconds to run | cells | median lines | checked numbers | interactives | questions |"
    rows = [head, "|" + " --- |" * 8, *(row(path) for path in tqdm(LESSONS, unit="lesson"))]
    table = "\n".join(["<!-- lesson-table -->", *rows, "<!-- /lesson-table -->"])
    guide = GUIDE.read_text(encoding="utf-8")
    pattern = re.compile("<!-- lesson-table -->.*<!-- /lesson-table -->", re.DOTALL)
    GUIDE.write_text(pattern.sub(lambda _: table, guide), encoding="utf-8")
