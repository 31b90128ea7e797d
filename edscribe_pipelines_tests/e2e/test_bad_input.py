"""What the command says about a release that cannot be used, and that nothing has to be cleaned up after it."""

from __future__ import annotations

import csv
import gzip
import shutil
import signal
from pathlib import Path

import polars as pl
import pytest

from edscribe_pipelines_tests.e2e.workplace import Workplace

MONTH = "2026-03"


def table(release: Path, name: str) -> Path:
    return release / "ed" / f"{name}.csv.gz"


def lines_of(path: Path) -> list[str]:
    return gzip.decompress(path.read_bytes()).decode().splitlines()


def write_lines(path: Path, lines: list[str]) -> None:
    path.write_bytes(gzip.compress("\n".join([*lines, ""]).encode()))


def leave_out_a_table(release: Path) -> None:
    table(release, "pyxis").unlink()


def rename_a_column(release: Path) -> None:
    header, *rows = lines_of(table(release, "triage"))
    write_lines(table(release, "triage"), [header.replace("heartrate", "pulse"), *rows])


def cut_short(release: Path) -> None:
    whole = table(release, "vitalsign").read_bytes()
    table(release, "vitalsign").write_bytes(whole[: len(whole) // 2])


def repeat_a_stay(release: Path) -> None:
    lines = lines_of(table(release, "edstays"))
    write_lines(table(release, "edstays"), [*lines, lines[3]])


def empty(release: Path) -> None:
    for path in (release / "ed").iterdir():
        write_lines(path, lines_of(path)[:1])


def stood_staged(workplace: Workplace) -> list[Path]:
    return [path for zone in (workplace.store, workplace.phi_store) for path in zone.rglob(".staging-*")]


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (leave_out_a_table, ["pyxis.csv.gz", "missing"]),
        (rename_a_column, ["triage.csv.gz", "line 1", "heartrate"]),
        (cut_short, ["vitalsign.csv.gz", "not a whole gzip file"]),
        (repeat_a_stay, ["ed/edstays.csv.gz, rows 4 and", "field stay_id"]),
        (empty, ["edstays.csv.gz", "no stay"]),
    ],
)
def test_release_that_cannot_be_used_is_named_in_one_line_and_run_again_once_mended(workplace, spoil, named):
    sound = workplace.folder / "sound"
    shutil.copytree(workplace.release, sound)
    spoil(workplace.release)

    refused = workplace.run(MONTH)
    (line,) = [line for line in refused.stderr.splitlines() if line.startswith("edscribe: ")]
    assert refused.returncode == 2
    assert all(part in line for part in named)
    assert "Traceback" not in refused.stdout + refused.stderr
    assert not (workplace.store / "splits").exists()
    assert not (workplace.store / "summary.json").exists()
    assert stood_staged(workplace) == []

    shutil.rmtree(workplace.release)
    sound.rename(workplace.release)
    assert workplace.run_corpus(MONTH).success
    stays = workplace.stages().get("raw_mimic", MONTH).counts["edstays"]
    assert workplace.stages().get("encounters", MONTH).counts["from_mimic"] == stays > 0


def test_vital_sign_in_words_is_set_aside_and_the_run_goes_on(workplace):
    header, *rows = lines_of(table(workplace.release, "triage"))
    stay = dict(zip(header.split(","), next(csv.reader([rows[4]])), strict=True))
    stay["heartrate"] = "thready"
    rows[4] = ",".join(f'"{cell}"' for cell in stay.values())
    write_lines(table(workplace.release, "triage"), [header, *rows])

    assert workplace.run_corpus(MONTH).success
    intake = workplace.stages().get("encounters", MONTH)
    problem = intake.table("problems").filter(stay_id=stay["stay_id"], column="heartrate").row(0, named=True)
    assert (problem["table"], problem["row"], problem["field"]) == ("triage", 6, "triage.heart_rate_bpm")
    assert problem["reason"]
    given = pl.col("source_ids").list.eval(pl.element().struct.field("value")).list.contains(stay["stay_id"])
    (encounter,) = intake.table("encounters").filter(given).to_dicts()
    assert encounter["triage"]["heart_rate_bpm"] is None
    assert {"field": "triage.heart_rate_bpm", "reason": problem["reason"]} in encounter["set_aside"]


def test_run_killed_amid_the_corpus_is_finished_by_the_same_command(workplace):
    corpus_only = Workplace(workplace.folder, specialties="")
    with corpus_only.start(*corpus_only.run_of(MONTH)) as process:
        next(line for line in process.stderr if line.startswith("  encounters:"))
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    before = corpus_only.stages().get("encounters", MONTH)
    assert corpus_only.stages().find("deidentified_notes", MONTH) is None

    again = corpus_only.run(MONTH)
    assert again.returncode == 0, again.stderr
    assert f"  encounters: {before.counts['encounters']} encounters" in again.stderr
    assert corpus_only.stages().get("encounters", MONTH).manifest == before.manifest
    assert corpus_only.stages().get("splits", MONTH).counts["cases"] > 0
    assert stood_staged(corpus_only) == []
