import pytest

from edscribe_pipelines_tests.deidentify.finding.known.mentions import found


def test_short_value_is_ignored() -> None:
    assert found("a 7 b", "mrn", "7") == []


def test_number_counts_only_as_a_whole() -> None:
    assert found("1123456 and 12-34-56", "mrn", "123456") == ["12-34-56"]


@pytest.mark.parametrize(
    "number",
    ["(315) 555-0142", "315.555.0142", "3155550142", "1-315-555-0142", "+1 (315) 555-0142", "315 555 0142", "555-0142",
     "5550142", "315/555-0142"],
)  # fmt: skip
@pytest.mark.parametrize("value", ["(315) 555-0142", "+1 315 555 0142", "13155550142", "315-555-0142 ext. 12"])
def test_phone_is_found_however_it_is_written(value: str, number: str) -> None:
    assert found(f"call {number} now", "phone", value) == [number]


@pytest.mark.parametrize("number", ["+44 20 7946 0018", "020 7946 0018", "0044 20 7946 0018"])
def test_foreign_phone_is_found_with_and_without_its_country(number: str) -> None:
    assert any("7946 0018" in each for each in found(number, "phone", "+44 20 7946 0018"))


@pytest.mark.parametrize("number", ["00123456", "123456", "0012-3456", "00 12 34 56", "000123456"])
def test_record_number_may_lose_zeros_and_gain_dashes(number: str) -> None:
    assert found(f"MRN {number}.", "mrn", "00123456") == [number]


@pytest.mark.parametrize(("text", "number"), [("MRN 88410277", "MRN 88410277"), ("MRN: 88410277", "MRN: 88410277"),
                                              ("#88410277", "88410277"), ("MRN88410277", "MRN88410277")])  # fmt: skip
def test_letters_before_a_record_number_may_be_missing(text: str, number: str) -> None:
    assert "88410277" in found(text, "mrn", "MRN-88410277")[0]


@pytest.mark.parametrize("text", ["last four 1120", "last 4: 1120", "ending in 1120", "xxx-xx-1120", "***-**-1120"])
def test_last_four_of_a_social_security_number_count_after_a_cue(text: str) -> None:
    assert found(text, "ssn", "078-05-1120") == ["1120"]


@pytest.mark.parametrize("text", ["at 1120", "1120 mL", "in 1120 of them"])
def test_last_four_alone_are_any_number(text: str) -> None:
    assert found(text, "ssn", "078-05-1120") == []


@pytest.mark.parametrize(("text", "code"), [("NY 13021", "13021"), ("NY 13021-1234", "13021-1234")])
@pytest.mark.parametrize("value", ["13021", "13021-1234"])
def test_zip_code_is_found_with_and_without_its_end(value: str, text: str, code: str) -> None:
    assert found(text, "zip", value) == [code]


@pytest.mark.parametrize("text", ["113021", "13021 mg", "130.21", "1 30 21"])
def test_zip_code_is_no_measurement(text: str) -> None:
    assert found(text, "zip", "13021") == []


@pytest.mark.parametrize("text", ["BP 120/80", "120 mg", "0.120", "120%", "T120"])
def test_short_number_is_no_measurement(text: str) -> None:
    assert found(text, "mrn", "120") == []


def test_ip_address_is_found_only_as_it_stands() -> None:
    assert found("from 10.0.0.1, 110.0.0.1 and 10001", "ip_address", "10.0.0.1") == ["10.0.0.1"]
