#!/usr/bin/env python3
"""models/mnist-infogan.yaml's game in PyTorch: what docs/inference.md holds its errors against.

    docs/inference/infogan_torch.py DIR --seed 1
    gan-convert latest.gan latest.npz && docs/inference/infogan_torch.py DIR --weights latest.npz

trains InfoGAN (Chen et al. 2016) on MNIST for 5,000 steps with the settings of its authors' code,
and asks Q about the test set as gan-inspect --evaluate -n 10000 does: of each category the most
frequent digit among 10,000 training images is what it stands for, and the error is the share of
test images that are not of their category's digit. It prints a line of JSON every 500 steps, with
bounds on the information in nats that are means of 50 steps. With --weights it trains nothing and
asks the Q of a checkpoint of that recipe, with batch norm's running statistics and with those of
the very images asked about. DIR holds MNIST's four files, .gz or
not. Needs PyTorch (measured with 2.13.0) and NumPy; nothing else here needs this script.
"""
import argparse
import collections
import functools
import gzip
import json
import math
import os
import statistics
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

NOISE, CATEGORIES, CONTINUOUS = 62, 10, 2
BATCH, STEPS, VALIDATION, ASKED = 128, 5000, 5000, 10000


# --- Data -----------------------------------------------------------------------------------------

def read(folder, name, header):
    path = os.path.join(folder, name)
    with (open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz")) as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=header)


def images(folder, name):
    pixels = read(folder, name + "-images-idx3-ubyte", 16).reshape(-1, 1, 28, 28)
    labels = read(folder, name + "-labels-idx1-ubyte", 8).astype(numpy.int64)
    return torch.from_numpy(pixels.astype(numpy.float32) / 255), torch.from_numpy(labels)


def batches(count, draws):
    """Whole batches of a new order each epoch, for ever."""
    while True:
        order = torch.randperm(count, generator=draws)
        for at in range(0, count - BATCH + 1, BATCH):
            yield order[at:at + BATCH]


# --- Networks -------------------------------------------------------------------------------------

truncated_normal = functools.partial(nn.init.trunc_normal_, a=-0.04, b=0.04)


def initialised(layer, draw=nn.init.normal_):
    draw(layer.weight, std=0.02)
    nn.init.zeros_(layer.bias)
    return layer


def dense(inputs, outputs):
    return initialised(nn.Linear(inputs, outputs))


def convolution(inputs, outputs):
    return initialised(nn.Conv2d(inputs, outputs, 4, 2, 1), truncated_normal)


def transposed(inputs, outputs):
    return initialised(nn.ConvTranspose2d(inputs, outputs, 4, 2, 1))


def norm(kind, channels):
    layer = kind(channels, eps=1e-5, momentum=0.1)
    nn.init.normal_(layer.weight, 1, 0.02)
    return layer


def make_generator():
    return nn.Sequential(
        dense(NOISE + CATEGORIES + CONTINUOUS, 1024), norm(nn.BatchNorm1d, 1024), nn.ReLU(),
        dense(1024, 6272), norm(nn.BatchNorm1d, 6272), nn.ReLU(), nn.Unflatten(1, (128, 7, 7)),
        transposed(128, 64), norm(nn.BatchNorm2d, 64), nn.ReLU(), transposed(64, 1), nn.Sigmoid())


def make_judges():
    """What D and Q share, and what each has behind it."""
    shared = nn.Sequential(
        convolution(1, 64), nn.LeakyReLU(0.01),
        convolution(64, 128), norm(nn.BatchNorm2d, 128), nn.LeakyReLU(0.01), nn.Flatten(),
        dense(6272, 1024), norm(nn.BatchNorm1d, 1024), nn.LeakyReLU(0.01))
    asked = nn.Sequential(
        dense(1024, 128), norm(nn.BatchNorm1d, 128), nn.LeakyReLU(0.01),
        dense(128, CATEGORIES + CONTINUOUS))
    return shared, dense(1024, 1), asked


# --- The game -------------------------------------------------------------------------------------

def draw_latent(draws):
    noise = torch.rand(BATCH, NOISE, generator=draws) * 2 - 1
    category = torch.randint(CATEGORIES, (BATCH,), generator=draws)
    codes = torch.rand(BATCH, CONTINUOUS, generator=draws) * 2 - 1
    hot = functional.one_hot(category, CATEGORIES).float()
    return torch.cat([noise, hot, codes], 1), category, codes


def information(asked, category, codes):
    """Bounds on the mutual information of the category and of the continuous codes, in nats:
    entropy less Q's cross-entropy, with normal distributions of deviation 1 around Q's means."""
    categorical = math.log(CATEGORIES) - functional.cross_entropy(asked[:, :CATEGORIES], category)
    squares = (codes - asked[:, CATEGORIES:]).square().sum(1).mean()
    continuous = CONTINUOUS * (math.log(2) - 0.5 * math.log(2 * math.pi)) - 0.5 * squares
    return categorical, continuous


def error(shared, asked, train, test):
    """The share of test images not of their category's digit; the digits that have a category."""
    with torch.no_grad():
        told, tested = (asked(shared(pixels))[:, :CATEGORIES].argmax(1)
                        for pixels, _ in (train, test))
    counts = torch.zeros(CATEGORIES, 10).index_put_((told, train[1]), torch.tensor(1.0), True)
    digit = torch.where(counts.sum(1) > 0, counts.argmax(1), torch.tensor(-1))
    return (digit[tested] != test[1]).float().mean().item(), len(set(digit.tolist()) - {-1})


def ask_checkpoint(path, train, test):
    shared, _, asked = make_judges()
    tensors = numpy.load(path)
    layers = [layer for layer in [*shared, *asked] if hasattr(layer, "weight")]
    names = [f"discriminator.{i}" for i in (0, 2, 3, 5, 6)] + [f"encoder.{i}" for i in (0, 1, 3)]
    for name, layer in zip(names, layers, strict=True):
        layer.load_state_dict({key: torch.from_numpy(tensors[f"{name}.{key}"])
                               for key in layer.state_dict() if key != "num_batches_tracked"},
                              strict=False)
    for statistics_of in ("training", "images asked about"):
        for network in (shared, asked):
            network.train(statistics_of != "training")
        wrong, digits = error(shared, asked, train, test)
        print(json.dumps({"statistics_of": statistics_of, "error": round(wrong, 4),
                          "digits": digits}))


def main():
    summary, _, details = __doc__.partition("\n\n")
    parser = argparse.ArgumentParser(description=summary, epilog=details,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="DIR")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--weights", metavar="FILE.npz")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    draws = torch.Generator().manual_seed(arguments.seed + 1)
    pixels, labels = (part[VALIDATION:] for part in images(arguments.folder, "train"))
    test = images(arguments.folder, "t10k")
    train = pixels[:ASKED], labels[:ASKED]

    if arguments.weights:
        return ask_checkpoint(arguments.weights, train, test)
    generator = make_generator()
    shared, judge, asked = make_judges()
    d_parameters = [*shared.parameters(), *judge.parameters(), *asked.parameters()]
    d_adam = torch.optim.Adam(d_parameters, lr=2e-4, betas=(0.5, 0.999))
    g_adam = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
    order = batches(len(pixels), draws)
    recent = collections.deque(maxlen=50)
    start = time.time()
    for step in range(1, STEPS + 1):
        latent, category, codes = draw_latent(draws)
        with torch.no_grad():
            fake = generator(latent)
        real_score = judge(shared(pixels[next(order)]))
        features = shared(fake)
        fake_score = judge(features)
        bounds = information(asked(features), category, codes)
        recent.append([bound.item() for bound in bounds])
        d_loss = functional.softplus(-real_score).mean() + functional.softplus(fake_score).mean()
        d_adam.zero_grad()
        (d_loss - sum(bounds)).backward()
        d_adam.step()

        latent, category, codes = draw_latent(draws)
        features = shared(generator(latent))
        g_loss = functional.softplus(-judge(features)).mean()
        g_adam.zero_grad()
        bounded = sum(information(asked(features), category, codes))
        (g_loss - bounded).backward(inputs=list(generator.parameters()))
        g_adam.step()

        if step % 500 == 0:
            for network in (shared, asked):
                network.eval()
            wrong, digits = error(shared, asked, train, test)
            for network in (shared, asked):
                network.train()
            print(json.dumps({
                "seed": arguments.seed, "step": step, "elapsed_s": round(time.time() - start, 1),
                "d_loss": round(d_loss.item(), 4), "g_loss": round(g_loss.item(), 4),
                "categorical_information": round(statistics.mean(b[0] for b in recent), 4),
                "continuous_information": round(statistics.mean(b[1] for b in recent), 4),
                "error": round(wrong, 4), "digits": digits}), flush=True)


if __name__ == "__main__":
    main()
