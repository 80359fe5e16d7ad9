"""Networks, training and optimisers: true gradients, repeatable training, clear refusals."""

import copy
import itertools
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.gradcheck import numerical_gradient, relative_error
from chainrule.losses import one_hot
from chainrule.network import MLP
from chainrule.optimizers import SGD, AdaGrad, Adam, RMSProp, cosine, decay_every
from chainrule.training import BLAS, minibatches, train

SMOOTH = ["sigmoid", "tanh", "softplus"]
OUTPUTS = [("softmax", "cross_entropy"), ("sigmoid", "cross_entropy"), ("linear", "squared"), ("softmax", "squared")]


@given(
    sizes=st.lists(st.integers(2, 5), min_size=2, max_size=4),
    samples=st.integers(1, 5),
    activation=st.sampled_from(SMOOTH),
    output=st.sampled_from(OUTPUTS),
    l2=st.sampled_from([0.0, 0.1]),
    batch_norm=st.booleans(),
    seed=st.integers(0, 10**6),
)
@settings(max_examples=40, deadline=None)
def test_backpropagation_gives_the_numerical_gradient(sizes, samples, activation, output, l2, batch_norm, seed):
    samples += 4 * batch_norm  # one or two samples have no spread worth normalising
    network = MLP(
        sizes, activation, *output, initialization="xavier", seed=seed, dtype=np.float64, l2=l2, batch_norm=batch_norm
    )
    random = np.random.default_rng(seed)
    inputs, labels = random.standard_normal((samples, sizes[0])), random.integers(0, sizes[-1], samples)
    _, gradients = network.loss_and_gradients(inputs, labels)
    numerical = [
        numerical_gradient(lambda _: network.loss_and_gradients(inputs, labels)[0], array)
        for array in network.parameters
    ]
    both = [np.concatenate([array.ravel() for array in arrays]) for arrays in (gradients, numerical)]
    assert relative_error(*both) < 1e-7
    assert [g.shape for g in gradients] == [p.shape for p in network.parameters]


@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
def test_backpropagation_through_kinked_activations(activation):
    network = MLP((5, 8, 6, 3), activation, seed=1, dtype=np.float64)
    random = np.random.default_rng(2)
    inputs, labels = random.standard_normal((4, 5)), random.integers(0, 3, 4)
    _, gradients = network.loss_and_gradients(inputs, labels)
    for array, gradient in zip(network.parameters, gradients, strict=True):
        wanted = numerical_gradient(lambda _: network.loss_and_gradients(inputs, labels)[0], array, step=1e-6)
        assert relative_error(gradient, wanted) < 1e-7


def test_dropout_s_gradient_is_that_of_the_thinned_network():
    network = MLP((4, 20, 3), "tanh", seed=1, dtype=np.float64, dropout=0.5)
    random = np.random.default_rng(2)
    inputs, labels = random.standard_normal((3, 4)), random.integers(0, 3, 3)
    call = lambda: network.loss_and_gradients(inputs, labels, np.random.default_rng(7))  # noqa: E731
    for array, gradient in zip(network.parameters, call()[1], strict=True):
        assert relative_error(gradient, numerical_gradient(lambda _: call()[0], array)) < 1e-7
    assert network.loss_and_gradients(inputs, labels, 7)[0] == call()[0], "a seed will do"


def digits(samples=200):
    random = np.random.default_rng(0)
    labels = random.integers(0, 4, samples)
    return (np.eye(4)[labels] + 0.3 * random.standard_normal((samples, 4))).astype(np.float32), labels


@pytest.mark.parametrize("options", [{}, {"dropout": 0.2}, {"batch_norm": True}])
def test_the_same_seed_trains_to_the_same_bits(options):
    inputs, labels = digits()
    networks = [MLP((4, 16, 4), seed=3, **options) for _ in range(2)]
    histories = [train(network, inputs, labels, epochs=3, seed=5, progress=False) for network in networks]
    assert histories[0] == histories[1]
    for first, second in zip(networks[0].state, networks[1].state, strict=True):
        assert np.array_equal(first, second)
    assert train(MLP((4, 16, 4), seed=3), inputs, labels, epochs=3, seed=6, progress=False) != histories[0]


