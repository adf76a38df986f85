"""Writes tests/golden/convert/: files made by safetensors, PyTorch and NumPy themselves, and what they
hold (expected.txt: file, name, type in a checkpoint, shape, CRC-32 of the values as float32).

Made with numpy 2.4.6, safetensors 0.8.0, torch 2.13.0.
"""
import pathlib
import zipfile
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

# --- torch.save ----------------------------------------------------------------------------------
def note_torch(file, state):
    for name, value in state.items():
        note(file, name, value.detach().float().numpy(),
             "f16" if value.dtype == torch.float16 else "f32")


torch_state = {name: value.clone() for name, value in net.state_dict().items()}
if not (folder / "torch.pt").exists():
    torch.save(torch_state, folder / "torch.pt")
torch_state = torch.load(folder / "torch.pt", weights_only=True)
note_torch("torch.pt", torch_state)
images = torch.randn(2, 3, 4, 5)
views = dict(state)  # of every type, and views of storages
views["channels_last"] = images.to(memory_format=torch.channels_last)
views["transposed"] = images[0, 0].t()
views["slice"] = images[1:, 1:, ::2, 1:3]  # shares its storage with the one before
views["repeated"] = torch.tensor([1.0, 2.0]).expand(3, 2)
views["parameter"] = torch.nn.Parameter(torch.randn(3))
views["scalar"] = torch.tensor(0.1)
views["uint16"] = torch.tensor([0, 65535]).to(torch.uint16)
views["int16"] = torch.tensor([-32768, 32767], dtype=torch.int16)
views["int32"] = torch.tensor([-2 ** 24, 2 ** 24], dtype=torch.int32)
layouts = {
    "torch-views.pt": {},
    "torch-protocol4.pt": {"pickle_protocol": 4},
    "torch-legacy.pt": {"_use_new_zipfile_serialization": False},
    "torch-legacy4.pt": {"_use_new_zipfile_serialization": False, "pickle_protocol": 4},
}
for file, layout in layouts.items():
    torch.save(views, folder / file, **layout)
    note_torch(file, views)

optimizer = torch.optim.Adam(net[:2].parameters())
net[:2](torch.randn(5, 3)).sum().backward()
optimizer.step()
training = {"netG": net.state_dict(), "epoch": 3, "args": {"name": "Grüße", "lr": 1e-3, "cuda": None},
            "pair": (torch.ones(2), [torch.zeros(1)]), "optimizer": optimizer.state_dict()}
with open(folder / "torch-nested.pt", "wb") as file:  # not by name: the archive's root is "archive"
    torch.save(training, file)
note_torch("torch-nested.pt", {f"netG.{name}": value for name, value in net.state_dict().items()})
note_torch("torch-nested.pt", {"pair.0": torch.ones(2), "pair.1.0": torch.zeros(1)})
for index, slots in optimizer.state_dict()["state"].items():
    note_torch("torch-nested.pt", {f"optimizer.state.{index}.{k}": v for k, v in slots.items()})
note_text("torch-nested.pt", "args.name", "Grüße")

# What a big-endian machine would write, as PyTorch itself reads it.
with zipfile.ZipFile(folder / "torch.pt") as little, \
        zipfile.ZipFile(folder / "torch-big-endian.pt", "w") as big:
    for member in little.infolist():
        content = little.read(member)
        if member.filename.endswith("/byteorder"):
            content = b"big"
        elif "/data/" in member.filename:
            size = 8 if content == b"\xd2\x04" + 6 * b"\0" else 4  # the counter is an int64
            content = np.frombuffer(content, f"<u{size}").byteswap().tobytes()
        big.writestr(zipfile.ZipInfo(member.filename), content)
big = torch.load(folder / "torch-big-endian.pt", weights_only=True)
assert all(torch.equal(big[name], value) for name, value in torch_state.items())
note_torch("torch-big-endian.pt", big)

# What PyTorch 1.6 wrote: an archive without the members that came later, as PyTorch itself reads it.
later = (".format_version", ".storage_alignment", "byteorder", ".data/serialization_id")
with zipfile.ZipFile(folder / "torch.pt") as now, \
        zipfile.ZipFile(folder / "torch-1.6.pt", "w") as then:
    for member in now.infolist():
        if not member.filename.endswith(later):
            then.writestr(zipfile.ZipInfo(member.filename), now.read(member))
then = torch.load(folder / "torch-1.6.pt", weights_only=True)
assert all(torch.equal(then[name], value) for name, value in torch_state.items())
note_torch("torch-1.6.pt", then)

# What is written where the tensors are on a GPU.
tag, torch.serialization.location_tag = torch.serialization.location_tag, lambda storage: "cuda:0"
torch.save(torch_state, folder / "torch-cuda.pt")
torch.serialization.location_tag = tag
note_torch("torch-cuda.pt", torch.load(folder / "torch-cuda.pt", map_location="cpu", weights_only=True))

torch.save(net, folder / "torch-module.pt")  # to be refused: classes by name
(folder / "expected.txt").write_text("\n".join(sorted(lines)) + "\n")
