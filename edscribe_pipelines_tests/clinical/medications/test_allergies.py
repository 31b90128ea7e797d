import pytest
from hypothesis import given
from hypothesis import strategies as st

from edscribe_pipelines.clinical.medications.allergies import check_allergies, stated_allergies
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.tables import read_table
from edscribe_pipelines_tests.clinical.invented import encounter, note_of


def judged(**sections: str) -> list[tuple[str, str, str]]:
    note = note_of(**{"ed": "Observed.", "medications": "None.", **sections})
    return [(f["rule"], f["severity"], note[f["start"] : f["end"]]) for f in check_allergies(ParsedNote(note))]


@pytest.mark.parametrize(
    ("text", "allergens"),
    [
        ("ALLERGIES\nPenicillin (hives), sulfa; codeine", ["penicillin", "sulfonamide antibiotics", "codeine"]),
        ("ALLERGIES\nNo known allergies except PCN", ["penicillin"]),
        ("ALLERGIES\nNKDA", []),
        ("ALLERGIES\nPenicillin. Tolerates cephalexin.", ["penicillin"]),
        ("ALLERGIES\nPeanuts, pollen", []),
        ("ALLERGIES\nPCN: yes. Sulfa: no. Latex: no.", ["penicillin"]),
        ("ALLERGIES\nPenicillin [ ]   Sulfa [x] rash   Codeine [ ]", ["sulfonamide antibiotics"]),
        ("ALLERGIES\n| Penicillin | No |\n| Vancomycin | Yes | hives |", ["vancomycin"]),
        ("ALLERGIES\nPenicillin: Y / (N)   Codeine: (Y) / N", ["codeine"]),
        ("ALLERGIES\nPCN ✗  Clindamycin ✓ (rash)", ["clindamycin"]),
        ("ALLERGIES\nCephalexin (anaphylaxis, epinephrine given)", ["cephalexin"]),
        ("ALLERGIES\nPenicillin - no reaction known", ["penicillin"]),
        ("Medications: none\nAll: ASA (angioedema)", ["aspirin"]),
        (
            "HPI: She is allergic to penicillin, sulfa and morphine.",
            ["penicillin", "sulfonamide antibiotics", "morphine"],
        ),
        ("HPI: Has a penicillin allergy.", ["penicillin"]),
        ("HPI: Has had anaphylaxis to ceftriaxone.", ["ceftriaxone"]),
        ("HPI: Her mother is allergic to penicillin.", []),
        ("HPI: No known allergy to penicillin.", []),
        ("MDM: Given penicillin allergy, azithromycin was chosen.", ["penicillin"]),
    ],
)
def test_allergens_are_read_where_a_note_states_them(text: str, allergens: list[str]) -> None:
    assert [allergy.allergen for allergy in stated_allergies(ParsedNote(text))] == allergens


@pytest.mark.parametrize(
    ("allergy", "course", "place"),
    [
        ("Penicillin (hives)", "Amoxicillin 500 mg PO.", "Amoxicillin"),
        ("Voltarol: facial swelling and wheeze", "Diclofenac 75 mg IM given.", "Diclofenac"),
        ("Ceftriaxone: angioedema in 2019", "Inj. Monocef 1 g IV given.", "Monocef"),
        ("Septrin - Stevens-Johnson syndrome", "Trimethoprim 200 mg PO given.", "Trimethoprim"),
        ("Benadryl: hives and wheezing", "Dramamine 50 mg PO given.", "Dramamine"),
        ("Nurofen (hives)", "Ketoprofen 100 mg IM given.", "Ketoprofen"),
        ("paracetamol - anaphylaxis", "co-codamol 30/500 two tabs PO", "co-codamol"),
        ("topical iodine: anaphylaxis", "Wound prepped with Betadine.", "Betadine"),
        ("PCN", "Zosyn 4.5 g IV.", "Zosyn"),
        ("Sulfa (rash)", "Started on Bactrim DS.", "Bactrim DS"),
        ("Aspirin", "Ketorolac 15 mg IV.", "Ketorolac"),
        ("Morphine (anaphylaxis)", "Morphine 4 mg IV.", "Morphine"),
        ("Penicillin", "The patient received amoxicillin.", "amoxicillin"),
        ("Naproxen", "Toradol 15 mg IV.", "Toradol"),
    ],
)
def test_drug_given_against_an_allergy_is_critical_where_it_is_given(allergy: str, course: str, place: str) -> None:
    assert judged(allergies=allergy, ed=course) == [("allergy.conflict", "critical", place)]


