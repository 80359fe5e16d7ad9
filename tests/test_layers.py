"""Layers and losses: every backward function is the derivative of its forward twin, on any shape."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule import layers, losses
from chainrule.gradcheck import numerical_gradient, relative_error

shapes = st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(1, 6))  # a batch of one among them
seeds = st.integers(0, 2**32 - 1)


def away_from_kinks(z):
    """Random pre-activations, none so close to 0 that a finite difference would step across ReLU's kink."""
    return np.where(np.abs(z) < 0.01, 0.5, z)


@given(shapes, seeds)
@settings(max_examples=25, deadline=None)
def test_linear_backward_is_the_derivative_of_linear(shape, seed):
    samples, n, m = shape
    random = np.random.default_rng(seed)
    arrays = [random.standard_normal(s) for s in ((samples, n), (n, m), (m,))]
    gradient = random.standard_normal((samples, m))
    expected = [numerical_gradient(lambda _: np.sum(gradient * layers.linear(*arrays)), array) for array in arrays]
    for actual, wanted in zip(layers.linear_backward(gradient, *arrays[:2]), expected, strict=True):
        assert relative_error(actual, wanted) < 1e-7


@pytest.mark.parametrize("name", layers.ACTIVATIONS)
@given(shape=shapes, seed=seeds)
@settings(max_examples=15, deadline=None)
def test_every_activation_s_backward_is_its_derivative(name, shape, seed):
    activation, random = layers.ACTIVATIONS[name], np.random.default_rng(seed)
    z = away_from_kinks(random.standard_normal(shape[:2]))
    gradient = random.standard_normal(z.shape)
    actual = activation.backward(gradient, z)
    expected = numerical_gradient(lambda z: np.sum(gradient * activation.function(z)), z)
    if name == "softmax" and shape[1] == 1:  # one class: always probability 1, so both are rounding around 0
        assert np.abs(actual).max() < 1e-9
    else:
        assert relative_error(actual, expected) < 1e-7


@pytest.mark.parametrize("name", layers.ACTIVATIONS)
def test_activations_keep_float32_and_their_input(name):
    z = np.linspace(-3, 3, 12, dtype=np.float32).reshape(3, 4)
    before = z.copy()
    function, backward = layers.ACTIVATIONS[name]
    assert function(z).dtype == np.float32
    assert backward(np.ones_like(z), z).dtype == np.float32
    assert np.array_equal(z, before)


