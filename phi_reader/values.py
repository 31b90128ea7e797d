"""Invented values of every kind of identifier, in the forms of many countries.

A third of names and places are made up letter by letter, so that no list holds them. In a shape `#` is a digit, `%` one
from 2 to 9, `@` a capital, `~` a small letter and `?` a capital or a digit; every other character stands for itself.
"""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from faker import Faker

from edscribe_pipelines.deidentify.tables import FOLDER, word_list
from edscribe_pipelines.tables import read_table

LOCALES = (
    *(
        "en_US",
        "en_US",
        "en_US",
        "en_GB",
        "en_IE",
        "en_AU",
        "en_NZ",
        "en_CA",
        "en_IN",
        "en_NG",
        "en_KE",
        "yo_NG",
        "zu_ZA",
    ),
    *(
        "de_DE",
        "fr_FR",
        "es_ES",
        "es_MX",
        "pt_BR",
        "it_IT",
        "nl_NL",
        "sv_SE",
        "fi_FI",
        "pl_PL",
        "cs_CZ",
        "hr_HR",
        "hu_HU",
    ),
    *("ro_RO", "tr_TR", "vi_VN", "id_ID", "en_TH", "ga_IE"),
)
INVENTED = 1 / 3
LOOK_ALIKES = ("DRUG", "DOSE", "BIG", "TEN", "EPONYM", "COUNTRY", "CLOCK", "WEEKDAY")
"""Kinds of value that are no identifiers."""
_ALPHABETS = {
    "#": "0123456789",
    "%": "23456789",
    "@": "ABCDEFGHJKLMNPRSTUVWXYZ",
    "~": "abcdefghijklmnopqrstuvwxyz",
    "?": "ABCDEFGHJKLMNPRSTUVWXYZ0123456789",
}
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_FOREIGN_MONTHS = (
    (
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ),
    (
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
    (
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ),
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_ORDINALS = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
)
_SPOKEN = ("oh", *_ONES)


class Values:
    """`value(kind)` gives another value of that kind at each call."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._fakers = {locale: Faker(locale, use_weighting=False) for locale in dict.fromkeys(LOCALES)}
        for faker in self._fakers.values():
            faker.seed_instance(chance.getrandbits(32))
        self._special: dict[str, Callable[[], str]] = {
            "NAME": self._name,
            "GIVEN": self._given,
            "SURNAME": self._surname,
            "INITIALS": self._initials,
            "DATE": self._date,
            "CITY": self._city,
            "ORG": self._organization,
            "HOSPITAL": self._hospital,
            "STREET": self._street,
            "EMAIL": self._email,
            "URL": self._url,
            "PHONE": self._phone,
            "FAX": self._phone,
            "ZIP": self._zip,
            "DRUG": self._drug,
            "DOSE": lambda: str(chance.choice((2, 4, 5, 10, 15, 20, 25, 40, 50, 81, 100, 250, 325, 500, 650, 1000))),
            "BIG": lambda: str(chance.randrange(1_000, 10 ** chance.randint(4, 7))),
            "TEN": lambda: str(chance.randint(0, 10)),
            "EPONYM": lambda: chance.choice(_column("eponyms.csv", "phrase")),
            "COUNTRY": lambda: chance.choice(sorted(word_list("country"))),
            "CLOCK": lambda: f"{chance.randrange(24):02d}{chance.choice((':', '', '.'))}{chance.randrange(60):02d}",
            "WEEKDAY": lambda: chance.choice(sorted(word_list("weekday"))),
        }

    def value(self, kind: str) -> str:
        return self._special[kind]() if kind in self._special else self._filled(self._chance.choice(_shapes()[kind]))

    def _filled(self, shape: str) -> str:
        return "".join(self._chance.choice(_ALPHABETS.get(sign, sign)) for sign in shape)

    def _faker(self) -> Faker:
        return self._fakers[self._chance.choice(LOCALES)]

    def _given(self) -> str:
        if self._chance.random() < INVENTED:
            return self._made_up("given")
        return self._chance.choice(self._faker().first_name().split())

    def _surname(self) -> str:
        if self._chance.random() < INVENTED:
            return self._made_up("surname")
        surname = self._faker().last_name()
        return f"{surname}-{self._faker().last_name()}" if self._chance.random() < 0.05 else surname

    def _name(self) -> str:
        given, surname = self._given(), self._surname()
        letter = self._chance.choice(_ALPHABETS["@"])
        forms = (
            *(f"{given} {surname}",) * 8,
            *(given,) * 3,
            *(surname,) * 4,
            *(f"{surname}, {given}", f"{surname} {given}", f"{given[:1]}. {surname}", f"{given[:1]} {surname}"),
            *(f"{given} {letter}. {surname}", f"{given} {letter} {surname}", f"{surname}, {given} {letter}"),
            *(f"{surname.upper()}, {given.upper()}", f"{surname.upper()} {given}", f"{given} {surname[:1]}."),
            *(f"{given} {self._given()} {surname}", f"{surname},{given}", f"{given} {surname} {surname[:1]}r."),
        )
        return self._chance.choice(forms)

    def _initials(self) -> str:
        letters = [self._chance.choice(_ALPHABETS["@"]) for _ in range(self._chance.choice((2, 2, 2, 3)))]
        joint = self._chance.choice(("", "", "", "."))
        initials = joint.join(letters) + joint
        return initials.lower() if self._chance.random() < 0.2 else initials

    def _made_up(self, kind: str) -> str:
        """Return a word of the letters that follow each other in words of its kind."""
        chain = _chain(kind)
        while True:
            word, state = "", "^^"
            while len(word) < 14 and (letter := self._chance.choice(chain[state])) != "$":
                word, state = word + letter, state[1] + letter
            if len(word) > 2:
                return word.capitalize()

    def _date(self) -> str:
        chance = self._chance
        day = date(1930, 1, 1) + timedelta(chance.randrange(36_000))
        if chance.random() < 0.7:
            day = date(2015, 1, 1) + timedelta(chance.randrange(4_700))
        d, m, y = day.day, day.month, day.year
        month, short = _MONTHS[m - 1], _MONTHS[m - 1][:3]
        foreign, nth, two = chance.choice(_FOREIGN_MONTHS)[m - 1], f"{d}{_suffix(d)}", f"{y % 100:02d}"
        sep = chance.choice("///--..")
        weekday = _DAYS[day.weekday()]
        forms = (
            *(f"{m:02d}/{d:02d}/{y}", f"{m}/{d}/{two}", f"{d:02d}{sep}{m:02d}{sep}{y}", f"{d}{sep}{m}{sep}{two}") * 2,
            *(f"{y}-{m:02d}-{d:02d}", f"{y}/{m:02d}/{d:02d}", f"{y}{m:02d}{d:02d}", f"{m:02d}{d:02d}{two}"),
            *(f"{m}/{d}", f"{d}/{m}", f"{m:02d}/{d:02d}", f"{m}-{d}", f"{d}.{m}.", f"{m}/{y}", f"{m:02d}/{two}") * 2,
            *(f"{month} {d}", f"{month} {nth}", f"{nth} {month}", f"{d} {short}", f"{short} {d}", f"the {nth}") * 2,
            *(
                f"{nth} of {month}",
                f"{nth} of {month} {y}",
                f"{month} {d}, {y}",
                f"{short} {d} {y}",
                f"{d} {short} {y}",
            ),
            *(
                f"{d}-{short}-{y}",
                f"{d:02d}{short.upper()}{two}",
                f"{d:02d}{short}{y}",
                f"{short}{d}",
                f"{short} '{two}",
            ),
            *(f"{month} {y}", f"{short} {y}", f"{short}-{two}", f"{weekday} {d}/{m}", f"{weekday} {month} {d}"),
            *(f"{weekday} {d} {short} {y}", f"{d}. {foreign} {y}", f"{d} {foreign} {y}", f"{d}.{_ROMAN[m - 1]}.{two}"),
            *(f"{d}/{_ROMAN[m - 1].upper()}/{y}", f"{d} {_ROMAN[m - 1].upper()} {y}", f"{foreign} {y}"),
            *(f"{month} the {_ORDINALS[(d - 1) % 12]}", f"{month.lower()} {_ORDINALS[(d - 1) % 12]}"),
            *(f"{y}-{m:02d}-{d:02d}T{d:02d}:{m:02d}:00Z", f"{y}-{m:02d}-{d:02d}T0{d % 9}:1{m % 9}:33+02:00"),
            *(f"{m}/{d}-{m}/{d % 27 + 1}", f"{m}/{d}–{d % 27 + 1}/{y}", f"{m}/{d}/{two}-{m}/{d % 27 + 1}/{two}"),
            chance.choice(_holidays()).format(y=y, t=two),
        )
        return chance.choice(forms)

    def _city(self) -> str:
        chance = self._chance
        if chance.random() < INVENTED:
            stem = self._made_up("city")
            ends = (
                "",
                "",
                "",
                "ton",
                "ville",
                " Falls",
                " Creek",
                " Harbor",
                "-on-Sea",
                " Heights",
                "bury",
                " Springs",
            )
            return stem + chance.choice(ends)
        return self._faker().city()

    def _organization(self) -> str:
        chance = self._chance
        if chance.random() < 0.25:
            return self._faker().company()
        form = chance.choice(_forms()["organization"])
        return self._named(form)

    def _hospital(self) -> str:
        return self._named(self._chance.choice(_forms()["hospital"]))

    def _named(self, form: str) -> str:
        parts = {"name": self._surname, "given": self._given, "city": self._city, "word": lambda: self._made_up("city")}
        drawn = {part: draw() for part, draw in parts.items() if f"{{{part}}}" in form}
        return form.format(**drawn, n=self._chance.randrange(2, 99))

    def _street(self) -> str:
        chance = self._chance
        if chance.random() < 0.25:
            return self._faker().street_address().replace("\n", ", ")
        form = chance.choice(_forms()["street"])
        name = chance.choice((self._surname, lambda: self._made_up("city"), self._given))()
        other = self._surname()
        return form.format(name=name, other=other, n=chance.randrange(1, 9900), m=chance.randrange(2, 99))

    def _email(self) -> str:
        given, surname = _plain(self._given()), _plain(self._surname())
        host = self._chance.choice(
            ("example.com", "mail.example", "clinic.example.org", f"{surname}.example", "post.invalid")
        )
        n = self._chance.randrange(2, 99)
        users = (f"{given}.{surname}", f"{given[:1]}{surname}", f"{given}{n}", f"{surname}_{given[:1]}", f"{given}.{n}")
        return f"{self._chance.choice(users)}@{host}"

    def _url(self) -> str:
        given, surname = _plain(self._given()), _plain(self._surname())
        forms = (
            "www.{s}{g}.example",
            "https://portal.{s}.example/u/{g}",
            "{g}-{s}.example.org",
            "http://{s}.example/{n}",
            "facebook.com/{g}.{s}",
            "https://chart.{s}health.example/p?id={n}",
            "insta @{g}_{s}",
            "{s}clinic.example",
        )
        return self._chance.choice(forms).format(g=given, s=surname, n=self._filled("#####"))

    def _phone(self) -> str:
        if self._chance.random() < 0.15:
            return self._faker().phone_number() if self._chance.random() < 0.9 else self._spoken()
        return self._filled(self._chance.choice(_shapes()["PHONE"]))

    def _spoken(self) -> str:
        return " ".join(self._chance.choice(_SPOKEN) for _ in range(self._chance.choice((7, 10))))

    def _drug(self) -> str:
        drug = self._chance.choice(_drugs())
        return self._chance.choice((drug, drug, drug.capitalize(), drug.upper()))

    def _zip(self) -> str:
        if self._chance.random() < 0.4:
            return self._faker().postcode()
        return self._filled(self._chance.choice(_shapes()["ZIP"]))


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum()) or "x"


def _suffix(day: int) -> str:
    return "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


@cache
def _chain(kind: str) -> dict[str, list[str]]:
    """Return which letters follow each two letters in names of a kind, of all the locales."""
    chain: dict[str, list[str]] = defaultdict(list)
    for locale in dict.fromkeys(LOCALES):
        faker = Faker(locale)
        faker.seed_instance(0)
        draw = {"given": faker.first_name, "surname": faker.last_name, "city": faker.city}[kind]
        for word in sorted({draw().split()[-1].lower() for _ in range(150)}):
            for one, two, three in zip("^^" + word, "^" + word + "$", word + "$", strict=False):
                chain[one + two].append(three)
    return chain


@cache
def _drugs() -> tuple[str, ...]:
    rows = read_table("drug_names.csv")
    return tuple(name for row in rows for name in (row["drug"], *row["synonyms"].split(";")) if name)


@cache
def _column(table: str, column: str) -> tuple[str, ...]:
    return tuple(row[column] for row in read_table(table, FOLDER))


@cache
def _shapes() -> dict[str, Sequence[str]]:
    return _rows("shape")


@cache
def _forms() -> dict[str, Sequence[str]]:
    return _rows("form")


def _holidays() -> Sequence[str]:
    return _rows("holiday")["DATE"]


@cache
def _rows(part: str) -> dict[str, Sequence[str]]:
    with Path(__file__).with_name("values.csv").open(newline="", encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["part"] == part]
    kinds = dict.fromkeys(row["kind"] for row in rows)
    return {kind: tuple(row["value"] for row in rows if row["kind"] == kind) for kind in kinds}