@pytest.mark.parametrize(
    ("allergy", "course"),
    [
        ("Morphine (nausea)", "Morphine 4 mg IV."),
        ("Codeine (anaphylaxis)", "Morphine 4 mg IV."),
        ("Penicillin", "Ceftriaxone 2 g IV."),
        ("Penicillin", "Amoxicillin 2 g PO; tolerated ampicillin before."),
        ("Iodine contrast", "Pre-medicated, then CT with Omnipaque 100 mL IV."),
        ("Iodine contrast", "Received IV contrast for CT."),
        ("Iodine", "Omnipaque 100 mL IV given."),
        ("Cephalexin", "Zosyn 4.5 g IV."),
        ("Codeine - upset stomach", "Tylenol #3 one tablet PO given."),
        ("Vancomycin (flushing with fast infusion)", "Vancomycin 1 g IV."),
        ("Penicillin (hives)", "Desensitised; then penicillin 2 million units IV."),
        ("Amoxicillin?", "Amoxicillin 500 mg PO."),
        ("Ceftriaxone: anaphylaxis", "Meropenem 1 g IV. Allergy: meropenem chosen as its cross-reaction is under 1%."),
    ],
)
def test_intolerance_cross_reaction_and_tolerance_warn(allergy: str, course: str) -> None:
    assert [(rule, severity) for rule, severity, _ in judged(allergies=allergy, ed=course)] == [
        ("allergy.conflict", "warning")
    ]


@pytest.mark.parametrize(
    ("allergy", "course"),
    [
        ("Penicillin", "Amoxicillin avoided."),
        ("NKDA; has taken amoxicillin twice with no trouble", "Amoxicillin 500 mg PO."),
        ("Bee stings (anaphylaxis), carries EpiPen", "Epinephrine 0.3 mg IM."),
        ("Peanut - throat swelling, needed epinephrine", "Epinephrine 0.3 mg IM."),
        ("Penicillin", "Amoxicillin 2 g was not given."),
        ("Penicillin", "Amoxicillin considered."),
        ("Penicillin", "EMS gave amoxicillin 2 g."),
        ("Penicillin", "Switched to azithromycin because of allergy to penicillin."),
        ("Penicillin", "Azithromycin 500 mg instead of amoxicillin 500 mg."),
        ("Sulfa", "Furosemide 40 mg IV."),
        ("NKDA", "Amoxicillin 500 mg."),
        ("NSAIDs", "Takes ibuprofen 400 mg at home."),
    ],
)
def test_drug_avoided_given_elsewhere_or_unrelated_is_no_conflict(allergy: str, course: str) -> None:
    assert judged(allergies=allergy, ed=course) == []


def test_dose_that_a_physician_confirmed_is_an_information() -> None:
    note = ParsedNote(note_of(allergies="Penicillin", ed="Amoxicillin 2 g PO."))
    facts = encounter(confirmed_doses=[{"name": "amoxicillin", "amount": 2, "unit": "g"}])
    assert [finding["severity"] for finding in check_allergies(note, facts)] == ["information"]
    assert [finding["severity"] for finding in check_allergies(note, encounter())] == ["critical"]


@pytest.mark.parametrize(
    ("sections", "severity", "place"),
    [
        ({"allergies": "NKDA", "history": "She is allergic to penicillin."}, "critical", "penicillin"),
        ({"allergies": "None.", "history": "Possible allergy to penicillin."}, "warning", "penicillin"),
        ({"allergies": "Penicillin", "medical": "NKDA."}, "critical", "NKDA"),
        ({"allergies": "Sulfa", "history": "She has no allergies to medications."}, "critical", "no allergies"),
    ],
)
def test_allergies_denied_and_stated_contradict(sections: dict[str, str], severity: str, place: str) -> None:
    assert judged(**sections) == [("allergy.contradiction", severity, place)]


@pytest.mark.parametrize(
    "sections",
    [
        {"allergies": "No known drug allergies", "history": "Her mother is allergic to penicillin."},
        {"allergies": "Seasonal allergies", "history": "No known drug allergies."},
        {"allergies": "Penicillin", "history": "Allergic to penicillin."},
        {"allergies": "NKDA except penicillin"},
    ],
)
def test_agreeing_statements_do_not_contradict(sections: dict[str, str]) -> None:
    assert judged(**sections) == []


