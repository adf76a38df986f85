#!/usr/bin/env python3
"""Whole training steps in PyTorch, for tests/bench/bench.py to take turns with, or by themselves:

    tests/bench/torch_step.py NETWORK [--fused] [--alternating] [--compile] [--steps N] [--print]

Request: anything; work: real images, of N steps. --fused takes PyTorch's fused optimiser in place of
its default; --alternating updates one player after the other where the recipe updates both at once;
--print measures a while and prints a line instead of serving.
"""
import argparse
import statistics
import time

import torch

import torch_common
from torch_nets import NETS, Game


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("network", choices=sorted(NETS))
    for flag in ("--fused", "--alternating", "--compile", "--print"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--steps", type=int, default=20)
    arguments = parser.parse_args()
    game = Game(arguments.network, arguments.fused, arguments.alternating)
    began = time.perf_counter()
    game.step()
    first = time.perf_counter() - began
    if arguments.steps > 1:
        torch_common.choose_threads(game.step)
    step = torch.compile(game.step) if arguments.compile else game.step

    def train(_):
        for _ in range(arguments.steps):
            step()
        return game.batch * arguments.steps * max(1, game.net.critic_updates)

    if arguments.compile:
        train("")
    if arguments.print:
        train("")
        times = []
        for _ in range(7):
            start = time.perf_counter()
            train("")
            times.append((time.perf_counter() - start) / arguments.steps)
        each = statistics.median(times)
        print(f"torch {torch.__version__} {arguments.network}: {each * 1e3:.2f} ms/step, "
              f"{game.batch / each:.0f} images/s, {torch.get_num_threads()} threads")
        return
    torch_common.ready(first_s=first)
    torch_common.serve(train)


if __name__ == "__main__":
    main()
