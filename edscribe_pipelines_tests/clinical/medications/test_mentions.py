import pytest
from hypothesis import given
from hypothesis import strategies as st

from edscribe_pipelines.clinical.medications.mentions import DoseMention, dose_mentions, ed_doses, unreadable_doses
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines_tests.clinical.invented import note_of


def doses(text: str) -> tuple[DoseMention, ...]:
    return dose_mentions(ParsedNote(text))


def said(text: str) -> list[str]:
    return [f"{dose.drug} {dose.amount:g} {dose.unit}" for dose in doses(text)]


@pytest.mark.parametrize(
    ("text", "dose"),
    [
        ("4 mg of morphine", "morphine 4 mg"),
        ("morphine sulfate 4 mg IV", "morphine 4 mg"),
        ("aspirin (325 mg)", "aspirin 325 mg"),
        ("ketorolac (Toradol) injection 15 mg", "ketorolac 15 mg"),
        ("ketorolac: 30 mg IM", "ketorolac 30 mg"),
        ("morphine IV 4 mg", "morphine 4 mg"),
        ("20 mg of IV morphine", "morphine 20 mg"),
        ("KCl 40 mEq PO", "potassium chloride 40 mEq"),
        ("KCl 40 milliequivalents", "potassium chloride 40 mEq"),
        ("Ancef 2 g IV", "cefazolin 2 g"),
        ("one gram of ceftriaxone", "ceftriaxone 1 g"),
        ("fentanyl 50 micrograms", "fentanyl 50 mcg"),
        ("fentanyl 50 μg", "fentanyl 50 mcg"),
        ("fentanyl 50 µg", "fentanyl 50 mcg"),
        ("vancomycin 1,000 mg", "vancomycin 1000 mg"),
        ("nitro 0.4mg SL", "nitroglycerin 0.4 mg"),
        ("nitro .4 mg SL", "nitroglycerin 0.4 mg"),
        ("heparin 5000 IU", "heparin 5000 units"),
        ("epinephrine 1:1000 0.3 mg IM", "epinephrine 0.3 mg"),
        ("norepinephrine drip started at 5 mcg/min", "norepinephrine 5 mcg"),
        ("lidocaine 1% 5 mL", "lidocaine 5 mL"),
        ("norepinephrine started 21:15 at 10 mcg/kg/min", "norepinephrine 10 mcg"),
        ("Morphine 9:05 4 mg IV", "morphine 4 mg"),
    ],
)
def test_dose_is_a_number_with_a_unit_beside_a_drug(text: str, dose: str) -> None:
    assert said(text) == [dose]


@pytest.mark.parametrize(
    ("text", "given_doses"),
    [
        ("fixed rate insulin (Actrapid 50 units in 50 mL) at 7 units/h", ["insulin regular 7 units"]),
        ("insulin drip 100 units/100 mL at 0.1 units/kg/h", ["insulin regular 0.1 units"]),
        ("insulin regular 500 units in 50 mL IV push", ["insulin regular 50 mL"]),
        ("vancomycin 1.5 g in 250 mL at 125 mL/h", ["vancomycin 1.5 g", "vancomycin 125 mL"]),
        ("Nitroglycerin 50 mg in 250 mL (200 mcg/mL) at 3 mL/h = 10 mcg/min", ["nitroglycerin 10 mcg"]),
        ("morphine 100 mg in 100 mL NS (1 mg/mL) at 2 mL/h", []),
    ],
)
def test_what_a_bag_was_filled_with_is_no_dose_where_a_rate_tells_it(text: str, given_doses: list[str]) -> None:
    assert said(text) == given_doses


