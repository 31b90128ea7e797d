from __future__ import annotations

import re

import pytest

from edscribe_pipelines.deidentify.checking.check_digits import CHECKS


def passes(check: str, text: str, number: str) -> bool:
    found = re.search(re.escape(number), text)
    assert found is not None
    return CHECKS[check](found)


@pytest.mark.parametrize(("number", "valid"), [("4111 1111 1111 1111", True), ("4111 1111 1111 1112", False)])
def test_card_numbers_obey_luhn(number: str, valid: bool) -> None:
    assert passes("luhn", number, number) is valid


def test_zeros_are_no_card() -> None:
    assert not passes("luhn", "0000 0000 0000 0000", "0000 0000 0000 0000")


@pytest.mark.parametrize(("number", "valid"), [("bv4209157", True), ("bv4209156", False)])
def test_dea_numbers_have_a_checksum(number: str, valid: bool) -> None:
    assert passes("dea", number, number) is valid


@pytest.mark.parametrize(
    ("text", "end", "valid"),
    [
        ("1hvss82633a004352", "4352", True),  # no valid check digit: the mix of letters and digits must do
        ("11111111111111111", "11111", True),  # nearly all digits, but the check digit is right
        ("11111111211111111", "11111111", False),
        ("x1hvss82633a004352", "4352", False),
        ("1hvssi2633a004352", "4352", False),
        ("4352", "4352", False),
    ],
)
def test_vehicle_numbers_have_a_check_digit_or_a_mix(text: str, end: str, valid: bool) -> None:
    found = re.search(re.escape(end) + "$", text)
    assert found is not None
    assert CHECKS["vin"](found) is valid


@pytest.mark.parametrize(
    ("text", "valid"),
    [("2001:db8::8a2e:370:7334", True), ("14:20:33", False), ("00:1b:44:11:3a:b7", True), ("a::b", False),
     ("14::05", False)],
)  # fmt: skip
def test_network_addresses_are_told_from_times(text: str, valid: bool) -> None:
    found = re.search(r":[0-9a-f]{0,4}:", text)
    assert found is not None
    assert CHECKS["network_address"](found) is valid


@pytest.mark.parametrize(
    ("text", "valid"),
    [("3/14/62", True), ("14/3/62", True), ("62-03-14", True), ("3-14-2062", True), ("20/30/40", False),
     ("0-12-24", False), ("13/13/13", False), ("5/0/12", False)],
)  # fmt: skip
def test_date_has_a_day_and_a_month(text: str, valid: bool) -> None:
    found = re.search(".*", text)
    assert found is not None
    assert CHECKS["day_and_month"](found) is valid
