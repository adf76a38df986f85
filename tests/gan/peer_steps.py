#!/usr/bin/env python3
"""Five training steps of recipes that ship, at their full size, by PyTorch in float64, and how far each
parameter is from what gan-train made of it.

    peer_steps.py BUILD MNIST [RECIPE...]      mnist-dcgan wgan-gp; needs torch and numpy

BUILD holds the tools, MNIST train-images-idx3-ubyte.gz. PyTorch goes on from gan-train's first step, Adam's
moments included. Samples come in clgan's order, latents and the shares of gradient penalties are what it
draws, both of Philox4x32-10 (src/base/philox.c).

Exits with 1 where a layer's parameters together are off by over 1e-3 of their norm. Biases, which begin
at 0 and have moved by no more than five steps, may be off by more of their own: Adam's first steps are
as long for a gradient that is hardly more than rounding as for any other, so beside each tensor stands
how far PyTorch itself is in float32.
"""
import gzip
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch
from torch import nn
from torch.nn.functional import softplus

SEED, STEPS, BOUND = 1, 5, 1e-3
STREAM_SHUFFLE, STREAM_GRAPH, STREAM_POINTS, STREAMS_OF_GENERATOR = 1, 256, 4 << 12, 1 << 16


# --- What clgan draws -----------------------------------------------------------------------------

def philox(elements, stream, step):
    """The four words of each element."""
    elements = np.asarray(elements, np.uint64)
    c = [elements] + [np.full_like(elements, x) for x in (stream, step, 0)]
    k, low, high = [SEED, 0], np.uint64(0xFFFFFFFF), np.uint64(32)
    for _ in range(10):
        a, b = np.uint64(0xD2511F53) * c[0], np.uint64(0xCD9E8D57) * c[2]
        c = [(b >> high) ^ c[1] ^ np.uint64(k[0]), b & low,
             (a >> high) ^ c[3] ^ np.uint64(k[1]), a & low]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


def uniform(count, stream, step):
    words = philox(np.arange(count), STREAM_GRAPH + stream, step)
    return torch.from_numpy((words[0] >> np.uint64(8)).astype(np.float64) * 2.0**-24)


def latents(size, batch, stream, step):
    """(batch, size); the device has the batch innermost."""
    words = philox(np.arange(size * batch), STREAM_GRAPH + stream, step)
    u = ((words[0] >> np.uint64(8)) + np.uint64(1)).astype(np.float64) * 2.0**-24
    v = (words[1] >> np.uint64(8)).astype(np.float64) * 2.0**-24
    z = np.sqrt(-2 * np.log(u)) * np.cos(2 * np.pi * v)
    return torch.from_numpy(z.astype(np.float32).astype(np.float64)).reshape(size, batch).T


def permute(index, epoch, count):
    """Where sample `index` of an epoch's order lies."""
    bits = next(b for b in range(1, 33) if (count - 1) >> (2 * b) == 0)
    mask = (1 << bits) - 1
    while True:
        left, right = index >> bits, index & mask
        for draw in (0, 1):
            for word in range(4):
                words = philox([right], STREAM_SHUFFLE ^ draw << 31, epoch)
                left, right = right, left ^ int(words[word][0]) & mask
        index = left << bits | right
        if index < count:
            return index


# --- The recipes ----------------------------------------------------------------------------------

def dcgan():
    g = nn.Sequential(nn.Linear(100, 6272, bias=False), nn.Unflatten(1, (128, 7, 7)),
                      nn.BatchNorm2d(128), nn.ReLU(), nn.ConvTranspose2d(128, 64, 4, 2, 1, bias=False),
                      nn.BatchNorm2d(64), nn.ReLU(), nn.ConvTranspose2d(64, 1, 4, 2, 1), nn.Tanh())
    d = nn.Sequential(nn.Conv2d(1, 64, 4, 2, 1), nn.LeakyReLU(0.2),
                      nn.Conv2d(64, 128, 4, 2, 1, bias=False), nn.BatchNorm2d(128), nn.LeakyReLU(0.2),
                      nn.Flatten(), nn.Linear(6272, 1))
    return g, d


def wgan():
    g = nn.Sequential(nn.Linear(128, 4096), nn.ReLU(), nn.Unflatten(1, (256, 4, 4)),
                      nn.ConvTranspose2d(256, 128, 5, 2, 2), nn.ReLU(),
                      nn.ConvTranspose2d(128, 64, 5, 2, 2, 1), nn.ReLU(),
                      nn.ConvTranspose2d(64, 1, 5, 2, 2, 1), nn.Sigmoid())
    d = nn.Sequential(nn.Conv2d(1, 64, 5, 2, 2), nn.LeakyReLU(0.2), nn.Conv2d(64, 128, 5, 2, 2),
                      nn.LeakyReLU(0.2), nn.Conv2d(128, 256, 5, 2, 2), nn.LeakyReLU(0.2),
                      nn.Flatten(), nn.Linear(4096, 1))
    return g, d


def logistic(d, real, fake, update):
    return softplus(-d(real)).mean() + softplus(d(fake)).mean()


