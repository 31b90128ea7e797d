from edscribe_pipelines.corpus.statement import Statement, join


def spans(statement: Statement) -> dict[str, str]:
    return {span["field"]: statement.text[span["start"] : span["end"]] for span in statement.provenance}


def test_spans_move_with_the_text_before_them() -> None:
    inner = Statement("HR ").fact(98.0, "triage.heart_rate_bpm", "number")
    outer = Statement("At ").fact(41, "vitals.0.minute").say(" min: ").add(inner)
    assert outer.text == "At 41 min: HR 98"
    assert spans(outer) == {"vitals.0.minute": "41", "triage.heart_rate_bpm": "98"}


def test_join_leaves_out_what_says_nothing() -> None:
    pulse = Statement("HR ").fact(98.0, "triage.heart_rate_bpm", "number")
    joined = join(", ", [Statement(), Statement("T"), Statement(), pulse])
    assert joined.text == "T, HR 98"
    assert spans(joined) == {"triage.heart_rate_bpm": "98"}


def test_adding_a_statement_leaves_it_as_it_was() -> None:
    inner = Statement().fact(2, "triage_acuity")
    Statement("ESI ").add(inner)
    assert spans(inner) == {"triage_acuity": "2"}
