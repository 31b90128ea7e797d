"""Ways in which a note's layout comes undone: headings of other schools or none, lines lost, cells, speech, letters.

A note is a list of parts, (text, section); the section is None for headings, banners and whatever divides. Every change
keeps that, so what comes out is labelled as well as what went in.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

Part = tuple[str, str | None]

CC, HPI, ROS, PMH, MEDS, ALL, SOC, EXAM, COURSE, LABS, MDM, DISPO = SECTIONS = (
    "Chief Complaint",
    "History of Present Illness",
    "Review of Systems",
    "Past Medical/Surgical History",
    "Medications",
    "Allergies",
    "Social History",
    "Physical Examination",
    "ED Course & Procedures",
    "Labs & Imaging",
    "Medical Decision Making",
    "Disposition",
)

VOICES: dict[str, dict[str, list[str]]] = {
    "american": {
        CC: ["Chief Complaint", "Reason for Visit", "Presenting Complaint"],
        HPI: ["History of Present Illness", "HPI", "Present Illness"],
        ROS: ["Review of Systems", "ROS", "Pertinent ROS"],
        PMH: ["Past Medical History", "Past Medical and Surgical History", "Medical History", "PMH/PSH"],
        MEDS: ["Medications", "Home Medications", "Current Medications", "Outpatient Medications"],
        ALL: ["Allergies", "Drug Allergies", "Allergies/Intolerances"],
        SOC: ["Social History", "Social/Family History", "Family and Social History", "Soc Hx"],
        EXAM: ["Physical Exam", "Physical Examination", "Exam", "Vitals/Exam"],
        COURSE: ["ED Course", "Emergency Department Course", "Interventions", "ED Course & Procedures", "Treatment"],
        LABS: ["Labs", "Results", "Labs/Imaging", "Diagnostic Studies", "Data", "Workup"],
        MDM: [
            "MDM",
            "Medical Decision Making",
            "Assessment",
            "Assessment and Plan",
            "Impression",
            "Clinical Impression",
        ],
        DISPO: ["Disposition", "Dispo", "ED Disposition", "Discharge Plan"],
    },
    "shorthand": {
        CC: ["CC", "cc", "C/C", "RFV"],
        HPI: ["HPI", "hx", "Hx", "Story", "S"],
        ROS: ["ROS", "ros", "sx"],
        PMH: ["PMH", "PMHx", "pmh", "PMSH", "PMH/PSH"],
        MEDS: ["Meds", "meds", "Rx", "Home meds", "RX"],
        ALL: ["All", "all", "Allg", "ALL", "Allergy"],
        SOC: ["SH", "SHx", "Soc", "soc", "FH/SH", "social"],
        EXAM: ["PE", "pe", "Ex", "Exam", "VS/PE", "O"],
        COURSE: ["EDC", "Tx", "ED", "Course", "tx", "Progress"],
        LABS: ["Labs", "labs", "Ix", "Data", "W/U", "Labs/rads"],
        MDM: ["A/P", "A", "Imp", "Dx", "MDM", "ddx", "A&P"],
        DISPO: ["Dispo", "dispo", "P", "Disp", "D/C", "Plan/dispo"],
    },
    "commonwealth": {
        CC: ["PC", "Presenting complaint", "Presenting problem", "C/O", "Reason for attendance"],
        HPI: ["HPC", "HxPC", "History of presenting complaint", "HOPC", "History", "Hx"],
        ROS: ["S/E", "Systems enquiry", "Systems review", "SR", "Systemic enquiry"],
        PMH: ["PMH", "PMHx", "Background", "BG", "Past history", "PMHx/PSHx"],
        MEDS: ["DHx", "DH", "Drug history", "Regular medications", "Regular meds", "Drugs", "Rx"],
        ALL: ["Allergies", "Allergy status", "Alx", "ADRs", "Drug allergies"],
        SOC: ["SHx", "SH", "Social", "Social circumstances", "FHx/SHx", "Soc"],
        EXAM: ["O/E", "OE", "On examination", "Examination", "Obs", "Ex", "Exam"],
        COURSE: ["Mx", "Management", "Rx given", "Treatment given", "Progress", "Treatment in ED", "Actions"],
        LABS: ["Ix", "Investigations", "Bloods", "Results", "Tests"],
        MDM: ["Imp", "Impression", "Diagnosis", "Dx", "Issues", "Assessment", "Problem list"],
        DISPO: ["Plan", "Dispo", "Disposal", "Outcome", "Discharge", "Destination", "Follow up"],
    },
    "translated": {
        CC: ["Presenting complaints", "Main complaint", "Reason of consultation", "Motive of consult", "Complaint"],
        HPI: ["Anamnesis", "Actual disease", "History of the actual illness", "Present history", "Story of illness"],
        ROS: ["Systemic review", "Interrogation by systems", "General symptoms", "Review by apparatus"],
        PMH: ["Antecedents", "Personal antecedents", "Past illness", "Previous diseases", "Comorbidities", "K/C/O"],
        MEDS: ["Habitual treatment", "Chronic therapy", "Domiciliary therapy", "Drug treatment", "Treatment history"],
        ALL: ["Allergies to medicaments", "Allergic anamnesis", "Known allergies", "Hypersensitivity"],
        SOC: ["Personal history", "Habits", "Toxic habits", "Life anamnesis", "Family anamnesis", "Family/social"],
        EXAM: [
            "Physical status",
            "Objective status",
            "Status praesens",
            "General and systemic examination",
            "Findings",
        ],
        COURSE: [
            "Treatment given",
            "Therapy in ER",
            "Treatment and course",
            "Conduct",
            "Evolution",
            "Course in emergency",
        ],
        LABS: ["Complementary exams", "Investigations", "Paraclinic", "Laboratory and imaging", "Exams"],
        MDM: ["Diagnosis", "Diagnostic hypothesis", "Provisional diagnosis", "Evaluation", "Epicrisis", "Discussion"],
        DISPO: ["Decision", "Destiny", "Outcome", "Disposal", "Advice on discharge", "Condition at discharge"],
    },
    "spoken": {
        CC: ["the chief complaint is", "chief complaint", "he is here for", "reason for visit is", "presents with"],
        HPI: ["history of present illness", "the history is that", "so the story is", "h p i", "HPI"],
        ROS: ["review of systems", "on review of systems", "systems wise", "the review of systems is notable for"],
        PMH: [
            "past medical history",
            "past medical history is significant for",
            "past surgical history is notable for",
            "for past history",
        ],
        MEDS: [
            "medications",
            "home medications are",
            "current medications include",
            "meds are",
            "drug wise takes",
            "takes",
        ],
        ALL: ["allergies", "allergies are", "drug allergies", "as for allergies"],
        SOC: ["social history", "socially", "in terms of social history", "family history"],
        EXAM: ["physical exam", "on exam", "moving on to the exam", "vital signs are", "on examination", "exam shows"],
        COURSE: ["emergency department course", "in the department", "ED course", "while here", "during the stay"],
        LABS: ["labs", "laboratory studies show", "results", "imaging shows", "workup", "tests"],
        MDM: ["medical decision making", "my impression is", "assessment", "impression", "so my thinking is", "M D M"],
        DISPO: ["disposition", "the disposition is", "the plan is", "disposition and plan", "so we will"],
    },
    "plain words": {
        CC: ["Why here", "Problem", "Complaint", "What brought them", "Reason"],
        HPI: ["Story", "What happened", "History", "Narrative", "Subjective", "Background to this visit"],
        ROS: ["Symptoms", "Other symptoms", "Symptom review", "Symptom check"],
        PMH: ["Past problems", "Health history", "Medical background", "Known conditions", "Conditions"],
        MEDS: ["Takes", "Pills", "Medicines", "Current drugs", "Usual medicines", "Med list"],
        ALL: ["Allergic to", "Allergy", "Reactions", "Adverse reactions", "Sensitivities"],
        SOC: ["Home and habits", "Lifestyle", "Social and family", "Social situation", "Habits"],
        EXAM: ["Findings", "Examined", "Objective", "Vitals and exam", "What I found"],
        COURSE: ["What we did", "Done", "Given here", "Care given", "Events", "Timeline", "Treatment log"],
        LABS: ["Tests", "Test results", "Numbers", "Studies", "Diagnostics", "Pictures and bloods"],
        MDM: ["Thinking", "Reasoning", "Opinion", "Conclusion", "Formulation", "Assessment", "Summary"],
        DISPO: ["What next", "Going to", "Outcome", "Where to", "End", "Departure", "Handover"],
    },
}
MERGED: list[tuple[tuple[str, ...], list[str]]] = [
    ((PMH, MEDS, ALL), ["PMH/Meds/Allergies", "PMH, meds, all", "Hx/Meds/Allergies", "PMHx / DHx / Allergies"]),
    ((MEDS, ALL), ["Meds/Allergies", "Medications & allergies", "DHx & allergies", "Rx/All"]),
    ((PMH, MEDS, ALL, SOC), ["Background", "PMH/Meds/All/Soc", "AMPLE", "Past history"]),
    ((CC, HPI), ["CC/HPI", "HPI/CC", "PC/HPC", "Presentation"]),
    ((HPI, ROS), ["HPI/ROS", "Subjective"]),
    ((MDM, DISPO), ["A/P", "Assessment/Plan", "Impression and plan", "A&P", "Imp/Plan", "Plan"]),
    ((LABS, MDM), ["Ix/Imp", "Results and impression"]),
    ((EXAM, LABS), ["Objective", "O", "Findings"]),
    ((COURSE, LABS), ["Workup/ED course", "ED course and results", "Ix/Mx"]),
    ((COURSE, MDM), ["ED Course/MDM", "MDM/Course", "Course and thinking"]),
]
LETTERS = (("S", (CC, HPI, ROS, PMH, MEDS, ALL, SOC)), ("O", (EXAM, LABS)), ("A", (MDM,)), ("P", (COURSE, DISPO)))
BANNERS = [
    "ED PROVIDER NOTE", "EMERGENCY DEPARTMENT", "Emergency Medicine Record  page 1 of 2", "54M  arr 10:22  bed 12",
    "Age 61   Sex F   ESI 3", "Seen 14:05  Triage cat 3", "DOS: [DATE]  MRN: [ID]", "ED note - resident", "67 F, cubicle 9",
]  # fmt: skip
FOOTERS = [
    "Signed electronically",
    "page 1 of 1",
    "Dr, ED",
    "SHO EM",
    "end of dictation",
    "ST4 EM, bleep 1234",
    "Attending attestation on file",
]
_DIVIDERS = {
    "line": "\n",
    "paragraph": "\n\n",
    "running": " ",
    "pipes": " | ",
    "tabs": "\t",
    "slashes": " // ",
    "html": "<br>",
}
_NBSP = "\xa0"


def undone(parts: Sequence[Part], rng: random.Random) -> list[Part]:
    """Return the note laid out anew, in one of many ways."""
    sections = _by_section(parts)
    sections = _some_left_out(sections, rng)
    if rng.random() < 0.3:
        sections = _out_of_order(sections, rng)
    groups = _grouped(sections, rng)
    divider = _DIVIDERS[rng.choices(list(_DIVIDERS), (6, 3, 5, 2, 2, 1, 1))[0]]
    inner = rng.choice([" ", "\n", "; ", divider if divider != "\t" else " "])
    heading = _headings(rng)
    laid: list[Part] = []
    if rng.random() < 0.3:
        laid += [(rng.choice(BANNERS), None), (rng.choice(["\n", "\n\n", " ", divider]), None)]
    for number, (label, members) in enumerate(groups):
        if number:
            laid.append((divider, None))
        named = heading(label, members)
        if named:
            laid.append((named, None if any(said for _, said in members) else members[0][0]))
        for place, (section, said) in enumerate(members):
            if place:
                laid.append((inner, None))
            laid.append((said, section))
    if rng.random() < 0.2:
        laid += [(rng.choice(["\n", " ", divider]), None), (rng.choice(FOOTERS), None)]
    for change in rng.sample(_CHANGES, rng.choice((0, 0, 1, 1, 2))):
        laid = change(laid, rng)
    return laid


def shaken(parts: Sequence[Part], rng: random.Random) -> list[Part]:
    """Return the note in its own layout but for one or two changes."""
    laid = list(parts)
    if rng.random() < 0.4:
        dropped = set(rng.sample(SECTIONS, rng.choice((1, 1, 2, 3))))
        laid = _without(laid, dropped, rng)
    for change in rng.sample(_CHANGES, rng.choice((0, 1, 1, 2))):
        laid = change(laid, rng)
    return laid


def _without(parts: list[Part], dropped: set[str], rng: random.Random) -> list[Part]:
    """Return the parts without those sections: with the heading of each, as far as it is on its line, or with nothing
    behind it. A heading that is left is of the section of which it says nothing."""
    kept: list[Part] = []
    for text, section in parts:
        if section not in dropped:
            kept.append((text, section))
        elif kept and kept[-1][1] is None:
            before, line_break, heading = kept.pop()[0].rpartition("\n")
            kept.append((before + line_break, None))
            if rng.random() < 0.5:
                kept.append((heading, section))
    return kept


def _by_section(parts: Sequence[Part]) -> list[tuple[str, str]]:
    gathered: list[tuple[str, str]] = []
    for text, section in parts:
        if section and text.strip():
            if gathered and gathered[-1][0] == section:
                gathered[-1] = (section, gathered[-1][1].rstrip() + "\n" + text.strip())
            else:
                gathered.append((section, text.strip()))
    return gathered


def _some_left_out(sections: list[tuple[str, str]], rng: random.Random) -> list[tuple[str, str]]:
    chance = rng.choice((0.0, 0.0, 0.1, 0.25, 0.6))
    emptied = rng.choice((0.0, 0.0, 0.0, 0.5))
    kept: list[tuple[str, str]] = []
    for section, said in sections:
        if rng.random() >= chance:
            kept.append((section, said))
        elif rng.random() < emptied:
            kept.append((section, ""))
    return kept or sections[:3]


def _out_of_order(sections: list[tuple[str, str]], rng: random.Random) -> list[tuple[str, str]]:
    if rng.random() < 0.3:
        return rng.sample(sections, len(sections))
    moved = list(sections)
    for _ in range(rng.choice((1, 1, 2, 3))):
        place = rng.randrange(len(moved))
        moved.insert(rng.randrange(len(moved)), moved.pop(place))
    return moved


def _grouped(sections: list[tuple[str, str]], rng: random.Random) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return (heading, or "" for the section's own; sections under it)."""
    if rng.random() < 0.08:
        return [
            (letter, [each for each in sections if each[0] in held])
            for letter, held in LETTERS
            if any(each[0] in held for each in sections)
        ]
    groups: list[tuple[str, list[tuple[str, str]]]] = [("", [each]) for each in sections]
    if rng.random() < 0.35:
        for held, names in rng.sample(MERGED, 3):
            groups = _merged(groups, held, rng.choice(names))
    return groups


