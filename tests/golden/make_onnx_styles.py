#!/usr/bin/env python3
"""Writes tests/golden/convert/styles-*: a style-based generator and a discriminator with layers of
sequences, both of PyTorch, as make_onnx.py writes layers-*.

    make_onnx_styles.py GAN_CONVERT GAN_SAMPLE      the built tools

styles-truncated.npy is what PyTorch makes of the same latents with each style half as far from the
mean of the styles of the seeds 0 to 8191, whose latents gan-sample gives.
Convolutions are modulated as the paper has it (Karras et al. 2020), by weights of each sample's own.
Fails unless ONNX's own checker accepts the files and ONNX Runtime agrees with PyTorch to 1e-5.
Made with torch 2.13.0, onnx 1.23.2, onnxruntime 1.31.1, numpy 2.4.6.
"""
import math
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch
from torch.nn import functional as F

from onnx_peer import compare

folder = pathlib.Path(__file__).parent / "convert"
torch.manual_seed(5)
state = {}


def tensor(name, *shape):
    """A tensor of the model; nothing rests at a value where an error would not show."""
    if name not in state:
        state[name] = torch.randn(*shape)
    return state[name]


def equalized(weight, lr_multiplier=1):
    return weight * lr_multiplier / math.sqrt(weight[0].numel())


def blur(x, size, padding, gain=1):
    taps = torch.tensor([math.comb(size - 1, i) for i in range(size)]) / 2 ** (size - 1)
    filters = gain * torch.outer(taps, taps).expand(x.shape[1], 1, size, size)
    return F.conv2d(x, filters, padding=padding, groups=x.shape[1])


def modulated(layer, x, w, outputs, kernel=3, up=False, demodulate=True, bias=True, scale=False):
    name, inputs = f"generator.{layer}.", x.shape[1]
    shape = (inputs, outputs) if up else (outputs, inputs)
    weight = tensor(name + "weight", *shape, kernel, kernel)
    affine = tensor(name + "affine.weight", inputs, w.shape[1])
    if up:
        weight = weight.transpose(0, 1)
    if scale:
        weight, affine = equalized(weight), equalized(affine)
    style = F.linear(w, affine, tensor(name + "affine.bias", inputs))
    samples = []
    for image, s in zip(x, style):
        own = weight * s[:, None, None]
        if demodulate:
            own = own / (own.square().sum((1, 2, 3), keepdim=True) + 1e-8).sqrt()
        if up:
            y = F.conv_transpose2d(image[None], own.transpose(0, 1), stride=2)
            samples.append(blur(y, 4, (5 - kernel) // 2, 4))
        else:
            samples.append(F.conv2d(image[None], own, padding=kernel // 2))
    y = torch.cat(samples)
    return y + tensor(name + "bias", outputs)[:, None, None] if bias else y


def noisy(layer, x):
    name = f"generator.{layer}."
    return x + tensor(name + "strength", 1) * tensor(name + "plane", *x.shape[2:])


def styles(z):
    mapping = "generator.0.layers.1."
    w = z / (z.square().mean(1, keepdim=True) + 1e-8).sqrt()
    w = F.linear(w, equalized(tensor(mapping + "weight", 4, 5), 0.5),
                 0.5 * tensor(mapping + "bias", 4))
    return F.leaky_relu(w, 0.2)


def generate(w):
    x = tensor("generator.1.weight", 3, 4, 4).expand(len(w), 3, 4, 4)
    x = F.leaky_relu(noisy(3, modulated(2, x, w, 3, scale=True)), 0.2)
    image = modulated(5, x, w, 1, 1, demodulate=False)
    image = blur(F.interpolate(image, scale_factor=2), 3, 1)
    x = F.leaky_relu(noisy(10, modulated(9, x, w, 2, up=True, scale=True)), 0.2)
    x = modulated(12, x, w, 2, 5, up=True, bias=False)
    x = modulated(13, x, w, 1, 1, demodulate=False, bias=False)
    return F.avg_pool2d(x, 2) + image


def discriminate(x):
    name = "discriminator."
    x = F.conv2d(blur(x, 4, 2), tensor(name + "1.weight", 4, 1, 3, 3), tensor(name + "1.bias", 4), 2)
    x = F.leaky_relu(x, 0.2).flatten(1).reshape(-1, 4, 16)
    x = F.relu(F.conv1d(x, tensor(name + "4.weight", 6, 2, 4), tensor(name + "4.bias", 6), stride=2,
                        padding=3, dilation=2, groups=2))
    x = F.conv1d(x, tensor(name + "6.weight", 2, 6, 3)).flatten(1)
    return F.linear(x, tensor(name + "7.weight", 1, x.shape[1]), tensor(name + "7.bias", 1))


latents = torch.randn(5, 5)
samples = generate(styles(latents))
outputs = discriminate(samples)
torch.save({name: value.clone() for name, value in state.items()}, folder / "styles.pt")
np.save(folder / "styles-latents.npy", latents.numpy())
np.save(folder / "styles-samples.npy", samples.numpy())


with tempfile.TemporaryDirectory() as work:
    model = pathlib.Path(work) / "styles.gan"
    compare(sys.argv[1], folder, "styles", model, latents, samples, outputs)
    seeds = pathlib.Path(work) / "seeds.npy"
    subprocess.run([sys.argv[2], model, "-n", "8192", "--save-latents", seeds, "--quiet", "-o",
                    pathlib.Path(work) / "samples.npy"], check=True)
    mean = styles(torch.from_numpy(np.load(seeds))).mean(0)
    truncated = generate(mean + 0.5 * (styles(latents) - mean))
    np.save(folder / "styles-truncated.npy", truncated.numpy())
