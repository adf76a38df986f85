#!/usr/bin/env python3
"""Writes nn_layers.txt, nn_optimizers.txt and nn_training.txt: what PyTorch computes in float64 for
the cases of tests/nn. Inputs and initial parameters are not stored: both sides take them from
values() below. Tensors are written with the batch innermost, as clgan stores them.

    python3 tests/golden/make_nn.py        (needs torch; the committed files are of torch 2)
"""

import math
import os

import torch
from torch import nn
from torch.nn.utils import parametrizations

torch.set_default_dtype(torch.float64)
HERE = os.path.dirname(os.path.abspath(__file__))


def values(shape, salt, scale=1.0):
    """Element i of row-major order is scale * sin(1.3 i + 2.1 salt + 0.5)."""
    count = math.prod(shape)
    i = torch.arange(count, dtype=torch.float64)
    return (scale * torch.sin(1.3 * i + 2.1 * salt + 0.5)).reshape(shape)


def batch_first(x):
    return x.movedim(-1, 0)


def batch_last(x):
    return x.movedim(0, -1)


def line(file, name, tensor):
    numbers = tensor.detach().reshape(-1).tolist()
    file.write(" ".join([name, str(len(numbers))] + [f"{v:.17g}" for v in numbers]) + "\n")


class Maxout(nn.Module):
    def __init__(self, inputs, units, pieces):
        super().__init__()
        self.shape = (units, pieces)
        self.weight = nn.Parameter(torch.zeros(units * pieces, inputs))
        self.bias = nn.Parameter(torch.zeros(units * pieces))

    def forward(self, x):
        y = nn.functional.linear(x.flatten(1), self.weight, self.bias)
        return y.view(-1, *self.shape).max(2).values


class Scale(nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        return self.factor * x


class ConcatInput(nn.Module):
    """A network whose last layer puts the input behind its own input, along the features."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return torch.cat([self.inner(x), x], 1)

    def named_parameters(self, *args, **kwargs):
        return self.inner.named_parameters(*args, **kwargs)


class NoScale(nn.BatchNorm1d):
    """Batch norm with a shift only."""

    def __init__(self, features):
        super().__init__(features)
        del self.weight
        self.register_buffer("weight", None)


class Residual(nn.Module):
    """What the layers make of x, plus what the skip makes of it."""

    def __init__(self, layers, skip=None):
        super().__init__()
        self.layers = layers
        self.skip = skip or nn.Identity()

    def forward(self, x):
        return self.layers(x) + self.skip(x)


class Equalized(nn.Module):
    """A layer whose weight is multiplied by gain lr / sqrt(inputs), and its bias by lr."""

    def __init__(self, inner, gain, lr, apply):
        super().__init__()
        self.weight, self.bias = inner.weight, inner.bias
        self.factor = gain * lr / math.sqrt(inner.weight[0].numel())
        self.lr, self.apply_with = lr, apply

    def forward(self, x):
        return self.apply_with(x, self.weight * self.factor, self.bias * self.lr)


class Labelled(nn.Module):
    """A layer that looks at the labels, which are 0, 1, 2, 0, 1, 2..."""

    def __init__(self, inner, uses=True):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x, torch.arange(len(x)) % CLASSES)


CLASSES = 3


class OneHot(nn.Module):
    def forward(self, x, labels):
        return nn.functional.one_hot(labels, CLASSES).to(x.dtype)


class Embedding(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(CLASSES, size))

    def forward(self, x, labels):
        return self.weight[labels]


class Projection(nn.Module):
    """Miyato and Koyama's last layer: w x + b + (row of the label) x."""

    def __init__(self, features, wrap=lambda layer: layer):
        super().__init__()
        self.linear = wrap(nn.Linear(features, 1))
        self.embedding = wrap(nn.Embedding(CLASSES, features))

    def forward(self, x, labels):
        return self.linear(x) + (self.embedding(labels) * x).sum(1, keepdim=True)


class ConditionalNorm(nn.Module):
    """Batch norm with scales and shifts by label."""

    def __init__(self, norm, features):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(CLASSES, features))
        self.bias = nn.Parameter(torch.zeros(CLASSES, features))
        self.norm = norm

    def forward(self, x, labels):
        y = self.norm(x)
        tail = (1,) * (x.dim() - 2)
        gain, shift = (t[labels].view(len(x), -1, *tail) for t in (self.weight, self.bias))
        return y * gain + shift


