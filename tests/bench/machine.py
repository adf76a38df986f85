"""What the figures were taken on, in words that hold no names of users, hosts or folders."""
import os
import platform
import subprocess

# Of the many a CPU has, those that kernels care for.
FEATURES = ("avx512f", "avx512_fp16", "amx_tile", "avx2", "fma", "asimd", "sve", "neon")


def _command(*words):
    try:
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _cpu():
    try:
        with open("/proc/cpuinfo") as file:
            lines = [line.partition(":") for line in file]
    except OSError:
        return _command("sysctl", "-n", "machdep.cpu.brand_string"), []
    facts = {key.strip(): value.strip() for key, _, value in lines}
    flags = (facts.get("flags") or facts.get("Features") or "").split()
    return facts.get("model name", platform.processor()), [f for f in FEATURES if f in flags]


def describe(root):
    model, features = _cpu()
    return {"cpu": model, "features": features, "cores": os.cpu_count(),
            "architecture": platform.machine(), "system": platform.system(),
            "compiler": _command("cc", "-dumpfullversion"),
            "python": platform.python_version(),
            "revision": _command("git", "-C", root, "describe", "--always", "--dirty"),
            "load": os.getloadavg()[0]}
