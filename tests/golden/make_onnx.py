#!/usr/bin/env python3
"""Writes tests/golden/convert/layers-*: a generator and a discriminator of PyTorch with one of each
layer, their outputs, the ONNX files that gan-convert makes of them, and what ONNX Runtime computes
with these; and foreign.onnx, whose tensors stand in every field that TensorProto has for elements.

    make_onnx.py GAN_CONVERT      the built tool

Fails unless ONNX's own checker accepts the files and ONNX Runtime agrees with PyTorch to 1e-5.
Made with torch 2.13.0, onnx 1.23.2, onnxruntime 1.31.1, numpy 2.4.6.
"""
import pathlib
import sys
import tempfile
import zlib

import numpy as np
import onnx
import torch
from torch import nn
from torch.nn import functional as F

from onnx_peer import compare

folder = pathlib.Path(__file__).parent / "convert"
torch.manual_seed(3)


class Lambda(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


class Attention(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.theta, self.phi = (nn.Conv2d(channels, channels // 4, 1, bias=False) for _ in range(2))
        self.g = nn.Conv2d(channels, channels // 2, 1, bias=False)
        self.o = nn.Conv2d(channels // 2, channels, 1, bias=False)
        self.gamma = nn.Parameter(torch.tensor([0.7]))

    def forward(self, x):
        theta = self.theta(x).flatten(2)
        phi = F.max_pool2d(self.phi(x), 2).flatten(2)
        g = F.max_pool2d(self.g(x), 2).flatten(2)
        weights = torch.softmax(theta.transpose(1, 2) @ phi, 2)
        answers = (g @ weights.transpose(1, 2)).view(x.shape[0], -1, *x.shape[2:])
        return x + self.gamma * self.o(answers)


class Maxout(nn.Module):
    def __init__(self, inputs, units, pieces):
        super().__init__()
        self.linear, self.shape = nn.Linear(inputs, units * pieces), (-1, units, pieces)

    def forward(self, x):
        return self.linear(x).view(self.shape).max(2)[0]


def spectral(layer):
    return nn.utils.parametrizations.spectral_norm(layer)


def equalized(layer, gain=1, multiplier=1):
    nn.init.normal_(layer.weight, std=1 / multiplier)
    layer.scale = gain * multiplier / layer.weight[0].numel() ** 0.5
    layer.multiplier = multiplier
    return layer


def pixel_norm(x):
    return x / (x.square().mean(1, keepdim=True) + 1e-8).sqrt()


layers = [
    nn.utils.parametrizations.weight_norm(nn.Linear(6, 24)),
    nn.BatchNorm1d(24),
    nn.LeakyReLU(0.2),
    equalized(nn.Linear(24, 48, bias=False), 2, 0.5),
    nn.LayerNorm(48),
    nn.ELU(0.7),
    nn.Unflatten(1, (3, 4, 4)),
    spectral(nn.ConvTranspose2d(3, 4, 3, 2, 1, 1)),
    nn.BatchNorm2d(4, affine=False),
    nn.SELU(),
    nn.Upsample(scale_factor=2),
    spectral(nn.Conv2d(4, 6, 3, padding=2, dilation=2, groups=2)),
    nn.GELU(),
    nn.MaxPool2d(2),
    nn.GroupNorm(3, 6),
    (equalized(nn.Conv2d(6, 8, 3, padding=1)), nn.Conv2d(6, 8, 1, bias=False)),
    Attention(8),
    nn.InstanceNorm2d(8, affine=True),
    nn.Upsample(scale_factor=3, mode="bilinear"),
    nn.AvgPool2d(3, 2, 1),
    "concat", nn.Conv2d(32, 4, 1), nn.Softplus(), "add", "scale", "multiply", "concat2",
    nn.Conv2d(8, 8, 1),
    nn.ConvTranspose2d(8, 1, 6, 2, bias=False),
    nn.Tanh(),
]


def apply(layer, x):
    if not hasattr(layer, "scale"):
        return layer(x)
    bias = None if layer.bias is None else layer.bias * layer.multiplier
    if isinstance(layer, nn.Linear):
        return F.linear(x, layer.weight * layer.scale, bias)
    return F.conv2d(x, layer.weight * layer.scale, bias, padding=layer.padding)


def generate(x):
    outputs = []
    for i, layer in enumerate(layers):
        if i == 15:
            x = pixel_norm(F.silu(apply(layer[0], x))) + layer[1](x)
        elif layer == "concat":
            x = torch.cat((x, outputs[0][..., None, None].expand(-1, -1, *x.shape[2:])), 1)
        elif layer == "add":
            x = x + outputs[21]
        elif layer == "scale":
            x = x * 0.5
        elif layer == "multiply":
            x = x * outputs[22]
        elif layer == "concat2":
            x = torch.cat((x, outputs[24]), 1)
        elif i == 27:
            x = x + layer(x)
        else:
            x = apply(layer, x)
        outputs.append(x)
    return x


judge = [nn.Conv2d(1, 3, 4, 3), nn.ReLU(), Lambda(lambda x: x.sum((2, 3))), nn.Softmax(1), "concat",
         Maxout(6, 5, 3), nn.Dropout(), nn.Unflatten(1, (5, 1, 1)), Lambda(lambda x: x.mean((2, 3))),
         nn.Flatten(), nn.Linear(5, 1), nn.Sigmoid()]


def discriminate(x):
    for i, layer in enumerate(judge):
        if layer == "concat":
            x = torch.cat((x, before), 1)
            continue
        x = layer(x)
        before = x if i == 2 else before if i > 2 else None
    return x


def modules(network):
    for i, layer in enumerate(network):
        if i == 15 and network is layers:
            yield f"{i}.layers.0", layer[0]
            yield f"{i}.skip.0", layer[1]
        elif i == 27:
            yield f"{i}.layers.1", layer
        elif isinstance(layer, nn.Module):
            yield str(i), layer


def rename(name):
    """PyTorch's names of what a parametrisation adds, as clgan has them."""
    for theirs, ours in (("parametrizations.weight.original0", "weight_g"),
                         ("parametrizations.weight.original1", "weight"),
                         ("parametrizations.weight.original", "weight"),
                         ("parametrizations.weight.0._u", "weight_u"),
                         ("parametrizations.weight.0._v", "weight_v"),
                         ("linear.", "")):
        name = name.replace(theirs, ours)
    return name


with torch.no_grad():
    for _, module in modules(layers):  # nothing rests at a value where an error would not show
        for parameter in module.parameters():
            parameter += 0.2 * torch.randn_like(parameter)
    for _ in range(20):
        generate(torch.randn(16, 6))
    for network in (layers, judge):
        for _, module in modules(network):
            module.eval()
    latents = torch.randn(5, 6)
    samples = generate(latents)
    outputs = discriminate(samples)
state = {}
for role, network in (("generator", layers), ("discriminator", judge)):
    for path, module in modules(network):
        for name, value in module.state_dict().items():
            state[f"{role}.{path}.{rename(name)}"] = value.clone()
torch.save(state, folder / "layers.pt")
np.save(folder / "layers-latents.npy", latents.numpy())
np.save(folder / "layers-samples.npy", samples.numpy())


with tempfile.TemporaryDirectory() as work:
    compare(sys.argv[1], folder, "layers", pathlib.Path(work) / "layers.gan", latents, samples,
            outputs)

# Every field in which elements may stand, and what a tensor may be.
make = onnx.helper.make_tensor
kinds = onnx.TensorProto
tensors = [
    make("float_data", kinds.FLOAT, [2, 2], [1, -2.5, 1e-40, 3]),
    make("double_data", kinds.DOUBLE, [2], [0.5, -2.0 ** -100]),
    make("int32_data", kinds.INT32, [3], [-1, 0, 2 ** 24]),
    make("int16_data", kinds.INT16, [2], [-32768, 32767]),
    make("int8_data", kinds.INT8, [2], [-128, 127]),
    make("uint16_data", kinds.UINT16, [1], [65535]),
    make("uint8_data", kinds.UINT8, [1], [255]),
    make("bool_data", kinds.BOOL, [2], [True, False]),
    make("float16_data", kinds.FLOAT16, [3], [0.5, -65504, 6e-8]),
    make("bfloat16_data", kinds.BFLOAT16, [2], [1.5, -3]),
    make("int64_data", kinds.INT64, [2], [-2 ** 40, 5]),
    make("uint64_data", kinds.UINT64, [1], [2 ** 63]),
    make("uint32_data", kinds.UINT32, [1], [2 ** 31]),
    onnx.numpy_helper.from_array(np.arange(6, dtype=np.float32).reshape(3, 2), "raw_data"),
    onnx.numpy_helper.from_array(np.float32(0.1), "scalar"),
    onnx.numpy_helper.from_array(np.zeros((0, 4), np.float32), "empty"),
]
value = onnx.helper.make_tensor_value_info("scalar", kinds.FLOAT, [])
graph = onnx.helper.make_graph([], "tensors", [], [value], tensors)
model = onnx.helper.make_model(graph, producer_name="make_onnx.py")
onnx.helper.set_model_props(model, {"näme": "Grüße\n"})
onnx.checker.check_model(model)
onnx.save(model, folder / "foreign.onnx")

# As tests/golden/make_convert.py notes what is in its files.
text = "Grüße\n".encode()
lines = [f"foreign.onnx näme text {len(text)} {zlib.crc32(text):08x}"]
for tensor in onnx.load(folder / "foreign.onnx").graph.initializer:
    values = np.asarray(onnx.numpy_helper.to_array(tensor), dtype="<f4", order="C")
    dtype = "f16" if tensor.data_type == kinds.FLOAT16 else "f32"
    shape = "x".join(map(str, values.shape)) or "scalar"
    lines.append(f"foreign.onnx {tensor.name} {dtype} {shape} {zlib.crc32(values.tobytes()):08x}")
(folder / "expected-onnx.txt").write_text("\n".join(sorted(lines)) + "\n")