class Conditioned(nn.Module):
    """A dense layer and a batch norm whose scale and shift follow from embedding and input."""

    def __init__(self, inputs, size, features):
        super().__init__()
        self.embedding = Embedding(size)
        self.dense = nn.Linear(inputs, features, bias=False)
        self.gain = nn.Linear(size + inputs, features, bias=False)
        self.shift = nn.Linear(size + inputs, features, bias=False)
        self.norm = nn.BatchNorm1d(features, affine=False)

    def forward(self, x, labels):
        condition = torch.cat([self.embedding(x, labels), x], 1)
        return self.norm(self.dense(x)) * (1 + self.gain(condition)) + self.shift(condition)


class Joined(nn.Module):
    """A dense layer's output joined by `how` with a vector from the first of two dense layers."""

    def __init__(self, how):
        super().__init__()
        self.first, self.second = nn.Linear(4, 3), nn.Linear(3, 3)
        self.how = how

    def forward(self, x):
        first = self.first(x)
        return self.how(self.second(first), first)


class JoinedPlanes(nn.Module):
    """An image of 2 channels joined by `how` with a vector of as many."""

    def __init__(self, how):
        super().__init__()
        self.first, self.second = nn.Linear(4, 2), nn.Linear(2, 12)
        self.how = how

    def forward(self, x):
        first = self.first(x)
        image = self.second(first).view(-1, 2, 2, 3)
        return self.how(image, first.view(-1, 2, 1, 1).expand_as(image))


class PixelNorm(nn.Module):
    def forward(self, x):
        return x / (x.square().mean(1, keepdim=True) + 1e-8).sqrt()


class Pool(nn.Module):
    def __init__(self, how):
        super().__init__()
        self.how = how

    def forward(self, x):
        return self.how(x, (2, 3))


