"""How long 10,000 cases take through the whole gate, from stays to what is stored, in two processes.

Run from the repository root: `python benchmarks/gate.py`. Half of the stays are rendered by the template, half have a
physician's note (`gate_stays.py`). Each chunk is a process of its own, as in a run with two workers: it imports Great
Expectations, judges, stores, and holds what it stored to every expectation. Then the month is held to its own, and
tables and pages are written.

The peer (`gate_peer.py`) is five expectations that each judge every note on their own, without the facts of the stays;
it stores nothing and judges no case beforehand. It is timed on a tenth of the cases, and so is what the rules take
alone. They are compared by processor time, which counts the import of Great Expectations for the gate only.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import polars as pl
from gate_stays import invented_stays

from edscribe_pipelines.clinical.records import GatedCase, QuarantinedCase
from edscribe_pipelines.corpus.gating.expectations import hold_cases
from edscribe_pipelines.corpus.gating.expectations_page import write_expectations_page
from edscribe_pipelines.corpus.gating.gates import facts_of
from edscribe_pipelines.corpus.gating.judgement import judge
from edscribe_pipelines.corpus.gating.quarantine_page import write_quarantine_page
from edscribe_pipelines.corpus.gating.store import CASES, QUARANTINED, hold, not_met, store_chunk
from edscribe_pipelines.corpus.synthesis import synthesise_cases
from edscribe_pipelines.orchestration.fan_out import merge_table, table_height

STAYS = 12_000
"""So many that at least 10,000 become cases; of the sample's notes, some are meant to fail."""

PROCESSES = 2
GOAL_SECONDS = 60
RESULTS = Path(__file__).parent / "results" / "gate.jsonl"


def main() -> None:
    if sys.argv[1:2] == ["--chunk"]:
        _do_chunk(Path(sys.argv[2]), int(sys.argv[3]))
        return
    with tempfile.TemporaryDirectory() as folder:
        _write_stays(Path(folder))
        gate = _measure(lambda: _gate(Path(folder)))
        cases = pl.read_parquet(Path(folder) / CASES)
        beside = _beside(cases, pl.read_parquet(Path(folder) / "stays.parquet"))
    per_case = {"gate": gate.cpu / cases.height, **beside}
    result = {
        "date": date.today().isoformat(),
        "stays": STAYS,
        "cases": cases.height,
        "mean_characters": round(cases.select(pl.col("completion").str.len_chars().mean()).item()),
        "seconds": round(gate.wall, 1),
        "seconds_for_10000_cases": round(gate.wall / cases.height * 10_000, 1),
        "cpu_ms_per_case": {name: round(seconds * 1_000, 2) for name, seconds in per_case.items()},
        "peer_to_expectations": round(beside["peer"] / beside["expectations"], 2),
        "peer_to_whole_gate": round(beside["peer"] / per_case["gate"], 2),
        "great_expectations": version("great-expectations"),
        "machine_cores": os.cpu_count(),
    }
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("ab") as results:
        results.write(orjson.dumps(result, option=orjson.OPT_APPEND_NEWLINE))
    print(f"{STAYS:,} stays to {cases.height:,} cases of {result['mean_characters']:,} characters in {gate.wall:.1f} s")
    print(f"10,000 cases: {result['seconds_for_10000_cases']} s (goal {GOAL_SECONDS} s)")
    print(f"processor time a case in ms (the gate judges a text once): {result['cpu_ms_per_case']}")
    print(f"the peer takes {result['peer_to_expectations']} x the time of our expectations,")
    print(f"and {result['peer_to_whole_gate']} x that of the whole gate, which does more")


def _write_stays(folder: Path) -> None:
    stays = invented_stays(STAYS)
    synthesis = synthesise_cases(stays)
    for name, table in {"stays": stays, "synthetic": synthesis.cases, "refused": synthesis.refused}.items():
        table.write_parquet(folder / f"{name}.parquet")


def _gate(folder: Path) -> None:
    command = [sys.executable, __file__, "--chunk", str(folder)]
    environment = os.environ | {"POLARS_MAX_THREADS": "1"}
    running = [subprocess.Popen([*command, str(number)], env=environment) for number in range(PROCESSES)]
    assert [process.wait() for process in running] == [0] * PROCESSES
    chunks = [folder / f"chunk-{number}" for number in range(PROCESSES)]
    held = hold(chunks, folder / "stays.parquet", sum(table_height(chunk / CASES) for chunk in chunks))
    assert not_met(held) == []
    write_expectations_page("benchmark", held, folder)
    names = [str(chunk) for chunk in chunks]
    merge_table(names, Path(CASES).stem, GatedCase, folder)
    merge_table(names, Path(QUARANTINED).stem, QuarantinedCase, folder)
    findings = pl.read_parquet(folder / CASES, columns=["encounter_id", "findings"])
    write_quarantine_page("benchmark", pl.read_parquet(folder / QUARANTINED), findings, folder)


def _do_chunk(folder: Path, number: int) -> None:
    length = -(-STAYS // PROCESSES)
    stays = pl.scan_parquet(folder / "stays.parquet").slice(number * length, length).collect()
    cases, refused = (
        pl.read_parquet(folder / f"{name}.parquet").join(stays, on="encounter_id", how="semi", maintain_order="left")
        for name in ("synthetic", "refused")
    )
    (folder / f"chunk-{number}").mkdir()
    store_chunk(stays, cases, refused, folder / f"chunk-{number}")


def _beside(cases: pl.DataFrame, stays: pl.DataFrame) -> dict[str, float]:
    """Return the seconds of processor time a case of the rules alone, our expectations and the peer, on every tenth
    case, Great Expectations being imported already."""
    import gate_peer

    some = cases.gather_every(10)
    rows = list(zip(some.select("prompt", "completion", "tier").rows(), facts_of(some, stays), strict=True))
    notes = some.select("completion").to_pandas()
    work: dict[str, Callable[[], Any]] = {
        "rules_once": lambda: [judge(prompt, note, tier, facts) for (prompt, note, tier), facts in rows],
        "expectations": lambda: hold_cases(some, stays),
        "peer": lambda: gate_peer.hold(notes),
    }
    return {name: _measure(do).cpu / some.height for name, do in work.items()}


class _Time(NamedTuple):
    wall: float
    cpu: float


def _measure(work: Callable[[], Any]) -> _Time:
    """Return how long `work` takes; the processor time includes processes that it started and waited for."""
    started, before = time.perf_counter(), sum(os.times()[:4])
    work()
    return _Time(time.perf_counter() - started, sum(os.times()[:4]) - before)


if __name__ == "__main__":
    main()
