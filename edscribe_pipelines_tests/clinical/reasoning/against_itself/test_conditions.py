import pytest

from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import told

_ROS = "Otherwise negative."


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("judgement", {"labs": "pH 7.34, HCO3 19, glucose 410.", "medical": "Severe DKA: insulin drip, fluids."}),
        ("judgement", {"labs": "VBG pH 7.08.", "medical": "Severe DKA (pH 7.28), insulin started."}),
        (
            "judgement",
            {"labs": "K 4.6, creatinine 2.4.", "medical": "Hyperkalemia with peaked T waves, calcium given."},
        ),
        ("judgement", {"labs": "K 4.4, Mg 2.0.", "medical": "Symptomatic hypokalemia, replaced PO and IV."}),
        ("judgement", {"labs": "Na 138, K 4.", "medical": "Severe hyponatremia, 3% saline 150 mL given."}),
        (
            "judgement",
            {"labs": "Hgb 14.2, plt 210.", "medical": "Symptomatic anemia from menorrhagia, transfused 2 units."},
        ),
        ("judgement", {"labs": "WBC 7.2, Hgb 12.", "medical": "Leukocytosis and left shift support appendicitis."}),
        ("judgement", {"labs": "ANC 4.2, WBC 6.1.", "medical": "Neutropenic fever: cefepime 2 g IV within the hour."}),
        ("judgement", {"labs": "Platelets 245, INR 1.0.", "medical": "Thrombocytopenia, no LP."}),
        ("judgement", {"labs": "Creatinine 0.8, BUN 12.", "medical": "AKI on dehydration, fluids."}),
        ("judgement", {"labs": "Lactate 1.1.", "medical": "Septic shock with lactic acidosis."}),
        ("judgement", {"labs": "INR 1.1.", "medical": "Supratherapeutic INR on warfarin, vitamin K given."}),
        ("judgement", {"labs": "INR 6.8.", "medical": "INR therapeutic on warfarin, CT head negative."}),
        ("judgement", {"labs": "Troponin 4 then 5 ng/L.", "medical": "NSTEMI with rising troponin, heparin."}),
        (
            "judgement",
            {
                "physical": "T 38.9 C, HR 110, RR 18, SpO2 97%, BP 130/80.",
                "medical": "Septic joint unlikely: afebrile, walks.",
            },
        ),
        (
            "judgement",
            {
                "physical": "T 36.8 C, HR 104, RR 18, SpO2 97%, BP 142/81.",
                "medical": "Febrile neutropenia considered; he is febrile here with cough.",
            },
        ),
        (
            "judgement",
            {
                "physical": "T 37 C, HR 72, RR 18, SpO2 97%, BP 142/81.",
                "medical": "PE: tachycardic and pleuritic, so CTPA done.",
            },
        ),
        (
            "judgement",
            {"physical": "T 37 C, HR 88, RR 18, SpO2 99% RA, BP 142/81.", "medical": "Hypoxic on room air, PE likely."},
        ),
        (
            "judgement",
            {
                "physical": "T 37 C, HR 88, RR 18, SpO2 84% RA, BP 142/81.",
                "medical": "PE unlikely: not hypoxic, no leg swelling.",
            },
        ),
        (
            "judgement",
            {
                "physical": "T 37 C, HR 88, RR 18, SpO2 99% RA, BP 142/81.",
                "medical": "Hypotensive from GI bleed, blood called.",
            },
        ),
        (
            "judgement",
            {
                "physical": "T 37 C, HR 130, RR 18, SpO2 99% RA, BP 142/81.",
                "medical": "Bleeding unlikely: not tachycardic, Hgb fine.",
            },
        ),
        (
            "judgement",
            {
                "physical": "T 37 C, HR 88, RR 18, SpO2 99% RA, BP 78/40.",
                "medical": "Sepsis without shock, normotensive.",
            },
        ),
        (
            "judgement",
            {
                "physical": "T 37 C, HR 88, RR 18, SpO2 99% RA, BP 118/70.",
                "medical": "Hypertensive emergency: nicardipine.",
            },
        ),
        ("judgement", {"physical": "HR 42, RR 16, SpO2 97%, BP 142/81. Heart: tachycardic, regular."}),
        ("judgement", {"labs": "Glucose 38.", "medical": "Stroke mimic: no hypoglycemia."}),
        ("judgement", {"labs": "Calcium 9.1.", "medical": "Hypercalcemia of malignancy, saline and zoledronate."}),
        ("judgement", {"labs": "ABG pH 7.40 pCO2 38.", "medical": "Hypercapnic respiratory failure, BiPAP."}),
        ("judgement", {"labs": "Lipase 30.", "medical": "Acute pancreatitis with elevated lipase, fluids."}),
        ("judgement", {"physical": "GCS 15, T 37 C, HR 88.", "medical": "Severe TBI, GCS <8, intubated for airway."}),
        ("judgement", {"labs": "HCO3 26, gap 10.", "medical": "High anion gap metabolic acidosis from metformin."}),
        ("judgement", {"labs": "WBC 19.8.", "medical": "Infected stone unlikely: normal WBC, clean urine."}),
        ("judgement", {"labs": "Hgb 6.4.", "medical": "Not anemic, stable for home."}),
        ("judgement", {"labs": "K 6.9.", "medical": "No hyperkalemia, ECG normal."}),
        ("judgement", {"labs": "QRS 140, QTc 430.", "medical": "TCA overdose unlikely: narrow QRS."}),
        ("judgement", {"labs": "ECG sinus 72, QTc 410.", "medical": "Prolonged QTc, ondansetron avoided."}),
        ("judgement", {"labs": "D-dimer 2400 ng/mL.", "medical": "PE: negative D-dimer."}),
    ],
)
def test_what_no_value_bears_out(rule: str, said: dict[str, str]) -> None:
    assert {(rule, "warning")} <= {(name, severity) for name, severity, _ in told(review=_ROS, **said)}


