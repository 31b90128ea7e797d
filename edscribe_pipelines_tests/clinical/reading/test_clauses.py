import pytest

from edscribe_pipelines.clinical.reading.clauses import clause_after, clause_before


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("Well. In pain X now. Home", " In pain ", " now"),
        ("one\ntwo X three\nfour", "two ", " three"),
        ("a; b X c; d", " b ", " c"),
        ("0.5 mg X 1.5 mg", "0.5 mg ", " 1.5 mg"),
        ("X", "", ""),
    ],
)
def test_clause_ends_at_stops_and_lines_not_at_decimals(text: str, before: str, after: str) -> None:
    place = text.index("X")
    assert (clause_before(text, place), clause_after(text, place + 1)) == (before, after)


def test_long_clause_is_cut() -> None:
    text = "word " * 100 + "X" + " word" * 100
    assert len(clause_before(text, text.index("X"))) == len(clause_after(text, text.index("X") + 1)) == 200
