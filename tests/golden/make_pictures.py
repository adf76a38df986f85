"""Makes the pictures of tests/golden/pictures and what they hold: with Pillow, ImageMagick's convert
(interlaced, 16 bits a channel) and libjpeg-turbo's cjpeg. Run again only to add one:

    python3 tests/golden/make_pictures.py

pixels.txt names each set of pixels, its width, height and channels, and where it begins in
pixels.bin (bytes, rows from the top, channels of a pixel together). A set is either what a picture
decodes to, or the picture photo.png scaled: "photo.png WIDTH HEIGHT LEFT TOP RIGHT BOTTOM", by the
triangle filter in double precision, which this script holds against Pillow's BILINEAR.
"""

import pathlib
import subprocess

import numpy as np
from PIL import Image, ImageOps

OUT = pathlib.Path(__file__).parent / "pictures"
OUT.mkdir(exist_ok=True)
CONVERT = "/usr/bin/convert"
PLAIN = ("-strip", "-define", "png:exclude-chunks=all")  # else it writes the time
rng = np.random.default_rng(4)
index, blob = [], bytearray()


def keep(name, pixels):
    pixels = np.asarray(pixels, np.uint8)
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    height, width, channels = pixels.shape
    index.append(f"{len(blob)} {width} {height} {channels} {name}")
    blob.extend(pixels.tobytes())


def scene(width, height, channels):
    """Smooth colours, a sharp edge and some noise."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [127 + 90 * np.sin(x / (3 + c) + c) * np.cos(y / (4 + c)) for c in range(channels)]
    pixels = np.stack(planes, -1) + rng.normal(0, 12, (height, width, channels))
    pixels[y > x] -= 40
    return np.clip(pixels, 0, 255).astype(np.uint8)


def save(name, image, **how):
    image.save(OUT / name, **how)
    return Image.open(OUT / name)


def png_files():
    rgb = scene(23, 17, 3)
    keep("rgb.png", save("rgb.png", Image.fromarray(rgb)))
    keep("gray.png", save("gray.png", Image.fromarray(rgb[:, :, 0])))
    bits = Image.fromarray(rgb[:, :, 0]).convert("1")
    keep("one-bit.png", np.where(save("one-bit.png", bits), 255, 0))
    palette = Image.fromarray(rgb).quantize(11)
    keep("palette.png", save("palette.png", palette).convert("RGB"))
    save("palette-clear.png", palette, transparency=3)
    keep("palette-clear.png", Image.open(OUT / "palette-clear.png").convert("RGBA"))
    rgba = np.concatenate([rgb, scene(23, 17, 1)], -1)
    keep("rgba.png", save("rgba.png", Image.fromarray(rgba, "RGBA")))
    gray_alpha = Image.fromarray(np.ascontiguousarray(rgba[:, :, 2:]), "LA")
    keep("gray-alpha.png", save("gray-alpha.png", gray_alpha).convert("RGBA"))
    save("gray-clear.png", Image.fromarray(rgb[:, :, 0]), transparency=int(rgb[3, 3, 0]))
    clear = np.where(rgb[:, :, 0] == rgb[3, 3, 0], 0, 255)
    keep("gray-clear.png", np.stack([rgb[:, :, 0]] * 3 + [clear], -1))
    subprocess.run([CONVERT, OUT / "rgb.png", *PLAIN, "-interlace", "PNG", OUT / "interlaced.png"],
                   check=True)
    keep("interlaced.png", rgb)


def deep_png_files():
    """16 bits: 65535 becomes 255, and others the nearest, as libpng has it."""
    for name, channels, kind in (("gray16.png", 1, b"P5"), ("rgb16.png", 3, b"P6")):
        deep = rng.integers(0, 65536, (17, 23, channels), np.uint16)
        deep[0, 0], deep[0, 1] = 0, 65535
        pnm = kind + b"\n23 17\n65535\n" + deep.astype(">u2").tobytes()
        subprocess.run([CONVERT, "-", *PLAIN, "-depth", "16", f"PNG:{OUT / name}"], input=pnm, check=True)
        keep(name, np.floor(deep.astype(np.int64) * 255 / 65535 + 0.5))


def jpeg_files():
    pnm = OUT / "scene.ppm"
    Image.fromarray(scene(37, 29, 3)).save(pnm)
    for name, options in (("color.jpg", ["-quality", "90"]),
                          ("progressive.jpg", ["-quality", "80", "-progressive"]),
                          ("restart.jpg", ["-quality", "75", "-restart", "1"]),
                          ("gray.jpg", ["-quality", "85", "-grayscale"])):
        subprocess.run(["cjpeg", *options, "-outfile", OUT / name, pnm], check=True)
        keep(name, Image.open(OUT / name))
    Image.open(pnm).convert("CMYK").save(OUT / "cmyk.jpg")
    pnm.unlink()
    # A thumbnail's worth of bytes before the frame header: more than the first look reads.
    Image.open(OUT / "color.jpg").save(OUT / "late-header.jpg", quality=50, exif=b"Exif\0\0" + bytes(20000))
    keep("late-header.jpg", Image.open(OUT / "late-header.jpg"))


def many_scans():
    """A grey plane of 2^24 pixels in 94 scans of 400 bytes, each of which goes over all of it."""
    scans = ["0: 0-0, 0, 0;"] + [f"0: {k}-{k}, 0, 1;" for k in range(1, 64)]
    scans += [f"0: {k}-{k}, 1, 0;" for k in range(1, 31)]
    script, pnm = OUT / "scans.txt", OUT / "plane.pgm"
    script.write_text("\n".join(scans) + "\n")
    pnm.write_bytes(b"P5 4096 4096 255\n" + bytes([128]) * 4096 * 4096)
    subprocess.run(["cjpeg", "-scans", script, "-outfile", OUT / "many-scans.jpeg", pnm], check=True)
    script.unlink()
    pnm.unlink()


def turned_files():
    """One picture for each of Exif's eight orientations, and what is seen of it."""
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        name = f"turned-{orientation}.jpg"
        Image.fromarray(scene(12, 7, 3)).save(OUT / name, quality=90, exif=exif)
        keep(name, ImageOps.exif_transpose(Image.open(OUT / name)))


