import polars as pl

from edscribe_pipelines.corpus.statement import Statement, fact, join, listed, phrase, provenance


def spans(statement: Statement) -> list[dict[str, str]]:
    return [
        {span["field"]: text[span["start"] : span["end"]] for span in found}
        for text, found in zip(statement.text.fill_null(""), provenance(statement).to_list(), strict=True)
    ]


def numbers(*values: float | None) -> pl.Series:
    return pl.Series(values, dtype=pl.Float64)


def words(*values: str | None) -> Statement:
    return Statement(pl.Series(values, dtype=pl.String))


def test_spans_move_with_the_text_before_them() -> None:
    pulse = phrase("HR ", fact(numbers(98.0, 7.5), "triage.heart_rate_bpm", "number"))
    minute = fact(pl.Series([41, 1234]), "vitals.{}.minute", place=pl.Series([0, 12]))
    timed = phrase("At ", minute, " min: ", pulse)
    assert timed.text.to_list() == ["At 41 min: HR 98", "At 1234 min: HR 7.5"]
    assert spans(timed) == [
        {"vitals.0.minute": "41", "triage.heart_rate_bpm": "98"},
        {"vitals.12.minute": "1234", "triage.heart_rate_bpm": "7.5"},
    ]


def test_phrase_is_said_whole_or_not_at_all() -> None:
    both = phrase(fact(numbers(142, 142, None), "high", "number"), "/", fact(numbers(81, None, 81), "low", "number"))
    assert both.text.to_list() == ["142/81", None, None]
    assert spans(both) == [{"high": "142", "low": "81"}, {}, {}]


def test_join_leaves_out_what_says_nothing() -> None:
    pulse = fact(numbers(98.0, None, None), "heart_rate", "number")
    joined = join(", ", [words(None, "T", None), pulse, words("U", "U", None)])
    assert joined.text.to_list() == ["98, U", "T, U", None]
    assert spans(joined) == [{"heart_rate": "98"}, {}, {}]


def test_places_count_characters_not_bytes() -> None:
    joined = join("; ", [words("Müßig, 38 °C"), fact(pl.Series(["naïve"]), "name"), fact(pl.Series(["b"]), "code")])
    assert spans(joined) == [{"name": "naïve", "code": "b"}]


def test_items_of_a_list_stand_in_their_owners_text() -> None:
    items = fact(pl.Series(["a", "bc", None, "d", "e"]), "drugs.{}.name", place=pl.Series([0, 1, 2, 0, 1]))
    owned = listed("; ", items, pl.Series([1, 1, 1, 3, 3], dtype=pl.UInt32), 4)
    assert owned.text.to_list() == [None, "a; bc", None, "d; e"]
    assert spans(owned) == [
        {},
        {"drugs.0.name": "a", "drugs.1.name": "bc"},
        {},
        {"drugs.0.name": "d", "drugs.1.name": "e"},
    ]


def test_what_is_said_otherwise_states_no_fact() -> None:
    complaint = fact(pl.Series(["Cough", "", None]), "chief_complaint").otherwise("Not recorded")
    assert complaint.text.to_list() == ["Cough", "Not recorded", "Not recorded"]
    assert spans(complaint) == [{"chief_complaint": "Cough"}, {}, {}]


def test_building_on_a_statement_leaves_it_as_it_was() -> None:
    inner = fact(pl.Series([2]), "triage_acuity")
    phrase("ESI ", inner)
    assert spans(inner) == [{"triage_acuity": "2"}]