def test_a_product_that_is_capped_is_no_dose() -> None:
    assert said("levetiracetam 60 mg/kg = 5,100 mg -> max 4,500 mg") == ["levetiracetam 60 mg"]
    assert said("ketorolac 30 mg, max 120 mg a day")[0] == "ketorolac 30 mg"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("4 mg morphine, 50 mcg fentanyl", ["morphine 4 mg", "fentanyl 50 mcg"]),
        ("gave 4 mg morphine and 500 mcg fentanyl", ["morphine 4 mg", "fentanyl 500 mcg"]),
        ("morphine 4 mg, Zofran 4 mg", ["morphine 4 mg", "ondansetron 4 mg"]),
        ("Adenosine 6 mg then 12 mg", ["adenosine 6 mg", "adenosine 12 mg"]),
        ("Morphine 4 mg IV at 10:00. Another 4 mg at 11:00", ["morphine 4 mg", "morphine 4 mg"]),
        ("Fentanyl 50 mcg IV, repeat dose 75 mcg", ["fentanyl 50 mcg", "fentanyl 75 mcg"]),
        ("heparin 80 units/kg bolus then 18 units/kg/h", ["heparin 80 units", "heparin 18 units"]),
        ("ketamine 0.1 mg/kg (8 mg)", ["ketamine 0.1 mg", "ketamine 8 mg"]),
    ],
)
def test_each_dose_goes_to_its_own_drug(text: str, found: list[str]) -> None:
    assert said(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Morphine Sulfat 4mg/1mL 1mL VIAL",
        "Acetaminophen 500 mg tablet",
        "TXA was held, 2 units PRBC",
        "glucose 320 mg/dL, magnesium 1.8 mg/dL",
        "Dispensed: Ketorolac 60mg at 3 min; Morphine 20mg at 12 min.",
        "Percocet 5/325 mg",
        "2 L NS",
        "morphine. 4 mg",
        "xylo-aspirin 325 mg",
    ],
)
def test_strength_level_dispensing_and_blood_are_no_dose(text: str) -> None:
    assert doses(text) == ()


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("epi 1 mg x3", 3),
        ("morphine 4 mg x 5.", 5),
        ("morphine 4 mg every 5 min x3", 3),
        ("morphine 4 mg IV q5min x 3", 3),
        ("two doses of epinephrine 1 mg", 2),
        ("nitroglycerin 0.4 mg SL was given twice", 2),
        ("epinephrine 1 mg IV, three doses", 3),
        ("amoxicillin 500 mg x 7 days", 1),
        ("metformin 500 mg twice a day", 1),
    ],
)
def test_doses_of_one_amount_are_counted(text: str, times: int) -> None:
    assert [dose.times for dose in doses(text)] == [times]


@pytest.mark.parametrize(
    ("text", "per"),
    [
        ("heparin 80 units/kg", "kg"),
        ("insulin 0.1 units/kg/h", "kg/h"),
        ("ketamine 10 mcg/kg/min", "kg/min"),
        ("norepinephrine 5 mcg/min", "min"),
        ("diltiazem 5 mg per hour", "h"),
        ("diltiazem 20 mg", None),
    ],
)
def test_rate_and_dose_by_weight_are_told_apart(text: str, per: str | None) -> None:
    assert [dose.per for dose in doses(text)] == [per]


def test_range_keeps_both_ends() -> None:
    (dose,) = doses("ondansetron 4-8 mg")
    assert (dose.low, dose.amount) == (4, 8)
    assert [dose.low for dose in doses("ondansetron 4 mg to 8 mg, aspirin 81 mg")] == [4, None]


@pytest.mark.parametrize("text", ["total of 12 mg morphine", "morphine 12 mg total", "morphine, total dose of 12 mg"])
def test_sum_of_doses_is_marked(text: str) -> None:
    assert [dose.is_total for dose in doses(text)] == [True]


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("IM epinephrine 1 mg", "IM"),
        ("EpiPen 0.3 mg", "IM"),
        ("Zofran 4 mg ODT", "PO"),
        ("aspirin 81 mg p.o. now", "PO"),
        ("naloxone 2 mg IN", "IN"),
        ("diltiazem drip at 5 mg/h IV", "INFUSION"),
        ("morphine 4 mg", "unstated"),
        ("morphine 4 mg IV, then 6 mg", "IV"),
    ],
)
def test_route_is_said_before_between_or_behind(text: str, route: str) -> None:
    assert doses(text)[-1].route == route


@pytest.mark.parametrize(
    ("course", "status"),
    [
        ("Morphine 4 mg IV", "ed"),
        ("no relief from fentanyl 500 mcg", "ed"),
        ("Brought in by EMS, given morphine 4 mg IV", "ed"),
        ("Opioid overdose: naloxone 2 mg IN", "ed"),
        ("54 year old with a history of gout given fentanyl 500 mcg", "ed"),
        ("Ceftriaxone 2 g IV daily", "ed"),
        ("No fentanyl 500 mcg given", "withheld"),
        ("held morphine 20 mg", "withheld"),
        ("Morphine 20 mg was held", "withheld"),
        ("max dose of ketorolac 30 mg", "withheld"),
        ("fentanyl instead of morphine 4 mg", "withheld"),
        ("allergic to morphine 20 mg", "allergy"),
        ("Home metoprolol 25 mg", "home"),
        ("took aspirin 650 mg before coming", "home"),
        ("metformin 500 mg BID", "home"),
        ("aspirin 81 mg p.o. daily", "home"),
        ("EMS gave aspirin 324 mg", "elsewhere"),
        ("Received aspirin 324 mg en route", "elsewhere"),
        ("naloxone 0.4 mg IV x2 by EMS", "elsewhere"),
        ("En route she was given fentanyl 100 mcg", "elsewhere"),
        ("Prescribed ibuprofen 600 mg", "discharge"),
        ("Start amoxicillin 500 mg for 10 days", "discharge"),
        ("ingested 10 g acetaminophen", "history"),
    ],
)
def test_words_of_the_clause_say_what_became_of_a_dose(course: str, status: str) -> None:
    assert [dose.status for dose in doses(note_of(ed=course)) if dose.drug != "lisinopril"] == [status]


