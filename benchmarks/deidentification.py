"""How much PHI goes, what else goes with it, and how fast: this project and its peers on the same notes in one run.

Run from the repository root: `python benchmarks/deidentification.py --phi-free train.csv`. The notes come from the
templates in `deid_notes`, no note twice. Each engine reads them in a process of its own (`deidentification_peers.py`);
its rate is the median over slices of the notes, per CPU-second of that process, start-up excluded. The peers are
installed once, under `--peers`, from PyPI; one that does not install or run stays in the table with the reason.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import fmean, median
from typing import Any

from deid_notes.fill import notes as filled
from deid_notes.scoring import OURS, Scores, bars
from deidentification_peers import ENGINES, PEERS, Engine, EngineFailed, started

SEED, SLICES = 20_260_101, 4
FULL = {"notes": 1_000, "queries": 1_000, "clocked": 800, "short": 100_000}
QUICK = {"notes": 200, "queries": 200, "clocked": 200, "short": 10_000}
CLOCK_REPEATS, SHORT_STEPS = 3, 100
PARTS = ("notes", "queries", "phi_free", "asq_phi")
SHARES = (("notes", "recall"), ("queries", "recall"), ("asq_phi", "recall"), ("notes", "survived"),
          ("notes", "words_redacted"), ("phi_free", "words_redacted"))  # fmt: skip
COLUMNS = {"engine": 22, "recall": 7, "queries": 7, "ASQ": 7, "survive": 7, "words": 7, "no PHI": 7, "direct": 7,
           "leaky": 7, "notes/s": 8, "ours x": 7}  # fmt: skip
"""The shares, then direct identifiers missed, notes with a leak, notes per CPU-second, our rate over it."""

RESULTS = Path(__file__).parent / "results" / "deidentification.jsonl"

_KINDS = {"NAME": "patient_name", "NAME_PROVIDER": "clinician_name", "HOSPITAL": "hospital", "MRN": "mrn"}
"""What the record of an encounter would name: the first span of each of these types is a known identifier."""

Note = dict[str, Any]


def main() -> None:
    options = _options()
    load = os.getloadavg()[0]
    sizes = QUICK if options.quick else FULL
    sets = _sets(options, sizes)
    engines = {name: _measure(name, sets, options.peers) for name in dict.fromkeys([OURS, *options.engines])}
    clocked = (
        sets["notes"] if options.notes else _unknown(filled(options.set, CLOCK_REPEATS * sizes["clocked"], SEED + 1))
    )
    result: dict[str, Any] = {
        "date": date.today().isoformat(),
        "notes": options.notes.name if options.notes else options.set,
        "engines": engines,
        "two_processes": _two_against_one(clocked, options.peers),
        "resident_mb": None if options.notes else _resident_mb(_queries_of(options.set), sizes["short"], options.peers),
        "versions": {name: version(name) for name in ("presidio-analyzer", "spacy")} | _peer_versions(),
        "machine_cores": os.cpu_count(),
        "load_before": load,
    }
    result["bars"] = bars(result)
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as results:
        results.write(json.dumps(result) + "\n")
    _show(result)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", default="held_out", help="the template set that the notes are filled from")
    parser.add_argument("--notes", type=Path, help="annotated notes (JSONL) instead of a template set")
    parser.add_argument("--phi-free", type=Path, help="CSV whose column `note` holds notes without PHI")
    parser.add_argument("--asq-phi", type=Path, help="ASQ-PHI's synthetic_clinical_queries.txt")
    parser.add_argument("--asq-half", choices=("first", "second"), help="the first half was used for development")
    parser.add_argument("--peers", type=Path, default=Path.home() / ".cache" / "edscribe_benchmarks")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES), help="all of them by default")
    parser.add_argument("--quick", action="store_true", help="fewer notes: too few for the bars' counts")
    return parser.parse_args()


def _sets(options: argparse.Namespace, sizes: dict[str, int]) -> dict[str, list[Note]]:
    if options.notes:
        sets = {"notes": [json.loads(line) for line in options.notes.read_text("utf-8").splitlines()]}
    else:
        sets = {
            "notes": list(filled(options.set, sizes["notes"], SEED)),
            "queries": list(filled(_queries_of(options.set), sizes["queries"], SEED)),
        }
    if options.phi_free:
        with options.phi_free.open(encoding="utf-8", newline="") as rows:
            sets["phi_free"] = [{"text": row["note"], "spans": []} for row in csv.DictReader(rows)]
    if options.asq_phi:
        queries = list(_asq_phi(options.asq_phi.read_text("utf-8")))
        middle = len(queries) // 2
        sets["asq_phi"] = {"first": queries[:middle], "second": queries[middle:]}.get(options.asq_half, queries)
    return {name: [note | {"known": _known(note)} for note in notes] for name, notes in sets.items()}


def _queries_of(template_set: str) -> str:
    return re.sub(r"_\d+$", "", template_set) + "_queries"


def _asq_phi(text: str) -> Iterator[Note]:
    """Yield the queries of ASQ-PHI (MIT), with a span wherever the value of a tag stands."""
    for block in text.split("===QUERY===")[1:]:
        query, _, tags = block.partition("===PHI_TAGS===")
        query = query.strip()
        spans = {
            (found.start(), found.end(), tag["identifier_type"])
            for tag in map(json.loads, filter(str.strip, tags.splitlines()))
            for found in re.finditer(re.escape(tag["value"]), query)
        }
        yield {"text": query, "spans": sorted(spans)}


def _known(note: Note) -> list[dict[str, str]]:
    first = {span[2]: note["text"][span[0] : span[1]] for span in reversed(note["spans"])}
    return [{"kind": _KINDS[kind], "value": value} for kind, value in first.items() if kind in _KINDS]


def _measure(name: str, sets: dict[str, list[Note]], environments: Path) -> dict[str, Any]:
    """Return an engine's rate and its scores on each set; of a peer that does not run, the reason."""
    print(f"{name} ...", flush=True)
    try:
        with started(name, environments) as engine:
            scores, rates = {part: Scores() for part in sets}, []
            for part, notes in sets.items():
                for some in _slices(notes, SLICES):
                    answer = _answered(engine, some)
                    for note, removed in zip(some, answer["spans"], strict=True):
                        scores[part].add(note, removed)
                    if part == "notes":
                        rates.append(len(some) / answer["cpu_seconds"])
            scored = {part: score.result() for part, score in scores.items()}
            return {"about": engine.about, "notes_per_cpu_second": round(median(rates), 1), **scored}
    except EngineFailed as failed:
        if name not in PEERS:
            raise
        return {"problem": str(failed)}


