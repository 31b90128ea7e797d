"""What the register says that a rule does, held to what the engine does when that rule alone is in its table."""

from __future__ import annotations

from pathlib import Path

import pytest

from edscribe_pipelines import tables
from edscribe_pipelines.clinical.medications.allergies import check_allergies
from edscribe_pipelines.clinical.medications.children import check_child_doses
from edscribe_pipelines.clinical.medications.doses import check_doses
from edscribe_pipelines.clinical.medications.limits import dose_limits
from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.reasoning.contradictions import check_contradictions
from edscribe_pipelines.clinical.reasoning.decision_making import judge_decision_making
from edscribe_pipelines.clinical.reasoning.risk_scores import check_scores
from edscribe_pipelines.clinical.records import Finding
from edscribe_pipelines.clinical.register.effects import RULE_TABLES
from edscribe_pipelines.clinical.register.rules import register
from edscribe_pipelines.clinical.register.site_tables import load_site_tables
from edscribe_pipelines.clinical.vitals.checks import check_vitals
from edscribe_pipelines_tests.clinical.invented import encounter, note_of
from edscribe_pipelines_tests.clinical.register.site import write_table

Row = dict[str, str]
EFFECT = {"critical": "blocks", "warning": "warns", "information": "informs"}
DOSES = "dose_limits.csv"


def rows_of(name: str) -> list[Row]:
    return tables.bundled_rows(name)


def effect(name: str, row: Row) -> str:
    return RULE_TABLES[name.removesuffix(".csv")].effect(row)


def gravest(findings: list[Finding], rule: str = "") -> str:
    found = {EFFECT[finding["severity"]] for finding in findings if finding["rule"].startswith(rule)}
    return next((each for each in ("blocks", "warns") if each in found), "informs")


def only(folder: Path, name: str, *rows: Row) -> None:
    load_site_tables(write_table(folder, name, rows))


def has_one_figure(row: Row) -> bool:
    """Whether the row limits a single dose and nothing else, and names a drug and a unit that notes have."""
    return (
        bool(row["single"]) and not row["usual_figures"] and row["unit"] in ("mg", "mcg", "g", "units", "mEq")
    ) and row["drug"] in {each["drug"] for each in rows_of("drug_names.csv")}


@pytest.mark.parametrize("row", [row for row in rows_of(DOSES) if has_one_figure(row)], ids=lambda row: row["drug"])
def test_dose_far_above_a_row_has_the_effect_of_the_row(tmp_path: Path, row: Row) -> None:
    write_table(tmp_path, "gross_doses.csv", [each | {"factor": "100"} for each in rows_of("gross_doses.csv")])
    only(tmp_path, DOSES, row | {"indication": "any"})
    amount, route = 50 * float(row["single"]), row["route"].split(";")[0]
    said = f"{row['drug'].capitalize()} {amount:.10g} {row['unit']} {route.replace('NEB', 'nebulized')} given."
    assert gravest(check_doses(parse_note(note_of(ed=said))), f"dose.{row['drug'].replace(' ', '_')}.single") == effect(
        DOSES, row
    )


def test_dose_far_above_every_row_blocks_whatever_the_status_of_the_row(tmp_path: Path) -> None:
    row = next(row for row in rows_of(DOSES) if has_one_figure(row) and row["status"] == "draft")
    only(tmp_path, DOSES, row | {"indication": "any"})
    said = f"{row['drug'].capitalize()} {50 * float(row['single']):g} {row['unit']} {row['route'].split(';')[0]} given."
    assert gravest(check_doses(parse_note(note_of(ed=said)))) == "blocks" == effect("gross_doses.csv", {})


@pytest.mark.parametrize("row", rows_of("route_classes.csv"), ids=lambda row: row["class"])
def test_route_that_a_class_never_takes_has_the_effect_of_its_row(tmp_path: Path, row: Row) -> None:
    only(tmp_path, "route_classes.csv", row)
    drug, route = row["drugs"].split(";")[0], row["routes"].split(";")[0]
    found = check_doses(parse_note(note_of(ed=f"{drug.capitalize()} 5 mg {route} given.")))
    assert gravest(found, f"dose.{drug.replace(' ', '_')}.route") == effect("route_classes.csv", row)


