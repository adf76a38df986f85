#!/usr/bin/env python3
"""Writes nn_discrete.txt: what PyTorch's gumbel_softmax gives, and its gradient, in float64, for the
noise that clgan's layer of that name draws. Inputs and adjoints are not stored: both sides take them
from values(). Tensors are written with the batch innermost, as clgan stores them.

    python3 tests/golden/make_discrete.py        (needs torch; the committed file is of torch 2)
"""

import math
import os

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
HERE = os.path.dirname(os.path.abspath(__file__))

TOKENS, PLACES, BATCH = 5, 4, 3
SEED, STREAM, COUNTER = 7, 256 + 40, 11  # the runner's seed; the layer's stream as a graph's


def values(shape, salt, scale):
    i = torch.arange(math.prod(shape), dtype=torch.float64)
    return (scale * torch.sin(1.3 * i + 2.1 * salt + 0.5)).reshape(shape)


def philox(counter, key):
    """Philox4x32-10 of Salmon et al. 2011."""
    c, k = list(counter), list(key)
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(b >> 32) ^ c[1] ^ k[0], b & 0xFFFFFFFF, (a >> 32) ^ c[3] ^ k[1], a & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


def uniform(shape):
    words = [philox((e, STREAM, COUNTER, 0), (SEED, 0))[0] for e in range(math.prod(shape))]
    return torch.tensor([(w >> 8) * 2.0**-24 for w in words]).reshape(shape)


def gumbel_softmax(x, tau, hard):
    """torch.nn.functional.gumbel_softmax along the first axis, whose noise is -log of exponential
    draws, with those draws taken from clgan's uniform ones."""
    drawn = -torch.log(uniform(x.shape))
    original = torch.Tensor.exponential_
    torch.Tensor.exponential_ = lambda self: self.copy_(drawn)
    try:
        return F.gumbel_softmax(x, tau=tau, hard=hard, dim=0)
    finally:
        torch.Tensor.exponential_ = original


def line(file, name, tensor):
    numbers = tensor.detach().reshape(-1).tolist()
    file.write(" ".join([name, str(len(numbers))] + [f"{v:.17g}" for v in numbers]) + "\n")


CASES = {  # name: temperature, whether straight-through
    "relaxed": (0.7, False),
    "straight_through": (0.7, True),
    "annealed": (2.0 * (0.5 / 2.0) ** (300 / 1000), False),
    "annealed_to_the_end": (0.5, False),
}

with open(os.path.join(HERE, "nn_discrete.txt"), "w", encoding="ascii") as out:
    for case, (tau, hard) in CASES.items():
        x = values((TOKENS, 1, PLACES, BATCH), 0, 2.0).requires_grad_()
        y = gumbel_softmax(x, tau, hard)
        y.backward(values(y.shape, 99, 1.0))
        out.write(f"case {case}\n")
        line(out, "output", y)
        line(out, "input", x.grad)
