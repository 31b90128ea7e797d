import pytest

from edscribe_pipelines.deidentify.finding.known import KnownIdentifiers
from edscribe_pipelines_tests.deidentify.finding.known.mentions import found


@pytest.mark.parametrize("text", ["O'Brien", "o’brien", "OBRIEN", "O Brien"])
def test_apostrophe_of_a_name_may_be_missing(text: str) -> None:
    assert found(text, "kin_name", "O'Brien") == [text]


@pytest.mark.parametrize(
    "name",
    ["Tobias J. Vossberg", "T. J. Vossberg", "T Vossberg", "Vossberg, Tobias J", "VOSSBERG,TOBIAS", "vossberg,tobias",
     "Tobias  Vossberg", "Tobias\nVossberg", "TobiasVossberg", "tvossberg", "Toby Vossberg", "TJ Vossberg", "Vossbergs",
    ],
)  # fmt: skip
def test_name_is_found_in_any_order_with_initials_and_run_together(name: str) -> None:
    assert found(f"Seen: {name} today", "patient_name", "Tobias James Vossberg") == [name]


@pytest.mark.parametrize(
    "value", ["Tobias James Vossberg", "Vossberg, Tobias J.", "VOSSBERG^TOBIAS^J", "Dr. Tobias Vossberg, MD"]
)
def test_record_may_write_the_name_in_its_own_way(value: str) -> None:
    assert found("Dr. Vossberg and Toby, MD", "clinician_name", value) == ["Vossberg", "Toby"]


def test_possessive_stays_behind() -> None:
    assert found("Vossberg's wife", "patient_name", "Tobias Vossberg") == ["Vossberg"]


@pytest.mark.parametrize(
    ("record", "note"),
    [("Mary-Jane Quill", "Mary Jane"), ("Mary-Jane Quill", "Maryjane"), ("Maryjane Quill", "Mary-Jane"),
     ("Juan de la Quint", "de la Quint"), ("Juan de la Quint", "delaquint"), ("Juan de la Quint", "J. de la Quint"),
     ("Inés García-Ureña", "garcia urena"), ("Ines Garcia", "Inés García"), ("Søren Müller", "Soren Mueller"),
     ("Paweł Wójt", "PAWEL WOJT"), ("McAdory", "Mc Adory")],
)  # fmt: skip
def test_accents_hyphens_particles_may_differ(record: str, note: str) -> None:
    assert found(f"Seen {note} today", "patient_name", record) == [note]


@pytest.mark.parametrize("part", ["García", "Ureña", "Garcia-Urena", "Vossberg"])
def test_double_and_maiden_names_count_part_by_part(part: str) -> None:
    assert found(f"saw {part} today", "patient_name", "Inés García-Ureña (Vossberg)") == [part]


@pytest.mark.parametrize(
    ("record", "note"),
    [("Robert", "Bob"), ("Bob", "Robert"), ("Bobby", "Rob"), ("Francisco", "Pancho"), ("Lupe", "Guadalupe")],
)
def test_nicknames_count_both_ways(record: str, note: str) -> None:
    assert found(f"and {note} came", "kin_name", f"{record} Vossberg") == [note]


def test_nickname_needs_a_capital_where_it_stands_alone() -> None:
    assert found("bob and weave", "kin_name", "Robert Vossberg") == []


@pytest.mark.parametrize("slip", ["Vosberg", "Vossbreg", "Vossburg", "Vossberrg", "Ossberg"])
def test_one_slip_of_the_keyboard_is_forgiven(slip: str) -> None:
    assert found(f"Per {slip} no pain", "patient_name", "Tobias Vossberg") == [slip]


@pytest.mark.parametrize(
    ("name", "text"),
    [("Ann Chess", "Chest pain"), ("Ann Lynch", "Lunch was held"), ("Ann Vossberg", "vosberg"),
     ("Ann Tores", "Tore his ACL"), ("Ann Vossberg", "Vosburk"), ("Ann Zofram", "Zofran 4 mg"), ("Ann Voss", "Vos")],
)  # fmt: skip
def test_word_of_the_language_or_of_two_slips_is_no_slip(name: str, text: str) -> None:
    assert found(text, "patient_name", name) == []


