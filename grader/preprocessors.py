"""What nbgrader's own commands do differently in this course; `nbgrader_config.py` names it."""

from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor


class StudentsView(NbGraderPreprocessor):
    """For nbgrader's own generate_feedback: takes out what graded notebooks hold for the instructor only."""

    def preprocess(self, nb, resources):
        """Drop the cells for instructors and the hidden tests."""
        nb.cells = [cell for cell in nb.cells if "instructor-only" not in cell.metadata.get("tags", [])]
        return ClearHiddenTests(parent=self).preprocess(nb, resources)
