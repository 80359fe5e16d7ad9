"""What nbgrader's own commands do differently in this course; `nbgrader_config.py` names it."""

from nbconvert.exporters import NotebookExporter
from nbgrader.converters import NbGraderException
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor
from traitlets import Bool

REFUSAL = (
    "nbgrader's own autograde (the lightning in formgrader) runs students' code without a sandbox and lets it decide "
    "about its points; use `grader grade {0}`, or, for code that you have read, "
    "`nbgrader autograde {0} --StockAutograde.without_sandbox=True`."
)


class StockAutograde(NotebookExporter):
    """For nbgrader's own autograde: refuses, unless told in so many words.

    Autograde makes its exporter before it removes or runs anything; a preprocessor would come after the earlier graded
    notebook is gone.
    """

    without_sandbox = Bool(False, help="Run students' code with your own rights.").tag(config=True)

    def __init__(self, **options):
        super().__init__(**options)
        if not self.without_sandbox:
            sentence = REFUSAL.format(self.parent.coursedir.assignment_id)
            self.parent.log.error(sentence)  # which the command and formgrader show; the exception's words they do not
            raise NbGraderException(sentence)


class StudentsView(NbGraderPreprocessor):
    """For nbgrader's own generate_feedback: takes out what graded notebooks hold for the instructor only."""

    def preprocess(self, nb, resources):
        """Drop the cells for instructors and the hidden tests."""
        nb.cells = [cell for cell in nb.cells if "instructor-only" not in cell.metadata.get("tags", [])]
        return ClearHiddenTests(parent=self).preprocess(nb, resources)
