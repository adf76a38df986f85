"""Writes tests/golden/convert/: files made by safetensors, PyTorch and NumPy themselves, and what they
hold (expected.txt: file, name, type in a checkpoint, shape, CRC-32 of the values as float32).

Made with numpy 2.4.6, safetensors 0.8.0, torch 2.13.0.
"""
import pathlib
import zlib

import numpy as np
import safetensors.numpy
import safetensors.torch
import torch

folder = pathlib.Path(__file__).parent / "convert"
folder.mkdir(exist_ok=True)
lines = []


def note(file, name, values, dtype="f32"):
    values = np.asarray(values, dtype="<f4", order="C")
    shape = "x".join(map(str, np.shape(values))) or "scalar"
    lines.append(f"{file} {name} {dtype} {shape} {zlib.crc32(values.tobytes()):08x}")


def note_text(file, name, text):
    lines.append(f"{file} {name} text {len(text.encode())} {zlib.crc32(text.encode()):08x}")


torch.manual_seed(1)
net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.ReLU(),
                          torch.nn.ConvTranspose2d(2, 3, 4))
net[1].num_batches_tracked += 1234
state = {f"generator.{name}": value for name, value in net.state_dict().items()}
state["brain.float16"] = torch.randn(5).half()
state["double"] = torch.tensor([1.5, -2.0 ** -100, float("inf")], dtype=torch.float64)
state["bfloat"] = torch.randn(2, 3).bfloat16()
state["bytes"] = torch.arange(250, 256, dtype=torch.uint8)
state["flags"] = torch.tensor([True, False])
state["negative"] = torch.tensor([-128, 127], dtype=torch.int8)
state["none"] = torch.zeros(0, 7)
safetensors.torch.save_file(state, folder / "torch.safetensors", {"format": "pt", "recipe": "näme: x\n"})
for name, value in state.items():
    note("torch.safetensors", name, value.float().numpy(),
         "f16" if value.dtype == torch.float16 else "f32")
note_text("torch.safetensors", "format", "pt")
note_text("torch.safetensors", "recipe", "näme: x\n")

random = np.random.default_rng(2)
weights = random.standard_normal((6, 5, 2)).astype(np.float32)
arrays = {
    "generator.0.weight": weights,
    "fortran": np.asfortranarray(weights),
    "big_endian": weights[0].astype(">f4"),
    "half": weights[1].astype(np.float16),
    "double": np.array([0.5, np.nan, -np.inf]),
    "integer": np.array(-16777216),
    "big_integer": np.arange(3, dtype=">i8"),
    "unsigned": np.array([[2 ** 63]], dtype=np.uint64),
    "flags": np.array([True, False, True]),
    "scalar": np.float32(0.1),
    "empty": np.zeros((0, 3), np.float32),
    "fortran.empty": np.zeros((3, 0), np.float32, order="F"),
}
texts = {"bytes_text": np.bytes_("plain"), "unicode_text": np.str_("Grüße 🙂\n")}
for file, save in (("savez.npz", np.savez), ("savez_compressed.npz", np.savez_compressed)):
    save(folder / file, **arrays, **texts)
    for name, value in arrays.items():
        note(file, name, value.astype(np.float32), "f16" if value.dtype == np.float16 else "f32")
    note_text(file, "bytes_text", "plain")
    note_text(file, "unicode_text", "Grüße 🙂\n")

safetensors.numpy.save_file({"exact": np.array([2 ** 24 + 1])}, folder / "inexact.safetensors")
torch.save(net.state_dict(), folder / "torch.pt")
(folder / "expected.txt").write_text("\n".join(sorted(lines)) + "\n")
