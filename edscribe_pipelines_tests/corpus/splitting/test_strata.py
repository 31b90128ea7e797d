from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from edscribe_pipelines.corpus.splitting.strata import deal, patient_strata, too_frequent
from edscribe_pipelines_tests.corpus.invented import SEED, case, frame, physician_case


def test_patient_counts_by_the_most_acute_case_and_the_first_of_equals() -> None:
    cases = frame(
        case(1, "p-1", acuity=3, complaint="Cough"),
        case(2, "p-2", acuity=None, complaint="Headache"),
        case(3, "p-1", acuity=2, complaint="Chest pain"),
        case(4, "p-1", acuity=2, complaint="s/p Fall"),
    )
    assert patient_strata(cases) == {"p-1": "other/chest pain/2", "p-2": "other/headache/9"}
    assert list(patient_strata(cases)) == ["p-1", "p-2"]


def test_patient_with_one_physicians_note_is_physician_written() -> None:
    cases = frame(case(1, "p-1", acuity=2, complaint="Cough"), physician_case(2, "p-1", acuity=3, complaint="Headache"))
    assert patient_strata(cases) == {"p-1": "physician/cough/2"}


ROUNDING = 1e-9
SIZES = st.dictionaries(
    st.sampled_from([f"{kind}/{number}" for kind in "ab" for number in range(9)]), st.integers(1, 80)
)


@settings(max_examples=150)
@given(sizes=SIZES, seed=st.integers(0, 5))
def test_stratum_that_arrives_at_once_gives_its_share_within_little_more_than_one(
    sizes: dict[str, int], seed: int
) -> None:
    newcomers = {f"{stratum} {number}": stratum for stratum, size in sizes.items() for number in range(size)}
    dealt = deal(newcomers, [], seed)
    assert dealt.keys() == newcomers.keys()
    for split in ("test", "validation") if len(newcomers) >= 10 else ():
        held = Counter(newcomers[patient] for patient, its in dealt.items() if its == split)
        assert abs(held.total() - 0.1 * len(newcomers)) <= 0.5 + ROUNDING
        for stratum, size in sizes.items():
            assert abs(held[stratum] - 0.1 * size) <= 1.1 + ROUNDING


def test_strata_of_one_patient_are_held_out_as_often_as_others() -> None:
    newcomers = {f"p-{number}": f"stratum {number:03}" for number in range(300)}
    counts = Counter(deal(newcomers, [], SEED).values())
    assert counts == {"train": 240, "validation": 30, "test": 30}


def test_physicians_patients_are_in_every_split_where_there_are_enough() -> None:
    newcomers = {f"p-{n}": f"{'physician' if n < 20 else 'other'}/complaint {n % 13}/{n % 5}" for n in range(200)}
    dealt = deal(newcomers, [], SEED)
    counts = Counter(split for patient, split in dealt.items() if newcomers[patient].startswith("physician"))
    assert counts["test"] in (1, 2, 3)
    assert counts["validation"] in (1, 2, 3)


def test_nobody_new_is_nobody_dealt() -> None:
    assert deal({}, [("train", "a")] * 20, SEED) == {}


def test_patient_who_alone_would_be_most_of_a_held_out_split_is_trained_on() -> None:
    frequent = [case(number, patient="p-frequent") for number in range(23)]
    others = [case(number) for number in range(100, 300)]
    assert too_frequent(frame(*frequent, *others)) == {"p-frequent"}
    assert too_frequent(frame(*frequent, *(case(number) for number in range(100, 1000)))) == set()
    strata = {"p-frequent": "a", **{f"p-{number}": "a" for number in range(63)}}
    for seed in range(20):
        splits = deal(strata, [], seed, frozenset({"p-frequent"}))
        assert splits["p-frequent"] == "train"
        assert Counter(splits.values()) == {"train": 52, "validation": 6, "test": 6}


def test_few_cases_of_a_patient_are_never_too_many() -> None:
    assert too_frequent(frame(*(case(number, patient=f"p-{number // 4}") for number in range(12)))) == set()
