"""Whole training steps of the recipes in networks.py, and what follows from them: the share of the machine's
multiply-add peak, and the memory of the process."""
from networks import NETWORKS, step_flops
from rounds import take_turns

# Steps of one round: about a third of a second.
STEPS = {"mnist-mlp": (40, 20), "mnist-paper": (16, 10), "ring8": (60, 30), "mnist-dcgan": (6, 4),
         "dcgan-64": (1, 1), "wgan-gp": (1, 1)}
PEERS = {"PyTorch": (), "PyTorch, fused optimiser": ("--fused",), "torch.compile": ("--compile",)}
IN_TURN = {"PyTorch, one player after the other": ("--alternating",)}


def _ours(session, name):
    """Started twice: compiling takes memory, and what is compiled stays in the caches."""
    for attempt in ("first", "second"):
        data = session.data(NETWORKS[name].get("images")) if name != "ring8" else ""
        server = session.start_peer("bench_train", [
            session.program("tests/bench_train"), session.recipe(name), data,
            session.path(f"train-{name}-{attempt}"), STEPS[name][0],
            *NETWORKS[name].get("settings", [])])
        if server and attempt == "first":
            server.close()
    return server


def _peers(session, name):
    wanted = {**PEERS, **(IN_TURN if NETWORKS[name]["simultaneous"] else {})}
    started = {peer: session.start_torch(f"{peer}, {name}", "torch_step.py", name, "--steps",
                                         str(STEPS[name][1]), *flags)
               for peer, flags in wanted.items()}
    return {peer: server for peer, server in started.items() if server}


def _report(session, name, servers, values):
    batch = NETWORKS[name]["batch"]
    unit, scale = ("steps/s", batch) if name == "ring8" else ("images/s", 1)
    peak = [v / 1e9 for v in values.pop("multiply-add peak")]
    ours = values.pop("clgan")
    threads = {peer: servers[peer].ready["threads"] for peer in values}
    session.add(f"train {name}", unit, [v / scale for v in ours],
                {peer: [v / scale for v in samples] for peer, samples in values.items()},
                threads=threads, launches=servers["clgan"].ready["launches"])
    if not NETWORKS[name].get("second_order"):
        flops = step_flops(NETWORKS[name]) / batch / 1e9
        session.add(f"share of peak, {name} step", "GFLOP/s", [v * flops for v in ours],
                    {"multiply-add peak": peak})
    memory = {peer: servers[peer].last["peak_bytes"] / 2**20 for peer in ("clgan", *values)}
    session.add(f"peak memory, {name}", "MiB", [memory["clgan"]],
                {peer: [memory[peer]] for peer in values}, better="lower")


def _measure(session, name):
    servers = {"clgan": _ours(session, name)}
    if servers["clgan"] is None:
        return
    servers.update(_peers(session, name))
    limits = session.start_peer("bench_limits", [session.program("tests/bench_limits")])
    contestants = {peer: lambda s=server: s.ask("steps") for peer, server in servers.items()}
    contestants["multiply-add peak"] = lambda: limits.ask("fma")
    for ask in contestants.values():
        ask()
    _report(session, name, servers, take_turns(contestants, session.rounds))
    for server in (*servers.values(), limits):
        server.close()


LARGE = ("dcgan-64", "wgan-gp")  # a step takes half a second or more


def measure_train(session):
    for name in NETWORKS:
        if name not in LARGE:
            _measure(session, name)


def measure_large(session):
    for name in LARGE:
        _measure(session, name)
