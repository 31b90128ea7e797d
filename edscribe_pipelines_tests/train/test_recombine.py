from edscribe_pipelines.train.recombine import recombine
from edscribe_pipelines_tests.train.invented import note, prompt

PAIRS = [
    {"prompt": prompt(complaint, drug, rate), "completion": note(complaint, drug, rate)}
    for complaint, drug, rate in (("Chest pain", "aspirin; lisinopril", 61), ("Headache", "Zofran; iron", 72))
]


def facts(lesson):
    return [line.partition(": ")[2] for line in lesson["prompt"].splitlines() if ": " in line]


def test_note_stays_true_to_its_prompt():
    for lesson in recombine(PAIRS, 20, seed=1):
        assert all(fact in lesson["completion"] for fact in facts(lesson))


def test_facts_come_from_the_same_label_of_all_cases():
    lessons = recombine(PAIRS, 20, seed=1)
    complaints, _, drugs = zip(*map(facts, lessons), strict=True)
    assert set(complaints) == {"Chest pain", "Headache"}
    assert {drug for listed in drugs for drug in listed.split("; ")} == {"aspirin", "lisinopril", "Zofran", "iron"}
    assert len(set(drugs)) > len(PAIRS)


def test_fact_that_the_note_does_not_repeat_stays():
    silent = [{"prompt": "Complaint: Chest pain", "completion": "CHIEF COMPLAINT\nas above"}, PAIRS[1]]
    assert recombine(silent, 1, seed=1)[0] == silent[0]


def test_times_are_dealt_anew_and_still_ascend():
    timed = {"prompt": "At 5 min: HR 90, RR 18\nAt 9 min: HR 80, RR 17", "completion": "ED COURSE & PROCEDURES\n"}
    timed["completion"] += timed["prompt"]
    for lesson in recombine([timed], 20, seed=1):
        first, second = (int(line.split()[1]) for line in lesson["prompt"].splitlines())
        assert first < second
        assert lesson["completion"].endswith(lesson["prompt"])


def test_same_seed_deals_the_same_lessons():
    assert recombine(PAIRS, 3, seed=7) == recombine(PAIRS, 3, seed=7) != recombine(PAIRS, 3, seed=8)
