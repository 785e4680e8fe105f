"""Real layers of real networks: kernel, stride, padding, dilation, groups and channels exactly as published.

Only batch and spatial size are reduced, so that a whole run stays cheap, and only to a size that leaves the same
remainder: as many input rows beyond the last full window as the published size has. Layers are named as in the source.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from checks.types import Config, Shape, Shapes

#: Extent per axis; a number stands for every axis.
Size: TypeAlias = int | Shape


AS_PUBLISHED = "as published"


@dataclass(frozen=True)
class RealLayer:
    """One layer of a network.

    ``shapes`` holds x, weight and bias, as far as the layer has them, in the size that is run. ``config`` holds
    PyTorch's keywords; what it leaves out has PyTorch's default. ``published`` is the spatial size of x in the source.
    """

    network: str
    layer: str
    family: str
    shapes: Shapes
    config: Config
    published: Shape
    source: str

    @property
    def title(self) -> str:
        """Network and layer."""
        return f"{self.network} {self.layer}"

    @property
    def reduced(self) -> str:
        """What was made smaller: ``224x224 -> 30x30``, or ``as published``."""
        run = self.shapes["x"][2:]
        return AS_PUBLISHED if run == self.published else f"{_times(self.published)} -> {_times(run)}"


@dataclass(frozen=True)
class _Network:
    """Writes rows: ``x`` is (N, C), ``size`` the published spatial size, ``run`` the reduced one where they differ."""

    name: str
    source: str
    axes: int = 2

    def conv(self, layer: str, x: Shape, out: int, kernel: Size, size: Size, **rest: Any) -> RealLayer:
        """Convolution to ``out`` channels, without bias."""
        weight = (out, x[1] // rest.get("groups", 1), *self._each(kernel))
        return self._row("conv", layer, x, size, weight=weight, **rest)

    def conv_bias(self, layer: str, x: Shape, out: int, kernel: Size, size: Size, **rest: Any) -> RealLayer:
        """Convolution to ``out`` channels, with bias."""
        row = self.conv(layer, x, out, kernel, size, **rest)
        return replace(row, shapes={**row.shapes, "bias": (out,)})

    def max_pool(self, layer: str, x: Shape, size: Size, **rest: Any) -> RealLayer:
        """Max pooling."""
        return self._row("max_pool", layer, x, size, **rest)

    def avg_pool(self, layer: str, x: Shape, size: Size, **rest: Any) -> RealLayer:
        """Average pooling."""
        return self._row("avg_pool", layer, x, size, **rest)

    def relu(self, layer: str, x: Shape, size: Size, **rest: Any) -> RealLayer:
        """ReLU with PyTorch's value at zero."""
        return self._row("relu", layer, x, size, at_zero=0.0, **rest)

    def _row(self, family: str, layer: str, x: Shape, size: Size, **rest: Any) -> RealLayer:
        run, weight = rest.pop("run", size), rest.pop("weight", None)
        shapes = {"x": (*x, *self._each(run))} | ({"weight": weight} if weight else {})
        return RealLayer(self.name, layer, family, shapes, rest, self._each(size), self.source)

    def _each(self, size: Size) -> Shape:
        return (size,) * self.axes if isinstance(size, int) else size


def _times(size: Shape) -> str:
    return "x".join(map(str, size))


# Paper, then the implementation whose numbers were read; in brackets, the choice made where the two differ.
LENET = _Network("LeNet-5", "LeCun et al., Proc. IEEE 86(11), 1998, section II.B [S2 and S4 add, C3 unmasked]")
ALEXNET = _Network("AlexNet", "Krizhevsky et al., NIPS 2012, section 3.5; BVLC/caffe bvlc_alexnet [227, unpadded]")
ALEXNET_2 = _Network("AlexNet", "arXiv:1404.5997; torchvision models/alexnet.py [224, padded by 2]")
VGG = _Network("VGG-16", "arXiv:1409.1556, table 1, D; torchvision models/vgg.py")
GOOGLENET = _Network("GoogLeNet", "arXiv:1409.4842, table 1; BVLC/caffe bvlc_googlenet [pools round up]")
RESNET = _Network("ResNet-50", "arXiv:1512.03385, table 1; torchvision models/resnet.py [stride on the 3x3]")
RESNEXT = _Network("ResNeXt-50 32x4d", "arXiv:1611.05431, table 1; torchvision models/resnet.py")
MOBILENET = _Network("MobileNetV2", "arXiv:1801.04381, table 2; torchvision models/mobilenetv2.py")
DENSENET = _Network("DenseNet-121", "arXiv:1608.06993, table 1; torchvision models/densenet.py")
DEEPLAB_2 = _Network("DeepLab v2", "arXiv:1606.00915, section 3; kazuto1011/deeplab-pytorch deeplabv2.py [input 513]")
DEEPLAB_3 = _Network("DeepLab v3+", "arXiv:1802.02611, section 3; tensorflow/models deeplab xception_65 [input 513]")
UNET = _Network("U-Net", "arXiv:1505.04597, figure 1; convolutions as in jvanvugt/pytorch-unet unet.py")
C3D = _Network("C3D", "arXiv:1412.0767, figure 3; facebookarchive/C3D c3d_sport1m prototxt [pools round up]", axes=3)
C3D_2 = _Network("C3D", "arXiv:1412.0767, figure 3; jfzhang95/pytorch-video-recognition [pool5 padded]", axes=3)
WAV2LETTER = _Network("wav2letter", "arXiv:1609.03193, section 2; torchaudio wav2letter.py [1 s at 16 kHz]", axes=1)
M5 = _Network("M5", "arXiv:1610.00087, table 1; pytorch/tutorials audio_classifier_tutorial.py [unpadded]", axes=1)