def _merged(
    groups: list[tuple[str, list[tuple[str, str]]]], held: tuple[str, ...], name: str
) -> list[tuple[str, list[tuple[str, str]]]]:
    for start in range(len(groups)):
        run = groups[start : start + len(held)]
        if [members[0][0] for label, members in run if not label] == list(held):
            return [
                *groups[:start],
                (name, [each for _, members in run for each in members]),
                *groups[start + len(held) :],
            ]
    return groups


def _headings(rng: random.Random) -> Callable[[str, list[tuple[str, str]]], str]:
    voice = rng.choices([*VOICES, "none"], (4, 5, 5, 3, 4, 3, 3))[0]
    chance_none = 1.0 if voice == "none" else rng.choice((0.0, 0.0, 0.0, 0.2, 0.4))
    written = rng.choice((str, str, str.upper, str.lower, str.title))
    before, after = rng.choice(
        [("", ": "), ("", ": "), ("", ":"), ("", " "), ("", " - "), ("", "\n"), ("", ":\n"), ("**", "** "), ("**", ":** "), ("## ", "\n"),
         ("[", "] "), ("", _NBSP + ":" + _NBSP), ("", "\t"), ("", " | "), ("<b>", "</b> "), ("<b>", ":</b><br>"), ("", " = "), ("- ", ": "),
         ("", " ........ "), ("### ", "\n"), ("*", "*: "), ("", " -- ")]
    )  # fmt: skip
    if voice == "spoken":
        before, after, written = "", rng.choice((" ", " ", ". ", ", ")), rng.choice((str, str, str.capitalize))
    numbered = rng.random() < 0.08
    count = 0

    def heading(label: str, members: list[tuple[str, str]]) -> str:
        nonlocal count
        if rng.random() < chance_none or not members:
            return ""
        source = VOICES[voice] if voice != "none" and rng.random() < 0.9 else VOICES[rng.choice(list(VOICES))]
        name = label or rng.choice(source[members[0][0]])
        count += 1
        return (
            (f"{count}. " if numbered else "")
            + before
            + (name if len(name) <= 4 and rng.random() < 0.6 else written(name))
            + after
        )

    return heading


