"""Instant feedback: right answers are praised, wrong ones get the hint that fits, and nothing is compared as text."""

import time

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from chainrule import check

GRADIENT = np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]])


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (-GRADIENT, "sign"),
        (2 * GRADIENT, "forgotten"),
        (GRADIENT / 2, "half"),
        (GRADIENT.T, "transpose"),
        (5 * GRADIENT, "sum over the samples instead of their mean"),
        (GRADIENT / 5, "mean taken twice"),
        (GRADIENT[0], "shape should be (2, 3), not (3,)"),
        (GRADIENT * np.nan, "NaN"),
        (GRADIENT * np.inf, "infinity"),
        (100 * GRADIENT, "percentage"),
        (GRADIENT + 0.1, ""),
    ],
)
def test_a_wrong_answer_gets_the_hint_that_fits_the_mistake(value, words):
    feedback = check.judge(value, GRADIENT.tolist(), samples=5)
    assert feedback.correct is False
    assert words in (check.diagnose(value, GRADIENT, samples=5) if words else feedback.message)
    assert feedback.message.startswith("Not yet")


def test_a_square_matrix_that_is_transposed_is_recognised():
    matrix = np.arange(9.0).reshape(3, 3)
    assert "transpose" in check.diagnose(matrix.T, matrix)


@pytest.mark.parametrize("value", [GRADIENT, GRADIENT.tolist(), GRADIENT * (1 + 1e-5), GRADIENT.astype(np.float32)])
def test_a_right_answer_is_right_however_it_is_written(value):
    assert check.judge(value, GRADIENT.tolist(), right="Well seen.").message == "Right. Well seen."


def test_one_number_is_right_in_whatever_brackets_a_computation_left_it():
    assert check.judge(np.array([[14.0]]), 14).correct
    assert check.judge(np.array([[0.25, -0.15]]), [0.25, -0.15]).correct
    assert not check.judge(np.array([]), 14).correct


@pytest.mark.parametrize(
    ("value", "answer", "words"),
    [
        ((12, 440), 12440, "one number is asked for, not 2. A comma separates numbers: write 2.9, not 2,9, and 12440"),
        ((0, 25, 0, 125), [0.25, 0.125], "2 numbers are asked for, not 4. A comma separates"),
        (5, [5, 5], "2 numbers are asked for, not 1."),
        (0.3, 0.2875, "rounded too far"),
        ([-0.3, 0.1], [-0.26, 0.125], "rounded too far"),
        (9.5e-7, 9.5367e-7, "rounded too far"),
        ([12.346, 0.012], [12.3456, 0.01234], "rounded too far"),
        (0.00101, 0.001014, "rounded too far"),
        (82, 82.387, "rounded too far"),
        (0.0028, 0.002812, "rounded too far"),
        (0, 0.04, "Look again"),
        (0.1, 0.07, "Look again"),
        (784, 785, "Look again"),
        (1000, 1010, "Look again"),
    ],
)
def test_an_answer_of_the_wrong_size_or_with_too_few_digits_is_told_so(value, answer, words):
    feedback = check.judge(value, answer)
    assert feedback.correct is False
    assert words in feedback.message


def test_an_answer_that_is_no_number_is_refused_politely():
    assert "should be numbers" in check.judge("the gradient", 1.0).message


def test_a_question_of_its_own_hints_first():
    feedback = check.judge(-1.0, 1.0, hints=[{"value": -1.0, "hint": "Downhill is the other way."}])
    assert feedback.message == "Not yet. Downhill is the other way."


def test_a_known_mistake_is_recognised_when_it_is_rounded_too():
    hints = [{"value": 0.2231, "hint": "That is -log 0.8."}]
    assert check.judge(0.22, 1.6094, hints=hints).message == "Not yet. That is -log 0.8."
    assert "Nearly" in check.judge(0.25, 0.2525, hints=[{"value": 0.2549, "hint": "No."}]).message


def test_no_answer_yet_is_no_mistake():
    assert check.answer("02.1", None).correct is None
    assert check.answer("02.1", ...).correct is None


def test_an_unknown_question_is_named():
    with pytest.raises(ValueError, match=r"'02.99'.*has 1, 2"):
        check.answer("02.99", 1)


def test_feedback_shows_in_notebook_and_terminal_and_escapes_html():
    feedback = check.Feedback(False, "a < b")
    assert repr(feedback) == "a < b"
    assert "a &lt; b" in feedback._repr_html_()


def test_nan_agrees_with_nothing():
    assert not check.close(np.nan, np.nan)
    assert not check.close([1, np.nan], [1, np.nan])
    assert not check.close(np.ones(2), np.ones((2, 1)))
    assert not check.close(np.array([object()]), np.ones(1))
    assert check.close(0, 0)


def test_a_small_number_beside_a_large_one_counts_and_the_rounding_of_a_zero_does_not():
    assert not check.close([100, 0.05], [100, 0.04], 1e-3)
    assert check.close([100, 1e-9], [100, 0])


def test_assert_close_says_what_a_student_did():
    check.assert_close(GRADIENT, GRADIENT, "the gradient")
    for value, words in [
        (2 * GRADIENT, "the gradient is not right. It is twice the right one: a ½ forgotten, or a factor 2 too many?"),
        (GRADIENT.tolist(), "should be a NumPy array, not a list"),
        (tuple(GRADIENT), "should be a NumPy array, not a tuple"),
        (GRADIENT * 1j, "It should hold real numbers, not complex128"),
        (None, "is None: does the function return it?"),
        (GRADIENT + 1, "(?s)Expected .*got"),
    ]:
        with pytest.raises(AssertionError, match=words.replace("it?", r"it\?")):
            check.assert_close(value, GRADIENT, "the gradient")


def test_bytes_get_a_hint_too():
    with pytest.raises(AssertionError, match="the picture is not right. Expected"):
        check.assert_close(np.array([1, 2], np.uint8), np.array([4, 2], np.uint8), "the picture")


def test_hidden_tests_draw_from_the_seed_in_the_environment(monkeypatch):
    monkeypatch.setenv("CHAINRULE_HIDDEN_SEED", "7")
    assert check.hidden_random().integers(1000) == np.random.default_rng(7).integers(1000)


def test_timed_call_measures_the_processor():
    def work(until):
        start = time.process_time()  # some clocks tick in hundredths of a second
        while time.process_time() < start + until:
            pass
        return "done"

    result, seconds = check.timed_call(work, 0.05)
    assert result == "done"
    assert 0.05 <= seconds < 5


def test_a_timed_call_has_one_thread_to_multiply_with_as_when_it_is_graded():
    with threadpool_limits(2):  # in tests it is one otherwise
        result, _ = check.timed_call(lambda: [pool["num_threads"] for pool in threadpool_info()])
    assert set(result) == {1}
