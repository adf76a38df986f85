#!/usr/bin/env python3
"""An independent reader of clgan checkpoints, written from docs/checkpoint-format.md alone.

    read_checkpoint.py FILE...          checks the files and lists what they hold, one line each
    read_checkpoint.py --each FILE...   compares each with the listing kept beside it, as .txt
It shares no code with clgan. Standard library only.
"""
import math
import struct
import sys
import zlib

SIGNATURE = b"\x8aGAN\r\n\x1a\n"
TYPES = {0: ("f32", 4, "<f"), 1: ("f16", 2, "<e")}
BINS = 32


class Damaged(Exception):
    pass


def require(condition, what):
    if not condition:
        raise Damaged(what)


class Fields:
    """Takes fields from the front of some bytes."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def bytes(self, count):
        require(count <= len(self.data) - self.at, "a field reaches past its chunk")
        self.at += count
        return self.data[self.at - count:self.at]

    def take(self, layout):
        values = struct.unpack("<" + layout, self.bytes(struct.calcsize("<" + layout)))
        return values[0] if len(values) == 1 else values

    def name(self):
        length = self.take("H")
        require(1 <= length <= 4096, "a name's length")
        name = self.bytes(length)
        require(b"\0" not in name, "a zero byte in a name")
        return name.decode("utf-8")


def chunks(data):
    """Yields (offset, type, payload) of every chunk, checksums checked."""
    require(data[:8] == SIGNATURE, "not a clgan checkpoint")
    at = 8
    while at < len(data):
        require(len(data) - at >= 20, f"no room for a chunk at byte {at}")
        kind, length, crc = struct.unpack_from("<4sQI", data, at)
        require(zlib.crc32(data[at:at + 12]) == crc, f"header checksum at byte {at}")
        require(length <= len(data) - at - 20, f"chunk at byte {at} reaches past the end")
        payload = data[at + 16:at + 16 + length]
        (crc,) = struct.unpack_from("<I", data, at + 16 + length)
        require(zlib.crc32(payload) == crc, f"payload checksum of {kind} at byte {at}")
        yield at, kind.decode("ascii"), payload
        at += 20 + length


def inflate(data, length):
    stream = zlib.decompressobj()
    plain = stream.decompress(data, length + 1)
    require(stream.eof and not stream.unused_data and len(plain) == length, "a zlib stream")
    return plain


def unshuffle(data, size):
    count, out = len(data) // size, bytearray(len(data))
    for plane in range(size):
        out[plane::size] = data[plane * count:(plane + 1) * count]
    return bytes(out)


def decode(payload, kind, length, size):
    if kind == 0 and len(payload) == length:
        return payload
    require(kind in (1, 2) and len(payload) < length, "a block's filter and length")
    plain = inflate(payload, length)
    return unshuffle(plain, size) if kind == 2 else plain


def read_text(payload):
    fields = Fields(payload)
    name, kind, length = fields.name(), fields.take("B"), fields.take("Q")
    body = payload[fields.at:]
    require(kind in (0, 1), "a text's filter")
    text = body if kind == 0 else inflate(body, length)
    require(len(text) == length, "a text's length")
    return name, text.decode("utf-8")


def read_tensor(fields, blocks):
    """One entry of the index, with its bytes from `blocks`, a list of (offset, payload) in order."""
    tensor = {"name": fields.name()}
    dtype, rank = fields.take("BB")
    tensor["type"], size, tensor["layout"] = TYPES[dtype]
    tensor["shape"] = [fields.take("Q") for _ in range(rank)]
    total = math.prod(tensor["shape"]) * size
    crc = fields.take("I")
    tensor["mean"], tensor["deviation"], tensor["minimum"], tensor["maximum"] = fields.take("4d")
    tensor["zeros"], tensor["nans"], tensor["infinities"] = fields.take("3Q")
    tensor["histogram"] = list(fields.take(f"{BINS}I"))
    block_bytes, count = fields.take("II")
    require(block_bytes >= 262144 and block_bytes % size == 0, "block_bytes")
    require(count == -(-total // block_bytes), "the number of blocks")
    parts, tensor["filters"] = [], ""
    for b in range(count):
        offset, length, kind = fields.take("QIB")
        place, payload = blocks.pop(0)
        require(offset == place and length == len(payload), "a block is not where the index says")
        parts.append(decode(payload, kind, min(block_bytes, total - b * block_bytes), size))
        tensor["filters"] += str(kind)
    tensor["bytes"] = b"".join(parts)
    require(zlib.crc32(tensor["bytes"]) == crc, f"checksum of tensor {tensor['name']}")
    return tensor


def check_statistics(tensor):
    """What the file says of the elements against the elements."""
    values = [value for (value,) in struct.iter_unpack(tensor["layout"], tensor["bytes"])]
    finite = [v for v in values if math.isfinite(v)]
    require(tensor["nans"] == sum(v != v for v in values), "NaNs")
    require(tensor["infinities"] == len(values) - tensor["nans"] - len(finite), "infinities")
    require(tensor["zeros"] == sum(v == 0 for v in values), "zeros")
    low, high = (min(finite), max(finite)) if finite else (0, 0)
    require((tensor["minimum"], tensor["maximum"]) == (low, high), "range")
    mean = math.fsum(finite) / len(finite) if finite else 0
    deviation = math.sqrt(math.fsum((v - mean) ** 2 for v in finite) / max(len(finite), 1))
    scale = 1e-9 * max(abs(low), abs(high))
    require(abs(tensor["mean"] - mean) <= scale, "mean")
    require(abs(tensor["deviation"] - deviation) <= scale, "deviation")
    histogram = [0] * BINS
    for v in finite:
        place = (v - low) / (high - low) * BINS if high > low else 0
        histogram[min(int(place), BINS - 1)] += 1
    moved = sum(abs(a - b) for a, b in zip(histogram, tensor["histogram"]))
    require(moved <= len(finite) // 1000 * 2, "histogram")  # a value on an edge may fall either side


def read(path):
    data = open(path, "rb").read()
    texts, blocks, order, index = {}, [], [], None
    for at, kind, payload in chunks(data):
        order.append(kind)
        if kind == "HEAD":
            (version,) = struct.unpack_from("<I", payload)
            require(version == 1, f"version {version} is unknown")
            require(len(payload) == 20, "the length of HEAD")
            _, length, index_at = struct.unpack("<IQQ", payload)
            require(length == len(data), "the file's length")
        elif kind == "TEXT":
            name, text = read_text(payload)
            require(name not in texts, "two texts of one name")
            texts[name] = text
        elif kind == "DATA":
            blocks.append((at, payload))
        elif kind == "INDX":
            require(at == index_at, "the place of INDX")
            index = Fields(payload)
        else:
            require(kind == "TAIL" or kind[0].islower(), f"unknown critical chunk {kind}")
    require(order[:1] == ["HEAD"] and order[-2:] == ["INDX", "TAIL"], "the order of chunks")
    require(all(order.count(kind) == 1 for kind in ("HEAD", "INDX", "TAIL")), "a chunk is double")
    tensors = [read_tensor(index, blocks) for _ in range(index.take("I"))]
    require(not blocks and index.at == len(index.data), "something is left over")
    require(len({t["name"] for t in tensors}) == len(tensors), "two tensors of one name")
    return texts, tensors


def listing(texts, tensors):
    for name, text in texts.items():
        body = text.encode("utf-8")
        yield f"text {name} {len(body)} {zlib.crc32(body):08x}"
    for t in tensors:
        check_statistics(t)
        shape = "x".join(map(str, t["shape"])) or "scalar"
        yield (f"tensor {t['name']} {t['type']} {shape} {zlib.crc32(t['bytes']):08x} "
               f"{t['mean']:.9g} {t['deviation']:.9g} {t['minimum']:.9g} {t['maximum']:.9g} "
               f"{t['zeros']} {t['nans']} {t['infinities']}")


if __name__ == "__main__":
    each = sys.argv[1] == "--each"
    for path in sys.argv[1 + each:]:
        try:
            found = "".join(line + "\n" for line in listing(*read(path)))
        except Damaged as damage:
            sys.exit(f"{path}: {damage}")
        if not each:
            print(found, end="")
        elif found != open(path[:-4] + ".txt", encoding="utf-8").read():
            sys.exit(f"{path} is not as listed beside it:\n{found}")