class MinibatchStddev(nn.Module):
    """As StyleGAN2 has it: sample i belongs to group i modulo the number of groups."""

    def __init__(self, group, planes):
        super().__init__()
        self.group, self.planes = group, planes

    def forward(self, x):
        n = len(x)
        group = min(self.group, n)
        y = x.reshape(group, n // group, self.planes, x.shape[1] // self.planes, -1)
        y = (y.var(0, unbiased=False) + 1e-8).sqrt().mean((2, 3))
        y = y.repeat(group, 1).reshape(n, self.planes, *(1,) * (x.dim() - 2))
        return torch.cat([x, y.expand(n, self.planes, *x.shape[2:])], 1)


REFERENCE = 3


class VirtualNorm(nn.Module):
    """Virtual batch norm as Salimans et al. 2016 have it: by the means of x and x^2, of which a
    sample's own weigh one part in R + 1."""

    def __init__(self, features, eps=1e-5, affine=True):
        super().__init__()
        self.eps = eps
        if affine:
            self.weight = nn.Parameter(torch.zeros(features))
            self.bias = nn.Parameter(torch.zeros(features))

    def by(self, x, mean, square):
        y = (x - mean) / (square - mean**2 + self.eps).sqrt()
        tail = (-1,) + (1,) * (x.dim() - 2)
        return y * self.weight.view(tail) + self.bias.view(tail) if hasattr(self, "weight") else y

    def forward(self, x, reference):
        pixels = list(range(2, x.dim()))
        mean, square = (t.mean([0] + pixels, keepdim=True) for t in (reference, reference**2))
        own, own_square = (t.mean(pixels, keepdim=True) if pixels else t for t in (x, x**2))
        share = 1 / (len(reference) + 1)
        mixed = (share * own + (1 - share) * mean, share * own_square + (1 - share) * square)
        return self.by(x, *mixed), self.by(reference, mean, square)


class Referring(nn.Module):
    """Layers through which a reference batch goes beside x."""

    def __init__(self, shape, *layers):
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.register_buffer("reference", torch.zeros(*shape, REFERENCE))

    def forward(self, x):
        reference = batch_first(self.reference)
        for layer in self.layers:
            if isinstance(layer, VirtualNorm):
                x, reference = layer(x, reference)
            else:
                x, reference = layer(x), layer(reference)
        return x


class Row(nn.Module):
    """A module for (N, C, L) on sequences (N, C, 1, L)."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x.squeeze(2)).unsqueeze(2)


class MinibatchDiscrimination(nn.Module):
    def __init__(self, inputs, kernels, dimensions):
        super().__init__()
        self.shape = (kernels, dimensions)
        self.weight = nn.Parameter(torch.zeros(kernels * dimensions, inputs))
        self.bias = nn.Parameter(torch.zeros(kernels))

    def forward(self, x):
        x = x.flatten(1)
        m = (x @ self.weight.T).view(-1, *self.shape)
        near = torch.exp(-(m[:, None] - m[None]).abs().sum(3))
        others = 1 - torch.eye(len(x))
        return torch.cat([x, (near * others[:, :, None]).sum(1) + self.bias], 1)


class Attention(nn.Module):
    def __init__(self, channels, reduction, values, pool):
        super().__init__()
        keys, values = channels // reduction, channels // values
        self.theta = nn.Conv2d(channels, keys, 1, bias=False)
        self.phi = nn.Conv2d(channels, keys, 1, bias=False)
        self.g = nn.Conv2d(channels, values, 1, bias=False)
        self.o = nn.Conv2d(values, channels, 1, bias=False)
        self.gamma = nn.ParameterList([nn.Parameter(torch.zeros(1))])
        self.pool = nn.MaxPool2d(2) if pool else nn.Identity()

    def forward(self, x):
        theta = self.theta(x).flatten(2)
        phi, g = self.pool(self.phi(x)).flatten(2), self.pool(self.g(x)).flatten(2)
        weights = torch.softmax(theta.transpose(1, 2) @ phi, 2)
        answers = (g @ weights.transpose(1, 2)).unflatten(2, x.shape[2:])
        return x + self.gamma[0] * self.o(answers)


def blur(x, size, padding, gain=1):
    """The binomial filter of so many taps along both axes, each channel by itself."""
    taps = torch.tensor([math.comb(size - 1, i) for i in range(size)], dtype=x.dtype)
    taps = taps * math.sqrt(gain) / 2**(size - 1)
    filters = torch.outer(taps, taps).expand(x.shape[1], 1, size, size)
    return nn.functional.conv2d(x, filters, padding=padding, groups=x.shape[1])


class Blur(nn.Module):
    def __init__(self, size, padding=0):
        super().__init__()
        self.size, self.padding = size, padding

    def forward(self, x):
        return blur(x, self.size, self.padding)


class Modulated(nn.Module):
    """StyleGAN2's convolution as the paper has it: weights of its own for each sample."""

    def __init__(self, inputs, outputs, kernel, styles, up=False, demodulate=True, bias=True,
                 equalized=False):
        super().__init__()
        shape = (inputs, outputs) if up else (outputs, inputs)
        self.weight = nn.Parameter(torch.zeros(*shape, kernel, kernel))
        if bias:
            self.bias = nn.Parameter(torch.zeros(outputs))
        self.affine = nn.Linear(styles, inputs)
        self.up, self.demodulate, self.kernel = up, demodulate, kernel
        self.gains = ((inputs * kernel**2)**-0.5, styles**-0.5) if equalized else (1, 1)

    def forward(self, x, w):
        batch, inputs = x.shape[:2]
        style = nn.functional.linear(w, self.affine.weight * self.gains[1], self.affine.bias)
        weight = self.weight.transpose(0, 1) if self.up else self.weight
        weight = weight * self.gains[0] * style[:, None, :, None, None]
        if self.demodulate:
            norms = weight.square().sum((2, 3, 4), keepdim=True)
            weight = weight * (norms + 1e-8).rsqrt()
        grouped = x.reshape(1, -1, *x.shape[2:])
        if self.up:
            each = weight.transpose(1, 2).reshape(batch * inputs, -1, self.kernel, self.kernel)
            y = nn.functional.conv_transpose2d(grouped, each, stride=2, groups=batch)
        else:
            y = nn.functional.conv2d(grouped, weight.flatten(0, 1), padding=self.kernel // 2,
                                     groups=batch)
        y = y.reshape(batch, -1, *y.shape[2:])
        if self.up:
            y = blur(y, 4, (5 - self.kernel) // 2, 4)
        return y + self.bias[:, None, None] if hasattr(self, "bias") else y


class Styled(nn.Module):
    """Modulated convolutions one after the other, of the style that the first layer makes of the
    flattened input; of the input itself, or of a constant."""

    def __init__(self, condition, layers, constant=None):
        super().__init__()
        self.condition = condition
        if constant:
            self.constant = nn.ParameterList([nn.Parameter(torch.zeros(*constant))])
        self.layers = nn.ModuleList(layers)

    def forward(self, x):
        w = self.condition(x)
        if hasattr(self, "constant"):
            x = self.constant[0].expand(len(x), *self.constant[0].shape)
        for layer in self.layers:
            x = layer(x, w) if isinstance(layer, Modulated) else layer(x)
        return x


class Skipped(nn.Module):
    """The output of a small StyleGAN2: of each size an image, all of them summed."""

    def __init__(self):
        super().__init__()
        self.mapping = nn.Sequential(PixelNorm(), nn.Linear(4, 3), nn.LeakyReLU(0.2))
        self.constant = nn.ParameterList([nn.Parameter(torch.zeros(3, 2, 2))])
        self.first = Modulated(3, 3, 3, 3)
        self.small = Modulated(3, 2, 1, 3, demodulate=False)
        self.second = Modulated(3, 2, 3, 3, up=True)
        self.large = Modulated(2, 2, 1, 3, demodulate=False)

    def forward(self, z):
        w = self.mapping(z)
        x = self.constant[0].expand(len(z), 3, 2, 2)
        x = nn.functional.leaky_relu(self.first(x, w), 0.2)
        image = blur(nn.functional.interpolate(self.small(x, w), scale_factor=2), 3, 1)
        x = nn.functional.leaky_relu(self.second(x, w), 0.2)
        return self.large(x, w) + image


class PixelNoise(nn.Module):
    """In inference: one plane, times a learned strength."""

    def __init__(self, height, width):
        super().__init__()
        self.strength = nn.Parameter(torch.zeros(1))
        self.register_buffer("plane", torch.zeros(height, width))

    def forward(self, x):
        return x + self.strength * self.plane


class Taken(nn.Module):
    """The first layer's output, through the third."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 3), nn.Linear(3, 2), nn.Linear(3, 2)])

    def forward(self, x):
        x = self.layers[0](x)
        return self.layers[2](x) * self.layers[1](x)


def spectral(module, iterations=1):
    return parametrizations.spectral_norm(module, n_power_iterations=iterations)


def weight_norm(module):
    dim = 1 if isinstance(module, nn.ConvTranspose2d) else 0
    return parametrizations.weight_norm(module, dim=dim)


def place(name):
    """Sorts a parametrised layer's tensors as clgan has them: weight, bias, what was added."""
    order = {"weight": 0, "bias": 1}
    path, _, last = name.partition("parametrizations.")
    if last:  # weight.original, or for weight norm weight.original0 (g) and original1 (the weight)
        return path, 2 if last.endswith("original0") else 0
    path, _, last = name.rpartition(".")
    return (path + "." if path else ""), order.get(last, 0)


def parameters(net):
    found = list(net.named_parameters())
    first = {}
    for i, (name, _) in enumerate(found):
        first.setdefault(place(name)[0], i)
    return [p for name, p in
            sorted(found, key=lambda item: (first[place(item[0])[0]], place(item[0])[1]))]


def buffers(net):
    return [b for _, b in net.named_buffers() if b.is_floating_point()]


# name: (network, input shape without batch, batch, training)
LAYERS = {
    "dense": (nn.Sequential(nn.Linear(4, 3)), (4,), 5, True),
    "dense_without_bias": (nn.Sequential(nn.Linear(4, 3, bias=False)), (4,), 5, True),
    "dense_of_image": (nn.Sequential(nn.Flatten(), nn.Linear(12, 3)), (2, 3, 2), 4, True),
    "maxout": (nn.Sequential(Maxout(4, 3, 5)), (4,), 6, True),
    "batch_norm": (nn.Sequential(nn.BatchNorm1d(3)), (3,), 6, True),
    "batch_norm_of_image": (nn.Sequential(nn.BatchNorm2d(2, momentum=0.3, eps=1e-3)),
                            (2, 3, 2), 4, True),
    "batch_norm_inference": (nn.Sequential(nn.BatchNorm1d(3)), (3,), 6, False),
    "batch_norm_without_scale": (nn.Sequential(NoScale(3)), (3,), 6, True),
    "batch_norm_without_affine": (nn.Sequential(nn.BatchNorm1d(3, affine=False)), (3,), 6, True),
    "relu": (nn.Sequential(nn.ReLU()), (5,), 4, True),
    "leaky_relu": (nn.Sequential(nn.LeakyReLU(0.2)), (5,), 4, True),
    "tanh": (nn.Sequential(nn.Tanh()), (5,), 4, True),
    "sigmoid": (nn.Sequential(nn.Sigmoid()), (5,), 4, True),
    "softplus": (nn.Sequential(nn.Softplus(threshold=1e9)), (5,), 4, True),
    "elu": (nn.Sequential(nn.ELU(1.5)), (5,), 4, True),
    "selu": (nn.Sequential(nn.SELU()), (5,), 4, True),
    "gelu": (nn.Sequential(nn.GELU()), (5,), 4, True),
    "silu": (nn.Sequential(nn.SiLU()), (5,), 4, True),
    "softmax": (nn.Sequential(nn.Softmax(1)), (5,), 4, True),
    "softmax_of_image": (nn.Sequential(nn.Softmax(1)), (3, 2, 2), 2, True),
    "scale": (nn.Sequential(Scale(-0.25)), (5,), 4, True),
    "convolution": (nn.Sequential(nn.Conv2d(2, 3, 4, 2, 1)), (2, 6, 5), 3, True),
    "convolution_without_bias": (nn.Sequential(nn.Conv2d(2, 3, 3, bias=False)), (2, 4, 5), 3, True),
    "convolution_in_groups": (nn.Sequential(nn.Conv2d(4, 6, 3, 1, 2, dilation=2, groups=2)),
                              (4, 4, 3), 2, True),
    "convolution_1d": (nn.Sequential(Row(nn.Conv1d(2, 3, 4, 2, 1))), (2, 1, 7), 3, True),
    "convolution_1d_in_groups": (
        nn.Sequential(Row(nn.Conv1d(4, 6, 3, padding=2, dilation=2, groups=2, bias=False))),
        (4, 1, 5), 2, True),
    "transposed_convolution": (nn.Sequential(nn.ConvTranspose2d(3, 2, 4, 2, 1)), (3, 3, 2), 3, True),
    "transposed_convolution_padded": (
        nn.Sequential(nn.ConvTranspose2d(2, 3, 3, 2, 1, output_padding=1, bias=False)),
        (2, 3, 2), 3, True),
    "transposed_convolution_in_groups": (
        nn.Sequential(nn.ConvTranspose2d(4, 6, 3, 2, 1, 1, groups=2, dilation=2)), (4, 2, 3), 2, True),
    "average_pool": (nn.Sequential(nn.AvgPool2d(2)), (2, 4, 6), 3, True),
    "average_pool_that_overlaps": (nn.Sequential(nn.AvgPool2d(3, 2, 1)), (2, 5, 6), 3, True),
    "max_pool": (nn.Sequential(nn.MaxPool2d(2)), (2, 4, 6), 3, True),
    "max_pool_that_overlaps": (nn.Sequential(nn.MaxPool2d(3, 2, 1)), (2, 5, 6), 3, True),
    "upsample": (nn.Sequential(nn.Upsample(scale_factor=3)), (2, 2, 3), 3, True),
    "upsample_bilinear": (nn.Sequential(nn.Upsample(scale_factor=2, mode="bilinear")),
                          (2, 2, 3), 3, True),
    "convolutions": (nn.Sequential(nn.Conv2d(2, 3, 3, 1, 1, bias=False), nn.BatchNorm2d(3),
                                   nn.LeakyReLU(0.2), nn.ConvTranspose2d(3, 2, 4, 2, 1),
                                   nn.Tanh()), (2, 3, 3), 4, True),
    "spectral_dense": (nn.Sequential(spectral(nn.Linear(4, 3))), (4,), 5, True),
    "spectral_inference": (nn.Sequential(spectral(nn.Linear(4, 3))), (4,), 5, False),
    "spectral_convolution": (nn.Sequential(spectral(nn.Conv2d(2, 3, 3, 1, 1), 2)), (2, 4, 3), 3,
                             True),
    "spectral_transposed": (nn.Sequential(spectral(nn.ConvTranspose2d(3, 2, 4, 2, 1))), (3, 3, 2),
                            3, True),
    "weight_norm_dense": (nn.Sequential(weight_norm(nn.Linear(4, 3))), (4,), 5, True),
    "weight_norm_transposed": (nn.Sequential(weight_norm(nn.ConvTranspose2d(3, 2, 4, 2, 1))),
                               (3, 3, 2), 3, True),
    "weight_norm_transposed_in_groups": (
        nn.Sequential(weight_norm(nn.ConvTranspose2d(4, 6, 3, groups=2))), (4, 2, 2), 2, True),
    "layer_norm": (nn.Sequential(nn.LayerNorm((5,))), (5,), 4, True),
    "layer_norm_of_image": (nn.Sequential(nn.LayerNorm((2, 3, 2), eps=1e-3)), (2, 3, 2), 3, True),
    "group_norm": (nn.Sequential(nn.GroupNorm(2, 4)), (4, 3, 2), 3, True),
    "group_norm_of_features": (nn.Sequential(nn.GroupNorm(2, 6, affine=False)), (6,), 3, True),
    "instance_norm": (nn.Sequential(nn.InstanceNorm2d(2)), (2, 3, 2), 3, True),
    "instance_norm_affine": (nn.Sequential(nn.InstanceNorm2d(2, affine=True)), (2, 3, 2), 3, True),
    "pixel_norm": (nn.Sequential(PixelNorm()), (3, 2, 2), 3, True),
    "pixel_norm_of_features": (nn.Sequential(PixelNorm()), (5,), 4, True),
    "global_pool": (nn.Sequential(Pool(torch.mean)), (2, 3, 4), 3, True),
    "global_sum": (nn.Sequential(Pool(torch.sum)), (2, 3, 4), 3, True),
    "virtual_batch_norm": (Referring((3,), VirtualNorm(3)), (3,), 5, True),
    "virtual_batch_norm_of_image": (
        Referring((2, 3, 2), VirtualNorm(2, 1e-3)), (2, 3, 2), 4, True),
    "virtual_batch_norm_inference": (
        Referring((3,), VirtualNorm(3, affine=False)), (3,), 5, False),
    "virtual_batch_norms": (
        Referring((2, 3, 3), nn.Conv2d(2, 3, 3, padding=1, bias=False), VirtualNorm(3),
                  nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(27, 4, bias=False), VirtualNorm(4),
                  nn.Tanh(), nn.Linear(4, 2)), (2, 3, 3), 4, True),
    "minibatch_stddev": (nn.Sequential(MinibatchStddev(3, 1)), (2, 2, 3), 6, True),
    "minibatch_stddev_parts": (nn.Sequential(MinibatchStddev(4, 2)), (4, 2, 2), 4, True),
    "minibatch_stddev_of_features": (nn.Sequential(MinibatchStddev(3, 1)), (5,), 6, True),
    "minibatch_discrimination": (nn.Sequential(MinibatchDiscrimination(6, 3, 2)), (2, 3, 1), 5,
                                 True),
    "self_attention": (nn.Sequential(Attention(4, 2, 2, True)), (4, 4, 2), 3, True),
    "self_attention_of_pixels": (nn.Sequential(Attention(4, 4, 1, False)), (4, 3, 2), 2, True),
    "add": (Joined(torch.add), (4,), 5, True),
    "multiply": (Joined(torch.mul), (4,), 5, True),
    "add_planes": (JoinedPlanes(torch.add), (4,), 3, True),
    "multiply_planes": (JoinedPlanes(torch.mul), (4,), 3, True),
    "concat_planes": (JoinedPlanes(lambda a, b: torch.cat([a, b], 1)), (4,), 3, True),
    "one_hot": (nn.Sequential(Labelled(OneHot()), nn.Linear(3, 2)), (4,), 5, True),
    "embedding": (nn.Sequential(Labelled(Embedding(4))), (3,), 7, True),
    "projection": (nn.Sequential(Labelled(Projection(4))), (4,), 7, True),
    "projection_spectral": (nn.Sequential(Labelled(Projection(4, spectral))), (4,), 7, True),
    "conditional_batch_norm": (
        nn.Sequential(Labelled(ConditionalNorm(nn.BatchNorm1d(4, affine=False), 4))), (4,), 7,
        True),
    "conditional_batch_norm_of_image": (
        nn.Sequential(Labelled(ConditionalNorm(nn.BatchNorm2d(2, affine=False), 2))), (2, 3, 2), 4,
        True),
    "conditional_batch_norm_inference": (
        nn.Sequential(Labelled(ConditionalNorm(nn.BatchNorm1d(4, affine=False), 4))), (4,), 7,
        False),
    "condition": (Labelled(Conditioned(4, 2, 3)), (4,), 7, True),
    "equalized": (nn.Sequential(Equalized(nn.Linear(4, 3), 1.5, 0.25, nn.functional.linear)), (4,),
                  5, True),
    "equalized_convolution": (
        nn.Sequential(Equalized(nn.Conv2d(2, 3, 3), 1, 1, nn.functional.conv2d)), (2, 4, 3), 3,
        True),
    "blur": (nn.Sequential(Blur(4)), (2, 4, 5), 3, True),
    "blur_padded": (nn.Sequential(Blur(3, 1)), (2, 3, 2), 3, True),
    "take": (Taken(), (4,), 5, True),
    "pixel_noise_inference": (nn.Sequential(PixelNoise(3, 2)), (2, 3, 2), 3, False),
    "modulated_convolution": (
        Styled(nn.Sequential(nn.Flatten(), nn.Linear(18, 3)), [Modulated(2, 3, 3, 3)]), (2, 3, 3),
        3, True),
    "modulated_convolution_upsampling": (
        Styled(nn.Linear(4, 3), [Modulated(3, 3, 3, 3, up=True), nn.Tanh(),
                                 Modulated(3, 2, 1, 3, up=True, bias=False)], (3, 2, 3)), (4,), 3,
        True),
    "modulated_convolution_equalized": (
        Styled(nn.Linear(4, 3), [Modulated(2, 3, 3, 3, demodulate=False, equalized=True)],
               (2, 2, 3)), (4,), 3, True),
    "style_skip": (Skipped(), (4,), 3, True),
    "residual": (nn.Sequential(Residual(nn.Sequential(nn.Tanh(), nn.Conv2d(2, 2, 3, 1, 1)))),
                 (2, 3, 4), 3, True),
    "residual_down": (
        nn.Sequential(Residual(
            nn.Sequential(nn.ReLU(), spectral(nn.Conv2d(2, 4, 3, 1, 1)), nn.ReLU(),
                          spectral(nn.Conv2d(4, 3, 3, 1, 1)), nn.AvgPool2d(2)),
            nn.Sequential(spectral(nn.Conv2d(2, 3, 1)), nn.AvgPool2d(2))), nn.Flatten(),
            spectral(nn.Linear(12, 1))), (2, 4, 4), 3, True),
    "residual_nested": (
        nn.Sequential(nn.Linear(4, 3), Residual(nn.Sequential(
            nn.Linear(3, 3), Residual(nn.Sequential(nn.Tanh(), nn.Linear(3, 3)), nn.BatchNorm1d(3)),
            nn.Softplus(threshold=1e9)))), (4,), 5, True),
    "reshape": (nn.Sequential(nn.Linear(4, 6), nn.Unflatten(1, (1, 2, 3)), nn.Softmax(1)),
                (4,), 3, True),
    "concat": (ConcatInput(nn.Sequential(nn.Linear(4, 3), nn.Tanh())), (4,), 3, True),
    "stack": (nn.Sequential(nn.Linear(4, 6, bias=False), nn.BatchNorm1d(6), nn.LeakyReLU(0.2),
                            Maxout(6, 4, 2), nn.Linear(4, 2), nn.Sigmoid()), (4,), 7, True),
}


def fill(net, scale=0.5):
    """Parameters (and buffers, positive) by formula, numbered in their order."""
    with torch.no_grad():
        for i, p in enumerate(parameters(net)):
            p.copy_(values(p.shape, i + 1, scale))
        for i, b in enumerate(buffers(net)):
            b.copy_(values(b.shape, 50 + i, 0.3) + 1)


def or_zeros(gradients, of):
    return [torch.zeros_like(p) if g is None else g for g, p in zip(gradients, of)]


def write_layers():
    """Outputs, gradients for a given adjoint of the output, and the gradients of a given combination
    of the gradient by the input: those that a gradient penalty is made of."""
    with open(os.path.join(HERE, "nn_layers.txt"), "w") as file:
        for name, (net, shape, batch, training) in LAYERS.items():
            net.train(training)
            fill(net)
            x = values(shape + (batch,), 0, 2.0).requires_grad_()
            wrt = [x] + parameters(net)
            y = batch_last(net(batch_first(x)))
            first = torch.autograd.grad((y * values(y.shape, 99)).sum(), wrt, create_graph=True,
                                        allow_unused=True)
            first = or_zeros(first, wrt)
            second = (first[0] * values(x.shape, 98)).sum()
            second = (torch.autograd.grad(second, wrt, allow_unused=True)
                      if second.requires_grad else [None] * len(wrt))
            file.write(f"case {name}\n")
            line(file, "output", y)
            for kind, gradients in (("", first), ("second_", or_zeros(second, wrt))):
                line(file, kind + "input", gradients[0])
                for i, gradient in enumerate(gradients[1:]):
                    line(file, f"{kind}parameter{i}", gradient)
            for i, b in enumerate(buffers(net)):
                line(file, f"buffer{i}", b)


OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
    "sgd_momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "sgd_nesterov": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "sgd_weight_decay": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.5, weight_decay=0.03),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9),
    "rmsprop_momentum": lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, momentum=0.8),
    "adam": lambda p: torch.optim.Adam(p, lr=0.02, betas=(0.5, 0.999)),
    "adam_beta1_0": lambda p: torch.optim.Adam(p, lr=0.02, betas=(0.0, 0.9)),
    "adam_weight_decay": lambda p: torch.optim.Adam(p, lr=0.02, weight_decay=0.1),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.02, weight_decay=0.1),
    "clip_norm": lambda p: torch.optim.SGD(p, lr=0.1),
    "clip_value": lambda p: torch.optim.SGD(p, lr=0.1),
}


