#!/usr/bin/env python3
"""Products of three networks by clgan and by PyTorch's torch.mm, in turns.

    tests/bench/gemm_torch.py BUILD/tests/bench_gemm [--rounds 5] [--seconds 0.1] [--threads 2] [--cpu-time] [--cold]

Every product of a training step of each network: forward, by data and by weight, of generator and
discriminator. Each round times each product once with either, one directly after the other, so
that whatever else the machine does meets both; the order alternates. A product's time is the least
of all samples of all rounds (and, in brackets, the median over the rounds of each round's median);
ratios are PyTorch's time over clgan's, so above 1 clgan is the faster one. On a machine that others
use, too, PyTorch's threads wait for each other and its medians mean nothing: compare one
thread with one by the processor time they took (POCL_MAX_PTHREAD_COUNT=1, --threads 1 --cpu-time).

--cold takes the operands of each product from other memory than those of the one before, for both sides
alike: 24 MB of copies in turns, as many as bench_gemm takes. So no core's own cache holds them, as in
training, where a step's other work comes between.
"""
import argparse
import itertools
import json
import math
import statistics
import subprocess
import time

import torch

from networks import NETWORKS, products


COLD_BYTES, MOST_COPIES = 24 << 20, 16  # as bench_gemm has them


def operands(m, n, k, ta, tb):
    a = torch.rand(k, m).t() if ta else torch.rand(m, k)
    b = torch.rand(n, k).t() if tb else torch.rand(k, n)
    return a, b, torch.empty(m, n)


def time_torch(clock, m, n, k, ta, tb, seconds, cold=False):
    copies = min(MOST_COPIES, int(COLD_BYTES / (4 * (m * k + k * n + m * n)) + 2)) if cold else 1
    sets = [operands(m, n, k, ta, tb) for _ in range(copies)]
    launches = min(200, max(2, int(3e8 / (2.0 * m * n * k)) + 1))
    for a, b, c in sets + sets[:1] * 3:
        torch.mm(a, b, out=c)
    turns = itertools.cycle(sets)
    samples, start = [], time.perf_counter()
    while len(samples) < 3 or time.perf_counter() - start < seconds:
        before = clock()
        for _ in range(launches):
            a, b, c = next(turns)
            torch.mm(a, b, out=c)
        samples.append((clock() - before) / launches)
    return min(samples), statistics.median(samples)


def time_clgan(server, m, n, k, ta, tb, seconds):
    server.stdin.write(f"{m} {n} {k} {ta} {tb} {seconds}\n")
    server.stdin.flush()
    answer = json.loads(server.stdout.readline())
    return answer["best"], answer["median"]


def geometric_mean(values):
    return math.exp(statistics.mean(math.log(v) for v in values))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--cpu-time", action="store_true")
    parser.add_argument("--cold", action="store_true")
    arguments = parser.parse_args()
    clock = time.process_time if arguments.cpu_time else time.perf_counter
    torch.set_num_threads(arguments.threads)
    flags = ["--cpu-time"] * arguments.cpu_time + ["--cold"] * arguments.cold
    server = subprocess.Popen([arguments.bench, "--serve"] + flags, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    rows = [(net, *p) for net, sizes in NETWORKS.items() for p in products(sizes)]
    ours = {row: [] for row in rows}
    theirs = {row: [] for row in rows}
    for turn in range(arguments.rounds):
        for row in rows:
            for side in (0, 1) if turn % 2 else (1, 0):
                if side:
                    ours[row].append(time_clgan(server, *row[2:], arguments.seconds))
                else:
                    theirs[row].append(time_torch(clock, *row[2:], arguments.seconds, arguments.cold))
                time.sleep(0.02)  # threads that spin for more work go to sleep
    server.stdin.close()
    server.wait()

    print(f"{'network':12} {'product':10} {'m':>5} {'n':>5} {'k':>5}  op "
          f"{'clgan us':>9} {'torch us':>9} {'GFLOP/s':>8} {'torch':>7} {'ratio':>6} {'(medians)':>9}")
    ratios = {}
    for row in rows:
        net, what, m, n, k, ta, tb = row
        best = [min(t[0] for t in side[row]) for side in (ours, theirs)]
        middle = [statistics.median(t[1] for t in side[row]) for side in (ours, theirs)]
        flops = 2.0 * m * n * k
        ratio, middle_ratio = best[1] / best[0], middle[1] / middle[0]
        for group in (net, what, "all"):
            ratios.setdefault(group, []).append((ratio, middle_ratio))
        print(f"{net:12} {what:10} {m:5} {n:5} {k:5}  {'NT'[ta]}{'NT'[tb]} {best[0] * 1e6:9.1f} "
              f"{best[1] * 1e6:9.1f} {flops / best[0] * 1e-9:8.1f} {flops / best[1] * 1e-9:7.1f} "
              f"{ratio:6.2f} {middle_ratio:9.2f}")
    for group, pairs in ratios.items():
        print(f"geometric mean, {group:12} {geometric_mean([p[0] for p in pairs]):6.2f} "
              f"{geometric_mean([p[1] for p in pairs]):9.2f}")
    # What a step spends: each product once.
    for net in dict.fromkeys(r[0] for r in rows):
        total = [sum(min(t[0] for t in side[r]) for r in rows if r[0] == net)
                 for side in (ours, theirs)]
        print(f"time of all, {net:15} clgan {total[0] * 1e6:8.1f} us, torch {total[1] * 1e6:8.1f} us, "
              f"ratio {total[1] / total[0]:.2f}")


if __name__ == "__main__":
    main()
