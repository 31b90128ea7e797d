"""The peer of `rendering.py`: the same prompts and notes from compiled jinja2 templates, a stay at a time.

It keeps no provenance and looks for no protocols, so it does less than the renderer it is compared with.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl
from jinja2 import Environment, StrictUndefined

from edscribe_pipelines.clinical.fact_words import DISPOSITIONS, TRANSPORTS
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading

_FACTS = """
{%- macro signs(v) %}
{%- set said = [] %}
{%- if v.temperature_degf is not none %}{% do said.append("T %g F" % v.temperature_degf) %}{% endif %}
{%- if v.heart_rate_bpm is not none %}{% do said.append("HR %g" % v.heart_rate_bpm) %}{% endif %}
{%- if v.respiratory_rate_bpm is not none %}{% do said.append("RR %g" % v.respiratory_rate_bpm) %}{% endif %}
{%- if v.spo2_pct is not none %}{% do said.append("SpO2 %g%%" % v.spo2_pct) %}{% endif %}
{%- if v.sbp_mmhg is not none and v.dbp_mmhg is not none %}
{%- do said.append("BP %g/%g" % (v.sbp_mmhg, v.dbp_mmhg)) %}
{%- elif v.sbp_mmhg is not none %}{% do said.append("SBP %g" % v.sbp_mmhg) %}
{%- elif v.dbp_mmhg is not none %}{% do said.append("DBP %g" % v.dbp_mmhg) %}{% endif %}
{%- if v.pain_0_10 is not none %}{% do said.append("pain %g/10" % v.pain_0_10) %}{% endif %}
{%- if v.rhythm %}{% do said.append(v.rhythm) %}{% endif %}
{{- said | join(", ") }}
{%- endmacro %}
{%- set who = [] %}
{%- if sex %}{% do who.append({"F": "Female", "M": "Male"}[sex]) %}{% endif %}
{%- if age_years is not none %}{% do who.append(("90+" if age_years >= 90 else age_years) ~ " years") %}{% endif %}
{%- if arrival_transport in transports %}{% do who.append("arrived " ~ transports[arrival_transport]) %}{% endif %}
{%- set patient = who | join(", ") %}
{%- set acuity = "ESI %d" % triage_acuity if triage_acuity is not none else "" %}
{%- set arrival = signs(triage) %}
{%- set times = [] %}
{%- for v in vitals %}{% do times.append("At %d min: %s" % (v.minute, signs(v))) %}{% endfor %}
{%- set home = home_medications | map(attribute="name") | join("; ") %}
{%- set drugs = [] %}
{%- for d in dispensed %}{% do drugs.append("%s at %d min" % (d.name, d.minute)) %}{% endfor %}
{%- set given = drugs | join("; ") %}
{%- set coded = [] %}
{%- for d in diagnoses %}
{%- do coded.append("%s (%s %s)" % (d.title, {"icd9": "ICD-9", "icd10": "ICD-10"}[d.system], d.code)) %}
{%- endfor %}
{%- set recorded = coded | join("; ") %}
{%- set stayed = " after %d min in the ED" % minutes_in_ed if minutes_in_ed is not none else "" %}
{%- set outcome = dispositions[disposition] ~ stayed %}
"""

_PROMPT = """
{%- set lines = [
    patient,
    "Chief complaint: " ~ chief_complaint,
    acuity and "Triage acuity " ~ acuity,
    arrival and "Triage vital signs: " ~ arrival,
    times | join("\n"),
    home and "Home medications: " ~ home,
    given and "Dispensed: " ~ given,
    recorded and "Recorded diagnoses: " ~ recorded,
    outcome,
] %}
{{- lines | select | join("\n") }}"""

_NOTE = """
{%- set history = [
    patient and patient ~ ".", "Chief complaint: " ~ chief_complaint ~ ".", acuity and "Triage acuity " ~ acuity ~ ".",
] %}
{%- do times.append("Dispensed: " ~ given ~ ".") if given %}
{%- set written = {
    "Chief Complaint": chief_complaint,
    "History of Present Illness": history | select | join(" "),
    "Medications": home and "Home medications: " ~ home ~ ".",
    "Physical Examination": arrival and "Triage vital signs: " ~ arrival ~ ".",
    "ED Course & Procedures": times | join("\n"),
    "Medical Decision Making": recorded and "Recorded diagnoses: " ~ recorded ~ ".",
    "Disposition": outcome ~ ".",
} %}
{%- for name, opened in headings %}
{{- opened }}
{{ written.get(name) or absent }}{{ "" if loop.last else "\n\n" }}
{%- endfor %}"""


def render_by_row(stays: pl.DataFrame) -> pl.DataFrame:
    """Return prompt and completion of each stay."""
    return pl.DataFrame(_pairs(stays), schema={"prompt": pl.String, "completion": pl.String}, orient="row")


def _pairs(stays: pl.DataFrame) -> Iterator[tuple[str, str]]:
    fixed: dict[str, Any] = {
        "transports": TRANSPORTS,
        "dispositions": DISPOSITIONS,
        "absent": NOT_DOCUMENTED,
        "headings": [(section, heading(section)) for section in SECTIONS],
    }
    environment = Environment(undefined=StrictUndefined, extensions=["jinja2.ext.do"], autoescape=False)
    environment.globals.update(fixed)
    prompt, note = (environment.from_string(_FACTS + what) for what in (_PROMPT, _NOTE))
    for stay in stays.iter_rows(named=True):
        stay["triage"]["rhythm"] = None
        yield prompt.render(stay), note.render(stay)