def _each(parts: list[Part], change: Callable[[str], str]) -> list[Part]:
    return [(change(text), section) for text, section in parts]


def lines_lost(parts: list[Part], rng: random.Random) -> list[Part]:
    joint = rng.choice((" ", " ", "  ", " / "))
    return _each(parts, lambda text: re.sub(r"[ \t]*\n\s*", joint, text))


def in_small_letters(parts: list[Part], rng: random.Random) -> list[Part]:
    return _each(parts, str.lower)


def in_capitals(parts: list[Part], rng: random.Random) -> list[Part]:
    return _each(parts, str.upper)


def spoken(parts: list[Part], rng: random.Random) -> list[Part]:
    """Neither stops nor capitals nor lines, as a raw transcript."""
    return _each(
        parts, lambda text: re.sub(r"\s+", " ", re.sub(r"(?<!\d)[.,;:!?()\[\]•*-]+|[.,;:]+(?!\d)", " ", text.lower()))
    )


def without_stops(parts: list[Part], rng: random.Random) -> list[Part]:
    return _each(parts, lambda text: re.sub(r"[.;](?=\s|$)", rng.choice(("", ",")), text))


def wrapped(parts: list[Part], rng: random.Random) -> list[Part]:
    """Lines broken at a fixed width, in the middle of sentences."""
    width, column, laid = rng.choice((50, 60, 72, 80)), 0, []
    for text, section in parts:
        out = []
        for piece in re.findall(r"\n|[^\S\n]+|\S+", text):
            if piece == "\n":
                column = 0
            elif piece.isspace() and column > width:
                piece, column = "\n", 0
            else:
                column += len(piece)
            out.append(piece)
        laid.append(("".join(out), section))
    return laid


