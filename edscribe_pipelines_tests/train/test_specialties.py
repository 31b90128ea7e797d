import pytest

from edscribe_pipelines.clinical.sections import SECTIONS
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.train.specialties import find_specialty


def test_emergency_medicine_writes_the_twelve_sections():
    assert find_specialty("emergency_medicine").sections == SECTIONS


def test_unknown_specialty_names_the_known_ones():
    with pytest.raises(BadInput, match="emergency_medicine"):
        find_specialty("astrology")
