#!/usr/bin/env python3
"""Writes nn_start.txt: data-dependent initialisation (Salimans, Kingma 2016) of the network of
tests/nn/test_start.c, by PyTorch in float64, as the paper has it: layer by layer, with t = v x / |v|,
g = 1 / deviation of t and b = -mean of t / deviation, and the normalised output handed on.

    python3 tests/golden/make_start.py      (needs torch; the committed file is of torch 2)
"""

import os

import torch
from torch.nn import functional as F

from make_dcgan import line
from make_nn import HERE, values

BATCH = 6


def normalise(t):
    """Of each unit, axis 1: what it becomes, its mean and its deviation."""
    axes = [a for a in range(t.dim()) if a != 1]
    mean, deviation = t.mean(axes), t.std(axes, correction=0)
    shape = [1, -1] + [1] * (t.dim() - 2)
    return mean, deviation, shape


def unit_rows(v, axis):
    return v / v.square().sum([a for a in range(v.dim()) if a != axis], keepdim=True).sqrt()


def main():
    x = values((BATCH, 2, 4, 4), 9)
    conv, up, dense = values((3, 2, 3, 3), 1), values((3, 2, 2, 2), 3), values((4, 2 * 64), 5)
    with open(os.path.join(HERE, "nn_start.txt"), "w") as file:
        file.write("case start\n")
        t = F.conv2d(x, unit_rows(conv, 0), padding=1)
        mean, deviation, shape = normalise(t)
        line(file, "convolution_g", 1 / deviation)
        line(file, "convolution_b", -mean / deviation)
        x = F.relu((t - mean.reshape(shape)) / deviation.reshape(shape))
        t = F.conv_transpose2d(x, unit_rows(up, 1), stride=2)
        mean, deviation, shape = normalise(t)
        line(file, "transposed_g", 1 / deviation)
        line(file, "transposed_b", -mean / deviation)
        x = torch.tanh((t - mean.reshape(shape)) / deviation.reshape(shape))
        t = x.flatten(1) @ unit_rows(dense, 0).T  # no bias: its mean stays
        line(file, "dense_g", 1 / normalise(t)[1])


if __name__ == "__main__":
    main()
