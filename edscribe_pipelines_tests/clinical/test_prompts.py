from edscribe_pipelines.clinical.prompts import DRAFTING_PROMPT, ED_SYSTEM_PROMPT
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading


def test_the_prompt_names_the_twelve_headings_in_order() -> None:
    places = [ED_SYSTEM_PROMPT.index(f"\n{heading(section)}\n") for section in SECTIONS]
    assert places == sorted(places)


def test_the_prompt_asks_for_what_the_plan_asks() -> None:
    said = ED_SYSTEM_PROMPT.lower()
    for words in ("myocardial infarction", "pulmonary embolism", "stroke", "sepsis", "esi", "rationale", "return prec"):
        assert words in said


def test_the_prompt_asks_for_the_sentence_that_the_rules_read_as_not_documented() -> None:
    assert NOT_DOCUMENTED in ED_SYSTEM_PROMPT


def test_the_drafting_prompt_extends_the_scribes_and_names_the_keys_of_the_answer() -> None:
    assert DRAFTING_PROMPT.startswith(ED_SYSTEM_PROMPT)
    assert all(f'"{section}"' in DRAFTING_PROMPT for section in SECTIONS)


def test_the_drafting_prompt_allows_the_facts_and_nothing_else() -> None:
    said = DRAFTING_PROMPT.lower()
    for words in ("do not convert", "no reasoning", "no negative finding", "not known to have been given", "json"):
        assert words in said