def test_training_lowers_the_loss_and_evaluates_each_epoch():
    inputs, labels = digits()
    network = MLP((4, 16, 4))
    history = train(network, inputs, labels, epochs=12, validation=(inputs, labels), progress=False)
    assert len(history.loss) == len(history.validation_loss) == len(history.validation_accuracy) == 12
    assert len(history.batch_loss) == 12 * 7
    assert history.loss == pytest.approx(np.mean(np.reshape(history.batch_loss, (12, 7)), axis=1))
    assert history.loss[-1] < history.loss[0] / 2
    assert history.validation_accuracy[-1] == network.accuracy(inputs, labels) > 0.95


def test_the_schedule_is_asked_for_iterations_1_2_3_and_obeyed():
    asked, network = [], MLP((4, 4))
    before = [parameter.copy() for parameter in network.parameters]
    schedule = lambda iteration: asked.append(iteration) or 0.0  # noqa: E731
    train(network, *digits(8), epochs=2, batch_size=4, progress=False, schedule=schedule)
    assert asked == [1, 2, 3, 4]
    assert all(np.array_equal(*pair) for pair in zip(before, network.parameters, strict=True))


def test_training_learns_from_the_batches_as_augment_changes_them():
    inputs, labels = digits(60)
    moved, network, other = [], MLP((4, 4)), MLP((4, 4))
    train(network, inputs, labels, epochs=2, augment=lambda x, random: moved.append(len(x)) or -x, progress=False)
    train(other, -inputs, labels, epochs=2, progress=False)
    assert moved == [32, 28, 32, 28]
    assert all(np.array_equal(*pair) for pair in zip(network.parameters, other.parameters, strict=True))


def test_each_epoch_has_an_order_of_its_own():
    seen, note = [], lambda x, random: seen.append(x.copy()) or x
    train(MLP((4, 4)), *digits(8), epochs=2, batch_size=8, augment=note, progress=False)
    assert not np.array_equal(*seen)
    assert np.array_equal(*[np.sort(epoch, axis=0) for epoch in seen])


def test_batch_norm_predicts_with_statistics_gathered_in_training():
    network, (inputs, labels) = MLP((4, 5, 4), batch_norm=True, dtype=np.float64), digits(20)
    z = inputs @ network.weights[0]
    network.loss_and_gradients(inputs, labels)
    assert np.allclose(network.running[0], [0.1 * z.mean(axis=0), 0.9 + 0.1 * z.var(axis=0)])
    untouched = MLP((4, 5, 4), batch_norm=True, dtype=np.float64)
    assert not np.allclose(network.predict(inputs), untouched.predict(inputs))


def test_the_loss_is_that_of_the_predictions_without_penalty_and_asking_for_it_changes_nothing():
    network, (inputs, labels) = MLP((4, 5, 4), batch_norm=True, dropout=0.5, l2=0.1, dtype=np.float64), digits(20)
    network.loss_and_gradients(inputs, labels, 0)
    before = copy.deepcopy(network.state)
    p = network.predict(inputs)
    assert network.loss(inputs, labels) == pytest.approx(-np.log(p[np.arange(20), labels]).mean())
    assert all(np.array_equal(*pair) for pair in zip(network.state, before, strict=True))


@pytest.mark.parametrize("smoothing", [0.05, 0.1, 0.3])
def test_smoothed_labels_are_targets_too(smoothing):
    inputs, labels = digits(20)
    targets = one_hot(labels, 4) * np.float32(1 - smoothing) + np.float32(smoothing / 4)
    assert train(MLP((4, 4)), inputs, targets, epochs=2, progress=False).loss[1] > 0