def write_optimizers():
    """Ten updates of sum(c p^2 / 2 + sin(p)), c by formula."""
    with open(os.path.join(HERE, "nn_optimizers.txt"), "w") as file:
        for name, make in OPTIMIZERS.items():
            p = values((7,), 1).requires_grad_()
            c = values((7,), 2) + 1.5
            optimizer = make([p])
            for _ in range(10):
                optimizer.zero_grad()
                (c * p * p / 2 + torch.sin(p)).sum().backward()
                if name == "clip_norm":
                    nn.utils.clip_grad_norm_([p], 0.7)
                if name == "clip_value":
                    nn.utils.clip_grad_value_([p], 0.4)
                optimizer.step()
            file.write(f"case {name}\n")
            line(file, "parameters", p)


def bce(logits, target):
    return nn.functional.binary_cross_entropy_with_logits(logits, torch.full_like(logits, target))


def two_sided(net, step):
    """A discriminator's cost: inputs of one kind against inputs of another."""
    real = batch_first(values((4, 8), 10 + step, 1.0) + 0.5)
    fake = batch_first(values((4, 8), 40 + step, 1.5))
    return bce(net(real), 1.0) + bce(net(fake), 0.0)


def regression(net, step):
    x = batch_first(values((4, 8), 10 + step, 1.0))
    y = batch_first(values((3, 8), 40 + step, 1.0))
    return nn.functional.mse_loss(net(x), y)


