#!/usr/bin/env python3
"""Writes nn_resample.txt: what PyTorch computes in float64 for pooling and resampling. A case is
"case NAME", then y and gx, the gradient of <y, v>. Neither x nor v is stored: both sides take them
from values() (salts 0 and 1). Tensors are written with the batch innermost.

    python3 tests/golden/make_resample.py        (needs torch; the committed file is of torch 2)
"""

import math
import os

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def values(shape, salt):
    """Element i of row-major order is sin(1.3 i + 2.1 salt + 0.5)."""
    i = torch.arange(math.prod(shape), dtype=torch.float64)
    return torch.sin(1.3 * i + 2.1 * salt + 0.5).reshape(shape)


def line(file, name, tensor):
    numbers = tensor.detach().reshape(-1).tolist()
    file.write(" ".join([name, str(len(numbers))] + [f"{v:.17g}" for v in numbers]) + "\n")


def write(file, name, shape, f):
    x = values(shape, 0).requires_grad_()
    y = f(x.movedim(-1, 0)).movedim(0, -1)
    gx, = torch.autograd.grad((y * values(y.shape, 1)).sum(), x)
    file.write(f"case {name}\n")
    line(file, "y", y)
    line(file, "gx", gx)


def nearest(height, width):
    return lambda x: F.interpolate(x, size=(height, width), mode="nearest")


def bilinear(height, width):
    return lambda x: F.interpolate(x, size=(height, width), mode="bilinear", align_corners=False)


with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "nn_resample.txt"), "w") as file:
    for name, pool in (("average", F.avg_pool2d), ("max", F.max_pool2d)):
        write(file, f"{name} 2", (2, 4, 6, 3), lambda x: pool(x, 2))
        write(file, f"{name} 3x2", (2, 3, 6, 2), lambda x: pool(x, (3, 2)))
        write(file, f"{name} 2 of an odd size", (2, 5, 7, 2), lambda x: pool(x, 2))
        write(file, f"{name} 3 stride 2", (2, 7, 7, 2), lambda x: pool(x, 3, 2))
        write(file, f"{name} 3 stride 2 padding 1", (2, 6, 5, 2), lambda x: pool(x, 3, 2, 1))
        write(file, f"{name} 2 stride 3", (2, 8, 7, 2), lambda x: pool(x, 2, 3))
    for name, f in (("nearest", nearest), ("bilinear", bilinear)):
        write(file, f"{name} twice", (2, 3, 4, 3), f(6, 8))
        write(file, f"{name} thrice by twice", (2, 2, 3, 2), f(6, 6))
        write(file, f"{name} half", (2, 6, 4, 2), f(3, 2))
        write(file, f"{name} third", (2, 6, 9, 2), f(2, 3))
        write(file, f"{name} five by seven", (2, 3, 4, 2), f(5, 7))
        write(file, f"{name} smaller", (2, 7, 5, 2), f(4, 3))
        write(file, f"{name} up and down", (1, 3, 8, 2), f(7, 5))
        write(file, f"{name} from one place", (3, 1, 1, 2), f(2, 3))
