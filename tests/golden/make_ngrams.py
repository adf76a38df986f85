#!/usr/bin/env python3
"""Writes ngrams.txt: Jensen-Shannon divergences between the n-grams of two sets of sequences, and the
share of different sequences, with NumPy and SciPy. Tokens are not stored: both sides take them from
tokens() below.

    python3 tests/golden/make_ngrams.py        (needs numpy and scipy)
"""

import os

import numpy as np
from scipy.spatial.distance import jensenshannon

HERE = os.path.dirname(os.path.abspath(__file__))


def tokens(count, length, symbols, state):
    """A linear congruential generator modulo 2^31; the smaller of two draws, so that some tokens are
    more frequent than others."""
    out = np.empty((count, length), dtype=np.int64)
    for i in range(out.size):
        draws = []
        for _ in range(2):
            state = (state * 1103515245 + 12345) % 2**31
            draws.append((state >> 16) % symbols)
        out.flat[i] = min(draws)
    return out


def frequencies(sequences, n, known):
    windows = np.lib.stride_tricks.sliding_window_view(sequences, n, axis=1).reshape(-1, n)
    counts = np.zeros(len(known))
    for window in map(tuple, windows):
        counts[known[window]] += 1
    return counts / counts.sum()


def grams(sequences, n):
    windows = np.lib.stride_tricks.sliding_window_view(sequences, n, axis=1).reshape(-1, n)
    return set(map(tuple, windows))


CASES = {  # name: count, length and state of each set; symbols
    "few": ((40, 6, 1), (55, 6, 2), 3),
    "many": ((30, 12, 3), (30, 12, 4), 4000),
    "same": ((25, 8, 5), (25, 8, 5), 5),
}

with open(os.path.join(HERE, "ngrams.txt"), "w", encoding="ascii") as out:
    for name, (first, second, symbols) in CASES.items():
        p = tokens(first[0], first[1], symbols, first[2])
        q = tokens(second[0], second[1], symbols, second[2])
        out.write(f"case {name}\n")
        divergences = []
        for n in range(1, 5):
            known = {g: i for i, g in enumerate(sorted(grams(p, n) | grams(q, n)))}
            root = jensenshannon(frequencies(p, n, known), frequencies(q, n, known))
            divergences.append(root**2)
        out.write(" ".join(["jensen_shannon", "4"] + [f"{v:.17g}" for v in divergences]) + "\n")
        out.write(f"distinct 1 {len(np.unique(p, axis=0)) / len(p):.17g}\n")