def test_each_of_two_doses_in_a_clause_has_its_own_status() -> None:
    text = "ED Course: Aspirin 324 mg by EMS, nitroglycerin 0.4 mg SL x3, then given morphine 4 mg here."
    assert [dose.status for dose in doses(text)] == ["elsewhere", "ed", "ed"]


@pytest.mark.parametrize(
    ("section", "status"),
    [
        ("medications", "home"),
        ("past", "home"),
        ("allergies", "allergy"),
        ("history", "home"),
        ("disposition", "discharge"),
        ("medical", "ed"),
        ("labs", "ed"),
    ],
)
def test_section_decides_where_the_clause_does_not(section: str, status: str) -> None:
    note = ParsedNote(note_of(**{"medications": "None.", "ed": "None.", section: "Aspirin 325 mg."}))
    assert [dose.status for dose in dose_mentions(note)] == [status]
    assert len(ed_doses(note)) == (status == "ed")


_PIECES = ["morphine", "MS", "4", ".5", "1,000", "mg", "mcg/kg/min", "µg", "ſ", "ı", "x3", "(", ")", "then", "another"]
_PIECES += [
    "total of",
    ".",
    ";",
    "\n",
    "-",
    "by EMS",
    "no",
    "IV",
    "Dispensed:",
    "İ",
    "\ud800",
    "\0",
    " ",
    "ED COURSE\n",
]


@given(st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=3)), max_size=40).map("".join))
def test_places_are_inside_any_text(text: str) -> None:
    for dose in doses(text):
        assert 0 <= dose.start < dose.end <= len(text)
        assert dose.amount > 0
        assert dose.times >= 1


def amounts(text: str) -> list[tuple[str, float, str]]:
    return [(dose.drug, dose.amount, dose.unit) for dose in dose_mentions(ParsedNote(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Famotidine 20 mg (2 mL) IV.", [("famotidine", 20, "mg")]),
        ("Famotidine 2 mL (20 mg) IV.", [("famotidine", 20, "mg")]),
        ("Bicarb 2 amps, 50 mEq each.", [("sodium bicarbonate", 100, "mEq")]),
        ("Bicarb 1 amp (500 mEq) IV.", [("sodium bicarbonate", 500, "mEq")]),
        ("Atropine 1 mg, 500 mL saline.", [("atropine", 1, "mg")]),
    ],
)
def test_a_dose_told_in_two_units_is_one(text: str, found: list[tuple[str, float, str]]) -> None:
    assert amounts(text) == found


def test_a_rate_is_of_the_drug_before_it_in_its_sentence() -> None:
    bolus = "Heparin 5,000 units IV at 13:45"
    assert ("heparin", 1200, "units") in amounts(f"{bolus}, followed by an infusion at 1,200 units per hour.")
    assert ("heparin", 5, "mg") not in amounts(f"{bolus}. The infusion of the other runs at 5 mg per hour.")


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        ("over 30 minutes", 0.5),
        ("over two hours", 2),
        ("in 250 mL over 1-2 h", 2),
        ("over the weekend", None),
        ("", None),
    ],
)
def test_the_time_that_a_dose_took_is_read(said: str, hours: float | None) -> None:
    (dose,) = dose_mentions(ParsedNote(f"Vancomycin 1 g IV {said}."))
    assert dose.over_h == hours


@pytest.mark.parametrize("text", ["Morphine ?? mg IV.", "Morphine 5O mg IV.", "Digoxin immune fab 4 vials."])
def test_a_dose_that_cannot_be_read_is_none_of_the_doses(text: str) -> None:
    assert amounts(text) == []
    assert len(unreadable_doses(ParsedNote(text))) == 1
