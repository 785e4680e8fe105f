"""How often the suite's draws must at least visit each configuration cell, for each family.

About a third of what was counted when the table was written, because another version of Hypothesis draws otherwise. A
cell that is never drawn is a place in which a wrong backward hides.
"""

from __future__ import annotations

from collections.abc import Mapping

#: What every family draws.
_ALL = {
    "axes: 1": 30,
    "axes: 2 different": 20,
    "axes: 2 equal": 20,
    "axes: 3": 20,
    "batch: more": 30,
    "batch: none": 30,
    "batch: one": 50,
    "block: batch": 10,
    "block: channels": 15,
    "block: none": 60,
    "block: size": 20,
    "channels: C != O != N": 20,
    "channels: few": 50,
    "channels: one": 40,
    "dtype: float16": 30,
    "dtype: float32": 40,
    "dtype: float64": 40,
    "output: few": 60,
    "output: one": 80,
    "size: H != W": 40,
}

#: What every family with windows draws.
_WINDOWS = {
    "axes: 2": 5,
    "dilation: one": 100,
    "kernel: even": 60,
    "kernel: odd": 60,
    "kernel: one": 60,
    "kernel: whole input": 20,
    "padding: none": 80,
    "padding: symmetric": 30,
    "remainder: none": 110,
    "remainder: some": 50,
    "stride: beyond": 30,
    "stride: inside": 30,
    "stride: kernel": 30,
    "stride: one": 70,
}

WIDE: Mapping[str, Mapping[str, int]] = {
    "conv": {
        **_ALL,
        **_WINDOWS,
        "bias: no": 90,
        "bias: yes": 40,
        "data: integers": 70,
        "data: normal": 60,
        "dilation: more": 70,
        "groups: all": 20,
        "groups: depthwise": 20,
        "groups: one": 70,
        "groups: some": 30,
        "padding: asymmetric": 20,
        "padding: beyond half": 40,
        "padding: same": 10,
        "padding: valid": 10,
    },
    "max_pool": {
        **_ALL,
        **_WINDOWS,
        "ceil: no": 70,
        "ceil: yes": 60,
        "data: distinct": 80,
        "data: spread": 50,
        "data: near": 50,
        "dilation: more": 60,
    },
    "avg_pool": {
        **_ALL,
        **_WINDOWS,
        "ceil: no": 60,
        "ceil: yes": 70,
        "count_pad: no": 50,
        "count_pad: yes": 80,
        "data: integers": 70,
        "data: normal": 60,
        "divisor: none": 40,
        "divisor: one": 40,
        "divisor: seven": 30,
        "divisor: two": 15,
    },
    "relu": {
        **_ALL,
        "at_zero: half": 30,
        "at_zero: one": 40,
        "at_zero: zero": 60,
        "data: distinct": 60,
        "data: spread": 70,
    },
}
