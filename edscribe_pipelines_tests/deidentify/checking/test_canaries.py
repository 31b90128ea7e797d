from __future__ import annotations

import pytest

from edscribe_pipelines.deidentify.checking.canaries import check_canaries
from edscribe_pipelines.deidentify.finding.rules import phi_categories
from edscribe_pipelines.deidentify.finding.spans import Deidentified
from edscribe_pipelines.deidentify.remover import Remover


class _Sleeping(Remover):
    def remove(self, text: str, known_identifiers: object = ()) -> Deidentified:
        return Deidentified(text, ())


@pytest.mark.parametrize("seed", range(60))
def test_no_canary_survives(remover: Remover, seed: int) -> None:
    assert check_canaries(remover, seed).survivors == []


def test_canaries_of_all_categories_survive_a_remover_that_does_nothing() -> None:
    report = check_canaries(_Sleeping(), 7)
    assert len(report.survivors) == report.planted
    assert set(report.survivors) == set(phi_categories().values())
