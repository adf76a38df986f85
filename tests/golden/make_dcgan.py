#!/usr/bin/env python3
"""Writes nn_dcgan.txt: five steps of models/mnist-dcgan.yaml's networks at a sixteenth of their
width (8 channels), by PyTorch in float64: losses, and every parameter and running statistic after
them. Images, latents and initial weights are formulas, as in make_nn.py.

    python3 tests/golden/make_dcgan.py     (needs torch; the committed file is of torch 2)
"""

import os

import torch
from torch import nn

from make_nn import HERE, batch_first, bce, fill, values

STEPS, BATCH, LATENT = 5, 5, 6

GENERATOR = nn.Sequential(
    nn.Linear(LATENT, 8 * 7 * 7, bias=False), nn.Unflatten(1, (8, 7, 7)), nn.BatchNorm2d(8),
    nn.ReLU(), nn.ConvTranspose2d(8, 4, 4, 2, 1, bias=False), nn.BatchNorm2d(4), nn.ReLU(),
    nn.ConvTranspose2d(4, 1, 4, 2, 1), nn.Tanh())
DISCRIMINATOR = nn.Sequential(
    nn.Conv2d(1, 4, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(4, 8, 4, 2, 1, bias=False),
    nn.BatchNorm2d(8), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(8 * 7 * 7, 1))


def line(file, name, tensor):
    numbers = tensor.detach().reshape(-1).tolist()
    file.write(" ".join([name, str(len(numbers))] + [f"{v:.11g}" for v in numbers]) + "\n")


def write_player(file, prefix, net):
    for i, (_, p) in enumerate(net.named_parameters()):
        line(file, f"{prefix}_parameter{i}", p)
    for i, b in enumerate(b for n, b in net.named_buffers() if "running" in n):
        line(file, f"{prefix}_buffer{i}", b)


def main():
    fill(GENERATOR, 0.1)
    fill(DISCRIMINATOR, 0.1)
    adam = [torch.optim.Adam(net.parameters(), lr=2e-4, betas=(0.5, 0.999))
            for net in (GENERATOR, DISCRIMINATOR)]
    losses = [[], []]
    for step in range(STEPS):
        real = batch_first(values((1, 28, 28, BATCH), 10 + step))
        z = batch_first(values((LATENT, BATCH), 40 + step, 1.5))
        again = batch_first(values((LATENT, BATCH), 70 + step, 1.5))
        adam[1].zero_grad()
        fake = GENERATOR(z).detach()
        cost = bce(DISCRIMINATOR(real), 1.0) + bce(DISCRIMINATOR(fake), 0.0)
        cost.backward()
        adam[1].step()
        losses[1].append(cost.detach())
        adam[0].zero_grad()
        cost = bce(DISCRIMINATOR(GENERATOR(again)), 1.0)
        cost.backward()
        adam[0].step()
        losses[0].append(cost.detach())
    with open(os.path.join(HERE, "nn_dcgan.txt"), "w") as file:
        file.write("case dcgan\n")
        for prefix, net, costs in zip(("g", "d"), (GENERATOR, DISCRIMINATOR), losses):
            line(file, f"{prefix}_losses", torch.stack(costs))
            write_player(file, prefix, net)


if __name__ == "__main__":
    main()
