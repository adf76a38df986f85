#!/usr/bin/env python3
"""100,000 samples by PyTorch, as a user's script would stream them, whole process: loads a generator's
state dictionary, draws batch after batch, writes little-endian float32 to the standard output.

    tests/bench/torch_stream.py WEIGHTS COUNT BATCH > FILE

WEIGHTS is torch_png.py's (--make).
"""
import os
import sys

import torch

from torch_png import generator


def main():
    model = generator()
    model.load_state_dict(torch.load(sys.argv[1], weights_only=True))
    model.eval()
    if os.environ.get("CLGAN_BENCH_THREADS"):
        torch.set_num_threads(int(os.environ["CLGAN_BENCH_THREADS"]))
    count, batch = int(sys.argv[2]), int(sys.argv[3])
    out = sys.stdout.buffer
    with torch.inference_mode():
        for done in range(0, count, batch):
            samples = model(torch.randn(min(batch, count - done), 100))
            out.write(memoryview(samples.numpy()))


if __name__ == "__main__":
    main()
