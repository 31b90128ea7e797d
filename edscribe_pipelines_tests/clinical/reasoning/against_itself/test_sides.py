import pytest

from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import rules, told


@pytest.mark.parametrize(
    ("said", "severity"),
    [
        ({"history": "Injury of the left wrist.", "medical": "Fracture of the right wrist."}, "warning"),
        ({"history": "Pain in the right knee since noon.", "ed": "Left knee arthrocentesis done."}, "critical"),
        ({"history": "Pain of the left hip.", "ed": "Right fascia iliaca block with ropivacaine."}, "critical"),
        ({"history": "Pain of the left chest.", "ed": "Right 28 Fr chest tube, after lidocaine."}, "critical"),
        ({"history": "Left flank pain.", "physical": "Right CVA tenderness."}, "warning"),
        ({"history": "L-sided CP.", "physical": "Chest wall TTP R costochondral junction."}, "warning"),
        ({"history": "Right-sided throbbing headache.", "medical": "Left-sided migraine."}, "warning"),
        ({"physical": "Right TM bulging.", "medical": "Left acute otitis media."}, "warning"),
        ({"labs": "2 cm corpus luteum in the right ovary.", "medical": "Left corpus luteum only."}, "warning"),
        ({"history": "Pain in the left lower quadrant.", "physical": "RLQ tender and no rebound."}, "warning"),
        ({"labs": "Left M1 occlusion.", "medical": "Right MCA thrombectomy agreed."}, "critical"),
        ({"labs": "Left M1 occlusion.", "physical": "Left hemiparesis."}, "warning"),
        ({"history": "Pain in the left testicle.", "medical": "Right epididymitis."}, "warning"),
        ({"history": "Fell on her left hand.", "ed": "Splint to the right forearm."}, "critical"),
        ({"history": "Pain down the left leg.", "labs": "MRI: right L4-L5 herniation."}, "warning"),
        (
            {"history": "Bite of the right index finger.", "ed": "Digital block left index, lidocaine 40 mg."},
            "critical",
        ),
        ({"history": "Painful left eye.", "disposition": "To laser iridotomy of the right eye today."}, "critical"),
        ({"history": "R hip pain.", "ed": "Aspiration L hip under ketamine 18 mg IV: pus."}, "critical"),
        ({"physical": "Right Dix-Hallpike positive.", "medical": "BPPV.", "ed": "Epley to left ear."}, "critical"),
    ],
)
def test_one_region_on_two_sides(said: dict[str, str], severity: str) -> None:
    assert rules(**said) == {("side", severity)}


@pytest.mark.parametrize(
    ("done", "severity"),
    [
        ("Word catheter to the right gland after incision.", "critical"),
        ("Inferior alveolar block on the right with articaine.", "critical"),
        ("Inferior alveolar block on the left with articaine.", None),
        ("Irrigated w/ 1 L NS under pressure.", None),
        ("Laser Rt then Lt.", None),
    ],
)
def test_a_procedure_across_from_all_that_is_ill(done: str, severity: str | None) -> None:
    said = rules(history="Pain in the left lower molar.", physical="Left cheek swollen.", ed=done)
    assert said == ({("side", severity)} if severity else set())


@pytest.mark.parametrize(
    "said",
    [
        {"history": "Pain in the right knee.", "physical": "Left knee normal. Right knee warm."},
        {"history": "Pain in the right knee.", "past": "Left knee replacement."},
        {"history": "Pain in the right arm.", "ed": "IV placed in the left arm."},
        {"history": "Pain in both legs, worse in the left leg.", "physical": "Swelling of the right leg also."},
        {"history": "Weakness of the left arm.", "labs": "60% stenosis of the right ICA."},
        {"history": "Left ankle sprain.", "physical": "No tenderness of the right ankle. Left ankle swollen."},
        {"history": "Epinephrine 0.5 mg IM left thigh.", "ed": "Epinephrine 0.5 mg IM right thigh."},
        {"history": "Pain of the right eye.", "physical": "L eye: VA 6/9, white."},
        {"physical": "Tender LUQ.", "labs": "eFAST: fluid in the RUQ equivocal."},
        {"physical": "The left arm is weak.", "labs": "Right M1 occlusion."},
        {"labs": "Left MCA sign.", "physical": "Right hemiparesis."},
        {"history": "Painful right eye.", "disposition": "Iridotomy of the left eye to be planned."},
        {"history": "Pain in the right arm.", "ed": "Ketamine 20 mg by the IV in the left arm for reduction."},
        {"history": "It moved from the right flank to the left flank."},
    ],
)
def test_a_sound_side_an_old_one_and_another_region_are_quiet(said: dict[str, str]) -> None:
    assert told(**said) == []
