"""Every "Check yourself" question: its right answer is computed here from the mathematics, its wrong ones get hints."""

import itertools
import re
import tomllib
from functools import cache

import numpy as np
import pytest
from lessons import COURSE, LESSONS

from chainrule import check
from chainrule.data import load_mnist, running_example
from chainrule.gradcheck import numerical_gradient
from chainrule.layers import softmax_backward
from chainrule.network import MLP
from chainrule.training import train


def slope(function, x=0.0, step=1e-6):
    """The central difference of a function of one number."""
    return (function(x + step) - function(x - step)) / (2 * step)


def chain_network(x):
    """The cost of lesson 04's three neurons in a row."""
    a = x
    for w, b in [(0.5, 0.1), (-1.2, 0.3), (0.8, -0.2)]:
        a = 1 / (1 + np.exp(-w * a - b))
    return (a - 1) ** 2 / 2


def running_loss(array, index, change):
    """The squared loss of the running example (without ½) when one of its numbers is changed."""
    network = running_example()
    network[array][index] += change
    h = 1 / (1 + np.exp(-(network["x"] @ network["W1"] + network["b1"])))
    e = np.exp(h @ network["W2"] + network["b2"])
    return np.sum((e / e.sum() - network["y"]) ** 2)


@cache
def steepest_curvature_of_the_digits():
    """The largest eigenvalue of XᵀX / N, a column of ones among the pixels, by power iteration."""
    images = load_mnist("small").train_images
    images = np.column_stack([images, np.ones(len(images), np.float32)])
    v = np.ones(785, np.float32)
    for _ in range(50):
        v = images.T @ (images @ v) / len(images)
        size = np.linalg.norm(v)
        v /= size
    return size


def kinds_of_hidden_units_from_zero():
    """How many different hidden units a 784-30-10 network has that starts at zero, after some training."""
    network, random = MLP((784, 30, 10), initialization=0), np.random.default_rng(0)
    train(network, random.random((100, 784)), random.integers(0, 10, 100), epochs=2, progress=False)
    return len(np.unique(np.vstack([network.weights[0], network.biases[0], network.weights[1].T]), axis=1).T)


# An independent computation of each right answer.
RIGHT = {
    "00.1": lambda: np.ones((28, 28)).size,
    "00.2": lambda: np.mean(np.repeat([0, 1], [930, 70])),
    "00.3": lambda: (np.ones((32, 784)) @ MLP((784, 30, 10)).weights[0]).shape,
    "01.1": lambda: np.mean([-3, -2]),  # the least and the largest b that part a sum of 2 from a sum of 3
    "01.2": lambda: abs(np.dot([1, 1], [1, 1]) - 0.5) / np.hypot(1, 1),
    "01.3": lambda: 2**4 - len({(0, 1, 1, 0), (1, 0, 0, 1)}),
    "01.4": lambda: np.array([1, -1, 0]) + (1 - (1 * 1 - 1 * 2 + 0 >= 0)) * np.array([1, 2, 1]),
    "01.5": lambda: (5 / 0.5) ** 2,
    "02.1": lambda: next(n for n in range(100) if 4 * 0.8**n < 0.04),
    "02.2": lambda: np.array([[2.0, 1.0], [1.0, 2.0]]).T @ np.array([-1.0, 1.0]) / 2,
    "02.3": lambda: 2 / np.linalg.eigvalsh(np.array([[5.0, 4.0], [4.0, 5.0]]) / 2).max(),
    "02.4": lambda: 1 - 0.9 * 2 / 12,
    "03.1": lambda: 0.9 - 0.9**2,
    "03.2": lambda: 1 / np.cosh(np.arctanh(0.5)) ** 2,
    "03.3": lambda: 28 * 28 + 1,
    "03.4": lambda: numerical_gradient(
        lambda p: 0.5 * (1 / (1 + np.exp(-2 * p[0] - p[1])) - 1) ** 2, np.array([0.5, -1.0])
    ),
    "03.5": lambda: running_example()["x"][0] @ running_example()["W1"][:, 0],
    "04.1": lambda: 2 * np.exp(np.exp(1) + 1),
    "04.2": lambda: slope(lambda w: 0.5 / (1 + np.exp(-2 * w)) ** 2, 0.5),
    "04.3": lambda: slope(chain_network, 1.5),
    "04.4": lambda: 2.0**-20,
    "04.5": lambda: [1, 3, 3][-1],  # what the sum, and then the product twice, would leave in x.gradient
    "05.1": lambda: slope(lambda t: (2 * t) ** 2 + 3 * t**2, 1.0),
    "05.2": lambda: slope(lambda change: running_loss("W2", (2, 1), change)),
    "05.3": lambda: sum(1 for _ in itertools.product(range(10), repeat=4)),
    "05.4": lambda: slope(lambda change: running_loss("b2", 0, change)),
    "05.5": lambda: slope(lambda z: 1 / (1 + np.exp(-z)), 2 * -0.3 + 3 * 0.5 + 3 * 0.4),
    "06.1": lambda: (np.zeros((64, 196)) @ np.zeros((196, 30))).shape,
    "06.2": lambda: np.outer([1, 2], 0.1) + np.outer([3, 4], -0.2),
    "06.3": lambda: (np.zeros((5, 1)) - np.zeros(5)).shape,
    "06.4": lambda: (slope(np.exp, 1.0, 1e-2) - np.e) / (slope(np.exp, 1.0, 1e-3) - np.e),
    "06.5": lambda: 2 * sum(array.size for array in MLP((196, 30, 10)).parameters),
    "07.1": lambda: -np.log(1 - 0.8),
    "07.2": lambda: np.array([1, 2, 5]) / 8,
    "07.3": lambda: np.log(10),
    "07.4": lambda: softmax_backward(np.array([1.0, 0.0, 0.0]), np.log([0.5, 0.3, 0.2])),
    "07.5": lambda: numerical_gradient(lambda z: np.log(np.exp(z).sum()) - z[1], np.log([0.7, 0.2, 0.1])),
    "07.6": lambda: 1000 + np.log(2),
    "08.1": lambda: (np.array([1, 0]) @ np.array([[1], [-1]]) + 2)[0],
    "08.2": lambda: np.maximum(np.array([1, 1]) @ np.ones((2, 2)) + [0, -1], 0),
    "08.3": lambda: sum(parameter.size for parameter in MLP((14 * 14, 30, 10)).parameters),
    "08.4": lambda: 2**10,
    "09.1": lambda: next(R for R in range(1, 100) if np.sqrt(1 / R) <= 1 / 4),
    "09.2": lambda: 2000 * 32 / 4000,
    "09.3": lambda: (1 - 1 / 60_000) ** 60_000,
    "09.4": lambda: np.prod([0.8 if iteration % 100 == 0 else 1 for iteration in range(1, 501)]),
    "10.1": lambda: 2 / steepest_curvature_of_the_digits(),
    "10.2": kinds_of_hidden_units_from_zero,
    "10.3": lambda: [slope(lambda a: (a - 1) ** 2 / 2, 3.0), slope(lambda a: (a - 1) ** 2 / 2, -1.0)],
    "10.4": lambda: sum(p.size for p in MLP((784, 128, 10)).parameters),
    "10.5": lambda: np.std(np.repeat([1, 0], [920, 80])) / np.sqrt(1000),
    "10.6": lambda: 36 / np.sum([1, 36, 3]),
    "11.1": lambda: next(k for k in range(1, 100) if 0.004 / np.sqrt(k) <= 0.001 + 1e-12),
    "11.2": lambda: np.sqrt([2 / (200 + 50), 2 / 200]),
    "11.3": lambda: sum(0.9**k for k in range(1000)),
    "11.4": lambda: 1 / (1 - 0.2),
    "12.1": lambda: sum(n * m + m for n, m in itertools.pairwise([784, 2500, 2000, 1500, 1000, 500, 10])),
    "12.2": lambda: 4000 * 20,
    "12.3": lambda: np.ones((784, 300)).T.shape,
    "12.4": lambda: np.log(1 - np.sqrt(running_loss("b2", 0, 0) / 2)) - np.log(np.sqrt(running_loss("b2", 0, 0) / 2)),
    "12.5": lambda: sum(patch.size + 1 for patch in np.ones((30, 5, 5))),
    "A.1": lambda: (1 - 1, 3 - 1),  # input and unit of w_231, counted from 0: the house's array is Amrita's transposed
    "A.2": lambda: 3 - 1,  # Madras' inputs are layer 1, the house's are layer 0
    "B.1": lambda: sum(array.size for array in MLP((784, 30, 1), output="sigmoid").parameters),
    "B.2": lambda: 0.1 * np.mean(np.ones(32)) / np.sum(np.ones(32)),
}

