import polars as pl
import pytest

from edscribe_pipelines.clinical.protocols.mentioned import protocols_in, protocols_mentioned
from edscribe_pipelines.tables import read_table
from edscribe_pipelines_tests.clinical.invented import note_of


@pytest.mark.parametrize(
    ("note", "names"),
    [
        ("STEMI, cath lab activated", ["STEMI"]),
        ("PEA, CPR started, then STEMI on ECG", ["ACLS", "STEMI"]),
        ("septic shock", ["Sepsis"]),
        ("ROSC after ACLS.", ["ACLS"]),
        ("No STEMI. DKA.", ["DKA"]),
        ("sepsis ruled out", []),
        ("history of DKA", []),
        ("chest pain", []),
    ],
)
def test_a_protocol_is_mentioned_if_it_is_this_visits_and_not_denied(note: str, names: list[str]) -> None:
    assert protocols_mentioned(note) == names


def test_many_notes_are_read_as_each_alone() -> None:
    notes = [
        "",
        "chest pain",
        "no STEMI on ECG",
        "PEA, CPR started, then STEMI on ECG",
        note_of(past="DKA, septic shock."),
        note_of(past="DKA.", ed="DKA, insulin drip."),
        "Denies fever\nstroke alert; no evidence of stroke. LVO",
        "Größe 1,80 m. ſeptic ſhock, anaphylaxis",
        "intubated with a 7.5 ETT",
    ]
    found = protocols_in(pl.Series(notes, dtype=pl.String))
    assert found.to_list() == [protocols_mentioned(note) for note in notes]
    assert found.list.len().sum() > 5


def test_no_note_and_no_notes_mention_nothing() -> None:
    assert protocols_in(pl.Series([None, "DKA"], dtype=pl.String)).to_list() == [[], ["DKA"]]
    assert protocols_in(pl.Series([], dtype=pl.String)).dtype == pl.List(pl.String)


def test_every_trigger_alone_can_be_searched_by_polars() -> None:
    for row in read_table("protocols.csv"):
        for column in ("trigger", "enacted"):
            if row[column]:
                assert pl.Series(["chest pain"]).str.contains(f"(?i:{row[column]})").to_list() == [False]
