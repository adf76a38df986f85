"""Checkpoints of mnist-mlp's size, written and read: rates in bytes of float32, and sizes."""
import os

from rounds import take_turns

PEERS = {"torch.save": "torch", "safetensors": "safetensors"}


def measure_checkpoint(session):
    paths = {"clgan": session.path("weights.gan")}
    servers = {"clgan": session.start_peer("bench_checkpoint",
                                           [session.program("tests/bench_checkpoint"),
                                            paths["clgan"]])}
    for peer, kind in PEERS.items():
        paths[peer] = session.path(f"weights.{kind}")
        server = None if peer in session.missing else session.start_torch(
            peer, "torch_checkpoint.py", kind, paths[peer])
        if server:
            servers[peer] = server
    for task in ("write", "read"):
        values = take_turns({peer: lambda s=server: s.ask(task) for peer, server in servers.items()},
                            session.rounds)
        session.add(f"checkpoint, {task}", "MB/s", [v / 1e6 for v in values.pop("clgan")],
                    {peer: [v / 1e6 for v in samples] for peer, samples in values.items()})
    sizes = {peer: [os.path.getsize(paths[peer]) / 1e6] for peer in servers}
    session.add("checkpoint, size", "MB", sizes.pop("clgan"), sizes, better="lower")
    for server in servers.values():
        server.close()
