"""Hand-written layers in NumPy: a forward and a backward for each, general in 1, 2 and 3 spatial axes.

    y, saved = conv_forward(x, weight, bias, stride=2, padding=1)
    dx, dweight, dbias = conv_backward(dy, saved)

The derivation of each gradient stands above its backward; ``textbook`` spells the same gradients out by definition.
"""

from reference_impl import textbook
from reference_impl.activation import relu_backward, relu_forward
from reference_impl.convolution import conv_backward, conv_forward
from reference_impl.errors import ConfigurationError, DtypeError, LayerError, SavedError, ShapeError
from reference_impl.pooling import avg_pool_backward, avg_pool_forward, max_pool_backward, max_pool_forward
from reference_impl.types import ConvGradients

__all__ = [
    "ConfigurationError",
    "ConvGradients",
    "DtypeError",
    "LayerError",
    "SavedError",
    "ShapeError",
    "avg_pool_backward",
    "avg_pool_forward",
    "conv_backward",
    "conv_forward",
    "max_pool_backward",
    "max_pool_forward",
    "relu_backward",
    "relu_forward",
    "textbook",
]
