"""Invented people for the invented notes: names of many origins, and the forms in which charts write them.

Three in four names are US names from Faker; the rest are from other Faker locales and from the two lists below, which
Faker lacks in Latin letters. Some surnames are compound, some are eponyms (Foley, Murphy), and some names are words.
"""

from __future__ import annotations

import unicodedata
from random import Random
from typing import NamedTuple

from faker import Faker

_LOCALES = {
    "en_US": 75, "es_MX": 5, "en_GB": 3, "vi_VN": 3, "en_IN": 3, "pl_PL": 2, "tr_TR": 2, "fr_FR": 2,
    "West African": 3, "East Asian": 2,
}  # fmt: skip
_OWN_LISTS = {
    "West African": (
        "Chinedu Ngozi Adaeze Emeka Ifeoma Obinna Folasade Kwame Abena Kofi Amara Tunde Yetunde Chukwuemeka Oluwaseun "
        "Binta Mamadou Fatoumata",
        "Okafor Okonkwo Adeyemi Nwosu Eze Balogun Mensah Owusu Chukwu Onyekachi Ogunbanjo Diallo Achebe Olawale "
        "Uzoma Nwachukwu Boateng Traore",
    ),
    "East Asian": (
        "Wei Xiaoling Min-jun Ji-woo Haruto Yuki Mei Jun Soo-jin Kenji Lihua Seung Aiko Hao Thanh Somchai",
        "Zhang Li Wang Chen Kim Park Choi Takahashi Nakamura Sato Lim Ng Xu Huang Tran Wong Ito Vang Xiong",
    ),
}
_PLAIN_WORDS_FIRST = (
    "Grace Rose Will May Faith Hope Joy Mark Bill Rich Chase Hunter Summer April June Dawn Ivy Heather Jean Frank Art "
    "Pat Sue Drew Grant Miles Guy Dean Earl Sandy Crystal Ginger Robin Penny Iris Violet Precious Angel"
)
_PLAIN_WORDS_LAST = (
    "Small Young Rose Grace Will May Lane Farmer Wells Foley Murphy Bell Graves Parkinson Addison Turner Weber Ross "
    "Long Short Brown White Black Green Gray Price Head Hand Legg Foote Blood Payne Wise Strong Stone Wood Woods "
    "Rivers Winter Knight Bishop Pope King Church Baker Cook Carter Mason Miller Cooper Porter Frost Snow Summers "
    "Hunt Fox Wolf Bird Rush Love Moody Savage Swift Case Chance Best Good Rich Poor Little Bland Sharp Burns Marks "
    "Waters Lake Ford Banks Park Hill Fields Meadows Glasgow Cullen Allen Hunter Charcot Colles Hodge"
)
_COMPOUND_LAST = (
    "de la Cruz|van der Berg|O'Brien|D'Angelo|St. John|von Hagen|Le Blanc|McAllister|O'Shaughnessy|Al-Masri|"
    "De Leon|del Toro|MacDougall|N'Diaye|Van Buren|El-Sayed|da Silva|dos Santos|Di Pietro|Fitz-Gerald|"
    "ter Horst|O’Keefe|Bin Rashid|La Rue|Abu-Bakr|L'Heureux"
)

FORMS = {
    "full": lambda p: [f"{p.first} {p.last}"],
    "first": lambda p: [p.first],
    "last": lambda p: [p.last],
    "last_first": lambda p: [p.last, ", ", p.first],
    "upper": lambda p: [f"{p.first} {p.last}".upper()],
    "last_upper": lambda p: [p.last.upper()],
    "last_lower": lambda p: [p.last.lower()],
    "full_lower": lambda p: [f"{p.first} {p.last}".lower()],
    "initials": lambda p: [p.first[0] + p.last_capital],
    "dotted": lambda p: [f"{p.first[0]}.{p.last_capital}."],
    "initial_last": lambda p: [f"{p.first[0]}. {p.last}"],
    "full_middle": lambda p: [f"{p.first} {p.middle}. {p.last}"],
}
"""Each form's pieces in the order written; every second piece is punctuation between two values."""


class Person(NamedTuple):
    first: str
    middle: str
    last: str

    @property
    def last_capital(self) -> str:
        return next((letter for letter in self.last if letter.isupper()), self.last[0])


class People:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._fakers = {name: Faker(name) for name in _LOCALES if name not in _OWN_LISTS}
        for faker in self._fakers.values():
            faker.seed_instance(random.getrandbits(32))

    def draw(self, family: str | None = None) -> Person:
        """A new person, who bears `family` as the last name where it is given."""
        locale = self._random.choices(list(_LOCALES), list(_LOCALES.values()))[0]
        first = (
            self._random.choice(_PLAIN_WORDS_FIRST.split()) if self._random.random() < 0.04 else self._name(locale, 0)
        )
        return Person(first, self._random.choice("ABCDEFGHJKLMNPRSTVW"), family or self._last(locale))

    def _last(self, locale: str) -> str:
        chance = self._random.random()
        if chance < 0.06:
            return self._random.choice(_PLAIN_WORDS_LAST.split())
        if chance < 0.10:
            return self._random.choice(_COMPOUND_LAST.split("|"))
        if chance < 0.13:
            return f"{self._name(locale, 1)}-{self._name(locale, 1)}"
        return self._name(locale, 1)

    def _name(self, locale: str, part: int) -> str:
        if locale in _OWN_LISTS:
            return self._random.choice(_OWN_LISTS[locale][part].split())
        faker = self._fakers[locale]
        name = unicodedata.normalize("NFC", (faker.last_name if part else faker.first_name)())
        return _romanised(name) if locale == "vi_VN" and self._random.random() < 0.6 else name


def _romanised(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
