"""Instant feedback: answers to "Check yourself" questions, and comparisons for the assignments' tests.

Everything is compared as numbers. The right answers and their hints lie in `questions/`, a TOML file a lesson.
"""

import html
import os
import time
import tomllib
from importlib.resources import files

import numpy as np
from threadpoolctl import threadpool_limits


class Feedback:
    """What is said of an answer: `correct` (True, False, or None if there is none yet) and `message`."""

    def __init__(self, correct, message):
        self.correct, self.message = correct, message

    def __repr__(self):
        return self.message

    def _repr_html_(self):
        colour = {True: "#009E73", False: "#D55E00", None: "#767676"}[self.correct]
        return f'<div style="border-left:4px solid {colour};padding:0.3em 0.8em">{html.escape(self.message)}</div>'


def answer(question, value):
    """Check an answer to a lesson's question.

    Parameters
    ----------
    question : str
        Lesson and number, such as "02.1".
    value : number, sequence or ndarray
        The answer; None where there is none yet.

    Returns
    -------
    Feedback

    Raises
    ------
    ValueError
        If there is no such question.
    """
    lesson, _, number = question.partition(".")
    path = files("chainrule.questions") / f"{lesson}.toml"
    known = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if number not in known:
        raise ValueError(f"there is no question {question!r}; lesson {lesson} has {', '.join(known) or 'none'}.")
    if value is None or value is ...:
        return Feedback(None, "Not answered yet: put your answer in the place of None and run the cell again.")
    return judge(value, **known[number])


def judge(value, answer, right="", hints=(), tolerance=1e-3, samples=None):
    """Compare an answer with the right one, then with the mistakes that the question knows, then with common mistakes.

    Parameters
    ----------
    value : the student's answer
    answer : the right one, a number or nested lists
    right : str
        A sentence that goes with the praise.
    hints : list of {"value": ..., "hint": ...}
        Wrong answers that students give, each with the hint that fits it.
    tolerance : float
        Largest relative error.
    samples : int, optional
        Size of the batch, to recognise a sum that should be a mean.

    Returns
    -------
    Feedback
    """
    try:
        value = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return Feedback(False, f"Not yet: the answer should be numbers, not {type(value).__name__}.")
    shape = np.shape(answer)
    if len(shape) < 2 and value.size == np.size(answer) == max(value.shape, default=1):
        value = value.reshape(shape)  # array([[3.]]) is 3 as well, array([[1, 2]]) is [1, 2]: what a batch of one gives
    if close(value, answer, tolerance):
        return Feedback(True, f"Right. {right}".strip())
    for mistake in hints:
        if close(value, mistake["value"], tolerance):
            return Feedback(False, f"Not yet. {mistake['hint']}")
    if rounded(value, answer):
        return Feedback(False, "Nearly: that is the right answer, rounded too far. Give more digits.")
    for mistake in hints:
        if rounded(value, mistake["value"]):
            return Feedback(False, f"Not yet. {mistake['hint']}")
    asked = np.size(answer)
    if np.ndim(answer) < 2 and value.size != asked:
        wanted = f"{asked} numbers are" if asked > 1 else "one number is"
        many = value.size > asked and value.size % asked == 0
        comma = " A comma separates numbers: write 2.9, not 2,9, and 12440, not 12,440." if many else ""
        return Feedback(False, f"Not yet: {wanted} asked for, not {value.size}.{comma}")
    return Feedback(False, f"Not yet. {diagnose(value, answer, samples, tolerance) or 'Look again at the step above.'}")


def rounded(value, answer):
    """True if the value is the answer with one to three decimals, or two or three digits, and off by a quarter at most.

    Whole numbers need all their digits: 784 for 785 is a bias forgotten.
    """
    exact = np.asarray(answer, dtype=float)
    if np.shape(value) != exact.shape or not np.any(exact % 1):
        return False
    size = np.floor(np.log10(np.abs(np.where(exact == 0, 1, exact))))
    off = np.abs(value - exact)
    return any(
        np.all(off <= np.minimum(0.500001 * place, 0.25 * np.abs(exact)))
        and np.all(np.abs(value / place - np.round(value / place)) < 1e-6)
        for place in (0.1, 0.01, 0.001, 10.0 ** (size - 1), 10.0 ** (size - 2))
    )


