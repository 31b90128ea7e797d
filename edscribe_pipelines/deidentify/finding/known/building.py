"""From a value of the record to its forms. What was built last is remembered: clinicians and hospitals return."""

from __future__ import annotations

from functools import lru_cache

from edscribe_pipelines.deidentify.finding.gazetteer import is_ordinary
from edscribe_pipelines.deidentify.finding.known.dates import heads_of, read_date
from edscribe_pipelines.deidentify.finding.known.forms import Forms, Need
from edscribe_pipelines.deidentify.finding.known.kinds import Kind, kind_of, type_of
from edscribe_pipelines.deidentify.finding.known.names import name_forms, with_umlauts_spelt_out
from edscribe_pipelines.deidentify.finding.known.numbers import is_number, number_forms
from edscribe_pipelines.deidentify.finding.known.places import (
    address_forms,
    city_forms,
    institution_forms,
    mail_forms,
    web_forms,
)
from edscribe_pipelines.deidentify.finding.known.reading import split_words
from edscribe_pipelines.deidentify.finding.known.verbatim import counts_verbatim

_LONGEST_VALUE = 200
_REMEMBERED = 1_000
_MAY_BE_DATE = frozenset(("DATE", "OTHER_ID"))


def forms_of(kind: str, value: str) -> Forms:
    """Return the forms of one value. They are shared: read them only."""
    value = value.strip()
    if len(value) > _LONGEST_VALUE:
        return Forms(verbatim={(value, type_of(kind_of(kind), value))}) if counts_verbatim(value, []) else Forms()
    return _remembered(kind, value)


@lru_cache(maxsize=_REMEMBERED)
def _remembered(kind: str, value: str) -> Forms:
    named, words = kind_of(kind), split_words(value)
    span_type = type_of(named, value)
    forms = _of_type(named, value, span_type, words)
    if counts_verbatim(value, words):
        forms.verbatim.add((value, span_type))
    return forms


def _of_type(kind: Kind, value: str, span_type: str, words: list[str]) -> Forms:
    date = read_date(value) if span_type in _MAY_BE_DATE and not (value.isdigit() and span_type != "DATE") else None
    if date is not None:
        return Forms(dates={date}, date_heads=heads_of(date))
    if len("".join(words)) < 2:
        return Forms()
    if span_type == "NAME":
        forms = name_forms(value, kind.is_patient)
        if not value.isascii():
            forms.update(name_forms(with_umlauts_spelt_out(value), kind.is_patient))
        return forms
    if span_type in ("HOSPITAL", "EMPLOYER"):
        return institution_forms(value, span_type)
    return _of_place_or_number(value, span_type, words)


def _of_place_or_number(value: str, span_type: str, words: list[str]) -> Forms:
    if span_type == "IP":
        return Forms(verbatim={(value, span_type)})
    if span_type == "EMAIL" or "@" in value:
        return mail_forms(value)
    if span_type == "URL":
        return web_forms(value)
    if span_type == "CITY":
        return city_forms(value)
    if span_type == "ADDRESS" and not (len(words) == 1 and is_number(value)):
        return address_forms(value)
    if is_number(value):
        return number_forms(value, span_type)
    forms = Forms()
    forms.add_words(words, span_type, Need.NAME if len(words) == 1 and is_ordinary(words[0]) else Need.NOTHING)
    return forms
