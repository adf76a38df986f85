#!/usr/bin/env python3
"""Writes parzen_mnist.txt: the Parzen window log-likelihood of MNIST's test images under the first
10,000 training images, by the protocol of Goodfellow et al. 2014, in float64.

    python3 tests/golden/make_parzen_mnist.py MNIST        (needs numpy; minutes)

MNIST is the folder with train-images-idx3-ubyte.gz and t10k-images-idx3-ubyte.gz.
"""

import gzip
import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def images(name):
    with gzip.open(os.path.join(sys.argv[1], name)) as file:
        return np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 784) / 255


def line(file, name, numbers):
    file.write(" ".join([name, str(len(numbers))] + [f"{v:.17g}" for v in numbers]) + "\n")


train, test = images("train-images-idx3-ubyte.gz"), images("t10k-images-idx3-ubyte.gz")
samples, validation = train[:10000], train[50000:51000]


def log_likelihoods(points, sigma):
    parts = []
    for block in np.array_split(points, len(points) // 500):
        squares = ((block**2).sum(1)[:, None] + (samples**2).sum(1)[None, :]
                   - 2 * block @ samples.T)
        terms = -squares / (2 * sigma**2)
        largest = terms.max(1)
        parts.append(largest + np.log(np.exp(terms - largest[:, None]).mean(1))
                     - 784 * np.log(sigma * np.sqrt(2 * np.pi)))
    return np.concatenate(parts)


sigmas = np.logspace(-1, 0, num=10)
means = [log_likelihoods(validation, sigma).mean() for sigma in sigmas]
sigma = sigmas[np.argmax(means)]
scores = log_likelihoods(test, sigma)
with open(os.path.join(HERE, "parzen_mnist.txt"), "w") as out:
    out.write("case training_images\n")
    line(out, "validation_means", means)
    line(out, "sigma", [sigma])
    line(out, "mean", [scores.mean()])
    line(out, "standard_error", [scores.std() / np.sqrt(len(scores))])