def test_title_tells_a_slip_from_a_word() -> None:
    assert found("Mr. Brien and Brian", "patient_name", "Alan Briene") == ["Brien"]


@pytest.mark.parametrize(
    "text",
    ["she will go", "Will follow up", "dr will call", "I will, again", "Rest. Will return", "WILL CALL"],
)
def test_ordinary_word_is_no_name(text: str) -> None:
    assert found(text, "patient_name", "Will Vossberg") == []


@pytest.mark.parametrize(
    ("text", "name"),
    [("Mr. Long", "Long"), ("saw Long today", "Long"), ("Long's wife", "Long"), ("Long denies pain", "Long"),
     ("pt Long", "Long"), ("May Long", "May Long"), ("Long, May", "Long, May"), ("M. Long", "M. Long")],
)  # fmt: skip
def test_ordinary_word_is_a_name_where_it_stands_as_one(text: str, name: str) -> None:
    assert found(text, "patient_name", "May Long") == [name]


@pytest.mark.parametrize("text", ["a long day", "Long QT", "in May", "May 5", "may repeat", "Long Beach", "LONG"])
def test_ordinary_surname_and_month_survive(text: str) -> None:
    assert found(text, "patient_name", "May Long") == []


@pytest.mark.parametrize("text", ["Dr. white came", "signed by white, MD", "mrs white"])
def test_ordinary_surname_in_small_letters_needs_a_title_or_a_credential(text: str) -> None:
    assert found(text, "clinician_name", "Odalys White") == ["white"]
    assert found("white count of 9", "clinician_name", "Odalys White") == []


@pytest.mark.parametrize("text", ["Foley catheter placed", "foley draining", "Foley to gravity"])
def test_clinical_phrase_wins_against_a_bare_surname(text: str) -> None:
    assert found(text, "patient_name", "Ottilie Foley") == []


@pytest.mark.parametrize("name", ["Ms. Foley", "Ottilie Foley", "Foley, Ottilie", "Foley refused"])
def test_surname_that_is_an_eponym_is_found_as_a_name(name: str) -> None:
    assert any("Foley" in each for each in found(f"{name} catheter", "patient_name", "Ottilie Foley"))


def test_function_words_of_a_name_never_count_alone() -> None:
    assert found("he and an aide", "patient_name", "An He") == []
    assert found("met An He", "patient_name", "An He") == ["An He"]
    assert found("Mr. He and RN An, MD", "patient_name", "An He") == ["He", "An"]


@pytest.mark.parametrize(("text", "names"), [("Li left", ["Li"]), ("LI and li", []), ("Mr. LI", ["LI"])])
def test_name_of_two_letters_is_written_like_a_name(text: str, names: list[str]) -> None:
    assert found(text, "patient_name", "Wei Li") == names


@pytest.mark.parametrize("text", ["Pt TV came", "TV denies pain", "T.V. came", "T. V. came", "T.J.V. came"])
def test_initials_count_where_they_stand_for_the_patient(text: str) -> None:
    assert len(found(text, "patient_name", "Tobias James Vossberg")) == 1


@pytest.mark.parametrize("text", ["watches TV daily", "tv denies", "V.T. came", "I.T.V. came", "V.I.P. t.v."])
def test_initials_elsewhere_are_no_patient(text: str) -> None:
    assert found(text, "patient_name", "Tobias James Vossberg") == []


def test_clinical_abbreviation_is_no_initials() -> None:
    assert found("given I.V. fluids", "patient_name", "Ines Vossberg") == []
    assert found("pt I.V. fluids", "patient_name", "Ines Vossberg") == ["I.V"]


def test_initials_of_others_do_not_count() -> None:
    assert found("Pt TV came", "clinician_name", "Tobias Vossberg") == []


def test_two_people_do_not_hide_each_other() -> None:
    known = KnownIdentifiers(
        [{"kind": "patient_name", "value": "Tobias Vossberg"}, {"kind": "kin_name", "value": "Vossberg, Odalys"}]
    )
    text = "Odalys Vossberg, wife of T. Vossberg"
    assert [text[find.start : find.end] for find in known.finds(text)] == ["Odalys Vossberg", "T. Vossberg"]
