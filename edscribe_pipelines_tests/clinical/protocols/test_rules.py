import re

from edscribe_pipelines.clinical.protocols.rules import Protocol, protocols
from edscribe_pipelines.tables import read_table

_ANCHORS = {"door", "recognition", "injury"}


def test_order_anchors_and_intervals_name_steps_of_the_same_protocol() -> None:
    for protocol in protocols().values():
        named = {
            *(other for step in protocol.steps.values() for other in (*step.before, *step.after)),
            *(step.every.until for step in protocol.steps.values() if step.every and step.every.until),
            *(anchor for step in protocol.steps.values() for anchor in step.anchors if anchor not in _ANCHORS),
        }
        assert named <= protocol.steps.keys()


def test_a_key_names_one_step_and_no_order_is_a_circle() -> None:
    for protocol in protocols().values():
        rows = [row for row in read_table("protocol_steps.csv") if row["protocol"] == protocol.name]
        assert len(rows) == len(protocol.steps)
        pairs = _pairs(protocol)
        assert not any((second, first) in pairs for first, second in pairs)


def _pairs(protocol: Protocol) -> set[tuple[str, str]]:
    before = {(key, other) for key, step in protocol.steps.items() for other in step.before}
    return before | {(other, key) for key, step in protocol.steps.items() for other in step.after}


def test_every_order_and_interval_of_the_table_can_be_read() -> None:
    for row in read_table("protocol_steps.csv"):
        assert all(re.fullmatch(r"(?:before|after):\w+", place) for place in row["order"].split(";") if place)
        step = protocols()[row["protocol"]].steps[row["key"]]
        assert bool(row["every_min"]) == (step.every is not None)
        assert bool(row["within_min"]) == bool(row["from"])
        assert row["kind"] in ("act", "assessment")


def test_no_exclusion_reaches_over_the_end_of_a_line() -> None:
    for row in read_table("protocols.csv"):
        for column in ("trigger", "enacted", "named", "trigger_exclude"):
            assert not re.search(r"\\s|\\n(?!\])|\\[DSW]", row[column])
            assert all("\\n" in group or ":" in group for group in re.findall(r"\[\^[^\]]*\]", row[column]))