#: Every row of the table, network by network, in the order of the signal.
REAL_LAYERS: tuple[RealLayer, ...] = (
    LENET.conv_bias("C1", (2, 1), 6, 5, 32, run=19),
    LENET.avg_pool("S2", (2, 6), 28, kernel_size=2, stride=2, divisor_override=1),
    LENET.conv_bias("C3", (2, 6), 16, 5, 14),
    LENET.avg_pool("S4", (2, 16), 10, kernel_size=2, stride=2, divisor_override=1),
    LENET.conv_bias("C5", (2, 16), 120, 5, 5),
    ALEXNET.conv_bias("conv1", (2, 3), 96, 11, 227, run=43, stride=4),
    ALEXNET_2.conv_bias("features.0", (2, 3), 64, 11, 224, run=40, stride=4, padding=2),
    ALEXNET.max_pool("pool1", (2, 96), 55, run=15, kernel_size=3, stride=2),
    ALEXNET.conv_bias("conv2", (1, 96), 256, 5, 27, run=7, padding=2, groups=2),
    ALEXNET.relu("relu5", (1, 256), 13),
    VGG.conv_bias("features.0", (2, 3), 64, 3, 224, run=12, padding=1),
    VGG.relu("features.1", (2, 64), 224, run=12),
    VGG.max_pool("features.4", (2, 64), 224, run=12, kernel_size=2, stride=2),
    VGG.conv_bias("features.10", (1, 128), 256, 3, 56, run=7, padding=1),
    VGG.conv_bias("features.28", (1, 512), 512, 3, 14, run=3, padding=1),
    GOOGLENET.conv_bias("conv1/7x7_s2", (2, 3), 64, 7, 224, run=30, stride=2, padding=3),
    GOOGLENET.max_pool("pool1/3x3_s2", (2, 64), 112, run=16, kernel_size=3, stride=2, ceil_mode=True),
    GOOGLENET.max_pool("pool2/3x3_s2", (1, 192), 56, run=12, kernel_size=3, stride=2, ceil_mode=True),
    GOOGLENET.conv_bias("inception_3a/5x5", (2, 16), 32, 5, 28, run=10, padding=2),
    GOOGLENET.max_pool("inception_3a/pool", (1, 192), 28, run=9, kernel_size=3, stride=1, padding=1, ceil_mode=True),
    GOOGLENET.avg_pool("loss1/ave_pool", (1, 512), 14, run=11, kernel_size=5, stride=3, ceil_mode=True),
    GOOGLENET.avg_pool("pool5/7x7_s1", (2, 1024), 7, kernel_size=7, stride=1, ceil_mode=True),
    RESNET.conv("conv1", (2, 3), 64, 7, 224, run=30, stride=2, padding=3),
    RESNET.max_pool("maxpool", (2, 64), 112, run=16, kernel_size=3, stride=2, padding=1),
    RESNET.relu("layer1.0.relu", (1, 256), 56, run=12),
    RESNET.conv("layer2.0.conv2", (1, 128), 128, 3, 56, run=14, stride=2, padding=1),
    RESNET.conv("layer2.0.downsample.0", (1, 256), 512, 1, 56, run=14, stride=2),
    RESNET.conv("layer4.2.conv3", (1, 512), 2048, 1, 7, run=4),
    RESNET.avg_pool("avgpool", (1, 2048), 7, kernel_size=7),
    RESNEXT.conv("layer1.0.conv2", (2, 128), 128, 3, 56, run=12, padding=1, groups=32),
    RESNEXT.conv("layer2.0.conv2", (2, 256), 256, 3, 56, run=16, stride=2, padding=1, groups=32),
    RESNEXT.conv("layer4.0.conv2", (1, 1024), 1024, 3, 14, run=8, stride=2, padding=1, groups=32),
    MOBILENET.conv("features.1.conv.0.0", (2, 32), 32, 3, 112, run=14, padding=1, groups=32),
    MOBILENET.conv("features.2.conv.0.0", (2, 16), 96, 1, 112, run=14),
    MOBILENET.conv("features.2.conv.1.0", (2, 96), 96, 3, 112, run=20, stride=2, padding=1, groups=96),
    MOBILENET.conv("features.14.conv.1.0", (1, 576), 576, 3, 14, run=10, stride=2, padding=1, groups=576),
    DENSENET.conv("denseblock1.denselayer1.conv2", (1, 128), 32, 3, 56, run=12, padding=1),
    DENSENET.avg_pool("transition1.pool", (2, 128), 56, run=12, kernel_size=2, stride=2),
    DENSENET.conv("denseblock3.denselayer24.conv1", (1, 992), 128, 1, 14, run=9),
    DENSENET.relu("relu after norm5", (1, 1024), 7),
    DEEPLAB_2.max_pool("layer1.pool", (2, 64), 257, run=15, kernel_size=3, stride=2, padding=1, ceil_mode=True),
    DEEPLAB_2.conv_bias("aspp.c0", (1, 2048), 21, 3, 65, run=7, padding=6, dilation=6),
    DEEPLAB_2.conv_bias("aspp.c1", (1, 2048), 21, 3, 65, run=(13, 4), padding=12, dilation=12),
    DEEPLAB_2.conv_bias("aspp.c2", (1, 2048), 21, 3, 65, run=(2, 19), padding=18, dilation=18),
    DEEPLAB_3.conv("aspp1_depthwise", (1, 2048), 2048, 3, 33, run=(8, 7), padding=6, dilation=6, groups=2048),
    DEEPLAB_3.conv("aspp2_depthwise", (1, 2048), 2048, 3, 33, run=13, padding=12, dilation=12, groups=2048),
    DEEPLAB_3.conv("aspp3_depthwise", (1, 2048), 2048, 3, 33, run=(19, 4), padding=18, dilation=18, groups=2048),
    UNET.conv_bias("conv 1 -> 64", (2, 1), 64, 3, 572, run=16),
    UNET.max_pool("max pool 64", (2, 64), 568, run=12, kernel_size=2, stride=2),
    UNET.conv_bias("up conv 128 -> 64", (1, 128), 64, 3, 392, run=12),
    UNET.conv_bias("conv 1x1 64 -> 2", (2, 64), 2, 1, 388, run=12),
    C3D.conv_bias("conv1a", (2, 3), 64, 3, (16, 112, 112), run=(4, 7, 7), padding=1),
    C3D_2.max_pool("pool1", (1, 64), (16, 112, 112), run=(4, 12, 12), kernel_size=(1, 2, 2), stride=(1, 2, 2)),
    C3D.conv_bias("conv2a", (1, 64), 128, 3, (16, 56, 56), run=(3, 5, 5), padding=1),
    C3D.max_pool("pool2", (1, 128), (16, 56, 56), run=(4, 8, 8), kernel_size=2, stride=2, ceil_mode=True),
    C3D.max_pool("pool5", (1, 512), (2, 7, 7), kernel_size=2, stride=2, ceil_mode=True),
    C3D_2.max_pool("pool5, padded", (1, 512), (2, 7, 7), kernel_size=2, stride=2, padding=(0, 1, 1)),
    WAV2LETTER.conv_bias("waveform_model.0", (2, 1), 250, 250, 16000, run=3200, stride=160, padding=45),
    WAV2LETTER.conv_bias("acoustic_model.0", (1, 250), 250, 48, 100, run=14, stride=2, padding=23),
    WAV2LETTER.conv_bias("acoustic_model.2", (1, 250), 250, 7, 50, run=40, padding=3),
    WAV2LETTER.conv_bias("acoustic_model.20", (2, 2000), 40, 1, 51),
    M5.conv_bias("conv1", (2, 1), 128, 80, 32000, run=800, stride=4),
    M5.max_pool("pool1", (2, 128), 7981, run=201, kernel_size=4),
    M5.conv_bias("conv3", (1, 128), 256, 3, 498, run=62),
    M5.avg_pool("avgPool", (2, 512), 30, kernel_size=30),
)
