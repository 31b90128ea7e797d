"""Invented values of every identifier kind but people, each in the formats that charts write it in.

A shape is a pattern: `#` is a digit, `%` a digit from 2 to 9, `@` a capital letter, `?` a capital or a digit; every
other character stands for itself. The places are drawn from the lists beside this file and from Faker.
"""

from __future__ import annotations

from calendar import month_name
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random

from faker import Faker

_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_SHAPES = {
    "phone": "(%##) %##-####|%##-%##-####|%##.%##.####|%##%######|+1 %## %## ####|%##-####|1-%##-%##-####|"
    "(%##)%##-####|%## %## ####|%##/%##-####|+1%##%######",
    "phone_ext": "x####|x####|x####|x###|x#####|X####",
    "pager": "#####",
    "ssn": "###-##-####|###-##-####|#########|xxx-xx-####|XXX-XX-####|***-**-####|### ## ####",
    "mrn": "#######|########|###-##-##|MR######|######|##-##-##|##########|E#########|M00#####|###-####|@######",
    "account": "##########|V###########|HAR #########|############|@@##########|##########-##|A###-#######|H##########",
    "health_plan": "@@@#########|W#########|#########A|1EG4-TE5-MK##|%@?#-@?#-@@##|%@?#@?#@@##|@@@@@########|"
    "############|H########-##|@###-##-####",
    "license": "@@#######|MA-######|##########|@@#######|RN#######|S########|@###-####-####|1#########|PA-####",
    "vin": "?????????????####|%??????????#?####|1?????????#?#####|@?@???#??@?######",
    "plate": "#@@@ ##|@@@-####|#@@@###|@@@ ####|###-@@@|@@ #####",
    "device": "@@@######S|SN########|PJN######|@@@######@|##########|@@@-####-###|V-######|@#######",
    "biometric": "FP-########|FP-########|IRIS-######|RET-#####|VP-####-##|BIO########",
    "photo": "IMG_####.JPG|IMG_####.JPG|DSC_####.jpg|IMG_201#0%1#_14####.heic|wound_L_heel_####.png|PXL_####.jpeg",
    "room": "###|###|###@|###@|####|#-###|@##|##@|1#",
    "other_id": "S##-#####|ACC########|##-#######|E2#-#######|PCR-########|CT-#######|@##-######|20##-######|"
    "@@##########",
    "zip": "#####|#####-####",
}
_STREETS = "St|Ave|Rd|Blvd|Ln|Street|Avenue|Drive|Ct|Way|Pl|Terrace|Cir"
_ADDRESSES = (
    "{n} {name} {street} Apt {m}|{n} {name} {street}|{n} {name} {street} #{m}B|{n} N {m}th {street}|PO Box {n}|"
    "{n} {name} {street}, Unit {m}|{n}-{m} {name} {street}|{n} West {name} {street}|RR {m} Box {n}"
)
_AGES = "{n} y/o {sex}|{n}{s}|{n}yo|{n} year old {who}|{n}-year-old {who}|{n} yo {s}|{n} y.o. {sex}|{n} yr old {sex}"
_DATES_FULL = (
    lambda d: f"{d:%b} {d.day} {d.year}",
    lambda d: f"{month_name[d.month]} {d.day}, {d.year}",
    lambda d: f"{d:%m/%d/%y}",
    lambda d: d.isoformat(),
    lambda d: f"{d.day} {d:%b %Y}",
    lambda d: f"{d.month}/{d.day}/{d.year}",
    lambda d: f"{d:%d-%b-%Y}".upper(),
    lambda d: f"{d:%m/%d/%Y}",
    lambda d: f"{d:%b} {d.day}, {d.year}",
    lambda d: f"{d.day} {month_name[d.month]} {d.year}",
    lambda d: f"{d.month}.{d.day}.{d.year}",
    lambda d: f"{d:%m-%d-%Y}",
    lambda d: f"{d:%d-%b-%Y}",
    lambda d: f"{d:%b}{'.' * (d.month != 5)} {d.day}, {d.year}",
    lambda d: f"{d.month}-{d.day}-{d:%y}",
    lambda d: f"{d:%Y/%m/%d}",
    lambda d: f"{month_name[d.month]} {_ordinal(d.day)}, {d.year}",
)
_DATES_PARTIAL = (
    lambda d: f"{d:%m/%d}",
    lambda d: f"{d.month}/{d.day}",
    lambda d: f"{d.month}-{d.day}",
    lambda d: f"{d:%b} {d.day}",
    lambda d: f"{month_name[d.month]} {_ordinal(d.day)}",
    lambda d: f"{month_name[d.month]} {d.day}",
    lambda d: f"{d.day} {d:%b}",
    lambda d: f"{d:%d-%b}",
)