RESERVED = {
    "IT": "intrathecal",
    "EPIDURAL": "epidurally",
    "JOINT": "intra-articular",
    "ARTERY": "intra-arterially",
    "HEART": "intracardiac",
    "EYE": "into the left eye",
    "EAR": "into the right ear",
    "VAGINA": "per vagina",
    "TRACHEA": "via ETT",
    "PLEURA": "intrapleurally",
    "PERITONEUM": "intraperitoneally",
    "BLADDER": "intravesically",
    "PENIS": "intracavernosal",
    "INTRADERMAL": "intradermally",
    "WOMB": "intrauterine",
    "NEB": "nebulized",
    "IN": "intranasally",
}


@pytest.mark.parametrize("row", rows_of("reserved_routes.csv"), ids=lambda row: row["route"])
def test_route_that_only_listed_drugs_take_has_the_effect_of_its_row(tmp_path: Path, row: Row) -> None:
    only(tmp_path, "reserved_routes.csv", row)
    known = {each["drug"] for each in rows_of("drug_names.csv")}
    listed = next(drug for drug in row["drugs"].split(";") if drug in known)
    for given, does in ((listed, "informs"), ("diphenhydramine", effect("reserved_routes.csv", row))):
        found = check_doses(parse_note(note_of(ed=f"{given.capitalize()} 5 mg {RESERVED[row['route']]} given.")))
        assert gravest([each for each in found if each["rule"].endswith(".route")]) == does


@pytest.mark.parametrize("row", rows_of("least_intervals.csv"), ids=lambda row: row["class"])
def test_interval_of_half_a_row_has_the_effect_of_the_row(tmp_path: Path, row: Row) -> None:
    only(tmp_path, "least_intervals.csv", row)
    for hours, does in (
        (float(row["hours"]) / 2, effect("least_intervals.csv", row)),
        (float(row["hours"]), "informs"),
    ):
        drug = row["drugs"].split(";")[0].capitalize()
        dose = "10 units" if "insulin" in drug.lower() else "5 mg"
        said = f"Discharged home on {drug} {dose} every {hours:g} hours."
        found = check_doses(parse_note(note_of(disposition=said)))
        assert gravest([each for each in found if each["rule"].endswith(".often")]) == does


FORMS = {
    "dissolves in the mouth": "Ondansetron ODT 4 mg IV given.",
    "tablet or capsule": "Lorazepam tablet 1 mg IV given.",
    "liquid to swallow": "Ondansetron oral solution 4 mg IV given.",
    "on the skin": "Fentanyl patch 50 mcg IV given.",
    "in the eye, the ear or the nose": "Gentamicin ophthalmic 3 mg IV given.",
    "drops, puffs and rinses": "Atropine drops 1 mg IV given.",
    "suppository": "Acetaminophen suppository 650 mg IV given.",
    "extended release": "Morphine ER 15 mg IV given.",
    "inhaler": "Terbutaline inhaler 0.25 mg IV given.",
    "for the muscle alone": "Haloperidol decanoate 5 mg IV given.",
    "strength of a tablet": "Augmentin 875 mg IV given.",
    "crystals for a muscle or a joint": "Kenalog 40 mg IV given.",
    "suspension": "Methylprednisolone suspension 40 mg IV given.",
    "strength of a syrup": "Ibuprofen 400 mg IV (20 mL of 100 mg/5 mL) given.",
    "autoinjector for the thigh": "EpiPen 0.3 mg IV given.",
    "undiluted epinephrine of 1 in 1000": "Epinephrine 0.05 mg IV (0.05 mL of 1:1000) given.",
}


@pytest.mark.parametrize("row", rows_of("dosage_forms.csv"), ids=lambda row: row["form"])
def test_form_by_a_route_that_it_never_takes_has_the_effect_of_its_row(tmp_path: Path, row: Row) -> None:
    only(tmp_path, "dosage_forms.csv", row)
    found = check_doses(parse_note(note_of(ed=FORMS[row["form"]])))
    assert gravest([each for each in found if each["rule"].endswith(".route")]) == effect("dosage_forms.csv", row)


