"""Layers and losses as a book for beginners has them: forwards leave ``output``, backwards ``dinputs`` and more.

Losses are of each sample, and their backwards are handed predictions, divided by how many there are.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from checks.types import Array


class Dense:
    """Inputs times weights, plus biases; both may be regularized."""

    dinputs: Array
    dweights: Array
    dbiases: Array

    def __init__(self, inputs: int, neurons: int, l1: float = 0, l2: float = 0) -> None:
        """Small weights."""
        self.weights = 0.01 * np.random.default_rng(0).standard_normal((inputs, neurons))
        self.biases = np.zeros((1, neurons))
        self.l1, self.l2 = l1, l2

    def forward(self, inputs: Array) -> None:
        """Leaves ``output``."""
        self.inputs = inputs
        self.output = np.dot(inputs, self.weights) + self.biases

    def backward(self, dvalues: Array) -> None:
        """Leaves gradients, with those of the regularization."""
        self.dweights = np.dot(self.inputs.T, dvalues)
        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)
        if self.l1 > 0:
            signs = np.ones_like(self.weights)
            signs[self.weights < 0] = -1
            self.dweights += self.l1 * signs
        if self.l2 > 0:
            self.dweights += 2 * self.l2 * self.weights
        self.dinputs = np.dot(dvalues, self.weights.T)


class Activation:
    """What all of them keep; ``factor`` is 1 where they are right."""

    inputs: Array
    output: Array
    dinputs: Array

    def __init__(self, factor: float = 1.0) -> None:
        self.factor = factor


class ReLU(Activation):
    """Nothing below 0."""

    def forward(self, inputs: Array) -> None:
        """Leaves ``output``."""
        self.inputs = inputs
        self.output = np.maximum(0, inputs)

    def backward(self, dvalues: Array) -> None:
        """Leaves ``dinputs``."""
        self.dinputs = self.factor * dvalues
        self.dinputs[self.inputs <= 0] = 0


class Softmax(Activation):
    """Over each row."""

    def forward(self, inputs: Array) -> None:
        """Leaves ``output``."""
        self.inputs = inputs
        exp_values = np.exp(inputs - np.max(inputs, axis=1, keepdims=True))
        self.output = exp_values / np.sum(exp_values, axis=1, keepdims=True)

    def backward(self, dvalues: Array) -> None:
        """By the Jacobian of each sample."""
        self.dinputs = np.empty_like(dvalues)
        for index, (single_output, single_dvalues) in enumerate(zip(self.output, dvalues, strict=True)):
            column = single_output.reshape(-1, 1)
            jacobian = np.diagflat(column) - self.factor * np.dot(column, column.T)
            self.dinputs[index] = np.dot(jacobian, single_dvalues)


class Sigmoid(Activation):
    """Of each number."""

    def forward(self, inputs: Array) -> None:
        """Leaves ``output``."""
        self.inputs = inputs
        self.output = 1 / (1 + np.exp(-inputs))

    def backward(self, dvalues: Array) -> None:
        """Leaves ``dinputs``."""
        self.dinputs = dvalues * (1 - self.factor * self.output) * self.output


class Dropout(Activation):
    """Keeps about seven of ten."""

    def forward(self, inputs: Array) -> None:
        """Draws a mask."""
        self.inputs = inputs
        self.binary_mask = np.random.binomial(1, 0.7, size=inputs.shape) / 0.7  # noqa: NPY002
        self.output = inputs * self.binary_mask

    def backward(self, dvalues: Array) -> None:
        """The same mask; a wrong one forgets that the others were made larger."""
        self.dinputs = dvalues * (self.binary_mask if self.factor == 1 else self.binary_mask > 0)


class Loss(Activation):
    """One number of the losses of all samples."""

    def forward(self, y_pred: Array, y_true: Array) -> Any:
        """That of each sample."""
        raise NotImplementedError

    def calculate(self, output: Array, y: Array) -> Any:
        """Their mean."""
        return np.mean(self.forward(output, y))


class CategoricalCrossentropy(Loss):
    """Labels are whole numbers, or rows with one 1."""

    def forward(self, y_pred: Array, y_true: Array) -> Any:
        """That of each sample."""
        clipped = np.clip(y_pred, 1e-7, 1 - 1e-7)
        rows = len(y_true.shape) == 1
        confidences = clipped[range(len(y_pred)), y_true] if rows else np.sum(clipped * y_true, axis=1)
        return -np.log(confidences)

    def backward(self, dvalues: Array, y_true: Array) -> None:
        """Of the mean."""
        if len(y_true.shape) == 1:
            y_true = np.eye(len(dvalues[0]))[y_true]
        self.dinputs = self.factor * -y_true / dvalues / len(dvalues)


class BinaryCrossentropy(Loss):
    """Each output is a question of its own."""

    def forward(self, y_pred: Array, y_true: Array) -> Any:
        """That of each sample."""
        clipped = np.clip(y_pred, 1e-7, 1 - 1e-7)
        losses = -(y_true * np.log(clipped) + (1 - y_true) * np.log(1 - clipped))
        return np.mean(losses, axis=-1)

    def backward(self, dvalues: Array, y_true: Array) -> None:
        """Of the mean."""
        clipped = np.clip(dvalues, 1e-7, 1 - 1e-7)
        slopes = -(y_true / clipped - self.factor * (1 - y_true) / (1 - clipped)) / len(dvalues[0])
        self.dinputs = slopes / len(dvalues)


class SoftmaxLoss:
    """Both in one: its backward is handed the outputs of the softmax."""

    dinputs: Array

    def __init__(self, factor: float = 1.0) -> None:
        self.activation, self.loss, self.factor = Softmax(), CategoricalCrossentropy(), factor

    def forward(self, inputs: Array, y_true: Array) -> Any:
        """The loss; leaves the softmax in ``output``."""
        self.activation.forward(inputs)
        self.output = self.activation.output
        return self.loss.calculate(self.output, y_true)

    def backward(self, dvalues: Array, y_true: Array) -> None:
        """Of the mean."""
        if len(y_true.shape) == 2:
            y_true = np.argmax(y_true, axis=1)
        self.dinputs = self.factor * dvalues
        self.dinputs[range(len(dvalues)), y_true] -= self.factor
        self.dinputs = self.dinputs / len(dvalues)
