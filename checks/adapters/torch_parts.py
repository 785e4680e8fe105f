"""PyTorch's tensors of arrays that are parts of longer ones, in a script: parts of longer tensors."""

from __future__ import annotations

import re

#: How a script makes a tensor in the memory of an array, by whatever name it has that one.
_THERE = re.compile(r"torch\.from_numpy\((\w+) if min\(\1\.strides, default=0\) >= 0 else \1\.copy\(\)\)")

_IMPORT = "import torch\n"

_LYING = '''

def lying(array):
    """A tensor that begins in its memory where the array does in its own."""
    if not isinstance(array.base, np.ndarray) or min(array.strides, default=0) < 0:
        return torch.from_numpy(array if min(array.strides, default=0) >= 0 else array.copy())
    first = (array.ctypes.data - array.base.ctypes.data) // array.itemsize
    steps = [step // array.itemsize for step in array.strides]
    return torch.from_numpy(array.base.reshape(-1)).as_strided(array.shape, steps, first)

'''


def of_parts(yours: str) -> str:
    """The lines that make a layer in a script, so that its tensors begin where their arrays do."""
    found = _THERE.sub(r"lying(\1)", yours)
    return found if found == yours else found.replace(_IMPORT, f"{_IMPORT}{_LYING}", 1)
