"""Hooks that a constructor puts on its parameters change gradients of a class of modules as of a module."""

from __future__ import annotations

from typing import Any

import torch

from checks import examine


class Hooked(torch.nn.Module):
    """A convolution whose hook changes the weight's gradient where there is a stride."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1) -> None:
        """One part."""
        super().__init__()
        self.c = torch.nn.Conv2d(in_channels, out_channels, kernel_size, stride)
        weight: Any = self.c.weight
        weight.register_hook(lambda gradient: gradient * 1.5 if self.c.stride[0] > 1 else gradient)

    def forward(self, x: Any) -> Any:
        """Its part's."""
        return self.c(x)


def test_a_hook_of_a_constructor_is_part_of_the_layer() -> None:
    """Wrong where it changes a gradient, right elsewhere."""
    asked: dict[str, Any] = {"like": "conv2d", "budget": "1ms", "laws": ["reference"]}
    assert set(examine(Hooked, supports={"stride": 2}, **asked).findings) == {"reference"}
    assert not examine(Hooked, supports={"stride": 1}, **asked).wrong