def test_dropout_takes_no_part_in_predictions():
    network, thinned = MLP((4, 20, 4), seed=1), MLP((4, 20, 4), seed=1, dropout=0.5)
    assert np.array_equal(network.predict(digits()[0]), thinned.predict(digits()[0]))


@pytest.mark.parametrize(
    ("initialization", "wanted"), [("gaussian", 1), ("xavier", np.sqrt(2 / 500)), ("he", np.sqrt(2 / 300)), (0.5, 0.5)]
)
def test_first_weights_have_the_standard_deviation_asked_for(initialization, wanted):
    assert MLP((300, 200), initialization=initialization).weights[0].std() == pytest.approx(wanted, rel=0.02)


def test_one_sigmoid_output_is_a_binary_classifier():
    network = MLP((1, 1), output="sigmoid")
    network.weights[0][:], network.biases[0][:] = 1, 0
    assert network.classify(np.array([[-2.0], [0.5]])).tolist() == [0, 1]
    assert network.accuracy(np.array([[-2.0], [0.5]]), np.array([0, 0])) == 0.5
    assert network.predict(np.array([[0.0]])) == 0.5
    assert network.classify(np.array([[0.0]])) == 1


def test_training_shows_a_progress_bar(capsys):
    train(MLP((4, 4)), *digits(), epochs=2)
    assert "2/2" in capsys.readouterr().err


@pytest.mark.parametrize("options", [{}, {"batch_norm": True}])
def test_early_stopping_goes_back_to_the_best_weights_and_statistics(options):
    inputs, labels = digits(60)
    network = MLP((4, 64, 4), seed=1, **options)
    noise = np.random.default_rng(1).integers(0, 4, 60)  # nothing to learn: it can only get worse
    history = train(network, inputs, noise, epochs=60, learning_rate=0.5, validation=(inputs, labels), patience=3,
                    progress=False)  # fmt: skip
    assert len(history.loss) == int(np.argmin(history.validation_loss)) + 1 + 3 < 60
    assert network.loss(inputs, labels) == pytest.approx(min(history.validation_loss), rel=1e-6)


@pytest.mark.filterwarnings("error")
def test_diverging_training_stops_and_says_where_and_what_to_try():
    inputs, labels = digits()
    with pytest.raises(FloatingPointError, match=r"at step \d+ \(epoch \d+\).*learning rate below 1e\+06"):
        train(MLP((4, 16, 4), output="linear", loss="squared"), inputs, labels, learning_rate=1e6, progress=False)
    inputs[5] = np.nan
    with pytest.raises(FloatingPointError, match="NaN or an infinity in the inputs"):
        train(MLP((4, 16, 4)), inputs, labels, progress=False)
    with pytest.raises(FloatingPointError, match="NaN or an infinity in the targets"):
        train(MLP((4, 1), output="linear", loss="squared"), *[digits()[0], inputs[:, 0]], progress=False)


def test_training_that_diverges_in_its_only_step_says_so():
    with pytest.raises(FloatingPointError, match="in the last step: training diverged. Try a learning rate below"):
        train(MLP((4, 4)), *digits(), epochs=1, batch_size=200, learning_rate=1e39, progress=False)


def test_nan_in_validation_data_ends_training_with_a_sentence():
    inputs, labels = digits()
    broken = inputs.copy()
    broken[7, 2] = np.nan
    with pytest.raises(FloatingPointError, match="validation loss became nan after epoch 1: there is a NaN"):
        train(MLP((4, 4)), inputs, labels, validation=(broken, labels), patience=2, progress=False)


def test_a_network_learns_xor_from_tables_typed_as_lists():
    inputs, labels = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    network = MLP((2, 8, 2), "tanh", seed=1)
    history = train(network, inputs, labels, epochs=300, batch_size=4, learning_rate=0.5, validation=(inputs, labels),
                    progress=False)  # fmt: skip
    assert network.accuracy(inputs, labels) == history.validation_accuracy[-1] == 1
    assert network.predict(inputs).shape == (4, 2)
    loss, gradients = network.loss_and_gradients(inputs, labels)
    same_loss, same = network.loss_and_gradients(np.array(inputs, float), np.array(labels))
    assert loss == same_loss < 0.1
    for array, other in zip(gradients, same, strict=True):
        assert np.array_equal(array, other)


