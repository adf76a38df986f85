"""Convolutions: each layer of dcgan-64's critic at batch 64, forward and both gradients, by clgan's
kernels and by PyTorch, which takes oneDNN's. Its generator has the same layers the other way round."""
import math
import os
import statistics

from rounds import Server, take_turns

SECONDS = 0.08  # of one layer in one round
MEMBERS = ("forward", "by input", "by weight")
# channels, height and width, filters; all with kernels of 4 x 4, stride 2, padding 1. The fifth
# layer is a product.
LAYERS = ((3, 64, 64), (64, 32, 128), (128, 16, 256), (256, 8, 512))
BATCH = 64


def _server(session):
    flags = ["--cpu-time"] if os.environ.get("CLGAN_BENCH_CLOCK") == "process" else []
    return Server([session.program("tests/bench_convolution"), "--serve", *flags], announces=False)


def _geometric_mean(values):
    return math.exp(statistics.mean(math.log(v) for v in values))


def measure_convolution(session):
    servers = {"clgan": _server(session)}
    torch = session.start_torch("PyTorch", "torch_convolution.py")
    if torch:
        servers["PyTorch"] = torch
    rates = {name: [[] for _ in range(session.rounds)] for name in servers}
    table = []
    for number, member in enumerate(MEMBERS):
        for channels, size, filters in LAYERS:
            request = f"{number} {channels} {size} {filters} 4 2 1 {BATCH} {SECONDS}"
            answers = take_turns({name: lambda s=server: s.exchange(request)
                                  for name, server in servers.items()}, session.rounds, 0.01)
            flops = answers["clgan"][0]["flops"] * 1e-9
            found = {name: [flops / a["median"] for a in turns] for name, turns in answers.items()}
            for name, samples in found.items():
                for turn, rate in enumerate(samples):
                    rates[name][turn].append(rate)
            key = f"convolution {member}, {channels} to {filters} at {size}"
            table.append((key, found.pop("clgan"), found))
    for server in servers.values():
        server.close()
    for key, ours, theirs in table:
        session.add(key, "GFLOP/s", ours, theirs)
    means = {name: [_geometric_mean(turn) for turn in turns] for name, turns in rates.items()}
    session.add("convolution", "GFLOP/s", means.pop("clgan"), means)
