"""Checkpoints written, read and verified: rates in bytes of float32, and sizes. The peers get the same
tensors: those of a trained model, or of mnist-mlp's size and drawn."""
import os
import subprocess

from rounds import Failed, take_turns

PEERS = {"torch.save": "torch", "safetensors": "safetensors"}
# The program measures these too: a plain copy, and one of the streams that a checkpoint is made of.
COPIES = {"zlib, plain": "zlib", "zlib, same streams": "streams"}


def _tensors(session):
    """The given checkpoint as a .pt, for the peers."""
    path = session.path("trained.pt")
    done = subprocess.run([session.program("gan-convert"), session.given_checkpoint, path],
                          stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise Failed(done.stderr.strip())
    return path


def measure_checkpoint(session):
    given = [session.given_checkpoint] if session.given_checkpoint else []
    paths = {"clgan": session.path("weights.gan")}
    ours = session.start_peer("bench_checkpoint", [session.program("tests/bench_checkpoint"),
                                                   paths["clgan"], *given])
    servers = {"clgan": ours}
    given = [_tensors(session)] if given and session.python else []
    for peer, kind in PEERS.items():
        paths[peer] = session.path(f"weights.{kind}")
        server = None if peer in session.missing else session.start_torch(
            peer, "torch_checkpoint.py", kind, paths[peer], *given)
        if server:
            servers[peer] = server
    for task in ("write", "read"):
        contestants = {peer: lambda s=server: s.ask(task) for peer, server in servers.items()}
        for peer, kind in COPIES.items():
            contestants[peer] = lambda k=kind: ours.ask(f"{k} {task}")
        values = take_turns(contestants, session.rounds)
        session.add(f"checkpoint, {task}", "MB/s", [v / 1e6 for v in values.pop("clgan")],
                    {peer: [v / 1e6 for v in samples] for peer, samples in values.items()})
    rates = [ours.ask("verify") / 1e6 for _ in range(session.rounds)]
    session.add("checkpoint, verify", "MB/s", rates)
    sizes = {peer: [os.path.getsize(paths[peer]) / 1e6] for peer in servers}
    for peer, kind in COPIES.items():
        sizes[peer] = [os.path.getsize(f"{paths['clgan']}.{kind}") / 1e6]
    session.add("checkpoint, size", "MB", sizes.pop("clgan"), sizes, better="lower")
    for server in servers.values():
        server.close()
