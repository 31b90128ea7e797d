"""Numbers in words, as far as notes write hours, days and counts so."""

from __future__ import annotations

ONE_TO_TWELVE = {
    word: float(number)
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 1
    )
}