def test_a_single_output_takes_labels_as_a_row_or_as_a_column():
    inputs, labels = digits()[0], (digits()[1] > 1).astype(int)
    one, other = (MLP((4, 8, 1), output="sigmoid") for _ in range(2))
    history = train(one, inputs, labels, epochs=20, validation=(inputs, labels), patience=5, progress=False)
    same = train(other, inputs, labels[:, None], epochs=20, validation=(inputs, labels[:, None]), progress=False)
    assert (history.loss, history.validation_loss) == (same.loss, same.validation_loss)
    assert history.validation_accuracy[-1] == one.accuracy(inputs, labels) > 0.8
    assert same.validation_accuracy == []  # targets are no labels
    line = MLP((4, 1), output="linear", loss="squared")
    train(
        line,
        inputs,
        3 * inputs[:, 0] - 1,
        epochs=60,
        learning_rate=0.4,
        validation=(inputs, 3 * inputs[:, 0] - 1),
        progress=False,
    )
    assert line.weights[0].ravel() == pytest.approx([3, 0, 0, 0], abs=1e-3)


def test_labels_and_zeros_and_ones_may_be_bytes():
    inputs, labels = np.eye(4, dtype=np.uint8), np.arange(4, dtype=np.uint8)
    history = train(MLP((4, 4)), inputs, labels, validation=(inputs, labels), progress=False)
    assert len(history.validation_accuracy) == 10


def test_an_optimizer_has_its_own_rate_again_after_a_schedule():
    network = MLP((4, 4))
    optimizer = SGD(network.parameters, 0.3)
    train(network, *digits(), epochs=1, optimizer=optimizer, schedule=cosine(0.1, 7), progress=False)
    assert optimizer.learning_rate == 0.3

    def interrupted(inputs, random):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(network, *digits(), optimizer=optimizer, schedule=cosine(0.1, 70), augment=interrupted, progress=False)
    assert optimizer.learning_rate == 0.3


def test_diverging_training_names_the_highest_rate_of_its_schedule():
    network = MLP((4, 16, 4), output="linear", loss="squared")
    with pytest.raises(FloatingPointError, match=r"at step 2 .*learning rate below 1e\+30"):
        train(network, *digits(), schedule=lambda step: 1e30 if step < 2 else 1e-3, progress=False)


def test_a_single_linear_output_learns_whole_numbers_and_has_no_accuracy():
    inputs, labels = digits()
    options = {"epochs": 2, "learning_rate": 0.01, "progress": False}
    network = MLP((4, 3, 1), output="linear", loss="squared")
    history = train(network, inputs, labels + 3, validation=(inputs, labels + 3), **options)
    assert len(history.validation_loss) == 2
    assert history.validation_accuracy == []


def test_an_optimizer_with_a_step_of_its_own_may_build_on_ours():
    class Halved(SGD):
        def step(self, gradients):
            super().step([gradient / 2 for gradient in gradients])

    network, twin = MLP((4, 3, 4)), MLP((4, 3, 4))
    train(network, *digits(), epochs=2, optimizer=Halved(network.parameters, 0.2), progress=False)
    train(twin, *digits(), epochs=2, learning_rate=0.1, progress=False)
    for array, other in zip(network.parameters, twin.parameters, strict=True):
        assert np.allclose(array, other, rtol=1e-4, atol=1e-6)


def test_frozen_weights_are_not_changed_by_a_way_round():
    network = MLP((4, 3, 4))
    network.weights[0].flags.writeable = False
    before = network.weights[0].copy()
    with pytest.raises(ValueError, match="read-only"):
        train(network, *digits(), epochs=1, progress=False)
    assert np.array_equal(network.weights[0], before)


