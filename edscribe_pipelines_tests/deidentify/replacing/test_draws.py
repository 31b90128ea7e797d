from __future__ import annotations

from edscribe_pipelines.deidentify.replacing.draws import Draw


def numbers(*parts: str, key: bytes = b"key") -> list[int]:
    draw = Draw(key, *parts)
    return [draw.below(1000) for _ in range(300)]


def test_same_key_and_parts_draw_the_same_numbers() -> None:
    assert numbers("patient", "Tamsek") == numbers("patient", "Tamsek")


def test_key_and_every_part_and_where_a_part_ends_change_the_numbers() -> None:
    drawn = [numbers("ab", "c"), numbers("a", "bc"), numbers("abc"), numbers("ab", "c", key=b"other")]
    assert len({tuple(series) for series in drawn}) == 4


def test_numbers_spread_evenly_over_the_whole_range() -> None:
    draw = Draw(b"key", "many")
    counts = [0] * 10
    for _ in range(10_000):
        counts[draw.below(10)] += 1
    assert min(counts) > 880
    assert max(counts) < 1120
