#!/usr/bin/env python3
"""The benchmark (tools/bench builds what it needs and calls it): every measurement in turns with its
peer, seven rounds unless --rounds says otherwise, medians and ratios.

    tools/bench [--rounds N] [--only NAME]... [--data DIR] [--checkpoint FILE] [--json FILE]
                [--cpu-time]

PyTorch is a peer wherever $CLGAN_BENCH_PYTHON, or else python3, can import it; $CLGAN_BENCH_THREADS
fixes its number of threads, which otherwise is the fastest. --data is a folder with MNIST; without it
training sees noise of the same shape, which costs the same. --checkpoint is a trained model, whose
tensors are what checkpoints are measured with. On a busy machine --cpu-time compares
one thread with one thread by the processor's time that they took, in place of the wall clock's.
"""
import argparse
import os
import sys

import machine
import report
from measure_checkpoint import measure_checkpoint
from measure_convolution import measure_convolution
from measure_gemm import measure_gemm
from measure_machine import measure_kernels, measure_limits
from measure_process import measure_png, measure_sample, measure_start, measure_stream
from measure_train import measure_large, measure_train
from rounds import Failed
from session import ROOT, Session

MEASUREMENTS = {
    "limits": measure_limits,
    "gemm": measure_gemm,
    "convolution": measure_convolution,
    "kernels": measure_kernels,
    "train": measure_train,
    "large": measure_large,
    "sample": measure_sample,
    "stream": measure_stream,
    "png": measure_png,
    "start": measure_start,
    "checkpoint": measure_checkpoint,
}


def parse():
    parser = argparse.ArgumentParser(prog="tools/bench", description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "bench"),
                        help="the folder of a Release build; tools/bench makes it")
    parser.add_argument("--rounds", type=int, default=7, help="of each measurement (7)")
    parser.add_argument("--only", action="append", choices=MEASUREMENTS, metavar="NAME",
                        help="one of " + ", ".join(MEASUREMENTS) + "; repeatable")
    parser.add_argument("--data", help="a folder with MNIST's files")
    parser.add_argument("--checkpoint", metavar="FILE",
                        help="a trained one, to measure checkpoints with (default: random weights)")
    parser.add_argument("--cpu-time", action="store_true",
                        help="one thread each, by the processor's time: for busy machines")
    parser.add_argument("--json", metavar="FILE", help="everything measured, sample by sample")
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error("--rounds must be at least 1")
    if arguments.json and not os.path.isdir(os.path.dirname(arguments.json) or "."):
        parser.error("--json: there is no such folder")
    return arguments


def count_processor_time():
    """What every program that is started finds: one thread, and the clock of its process."""
    os.environ.update(CLGAN_BENCH_CLOCK="process", CLGAN_BENCH_THREADS="1", OMP_NUM_THREADS="1",
                      POCL_MAX_PTHREAD_COUNT="1", POCL_CPU_MAX_CU_COUNT="1")


def main():
    arguments = parse()
    if arguments.cpu_time:
        count_processor_time()
    facts = machine.describe(ROOT)
    facts["clock"] = "processor, one thread" if arguments.cpu_time else "wall"
    session = Session(arguments.build, arguments.rounds, arguments.data, arguments.checkpoint)
    try:
        for name, measure in MEASUREMENTS.items():
            if arguments.only and name not in arguments.only:
                continue
            print(f"measuring {name} ...", file=sys.stderr, flush=True)
            try:
                measure(session)
            except Failed as failure:
                session.failures[name] = str(failure)
    finally:
        session.end()
    facts["load_after"] = os.getloadavg()[0]
    report.print_table(session, facts)
    if arguments.json:
        report.write_json(session, facts, arguments.json)
    return 1 if session.failures else 0


if __name__ == "__main__":
    sys.exit(main())
