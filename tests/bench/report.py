"""The findings as an aligned table, and as JSON."""
import json


def _number(value):
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 1000 else f"{value:.3g}"


def _align(rows, right):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [cell.rjust(width) if i in right else cell.ljust(width)
                 for i, (cell, width) in enumerate(zip(row, widths))]
        print("  ".join(cells).rstrip())


def _row(row):
    numbers = [_number(row.get(key)) for key in ("value", "ratio", "ratio_of_bests", "floor", "aim")]
    return [row["key"], row["unit"], _number(row["clgan"]), row.get("peer", ""), *numbers,
            row.get("verdict", "")]


def print_table(session, machine):
    device = session.versions.get("device", {})
    print(f"{machine['cpu']}, {machine['cores']} cores ({' '.join(machine['features'])}), load "
          f"{machine['load']:.1f} to {machine['load_after']:.1f}")
    print(f"OpenCL: {device.get('platform', '?')} {device.get('driver', '')}; PyTorch "
          f"{session.versions.get('PyTorch', 'missing')}; clgan {machine['revision']}; clock: "
          f"{machine['clock']}; rounds: {session.rounds}\n")
    if session.limits:
        _align([["limit", "unit", "median", "best"]] +
               [[limit["what"], limit["unit"], _number(limit["median"]), _number(limit["best"])]
                for limit in session.limits.values()], {2, 3})
        print()
    if session.rows:
        _align([["measurement", "unit", "clgan", "beside", "", "ratio", "of bests", "at least",
                 "aim", ""]] +
               [_row(row) for row in session.rows], {2, 4, 5, 6, 7, 8})
    for peer, reason in session.missing.items():
        print(f"\nmissing: {peer}: {reason}")
    for what, reason in session.failures.items():
        print(f"\nfailed: {what}: {reason}")


def write_json(session, machine, path):
    with open(path, "w") as file:
        json.dump({"machine": machine, "versions": session.versions, "rounds": session.rounds,
                   "limits": session.limits, "measurements": session.rows,
                   "missing": session.missing, "failures": session.failures}, file, indent=1)
        file.write("\n")
