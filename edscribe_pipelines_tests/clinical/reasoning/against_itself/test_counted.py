import re

import pytest

from edscribe_pipelines.tables import read_table
from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import rules


@pytest.mark.parametrize(
    ("said", "is_off"),
    [
        ("Kocher 2/4 (fever, NWB, ESR 58, WBC 17.4).", True),
        ("Kocher 4/4 (fever, NWB, ESR 58, WBC 17.4).", False),
        ("Kanavel 0 of 4: not fusiform, not flexed, no sheath tenderness, severe pain on extension.", True),
        ("Kanavel 0 of 4: not fusiform, not flexed, no sheath tenderness, no pain on extension.", False),
        ("Meets SIRS 2 (HR 120, WBC 18, no fever).", False),
        ("CURB-65 1 (confusion, urea 11, RR 34).", True),
    ],
)
def test_items_are_as_many_as_the_score_says(said: str, is_off: bool) -> None:
    assert (("score", "warning") in rules(medical=said)) is is_off


@pytest.mark.parametrize("row", read_table("counted_scores.csv"), ids=lambda row: row["score"])
def test_each_score_is_found_by_its_name(row: dict[str, str]) -> None:
    name = row["score"].removesuffix(" criteria").removesuffix(" signs").removesuffix(" score").removesuffix(" rule")
    assert re.search(row["wording"], name.removesuffix(" syncope"), re.I) or row["score"].startswith("San Francisco")
