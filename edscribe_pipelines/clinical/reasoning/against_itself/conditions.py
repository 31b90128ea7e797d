"""A condition that no value of the note bears out ("hyperkalemia", K 4.4), or that is denied against every value.

Rows of `tables/value_conditions.csv`: `asserted_from` is what one value must reach where the condition is told,
`denied_from` what not every value may pass where it is denied; both leave room. Values outside `lowest` to `highest`
are in another unit, of which nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from edscribe_pipelines.clinical.protocols.states import OF_THE_PAST
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.measures import every_value
from edscribe_pipelines.clinical.reasoning.against_itself.plain_statements import is_plain_report
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays, says_why
from edscribe_pipelines.clinical.reasoning.findings import cited
from edscribe_pipelines.clinical.reasoning.vocabulary import Place, said_in
from edscribe_pipelines.clinical.vitals.mentions import vital_mentions
from edscribe_pipelines.tables import read_table, table_cache

_JUDGED_IN = {"Medical Decision Making", "ED Course & Procedures", "Labs & Imaging", "Physical Examination", None}
_DENIED = re.compile(r"\b(?:no|not|without|never|nor|denies|isn't|wasn't|non)[ -](?:\w+[ ]){0,2}$", re.I)
_NOT_FOR = re.compile(
    r"\b(?:longer|further|more|if|unless|until|risk of|risk for|avoid\w*|caus\w+|watch\w*|monitor\w*|prevent\w*|only)\b"
    r"[^.;]{0,25}$",
    re.I,
)
_CLAUSE = re.compile(r"[.;:,\n|(]|\b(?:but|and|so|is|was|with|because)\b")
_NOT_PLAIN = re.compile(
    r"\b(?:no|not|\w+n't|without|never|nor|non|denie[sd]|absent|negative|if|unless|until|for|risk|histor\w+|h/o|hx|known|"
    r"chronic|baseline|usual|prior|previous|possib\w+|concern\w*|consider\w*|rule|r/o|any|less|likely|may|might|could|would|"
    r"should|would change|return|watch|when|target|goal|avoid\w*|caus\w*|family|mother|father)\b|\b(?:or|nor)[ ]$",
    re.I,
)
_NO_MORE = re.compile(
    r"[^.;:\n,]{0,30}?\b(?:resolved|absent|excluded|considered|unlikely|ruled|against|gone|if|precautions|"
    r"before|at home|per|"
    r"EMS|field|normali[sz]ed|treated|corrected|cleared|arrest|dose|would|threshold|range|protocol|pathway)\b|"
    r"[ ]*[?]|[ ]*[-+]/|[ ]*(?:\||-|=|:)[ ]*"
    r"(?:no|not|neg\w*|none|nil|normal|unlikely)\b",
    re.I,
)
_TREATED = re.compile(
    r"\b(?:given|started|replaced|treated|transfus\w+|repleted|corrected|drip|infusion|bolus)\b", re.I
)
_SUPPORTED = re.compile(
    r"\bon \d{1,2} ?L|\d ?L(?:/min)? ?(?:NC|O2|via|NP|nasal|mask)|\bNRB|nonrebreather|non-rebreather|nasal "
    r"cannula|BiPAP|CPAP|"
    r"HFNC|FiO2|\bvent\b|venturi|on O2|on oxygen|supplemental|intubat",
    re.I,
)
"""Under oxygen a saturation says nothing of hypoxia."""
_ITS_VALUE = re.compile(
    r"[ ]?(?:\(|with |of )(?:[A-Za-z0-9 ]{1,14}?)[ =:]?(?P<value>\d{1,4}(?:\.\d{1,2})?)\b(?![\d:/.]*\d)"
)
_VITAL = "_"
_BACK, _REACH = 30, 60


class _Value(NamedTuple):
    value: float
    place: Place


def conditions_against_values(note: ParsedNote) -> Iterator[TwoWays]:
    yield from _of_patients(note, "any")


def conditions_of_adults_against_values(note: ParsedNote) -> Iterator[TwoWays]:
    yield from _of_patients(note, "adults")


def _of_patients(note: ParsedNote, patients: str) -> Iterator[TwoWays]:
    said = note.of(said_in)
    for row in _rows()[patients]:
        for place in said.get(("condition", row["condition"]), ()):
            against = _against(note, row, place) if note.section_at(place[0]) in _JUDGED_IN else None
            if against:
                reason = f"What the note calls {row['condition']} does not go with its values of {row['measure']}."
                yield TwoWays("judgement", "warning", against, place, reason, cited(row))
                break


def _against(note: ParsedNote, row: dict[str, str], place: Place) -> Place | None:
    """Return a value that cannot be so called, or that is called so where the note denies it."""
    sentence = note.sentence_at(place[0])
    start, end = max(sentence.start, place[0] - _REACH), min(max(sentence.end, place[1]), place[1] + _REACH)
    if says_why(note, start, end, "changed", "later", "contrast"):
        return None
    is_low = row["bound_by"] == "low"
    if _is_denied(note, sentence.start, place):
        return _all_beyond(_values(note, row), row["denied_from"], low=is_low)
    if not _is_asserted(note, row, place) or _NOT_FOR.search(note.text, start, place[0]):
        return None
    own = _ITS_VALUE.match(note.text, place[1])
    if own and row["measure"].lower() in own[0].lower():
        return _all_beyond([_Value(float(own["value"]), own.span())], row["asserted_from"], low=not is_low)
    return _all_beyond(_values(note, row), row["asserted_from"], low=not is_low)


def _is_asserted(note: ParsedNote, row: dict[str, str], place: Place) -> bool:
    """Whether it is plainly told; what is found may be told as evidence against a diagnosis, too."""
    if row["told_as"] == "diagnosis" and not (is_plain_report(note, place) and _is_made(note, place)):
        return False
    if row["measure"] == "spo2_pct" and _SUPPORTED.search(note.text):
        return False
    if not note.context(*place) <= {"uncertain", "negated"} or _NO_MORE.match(note.text, place[1]):
        return False
    sentence = note.sentence_at(place[0])
    clause = _CLAUSE.split(note.text[max(sentence.start, place[0] - _REACH) : place[0]])[-1]
    return not _NOT_PLAIN.search(clause)


def _is_made(note: ParsedNote, place: Place) -> bool:
    """Whether it does not open a list of what is weighed: "Hypoglycemia, thyroid disease, withdrawal"."""
    sentence = note.sentence_at(place[0])
    opens = not note.text[sentence.start : place[0]].strip(" -*#•0123456789.)")
    return (
        not opens
        or note.text[place[1] : place[1] + 1] not in (",", "/")
        or bool(_TREATED.search(note.text, place[1], max(sentence.end, place[1])))
    )


def _is_denied(note: ParsedNote, start: int, place: Place) -> bool:
    return bool(_DENIED.search(note.text, max(start, place[0] - _BACK), place[0])) and note.context(*place) <= {
        "negated",
        "uncertain",
    }


def _values(note: ParsedNote, row: dict[str, str]) -> list[_Value]:
    """Return all values of the measure, none where one may be in another unit."""
    if _VITAL in row["measure"]:
        told = [
            _Value(each.value, (each.start, each.end)) for each in vital_mentions(note) if each.field == row["measure"]
        ]
        told = [each for each in told if note.section_at(each.place[0]) not in OF_THE_PAST]
    else:
        told = [
            _Value(value, (each.start, each.end)) for each in every_value(note, row["measure"]) for value in each.values
        ]
    low, high = float(row["lowest"]), float(row["highest"])
    return told if all(low <= each.value <= high for each in told) else []


def _all_beyond(told: Sequence[_Value], limit: str, *, low: bool) -> Place | None:
    """Return the first value where all are under (`low`) or over the limit."""
    if not limit or not told:
        return None
    bound = float(limit)
    beyond = all(each.value < bound if low else each.value > bound for each in told)
    return told[0].place if beyond else None


@table_cache
def _rows() -> dict[str, list[dict[str, str]]]:
    rows: dict[str, list[dict[str, str]]] = {"any": [], "adults": []}
    for row in read_table("value_conditions.csv"):
        rows[row["patients"]].append(row)
    return rows
