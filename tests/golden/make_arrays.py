"""Writes the small .npy and .npz files of tests/golden/arrays with NumPy.

The tests know the contents by formula: element i of an array, in C order, is i (uint8: i mod 256;
floats: i / 4), whatever the layout in the file. Run again only to add a file:

    python3 tests/golden/make_arrays.py
"""

import pathlib
import zipfile

import numpy as np

OUT = pathlib.Path(__file__).parent / "arrays"
OUT.mkdir(exist_ok=True)


def ramp(shape, dtype):
    values = np.arange(np.prod(shape))
    if np.issubdtype(dtype, np.floating):
        values = values / 4
    return values.astype(dtype).reshape(shape)


def save(name, array, version=None):
    with open(OUT / name, "wb") as file:
        np.lib.format.write_array(file, array, version)


save("u8_v1.npy", ramp((3, 4, 5), np.uint8), (1, 0))
save("f4_v2.npy", ramp((6, 2), "<f4"), (2, 0))
save("f8_v3.npy", ramp((2, 3, 4, 2), "<f8"), (3, 0))
save("f4_big_endian.npy", ramp((5,), ">f4"))
save("u8_channels_last.npy", ramp((2, 5, 4, 3), np.uint8))
save("f4_fortran.npy", np.asfortranarray(ramp((4, 3), "<f4")))
save("i8_whole_numbers.npy", ramp((4, 3), "<i8"))
save("f4_not_finite.npy", np.array([[0, 1], [2, np.nan]], "<f4"))
save("f4_scalar.npy", np.array(1, "<f4"))
save("f4_empty.npy", np.zeros((0, 28, 28), "<f4"))
save("structured.npy", np.zeros(3, [("x", "<f4"), ("y", "<f4")]))
save("f4_images.npy", ramp((3, 1, 4, 5), "<f4"))

labels = np.array([3, 0, 2])
np.savez(OUT / "stored.npz", x=ramp((3, 4, 5), np.uint8), y=labels.astype(np.uint8))
np.savez_compressed(OUT / "deflated.npz", train_images=ramp((3, 4, 5), np.uint8),
                    train_labels=labels.reshape(3, 1), val_images=ramp((1, 4, 5), np.uint8))
np.savez(OUT / "one_array.npz", something=ramp((6, 2), "<f4"))
np.savez(OUT / "no_telling.npz", a=ramp((6, 2), "<f4"), b=ramp((6, 2), "<f4"))
np.savez(OUT / "negative_label.npz", x=ramp((3, 2), "<f4"), y=np.array([0, -1, 2]))
np.savez(OUT / "one_hot.npz", x=ramp((3, 2), "<f4"), y=np.eye(3))

# Numbers above these limits are written as Zip64 fields: here all of them.
zipfile.ZIP64_LIMIT = 0
with zipfile.ZipFile(OUT / "zip64.npz", "w", zipfile.ZIP_DEFLATED) as archive:
    for name in ("x.npy", "y.npy"):
        archive.writestr(zipfile.ZipInfo(name), (OUT / "u8_v1.npy").read_bytes())
