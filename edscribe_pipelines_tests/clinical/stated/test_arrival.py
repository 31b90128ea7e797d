import pytest

from edscribe_pipelines.clinical.stated.arrival import stated_arrival_transport


@pytest.mark.parametrize(
    ("words", "way"),
    [
        ("BIBA from home", "AMBULANCE"),
        ("brought in by ambulance", "AMBULANCE"),
        ("BIB EMS", "AMBULANCE"),
        ("arrived via EMS", "AMBULANCE"),
        ("Mode of arrival: Ambulance", "AMBULANCE"),
        ("airlifted from the scene", "HELICOPTER"),
        ("arrived by helicopter", "HELICOPTER"),
        ("walked into the ED", "WALK IN"),
        ("came in by private vehicle", "WALK IN"),
        ("Arrival: POV", "WALK IN"),
        ("refused EMS transport and walked in", "WALK IN"),
        ("was not brought in by ambulance", None),
        ("brought in by ambulance last month", None),
        ("walked in after he was brought by EMS", None),
        ("EMS was called", None),
        ("a car hit him", None),
    ],
)
def test_transport_is_the_way_that_the_patient_came(words: str, way: str | None) -> None:
    assert stated_arrival_transport(f"HPI: Patient {words}.") == way


def test_way_out_is_not_the_way_in() -> None:
    assert stated_arrival_transport("Dispo: transported by EMS to the trauma center") is None
