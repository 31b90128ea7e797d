import json

import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.train.preflight.check import Check
from edscribe_pipelines.train.preflight.lengths import LENGTHS, Lengths, check_lengths
from edscribe_pipelines.train.preflight.report import PICTURE, REPORT, PreflightReport, refuse, write_report

FINE = Check("splits", "passed", "8 train")
DOUBTFUL = Check("LoRA targets", "warned", "4 of 56 layers", "Take targets: hybrid.")
WRONG = Check("base weights", "refused", "a | b is no folder", "Set EDSCRIBE_BASE_MODEL.", {"problems": 1})
FULL = Check("disk for checkpoints", "refused", "needs 9 GB, 1 GB is free", "Free 8 GB.")
TOKENS = check_lengths({"train": Lengths([3, 4], [5, 6], [8, 10]), "validation": Lengths([3], [4], [7])}, 9)


def test_refusals_are_those_that_were_refused():
    assert PreflightReport((FINE, WRONG, DOUBTFUL, FULL)).refusals == [WRONG, FULL]


def test_one_error_names_every_refusal_with_its_remedy():
    with pytest.raises(BadInput) as raised:
        refuse("training_preflight 2026-01", [WRONG, FULL])
    for said in ("no folder", "Set EDSCRIBE_BASE_MODEL.", "needs 9 GB", "Free 8 GB."):
        assert said in str(raised.value)


def test_no_refusal_raises_nothing():
    refuse("training_preflight 2026-01", [])


def test_table_has_a_row_for_each_check_and_keeps_its_columns():
    table = PreflightReport((FINE, WRONG)).as_markdown().splitlines()
    assert len(table) == 4
    assert "a \\| b" in table[3]
    assert table[3].replace("\\|", "").count("|") == 4


def test_written_report_is_read_back_with_its_figures_and_a_small_picture(tmp_path):
    report = PreflightReport((FINE, TOKENS, DOUBTFUL))
    write_report(tmp_path, report)
    rows = json.loads((tmp_path / REPORT).read_text())
    assert PreflightReport(tuple(Check(**row) for row in rows)) == report
    assert report.figures(LENGTHS)["sequence_length"] == 9
    picture = (tmp_path / PICTURE).read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) < 60_000


def test_same_lengths_give_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_report(tmp_path / name, PreflightReport((TOKENS,)))
    assert (tmp_path / "one" / PICTURE).read_bytes() == (tmp_path / "two" / PICTURE).read_bytes()