def triangle(limit, begin, length, count):
    """The weights of one axis as a matrix (count, limit)."""
    scale = length / count
    reach = max(scale, 1)
    weights = np.zeros((count, limit))
    for i in range(count):
        middle = begin + (i + 0.5) * scale
        weights[i] = np.maximum(1 - np.abs(np.arange(limit) + 0.5 - middle) / reach, 0)
        low, high = max(int(middle - reach + 0.5), 0), min(int(middle + reach + 0.5), limit)
        weights[i, :low] = weights[i, high:] = 0
    return weights / weights.sum(1, keepdims=True)


def scaled(pixels, size, box):
    down = triangle(pixels.shape[0], box[1], box[3] - box[1], size[1])
    across = triangle(pixels.shape[1], box[0], box[2] - box[0], size[0])
    return np.einsum("yr,rxc,ox->yoc", down, pixels.astype(float), across)


def keep_scaled(name, pixels, size, box):
    values = scaled(pixels, size, box)
    theirs = Image.fromarray(pixels).resize(size, Image.BILINEAR, box=box)
    assert np.abs(values - np.asarray(theirs, float)).max() < 1.6, "this is not Pillow's filter"
    keep(f"{name} {size[0]} {size[1]} {' '.join(f'{b:g}' for b in box)}", np.floor(values + 0.5))


def scaled_files():
    photo = scene(61, 47, 3)
    photo[::2, 30:45] = 255 - photo[::2, 30:45]
    save("photo.png", Image.fromarray(photo))
    keep("photo.png", photo)
    for size, box in (((16, 16), (7, 0, 54, 47)),        # covered and cut: the default
                      ((24, 12), (0, 8.25, 61, 38.75)),
                      ((16, 16), (0, 0, 61, 47)),        # stretched
                      ((96, 70), (0, 0, 61, 47)),        # enlarged
                      ((10, 10), (15, 8, 45, 38))):      # of the middle 30 x 30
        keep_scaled("photo.png", photo, size, box)
    rgba = np.asarray(Image.open(OUT / "rgba.png"))
    opacity = scaled(rgba[:, :, 3:], (8, 6), (0, 0, 23, 17))
    colors = scaled(rgba[:, :, :3] * (rgba[:, :, 3:] / 255.0), (8, 6), (0, 0, 23, 17))
    values = np.concatenate([colors / np.maximum(opacity / 255, 1e-9), opacity], -1)
    keep("rgba.png 8 6 0 0 23 17", np.floor(values + 0.5))


png_files()
deep_png_files()
jpeg_files()
scaled_files()
turned_files()
many_scans()
(OUT / "pixels.bin").write_bytes(blob)
(OUT / "pixels.txt").write_text("\n".join(index) + "\n")