def test_a_refused_batch_leaves_batch_normalisation_s_statistics_alone():
    network, (inputs, labels) = MLP((4, 3, 4), batch_norm=True), digits()
    before = copy.deepcopy(network.state)
    with pytest.raises(ValueError, match="label 9"):
        network.loss_and_gradients(inputs, np.full_like(labels, 9))
    for array, kept in zip(network.state, before, strict=True):
        assert np.array_equal(array, kept)


def test_a_bar_of_training_that_stopped_early_ends_full(capsys):
    inputs, labels = digits(60)
    noise = np.random.default_rng(1).integers(0, 4, 60)
    history = train(MLP((4, 64, 4)), inputs, noise, epochs=60, learning_rate=0.5, validation=digits(60), patience=3)
    epochs = len(history.loss)
    assert epochs < 60
    assert f"{epochs}/{epochs}" in capsys.readouterr().err.splitlines()[-1]


def test_small_networks_train_with_one_thread_and_large_ones_with_as_many_as_before():
    seen, note = [], lambda x, random: seen.append(blas_threads()) or x
    with BLAS.limit(limits=2):  # in tests it is one otherwise
        train(MLP((4, 4)), *digits(), epochs=1, augment=note, progress=False)
        train(MLP((4, 60_000, 4)), *digits(32), epochs=1, augment=note, progress=False)
        assert seen == [1] * 7 + [2]
        assert blas_threads() == 2


def blas_threads():
    return max(pool["num_threads"] for pool in BLAS.info() if pool["user_api"] == "blas")


def test_minibatches_cover_every_sample_once_and_keep_the_short_one():
    batches = minibatches(10, 4, np.random.default_rng(0))
    assert [len(batch) for batch in batches] == [4, 4, 2]
    assert sorted(np.concatenate(batches)) == list(range(10))
    assert list(np.concatenate(batches)) != list(range(10))


def test_algorithm_2_decays_at_every_hundredth_iteration_counted_from_one():
    rates = [decay_every(0.5, 0.9)(iteration) for iteration in (1, 99, 100, 199, 200)]
    assert rates == pytest.approx([0.5, 0.5, 0.45, 0.45, 0.405])


