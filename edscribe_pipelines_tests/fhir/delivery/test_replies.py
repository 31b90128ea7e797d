from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import orjson
import pytest

from edscribe_pipelines.fhir.delivery.bundles import Bundle, Entry
from edscribe_pipelines.fhir.delivery.replies import CUT, Reply, outcome_saying, read_reply

RETRIED = frozenset({429, 503})
ENTRIES = tuple(Entry(f"Patient/{name}", b"{}", "", "2026-01", "open") for name in "abc")
BUNDLE = Bundle("batch", ENTRIES)


def answering(*responses: dict[str, object]) -> Reply:
    return Reply(200, orjson.dumps({"entry": [{"response": response} for response in responses]}))


def test_every_entry_of_a_200_is_read_for_itself() -> None:
    refusal = outcome_saying("no")
    reply = answering(
        {"status": "201 Created", "etag": 'W/"4"'}, {"status": "429"}, {"status": "422", "outcome": refusal}
    )
    outcome = read_reply(reply, BUNDLE, RETRIED)
    assert outcome.done == [(ENTRIES[0], "4")]
    assert outcome.again == [ENTRIES[1]]
    assert outcome.refused == [(ENTRIES[2], 422, refusal)]
    assert outcome.is_throttled


def test_version_is_in_the_location_where_there_is_no_etag() -> None:
    reply = answering(*[{"status": "200", "location": "https://h/fhir/Patient/a/_history/7"}] * 3)
    assert [version for _, version in read_reply(reply, BUNDLE, RETRIED).done] == ["7"] * 3


@pytest.mark.parametrize("reply", [Reply(CUT), Reply(503), Reply(200, b"<html>"), answering({"status": "200"})])
def test_answer_that_is_lost_or_says_too_little_has_everything_go_again(reply: Reply) -> None:
    assert read_reply(reply, BUNDLE, RETRIED).again == list(ENTRIES)


def test_refusal_of_the_whole_is_of_each_entry() -> None:
    outcome = read_reply(Reply(400, orjson.dumps(outcome_saying("bad"))), BUNDLE, RETRIED)
    assert [(status, said["issue"][0]["details"]["text"]) for _, status, said in outcome.refused] == [(400, "bad")] * 3


def test_deletion_of_what_is_gone_is_done() -> None:
    gone = Bundle("batch", (Entry("Patient/a", None, "", "2026-01", "open", origin="withdraw"),))
    for status in ("204", "404", "410"):
        assert len(read_reply(answering({"status": status}), gone, RETRIED).done) == 1
    assert len(read_reply(Reply(404), gone, RETRIED).refused) == 1


def test_wait_is_read_from_header_date_and_bodies() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    medplum = {"issue": [{"diagnostics": '{"_remainingPoints":0,"_msBeforeNext":2500}'}]}
    google = {"error": {"details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "3.5s"}]}}
    assert Reply(429, b"", {"retry-after": "7"}).wait == 7
    assert 28 < Reply(503, b"", {"retry-after": soon}).wait <= 30
    assert Reply(429, orjson.dumps(medplum)).wait == 2.5
    assert Reply(429, orjson.dumps(google)).wait == 3.5
    assert Reply(429, b"", {"retry-after": "soon"}).wait == 0


def test_wait_inside_a_200_is_the_longest_of_its_entries() -> None:
    said = {"resourceType": "OperationOutcome", "issue": [{"diagnostics": '{"msBeforeNext":4000}'}]}
    reply = answering({"status": "200"}, {"status": "429", "outcome": said}, {"status": "429"})
    assert read_reply(reply, BUNDLE, RETRIED).wait == 4
