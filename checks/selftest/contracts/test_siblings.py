"""Two objects of one class: what each keeps for its backward is its own."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest

from checks import examine
from checks.types import Array
from reference_impl import max_pool_backward, max_pool_forward


class Shared:
    """One mask for all objects."""

    masks: ClassVar[dict[str, Array]] = {}

    def forward(self, x: Array) -> Array:
        """ReLU."""
        self.masks["last"] = x > 0
        return np.maximum(x, 0)

    def backward(self, dy: Array) -> Array:
        """Back through the last mask of any object."""
        return dy * self.masks["last"]


class Own(Shared):
    """A mask for each object."""

    def __init__(self) -> None:
        """Nothing kept yet."""
        self.masks: dict[str, Array] = {}  # type: ignore[misc] # what the other forgets


@pytest.mark.long(keep=2)
@pytest.mark.parametrize("isolate", [False, True])
@pytest.mark.parametrize("layer", [Shared, Shared()], ids=["class", "object"])
def test_state_that_all_objects_of_a_class_share_is_wrong(layer: Any, isolate: bool) -> None:
    """A network has several; a single object shows nothing, so that a copy stands beside it."""
    found = examine(layer, "relu", budget="1ms", isolate=isolate, laws=["reference", "saved state"])
    assert list(found.findings) == ["saved state"]
    assert "another object of the class" in found.findings["saved state"].verdict.why


class Settings:
    """A pooling whose settings are those of the object that was built last."""

    stride: Any = None

    def __init__(self, kernel_size: Any, stride: Any) -> None:
        self.kernel_size, type(self).stride = kernel_size, stride

    def forward(self, x: Array) -> Array:
        """The reference's."""
        self.x = x.copy()
        return max_pool_forward(x, self.kernel_size, self.stride)[0]

    def backward(self, dy: Array) -> Array:
        """The reference's, of the stride of now."""
        y, saved = max_pool_forward(self.x, self.kernel_size, self.stride)
        return np.asarray(max_pool_backward(np.resize(dy, y.shape), saved))


def test_settings_that_all_objects_of_a_class_share_are_wrong() -> None:
    """Another object, with other settings, is built and works in between."""
    found = examine(Settings, "max_pool", budget="1ms", laws=["reference", "saved state"])
    assert list(found.findings) == ["saved state"]
    assert "another object of the class" in found.findings["saved state"].verdict.why


@pytest.mark.parametrize("layer", [Shared, Shared()], ids=["class", "object"])
def test_it_is_wrong_on_examples_too(layer: Any) -> None:
    """Where a class is built once, too."""
    found = examine(layer, inputs=(np.array([[1.0, -2.0], [-3.0, 4.0]]),), budget="1ms", laws=["saved state"])
    assert "another object of the class" in found.findings["saved state"].verdict.why


class Locked(Shared):
    """No two of it are alike."""

    def __deepcopy__(self, memo: Any) -> Any:
        """Refuse."""
        raise TypeError("cannot be copied")


@pytest.mark.parametrize("layer", [Own, Own(), Locked()], ids=["class", "object", "object that cannot be copied"])
def test_state_of_an_object_s_own_is_right(layer: Any) -> None:
    """So is a single object that nobody can make another of."""
    assert not examine(layer, "relu", budget="1ms", laws=["reference", "saved state"]).wrong


class Buffered(Own):
    """Adds up in room that it keeps, which it empties where a batch fills it."""

    room = np.zeros(0)

    def backward(self, dy: Array) -> Array:
        """Back through the mask; what a larger batch has left comes again."""
        if self.room.shape[1:] != dy.shape[1:] or self.room.dtype != dy.dtype or len(self.room) < len(dy):
            self.room = np.zeros_like(dy)
        self.room[: len(dy)] *= len(self.room) > len(dy)
        self.room[: len(dy)] += dy * self.masks["last"]
        return self.room[: len(dy)].copy()


@pytest.mark.usefixtures("plainest")
def test_what_a_larger_batch_has_left_in_an_object_is_no_fault_of_another_object() -> None:
    """The script goes forward and back with one sample more, and then with the case."""
    found = examine(Buffered, "relu", budget="1ms", laws=["reference", "saved state"]).findings["saved state"]
    assert found.verdict.why.startswith("forward and backward after those of one sample more on the same object")
    assert "another" not in found.script
    assert found.script.count(" = backward(") == len(["first", "larger", "again"])