class Values:
    """`draw[kind]()` gives a new value of that kind; held-out notes draw the other half of each list."""

    def __init__(self, random: Random, held_out: bool) -> None:
        self._random = random
        self._faker = Faker("en_US")
        self._faker.seed_instance(random.getrandbits(32))
        self._lists = {
            name: _lines(name)[held_out::2] for name in ("cities", "hospitals", "employers", "clinical_phrases")
        }
        self.draw: dict[str, Callable[[], str]] = {kind: self._of_shape(kind) for kind in _SHAPES} | {
            "fax": self._of_shape("phone"),
            "date_full": lambda: self._date(_DATES_FULL, 2008, 2023),
            "date_partial": lambda: self._date(_DATES_PARTIAL, 2020, 2021),
            "dob": lambda: self._date(_DATES_FULL, 1935, 2020),
            "age_over_89": lambda: str(random.randint(90, 104)),
            "age": self._age,
            "email": self._email,
            "url": self._url,
            "ip": self._ip,
            "address": self._address,
            "city": lambda: self._faker.city() if random.random() < 0.5 else random.choice(self._lists["cities"]),
            "hospital": self._hospital,
            "employer": lambda: self._faker.company() if random.random() < 0.3 else self._pick("employers"),
            "neg": lambda: self._pick("clinical_phrases"),
        }

    def _pick(self, name: str) -> str:
        return self._random.choice(self._lists[name])

    def _of_shape(self, kind: str) -> Callable[[], str]:
        shapes = _SHAPES[kind].split("|")
        return lambda: self._filled(self._random.choice(shapes))

    def _filled(self, shape: str) -> str:
        alphabets = {"#": "0123456789", "%": "23456789", "@": _LETTERS, "?": _LETTERS + "0123456789"}
        return "".join(self._random.choice(alphabets.get(sign, sign)) for sign in shape)

    def _date(self, formats: tuple[Callable[[date], str], ...], first_year: int, last_year: int) -> str:
        days = (date(last_year, 12, 31) - date(first_year, 1, 1)).days
        return self._random.choice(formats)(date(first_year, 1, 1) + timedelta(self._random.randint(0, days)))

    def _age(self) -> str:
        sex, letter, who = self._random.choice((("male", "M", "man"), ("female", "F", "woman")))
        form = self._random.choice(_AGES.split("|"))
        return form.format(n=self._random.randint(19, 89), sex=sex, s=letter, who=who)

    def _email(self) -> str:
        first, last = self._faker.first_name().lower(), self._faker.last_name().lower()
        user = self._random.choice((f"{first}.{last}", f"{first[0]}{last}", f"{last}{first}", f"{first}_{last[0]}",
                                    f"{first}{self._random.randint(10, 99)}", f"{first}.{last}+ed"))  # fmt: skip
        return f"{user}@{self._random.choice(('example.org', 'example.com', 'example.net', 'mail.example.org'))}"

    def _url(self) -> str:
        first, last = self._faker.first_name().lower(), self._faker.last_name().lower()
        return self._random.choice((
            f"www.caringbridge.org/visit/{first}{last}", self._faker.url(), f"https://www.facebook.com/{first}.{last}",
            f"facebook.com/{first}.{last}.{self._random.randint(10, 99)}", f"https://{last}family.example.org/{first}",
            f"https://www.gofundme.com/f/help-{first}-{last}", f"http://portal.example.com/u/{self._filled('#######')}",
        ))  # fmt: skip

    def _ip(self) -> str:
        if self._random.random() < 0.15:
            return self._faker.ipv6()
        return self._random.choice((self._faker.ipv4_public, self._faker.ipv4_public, self._faker.ipv4_private))()

    def _address(self) -> str:
        if self._random.random() < 0.4:
            return self._faker.street_address()
        return self._random.choice(_ADDRESSES.split("|")).format(
            n=self._random.randint(2, 9899), m=self._random.randint(4, 19),
            name=self._faker.last_name(), street=self._random.choice(_STREETS.split("|")),
        )  # fmt: skip

    def _hospital(self) -> str:
        if self._random.random() < 0.7:
            return self._pick("hospitals")
        form = self._random.choice((
            "{city} General Hospital", "{city} Medical Center", "{name} Memorial Hospital", "{city} Regional",
            "{name} Manor Nursing Home", "{city} Community Health Center", "{name} House", "{name} Family Pharmacy",
        ))  # fmt: skip
        return form.format(city=self._pick("cities"), name=self._faker.last_name())


def _ordinal(day: int) -> str:
    return f"{day}{'th' if 10 < day < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


def _lines(name: str) -> list[str]:
    return (Path(__file__).parent / f"{name}.txt").read_text("utf-8").split("\n")[:-1]
