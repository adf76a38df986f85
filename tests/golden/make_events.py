#!/usr/bin/env python3
"""Writes events.bin: the file that TensorBoard's own writer makes of the lines and the picture of
tests/gan/test_event_file.c, and events.png, the picture.

    python3 tests/golden/make_events.py        (needs tensorboard; made with 2.21.0)
"""

import json
import os
import struct
import zlib

from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

HERE = os.path.dirname(os.path.abspath(__file__))
START = 1700000000.25
LINES = """{"step": 50, "images": 1000, "elapsed_s": 1.5, "d_loss": 1.25, "g_loss": 0.75}
{"step": 300, "images": 6000, "elapsed_s": 9.125, "d_loss": -0.5, "g_loss": null, \
"modes": 3, "collapsed": true}
{"step": 350, "images": 7000, "elapsed_s": 10.5, "modes": 8, "collapsed": false}
"""


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height):
    """A grey ramp."""
    rows = b"".join(b"\0" + bytes(range(y, y + width)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header)
            + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b""))


def scalars(line):
    values = [summary_pb2.Summary.Value(tag=key, simple_value=float(value))
              for key, value in line.items() if key != "step" and value is not None]
    return summary_pb2.Summary(value=values)


def main():
    picture = png(5, 3)
    events = [event_pb2.Event(wall_time=START, file_version="brain.Event:2")]
    for line in map(json.loads, LINES.splitlines()):
        events.append(event_pb2.Event(wall_time=START + line["elapsed_s"], step=line["step"],
                                      summary=scalars(line)))
    image = summary_pb2.Summary.Image(height=3, width=5, colorspace=1, encoded_image_string=picture)
    value = summary_pb2.Summary.Value(tag="samples", image=image)
    events.append(event_pb2.Event(wall_time=events[-1].wall_time, step=350,
                                  summary=summary_pb2.Summary(value=[value])))
    with open(os.path.join(HERE, "events.png"), "wb") as file:
        file.write(picture)
    with open(os.path.join(HERE, "events.bin"), "wb") as file:
        writer = RecordWriter(file)
        for event in events:
            writer.write(event.SerializeToString())
        writer.flush()


main()
