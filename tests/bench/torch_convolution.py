#!/usr/bin/env python3
"""Convolutions by PyTorch, for tests/bench/bench.py: the same requests and answers as
`bench_convolution --serve`. The gradients are those of autograd, one at a time."""
import json
import statistics
import sys
import time

import torch

import torch_common


def work_of(member, channels, size, filters, kernel, stride, before, images):
    x = torch.randn(images, channels, size, size)
    w = torch.randn(filters, channels, kernel, kernel)
    if member == 0:
        return lambda: torch.nn.functional.conv2d(x, w, stride=stride, padding=before)
    dy = torch.randn_like(torch.nn.functional.conv2d(x, w, stride=stride, padding=before))
    wanted = [member == 1, member == 2, False]
    return lambda: torch.ops.aten.convolution_backward(
        dy, x, w, [0], [stride] * 2, [before] * 2, [1, 1], False, [0, 0], 1, wanted)


def time_work(work, seconds):
    samples = []
    work()
    work()
    start = time.perf_counter()
    while len(samples) < 3 or time.perf_counter() - start < seconds:
        before = torch_common.clock()
        work()
        samples.append(torch_common.clock() - before)
    return min(samples), statistics.median(samples)


def main():
    with torch.no_grad():
        torch_common.choose_threads(work_of(0, 64, 32, 128, 4, 2, 1, 64))
        torch_common.ready()
        for line in sys.stdin:
            *sizes, seconds = line.split()
            best, median = time_work(work_of(*map(int, sizes)), float(seconds))
            print(json.dumps({"best": best, "median": median}), flush=True)


if __name__ == "__main__":
    main()
