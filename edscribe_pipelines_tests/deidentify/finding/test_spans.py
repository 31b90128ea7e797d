from __future__ import annotations

from edscribe_pipelines.deidentify.finding.spans import Span, count_by_type, settle


def test_overlapping_finds_become_one_span_of_the_longest_type() -> None:
    finds = [Span(4, 9, "CITY", "a"), Span(0, 8, "NAME", "b")]
    assert settle(finds, "abcdefghijkl") == (Span(0, 9, "NAME", "b"),)


def test_neighbours_of_one_type_become_one_span() -> None:
    finds = [Span(0, 3, "NAME", "a"), Span(4, 8, "NAME", "b")]
    assert settle(finds, "Oda Voss") == (Span(0, 8, "NAME", "a"),)


def test_neighbours_on_two_lines_stay_two_spans() -> None:
    finds = [Span(0, 3, "NAME", "a"), Span(4, 8, "NAME", "b")]
    assert len(settle(finds, "Oda\nVoss")) == 2


def test_hospital_and_the_city_it_is_in_become_one_span() -> None:
    text = "Voss Clinic in Tamsbury"
    assert settle([Span(0, 11, "HOSPITAL", "a"), Span(15, 23, "CITY", "b")], text) == (Span(0, 23, "HOSPITAL", "a"),)


def test_number_sign_goes_with_its_number() -> None:
    finds = [Span(4, 7, "MRN", "a"), Span(8, 11, "PHONE", "b")]
    assert settle(finds, "no #771#302") == (Span(3, 7, "MRN", "a"), Span(7, 11, "PHONE", "b"))


def test_blank_of_mimic_is_never_inside_a_span() -> None:
    assert settle([Span(0, 12, "NAME", "a")], "Oda ___ Voss") == (Span(0, 3, "NAME", "a"), Span(8, 12, "NAME", "a"))


def test_counts_are_sorted_by_type() -> None:
    spans = [Span(0, 1, "NAME", "a"), Span(2, 3, "DATE", "b"), Span(4, 5, "NAME", "c")]
    assert count_by_type(spans) == [{"type": "DATE", "count": 1}, {"type": "NAME", "count": 2}]
