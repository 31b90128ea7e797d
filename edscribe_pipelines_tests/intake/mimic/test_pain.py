import pytest

from edscribe_pipelines.intake.mimic.pain import NO_NUMBER, NOT_MEASURABLE, read_pain


@pytest.mark.parametrize(
    ("charted", "score"),
    [("0", 0), ("10", 10), ("8.5", 8.5), ("8/10", 8), (" 8 / 10 ", 8), ("10 out of 10", 10), ("0/10", 0), ("13", 13)],
)
def test_score_is_read_with_or_without_its_scale(charted: str, score: float) -> None:
    assert read_pain(charted) == (score, None)


@pytest.mark.parametrize(("charted", "score"), [("7-8", 8), ("7 - 8/10", 8), ("7 to 8", 8), ("8-7", 8)])
def test_range_counts_as_its_higher_end(charted: str, score: float) -> None:
    assert read_pain(charted) == (score, None)


@pytest.mark.parametrize("charted", ["denies", "No pain", "denies  pain", "none"])
def test_denied_pain_is_no_pain(charted: str) -> None:
    assert read_pain(charted) == (0, None)


@pytest.mark.parametrize("charted", ["unable", "UTA", "asleep", "ett", "Critical", "does not scale", "sleep "])
def test_who_cannot_rate_pain_has_no_score(charted: str) -> None:
    assert read_pain(charted) == (None, NOT_MEASURABLE)


@pytest.mark.parametrize("charted", ["o", "moderate", "8/100", "1/2", "5,5", "-3", "1e1", "8 of 9", "grimace"])
def test_nothing_is_guessed(charted: str) -> None:
    assert read_pain(charted) == (None, NO_NUMBER)
