#!/usr/bin/env python3
"""Writes features.txt: the figures of clgan/features.h as NumPy, SciPy and scikit-learn compute them
in float64 for the cases of tests/gan/test_features.c. Features are not stored: both sides take them
from values() below, rounded to float32.

    python3 tests/golden/make_features.py        (needs numpy, scipy and scikit-learn)
"""

import os

import numpy as np
from scipy import linalg, stats
from sklearn.metrics.pairwise import pairwise_distances, polynomial_kernel
from sklearn.neighbors import NearestNeighbors

HERE = os.path.dirname(os.path.abspath(__file__))
BLOCK = 1000


def values(shape, salt, scale=1.0, offset=0.0):
    """Element i of row-major order is offset + scale * sin(0.37 i^2 + 2.1 salt + 0.5)."""
    i = np.arange(np.prod(shape), dtype=np.float64)
    exact = offset + scale * np.sin(0.37 * i * i + 2.1 * salt + 0.5)
    return exact.astype(np.float32).astype(np.float64).reshape(shape)


def frechet(real, generated):
    s, t = np.cov(real, rowvar=False), np.cov(generated, rowvar=False)
    root = linalg.sqrtm(s @ t).real
    shift = real.mean(axis=0) - generated.mean(axis=0)
    return shift @ shift + np.trace(s + t - 2 * root)


def kernel(real, generated):
    def k(x, y):
        return polynomial_kernel(x, y, degree=3, gamma=1 / x.shape[1], coef0=1)

    def within(x):
        matrix, n = k(x, x), len(x)
        return (matrix.sum() - np.trace(matrix)) / (n * (n - 1))

    return within(real) + within(generated) - 2 * k(real, generated).mean()


def kernel_error(real, generated):
    blocks = min(len(real), len(generated)) // BLOCK
    parts = [kernel(real[i * BLOCK:(i + 1) * BLOCK], generated[i * BLOCK:(i + 1) * BLOCK])
             for i in range(blocks)]
    return np.std(parts, ddof=1) / np.sqrt(blocks)


def manifold(real, generated, neighbours):
    """As in the papers: a ball's radius is the distance of the k-th neighbour, itself not counted."""
    def radii(x):
        found = NearestNeighbors(n_neighbors=neighbours + 1, algorithm="brute").fit(x)
        return found.kneighbors(x)[0][:, -1]

    distances = pairwise_distances(real, generated)
    in_real = distances < radii(real)[:, None]
    in_generated = distances < radii(generated)[None, :]
    return [in_real.any(axis=0).mean(), in_generated.any(axis=1).mean(),
            in_real.sum(axis=0).mean() / neighbours, in_real.any(axis=1).mean()]


def sliced(real, generated, directions):
    unit = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    return np.mean([stats.wasserstein_distance(real @ u, generated @ u) for u in unit])


def class_score(probabilities, splits):
    scores = []
    for part in np.array_split(probabilities, splits):
        scores.append(np.exp(np.mean([stats.entropy(p, part.mean(axis=0)) for p in part])))
    return [np.mean(scores), np.std(scores)]


def probabilities(count, classes, salt):
    """Powers of two over the 1023 that those of one sample add up to, in another order each time."""
    order = np.argsort(values((count, classes), salt), axis=1)
    return ((2.0 ** order) / (2.0 ** classes - 1)).astype(np.float32).astype(np.float64)


def main():
    with open(os.path.join(HERE, "features.txt"), "w") as file:
        def line(name, numbers):
            numbers = np.ravel(numbers)
            file.write(" ".join([name, str(len(numbers))] + [f"{v:.17g}" for v in numbers]) + "\n")

        file.write("case small\n")
        real, generated = values((60, 4), 1), values((50, 4), 2, 1.1, 0.2)
        line("frechet", frechet(real, generated))
        line("kernel", kernel(real, generated))
        line("manifold", manifold(real, generated, 3))
        line("sliced", sliced(real, generated, values((4, 4), 3)))
        file.write("case wide\n")  # fewer samples than features: covariances of no full rank
        real, generated = values((20, 33), 4), values((25, 33), 5, 0.7)
        line("frechet", frechet(real, generated))
        file.write("case blocks\n")
        real, generated = values((3100, 3), 6), values((2500, 3), 7, 0.9, 0.1)
        line("kernel", [kernel(real, generated), kernel_error(real, generated)])
        line("manifold", manifold(real, generated, 5))
        file.write("case broad\n")  # more features and samples than a tile or block holds
        real, generated = values((600, 70), 9), values((530, 70), 10, 0.8, 0.1)
        line("frechet", frechet(real, generated))
        file.write("case classes\n")
        p = probabilities(200, 10, 8)
        line("score", class_score(p, 10))


main()
