#!/usr/bin/env python3
"""One picture by PyTorch, as a user's script would draw it, whole process: loads a generator's state
dictionary, draws one sample of mnist-mlp, writes a PNG without further libraries.

    tests/bench/torch_png.py --make WEIGHTS       writes such a state dictionary
    tests/bench/torch_png.py WEIGHTS PICTURE
"""
import struct
import sys
import zlib

import torch
from torch import nn


def generator():
    return nn.Sequential(nn.Linear(100, 256), nn.LeakyReLU(0.2), nn.Linear(256, 512),
                         nn.LeakyReLU(0.2), nn.Linear(512, 1024), nn.LeakyReLU(0.2),
                         nn.Linear(1024, 784), nn.Tanh())


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write_png(path, pixels):
    height, width = pixels.shape
    rows = b"".join(b"\0" + bytes(row.tolist()) for row in pixels)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n"
                   + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
                   + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def main():
    if sys.argv[1] == "--make":
        torch.save(generator().state_dict(), sys.argv[2])
        return
    model = generator()
    model.load_state_dict(torch.load(sys.argv[1], weights_only=True))
    with torch.inference_mode():
        sample = model(torch.randn(1, 100)).view(28, 28)
    write_png(sys.argv[2], ((sample + 1) * 127.5).round().to(torch.uint8))


if __name__ == "__main__":
    main()