def with_hard_blanks(parts: list[Part], rng: random.Random) -> list[Part]:
    return [(text.replace(" ", _NBSP) if section is None else text, section) for text, section in parts]


def with_points(parts: list[Part], rng: random.Random) -> list[Part]:
    """Sentences as points of a list."""
    mark = rng.choice(("- ", "• ", "* ", "> ", "-> "))
    return [
        (mark + re.sub(r"(?<=[a-z]{2})\. +(?=[A-Z])", ".\n" + mark, text) if section else text, section)
        for text, section in parts
    ]


def with_times(parts: list[Part], rng: random.Random) -> list[Part]:
    """A flow sheet: a clock time at the left of each line."""
    minute = rng.randrange(300, 1200)
    form = rng.choice(("{:02d}:{:02d}  ", "{:02d}{:02d} ", "{:02d}:{:02d} | ", "{:02d}:{:02d}\t", "{:02d}{:02d}h - "))
    laid: list[Part] = []
    fresh = True
    for text, section in parts:
        if section is None:
            laid.append((text, None))
            fresh = fresh or "\n" in text
            continue
        for line in re.split(r"(?<=\n)|(?<=[a-z]\.) (?=[A-Z])", text):
            if fresh:
                minute += rng.randrange(1, 15)
                laid.append((form.format(minute // 60 % 24, minute % 60), None))
            laid.append((line if line.endswith("\n") else line, section))
            fresh = line.endswith("\n")
            if not fresh and rng.random() < 0.5:
                laid.append(("\n", None))
                fresh = True
    return laid


def as_rows(parts: list[Part], rng: random.Random) -> list[Part]:
    """Rows of a table: each line between pipes."""
    return (
        _each(lines_lost(parts, rng), lambda text: text)
        if rng.random() < 0.3
        else [(re.sub(r"\n", " |\n| ", text), section) for text, section in parts]
    )


def as_html(parts: list[Part], rng: random.Random) -> list[Part]:
    line = rng.choice(("<br>", "<br/>\n", "</p><p>", "</td></tr><tr><td>", "<br />"))
    return _each(parts, lambda text: text.replace("\n", line))


_CHANGES: list[Callable[[list[Part], random.Random], list[Part]]] = [
    lines_lost, lines_lost, in_small_letters, in_capitals, spoken, without_stops, wrapped, with_hard_blanks, with_points, with_times, as_rows, as_html,
]  # fmt: skip
