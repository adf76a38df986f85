#!/usr/bin/env python3
"""Products by torch.mm, for tests/bench/bench.py: the same requests and answers as `bench_gemm
--serve`, timed as tests/bench/gemm_torch.py times them."""
import json
import sys

import torch

import torch_common
from gemm_torch import time_torch


def main():
    a, b = torch.rand(1200, 1200), torch.rand(1200, 100)
    torch_common.choose_threads(lambda: torch.mm(a, b))
    torch_common.ready()
    for line in sys.stdin:
        *sizes, seconds = line.split()
        best, median = time_torch(torch_common.clock, *map(int, sizes), float(seconds))
        print(json.dumps({"best": best, "median": median}), flush=True)


if __name__ == "__main__":
    main()
