from __future__ import annotations

from pathlib import Path

import pytest

from edscribe_pipelines.deidentify.checking.leakage import LeakageReport, measure_leakage
from edscribe_pipelines.errors import BadInput

HEAD = "note_id,read,start,end,category\n"
SAMPLE = "note_id,drawn,characters\nn1,random,100\nn2,random,100\nn3,ranked,100\nn4,ranked,100\n"
CLEAN = "n1,yes,,,\nn2,yes,,,\nn3,yes,,,\nn4,yes,,,\n"


def measure(folder: Path, form_a: str, form_b: str = CLEAN, adjudicated: str | None = None) -> LeakageReport:
    (folder / "sample.csv").write_text(SAMPLE)
    for name, form in (("a", form_a), ("b", form_b), ("final", adjudicated or "")):
        (folder / f"{name}.csv").write_text(HEAD + form)
    return measure_leakage(folder / "a.csv", folder / "b.csv", folder / "final.csv" if adjudicated else None)


def test_clean_sample_still_has_a_bound(tmp_path: Path) -> None:
    report = measure(tmp_path, CLEAN)
    assert (report.notes, report.random_notes, report.notes_with_leak, report.leaked) == (4, 2, 0, 0)
    assert report.upper_bound_95 == pytest.approx(1 - 0.05**0.5)
    assert (report.kappa, report.f1) == (None, None)


def test_what_either_found_has_leaked_and_overlaps_agree(tmp_path: Path) -> None:
    report = measure(
        tmp_path,
        "n1,yes,5,10,NAME\nn1,yes,20,25,MRN\nn2,yes,,,\nn3,yes,1,4,date\nn4,yes,,,\n",
        "n1,yes,7,12,NAME\nn2,yes,,,\nn3,yes,50,54,DATE\nn4,yes,,,\n",
    )
    assert (report.leaked, report.agreed, report.notes_with_leak, report.random_notes_with_leak) == (4, 1, 2, 1)
    assert report.leaked_by_category == {
        "Names": 1,
        "Medical record numbers": 1,
        "Dates and ages over 89": 2,
    }
    assert report.leaks_per_note == 1.0
    assert report.f1 == pytest.approx(2 / 5)
    assert report.kappa == 1.0


def test_only_the_random_half_bounds_the_share_of_notes(tmp_path: Path) -> None:
    report = measure(tmp_path, "n1,yes,,,\nn2,yes,,,\nn3,yes,1,4,DATE\nn4,yes,1,4,DATE\n")
    assert (report.notes_with_leak, report.random_notes_with_leak) == (2, 0)
    assert report.upper_bound_95 == pytest.approx(1 - 0.05**0.5)


def test_kappa_of_annotators_who_agree_as_chance_would_is_zero(tmp_path: Path) -> None:
    report = measure(
        tmp_path,
        "n1,yes,1,2,NAME\nn2,yes,1,2,NAME\nn3,yes,,,\nn4,yes,,,\n",
        "n1,yes,1,2,NAME\nn2,yes,,,\nn3,yes,1,2,NAME\nn4,yes,,,\n",
    )
    assert report.kappa == pytest.approx(0)


def test_adjudication_decides_what_leaked(tmp_path: Path) -> None:
    report = measure(tmp_path, "n1,yes,5,10,NAME\n" + CLEAN, adjudicated=CLEAN)
    assert (report.leaked, report.notes_with_leak) == (0, 0)
    assert report.kappa == 0.0


def test_span_marked_twice_by_one_annotator_counts_once(tmp_path: Path) -> None:
    assert measure(tmp_path, "n1,yes,5,10,NAME\nn1,yes,5,10,NAME\n" + CLEAN).leaked == 1


@pytest.mark.parametrize(
    ("form", "place"),
    [
        (CLEAN + "n9,yes,1,2,NAME\n", r"a\.csv, row 6, field note_id"),
        (CLEAN + "n1,yes,one,2,NAME\n", r"a\.csv, row 6, field start"),
        (CLEAN + "n1,yes,1,,NAME\n", r"a\.csv, row 6, field end"),
        (CLEAN + "n1,yes,5,5,NAME\n", r"a\.csv, row 6, field end: not behind the start"),
        (CLEAN + "n1,yes,5,101,NAME\n", r"a\.csv, row 6, field end: behind the last"),
        (CLEAN + "n1,yes,5,6,Quelvin\n", r"a\.csv, row 6, field category"),
        ("n1,yes,,,\nn2,,,,\nn3,no,,,\n", r"a\.csv, field read: 3 of 4 notes"),
    ],
)
def test_wrong_row_is_named_by_file_row_and_field_without_its_value(tmp_path: Path, form: str, place: str) -> None:
    with pytest.raises(BadInput, match=place) as raised:
        measure(tmp_path, form)
    assert "Quelvin" not in str(raised.value)


@pytest.mark.parametrize("content", [b"note_id,read,start,end\n", b"", b"\xff\xfe\x00"])
def test_file_that_is_no_form_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "sample.csv").write_text(SAMPLE)
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(BadInput, match=r"^a\.csv"):
        measure_leakage(tmp_path / "a.csv", tmp_path / "a.csv")


def test_missing_form_is_named(tmp_path: Path) -> None:
    (tmp_path / "sample.csv").write_text(SAMPLE)
    with pytest.raises(BadInput, match=r"^a\.csv: cannot be read"):
        measure_leakage(tmp_path / "a.csv", tmp_path / "b.csv")
