import random

import polars as pl
import pytest

from edscribe_pipelines.corpus.splitting.minhash import candidate_pairs

SCHEMA = {"note": pl.UInt32, "shingle": pl.UInt64}


def pairs_of_sets(pairs: int, size: int, common: int) -> pl.DataFrame:
    """Return notes 2n and 2n + 1 with `size` shingles each, `common` of them the same."""
    chance = random.Random(7)
    rows = []
    for pair in range(pairs):
        shared = [chance.getrandbits(64) for _ in range(common)]
        for each in (2 * pair, 2 * pair + 1):
            rows += [(each, held) for held in sorted(shared + [chance.getrandbits(64) for _ in range(size - common)])]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


@pytest.mark.parametrize(("size", "common"), [(19, 18), (57, 54), (133, 126)])
@pytest.mark.parametrize("seed", [1, 2])
def test_pairs_just_as_alike_as_asked_for_are_all_proposed(size: int, common: int, seed: int) -> None:
    similarity = common / (2 * size - common)
    proposed = candidate_pairs(pairs_of_sets(400, size, common), similarity, seed)
    assert set(proposed.rows()) >= {(2 * pair, 2 * pair + 1) for pair in range(400)}


def test_pairs_far_less_alike_are_hardly_proposed() -> None:
    assert candidate_pairs(pairs_of_sets(400, 100, 40), 0.9, seed=1).height < 8


@pytest.mark.parametrize("similarity", [1.0, 0.5, 0.1])
def test_same_sets_are_proposed_at_any_similarity(similarity: float) -> None:
    assert candidate_pairs(pairs_of_sets(5, 12, 12), similarity, seed=1).height >= 5


def test_nothing_makes_no_pairs() -> None:
    assert candidate_pairs(pl.DataFrame(schema=SCHEMA), 0.9, seed=1).is_empty()
