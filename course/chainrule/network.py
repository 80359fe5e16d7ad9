"""A multi-layer perceptron: the functions of `layers` and `losses`, in a row."""

import numpy as np

from chainrule.layers import ACTIVATIONS, batch_norm, batch_norm_backward, dropout, dropout_backward, linear
from chainrule.losses import (
    check_labels,
    one_hot,
    same_shape,
    sigmoid_cross_entropy,
    sigmoid_cross_entropy_backward,
    softmax_cross_entropy_and_gradient,
    squared_loss,
    squared_loss_backward,
)
from chainrule.memory import side_by_side

# Standard deviation of the first weights of a layer with n inputs and m outputs.
INITIALIZATIONS = {
    "gaussian": lambda n, m: 1.0,  # HW #4, Algorithm 2
    "xavier": lambda n, m: np.sqrt(2 / (n + m)),  # Glorot and Bengio, 2010
    "he": lambda n, m: np.sqrt(2 / n),  # He et al., 2015
}

# With these pairs the output's derivative and the loss's cancel to (ŷ - y) / R, so the loss works on logits:
# function(logits, targets) gives J and ∂J/∂z.
FUSED = {
    ("softmax", "cross_entropy"): softmax_cross_entropy_and_gradient,
    ("sigmoid", "cross_entropy"): lambda z, y: (sigmoid_cross_entropy(z, y), sigmoid_cross_entropy_backward(z, y)),
}