CHILD = "child_doses.csv"
TABLETS = {
    row["product"]: float(row["per_tablet"])
    for row in rows_of("combination_products.csv")
    if row["per_tablet"] and not row["written"] and row["product"] != row["ingredient"]
}


@pytest.mark.parametrize("row", rows_of("daily_limits.csv"), ids=lambda row: row["drug"])
def test_day_far_above_the_most_of_a_row_has_the_effect_of_the_row(tmp_path: Path, row: Row) -> None:
    only(tmp_path, "daily_limits.csv", row)
    of_product = TABLETS.get(row["drug"])
    amount = f"{float(row['daily']) / of_product:g} tablets" if of_product else f"{float(row['daily']):g} {row['unit']}"
    said = f"Discharged home. {row['drug'].capitalize()} {amount} PO q6h."
    found = check_doses(parse_note(note_of(disposition=said)))
    assert gravest(found, f"dose.{row['drug'].replace(' ', '_')}") == effect("daily_limits.csv", row)


@pytest.mark.parametrize("row", rows_of("duplicate_classes.csv"), ids=lambda row: row["class"])
def test_two_drugs_of_a_class_have_the_effect_of_its_row(tmp_path: Path, row: Row) -> None:
    only(tmp_path, "duplicate_classes.csv", row)
    one, two = row["drugs"].split(";")[:2]
    ends = "ER, prescribed" if row["wording"] else "prescribed"
    ends = ends if "prescribed" in row["settings"] else "IV given here"
    for second, does in ((two, effect("duplicate_classes.csv", row)), (one, "informs")):
        said = f"{one.capitalize()} 5 mg {ends} and {second} 5 mg {ends}."
        found = check_doses(parse_note(note_of(**{"disposition" if "prescribed" in ends else "ed": said})))
        assert gravest([each for each in found if each["rule"].endswith(".duplicate")]) == does


@pytest.mark.parametrize("row", rows_of("child_days.csv"), ids=lambda row: row["drug"])
def test_day_of_a_child_far_above_a_row_has_the_effect_of_the_row(tmp_path: Path, row: Row) -> None:
    write_table(tmp_path, "child_doses.csv", [each for each in rows_of(CHILD) if each["drug"] == "mannitol"])
    only(tmp_path, "child_days.csv", row)
    for factor, does in ((3, effect("child_days.csv", row)), (0.9, "informs")):
        said = f"Discharged home. {row['drug'].capitalize()} {factor * 10 * float(row['per_kg']) / 4:.10g} mg PO QID."
        note = note_of(history="A 2-year-old girl.", physical="Weight 10 kg.", disposition=said)
        found = check_child_doses(parse_note(note), None, 2)
        assert gravest(found, f"dose.{row['drug'].replace(' ', '_')}.") == does, said


@pytest.mark.parametrize("row", rows_of("fluid_limits.csv"), ids=lambda row: row["kind"])
def test_volume_far_above_a_row_has_the_effect_of_the_row(row: Row) -> None:
    if row["kind"].startswith("child"):
        note = note_of(history="A 2-year-old girl.", ed=f"LR {3 * float(row['most']):g} mL/kg IV given.")
        found = check_child_doses(parse_note(note), None, 2)
        assert gravest(found, "dose.fluid") == effect("fluid_limits.csv", row)
        return
    unit = "mL/kg" if row["kind"] == "per_kg" else "mL"
    said = f"LR {3 * float(row['most']):g} {unit} IV given."
    assert gravest(check_doses(parse_note(note_of(ed=said))), "dose.fluid") == effect("fluid_limits.csv", row)


@pytest.mark.parametrize("row", rows_of("home_doses.csv"), ids=lambda row: row["drug"])
def test_home_dose_far_above_a_row_has_the_effect_of_the_row(row: Row) -> None:
    said = f"{row['drug'].capitalize()} {10 * float(row['high']):g} {row['unit']}"
    found = check_doses(parse_note(note_of(medications=said)))
    assert gravest(found, f"dose.{row['drug'].replace(' ', '_')}") == effect("home_doses.csv", row)


