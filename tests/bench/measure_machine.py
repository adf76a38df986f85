"""The machine's limits, and a kernel at a time against them."""
import statistics

from rounds import take_turns

LIMITS = (("fma", "multiply-add peak", "GFLOP/s", 1e9),
          ("copy-large", "copy bandwidth, 256 MiB", "GB/s", 1e9),
          ("copy-small", "copy bandwidth, 8 MiB", "GB/s", 1e9),
          ("update-small", "update in place, 8 MiB", "GB/s", 1e9),
          ("launch", "launches in a chain", "1/ms", 1e3),
          ("launch-wait", "launches waited for, each", "1/ms", 1e3))


def measure_limits(session):
    server = session.start_peer("bench_limits", [session.program("tests/bench_limits")])
    for task, *_ in LIMITS:
        server.ask(task)
    values = take_turns({task: (lambda t=task: server.ask(t)) for task, *_ in LIMITS},
                        session.rounds)
    server.close()
    session.versions["device"] = server.ready
    for task, what, unit, scale in LIMITS:
        session.limits[task] = {"what": what, "unit": unit, "best": max(values[task]) / scale,
                                "median": statistics.median(values[task]) / scale,
                                "samples": [v / scale for v in values[task]]}


# Each kernel's limit, and PyTorch's names of it.
KERNELS = {"adam": ("update-small", ("adam", "adam-fused")),
           "leaky-relu": ("copy-small", ("leaky-relu",)),
           "tanh": ("copy-small", ("tanh",)),
           "row-sums": ("copy-small", ("row-sums",))}


def measure_kernels(session):
    """Bytes a second of generated kernels, beside copying and beside PyTorch."""
    ours = session.start_peer("bench_kernels", [session.program("tests/bench_kernels")])
    limits = session.start_peer("bench_limits", [session.program("tests/bench_limits")])
    torch = session.start_torch("PyTorch", "torch_kernels.py")
    for task, (limit, theirs) in KERNELS.items():
        contestants = {"clgan": lambda: ours.ask(task), limit: lambda: limits.ask(limit)}
        for name in theirs if torch else ():
            label = "PyTorch" + (", fused" if name.endswith("fused") else "")
            contestants[label] = lambda n=name: torch.ask(n)
        for ask in contestants.values():
            ask()
        values = take_turns(contestants, session.rounds)
        session.add(f"kernel {task}", "GB/s", [v / 1e9 for v in values.pop("clgan")],
                    {name: [v / 1e9 for v in samples] for name, samples in values.items()})
    for server in (ours, limits, torch):
        if server:
            server.close()
