import pytest

from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import told

_ROS = "Otherwise negative."


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("number", {"history": "Vomited three times.", "medical": "He vomited seven times, IV fluids."}),
        (
            "number",
            {"history": "Took 20 tablets of acetaminophen.", "medical": "Ingestion of 60 tablets acetaminophen."},
        ),
        (
            "number",
            {
                "ed": "Laceration closed with five 5-0 nylon sutures.",
                "disposition": "Discharged. 9 sutures out in 10 days.",
            },
        ),
        ("number", {"history": "Two seizures today.", "medical": "Five seizures today, status."}),
        ("number", {"ed": "Antivenom 6 vials given.", "medical": "Crotalid bite controlled after 16 vials."}),
        ("number", {"ed": "Cardioverted with one shock at 200 J.", "medical": "AF, converted after three shocks."}),
        ("number", {"ed": "2 units PRBC transfused.", "medical": "Bleed: responded to 6 units PRBC."}),
        (
            "number",
            {"history": "3 episodes of hematemesis.", "medical": "Variceal bleed after 8 episodes of hematemesis."},
        ),
        ("number", {"labs": "CT: T12 burst fracture.", "medical": "L3 burst fracture, spine consulted."}),
        (
            "number",
            {"labs": "MRI: epidural collection T10-L1.", "medical": "C5 epidural abscess with cord compression."},
        ),
        (
            "number",
            {"labs": "XR: left ribs 4-7 fractured.", "medical": "Left rib fractures 9-11, incentive spirometry."},
        ),
        (
            "number",
            {
                "physical": "Laceration of the right index finger.",
                "ed": "Digital block right ring finger, lidocaine 1% 4 mL.",
            },
        ),
        (
            "number",
            {
                "labs": "XR: fracture of the 5th metacarpal neck.",
                "medical": "2nd metacarpal neck fracture, ulnar gutter.",
            },
        ),
        ("number", {"past": "Last tetanus 2013.", "medical": "Tetanus 2022, so none given."}),
        ("number", {"past": "MI with stent 2018.", "medical": "CAD with stent in 2008, aspirin continued."}),
        ("number", {"history": "Splenectomy 2011.", "past": "Splenectomy 2001."}),
        (
            "number",
            {"medical": "Follow up with cardiology in 2 days.", "disposition": "Discharged. Cardiology in 2 weeks."},
        ),
        ("number", {"labs": "Bedside ultrasound: aorta 2.1 cm.", "medical": "I looked at the aorta first, 6.1 cm."}),
        ("number", {"labs": "CT: appendix 12 mm.", "medical": "Appendicitis, appendix 21 mm."}),
        ("number", {"labs": "US: CBD 4 mm.", "medical": "CBD 14 mm, choledocholithiasis."}),
        ("number", {"labs": "CT: right pneumothorax 15 mm.", "medical": "Pneumothorax 35 mm, drain."}),
        ("number", {"labs": "CT head: subdural 11 mm, shift 8 mm.", "medical": "Subdural 11 mm with 3 mm shift."}),
        ("number", {"chief": "ESI 2. Chest pain", "medical": "Triaged ESI 4, stable."}),
        ("number", {"ed": "Foley, 640 mL drained.", "medical": "Retention: 1640 mL drained, catheter stays."}),
        ("number", {"ed": "Chest drain, 200 mL blood.", "medical": "Hemothorax: 1200 mL blood at once, theatre."}),
    ],
)
def test_one_thing_with_two_figures(rule: str, said: dict[str, str]) -> None:
    assert {(rule, "warning")} <= {(name, severity) for name, severity, _ in told(review=_ROS, **said)}


