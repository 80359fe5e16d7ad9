"""An assignment made for testing the grading engine: every kind of cell, argument and return value, in five parts.

SECRETS stand in its hidden tests and in a solution; none may ever reach a student's process or a student's words.
"""

import json

import tiny_course
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, writes
from tiny_course import cell, solved

from grader.course import Course

NAME = "engine"
SECRETS = ("hidden_secret", "31.4159", "solution_secret", "scheme_secret")
LIMITS = {"cell_seconds": 2.0, "call_seconds": 1.0, "test_seconds": 4.0, "total_seconds": 40.0}

ANSWERS = {
    "mean": "def mean(values):\n    return values.sum() / len(values)  # solution_secret",
    "centre": "def centre(values):\n    return values - mean(values)",
    "walk": "def walk(random, steps):\n    return np.cumsum(random.normal(size=steps))",
    "derivative": "def derivative(function, x):\n    return (function(x + 1e-5) - function(x - 1e-5)) / 2e-5",
    "settings": 'def settings(rate, *, names=("W", "b")):\n    return {name: [rate, True, None] for name in names}',
}
TESTS = {
    "mean": """result = mean(np.array([1.0, 3.0]))
assert np.isclose(result, 2.0), f"The mean of 1 and 3 is 2, not {result}."
### BEGIN HIDDEN TESTS
hidden_secret = hidden_random().normal(size=7) + 31.4159
assert np.isclose(mean(hidden_secret), hidden_secret.mean()), "The mean is wrong on other numbers."
### END HIDDEN TESTS""",
    "centre": """values = np.array([1.0, 2.0, 6.0])
centred = centre(values)
assert (values == [1.0, 2.0, 6.0]).all(), "centre must not change its argument."
assert np.allclose(centred, [-2.0, -1.0, 3.0]), "The centred values should be -2, -1 and 3."
### BEGIN HIDDEN TESTS
hidden_secret = hidden_random().normal(size=(1, 5))[0]
np.testing.assert_allclose(centre(hidden_secret), hidden_secret - mean(hidden_secret), err_msg="31.4159")
### END HIDDEN TESTS""",
    "walk": """random, reference = np.random.default_rng(1), np.random.default_rng(1)
assert np.allclose(walk(random, 4), reference.normal(size=4).cumsum()), "The walk should add up normal steps."
assert np.isclose(random.normal(), reference.normal()), "walk should draw each step once."
### BEGIN HIDDEN TESTS
hidden_secret = walk(hidden_random(), 9)
assert hidden_secret.shape == (9,)
### END HIDDEN TESTS""",
    "derivative": """assert np.isclose(derivative(lambda x: x**2, 3.0), 6.0), "The derivative of x**2 at 3 is 6."
### BEGIN HIDDEN TESTS
assert np.isclose(derivative(np.sin, 1.0), np.cos(1.0)), "The derivative is wrong for other functions."
### END HIDDEN TESTS""",
    "settings": """assert settings(0.5) == {"W": [0.5, True, None], "b": [0.5, True, None]}, "settings gives both."
### BEGIN HIDDEN TESTS
assert list(settings(np.float32(0.25), names=["z"])) == ["z"], "settings should take the names that it is given."
### END HIDDEN TESTS""",
}
POINTS = {"mean": 5, "centre": 4, "walk": 3, "derivative": 2, "settings": 1}
TOTAL = sum(POINTS.values())


def instructor_notebook(limits=LIMITS):
    """The instructor's notebook."""
    setup = "import numpy as np\n\nfrom chainrule.check import hidden_random"
    cells = [cell(new_code_cell, "setup", setup, tags=["setup"])]
    for name, source in ANSWERS.items():
        cells.append(cell(new_code_cell, name, solved(source), solution=True))
        cells.append(cell(new_code_cell, f"test-{name}", TESTS[name], grade=True, points=POINTS[name]))
        if name == "mean":
            cells.append(cell(new_code_cell, "keep-mean", "my_mean = mean\nfrom numpy import mean"))
    cells.append(cell(new_code_cell, "show", 'print("my mean:", my_mean(np.arange(4)))', tags=["figure"]))
    scheme = "Why?\n### BEGIN MARK SCHEME\nscheme_secret\n### END MARK SCHEME"
    cells.append(cell(new_markdown_cell, "why", scheme, grade=True, solution=True, points=3))
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3 (ipykernel)"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, "grader": {"limits": limits}})


def make_course(root, **options):
    """The course in a folder, as `tiny_course.make_course` makes it, with this assignment too."""
    tiny_course.make_course(root)
    path = root / "solutions" / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(writes(instructor_notebook(**options)))
    return Course.find(root)


def student_notebook(answers=None):
    """The notebook, as a dict, of a student who has these answers, and elsewhere right ones."""
    notebook = instructor_notebook()
    answers = {"why": "Because."} | ANSWERS | (answers or {})
    for one in notebook.cells:
        if one.id in answers:
            one.source = answers[one.id].replace("  # solution_secret", "")
        elif "HIDDEN" in one.source:
            one.source = one.source.split("\n### BEGIN")[0]
    return json.loads(writes(notebook))


def submission(answers=None):
    """The bytes of such a notebook."""
    return json.dumps(student_notebook(answers)).encode()