def test_cosine_warms_up_and_ends_at_zero():
    schedule = cosine(0.2, 110, warmup=10)
    rates = [schedule(iteration) for iteration in (5, 10, 60, 110, 150)]
    assert rates == pytest.approx([0.1, 0.2, 0.1, 0, 0])
    assert {type(rate) for rate in rates} == {float}, "a NumPy float64 would take float32 updates to float64 and back"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: MLP((3,)), "sizes"),
        (lambda: MLP((3, 0)), "(3, 0)"),
        (lambda: MLP((3, 2), activation="swish"), "'swish'"),
        (lambda: MLP((3, 2), output="linear"), "needs softmax or sigmoid"),
        (lambda: MLP((3, 2), initialization="big"), "'big'"),
        (lambda: MLP((3, 2), loss="cross-entropy"), "no loss 'cross-entropy'"),
        (lambda: MLP((3, 2)).predict(np.ones((1, 4))), "(1, 4)"),
        (lambda: MLP((3, 2)).accuracy(np.ones((2, 3)), np.array([0, 2])), "label 2"),
        (lambda: MLP((3, 2)).accuracy(np.ones((2, 3)), np.array([0])), "(1,)"),
        (lambda: train(MLP((3, 2)), np.ones((2, 3)), np.array([0])), "2 inputs but 1 targets"),
        (lambda: train(MLP((3, 2)), np.ones((2, 3)), np.array([0, 1]), patience=2), "validation"),
        (lambda: minibatches(0, 4, None), "at least one sample"),
        (lambda: MLP((3, 1)), "output='sigmoid'"),
        (lambda: MLP((3, 2), dropout=1.0), "dropout must be"),
        (lambda: MLP((3, 2), l2=-1), "l2 must be"),
        (lambda: MLP((3, 4, 2), dropout=0.5).loss_and_gradients(*digits(2)), "default_rng"),
        (lambda: train(MLP((4, 4)), *digits(), epochs=0), "epochs must be a whole number"),
        (lambda: train(MLP((4, 4)), *digits(), batch_size=32.0), "batch_size must be a whole number"),
        (lambda: train(MLP((4, 4)), *digits(), learning_rate=-1), "learning rate must be"),
        (lambda: train(MLP((4, 4)), *digits(), patience=0, validation=digits()), "patience must be a whole number"),
        (lambda: train(MLP((4, 4)), *digits(), schedule=0.1), "schedule must be a function"),
        (lambda: train(MLP((4, 4)), *digits(), schedule=lambda t: 0.2 - 0.1 * t), "at iteration 3 is -0.1"),
        (lambda: train(MLP((4, 4)), *digits(), optimizer="adam"), "Adam(network.parameters), not 'adam'"),
        (lambda: train(MLP((4, 4)), *digits(), validation=digits()[0]), "a pair, (inputs, targets)"),
        (lambda: train(MLP((4, 4)), *digits(), validation=digits(0)), "no validation sample"),
        (lambda: train(MLP((4, 4)), np.full((2, 4), 255, np.uint8), [0, 1]), "bytes up to 255: divide them by 255"),
        (lambda: train(MLP((4, 4)), *digits(), validation=(digits()[0], np.full(200, 4))), "label 4"),
        (lambda: train(MLP((4, 1), output="sigmoid"), digits()[0], np.full(200, -1)), "these lie in -1..1"),
        (lambda: MLP((3, 2)).loss(np.ones((2, 3)), [[0, 1], [1, 1]]), "row 1 sums to 2"),
        (lambda: MLP((3, 2)).loss(np.ones((2, 3)), np.ones((2, 1))), "must be (R, 2), or labels"),
        (lambda: train(MLP((4, 3, 4), batch_norm=True), *digits(), batch_size=1), "batch of one"),
        (lambda: MLP(784), "sizes must hold"),
        (lambda: MLP((3, 2)).accuracy(np.ones(3), [1]), "(3,)"),
        (lambda: train(MLP((4, 4)), *digits(), optimizer=Adam(MLP((4, 4)).parameters)), "another network's weights"),
        (lambda: cosine(0.1, 10, warmup=10), "warmup"),
        (lambda: cosine(0.1, 10, warmup=-1), "warmup"),
        (lambda: SGD([np.zeros((3, 2))]).step([np.zeros(2)]), "gradients have shape (2,)"),
        (lambda: SGD([np.zeros(3), np.zeros(2)]).step([np.zeros(3)]), "1 gradients for 2 parameters"),
        (lambda: train(MLP((4, 4)), *digits(), schedule=lambda t: None), "at iteration 1 is None; it must be a number"),
        (lambda: train(MLP((4, 4)), *digits(), schedule=lambda t: np.ones(2)), "must be a number"),
    ],
)
def test_bad_input_gets_one_clear_sentence(call, words):
    with pytest.raises(ValueError) as error:
        call()
    assert words in str(error.value)
    assert "\n" not in str(error.value)


