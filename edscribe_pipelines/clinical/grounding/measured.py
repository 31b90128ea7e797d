"""The vital signs of an encounter, as its words would be read (`in_words`), without the reading.

Only of plain ones is that known beforehand: of possible values, and of rhythms whose words say nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from edscribe_pipelines.clinical.grounding.content import content_of
from edscribe_pipelines.clinical.grounding.figures import Kind
from edscribe_pipelines.clinical.grounding.symptoms import mentioned_symptoms
from edscribe_pipelines.clinical.grounding.units import NO_UNIT
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.records import Encounter, VitalSigns
from edscribe_pipelines.clinical.vitals.limits import vital_limits
from edscribe_pipelines.tables import forgotten_with_tables, table_cache

_SINGLE = ("temperature_degf", "heart_rate_bpm", "respiratory_rate_bpm", "spo2_pct")
_OUT_OF = 10
"""What stands behind "/10" may be read as a score."""
_ALL_WORDS = """\
Triage vital signs: T 98 F, HR 80, RR 16, SpO2 97%, BP 120/80, SBP 120, DBP 80, pain 3/10
At 9 min: HR 80, """


class Measured(NamedTuple):
    """`value` of the vital sign `field`, written as one figure of `kind` with these numbers in it; where either is
    None it is none."""

    field: str | None
    kind: Kind | None
    value: str
    numbers: tuple[str, ...] = ()
    unit: str = NO_UNIT


def are_plain(facts: Encounter) -> bool:
    """Whether `measured` is all that the words of the vital signs say. Half a breath is not read as written."""
    sets: list[VitalSigns] = [facts["triage"], *facts["vitals"]]
    return (
        all(map(_are_possible, sets))
        and all(later["minute"] >= 0 for later in facts["vitals"])
        and _says_nothing(frozenset(later["rhythm"] or "" for later in facts["vitals"]))
        and _words_say_nothing()
    )


def _are_possible(vitals: VitalSigns) -> bool:
    for field, (low, high) in _possible().items():
        value = vitals[field]  # type: ignore[literal-required]
        if value is not None and not (low <= value <= high and (field == "temperature_degf" or value % 1 == 0)):
            return False
    systolic, diastolic = vitals["sbp_mmhg"], vitals["dbp_mmhg"]
    return systolic is None or diastolic is None or _OUT_OF < diastolic < systolic


@table_cache
def _possible() -> dict[str, tuple[float, float]]:
    limits = vital_limits()
    return {field: (limits[field].possible_low, limits[field].possible_high) for field in VitalSigns.__annotations__}


@forgotten_with_tables
@lru_cache(maxsize=4096)
def _says_nothing(rhythms: frozenset[str]) -> bool:
    """Whether these are words alone, of which the tables have none. Remembered: there are few rhythms."""
    text = "\n".join(rhythms)
    return all(word.isalpha() for word in text.split()) and not _kinds_in(ParsedNote(text, headed=True))


@table_cache
def _words_say_nothing() -> bool:
    """Whether the tables have none of the words around the values."""
    return _kinds_in(ParsedNote(_ALL_WORDS, headed=True)) == {"vital"}


def _kinds_in(note: ParsedNote) -> set[str]:
    kinds = {said.kind for said in content_of(note).said if said.field or said.kind == "drug"}
    return {*kinds, *(subject for (subject, _), _ in mentioned_symptoms(note))}


def measured(facts: Encounter) -> Iterator[Measured]:
    yield from _of_set(facts["triage"])
    for later in facts["vitals"]:
        yield Measured(None, "number", str(later["minute"]), (str(later["minute"]),), "min")
        yield from _of_set(later)


def _of_set(vitals: VitalSigns) -> Iterator[Measured]:
    for field in _SINGLE:
        value = vitals[field]  # type: ignore[literal-required]
        if value is not None:
            yield _single(field, value, "%" if field == "spo2_pct" else NO_UNIT)
    systolic, diastolic, pain = vitals["sbp_mmhg"], vitals["dbp_mmhg"], vitals["pain_0_10"]
    if systolic is not None and diastolic is not None:
        numbers = (f"{systolic:g}", f"{diastolic:g}")
        yield Measured("blood_pressure", "pair", "/".join(numbers), numbers)
        yield Measured("sbp_mmhg", None, numbers[0])
        yield Measured("dbp_mmhg", None, numbers[1])
    elif systolic is not None:
        yield _single("sbp_mmhg", systolic)
    elif diastolic is not None:
        yield _single("dbp_mmhg", diastolic)
    if pain is not None:
        yield Measured("pain_0_10", None, f"{pain:g}")
        yield Measured(None, "pair", f"{pain:g}/10", (f"{pain:g}",))


def _single(field: str, value: float, unit: str = NO_UNIT) -> Measured:
    return Measured(field, "number", f"{value:g}", (f"{value:g}",), unit)
