from __future__ import annotations

import pytest

from edscribe_pipelines.deidentify.finding.validated import find_validated


def found(line: str) -> list[str]:
    return [line[find.start : find.end] for find in find_validated(line)]


@pytest.mark.parametrize(
    "iban",
    [
        "DE89370400440532013000", "de89370400440532013000", "DE89 3704 0044 0532 0130 00",
        "de89 3704 0044 0532 0130 00", "GB29-NWBK-6016-1331-9268-19", "gb29-nwbk-6016-1331-9268-19",
        "DE89 37040044 0532013000", "DE 89 3704 0044 0532 0130 00", "no93 8601 1117 947",
        "MT84 MALT 0110 0001 2345 MTLC AST0 01S", "LC55 HEMM 0001 0001 0012 0012 0002 3015",
    ],
)  # fmt: skip
def test_iban_is_found_and_the_words_behind_it_are_not(iban: str) -> None:
    assert found(f"HR88 paid from {iban} when home") == [iban]


@pytest.mark.parametrize(
    "line", ["DE89 3704 0044 0532 0130 01", "HR88 1200 1400 1600 1800", "at 12 with the pain of yesterday"]
)
def test_what_has_no_check_digits_is_no_iban(line: str) -> None:
    assert found(line) == []


@pytest.mark.parametrize(
    "address",
    [
        "2001:db8::1", "2001:DB8:0:0:8:800:200C:417A", "fe80::1", "fe80::1%eth0", "fe80::a00:27ff:fe4e:66a1%eth0/64",
        "2001:db8::", "2001:db8::/32", "::1/128", "::/0", "::ffff:192.0.2.128", "64:ff9b::203.0.113.7",
        "1:2:3:4:5:6:7::", "684D:1111:222:3333:4444:5555:77", "[2001:db8::1]:8080", "[fe80::1%eth0]:443",
    ],
)  # fmt: skip
def test_ipv6_address_is_found_with_its_zone_prefix_and_port(address: str) -> None:
    assert found(f"Seen {address}. Home") == [address]


@pytest.mark.parametrize("line", ["my ip: ::1", "connected from ::1", "dst=::1"])
def test_shortest_address_counts_where_the_line_speaks_of_networks(line: str) -> None:
    assert found(line) == ["::1"]


@pytest.mark.parametrize(
    "line", ["at 14:20:33", "onset 14::05", "ratio 1:2:3:4", "Plan ::1 home", "Pain::8/10", "ED::BED 4", "fe80::1text"]
)
def test_clock_ratio_and_heading_are_no_address(line: str) -> None:
    assert found(line) == []


@pytest.mark.parametrize(
    "host",
    [
        "tamsek.co.il", "oda.tamsek.com.br", "tamsek.org.uk/oda", "voss.photography", "chase.bank", "tamsek.xyz",
        "tamsek-familie.de", "münchen-tamsek.de", "xn--tmsek-gra.de", "почта.рф", "bit.ly/3xTamsek",
        "goo.gl/maps/tamsek", "home.barclays",
    ],
)  # fmt: skip
def test_host_without_a_scheme_is_found(host: str) -> None:
    assert found(f"wrote on {host}. Home") == [host]


@pytest.mark.parametrize(
    "line",
    [
        "Fever.no chills, pt.in no distress, skin.warm", "rrr.lungs clear", "abd.soft", "home.care", "pain.icu",
        "b.i.d. and q.h.s.", "wt.kg/m2", "o.voss@example.de", "nkda.family history", "C.diff", "E.coli", "10.am",
    ],
)  # fmt: skip
def test_two_sentences_without_a_blank_are_no_host(line: str) -> None:
    assert found(line) == []