class MLP:
    """A fully connected network: linear layers with an activation after each hidden one and an output unit.

    Parameters
    ----------
    sizes : sequence of int
        Units in each layer, inputs first: (784, 30, 10). With two numbers it is a single-layer perceptron.
    activation : str
        Of the hidden layers, a key of `layers.ACTIVATIONS`.
    output : str
        Activation of the last layer: "softmax", "sigmoid", "linear" or another key of `ACTIVATIONS`.
    loss : str
        "cross_entropy" (after softmax or sigmoid) or "squared" (½ ‖ŷ - y‖², after any output).
    initialization : str or float
        A key of `INITIALIZATIONS`, or the standard deviation itself. Biases start at 0.
    seed : int or numpy.random.Generator
    dtype : numpy dtype
        float32 to train, float64 to check gradients.
    l2 : float
        λ of the penalty ½ λ Σ w² that is added to J; over weights, not biases.
    dropout : float
        The share of each hidden layer's units that is silenced at random in training.
    batch_norm : bool
        Normalise each hidden layer's pre-activations over the batch.

    Attributes
    ----------
    weights : list of ndarray, shapes (n, m)
    biases : list of ndarray, shapes (m,)
    scales, shifts : list of ndarray, shapes (m,)
        Of batch normalisation, a pair a hidden layer; empty without it.

    Raises
    ------
    ValueError
        For a name that is not in the tables above, fewer than two sizes, a softmax over a single unit, a negative l2,
        or a dropout that is negative, 1 or more.
    """

    def __init__(
        self,
        sizes,
        activation="relu",
        output="softmax",
        loss="cross_entropy",
        initialization="he",
        seed=0,
        dtype=np.float32,
        l2=0.0,
        dropout=0.0,
        batch_norm=False,
    ):
        if np.ndim(sizes) != 1 or len(sizes) < 2 or min(sizes) < 1:
            raise ValueError(f"sizes must hold at least inputs and outputs, each 1 or more, not {sizes}.")
        for name in (activation, output):
            if name not in ACTIVATIONS:
                raise ValueError(f"no activation is called {name!r}; there are {', '.join(ACTIVATIONS)}.")
        if loss != "squared" and (output, loss) not in FUSED:
            raise ValueError(
                f"no loss {loss!r} for output {output!r}; 'cross_entropy' needs softmax or sigmoid output."
            )
        if isinstance(initialization, str) and initialization not in INITIALIZATIONS:
            raise ValueError(f"no initialization {initialization!r}; there are {', '.join(INITIALIZATIONS)}.")
        if output == "softmax" and sizes[-1] == 1:
            raise ValueError("a softmax over a single unit is always 1; use output='sigmoid'.")
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout must be at least 0 and below 1, not {dropout}.")
        if not l2 >= 0:
            raise ValueError(f"l2 must be 0 or more, not {l2}.")
        random = np.random.default_rng(seed)
        self.sizes, self.activation, self.output, self.loss_name = tuple(sizes), activation, output, loss
        self.l2, self.dropout = l2, dropout
        layers, hidden = list(zip(sizes[:-1], sizes[1:], strict=True)), self.sizes[1:-1] if batch_norm else ()
        shapes = [shape for n, m in layers for shape in ((n, m), (m,))] + [(m,) for m in hidden * 2]
        arrays = iter(side_by_side(shapes, dtype)[1])
        self.weights, self.biases = map(list, zip(*((next(arrays), next(arrays)) for _ in layers), strict=True))
        self.scales, self.shifts = ([next(arrays) for _ in hidden] for _ in range(2))
        for weights in self.weights:
            n, m = weights.shape
            scale = INITIALIZATIONS[initialization](n, m) if isinstance(initialization, str) else initialization
            weights[:] = scale * random.standard_normal(weights.shape)
        for scales in self.scales:
            scales[:] = 1
        self.running = [(np.zeros(m, dtype), np.ones(m, dtype)) for m in hidden]  # mean and variance, for predictions

    @property
    def parameters(self):
        """The arrays that training changes: [W1, b1, W2, b2, ...], then scales and shifts; themselves, not copies."""
        return [a for pair in zip(self.weights, self.biases, strict=True) for a in pair] + self.scales + self.shifts

    @property
    def state(self):
        """The parameters and the running statistics: all that must be kept to keep the network."""
        return self.parameters + [array for pair in self.running for array in pair]

    def forward(self, inputs):
        """Run a batch through the network.

        Parameters
        ----------
        inputs : ndarray, shape (R, n)

        Returns
        -------
        pre_activations : list of ndarray
            Z of each layer.
        activations : list of ndarray
            The inputs, then A of each layer; the last one is the prediction ŷ.
        """
        pre_activations, activations, *_ = self._forward(inputs)
        return pre_activations, [*activations, ACTIVATIONS[self.output].function(pre_activations[-1])]

    def loss(self, inputs, targets):
        """J, the mean loss of a batch, without the L2 penalty; `targets` is (R, m), or the labels, shape (R,)."""
        return self._loss_and_delta(self._forward(inputs)[0][-1], self.prepare_targets(targets))[0]

    def loss_and_gradients(self, inputs, targets, random=None, out=None, factor=1.0):
        """J and its gradients by backpropagation, as in training: with penalty, dropout and the batch's own statistics.

        Batch normalisation's running statistics move on, too.

        Parameters
        ----------
        inputs : ndarray, shape (R, n)
        targets : ndarray, shape (R, m), or int labels of shape (R,)
        random : int or numpy.random.Generator
            Draws the units that dropout silences; needed only with dropout.
        out : list of ndarray, optional
            Arrays like `parameters` to write the gradients into. Training hands in the same ones at each step, since
            to ask for new memory of this size takes as long as to fill it.
        factor : float
            What the gradients are multiplied by. A learning rate costs next to nothing here, in the few δ of the last
            layer; afterwards it would take a pass over all gradients.

        Returns
        -------
        loss : float
        gradients : list of ndarray
            In the order and shapes of `parameters`.

        Raises
        ------
        ValueError
            If the network has dropout and there is no generator, or batch normalisation and a single sample.
        """
        if self.dropout:
            if random is None:
                raise ValueError("dropout draws its units at random: give random=np.random.default_rng(seed).")
            random = np.random.default_rng(random)
        gradients = [np.empty_like(parameter) for parameter in self.parameters] if out is None else out
        layers = len(self.weights)
        targets = targets if np.ndim(targets) == 2 else self.prepare_targets(targets)  # `train` has prepared them
        pre_activations, activations, masks, norms = self._forward(inputs, training=True, random=random)
        loss, delta = self._loss_and_delta(pre_activations[-1], np.asarray(targets))
        delta *= factor
        for layer in reversed(range(layers)):
            # `linear_backward` in place; the first layer's inputs are data and need no gradient.
            # The product of one column and one row needs no sums, and `matmul` takes three times as long for it.
            product = np.multiply if len(delta) == 1 else np.matmul
            product(activations[layer].T, delta, out=gradients[2 * layer])
            np.add.reduce(delta, axis=0, out=gradients[2 * layer + 1])
            if self.l2:
                loss += 0.5 * self.l2 * float(np.sum(self.weights[layer] ** 2))
                gradients[2 * layer] += factor * self.l2 * self.weights[layer]
            if layer:
                delta = delta @ self.weights[layer].T
                if masks:
                    delta = dropout_backward(delta, masks[layer - 1])
                delta = ACTIVATIONS[self.activation].backward(delta, pre_activations[layer - 1])
                if norms:
                    delta, scale_gradient, shift_gradient = batch_norm_backward(delta, norms[layer - 1])
                    gradients[2 * layers + layer - 1][:] = scale_gradient
                    gradients[3 * layers + layer - 2][:] = shift_gradient
        return loss, gradients

    def predict(self, inputs):
        """The prediction ŷ, shape (R, m): probabilities after softmax or sigmoid."""
        return self.forward(inputs)[1][-1]

    def classify(self, inputs):
        """The class with the largest output, shape (R,); with a single output, 1 where it is ½ or more, else 0."""
        predictions = self.predict(inputs)
        return np.argmax(predictions, axis=1) if self.sizes[-1] > 1 else (predictions[:, 0] >= 0.5).astype(int)

    def accuracy(self, inputs, labels):
        """The fraction of samples classified as their label says, in 0..1."""
        labels = check_labels(labels, max(2, self.sizes[-1]))
        classes = self.classify(inputs)
        same_shape(labels, classes, ("labels", "the network's classes"))
        return float(np.mean(classes == labels))

    def prepare_targets(self, targets):
        """Targets as the loss takes them, shape (R, m): labels become rows of the identity, or a column for one output.

        Raises
        ------
        ValueError
            If a label is no class, targets have not a number for each output, or cross-entropy gets no probabilities.
        """
        targets, outputs, dtype = np.asarray(targets), self.sizes[-1], self.weights[0].dtype
        if targets.ndim == 1 and outputs > 1:
            return one_hot(targets, outputs, dtype)
        targets = (targets[:, None] if targets.ndim == 1 else targets).astype(dtype, copy=False)
        if targets.shape[1:] != (outputs,):
            raise ValueError(f"targets have shape {targets.shape}; they must be (R, {outputs}), or labels, shape (R,).")
        if self.loss_name == "cross_entropy":
            smallest, largest = np.min(targets, initial=0), np.max(targets, initial=1)
            if not 0 <= smallest <= largest <= 1:
                raise ValueError(f"cross-entropy needs targets in 0..1; these lie in {smallest:g}..{largest:g}.")
            sums = targets.sum(axis=1)
            if self.output == "softmax" and not np.allclose(sums, 1, atol=1e-3):
                row = int(np.argmax(np.abs(sums - 1)))
                raise ValueError(f"after a softmax, a row of targets must sum to 1; row {row} sums to {sums[row]:g}.")
        return targets

    def _forward(self, inputs, training=False, random=None):
        """All Z, then the inputs and the hidden layers' A, and what regularisation needs on the way back: dropout's
        masks, batch normalisation's caches.
        """
        pre_activations, activations, masks, norms = [], [np.asarray(inputs)], [], []
        for layer, (weights, biases) in enumerate(zip(self.weights, self.biases, strict=True)):
            pre_activations.append(linear(activations[-1], weights, biases))
            if layer == len(self.weights) - 1:
                break
            if self.scales:
                if training:
                    z = pre_activations[-1]
                    if len(z) == 1:
                        raise ValueError("batch normalisation learns nothing from a batch of one: change batch_size.")
                    for kept, new in zip(self.running[layer], (z.mean(axis=0), z.var(axis=0)), strict=True):
                        kept += 0.1 * (new - kept)
                statistics = () if training else self.running[layer]
                pre_activations[-1], norm = batch_norm(
                    pre_activations[-1], self.scales[layer], self.shifts[layer], *statistics
                )
                norms.append(norm)
            activations.append(ACTIVATIONS[self.activation].function(pre_activations[-1]))
            if training and self.dropout:
                activations[-1], mask = dropout(activations[-1], self.dropout, random)
                masks.append(mask)
        return pre_activations, activations, masks, norms

    def _loss_and_delta(self, logits, targets):
        """J and δ = ∂J/∂Z of the last layer."""
        if self.loss_name == "squared":
            predictions = ACTIVATIONS[self.output].function(logits)
            delta = squared_loss_backward(predictions, targets)
            return float(squared_loss(predictions, targets)), ACTIVATIONS[self.output].backward(delta, logits)
        loss, delta = FUSED[self.output, self.loss_name](logits, targets)
        return float(loss), delta
