from dataclasses import replace

import orjson

from edscribe_pipelines.fhir.delivery.bundles import Bundle, Entry, is_over_limit, pack_batches, pack_stays
from edscribe_pipelines.fhir.delivery.target import limits_of

LIMITS = replace(limits_of("server"), max_entries=4, full_at_entries=4)


def stay(name: str, count: int, size: int = 20) -> list[Entry]:
    body = b'{"x":"%b"}' % (b"a" * size)
    return [Entry(f"Observation/{name}-{n}", body, "", "2026-01", "open", name) for n in range(count)]


def shape(*stays: list[Entry]) -> list[list[str | None]]:
    return [[entry.stay for entry in bundle.entries] for bundle in pack_stays(stays, LIMITS, "transaction")]


def test_stays_share_a_bundle_and_are_never_cut() -> None:
    assert shape(stay("a", 2), stay("b", 1), stay("c", 2), stay("d", 2)) == [["a", "a", "b"], ["c", "c", "d", "d"]]


def test_stay_beyond_the_limit_stands_alone_and_is_over_it() -> None:
    bundles = list(pack_stays([stay("a", 1), stay("b", 5)], LIMITS, "transaction"))
    assert [is_over_limit(bundle, LIMITS) for bundle in bundles] == [False, True]


def test_written_bundle_is_no_larger_than_it_is_counted() -> None:
    base = "https://healthcare.googleapis.com/v1/projects/p/locations/l/datasets/d/fhirStores/s/fhir"
    bundle = Bundle("transaction", tuple(stay("a-long-name-of-a-stay", 40)))
    written = bundle.write(base)
    assert len(written) <= bundle.size
    row = orjson.loads(written)["entry"][0]
    assert row["request"] == {"method": "PUT", "url": "Observation/a-long-name-of-a-stay-0"}
    assert row["fullUrl"] == f"{base}/{row['request']['url']}"


def test_bundle_over_the_bytes_is_split_and_a_large_resource_is_over_limit() -> None:
    small = replace(limits_of("server"), max_bundle_bytes=3_000)
    assert len(list(pack_batches([*stay("a", 3, 1_500)], small))) == 3
    assert is_over_limit(Bundle("batch", tuple(stay("a", 1, 2_000))), replace(LIMITS, max_resource_bytes=1_000))


def test_parts_are_the_stays_then_halves_of_a_batch_and_a_stay_of_a_transaction_is_whole() -> None:
    two = Bundle("transaction", (*stay("a", 2), *stay("b", 1)))
    assert [len(part.entries) for part in two.parts()] == [2, 1]
    assert two.parts()[0].parts() == []
    assert [len(part.entries) for part in Bundle("batch", tuple(stay("a", 3))).parts()] == [1, 2]


def test_deletion_holds_no_row() -> None:
    gone = Bundle("batch", (Entry("Patient/a", None, "", "2026-01", "credentialed", origin="withdraw"),))
    assert gone.data_uses == frozenset()
    assert orjson.loads(gone.write("x"))["entry"] == [{"request": {"method": "DELETE", "url": "Patient/a"}}]
