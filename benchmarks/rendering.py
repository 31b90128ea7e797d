"""How fast encounters become rendered cases with provenance, at 10, 50 and 100 % of MIMIC-IV-ED's size.

Run from the repository root: `python benchmarks/rendering.py [--encounters FILE]`. Invented stays
(`full_scale.py`) are taken in and stored once. Each measurement is a process of its own on two cores: it reads
chunks of 5,000 stays, renders them and writes each as Parquet, once a first chunk has warmed it up. The peer
renders a tenth of them by compiled jinja2 templates, without provenance; both write the same prompts and notes,
which is checked.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import orjson
import polars as pl
from full_scale import write_release
from rendering_peer import render_by_row

from edscribe_pipelines.clinical.records import DeidentifiedNote, polars_schema
from edscribe_pipelines.corpus.cases import no_case_reasons
from edscribe_pipelines.corpus.synthesis import synthesise_cases
from edscribe_pipelines.intake.mimic.facts_only import write_facts

CORES = 2
SHARES = (0.1, 0.5, 1.0)
REPEATS = 3
CHUNK = 5_000
"""So that a tenth of the stays is work enough for both cores to share evenly."""

RESULTS = Path(__file__).parent / "results" / "rendering.jsonl"

Figures = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encounters", type=Path, help="where the stays are kept for the next run")
    parser.add_argument("--measure", nargs=3, metavar=("WHAT", "STAYS", "ROWS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        what, stays, rows = options.measure
        sys.stdout.buffer.write(orjson.dumps(_measure(_WORK[what], Path(stays), int(rows))))
        return
    with tempfile.TemporaryDirectory() as folder:
        stays = options.encounters or Path(folder) / "encounters.parquet"
        if not stays.exists():
            _store_stays(Path(folder), stays)
        _check_peer(stays)
        _report(stays)


def _store_stays(folder: Path, stays: Path) -> None:
    facts = folder / "facts.parquet"
    write_facts(write_release(folder / "release"), facts)
    schema = polars_schema(DeidentifiedNote)
    nothing = {name: pl.lit([], dtype=schema[name]) for name in ("phi_spans_removed", "phi_gate_rules", "stand_ins")}
    notes = pl.scan_parquet(facts).with_columns(phi_gate=pl.lit("pass"), **nothing).select(list(schema))
    notes.sink_parquet(stays, row_group_size=CHUNK)


def _check_peer(stays: Path) -> None:
    chunk = _with_a_case(pl.scan_parquet(stays).head(CHUNK))
    assert render_by_row(chunk).equals(synthesise_cases(chunk).cases.select("prompt", "completion"))


def _report(stays: Path) -> None:
    rows = pl.scan_parquet(stays).select(pl.len()).collect().item()
    by_share = {share: _medians("edscribe", stays, int(rows * share)) for share in SHARES}
    peer = _medians("jinja2", stays, int(rows * SHARES[0]))
    per_case = {share: figures["seconds"] / figures["cases"] for share, figures in by_share.items()}
    result = {
        "date": date.today().isoformat(),
        "stays": rows,
        "edscribe": {f"{share:g}": figures for share, figures in by_share.items()},
        "jinja2": peer,
        "time_per_case_at_100_to_10_percent": round(per_case[1.0] / per_case[0.1], 3),
        "ratio_to_jinja2": round(peer["seconds"] / peer["cases"] / per_case[0.1], 1),
        "ratio_to_jinja2_per_cpu_second": round(_cpu_per_case(peer) / _cpu_per_case(by_share[0.1]), 1),
        "versions": {name: version(name) for name in ("polars", "jinja2")},
        "machine_cores": os.cpu_count(),
    }
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("ab") as results:
        results.write(orjson.dumps(result, option=orjson.OPT_APPEND_NEWLINE))
    for share, figures in by_share.items():
        print(
            f"{share:4.0%}: {figures['cases']:,.0f} cases in {figures['seconds']:.1f} s, "
            f"{figures['cases'] / figures['seconds']:,.0f} cases/s, peak {figures['peak_gb']:.2f} GB"
        )
    print(f"time per case at 100 % against 10 %: {result['time_per_case_at_100_to_10_percent']}")
    print(f"jinja2 without provenance: {peer['cases'] / peer['seconds']:,.0f} cases/s")
    print(
        f"against jinja2: {result['ratio_to_jinja2']} x, per second of processor time "
        f"{result['ratio_to_jinja2_per_cpu_second']} x"
    )


def _medians(what: str, stays: Path, rows: int) -> Figures:
    command = [sys.executable, __file__, "--measure", what, str(stays), str(rows)]
    environment = os.environ | {"POLARS_MAX_THREADS": str(CORES)}
    runs = [orjson.loads(subprocess.check_output(command, env=environment)) for _ in range(REPEATS)]
    return {name: median(run[name] for run in runs) for name in runs[0]}


def _cpu_per_case(figures: Figures) -> float:
    return figures["cpu_seconds"] / figures["cases"]


def _measure(work: Callable[[pl.LazyFrame, Path], int], stays: Path, rows: int) -> dict[str, Any]:
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(CORES) as workers:
        stored = pl.scan_parquet(stays).head(rows)
        work(stored.head(100), Path(folder) / "warm-up.parquet")
        started, before = time.perf_counter(), time.process_time()
        chunks = [stored.slice(start, CHUNK) for start in range(0, rows, CHUNK)]
        outputs = [Path(folder) / f"{number}.parquet" for number in range(len(chunks))]
        cases = sum(workers.map(work, chunks, outputs))
        seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"cases": cases, "seconds": seconds, "cpu_seconds": cpu_seconds, "peak_gb": peak / 1e6}


def _by_edscribe(chunk: pl.LazyFrame, out: Path) -> int:
    cases = synthesise_cases(chunk.collect()).cases
    cases.write_parquet(out)
    return cases.height


def _by_jinja2(chunk: pl.LazyFrame, out: Path) -> int:
    pairs = render_by_row(_with_a_case(chunk))
    pairs.write_parquet(out)
    return pairs.height


def _with_a_case(chunk: pl.LazyFrame) -> pl.DataFrame:
    stays = chunk.collect()
    return stays.filter(no_case_reasons(stays).list.len() == 0)


_WORK: dict[str, Callable[[pl.LazyFrame, Path], int]] = {"edscribe": _by_edscribe, "jinja2": _by_jinja2}


if __name__ == "__main__":
    main()