@pytest.mark.parametrize(
    "said",
    [
        {"labs": "pH 7.02, HCO3 5, glucose 410.", "medical": "Severe DKA: insulin drip, fluids."},
        {"labs": "pH 7.30, HCO3 16.", "medical": "Mild DKA, subcutaneous insulin."},
        {"labs": "K 4.6.", "medical": "Hyperkalemia considered, K 4.6. No hyperkalemia."},
        {"labs": "K 6.8, later 4.6.", "medical": "Hyperkalemia with peaked T waves, calcium given."},
        {"labs": "K 4.4.", "past": "Hypokalemia, hypertension.", "medical": "Cause not hypokalemia."},
        {"labs": "Na 138.", "medical": "Hyponatremia: Na 138."},
        {"labs": "Hgb 14.2.", "medical": "Anemia, hypoglycemia and pregnancy excluded."},
        {"labs": "Hgb 14.2.", "medical": "Anemia: Hgb normal."},
        {"labs": "WBC 7.2.", "medical": "No leukocytosis. Appendicitis unlikely without leukocytosis."},
        {"labs": "ANC 200, WBC 0.6.", "medical": "Neutropenic fever: cefepime."},
        {"labs": "ANC 0.2.", "medical": "Neutropenic fever: cefepime."},
        {"labs": "Creatinine 0.8.", "medical": "AKI unlikely. Return if AKI."},
        {"labs": "Creatinine 180 umol/L.", "medical": "AKI on CKD."},
        {"labs": "Lactate 1.1 (initial 5.2).", "medical": "Lactic acidosis cleared."},
        {"labs": "INR 2.4.", "medical": "INR therapeutic on warfarin."},
        {"labs": "INR 1.1.", "medical": "Not on warfarin, no supratherapeutic INR."},
        {"labs": "CK 140.", "medical": "Rhabdomyolysis: CK 140."},
        {"labs": "CK 140.", "medical": "Rhabdo unlikely with CK 140. At risk of rhabdomyolysis."},
        {"labs": "Troponin 4 then 5 ng/L.", "medical": "NSTEMI: troponins flat. Rising troponin would change this."},
        {"physical": "T 38.9 C, HR 110.", "medical": "Febrile, source UTI. Afebrile after acetaminophen, now 37.2."},
        {
            "physical": "T 36.8 C, HR 104.",
            "history": "Febrile at home to 39. Afebrile here.",
            "medical": "Febrile at home; afebrile here.",
        },
        {
            "physical": "T 36.8 C, HR 84.",
            "history": "Fever for 3 days.",
            "medical": "Febrile illness with cough; febrile seizure.",
        },
        {"physical": "HR 104 RR 18, SpO2 97%.", "medical": "Tachycardic on arrival, settled."},
        {"physical": "HR 92.", "medical": "Mildly tachycardic."},
        {
            "physical": "T 37, HR 72, RR 18, SpO2 97% RA.",
            "medical": "PE: not tachycardic, not hypoxic. Return if hypoxic.",
        },
        {
            "physical": "SpO2 97% on 4 L.",
            "medical": "Hypoxic on arrival of EMS, 84%.",
            "history": "EMS found him hypoxic.",
        },
        {"physical": "SpO2 96% on 2 L NC, HR 90.", "medical": "Hypoxic respiratory failure on oxygen."},
        {"physical": "BP 142/81.", "medical": "Hypotensive episode in the field per EMS."},
        {
            "physical": "BP 118/70.",
            "past": "Hypertensive heart disease.",
            "medical": "Hypertensive at triage, settled; known hypertensive.",
        },
        {"physical": "BP 88/50.", "medical": "Not hypertensive. Hypotensive, fluids."},
        {"labs": "Glucose 3.1 mmol/L.", "medical": "Hypoglycemia treated."},
        {"labs": "Glucose 110.", "history": "EMS glucose 38, given D50.", "medical": "Hypoglycemia corrected by EMS."},
        {"labs": "Calcium 2.9 mmol/L.", "medical": "Hypercalcemia."},
        {"labs": "pH 7.28 pCO2 70.", "medical": "Hypercapnic respiratory failure, BiPAP."},
        {"labs": "Lipase 30. CT: pancreatitis.", "medical": "Acute pancreatitis on CT; lipase normal."},
        {"physical": "GCS 15.", "medical": "Severe TBI excluded. GCS 15."},
        {"labs": "WBC 9.8.", "medical": "Infected stone: normal WBC."},
        {"labs": "Hgb 11.2.", "medical": "Not anemic."},
        {"labs": "QRS 92, QTc 430.", "medical": "TCA: narrow QRS."},
        {"labs": "Aorta 2.1 cm.", "medical": "AAA: normal aortic calibre."},
        {"labs": "Thoracic aorta 3.8 cm, normal for age."},
        {"labs": "CT: subdural 4 mm, no midline shift.", "medical": "Subdural without midline shift, no surgery."},
        {"labs": "D-dimer 210 ng/mL.", "medical": "PE: negative D-dimer."},
        {"labs": "D-dimer 690 ng/mL.", "medical": "72 y: D-dimer negative for age."},
        {"history": "3-year-old child, T 38, HR 150.", "medical": "Not tachycardic for age."},
        {
            "physical": "HR 124, T 39.6. BP 98/58.",
            "history": "22-month-old girl.",
            "medical": "Well perfused, playful, not hypotensive.",
        },
        {"medical": "If febrile or hypoxic return.", "physical": "T 36.8, SpO2 99% RA."},
        {"labs": "K 2.9.", "medical": "Insulin would cause hypokalemia, so K first."},
        {"labs": "Na 118 -> 124.", "medical": "Severe hyponatremia with seizure."},
        {"labs": "Platelets 2.1 lakh.", "medical": "No thrombocytopenia."},
        {"labs": "Hb 131 g/L.", "medical": "Anaemia excluded, Hb 131."},
        {"labs": "Hb 71 g/L.", "medical": "Severe anaemia, transfuse."},
        {"labs": "HCO3 26.", "medical": "Watch for acidosis."},
        {"labs": "Troponin 38 then 41 ng/L.", "medical": "Troponin flat, demand."},
        {"labs": "INR 3.4.", "medical": "INR therapeutic for mechanical mitral valve."},
    ],
)
def test_what_the_values_bear_out_is_quiet(said: dict[str, str]) -> None:
    assert told(review=_ROS, **said) == []


