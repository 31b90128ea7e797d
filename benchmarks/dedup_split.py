"""How long 100,000 cases take from gated to split: near-duplicates, splits by patient, leakage certificate.

Run from the repository root: `python benchmarks/dedup_split.py`. Cases are rendered from invented stays
(`full_scale.py`), of which patients have several; one case in fifty is planted, a copy with a small change. The peer,
datasketch, does the search for near-duplicates alone, on one case in twenty, where this project's is timed too.
"""

from __future__ import annotations

import os
import random
import re
import tempfile
import time
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import orjson
import polars as pl
from dedup_split_peer import find_near_duplicates
from full_scale import write_release

from edscribe_pipelines.clinical.records import DeidentifiedNote, polars_schema
from edscribe_pipelines.corpus.splitting.certificate import certify, violations
from edscribe_pipelines.corpus.splitting.duplicates import find_duplicates
from edscribe_pipelines.corpus.splitting.splits import split_cases
from edscribe_pipelines.corpus.synthesis import synthesise_cases
from edscribe_pipelines.intake.mimic.facts_only import write_facts

CASES, PLANTED, SHARE_OF_RELEASE = 100_000, 2_000, 0.25
SIMILARITY, SEED, REPEATS, MONTHS, PEER_SHARE = 0.9, 20_260_101, 3, 6, 20
CHUNK = 20_000
RESULTS = Path(__file__).parent / "results" / "dedup_split.jsonl"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        cases = _cases(Path(folder))
        runs = [_timed(cases, Path(folder) / f"{repeat}.sqlite") for repeat in range(REPEATS)]
        seconds = {step: round(median(run[step] for run, _ in runs), 2) for step in runs[0][0]}
        moved = _moved_over_months(cases, Path(folder) / "months.sqlite")
    result = {
        "date": date.today().isoformat(),
        "cases": cases.height,
        "patients": cases["patient_key"].n_unique(),
        "seconds": seconds,
        **_quality(cases, runs[0][1]),
        "patients_moved_over_six_months": moved,
        "ratio_to_datasketch": _ratio_to_peer(cases),
        "versions": {name: version(name) for name in ("rensa", "datasketch", "polars")},
        "machine_cores": os.cpu_count(),
    }
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("ab") as results:
        results.write(orjson.dumps(result, option=orjson.OPT_APPEND_NEWLINE))
    for name, figure in result.items():
        print(f"{name}: {figure}")


def _cases(folder: Path) -> pl.DataFrame:
    """Return the cases in order of arrival: rendered ones, then the planted ones, all shuffled by patient."""
    facts = folder / "facts.parquet"
    write_facts(write_release(folder / "release", SHARE_OF_RELEASE), facts)
    schema = polars_schema(DeidentifiedNote)
    nothing = {name: pl.lit([], dtype=schema[name]) for name in ("phi_spans_removed", "phi_gate_rules", "stand_ins")}
    stays = pl.read_parquet(facts).with_columns(phi_gate=pl.lit("pass"), **nothing).select(list(schema))
    rendered = [synthesise_cases(chunk).cases.drop("provenance") for chunk in stays.iter_slices(CHUNK)]
    originals = pl.concat(rendered).head(CASES - PLANTED)
    return pl.concat([originals, _planted(originals)])


def _planted(originals: pl.DataFrame) -> pl.DataFrame:
    """Return copies with a small change, every second one of another patient."""
    chance = random.Random(SEED)
    chosen = originals.sample(PLANTED, seed=SEED)
    changes = list(CHANGES.values())
    texts = [changes[place % len(changes)](text, chance) for place, text in enumerate(chosen["completion"])]
    another = pl.when(pl.int_range(pl.len()) % 2 == 0).then("another-" + pl.col("patient_key"))
    return chosen.with_columns(
        completion=pl.Series(texts),
        case_id="planted-" + pl.col("case_id"),
        encounter_id="planted-" + pl.col("encounter_id"),
        patient_key=another.otherwise("patient_key"),
    )


def _one_number_changed(text: str, chance: random.Random) -> str:
    number = chance.choice(list(re.finditer(r"\d+", text)))
    return f"{text[: number.start()]}{int(number[0]) + 1}{text[number.end() :]}"


def _one_item_dropped(text: str, chance: random.Random) -> str:
    items = text.split("; ")
    return "; ".join(items[:1] + items[2:]) if len(items) > 2 else _one_number_changed(text, chance)


def _sections_reordered(text: str, chance: random.Random) -> str:
    sections = text.split("\n\n")
    return "\n\n\n".join(chance.sample(sections, len(sections)))


def _lower_case(text: str, chance: random.Random) -> str:
    return text.lower()


def _copied_forward(text: str, chance: random.Random) -> str:
    return f"Copied forward, reviewed.\n{text}"


CHANGES: dict[str, Callable[[str, random.Random], str]] = {
    "one number changed": _one_number_changed,
    "one item dropped": _one_item_dropped,
    "sections reordered": _sections_reordered,
    "lower case": _lower_case,
    "copied forward": _copied_forward,
}


def _timed(cases: pl.DataFrame, register: Path) -> tuple[dict[str, float], pl.DataFrame]:
    started = time.perf_counter()
    duplicates = find_duplicates(cases, SIMILARITY, SEED)
    deduplicated = time.perf_counter()
    split = split_cases(cases, duplicates, register, SEED)
    done = time.perf_counter()
    certificate = certify(split, split.clear(), SIMILARITY)
    certified = time.perf_counter()
    assert violations(certificate) == []
    seconds = {"dedup": deduplicated - started, "split": done - deduplicated, "certificate": certified - done}
    return seconds | {"total": certified - started}, duplicates


def _quality(cases: pl.DataFrame, duplicates: pl.DataFrame) -> dict[str, Any]:
    """Compare what was removed with what was planted, by kind of change."""
    planted = cases["case_id"].tail(PLANTED).to_list()
    found = set(duplicates["case_id"])
    by_kind = {
        kind: round(sum(case in found for case in kinds) / len(kinds), 4)
        for place, kind in enumerate(CHANGES)
        if (kinds := planted[place :: len(CHANGES)])
    }
    right = sum(case.removeprefix("planted-") == of for case, of in duplicates["case_id", "duplicate_of"].iter_rows())
    return {
        "removed": duplicates.height,
        "recall": round(len(found & set(planted)) / PLANTED, 4),
        "recall_by_change": by_kind,
        "precision": round(right / max(1, duplicates.height), 4),
    }


def _moved_over_months(cases: pl.DataFrame, register: Path) -> int:
    """Return how many patients changed sides while the cases arrived in six months."""
    splits: dict[str, str] = {}
    moved = 0
    for month in range(1, MONTHS + 1):
        arrived = cases.head(cases.height * month // MONTHS)
        split = split_cases(arrived, find_duplicates(arrived, SIMILARITY, SEED), register, SEED)
        assert violations(certify(split, split.clear(), SIMILARITY)) == []
        now = dict(split["patient_key", "split"].iter_rows())
        moved += sum(now.get(patient, its) != its for patient, its in splits.items())
        splits |= now
    return moved


def _ratio_to_peer(cases: pl.DataFrame) -> float:
    some = pl.concat([cases.head(CASES // PEER_SHARE), cases.tail(PLANTED // PEER_SHARE)])
    notes = some["completion"].to_list()
    ours = median(_seconds(lambda: find_duplicates(some, SIMILARITY, SEED)) for _ in range(REPEATS))
    theirs = median(_seconds(lambda: find_near_duplicates(notes, SIMILARITY, SEED)) for _ in range(REPEATS))
    return round(theirs / ours, 1)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