@pytest.mark.parametrize("name", layers.ACTIVATIONS)
def test_activations_survive_logits_of_a_thousand(name):
    z = np.array([[-1000.0, 0.0, 1000.0]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert np.all(np.isfinite(layers.ACTIVATIONS[name].function(z)))
        assert np.all(np.isfinite(layers.ACTIVATIONS[name].backward(np.ones_like(z), z)))


def random_targets(random, samples, classes):
    return np.eye(classes)[random.integers(0, classes, samples)]


@pytest.mark.parametrize("name", ["squared_loss", "sigmoid_cross_entropy", "softmax_cross_entropy"])
@given(shape=shapes, seed=seeds)
@settings(max_examples=25, deadline=None)
def test_every_loss_s_backward_is_its_derivative(name, shape, seed):
    random = np.random.default_rng(seed)
    values, targets = random.standard_normal(shape[:2]), random_targets(random, *shape[:2])
    actual = getattr(losses, f"{name}_backward")(values, targets)
    expected = numerical_gradient(lambda v: getattr(losses, name)(v, targets), values)
    if name == "softmax_cross_entropy" and shape[1] == 1:
        assert np.abs(actual).max() < 1e-9
    else:
        assert relative_error(actual, expected) < 1e-7


@given(shapes, seeds)
@settings(max_examples=25, deadline=None)
def test_batch_norm_backward_is_the_derivative_of_batch_norm(shape, seed):
    random = np.random.default_rng(seed)
    samples, n = shape[0] + 4, shape[1]  # with two, the outputs are ±1 whatever the inputs, and the gradient is 0
    arrays = [2 * random.standard_normal((samples, n)), random.uniform(0.5, 2, n), random.standard_normal(n)]
    gradient = random.standard_normal((samples, n))
    actual = layers.batch_norm_backward(gradient, layers.batch_norm(*arrays)[1])
    for array, found in zip(arrays, actual, strict=True):
        wanted = numerical_gradient(lambda _: np.sum(gradient * layers.batch_norm(*arrays)[0]), array)
        assert relative_error(found, wanted) < 1e-7


def test_dropout_keeps_the_mean_and_its_backward_is_its_derivative():
    inputs = np.ones((400, 50))
    outputs, mask = layers.dropout(inputs, 0.25, np.random.default_rng(0))
    assert np.mean(outputs == 0) == pytest.approx(0.25, abs=0.02)
    assert outputs.mean() == pytest.approx(1, abs=0.02)
    assert np.array_equal(layers.dropout_backward(inputs, mask), outputs)
    assert layers.dropout(inputs.astype(np.float32), 0.25, np.random.default_rng(0))[0].dtype == np.float32


def test_softmax_and_cross_entropy_are_exact_at_logits_of_a_thousand():
    logits = np.array([[1000.0, 0.0], [-1000.0, 0.0]])
    assert np.array_equal(layers.softmax(logits), [[1, 0], [0, 1]])
    assert losses.softmax_cross_entropy(logits, np.array([[0.0, 1.0], [0.0, 1.0]])) == 500
    assert losses.sigmoid_cross_entropy(np.array([[1000.0]]), np.array([[0.0]])) == 1000


def test_entropies_are_the_textbook_s():
    assert losses.entropy([0.5, 0.5]) == pytest.approx(np.log(2))
    assert losses.entropy([1, 0]) == 0
    assert losses.entropy([[0.5, 0.5], [1, 0]]) == pytest.approx([np.log(2), 0])
    assert losses.kl_divergence([0.5, 0.5], [0.9, 0.1]) == pytest.approx(np.log(0.5) - np.log(0.09) / 2)
    assert losses.cross_entropy([1, 0], [0, 1]) == np.inf


def test_a_step_has_no_slope_to_learn_from():
    assert layers.step(np.array([-1.0, 0.0, 2.0])).tolist() == [0, 1, 1]
    assert numerical_gradient(lambda z: layers.step(z).sum(), np.array([-1.0, 2.0])).tolist() == [0, 0]


def test_at_its_kink_a_relu_has_the_slope_of_its_left_side():
    z = np.zeros(1)
    assert layers.relu_backward(np.ones(1), z) == 0
    assert layers.leaky_relu_backward(np.ones(1), z) == 0.01


def test_bytes_are_computed_with_as_floats():
    pixels = np.array([1, 2, 3], dtype=np.uint8)
    assert np.array_equal(layers.sigmoid(pixels), layers.sigmoid(pixels.astype(float)))
    assert np.array_equal(layers.softmax(pixels), layers.softmax(pixels.astype(float)))
    assert relative_error(pixels[:1], pixels[1:2]) == pytest.approx(1 / 3)


def test_losses_and_dropout_compute_with_bytes_and_whole_numbers_as_floats():
    low, high = np.array([[1]], np.uint8), np.array([[21]], np.uint8)
    assert losses.squared_loss(low, high) == 200
    assert losses.squared_loss_backward(low, high) == -20
    logits, targets = np.array([[1, 3]], np.uint8), np.array([[1, 0]])
    loss, gradient = losses.softmax_cross_entropy_and_gradient(logits, targets)
    assert loss == pytest.approx(np.log1p(np.exp(2)))
    assert losses.softmax_cross_entropy(logits, targets) == pytest.approx(loss)
    assert np.allclose(losses.softmax_cross_entropy_backward(logits, targets), gradient)
    outputs, _ = layers.dropout(np.ones((1, 8), int), 0.5, np.random.default_rng(0))
    assert set(outputs.ravel()) == {0.0, 2.0}
    assert layers.linear([[1, 2]], [[3], [4]], [0.5]) == 11.5


def test_tiny_gradients_that_differ_are_not_taken_for_equal():
    tiny = np.full(3, 1e-34, np.float32)
    assert relative_error(tiny, -tiny) == 1
    assert relative_error(tiny, 0 * tiny) == 1
    assert relative_error(0 * tiny, 0 * tiny) == 0


def test_a_gradient_check_restores_its_argument_when_the_function_fails_and_refuses_arrays():
    x = np.ones(3)
    with pytest.raises(ZeroDivisionError):
        numerical_gradient(lambda x: 1 / 0 if x[1] > 1 else 0.0, x)
    assert (x == 1).all()
    with pytest.raises(TypeError, match=r"one number, such as a loss, not an array \(3,\)"):
        numerical_gradient(lambda x: 2 * x, x)
    with pytest.raises(TypeError, match="not None: does it end with return"):
        numerical_gradient(lambda x: None, x)
    with pytest.raises(TypeError, match="needs an array of float64, not an array of float32"):
        numerical_gradient(lambda x: x.sum(), x.astype(np.float32))
    with pytest.raises(TypeError, match="needs an array of float64, not a float64"):
        numerical_gradient(lambda x: x, np.float64(3))


@pytest.mark.parametrize("loss", [losses.softmax_cross_entropy_and_gradient, losses.squared_loss_backward])
def test_a_loss_leaves_logits_and_targets_as_they_are(loss):
    logits, targets = np.array([[1.0, 3.0], [0.5, -2.0]]), np.array([[0.0, 1.0], [1.0, 0.0]])
    loss(logits, targets)
    assert logits.tolist() == [[1, 3], [0.5, -2]]
    assert targets.tolist() == [[0, 1], [1, 0]]


def test_cross_entropy_hides_no_nan():
    assert np.isnan(losses.cross_entropy([np.nan, 0.5], [0.5, 0.5]))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: layers.linear(np.ones((2, 3)), np.ones((4, 5)), np.ones(5)), ["(2, 3)", "(4, 5)"]),
        (lambda: layers.linear(np.ones((2, 3)), np.ones((3, 5)), np.ones(4)), ["(4,)", "(3, 5)"]),
        (lambda: layers.linear(np.ones(3), np.ones((3, 5)), np.ones(5)), ["(3,)", "(3, 5)"]),
        (lambda: layers.linear_backward(np.ones((2, 4)), np.ones((2, 3)), np.ones((3, 5))), ["(2, 4)", "(3, 5)"]),
        (lambda: layers.linear_backward(np.ones((3, 2)), np.ones((3, 4)), np.ones((5, 2))), ["(3, 4)", "(5, 2)"]),
        (lambda: layers.dropout(np.ones((2, 3)), 1.0, np.random.default_rng(0)), ["below 1", "1.0"]),
        (lambda: layers.dropout(np.ones((2, 3)), -0.1, np.random.default_rng(0)), ["at least 0", "-0.1"]),
        (lambda: losses.squared_loss(np.ones(3), np.ones((3, 1))), ["(3,)", "(3, 1)"]),
        (lambda: losses.squared_loss_backward(np.ones(3), np.ones((3, 1))), ["(3,)", "(3, 1)"]),
        (lambda: losses.sigmoid_cross_entropy(np.ones((3, 1)), np.ones(3)), ["(3, 1)", "(3,)"]),
        (lambda: losses.sigmoid_cross_entropy_backward(np.ones((3, 1)), np.ones(3)), ["(3, 1)", "(3,)"]),
        (lambda: losses.softmax_cross_entropy(np.ones((2, 3)), np.ones((2, 4))), ["(2, 3)", "(2, 4)"]),
        (lambda: losses.softmax_cross_entropy(np.ones(3), np.ones(3)), ["(3,)", "(R, m)"]),
        (lambda: relative_error(np.ones(3), np.ones((3, 1))), ["(3,)", "(3, 1)"]),
        (lambda: losses.one_hot(np.array([1, 10])), ["label 10", "position 1", "0..9"]),
        (lambda: losses.one_hot(np.array([1, -1])), ["label -1", "0..9"]),
        (lambda: losses.one_hot(np.array([1.5])), ["integers", "float64"]),
        (lambda: losses.one_hot(np.array([[1], [2]])), ["(R,)", "(2, 1)"]),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence_that_names_it(call, words):
    with pytest.raises(ValueError) as error:
        call()
    assert "\n" not in str(error.value)
    assert all(word in str(error.value) for word in words), error.value
