"""nbgrader's configuration for this course.

nbgrader finds it through JUPYTER_CONFIG_PATH, which the Makefile sets: `JUPYTER_CONFIG_PATH=grader jupyter lab` shows
formgrader for this course, and every `nbgrader` command called so from the course's folder uses it.
"""

import os
from pathlib import Path

from grader.assignment import CODE_STUB

# The hidden tests draw their random inputs from this number. That of a term is in the file `seed` beside this one: git
# ignores it, so that nobody can look up in a public repository what they will ask.
SEED = Path(__file__).with_name("seed")
HIDDEN_SEED = SEED.read_text().strip() if SEED.exists() else "1957"
if not HIDDEN_SEED.isdecimal():
    raise ValueError(f"{SEED} should hold one whole number and nothing else")

c = get_config()  # noqa: F821  (nbgrader hands it to this file)

# A variable that is set already wins, so that a test run can try several seeds without changing this file.
os.environ.setdefault("CHAINRULE_HIDDEN_SEED", HIDDEN_SEED)

c.CourseDirectory.course_id = "from-the-perceptron-to-mnist"
c.CourseDirectory.root = str(Path(__file__).resolve().parent.parent)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
c.CourseDirectory.submitted_directory = "grader/submitted"
c.CourseDirectory.autograded_directory = "grader/autograded"
c.CourseDirectory.feedback_directory = "grader/feedback"
c.CourseDirectory.db_url = f"sqlite:///{Path(__file__).resolve().parent}/gradebook.db"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", ".DS_Store"]

c.ClearSolutions.code_stub = {"python": CODE_STUB}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"

# A cell may take this long, in seconds; the slowest of the course takes less than ten.
c.Execute.timeout = 60
c.ExecutePreprocessor.timeout = 60

# The lightning in formgrader and `nbgrader autograde` would run students' code outside the sandbox: they refuse.
c.Autograde.exporter_class = "grader.preprocessors.StockAutograde"

# formgrader's "Generate feedback" and `nbgrader generate_feedback` must not show hidden tests and mark schemes either.
# (No module named here may be called like a folder of this one: where Python looks in the course's folder first, it
# would take `grader/feedback/` for the module.)
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "grader.preprocessors.StudentsView",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]

# `nbgrader validate` cuts lines here; the tests' messages are sentences and need more than its 90 characters.
c.Validator.width = 240
c.Validator.failed_warning = (
    "{num_failed} TEST(S) DO NOT PASS YET. Each is shown below with its error, whose last line says what to look at. "
    "Mend the part above that test, choose Kernel > Restart Kernel and Run All Cells, and validate again.\n"
)