def close(actual, expected, tolerance=1e-6):
    """True if both have the same shape and all numbers agree to a relative tolerance; NaN agrees with nothing."""
    actual, expected = np.asarray(actual), np.asarray(expected)
    if actual.shape != expected.shape or actual.dtype.kind not in "biuf":
        return False
    scale = np.max(np.abs(expected), initial=0.0) or 1.0
    return bool(
        np.all(np.abs(actual.astype(float) - expected) <= tolerance * np.maximum(np.abs(expected), 1e-3 * scale))
    )


def diagnose(actual, expected, samples=None, tolerance=1e-6):
    """The common mistake that turns the expected numbers into the actual ones, as a hint, or "" if none fits."""
    actual, expected = np.asarray(actual), np.asarray(expected)
    if actual.shape != expected.shape:
        if actual.T.shape == expected.shape and close(actual.T, expected, tolerance):
            return f"This is the transpose: the shape should be {expected.shape}, not {actual.shape}."
        return f"The shape should be {expected.shape}, not {actual.shape}."
    if actual.dtype.kind not in "biuf":
        return f"It should hold real numbers, not {actual.dtype}."
    actual, expected = actual.astype(float), expected.astype(float)  # bytes have no negative
    if not np.all(np.isfinite(actual)) and np.all(np.isfinite(expected)):
        return "There is a NaN or an infinity in it: did something overflow, or a logarithm meet 0?"
    factors = {
        -1: "The sign is wrong.",
        2: "It is twice the right one: a ½ forgotten, or a factor 2 too many?",
        0.5: "It is half the right one: a factor 2 lost, or a ½ too many?",
        100: "It is a hundred times too large: a fraction is asked for, not a percentage.",
    }
    if samples and samples > 1:
        factors |= {
            samples: f"It is {samples} times too large: did you take the sum over the samples instead of their mean?",
            1 / samples: f"It is {samples} times too small: was the mean taken twice?",
        }
    for factor, hint in factors.items():
        if close(actual, factor * expected, tolerance):
            return hint
    if actual.ndim == 2 and actual.shape[0] == actual.shape[1] and close(actual.T, expected, tolerance):
        return "This is the transpose of the right one."
    return ""


def assert_close(actual, expected, name, samples=None, tolerance=1e-6):
    """For the visible tests of assignments: raise an AssertionError that says what is wrong with `name`."""
    if isinstance(actual, list | tuple):
        raise AssertionError(f"{name} should be a NumPy array, not a {type(actual).__name__}.")
    if actual is None:
        raise AssertionError(f"{name} is None: does the function return it?")
    if not close(actual, expected, tolerance):
        hint = diagnose(actual, expected, samples, tolerance)
        if not hint:
            hint = f"Expected {np.array2string(np.asarray(expected), precision=4, threshold=12)}, "
            hint += f"got {np.array2string(np.asarray(actual), precision=4, threshold=12)}."
        raise AssertionError(f"{name} is not right. {hint}")


def hidden_random():
    """The random generator of an assignment's hidden tests; its seed is set in the grader's configuration."""
    return np.random.default_rng(int(os.environ.get("CHAINRULE_HIDDEN_SEED", "0")))


def timed_call(function, *arguments):
    """Call a function; return its result and the processor time that it took, in seconds.

    It has one thread to multiply matrices with, as when it is graded: threads that wait use up processor time as well.
    """
    with threadpool_limits(1):
        start = time.process_time()
        result = function(*arguments)
    # The grader runs a student's function in another process and knows what it cost there.
    return result, getattr(function, "last_cpu_seconds", time.process_time() - start)
