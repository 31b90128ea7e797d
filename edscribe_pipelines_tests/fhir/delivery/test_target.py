from pathlib import Path

import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.fhir.delivery.target import Target, limits_of, target_of
from edscribe_pipelines.settings import Settings

STORE = "projects/p/locations/us/datasets/d/fhirStores/s"


def parsed(where: str, **changes: str) -> Target:
    target = target_of(Settings(fhir_target=where, **changes))
    assert target is not None
    return target


def test_store_of_google_is_its_name_with_googles_limits() -> None:
    target = parsed(STORE)
    assert (target.kind, target.name) == ("google", STORE)
    assert target.base == f"https://healthcare.googleapis.com/v1/{STORE}/fhir"
    assert (target.limits.max_entries, target.limits.max_bundle_bytes) == (4_500, 50_000_000)
    assert target.limits.max_resource_bytes == 10_000_000


@pytest.mark.parametrize(
    "how", [{"where": f"{STORE} via gs://bucket/x"}, {"where": STORE, "fhir_staging": "gs://bucket/x/"}]
)
def test_bucket_to_import_from_is_said_in_either_place_and_names_the_same_store(how: dict[str, str]) -> None:
    target = parsed(**how)
    assert (target.staging, target.name) == ("gs://bucket/x", STORE)


def test_plain_server_has_careful_limits_and_azures_its_own() -> None:
    assert parsed("https://fhir.example.org/r4/").base == "https://fhir.example.org/r4"
    assert parsed("https://x.fhir.azurehealthcareapis.com").limits == limits_of("azure")
    assert limits_of("azure").max_entries == 500


def test_folder_is_an_absolute_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert parsed("out").base == str(tmp_path / "out")


def test_no_target_is_none() -> None:
    assert target_of(Settings()) is None
    assert target_of(Settings(fhir_target=" ")) is None


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("projects/p/datasets/d", "not the name of a store"),
        (f"{STORE} via s3://b", "gs://"),
        ("https://a:secret@fhir.example.org", "user or password"),
        ("https://healthcare.googleapis.com/v1/x", "by their names"),
        ("https://fhir.example.org via gs://bucket/x", "only a store of Google's"),
        ("gs://bucket/x", "neither http"),
    ],
)
def test_what_is_no_target_is_told_in_a_line_that_does_not_quote_it(where: str, told: str) -> None:
    with pytest.raises(BadInput, match=told) as error:
        parsed(where)
    assert "secret" not in str(error.value)
    assert str(error.value).startswith("EDSCRIBE_FHIR_TARGET")
