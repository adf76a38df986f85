"""Taking turns: servers that measure on request, rounds in which each is asked once, medians.

A server is a program that prints a line of JSON when it is ready and answers each line of its
standard input, the name of a task, with one line {"seconds": ..., "work": ...} (tests/bench/serve.h).
"""
import json
import os
import resource
import statistics
import subprocess
import tempfile
import time


class Failed(Exception):
    """A program that was to be measured ended instead of answering."""


def children_clock():
    """Seconds: on the wall, or with CLGAN_BENCH_CLOCK=process those spent on processes that ended."""
    if os.environ.get("CLGAN_BENCH_CLOCK") != "process":
        return time.perf_counter()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Server:
    """`announces` False: the program answers without saying that it is ready."""

    def __init__(self, command, environment=None, announces=True):
        self.errors = tempfile.TemporaryFile(mode="w+")
        self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.errors, text=True,
                                        env=environment)
        self.ready = None if announces else {}
        self.last = {}

    def wait_ready(self):
        if self.ready is None:
            self.ready = self._line()
        return self.ready

    def ask(self, task):
        """Units of work a second."""
        self.exchange(task)
        return self.last["work"] / self.last["seconds"]

    def exchange(self, line):
        """The answer itself."""
        self.wait_ready()
        try:
            self.process.stdin.write(f"{line}\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # the reading says why
        self.last = self._line()
        return self.last

    def close(self):
        """Ends the program; returns what it said last, or None."""
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        rest = self.process.stdout.read().strip().splitlines()
        self.process.wait()
        self.process.stdout.close()
        self.errors.close()
        return json.loads(rest[-1]) if rest else None

    def _line(self):
        line = self.process.stdout.readline()
        if line:
            return json.loads(line)
        self.process.wait()
        self.errors.seek(0)
        tail = self.errors.read().strip().splitlines()[-1:]
        raise Failed(tail[0] if tail else f"exit code {self.process.returncode}")


def take_turns(contestants, rounds, pause=0.02):
    """{name: function} to {name: [value of each round]}. Every round calls each function once, in an
    order that turns from round to round; the pause lets threads that spin for more work fall asleep."""
    values = {name: [] for name in contestants}
    names = list(contestants)
    for turn in range(rounds):
        for name in names[turn % len(names):] + names[:turn % len(names)]:
            values[name].append(contestants[name]())
            time.sleep(pause)
    return values


def median_ratio(ours, theirs):
    """The median over the rounds of ours / theirs."""
    return statistics.median(a / b for a, b in zip(ours, theirs))