def _answered(engine: Engine, notes: Sequence[Note]) -> dict[str, Any]:
    engine.ask([{"text": note["text"], "known": note["known"]} for note in notes])
    return engine.answer()


def _unknown(notes: Iterable[Note]) -> list[Note]:
    return [note | {"known": []} for note in notes]


def _slices(notes: list[Note], count: int) -> Iterator[list[Note]]:
    for place in range(count):
        yield notes[len(notes) * place // count : len(notes) * (place + 1) // count]


def _two_against_one(notes: list[Note], environments: Path) -> float:
    """Return how many times faster two processes are by the clock; the median over slices of `notes`."""
    with (
        started(OURS, environments) as one,
        started(OURS, environments) as first,
        started(OURS, environments) as second,
    ):
        return round(
            median(
                _seconds([one], [some]) / _seconds([first, second], [some[::2], some[1::2]])
                for some in _slices(notes, CLOCK_REPEATS)
            ),
            2,
        )


def _seconds(engines: Sequence[Engine], shares: Sequence[list[Note]]) -> float:
    before = time.perf_counter()
    for engine, notes in zip(engines, shares, strict=True):
        engine.ask(notes)
    for engine in engines:
        engine.answer()
    return time.perf_counter() - before


def _resident_mb(queries: str, count: int, environments: Path) -> dict[str, float]:
    """Return our resident memory while the first and the last tenth of `count` short notes were read, in the mean."""
    after = []
    with started(OURS, environments) as engine:
        for step in range(SHORT_STEPS):
            some = _unknown(filled(queries, count // SHORT_STEPS, SEED + 2 + step))
            after.append(_answered(engine, some)["resident_mb"])
    tenth = SHORT_STEPS // 10
    return {
        "notes": count,
        "first_tenth": round(fmean(after[:tenth]), 1),
        "last_tenth": round(fmean(after[-tenth:]), 1),
    }


def _peer_versions() -> dict[str, str]:
    return dict(requirement.split("==") for peer in PEERS.values() for requirement in peer.requirements[:1])


def _show(result: dict[str, Any]) -> None:
    """Print every sub-type and set for this project, the peers' table, and the bars."""
    ours = result["engines"][OURS]
    for kind, found in ours["notes"]["by_type"].items():
        print(f"{kind:16} {_in_words(found)}")
    for part in PARTS:
        for figure in ("recall", "direct", "survived", "words_redacted"):
            if part in ours and ours[part][figure]["of"]:
                print(f"{part + ', ' + figure:24} {_in_words(ours[part][figure])}")
    print("\n" + " ".join(f"{title:>{width}}" for title, width in COLUMNS.items()))
    for name, row in result["engines"].items():
        cells = [name, row["problem"]] if "problem" in row else [name, *_cells(row, ours)]
        print(" ".join(f"{cell:>{width}}" for cell, width in zip(cells, COLUMNS.values(), strict=False)))
    for name, row in result["engines"].items():
        print(f"{name}: {row.get('about', 'did not run')}")
    print()
    for bar, row in result["bars"].items():
        print(f"{'met   ' if row['met'] else 'MISSED'} {bar}: {row['measured']} (must be {row['must']})")


def _cells(row: dict[str, Any], ours: dict[str, Any]) -> tuple[str, ...]:
    notes = row["notes"]
    rate = row["notes_per_cpu_second"]
    shares = [row.get(part, {}).get(figure, {}).get("share") for part, figure in SHARES]
    return (
        *("-" if share is None else f"{share:.4f}" for share in shares),
        f"{notes['direct']['of'] - notes['direct']['count']:,}",
        f"{notes['notes_with_a_leak']:,}",
        f"{rate:.1f}",
        f"{ours['notes_per_cpu_second'] / rate:.1f}",
    )


def _in_words(share: dict[str, Any]) -> str:
    low, high = share["interval"]
    return f"{share['share']:.4f}  {share['count']:,} of {share['of']:,}  95 % {low:.4f} to {high:.4f}"


if __name__ == "__main__":
    main()
