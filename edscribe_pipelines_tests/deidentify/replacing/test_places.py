from __future__ import annotations

import pytest

from edscribe_pipelines.deidentify.finding.gazetteer import is_city
from edscribe_pipelines.deidentify.replacing.places import without_kind
from edscribe_pipelines.deidentify.tables import FOLDER
from edscribe_pipelines.tables import read_table


def test_no_invented_place_is_a_city() -> None:
    rows = read_table("surrogate_places.csv", FOLDER)
    stems, endings = ([row["letters"] for row in rows if row["part"] == part] for part in ("stem", "ending"))
    assert len(stems) * len(endings) > 600
    assert [stem + ending for stem in stems for ending in endings if is_city(stem + ending)] == []


@pytest.mark.parametrize(
    ("value", "span_type", "name"),
    [
        ("Voss Valley Hospital", "HOSPITAL", "Voss Valley"),
        ("Voss Medical Center", "HOSPITAL", "Voss"),
        ("VOSS NURSING  HOME", "HOSPITAL", "VOSS"),
        ("Mount Voss", "HOSPITAL", "Mount Voss"),
        ("Hospital", "HOSPITAL", "Hospital"),
        ("Voss Marine, LLC", "EMPLOYER", "Voss Marine"),
        ("Port Voss", "CITY", "Port Voss"),
    ],
)
def test_what_a_place_is_stays_apart_from_its_name(value: str, span_type: str, name: str) -> None:
    assert without_kind(value, span_type) == name