@pytest.mark.parametrize("row", rows_of(DOSES), ids=lambda row: row["drug"])
def test_dose_row_blocks_where_one_of_its_figures_does(tmp_path: Path, row: Row) -> None:
    only(tmp_path, DOSES, row)
    figures = [figure for limits in dose_limits().values() for limit in limits for figure in limit.figures]
    does = "informs" if not figures else "blocks" if any(figure.blocks for figure in figures) else "warns"
    assert effect(DOSES, row) == does


FORBIDDEN = {
    ("nitroglycerin", "IV"): "Nitroglycerin 0.4 mg IV given.",
    ("penicillin", "IV"): "Bicillin 1.2 million units IV given.",
    ("potassium chloride", "IV"): "Potassium chloride 20 mEq IV push given.",
}


@pytest.mark.parametrize("row", [row for row in rows_of("drug_routes.csv") if row["rule"] == "never"])
def test_forbidden_route_has_the_effect_of_its_row(tmp_path: Path, row: Row) -> None:
    right = next(each for each in rows_of("drug_routes.csv") if (each["drug"], each["rule"]) == (row["drug"], "right"))
    classes = [each for each in rows_of("route_classes.csv") if row["drug"] not in each["drugs"].split(";")]
    write_table(tmp_path, "route_classes.csv", classes)
    only(tmp_path, "drug_routes.csv", right, row)
    route = row["routes"].split(";")[0]
    said = FORBIDDEN.get((row["drug"], route), f"{row['drug'].capitalize()} 5 mg {route} given.")
    found = [each for each in check_doses(parse_note(note_of(ed=said))) if each["rule"].endswith(".route")]
    assert found
    assert gravest(found) == effect("drug_routes.csv", row)


def test_route_that_is_not_usual_warns(tmp_path: Path) -> None:
    row = next(each for each in rows_of("drug_routes.csv") if each["drug"] == "acetaminophen")
    only(tmp_path, "drug_routes.csv", row)
    found = check_doses(parse_note(note_of(ed="Acetaminophen 650 mg SC given.")))
    assert gravest(found, "dose.acetaminophen.route") == effect("drug_routes.csv", row) == "warns"


@pytest.mark.parametrize("row", rows_of(CHILD), ids=lambda row: f"{row['drug']} {row['routes']}")
def test_dose_of_a_child_far_above_a_row_has_the_effect_of_the_row(tmp_path: Path, row: Row) -> None:
    only(tmp_path, CHILD, row)
    route = "" if row["routes"] == "any" else row["routes"].split(";")[0]
    for factor, does in ((3, effect(CHILD, row)), (1, "informs")):
        amount = factor * 10 * float(row["per_kg"])
        written = f"{amount:.10g}" if amount < 1e5 else f"{amount:.0f}"
        said = f"Weight 10 kg. {row['drug'].capitalize()} {written} {row['unit']} {route} given."
        found = check_child_doses(parse_note(note_of(history="A 2-year-old girl.", ed=said)), None, 2)
        assert gravest(found, f"dose.{row['drug'].replace(' ', '_')}.") == does, said


ALLERGIES = "allergy_classes.csv"


def named_allergy_rows() -> list[Row]:
    known = {row["class"] for row in rows_of("allergy_names.csv")}
    return [row for row in rows_of(ALLERGIES) if row["class"] in known and row["member"]]


@pytest.mark.parametrize("row", named_allergy_rows(), ids=lambda row: row["member"])
def test_drug_of_the_class_of_an_allergy_has_the_effect_of_its_row(tmp_path: Path, row: Row) -> None:
    only(tmp_path, ALLERGIES, row)
    note = note_of(allergies=f"{row['class'].capitalize()} (hives).", ed=f"{row['member']} 10 mg IV was given.")
    found = [each for each in check_allergies(parse_note(note)) if each["rule"] == "allergy.conflict"]
    assert found
    assert gravest(found) == effect(ALLERGIES, row)


