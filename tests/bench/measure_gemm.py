"""Matrix products of the three networks: clgan's own engine, torch.mm, CLBlast as it comes."""
import math
import os
import statistics

from networks import NETWORKS, products
from rounds import Server, take_turns

SECONDS = 0.04  # of one product in one round


def _server(session, engine):
    flags = ["--cpu-time"] if os.environ.get("CLGAN_BENCH_CLOCK") == "process" else []
    return Server([session.program("tests/bench_gemm"), "--serve", *flags],
                  {**os.environ, "CLGAN_GEMM": engine}, announces=False)


def _geometric_mean(values):
    return math.exp(statistics.mean(math.log(v) for v in values))


def measure_gemm(session):
    servers = {"clgan": _server(session, "tile"), "stock CLBlast": _server(session, "clblast")}
    torch = session.start_torch("PyTorch", "torch_mm.py")
    if torch:
        servers["torch.mm"] = torch
    shapes = list(dict.fromkeys(p for net in NETWORKS.values() for p in products(net)))
    table, best = [], {name: [] for name in servers}
    rates = {name: [[] for _ in range(session.rounds)] for name in servers}
    for what, m, n, k, ta, tb in shapes:
        request, flops = f"{m} {n} {k} {ta} {tb} {SECONDS}", 2e-9 * m * n * k
        answers = take_turns({name: lambda s=server: s.exchange(request)
                              for name, server in servers.items()}, session.rounds, 0.01)
        row = {"what": what, "m": m, "n": n, "k": k, "ta": ta, "tb": tb}
        for name, found in answers.items():
            row[name] = statistics.median(flops / a["median"] for a in found)
            best[name].append(max(flops / a["best"] for a in found))
            for turn, answer in enumerate(found):
                rates[name][turn].append(flops / answer["median"])
        table.append(row)
    for server in servers.values():
        server.close()
    means = {name: [_geometric_mean(turn) for turn in turns] for name, turns in rates.items()}
    session.add("gemm", "GFLOP/s", means.pop("clgan"), means, shapes=table)
    least = {name: [_geometric_mean(values)] for name, values in best.items()}
    session.add("gemm, least times", "GFLOP/s", least.pop("clgan"), least)
