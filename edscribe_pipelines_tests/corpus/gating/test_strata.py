import polars as pl
import pytest

from edscribe_pipelines.corpus.gating.strata import NOT_RECORDED, acceptance_by, stay_strata
from edscribe_pipelines_tests.builders import deidentified, deidentified_frame


def stays(**of: tuple[int, int]) -> pl.DataFrame:
    """Return the stays of each stratum, given how many there are and how many became cases."""
    rows = [(name, int(place < cases)) for name, (count, cases) in of.items() for place in range(count)]
    return pl.DataFrame(rows, schema={"acuity": pl.String, "cases": pl.UInt32}, orient="row")


def lost(**of: tuple[int, int]) -> list[str]:
    return acceptance_by(stays(**of), "acuity").filter("lost")["acuity"].to_list()


def test_strata_that_are_accepted_alike_are_not_lost() -> None:
    assert lost(esi_1=(20, 19), esi_2=(300, 290), esi_3=(900, 860)) == []


def test_stratum_that_a_gate_drops_is_lost() -> None:
    assert lost(esi_1=(20, 0), esi_2=(300, 290), esi_3=(900, 860)) == ["esi_1"]


def test_stratum_of_which_a_gate_drops_a_half_is_lost_once_there_are_enough_stays() -> None:
    assert lost(esi_1=(100, 50), esi_2=(300, 290), esi_3=(900, 860)) == ["esi_1"]
    assert lost(esi_1=(4, 2), esi_2=(300, 290), esi_3=(900, 860)) == []


def test_few_stays_can_be_kept_out_by_chance() -> None:
    assert lost(esi_1=(3, 0), esi_2=(300, 290)) == []


def test_low_acceptance_of_all_strata_alike_loses_none() -> None:
    assert lost(esi_1=(200, 40), esi_2=(300, 60)) == []


def test_corpus_without_cases_has_lost_no_stratum_more_than_another() -> None:
    assert lost(esi_1=(50, 0), esi_2=(50, 0)) == []
    assert lost() == []


def test_shares_of_stays_and_cases_are_said() -> None:
    first, second = acceptance_by(stays(esi_1=(10, 1), esi_2=(30, 3)), "acuity").to_dicts()
    assert (first["stays"], first["cases"]) == (10, 1)
    assert (second["share_of_stays"], second["share_of_cases"]) == (0.75, 0.75)


@pytest.mark.parametrize(("acuity", "said"), [(2, "ESI 2"), (None, NOT_RECORDED)])
def test_stay_without_acuity_is_a_stratum_of_its_own(acuity: int | None, said: str) -> None:
    assert stay_strata(deidentified_frame(deidentified(triage_acuity=acuity)))["acuity"].to_list() == [said]


def test_stay_without_complaint_is_not_among_the_others() -> None:
    frame = deidentified_frame(deidentified(chief_complaint=None), deidentified(chief_complaint="Chest pain"))
    first, second = stay_strata(frame)["complaint"]
    assert first == NOT_RECORDED
    assert second not in ("", NOT_RECORDED)
