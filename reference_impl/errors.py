"""The one family of errors that the layers raise; every message names the value, what was expected and what to do."""


class LayerError(ValueError):
    """Something handed to a layer cannot be used. The classes below say which thing."""


class ConfigurationError(LayerError):
    """A setting (stride, padding, groups, ...) is no usable value, or does not go with the others or the shapes."""


class ShapeError(LayerError):
    """An array has the wrong number of axes or the wrong size along one of them."""


class DtypeError(LayerError):
    """Something is no NumPy array, or an array's dtype is one that the layer does not compute in."""


class SavedError(LayerError):
    """A backward was handed something other than what its own forward saved."""