def test_allergy_to_the_drug_itself_blocks_and_one_of_another_class_warns(tmp_path: Path) -> None:
    itself, *others = rows_of(ALLERGIES)
    note = parse_note(note_of(allergies="Morphine (hives).", ed="Morphine 4 mg IV was given."))
    only(tmp_path, ALLERGIES, itself)
    assert gravest(check_allergies(note), "allergy.conflict") == effect(ALLERGIES, itself) == "blocks"
    crossing = next(row for row in others if (row["class"], row["cross_class"]) == ("penicillins", "cephalosporins"))
    member = next(row for row in others if row["member"] == "ceftriaxone")
    only(tmp_path, ALLERGIES, crossing, member | {"status": "verified"})
    note = parse_note(note_of(allergies="Penicillins (hives).", ed="Ceftriaxone 1 g IV was given."))
    assert gravest(check_allergies(note), "allergy.conflict") == effect(ALLERGIES, crossing) == "warns"


VITALS = {
    "temperature_degf": ("T 118.0 F", "T 103.5 F"),
    "heart_rate_bpm": ("HR 310", "HR 150"),
    "respiratory_rate_bpm": ("RR 95", "RR 30"),
    "spo2_pct": ("SpO2 104%", "SpO2 85%"),
    "sbp_mmhg": ("BP 320/80", "BP 230/80"),
    "dbp_mmhg": ("BP 280/210", "BP 180/125"),
    "map_mmhg": ("MAP 260", "MAP 55"),
    "pain_0_10": ("Pain 12/10", "Pain 10/10"),
    "gcs_total": ("GCS 17", "GCS 6"),
    "gcs_intubated": ("GCS 15T", "GCS 8T"),
    "gcs_eye": ("GCS E6 V5 M6", ""),
    "gcs_verbal": ("GCS E4 V7 M6", ""),
    "gcs_motor": ("GCS E4 V5 M8", ""),
    "glucose_mgdl": ("POC glucose 2500", "POC glucose 450"),
}


@pytest.mark.parametrize("row", rows_of("vital_limits.csv"), ids=lambda row: f"{row['field']} {row['kind']}")
def test_vital_sign_beyond_a_row_has_the_effect_of_the_row(row: Row) -> None:
    impossible, alarming = VITALS[row["field"]]
    rule = "impossible" if row["kind"] == "possible" else "alarming"
    said = impossible if rule == "impossible" else alarming
    note = parse_note(note_of(physical=f"{said}.", ed="Seen.", medical="Considered.", disposition="Home."))
    assert gravest(check_vitals(note), f"vital.{row['field']}.{rule}") == effect("vital_limits.csv", row)


RELATIONS = {
    "pressures_reversed": "BP 80/120",
    "pulse_pressure": "BP 120/118",
    "map_outside_pressures": "BP 120/80, MAP 60",
    "map_off_formula": "BP 120/80, MAP 118",
    "gcs_sum": "GCS 15 (E2 V3 M4)",
    "swapped": "HR 97, SpO2 9%, RR 97",
    "discharge_unstable": "HR 150",
}


@pytest.mark.parametrize("row", rows_of("vital_relations.csv"), ids=lambda row: row["rule"])
def test_vital_signs_that_contradict_each_other_have_the_effect_of_their_row(row: Row) -> None:
    note = parse_note(note_of(physical=f"{RELATIONS[row['rule']]}.", ed="Seen.", disposition="Discharged home."))
    found = [each for each in check_vitals(note) if each["rule"] == f"vital.{row['rule']}"]
    assert found
    assert gravest(found) == effect("vital_relations.csv", row)


LEAVING = {
    "sbp_mmhg": "BP 74/44",
    "map_mmhg": "MAP 45",
    "spo2_pct": "SpO2 79%",
    "respiratory_rate_bpm": "RR 40",
    "heart_rate_bpm": "HR 168",
    "gcs_total": "GCS 6",
    "glucose_mgdl": "POC glucose 40",
}


@pytest.mark.parametrize("row", rows_of("discharge_limits.csv"), ids=lambda row: row["field"])
def test_value_that_nobody_leaves_with_has_the_effect_of_its_row(row: Row) -> None:
    said = LEAVING[row["field"]]
    note = note_of(physical=f"{said}.", ed="Seen.", medical="Considered.", disposition="Discharged home.")
    rule = "vital.discharge_unstable"
    assert gravest(check_vitals(parse_note(note)), rule) == effect("discharge_limits.csv", row)
    explained = note.replace("Considered.", "Hospice patient, known and expected.")
    assert gravest(check_vitals(parse_note(explained)), rule) == "warns"


