"""How long a whole MIMIC-IV-ED takes to become encounters, against two peers on the same six csv.gz files.

Run from the repository root: `python benchmarks/encounters.py [--release DIR]`; without a release it invents one with
`full_scale.py`. Each of the three runs `REPEATS` times in turn, every time in a process of its own on two cores; the
figures are medians of the wall time from start to end and the highest peak of resident memory.

edscribe   `edscribe encounters`, from the files to one Parquet row a stay
polars     reading and typing the same six files, nothing else
pandas     the same nested record a stay, from the files to a list of dicts in memory
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import orjson
from full_scale import write_release

REPEATS = 3
CORES = 2
BARS = {"edscribe_to_polars": 1.5, "pandas_to_edscribe": 6.0, "edscribe_peak_gb": 1.5}
RESULTS = Path(__file__).parent / "results" / "encounters.jsonl"
_PEERS = Path(__file__).parent / "encounters_peers.py"


class Run(NamedTuple):
    seconds: float
    peak_gb: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--release", type=Path, help="a release that full_scale.py wrote before")
    parser.add_argument("--share", type=float, default=1.0, help="of the full size, where none is given")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        release = options.release or write_release(Path(folder) / "release", options.share)
        result = _compare(release, Path(folder) / "encounters.parquet")
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("ab") as results:
        results.write(orjson.dumps(result, option=orjson.OPT_APPEND_NEWLINE))
    for name, figure in result["ratios"].items():
        print(f"{name}: {figure} (bar {BARS[name]})")


def _compare(release: Path, out: Path) -> dict[str, Any]:
    commands = {
        "edscribe": [str(Path(sys.executable).with_name("edscribe")), "encounters", "--mimic", str(release), str(out)],
        "polars": [sys.executable, str(_PEERS), "polars", str(release)],
        "pandas": [sys.executable, str(_PEERS), "pandas", str(release)],
    }
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(REPEATS):
        for name, command in commands.items():
            runs[name].append(_run(command))
            print(f"{name}: {runs[name][-1].seconds:.1f} s, {runs[name][-1].peak_gb:.2f} GB", flush=True)
    seconds = {name: median(run.seconds for run in each) for name, each in runs.items()}
    peaks = {name: max(run.peak_gb for run in each) for name, each in runs.items()}
    return {
        "ratios": {
            "edscribe_to_polars": round(seconds["edscribe"] / seconds["polars"], 2),
            "pandas_to_edscribe": round(seconds["pandas"] / seconds["edscribe"], 1),
            "edscribe_peak_gb": round(peaks["edscribe"], 2),
        },
        "seconds": {name: round(taken, 2) for name, taken in seconds.items()},
        "peak_gb": {name: round(peak, 2) for name, peak in peaks.items()},
        "about": _about(release),
    }


def _run(command: list[str]) -> Run:
    started = time.perf_counter()
    process = subprocess.Popen(
        command, env={**os.environ, "POLARS_MAX_THREADS": str(CORES)}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[0]} failed: {said.decode()[-2000:]}")
    return Run(time.perf_counter() - started, usage.ru_maxrss * 1024 / 1e9)


def _about(release: Path) -> dict[str, object]:
    return {
        "date": date.today().isoformat(),
        "megabytes_gz": round(sum(path.stat().st_size for path in (release / "ed").iterdir()) / 1e6),
        "versions": {name: version(name) for name in ("polars", "pandas")},
        "machine_cores": os.cpu_count(),
        "load_before": os.getloadavg()[0],
    }


if __name__ == "__main__":
    main()
