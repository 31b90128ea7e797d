import pytest

from edscribe_pipelines.clinical.grounding.figures import figures, numbers_in


def found(text: str) -> list[tuple[str, str]]:
    return [(figure.kind, figure.value) for figure in figures(text)]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("98.40", "number", "98.4"),
        ("1,200", "number", "1200"),
        ("07", "number", "7"),
        (".5", "number", "0.5"),
        ("½", "number", "0.5"),
        ("100", "number", "100"),
        ("forty-two", "number", "42"),
        ("twelve", "number", "12"),
        ("90+", "number", "90"),
        ("142/81", "pair", "142/81"),
        ("142 over 81", "pair", "142/81"),
        ("8 out of 10", "pair", "8/10"),
        ("09:05", "time", "9:05"),
        ("R07.9", "code", "R079"),
        ("ICD-9 786.50", "code", "78650"),
        ("ICD-10-CM code: I21.4.", "code", "I214"),
        ("HR104", "name", "HR104"),
    ],
)
def test_one_figure_has_one_spelling(text: str, kind: str, value: str) -> None:
    assert found(text) == [(kind, value)]


@pytest.mark.parametrize("text", ["SpO2", "12-lead ECG", "ICD-10", "O2 by mask", "no one", "second", "tenth", "weight"])
def test_digits_of_labels_and_parts_of_words_are_no_figures(text: str) -> None:
    assert found(text) == []


def test_range_and_date_are_their_numbers() -> None:
    assert [value for _, value in found("16-18")] == ["16", "18"]
    assert [value for _, value in found("3/1/2026")] == ["3", "1", "2026"]


def test_numbering_that_counts_up_is_no_figure_and_other_numbers_at_line_starts_are() -> None:
    assert found("1. aspirin\n2. insulin\n\n1) rest") == []
    assert [value for _, value in found("1. aspirin\n98. insulin")] == ["98"]


def test_strength_of_a_product_is_its_numbers() -> None:
    assert [value for _, value in found("4mg/1mL 1mL VIAL")] == ["4", "1", "1"]


def test_offsets_are_those_of_the_text() -> None:
    text = "BP 142/81, T 98.4 F"
    assert [text[figure.start : figure.end] for figure in figures(text)] == ["142/81", "98.4"]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("142/81", ["142", "81"]), ("8/10", ["8"]), ("HR104", ["104"]), ("R079", []), ("T98.4", ["98.4"])],
)
def test_numbers_that_a_figure_states(text: str, numbers: list[str]) -> None:
    (figure,) = figures(text)
    assert list(numbers_in(figure, text)) == numbers
