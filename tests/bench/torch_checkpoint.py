#!/usr/bin/env python3
"""Checkpoints by PyTorch, of the tensors in a .pt file or else of mnist-mlp's size: both networks'
parameters and Adam's two slots of each.

    tests/bench/torch_checkpoint.py torch|safetensors FILE [TENSORS.pt]

Tasks: write, read; work: bytes of float32. As ours, a file is written beside its target, synced and
renamed, and reading finds it in the system's cache."""
import os
import sys

import torch

import torch_common

LAYERS = ((256, 100), (512, 256), (1024, 512), (784, 1024), (512, 784), (256, 512), (1, 256))


def tensors():
    found = {}
    for role in ("", "optimizer.m.", "optimizer.v."):
        for index, (rows, columns) in enumerate(LAYERS):
            found[f"{role}{index}.weight"] = torch.randn(rows, columns) * 0.02
            found[f"{role}{index}.bias"] = torch.randn(rows) * 0.02
    return found


def main():
    kind, path = sys.argv[1:3]
    if kind == "torch":
        save, load = torch.save, lambda name: torch.load(name, weights_only=True)
    else:
        from safetensors.torch import load_file as load, save_file as save
    content = dict(torch.load(sys.argv[3], weights_only=True)) if sys.argv[3:] else tensors()
    size = sum(t.numel() * 4 for t in content.values())

    def write():
        save(content, path + ".new")
        with open(path + ".new", "rb") as file:
            os.fsync(file.fileno())
        os.replace(path + ".new", path)

    def read():
        # A loader may map the file; copying makes it read.
        return [t.clone() for t in load(path).values()]

    write()
    torch_common.ready(file_bytes=os.path.getsize(path))
    tasks = {"write": write, "read": read}

    def perform(task):
        tasks[task]()
        return size

    torch_common.serve(perform)


if __name__ == "__main__":
    main()