def test_every_drug_of_a_class_is_one_that_mentions_know() -> None:
    drugs = {row["drug"] for table in ("drug_names.csv", "drug_brands.csv") for row in read_table(table)}
    rows = [row for row in read_table("allergy_classes.csv") if row["member"] not in ("", "(any drug)")]
    assert {row["member"] for row in rows} <= drugs
    classes = {row["class"] for row in rows}
    assert {row["class"] for row in read_table("allergy_names.csv")} <= classes
    assert {row["cross_class"] for row in read_table("allergy_classes.csv")} <= classes | {""}


_PIECES = [
    "ALLERGIES\n",
    "NKDA",
    "penicillin",
    "allergic to ",
    " allergy",
    "sulfa",
    "given ",
    "amoxicillin 500 mg",
    ", ",
]
_PIECES += ["(", ")", "hives", "no ", "\n", ". ", "ED COURSE\n", "\ud800", "ſ", "İ", "\0"]


@given(st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=3)), max_size=30).map("".join))
def test_places_are_inside_any_text(text: str) -> None:
    for finding in check_allergies(ParsedNote(text)):
        assert finding["start"] is not None
        assert finding["end"] is not None
        assert 0 <= finding["start"] < finding["end"] <= len(text)


@pytest.mark.parametrize(
    "note",
    [
        "Allergies: Bactrim (rash)\nDisposition: Home. Septra DS 1 tab BID x 7d.",
        "ALLERGIES - sulfa: SJS in college\nDischarge Rx - Bactrim DS i tab BID #14",
        "ALLERGY SCREEN\nPenicillin: No\nSulfa: Yes - facial swelling\nRx: trimethoprim-sulfamethoxazole DS 1 tab BID",
        "Pt reports throat closing and lip swelling w/ Motrin and Aleve.\nToradol 15 mg IV.",
        "Allergies: Percocet - hives\nRx: oxycodone 5 mg #10",
        "ALL: PCN (anaphylaxis)\nDispo: d/c home on Augmentin 875 BID x10 days",
        "Allergies: codeine (throat swelling)\nDischarge meds:\n- Tylenol #3, 1-2 tabs q6h prn #12",
        "CC: cough Allergies: penicillin (anaphylaxis) Meds: metoprolol ED Course: ampicillin-sulbactam 3 g IV given",
        "Allergies: beta-blockers (respiratory arrest)\nED course: labetalol 10 mg IV given.",
    ],
)
def test_drug_ordered_in_any_words_against_an_allergy_is_critical(note: str) -> None:
    found = [each for each in check_allergies(ParsedNote(note)) if each["rule"] == "allergy.conflict"]
    assert [finding["severity"] for finding in found] == ["critical"]


@pytest.mark.parametrize(
    "note",
    [
        "Allergies: penicillin\nDischarge instructions: Do not take amoxicillin. Azithromycin prescribed.",
        "Allergies: ibuprofen\nDisposition: home, avoid NSAIDs such as naproxen; acetaminophen 650 mg q6h.",
        "Allergies: Penicillin - allergy removed 2021 after negative skin testing\nED course: amoxicillin 1 g PO",
        'Allergies: none; "penicillin" on old chart was mom\'s allergy not his\nRx amoxicillin 875 mg BID x10d',
        "Allergies: penicillin (throat swelling)\nMDM: Cefazolin alternative chosen given PCN hx.",
        "Allergies: codeine (hives)\nED course: fentanyl 50 mcg IV",
        "Allergies: shellfish\nED course: IV contrast given.",
    ],
)
def test_drug_not_ordered_or_allergy_refuted_is_quiet(note: str) -> None:
    assert not [each for each in check_allergies(ParsedNote(note)) if each["severity"] == "critical"]
    assert not [each for each in check_allergies(ParsedNote(note)) if each["start"] and "fentanyl" in each["message"]]


def test_allergies_in_brackets_are_stated() -> None:
    assert judged(allergies="", ed="Ceftriaxone 2 g IV given. [Allergy list: ceftriaxone, anaphylaxis]") == [
        ("allergy.conflict", "critical", "Ceftriaxone")
    ]
