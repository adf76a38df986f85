#!/usr/bin/env python3
"""Samples of mnist-mlp's generator in PyTorch, weights loaded. Request: how many; work: samples.
It takes the batch and the number of threads with which it is fastest."""
import time

import torch

import torch_common
from torch_nets import Game

BATCHES = (64, 256, 1024)


def generate(generator, latents, batch):
    """Samples in one array, as ours leaves them."""
    samples = torch.empty(len(latents), 784)
    for first in range(0, len(latents), batch):
        samples[first:first + batch] = generator(latents[first:first + batch])
    return samples


def choose_batch(generator, latents):
    best = {}
    for _ in range(3):
        for batch in BATCHES:
            start = time.perf_counter()
            generate(generator, latents, batch)
            best[batch] = min(time.perf_counter() - start, best.get(batch, 1e9))
    return min(best, key=best.get)


def main():
    generator = Game("mnist-mlp").generator.eval()
    latents = torch.randn(1 << 14, 100)
    with torch.inference_mode():
        torch_common.choose_threads(lambda: generate(generator, latents[:2048], 256))
        batch = choose_batch(generator, latents[:4096])
        torch_common.ready(batch=batch)
        torch_common.serve(lambda count: len(generate(generator, latents[:int(count)], batch)))


if __name__ == "__main__":
    main()
