#!/usr/bin/env python3
"""Whether what gan-convert wrote is what others read: every format by its own library, against the
checkpoint as tests/golden/read_checkpoint.py reads it, bit for bit; and ONNX Runtime against
gan-sample on the same latents, to 1e-5.

    peers.py --missing                    names the packages that are not there, if any
    peers.py FOLDER                       FOLDER holds model.{gan,safetensors,npz,pt}, generator.onnx,
                                          discriminator.onnx, latents.npy and samples.npy
"""
import importlib.util
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "golden"))
PACKAGES = ["numpy", "safetensors", "torch", "onnx", "onnxruntime"]


def check_same(what, found, tensors, texts=None, found_texts=None):
    """The tensors are those of the checkpoint: names, types, shapes and bits."""
    import numpy as np
    wanted = {t["name"]: t for t in tensors}
    assert set(found) == set(wanted), f"{what}: {set(found) ^ set(wanted)}"
    for name, values in found.items():
        t = wanted[name]
        assert values.dtype == {"f32": np.float32, "f16": np.float16}[t["type"]], f"{what}: {name}"
        assert list(values.shape) == t["shape"], f"{what}: {name} is {values.shape}"
        assert np.ascontiguousarray(values).tobytes() == t["bytes"], f"{what}: {name} has other bits"
    assert found_texts == texts, f"{what}: other texts"
    print(f"{what}: {len(found)} tensors, bit for bit")


def check_formats(folder, texts, tensors):
    import numpy as np
    import safetensors
    import torch
    with safetensors.safe_open(folder / "model.safetensors", "np") as file:
        check_same("safetensors", {name: file.get_tensor(name) for name in file.keys()}, tensors,
                   texts, file.metadata())
    with np.load(folder / "model.npz") as file:
        strings = {name: file[name].item().decode() for name in file.files if name in texts}
        arrays = {name: file[name] for name in file.files if name not in texts}
        check_same("numpy.load", arrays, tensors, texts, strings)
    for options in ({}, {"mmap": True}):
        state = torch.load(folder / "model.pt", weights_only=True, **options)
        arrays = {name: value.numpy() for name, value in state.items()}
        check_same(f"torch.load {options or ''}".strip(), arrays, tensors, texts,
                   state._metadata["clgan"])


def load_onnx(path, texts, tensors):
    import onnx
    import onnxruntime
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    arrays = {t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}
    check_same(path.name, arrays, [t for t in tensors if t["name"] in arrays], texts,
               {entry.key: entry.value for entry in model.metadata_props})
    assert [(set_.domain, set_.version) for set_ in model.opset_import] == [("", 17)]
    return onnxruntime.InferenceSession(path)


def inputs(session, values, labels):
    names = [value.name for value in session.get_inputs()]
    assert session.get_inputs()[0].shape[0] == "batch"
    return dict(zip(names, (values, labels[:len(values)])))


def check_runs(folder, texts, tensors):
    import numpy as np
    latents, samples = np.load(folder / "latents.npy"), np.load(folder / "samples.npy")
    labels = latents[:, -1].astype(np.int64)  # gan-sample keeps a latent's class behind it
    session = load_onnx(folder / "generator.onnx", texts, tensors)
    latents = np.ascontiguousarray(latents[:, :session.get_inputs()[0].shape[1]])
    for count in (1, len(latents)):  # any batch fits
        found = session.run(["samples"], inputs(session, latents[:count], labels))[0]
        difference = np.abs(found - samples[:count].reshape(found.shape)).max()
        assert difference <= 1e-5, f"ONNX Runtime and gan-sample differ by {difference}"
    session = load_onnx(folder / "discriminator.onnx", texts, tensors)
    judged = session.run(["outputs"], inputs(session, found, labels))[0]
    assert judged.shape[0] == len(found) and np.isfinite(judged).all()
    print(f"ONNX Runtime and gan-sample: {found.shape} differ by {difference:.2g}")


if __name__ == "__main__":
    missing = [name for name in PACKAGES if not importlib.util.find_spec(name)]
    if sys.argv[1] == "--missing":
        print(" ".join(missing))
        sys.exit()
    import read_checkpoint
    where = pathlib.Path(sys.argv[1])
    content = read_checkpoint.read(where / "model.gan")
    check_formats(where, *content)
    check_runs(where, *content)
