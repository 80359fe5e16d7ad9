"""The automatic differentiator that lesson 04 builds, taken from the lesson's own cells."""

import math

import nbformat
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from lessons import COURSE

CELLS = ("autodiff-value", "autodiff-operators", "autodiff-backward")
# A function of two positive numbers, written so that Values, SymPy's symbols and PyTorch's tensors all understand it.
FUNCTIONS = {
    "a value used many times": lambda x, y, exp, log: x * x + x * y + 3 * x + y * x * x,
    "differences and quotients": lambda x, y, exp, log: (x - y) / (1 + x) - (2 - x / y) / 3 + 1 / (x * y),
    "powers": lambda x, y, exp, log: x**3 - y**0.5 + (x + y) ** -2,
    "a tower": lambda x, y, exp, log: exp(exp(x**2 / 4) - y),
    "a sigmoid neuron": lambda x, y, exp, log: (1 / (1 + exp(-(x * y + 0.3))) - 1) ** 2 / 2,
    "softmax and cross-entropy": lambda x, y, exp, log: -log(exp(x) / (exp(x) + exp(-y) + exp(x * y))),
}


@pytest.fixture(scope="module")
def lesson():
    """The names that the three cells define."""
    import itertools

    cells = {cell.id: cell.source for cell in nbformat.read(COURSE / "04-chain-rule.ipynb", as_version=4).cells}
    names = {"math": math, "count": itertools.count}
    for cell in CELLS:
        exec(cells[cell], names)
    return names


def gradient(lesson, function, numbers):
    values = [lesson["Value"](number) for number in numbers]
    output = function(*values, lesson["Value"].exp, lesson["Value"].log)
    lesson["backward"](output)
    return output.number, [value.gradient for value in values]


def by_sympy(function, numbers):
    symbols = sp.symbols("x y")
    formula = function(*symbols, sp.exp, sp.log)
    at = dict(zip(symbols, numbers, strict=True))
    return float(formula.subs(at)), [float(sp.diff(formula, symbol).subs(at)) for symbol in symbols]


def by_torch(function, numbers):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed (pip install -e '.[peers]')")
    tensors = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in numbers]
    output = function(*tensors, torch.exp, torch.log)
    output.backward()
    return output.item(), [tensor.grad.item() for tensor in tensors]


@pytest.mark.parametrize("other", [by_sympy, by_torch])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_values_and_gradients_equal_those_of_sympy_and_pytorch(lesson, name, other):
    for numbers in [(0.7, 1.9), (1.5, 0.2), (2.0, 2.0)]:
        number, derivatives = gradient(lesson, FUNCTIONS[name], numbers)
        expected_number, expected = other(FUNCTIONS[name], numbers)
        assert number == pytest.approx(expected_number, rel=1e-12)
        assert derivatives == pytest.approx(expected, rel=1e-10, abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_random_computations_have_the_gradients_of_pytorch(lesson, data):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed (pip install -e '.[peers]')")
    numbers = data.draw(st.lists(st.floats(0.5, 2), min_size=2, max_size=4))
    values = [lesson["Value"](number) for number in numbers]
    tensors = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in numbers]
    leaves = list(tensors)
    for _ in range(data.draw(st.integers(1, 12))):
        i, j = (data.draw(st.integers(0, len(values) - 1)) for _ in range(2))
        operation = data.draw(st.sampled_from([lambda a, b: a + b, lambda a, b: a * b, lambda a, b: a / (b * b + 1)]))
        values.append(operation(values[i], values[j]))
        tensors.append(operation(tensors[i], tensors[j]))
    output = tensors[-1] + 0 * sum(leaves)  # so that every leaf has a gradient, if only 0
    output.backward()
    lesson["backward"](values[-1])
    for value, tensor in zip(values, leaves, strict=False):
        assert value.gradient == pytest.approx(tensor.grad.item(), rel=1e-9, abs=1e-9)


def test_a_second_sweep_starts_from_zero(lesson):
    x = lesson["Value"](3)
    output = x * x + x
    lesson["backward"](output)
    lesson["backward"](output)
    assert x.gradient == 7


def test_a_chain_of_ten_thousand_operations_is_no_deeper_than_one(lesson):
    x = output = lesson["Value"](1)
    for _ in range(10_000):
        output = output + x
    lesson["backward"](output)
    assert x.gradient == 10_001


def test_an_unused_value_gets_no_gradient(lesson):
    x, unused = lesson["Value"](2), lesson["Value"](5)
    lesson["backward"](x.exp())
    assert (x.gradient, unused.gradient) == (math.exp(2), 0)
