"""What the PyTorch peers share: the server's side of tests/bench/rounds.py, and the choice of the
number of threads that is best for what is measured."""
import json
import os
import resource
import sys
import time

import torch

# As bench_clock of tests/bench/serve.h.
clock = time.process_time if os.environ.get("CLGAN_BENCH_CLOCK") == "process" else time.perf_counter


def peak_bytes():
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def ready(**facts):
    print(json.dumps({"ready": True, "torch": torch.__version__,
                      "threads": torch.get_num_threads(), **facts}), flush=True)


def serve(tasks):
    """Answers each request with tasks(name), the work done, and the time it took."""
    for line in sys.stdin:
        start = clock()
        work = tasks(line.strip())
        seconds = clock() - start
        print(json.dumps({"seconds": seconds, "work": work, "peak_bytes": peak_bytes()}), flush=True)


def choose_threads(work, repeats=3, seconds=0.15):
    """Sets the number of threads with which `work` is fastest: 1, 2, 4, ... up to the cores.
    $CLGAN_BENCH_THREADS fixes it."""
    fixed = os.environ.get("CLGAN_BENCH_THREADS")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    candidates = [int(fixed)] if fixed else sorted({*(1 << i for i in range(8) if 1 << i < cores), cores})
    best = {}
    for _ in range(repeats):
        for threads in candidates:
            torch.set_num_threads(threads)
            work()
            start, runs = time.perf_counter(), 0
            while time.perf_counter() - start < seconds:
                work()
                runs += 1
            each = (time.perf_counter() - start) / runs
            best[threads] = min(each, best.get(threads, each))
    torch.set_num_threads(min(best, key=best.get))