QUESTIONS = {
    f"{path.stem}.{number}": question
    for path in sorted((COURSE / "chainrule" / "questions").glob("*.toml"))
    for number, question in tomllib.loads(path.read_text(encoding="utf-8")).items()
}


def test_every_question_s_answer_is_computed_here():
    assert sorted(RIGHT) == sorted(QUESTIONS)


@pytest.mark.parametrize("name", RIGHT)
def test_the_right_answer_is_praised(name):
    feedback = check.answer(name, RIGHT[name]())
    assert feedback.correct, f"{name}: {feedback.message} The right answer is {RIGHT[name]()}."


# 1000.69: there, the digits behind the point are the question.
ROUNDED = [name for name, known in QUESTIONS.items() if name != "07.6" and np.any(np.mod(known["answer"], 1))]


@pytest.mark.parametrize("name", ROUNDED)
def test_three_digits_are_enough(name):
    right = np.asarray(RIGHT[name](), dtype=float)
    three_digits = np.vectorize(lambda number: float(f"{number:.3g}"))(right)
    feedback = check.answer(name, three_digits)
    assert feedback.correct, f"{name}: {three_digits} gets {feedback.message}"


@pytest.mark.parametrize("name", RIGHT)
def test_each_known_mistake_gets_its_hint_and_others_are_not_taken_for_right(name):
    question = QUESTIONS[name]
    for mistake in question.get("hints", []):
        feedback = check.answer(name, mistake["value"])
        assert feedback.correct is False
        assert mistake["hint"] in feedback.message
    right = np.asarray(RIGHT[name](), dtype=float)
    assert check.answer(name, right + 0.37 * (1 + np.abs(right))).correct is False
    assert check.answer(name, np.full(right.shape, np.nan)).correct is False


@pytest.mark.parametrize("path", LESSONS, ids=[path.stem for path in LESSONS])
def test_a_lesson_asks_its_own_questions_each_once(path):
    asked = re.findall(r'check\.answer\(\\"([\w.]+)\\"', path.read_text(encoding="utf-8"))
    lesson = path.stem.split("-")[0]
    assert sorted(asked) == sorted(name for name in QUESTIONS if name.startswith(f"{lesson}."))
    if lesson.isdigit() and lesson != "00":
        assert 3 <= len(asked) <= 6