@pytest.mark.parametrize(
    "said",
    [
        {"history": "Vomited three times.", "medical": "He vomited three times, IV fluids."},
        {
            "history": "Vomited three times at home.",
            "ed": "Vomited twice here.",
            "medical": "Vomited five times in all.",
        },
        {
            "history": "Took 20 tablets of acetaminophen, 10 tablets of ibuprofen.",
            "medical": "20 tablets acetaminophen.",
            "disposition": "Discharged. Oxycodone 5 mg, 6 tablets.",
        },
        {
            "ed": "Laceration closed with five 5-0 nylon sutures.",
            "disposition": "Discharged. Sutures out in 10 days. 5 sutures.",
        },
        {"ed": "2 units PRBC transfused, then 2 units.", "medical": "Bleed: 4 units PRBC."},
        {"history": "Two seizures today, five last month.", "medical": "Two seizures today."},
        {"ed": "4 vials, then 2 more vials.", "medical": "Controlled after 6 vials."},
        {"ed": "Cardioverted with one shock at 200 J.", "medical": "Converted after one shock."},
        {"labs": "CT: T12 burst fracture, L3 transverse process fracture.", "medical": "T12 burst fracture and L3."},
        {
            "labs": "MRI: epidural collection T10-L1.",
            "physical": "Tender T11-L2. Sensory level T12.",
            "medical": "T10-L1 abscess.",
        },
        {"labs": "XR: left ribs 4-7 fractured.", "medical": "Fractures of ribs 4-7. L5 radiculopathy no."},
        {
            "physical": "Laceration of the right index finger. Ring finger normal.",
            "ed": "Digital block right index finger.",
        },
        {"labs": "XR: fracture of the 5th metacarpal neck.", "medical": "Fifth metacarpal neck fracture."},
        {"labs": "Old L2 compression fracture. Acute T12 fracture.", "medical": "T12 compression fracture."},
        {"past": "Last tetanus 2013.", "medical": "Tetanus over 5 years ago, Tdap given. Tetanus 2013."},
        {"past": "MI 2015, MI 2018. Stent 2015 and 2018.", "medical": "Stent in 2018."},
        {"past": "Stroke 2011, PCI 2019.", "history": "Stroke in 2011."},
        {"medical": "Cardiology in 2 days.", "disposition": "Discharged. Cardiology in 2 days, PCP in 2 weeks."},
        {
            "medical": "Cephalexin for 7 days.",
            "disposition": "Discharged. Cephalexin 500 mg PO QID for 7 days. Ibuprofen for 3 days.",
        },
        {
            "history": "Took amoxicillin for 3 days without effect.",
            "disposition": "Discharged. Amoxicillin 500 mg PO TID x 10 days.",
        },
        {
            "medical": "Sutures out in 10 days.",
            "disposition": "Discharged. Wound check in 2 days, sutures out in 10 days, PCP 1 week.",
        },
        {
            "history": "3 cm laceration of the forehead, 2 cm laceration of the chin.",
            "ed": "Repaired the 3 cm laceration.",
        },
        {"labs": "Bedside ultrasound: aorta 2.1 cm. CT aorta 2.0 cm.", "medical": "Aorta 2.1 cm."},
        {"labs": "US: CBD 4 mm, wall 2 mm, stones up to 12 mm. 8.0 ETT 23 cm. Pupils 3 mm.", "medical": "CBD 4 mm."},
        {"labs": "CT: 4 mm stone at the UVJ, 9 mm stone in the right kidney.", "medical": "UVJ stone 4 mm."},
        {"past": "Aneurysm 3.4 cm in 2022.", "labs": "Aorta 5.6 cm.", "medical": "AAA 5.6 cm, was 3.4 cm."},
        {"labs": "CT head: subdural 11 mm, shift 8 mm.", "medical": "Subdural 11 mm with 8 mm shift."},
        {"chief": "ESI 2. Chest pain", "medical": "Seen at once, ESI 2."},
        {"ed": "Foley, 640 mL drained.", "labs": "Bladder scan 620 mL.", "medical": "Retention: 640 mL drained."},
        {"ed": "Chest drain, 200 mL blood, then 150 mL.", "medical": "200 mL blood. Drain >200 mL/h is a call."},
    ],
)
def test_one_thing_with_one_figure_or_explained_is_quiet(said: dict[str, str]) -> None:
    assert told(review=_ROS, **said) == []
