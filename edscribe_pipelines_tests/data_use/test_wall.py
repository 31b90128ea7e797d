"""Which host an address leads to, and which rows may go there. What is really sent: corpus/drafting/test_egress."""

from __future__ import annotations

import pytest

from edscribe_pipelines.data_use.wall import EgressRefused, host_of, is_trusted, require_may_go
from edscribe_pipelines.errors import BadInput


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://LocalHost:8000/v1", "localhost"),
        ("https://nim.example.org/v1", "nim.example.org"),
        ("http://[::1]:8000/v1", "::1"),
        ("http://[0:0:0:0:0:0:0:1]/v1", "::1"),
        ("http://127.0.0.1.evil.example/v1", "127.0.0.1.evil.example"),
        ("http://evil.example/localhost", "evil.example"),
        ("http://evil.example?localhost", "evil.example"),
        ("http://evil.example#@localhost", "evil.example"),
    ],
)
def test_host_is_the_one_that_the_client_connects_to(url: str, host: str) -> None:
    assert host_of(url, "NIM_URL") == host


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost@evil.example/v1",
        "http://localhost:pw@evil.example/v1",
        "http://localhost\\@evil.example/v1",
        "http://evil.example\\@localhost/v1",
        "ftp://localhost/v1",
        "file:///etc/passwd",
        "localhost:8000",
        "http:///v1",
        "",
        "http://local\nhost/v1",
    ],
)
def test_address_that_could_mislead_is_refused_without_being_quoted(url: str) -> None:
    with pytest.raises(BadInput, match="NIM_URL") as refused:
        host_of(url, "NIM_URL")
    assert "evil" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    "host", ["localhost.", "127.1", "2130706433", "0x7f.0.0.1", "sub.localhost", "::ffff:127.0.0.1"]
)
def test_only_the_exact_host_is_trusted(host: str) -> None:
    assert not is_trusted(host, ("localhost", "127.0.0.1", "::1"))


def test_trusted_host_may_be_named_in_any_case_and_with_brackets() -> None:
    assert is_trusted("nim.example.org", ("NIM.example.org",))
    assert is_trusted("::1", ("[::1]",))


@pytest.mark.parametrize("data_use", ["credentialed", "institutional", "a kind that nobody named"])
def test_bound_row_may_go_to_a_trusted_host_alone(data_use: str) -> None:
    require_may_go(data_use, "http://127.0.0.1:8090/fhir", ("127.0.0.1",), "EDSCRIBE_FHIR_TARGET")
    with pytest.raises(EgressRefused, match="EDSCRIBE_FHIR_TARGET"):
        require_may_go(data_use, "http://127.0.0.2:8090/fhir", ("127.0.0.1",), "EDSCRIBE_FHIR_TARGET")


@pytest.mark.parametrize("data_use", ["open", "synthetic"])
def test_free_row_may_go_anywhere(data_use: str) -> None:
    require_may_go(data_use, "https://fhir.example.org", (), "EDSCRIBE_FHIR_TARGET")
