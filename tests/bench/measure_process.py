"""What takes a process of its own: from nothing to the first step, from a checkpoint to a picture."""
import os
import shutil
import subprocess

from rounds import Failed, Server, children_clock, take_turns


def _until_ready(command, environment=None):
    """Seconds from the start of a server's process until it is ready."""
    start = children_clock()
    server = Server(command, environment)
    server.wait_ready()
    waited = children_clock() - start
    server.close()
    # The processor's time of a child is known when it has ended.
    return waited or children_clock() - start


def _first_step(session, caches):
    """Seconds from the start of the process to the end of the first step of mnist-mlp."""
    out = session.path("first-step")
    shutil.rmtree(out, ignore_errors=True)
    environment = dict(os.environ)
    if caches:
        os.makedirs(caches, exist_ok=True)
        environment.update(POCL_CACHE_DIR=caches, CLGAN_CACHE_DIR=caches)
    return _until_ready([session.program("tests/bench_train"), session.recipe("mnist-mlp"),
                         session.data(), out, 1], environment)


def _first_step_empty(session):
    caches = session.path("empty-caches")
    seconds = _first_step(session, caches)
    shutil.rmtree(caches)
    return seconds


def _torch_first_step(session):
    return _until_ready(session.torch_command("torch_step.py", "mnist-mlp", "--steps", "1"))


def measure_start(session):
    contestants = {"empty": lambda: _first_step_empty(session),
                   "warm": lambda: _first_step(session, None)}
    if session.python:
        contestants["PyTorch"] = lambda: _torch_first_step(session)
    contestants["warm"]()
    values = take_turns(contestants, session.rounds)
    empty, warm = values.pop("empty"), values.pop("warm")
    session.add("first step, caches empty", "s", empty, better="lower")
    session.add("first step, caches warm", "s", warm, values, better="lower")


def _seconds(command):
    start = children_clock()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise Failed(done.stderr.strip())
    return children_clock() - start


def _checkpoint(session):
    """A checkpoint of mnist-mlp after one step."""
    run = session.path("run")
    if not os.path.exists(run):
        _seconds([session.program("gan-train"), session.recipe("mnist-mlp"), "--data",
                  session.data(), "--out", run, "--steps", "1", "--quiet"])
    return os.path.join(run, "latest.gan")


def measure_sample(session):
    """Samples a second with the weights loaded."""
    ours = session.start_peer("bench_sample",
                              [session.program("tests/bench_sample"), _checkpoint(session)])
    torch = session.start_torch("PyTorch", "torch_sample.py")
    contestants = {"clgan": lambda: ours.ask("8192")}
    if torch:
        contestants["PyTorch"] = lambda: torch.ask("8192")
    for ask in contestants.values():
        ask()
    values = take_turns(contestants, session.rounds)
    session.add("sample mnist-mlp", "images/s", values.pop("clgan"), values)
    for server in filter(None, (ours, torch)):
        server.close()


STREAM_COUNT = 100000
STREAM_BATCHES = (64, 256, 1024)


def measure_stream(session):
    """gan-sample -n 100000 --format raw -o /dev/null, whole process, as samples a second. PyTorch's
    script takes the batch with which it is fastest."""
    weights = session.path("weights.pt")
    ours = [session.program("gan-sample"), _checkpoint(session), "-n", str(STREAM_COUNT), "-q",
            "--format", "raw", "-o", "/dev/null"]
    contestants = {"clgan": lambda: STREAM_COUNT / _seconds(ours)}
    if session.python:
        _seconds(session.torch_command("torch_png.py", "--make", weights))

        def script(batch):
            return STREAM_COUNT / _seconds(session.torch_command(
                "torch_stream.py", weights, str(STREAM_COUNT), str(batch)))

        best = max(STREAM_BATCHES, key=script)
        contestants["PyTorch script"] = lambda: script(best)
    contestants["clgan"]()
    values = take_turns(contestants, session.rounds)
    session.add("stream 100,000 samples", "images/s", values.pop("clgan"), values)


def measure_png(session):
    """gan-sample -n 1 -o x.png, whole process."""
    picture, weights = session.path("x.png"), session.path("weights.pt")
    ours = [session.program("gan-sample"), _checkpoint(session), "-n", "1", "-o", picture]
    contestants = {"clgan": lambda: _seconds(ours)}
    if session.python:
        _seconds(session.torch_command("torch_png.py", "--make", weights))
        theirs = session.torch_command("torch_png.py", weights, picture)
        contestants["PyTorch script"] = lambda: _seconds(theirs)
    for call in contestants.values():
        call()
    values = take_turns(contestants, session.rounds)
    ours = values.pop("clgan")
    session.add("gan-sample, one PNG", "s", ours, better="lower")
    if values:
        session.add("gan-sample, one PNG", "s", ours, values, better="lower")
