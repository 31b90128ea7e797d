from __future__ import annotations

import pytest

from edscribe_pipelines.deidentify.finding.protected import protected_phrases
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.remover import Remover


def _is_protected(text: str, word: str) -> bool:
    start = text.index(word)
    return protected_phrases(text).cover(Span(start, start + len(word), "NAME", "test"))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Braden 14.", "Braden"),
        ("Wagner 2 ulcer", "Wagner"),
        ("Morse 75, bed alarm", "Morse"),
        ("Apgar 3/6/8", "Apgar"),
        ("LF: Allen IIIB tip", "IIIB"),
        ("Gartland type II fracture", "Gartland"),
        ("a Foley was placed", "Foley"),
        ("16 Fr Foley as placeholder", "Foley"),
        ("Homan's +", "Homan"),
        ("PMH: HTN, Hashimoto's.", "Hashimoto"),
        ("Murphy's and Rovsing's negative", "Murphy"),
        ("Jennifer had a negative Murphy's sign", "Murphy"),
        ("Austin Moore prosthesis", "Austin"),
    ],
)
def test_eponym_in_clinical_company_is_kept(text: str, word: str) -> None:
    assert _is_protected(text, word)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Wells 249 DKA gap 14", "Wells"),
        ("John Foley removed", "Foley"),
        ("J. Braden 14", "Braden"),
        ("Foley removed his collar", "Foley"),
        ("seen at Murphy's, then home", "Murphy"),
        ("Braden agrees with this", "Braden"),
    ],
)
def test_eponym_in_the_company_of_people_is_a_name(text: str, word: str) -> None:
    assert not _is_protected(text, word)


@pytest.mark.parametrize("name", ["Foley", "Murphy", "Wells", "Small", "May", "Grace", "Braden"])
@pytest.mark.parametrize(
    "text",
    ["Mr. {} fell.", "seen by Dr. {} today", "her husband {} agrees", "RN {} notified", "Oda {} fell", "{}, MD signed"],
)
def test_title_role_relative_credential_or_second_name_wins(remover: Remover, text: str, name: str) -> None:
    assert name not in remover.remove(text.format(name)).text


@pytest.mark.parametrize(
    "text",
    [
        "Creatinine 1.2, Hirsutism noted, Integumentary normal.",
        "Tdap 0.5 mL IM, Betadine x3, Solu-Medrol 125 mg IV, Gastrografin.",
        "Pasteurella grew, Xpert MTB negative, Truvada started.",
        "No delta wave. GJ (18 Fr MIC), Bosniak IIF cyst, Roper-Hall III.",
        "Phalen's and Tinel's negative. Spurling neg. Rutherford IIb, Centor 3, RASS -1.",
        "Same pt: Thomas splint.",
        "ekg PR 260 today. D/c on naproxen 500 BID. Lead level 3.",
    ],
)
def test_clinical_phrase_survives(remover: Remover, text: str) -> None:
    assert remover.remove(text).text == text