@pytest.mark.parametrize(
    ("labs", "medical"),
    [
        ("Aorta 6.1 cm on bedside US.", "AAA excluded: normal aortic calibre."),
        ("Appendix 13 mm.", "Appendicitis excluded, appendix normal on CT."),
        ("CT head: left subdural 11 mm, no shift.", "Subdural with shift, theatre now."),
    ],
)
def test_what_an_image_shows_and_the_note_excludes(labs: str, medical: str) -> None:
    assert ("statement", "warning") in {(name, severity) for name, severity, _ in told(labs=labs, medical=medical)}


@pytest.mark.parametrize(
    ("labs", "medical"),
    [
        ("Aorta 2.1 cm on bedside US.", "AAA excluded: normal aortic calibre."),
        ("Thoracic aorta 3.8 cm.", "Dissection: normal aorta."),
        ("Appendix 5 mm.", "Appendix normal on CT."),
        ("CT head: subdural 4 mm, no shift.", "Subdural without shift, no surgery."),
    ],
)
def test_what_an_image_shows_as_told_is_quiet(labs: str, medical: str) -> None:
    assert told(labs=labs, medical=medical) == []


def test_acidity_is_told_with_two_decimals() -> None:
    assert told(labs="VBG pH 7.08, pCO2 24.", medical="Ketoacidosis: pH 7.28, insulin.")
    assert told(labs="VBG pH 7.08, pCO2 24.", medical="Ketoacidosis: pH 7.1, insulin.") == []
