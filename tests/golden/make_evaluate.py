#!/usr/bin/env python3
"""Writes evaluate.txt: Parzen windows and divergences as NumPy and SciPy compute them in float64 for
the cases of tests/gan/test_parzen.c and test_divergence.c. Inputs are not stored: both sides take
them from values() below, rounded to float32.

    python3 tests/golden/make_evaluate.py        (needs numpy and scipy)
"""

import os

import numpy as np
from scipy import integrate, stats
from scipy.spatial.distance import jensenshannon
from scipy.special import logsumexp

HERE = os.path.dirname(os.path.abspath(__file__))


def values(shape, salt, scale=1.0, offset=0.0):
    """Element i of row-major order is offset + scale * sin(1.3 i + 2.1 salt + 0.5)."""
    i = np.arange(np.prod(shape), dtype=np.float64)
    exact = offset + scale * np.sin(1.3 * i + 2.1 * salt + 0.5)
    return exact.astype(np.float32).astype(np.float64).reshape(shape)


def line(file, name, numbers):
    numbers = np.ravel(numbers)
    file.write(" ".join([name, str(len(numbers))] + [f"{v:.17g}" for v in numbers]) + "\n")


# --- Parzen windows -------------------------------------------------------------------------------
def parzen(samples, points, sigma):
    squares = ((points[:, None, :] - samples[None, :, :]) ** 2).sum(2)
    terms = -squares / (2 * sigma**2)
    return (logsumexp(terms, axis=1) - np.log(len(samples))
            - samples.shape[1] * np.log(sigma * np.sqrt(2 * np.pi)))


def write_parzen(file):
    file.write("case parzen\n")
    samples, points = values((37, 5), 0), values((11, 5), 1, 0.9)
    for sigma in 0.1, 0.3, 1.0:
        line(file, f"sigma{sigma}", parzen(samples, points, sigma))
    file.write("case parzen_protocol\n")
    samples = values((60, 4), 2, 0.5, 0.5)
    validation, test = values((1200, 4), 3, 0.9, 0.5), values((50, 4), 4, 0.85, 0.5)
    sigmas = np.logspace(-1, 0, num=10)
    means = [parzen(samples, validation[:1000], sigma).mean() for sigma in sigmas]
    sigma = sigmas[np.argmax(means)]
    likelihoods = parzen(samples, test, sigma)
    line(file, "sigmas", sigmas)
    line(file, "validation_means", means)
    line(file, "sigma", [sigma])
    line(file, "mean", [likelihoods.mean()])
    line(file, "standard_error", [likelihoods.std() / np.sqrt(len(test))])


# --- Divergences ----------------------------------------------------------------------------------
# The order of gan_divergences: entropies of p and q, cross-entropy, KL both ways, Jensen-Shannon.
def by_quadrature(p, q, low, high, points):
    """p and q are log-densities; every figure is integrated numerically."""
    def integral(f):
        return integrate.quad(f, low, high, points=points, limit=2000, epsabs=1e-13, epsrel=1e-12)[0]

    def middle(x):
        return np.logaddexp(p(x), q(x)) - np.log(2)

    return [
        integral(lambda x: -np.exp(p(x)) * p(x)),
        integral(lambda x: -np.exp(q(x)) * q(x)),
        integral(lambda x: -np.exp(p(x)) * q(x)),
        integral(lambda x: np.exp(p(x)) * (p(x) - q(x))),
        integral(lambda x: np.exp(q(x)) * (q(x) - p(x))),
        integral(lambda x: np.exp(p(x)) * (p(x) - middle(x)) / 2
                 + np.exp(q(x)) * (q(x) - middle(x)) / 2),
    ]


GAUSSIANS = {
    "equal": ((4, 0.5), (4, 0.5)),
    "moved": ((4, 0.5), (4.25, 0.5)),
    "wider": ((0, 1), (0, 3)),
    "both": ((-1, 0.7), (0.5, 1.9)),
    "apart": ((0, 1), (9, 0.5)),
}


def write_gaussians(file):
    file.write("case gaussians\n")
    for name, ((m, s), (n, t)) in GAUSSIANS.items():
        p, q = stats.norm(m, s).logpdf, stats.norm(n, t).logpdf
        reach = 14 * max(s, t)
        points = sorted({m, n, (m + n) / 2, m - 3 * s, m + 3 * s, n - 3 * t, n + 3 * t})
        line(file, name, by_quadrature(p, q, min(m, n) - reach, max(m, n) + reach, points))


def write_histograms(file):
    file.write("case histogram\n")
    p, q = values(200, 0), values(150, 1, 0.9, 0.1)
    span = (min(p.min(), q.min()), max(p.max(), q.max()))
    for bins in 5, 40:
        width = (span[1] - span[0]) / bins
        a = np.histogram(p, bins, span)[0] / len(p)
        b = np.histogram(q, bins, span)[0] / len(q)
        with np.errstate(divide="ignore"):
            kl, reverse = stats.entropy(a, b), stats.entropy(b, a)
        ha, hb = stats.entropy(a) + np.log(width), stats.entropy(b) + np.log(width)
        line(file, f"bins{bins}", [ha, hb, ha + kl, kl, reverse, jensenshannon(a, b) ** 2])


def write_kernels(file):
    file.write("case kernels\n")
    p, q = values(200, 0), values(150, 1, 0.8, 0.3)
    a, b = stats.gaussian_kde(p).logpdf, stats.gaussian_kde(q).logpdf
    line(file, "divergences",
         by_quadrature(lambda x: a(x)[0], lambda x: b(x)[0], -4, 4, [-1, -0.5, 0, 0.5, 1]))
    # One of them all but a point: bandwidths 100,000 to 1 apart.
    b = stats.gaussian_kde(values(150, 1, 1e-5, 0.3)).logpdf
    points = [-1, -0.5, 0, 0.5, 1, *(0.3 + 2e-6 * np.arange(-14, 15))]
    line(file, "narrow", by_quadrature(lambda x: a(x)[0], lambda x: b(x)[0], -4, 4, points))
    # Both, far apart.
    a = stats.gaussian_kde(values(200, 0, 2e-5, 3)).logpdf
    points += [2, *(3 + 4e-6 * np.arange(-14, 15))]
    line(file, "apart", by_quadrature(lambda x: a(x)[0], lambda x: b(x)[0], -4, 4, points))


with open(os.path.join(HERE, "evaluate.txt"), "w") as out:
    write_parzen(out)
    write_gaussians(out)
    write_histograms(out)
    write_kernels(out)
