import pytest

from edscribe_pipelines.clinical.vitals.mentions import mentions_in


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("temp thirty six point eight", [98.2]),
        ("temp thirty seven nine", [100.2]),
        ("temp one zero two point four fahrenheit", [102.4]),
        ("pulse one oh four", [104]),
        ("heart rate one one six", [116]),
        ("heart rate one forty eight", [148]),
        ("heart rate one hundred and ten", [110]),
        ("bp one four two over seventy six", [142, 76]),
        ("BP one eighty eight over one oh two", [188, 102]),
        ("bp one oh eight on seventy", [108, 70]),
        ("GCS fifteen seventy four kilos", [15]),
        ("sats in the low eighties", [80]),
        ("breathing about forty a minute", [40]),
        ("lost pulse at eight nineteen, rhythm PEA", []),
    ],
)
def test_number_in_words_is_read_as_it_is_dictated(said: str, values: list[float]) -> None:
    assert [mention.value for mention in mentions_in(said)] == values


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("HR 1120 RR 18", [1120, 18]),
        ("BP 118/74 | HR 1040 | RR 18", [118, 74, 1040, 18]),
        ("temp 3678 C", [6652.4]),
        ("standing 3 min 70/108 HR 82", [70, 108, 82]),
        ("HR 1045 seen by MD", []),
        ("took a rectal temperature at 1410. One loose stool", []),
        ("SNORING RESPS 0512, NO PULSE", []),
        ("pain standing 8/10", []),
        ("still febrile at 48 h", []),
        ("Vitals: pulse 100, U.O.P 900 cc", [100]),
    ],
)
def test_too_many_digits_are_a_value_and_a_time_is_none(said: str, values: list[float]) -> None:
    assert [mention.value for mention in mentions_in(said) if mention.field != "pain_0_10"] == values
