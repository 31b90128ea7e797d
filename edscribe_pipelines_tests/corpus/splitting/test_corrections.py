from edscribe_pipelines.corpus.splitting.corrections import drop_superseded, original_stays
from edscribe_pipelines_tests.corpus.invented import case, frame, physician_case


def test_stay_of_a_correction_is_the_one_first_written_for() -> None:
    cases = frame(case(1), physician_case(2, revises="e-000001"), physician_case(3, revises="e-000002"), case(4))
    assert original_stays(cases).to_list() == ["e-000001", "e-000001", "e-000001", "e-000004"]


def test_corrections_that_name_each_other_come_to_an_end() -> None:
    cases = frame(physician_case(1, revises="e-000002"), physician_case(2, revises="e-000001"))
    assert drop_superseded(cases).height in (1, 2)


def test_correction_of_a_correction_replaces_it() -> None:
    cases = frame(case(1), physician_case(2, revises="e-000001"), physician_case(3, revises="e-000002"))
    assert drop_superseded(cases)["case_id"].to_list() == ["c-000003"]


def test_revision_replaces_its_original() -> None:
    cases = frame(case(1), case(2), physician_case(3, revises="e-000001"))
    assert sorted(drop_superseded(cases)["case_id"]) == ["c-000002", "c-000003"]


def test_newest_revision_replaces_the_one_before() -> None:
    cases = frame(case(1), physician_case(2, revises="e-000001"), physician_case(3, revises="e-000001"))
    assert drop_superseded(cases)["case_id"].to_list() == ["c-000003"]


def test_revision_without_its_original_counts() -> None:
    assert drop_superseded(frame(physician_case(3, revises="e-quarantined")))["case_id"].to_list() == ["c-000003"]


def test_stay_that_a_later_month_brings_again_counts_once_and_as_it_is_now() -> None:
    current = drop_superseded(frame(case(1), case(2), case(1, prompt="as it is now")))
    assert sorted(current["case_id"]) == ["c-000001", "c-000002"]
    assert current.filter(case_id="c-000001")["prompt"].item() == "as it is now"
