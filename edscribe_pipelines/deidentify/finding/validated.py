"""What a library can tell from its look-alikes: IBANs, IPv6 addresses, names of hosts without a scheme.

Clinical text has their shapes, too ("HR88 1200 1400", "14::05", "Denies pain.no fever"). So a shape only proposes;
Presidio's IBAN recognizer (check digits and the form of the country), `ipaddress` and the Public Suffix List, as
`tldextract` ships it, decide. None of them asks the network.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.finding.vocabulary import is_vocabulary
from edscribe_pipelines.deidentify.tables import word_list

_IBAN = re.compile(r"(?<![^\W_])(?=([A-Za-z]{2} ?[0-9]{2}(?:[ -]?[A-Za-z0-9]){11,30}))")
"""ISO 13616: a country, two check digits, 11 to 30 letters and digits; often in groups."""
_FEWEST_DIGITS = 8
_APART = str.maketrans("", "", " -")

_ADDRESS = re.compile(r"(?<![\w:.%])(?=[0-9a-fA-F.]{0,15}:)[0-9a-fA-F:.]{2,45}")
_MISTYPED = re.compile(r"[0-9a-fA-F]{1,4}(?:::?[0-9a-fA-F]{1,4}){4,7}")
_ZONE_AND_PREFIX = re.compile(r"(?:%\w{1,16}(?:[.-]\w{1,16}){0,3})?(?:/\d{1,3}(?!\d))?")
_PORT = re.compile(r"\]:\d{1,5}(?!\d)")
_OF_NETWORKS = re.compile(r"(?:^|:)(?:[0-9a-f]{3,4}(?<=\d..)|[0-9a-f]*(?:\d[a-f]|[a-f]{2}\d)|f{4})", re.I)
"""A group that no clock and no list has: 2001, fe80, db8, 8a2e, ffff."""
_FEWEST_GROUPS = 4
_SPEAKS_OF_NETWORKS = re.compile(
    r"(?:[=@]|\b(?:ip(?:v6)?|addr(?:ess)?|hosts?|servers?|loopback|localhost|gateway|src|dst|source|destination|route"
    r"|subnet|prefix|ping(?:s|ed)?|connect(?:s|ed|ing)?|listen(?:s|ing)?)\b[^\w\n]{0,3}(?:(?:is|from|to|on|at) )?)$",
    re.I,
)
_REACH = 24

_JOINED_BY_POINT = re.compile(r"\w\.[^\W\d_]")
_HOST = re.compile(
    r"(?<![\w@.\-/])(?P<host>(?:[\w-]{1,63}\.){1,6}(?:[^\W\d_]{2,24}|xn--[a-z0-9-]{2,59}))(?![\w@-]|\.\w)"
    r"(?P<path>(?::\d{2,5})?/[^\s<>\"')\]]{1,2000}(?<![.,;:!?]))?"
)
_ABBREVIATION = 4
"""Letters of an ending that may be an abbreviation of the clinic: "pain.icu"."""


def find_validated(line: str) -> Iterator[Span]:
    yield from _ibans(line)
    yield from _addresses(line)
    yield from _hosts(line)


def _ibans(line: str) -> Iterator[Span]:
    for match in _IBAN.finditer(line):
        start = match.start()
        end = next((end for end in _ends(line, *match.span(1)) if _is_iban(line[start:end])), None)
        if end is not None:
            yield Span(start, end, "ACCOUNT", "iban")


def _ends(line: str, start: int, end: int) -> Iterator[int]:
    """Yield where words end in a stretch, the last first."""
    for place in range(end, start, -1):
        if line[place - 1].isalnum() and not line[place : place + 1].isalnum():
            yield place


def _is_iban(written: str) -> bool:
    number = written.translate(_APART).upper()
    if sum(map(str.isdigit, number)) < _FEWEST_DIGITS:
        return False
    return bool(_iban_recognizer().validate_result(number))


@cache
def _iban_recognizer() -> Any:
    from presidio_analyzer.predefined_recognizers import IbanRecognizer

    return IbanRecognizer()


def _addresses(line: str) -> Iterator[Span]:
    for match in _ADDRESS.finditer(line) if line.count(":") > 1 else ():
        start, address = match.start(), _address(match[0])
        end = start + len(address)
        if not address or line[end : end + 1].isalpha():
            continue
        whole = _ZONE_AND_PREFIX.match(line, end)
        behind = whole.end() if whole else end
        if behind > end or _is_of_networks(address) or _SPEAKS_OF_NETWORKS.search(line[max(0, start - _REACH) : start]):
            port = _PORT.match(line, behind) if line[start - 1 : start] == "[" else None
            yield Span(start - 1, port.end(), "IP", "ip_v6") if port else Span(start, behind, "IP", "ip_v6")


def _address(written: str) -> str:
    """Return the IPv6 address that is written, or nearly so, without the point or colon behind it; or ""."""
    written = written.rstrip(".")
    for address in (written, written.removesuffix(":")):
        try:
            ipaddress.IPv6Address(address)
        except ValueError:
            continue
        return address
    return written if _MISTYPED.fullmatch(written) and _OF_NETWORKS.search(written) else ""


def _is_of_networks(address: str) -> bool:
    groups = [group for group in address.split(":") if group]
    return len(groups) >= _FEWEST_GROUPS or _OF_NETWORKS.search(address) is not None or "." in address


def _hosts(line: str) -> Iterator[Span]:
    for match in _HOST.finditer(line) if _JOINED_BY_POINT.search(line) else ():
        if _is_host(match["host"], has_path=match["path"] is not None):
            yield Span(*match.span(), "URL", "url_bare")


def _is_host(host: str, *, has_path: bool) -> bool:
    """Whether this is the name of a host and not two sentences with no blank between them."""
    parts = _public_suffixes()(host)
    domain, suffix = parts.domain, parts.suffix
    if not suffix or len(domain) < 2 or not any(map(str.isalpha, domain)) or suffix != suffix.lower():
        return False
    if "." in suffix or not suffix.isascii() or suffix.startswith("xn--"):
        return True
    if suffix in word_list("ending_of_host"):
        return True
    is_unknown = len(domain) >= _ABBREVIATION and not _is_word(domain.lower())
    if suffix in word_list("ending_of_country"):
        return is_unknown
    return not _is_word(suffix) and (has_path or len(suffix) > _ABBREVIATION or is_unknown)


def _is_word(word: str) -> bool:
    return is_vocabulary(word) or word in _abbreviations()


@cache
def _abbreviations() -> frozenset[str]:
    names = ("two_letter_abbreviation", "clinical_acronym", "clinical_pair", "modality", "us_unit", "unit_of_value",
             "measured_quantity", "state_abbr", "hospital_acronym")  # fmt: skip
    return frozenset(word.lower() for name in names for word in word_list(name))


@cache
def _public_suffixes() -> Any:
    import tldextract

    return tldextract.TLDExtract(cache_dir=None, suffix_list_urls=())