OPTIMIZERS = {
    "SGD": (lambda p: SGD(p, 0.1), lambda torch, p: torch.optim.SGD(p, 0.1)),
    "momentum": (lambda p: SGD(p, 0.05, 0.9), lambda torch, p: torch.optim.SGD(p, 0.05, momentum=0.9)),
    "Nesterov": (
        lambda p: SGD(p, 0.05, 0.9, nesterov=True),
        lambda torch, p: torch.optim.SGD(p, 0.05, momentum=0.9, nesterov=True),
    ),
    "AdaGrad": (lambda p: AdaGrad(p, 0.1), lambda torch, p: torch.optim.Adagrad(p, 0.1)),
    "RMSProp": (lambda p: RMSProp(p, 0.01), lambda torch, p: torch.optim.RMSprop(p, 0.01)),
    "Adam": (lambda p: Adam(p, 0.01), lambda torch, p: torch.optim.Adam(p, 0.01)),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizer_follows_pytorch_for_a_hundred_steps(name):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed (pip install torch)")
    random = np.random.default_rng(4)
    ours, theirs = OPTIMIZERS[name]
    weights = [random.standard_normal((5, 3)), random.standard_normal(3)]
    peers = [torch.tensor(array.copy(), requires_grad=True) for array in weights]
    optimizer, peer = ours(weights), theirs(torch, peers)
    for _ in range(100):
        gradients = [array + 0.1 * random.standard_normal(array.shape) for array in weights]
        for tensor, gradient in zip(peers, gradients, strict=True):
            tensor.grad = torch.tensor(gradient)
        optimizer.step(gradients)
        peer.step()
    for array, tensor in zip(weights, peers, strict=True):
        assert np.allclose(array, tensor.detach().numpy(), rtol=1e-5, atol=1e-5 * 1e-3)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizer_needs_the_arrays_in_a_list(name):
    for parameters in (np.ones(3), np.ones((2, 3)), [1.0, 2.0], [], [np.array([1, 2])]):
        with pytest.raises(TypeError, match="list of arrays of floats"):
            OPTIMIZERS[name][0](parameters)


@pytest.mark.parametrize("nesterov", [False, True])
def test_momentum_is_the_lesson_s_formula_also_when_the_learning_rate_changes_or_is_0(nesterov):
    random, w, v = np.random.default_rng(5), np.ones(7), np.zeros(7)
    weights = [w.copy()]
    optimizer = SGD(weights, momentum=0.9, nesterov=nesterov)
    for rate in (0.1, 0.1, 0.02, 0.0, 0.0, 0.5, 1e-6, 0.3):
        optimizer.learning_rate, g = rate, random.standard_normal(7)
        v = 0.9 * v + g
        w = w - rate * (g + 0.9 * v if nesterov else v)
        optimizer.step([g])
        assert np.allclose(weights[0], w, rtol=1e-12, atol=0)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizer_leaves_gradients_alone(name):
    weights = [np.array([[1.0, 2.0]]), np.array([3.0])]
    optimizer, before = OPTIMIZERS[name][0](weights), [array.copy() for array in weights]
    gradients = [np.array([[3.0, -4.0]]), np.array([5.0])]
    optimizer.step(gradients)
    assert np.array_equal(gradients[0], [[3.0, -4.0]])
    assert np.array_equal(gradients[1], [5.0])
    for start, array in zip(before, weights, strict=True):
        assert np.all(start != array)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizer_takes_the_same_steps_for_a_network_and_for_arrays_of_one_s_own(name):
    network, (inputs, labels) = MLP((4, 3, 4), l2=0.1, batch_norm=True, dtype=np.float64), digits()
    arrays = [parameter.copy() for parameter in network.parameters]
    side_by_side, apart = OPTIMIZERS[name][0](network.parameters), OPTIMIZERS[name][0](arrays)
    assert side_by_side.vector is not None
    assert apart.vector is None
    for factor in (side_by_side.factor, 1.0, 0.5):
        gradients = network.loss_and_gradients(inputs, labels)[1]
        network.loss_and_gradients(inputs, labels, out=side_by_side.gradients, factor=factor)
        side_by_side.step(side_by_side.gradients, factor)
        apart.step(gradients)
    for parameter, array in zip(network.parameters, arrays, strict=True):
        assert np.allclose(parameter, array, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("twin_of", [copy.deepcopy, lambda both: pickle.loads(pickle.dumps(both))])
def test_copied_network_and_optimizer_learn_on_as_the_first_ones(name, twin_of):
    network, (inputs, labels) = MLP((4, 3, 4)), digits()
    optimizer = OPTIMIZERS[name][0](network.parameters)
    twin, twins_optimizer = twin_of((network, optimizer))
    for one, step in ((network, optimizer), (twin, twins_optimizer)):
        for _ in range(3):
            step.step(one.loss_and_gradients(inputs, labels, out=step.gradients)[1])
        assert not np.array_equal(one.weights[0], MLP((4, 3, 4)).weights[0])
    for array, other in zip(network.parameters, twin.parameters, strict=True):
        assert np.array_equal(array, other)


def test_an_optimizer_of_one_s_own_trains_as_sgd_does():
    class Own:
        learning_rate = 0.2

        def __init__(self, parameters):
            self.parameters, self.kept = parameters, []

        def step(self, gradients):
            self.kept.append(gradients)
            for parameter, gradient in zip(self.parameters, gradients, strict=True):
                parameter -= self.learning_rate * gradient

    network, twin = MLP((4, 3, 4)), MLP((4, 3, 4))
    own = Own(network.parameters)
    train(network, *digits(), epochs=2, optimizer=own, progress=False)
    assert len({id(gradients[0]) for gradients in own.kept}) == len(own.kept) == 14  # the next step leaves them alone
    train(twin, *digits(), epochs=2, learning_rate=0.2, progress=False)
    for array, other in zip(network.parameters, twin.parameters, strict=True):
        assert np.allclose(array, other, rtol=1e-4, atol=1e-6)  # γ is multiplied elsewhere, so the last digits differ


@pytest.mark.parametrize(
    ("activation", "batch_norm"), list(itertools.product(["sigmoid", "tanh", "relu", "leaky_relu", "softplus"], [0, 1]))
)
def test_loss_and_gradients_are_pytorch_s(activation, batch_norm):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed (pip install torch)")
    functions = {
        "sigmoid": "Sigmoid",
        "tanh": "Tanh",
        "relu": "ReLU",
        "leaky_relu": "LeakyReLU",
        "softplus": "Softplus",
    }
    network = MLP((20, 12, 7, 4), activation, seed=1, batch_norm=bool(batch_norm))
    modules = []
    for layer, (n, m) in enumerate(itertools.pairwise(network.sizes)):
        linear = torch.nn.Linear(n, m)
        linear.weight.data = torch.tensor(network.weights[layer].T.copy())
        linear.bias.data = torch.tensor(network.biases[layer])
        modules += [linear]
        if layer < 2:
            modules += [torch.nn.BatchNorm1d(m)] * batch_norm + [getattr(torch.nn, functions[activation])()]
    peer = torch.nn.Sequential(*modules)
    random = np.random.default_rng(5)
    inputs, labels = random.standard_normal((16, 20)).astype(np.float32), random.integers(0, 4, 16)
    loss, gradients = network.loss_and_gradients(inputs, labels)
    peer_loss = torch.nn.functional.cross_entropy(peer(torch.tensor(inputs)), torch.tensor(labels))
    peer_loss.backward()
    assert loss == pytest.approx(peer_loss.item(), rel=1e-5)
    linears = [module for module in peer if isinstance(module, torch.nn.Linear)]
    norms = [module for module in peer if isinstance(module, torch.nn.BatchNorm1d)]
    theirs = [g for m in linears for g in (m.weight.grad.numpy().T, m.bias.grad.numpy())]
    theirs += [m.weight.grad.numpy() for m in norms] + [m.bias.grad.numpy() for m in norms]
    for ours, wanted in zip(gradients, theirs, strict=True):
        assert np.allclose(ours, wanted, rtol=1e-5, atol=1e-5)


def test_l2_adds_half_lambda_w_squared_for_the_weights_only():
    network = MLP((3, 2), seed=1, l2=0.3)
    plain = MLP((3, 2), seed=1)
    inputs, labels = np.ones((2, 3), np.float32), np.array([0, 1])
    (loss, (weights, biases)), (plain_loss, (plain_weights, plain_biases)) = (
        n.loss_and_gradients(inputs, labels) for n in (network, plain)
    )
    assert loss == pytest.approx(plain_loss + 0.15 * np.sum(network.weights[0] ** 2))
    assert np.allclose(weights, plain_weights + 0.3 * network.weights[0])
    assert np.array_equal(biases, plain_biases)