def wasserstein(d, real, fake, update):
    share = uniform(len(real), STREAM_POINTS, update).to(real.dtype).reshape(-1, 1, 1, 1)
    points = (real + share * (fake - real)).requires_grad_()
    slope, = torch.autograd.grad(d(points).sum(), points, create_graph=True)
    penalty = (slope.flatten(1).norm(dim=1) - 1).square().mean()
    return d(fake).mean() - d(real).mean() + 10 * penalty


RECIPES = {
    "mnist-dcgan": dict(networks=dcgan, batch=64, latent=100, low=-1, k=1, d_cost=logistic,
                        g_cost=lambda f: softplus(-f).mean(), adam=dict(lr=2e-4, betas=(0.5, 0.999))),
    "wgan-gp": dict(networks=wgan, batch=50, latent=128, low=0, k=5, d_cost=wasserstein,
                    g_cost=lambda f: -f.mean(), adam=dict(lr=1e-4, betas=(0.5, 0.9))),
}


# --- The game -------------------------------------------------------------------------------------

def read_images(path):
    with open(path, "rb") as file:
        data = file.read()
    data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    sizes = np.frombuffer(data, ">u4", data[3], 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(-1, 1, *sizes[1:])


def take_over(net, role, before, adam, updates):
    state = {name[len(role) + 1:]: torch.from_numpy(value)
             for name, value in before.items() if name.startswith(role + ".")}
    net.load_state_dict(state, strict=False)  # but for batch norm's counts
    for name, p in net.named_parameters():
        moments = (before[f"optimizer.{role}.{m}.{name}"] for m in "mv")
        first, second = (torch.from_numpy(m).to(p.dtype) for m in moments)
        adam.state[p] = {"step": torch.tensor(float(updates)), "exp_avg": first, "exp_avg_sq": second}


def descend(adam, cost):
    adam.zero_grad()
    cost.backward()
    adam.step()


def play(recipe, images, before, dtype):
    g, d = (net.to(dtype) for net in recipe["networks"]())
    k, batch = recipe["k"], recipe["batch"]
    adam_g, adam_d = (torch.optim.Adam(net.parameters(), **recipe["adam"]) for net in (g, d))
    take_over(g, "generator", before, adam_g, 1)
    take_over(d, "discriminator", before, adam_d, k)
    for step in range(1, 1 + STEPS):
        for update in range(step * k, (step + 1) * k):
            at = [divmod(update * batch + i, len(images)) for i in range(batch)]
            real = images[[permute(index, epoch, len(images)) for epoch, index in at]]
            real = recipe["low"] + (1 - recipe["low"]) * torch.from_numpy(real / 255.0).to(dtype)
            with torch.no_grad():
                fake = g(latents(recipe["latent"], batch, 0, update).to(dtype))
            descend(adam_d, recipe["d_cost"](d, real, fake, update))
        z = latents(recipe["latent"], batch, STREAMS_OF_GENERATOR, step)
        descend(adam_g, recipe["g_cost"](d(g(z.to(dtype)))))
    return {f"{role}.{name}": p.detach().double().numpy()
            for role, net in (("generator", g), ("discriminator", d))
            for name, p in net.named_parameters()}


# --- Beside gan-train -----------------------------------------------------------------------------

def train(build, name, data, work):
    """The tensors after the first step and after the sixth."""
    results = []
    for steps, more in ((1, []), (1 + STEPS, ["--resume"])):
        recipe = pathlib.Path(__file__).parents[2] / "models" / f"{name}.yaml"
        subprocess.run([build / "gan-train", recipe, "--data", data, "--out", work / "run", "--quiet",
                        "--seed", str(SEED), "--sample-every", "0", "--steps", str(steps), *more],
                       check=True)
        subprocess.run([build / "gan-convert", work / "run/latest.gan", work / f"{steps}.npz"],
                       check=True, stdout=subprocess.DEVNULL)
        results.append(np.load(work / f"{steps}.npz"))
    return results


def norm(tensors):
    return np.sqrt(sum(np.square(t).sum() for t in tensors))


def share(part, whole):
    return f"{norm([part]) / norm([whole]):.2g}" if norm([whole]) > 0 else "nothing"


def compare(name, exact, single, before, after):
    layers = {}
    for tensor, expected in exact.items():
        found = after[tensor].astype(np.float64)
        print(f"{tensor}: moved by {share(expected - before[tensor], expected)} of its norm, off by "
              f"{share(found - expected, expected)}; PyTorch in float32 "
              f"{share(single[tensor] - expected, expected)}")
        pair = layers.setdefault(tensor.rpartition(".")[0], ([], []))
        pair[0].append(found - expected)
        pair[1].append(expected)
    worst = max(norm(off) / norm(all_of_it) for off, all_of_it in layers.values())
    print(f"{name}: layers are off by {worst:.2g} at most, {BOUND} allowed")
    return worst <= BOUND


good = True
for name in sys.argv[3:] or RECIPES:
    images = read_images(pathlib.Path(sys.argv[2]) / "train-images-idx3-ubyte.gz")
    with tempfile.TemporaryDirectory() as work:
        before, after = train(pathlib.Path(sys.argv[1]).resolve(), name, sys.argv[2], pathlib.Path(work))
        exact, single = (play(RECIPES[name], images, before, dtype)
                         for dtype in (torch.float64, torch.float32))
        good = compare(name, exact, single, before, after) and good
sys.exit(not good)
