"""What make_onnx.py and make_onnx_styles.py share: a network of PyTorch's through gan-convert to ONNX,
and ONNX Runtime's answer beside PyTorch's."""
import subprocess

import numpy as np
import onnx
import onnxruntime


def run(path, values):
    """What ONNX Runtime makes of a batch, which it makes of its samples one by one, too."""
    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(path)
    (name,) = (value.name for value in session.get_inputs())
    whole = session.run(None, {name: values})[0]
    assert all(np.abs(session.run(None, {name: values[i:i + 1]})[0] - whole[i]).max() < 1e-5
               for i in range(len(values)))
    return whole


def compare(gan_convert, folder, name, model, latents, samples, outputs):
    """Writes NAME-generator.onnx, NAME-discriminator.onnx and NAME-onnxruntime.npy of NAME.pt, by way
    of the checkpoint `model`. Insists on PyTorch's samples and outputs to 1e-5."""
    def convert(*arguments):
        subprocess.run([gan_convert, *map(str, arguments)], check=True)

    convert(folder / f"{name}.pt", model, "--recipe", folder / f"{name}.yaml")
    for network, values, expected in (("generator", latents, samples),
                                      ("discriminator", samples, outputs)):
        path = folder / f"{name}-{network}.onnx"
        convert(model, path, "--network", network)
        found = run(path, values.numpy())
        difference = np.abs(found - expected.numpy()).max()
        print(f"{network}: ONNX Runtime and PyTorch differ by {difference:.2g}")
        assert found.shape == expected.shape and difference < 1e-5
        if network == "generator":
            np.save(folder / f"{name}-onnxruntime.npy", found)
