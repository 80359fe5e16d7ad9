"""From the Perceptron to MNIST: the small NumPy package behind the lessons and the assignments.

Read it in this order; a module imports only from those before it: `data`, `layers`, `losses`, `memory`, `network`,
`optimizers`, `training`, `gradcheck`, `augment`, then `plots`, `widgets`, `check` and `environment`.
"""

__version__ = "0.1.0"
