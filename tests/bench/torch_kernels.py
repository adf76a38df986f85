#!/usr/bin/env python3
"""The operations of tests/bench/kernels.c in PyTorch, of the same sizes. Tasks: their names; work:
bytes that must move. adam-fused is PyTorch's fused optimiser, adam its default."""
import torch

import torch_common

PARAMETERS, FEATURES, BATCH, RUNS = 1486352, 1024, 4096, 20


def adam(**how):
    parameter = torch.nn.Parameter(torch.zeros(PARAMETERS))
    parameter.grad = torch.zeros(PARAMETERS)
    return torch.optim.Adam([parameter], 1e-3, **how).step


def main():
    x, y = torch.zeros(FEATURES, BATCH), torch.empty(FEATURES, BATCH)
    bias, sums = torch.zeros(FEATURES, 1), torch.empty(FEATURES, 1)
    floats = 2 * FEATURES * BATCH
    tasks = {
        "adam": (adam(), 7 * PARAMETERS),
        "adam-fused": (adam(fused=True), 7 * PARAMETERS),
        "leaky-relu": (lambda: torch.nn.functional.leaky_relu(x + bias, 0.2), floats),
        "tanh": (lambda: torch.tanh(x, out=y), floats),
        "row-sums": (lambda: torch.sum(x, 1, keepdim=True, out=sums), floats // 2),
    }
    with torch.no_grad():
        torch_common.choose_threads(tasks["leaky-relu"][0])
        torch_common.ready()

        def perform(task):
            run, moved = tasks[task]
            for _ in range(RUNS):
                run()
            return 4 * moved * RUNS

        torch_common.serve(perform)


if __name__ == "__main__":
    main()
