from __future__ import annotations

import ipaddress
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edscribe_pipelines.deidentify.replacing.draws import Draw
from edscribe_pipelines.deidentify.replacing.shapes import SHAPES


def fakes(value: str, span_type: str) -> list[str]:
    return [SHAPES[span_type](value, Draw(b"key", str(number))) for number in range(40)]


@pytest.mark.parametrize(
    ("span_type", "value", "pattern"),
    [
        ("PHONE", "(415) 231-7788", r"\([2-9]\d\d\) 555-01\d\d"),
        ("PHONE", "+1 415 231 7788", r"\+1 [2-9]\d\d 555 01\d\d"),
        ("PHONE", "4152317788", r"[2-9]\d\d55501\d\d"),
        ("PHONE", "231-7788 x9032", r"555-01\d\d x\d{4}"),
        ("PHONE", "+44 20 7946 0018", r"\+\d\d [2-9]\d \d555 01\d\d"),
        ("PHONE", "51417", r"\d{5}"),
        ("PHONE", "ext. 4471", r"ext\. \d{4}"),
        ("FAX", "415.231.7788", r"[2-9]\d\d\.555\.01\d\d"),
        ("SSN", "562-90-6140", r"9\d\d-[0-4]\d-\d{4}"),
        ("SSN", "562906140", r"9\d\d[0-4]\d{5}"),
        ("SSN", "xxx-xx-9018", r"xxx-xx-\d{4}"),
        ("SSN", "6789", r"\d{4}"),
        ("MRN", "MR-220915", r"[A-Z]{2}-\d{6}"),
        ("HEALTH_PLAN", "1EG4-TE5-MK73", r"\d[A-Z]{2}\d-[A-Z]{2}\d-[A-Z]{2}\d\d"),
        ("IP", "6.166.43.100", r"203\.0\.113\.\d{1,3}"),
        ("IP", "2600:1f18:0:0::7334", r"2001:db8:[\da-f]:[\da-f]::[\da-f]{4}"),
        ("IP", "::1", r"2001:db8:[\da-f]"),
        ("ZIP", "02139-4301", r"021\d\d-\d{4}"),
        ("ZIP", "03601", r"000\d\d"),
        ("ZIP", "K1A 0B1", r"[A-Z]\d[A-Z] \d[A-Z]\d"),
        ("PHOTO", "IMG_4209.JPG", r"IMG_\d{4}\.JPG"),
        ("PHOTO", "tamsek.png", r"[a-z]{6}\.png"),
        ("VEHICLE", "4ZSL 13", r"\d[A-Z]{3} \d\d"),
        ("ROOM", "12B", r"[1-9]\d[A-Z]"),
    ],
)
def test_fake_has_the_shape_of_the_original(span_type: str, value: str, pattern: str) -> None:
    drawn = fakes(value, span_type)
    assert all(re.fullmatch(pattern, fake) for fake in drawn)
    assert len(set(drawn)) > 5


def test_network_address_is_one_for_documentation() -> None:
    reserved = [ipaddress.ip_network("203.0.113.0/24"), ipaddress.ip_network("2001:db8::/32")]
    addresses = [ipaddress.ip_address(fake) for fake in fakes("6.166.43.100", "IP") + fakes("2600:1f18::7334", "IP")]
    assert all(any(address in network for network in reserved) for address in addresses)


def test_vehicle_number_holds_a_letter_that_no_vin_has() -> None:
    assert all(len(fake) == 17 and set(fake) & set("IOQ") for fake in fakes("1HVSS82633A004352", "VEHICLE"))


def test_number_as_long_as_a_card_fails_the_check_of_cards() -> None:
    def check(fake: str) -> int:
        digits = [int(digit) for digit in fake if digit.isdigit()]
        doubled = "".join(str(2 * digit) for digit in digits[-2::-2])
        return (sum(digits[-1::-2]) + sum(map(int, doubled))) % 10

    assert check("4111 1111 1111 1111") == 0
    assert all(check(fake) for number in range(20) for fake in fakes(f"4111 1111 1111 11{number:02}", "ACCOUNT"))


@given(st.text(max_size=20), st.sampled_from(sorted(SHAPES)))
def test_any_value_gets_a_fake_of_its_type(value: str, span_type: str) -> None:
    assert isinstance(SHAPES[span_type](value, Draw(b"key", value)), str)


@given(st.text(alphabet="AZaz09-/ .", max_size=20))
def test_codes_change_digit_by_digit_and_letter_by_letter(value: str) -> None:
    def shape(text: str) -> str:
        return re.sub(r"[a-z]", "a", re.sub(r"[A-Z]", "A", re.sub(r"\d", "9", text)))

    assert shape(SHAPES["OTHER_ID"](value, Draw(b"key", value))) == shape(value)