def penalised(net, step):
    """The same with R1: 5 / 2 times the mean squared gradient norm at the real inputs."""
    real = batch_first(values((4, 8), 10 + step, 1.0) + 0.5).requires_grad_()
    fake = batch_first(values((4, 8), 40 + step, 1.5))
    out = net(real)
    (gradient,) = torch.autograd.grad(out.sum(), real, create_graph=True)
    penalty = gradient.square().sum(1).mean()
    return bce(out, 1.0) + bce(net(fake), 0.0) + 2.5 * penalty


# Between the batch norms stands tanh: a ReLU that is always active would leave the first shift
# without a gradient, and Adam would make steps of the rounding errors in its place.
TRAINING = {
    "sgd_momentum": (nn.Sequential(nn.Linear(4, 6), nn.LeakyReLU(0.2), Maxout(6, 4, 3),
                                   nn.Linear(4, 1)),
                     lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.7), two_sided),
    "adam_batch_norm": (nn.Sequential(nn.Linear(4, 6, bias=False), nn.BatchNorm1d(6), nn.Tanh(),
                                      nn.Linear(6, 5, bias=False), nn.BatchNorm1d(5), nn.ReLU(),
                                      nn.Linear(5, 3)),
                        lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.5, 0.999)), regression),
    "gradient_penalty": (nn.Sequential(nn.Linear(4, 6), nn.Softplus(threshold=1e9),
                                       nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 1)),
                         lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.0, 0.9)), penalised),
}


def write_training():
    with open(os.path.join(HERE, "nn_training.txt"), "w") as file:
        for name, (net, make, loss_of) in TRAINING.items():
            fill(net)
            optimizer = make(net.parameters())
            losses = []
            for step in range(10):
                optimizer.zero_grad()
                loss = loss_of(net, step)
                losses.append(loss.detach())
                loss.backward()
                optimizer.step()
            file.write(f"case {name}\n")
            line(file, "losses", torch.stack(losses))
            for i, p in enumerate(parameters(net)):
                line(file, f"parameter{i}", p)
            for i, b in enumerate(buffers(net)):
                line(file, f"buffer{i}", b)


if __name__ == "__main__":
    write_layers()
    write_optimizers()
    write_training()
