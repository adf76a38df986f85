"""One run of the benchmark: where things are, which peers exist, what was found so far."""
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

from rounds import Failed, Server, median_ratio
from targets import TARGETS

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def _imports(python, module):
    return subprocess.run([python, "-c", f"import {module}"], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode == 0


def _find_python():
    """A Python that has PyTorch: $CLGAN_BENCH_PYTHON, else this one, else python3; or None."""
    for python in (os.environ.get("CLGAN_BENCH_PYTHON"), sys.executable, shutil.which("python3")):
        if python and _imports(python, "torch"):
            return python
    return None


class Session:
    def __init__(self, build, rounds, data, checkpoint=None):
        self.build, self.rounds = build, rounds
        self.python = _find_python()
        self.safetensors = self.python and _imports(self.python, "safetensors")
        self.folder = tempfile.mkdtemp(prefix="clgan-bench-")
        self.given_data, self.given_checkpoint = data, checkpoint
        self.rows, self.missing, self.failures = [], {}, {}
        self.limits, self.versions = {}, {}
        if self.python is None:
            self.miss("PyTorch", "no Python that can import torch; install PyTorch's CPU wheel, and "
                                 "name its Python in $CLGAN_BENCH_PYTHON")
        elif not self.safetensors:
            self.miss("safetensors", "the Python that has PyTorch cannot import it")

    def end(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def program(self, name):
        return os.path.join(self.build, name)

    def recipe(self, name):
        return os.path.join(ROOT, "models", f"{name}.yaml")

    def data(self, images=None):
        """The data set of MNIST's shape: what was given, or as many bytes of noise. With `images`
        (channels, height, width) 1,024 images of noise of that shape."""
        if self.given_data and not images:
            return self.given_data
        sizes = (1024, *images) if images else (60000, 28, 28)
        path = self.path("images-idx4-ubyte" if images else "train-images-idx3-ubyte")
        if not os.path.exists(path):
            with open(path, "wb") as file:
                file.write(bytes((0, 0, 8, len(sizes))))
                for size in sizes:
                    file.write(size.to_bytes(4, "big"))
                file.write(os.urandom(math.prod(sizes)))
        return path

    def miss(self, peer, reason):
        """A peer that cannot take part; it is named at the end."""
        self.missing.setdefault(peer, reason)

    def torch_command(self, script, *arguments):
        return [self.python, os.path.join(HERE, script), *arguments]

    def start_peer(self, name, command, environment=None, announces=True):
        """A peer's server, once it is ready; None where it is missing."""
        if command[0] is None:
            return None  # PyTorch, which has been missed already
        server = Server(command, environment, announces)
        try:
            ready = server.wait_ready()
        except Failed as failure:
            self.miss(name, str(failure))
            return None
        if "torch" in ready:
            self.versions["PyTorch"] = ready["torch"]
        return server

    def start_torch(self, name, script, *arguments):
        return self.start_peer(name, self.torch_command(script, *arguments))

    def add(self, key, unit, samples, peers=None, better="higher", **facts):
        """A measurement, with one row a peer that it was taken beside; `peers` is {name: samples}.
        Ratios are above 1 where clgan is ahead: the median of the rounds' ratios, and that of the
        best rounds, which a busy machine disturbs least."""
        base = {"key": key, "unit": unit, "better": better,
                "clgan": statistics.median(samples), "clgan_samples": samples, **facts}
        if not peers:
            self._append(base)
        for peer, theirs in (peers or {}).items():
            best = max if better == "higher" else min
            turn = (lambda r: r) if better == "higher" else (lambda r: 1 / r)
            self._append({**base, "peer": peer, "value": statistics.median(theirs),
                          "value_samples": theirs, "ratio": turn(median_ratio(samples, theirs)),
                          "ratio_of_bests": turn(best(samples) / best(theirs))})

    def _append(self, row):
        target = TARGETS.get((row["key"], row.get("peer")))
        if target is not None:
            floor, aim = target
            measured = row.get("ratio", row["clgan"])
            ahead = "peer" in row or row["better"] == "higher"
            reached = [measured >= t if ahead else measured <= t for t in (floor, aim)]
            row.update(floor=floor, aim=aim,
                       verdict="aim" if reached[1] else "met" if reached[0] else "NOT MET")
        self.rows.append(row)