ENDED = {
    "HOME": "Discharged home in good condition.",
    "ADMITTED": "Admitted to the hospital.",
    "EXPIRED": "Patient expired in the ED.",
    "VENTILATED": "Remains intubated and ventilated.",
    "ON VASOPRESSORS": "Remains on norepinephrine drip.",
    "TRANSFER": "Transferred to another hospital.",
    "ELOPED": "Patient eloped.",
    "LEFT AGAINST MEDICAL ADVICE": "Left AMA.",
    "LEFT WITHOUT BEING SEEN": "Patient left without being seen.",
    "ICU ACCEPTED": "ICU accepted.",
    "NOT SAFE TO GO HOME": "Not safe for discharge.",
    "GOES TO SURGERY": "Needs laparotomy.",
    "IN SHOCK OR UNSTABLE": "Septic shock.",
    "NOT AWAKE OR NOT BREATHING WELL": "Status epilepticus.",
    "OF HIGH RISK": "High-risk syncope.",
    "ON A DRIP OR A DEVICE": "Heparin drip running.",
    "ADMITTED HERE": "Admitted here.",
    "HELD AGAINST THE WILL": "Involuntary hold signed.",
    "STILL TREATED BY VEIN": "Ceftriaxone 2 g IV q24h continues.",
    "TREATED BEYOND HOME": "",
    "TRANSFERRED FOR CARE BEYOND": "Transferred to the burn center.",
    "LABORATORY VALUE NOT FOR HOME": "",
}
RESULTS = {"LABORATORY VALUE NOT FOR HOME": "Potassium 7.8."}
COURSE = {"TREATED BEYOND HOME": "Alteplase given."}


@pytest.mark.parametrize("row", rows_of("disposition_conflicts.csv"), ids=lambda row: f"{row['one']} {row['other']}")
def test_two_dispositions_have_the_effect_of_their_conflict(row: Row) -> None:
    said = f"{ENDED[row['one']]} {ENDED[row['other']]}"
    course, results = COURSE.get(row["other"], "Seen."), RESULTS.get(row["other"], "Unremarkable.")
    note = parse_note(note_of(ed=course, labs=results, disposition=said))
    found = [each for each in check_contradictions(note, None) if each["rule"] == "disposition.contradiction"]
    assert found
    assert gravest(found) == effect("disposition_conflicts.csv", row)


@pytest.mark.parametrize("score", ["HEART", "TIMI", "PERC", "SOFA", "NEXUS"])
def test_score_outside_its_range_has_the_effect_of_its_row(score: str) -> None:
    row = next(row for row in rows_of("risk_scores.csv") if row["score"] == score)
    note = parse_note(note_of(medical=f"Differential: ACS. {score} score 97."))
    assert gravest(list(check_scores(note))) == effect("risk_scores.csv", row)


@pytest.mark.parametrize("status", ["verified", "draft"])
def test_note_that_addresses_nothing_of_a_published_list_is_blocked_at_the_gate(tmp_path: Path, status: str) -> None:
    row = next(row for row in rows_of("rule_outs.csv") if row["diagnosis"] == "aortic dissection") | {"status": status}
    only(tmp_path, "rule_outs.csv", row)
    note = parse_note(note_of(medical="Differential: reflux, because of the meal before.", labs="Troponin normal."))
    verdict = judge_decision_making(note, encounter(chief_complaint=row["complaint"]), structured=False)
    assert (verdict == "fail") == (effect("rule_outs.csv", row) == "blocks") == (status == "verified")


def test_only_rules_of_the_tables_that_the_engine_lets_block_block() -> None:
    assert {rule.table for rule in register() if rule.effect == "blocks"} == {
        *(
            "dose_limits",
            "gross_doses",
            "child_doses",
            "child_days",
            "duplicate_classes",
            "drug_routes",
            "route_classes",
            "reserved_routes",
            "dosage_forms",
            "daily_limits",
            "least_intervals",
            "fluid_limits",
            "home_doses",
            "allergy_classes",
            "vital_limits",
            "vital_relations",
            "discharge_limits",
        ),
        *("rule_outs", "risk_scores", "disposition_conflicts", "never_home", "opposites", "claims"),
    }
