"""Windows of well-known networks, on few channels: hand-written fast paths are chosen by such numbers.

Beside the layers of ``checks/networks.py``, which are run at their published channels, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from checks.strategies.geometry import Axis, Geometry

#: Windows along an axis, samples and channels; and as many where a kernel is long.
FEW, FEWER, LONG = 3, 2, 12
#: Samples that fill a vector; twice as many channels do too.
VECTOR = 8
#: Channels from which on many layers take another path.
WIDE = 64

#: Kernel, stride, padding and dilation along one axis.
Along = tuple[int, int, int, int]


def _all(axes: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> tuple[Along, ...]:
    return ((kernel, stride, padding, dilation),) * axes


#: Of convolutions with one group, by the networks that have them.
CONVOLUTIONS: dict[str, tuple[tuple[Along, ...], ...]] = {
    "Inception v3, v4": (
        ((1, 1, 0, 1), (7, 1, 3, 1)),
        ((7, 1, 3, 1), (1, 1, 0, 1)),
        ((1, 1, 0, 1), (3, 1, 1, 1)),
        ((3, 1, 1, 1), (1, 1, 0, 1)),
    ),
    "vision transformers' patches": tuple(_all(2, size, size) for size in (4, 8, 14, 16, 32)),
    "audio spectrogram transformers": (_all(2, 16, 10),),
    "SegFormer, PVT": (_all(2, 7, 4, 3),),
    "DQN": (_all(2, 8, 4), _all(2, 4, 2)),
    "SRCNN": (_all(2, 9, 1, 4), _all(2, 5, 1, 2)),
    "pix2pix": (_all(2, 4, 2, 1), _all(2, 4, 1, 1)),
    "dilated residual networks": (_all(2, 3, 1, 2, 2), _all(2, 3, 1, 4, 4), _all(2, 3, 1, 8, 8)),
    "stems and steps down": (_all(2, 3, 2, 1), _all(2, 5, 2, 2), _all(2, 1, 2), _all(2, 2, 2), _all(2, 6, 2, 2)),
    "WaveNet": tuple(_all(1, 2, 1, 0, dilation) for dilation in (2, 8, 64, 512)),
    "temporal convolutional networks": tuple(_all(1, 3, 1, 2 * dilation, dilation) for dilation in (2, 4, 16)),
    "wav2vec 2.0": (_all(1, 10, 5), _all(1, 3, 2), _all(1, 2, 2)),
    "HiFi-GAN": (_all(1, 7, 1, 9, 3), _all(1, 11, 1, 25, 5)),
    "EEGNet": (_all(1, 64, 1, 32),),
    "spectrograms": (_all(1, 400, 160), _all(1, 512, 128)),
    "R3D, R(2+1)D": (
        ((3, 1, 1, 1), (7, 2, 3, 1), (7, 2, 3, 1)),
        ((1, 1, 0, 1), (3, 1, 1, 1), (3, 1, 1, 1)),
        ((3, 1, 1, 1), (1, 1, 0, 1), (1, 1, 0, 1)),
    ),
    "SlowFast, I3D": (((1, 1, 0, 1), (7, 2, 3, 1), (7, 2, 3, 1)), _all(3, 7, 2, 3), _all(3, 3, 2, 1)),
    "ViViT": (((2, 2, 0, 1), (16, 16, 0, 1), (16, 16, 0, 1)),),
}

#: Of convolutions whose every channel is a group.
DEPTHWISE: dict[str, tuple[tuple[Along, ...], ...]] = {
    "ConvNeXt": (_all(2, 7, 1, 3),),
    "EfficientNet": (_all(2, 5, 2, 2), _all(2, 3, 2, 1)),
    "RepLKNet": (_all(2, 31, 1, 15),),
    "Conformer": (_all(1, 31, 1, 15),),
    "MobileNet": (_all(2, 3, 1, 1),),
    "DeepLab": (_all(2, 3, 1, 2, 2), _all(2, 3, 1, 4, 4)),
}

#: Of convolutions with as many groups, of two channels each.
GROUPED: dict[str, tuple[int, tuple[tuple[Along, ...], ...]]] = {
    "AlexNet": (2, (_all(2, 5, 1, 2), _all(2, 3, 1, 1))),
    "ShuffleNet": (3, (_all(2, 1),)),
    "ResNeXt": (32, (_all(2, 3, 1, 1), _all(2, 3, 2, 1))),
    "ResNeXt 64x4d": (64, (_all(2, 3, 1, 1),)),
    "MelGAN": (4, (_all(1, 41, 4, 20),)),
    "positions of wav2vec 2.0": (16, (_all(1, 128, 1, 64),)),
}

#: Of poolings.
POOLINGS: dict[str, tuple[tuple[Along, ...], ...]] = {
    "YOLO's pyramids": (_all(2, 5, 1, 2), _all(2, 9, 1, 4), _all(2, 13, 1, 6)),
    "CRNN": (((2, 2, 0, 1), (1, 1, 0, 1)), ((2, 2, 0, 1), (2, 1, 1, 1))),
    "others": (_all(2, 3, 1, 1), _all(2, 3, 3), _all(2, 4, 4), _all(2, 8, 8), _all(2, 2, 1), _all(1, 2, 2)),
    "of sequences and volumes": (_all(1, 3, 2, 1), _all(3, 2, 2), _all(3, 3, 2, 1), ((1, 1, 0, 1), *_all(2, 3, 2, 1))),
}


#: Of poolings on many channels.
ON_MANY = (_all(2, 2, 2), _all(2, 3, 2, 1), _all(2, 2, 1), _all(2, 3, 1, 1))


def well_known_convolutions() -> Iterator[Geometry]:
    """Those of every network; then small kernels on numbers that fill vectors, and on many channels."""
    yield from map(_layer, chain.from_iterable(CONVOLUTIONS.values()))
    for along in chain.from_iterable(DEPTHWISE.values()):
        short = max(kernel for kernel, *_ in along) < LONG
        yield from (Geometry(FEW, channels, 1, 1, _axes(along)) for channels in (FEW, WIDE)[: 1 + short])
    for groups, each in GROUPED.values():
        yield from (Geometry(FEWER, groups, FEWER, FEWER, _axes(along)) for along in each)
    rows = Axis(2 * VECTOR, 3, 1, 1, 1)
    yield Geometry(1, 1, 2 * VECTOR, 2 * VECTOR, (rows, rows))
    for kernel in (1, 3):
        yield Geometry(VECTOR, 1, 2 * VECTOR, 2 * VECTOR, _axes(_all(2, kernel, 1, kernel // 2)))
        for stride in (1, 2):
            yield Geometry(FEWER, 1, WIDE, WIDE, _axes(_all(2, kernel, stride, kernel // 2)))


def well_known_poolings() -> Iterator[Geometry]:
    """Those of every network; then small windows on many channels."""
    yield from map(_layer, chain.from_iterable(POOLINGS.values()))
    yield from (Geometry(FEWER, 1, WIDE, WIDE, _axes(along)) for along in ON_MANY)


def _layer(along: tuple[Along, ...]) -> Geometry:
    few = FEWER if max(kernel for kernel, *_ in along) >= LONG else FEW
    return Geometry(few, 1, few, few, _axes(along))


def _axes(along: tuple[Along, ...]) -> tuple[Axis, ...]:
    return tuple(_axis(*each) for each in along)


def _axis(kernel: int, stride: int, padding: int, dilation: int) -> Axis:
    """As long as few windows are, and longer than padding: else a first tap would never see a cell."""
    windows = FEWER if kernel >= LONG else FEW
    size = dilation * (kernel - 1) + 1 + stride * (windows - 1) - 2 * padding
    return Axis(max(size, padding + FEWER), kernel, stride, padding, padding, dilation)
