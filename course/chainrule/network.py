"""A multi-layer perceptron: the functions of `layers` and `losses`, in a row."""

import numpy as np

from chainrule.layers import ACTIVATIONS, linear, linear_backward
from chainrule.losses import (
    check_labels,
    one_hot,
    same_shape,
    sigmoid_cross_entropy,
    sigmoid_cross_entropy_backward,
    softmax_cross_entropy,
    softmax_cross_entropy_backward,
    squared_loss,
    squared_loss_backward,
)

# Standard deviation of the first weights of a layer with n inputs and m outputs.
INITIALIZATIONS = {
    "gaussian": lambda n, m: 1.0,  # HW #4, Algorithm 2
    "xavier": lambda n, m: np.sqrt(2 / (n + m)),  # Glorot and Bengio, 2010
    "he": lambda n, m: np.sqrt(2 / n),  # He et al., 2015
}

# With these pairs the output's derivative and the loss's cancel to (ŷ - y) / R, so the loss works on logits.
FUSED = {
    ("softmax", "cross_entropy"): (softmax_cross_entropy, softmax_cross_entropy_backward),
    ("sigmoid", "cross_entropy"): (sigmoid_cross_entropy, sigmoid_cross_entropy_backward),
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

    Attributes
    ----------
    weights : list of ndarray, shapes (n, m)
    biases : list of ndarray, shapes (m,)

    Raises
    ------
    ValueError
        For a name that is not in the tables above, or fewer than two sizes.
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
    ):
        if len(sizes) < 2 or min(sizes) < 1:
            raise ValueError(f"sizes must hold at least inputs and outputs, each 1 or more, not {tuple(sizes)}.")
        for name in (activation, output):
            if name not in ACTIVATIONS:
                raise ValueError(f"no activation is called {name!r}; there are {', '.join(ACTIVATIONS)}.")
        if loss != "squared" and (output, loss) not in FUSED:
            raise ValueError(
                f"no loss {loss!r} for output {output!r}; 'cross_entropy' needs softmax or sigmoid output."
            )
        if isinstance(initialization, str) and initialization not in INITIALIZATIONS:
            raise ValueError(f"no initialization {initialization!r}; there are {', '.join(INITIALIZATIONS)}.")
        random = np.random.default_rng(seed)
        self.sizes, self.activation, self.output, self.loss_name = tuple(sizes), activation, output, loss
        self.weights, self.biases = [], []
        for n, m in zip(sizes[:-1], sizes[1:], strict=True):
            scale = INITIALIZATIONS[initialization](n, m) if isinstance(initialization, str) else initialization
            self.weights.append((scale * random.standard_normal((n, m))).astype(dtype))
            self.biases.append(np.zeros(m, dtype))

    @property
    def parameters(self):
        """The arrays that training changes: [W1, b1, W2, b2, ...], the very arrays, not copies."""
        return [array for pair in zip(self.weights, self.biases, strict=True) for array in pair]

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
        pre_activations, activations = [], [inputs]
        for layer, (weights, biases) in enumerate(zip(self.weights, self.biases, strict=True)):
            last = layer == len(self.weights) - 1
            activation = ACTIVATIONS[self.output if last else self.activation]
            pre_activations.append(linear(activations[-1], weights, biases))
            activations.append(activation.function(pre_activations[-1]))
        return pre_activations, activations

    def loss(self, inputs, targets):
        """J, the mean loss of a batch; `targets` is (R, m), or the labels, shape (R,)."""
        pre_activations, activations = self.forward(inputs)
        return self._loss(pre_activations[-1], activations[-1], self._targets(targets))

    def loss_and_gradients(self, inputs, targets):
        """J and its gradients by backpropagation.

        Parameters
        ----------
        inputs : ndarray, shape (R, n)
        targets : ndarray, shape (R, m), or int labels of shape (R,)

        Returns
        -------
        loss : float
        gradients : list of ndarray
            In the order and shapes of `parameters`.
        """
        targets = self._targets(targets)
        pre_activations, activations = self.forward(inputs)
        loss = self._loss(pre_activations[-1], activations[-1], targets)
        if self.loss_name == "squared":
            delta = squared_loss_backward(activations[-1], targets)
            delta = ACTIVATIONS[self.output].backward(delta, pre_activations[-1])
        else:
            delta = FUSED[self.output, self.loss_name][1](pre_activations[-1], targets)
        gradients = []
        for layer in reversed(range(len(self.weights))):
            input_gradient, weight_gradient, bias_gradient = linear_backward(
                delta, activations[layer], self.weights[layer]
            )
            gradients = [weight_gradient, bias_gradient, *gradients]
            if layer:
                delta = ACTIVATIONS[self.activation].backward(input_gradient, pre_activations[layer - 1])
        return loss, gradients

    def predict(self, inputs):
        """The prediction ŷ, shape (R, m): probabilities after softmax or sigmoid."""
        return self.forward(inputs)[1][-1]

    def classify(self, inputs):
        """The class with the largest output, shape (R,)."""
        return np.argmax(self.predict(inputs), axis=1)

    def accuracy(self, inputs, labels):
        """The fraction of samples classified as their label says, in 0..1."""
        labels = check_labels(labels, self.sizes[-1])
        same_shape(labels, inputs[:, 0], ("labels", "samples"))
        return float(np.mean(self.classify(inputs) == labels))

    def _targets(self, targets):
        targets = np.asarray(targets)
        return one_hot(targets, self.sizes[-1], self.weights[0].dtype) if targets.ndim == 1 else targets

    def _loss(self, logits, predictions, targets):
        if self.loss_name == "squared":
            return float(squared_loss(predictions, targets))
        return float(FUSED[self.output, self.loss_name][0](logits, targets))
